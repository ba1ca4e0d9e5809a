"""Tables for statistics programs: Stata, SPSS and Parquet, each column with its label in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from .. import schema
from ..errors import Lang
from ..replacing import replaced_whole
from ..sources.labelled import not_labelled

_STATA_NAME = 32  # characters


def write_labelled(
    frame: pd.DataFrame, path: str | Path, *, labels: Mapping[str, str] | None = None, lang: Lang = "zh"
) -> None:
    """
    Write a table as .dta, .sav or .parquet with labelled columns, whole or not at all.

    Parameters
    ----------
    frame
        Missing numbers stay missing; text that is missing becomes "" in Stata and SPSS, which have no other.
    labels
        Labels of columns; those of the registry (`schema.columns`) are known and need not be given.

    Raises
    ------
    JunhengError
        The extension is another one, or the file cannot be written.
    """
    path = Path(path)
    wrong = not_labelled(path)
    if wrong is not None:
        raise wrong
    known = {name: _label(column, lang) for name, column in schema.columns().items()}
    own = {name: ({**known, **(labels or {})}).get(name, name) for name in map(str, frame.columns)}
    with replaced_whole(path) as temporary:
        if path.suffix.lower() == ".parquet":
            _write_parquet(frame, temporary, own)
        elif path.suffix.lower() == ".dta":
            plain = _plain(frame).rename(columns=lambda name: str(name)[:_STATA_NAME])
            pyreadstat.write_dta(plain, str(temporary), column_labels=list(own.values()))
        else:
            pyreadstat.write_sav(_plain(frame), str(temporary), column_labels=list(own.values()))


def _label(column: schema.Column, lang: Lang) -> str:
    return f"{column.title(lang)} ({column.unit[lang]})" if column.unit else column.title(lang)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of columns that Stata and SPSS know: numbers, and text that is never missing."""
    return pd.DataFrame(
        {
            name: column.astype(float)
            if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
            else column.astype(object).where(column.notna(), "").astype(str)
            for name, column in frame.items()
        }
    )


def _write_parquet(frame: pd.DataFrame, path: Path, labels: Mapping[str, str]) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [field.with_metadata({"label": labels[field.name]}) for field in table.schema]
    pq.write_table(table.cast(pa.schema(fields, metadata=table.schema.metadata)), path)

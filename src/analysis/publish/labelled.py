"""Tables for statistics programs: Stata, SPSS and Parquet, columns and codes with their labels in the registry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from .. import schema
from ..errors import Lang
from ..replacing import replaced_whole
from ..sources.labelled import not_labelled

_STATA_NAME = 32  # characters
_FLAG = {0: schema.Words(zh="否", en="no"), 1: schema.Words(zh="是", en="yes")}

Codes = Mapping[str, Mapping[Any, str]]
_Tables = dict[str, dict[Any, str]]


def write_labelled(
    frame: pd.DataFrame,
    path: str | Path,
    *,
    labels: Mapping[str, str] | None = None,
    value_labels: Codes | None = None,
    lang: Lang = "zh",
) -> None:
    """
    Write a table as .dta, .sav or .parquet with labelled columns and codes, whole or not at all.

    Stata labels whole numbers alone: there, labelled codes that are digits ("121") become numbers (121) and labels of
    other text are left out.

    Parameters
    ----------
    frame
        Missing numbers stay missing; text that is missing becomes "" in Stata and SPSS, which have no other.
    labels
        Labels of columns; those of the registry (`schema.columns`) are known and need not be given.
    value_labels
        Column → code → what it means; those of the registry's choices and flags are known.

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
    given = {name: dict(table) for name, table in (value_labels or {}).items()}
    codes: _Tables = {**_codes(frame, lang), **given}
    with replaced_whole(path) as temporary:
        if path.suffix.lower() == ".parquet":
            _write_parquet(frame, temporary, own, codes)
        elif path.suffix.lower() == ".dta":
            _write_stata(frame, temporary, own, codes)
        else:
            pyreadstat.write_sav(
                _plain(frame), str(temporary), column_labels=list(own.values()), variable_value_labels=codes
            )


def _label(column: schema.Column, lang: Lang) -> str:
    return f"{column.title(lang)} ({column.unit[lang]})" if column.unit else column.title(lang)


def _codes(frame: pd.DataFrame, lang: Lang) -> _Tables:
    """Return what the codes of the registry's columns mean."""
    known = {name: column for name, column in schema.columns().items() if name in frame.columns}
    choices = {
        name: {code: entry[lang] for code, entry in schema.codes(column.codes).items()}
        for name, column in known.items()
        if column.codes
    }
    flags = {
        name: {value: word[lang] for value, word in _FLAG.items()}
        for name, c in known.items()
        if c.type == "flag"
    }
    return {**choices, **flags}


def _write_stata(frame: pd.DataFrame, path: Path, labels: Mapping[str, str], codes: _Tables) -> None:
    plain = _plain(frame)
    numbered: _Tables = {}
    for name in codes.keys() & plain.columns:
        digits = [code for code in [*codes[name], *plain[name]] if code == code and code != ""]
        if all(re.fullmatch(r"[0-9]+(\.0)?", str(code)) for code in digits):
            plain[name] = pd.to_numeric(plain[name].replace("", None))
            numbered[name] = {int(code): word for code, word in codes[name].items()}
    short = {name: str(name)[:_STATA_NAME] for name in plain.columns}
    pyreadstat.write_dta(
        plain.rename(columns=short),
        str(path),
        column_labels=list(labels.values()),
        variable_value_labels={short[name]: table for name, table in numbered.items()},
    )


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


def _write_parquet(frame: pd.DataFrame, path: Path, labels: Mapping[str, str], codes: _Tables) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    about = {
        name: {
            "label": label,
            **({"value_labels": json.dumps(codes[name], ensure_ascii=False)} if name in codes else {}),
        }
        for name, label in labels.items()
    }
    fields = [field.with_metadata(about[field.name]) for field in table.schema]
    pq.write_table(table.cast(pa.schema(fields, metadata=table.schema.metadata)), path)

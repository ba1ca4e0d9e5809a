"""Files of statistics programs: Stata, SPSS and Parquet, with the labels of their columns and values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pyreadstat

from ..errors import JunhengError, refuse
from .filekind import file_kind

LABELLED = (".dta", ".sav", ".parquet")


@dataclass(frozen=True)
class Labelled:
    """A table with the label of each column and, where values are codes, what each code means."""

    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)


def read_labelled(path: str | Path) -> Labelled:
    """
    Read .dta, .sav or .parquet with its labels.

    Raises
    ------
    JunhengError
        There is no such file, it is of another kind, or it is damaged.
    """
    path = Path(path)
    wrong = not_labelled(path)
    if wrong is not None:
        raise wrong
    if not path.is_file():
        raise refuse("no-such-file", "找不到这个文件。", "there is no such file.", file=str(path))
    read = {".dta": pyreadstat.read_dta, ".sav": pyreadstat.read_sav}.get(path.suffix.lower())
    try:
        if read is None:
            return _parquet(path)
        frame, about = read(str(path))
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, OSError, ValueError) as error:
        kind = file_kind(path)
        raise refuse(
            "damaged-file",
            f"文件已损坏或不是所标的格式（内容像{kind}），打不开。",
            f"the file is damaged or not of the format its name says (it looks like {kind}).",
            file=path.name,
        ) from error
    named = {name: label for name, label in about.column_names_to_labels.items() if label}
    return Labelled(frame, named, about.variable_value_labels)


def _parquet(path: Path) -> Labelled:
    table = pq.read_table(path)
    frame = table.to_pandas()
    about = {f.name: f.metadata or {} for f in table.schema}
    labels = {name: told[b"label"].decode() for name, told in about.items() if told.get(b"label")}
    codes = {
        name: json.loads(told[b"value_labels"]) for name, told in about.items() if b"value_labels" in told
    }
    for name in filter(lambda name: pd.api.types.is_numeric_dtype(frame[name]), codes):  # JSON keys are text
        codes[name] = {float(code): word for code, word in codes[name].items()}
    return Labelled(frame, labels, codes)


def not_labelled(path: Path) -> JunhengError | None:
    """Return what is wrong with the name of a file that is to hold a labelled table."""
    if path.suffix.lower() in LABELLED:
        return None
    known = " ".join(LABELLED)
    return refuse(
        "unknown-file-type",
        f"扩展名应为其中之一：{known}。",
        f"the extension must be one of: {known}.",
        file=path.name,
    )

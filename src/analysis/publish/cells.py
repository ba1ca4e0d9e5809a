"""From a frame to the cells that are printed: one place decides how a number is shown, everywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import pandas as pd

from ..errors import Lang
from ..rounding import NOT_KNOWN, shown_against
from ..schema import Words
from ..typesetting import typeset
from .labels import LABELS
from .record import ColumnRecord, FigureRecord, TableRecord, cleaned

MARK = "▲"  # beside the shading: a print in black and white must still tell
_NAMED = re.compile(r"\[([^\]:]+)(:?)\]")
_YES_NO = {True: Words(zh="是", en="yes"), False: Words(zh="否", en="no")}


@dataclass(frozen=True)
class TableColumn:
    """
    How one column of a frame is headed and shown.

    Parameters
    ----------
    title
        The header.
    digits
        Decimals of a number; the name of a column that holds the decimals of each row; None for numbers
        shown as they are (years, codes that are numbers).
    align
        Numbers stand right and text left unless told otherwise.
    limit
        Name or names of the columns with what the number is held against: more decimals are shown where
        rounding would put it on the other side.
    words
        What stands for a value, e.g. {"pass": Words(zh="达标", en="met")}.
    percent
        Show a share as percentage (0.285 → 28.5 %); `digits` counts those of the percentage.
    group
        A header above this one; neighbours of the same group share it.
    code
        A third line of the header, e.g. L1 … L8.
    formula
        What the workbook reckons the cells from, beside the values that it stores: a formula with the names of columns
        in brackets, `[places]-[pupils]` of the same row, `[cost:]` of all rows but the total.
    """

    title: Words
    digits: int | str | None = None
    align: Literal["left", "center", "right"] | None = None
    limit: str | Sequence[str] = ()
    words: Mapping[str, Words] | None = None
    percent: bool = False
    group: Words | None = None
    code: str = ""
    formula: str = ""

    def heading(self, lang: Lang) -> str:
        """Return the header in one line, as the csv has it."""
        title = typeset(self.title)[lang]
        return f"{typeset(self.group)[lang]} {title}" if self.group else title


@dataclass(frozen=True)
class HeaderCell:
    """A cell of a table's header: its text, its first column, and how far it reaches."""

    text: str
    column: int
    rows: int = 1
    columns: int = 1


def column_records(frame: pd.DataFrame, columns: Mapping[str, TableColumn], lang: Lang) -> list[ColumnRecord]:
    """Return how each column is set, in the language of the run."""
    records, places = [], {name: place for place, name in enumerate(columns)}
    for name, column in columns.items():
        number = _is_number(frame[name], column)
        records.append(
            ColumnRecord(
                title=cleaned(typeset(column.title)[lang]),
                group=cleaned(typeset(column.group)[lang]) if column.group else "",
                code=column.code,
                align=column.align or ("right" if number else "left"),
                number=number,
                plain=column.digits is None,
                percent=column.percent,
                formula=_NAMED.sub(lambda m: f"[{places[m[1]]}{m[2]}]", column.formula),
                name=name,
            )
        )
    return records


def worded(frame: pd.DataFrame, columns: Mapping[str, TableColumn], lang: Lang) -> pd.DataFrame:
    """Return the shown columns with their headers: numbers unrounded, codes in words, text cleaned."""
    series = {
        name: frame[name] if _is_number(frame[name], column) else _text(frame[name], column, lang)
        for name, column in columns.items()
    }
    out = pd.DataFrame(series, columns=list(columns)).reset_index(drop=True)
    return out.set_axis([cleaned(column.heading(lang)) for column in columns.values()], axis=1)


def shown_cells(
    frame: pd.DataFrame, columns: Mapping[str, TableColumn], lang: Lang
) -> tuple[tuple[str, ...], ...]:
    """
    Return the cells of a table as printed, row by row.

    Missing is '—'. An infinite number is refused: it comes from a division that should have given NaN.
    """
    printed = [
        _numbers(frame, name, column, lang)
        if _is_number(frame[name], column)
        else [text if isinstance(text, str) else NOT_KNOWN for text in _text(frame[name], column, lang)]
        for name, column in columns.items()
    ]
    return tuple(zip(*printed, strict=True))


def marked_cells(
    marks: pd.DataFrame | None, frame: pd.DataFrame, names: Sequence[str]
) -> list[tuple[int, int]]:
    """Return (row, column) of the cells that `marks` holds true; its rows are those of the frame, in order."""
    if marks is None:
        return []
    if len(marks) != len(frame):
        raise ValueError(f"marks have {len(marks)} rows, the table {len(frame)}")
    known = marks.reindex(columns=list(names), fill_value=False).astype("boolean").fillna(False)
    rows, places = known.to_numpy(dtype=bool).nonzero()
    return list(zip(rows.tolist(), places.tolist(), strict=True))


def header_rows(columns: Sequence[ColumnRecord]) -> list[list[HeaderCell]]:
    """Return the rows of a header: groups above titles above codes, as far as there are any."""
    rows = [_titles(columns)]
    if any(column.group for column in columns):
        rows = [_groups(columns), [cell for cell in rows[0] if columns[cell.column].group]]
    if any(column.code for column in columns):
        rows.append([HeaderCell(column.code, i) for i, column in enumerate(columns)])
    return rows


def remarks(record: FigureRecord | TableRecord, lang: Lang) -> list[str]:
    """Return what stands below a figure or table, above its source: basis, note, what the marks mean."""
    note = LABELS["note"][lang] + record.note[lang] if record.note else ""
    if isinstance(record, FigureRecord):
        return [note] if note else []
    marks = f"{MARK} {record.mark_means[lang]}" if record.marked else ""
    lines = [record.basis[lang] if record.basis else "", note, marks]
    return [line for line in lines if line]


def _titles(columns: Sequence[ColumnRecord]) -> list[HeaderCell]:
    return [HeaderCell(column.title, i) for i, column in enumerate(columns)]


def _groups(columns: Sequence[ColumnRecord]) -> list[HeaderCell]:
    cells = []
    for group, run in groupby(range(len(columns)), key=lambda i: columns[i].group):
        members = list(run)
        if group:
            cells.append(HeaderCell(group, members[0], columns=len(members)))
        else:
            cells += [HeaderCell(columns[i].title, i, rows=2) for i in members]
    return cells


def _is_number(series: pd.Series, column: TableColumn) -> bool:
    numeric = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
    return numeric and column.words is None


def _text(series: pd.Series, column: TableColumn, lang: Lang) -> pd.Series:
    words = column.words or (_YES_NO if pd.api.types.is_bool_dtype(series) else {})
    known = {value: cleaned(typeset(text)[lang]) for value, text in words.items()}
    text = [None if pd.isna(v) else known.get(v, cleaned(str(v)) or None) for v in series.astype(object)]
    return pd.Series(text, index=series.index, dtype="str")


def _numbers(frame: pd.DataFrame, name: str, column: TableColumn, lang: Lang) -> list[str]:
    scale = 100 if column.percent else 1
    values = frame[name].astype("float64") * scale
    if values.abs().eq(math.inf).any():
        raise ValueError(f"column {name}: infinite")
    if column.digits is None:
        return [NOT_KNOWN if math.isnan(v) else format(v, ".15g") + "%" * column.percent for v in values]
    digits = (
        frame[column.digits].fillna(0) if isinstance(column.digits, str) else [column.digits] * len(frame)
    )
    named = [column.limit] if isinstance(column.limit, str) else list(column.limit)
    limits = frame[named].astype("float64").to_numpy() * scale
    texts = [
        shown_against(value, bounds, int(places), lang)
        for value, bounds, places in zip(values, limits.tolist(), digits, strict=True)
    ]
    return [text + "%" if column.percent and text != NOT_KNOWN else text for text in texts]

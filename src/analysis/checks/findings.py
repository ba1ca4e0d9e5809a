"""Faults found in the school table, each with its place and its figures as the office filed them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .. import schema
from ..errors import Fault, Lang, Level, Place
from ..rounding import as_filed, shown
from ..schema import Words

_LARGE = 100_000  # from here on offices write in 万


@dataclass
class Findings:
    """
    The school table under check, and the faults found so far.

    `schools` is the canonical table with a plain 0 … n−1 index; `headers` gives the user's header of a
    canonical column. A check that asks (level explain) takes its answer from the row's 说明 column.
    """

    schools: pd.DataFrame
    headers: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    cells: set[tuple[int, str]] = field(default_factory=set)

    def add(
        self,
        kind: str,
        level: Level,
        words: Words,
        *,
        row: int,
        columns: Sequence[str],
        also: Sequence[str] = (),
        later: int | None = None,
        **shows: str | float | Words,
    ) -> None:
        """
        Record a fault at the first of the columns; {0}, {1} … in the words name column and value.

        The cells of the columns `also` are marked with it. A fault that row `later` shows may have been
        explained there.
        """
        explained = [self._at(where, "explanation") for where in (row, later) if where is not None]
        self.cells.add((row, columns[0]))
        self.faults.append(
            Fault(
                kind,
                self._sentence(words, "zh", row, columns, shows),
                self._sentence(words, "en", row, columns, shows),
                self._place(row, columns[0]),
                level,
                school_id=_text(self._at(row, "school_id")),
                year=int(self._at(row, "year")),
                columns=tuple(columns),
                explanation=next(filter(None, map(_text, explained)), "") if level is Level.EXPLAIN else "",
                school_name=_text(self._at(row, "school_name")),
                also=tuple(self.header(column) for column in also),
            )
        )

    def add_each(
        self,
        kind: str,
        level: Level,
        words: Words,
        wrong: pd.Series,
        *,
        columns: Sequence[str],
        also: Sequence[str] = (),
        once: bool = False,
        **shows: pd.Series | str | Words,
    ) -> None:
        """
        Record a fault for every row of the table where `wrong` is true.

        A series among `shows` gives each row its own value. With `once`, a cell that an earlier check
        has already named is not asked about again.
        """
        for row in np.flatnonzero(wrong.to_numpy(dtype=bool)).tolist():
            if once and (row, columns[0]) in self.cells:
                continue
            own = {name: _own(value, row) for name, value in shows.items()}
            self.add(kind, level, words, row=row, columns=columns, also=also, **own)

    def filed(self, row: int, column: str, lang: Lang) -> str:
        """Return a value as the office filed it: in the unit of the form, codes with their names."""
        return as_in_the_form(column, self._at(row, column), lang)

    def header(self, column: str) -> str:
        """Return what the user's file calls a column."""
        return self.headers.get(column, schema.column(column).zh)

    def _at(self, row: int, column: str) -> Any:
        return self.schools[column].iloc[row]

    def _place(self, row: int, column: str) -> Place:
        # Coordinates have been turned to WGS84 since they were filed, so they are not quoted.
        quoted = schema.column(column).type != "coordinate"
        return Place(
            _text(self._at(row, "source_file")),
            _text(self._at(row, "source_sheet")),
            int(self._at(row, "source_row")),
            self.header(column),
            self.filed(row, column, "zh") if quoted else "",
        )

    def _sentence(
        self,
        words: Words,
        lang: Lang,
        row: int,
        columns: Sequence[str],
        shows: Mapping[str, str | float | Words],
    ) -> str:
        cited = [self._cited(row, column, lang) for column in columns]
        told = {name: _told(value, lang) for name, value in shows.items()}
        stage = schema.column(columns[0]).stage
        if stage is not None:
            told["stage"] = schema.codes("stages")[stage][lang]
        return words[lang].format(*cited, **told)

    def _cited(self, row: int, column: str, lang: Lang) -> str:
        value = self.filed(row, column, lang) or {"zh": "空白", "en": "blank"}[lang]
        if lang == "zh":
            return f"「{self.header(column)}」= {value}"
        return f"“{schema.column(column).en}” ({value})"


def evaluated(figures: pd.DataFrame, expression: str) -> pd.Series:
    """Return a pandas expression over the columns of a table as a column of its own."""
    # pandas prepares every column of the table it evaluates in: give it the few that are named.
    named = [name for name in dict.fromkeys(re.findall(r"[a-z]\w*", expression)) if name in figures]
    return pd.Series(figures[named].eval(expression), index=figures.index)


def as_in_the_form(column: str, value: Any, lang: Lang) -> str:
    """Return a canonical value as offices file it; '' where it is missing."""
    registered = schema.column(column)
    if pd.isna(value):
        return ""
    if registered.type == "flag":
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[lang]
    if registered.codes is not None:
        code = schema.codes(registered.codes).get(str(value))
        named = code[lang] if code else ""
        return f"{value} {named}".strip() if str(value).isdigit() else named or str(value)
    if registered.type not in schema.NUMERIC:
        return str(value)
    factor = registered.filed.factor if registered.filed else 1
    return format(as_filed(float(value) / factor).normalize(), "f")


def from_the_form(column: str, text: str) -> float:
    """Return the canonical value of a figure as offices file it (as_in_the_form); NaN where it is blank or none."""
    registered = schema.column(column)
    if registered.type == "flag" and text in ("是", "否"):
        return float(text == "是")
    try:
        return float(text) * (registered.filed.factor if registered.filed else 1)
    except ValueError:
        return float("nan")


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _own(value: Any, row: int) -> Any:
    return value.iloc[row] if isinstance(value, pd.Series) else value


def _told(value: str | float | Words, lang: Lang) -> str:
    if isinstance(value, Words):
        return value[lang]
    if isinstance(value, str):
        return value
    if lang == "zh" and abs(value) >= _LARGE:
        return f"{_number(value / 10_000, lang)}万"
    return _number(value, lang)


def _number(value: float, lang: Lang) -> str:
    return shown(value, 0 if float(value).is_integer() else 2, lang)

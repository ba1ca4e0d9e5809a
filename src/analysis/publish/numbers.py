"""Every number that the report prints, with an id, the figure behind the rounding, and where it is to be found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import Lang
from .arrangement import Arrangement
from .cells import header_rows
from .record import Block, FigureRecord, TableRecord, Told

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
_LISTED = 6  # cells named beside a number of the text


@dataclass(frozen=True)
class Number:
    """
    One printed number.

    `id` is its place: T for tables, F for charts, S for sentences; `at` where it stands in words; `value` the
    unrounded figure; `data` the file that holds it; `cell` (table id, row and column of its sheet, from 0) where the
    workbook holds it; `same` the ids of the table cells that print the same number.
    """

    id: str
    at: str
    shown: str
    value: str
    data: str
    cell: tuple[str, int, int] | None = None
    same: tuple[str, ...] = ()


def numbers(told: Told, arrangement: Arrangement, lang: Lang) -> list[Number]:
    """Return every number in tables, charts and sentences of the report, in that order."""
    in_tables: list[Number] = []
    in_charts: list[Number] = []
    for kind, id in arrangement.numbers:
        label = arrangement.label(kind, id, lang)
        if kind == "table":
            in_tables += _of_table(told, told.tables[id], label)
        else:
            in_charts += _of_figure(told.figures[id], label)
    printed: dict[str, list[str]] = defaultdict(list)
    for number in in_tables:
        printed[number.shown].append(number.id)
    said = [
        replace(number, same=tuple(printed[number.shown][:_LISTED]))
        for number in _of_sentences(arrangement, lang)
    ]
    return [*in_tables, *in_charts, *said]


def _of_table(told: Told, table: TableRecord, label: str) -> Iterator[Number]:
    data, top = told.data(table), 2 + len(header_rows(table.columns))
    names = [c for c, column in enumerate(table.columns) if not column.number]
    for r, row in enumerate(table.shown):
        for c, column in enumerate(table.columns):
            value = str(data.iat[r, c])
            if column.number and value:
                parts = [
                    label,
                    row[names[0]] if names else str(r + 1),
                    f"{column.group} {column.title}".strip(),
                ]
                cell = (table.id, top + r, c) if table.sheet else None
                yield Number(
                    f"T-{table.id}-{r + 1}-{c + 1}", " › ".join(parts), row[c], value, table.data, cell
                )


def _of_figure(figure: FigureRecord, label: str) -> Iterator[Number]:
    for k, chart in enumerate(figure.charts, start=1):
        for s, series in enumerate(chart.series, start=1):
            for i, (category, value) in enumerate(
                zip(chart.categories, series.numbers, strict=True), start=1
            ):
                if value is not None:
                    at = " › ".join(part for part in (label, chart.title, category, series.name) if part)
                    shown = f"{value:.{chart.digits}f}"
                    yield Number(f"F-{figure.id}-{k}-{s}-{i}", at, shown, repr(value), figure.data)


def _of_sentences(arrangement: Arrangement, lang: Lang) -> Iterator[Number]:
    for chapter in arrangement.chapters:
        blocks = [piece for piece in chapter.pieces if isinstance(piece, Block)]
        said = [block.text[lang] for block in blocks if block.kind == "sentence" and block.text]
        for s, text in enumerate(said, start=1):
            for n, found in enumerate(_NUMBER.finditer(text), start=1):
                id = f"S-{chapter.story.notebook}-{s}-{n}"
                at = f"{chapter.story.title[lang]} › …{text[max(0, found.start() - 14) : found.end() + 4]}…"
                yield Number(id, at, found[0].rstrip(","), "", f"story/{chapter.story.notebook}.json")

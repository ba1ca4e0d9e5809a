"""Every number that the report prints, with an id, the figure behind the rounding, and where it is to be found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..errors import Lang
from ..pupil_groups import HIDDEN
from .arrangement import Arrangement
from .cells import header_rows
from .facts import NUMBER, Fact, Reader, says
from .record import Block, FigureRecord, TableRecord, Told

_LISTED = 6  # cells named beside a number of the text


@dataclass(frozen=True)
class Number:
    """
    One printed number.

    `id` is its place: T for tables, F for charts, S for sentences; `at` where it stands in words; `value` the
    unrounded figure; `data` the file that holds it; `cell` (table id, row and column of its sheet, from 0) where the
    workbook holds it; `fact` what it is and how it came about, where the run tells it; `same` the ids of the table cells
    that hold the same figure, or, without a fact, print the same number.
    """

    id: str
    at: str
    shown: str
    value: str
    data: str
    cell: tuple[str, int, int] | None = None
    same: tuple[str, ...] = ()
    fact: Fact | None = None

    @property
    def table(self) -> str:
        """The id of the table that a number of a table stands in."""
        return self.id.removeprefix("T-").rsplit("-", 2)[0]


def numbers(told: Told, arrangement: Arrangement, lang: Lang) -> list[Number]:
    """Return every number in tables, charts and sentences of the report, in that order."""
    in_tables: list[Number] = []
    in_charts: list[Number] = []
    facts: dict[float, list[Fact]] = defaultdict(list)
    for fact in (fact for story in told.stories for fact in story.facts):
        facts[_alike(repr(fact.value))].append(fact)
    for kind, id in arrangement.numbers:
        label = arrangement.label(kind, id, lang)
        if kind == "table":
            title = told.tables[id].title[lang]
            for number in _of_table(told, told.tables[id], label):
                meant = (f for f in facts[_alike(number.value)] if f.said and says(f, f"{title} {number.at}"))
                in_tables.append(replace(number, fact=next(meant, None)))
        else:
            in_charts += _of_figure(told.figures[id], label)
    cells = _Cells(told, arrangement, lang, in_tables)
    said = [replace(n, same=cells.of(n)) for n in _of_sentences(arrangement, lang)]
    return [*in_tables, *in_charts, *said]


class _Cells:
    """The cells of tables in which a number of a sentence is found: those of the report, and of the workbook's sheets."""

    def __init__(self, told: Told, arrangement: Arrangement, lang: Lang, in_report: Sequence[Number]) -> None:
        self._printed: dict[str, list[str]] = defaultdict(list)
        self._held: dict[float, list[tuple[str, str]]] = defaultdict(list)
        for number in in_report:
            self._printed[number.shown].append(number.id)
        beside = [t for t in told.tables.values() if t.sheet and ("table", t.id) not in arrangement.numbers]
        titles = {id: table.title[lang] for id, table in told.tables.items()}
        for number in (*in_report, *(n for t in beside for n in _of_table(told, t, ""))):
            self._held[_alike(number.value)].append((number.id, f"{titles[number.table]} {number.at}"))

    def of(self, number: Number) -> tuple[str, ...]:
        """Return the cells that hold the number's figure and say what it is; of one without a fact those that print it."""
        if number.fact is None:
            return tuple(self._printed[number.shown][:_LISTED])
        fact = number.fact
        held = [
            id for id, about in self._held[_alike(number.value)] if says(fact, about) and _headed(fact, about)
        ]
        return tuple(held[:_LISTED])


def _headed(fact: Fact, about: str) -> bool:
    """Return whether a cell may be the fact by its column's heading: counts are alike by chance, ratios are not."""
    if fact.numerator is not None or not fact.value.is_integer():
        return True
    heading = about.rsplit(" › ", 1)[-1]
    return any(word in heading for word in fact.near)


def _alike(value: str) -> float:
    """Return a figure up to the last digits, which differ by the order of a sum; NaN is never alike."""
    try:
        return float(f"{float(value):.12g}")
    except ValueError:
        return float("nan")


def _of_table(told: Told, table: TableRecord, label: str) -> Iterator[Number]:
    data, top = told.data(table), 2 + len(header_rows(table.columns))
    names = [c for c, column in enumerate(table.columns) if not column.number]
    for r, row in enumerate(table.shown):
        for c, column in enumerate(table.columns):
            value = str(data.iat[r, c])
            if column.number and value not in ("", HIDDEN):
                named = [row[c] for c in names] or [str(r + 1)]
                parts = [label, *named, f"{column.group} {column.title}".strip()]
                cell = (table.id, top + r, c) if table.sheet else None
                at = " › ".join(part for part in parts if part)
                yield Number(f"T-{table.id}-{r + 1}-{c + 1}", at, row[c], value, table.data, cell)


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
            reader = Reader(chapter.story.facts, lang)
            for n, found in enumerate(NUMBER.finditer(text), start=1):
                id = f"S-{chapter.story.notebook}-{s}-{n}"
                at = f"{chapter.story.title[lang]} › …{text[max(0, found.start() - 14) : found.end() + 4]}…"
                fact = reader.meant(text, found.start(), found.end())
                value = "" if fact is None else repr(fact.value)
                data = f"story/{chapter.story.notebook}.json"
                yield Number(id, at, found[0].rstrip(","), value, data, fact=fact)

"""Every number that the report prints, with an id, the figure behind the rounding, and where it is to be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import Lang
from ..facts import NUMBER, Fact, Place
from ..pupil_groups import HIDDEN
from ..typesetting import typeset
from .arrangement import Arrangement
from .record import Block, ColumnRecord, FigureRecord, StoryRecord, TableRecord, Told


@dataclass(frozen=True)
class Number:
    """
    One printed number.

    `id` is its place: T for tables, F for charts, C for captions, S for sentences; `at` where it stands in words; `value`
    the unrounded figure; `data` the file that holds it; `fact` what it is and how it came about, where the run tells it;
    `same` the id of the table's cell that holds the figure, or of the table that it is counted in.
    """

    id: str
    at: str
    shown: str
    value: str
    data: str
    same: str = ""
    fact: Fact | None = None

    @property
    def table(self) -> str:
        """The id of the table that a number of a table stands in."""
        return self.id.removeprefix("T-").rsplit("-", 2)[0]


def numbers(told: Told, arrangement: Arrangement, lang: Lang) -> list[Number]:
    """Return every number in tables, charts, captions and sentences of the report, in that order."""
    in_tables: list[Number] = []
    in_charts: list[Number] = []
    facts = {story.notebook: {fact.key: fact for fact in story.facts} for story in told.stories}
    cells = {
        fact: [cell for place in fact.places if (cell := _cell(told, place, lang))]
        for of in facts.values()
        for fact in of.values()
    }
    held = {cell: fact for fact, own in cells.items() for cell in own}
    for kind, id in arrangement.numbers:
        label = arrangement.label(kind, id, lang)
        if kind == "table":
            in_tables += [replace(n, fact=held.get(n.id)) for n in _of_table(told, told.tables[id], label)]
        else:
            in_charts += _of_figure(told.figures[id], label)
    said = [*_of_captions(told, arrangement, facts, lang), *_of_sentences(arrangement, facts, lang)]
    return [*in_tables, *in_charts, *(replace(n, same=_held(told, n.fact, cells)) for n in said)]


def _held(told: Told, fact: Fact | None, cells: Mapping[Fact, Sequence[str]]) -> str:
    """Return the id of the cell that holds a fact, of the table that it is counted in, or ''."""
    if fact is None:
        return ""
    tables = [f"T-{place.table}" for place in fact.places if place.table in told.tables]
    return next(iter([*cells[fact], *tables]), "")


def _cell(told: Told, place: Place, lang: Lang) -> str:
    """Return the id of the one cell of a run's tables that a place names; '' where it names none, or several."""
    if not place.column or place.table not in told.tables:
        return ""
    table = told.tables[place.table]
    columns = [c for c, column in enumerate(table.columns) if column.name == place.column]
    rows = [r for r, shown in enumerate(table.shown) if _in_row(place, shown, lang)]
    found = [f"T-{table.id}-{r + 1}-{c + 1}" for r in rows for c in columns]
    return found[0] if len(found) == 1 else ""


def _heading(column: ColumnRecord) -> str:
    return f"{column.group} {column.title}".strip()


def _in_row(place: Place, shown: Sequence[str], lang: Lang) -> bool:
    return all((text if isinstance(text, str) else typeset(text)[lang]) in shown for text in place.row)


def _of_table(told: Told, table: TableRecord, label: str) -> Iterator[Number]:
    data = told.data(table)
    names = [c for c, column in enumerate(table.columns) if not column.number]
    for r, row in enumerate(table.shown):
        for c, column in enumerate(table.columns):
            value = str(data.iat[r, c])
            if column.number and value not in ("", HIDDEN):
                named = [row[c] for c in names] or [str(r + 1)]
                parts = [label, *named, _heading(column)]
                at = " › ".join(part for part in parts if part)
                yield Number(f"T-{table.id}-{r + 1}-{c + 1}", at, row[c], value, table.data)


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


def _of_captions(
    told: Told, arrangement: Arrangement, facts: Mapping[str, Mapping[str, Fact]], lang: Lang
) -> Iterator[Number]:
    for kind, id in arrangement.numbers:
        if kind == "figure":
            figure = told.figures[id]
            at = arrangement.label(kind, id, lang)
            keys = figure.told.get(lang, ())
            yield from _of_text(
                f"C-{id}", at, figure.caption[lang], keys, facts[figure.notebook], figure.data
            )


def _of_sentences(
    arrangement: Arrangement, facts: Mapping[str, Mapping[str, Fact]], lang: Lang
) -> Iterator[Number]:
    for story, blocks in _blocks(arrangement):
        said = [block for block in blocks if block.kind in ("sentence", "note") and block.text]
        for s, block in enumerate(said, start=1):
            assert block.text is not None
            keys = block.told.get(lang, ())
            id, data = f"S-{story.notebook}-{s}", f"story/{story.notebook}.json"
            yield from _of_text(id, story.title[lang], block.text[lang], keys, facts[story.notebook], data)


def _blocks(arrangement: Arrangement) -> Iterator[tuple[StoryRecord, list[Block]]]:
    """Yield what each notebook tells in the report: its chapter's blocks, then those that it sends to annexes."""
    for chapter in arrangement.chapters:
        blocks: list[Block] = []
        for piece in chapter.pieces:
            blocks += [piece] if isinstance(piece, Block) else piece.blocks
        yield chapter.story, blocks


def _of_text(
    id: str, about: str, text: str, keys: Sequence[str], facts: Mapping[str, Fact], data: str
) -> Iterator[Number]:
    """Yield the numbers of a text, with their facts where it knows them: its other numbers are names then, years say."""
    for n, found in enumerate(NUMBER.finditer(text), start=1):
        fact = facts.get(keys[n - 1]) if keys else None
        if keys and fact is None:
            continue
        at = f"{about} › …{text[max(0, found.start() - 14) : found.end() + 4]}…"
        value = "" if fact is None else repr(fact.value)
        yield Number(f"{id}-{n}", at, found[0].rstrip(","), value, data, fact=fact)

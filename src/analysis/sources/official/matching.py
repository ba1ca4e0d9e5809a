"""Find the columns of an official sheet by the paths of its headings; what is doubtful is asked, not guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from .form import Choice, Form, Term, terms
from .labels import Path, label, shown


@dataclass(frozen=True)
class Place:
    """A column of a sheet: its position from 0, its path, and the unit that the lowest heading with one names."""

    position: int
    path: Path

    @property
    def letters(self) -> str:
        """What Excel calls the column."""
        return get_column_letter(self.position + 1)

    @property
    def unit(self) -> str:
        """The unit that the headings name, "" for none."""
        return next((part.unit for part in reversed(self.path) if part.unit), "")

    @property
    def text(self) -> str:
        """The path and the letters: 专任教师 › 本科(AF列)."""
        return f"{shown(self.path)}({self.letters}列)"


@dataclass(frozen=True)
class Found:
    """The reading that a column has in a sheet: the columns to be added up."""

    name: str
    places: tuple[Place, ...]

    @property
    def text(self) -> str:
        """The places as people read them."""
        return " + ".join(place.text for place in self.places)

    @property
    def reading(self) -> str:
        """The reading as it is written in 报表读法.yaml, every path whole."""
        return " + ".join(shown(place.path) for place in self.places)


@dataclass(frozen=True)
class Doubt:
    """A column that cannot be told: `candidates` fit alike, or the user's own reading stands nowhere."""

    name: str
    wanted: str
    candidates: tuple[Place, ...]


def matched(form: Form, choice: Choice, paths: Sequence[Path]) -> tuple[dict[str, Found], list[Doubt]]:
    """
    Return the reading of each column of a form in a sheet, and the doubts; columns without a reading are absent.

    The user's choice goes before the form's readings. Of the form's the first is taken whose paths all stand in
    the sheet; a path stands where a column's lowest heading is its last label and the others stand above in order.
    Of several such columns that with the fewest headings between is meant; of equals none.
    """
    found: dict[str, Found] = {}
    doubts: list[Doubt] = []
    aside = {part.key for text in form.aside if (part := label(text)) is not None}
    for name, readings in _readings(form, choice).items():
        chosen = name in choice.columns
        for reading in readings:
            columns = [
                _columns(term, paths, frozenset() if chosen else aside)
                for term in terms(reading, by_row=False)
            ]
            several = next((some for some in columns if len(some) > 1), None)
            if all(len(some) == 1 for some in columns):
                found[name] = Found(name, tuple(some[0] for some in columns))
                break
            if all(columns) and several is not None:
                doubts.append(Doubt(name, reading, tuple(several)))
                break
        else:
            if chosen and readings:
                doubts.append(Doubt(name, readings[0], ()))
    return found, doubts


def _readings(form: Form, choice: Choice) -> Mapping[str, tuple[str, ...]]:
    chosen = {name: (text,) if text else () for name, text in choice.columns.items()}
    return {**form.columns, **chosen}


def _columns(term: Term, paths: Sequence[Path], aside: frozenset[str] | set[str]) -> list[Place]:
    """Return the columns that a term may mean: those nearest to it."""
    if term.letters:
        position = column_index_from_string(term.letters) - 1
        return [Place(position, paths[position])] if position < len(paths) and paths[position] else []
    fitting = [
        Place(position, path)
        for position, path in enumerate(paths)
        if path
        and stands(term.column, keys := tuple(part.key for part in path))
        and not (set(keys) - set(term.column)) & aside
    ]
    fewest = min((len(place.path) for place in fitting), default=0)
    return [place for place in fitting if len(place.path) == fewest]


def stands(wanted: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Tell whether the wanted labels stand in the path in this order, the last one lowest."""
    if not wanted or wanted[-1] != path[-1]:
        return False
    above = iter(path)
    return all(part in above for part in wanted)

"""Read the workbook of one school (教基NNNN, 基础基NNN): figures by sheet, row and column labels, never by place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from openpyxl.utils import get_column_letter

from ...errors import Fault, Place
from ..headers import Heading, split_unit
from ..mapping import SourceField
from ..table import typed_column
from ..tabular import Sheet
from .form import Choice, Form, Term, form_column, terms
from .labels import is_numbering, label, paths
from .matching import stands
from .part import Part, Reading
from .schools import form_field, wrong_cell
from .sheets import year_of

_FIGURE = re.compile(r"[\d.,*-]+")
_REMARKS = {"备注", "说明"}


@dataclass(frozen=True)
class _Cell:
    """A cell of a sheet: its Excel row, its position from 0, what names it, and the unit its row or heading names."""

    sheet: Sheet
    row: int
    position: int
    named: str
    unit: str = ""

    @property
    def text(self) -> str:
        return f"{self.named}({get_column_letter(self.position + 1)}{self.row})"


class _Page:
    """A sheet of a form as a table: where its rows begin, and the path of each column."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.rows = sheet, _all_rows(sheet)
        numbering = next((at for at, row in enumerate(self.rows) if at > 1 and is_numbering(row)), None)
        first = next((at for at, row in enumerate(self.rows) if at > 1 and _has_figure(row)), len(self.rows))
        self.begins = numbering + 1 if numbering is not None and numbering <= first else first
        header = [row for row in self.rows[: self.begins] if not is_numbering(row)]
        # Titles above the header are one text over the width.
        header = [row for row in header if len({f.key for c in row if (f := label(c)) is not None}) > 1]
        merged = any(row <= self.begins for row, _ in sheet.covered)
        self.paths = paths(header, merged=merged)

    def find(self, term: Term, blocks: set[str]) -> list[_Cell]:
        """Return the cells that a term may mean."""
        if term.below:
            return self._below(term.row[0])
        return [
            _Cell(
                self.sheet,
                at + 1,
                position,
                " › ".join([self.sheet.name, *self._named(at, position)]),
                self._unit(at, position),
            )
            for at in self._rows(term.row, blocks)
            for position in self._columns(term.column)
        ]

    def _below(self, key: str) -> list[_Cell]:
        found: list[_Cell] = []
        for at, row in enumerate(self.rows[:-1]):
            for position, cell in enumerate(row):
                here = label(cell)
                if here is not None and here.key == key and (at + 1, position) not in self.sheet.covered:
                    found.append(_Cell(self.sheet, at + 2, position, f"{self.sheet.name} › {here.text}"))
        return found[:1]  # the form's own attributes stand before those of attached classes

    def _rows(self, path: tuple[str, ...], blocks: set[str]) -> list[int]:
        body = range(self.begins, len(self.rows))
        if not path:
            filled = [at for at in body if any(label(cell) is not None for cell in self.rows[at])]
            return filled if len(filled) == 1 else []
        *above, last = path
        for block in above:
            start = next((at for at in body if block in self._labels(at)), None)
            if start is None:
                return []
            end = next(
                (at for at in range(start + 1, len(self.rows)) if self._labels(at) & blocks), len(self.rows)
            )
            body = range(start + 1, end)
        found = [at for at in body if last in self._labels(at)]
        return found[:1] if last in blocks else found

    def _columns(self, path: tuple[str, ...]) -> list[int]:
        if not path:
            widths = [
                position
                for row in self.rows[self.begins :]
                for position, cell in enumerate(row)
                if label(cell)
            ]
            remarks = {p for p, labels in enumerate(self.paths) if labels and labels[-1].key in _REMARKS}
            return [max(set(widths) - remarks)] if set(widths) - remarks else []
        fitting = [
            p
            for p, labels in enumerate(self.paths)
            if labels and stands(path, tuple(part.key for part in labels))
        ]
        fewest = min((len(self.paths[p]) for p in fitting), default=0)
        return [p for p in fitting if len(self.paths[p]) == fewest]

    def _labels(self, at: int) -> set[str]:
        """Return what a row is called: the texts before its first figure."""
        found: set[str] = set()
        for cell in self.rows[at]:
            here = label(cell)
            if here is not None and _FIGURE.fullmatch(here.text):
                if found:
                    break
            elif here is not None:
                found.add(here.key)
        return found

    def _named(self, at: int, position: int) -> list[str]:
        row = next(
            (
                f.text
                for cell in self.rows[at]
                if (f := label(cell)) is not None and not _FIGURE.fullmatch(f.text)
            ),
            "",
        )
        path = self.paths[position] if position < len(self.paths) else ()
        return [text for text in (row, *(part.text for part in path)) if text]

    def _unit(self, at: int, position: int) -> str:
        """Return the unit that stands in the row (a column 计量单位), or in the column's heading."""
        for cell in self.rows[at][:position]:
            here = label(cell)
            if here is not None and (unit := split_unit(f"x({here.text})")[1]):
                return unit
        path = self.paths[position] if position < len(self.paths) else ()
        return next((part.unit for part in reversed(path) if part.unit), "")


def is_schoolbook(sheets: Sequence[Sheet], form: Form) -> bool:
    """Tell whether a workbook is one school's of this form."""
    return form.holds == "school" and any(_number(sheet) in form.known_by for sheet in sheets)


def read_schoolbook(
    sheets: Sequence[Sheet],
    form: Form,
    choice: Choice,
    fields: Mapping[str, SourceField],
    *,
    folder: str = "",
) -> Part:
    """
    Return what one school's workbook gives: one row, whose figures stand in many sheets.

    Parameters
    ----------
    sheets, form, choice, fields
        The workbook, what it is, what the user says of it, how each canonical column is parsed.
    folder
        The name of its folder, which may tell the year.
    """
    pages = {_number(sheet): _Page(sheet) for sheet in sheets if _number(sheet)}
    home = next(sheet for sheet in sheets if _number(sheet) in form.known_by)
    part, values = Part(form, home), {}
    readings = {**form.columns, **{name: (text,) if text else () for name, text in choice.columns.items()}}
    for name, ways in readings.items():
        cells = _first(ways, form, pages, part, name)
        if cells is None:
            part.absent.append(name)
            continue
        way, found = cells
        values[name] = _added(
            part, name, way, _without_parts(found, way, form), form_field(name, form, fields)
        )
    part.frame = pd.DataFrame({name: [value] for name, value in values.items()}, index=[_home_row(part)])
    year = (
        choice.year
        or next((dated for sheet in sheets if (dated := year_of(sheet.file, sheet, 4))), None)
        or year_of(folder, home, 0)
    )
    return part.dated(year, choice.county_code)


def _first(
    ways: Sequence[str], form: Form, pages: Mapping[str, _Page], part: Part, name: str
) -> tuple[str, list[_Cell]] | None:
    """Return the first reading whose cells are all there, once each; tell one that may be several cells."""
    blocks = {found.key for text in form.blocks if (found := label(text)) is not None}
    for way in ways:
        cells = [
            pages[term.sheet].find(term, blocks) if term.sheet in pages else []
            for term in terms(way, by_row=True)
        ]
        if all(len(some) == 1 for some in cells):
            return way, [some[0] for some in cells]
        several = next((some for some in cells if len(some) > 1), None)
        if several is not None and all(cells):
            part.faults.append(_several(name, way, several))
            return None
    return None


def _without_parts(cells: list[_Cell], way: str, form: Form) -> list[_Cell]:
    """Leave out cells of which another is the sum (see `Form.sums`)."""
    written = [text.strip() for text in way.split(" + ")]
    for whole, parts in form.sums.items():
        if whole in written and all(part in written for part in parts):
            total, *added = (_figure(cells[written.index(text)]) for text in (whole, *parts))
            if (
                total is not None
                and None not in added
                and total == sum(a for a in added if a is not None)
                and total
            ):
                cells = [cell for cell, text in zip(cells, written, strict=True) if text not in parts]
    return cells


def _figure(cell: _Cell) -> float | None:
    found = pd.to_numeric(str(_value(cell)), errors="coerce")
    return None if pd.isna(found) else float(found)


def _value(cell: _Cell) -> object:
    rows = _all_rows(cell.sheet)
    row = rows[cell.row - 1] if cell.row <= len(rows) else []
    return row[cell.position] if cell.position < len(row) else None


def _added(part: Part, name: str, way: str, cells: Sequence[_Cell], field: SourceField) -> object:
    """Return the cells of a reading added up, and keep where they stood."""
    text = " + ".join(cell.text for cell in cells)
    part.headings[name] = text
    part.places[name] = Place(cells[0].sheet.file, cells[0].sheet.name, cells[0].row, text)
    values = []
    for cell in cells:
        shown = pd.Series([_value(cell)], index=[cell.row], dtype=object).replace("", None)
        typed, wrong = typed_column(cell.sheet, shown, Heading(cell.position, cell.text, cell.unit), field)
        values.append(typed.iloc[0])
        for bad in wrong:
            part.wrong.add((_home_row(part), name))
            place = Place(cell.sheet.file, cell.sheet.name, cell.row, cell.text, bad.value)
            part.faults.append(wrong_cell(place, field, bad))
    total = values[0] if len(values) == 1 else pd.Series(values).sum(min_count=len(values))
    unit = field.column.filed or field.column.unit
    shown_unit = next((cell.unit for cell in cells if cell.unit), unit.zh if unit else "")
    part.readings.append(Reading(name, text, way, shown_unit, None if pd.isna(total) else total))
    return total


def _home_row(part: Part) -> int:
    """Return the Excel row in which the school's ID stands: its row in the table."""
    place = part.places.get("school_id")
    return place.row if place is not None and place.row is not None else 1


def _number(sheet: Sheet) -> str:
    """Return the number of the form that a sheet is: 教基1102续 of 教基1102续_小学."""
    found = re.match(r"(?:教基\d{4}|基础基\d{3,4})(?:续表?\d*)?", sheet.name.strip())
    return found.group() if found else ""


def _all_rows(sheet: Sheet) -> list[list[object]]:
    """Return every row of a sheet; such sheets are small."""
    width = max(map(len, sheet.head), default=0)
    below = sheet.take(len(sheet.head), list(range(width))).astype(object)
    return [*sheet.head, *below.where(below.notna(), None).to_numpy().tolist()]


def _has_figure(row: Sequence[object]) -> bool:
    texts = [found.text for cell in row if (found := label(cell)) is not None]
    return len(texts) > 1 and any(_FIGURE.fullmatch(text) for text in texts[1:]) and not is_numbering(row)


def _several(name: str, way: str, cells: Sequence[_Cell]) -> Fault:
    column, named = form_column(name), "、".join(cell.text for cell in cells)
    return Fault(
        "official-ambiguous",
        f"「{column.zh}」有几处都像:{named}。请在《报表读法》中写明。",
        f"“{column.en}” may be any of {named}: say which in the readings file.",
        Place(cells[0].sheet.file, cells[0].sheet.name, cells[0].row, way),
        columns=(name,),
    )

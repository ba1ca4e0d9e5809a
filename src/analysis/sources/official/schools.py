"""Read a sheet of one row a school (分析教基1002, 1003) into canonical columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pandas as pd

from ... import schema
from ...errors import Fault, Level, Place
from ..headers import Heading, normalised
from ..mapping import SourceField
from ..rows import data_rows
from ..table import typed_column
from ..tabular import Sheet
from ..values import WRONG, WrongCell, allowed, as_texts, unit_fits
from .form import Choice, Form, form_column, terms
from .matching import Doubt, Found, matched
from .matching import Place as Column
from .part import Part, Reading
from .sheets import header_of, year_of


def read_schools(sheet: Sheet, form: Form, choice: Choice, fields: Mapping[str, SourceField]) -> Part:
    """
    Return what a sheet of schools gives, with every fault of its header and cells.

    Parameters
    ----------
    sheet, form, choice
        The sheet, what it is, and what the user says of it.
    fields
        How each canonical column is parsed.

    Returns
    -------
    The part; without a header it has no rows and one fault.
    """
    part = Part(form, sheet)
    block = header_of(sheet, form)
    if block is None:
        part.faults.append(_no_header(part))
        return part
    found, doubts = matched(form, choice, block.paths)
    part.faults += [_doubtful(part, doubt, block.last_row) for doubt in doubts]
    part.absent = [name for name in form.columns if name not in found]
    positions = sorted({0, *(column.position for reading in found.values() for column in reading.places)})
    raw = sheet.take(block.last_row, positions)
    labels = {
        name: reading.places[0].position
        for name, reading in found.items()
        if name in ("school_id", "school_name")
    }
    rows, remarks = data_rows(sheet, raw, labels, example_id="")
    part.faults += [*remarks, *sheet.faults]
    raw = raw[rows]
    columns = {}
    for name, reading in found.items():
        reading = _without_parts(reading, form, raw)
        field = form_field(name, form, fields)
        columns[name] = _added(part, raw, reading, field)
        part.readings.append(_reading(reading, field, columns[name]))
    part.frame = pd.DataFrame(columns, index=raw.index)
    year = choice.year or year_of(sheet.file, sheet, block.last_row)
    return part.dated(year, choice.county_code)


def form_field(name: str, form: Form, fields: Mapping[str, SourceField]) -> SourceField:
    """Return how a column is parsed: the source's way, with the form's codes; figures in the form's unit."""
    if name not in schema.columns():
        return SourceField(form_column(name), (), {}, Decimal(1), False, frozenset("*"), None, None, False)
    field = fields[name]
    extra = {normalised(text): code for text, code in form.codes.get(name, {}).items()}
    return replace(
        field, choices={**extra, **field.choices}, filed=field.column.filed is not None, required=False
    )


def _added(part: Part, raw: pd.DataFrame, reading: Found, field: SourceField) -> pd.Series:
    """Return the columns of a reading added up; missing where one of them is."""
    name, sheet, columns = reading.name, part.sheet, []
    part.headings[name] = reading.text
    for column in reading.places:
        if not unit_fits(field.column, column.unit):
            part.faults.append(_wrong_unit(part, column, field))
        cells = raw[column.position]
        if name in part.form.digits:
            cells = as_texts(cells).str.slice(0, part.form.digits[name])
        heading = Heading(column.position, column.text, column.unit)
        typed, wrong = typed_column(sheet, cells, heading, field)
        columns.append(typed)
        for cell in wrong:
            part.wrong.add((cell.row, name))
            place = Place(part.sheet.file, part.sheet.name, cell.row, column.text, cell.value)
            part.faults.append(wrong_cell(place, field, cell))
    return columns[0] if len(columns) == 1 else pd.concat(columns, axis=1).sum(axis=1, min_count=len(columns))


def _without_parts(reading: Found, form: Form, raw: pd.DataFrame) -> Found:
    """Return a reading without the columns of which another of it is the sum in every row that has figures."""
    places = list(reading.places)
    for whole, parts in form.sums.items():
        total = [place for place in places if _called(place, whole)]
        added = [place for part in parts for place in places if _called(place, part)]
        if len(total) == 1 and len(added) == len(parts):
            figures = (
                raw[[place.position for place in (*total, *added)]]
                .apply(pd.to_numeric, errors="coerce")
                .dropna()
            )
            if (figures.iloc[:, 0] == figures.iloc[:, 1:].sum(axis=1)).all() and figures.to_numpy().any():
                places = [place for place in places if place not in added]
    return replace(reading, places=tuple(places))


def _called(column: Column, path: str) -> bool:
    (term,) = terms(path, by_row=False)
    return column.path[-1].key == term.column[-1]


def _reading(reading: Found, field: SourceField, values: pd.Series) -> Reading:
    filed = field.column.filed or field.column.unit
    unit = next((place.unit for place in reading.places if place.unit), filed.zh if filed else "")
    known = values.dropna()
    sample = None if known.empty else known.iloc[0]
    return Reading(reading.name, reading.text, reading.reading, unit, sample)


def _no_header(part: Part) -> Fault:
    return Fault(
        "official-no-header",
        f"像是「{part.form.title.zh}」,但没有找到写「机构编码」或「机构名称」的表头行。",
        f"looks like {part.form.title.en}, but no row is headed 机构编码 or 机构名称.",
        Place(part.sheet.file, part.sheet.name),
    )


def _doubtful(part: Part, doubt: Doubt, row: int) -> Fault:
    column = form_column(doubt.name)
    place = Place(part.sheet.file, part.sheet.name, row, doubt.wanted)
    if not doubt.candidates:
        return Fault(
            "official-not-there",
            f"《报表读法》为「{column.zh}」写的表头在这张表里没有。",
            f"the headings that the readings file gives for “{column.en}” are not in this sheet.",
            place,
            columns=(doubt.name,),
        )
    named = "、".join(candidate.text for candidate in doubt.candidates)
    letters = doubt.candidates[0].letters
    return Fault(
        "official-ambiguous",
        f"「{column.zh}」有几列都像:{named}。请在《报表读法》中写明,如 {doubt.name}: {letters}列。",
        f"“{column.en}” may be any of {named}: say which in the readings file, as in {doubt.name}: {letters}列.",
        place,
        columns=(doubt.name,),
    )


def _wrong_unit(part: Part, column: Column, field: SourceField) -> Fault:
    unit = field.column.filed or field.column.unit
    should = unit.zh if unit else "无"
    return Fault(
        "wrong-unit",
        f"表头的单位是「{column.unit}」,这一项应为{should}。请核对是不是这一列。",
        f"the heading names the unit {column.unit}; it should be {unit.en if unit else 'none'}: is it this column?",
        Place(part.sheet.file, part.sheet.name, column=column.text),
        columns=(field.column.name,),
    )


def wrong_cell(place: Place, field: SourceField, cell: WrongCell) -> Fault:
    """Return the fault of a cell that cannot be used."""
    said, may = WRONG[cell.kind], allowed(field.column, field.choices)
    return Fault(
        cell.kind,
        f"{said.zh}。{may.zh}。",
        f"{said.en}; {may.en}.",
        place,
        Level.REFUSE,
        columns=(field.column.name,),
    )

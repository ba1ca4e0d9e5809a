"""One raw sheet with a known header into a typed table, with every fault of its cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from .. import schema
from ..checks.checkbook import checkbook
from ..errors import Fault, Level, Place
from .headers import Header, Heading, normalised
from .headings import header_faults
from .mapping import SourceField, SourceMapping
from .rows import data_rows
from .tabular import Sheet
from .values import WRONG, WrongCell, allowed, as_texts, parse

Restrict = Callable[[pd.DataFrame], pd.Series]


@dataclass
class Table:
    """
    A sheet read.

    `frame` holds the canonical columns found, indexed by Excel row; `headings` what they are called in
    the sheet; `wrong` the cells that could not be used, as (row, canonical name); `keys` the key columns of
    every row, wanted or not.
    """

    sheet: Sheet
    headings: dict[str, str]
    frame: pd.DataFrame
    faults: list[Fault] = field(default_factory=list)
    wrong: set[tuple[int, str]] = field(default_factory=set)
    keys: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_table(
    sheet: Sheet,
    header: Header,
    fields: Mapping[str, SourceField],
    source: SourceMapping,
    *,
    keys: Collection[str] = (),
    restrict: Restrict | None = None,
) -> Table:
    """
    Read the rows below a header.

    Parameters
    ----------
    fields
        The columns that the table can have.
    keys, restrict
        Given the parsed columns `keys`, `restrict` tells which rows are wanted; the faults of the others
        are not told.

    Raises
    ------
    JunhengError
        The rows cannot be told apart at all (text with an unclosed quote).
    """
    filters = _filters(header, source)
    positions = {name: heading.position for name, heading in header.found.items()}
    raw = sheet.take(header.last_row, sorted({*positions.values(), *filters}))
    rows, remarks = data_rows(sheet, raw, positions, example_id=source.example_id)
    raw = raw[rows]
    for position, values in filters.items():
        raw = raw[as_texts(raw[position]).isin(values)]
    present = {name: header.found[name] for name in fields if name in header.found}
    of_all = pd.DataFrame(index=raw.index)
    if restrict is not None:
        key_columns = {
            n: typed_column(sheet, raw[present[n].position], present[n], fields[n])[0]
            for n in keys
            if n in present
        }
        of_all = pd.DataFrame(key_columns, index=raw.index)
        raw = raw[restrict(of_all)]
    columns = {
        name: typed_column(sheet, raw[heading.position], heading, fields[name])
        for name, heading in present.items()
    }
    table = Table(
        sheet,
        {name: heading.text for name, heading in present.items()},
        pd.DataFrame({name: values for name, (values, _) in columns.items()}, index=raw.index),
        keys=of_all,
    )
    table.faults += remarks + sheet.faults
    table.faults += header_faults(
        sheet,
        header,
        fields,
        tell_unknown=source.registry_headers,
        ask=source.correctable and "school_id" in fields,
    )
    if source.correctable and {"lon", "lat"} <= columns.keys():
        columns["lat"] = (columns["lat"][0], _tell_swapped(table, columns["lat"][1], fields))
    for name, (_, wrong) in columns.items():
        _tell(table, name, fields[name], wrong, correctable=source.correctable)
    return table


def _filters(header: Header, source: SourceMapping) -> dict[int, set[str]]:
    """Return the position of each column that filters rows, and the values kept."""
    wanted = {normalised(name): set(values) for name, values in source.keep.items()}
    headings = [*header.unknown, *header.found.values()]
    return {h.position: wanted[normalised(h.text)] for h in headings if normalised(h.text) in wanted}


def typed_column(
    sheet: Sheet, cells: pd.Series, heading: Heading, field: SourceField
) -> tuple[pd.Series, list[WrongCell]]:
    """Parse the cells of one column; broken formulas and merged figures are wrong whatever they show."""
    broken = {row: error for (row, position), error in sheet.broken.items() if position == heading.position}
    wrong = [
        WrongCell(int(row), "formula-error" if broken[row] else "formula-without-value", broken[row])
        for row in cells.index
        if row in broken
    ]
    if field.column.type in schema.NUMERIC and field.column.name != "year":
        merged = {row for row, position in sheet.covered if position == heading.position} - broken.keys()
        wrong += [WrongCell(int(row), "merged-cells", "") for row in cells.index if row in merged]
    parsed = parse(cells.mask(cells.index.isin([c.row for c in wrong])), field, unit=heading.unit)
    wrong += parsed.wrong
    if field.required:
        known = {cell.row for cell in wrong}
        blank = parsed.typed.index[parsed.typed.isna()]
        wrong += [WrongCell(int(row), "required", "") for row in blank if int(row) not in known]
    return parsed.typed, wrong


def _tell(
    table: Table, name: str, field: SourceField, wrong: Iterable[WrongCell], *, correctable: bool
) -> None:
    """Record the wrong cells: one fault each, or one remark a kind where the user cannot mend them."""
    by_kind: dict[str, list[WrongCell]] = {}
    for cell in wrong:
        table.wrong.add((cell.row, name))
        by_kind.setdefault(cell.kind, []).append(cell)
    may = allowed(field.column, field.choices)
    for kind, cells in by_kind.items():
        said = WRONG[kind]
        if correctable:
            zh, en = f"{said.zh}。{may.zh}。", f"{said.en}; {may.en}."
            table.faults += [_fault(table, name, cell, zh, en, Level.REFUSE) for cell in cells]
        else:
            zh = f"{said.zh}(共{len(cells)}处),按缺失处理。{may.zh}。"
            en = f"{said.en} ({len(cells)} in all), taken as missing; {may.en}."
            table.faults.append(_fault(table, name, cells[0], zh, en, Level.NOTE))


def _tell_swapped(
    table: Table, wrong: Iterable[WrongCell], fields: Mapping[str, SourceField]
) -> list[WrongCell]:
    """Tell latitudes that only a longitude can be, beside a longitude that may be a latitude; return the rest."""
    west, east = fields["lon"].column.min or 0.0, fields["lon"].column.max or 0.0
    south, north = fields["lat"].column.min or 0.0, fields["lat"].column.max or 0.0
    rule = checkbook().position.swapped
    rest: list[WrongCell] = []
    for cell in wrong:
        lat = float(pd.to_numeric(cell.value, errors="coerce")) if cell.kind == "out-of-range" else np.nan
        lon: Any = table.frame.loc[cell.row, "lon"]
        if west <= lat <= east and south <= lon <= north:
            table.wrong |= {(cell.row, "lon"), (cell.row, "lat")}
            table.frame.loc[cell.row, "lon"] = np.nan
            at_lon = WrongCell(cell.row, "coordinates-swapped", f"{lon:.10g}")
            fault = _fault(table, "lon", at_lon, rule.zh, rule.en, rule.level)
            table.faults.append(replace(fault, columns=("lon", "lat"), also=(table.headings["lat"],)))
        else:
            rest.append(cell)
    return rest


def _fault(table: Table, name: str, cell: WrongCell, zh: str, en: str, level: Level) -> Fault:
    school, year = _at(table, cell.row, "school_id"), _at(table, cell.row, "year")
    return Fault(
        cell.kind,
        zh,
        en,
        Place(table.sheet.file, table.sheet.name, cell.row, table.headings[name], cell.value),
        level,
        school_id=school,
        year=int(float(year)) if year else None,
        columns=(name,),
        school_name=_at(table, cell.row, "school_name"),
    )


def _at(table: Table, row: int, name: str) -> str:
    value: Any = table.frame.loc[row, name] if name in table.frame else None
    return "" if pd.isna(value) else str(value)

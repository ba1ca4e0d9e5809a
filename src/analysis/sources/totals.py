"""Read totals of areas: the 城区, 镇区, 乡村 rows of a yearbook, where no row is a school."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..errors import Fault, JunhengError, Level, Place
from .headers import find_header, header_names
from .mapping import load_source
from .table import Table, read_table
from .tabular import read_sheets

_GIVEN = ("county_code", "year")


def read_totals(
    path: Path, *, county: str = "", year: int | None = None, source: str = "cn-county-template"
) -> tuple[pd.DataFrame, tuple[Fault, ...]]:
    """
    Read a table whose rows are areas, for `research.aggregates.gaps_of_totals`.

    Parameters
    ----------
    path
        A workbook or a text file. Sheets with a column 城镇乡 (`area3`) are read; rows of grand totals are left out
        with a remark.
    county, year
        What the rows speak of, where the table has no column for them.
    source
        The source mapping whose headers, units and codes are known.

    Returns
    -------
    One row per county, year and `area3` with those of the registry's columns that the table has; and the remarks.

    Raises
    ------
    JunhengError
        No sheet has areas, a cell cannot be used, or the county or year is neither in the table nor given: all faults.
    """
    tables = list(_tables(path, source))
    given = {"county_code": county or None, "year": year}
    faults = [fault for table in tables for fault in (*table.faults, *_unknown(table, given))]
    if not tables:
        faults.append(_no_areas(path))
    if any(fault.level is Level.REFUSE for fault in faults):
        raise JunhengError(faults)
    rows = [
        table.frame.assign(**{name: given[name] for name in _GIVEN if name not in table.frame})
        for table in tables
    ]
    return pd.concat(rows, ignore_index=True).astype({"county_code": "str", "year": "int64"}), tuple(faults)


def _tables(path: Path, source: str) -> Iterator[Table]:
    mapping = load_source(source)
    fields = {name: replace(field, required=name == "area3") for name, field in mapping.fields().items()}
    names = header_names({name: field.headers for name, field in fields.items()})
    for sheet in read_sheets(path, names=names, encodings=mapping.encodings):
        header = find_header(sheet.head, names)
        if header is not None and "area3" in header.found:
            yield read_table(sheet, header, fields, mapping)


def _unknown(table: Table, given: dict[str, str | int | None]) -> Iterator[Fault]:
    """Yield what is neither in a column nor given."""
    for name in _GIVEN:
        if name in table.frame:
            blank = table.frame.index[table.frame[name].isna()]
            rows = [int(row) for row in blank if (int(row), name) not in table.wrong]
        else:
            rows = [0] if given[name] is None else []
        for row in rows:
            yield Fault(
                "required",
                "不能为空;表中没有这一列时,请另行给出。",
                "must not be blank; give it where the table has no such column.",
                Place(table.sheet.file, table.sheet.name, row or None, table.headings.get(name, name)),
                columns=(name,),
            )


def _no_areas(path: Path) -> Fault:
    return Fault(
        "no-areas",
        "没有「城镇乡」一列(每行写城区、镇区或乡村)。",
        "no column of areas (urban, town or rural in each row).",
        Place(path.name),
        columns=("area3",),
    )

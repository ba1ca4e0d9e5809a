"""Workbooks as grids of cells: values, merges, hidden sheets, and the formulas that have no result."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import python_calamine as calamine
import xlrd

from ..errors import refuse

_SUSPECT = re.compile(rb'<f[ />]|t="e"')


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet from A1 on; row n of Excel is `rows[n - 1]`. Blank cells are ""."""

    name: str
    rows: list[list[object]]
    hidden: bool = False
    covered: frozenset[tuple[int, int]] = frozenset()
    broken: dict[tuple[int, int], str] = field(default_factory=dict)


def read_grids(path: Path) -> list[Grid]:
    """
    Read every sheet of an xlsx or xls file.

    Merged cells all get the value of their first. Errors (#DIV/0!) and formulas without a stored value,
    which the fast reader shows as blank, are looked up and listed.

    Raises
    ------
    JunhengError
        The workbook is protected by a password or damaged.
    """
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        broken = _broken_in_xls(path) if path.suffix.lower() == ".xls" else _broken_in_xlsx(path)
    except calamine.PasswordError as error:
        raise refuse(
            "password",
            "文件有密码保护,无法读取。请取消密码后另存。",
            "the file is protected by a password; save it without one.",
            file=path.name,
        ) from error
    except (calamine.CalamineError, xlrd.XLRDError, zipfile.BadZipFile, KeyError) as error:
        raise refuse(
            "damaged-file",
            "工作簿已损坏,打不开。",
            "the workbook is damaged and cannot be opened.",
            file=path.name,
        ) from error
    return [
        _grid(book.get_sheet_by_name(sheet.name), sheet, broken.get(sheet.name, {}))
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]


def _grid(
    sheet: calamine.CalamineSheet, about: calamine.SheetMetadata, broken: dict[tuple[int, int], str]
) -> Grid:
    rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    covered: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for r in range(top, min(bottom + 1, len(rows))):
            for c in range(left, min(right + 1, len(rows[r]))):
                if (r, c) != (top, left):
                    rows[r][c] = rows[top][left]
                    covered.add((r + 1, c))
    hidden = about.visible != calamine.SheetVisibleEnum.Visible
    return Grid(sheet.name, rows, hidden, frozenset(covered), broken)


def _broken_in_xlsx(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Return the cells of each sheet whose formula shows an error ("#REF!") or has no stored value ("")."""
    with zipfile.ZipFile(path) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(_SUSPECT.search(archive.read(name)) for name in parts):
            return {}
    shown = openpyxl.load_workbook(path, data_only=True, read_only=True)
    written = openpyxl.load_workbook(path, read_only=True)
    broken: dict[str, dict[tuple[int, int], str]] = {}
    for sheet in written.worksheets:
        found: dict[tuple[int, int], str] = {}
        rows = zip(shown[sheet.title].iter_rows(), sheet.iter_rows(), strict=True)
        for row, (values, formulas) in enumerate(rows, start=1):
            for position, (value, formula) in enumerate(zip(values, formulas, strict=True)):
                if value.data_type == "e":
                    found[row, position] = str(value.value)
                # A formula whose result is "" has the type of text; one never calculated has none.
                elif formula.data_type == "f" and value.value is None and value.data_type == "n":
                    found[row, position] = ""
        broken[sheet.title] = found
    shown.close()
    written.close()
    return broken


def _broken_in_xls(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    with xlrd.open_workbook(str(path), on_demand=True) as book:
        return {
            sheet.name: {
                (r + 1, c): xlrd.error_text_from_code.get(sheet.cell_value(r, c), "#ERR")
                for r in range(sheet.nrows)
                for c in range(sheet.row_len(r))
                if sheet.cell_type(r, c) == xlrd.XL_CELL_ERROR
            }
            for sheet in book.sheets()
        }

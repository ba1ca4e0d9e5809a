"""The workbook being written: shared formats, protected sheets fit for print, formulas with their results."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

Value = str | float | None

_FONT = "宋体"
_CREATED = datetime.datetime(2026, 1, 1)  # a fixed date makes the same content the same bytes
_ALLOWED = {"format_columns": True, "format_rows": True, "format_cells": True}
GREY, BAND, INK = "#F2F2F2", "#DDE5F0", "#1F3864"
GRID = {"border": 1, "border_color": "#BFBFBF"}
HEAD = {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
DARK = {"bg_color": "#C00000", "font_color": "#FFFFFF", "bold": True}
LIGHT = {"bg_color": "#F8CBAD", "bold": True}
PALE = {"bg_color": "#FFF2CC", "italic": True}
GOOD = {"bg_color": "#E2EFDA"}


class Book:
    """A workbook of protected sheets (no password) in one look, A4 across."""

    def __init__(self, path: Path, title: str) -> None:
        self._book = xlsxwriter.Workbook(path)
        self._book.set_properties({"title": title, "author": "junheng", "created": _CREATED})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def close(self) -> None:
        """Write the file."""
        self._book.close()

    def sheet(self, name: str, widths: Sequence[float], *, tab: str = "#8EA9DB") -> Worksheet:
        """Add a sheet with columns of these widths, protected, printed across on A4."""
        sheet = self._book.add_worksheet(name)
        sheet.set_tab_color(tab)
        for position, width in enumerate(widths):
            sheet.set_column(position, position, width)
        sheet.protect("", _ALLOWED)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        sheet.set_footer("&C&P / &N")
        sheet.hide_gridlines(2)
        return sheet

    def style(self, **look: Any) -> Any:
        """Return the format of this look."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": _FONT, "font_size": 11, **look})
        return self._formats[key]

    def mark(self, **look: Any) -> Any:
        """Return the format of a conditional mark: what is not said stays as the cell has it."""
        return self._book.add_format(look)

    def title(self, sheet: Worksheet, title: str, note: str = "", *, row: int = 0) -> None:
        """Write a title, and a note below it."""
        sheet.write_string(row, 0, title, self.style(bold=True, font_size=16, font_color=INK))
        sheet.set_row(row, 28)
        if note:
            sheet.write_string(row + 1, 0, note, self.style(font_color="#595959", font_size=10))


def formula(sheet: Worksheet, row: int, column: int, text: str, style: Any, value: Value) -> None:
    """Write a formula with the result that it has now; a result that is missing is the empty text."""
    sheet.write_formula(row, column, f"={text}", style, "" if value is None else value)


def array(sheet: Worksheet, row: int, column: int, text: str, style: Any, value: Value) -> None:
    """Write a formula over arrays in one cell, as Excel 2010 has them ({=…})."""
    result = "" if value is None else value
    sheet.write_array_formula(row, column, row, column, f"{{={text}}}", style, result)

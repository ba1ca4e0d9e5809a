"""A workbook on paper as offices like it: titled sheets, headings, drop-downs, checks while typing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from ..schema import Words
from . import layout

LAST_ROW = 5000  # how far down drop-downs and checks reach
TITLE_ROW, NOTE_ROW, HEADER_ROW = 0, 1, 2
_FONT = "宋体"
# A fixed date makes the same content the same bytes.
_CREATED = datetime.datetime(2026, 1, 1)


class Paper:
    """
    A workbook being written, in the look of the template.

    `banner` (示例数据 · 非真实) is put into every title. Formats and drop-down lists are shared between sheets.
    """

    def __init__(self, path: Path, banner: Words | None) -> None:
        self.words = layout.layout()
        self._banner = banner
        self._book = xlsxwriter.Workbook(path)
        self._book.set_properties({"title": self.words.title.zh, "author": "junheng", "created": _CREATED})
        self._book.set_calc_mode("auto")
        self._lists: dict[str, list[str]] = {}
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def close(self) -> None:
        """Add the hidden sheet that the drop-downs point at, and write the file."""
        sheet = self._book.add_worksheet(layout.LISTS)
        sheet.hide()
        for position, entries in enumerate(self._lists.values()):
            sheet.write_column(0, position, entries)
        self._book.close()

    def sheet(self, name: str, widths: Sequence[float], *, tab: str = "8EA9DB", text: int = 0) -> Worksheet:
        """Add a sheet with columns of these widths, the first `text` of them for codes; A4, across."""
        sheet = self._book.add_worksheet(name)
        sheet.set_tab_color(f"#{tab}")
        for position, width in enumerate(widths):
            sheet.set_column(
                position, position, width, self.style(num_format="@") if position < text else None
            )
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def title(self, sheet: Worksheet, title: str) -> None:
        """Write the title of a sheet, with the banner."""
        marked = f"{title}  【{self._banner.zh} / {self._banner.en}】" if self._banner else title
        colour = {"font_color": "#C00000"} if self._banner else {}
        sheet.write_string(TITLE_ROW, 0, marked, self.style(bold=True, font_size=16, **colour))
        sheet.set_row(TITLE_ROW, 28)

    def head(self, sheet: Worksheet, title: str, note: Words, headers: Iterable[str]) -> int:
        """Write title, note and headings; return the row below them."""
        self.title(sheet, title)
        sheet.write_string(TITLE_ROW + 1, 0, f"{note.zh} {note.en}", self.style(font_color="#595959"))
        style = self.style(
            bold=True, bg_color=f"#{self.words.colours['header']}", font_color="#FFFFFF", border=1
        )
        sheet.write_row(HEADER_ROW, 0, headers, style)
        sheet.freeze_panes(HEADER_ROW + 1, 0)
        return HEADER_ROW + 1

    def body(self, sheet: Worksheet, row: int, body: pd.DataFrame, names: list[str]) -> None:
        """Write a table below its headings."""
        style = self.style(border=1, text_wrap=True, valign="top")
        for offset, entry in enumerate(body.to_dict("records")):
            for position, name in enumerate(names):
                self.write(sheet, row + offset, position, entry[name], style)

    def check_number(
        self, sheet: Worksheet, row: int, position: int, prompt: str, kind: str,
        least: float | None, most: float | None,
    ) -> None:  # fmt: skip
        """Let a column from `row` down take only numbers of a kind and range."""
        between = {"criteria": ">=", "value": least} if most is None else {
            "criteria": "between", "minimum": least, "maximum": most,
        }  # fmt: skip
        sheet.data_validation(
            row, position, LAST_ROW, position, {"validate": kind, **between, **self._told(prompt)}
        )

    def choose(
        self, sheet: Worksheet, first: int, last: int, position: int, name: str, entries: list[str]
    ) -> None:
        """Offer a list, known by `name`, in the rows of a column."""
        self._lists.setdefault(name, entries)
        at = list(self._lists).index(name)
        source = f"='{layout.LISTS}'!{xl_range_abs(0, at, len(entries) - 1, at)}"
        sheet.data_validation(
            first, position, last, position, {"validate": "list", "source": source, **self._told("choice")}
        )

    def _told(self, prompt: str) -> dict[str, str]:
        words = self.words.prompts[prompt]
        return {"error_title": "请核对", "error_message": f"{words.zh}\n{words.en}"}

    def write(self, sheet: Worksheet, row: int, position: int, value: Any, style: Any) -> None:
        """Write a cell: text as text, numbers as numbers, what is missing as a blank."""
        if value is None or value == "" or value != value:
            sheet.write_blank(row, position, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, position, value, style)
        else:
            sheet.write_number(row, position, value, style)

    def style(self, **look: Any) -> Any:
        """Return the format of this look."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"font_name": _FONT, "font_size": 11, **look})
        return self._formats[key]

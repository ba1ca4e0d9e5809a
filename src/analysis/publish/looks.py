"""What the workbooks of a run look like: formats made once, text that stays text, properties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from ..errors import Lang
from .cells import MARK
from .record import INVENTED, ColumnRecord, Told

_A4 = 9  # Excel's number of the paper


def plain_text() -> dict[str, bool]:
    """Return the options under which text stays text, whatever it begins with: no formula, no link, no number."""
    return {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def properties(book: Any, told: Told, lang: Lang, made: datetime) -> None:
    """Set a workbook's properties: the title and the date; nobody as author."""
    stamp = told.stamp
    book.set_properties(
        {
            "title": f"{stamp.county[lang]} {stamp.year}",
            "subject": INVENTED if told.invented else stamp.rule[lang],
            "author": "",
            "created": made.replace(microsecond=0, tzinfo=None),
        }
    )


def number_format(decimals: int, lang: Lang) -> str:
    """Return Excel's format of a number with so many decimals."""
    return ("#,##0" if lang == "en" else "0") + ("." + "0" * decimals if decimals else "")


def set_paper(sheet: Any, told: Told, lang: Lang, *, across: bool) -> None:
    """Set a sheet up for printing: A4, as wide as the page, county and year above, page number below."""
    sheet.set_paper(_A4)
    if across:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    text = f"{told.stamp.county[lang]} {told.stamp.year}" + (f" {INVENTED}" if told.invented else "")
    sheet.set_header("&C" + text.replace("&", "&&"))
    sheet.set_footer("&C&P / &N")


def is_dark(color: str) -> bool:
    """Return whether white letters stand out on a colour better than dark ones."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128


@dataclass
class Looks:
    """The formats of a workbook, each made once."""

    book: Any
    lang: Lang

    def __post_init__(self) -> None:
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        """Return the format with these properties."""
        all_properties = {
            "font_name": "宋体" if self.lang == "zh" else "Calibri",
            "font_size": 11,
            "valign": "vcenter",
        } | properties
        key = tuple(sorted(all_properties.items()))
        if key not in self._made:
            self._made[key] = self.book.add_format(all_properties)
        return self._made[key]

    @cached_property
    def title(self) -> Any:
        return self.get(bold=True, font_size=14)

    @cached_property
    def small(self) -> Any:
        return self.get(font_size=9, font_color="#595959")

    @cached_property
    def label(self) -> Any:
        return self.get(bold=True, font_color="#9C2B23")

    @cached_property
    def head(self) -> Any:
        return self.get(bold=True, align="center", text_wrap=True, border=1, bg_color="#EDEDED")

    @cached_property
    def link(self) -> Any:
        return self.get(border=1, font_color="#1F4E79", underline=1)

    def cell(self, column: ColumnRecord, shown: str, *, marked: bool, number: bool) -> Any:
        """Return the format of a cell: the decimals that are printed, the shade and sign of a marked one."""
        properties: dict[str, object] = {"border": 1, "align": column.align}
        if number:
            properties["num_format"] = _printed_format(column, shown, self.lang, marked=marked)
        else:
            properties["text_wrap"] = True
        if marked:
            properties |= {"bg_color": "#F4CFCA", "bold": True}
        return self.get(**properties)


def _printed_format(column: ColumnRecord, shown: str, lang: Lang, *, marked: bool) -> str:
    """Return Excel's format for the decimals that are printed."""
    if column.plain:
        form = "General"
    else:
        form = number_format(len(shown.rstrip("%").partition(".")[2]), lang)
        form += "%" if column.percent else ""
    return f'"{MARK}"{form}' if marked else form

"""Write the ledger as a workbook that people go on working in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ..errors import Lang
from ..lettering import width
from ..publish.record import INVENTED, Stamp, cleaned
from ..replacing import replaced_whole
from ..schema import Words
from ..typesetting import typeset
from .layout import ABOUT, ABOUT_ITEMS, COLUMNS, CONFLICTS, FOUND, LEDGER, STATES, SUMMARY, Cell, Column
from .matching import Conflict, Entry

_FILLS = {
    "head": "1F3864",
    "typed": "FFF8E1",
    "new": "FDEBD0",
    "reopened": "F5B7B1",
    "closed": "E8F5E9",
    "gone": "EEEEEE",
}
_THIN = Side(style="thin", color="BFBFBF")
_EXTRA_WIDTH = 18.0
_A3, _A4 = 8, 9
_LINE_PT = 15
_ABOUT_LINES = (
    Words(
        zh="黄色各列由人填写，运行时原样保留；自己加的列和行也保留。其余各列每次运行时按数据重写。",
        en="The yellow columns are yours and kept as typed, so are columns and rows that you add. The others are written anew.",
    ),
    Words(
        zh="达标即销号并记下年度；缺数据不算达标，不予销号；销号后又未达标的重新列入。",
        en="What is met is closed with its year; a missing figure is not met; what was closed and is not met again is reopened.",
    ),
    Words(
        zh="请不要改动“编号”列：它把这一行与学校、学段、指标对应起来。责任单位首次列入时按指标预填，可以改。",
        en="Leave the column Key as it is: it ties the row to school, stage and item. Offices are proposed once, and yours to change.",
    ),
)


def write_ledger(
    path: Path,
    entries: Sequence[Entry],
    conflicts: Sequence[Conflict],
    *,
    extra: Sequence[str],
    stamp: Stamp,
    lang: Lang,
) -> None:
    """
    Write the ledger: the items, a summary, conflicts with the last one, and what it is of.

    Raises
    ------
    JunhengError
        The file cannot be written; what stood there before stays.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    _items(book.create_sheet(LEDGER[lang]), entries, extra, stamp, lang)
    _summary(book.create_sheet(SUMMARY[lang]), entries, stamp, lang)
    _conflicts(book.create_sheet(CONFLICTS[lang]), conflicts, lang)
    _about(book.create_sheet(ABOUT[lang]), stamp, lang)
    with replaced_whole(path) as temporary:
        book.save(temporary)


def _items(
    sheet: Worksheet, entries: Sequence[Entry], extra: Sequence[str], stamp: Stamp, lang: Lang
) -> None:
    columns = [
        *COLUMNS[:-1],
        *(Column(name, Words(zh=name, en=name), _EXTRA_WIDTH, typed=True) for name in extra),
        COLUMNS[-1],
    ]
    year = f"{stamp.year}年" if lang == "zh" else str(stamp.year)
    _title(sheet, f"{stamp.county[lang]} {year} {LEDGER[lang]}", stamp)
    _head(sheet, 2, columns, lang)
    for number, entry in enumerate(entries, start=1):
        contents = [
            number if column.name == "number" else _content(entry, column, lang) for column in columns
        ]
        sheet.row_dimensions[2 + number].height = _LINE_PT * max(map(_lines, contents, columns))
        for place, (column, content) in enumerate(zip(columns, contents, strict=True), start=1):
            cell = sheet.cell(2 + number, place)
            _put(cell, content)
            wrapped = column.name != "key"  # long, and read by the program alone
            cell.border, cell.alignment = _box(), Alignment(wrap_text=wrapped, vertical="top")
            if column.name == "value" and entry.now is not None:
                cell.number_format = _decimals(int(entry.now["digits"]))
            fill = "typed" if column.typed else entry.state
            if fill in _FILLS and (column.typed or column.name == "state"):
                cell.fill = PatternFill("solid", fgColor=_FILLS[fill])
    sheet.freeze_panes = "C3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(columns))}{2 + max(len(entries), 1)}"
    sheet.print_title_rows = "2:2"
    _paper(sheet, _A3)


def _content(entry: Entry, column: Column, lang: Lang) -> Cell:
    """Return what stands in a cell of an entry."""
    if column.typed:
        return entry.words.get(column.name)
    if column.name in entry.told:
        return entry.told[column.name]
    if column.name == "state":
        return (
            entry.words.get("state") or STATES["own"][lang]
            if entry.state == "own"
            else STATES[entry.state][lang]
        )
    if column.name in ("key", "opened", "closed", "was_closed"):
        return getattr(entry, column.name)
    if entry.now is None:
        return None
    if column.name == "found":
        return FOUND[str(entry.now["status"])][lang]
    content = entry.now[column.name]
    return None if isinstance(content, float) and math.isnan(content) else content


def _summary(sheet: Worksheet, entries: Sequence[Entry], stamp: Stamp, lang: Lang) -> None:
    """Write how many items are in each state, by item."""
    titles = list(dict.fromkeys(entry.told["title"] for entry in entries if entry.state != "own"))
    counts = Counter((entry.told["title"], entry.state) for entry in entries)
    head = [Words(zh="指标", en="Item"), *STATES.values(), Words(zh="合计", en="All")]
    columns = [Column("", words, 46 if place == 0 else 11) for place, words in enumerate(head)]
    _title(sheet, f"{stamp.county[lang]} {stamp.year} {SUMMARY[lang]}", stamp)
    _head(sheet, 2, columns, lang)
    lines: list[list[Cell]] = [[t, *(counts[t, state] for state in STATES)] for t in titles]
    lines.append(
        [{"zh": "合计", "en": "All"}[lang], *(sum(e.state == state for e in entries) for state in STATES)]
    )
    for row, line in enumerate(lines, start=3):
        for place, content in enumerate([*line, sum(line[1:])], start=1):
            _put(sheet.cell(row, place), content)
            sheet.cell(row, place).border = _box()
    _paper(sheet)


def _conflicts(sheet: Worksheet, conflicts: Sequence[Conflict], lang: Lang) -> None:
    """Write what in last year's ledger the data or another row say otherwise."""
    head = (
        ("上年台账行号", "Row of the last ledger", 10),
        ("学校", "School", 24),
        ("指标", "Item", 34),
        ("列", "Column", 12),
        ("台账内容", "What stood there", 34),
        ("处理", "What was done", 60),
        ("编号", "Key", 16),
    )
    _head(sheet, 1, [Column("", Words(zh=zh, en=en), width) for zh, en, width in head], lang)
    for row, found in enumerate(conflicts, start=2):
        line = [
            found.row,
            found.school_name,
            found.title,
            found.column[lang],
            found.content,
            found.why[lang],
            found.key,
        ]
        for place, content in enumerate(line, start=1):
            cell = sheet.cell(row, place)
            _put(cell, content)
            cell.border, cell.alignment = _box(), Alignment(wrap_text=True, vertical="top")
    if not conflicts:
        sheet.cell(2, 1, {"zh": "没有冲突。", "en": "No conflicts."}[lang])
    _paper(sheet)


def _about(sheet: Worksheet, stamp: Stamp, lang: Lang) -> None:
    values = {"county_code": stamp.county_code, "year": stamp.year, "standard": stamp.rule_id}
    for row, (name, words) in enumerate(ABOUT_ITEMS.items(), start=1):
        sheet.cell(row, 1, words[lang]).font = Font(bold=True)
        _put(sheet.cell(row, 2), values[name])
    for row, line in enumerate([*_ABOUT_LINES, stamp.line()], start=len(values) + 2):
        sheet.cell(row, 1, typeset(line)[lang])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 20
    _paper(sheet)


def _title(sheet: Worksheet, text: str, stamp: Stamp) -> None:
    sheet.cell(1, 1, f"{text}  【{INVENTED}】" if stamp.invented else text).font = Font(bold=True, size=16)


def _head(sheet: Worksheet, row: int, columns: Sequence[Column], lang: Lang) -> None:
    for place, column in enumerate(columns, start=1):
        cell: Any = sheet.cell(row, place)
        _put(cell, column.title[lang])
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_FILLS["head"])
        cell.alignment, cell.border = (
            Alignment(wrap_text=True, horizontal="center", vertical="center"),
            _box(),
        )
        sheet.column_dimensions[get_column_letter(place)].width = column.width


def _put(cell: Any, content: Cell) -> None:
    """Write a cell; text stays text, whatever it begins with."""
    cell.value = cleaned(content) if isinstance(content, str) else content
    if isinstance(content, str):
        cell.data_type = "s"


def _lines(content: Cell, column: Column) -> int:
    """Return how many lines a cell takes; programs do not agree on fitting rows to wrapped text."""
    if not isinstance(content, str) or column.name == "key":
        return 1
    return sum(max(1, math.ceil(width(line) / (column.width - 1))) for line in content.split("\n"))


def _decimals(digits: int) -> str:
    return "0" if digits == 0 else "0." + "0" * digits


def _box() -> Border:
    return Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def _paper(sheet: Worksheet, size: int = _A4) -> None:
    """Set a sheet up for printing: across, as wide as the page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", size
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

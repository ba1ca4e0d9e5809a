"""The sheets that people read first and fill in: 填写说明, 学校数据 and the hidden lists behind its drop-downs."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from .. import schema
from ..forms.layout import header, listed, note
from ..rounding import as_filed
from ..schema import Column
from . import words as w
from .book import BAND, GREY, GRID, HEAD, INK, PALE, Book, formula
from .computed import Computed, parts
from .layout import FIRST, KIND, NAME, Layout, cell

_COUNTY = (1, 1)  # where the county's name and the year stand
_YEAR = (1, 3)


def guide(book: Book, layout: Layout) -> None:
    """Write the sheet 填写说明."""
    sheet = book.sheet(layout.say(w.GUIDE), [104], tab="#7F7F7F")
    book.title(sheet, layout.say(w.GUIDE_TITLE))
    for row, line in enumerate(w.GUIDE_LINES, 1):
        text = layout.say(line)
        heading = text.startswith("# ")
        text = text.removeprefix("# ")
        style = book.style(bold=heading, text_wrap=True, valign="top", font_size=12 if heading else 11)
        sheet.write_string(row, 0, text, style)
        sheet.set_row(row, 24 if heading else 17 * math.ceil(len(text.encode("gb18030")) / 104))


def schools(book: Book, layout: Layout, computed: Computed) -> None:
    """Write the sheet 学校数据: open cells to fill in, and hints at the right end."""
    widths = [28.0, 16, *([11] * (len(layout.inputs) - 2)), 44]
    sheet = book.sheet(layout.say(w.SCHOOLS), widths, tab="#1F3864")
    book.title(sheet, layout.say(w.DATA_TITLE, rows=layout.rows))
    _asked(book, sheet, layout)
    hints = len(layout.inputs)
    for position, column in enumerate(layout.inputs):
        _heading(book, sheet, layout, position, column)
    sheet.write_string(FIRST - 2, hints, layout.say(w.HINTS), book.style(**HEAD, bg_color=GREY))
    sheet.write_blank(FIRST - 1, hints, None, book.style(**HEAD, bg_color=GREY))
    sheet.set_row(FIRST - 2, 62)
    for school in range(layout.rows):
        _school(book, sheet, layout, computed, school)
    sheet.conditional_format(
        FIRST, hints, layout.last, hints, {"type": "no_blanks", "format": book.mark(font_color="#C00000")}
    )
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(FIRST - 2, FIRST - 1)
    sheet.print_area(0, 0, layout.last_printed, hints)


def _asked(book: Book, sheet: Worksheet, layout: Layout) -> None:
    """Write the cells for the county's name and the year, which the other sheets are titled with."""
    open_cell = book.style(**GRID, locked=False)
    label = book.style(align="right", font_color="#595959")
    for (row, column), words, value in ((_COUNTY, w.COUNTY, layout.county), (_YEAR, w.YEAR, layout.year)):
        sheet.write_string(row, column - 1, layout.say(words), label)
        if value:
            sheet.write(row, column, value, open_cell)
        else:
            sheet.write_blank(row, column, None, open_cell)


def titled(book: Book, sheet: Worksheet, layout: Layout, title: str, note: str = "") -> None:
    """Write a title that begins with the county and the year, as they stand on 学校数据."""
    county, year = (layout.sheet(w.SCHOOLS) + cell(*at, fixed="row column") for at in (_COUNTY, _YEAR))
    before = f'IF({county}="","",{county}&" ")&IF({year}="","",{year}&" ")'
    now = "".join(f"{part} " for part in (layout.county, layout.year) if part)
    book.title(sheet, "", note)
    style = book.style(bold=True, font_size=16, font_color=INK)
    formula(sheet, 0, 0, f'{before}&"{title}"', style, now + title)


def _heading(book: Book, sheet: Worksheet, layout: Layout, position: int, column: Column) -> None:
    required = {"font_color": "#C00000"} if position in (NAME, KIND) else {}
    unit = column.filed or column.unit
    zh = header(column) if layout.lang == "zh" else column.en
    sheet.write_string(FIRST - 2, position, zh, book.style(**HEAD, **required, bg_color=BAND))
    told = unit[layout.lang] if unit else ""
    sheet.write_string(FIRST - 1, position, told, book.style(**HEAD, font_size=9, bg_color=BAND))
    sheet.write_comment(
        FIRST - 2, position, note(column), {"x_scale": 1.8, "y_scale": 1.6, "author": "junheng"}
    )
    _validate(sheet, layout, position, column)


def _validate(sheet: Worksheet, layout: Layout, position: int, column: Column) -> None:
    told: dict[str, Any] = {}
    if column.codes is not None:
        entries = [entry[layout.lang] for entry in schema.codes(column.codes).values()]
        at = 0 if column.codes == "school_type" else 2
        source = "=" + layout.sheet(w.LISTS) + xl_range_abs(0, at, len(entries) - 1, at)
        told = {"validate": "list", "source": source, "error_message": layout.say(w.ASK_CHOICE)}
    elif column.type in schema.NUMERIC:
        kind = "integer" if column.type == "count" else "decimal"
        told = {
            "validate": kind,
            "criteria": ">=",
            "value": 0,
            "error_message": layout.say(w.ASK_NUMBER),
        }
    if told:
        sheet.data_validation(FIRST, position, layout.last, position, told)


def _school(book: Book, sheet: Worksheet, layout: Layout, computed: Computed, school: int) -> None:
    row = FIRST + school
    for position, column in enumerate(layout.inputs):
        value = _as_typed(layout, computed, school, column) if computed.filled(school) else None
        style = book.style(**GRID, locked=False)
        if value is None:
            sheet.write_blank(row, position, None, style)
        elif value == layout.say(w.MISSING):
            sheet.write_string(row, position, value, book.style(**GRID, **PALE, locked=False))
        else:
            sheet.write(row, position, value, style)
    told = computed.hints(school) if computed.filled(school) else ""
    formula(sheet, row, len(layout.inputs), _hints(layout, row), book.style(font_size=10), told)


def _as_typed(layout: Layout, computed: Computed, school: int, column: Column) -> str | float | None:
    """Return a figure as offices type it; pupils of a stage that the school has are “缺” where they are missing."""
    value: Any = computed.filed(school, column.name)
    stage = next((s for s in layout.stages if layout.pupils_name(s) == column.name), None)
    if stage is not None and pd.isna(computed.pupils.to_numpy()[school, layout.stages.index(stage)]):
        return layout.say(w.MISSING)
    if pd.isna(value):
        return None
    if column.codes is not None:
        code = schema.codes(column.codes).get(str(value))
        return code[layout.lang] if code else str(value)
    if column.type not in schema.NUMERIC:
        return str(value)
    return float(as_filed(float(value) / (column.filed.factor if column.filed else 1)))


def _hints(layout: Layout, row: int) -> str:
    """Return the formula of the hints, joined by commas, the first comma taken off."""
    name = cell(row, NAME)
    figures = f"{cell(row, layout.first_figure)}:{cell(row, len(layout.inputs) - 1)}"
    names = xl_range_abs(FIRST, NAME, layout.last, NAME)
    last_stage = layout.basis(layout.stages[-1], row).split("!")[1]
    pupils = f"{layout.basis(layout.stages[0], row)}:{last_stage}"
    asks = [
        (f'{name}=""', layout.say(w.HINT_NAME)),
        (f'IF({name}="",FALSE,COUNTIF({names},{name})>1)', layout.say(w.HINT_TWICE)),
        (f"{layout.basis('type', row)}={layout.text(w.UNKNOWN)}", layout.say(w.HINT_TYPE)),
        (
            f'COUNTA({figures})-COUNTIF({figures},{layout.text(w.MISSING)})>COUNTIF({figures},">=0")',
            layout.say(w.HINT_TEXT),
        ),
        (f"COUNTIF({pupils},{layout.text(w.MISSING)})>0", layout.say(w.HINT_PUPILS)),
    ]
    for part, whole in parts(layout):
        a, b = (layout.input(column.name, row).split("!")[1] for column in (part, whole))
        words = layout.say(w.HINT_MORE, part=part.title(layout.lang), whole=whole.title(layout.lang))
        asks.append((f"IF(COUNT({a},{b})=2,{a}>{b},FALSE)", words))
    comma = layout.say(w.COMMA)
    told = "&".join(f'IF({asked},"{comma}{words}","")' for asked, words in asks)
    return f'IF(COUNTA({cell(row, 0)}:{cell(row, len(layout.inputs) - 1)})=0,"",MID({told},{len(comma) + 1},400))'


def lists(book: Book, layout: Layout) -> None:
    """Write the hidden lists: each spelling of a school type and of an ownership beside its name."""
    sheet = book.sheet(layout.say(w.LISTS), [24, 24, 24, 24])
    sheet.hide()
    for at, table in ((0, "school_type"), (2, "ownership")):
        for row, (spelled, name) in enumerate(spellings(layout, table)):
            sheet.write_string(row, at, spelled)
            sheet.write_string(row, at + 1, name)


def spellings(layout: Layout, table: str) -> list[tuple[str, str]]:
    """Return every way a code may be typed with its name: the names first, then “211 小学” and aliases."""
    codes = schema.codes(table)
    names = [entry[layout.lang] for entry in codes.values()]
    others = [(text, name) for text, name in zip(listed(table), names, strict=True)]
    others += [(code.zh, name) for code, name in zip(codes.values(), names, strict=True)]
    others += [
        (alias, name) for code, name in zip(codes.values(), names, strict=True) for alias in code.aliases
    ]
    return list(dict([*((name, name) for name in names), *others]).items())


def spelled(layout: Layout, table: str) -> tuple[str, str]:
    """Return the ranges of the spellings and of their names."""
    at, count = (0 if table == "school_type" else 2), len(spellings(layout, table))
    lists_sheet = layout.sheet(w.LISTS)
    texts, names = (lists_sheet + xl_range_abs(0, c, count - 1, c) for c in (at, at + 1))
    return texts, names

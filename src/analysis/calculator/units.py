"""The sheets that measure and judge: 学段核算 (stages, pupils, scope) and one sheet of units for each stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlsxwriter.worksheet import Worksheet

from ..publish.cells import MARK
from ..standards import Indicator
from ..wording.labels import VERDICTS, rate
from . import formulas
from . import words as w
from .book import DARK, GOOD, GREY, GRID, HEAD, LIGHT, PALE, Book, Value, formula
from .computed import STATUS_WORDS, Computed, Row
from .inputs import titled
from .layout import FIRST, Layout, cell

_GREEN = "#E4EFDC"


def basis(book: Book, layout: Layout, computed: Computed) -> None:
    """Write the sheet 学段核算: type, pupils by stage, weighted pupils, and why a school is not judged."""
    say = layout.say
    widths = [28, 16, *([12] * (len(layout.stages) + 2)), 26, 26]
    sheet = book.sheet(say(w.BASIS), widths, tab="#7F7F7F")
    book.title(sheet, say(w.BASIS_TITLE), say(w.BASIS_NOTE))
    pupils = [say(w.PUPILS_OF, stage=layout.stage(stage)) for stage in layout.stages]
    heads = [say(w.SCHOOL), say(w.TYPE), *pupils, say(w.ALL_PUPILS), say(w.WEIGHTED)]
    for column, head in enumerate([*heads, say(w.OUT_BY_KIND), say(w.OUT_BY_SIZE)]):
        sheet.merge_range(FIRST - 2, column, FIRST - 1, column, head, book.style(**HEAD, bg_color="#DDE5F0"))
    style = book.style(**GRID)
    for school in range(layout.rows):
        row = FIRST + school
        results = computed.basis(school) if computed.filled(school) else {}
        for what, text in formulas.basis(layout, row).items():
            formula(sheet, row, layout.basis_column(what), text, style, results.get(what, ""))
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(FIRST - 2, FIRST - 1)
    sheet.print_area(0, 0, layout.last_printed, layout.basis_column("size_out"))


def stage_sheet(book: Book, layout: Layout, computed: Computed, stage: str) -> None:
    """Write the sheet of a stage: each unit's values, counts and verdict, and to the right how they come about."""
    columns, say = layout.columns, layout.say
    widths = [28.0, 20, 9, *([11] * columns.indicators), *([8, 8, 8, 8, 10] if columns.judges else [])]
    sheet = book.sheet(layout.units_sheet(stage), widths, tab="#548235")
    note = w.UNITS_NOTE if layout.has_status else w.UNITS_NOTE_PLAIN
    titled(book, sheet, layout, say(w.UNITS_TITLE, stage=layout.stage(stage)), say(note))
    _stage_heads(book, sheet, layout, stage)
    looks = {indicator.id: _number(book, indicator) for indicator in layout.rules.indicators}
    looks |= {"": book.style(**GRID), _CENTRED: book.style(**GRID, align="center")}
    for school in range(layout.rows):
        for column, look, text, value in _unit_cells(layout, computed, school, stage):
            formula(sheet, FIRST + school, column, text, looks[look], value)
    _marks(book, sheet, layout)
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(FIRST - 3, FIRST - 1)
    sheet.print_area(0, 0, layout.last_printed, columns.last_printed)


_CENTRED = "centred"


def _number(book: Book, indicator: Indicator) -> Any:
    digits = "0." + "0" * indicator.digits if indicator.digits else "0"
    return book.style(**GRID, num_format=digits, align="right")


def _stage_heads(book: Book, sheet: Worksheet, layout: Layout, stage: str) -> None:
    columns, say, style = layout.columns, layout.say, book.style(**HEAD, bg_color=_GREEN)
    whole = [
        (columns.school, say(w.SCHOOL)),
        (columns.in_scope, say(w.IN_SCOPE)),
        (columns.pupils, say(w.PUPILS)),
    ]
    for at, position in enumerate(columns.named):
        short = layout.rules.indicators[position].short[layout.lang]
        whole.append((columns.divisors + at, f"{say(w.DIVISORS)}\n{short}"))
    if columns.judges:
        whole.append((columns.verdict, say(w.VERDICT)))
        _band(sheet, columns.counts, 4, say(w.COUNTS), style)
        for at, words in enumerate((w.MET, w.FLOOR, w.BELOW, w.NO_FIGURE), columns.counts):
            sheet.merge_range(FIRST - 2, at, FIRST - 1, at, say(words), style)
    for column, head in whole:
        sheet.merge_range(FIRST - 3, column, FIRST - 1, column, head, style)
    blocks = [(columns.values, w.VALUES), (columns.resources, w.RESOURCES)]
    blocks += [(columns.statuses, w.STATUSES)] if layout.has_status else []
    for first, words in blocks:
        _band(sheet, first, columns.indicators, say(words), style)
        for column, indicator in enumerate(layout.rules.indicators, first):
            sheet.write_string(FIRST - 2, column, indicator.short[layout.lang], style)
            if first == columns.values:
                _standard(book, sheet, layout, column, indicator, stage)
            else:
                sheet.write_string(FIRST - 1, column, layout.code(indicator), style)
    sheet.set_row(FIRST - 2, 48)
    sheet.set_row(FIRST - 1, 30)


def _band(sheet: Worksheet, first: int, width: int, text: str, style: Any) -> None:
    """Write a heading above columns; one column alone cannot be merged."""
    if width > 1:
        sheet.merge_range(FIRST - 3, first, FIRST - 3, first + width - 1, text, style)
    else:
        sheet.write_string(FIRST - 3, first, text, style)


def _standard(
    book: Book, sheet: Worksheet, layout: Layout, column: int, indicator: Indicator, stage: str
) -> None:
    """Write the threshold below an indicator's name, as 标准 has it: ≥4.2."""
    sign = "≤" if indicator.at_most else "≥"
    threshold, limit = layout.threshold(indicator, stage), indicator.threshold(stage)
    unit = rate(indicator, layout.lang)
    text = f'IF({threshold}="","{unit}","{sign}"&{threshold}&"\n{unit}")'.replace("\n", '"&CHAR(10)&"')
    now = unit if limit is None else f"{sign}{float(limit):.15g}\n{unit}"
    look = book.style(**HEAD | {"bold": False}, font_size=9, bg_color=_GREEN)
    formula(sheet, FIRST - 1, column, text, look, now)


_Cell = tuple[int, str, str, Value]  # column, look, formula, result


def _unit_cells(layout: Layout, computed: Computed, school: int, stage: str) -> Iterator[_Cell]:
    """Give every cell of a unit; what is measured and judged stays empty out of scope."""
    columns, row, filled = layout.columns, FIRST + school, computed.filled(school)
    name, scope = layout.basis("name", row), cell(row, columns.in_scope, fixed="column")
    shown = computed.basis(school)["name"] if filled else ""
    yield columns.school, "", f'IF({name}="","",{name})', shown
    within = computed.in_scope(school, stage) if filled else ""
    yield columns.in_scope, _CENTRED, formulas.scope(layout, row, stage), within
    unit = computed.unit(school, stage)
    cells = [
        (columns.pupils, "", layout.basis(stage, row), computed.number(unit["pupils"]) if unit else ""),
        *_figures(layout, computed, school, stage),
        *(_judgement(layout, computed, row, unit) if columns.judges else ()),
    ]
    for column, look, text, value in cells:
        yield column, look, f'IF({scope}<>{layout.text(w.YES)},"",{text})', value if unit else ""


def _figures(layout: Layout, computed: Computed, school: int, stage: str) -> Iterator[_Cell]:
    """Give resource, named denominator, value and status of each indicator."""
    columns, row = layout.columns, FIRST + school
    for at, indicator in enumerate(layout.rules.indicators):
        found = computed.judged(school, stage, indicator)
        now = {name: computed.number(found[name]) if found else "" for name in _PARTS}
        if now["divisor"] == 0:
            now["divisor"] = layout.say(w.MISSING)  # nothing can be divided by it
        yield columns.resources + at, "", formulas.resource(layout, row, stage, indicator), now["resource"]
        if at in columns.named:
            divisor = formulas.divisor(layout, row, stage, indicator)
            yield columns.divisors + columns.named.index(at), "", divisor, now["divisor"]
        yield columns.values + at, indicator.id, formulas.value(layout, row, stage, at), now["value"]
        if layout.has_status:
            status = layout.say(STATUS_WORDS[found["status"]]) if found else ""
            yield columns.statuses + at, _CENTRED, formulas.status(layout, row, stage, at), status


_PARTS = ("resource", "value", "divisor")
_COUNTS = (("n_met", w.MET), ("n_floor", w.FLOOR), ("n_below", w.BELOW), ("n_missing", w.NO_FIGURE))


def _judgement(layout: Layout, computed: Computed, row: int, unit: Row | None) -> Iterator[_Cell]:
    """Give the four counts and the verdict."""
    statuses = formulas.statuses(layout, row)
    for at, (name, words) in enumerate(_COUNTS, layout.columns.counts):
        yield at, _CENTRED, f"COUNTIF({statuses},{layout.text(words)})", float(unit[name]) if unit else ""
    verdict = computed.verdict(unit["verdict"]) if unit else ""
    yield layout.columns.verdict, _CENTRED, formulas.verdict(layout, row), verdict


def _marks(book: Book, sheet: Worksheet, layout: Layout) -> None:
    """Shade what is short, below the floor, missing; more decimals where rounding would read as a pass."""
    columns = layout.columns
    first, last = columns.values, columns.values + columns.indicators - 1
    value, missing = cell(FIRST, first), layout.text(w.MISSING)
    rules = [(f"={value}={missing}", PALE)]
    if layout.has_status:
        status = cell(FIRST, columns.statuses)
        rules = [
            (f"={status}={layout.text(w.BELOW)}", DARK | {"num_format": f'"{MARK}"0.00'}),
            (f"={status}={layout.text(w.FLOOR)}", LIGHT | {"num_format": f'"{MARK}"0.00##'}),
            *rules,
        ]
    for criteria, look in rules:
        rule = {"type": "formula", "criteria": criteria, "format": book.mark(**look)}
        sheet.conditional_format(FIRST, first, layout.last, last, rule)
    if columns.judges:
        mark_verdicts(book, sheet, layout, FIRST, columns.verdict, layout.last, columns.verdict)
    scope = cell(FIRST, columns.in_scope)
    out = f'=AND({scope}<>"",{scope}<>{layout.text(w.YES)})'
    rule = {"type": "formula", "criteria": out, "format": book.mark(bg_color=GREY, font_color="#595959")}
    sheet.conditional_format(FIRST, columns.in_scope, layout.last, columns.in_scope, rule)


def mark_verdicts(
    book: Book, sheet: Worksheet, layout: Layout, top: int, left: int, bottom: int, right: int
) -> None:
    """Shade the verdicts of a range."""
    for verdict, look in (("fail", DARK), ("pass", GOOD), ("undetermined", PALE)):
        rule = {"type": "cell", "criteria": "==", "value": layout.text(VERDICTS[verdict])}
        sheet.conditional_format(top, left, bottom, right, {**rule, "format": book.mark(**look)})

"""The sheet 标准: the law as cells, each with its clause, which every formula points at."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from .. import schema
from ..standards import Indicator
from ..typesetting import chinese
from ..wording.labels import rate
from ..wording.methods import CERTAINTY
from . import words as w
from .book import BAND, GREY, GRID, HEAD, Book, Value
from .layout import Layout


def write(book: Book, layout: Layout) -> None:
    """Write thresholds, the school's rule, weights and limits by stage, and the scope by school type."""
    rules, say = layout.rules, layout.say
    figures = _last(layout) - 5
    sheet = book.sheet(say(w.RULES), [7, 42, 14, 6, *([13] * figures), 26, 26], tab="#7F7F7F")
    title = say(w.RULES_TITLE, title=rules.title[layout.lang], source=rules.source)
    book.title(sheet, title, say(w.RULES_NOTE, id=rules.id))
    _thresholds(book, sheet, layout)
    _school_rule(book, sheet, layout)
    _stages(book, sheet, layout)
    _types(book, sheet, layout)
    sheet.freeze_panes(2, 0)


def _last(layout: Layout) -> int:
    """Return the last column of the sheet."""
    return 4 + max(len(layout.rules.judged_stages) + 3, len(layout.stages) + 2)


def _thresholds(book: Book, sheet: Worksheet, layout: Layout) -> None:
    rules, say = layout.rules, layout.say
    stages = [f"{layout.stage(stage)}{say(w.STANDARD)}" if layout.lang == "zh" else layout.stage(stage)
              for stage in rules.judged_stages]  # fmt: skip
    top = layout.indicator_row(rules.indicators[0]) - 1
    heads = [say(w.CODE), say(w.INDICATOR), say(w.UNIT), "", *stages, say(w.PER), say(w.SPLIT)]
    _head(book, sheet, top, [*heads, say(w.CLAUSE), say(w.CERTAINTY)])
    for indicator in rules.indicators:
        _row(book, sheet, layout.indicator_row(indicator), _threshold_cells(layout, indicator))


def _threshold_cells(layout: Layout, indicator: Indicator) -> list[Value]:
    rules, say = layout.rules, layout.say
    limits = indicator.at_least or indicator.at_most or {}
    split = indicator.split and rules.split.apply and rules.unit == "stage"
    known = {stage: float(limit) for stage, limit in limits.items() if limit is not None}
    values = [known.get(stage) for stage in rules.judged_stages]
    return [
        layout.code(indicator),
        chinese(indicator.title[layout.lang]),
        rate(indicator, layout.lang),
        "≤" if indicator.at_most else "≥",
        *values,
        float(indicator.per),
        say(w.YES if split else w.NO),
        chinese(indicator.clause),
        chinese(CERTAINTY[indicator.certainty][layout.lang]),
    ]


def _school_rule(book: Book, sheet: Worksheet, layout: Layout) -> None:
    rule, say, row = layout.rules.school_rule, layout.say, layout.school_rule_row
    least: Value = float(rule.at_least_met) if rule else None
    floor: Value = float(rule.floor) if rule and rule.floor is not None else None
    clause = rule.clause if rule else ""
    _setting(book, sheet, layout, row - 1, say(w.SETTING), [say(w.VALUE)], say(w.CLAUSE), head=True)
    _setting(book, sheet, layout, row, say(w.AT_LEAST_MET), [least], clause)
    _setting(book, sheet, layout, row + 1, say(w.FLOOR_SHARE), [floor], clause)


def _stages(book: Book, sheet: Worksheet, layout: Layout) -> None:
    rules, say, row = layout.rules, layout.say, layout.stages_row
    limits = rules.dispersion.limits() if rules.dispersion else {}
    each = rules.dispersion is None or rules.dispersion.each_at_most is not None
    heads: list[Value] = [say(w.WEIGHT), say(w.LIMIT_EACH if each else w.LIMIT_MEAN)]
    clauses = [rules.split.clause, rules.dispersion.clause if rules.dispersion else ""]
    clause = say(w.COMMA).join(dict.fromkeys(text for text in clauses if text))
    _setting(book, sheet, layout, row - 1, say(w.STAGE), heads, say(w.CLAUSE), head=True)
    for at, stage in enumerate(layout.stages):
        weight = float(rules.stages[stage].pupil_weight) if stage in rules.stages else 1.0
        limit = float(limits[stage]) if stage in limits else None
        _setting(book, sheet, layout, row + at, layout.stage(stage), [weight, limit], clause)


def _types(book: Book, sheet: Worksheet, layout: Layout) -> None:
    scope, say, row = layout.rules.scope, layout.say, layout.types_row
    heads: list[Value] = [say(w.HAS_STAGE, stage=layout.stage(stage)) for stage in layout.stages]
    heads += [say(w.JUDGED), say(w.LEAST_PUPILS)]
    _setting(book, sheet, layout, row - 1, say(w.TYPE), heads, say(w.CLAUSE), head=True)
    for at, kind in enumerate(schema.codes("school_type").values()):
        least = scope.min_pupils.get(kind.kind or "")
        flags: list[Value] = [say(w.YES if stage in kind.stages else w.NO) for stage in layout.stages]
        flags += [
            say(w.NO if kind.kind in scope.kinds_out else w.YES),
            None if least is None else float(least),
        ]
        _setting(book, sheet, layout, row + at, kind[layout.lang], flags, scope.clause)


def _setting(
    book: Book, sheet: Worksheet, layout: Layout, row: int, label: str, values: Sequence[Value], clause: str,
    *, head: bool = False,
) -> None:  # fmt: skip
    """Write a label across three columns, figures in the cells that formulas point at, the clause in the rest."""
    text = book.style(**HEAD, bg_color=BAND) if head else book.style(**GRID, valign="vcenter", text_wrap=True)
    figure = text if head else book.style(**GRID, valign="vcenter", align="center", bg_color=GREY)
    sheet.merge_range(row, 1, row, 3, label, text)
    for column, value in enumerate(values, 4):
        if value is None:
            sheet.write_blank(row, column, None, figure)
        else:
            sheet.write(row, column, value, figure)
    clause = chinese(clause)
    first, last = 4 + len(values), _last(layout)
    if first < last:
        sheet.merge_range(row, first, row, last, clause, text)
    else:
        sheet.write_string(row, first, clause, text)
    if head:
        sheet.set_row(row, 34)


def _head(book: Book, sheet: Worksheet, row: int, heads: Sequence[str]) -> None:
    style = book.style(**HEAD, bg_color=BAND)
    for column, head in enumerate(heads):
        sheet.write_string(row, column, head, style)
    sheet.set_row(row, 34)


def _row(book: Book, sheet: Worksheet, row: int, cells: Sequence[Value]) -> None:
    for column, value in enumerate(cells):
        figure = isinstance(value, float) or value is None
        look = {"bg_color": GREY, "align": "center"} if figure else {}
        style = book.style(**GRID, **look, valign="vcenter", text_wrap=True)
        if value is None:
            sheet.write_blank(row, column, None, style)
        else:
            sheet.write(row, column, value, style)

"""The sheets that answer: 各校结论 for each school, 结论 for the county."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from ..wording.labels import VERDICTS
from . import dispersion
from . import words as w
from .book import GREY, GRID, HEAD, Book, Value, formula
from .computed import STATUS_WORDS, Computed, Row
from .inputs import titled
from .layout import FIRST, Layout, cell, quoted
from .units import mark_verdicts


def by_school(book: Book, layout: Layout, computed: Computed) -> None:
    """Write the sheet 各校结论: each school's verdict, what it is short of and what is missing, by stage."""
    stages = layout.rules.judged_stages
    widths = [28.0, 11, *([11] * len(stages)), *([54] * len(stages)), *([34] * len(stages))]
    sheet = book.sheet(layout.say(w.BY_SCHOOL), widths, tab="#BF8F00")
    titled(book, sheet, layout, layout.say(w.BY_SCHOOL_TITLE))
    names = [layout.stage(stage) for stage in stages]
    heads = [layout.say(w.SCHOOL), layout.say(w.SCHOOL_VERDICT), *names]
    heads += [layout.say(words, stage=name) for words in (w.SHORT_OF, w.LACKS) for name in names]
    for column, head in enumerate(heads):
        sheet.merge_range(FIRST - 2, column, FIRST - 1, column, head, book.style(**HEAD, bg_color="#FFF2CC"))
    style = book.style(**GRID, valign="vcenter", text_wrap=True)
    for school in range(layout.rows):
        for column, (text, value) in enumerate(_school_cells(layout, computed, school)):
            formula(sheet, FIRST + school, column, text, style, value)
        sheet.set_row(
            FIRST + school, 30
        )  # room for two lines: programs do not fit rows to results that change
    mark_verdicts(book, sheet, layout, FIRST, 1, layout.last, 1 + len(stages))
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(FIRST - 2, FIRST - 1)
    sheet.print_area(0, 0, layout.last_printed, len(heads) - 1)


def _school_cells(layout: Layout, computed: Computed, school: int) -> list[tuple[str, Value]]:
    row, stages, filled = FIRST + school, layout.rules.judged_stages, computed.filled(school)
    name = layout.basis("name", row)
    verdicts = f"{cell(row, 2, fixed='column')}:{cell(row, 1 + len(stages), fixed='column')}"
    said = {code: layout.text(words) for code, words in VERDICTS.items()}
    counts = {code: f"COUNTIF({verdicts},{text})" for code, text in said.items()}
    judged = f"IF({counts['undetermined']}>0,{said['undetermined']},{said['pass']})"
    none = f"{counts['pass']}+{counts['undetermined']}=0"
    whole = f"IF({counts['fail']}>0,{said['fail']},IF({none},{layout.text(w.OUT)},{judged}))"
    shown = [
        (f'IF({name}="","",{name})', computed.basis(school)["name"] if filled else ""),
        (f'IF({name}="","",{whole})', computed.school_verdict(school) if filled else ""),
    ]
    for stage in stages:
        unit = computed.unit(school, stage)
        shown.append(
            (
                layout.unit(stage, cell(row, layout.columns.verdict)),
                computed.verdict(unit["verdict"]) if unit else "",
            )
        )
    for statuses in (("floor", "below"), ("missing",)):
        for stage in stages:
            told = computed.short_names(school, stage, statuses) if filled else ""
            shown.append((_listed(layout, row, stage, statuses), told))
    return shown


def _listed(layout: Layout, row: int, stage: str, statuses: Sequence[str]) -> str:
    """Return the formula that lists the short names of indicators of some statuses."""
    comma, parts = layout.say(w.COMMA), []
    for at, indicator in enumerate(layout.rules.indicators):
        status = layout.unit(stage, cell(row, layout.columns.statuses + at))
        asked = ",".join(f"{status}={layout.text(STATUS_WORDS[name])}" for name in statuses)
        parts.append(f'IF(OR({asked}),"{comma}{indicator.short[layout.lang]}","")')
    return f"MID({'&'.join(parts)},{len(comma) + 1},400)"


def result(book: Book, layout: Layout, computed: Computed) -> None:
    """Write the sheet 结论: the county's verdict and the counts behind it."""
    say = layout.say
    sheet = book.sheet(say(w.RESULT), [34, 16, 16, 16, 16], tab="#C00000")
    titled(book, sheet, layout, say(w.RESULT_TITLE))
    heads = [say(w.ITEM), say(w.TOTAL), *(VERDICTS[code][layout.lang] for code in VERDICTS)]
    for column, head in enumerate(heads):
        sheet.write_string(4, column, head, book.style(**HEAD, bg_color="#FFF2CC"))
    counted = _counted(layout, computed)
    for at, (label, ranges, results) in enumerate(counted):
        sheet.write_string(5 + at, 0, label, book.style(**GRID, bg_color=GREY))
        texts = [
            "+".join(f"COUNTIF({r},{layout.text(words)})" for r in ranges) for words in VERDICTS.values()
        ]
        total = f"SUM({cell(5 + at, 2)}:{cell(5 + at, 4)})"
        for column, (text, value) in enumerate(zip([total, *texts], results, strict=True), 1):
            formula(sheet, 5 + at, column, text, book.style(**GRID, align="center"), value)
    _county(book, sheet, layout, computed, len(counted))
    _remarks(book, sheet, layout, computed, 6 + len(counted))


def _county(book: Book, sheet: Worksheet, layout: Layout, computed: Computed, rows: int) -> None:
    """Write the county's verdict: fails with any, passes with all, else undetermined; schools count by their units."""
    first = 5 + layout.judges_units  # the row of schools follows from those of units
    passed, failed, open_ = (f"SUM({cell(first, c)}:{cell(4 + rows, c)})" for c in (2, 3, 4))
    said = {code: layout.text(words) for code, words in VERDICTS.items()}
    judged = f"IF(AND({passed}>0,{open_}=0),{said['pass']},{said['undetermined']})"
    filled = f"{_filled(layout)}=0"
    text = f'IF({filled},"",IF({failed}>0,{said["fail"]},{judged}))'
    value = layout.say(VERDICTS[str(computed.county().get("verdict", "undetermined"))])
    big = {**GRID, "bold": True, "font_size": 18, "align": "center", "valign": "vcenter"}
    sheet.write_string(2, 0, layout.say(w.COUNTY_VERDICT), book.style(**big))
    sheet.merge_range(2, 1, 2, 4, "", book.style(**big))
    formula(sheet, 2, 1, text, book.style(**big), value if computed.filled(0) else "")
    sheet.set_row(2, 40)
    mark_verdicts(book, sheet, layout, 2, 1, 2, 1)


def _filled(layout: Layout) -> str:
    names = layout.sheet(w.BASIS) + xl_range_abs(FIRST, 0, layout.last, 0)
    return f'COUNTIF({names},"?*")'


def _counted(layout: Layout, computed: Computed) -> list[tuple[str, list[str], list[Value]]]:
    """Return label, ranges of verdicts, and the results (all, then by verdict) of each row of the table."""
    found = computed.county()
    rows: list[tuple[str, list[str], list[Value]]] = []
    if layout.judges_units:
        schools = layout.sheet(w.BY_SCHOOL) + xl_range_abs(FIRST, 1, layout.last, 1)
        rows.append((layout.say(w.SCHOOLS_ROW), [schools], _counts(found, "schools")))
        for stage in layout.rules.judged_stages:
            column = layout.unit_range(stage, layout.columns.verdict)
            units = [u for i in range(len(computed.schools)) if (u := computed.unit(i, stage)) is not None]
            results = [sum(u["verdict"] == code for u in units) for code in VERDICTS]
            label = layout.say(w.UNITS_ROW, stage=layout.stage(stage))
            rows.append((label, [column], [float(sum(results)), *map(float, results)]))
    cvs = [
        quoted(layout.say(w.BALANCE)) + xl_range_abs(row, 1, row, dispersion.last_column(layout))
        for row in (dispersion.row_of(layout, stage, "verdict") for stage in layout.rules.judged_stages)
    ]
    rows.append((layout.say(w.CVS_ROW), cvs, _counts(found, "cv")))
    return rows


def _counts(found: Row, name: str) -> list[Value]:
    counts = [float(found.get(f"n_{name}_{code}", 0)) for code in VERDICTS]
    return [sum(counts), *counts]


def _remarks(book: Book, sheet: Worksheet, layout: Layout, computed: Computed, row: int) -> None:
    """Write how many rows carry hints, how verdicts are decided, and what is not judged here."""
    style = book.style(text_wrap=True, valign="top", font_size=10)
    at = len(layout.inputs)
    hints = layout.sheet(w.SCHOOLS) + xl_range_abs(FIRST, at, layout.last, at)
    before, after = layout.say(w.OPEN_HINTS).split("{0}")
    count = f'COUNTIF({hints},"?*")'
    open_now = sum(bool(computed.hints(school)) for school in range(len(computed.schools)))
    now = f"{before}{open_now}{after}" if open_now else ""
    for offset, words in enumerate((w.HOW_DECIDED, w.NOT_HERE)):
        sheet.merge_range(row + offset, 0, row + offset, 4, layout.say(words), style)
        sheet.set_row(row + offset, 32)
    sheet.merge_range(row + 2, 0, row + 2, 4, "", style)
    warning = book.style(text_wrap=True, font_size=10, font_color="#C00000")
    formula(sheet, row + 2, 0, f'IF({count}=0,"","{before}"&{count}&"{after}")', warning, now)

"""The sheet 差异系数: balance between schools, each coefficient of variation held against its limit."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from ..balance import COMBINED
from ..standards import Indicator
from ..wording.labels import VERDICTS
from . import words as w
from .book import DARK, GREY, GRID, HEAD, Book, Value, array
from .computed import Computed, Row
from .inputs import titled
from .layout import Layout, cell
from .units import mark_verdicts

DIGITS = 12
"""Decimals to which a coefficient of variation is held against its limit."""

_ROWS = ("mean", "sd", "cv", "limit", "n", "n_missing", "cv_low", "verdict")
_LABELS = dict(zip(_ROWS, (w.MEAN, w.SD, w.CV, w.LIMIT, w.N, w.N_MISSING, w.CV_LOW, w.VERDICT), strict=True))
_TOP, _BLOCK = 3, len(_ROWS) + 3
_NONE = "—"


def balance(book: Book, layout: Layout, computed: Computed) -> None:
    """Write the sheet 差异系数: for each stage the mean, standard deviation, CV and verdict of each indicator."""
    widths = [24.0, *([13] * (len(layout.rules.indicators) + _has_combined(layout)))]
    sheet = book.sheet(layout.say(w.BALANCE), widths, tab="#BF8F00")
    titled(book, sheet, layout, layout.say(w.BALANCE_TITLE), layout.say(w.BALANCE_NOTE))
    for stage in layout.rules.judged_stages:
        _block(book, sheet, layout, computed, stage)
        verdicts = row_of(layout, stage, "verdict")
        mark_verdicts(book, sheet, layout, verdicts, 1, verdicts, last_column(layout))
        _mark_cvs(book, sheet, layout, stage)
    sheet.freeze_panes(2, 1)


def _has_combined(layout: Layout) -> bool:
    rule = layout.rules.dispersion
    return rule is not None and rule.mean_at_most is not None


def last_column(layout: Layout) -> int:
    """Return the column of the last coefficient."""
    return len(layout.rules.indicators) + _has_combined(layout)


def row_of(layout: Layout, stage: str, name: str) -> int:
    """Return the row of a figure in the block of a stage."""
    return _TOP + layout.rules.judged_stages.index(stage) * _BLOCK + 1 + _ROWS.index(name)


def _block(book: Book, sheet: Worksheet, layout: Layout, computed: Computed, stage: str) -> None:
    head, label = book.style(**HEAD, bg_color="#FFF2CC"), book.style(**GRID, bg_color=GREY)
    top = row_of(layout, stage, "mean") - 1
    sheet.write_string(top, 0, layout.stage(stage), head)
    sheet.set_row(top, 46)
    for name in _ROWS:
        sheet.write_string(row_of(layout, stage, name), 0, layout.say(_LABELS[name]), label)
    for at, indicator in enumerate(layout.rules.indicators):
        text = f"{indicator.short[layout.lang]}\n{layout.code(indicator)}"
        sheet.write_string(top, at + 1, text, head)
        texts = _formulas(layout, stage, at)
        _column(book, sheet, layout, stage, at + 1, texts, computed.dispersion(stage, indicator.id))
    if _has_combined(layout):
        sheet.write_string(top, last_column(layout), layout.say(w.COMBINED), head)
        found = computed.dispersion(stage, COMBINED)
        _column(book, sheet, layout, stage, last_column(layout), _combined(layout, stage), found)


def _column(
    book: Book, sheet: Worksheet, layout: Layout, stage: str, column: int, texts: dict[str, str], found: Row | None
) -> None:  # fmt: skip
    for name, text in texts.items():
        digits = {"n": "0", "n_missing": "0", "mean": "0.00", "limit": "0.00##"}.get(name, "0.000")
        style = book.style(**GRID, align="right", num_format=digits)
        value: Value = _NONE
        if name == "limit":
            each = not _has_combined(layout) or column == last_column(layout)
            limits = layout.rules.dispersion.limits() if layout.rules.dispersion else {}
            value = float(limits[stage]) if each and stage in limits else _NONE
        elif found is not None:
            value = _result(layout, name, found)
        elif name in ("n", "n_missing"):
            value = 0.0
        array(sheet, row_of(layout, stage, name), column, text, style, value)


def _result(layout: Layout, name: str, found: Row) -> Value:
    value = found.get(name)
    if name == "verdict":
        return layout.say(VERDICTS[value]) if isinstance(value, str) else _NONE
    return _NONE if value is None or value != value else float(value)


def _formulas(layout: Layout, stage: str, at: int) -> dict[str, str]:
    """
    Return the formulas of an indicator: X̄ = ΣF / ΣP, S = √(ΣP(x − X̄)² / ΣP), CV = S / X̄ (standards §3).

    The lowest possible CV is CV / √(1 + p / N (1 + CV²)), p the pupils of units without the figure (balance.py).
    """
    values = layout.unit_range(stage, layout.columns.values + at)
    weights = _weights(layout, stage, layout.rules.indicators[at], at)
    mean, sd, cv, limit, n, n_missing, low = _cells(layout, stage, at + 1)
    total = f"SUM(IF(ISNUMBER({values}),{weights}))"
    missing = f"{values}={layout.text(w.MISSING)}"
    unknown = "0" if weights == "1" else f"SUM(IF({missing},IF(ISNUMBER({weights}),0,1),0))"
    lacking = f"SUM(IF({missing},{weights},0))"
    lowest = f"{cv}/SQRT(1+{lacking}/{total}*(1+{cv}^2))"
    return {
        "mean": f'IF({n}=0,"{_NONE}",SUM(IF(ISNUMBER({values}),{weights}*{values}))/{total})',
        "sd": f'IF({n}=0,"{_NONE}",SQRT(SUM(IF(ISNUMBER({values}),{weights}*({values}-{mean})^2))/{total}))',
        "cv": f'IF({n}=0,"{_NONE}",IF({mean}=0,"{_NONE}",{sd}/{mean}))',
        "limit": f'"{_NONE}"' if _has_combined(layout) else _limit(layout, stage),
        "n": f"COUNT({values})",
        "n_missing": f"COUNTIF({values},{layout.text(w.MISSING)})",
        "cv_low": f'IF({n}+{n_missing}=0,"{_NONE}",IF(COUNT({cv})=0,0,IF({unknown}>0,0,{lowest})))',
        "verdict": _judged(layout, cv, limit, f"{n}+{n_missing}", n_missing, low),
    }


def _combined(layout: Layout, stage: str) -> dict[str, str]:
    """Return the formulas of the plain mean of the CVs, NaN unless all are known."""
    count = len(layout.rules.indicators)
    _, _, cv, limit, n, n_missing, low = _cells(layout, stage, count + 1)
    row = {
        name: f"{cell(row_of(layout, stage, name), 1)}:{cell(row_of(layout, stage, name), count)}"
        for name in _ROWS
    }
    return {
        "mean": f'"{_NONE}"',
        "sd": f'"{_NONE}"',
        "cv": f'IF(COUNT({row["cv"]})={count},AVERAGE({row["cv"]}),"{_NONE}")',
        "limit": _limit(layout, stage),
        "n": f"MIN({row['n']})",
        "n_missing": f"MAX({row['n_missing']})",
        "cv_low": f'IF({n}+{n_missing}=0,"{_NONE}",SUM({row["cv_low"]})/{count})',
        "verdict": _judged(layout, cv, limit, f"{n}+{n_missing}", n_missing, low),
    }


def _cells(layout: Layout, stage: str, column: int) -> list[str]:
    return [cell(row_of(layout, stage, name), column) for name in _ROWS[:-1]]


def _weights(layout: Layout, stage: str, indicator: Indicator, at: int) -> str:
    if indicator.per_school:
        return "1"
    columns = layout.columns
    named = columns.divisors + columns.named.index(at) if at in columns.named else columns.pupils
    return layout.unit_range(stage, named)


def _limit(layout: Layout, stage: str) -> str:
    limit = layout.limit(stage)
    return f'IF({limit}="","{_NONE}",{limit})'


def _judged(layout: Layout, cv: str, limit: str, units: str, n_missing: str, low: str) -> str:
    said = {name: layout.text(words) for name, words in VERDICTS.items()}
    whole = f"IF(AND(COUNT({cv})=1,{n_missing}=0),{said['pass']},{said['undetermined']})"
    fails = f"IF(ROUND({low}-{limit},{DIGITS})>0,{said['fail']},{whole})"
    if layout.scope_by_type:  # which units count is not known
        fails = (
            f"IF(COUNTIF({layout.school_types},{layout.text(w.UNKNOWN)})>0,{said['undetermined']},{fails})"
        )
    return f'IF(OR({units}=0,COUNT({limit})=0),"{_NONE}",{fails})'


def _mark_cvs(book: Book, sheet: Worksheet, layout: Layout, stage: str) -> None:
    """Shade the CVs that fail, with six decimals where three would read as the limit itself."""
    row, limit = row_of(layout, stage, "cv"), row_of(layout, stage, "limit")
    failed = f"{cell(row_of(layout, stage, 'verdict'), 1)}={layout.text(VERDICTS['fail'])}"
    alike = f"ROUND({cell(row, 1)},3)<={cell(limit, 1)}"
    for criteria, digits in ((f"=AND({failed},{alike})", "0.000000"), (f"={failed}", "0.000")):
        look = book.mark(**DARK, num_format=digits)
        rule = {"type": "formula", "criteria": criteria, "format": look, "stop_if_true": True}
        sheet.conditional_format(row, 1, row, last_column(layout), rule)

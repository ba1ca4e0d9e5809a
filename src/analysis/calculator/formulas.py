"""The formulas that measure and judge: what stands in a school's row of 学段核算 and of the sheet of a stage."""

from __future__ import annotations

from .. import schema
from ..standards import Indicator
from ..wording.labels import OUT_REASONS, VERDICTS
from . import words as w
from .computed import STATUS_WORDS
from .inputs import spelled
from .layout import Layout, cell

DIGITS = 6
"""Decimals to which both sides of a comparison are kept: filed figures of up to 4 decimals are decided exactly."""


def basis(layout: Layout, row: int) -> dict[str, str]:
    name = layout.input("school_name", row)
    own = {what: cell(row, layout.basis_column(what)) for what in ("name", "type", "total")}
    first, last = (cell(row, layout.basis_column(stage)) for stage in (layout.stages[0], layout.stages[-1]))
    weights = "+".join(
        f"{cell(row, layout.basis_column(stage))}*{layout.weight(stage)}" for stage in layout.stages
    )
    known = f"COUNT({first}:{last})={len(layout.stages)}"
    missing, empty = layout.text(w.MISSING), f'{own["name"]}=""'
    spellings, names = spelled(layout, "school_type")
    typed = f"INDEX({names},MATCH(TRIM({layout.input('school_type_code', row)}),{spellings},0))"
    texts = {
        "type": f"IFERROR({typed},{layout.text(w.UNKNOWN)})",
        **{stage: _pupils(layout, row, stage) for stage in layout.stages},
        "total": f"IF({known},SUM({first}:{last}),{missing})",
        "weighted": f"IF({known},ROUND({weights},{DIGITS}),{missing})",
        "kind_out": _kind_out(layout, row, own["type"]),
        "size_out": _size_out(layout, own["type"], own["total"]),
    }
    unnamed = f'IF({name}="",{layout.text(w.NO_NAME)},{name})'
    return {"name": f'IF(COUNTA({layout.input_row(row)})=0,"",{unnamed})'} | {
        what: f'IF({empty},"",{text})' for what, text in texts.items()
    }


def _pupils(layout: Layout, row: int, stage: str) -> str:
    """Return the pupils of a stage: 0 where the school does not have it, 缺 where it has it without pupils filed."""
    filed = layout.input(layout.pupils_name(stage), row)
    number = f'IF(COUNTIF({filed},">=0")=1,{filed},{layout.text(w.MISSING)})'
    if layout.rules.unit == "school":
        return number
    kind = cell(row, layout.basis_column("type"))
    typed = f"IFERROR(INDEX({layout.type_has(stage)},MATCH({kind},{layout.type_names},0))={layout.text(w.YES)},FALSE)"
    pupils = ",".join(layout.input(layout.pupils_name(other), row) for other in layout.stages)
    silent = f"AND({kind}={layout.text(w.UNKNOWN)},COUNT({pupils})=0)"
    others = [c.name for c in layout.inputs if c.stage == stage and c.name != layout.pupils_name(stage)]
    traces = "+".join([f'COUNTIF({layout.input(name, row)},">0")' for name in others] or ["0"])
    has = [
        f'COUNTIF({filed},">0")>0',
        typed,
        silent,
        f'AND(COUNTA({filed})=1,COUNTIF({filed},">=0")=0)',
        f"AND(COUNTA({filed})=0,{traces}>0)",
    ]
    return f"IF(OR({','.join(has)}),{number},0)"


def _kind_out(layout: Layout, row: int, kind: str) -> str:
    judged = f"IFERROR(INDEX({layout.type_judged},MATCH({kind},{layout.type_names},0)),{layout.text(w.YES)})"
    owned = '""'
    if layout.rules.scope.ownership:
        spellings, names = spelled(layout, "ownership")
        name = f'IFERROR(INDEX({names},MATCH(TRIM({layout.input("ownership", row)}),{spellings},0)),"")'
        codes = schema.codes("ownership")
        out = [f"{name}={layout.text(entry)}" for code, entry in codes.items()
               if code not in layout.rules.scope.ownership]  # fmt: skip
        owned = f'IF(OR({",".join(out)}),{layout.text(OUT_REASONS["ownership"])},"")'
    return f"IF({judged}={layout.text(w.NO)},{layout.text(OUT_REASONS['kind'])},{owned})"


def _size_out(layout: Layout, kind: str, total: str) -> str:
    least = f"IFERROR(N(INDEX({layout.type_least},MATCH({kind},{layout.type_names},0))),0)"
    return f'IF(COUNT({total})=1,IF({total}<{least},{layout.text(OUT_REASONS["min_pupils"])},""),"")'


def scope(layout: Layout, row: int, stage: str) -> str:
    """Return 是, or the first reason why the unit is not judged."""
    name, kind, size = (layout.basis(what, row) for what in ("name", "kind_out", "size_out"))
    none = f'IF({layout.basis(stage, row)}=0,{layout.text(OUT_REASONS["no_pupils"])},IF({size}<>"",{size},'
    return f'IF({name}="","",IF({kind}<>"",{kind},{none}{layout.text(w.YES)})))'


def _total(layout: Layout, row: int, names: tuple[str, ...], minus: tuple[str, ...], otherwise: str) -> str:
    """Return Σ names − Σ minus in the registry's units, `otherwise` where a figure is missing or the sum negative."""
    terms = []
    for name in (*names, *minus):
        filed = schema.column(name).filed
        terms.append(layout.input(name, row) + (f"*{filed.factor}" if filed else ""))
    total = "+".join(terms[: len(names)]) + "".join(f"-{term}" for term in terms[len(names) :])
    valid = "+".join(f'COUNTIF({layout.input(name, row)},">=0")' for name in (*names, *minus))
    rounded = f"ROUND({total},{DIGITS})"
    if minus:
        rounded = f"IF({rounded}<0,{otherwise},{rounded})"
    return f"IF({valid}={len(terms)},{rounded},{otherwise})"


def resource(layout: Layout, row: int, stage: str, indicator: Indicator) -> str:
    """Return Σ numerator − Σ minus of the school, 缺 where a figure is missing."""
    names = tuple(name.format(stage=stage) for name in indicator.numerator)
    minus = tuple(name.format(stage=stage) for name in indicator.minus)
    return _total(layout, row, names, minus, layout.text(w.MISSING))


def divisor(layout: Layout, row: int, stage: str, indicator: Indicator) -> str:
    """Return a named denominator; 缺 where it is missing or 0, for neither can be divided by."""
    names = tuple(name.format(stage=stage) for name in indicator.denominator)
    total = _total(layout, row, names, (), "0")
    return f"IF({total}>0,{total},{layout.text(w.MISSING)})"


def _product_and_divisor(layout: Layout, row: int, stage: str, at: int) -> tuple[str, str]:
    """Return per · F · w and what it is divided by: weighted pupils, pupils, a named denominator, or 1."""
    columns, indicator = layout.columns, layout.rules.indicators[at]
    product = f"{layout.per(indicator)}*{cell(row, columns.resources + at, fixed='column')}"
    if indicator.per_school:
        return product, "1"
    if indicator.denominator:
        return product, cell(row, columns.divisors + columns.named.index(at), fixed="column")
    if indicator.split and layout.rules.split.apply and layout.rules.unit == "stage":
        return f"{product}*{layout.weight(stage)}", layout.basis("weighted", row)
    return product, cell(row, columns.pupils, fixed="column")


def value(layout: Layout, row: int, stage: str, at: int) -> str:
    """Return per · F · w / (weighted pupils), or per · F / pupils; 缺 where either is missing."""
    product, base = _product_and_divisor(layout, row, stage, at)
    held = cell(row, layout.columns.resources + at, fixed="column")
    missing = layout.text(w.MISSING)
    return f"IF(COUNT({held},{base})=2,IF({base}>0,{product}/{base},{missing}),{missing})"


def status(layout: Layout, row: int, stage: str, at: int) -> str:
    """Return the formula that holds a value against its standard, by cross-products: w·per·F against t·pupils."""
    indicator = layout.rules.indicators[at]
    product, base = _product_and_divisor(layout, row, stage, at)
    threshold, floor = layout.threshold(indicator, stage), layout.floor
    shown = cell(row, layout.columns.values + at)
    if indicator.at_most:
        met = f"ROUND({product},{DIGITS})<=ROUND({threshold}*{base},{DIGITS})"
        above = f"ROUND({product}*{floor},{DIGITS})<=ROUND({threshold}*{base},{DIGITS})"
    else:
        met = f"ROUND({product},{DIGITS})>=ROUND({threshold}*{base},{DIGITS})"
        above = f"ROUND({product},{DIGITS})>=ROUND({threshold}*{floor}*{base},{DIGITS})"
    said = {name: layout.text(words) for name, words in STATUS_WORDS.items()}
    short = f'IF({floor}="",{said["floor"]},IF({above},{said["floor"]},{said["below"]}))'
    known = f"IF({met},{said['met']},{short})"
    none = said["missing"]
    if indicator.at_most and indicator.denominator:  # pupils over no class at all miss any limit
        names = tuple(name.format(stage=stage) for name in indicator.denominator)
        nothing = f"{_total(layout, row, names, (), layout.text(w.MISSING))}=0"
        held = cell(row, layout.columns.resources + at, fixed="column")
        none = f"IF(AND(N({held})>0,{nothing}),{short.replace(above, 'FALSE')},{none})"
    known = f"IF(COUNT({shown})=0,{none},{known})"
    return f'IF({threshold}="",{said["unjudged"]},{known})'


def statuses(layout: Layout, row: int) -> str:
    """Return the range of a unit's statuses."""
    first, columns = layout.columns.statuses, layout.columns
    return f"{cell(row, first, fixed='column')}:{cell(row, first + columns.indicators - 1, fixed='column')}"


def verdict(layout: Layout, row: int) -> str:
    """
    Return the rule for a unit: at least k met and none below the floor, whatever the missing figures are.

    A unit of a school without a type never fails: it may be out of scope.
    """
    met, short, below = (cell(row, layout.columns.counts + at, fixed="column") for at in range(3))
    n, k = layout.columns.indicators, layout.at_least_met
    fails = f"OR({below}>0,{n}-{short}-{below}<{k})"
    passes = f'AND({met}>={k},{below}=0,OR({layout.floor}="",{met}+{short}+{below}={n}))'
    said = {name: layout.text(words) for name, words in VERDICTS.items()}
    failed = said["fail"]
    if layout.scope_by_type:
        unsure = f"{layout.basis('type', row)}={layout.text(w.UNKNOWN)}"
        failed = f"IF({unsure},{said['undetermined']},{said['fail']})"
    return f"IF({fails},{failed},IF({passes},{said['pass']},{said['undetermined']}))"

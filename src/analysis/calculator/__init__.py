"""
The calculator: a workbook of live formulas that judges a county without Python, in Excel, WPS or LibreOffice.

People fill in 学校数据; every other sheet computes itself from it and from the sheet 标准, where the rule set stands as
cells. The library's own results are stored beside the formulas, so that viewers that do not calculate show them too.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .. import schema
from ..errors import Lang, refuse
from ..replacing import replaced_whole
from ..standards import RuleSet
from . import dispersion, inputs, results, rules_sheet, units
from . import words as w
from .book import Book
from .computed import Computed
from .layout import ROWS, Layout

__all__ = ["ROWS", "write_calculator"]


def write_calculator(
    path: Path,
    *,
    rules: RuleSet,
    lang: Lang = "zh",
    schools: pd.DataFrame | None = None,
    county: str = "",
    year: int | None = None,
    rows: int = ROWS,
) -> None:
    """
    Write the calculator of a rule set.

    Parameters
    ----------
    path
        The xlsx to write; replaced whole or not at all.
    rules
        The rule set; its thresholds, floor, limits, weights and scope become cells of the sheet 标准.
    lang
        Language of every text.
    schools
        The canonical table of one county in one year, to be filled in; by default the rows are empty.
    county, year
        What the sheets are titled with; both can be typed into the workbook.
    rows
        For how many schools there is room; more where more are filled in. Empty rows are printed only where
        nothing is filled in.

    Raises
    ------
    JunhengError
        The rule set gives no verdict or cannot be told in formulas, or the file cannot be written.
    """
    if not rules.gives_verdict:
        raise refuse(
            "no-verdict",
            "这个标准没有达标线和差异系数限值，无从判定，不能生成自动计算表。",
            "this rule set has neither a rule for schools nor limits of dispersion: there is nothing to calculate.",
            file=rules.id,
        )
    if not _whole(rules):
        raise refuse(
            "not-whole",
            "这个标准有待填的达标线、点名的学校或只计入其中一项的指标，自动计算表不能表达，请用 junheng run。",
            "this rule set has open thresholds, schools by name, or indicators that count for one part only, which formulas "
            "do not hold; use junheng run.",
            file=rules.id,
        )
    filled = pd.DataFrame(columns=list(schema.columns())) if schools is None else schools
    rows = max(rows, len(filled))
    layout = Layout(rules, lang, rows, len(filled) or rows, county, year)
    computed = Computed(filled, layout)
    with replaced_whole(path) as temporary:
        book = Book(temporary, layout.say(w.RESULT_TITLE))
        inputs.guide(book, layout)
        inputs.schools(book, layout, computed)
        results.result(book, layout, computed)
        if layout.judges_units:
            results.by_school(book, layout, computed)
        for stage in rules.judged_stages:
            units.stage_sheet(book, layout, computed, stage)
        dispersion.balance(book, layout, computed)
        units.basis(book, layout, computed)
        rules_sheet.write(book, layout)
        inputs.lists(book, layout)
        book.close()


def _whole(rules: RuleSet) -> bool:
    """Return whether every indicator is known and counts alike, and the scope goes by kinds of school alone."""
    parts = {"schools", "dispersion"}
    limits = [(i.at_least or i.at_most or {}).values() for i in rules.indicators]
    return (
        all(limit is not None for of in limits for limit in of)
        and all(i.numerator and set(i.counts_for) == parts for i in rules.indicators)
        and not (rules.scope.schools_in or rules.scope.schools_out)
    )

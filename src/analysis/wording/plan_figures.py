"""Figures that sentences on a plan print: money, and what is reached by each year, each with what it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import Lang
from ..facts import SUMMED, About, Figure
from ..rounding import shown
from ..schema import Words
from .labels import school_year

TOTAL = Words(zh="合计", en="Total")
WAN = 1e4


def money(yuan: float, lang: Lang) -> str:
    """Return money in 万元 with one decimal."""
    return (
        f"{shown(yuan / WAN, 1, lang)}万元" if lang == "zh" else f"{shown(yuan / 1e6, 2, lang)} million yuan"
    )


def amount(
    about: About, yuan: float, key: str, zh: str, en: str, *, formula: Words = SUMMED,
    row: tuple[Words | str, ...] = (), column: str = "", when: Words | None = None,
) -> Figure:  # fmt: skip
    """Return money as a figure, told in 万元: tables hold it so."""
    printed = Words(zh=money(yuan, "zh"), en=money(yuan, "en"))
    return about(
        yuan / WAN, key, f"{zh}（万元）", f"{en}, ×10⁴ yuan", printed=printed, formula=formula, row=row,
        column=column, when=when,
    )  # fmt: skip


_MILESTONES = {
    "n_schools": Words(zh="学校数", en="schools"),
    "pass": Words(zh="达标学校数", en="schools that meet the rule"),
    "fail": Words(zh="未达标学校数", en="schools that do not"),
    "undetermined": Words(zh="待定学校数", en="schools undetermined"),
    "cv_fail": Words(zh="超过限值的差异系数项数", en="coefficients above their limit"),
}
_CASES = {
    "nothing": Words(zh="不新增投入", en="nothing done"),
    "plan": Words(zh="实施规划", en="with the plan"),
}


def milestone(row: pd.Series[Any], name: str) -> Figure:
    """Return a count of a year, `nothing_pass` or `plan_cv_fail` say. `row`: of `planning.milestones`."""
    case, _, kind = name.partition("_")
    words, year = _MILESTONES[kind if case in _CASES else name], int(row["year"])
    of = _CASES.get(case, Words(zh="", en=""))
    about = About(
        f"milestones/{year}", Words(zh=f"{year}年{of.zh}", en=f"{year} {of.en}".strip()), "milestones"
    )
    return about(
        row[name],
        name,
        words.zh,
        words.en,
        formula=_JUDGED,
        when=school_year(year),
        row=(str(year),),
        column=name,
    )


_JUDGED = Words(zh="按同一标准判定后计数", en="counted after judging by the same rule")

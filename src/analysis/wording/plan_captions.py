"""Captions of the figures of notebook 05."""

from __future__ import annotations

import pandas as pd

from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from .captions import Caption, with_alt
from .labels import stage_words


def pupils_ahead(stage: str, totals: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the projected pupils of a stage. `totals`: `enrolment.stage_totals` by variant, year and stage."""
    years, name = totals["year"], stage_words(stage, rules)
    title = Words(
        zh=f"{name.zh}在校生预测({years.min()}—{years.max()}年,单位:人)",
        en=f"Pupils projected{name.en}, {years.min()}–{years.max()}",
    )
    return _seen(
        title,
        "折线图,填报数之后为低、中、高三个方案,底纹为往年误差区间",
        "Lines: filed, then a low, a middle and a high variant; the ground: the interval from past errors",
    )


def schools_by_year(stones: pd.DataFrame) -> Caption:
    """Caption the schools that meet the rule each year. `stones`: `planning.milestones`."""
    last = stones.iloc[-1]
    planned = f",实施规划{last['plan_pass']}所" if "plan_pass" in stones else ""
    planned_en = f", with the plan {last['plan_pass']}" if "plan_pass" in stones else ""
    title = Words(
        zh=f"达标学校数:{last['year']}年不新增投入{last['nothing_pass']}所{planned}(共{last['n_schools']}所)",
        en=f"Schools that meet the rule: in {last['year']} {last['nothing_pass']} with nothing done{planned_en} (of {last['n_schools']})",
    )
    return _seen(title, "柱形图,每年一组", "Bars, a group a year")


def money_by_year(money: pd.DataFrame) -> Caption:
    """Caption spending by year. `money`: `year`, `fund`, `cost` (元)."""
    total = shown(float(money["cost"].sum()) / 1e4, 1)
    title = Words(
        zh=f"规划各年支出(共{total}万元,单位:万元)",
        en=f"Spending of the plan by year (×10⁴ yuan, {total} in all)",
    )
    return _seen(title, "堆积柱形图,按校舍场地、设备、教师分", "Stacked bars: buildings, equipment, teachers")


def frontier(front: pd.DataFrame) -> Caption:
    """Caption money against coverage. `front`: `planning.frontier`."""
    title = Words(
        zh="每年资金与就读于达标学校的学生占比",
        en="Budget a year and the share of pupils in schools that meet the rule",
    )
    return _seen(
        title,
        f"折线图,{len(front)}档资金,点旁为达标学校数",
        f"A line through {len(front)} budgets, schools beside the points",
    )


def cost_changes() -> Caption:
    """Caption the sensitivity of the cost."""
    title = Words(zh="单价和学生数变动时费用的变化", en="How the cost changes with unit costs and pupils")
    return _seen(title, "条形图,影响大的在上", "Bars, the largest change first")


def money_map(found: pd.DataFrame) -> Caption:
    """Caption the map of money. `found`: `planning.school_money`."""
    n = int((found["cost"] > 0).sum())
    title = Words(
        zh=f"规划投入分布示意图:{len(found)}所学校中{n}所有投入",
        en=f"Where the money goes, sketch map: {n} of {len(found)} schools",
    )
    return _seen(
        title,
        "示意图,符号为学校,大小为目标年学生数,颜色与形状为投入多少",
        "Sketch map: symbols are schools, size pupils of the target year, colour and shape the money",
    )


def _seen(title: Words, zh: str, en: str) -> Caption:
    return with_alt(title, Words(zh=zh, en=en))

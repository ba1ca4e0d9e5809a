"""Captions of the figures of notebook 05."""

from __future__ import annotations

import pandas as pd

from ..facts import SUMMED, About, told
from ..schema import Words
from ..standards import RuleSet
from .captions import Caption, with_alt
from .labels import stage_words
from .plan_figures import TOTAL, milestone


def pupils_ahead(stage: str, totals: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the projected pupils of a stage. `totals`: `enrolment.stage_totals` by variant, year and stage."""
    years, name = totals["year"], stage_words(stage, rules)
    title = told(
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
    n, nothing = milestone(last, "n_schools"), milestone(last, "nothing_pass")
    planned = planned_en = ""
    if "plan_pass" in stones:
        met = milestone(last, "plan_pass")
        planned, planned_en = f",实施规划{met}所", f", with the plan {met:en}"
    title = told(
        zh=f"达标学校数:{last['year']}年不新增投入{nothing}所{planned}(共{n}所)",
        en=f"Schools that meet the rule: in {last['year']} {nothing:en} with nothing done{planned_en} (of {n:en})",
    )
    return _seen(title, "柱形图,每年一组", "Bars, a group a year")


def money_by_year(money: pd.DataFrame) -> Caption:
    """Caption spending by year. `money`: `year`, `fund`, `cost` (元)."""
    about = About("plan", Words(zh="规划", en="plan"), "investment")
    total = about(
        float(money["cost"].sum()) / 1e4, "spent", "总投资（万元）", "cost, ×10⁴ yuan", digits=1, formula=SUMMED,
        row=(TOTAL,), column="cost",
    )  # fmt: skip
    title = told(
        zh=f"规划各年支出(共{total}万元,单位:万元)",
        en=f"Spending of the plan by year (×10⁴ yuan, {total:en} in all)",
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
    about = About("money-map", Words(zh="规划：", en="plan"), "school-plans")
    whole = about(len(found), "n", "学校数", "schools")
    n = about((found["cost"] > 0).sum(), "spent-at", "有投入的学校数", "schools where money goes")
    title = told(
        zh=f"规划投入分布示意图:{whole}所学校中{n}所有投入",
        en=f"Where the money goes, sketch map: {n:en} of {whole:en} schools",
    )
    return _seen(
        title,
        "示意图,符号为学校,大小为目标年学生数,颜色与形状为投入多少",
        "Sketch map: symbols are schools, size pupils of the target year, colour and shape the money",
    )


def _seen(title: Words, zh: str, en: str) -> Caption:
    return with_alt(title, Words(zh=zh, en=en))

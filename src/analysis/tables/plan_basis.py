"""Tables of notebook 05 on what a plan rests on: money and coverage, sensitivity, the numbers it is reckoned with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..programme import Programme
from ..publish.cells import TableColumn
from ..schema import Words
from .common import Table

_WAN = 1e4


def frontier(found: pd.DataFrame) -> Table:
    """Return what each yearly budget covers. `found`: `planning.frontier`."""
    frame = found.assign(
        budget=found["budget"] / _WAN, cost=found["cost"] / _WAN, share=found["pupils_pass"] / found["pupils"]
    )
    columns = {
        "budget": TableColumn(Words(zh="年度资金(万元)", en="Budget a year, ×10⁴ yuan"), digits=0),
        "cost": TableColumn(Words(zh="折现总费用(万元)", en="Discounted cost, ×10⁴ yuan"), digits=1),
        "n_pass": TableColumn(Words(zh="目标年达标学校(所)", en="Schools that meet the rule"), digits=0),
        "share": TableColumn(
            Words(zh="就读于达标学校的学生(%)", en="Pupils in them, %"), digits=1, percent=True
        ),
        "n_cv_fail": TableColumn(Words(zh="目标年超限差异系数(项)", en="Coefficients above limit"), digits=0),
        "bound": TableColumn(Words(zh="累计覆盖上限与所得之比", en="Bound on coverage / reached"), digits=3),
    }
    return Table(
        frame, columns,
        basis=Words(zh="口径:资金有限时,先使各年就读于达标学校的学生累计最多,再使目标年差异系数超限最少,最后使费用最低。", en="Basis: with little money, most pupils in schools that meet the rule, all years added up; then coefficients above their limits by least in the target year; then least cost."),
        note=Words(zh="这条线用近似求解,末列说明各年累计覆盖至多还能高出多少(1为已证明最优)。", en="The line is found by a shorter search: the last column says how much more coverage there could be at most (1: proven best)."),
        sheet=Words(zh="资金与覆盖", en="Money and coverage"),
    )  # fmt: skip


def sensitivity(found: pd.DataFrame, names: Mapping[str, Words], base: float) -> Table:
    """Return how the least cost changes. `found`: `planning.sensitivity`."""
    frame = found.assign(change=found["cost"] / base - 1 if base else np.nan, cost=found["cost"] / _WAN)
    columns = {
        "case": TableColumn(Words(zh="变动", en="Change"), words=names),
        "cost": TableColumn(Words(zh="折现总费用(万元)", en="Discounted cost, ×10⁴ yuan"), digits=1),
        "change": TableColumn(Words(zh="比本方案(%)", en="Against the plan, %"), digits=1, percent=True),
    }
    return Table(
        frame,
        columns,
        basis=Words(
            zh="口径:每次只改变所列一项,其余同规划方案;费用为各年支出折现之和。",
            en="Basis: only the listed item is changed; cost is the discounted sum of the years’ spending.",
        ),
        note=Words(zh="—:在规划资金内不能全部达标。", en="—: not all can meet the rule within the budget."),
        sheet=Words(zh="敏感性", en="Sensitivity"),
    )


def parameters(programme: Programme) -> Table:
    """Return every number that the plan rests on, with its source and year; the county's own and invented ones marked."""
    rows = []
    for p in programme.parameters:
        own = p.id in programme.settings
        rows.append({
            "zh": p.zh, "value": programme.text(p.id) or None, "unit": p.unit.zh if p.unit else None, "year": p.year,
            "source": "county" if own else p.id, "certainty": "the user's" if own else p.certainty, "invented": p.invented and not own,
        })  # fmt: skip
    frame = pd.DataFrame(rows).astype({"year": "float64"})
    sources = {p.id: p.source or p.note or Words(zh="—", en="—") for p in programme.parameters}
    columns = {
        "zh": TableColumn(
            Words(zh="参数", en="Parameter"),
            words={p.zh: Words(zh=p.zh, en=p.en) for p in programme.parameters},
        ),
        "value": TableColumn(Words(zh="取值", en="Value"), align="right"),
        "unit": TableColumn(
            Words(zh="单位", en="Unit"), words={p.unit.zh: p.unit for p in programme.parameters if p.unit}
        ),
        "source": TableColumn(
            Words(zh="来源", en="Source"),
            words=sources | {"county": Words(zh="本县填报", en="the county's own")},
        ),
        "year": TableColumn(Words(zh="年份", en="Year")),
        "certainty": TableColumn(Words(zh="把握", en="Certainty"), words=_CERTAINTY),
    }
    return Table(
        frame, columns, marks=pd.DataFrame({"value": frame["invented"]}),
        mark_means=Words(zh="示例值(虚构),请在工作簿“规划参数”中改为本县的数", en="invented example: put in the county's own on the sheet 规划参数"),
        basis=Words(
            zh="口径:“规划参数”表所填,空着的为默认值。",
            en="Basis: as told in the sheet 规划参数, defaults where it is blank.",
        ),
        sheet=Words(zh="测算参数", en="Parameters"),
    )  # fmt: skip


_CERTAINTY = {
    "seen in print": Words(zh="见于公开文本", en="seen in print"),
    "seen in two systems": Words(zh="见于两个以上系统", en="seen in two systems"),
    "from memory": Words(zh="通行规定,未核原文", en="widely known, not checked"),
    "a setting": Words(zh="设置项", en="a setting"),
    "the user's": Words(zh="由县里填写", en="the county's to set"),
}

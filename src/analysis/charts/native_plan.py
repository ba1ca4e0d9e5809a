"""The numbers of the plan's charts for programs that draw charts themselves, from the frames that the pictures draw."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .. import style
from ..errors import Lang
from ..publish.chart_record import ChartRecord, series
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from ..wording.outlook import VARIANTS
from ..wording.plan import FUNDS
from .plan import CASES, FUND_MARKS, LINES, WAN

_PLAN = "#1F4E79"


def pupils_ahead(
    filed: pd.DataFrame, totals: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang
) -> list[ChartRecord]:
    """Return the pupils of a stage on file and projected, one line a variant."""
    rows = totals[totals["stage"] == stage]
    if rows.empty:
        return []
    years = sorted({*filed["year"].astype(int), *rows["year"].astype(int)})
    wide = rows.pivot_table(index="year", columns="variant", values="pupils").reindex(years)
    on_file = filed.set_index("year")["pupils"].reindex(years)
    lines = [series("在校生" if lang == "zh" else "filed", on_file, style.INK)]
    lines += [series(VARIANTS[v][lang], wide[v], colour) for v, (colour, _, _) in LINES.items() if v in wide]
    return [
        ChartRecord(
            kind="line",
            title=rules.stage_title(stage, lang),
            unit="人" if lang == "zh" else "pupils",
            digits=0,
            categories=tuple(map(str, years)),
            series=tuple(lines),
        )
    ]


def schools_by_year(stones: pd.DataFrame, *, lang: Lang) -> list[ChartRecord]:
    """Return how many schools meet the rule each year, with nothing done and with the plan."""
    cases = [case for case in CASES if f"{case}_pass" in stones]
    return [
        ChartRecord(
            kind="column",
            title="达标学校" if lang == "zh" else "Schools that meet the rule",
            unit="所" if lang == "zh" else "schools",
            digits=0,
            categories=tuple(str(int(year)) for year in stones["year"]),
            series=tuple(
                series(CASES[case][lang], stones[f"{case}_pass"], _PLAN if case == "plan" else "#BFBFBF")
                for case in cases
            ),
        )
    ]


def money_by_year(money: pd.DataFrame, *, lang: Lang) -> list[ChartRecord]:
    """Return spending by year, stacked by what it is for."""
    wide = money.pivot_table(index="year", columns="fund", values="cost", aggfunc="sum", fill_value=0.0) / WAN
    return [
        ChartRecord(
            kind="column_stack",
            title="支出" if lang == "zh" else "Spending",
            unit="万元" if lang == "zh" else "×10⁴ yuan",
            digits=0,
            categories=tuple(str(int(float(str(year)))) for year in wide.index),
            series=tuple(
                series(FUNDS[fund][lang], wide[fund], FUND_MARKS[fund].fill) for fund in FUNDS if fund in wide
            ),
        )
    ]


def coverage_frontier(front: pd.DataFrame, *, lang: Lang) -> list[ChartRecord]:
    """Return the share of pupils in schools that meet the rule, a column a yearly budget; distances are not to scale."""
    return [
        ChartRecord(
            kind="column",
            title="就读于达标学校的学生（按每年资金，万元）"
            if lang == "zh"
            else "Pupils in schools that meet the rule, by budget a year (×10⁴ yuan)",
            unit="%",
            digits=1,
            categories=tuple(shown(budget / WAN, 1, lang) for budget in front["budget"]),
            series=(
                series(
                    "学生占比" if lang == "zh" else "share of pupils",
                    100 * front["pupils_pass"] / front["pupils"],
                    _PLAN,
                ),
            ),
        )
    ]


def cost_changes(
    cases: pd.DataFrame, names: Mapping[str, Words], base: float, *, lang: Lang
) -> list[ChartRecord]:
    """Return by how much each change moves the least cost, the largest first."""
    rows = cases.dropna(subset=["cost"])
    rows = rows.assign(change=100 * (rows["cost"] / base - 1))
    rows = rows.sort_values("change", key=lambda change: -change.abs(), kind="stable")
    return [
        ChartRecord(
            kind="bar",
            title="费用变化" if lang == "zh" else "Change of the cost",
            unit="%",
            digits=1,
            categories=tuple(names[str(case)][lang] for case in rows["case"]),
            series=(series("费用变化" if lang == "zh" else "change of the cost", rows["change"], _PLAN),),
        )
    ]

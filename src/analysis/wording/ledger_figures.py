"""Figures that sentences on the standards print: coefficients, means, standards, shortages, each with what it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..balance import COMBINED
from ..facts import GIVEN, About, Fact, Figure, Place
from ..rounding import decimals
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese, typeset
from .labels import gap_in_things, plain, stage_cell
from .methods import formula

COMBINED_TITLE = Words(zh="综合差异系数", en="the combined coefficient")


def spread_figures(
    row: pd.Series[Any], indicator: Indicator | None, stage: str, rules: RuleSet
) -> dict[str, Figure]:
    """
    Return mean, sd, cv, limit and standard of a row of the dispersion, as far as there are any.

    `indicator`: None for the mean of the coefficients. With the columns of `balance.with_totals` the mean knows the sums
    whose ratio it is.
    """
    own, id_ = indicator, COMBINED if indicator is None else indicator.id
    about, at = (
        about_indicator(indicator, stage, rules, "coefficients"),
        (stage_cell(stage), _title(indicator)),
    )
    limit = None if pd.isna(row["limit"]) else float(row["limit"])
    found = {}
    if pd.notna(row["cv"]):
        found["cv"] = about(
            row["cv"], "cv", "差异系数", "coefficient of variation", digits=3, limit=limit,
            formula=_CV if own is not None else _MEAN_OF_CVS,
            parts=(None, None) if own is None else (row.get("sd"), row.get("mean")),
            row=at, column="cv", also=_published(stage, id_, "cv"),
        )  # fmt: skip
    if limit is not None:
        found["limit"] = about(limit, "limit", "差异系数限值", "limit of the coefficient",
                               digits=max(2, decimals(limit)), formula=GIVEN, row=at, column="limit")  # fmt: skip
    if own is None or pd.isna(row["mean"]):
        return found
    return found | _mean_figures(row, own, stage, rules)


def _mean_figures(row: pd.Series[Any], own: Indicator, stage: str, rules: RuleSet) -> dict[str, Figure]:
    """Return mean, sd and standard of an indicator."""
    about, at = about_indicator(own, stage, rules, "coefficients"), (stage_cell(stage), own.title)
    threshold, how = own.threshold(stage), formula(own, rules)
    found = {
        "mean": about(
            row["mean"], "mean", "全县平均值", "county mean", digits=own.digits, limit=threshold,
            formula=typeset(Words(zh=f"{_RATIO.zh}{how.zh}", en=f"{_RATIO.en}{how.en}")),
            parts=(row.get("numerator"), row.get("denominator")), row=at, column="mean",
            also=_published(stage, own.id, "mean"),
        ),
        "sd": about(
            row.get("sd", float("nan")), "sd", "标准差", "standard deviation", digits=2, formula=_SD, row=at,
            column="sd", also=_published(stage, own.id, "sd"),
        ),
    }  # fmt: skip
    if threshold is not None:
        line = plain(threshold)
        found["standard"] = about_indicator(own, stage, rules, "indicators")(
            float(threshold), "standard", "标准", "standard", printed=Words(zh=line, en=line), formula=GIVEN
        )
    return found


def spread_facts(spread: pd.DataFrame, rules: RuleSet) -> list[Fact]:
    """Return the facts of every row of the dispersion: the table of coefficients prints them all."""
    figures = (
        spread_figures(row, indicator_of(row, rules), str(row["stage"]), rules).values()
        for _, row in spread.iterrows()
    )
    return [figure.fact for of_row in figures for figure in of_row]


def indicator_of(row: pd.Series[Any], rules: RuleSet) -> Indicator | None:
    return None if row["indicator"] == COMBINED else rules.indicator(str(row["indicator"]))


def _title(indicator: Indicator | None) -> Words:
    return COMBINED_TITLE if indicator is None else indicator.title


def about_indicator(indicator: Indicator | None, stage: str, rules: RuleSet, table: str) -> About:
    """Return what the figures of one indicator (None: of the mean of the coefficients) in one stage have in common."""
    name, title = rules.stage_name(stage), _title(indicator)
    return About(
        f"{stage}/{COMBINED if indicator is None else indicator.id}",
        typeset(Words(zh=f"{name.zh}{title.zh}", en=f"{title.en}, {name.en}")),
        table,
        chinese(rules.source if indicator is None else indicator.clause),
    )


def _published(stage: str, indicator: str, measure: str) -> tuple[Place, ...]:
    """Return the cell of the table that counties publish."""
    return (Place(table=f"dispersion-{stage}", row=(_PUBLISHED[measure],), column=indicator),)


_PUBLISHED = {
    "mean": Words(zh="全县平均值", en="County mean"),
    "sd": Words(zh="标准差", en="Standard deviation"),
    "cv": Words(zh="差异系数", en="Coefficient of variation"),
}
_RATIO = Words(zh="纳入评估的办学单位之和相除:", en="ratio of the sums over units in scope: ")
_SD = Words(zh="√(Σ(学生数÷总学生数)×(指标值－平均值)²)", en="√(Σ (pupils ÷ all pupils) × (value − mean)²)")
_CV = Words(zh="标准差÷全县平均值（按学生数加权）", en="standard deviation ÷ county mean, weighted by pupils")
_MEAN_OF_CVS = Words(zh="各项差异系数的平均", en="mean of the coefficients")


def open_units(
    spread: pd.Series[Any], indicator: Indicator | None, stage: str, rules: RuleSet
) -> tuple[Figure, Figure]:
    """Return of how many units the figure is missing, and of how many the scope is not known."""
    about, at = (
        about_indicator(indicator, stage, rules, "coefficients"),
        (stage_cell(stage), _title(indicator)),
    )
    return (
        about(spread["n_missing"], "n_missing", "缺数据的办学单位数", "units without the figure", row=at, column="n_missing"),
        about(spread.get("n_unsure", 0), "n_unsure", "是否纳入尚不明确的办学单位数", "units whose scope is not known"),
    )  # fmt: skip


def shortage_figure(about: About, indicator: Indicator, key: str, side: Words, gap: float) -> Figure:
    """Return a shortage in things, of the county or of one side (by its name)."""
    thing = indicator.thing
    assert thing is not None
    printed = Words(zh=gap_in_things(indicator, gap, "zh"), en=gap_in_things(indicator, gap, "en"))
    return about(
        gap / thing.factor, key, f"{side.zh}缺口（{thing.zh}）", f"{side.en} gap ({thing.en})".strip(), printed=printed,
        formula=_GAPS, row=(indicator.short, side), column="things" if side.zh else "",
    )  # fmt: skip


_GAPS = Words(zh="各办学单位缺口之和", en="sum of the gaps of the units")

"""What the tables of counties share: the sides, the order of the rule, the basis line."""

from __future__ import annotations

import pandas as pd

from ..publish.cells import TableColumn
from ..schema import Words
from ..standards import RuleSet
from ..wording.labels import MEANS, with_rate

INDICATOR = Words(zh="指标", en="Indicator")
COUNTY = Words(zh="县(市、区)", en="County")
CODE = Words(zh="县级代码", en="Code")
COUNTIES = Words(zh="县数", en="Counties")
UNITS = Words(zh="办学单位数", en="units")


def ordered(rows: pd.DataFrame, rules: RuleSet, then: list[str] | None = None) -> pd.DataFrame:
    """Return the rows in the order of the rule's stages and indicators, with the decimals of each."""
    order = {i.id: n for n, i in enumerate(rules.indicators)} | {"combined": len(rules.indicators)}
    stages = {stage: n for n, stage in enumerate(rules.judged_stages)}
    places = rows.assign(
        _indicator=rows["indicator"].map(order),
        _stage=rows["stage"].map(stages) if "stage" in rows else 0,
        digits=rows["indicator"].map({i.id: i.digits for i in rules.indicators} | {"combined": 3}),
    )
    return places.sort_values(["_stage", "_indicator", *(then or [])], ignore_index=True)


def stage_column(rules: RuleSet) -> dict[str, TableColumn]:
    """Return the column of stages, none where the school is taken whole."""
    if rules.unit == "school":
        return {}
    words = {stage: rules.stage_name(stage) for stage in rules.judged_stages}
    return {"stage": TableColumn(Words(zh="学段", en="Stage"), words=words)}


def names_of(rules: RuleSet, *, unit: bool = True) -> dict[str, Words]:
    """Return the short names of the indicators, with unit and denominator."""
    if not unit:
        return {i.id: i.short for i in rules.indicators}
    return {i.id: with_rate(i) for i in rules.indicators}


def sides_of(rules: RuleSet) -> dict[str, Words]:
    """Return what the rule calls the two sides."""
    return {side: Words(zh=rules.area.zh[side], en=rules.area.en[side]) for side in ("urban", "rural")}


def minus(rules: RuleSet) -> Words:
    """Return what the gap is: 城市减乡村."""
    sides = sides_of(rules)
    return Words(
        zh=f"{sides['urban'].zh}减{sides['rural'].zh}", en=f"{sides['urban'].en} − {sides['rural'].en}"
    )


def ranks_note() -> Words:
    """Return how counties are ranked."""
    return Words(
        zh="名次按差距的大小排,1为最大,并列同名次;缺一侧的县不排。城乡差为印出的两侧数字之差。",
        en="Ranks by the width of the gap, 1 the widest; equal gaps share a rank; counties without a side have none. The gap "
        "is the difference of the figures printed.",
    )


def basis_of(rules: RuleSet, *, means: bool = True) -> Words:
    """Return the 口径 line."""
    gap = minus(rules)
    how = Words(
        zh=f";各侧为{MEANS['totals'].zh};城乡差为{gap.zh}",
        en=f"; each side a {MEANS['totals'].en}; gap: {gap.en}",
    )
    zh, en = (how.zh, how.en) if means else ("", "")
    return Words(
        zh=f"口径:纳入评估的办学单位{zh};城乡划分:{rules.area.clause or rules.source}。",
        en=f"Basis: units in scope{en}; areas: {rules.area.clause or rules.source}.",
    )


def cells_of(rows: pd.Series[bool], *columns: str) -> pd.DataFrame:
    """Return the cells that the public is not told: these columns, in the rows that rest on a side of too few units."""
    return pd.DataFrame(dict.fromkeys(columns, rows.to_numpy(bool)))

"""Sentences of notebook 06 on how gaps go with the level, how they moved, and what that cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..research.comparison import Comparison
from ..rounding import shown
from ..schema import Words
from ..standards import Indicator, RuleSet
from .labels import row_of
from .region import counted, heading, titled

MOVES = {
    "narrower": Words(zh="变窄", en="narrower"),
    "wider": Words(zh="变宽", en="wider"),
    "same": Words(zh="未变", en="unchanged"),
}


def levels(related: pd.DataFrame, stage: str, rules: RuleSet, choices: Comparison) -> Words:
    """Return how the gap goes with the level. `related`: `comparison.level_and_gap` of one year."""
    rows = related[related["stage"] == stage].dropna(subset=["r"])
    name = rules.stage_title(stage, "zh")
    if rows.empty:
        least = choices.least_for_correlation
        return Words(
            zh=f"{name}可比的县不足{least}个,不计算水平与差距的相关系数。",
            en=f"Fewer than {least} counties: no correlation of level and gap is given.",
        )
    parts = [(rules.indicator(i).short, r) for i, r in zip(rows["indicator"], rows["r"], strict=True)]
    minus = Words(
        zh=f"{rules.area.zh['urban']}减{rules.area.zh['rural']}",
        en=f"{rules.area.en['urban']} minus {rules.area.en['rural']}",
    )
    zh = "、".join(f"{short.zh}{shown(r, 2)}" for short, r in parts)
    en = ", ".join(f"{short.en} {shown(r, 2, 'en')}" for short, r in parts)
    return Words(
        zh=f"{name}全县水平与城乡差({minus.zh})的相关系数:{zh}。全县水平由两侧合成,两者本来相关,只作描述。",
        en=f"Correlation of a county's level with its gap ({minus.en}): {en}. The level is made of both sides, so that "
        "the two are related by construction; this describes and no more.",
    )


def moved(together: pd.DataFrame, stage: str, rules: RuleSet) -> list[Words]:
    """Return in how many counties the gap of each indicator is narrower or wider. `together`: `comparison.moved_together`."""
    rows = together[together["stage"] == stage]
    return [
        _moved(rules.indicator(i.id), stage, row_of(rows, i.id), rules)
        for i in rules.indicators
        if (rows["indicator"] == i.id).any()
    ]


def _moved(indicator: Indicator, stage: str, row: pd.Series[Any], rules: RuleSet) -> Words:
    head, n = heading(indicator, stage, rules), int(row["n"])
    return Words(
        zh=f"{head.zh}:{row['first']}—{row['last']}年,{n}个县中差距变窄{row['n_narrower']}个、变宽{row['n_wider']}个、"
        f"未变{row['n_same']}个;较高的一侧换了的{row['n_switched']}个。",
        en=f"{head.en}: from {row['first']} to {row['last']} the gap is narrower in {row['n_narrower']} of {counted(n)}, "
        f"wider in {row['n_wider']}, unchanged in {row['n_same']}; in {row['n_switched']} the other side is now the higher.",
    )


def began_and_moved(together: pd.DataFrame, stage: str, rules: RuleSet, choices: Comparison) -> Words:
    """Return how changes go with the gaps they began from, and how they would without what is bound to be so."""
    name = Words(zh=rules.stage_title(stage, "zh"), en=rules.stage_title(stage, "en"))
    rows = together[together["stage"] == stage].dropna(subset=["r_first_change", "r_mean_change"])
    if rows.empty:
        least = choices.least_for_correlation
        return Words(
            zh=f"{name.zh}两年可比的县不足{least}个(或各县数值相同),不计算差距与其变化的相关系数。",
            en=f"Fewer than {least} counties in both years, or all alike: no correlation of gap and change is given.",
        )
    parts = [_signs(rows[column]) for column in ("r_first_change", "r_mean_change")]
    head = Words(
        zh=f"{name.zh}{len(rows)}项指标中,首年差距与变化的相关系数",
        en=f"Of {len(rows)} indicators{f' ({name.en})' if name.en else ''}, the correlation of the first gap with the change is ",
    )
    return Words(
        zh=f"{head.zh}{parts[0].zh};两年平均差距与变化的相关系数{parts[1].zh}。",
        en=f"{head.en}{parts[0].en}; that of the mean of both years with the change is {parts[1].en}.",
    )


def _signs(r: pd.Series[float]) -> Words:
    """Return how many correlations are negative as printed, and between which they lie."""
    printed = r.map(lambda value: float(shown(value, 2)))
    low, high = shown(printed.min(), 2), shown(printed.max(), 2)
    below = int((printed < 0).sum())
    return Words(zh=f"为负的{below}项(由{low}到{high})", en=f"negative in {below} (from {low} to {high})")


def regression_to_the_mean() -> Words:
    """Return what the correlation of first gap and change cannot say."""
    return Words(
        zh="向均值回归:各年数字含有偶然成分时,首年差距大的县,下一年的差距平均会小一些,即使什么都没有改变;"
        "所以首年差距与变化之间的负相关,不能说明差距大的县缩小得更多,也不能说明任何措施起了作用。"
        "两年平均差距与变化的相关系数不受这一影响(两年的偶然成分大小相同时),其符号只反映各县差距是趋于分散(正)还是集中(负)。",
        en="Regression to the mean: where a year's figures hold some chance, counties with a wide first gap will on average "
        "have a narrower one the next time, though nothing has changed. A negative correlation of first gap and change "
        "therefore does not show that wide gaps closed faster, nor that any measure worked. The correlation with the mean "
        "of both years is free of this (if chance is as large in both); its sign only tells whether the gaps of the "
        "counties have drawn apart (positive) or together (negative).",
    )


def no_change_to_tell(year: int) -> Words:
    """Return that there are no two comparable years."""
    return Words(
        zh=f"截至{year}年没有两个可比的年份,不作变化比较。",
        en=f"Up to {year} there are no two comparable years: no change is shown.",
    )


def moved_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table of changes."""
    return titled(stage, rules, Words(zh="各指标分县城乡差的变化", en="Change of the counties' gaps"))

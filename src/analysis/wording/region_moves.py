"""Sentences of notebook 06 on how gaps go with the level, how they moved, and what that cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..facts import CHOSEN, About, Figure, told
from ..research.comparison import Comparison
from ..rounding import shown
from ..schema import Words
from ..standards import Indicator, RuleSet
from .labels import row_of, with_rate
from .region import counted, heading, minus, titled

MOVES = {
    "narrower": Words(zh="变窄", en="narrower"),
    "wider": Words(zh="变宽", en="wider"),
    "same": Words(zh="未变", en="unchanged"),
}


_CORRELATION = Words(zh="相关系数", en="correlation coefficient")


def _least(choices: Comparison) -> Figure:
    about = About("correlation", Words(zh="", en=""))
    return about(choices.least_for_correlation, "least", "计算相关系数至少的县数",
                 "least counties for a correlation", formula=CHOSEN)  # fmt: skip


def levels(related: pd.DataFrame, stage: str, rules: RuleSet, choices: Comparison) -> Words:
    """Return how the gap goes with the level. `related`: `comparison.level_and_gap` of one year."""
    rows = related[related["stage"] == stage].dropna(subset=["r"])
    name = rules.stage_title(stage, "zh")
    if rows.empty:
        least = _least(choices)
        return told(
            zh=f"{name}可比的县不足{least}个,不计算水平与差距的相关系数。",
            en=f"Fewer than {least:en} counties: no correlation of level and gap is given.",
        )
    about = About(f"level-and-gap/{stage}", Words(zh=name, en=rules.stage_title(stage, "en")))
    shorts = {i: rules.indicator(i).short for i in rows["indicator"]}
    parts = [
        (shorts[i], about(r, i, f"{shorts[i].zh}的全县水平与城乡差", f"{shorts[i].en}, level and gap", digits=2,
                          formula=_CORRELATION))
        for i, r in zip(rows["indicator"], rows["r"], strict=True)
    ]  # fmt: skip
    zh = "、".join(f"{short.zh}{r}" for short, r in parts)
    en = ", ".join(f"{short.en} {r:en}" for short, r in parts)
    gap = minus(rules)
    return told(
        zh=f"{name}全县水平与城乡差({gap.zh})的相关系数:{zh}。全县水平由两侧合成,两者本来相关,只作描述。",
        en=f"Correlation of a county's level with its gap ({gap.en}): {en}. The level is made of both sides, so that "
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
    head = heading(indicator, stage, rules)
    about = About(f"moved/{stage}/{indicator.id}", Words(zh=f"{head.zh}：", en=head.en), f"moved-{stage}")
    n, narrower, wider, same, switched = (
        about(row[column], column, zh, en, row=(with_rate(indicator),), column=column)
        for column, zh, en in (
            ("n", "两年可比的县数", "counties in both years"),
            ("n_narrower", "差距变窄的县数", "counties with a narrower gap"),
            ("n_wider", "差距变宽的县数", "counties with a wider gap"),
            ("n_same", "差距未变的县数", "counties with the same gap"),
            ("n_switched", "较高的一侧换了的县数", "counties where the sides switched"),
        )
    )
    return told(
        zh=f"{head.zh}:{row['first']}—{row['last']}年,{n}个县中差距变窄{narrower}个、变宽{wider}个、"
        f"未变{same}个;较高的一侧换了的{switched}个。",
        en=f"{head.en}: from {row['first']} to {row['last']} the gap is narrower in {narrower:en} of {counted(n)}, "
        f"wider in {wider:en}, unchanged in {same:en}; in {switched:en} the other side is now the higher.",
    )


def began_and_moved(together: pd.DataFrame, stage: str, rules: RuleSet, choices: Comparison) -> Words:
    """Return how changes go with the gaps they began from, and how they would without what is bound to be so."""
    name = Words(zh=rules.stage_title(stage, "zh"), en=rules.stage_title(stage, "en"))
    rows = together[together["stage"] == stage].dropna(subset=["r_first_change", "r_mean_change"])
    if rows.empty:
        least = _least(choices)
        return told(
            zh=f"{name.zh}两年可比的县不足{least}个(或各县数值相同),不计算差距与其变化的相关系数。",
            en=f"Fewer than {least:en} counties in both years, or all alike: no correlation of gap and change is given.",
        )
    about = About(f"gap-and-change/{stage}", name, f"moved-{stage}")
    parts = [_signs(rows[f"r_{what}_change"], about, *said) for what, said in _WITH.items()]
    n = about(len(rows), "n", "指标数", "indicators")
    head = Words(
        zh=f"{name.zh}{n}项指标中,首年差距与变化的相关系数",
        en=f"Of {n:en} indicators{f' ({name.en})' if name.en else ''}, the correlation of the first gap with the change is ",
    )
    return told(
        zh=f"{head.zh}{parts[0].zh};两年平均差距与变化的相关系数{parts[1].zh}。",
        en=f"{head.en}{parts[0].en}; that of the mean of both years with the change is {parts[1].en}.",
    )


_WITH = {
    "first": ("first", "首年差距与变化的相关系数", "correlation of first gap and change"),
    "mean": ("mean", "两年平均差距与变化的相关系数", "correlation of mean gap and change"),
}


def _signs(r: pd.Series[float], about: About, key: str, zh: str, en: str) -> Words:
    """Return how many correlations are negative as printed, and between which they lie."""
    printed = r.map(lambda value: float(shown(value, 2)))
    low, high = (
        about(value, f"{key}/{end}", f"{zh}：{end_zh}", f"{en}, {end}", digits=2, formula=_CORRELATION)
        for value, end, end_zh in ((r.min(), "least", "最小"), (r.max(), "greatest", "最大"))
    )
    below = about((printed < 0).sum(), f"{key}/negative", f"{zh}为负的指标数", f"{en}, negative")
    return Words(
        zh=f"为负的{below}项(由{low}到{high})", en=f"negative in {below:en} (from {low:en} to {high:en})"
    )


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

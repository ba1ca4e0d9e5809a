"""Titles, alternative texts and notes of the figures of notebook 06."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..facts import About, told
from ..research.comparison import Comparison
from ..research.spatial import Clustering
from ..schema import Words
from ..standards import Indicator, RuleSet
from .captions import Caption, with_alt
from .labels import stage_words
from .region import counted, heading, n_compared, sides_told


def ends(gaps: pd.DataFrame, indicator: Indicator, stage: str, rules: RuleSet) -> Caption:
    """Caption the counties at either end; the title says which side is higher in how many. `gaps`: one year."""
    rows = gaps[(gaps["stage"] == stage) & (gaps["indicator"] == indicator.id)].dropna(subset=["difference"])
    head, sides = heading(indicator, stage, rules), sides_told(rows["higher"], rules, indicator, stage)
    n = n_compared(indicator, stage, len(rows), rules)
    title = told(
        zh=f"{head.zh}:{n}个县中,{sides.zh}" if len(rows) else f"{head.zh}:没有可比的县",
        en=f"{head.en}: of {counted(n)}, {sides.en}" if len(rows) else f"{head.en}: nothing to compare",
    )
    return with_alt(
        title,
        Words(
            zh="左为城乡差两端的县,每县两点,左侧列差距名次、县名和两侧学校数;右为全部县的差,由大到小",
            en="Left: the counties at either end of the gap, two marks each, with rank by width, name and schools of either "
            "side; right: the gap of every county in order",
        ),
    )


def ends_note(choices: Comparison) -> Words:
    """Return how the figure of the ends is read."""
    return Words(
        zh=f"名次按差距的大小排,不分哪一侧高,并列同名次;两端的县并列时按代码取。空心:有一侧不足{choices.few_units}所。全部县见台账。",
        en="Ranks by the width of the gap, whichever side is higher; ties share a rank, and which of them is named goes by "
        f"code. Hollow: fewer than {choices.few_units} schools on a side. Every county is in the workbook.",
    )


def profiles(year: int) -> Words:
    """Return the title of the booklet of pages."""
    return Words(zh=f"分县概况({year}年,一县一页)", en=f"The counties, {year}, a page each")


def profile_note(choices: Comparison) -> Words:
    """Return how the page of a county is read."""
    return Words(
        zh="每行一项指标:左为两侧数值和学校数;中为各县城乡差的位置,菱形为本县;右为历年差距。每行的刻度以各县中最大的差为界,"
        f"行与行之间不可比。名次按差距的大小排。空心:有一侧不足{choices.few_units}所。",
        en="A row an indicator: the figures of both sides with their schools; the gaps of all counties, this one a diamond; the "
        "gap by year. Each row has a scale of its own, ending at the widest gap of all counties. Ranks by width. Hollow: fewer than "
        f"{choices.few_units} schools on a side.",
    )


def hollow_note(choices: Comparison) -> Words:
    """Return what a hollow mark is."""
    return Words(
        zh=f"每点一县;空心:有一侧不足{choices.few_units}所。",
        en=f"A mark a county; hollow: fewer than {choices.few_units} schools on a side.",
    )


def changes_note() -> Words:
    """Return how first and last gap are read."""
    return Words(
        zh="每点一县;虚线上未变,灰色区内差距变宽,其余变窄;过零即较高的一侧换了。",
        en="A mark a county; on the dashed line nothing changed, in grey the gap is wider, elsewhere narrower; beyond zero "
        "the other side is the higher.",
    )


def gap_maps_note() -> Words:
    """Return how the maps of the gap are read."""
    return Words(
        zh="深色为该指标差距较大的一半县(以有差距各县的中位数分),各图分界不同;斜线为乡村一侧较高。",
        en="Dark: the wider half of the counties with a gap, split at the median of each indicator; hatched: the rural side "
        "is higher.",
    )


def levels(stage: str, rules: RuleSet) -> Caption:
    """Caption the gap against the level."""
    name = stage_words(stage, rules)
    title = Words(zh=f"{name.zh}各县水平与城乡差", en=f"Level and gap of each county{name.en}")
    return with_alt(
        title,
        Words(
            zh="每个指标一幅散点图,每县一点,横轴为全县水平,纵轴为城乡差",
            en="One scatter an indicator, a mark a county: level across, gap upward",
        ),
    )


def years(stage: str, rules: RuleSet) -> Caption:
    """Caption the gaps by year."""
    name = stage_words(stage, rules)
    title = Words(zh=f"{name.zh}各县城乡差的分布(可比年份)", en=f"Gaps of the counties by year{name.en}")
    return with_alt(
        title,
        Words(
            zh="每个指标一幅箱线图,每年一箱,每县一点",
            en="Box plots, one panel an indicator, a box a year, a mark a county",
        ),
    )


def changes(stage: str, rules: RuleSet) -> Caption:
    """Caption first against last gap."""
    name = stage_words(stage, rules)
    title = Words(
        zh=f"{name.zh}各县城乡差:首年与末年", en=f"Gaps of the counties, first and last year{name.en}"
    )
    return with_alt(
        title,
        Words(
            zh="每个指标一幅散点图,每县一点;斜线上未变,灰色区内差距变宽",
            en="One scatter an indicator, a mark a county; on the slanting line nothing changed, in grey the gap is wider",
        ),
    )


def gap_maps(stage: str, rules: RuleSet) -> Caption:
    """Caption the maps of the gap."""
    name = stage_words(stage, rules)
    title = Words(
        zh=f"{name.zh}各县城乡差:哪一侧较高,差距大小", en=f"Gaps by county: higher side and width{name.en}"
    )
    return with_alt(
        title,
        Words(
            zh="每个指标一幅分县地图,颜色分较高的一侧,深浅分差距较大与较小的一半",
            en="One map an indicator: colour by the higher side, dark for the wider half of the gaps",
        ),
    )


def clusters(stage: str, found: Mapping[str, Clustering], rules: RuleSet) -> Caption:
    """Caption the cluster maps; the title says in how many indicators there are local finds."""
    name = stage_words(stage, rules)
    tested = [result for result in found.values() if not result.reason]
    some = sum(not result.found.empty for result in tested)
    about = About(f"clusters/{stage}", Words(zh=f"{name.zh}城乡差", en=f"gap{name.en}"), f"spatial-{stage}")
    n = about(len(tested), "tested", "检验的指标数", "indicators tested")
    finds = about(some, "found", "有局部检出的指标数", "indicators with local finds")
    title = told(
        zh=f"{name.zh}城乡差的空间集聚:{n}项指标中{finds}项有局部检出",
        en=f"Spatial clusters of the gap{name.en}: local finds in {finds:en} of {n:en} indicators",
    )
    return with_alt(
        title,
        Words(
            zh="分县地图,标出与邻县同高、同低或相反的县;没有检出的指标不画",
            en="Maps of counties that are high among high, low among low, or against their neighbours; indicators without "
            "finds are not drawn",
        ),
    )


def cvs(stage: str, counties: int, rules: RuleSet) -> Caption:
    """Caption the CVs of the counties."""
    name = stage_words(stage, rules)
    n = About("counties", Words(zh="", en=""), "verdicts")(counties, "n", "县数", "counties")
    title = told(
        zh=f"{n}个县{name.zh}各指标的校际差异系数",
        en=f"Coefficients of variation in {counted(n)}{name.en}",
    )
    return with_alt(
        title,
        Words(
            zh="点图,每个指标一行,每县一点,竖线为要求的上限,最大者标县名",
            en="Dots, a row an indicator, a dot a county; the line is the limit; the greatest is named",
        ),
    )

"""Titles and alternative texts of maps."""

from __future__ import annotations

import pandas as pd

from ..facts import About, told
from ..ground.distances import Origins
from ..ground.norms import Norms
from ..schema import Words
from ..standards import Indicator, RuleSet
from .captions import Caption, with_alt
from .distances import about_distance, beyond_radius
from .labels import VERDICTS, stage_words, unit_counts
from .map_words import points_word, school_word
from .places import class_counts

_SCHEMES = {
    "FisherJenks": Words(zh="自然断点", en="natural breaks"),
    "Quantiles": Words(zh="分位数", en="quantiles"),
    "EqualInterval": Words(zh="等间距", en="equal intervals"),
}


def schools_caption(places: pd.DataFrame, stage: str, rules: RuleSet) -> Caption:
    """Caption the map of schools."""
    rows, name = places[places["stage"] == stage], stage_words(stage, rules)
    judged = rows[rows["verdict"].isin(list(VERDICTS))]
    if judged.empty:
        n = About(f"units-listed/{stage}", name)(len(rows), "n", "办学单位数", "units")
        title = told(
            zh=f"{name.zh}学校分布示意图({n}个办学单位)",
            en=f"Where the {n:en} units stand{name.en}: sketch map",
        )
    else:
        _, counts = unit_counts(stage, judged["verdict"], rules)
        title = told(
            zh=f"{name.zh}学校分布示意图:达标{counts['pass']}个、未达标{counts['fail']}个、待定{counts['undetermined']}个",
            en=f"Schools{name.en}, sketch map: {counts['pass']:en} meet the rule, {counts['fail']:en} do not, {counts['undetermined']:en} undetermined",
        )
    return with_alt(
        title,
        Words(
            zh="示意图,圆点等符号为学校,大小为学生数,颜色与形状为判定",
            en="Sketch map: symbols are schools, size pupils, colour and shape the verdict",
        ),
    )


def townships_caption(stage: str, rules: RuleSet) -> Caption:
    """Caption the small maps of all indicators."""
    name = stage_words(stage, rules)
    how = (
        Words(zh="按标准分级", en="in the classes of the rule")
        if rules.has_thresholds
        else Words(zh="按数值三等分", en="in thirds of the townships")
    )
    return with_alt(
        Words(
            zh=f"{name.zh}各指标分乡镇汇总值({how.zh},示意图)",
            en=f"Indicators by township{name.en}, {how.en}: sketch maps",
        ),
        Words(
            zh=f"每个指标一幅小图,乡镇{how.zh}着色并标注汇总值",
            en=f"One small map an indicator; townships filled {how.en}, values written",
        ),
    )


def explored_caption(indicator: Indicator, stage: str, scheme: str, rules: RuleSet) -> Caption:
    """Caption a map whose classes were found in the data."""
    name, how = stage_words(stage, rules), _SCHEMES.get(scheme, Words(zh=scheme, en=scheme))
    return with_alt(
        Words(
            zh=f"{name.zh}{indicator.short.zh}分乡镇({how.zh}分级,示意图)",
            en=f"{indicator.short.en} by township{name.en}, {how.en}: sketch map",
        ),
        Words(
            zh="乡镇由浅到深表示数值由低到高,并标注数值",
            en="Townships filled from light to dark as values rise, values written",
        ),
    )


def distance_caption(
    far: pd.DataFrame, stage: str, rules: RuleSet, norms: Norms, where_from: Origins
) -> Caption:
    """Caption the map of distances; the title names the people, or places, beyond the longest radius."""
    name, points = stage_words(stage, rules), points_word(where_from)
    rows = far[far["stage"] == stage]
    zh, en = (
        f"{points.zh}到最近的{school_word(name)}的直线距离(示意图)",
        f"Straight-line distance to the nearest school{name.en}: sketch map",
    )
    if not rows.empty:
        of = beyond_radius(rows.iloc[-1], norms, points, about_distance(stage, name))
        if where_from.weighted:
            zh = f"{zh}:{of['share']}%的居民点人口超过{of['km']}千米"
            en = f"{en}; {of['share']:en}% of people live beyond {of['km']:en} km"
        else:
            zh = f"{zh}:{of['n_places']}个{points.zh}中{of['n_beyond']}个超过{of['km']}千米"
            en = f"{en}; {of['n_beyond']:en} of {of['n_places']:en} {points.en} lie beyond {of['km']:en} km"
    return with_alt(
        told(zh=zh, en=en),
        Words(
            zh=f"示意图,圆点为{points.zh},颜色由浅到深表示直线距离由近到远,十字为学校",
            en=f"Sketch map: dots are {points.en}, darker the further; crosses are schools",
        ),
    )


def classes_caption(sizes: pd.DataFrame, stage: str, rules: RuleSet, norms: Norms) -> Caption:
    """Caption the map of the largest classes."""
    name, kinds = stage_words(stage, rules), norms.class_kinds(stage)
    rows = sizes[sizes["stage"] == stage]
    counts = class_counts(rows, stage, name, kinds)
    zh = "、".join(f"{kind.zh}{counts[kind.id]}个" for kind in kinds)
    en = ", ".join(f"{kind.en}: {counts[kind.id]:en}" for kind in kinds)
    return with_alt(
        told(zh=f"{name.zh}最大班额分布示意图:{zh}", en=f"Largest classes{name.en}, sketch map: {en}"),
        Words(
            zh="示意图,符号为学校,大小为学生数,颜色与形状为最大班额类别",
            en="Sketch map: symbols are schools, size pupils, colour and shape the kind of their largest class",
        ),
    )

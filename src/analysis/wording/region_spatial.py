"""Sentences of notebook 06 on whether the gaps of neighbouring counties are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..research.comparison import Comparison
from ..research.spatial import Clustering
from ..rounding import shown
from ..schema import Words
from ..standards import Indicator, RuleSet
from .region import heading, titled

KINDS = {
    "high_high": Words(zh="高值集聚", en="high among high"),
    "low_low": Words(zh="低值集聚", en="low among low"),
    "high_low": Words(zh="高值被低值环绕", en="high among low"),
    "low_high": Words(zh="低值被高值环绕", en="low among high"),
    "not_found": Words(zh="未检出", en="none found"),
    "island": Words(zh="无可比邻县", en="no neighbour to compare"),
    "no_gap": Words(zh="缺一侧，无差距", en="a side is missing: no gap"),
    "not_tested": Words(zh="未检验", en="not tested"),
}
REASONS = {
    "few": Words(zh="县数不足，不计算", en="too few counties: not computed"),
    "alike": Words(zh="各县数值相同，不计算", en="all figures alike: not computed"),
}


def all_neighbours(
    found: Mapping[str, Clustering],
    stage: str,
    rules: RuleSet,
    choices: Comparison,
    names: Mapping[str, str],
) -> list[Words]:
    """Return a sentence on each indicator in which something is found or left out, and one on all others."""
    level = float(choices.spatial.false_discovery)
    plain = [
        id_
        for id_, result in found.items()
        if not result.reason and not result.islands and result.found.empty and result.p > level
    ]
    told = [
        neighbours_alike(rules.indicator(id_), stage, result, rules, choices, names)
        for id_, result in found.items()
        if id_ not in plain
    ]
    return [*told, _nothing_found(plain, found, stage, rules)] if plain else told


def _nothing_found(
    plain: Sequence[str], found: Mapping[str, Clustering], stage: str, rules: RuleSet
) -> Words:
    values, least = [found[id_].value for id_ in plain], min(found[id_].p for id_ in plain)
    low, high = shown(min(values), 3), shown(max(values), 3)
    heads = [heading(rules.indicator(id_), stage, rules) for id_ in plain]
    return Words(
        zh=f"{'、'.join(head.zh for head in heads)}:莫兰指数在{low}与{high}之间(双侧置换p不小于{shown(least, 4)}),"
        "与随机排列没有可辨的差别,没有检出局部集聚。",
        en=f"{', '.join(head.en for head in heads)}: Moran's I between {low} and {high} (two-sided permutation p at least "
        f"{shown(least, 4)}): not to be told from a random arrangement; no local cluster is found.",
    )


def neighbours_alike(
    indicator: Indicator,
    stage: str,
    found: Clustering,
    rules: RuleSet,
    choices: Comparison,
    names: Mapping[str, str],
) -> Words:
    """Return Moran's I of the gaps of one indicator, and which counties stand out locally, or why there is none."""
    head = heading(indicator, stage, rules)
    islands = _islands(found.islands, names)
    spatial = choices.spatial
    if found.reason == "few":
        return Words(
            zh=f"{head.zh}:有差距且有邻县可比的县{found.n}个,不足{spatial.least_counties}个,不计算空间自相关{islands.zh}。",
            en=f"{head.en}: {found.n} counties with a gap and a neighbour, fewer than {spatial.least_counties}: "
            f"no spatial autocorrelation is computed{islands.en}.",
        )
    if found.reason == "alike":
        return Words(
            zh=f"{head.zh}:各县的差相同,不计算空间自相关。",
            en=f"{head.en}: all gaps are the same; no spatial autocorrelation is computed.",
        )
    value, p = shown(found.value, 3), shown(found.p, 4)
    pattern, local = _pattern(found, float(spatial.false_discovery)), _local(found, names)
    return Words(
        zh=f"{head.zh}:莫兰指数{value}(n={found.n},双侧置换p={p}),{pattern.zh};{local.zh}{islands.zh}。",
        en=f"{head.en}: Moran's I {value} (n = {found.n}, two-sided permutation p = {p}): {pattern.en}; {local.en}{islands.en}.",
    )


def _pattern(found: Clustering, level: float) -> Words:
    if found.p > level:
        return Words(zh="与随机排列没有可辨的差别", en="not to be told from a random arrangement")
    if found.value > found.expected:
        return Words(
            zh="相邻的县比随机排列更相近", en="neighbours are more alike than in a random arrangement"
        )
    return Words(zh="相邻的县比随机排列更不同", en="neighbours are less alike than in a random arrangement")


def _local(found: Clustering, names: Mapping[str, str]) -> Words:
    rows = found.found
    if rows.empty:
        return Words(zh="没有检出局部集聚", en="no local cluster is found")
    parts = []
    for kind, group in rows.groupby("kind"):
        codes = sorted(group["county_code"])
        parts.append((KINDS[str(kind)], [names.get(code, code) for code in codes]))
    zh = "、".join(f"{kind.zh}{len(who)}个({'、'.join(who)})" for kind, who in parts)
    en = "; ".join(f"{kind.en} {len(who)} ({', '.join(who)})" for kind, who in parts)
    return Words(zh=f"局部检出{zh}", en=f"local finds: {en}")


def _islands(codes: Sequence[str], names: Mapping[str, str]) -> Words:
    if not codes:
        return Words(zh="", en="")
    who = [names.get(code, code) for code in codes]
    return Words(
        zh=f";没有可比邻县而未计入的有{len(who)}个({'、'.join(who)})",
        en=f"; left out for want of a neighbour to compare: {len(who)} ({', '.join(who)})",
    )


def how_tested(rules: RuleSet, choices: Comparison, indicators: int) -> Words:
    """Return how spatial autocorrelation was tested, and what it cannot say."""
    spatial = choices.spatial
    share = shown(100 * float(spatial.false_discovery), 0)
    minus_zh = f"{rules.area.zh['urban']}减{rules.area.zh['rural']}"
    minus_en = f"{rules.area.en['urban']} minus {rules.area.en['rural']}"
    return Words(
        zh=f"检验的量为{minus_zh}(带正负号),“高”“低”相对各县平均,不是好坏。有共同边界或公共点的县为邻县,权重按行标准化;"
        f"置换{spatial.permutations}次,随机种子{spatial.seed},双侧;局部检出按错误发现率{share}%控制(逐个指标)。"
        f"同时检验{indicators}项指标时,约每二十项会偶然有一项p低于0.05。空间相近不说明原因。",
        en=f"What is tested is {minus_en}, with its sign; high and low are against the mean of the counties, not good and "
        f"bad. Neighbours share a border or a corner; weights are row-standardised; {spatial.permutations} permutations, "
        f"seed {spatial.seed}, two-sided; local finds are held to a false-discovery rate of {share} %, indicator by "
        f"indicator. Of {indicators} indicators tested at once about one in twenty has p below 0.05 by chance. That "
        "neighbours are alike does not say why.",
    )


def no_boundary() -> Words:
    """Return that there are no polygons, hence no maps."""
    return Words(
        zh="没有各县边界图层,不画地图,不计算空间自相关。",
        en="There is no layer of county boundaries: no maps, no spatial autocorrelation.",
    )


def too_few(found: Mapping[str, Clustering], stage: str, rules: RuleSet, choices: Comparison) -> Words:
    """Return that no indicator of a stage has counties enough."""
    name = Words(zh=rules.stage_title(stage, "zh"), en=rules.stage_title(stage, "en"))
    most = max((result.n for result in found.values()), default=0)
    return Words(
        zh=f"{name.zh}有差距且有邻县可比的县最多{most}个,不足{choices.spatial.least_counties}个,不计算空间自相关。",
        en=f"At most {most} counties have a gap and a neighbour{f' ({name.en})' if name.en else ''}, fewer than "
        f"{choices.spatial.least_counties}: no spatial autocorrelation is computed.",
    )


def table_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table of Moran's I."""
    return titled(stage, rules, Words(zh="城乡差的空间自相关", en="Spatial autocorrelation of the gap"))


def list_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the list of local results."""
    return titled(stage, rules, Words(zh="分县空间集聚结果", en="Local results by county"))


def drawn(found: Mapping[str, Clustering]) -> pd.DataFrame:
    """Return the numbers behind the maps of clusters: `indicator`, `county_code`, `kind`, `p`."""
    return pd.concat([result.local.assign(indicator=id_) for id_, result in found.items()], ignore_index=True)

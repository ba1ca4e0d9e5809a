"""Sentences of notebook 06 on whether the gaps of neighbouring counties are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..facts import CHOSEN, About, Figure, told
from ..research.comparison import Comparison
from ..research.spatial import Clustering
from ..schema import Words
from ..standards import Indicator, RuleSet
from .labels import with_rate
from .region import heading, minus, titled

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
    each = [
        neighbours_alike(rules.indicator(id_), stage, result, rules, choices, names)
        for id_, result in found.items()
        if id_ not in plain
    ]
    return [*each, _nothing_found(plain, found, stage, rules)] if plain else each


def _nothing_found(
    plain: Sequence[str], found: Mapping[str, Clustering], stage: str, rules: RuleSet
) -> Words:
    of = [(rules.indicator(id_), found[id_]) for id_ in plain]
    values = [_figures(indicator, stage, result, rules)["value"] for indicator, result in of]
    low, high = (end(values, key=lambda figure: figure.fact.value) for end in (min, max))
    least = min(
        (_figures(indicator, stage, result, rules)["p"] for indicator, result in of),
        key=lambda figure: figure.fact.value,
    )
    heads = [heading(indicator, stage, rules) for indicator, _ in of]
    return told(
        zh=f"{'、'.join(head.zh for head in heads)}:莫兰指数在{low}与{high}之间(双侧置换p不小于{least}),"
        "与随机排列没有可辨的差别,没有检出局部集聚。",
        en=f"{', '.join(head.en for head in heads)}: Moran's I between {low:en} and {high:en} (two-sided permutation p at least "
        f"{least:en}): not to be told from a random arrangement; no local cluster is found.",
    )


def _about(indicator: Indicator, stage: str, rules: RuleSet) -> About:
    head = heading(indicator, stage, rules)
    return About(
        f"neighbours/{stage}/{indicator.id}", Words(zh=f"{head.zh}城乡差的", en=head.en), f"spatial-{stage}"
    )


def _figures(indicator: Indicator, stage: str, found: Clustering, rules: RuleSet) -> dict[str, Figure]:
    """Return Moran's I of one indicator, its p and its counties, as the table of the stage holds them."""
    about, row = _about(indicator, stage, rules), (with_rate(indicator),)
    return {
        "value": about(found.value, "value", "莫兰指数", "Moran's I", digits=3, row=row, column="value",
                       formula=Words(zh="邻县权重下的空间自相关系数", en="spatial autocorrelation by neighbours' weights")),
        "p": about(found.p, "p", "双侧置换p", "two-sided permutation p", digits=4, row=row, column="p",
                   formula=Words(zh="随机置换中不小于所见者的份额", en="share of permutations at least as far out")),
        "n": about(found.n, "n", "计入的县数", "counties", row=row, column="n"),
    }  # fmt: skip


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
    about, figures = _about(indicator, stage, rules), _figures(indicator, stage, found, rules)
    islands = _islands(found.islands, names, about)
    if found.reason == "few":
        n, least = figures["n"], _least(choices)
        return told(
            zh=f"{head.zh}:有差距且有邻县可比的县{n}个,不足{least}个,不计算空间自相关{islands.zh}。",
            en=f"{head.en}: {n:en} counties with a gap and a neighbour, fewer than {least:en}: "
            f"no spatial autocorrelation is computed{islands.en}.",
        )
    if found.reason == "alike":
        return Words(
            zh=f"{head.zh}:各县的差相同,不计算空间自相关。",
            en=f"{head.en}: all gaps are the same; no spatial autocorrelation is computed.",
        )
    value, p, n = figures["value"], figures["p"], figures["n"]
    pattern = _pattern(found, float(choices.spatial.false_discovery))
    local = _local(found, names, about, (with_rate(indicator),))
    return told(
        zh=f"{head.zh}:莫兰指数{value}(n={n},双侧置换p={p}),{pattern.zh};{local.zh}{islands.zh}。",
        en=f"{head.en}: Moran's I {value:en} (n = {n:en}, two-sided permutation p = {p:en}): {pattern.en}; {local.en}{islands.en}.",
    )


def _pattern(found: Clustering, level: float) -> Words:
    if found.p > level:
        return Words(zh="与随机排列没有可辨的差别", en="not to be told from a random arrangement")
    if found.value > found.expected:
        return Words(
            zh="相邻的县比随机排列更相近", en="neighbours are more alike than in a random arrangement"
        )
    return Words(zh="相邻的县比随机排列更不同", en="neighbours are less alike than in a random arrangement")


def _local(found: Clustering, names: Mapping[str, str], about: About, row: tuple[Words, ...]) -> Words:
    rows = found.found
    if rows.empty:
        return Words(zh="没有检出局部集聚", en="no local cluster is found")
    parts = []
    for kind, group in rows.groupby("kind"):
        codes = sorted(group["county_code"])
        said = KINDS[str(kind)]
        n = about(len(codes), str(kind), f"{said.zh}的县数", said.en, row=row, column=str(kind))
        parts.append((said, n, [names.get(code, code) for code in codes]))
    zh = "、".join(f"{kind.zh}{n}个({'、'.join(who)})" for kind, n, who in parts)
    en = "; ".join(f"{kind.en} {n:en} ({', '.join(who)})" for kind, n, who in parts)
    return Words(zh=f"局部检出{zh}", en=f"local finds: {en}")


def _islands(codes: Sequence[str], names: Mapping[str, str], about: About) -> Words:
    if not codes:
        return Words(zh="", en="")
    who = [names.get(code, code) for code in codes]
    n = about(len(who), "islands", "没有可比邻县的县数", "counties without a neighbour")
    return Words(
        zh=f";没有可比邻县而未计入的有{n}个({'、'.join(who)})",
        en=f"; left out for want of a neighbour to compare: {n:en} ({', '.join(who)})",
    )


def _least(choices: Comparison) -> Figure:
    return About("neighbours", Words(zh="", en=""))(
        choices.spatial.least_counties, "least", "计算空间自相关至少的县数",
        "least counties for spatial autocorrelation", formula=CHOSEN,
    )  # fmt: skip


def how_tested(rules: RuleSet, choices: Comparison, indicators: int) -> Words:
    """Return how spatial autocorrelation was tested, and what it cannot say."""
    spatial, gap = choices.spatial, minus(rules)
    about = About("spatial-test", Words(zh="空间自相关检验：", en="spatial test"))
    times = about(spatial.permutations, "permutations", "置换次数", "permutations", formula=CHOSEN)
    seed = about(spatial.seed, "seed", "随机种子", "seed", formula=CHOSEN,
                 printed=Words(zh=str(spatial.seed), en=str(spatial.seed)))  # fmt: skip
    share = about(float(spatial.false_discovery), "false-discovery", "错误发现率", "false-discovery rate",
                  percent=True, formula=CHOSEN)  # fmt: skip
    n = about(indicators, "indicators", "同时检验的指标数", "indicators tested at once")
    return told(
        zh=f"检验的量为{gap.zh}(带正负号),“高”“低”相对各县平均,不是好坏。有共同边界或公共点的县为邻县,权重按行标准化;"
        f"置换{times}次,随机种子{seed},双侧;局部检出按错误发现率{share}%控制(逐个指标)。"
        f"同时检验{n}项指标时,约每二十项会偶然有一项p低于0.05。空间相近不说明原因。",
        en=f"What is tested is {gap.en}, with its sign; high and low are against the mean of the counties, not good and "
        f"bad. Neighbours share a border or a corner; weights are row-standardised; {times:en} permutations, "
        f"seed {seed:en}, two-sided; local finds are held to a false-discovery rate of {share:en}%, indicator by "
        f"indicator. Of {n:en} indicators tested at once about one in twenty has p below 0.05 by chance. That "
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
    most = About(f"neighbours/{stage}", name)(
        max((result.n for result in found.values()), default=0),
        "most", "各指标中有差距且有邻县可比的县最多数", "most counties with a gap and a neighbour",
    )  # fmt: skip
    least = _least(choices)
    return told(
        zh=f"{name.zh}有差距且有邻县可比的县最多{most}个,不足{least}个,不计算空间自相关。",
        en=f"At most {most:en} counties have a gap and a neighbour{f' ({name.en})' if name.en else ''}, fewer than "
        f"{least:en}: no spatial autocorrelation is computed.",
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

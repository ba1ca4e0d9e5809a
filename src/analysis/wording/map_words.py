"""What stands in the key of a map, and words that sentences about places share."""

from __future__ import annotations

from itertools import pairwise

from ..ground.distances import Origins
from ..ground.norms import Norms
from ..schema import Words
from .labels import STATUSES, VERDICTS

MAP_WORDS = {
    "verdict": Words(zh="办学单位判定", en="Verdict on the unit"),
    "largest": Words(zh="最大班额", en="Largest class"),
    "money": Words(zh="规划期投入", en="Money of the plan"),
    "pupils": Words(zh="在校生数（人）", en="Pupils"),
    "unknown": Words(zh="学生数缺", en="pupils unknown"),
    "distance": Words(
        zh="居民点到最近学校的直线距离", en="Settlements by straight-line distance to the nearest school"
    ),
    "stand_in": Words(
        zh="乡镇代表点（代替居民点）到最近学校的直线距离",
        en="Township points (stand-in for settlements) by straight-line distance to the nearest school",
    ),
    "people": Words(zh="居民点人口", en="People of the settlement"),
    "symbols": Words(zh="其他", en="Also shown"),
    "school": Words(zh="有该学段的学校", en="school of the stage"),
    "township": Words(zh="乡镇汇总值", en="Township as a whole"),
    "names": Words(zh="乡镇名称\n（各图比例尺相同）", en="Townships\n(all maps at this scale)"),
}
# How a township stands as a whole, which is no verdict.
TOWNSHIP_STATUSES = {
    "met": Words(zh="达到标准", en="reaches the standard"),
    "floor": Words(zh="低于标准，不低于最低比例", en="below the standard, not below the floor"),
    "below": Words(zh="低于最低比例", en="below the floor"),
    "missing": STATUSES["missing"],
    "unjudged": STATUSES["unjudged"],
    "no_unit": Words(zh="无纳入评估的办学单位", en="no unit in scope"),
}
TOWNSHIP_THIRDS = {
    "low": Words(zh="数值较低的三分之一", en="lowest third of values"),
    "middle": Words(zh="数值居中的三分之一", en="middle third"),
    "high": Words(zh="数值较高的三分之一", en="highest third"),
}
PLACE_VERDICTS = VERDICTS | {
    "unjudged": Words(zh="不判定", en="not judged"),
    "out": Words(zh="未纳入评估", en="not in scope"),
}


def radius_classes(norms: Norms, stage: str) -> list[Words]:
    """Return the labels of the classes of distance that the radii of a stage bound, the nearest first."""
    ends = [plain_km(float(radius.km)) for radius in norms.radii(stage)]
    if not ends:
        return [Words(zh="各种距离", en="any distance")]
    inner = [Words(zh=f"{low}—{high}千米", en=f"{low} to {high} km") for low, high in pairwise(ends)]
    return [
        Words(zh=f"{ends[0]}千米以内", en=f"within {ends[0]} km"),
        *inner,
        Words(zh=f"超过{ends[-1]}千米", en=f"beyond {ends[-1]} km"),
    ]


def size_classes(norms: Norms, stage: str) -> dict[str, Words]:
    """Return the labels of the kinds of class of a stage, the smallest first, missing last."""
    kinds = norms.class_kinds(stage)
    found: dict[str, Words] = {}
    if kinds:
        low = kinds[0].at_least[stage] - 1
        found["usual"] = Words(zh=f"{low}人及以下", en=f"{low} or fewer")
    for kind, above in zip(kinds, [*kinds[1:], None], strict=True):
        start = kind.at_least[stage]
        span = (
            Words(zh=f"{start}人及以上", en=f"{start} or more")
            if above is None
            else Words(
                zh=f"{start}—{above.at_least[stage] - 1}人", en=f"{start} to {above.at_least[stage] - 1}"
            )
        )
        found[kind.id] = Words(zh=f"{kind.zh}({span.zh})", en=f"{kind.en} ({span.en})")
    found["missing"] = Words(zh="缺数据", en="no figure")
    return found


def plain_km(km: float) -> str:
    """Return a distance of the norms without trailing zeros."""
    return f"{km:g}"


def school_word(name: Words) -> str:
    """Return what a school of the stage is called in Chinese: 小学, 初中, else 学校."""
    return name.zh or "学校"


def points_word(where_from: Origins) -> Words:
    return (
        Words(zh="乡镇代表点", en="township points")
        if where_from.stand_in
        else Words(zh="居民点", en="settlements")
    )

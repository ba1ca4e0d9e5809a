"""Sentences on distances: how far it is, how many live beyond each radius, and what that cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..facts import CHOSEN, SUMMED, About, Figure, told
from ..ground.distances import Origins
from ..ground.norms import Norms
from ..schema import Words
from ..standards import RuleSet
from .labels import stage_cell, stage_words
from .map_words import plain_km, points_word, school_word


def distances(
    mean: pd.DataFrame, far: pd.DataFrame, stage: str, rules: RuleSet, norms: Norms, where_from: Origins
) -> list[Words]:
    """Return how far a stage's schools are from where people live, and how many live beyond each radius."""
    row, name = mean[mean["stage"] == stage], stage_words(stage, rules)
    if row.empty:
        return [
            Words(
                zh=f"有坐标的{school_word(name)}一所也没有,未计算直线距离。",
                en=f"No school{name.en} has coordinates: no straight-line distances.",
            )
        ]
    about = about_distance(stage, name)
    said = [_mean(row.iloc[0], name, where_from, about)]
    rows = far[far["stage"] == stage]
    if not rows.empty:
        said.append(_beyond(rows, stage, name, norms, where_from, about))
    return said


def _mean(row: pd.Series[Any], name: Words, where_from: Origins, about: About) -> Words:
    points = points_word(where_from)
    basis = (
        Words(zh="按人口加权平均", en="on average, weighted by people,")
        if row["weighted"]
        else Words(zh=f"各{points.zh}平均", en="on average, every place alike,")
    )
    listed = about.of("places", Words(zh="", en=""), table="furthest-places")
    n = listed(row["n_places"], "n", f"{points.zh}数", points.en)
    km = listed(row["km"], "mean", basis.zh, "mean distance, km", digits=1, formula=basis)
    far = listed(
        row["farthest_km"],
        "farthest",
        "最远的距离（千米）",
        "the furthest, km",
        digits=1,
        formula=_GEODESIC,
        row=(str(row["farthest"]), stage_cell(str(row["stage"]))),
        column="km",
    )
    return told(
        zh=f"{n}个{points.zh}到最近的{school_word(name)}的直线距离,{basis.zh}{km}千米,"
        f"最远的是{row['farthest']},{far}千米。",
        en=f"The straight-line distance from {n:en} {points.en} to the nearest school{name.en} is {basis.en} "
        f"{km:en} km; the furthest is {row['farthest']}, {far:en} km.",
    )


def beyond_radius(row: pd.Series[Any], norms: Norms, points: Words, about: About) -> dict[str, Figure]:
    """Return the figures beyond one radius, by the columns of the table beyond-radius that hold them."""
    radius = next(radius for radius in norms.service_radius if radius.id == row["radius"])
    km = plain_km(row["km"])
    of = about.of(radius.id, Words(zh=f"超过{km}千米的", en=f"beyond {km} km"), table="beyond-radius")
    at = (stage_cell(str(row["stage"])), Words(zh=radius.zh, en=radius.en))
    found = {
        "km": of(row["km"], "km", "服务半径（千米）", "radius, km", printed=Words(zh=km, en=km), formula=CHOSEN,
                 row=at, column="km"),
        "n_places": of(row["n_places"], "n_places", f"全部{points.zh}数", f"all {points.en}", row=at, column="n_places"),
        "n_beyond": of(row["n_beyond"], "n_beyond", f"{points.zh}数", points.en, row=at, column="n_beyond"),
    }  # fmt: skip
    if "people" in row and pd.notna(row["people"]):
        parts = (row["people_beyond"], row["people"])
        found["people_beyond"] = of(
            parts[0], "people_beyond", "人口", "people", formula=SUMMED, row=at, column="people_beyond"
        )
        found["share"] = of(row["share"], "share", "人口占比", "share of people", digits=1, percent=True, formula=_SHARE,
                            parts=parts, row=at, column="share")  # fmt: skip
    return found


def about_distance(stage: str, name: Words) -> About:
    """Return what figures on the distance to schools of a stage have in common."""
    return About(
        f"distance/{stage}", Words(zh=f"到最近的{school_word(name)}的直线距离：", en=f"distance{name.en}")
    )


_GEODESIC = Words(zh="椭球面上的直线距离", en="a geodesic")
_SHARE = Words(zh="超过的人口÷人口", en="people beyond ÷ people")


def _beyond(
    rows: pd.DataFrame, stage: str, name: Words, norms: Norms, where_from: Origins, about: About
) -> Words:
    points = points_word(where_from)
    radii = {radius.id: radius for radius in norms.radii(stage)}
    zh, en = [], []
    for _, row in rows.iterrows():
        radius, of = radii[row["radius"]], beyond_radius(row, norms, points, about)
        counted_zh, counted_en = f"{points.zh}{of['n_beyond']}个", f"{of['n_beyond']:en} {points.en}"
        if where_from.weighted:
            counted_zh += f"、{of['people_beyond']}人,占{of['share']}%"
            counted_en += f" with {of['people_beyond']:en} people, {of['share']:en}%"
        zh.append(f"超过{of['km']}千米({radius.zh})的有{counted_zh}")
        en.append(f"beyond {of['km']:en} km ({radius.en}): {counted_en}")
    unknown = about(
        rows["n_unknown"].iloc[0], "unknown", f"人口不详的{points.zh}数", f"{points.en} without people"
    )
    lost_zh = lost_en = ""
    if where_from.weighted and unknown.fact.value:
        lost_zh = f"另有{unknown}个{points.zh}人口不详,未计入人数。"
        lost_en = f" {unknown:en} {points.en} have no population and are not counted as people."
    return told(
        zh=f"到最近的{school_word(name)}的直线距离" + ";".join(zh) + f"。{lost_zh}",
        en=f"Straight-line distance to the nearest school{name.en}, " + "; ".join(en) + f".{lost_en}",
    )


def distance_caveats(where_from: Origins | None) -> list[Words]:
    """Return what the distances are of, and what they cannot say."""
    if where_from is None:
        return [
            Words(
                zh="没有居民点图层,也没有乡镇界线图层:不计算到学校的直线距离。",
                en="There are neither settlements nor township polygons: no distances are computed.",
            )
        ]
    whose = (
        Words(
            zh="没有居民点数据,以每个乡镇界内一个代表点代替居民点,只说明大致远近,不代表人口分布。",
            en="There are no settlements; one point inside each township stands in for them. It tells roughly how far it "
            "is, and nothing about how many people live there.",
        )
        if where_from.stand_in
        else Words(
            zh="人数为居民点的全部人口,不是学生数。"
            if where_from.weighted
            else "居民点没有人口数,只计居民点个数。",
            en="People are all inhabitants of the settlements, not pupils."
            if where_from.weighted
            else "The settlements have no population; only places are counted.",
        )
    )
    return [
        whose,
        Words(
            zh="直线距离按椭球面计算,不是道路里程,不考虑山、河与交通;公办、民办学校和教学点(可能只有低年级)都计入,特殊教育学校、"
            "县外学校和没有坐标的学校不计入。服务半径为规划用数,见 params/norms.yaml,可改。",
            en="Straight-line distances are geodesics, not road lengths, and know no mountains or rivers. Public and private "
            "schools and teaching points (which may have the lower grades only) count; special schools, schools beyond the "
            "county and schools without coordinates do not. Radii are planning numbers, to be edited in params/norms.yaml.",
        ),
    ]

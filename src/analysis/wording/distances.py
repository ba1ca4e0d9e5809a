"""Sentences on distances: how far it is, how many live beyond each radius, and what that cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..ground.distances import Origins
from ..ground.norms import Norms
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from .labels import stage_words
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
    told = [_mean(row.iloc[0], name, where_from)]
    rows = far[far["stage"] == stage]
    if not rows.empty:
        told.append(_beyond(rows, stage, name, norms, where_from))
    return told


def _mean(row: pd.Series[Any], name: Words, where_from: Origins) -> Words:
    points = points_word(where_from)
    basis = (
        Words(zh="按人口加权平均", en="on average, weighted by people,")
        if row["weighted"]
        else Words(zh=f"各{points.zh}平均", en="on average, every place alike,")
    )
    return Words(
        zh=f"{row['n_places']}个{points.zh}到最近的{school_word(name)}的直线距离,{basis.zh}{shown(row['km'], 1)}千米,"
        f"最远的是{row['farthest']},{shown(row['farthest_km'], 1)}千米。",
        en=f"The straight-line distance from {row['n_places']} {points.en} to the nearest school{name.en} is {basis.en} "
        f"{shown(row['km'], 1)} km; the furthest is {row['farthest']}, {shown(row['farthest_km'], 1)} km.",
    )


def _beyond(rows: pd.DataFrame, stage: str, name: Words, norms: Norms, where_from: Origins) -> Words:
    points = points_word(where_from)
    radii = {radius.id: radius for radius in norms.radii(stage)}
    zh, en = [], []
    for _, row in rows.iterrows():
        radius, km = radii[row["radius"]], plain_km(row["km"])
        counted_zh, counted_en = f"{points.zh}{row['n_beyond']}个", f"{row['n_beyond']} {points.en}"
        if where_from.weighted:
            share = shown(100 * row["share"], 1)
            counted_zh += f"、{shown(row['people_beyond'], 0)}人,占{share}%"
            counted_en += f" with {shown(row['people_beyond'], 0, 'en')} people, {share} %"
        zh.append(f"超过{km}千米({radius.zh})的有{counted_zh}")
        en.append(f"beyond {km} km ({radius.en}): {counted_en}")
    unknown = int(rows["n_unknown"].iloc[0])
    lost = (
        Words(
            zh=f"另有{unknown}个{points.zh}人口不详,未计入人数。",
            en=f" {unknown} {points.en} have no population and are not counted as people.",
        )
        if where_from.weighted and unknown
        else Words(zh="", en="")
    )
    return Words(
        zh=f"到最近的{school_word(name)}的直线距离" + ";".join(zh) + f"。{lost.zh}",
        en=f"Straight-line distance to the nearest school{name.en}, " + "; ".join(en) + f".{lost.en}",
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

"""Sentences and words of notebook 04: where schools stand, what each township has, how far it is, large classes."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from ..errors import Lang
from ..ground.norms import Norms
from ..rounding import shown, shown_against
from ..schema import Words
from ..standards import Indicator, RuleSet
from .labels import plain, rounded, stage_words
from .map_words import size_classes

_MOST_NAMED = 3


# Where schools stand


def where(placed: gpd.GeoDataFrame) -> Words:
    """Return how many schools have a place on the map."""
    known, whole = int(placed.geometry.notna().sum()), len(placed)
    if not known:
        return Words(
            zh=f"{whole}所学校都没有坐标:不绘学校分布图,不计算到学校的直线距离。在学校数据中填写经度、纬度后即可。",
            en=f"None of the {whole} schools has coordinates: no map of schools and no distances. "
            "Fill in longitude and latitude to get them.",
        )
    lacking = whole - known
    return Words(
        zh=f"{whole}所学校中{known}所有坐标"
        + (f",{lacking}所缺坐标,未绘于图上,也不计入距离。" if lacking else "。"),
        en=f"{known} of {whole} schools have coordinates"
        + (f"; the other {lacking} are not drawn and not counted in distances." if lacking else "."),
    )


def layers(
    placed: gpd.GeoDataFrame, townships: gpd.GeoDataFrame | None, boundary: gpd.GeoDataFrame | None
) -> Words | None:
    """Return what the maps lack of their ground; None when townships are there."""
    if townships is not None:
        return None
    if placed.geometry.isna().all():
        return Words(
            zh="没有乡镇界线图层:不绘乡镇分级图。",
            en="There is no layer of township polygons: townships are not filled.",
        )
    drawn = boundary is not None
    return Words(
        zh="没有乡镇界线图层:不绘乡镇分级图"
        + (",学校分布图只绘县界。" if drawn else ",学校分布图没有界线。"),
        en="There is no layer of township polygons: townships are not filled"
        + (
            ", and maps of schools show the county's boundary only."
            if drawn
            else ", and maps of schools show no borders."
        ),
    )


def verdicts_by_township(places: pd.DataFrame, stage: str, rules: RuleSet) -> Words | None:
    """Return in how many townships the units that do not meet the rule are; None where the rule judges no units."""
    rows = places[(places["stage"] == stage) & places["verdict"].isin(["pass", "fail", "undetermined"])]
    if rows.empty:
        return None
    name, failed = stage_words(stage, rules), rows[rows["verdict"] == "fail"]
    counted, open_ = failed["township_name"].value_counts(), int((rows["verdict"] == "undetermined").sum())
    if failed.empty:
        return Words(
            zh=f"{name.zh}{len(rows)}个办学单位中没有未达标的" + (f",待定{open_}个。" if open_ else "。"),
            en=f"None of the {len(rows)} units{name.en} fails the rule"
            + (f"; {open_} are undetermined." if open_ else "."),
        )
    if counted.empty:
        return Words(
            zh=f"{name.zh}{len(rows)}个办学单位中未达标的有{len(failed)}个,所在乡镇不详。",
            en=f"{len(failed)} of {len(rows)} units{name.en} do not meet the rule; their townships are not known.",
        )
    most = counted[counted == counted.iloc[0]]
    unknown = len(failed) - int(counted.sum())
    lost = (
        Words(zh=f",另有{unknown}个所在乡镇不详", en=f"; {unknown} more have no known township")
        if unknown
        else Words(zh="", en="")
    )
    if len(counted) > 1 and len(most) == len(counted):
        n = int(counted.iloc[0])
        return Words(
            zh=f"{name.zh}{len(rows)}个办学单位中未达标的有{len(failed)}个,分布在{len(counted)}个乡镇,各{n}个{lost.zh}。",
            en=f"{len(failed)} of {len(rows)} units{name.en} do not meet the rule; they lie in {len(counted)} townships, "
            f"{n} in each{lost.en}.",
        )
    return Words(
        zh=f"{name.zh}{len(rows)}个办学单位中未达标的有{len(failed)}个,分布在{len(counted)}个乡镇,"
        f"最多的是{_named(most.index, 'zh')}({counted.iloc[0]}个){lost.zh}。",
        en=f"{len(failed)} of {len(rows)} units{name.en} do not meet the rule; they lie in {len(counted)} townships, "
        f"most of them in {_named(most.index, 'en')} ({counted.iloc[0]}{' each' if len(most) > 1 else ''}){lost.en}.",
    )


# Townships


def township_each(values: pd.DataFrame, stage: str, rules: RuleSet) -> list[Words]:
    """Return for each indicator of a stage how the townships stand: against the threshold, highest, lowest."""
    rows = values[values["stage"] == stage]
    present = set(rows["indicator"])
    return [
        _townships(i, rows[rows["indicator"] == i.id], stage, rules)
        for i in rules.indicators
        if i.id in present
    ]


def _townships(indicator: Indicator, rows: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    name = stage_words(stage, rules)
    known = rows.dropna(subset=["value"])
    lacking = len(rows) - len(known)
    head = Words(zh=f"{name.zh}{indicator.title.zh}", en=f"{indicator.title.en}{name.en}")
    if known.empty:
        return Words(zh=f"{head.zh}:各乡镇都缺数据。", en=f"{head.en}: no figures in any township.")
    told = [_against(known, indicator, stage, lacking), _ends(known, indicator)]
    zh = ";".join(part.zh for part in told if part.zh)
    en = "; ".join(part.en for part in told if part.en)
    return Words(zh=f"{head.zh}:{zh}。", en=f"{head.en}: {en}.")


def _against(known: pd.DataFrame, indicator: Indicator, stage: str, lacking: int) -> Words:
    limit = indicator.threshold(stage)
    lost = (
        Words(zh=f",{lacking}个缺数据", en=f", {lacking} without a figure")
        if lacking
        else Words(zh="", en="")
    )
    if limit is None:
        return Words(
            zh=f"{len(known)}个乡镇有数据{lost.zh}", en=f"{len(known)} townships have figures{lost.en}"
        )
    met = int((known["status"] == "met").sum())
    return Words(
        zh=f"有数据的{len(known)}个乡镇中,汇总值达到标准({plain(limit)}{indicator.unit.zh})的有{met}个{lost.zh}",
        en=f"of {len(known)} townships with figures, {met} reach {plain(limit)} {indicator.unit.en} as a whole{lost.en}",
    )


def _ends(known: pd.DataFrame, indicator: Indicator) -> Words:
    if len(known) < 2:
        return Words(zh="", en="")
    printed = known["value"].map(lambda value: rounded(value, indicator.digits))
    if printed.min() == printed.max():
        return Words(zh="各乡镇持平", en="all alike")

    def end(chosen: pd.DataFrame, lang: Lang) -> str:
        value = chosen["value"].iloc[0], (chosen["threshold"].iloc[0], chosen["floor"].iloc[0])
        gap = " " if lang == "en" else ""
        names = _named(chosen["township_name"], lang)
        return f"{names}{gap}({shown_against(*value, indicator.digits, lang)})"

    high, low = known[printed == printed.max()], known[printed == printed.min()]
    return Words(
        zh=f"最高的是{end(high, 'zh')},最低的是{end(low, 'zh')}",
        en=f"highest in {end(high, 'en')}, lowest in {end(low, 'en')}",
    )


# Classes


def large_classes(sizes: pd.DataFrame, stage: str, rules: RuleSet, norms: Norms) -> Words | None:
    """Return how many units of a stage have a class of each kind; None where the norms do not know the stage."""
    kinds = norms.class_kinds(stage)
    if not kinds:
        return None
    rows, name = sizes[sizes["stage"] == stage], stage_words(stage, rules)
    lacking = int((rows["size"] == "missing").sum())
    known = len(rows) - lacking
    if not known:
        return Words(zh=f"{name.zh}没有最大班额数据。", en=f"No figures on the largest class{name.en}.")
    words = size_classes(norms, stage)
    counts = [(words[kind.id], int((rows["size"] == kind.id).sum())) for kind in kinds]
    largest = shown(rows["largest"].max(), 0)
    lost = (
        Words(zh=f",另有{lacking}个缺数据", en=f"; {lacking} have no figure")
        if lacking
        else Words(zh="", en="")
    )
    zh = "、".join(f"{kind.zh}的{n}个" for kind, n in counts)
    en = ", ".join(f"{kind.en}: {n}" for kind, n in counts)
    return Words(
        zh=f"{name.zh}有数据的{known}个办学单位中,最大班额属于{zh}{lost.zh};全县最大的班{largest}人。",
        en=f"Largest classes of {known} units with figures{name.en}: {en}{lost.en}. The largest class of the county has {largest} pupils.",
    )


def titled(stage: str, rules: RuleSet, zh: str, en: str) -> Words:
    """Return the title of a table of one stage."""
    name = stage_words(stage, rules)
    return Words(zh=f"{name.zh}{zh}", en=f"{en}{name.en}")


def _named(names: Sequence[str] | pd.Series[str] | pd.Index[str], lang: Lang) -> str:
    """Return up to three names, and that there are more."""
    listed = [str(name) for name in names]
    shown_names = ("、" if lang == "zh" else ", ").join(listed[:_MOST_NAMED])
    if len(listed) <= _MOST_NAMED:
        return shown_names
    return (
        f"{shown_names}等{len(listed)}个"
        if lang == "zh"
        else f"{shown_names} and {len(listed) - _MOST_NAMED} more"
    )

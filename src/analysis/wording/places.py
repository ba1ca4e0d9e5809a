"""Sentences and words of notebook 04: where schools stand, what each township has, how far it is, large classes."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from ..facts import CHOSEN, GIVEN, About, Figure, told
from ..ground.norms import ClassSize, Norms
from ..rounding import shown_against
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese
from .classes import begins_at
from .labels import listed, plain, rounded, stage_words
from .methods import formula

# Where schools stand


def where(placed: gpd.GeoDataFrame) -> Words:
    """Return how many schools have a place on the map."""
    n_known, n_whole = int(placed.geometry.notna().sum()), len(placed)
    about = About("places", Words(zh="学校分布：", en="places"))
    whole = about(n_whole, "n", "学校数", "schools")
    if not n_known:
        return told(
            zh=f"{whole}所学校都没有坐标:不绘学校分布图,不计算到学校的直线距离。在学校数据中填写经度、纬度后即可。",
            en=f"None of the {whole:en} schools has coordinates: no map of schools and no distances. "
            "Fill in longitude and latitude to get them.",
        )
    known = about(n_known, "known", "有坐标的学校数", "schools with coordinates")
    lacking = about(n_whole - n_known, "lacking", "缺坐标的学校数", "schools without coordinates")
    if n_whole == n_known:
        return told(zh=f"{whole}所学校均有坐标。", en=f"All {whole:en} schools have coordinates.")
    return told(
        zh=f"{whole}所学校中{known}所有坐标,{lacking}所缺坐标,未绘于图上,也不计入距离。",
        en=f"{known:en} of {whole:en} schools have coordinates; the other {lacking:en} are not drawn and not counted "
        "in distances.",
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
    counted, n_open = failed["township_name"].value_counts(), int((rows["verdict"] == "undetermined").sum())
    about = About(
        f"units/{stage}", Words(zh=f"{name.zh}办学单位：", en=f"units{name.en}"), f"schools-{stage}"
    )
    whole, fails = about(len(rows), "n", "数", "number"), about(len(failed), "fail", "未达标的数", "not met")
    open_ = about(n_open, "undetermined", "待定的数", "undetermined")
    if failed.empty:
        return told(
            zh=f"{name.zh}{whole}个办学单位中没有未达标的" + (f",待定{open_}个。" if n_open else "。"),
            en=f"None of the {whole:en} units{name.en} fails the rule"
            + (f"; {open_:en} are undetermined." if n_open else "."),
        )
    if counted.empty:
        return told(
            zh=f"{name.zh}{whole}个办学单位中未达标的有{fails}个,所在乡镇不详。",
            en=f"{fails:en} of {whole:en} units{name.en} do not meet the rule; their townships are not known.",
        )
    most = counted[counted == counted.iloc[0]]
    townships = about(len(counted), "townships", "未达标的所在乡镇数", "townships of those not met")
    top = about(counted.iloc[0], "most", "未达标最多的乡镇的数", "not met in the township with most")
    unknown = about(
        len(failed) - int(counted.sum()), "nowhere", "未达标而乡镇不详的数", "not met, no township"
    )
    lost = bool(unknown.fact.value)
    lost_zh = f",另有{unknown}个所在乡镇不详" if lost else ""
    lost_en = f"; {unknown:en} more have no known township" if lost else ""
    if len(counted) > 1 and len(most) == len(counted):
        return told(
            zh=f"{name.zh}{whole}个办学单位中未达标的有{fails}个,分布在{townships}个乡镇,各{top}个{lost_zh}。",
            en=f"{fails:en} of {whole:en} units{name.en} do not meet the rule; they lie in {townships:en} townships, "
            f"{top:en} in each{lost_en}.",
        )
    return told(
        zh=f"{name.zh}{whole}个办学单位中未达标的有{fails}个,分布在{townships}个乡镇,"
        f"最多的是{listed(most.index, 'zh', about, '个')}({top}个){lost_zh}。",
        en=f"{fails:en} of {whole:en} units{name.en} do not meet the rule; they lie in {townships:en} townships, "
        f"most of them in {listed(most.index, 'en', about)} ({top:en}{' each' if len(most) > 1 else ''}){lost_en}.",
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
    about = About(f"townships/{stage}/{indicator.id}", head, f"townships-{stage}", chinese(indicator.clause))
    parts = [_against(known, indicator, stage, lacking, about), _ends(known, indicator, rules, about)]
    zh = ";".join(part for part, _ in parts if part)
    en = "; ".join(part for _, part in parts if part)
    return told(zh=f"{head.zh}:{zh}。", en=f"{head.en}: {en}.")


def _against(
    known: pd.DataFrame, indicator: Indicator, stage: str, lacking: int, about: About
) -> tuple[str, str]:
    limit = indicator.threshold(stage)
    gone = about(lacking, "missing", "：缺数据的乡镇数", "townships without a figure")
    lost_zh, lost_en = (f",{gone}个缺数据", f", {gone:en} without a figure") if lacking else ("", "")
    n = about(len(known), "n", "：有数据的乡镇数", "townships with figures")
    if limit is None:
        return f"{n}个乡镇有数据{lost_zh}", f"{n:en} townships have figures{lost_en}"
    met = about(
        (known["status"] == "met").sum(), "met", "：达到标准的乡镇数", "townships that reach the standard"
    )
    line = about(
        float(limit),
        "standard",
        "：标准",
        "standard",
        printed=Words(zh=plain(limit), en=plain(limit)),
        formula=GIVEN,
    )
    return (
        f"有数据的{n}个乡镇中,汇总值达到标准({line}{indicator.unit.zh})的有{met}个{lost_zh}",
        f"of {n:en} townships with figures, {met:en} reach {line:en} {indicator.unit.en} as a whole{lost_en}",
    )


def _ends(known: pd.DataFrame, indicator: Indicator, rules: RuleSet, about: About) -> tuple[str, str]:
    if len(known) < 2:
        return "", ""
    printed = known["value"].map(lambda value: rounded(value, indicator.digits))
    if printed.min() == printed.max():
        return "各乡镇持平", "all alike"
    high, low = (_end(known[printed == end], key, indicator, rules, about) for key, end in
                 (("highest", printed.max()), ("lowest", printed.min())))  # fmt: skip
    return f"最高的是{high[0]},最低的是{low[0]}", f"highest in {high[1]}, lowest in {low[1]}"


def _end(
    chosen: pd.DataFrame, key: str, indicator: Indicator, rules: RuleSet, about: About
) -> tuple[str, str]:
    """Return the townships at one end with their value, in Chinese and in English."""
    first = chosen.iloc[0]
    bounds = first["threshold"], first["floor"]
    name = str(first["township_name"])
    value = about(
        first["value"],
        key,
        "：乡镇最高值" if key == "highest" else "：乡镇最低值",
        f"{key} of the townships",
        printed=Words(
            zh=shown_against(first["value"], bounds, indicator.digits, "zh"),
            en=shown_against(first["value"], bounds, indicator.digits, "en"),
        ),
        formula=formula(indicator, rules),
        row=(name,),
        column=indicator.id,
    )
    names, at_end = chosen["township_name"], about.of(key, Words(zh="", en=key))
    zh, en = listed(names, "zh", at_end, "个"), listed(names, "en", at_end)
    return f"{zh}({value})", f"{en} ({value:en})"


# Classes


def large_classes(sizes: pd.DataFrame, stage: str, rules: RuleSet, norms: Norms) -> Words | None:
    """Return how many units of a stage have a class of each kind; None where the norms do not know the stage."""
    kinds = norms.class_kinds(stage)
    if not kinds:
        return None
    rows, name = sizes[sizes["stage"] == stage], stage_words(stage, rules)
    lacking = int((rows["size"] == "missing").sum())
    if len(rows) == lacking:
        return Words(zh=f"{name.zh}没有最大班额数据。", en=f"No figures on the largest class{name.en}.")
    about = _about_classes(stage, name)
    known = about(len(rows) - lacking, "n", "有数据的办学单位数", "units with figures")
    counts = class_counts(rows, stage, name, kinds)
    largest = about(rows["largest"].max(), "largest", "最大的班学生数", "pupils of the largest class")
    gone = about(lacking, "missing", "缺数据的办学单位数", "units without figures")
    lost_zh, lost_en = (f",另有{gone}个缺数据", f"; {gone:en} have no figure") if lacking else ("", "")
    spans = [_span(kind, above, stage, about) for kind, above in zip(kinds, [*kinds[1:], None], strict=True)]
    zh = "、".join(
        f"{kind.zh}({span[0]})的{counts[kind.id]}个" for kind, span in zip(kinds, spans, strict=True)
    )
    en = ", ".join(
        f"{kind.en} ({span[1]}): {counts[kind.id]:en}" for kind, span in zip(kinds, spans, strict=True)
    )
    return told(
        zh=f"{name.zh}有数据的{known}个办学单位中,最大班额属于{zh}{lost_zh};全县最大的班{largest}人。",
        en=f"Largest classes of {known:en} units with figures{name.en}: {en}{lost_en}. The largest class of the county has {largest:en} pupils.",
    )


def _span(kind: ClassSize, above: ClassSize | None, stage: str, about: About) -> tuple[str, str]:
    """Return from how many pupils to how many a class is of a kind."""
    first = begins_at(kind, stage, about)
    if above is None:
        return f"{first}人及以上", f"{first:en} or more"
    last = about(
        above.at_least[stage] - 1,
        f"{kind.id}/to",
        f"{kind.zh}终点人数",
        f"a {kind.en} ends at",
        formula=CHOSEN,
    )
    return f"{first}—{last}人", f"{first:en} to {last:en}"


def class_counts(
    rows: pd.DataFrame, stage: str, name: Words, kinds: Sequence[ClassSize]
) -> dict[str, Figure]:
    """Return how many units have a largest class of each kind. `rows`: of `places.class_sizes`, of one stage."""
    about = _about_classes(stage, name)
    return {
        kind.id: about(
            (rows["size"] == kind.id).sum(), kind.id, f"{kind.zh}的办学单位数", f"units with a {kind.en}"
        )
        for kind in kinds
    }


def _about_classes(stage: str, name: Words) -> About:
    return About(
        f"class-size/{stage}",
        Words(zh=f"{name.zh}最大班额：", en=f"largest classes{name.en}"),
        "large-classes",
    )


def titled(stage: str, rules: RuleSet, zh: str, en: str) -> Words:
    """Return the title of a table of one stage."""
    name = stage_words(stage, rules)
    return Words(zh=f"{name.zh}{zh}", en=f"{en}{name.en}")

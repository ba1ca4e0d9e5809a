"""Sentences of notebook 01: what the county has, and who is judged."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .. import schema
from ..errors import Fault, Level
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from .labels import OUT_REASONS


def schools_and_pupils(schools: pd.DataFrame, county: Words) -> Words:
    """
    Return how many schools, pupils and teachers there are; the parts add up to the whole.

    `schools`: one year of the canonical table. A figure that any school lacks is said to be incomplete.
    """
    kinds = schools["school_type_code"].map({code: entry.kind for code, entry in _types().items()})
    counts = [
        (entry, int((schools["school_type_code"] == code).sum()))
        for code, entry in _types().items()
        if (schools["school_type_code"] == code).any()
    ]
    unknown = int(kinds.isna().sum())
    zh = "、".join(f"{entry.zh}{n}所" for entry, n in counts) + (
        f"、类型不明{unknown}所" if unknown and counts else ""
    )
    en = ", ".join(f"{n} {entry.en}{'s' if n != 1 else ''}" for entry, n in counts)
    zh, en = (f",其中{zh}", f": {en}") if counts else ("", "")
    pupils, teachers = _stage_sums(schools, "pupils"), _stage_sums(schools, "teachers")
    return Words(
        zh=f"{county.zh}现有学校{len(schools)}所{zh};{pupils.zh};{teachers.zh}。",
        en=f"{county.en} has {len(schools)} schools{en}; {pupils.en}; {teachers.en}.",
    )


def scope(units: pd.DataFrame, rules: RuleSet) -> Words:
    """Return which units are judged and which are left out, with the reasons counted."""
    inside, outside = units[units["in_scope"]], units[~units["in_scope"]]
    judged = Words(
        zh=f"纳入评估的学校{inside['school_id'].nunique()}所,共{len(inside)}个办学单位",
        en=f"{inside['school_id'].nunique()} schools with {len(inside)} units are judged",
    )
    if outside.empty:
        return Words(zh=f"{judged.zh};没有学校被排除。", en=f"{judged.en}; none is left out.")
    reasons = outside.groupby("out_reason")["school_id"].nunique()
    zh = "、".join(f"{OUT_REASONS[str(r)].zh}{n}所" for r, n in reasons.items())
    en = ", ".join(f"{n} ({OUT_REASONS[str(r)].en})" for r, n in reasons.items())
    clause = rules.scope.clause or rules.source
    return Words(
        zh=f"{judged.zh}。未纳入:{zh}(依据:{clause})。范围的取舍可能改变结论。",
        en=f"{judged.en}. Left out: {en} (under: {clause}). What is in scope can change the verdict.",
    )


def missing(judged: pd.DataFrame) -> Words:
    """Return how many figures of units in scope are missing, and of how many units."""
    inside = judged[judged["in_scope"]]
    lacking = inside[inside["value"].isna()]
    if lacking.empty:
        return Words(
            zh=f"纳入评估的办学单位{len(inside)}个指标数据齐全。",
            en=f"All {len(inside)} figures of the units in scope are known.",
        )
    units = len(lacking[["school_id", "stage"]].drop_duplicates())
    return Words(
        zh=f"纳入评估的办学单位应有指标数据{len(inside)}个,缺{len(lacking)}个,涉及{units}个办学单位;"
        "缺数据不按零计,也不视为达标。",
        en=f"Of {len(inside)} figures of the units in scope {len(lacking)} are missing, in {units} unit{'s' if units != 1 else ''}; "
        "a missing figure is neither zero nor a pass.",
    )


def checks(faults: Sequence[Fault]) -> Words:
    """Return how many questions the checks asked and how many were explained."""
    asked = [fault for fault in faults if fault.level is Level.EXPLAIN]
    explained = sum(bool(fault.explanation) for fault in asked)
    if not asked:
        return Words(
            zh="逻辑校验全部通过,经验校验没有需要说明的数据。",
            en="All checks passed; nothing asks for an explanation.",
        )
    return Words(
        zh=f"逻辑校验全部通过;经验校验提示{len(asked)}处,已说明{explained}处,未说明{len(asked) - explained}处。",
        en=f"The logical checks passed; the empirical checks ask about {len(asked)} places, {explained} of them "
        f"explained, {len(asked) - explained} not.",
    )


def corrections(applied: pd.DataFrame) -> Words:
    """Return how many figures were corrected on reading, of how many schools."""
    if applied.empty:
        return Words(zh="没有更正数据。", en="No figure was corrected.")
    n, schools = len(applied), applied["school_id"].nunique()
    return Words(
        zh=f"读取时按更正表更正{n}个数,涉及{schools}所学校;原值、新值、理由、更正人和日期见表。",
        en=f"{n} figure{'s' if n != 1 else ''} of {schools} school{'s' if schools != 1 else ''} "
        f"{'were' if n != 1 else 'was'} corrected on reading; the table gives old and new value, reason, person and date.",
    )


JOINING = {
    "units": Words(zh="纳入评估的办学单位", en="Units in scope"),
    "small": Words(zh="因学生数少未纳入", en="Left out as too small"),
    "rural": Words(zh="乡村在校生", en="Rural pupils"),
    "combined": Words(zh="综合", en="All together"),
}


def branches(listed: pd.DataFrame, year: int) -> Words:
    """Return how many rows of a year are not counted as schools, how many were joined, and how many changed area."""
    own = listed[listed["year"] == year]
    joined = own[own["parent_id"].notna()]
    moved = joined[
        joined["area3"].notna() & joined["parent_area3"].notna() & (joined["area3"] != joined["parent_area3"])
    ]
    alone = len(own) - len(joined)
    return Words(
        zh=f"统计上不计校数的教学点、校区{len(own)}个,已按指定并入所属学校{len(joined)}个,其中{len(moved)}个的城乡分类随之改变;"
        f"未指定的{alone}个单独列为一行。",
        en=f"{len(own)} rows are not counted as schools: {len(joined)} joined to the school named for them, {len(moved)} of "
        f"which change area with it; {alone} without one stand alone.",
    )


def joining(effects: pd.DataFrame, year: int) -> Words:
    """Return how many coefficients of variation joining changes, and how many verdicts on them."""
    own = effects[(effects["year"] == year) & (effects["measure"] == "cv")]
    changed = own[own["before"] != own["after"]]
    turned = own[own["verdict_before"].notna() & (own["verdict_before"] != own["verdict_after"])]
    return Words(
        zh=f"并入前后,{len(own)}项差异系数中{len(changed)}项数值不同,{len(turned)}项的判定不同。",
        en=f"Joining changes {len(changed)} of {len(own)} coefficients of variation, and the verdict on {len(turned)}.",
    )


def peak(pupils: pd.Series[float], name: Words) -> Words:
    """Return when enrolment peaked and what share of the peak the last year has. `pupils`: indexed by year."""
    known = pupils.dropna().sort_index()
    if known.empty:
        return Words(zh=f"{name.zh}在校生数缺数据。", en=f"No enrolment figures ({name.en}).")
    years = [int(year) for year in known.index.to_list()]
    top, last = years[int(known.to_numpy().argmax())], years[-1]
    zh_top, zh_last = shown(known[top], 0), shown(known[last], 0)
    en_top, en_last = shown(known[top], 0, "en"), shown(known[last], 0, "en")
    if len(years) == 1:
        return Words(
            zh=f"{name.zh}在校生{last}年为{zh_last}人。", en=f"{en_last} pupils ({name.en}) in {last}."
        )
    if top == last:
        return Words(
            zh=f"{name.zh}在校生{last}年为{zh_last}人,为{years[0]}年以来最高。",
            en=f"{en_last} pupils ({name.en}) in {last}, the highest since {years[0]}.",
        )
    share = shown(100 * known[last] / known[top], 1)
    return Words(
        zh=f"{name.zh}在校生在{top}年最多,为{zh_top}人,{last}年为{zh_last}人,为最多时的{share}%。",
        en=f"Enrolment ({name.en}) was highest in {top} with {en_top} pupils; {en_last} in {last}, {share} % of that.",
    )


def _types() -> dict[str, schema.Code]:
    return schema.codes("school_type")


def _stage_sums(schools: pd.DataFrame, what: str) -> Words:
    title = (
        Words(zh="在校生", en="pupils") if what == "pupils" else Words(zh="专任教师", en="full-time teachers")
    )
    whole = schools[f"{what}_compulsory"]
    if whole.notna().any():  # a source that gives grades 1-9 together gives the stages in part, or twice over
        total = whole.sum()
        return Words(
            zh=f"义务教育阶段{title.zh}{shown(total, 0)}人",
            en=f"{shown(total, 0, 'en')} {title.en} in grades 1–9",
        )
    stages = [s for s in schema.STAGES if schools[f"{what}_{s}"].notna().any()]
    if not stages:
        return Words(zh=f"{title.zh}数缺数据", en=f"no figures of {title.en}")
    sums = {stage: schools[f"{what}_{stage}"].sum() for stage in stages}
    total = sum(sums.values())
    names = schema.codes("stages")
    zh = "、".join(f"{names[s].zh}{shown(n, 0)}人" for s, n in sums.items() if n)
    en = ", ".join(f"{names[s].en} {shown(n, 0, 'en')}" for s, n in sums.items() if n)
    return Words(
        zh=f"{title.zh}{shown(total, 0)}人,其中{zh}",
        en=f"{shown(total, 0, 'en')} {title.en} ({en})",
    )

"""Sentences of notebook 01: what the county has, and who is judged."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .. import schema
from ..errors import Fault, Level
from ..facts import SUMMED, About, told
from ..schema import Words
from ..standards import RuleSet
from .labels import OUT_REASONS, school_year


def schools_and_pupils(schools: pd.DataFrame, county: Words) -> Words:
    """
    Return how many schools, pupils and teachers there are; the parts add up to the whole.

    `schools`: one year of the canonical table. A figure that any school lacks is said to be incomplete.
    """
    about = About("schools", Words(zh="全部学校", en="all schools"), table="schools-by-area")
    kinds = schools["school_type_code"].map({code: entry.kind for code, entry in _types().items()})
    counts = [
        (
            entry,
            n,
            about(
                n,
                f"n/{code}",
                f"{entry.zh}数",
                f"{entry.en}s",
                row=(Words(zh=entry.zh, en=entry.en),),
                column="n_all",
            ),
        )
        for code, entry in _types().items()
        if (n := int((schools["school_type_code"] == code).sum()))
    ]
    unknown = int(kinds.isna().sum())
    n_unknown = about(unknown, "n/unknown", "类型不明的学校数", "schools of unknown type")
    zh = "、".join(f"{entry.zh}{figure}所" for entry, _, figure in counts) + (
        f"、类型不明{n_unknown}所" if unknown and counts else ""
    )
    en = ", ".join(f"{figure:en} {entry.en}{'s' if n != 1 else ''}" for entry, n, figure in counts)
    zh, en = (f",其中{zh}", f": {en}") if counts else ("", "")
    whole = about(len(schools), "n", "学校数", "schools", row=(_TOTAL,), column="n_all")
    pupils, teachers = _stage_sums(schools, "pupils", about), _stage_sums(schools, "teachers", about)
    return told(
        zh=f"{county.zh}现有学校{whole}所{zh};{pupils[0]};{teachers[0]}。",
        en=f"{county.en} has {whole:en} schools{en}; {pupils[1]}; {teachers[1]}.",
    )


def scope(units: pd.DataFrame, rules: RuleSet) -> Words:
    """Return which units are judged and which are left out, with the reasons counted."""
    inside, outside = units[units["in_scope"]], units[~units["in_scope"]]
    clause = rules.scope.clause or rules.source
    about = About("scope", Words(zh="评估范围：", en="scope"), table="sources", clause=clause)
    schools = about(inside["school_id"].nunique(), "schools", "纳入评估的学校数", "schools judged")
    n = about(len(inside), "units", "纳入评估的办学单位数", "units judged")
    zh, en = (
        f"纳入评估的学校{schools}所,共{n}个办学单位",
        f"{schools:en} schools with {n:en} units are judged",
    )
    if outside.empty:
        return told(zh=f"{zh};没有学校被排除。", en=f"{en}; none is left out.")
    out = about.of("out", Words(zh="未纳入的学校数：", en="schools left out"), table="left-out")
    reasons = {
        str(reason): out(int(n), str(reason), OUT_REASONS[str(reason)].zh, OUT_REASONS[str(reason)].en)
        for reason, n in outside.groupby("out_reason")["school_id"].nunique().items()
    }
    why_zh = "、".join(f"{OUT_REASONS[r].zh}{n}所" for r, n in reasons.items())
    why_en = ", ".join(f"{n:en} ({OUT_REASONS[r].en})" for r, n in reasons.items())
    return told(
        zh=f"{zh}。未纳入:{why_zh}(依据:{clause})。范围的取舍可能改变结论。",
        en=f"{en}. Left out: {why_en} (under: {clause}). What is in scope can change the verdict.",
    )


def missing(judged: pd.DataFrame) -> Words:
    """Return how many figures of units in scope are missing, and of how many units."""
    inside = judged[judged["in_scope"]]
    lacking = inside[inside["value"].isna()]
    about = About("missing", Words(zh="纳入评估的办学单位：", en="units in scope"), table="missing-figures")
    whole = about.of("of", Words(zh="", en=""), table="sources")(
        len(inside), "figures", "应有指标数据数", "figures"
    )
    if lacking.empty:
        return told(
            zh=f"纳入评估的办学单位{whole}个指标数据齐全。",
            en=f"All {whole:en} figures of the units in scope are known.",
        )
    n = len(lacking[["school_id", "stage"]].drop_duplicates())
    units = about(n, "units", "缺数据的办学单位数", "units that lack figures")
    gone = about(len(lacking), "missing", "缺的指标数据数", "figures missing")
    return told(
        zh=f"纳入评估的办学单位应有指标数据{whole}个,缺{gone}个,涉及{units}个办学单位;"
        "缺数据不按零计,也不视为达标。",
        en=f"Of {whole:en} figures of the units in scope {gone:en} are missing, in {units:en} unit{'s' if n != 1 else ''}; "
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
    about = About("checks", Words(zh="经验校验：", en="empirical checks"), table="checks")
    whole = about(len(asked), "asked", "提示处数", "places asked about")
    done = about(explained, "explained", "已说明处数", "explained")
    left = about(len(asked) - explained, "open", "未说明处数", "not explained")
    return told(
        zh=f"逻辑校验全部通过;经验校验提示{whole}处,已说明{done}处,未说明{left}处。",
        en=f"The logical checks passed; the empirical checks ask about {whole:en} places, {done:en} of them "
        f"explained, {left:en} not.",
    )


def corrections(applied: pd.DataFrame) -> Words:
    """Return how many figures were corrected on reading, of how many schools."""
    if applied.empty:
        return Words(zh="没有更正数据。", en="No figure was corrected.")
    n, n_schools = len(applied), applied["school_id"].nunique()
    about = About("corrections", Words(zh="更正：", en="corrections"), table="corrections")
    figures = about(n, "figures", "更正的数", "figures corrected")
    schools = about(n_schools, "schools", "涉及学校数", "schools")
    return told(
        zh=f"读取时按更正表更正{figures}个数,涉及{schools}所学校;原值、新值、理由、更正人和日期见表。",
        en=f"{figures:en} figure{'s' if n != 1 else ''} of {schools:en} school{'s' if n_schools != 1 else ''} "
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
    about = About("branches", Words(zh="教学点、校区：", en="rows not counted as schools"), table="branches")
    rows = about(len(own), "rows", "不计校数的个数", "rows")
    into = about(len(joined), "joined", "并入所属学校的个数", "joined to their school")
    area = about(len(moved), "moved", "城乡分类随之改变的个数", "whose area changes")
    alone = about(len(own) - len(joined), "alone", "未指定所属学校的个数", "without a school named")
    return told(
        zh=f"统计上不计校数的教学点、校区{rows}个,已按指定并入所属学校{into}个,其中{area}个的城乡分类随之改变;"
        f"未指定的{alone}个单独列为一行。",
        en=f"{rows:en} rows are not counted as schools: {into:en} joined to the school named for them, {area:en} of "
        f"which change area with it; {alone:en} without one stand alone.",
    )


def joining(effects: pd.DataFrame, year: int) -> Words:
    """Return how many coefficients of variation joining changes, and how many verdicts on them."""
    own = effects[(effects["year"] == year) & (effects["measure"] == "cv")]
    changed = own[own["before"] != own["after"]]
    turned = own[own["verdict_before"].notna() & (own["verdict_before"] != own["verdict_after"])]
    about = About("joining", Words(zh="并入前后：差异系数", en="joining, coefficients"), table="joining")
    whole = about(len(own), "all", "项数", "all")
    other = about(len(changed), "changed", "数值不同的项数", "of another value")
    verdicts = about(len(turned), "turned", "判定不同的项数", "of another verdict")
    return told(
        zh=f"并入前后,{whole}项差异系数中{other}项数值不同,{verdicts}项的判定不同。",
        en=f"Joining changes {other:en} of {whole:en} coefficients of variation, and the verdict on {verdicts:en}.",
    )


def peak(pupils: pd.Series[float], name: Words) -> Words:
    """Return when enrolment peaked and what share of the peak the last year has. `pupils`: indexed by year."""
    known = pupils.dropna().sort_index()
    if known.empty:
        return Words(zh=f"{name.zh}在校生数缺数据。", en=f"No enrolment figures ({name.en}).")
    years = [int(year) for year in known.index.to_list()]
    top, last = years[int(known.to_numpy().argmax())], years[-1]
    about = About(f"enrolment/{name.en}", name)
    most, now = (
        about(known[y], str(y), "在校生", "pupils", formula=SUMMED, when=school_year(y)) for y in (top, last)
    )
    if len(years) == 1:
        return told(zh=f"{name.zh}在校生{last}年为{now}人。", en=f"{now:en} pupils ({name.en}) in {last}.")
    if top == last:
        return told(
            zh=f"{name.zh}在校生{last}年为{now}人,为{years[0]}年以来最高。",
            en=f"{now:en} pupils ({name.en}) in {last}, the highest since {years[0]}.",
        )
    parts = (known[last], known[top])
    share = about(
        parts[0] / parts[1], "share", *_OF_PEAK, digits=1, percent=True, formula=_SHARE, parts=parts
    )
    return told(
        zh=f"{name.zh}在校生在{top}年最多,为{most}人,{last}年为{now}人,为最多时的{share}%。",
        en=f"Enrolment ({name.en}) was highest in {top} with {most:en} pupils; {now:en} in {last}, {share:en}% of that.",
    )


_TOTAL = Words(zh="合计", en="All")
_OF_PEAK = ("在校生占最多时的比例", "pupils as a share of the most")
_SHARE = Words(zh="末年在校生÷最多年份在校生", en="pupils of the last year ÷ pupils of the year with most")


def _types() -> dict[str, schema.Code]:
    return schema.codes("school_type")


def _stage_sums(schools: pd.DataFrame, what: str, about: About) -> tuple[str, str]:
    """Return the sum of pupils or teachers with its stages, in Chinese and in English."""
    title = (
        Words(zh="在校生", en="pupils") if what == "pupils" else Words(zh="专任教师", en="full-time teachers")
    )
    of = about.of(what, Words(zh="", en=""), table="schools-by-area")
    whole = schools[f"{what}_compulsory"]
    if whole.notna().any():  # a source that gives grades 1-9 together gives the stages in part, or twice over
        total = of(
            whole.sum(), "compulsory", f"义务教育阶段{title.zh}数", f"{title.en}, grades 1–9", formula=SUMMED
        )
        return f"义务教育阶段{title.zh}{total}人", f"{total:en} {title.en} in grades 1–9"
    stages = [s for s in schema.STAGES if schools[f"{what}_{s}"].notna().any()]
    if not stages:
        return f"{title.zh}数缺数据", f"no figures of {title.en}"
    sums = {stage: schools[f"{what}_{stage}"].sum() for stage in stages}
    names = schema.codes("stages")
    total = of(
        sum(sums.values()),
        "all",
        f"{title.zh}数",
        title.en,
        formula=SUMMED,
        row=(_TOTAL,),
        column="pupils_all" if what == "pupils" else "",
    )
    parts = {
        stage: of(
            n, stage, f"{names[stage].zh}{title.zh}数", f"{title.en}, {names[stage].en}", formula=SUMMED
        )
        for stage, n in sums.items()
        if n
    }
    zh = "、".join(f"{names[s].zh}{n}人" for s, n in parts.items())
    en = ", ".join(f"{names[s].en} {n:en}" for s, n in parts.items())
    return f"{title.zh}{total}人,其中{zh}", f"{total:en} {title.en} ({en})"

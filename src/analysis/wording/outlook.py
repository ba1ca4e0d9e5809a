"""Sentences of notebook 05 on what is to come: pupils projected, and what happens if nothing is done."""

from __future__ import annotations

import pandas as pd

from ..enrolment import Projection
from ..programme import Programme
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet

VARIANTS = {
    "low": Words(zh="低方案", en="low"),
    "middle": Words(zh="中方案", en="middle"),
    "high": Words(zh="高方案", en="high"),
}
PAST_ERRORS = Words(zh="往年误差区间", en="interval from past errors")


# Pupils to come


def pupils_to_come(totals: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """
    Return when, from the base year on, the pupils of a stage are most, and what the last year has of it, in the middle variant.

    `totals`: `enrolment.stage_totals` by variant, year and stage.
    """
    of_stage = totals[totals["stage"] == stage]
    middle = of_stage[of_stage["variant"] == "middle"].set_index("year")["pupils"]
    first, last = int(middle.index.min()), int(middle.index.max())
    peak = int(middle.index[int(middle.argmax())])
    ends = {
        v: of_stage[(of_stage["variant"] == v) & (of_stage["year"] == last)]["pupils"].sum() for v in VARIANTS
    }
    name = rules.stage_name(stage)
    share = shown(100 * middle[last] / middle[peak], 1)
    if middle[first] == middle[last] == middle[peak]:
        zh = f"预计保持在{shown(middle[last], 0)}人左右"
        en = f"stay at about {shown(middle[last], 0, 'en')} to {last}"
    elif peak == last:
        zh, en = (
            f"逐年变化至{last}年达到期内最多,为{shown(middle[last], 0)}人左右",
            (f"are most in the last year, {last}: about {shown(middle[last], 0, 'en')}"),
        )
    else:
        zh = (
            f"{first}—{last}年以{'基年' if peak == first else ''}{peak}年最多,为{shown(middle[peak], 0)}人"
            f"{'' if peak == first else '左右'},至{last}年为{shown(middle[last], 0)}人左右,为最多时的{share}%"
        )
        en = (
            f"are, of {first}–{last}, most in {peak} ({shown(middle[peak], 0, 'en')}) and about {shown(middle[last], 0, 'en')} in {last}, "
            f"{share}% of the most"
        )
    return Words(
        zh=f"{name.zh}在校生{zh}(低、高方案{shown(ends['low'], 0)}—{shown(ends['high'], 0)}人)。",
        en=f"Pupils ({name.en}) {en} (low and high variants: {shown(ends['low'], 0, 'en')}–{shown(ends['high'], 0, 'en')}).",
    )


def without_stages() -> Words:
    """Return why no pupils are projected under rules that take the school whole."""
    return Words(
        zh="所用标准以学校为单位、不分学段，不作分学段的在校生预测。",
        en="This rule set takes the school whole, without stages: pupils are not projected by stage.",
    )


def where_assumed(projection: Projection, rules: RuleSet) -> list[Words]:
    """Return from which year on the projection of each stage rests on assumed births."""
    found = []
    rows = projection.pupils[(projection.pupils["grade"] == 0) & (projection.pupils["basis"] == "assumed")]
    known = projection.births_until
    for stage in rules.judged_stages:
        years = rows.loc[rows["stage"] == stage, "year"]
        if years.empty:
            continue
        name, first = rules.stage_name(stage), int(years.min())
        why = (
            Words(zh=f"出生人口有数据到{known}年", en=f"births are known to {known}")
            if known is not None
            else Words(zh="没有出生人口数据", en="there are no births on file")
        )
        found.append(
            Words(
                zh=f"{why.zh}:{name.zh}在校生从{first}年起含有假定的出生或招生人数,图中以虚线、表中以标记表示。",
                en=f"{why.en.capitalize()}: from {first} on, pupils ({name.en}) include assumed births or entrants, dashed in "
                "the chart and marked in the table.",
            )
        )
    return found


def past_errors(tested: pd.DataFrame, rules: RuleSet) -> Words:
    """Return how far the method was off the years held back."""
    if tested.empty:
        return Words(
            zh="学校数据不足三年,不能回测预测误差。",
            en="Fewer than three years are on file: the method cannot be tested on the past.",
        )
    last = tested[tested["year"] == tested["year"].max()]
    zh, en = [], []
    for row in last.to_dict("records"):
        name = rules.stage_name(str(row["stage"]))
        own, same = (shown(100 * row[k], 1) for k in ("school_error", "same_school_error"))
        total, before = (shown(100 * row[k], 1) for k in ("error", "same_error"))
        zh.append(
            f"{name.zh}总数误差{total}%(按“与{row['year'] - row['ahead']}年相同”推算为{before}%),"
            f"学校平均误差{own}%(同上为{same}%)"
        )
        en.append(
            f"{name.en}: total {total}% off (“same as {row['year'] - row['ahead']}”: {before}%), schools {own}% on average ({same}%)"
        )
    year = int(last["year"].iloc[0])
    return Words(
        zh=f"回测:用{year - int(last['ahead'].iloc[0])}年及以前的数据预测{year}年,{';'.join(zh)}。",
        en=f"Tested on the past: {year} predicted from {year - int(last['ahead'].iloc[0])} and before; {'; '.join(en)}.",
    )


def interval(totals: pd.DataFrame, rules: RuleSet) -> Words | None:
    """Return between what numbers past errors put the pupils of the last year. `totals`: `enrolment.with_interval`."""
    last = totals[totals["year"] == totals["year"].max()].dropna(subset=["least", "most"])
    if last.empty:
        return None
    zh, en = [], []
    for row in last.to_dict("records"):
        name = rules.stage_name(str(row["stage"]))
        zh.append(f"{name.zh}{shown(row['least'], 0)}—{shown(row['most'], 0)}人")
        en.append(f"{name.en} {shown(row['least'], 0, 'en')}–{shown(row['most'], 0, 'en')}")
    year = int(last["year"].iloc[0])
    return Words(
        zh=f"按往年误差推算,{year}年在校生在以下区间:{'、'.join(zh)}(误差随预测年数的平方根放大,图中以点纹表示)。",
        en=f"Past errors put the pupils of {year} at: {', '.join(en)} (errors grow with the square root of the years ahead; "
        "dotted in the chart).",
    )


# If nothing is done


def nothing_done(stones: pd.DataFrame) -> Words:
    """Return how many schools meet the rule in the base and the last year when nothing is done. `stones`: `milestones`."""
    now, later = stones.iloc[0], stones.iloc[-1]
    return Words(
        zh=f"不新增投入时,{later['n_schools']}所学校中达标的由{now['year']}年的{now['nothing_pass']}所变为"
        f"{later['year']}年的{later['nothing_pass']}所,未达标{later['nothing_fail']}所、待定{later['nothing_undetermined']}所;"
        f"差异系数超过限值的{later['nothing_cv_fail']}项。其间的变化只来自学生数。",
        en=f"With nothing done, {now['nothing_pass']} of {now['n_schools']} schools meet the rule in {now['year']} and "
        f"{later['nothing_pass']} of {later['n_schools']} in {later['year']} ({later['nothing_fail']} do not, "
        f"{later['nothing_undetermined']} are undetermined); {later['nothing_cv_fail']} coefficients are above their limit. "
        "Only pupils change in between.",
    )


def balance(places: pd.DataFrame, staff: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return by stage what places and teachers are short or to spare in the base and the last year."""
    found = []
    for stage in rules.judged_stages:
        seats = places[(places["stage"] == stage) & (places["area3"] == "all")].set_index("year")["balance"]
        people = staff[staff["stage"] == stage].set_index("year")["balance"]
        name, first, last = rules.stage_name(stage), int(seats.index.min()), int(seats.index.max())
        zh = [_over(seats[y], "个学位", y, "富余", "短缺") for y in (first, last)]
        zh += [_over(people[y], "名教师", y, "超配", "少配") for y in (first, last)]
        en = [_over_en(seats[y], "places", y) for y in (first, last)]
        en += [_over_en(people[y], "teachers", y) for y in (first, last)]
        found.append(Words(zh=f"{name.zh}:{'，'.join(zh)}。", en=f"{name.en.capitalize()}: {', '.join(en)}."))
    return found


def _over(number: float, unit: str, year: int, more: str, fewer: str) -> str:
    if pd.isna(number):
        return f"{year}年{unit[1:]}余缺不详(缺数据)"
    return f"{year}年{more if number >= 0 else fewer}{shown(abs(number), 0)}{unit}"


def _over_en(number: float, unit: str, year: int) -> str:
    if pd.isna(number):
        return f"{unit} in {year} not known"
    return f"{shown(abs(number), 0, 'en')} {unit} {'to spare' if number >= 0 else 'short'} in {year}"


def small(found: pd.DataFrame, programme: Programme, last_year: int) -> Words:
    """Return how many schools will be small. `found`: `planning.small_schools`."""
    lines = [shown(programme.given(name), 0) for name in ("small_school", "tiny_school")]
    n, tiny = int((found["below"] != "none").sum()), int((found["below"] == "tiny").sum())
    return Words(
        zh=f"到{last_year}年,预计不足{lines[0]}人的学校(含教学点){n}所,其中不足{lines[1]}人的{tiny}所。"
        "是否保留、怎样办学由县里研究决定,测算不作撤并。",
        en=f"In {last_year}, {n} schools and teaching points are projected below {lines[0]} pupils, {tiny} of them below "
        f"{lines[1]}. What becomes of them is for people to decide: no school is closed here.",
    )

"""Sentences of notebook 05 on what is to come: pupils projected, and what happens if nothing is done."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..enrolment import Projection
from ..facts import CHOSEN, About, Figure, told
from ..programme import Programme
from ..schema import Words
from ..standards import RuleSet
from .labels import school_year, stage_cell
from .plan_figures import milestone

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
    name = rules.stage_name(stage)
    about = About(f"pupils-ahead/{stage}", name, "pupils-projected")

    def pupils(variant: str, year: int) -> Figure:
        rows = of_stage[(of_stage["variant"] == variant) & (of_stage["year"] == year)]
        words, when = VARIANTS[variant], school_year(year)
        return about(
            rows["pupils"].sum(), f"{variant}/{year}", f"{year}年在校生（{words.zh}）", f"pupils {year}, {words.en}",
            formula=PROJECTED, when=when, row=(str(year),), column=f"{stage} {variant}",
        )  # fmt: skip

    then, most = pupils("middle", last), pupils("middle", peak)
    if middle[first] == middle[last] == middle[peak]:
        zh, en = f"预计保持在{then}人左右", f"stay at about {then:en} to {last}"
    elif peak == last:
        zh = f"逐年变化至{last}年达到期内最多,为{then}人左右"
        en = f"reach their highest in the last year, {last}: about {then:en}"
    else:
        parts = (middle[last], middle[peak])
        share = about(
            parts[0] / parts[1], "share", "末年在校生占最多时的比例", "pupils of the last year as a share of the most",
            digits=1, percent=True, formula=_OF_MOST, parts=parts, when=school_year(last),
        )  # fmt: skip
        zh = (
            f"{first}—{last}年以{'基年' if peak == first else ''}{peak}年最多,为{most}人"
            f"{'' if peak == first else '左右'},至{last}年为{then}人左右,为最多时的{share}%"
        )
        en = (
            f"peak in {peak} ({most:en}) within {first}–{last} and come to about {then:en} in {last}, "
            f"{share:en}% of the peak"
        )
    low, high = pupils("low", last), pupils("high", last)
    return told(
        zh=f"{name.zh}在校生{zh}(低、高方案{low}—{high}人)。",
        en=f"Pupils ({name.en}) {en} (low and high variants: {low:en}–{high:en}).",
    )


PROJECTED = Words(zh="出生人口、升级比例推算", en="projected from births and progression")
_OF_MOST = Words(zh="末年在校生÷最多年份在校生", en="pupils of the last year ÷ pupils of the year with most")


def without_stages() -> Words:
    """Return why no pupils are projected under rules that take the school whole."""
    return Words(
        zh="所用标准以学校为单位、不分学段，不作分学段的在校生预测。",
        en="This rule set takes the school whole, without stages: pupils are not projected by stage.",
    )


def where_assumed(projection: Projection, rules: RuleSet) -> list[Words]:
    """Return from which year on the projection of each stage rests on assumed births."""
    found: list[Words] = []
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
            told(
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
        name, year, from_ = rules.stage_name(str(row["stage"])), row["year"], row["year"] - row["ahead"]
        about = About(f"backtest/{row['stage']}", name, "backtest", when=school_year(int(year)))
        errors = {
            kind: about(
                row[kind],
                kind,
                words.zh,
                words.en,
                digits=1,
                percent=True,
                formula=_BY_SCHOOL if "school" in kind else _IN_ALL,
                row=(str(year), stage_cell(str(row["stage"])), str(row["ahead"])),
                column=kind,
            )
            for kind, words in _TESTED.items()
        }
        total, before, own, same = errors.values()
        zh.append(
            f"{name.zh}总数误差{total}%(按“与{from_}年相同”推算为{before}%),学校平均误差{own}%(同上为{same}%)"
        )
        en.append(
            f"{name.en}: total {total:en}% off (“same as {from_}”: {before:en}%), schools {own:en}% on average ({same:en}%)"
        )
    year = int(last["year"].iloc[0])
    return told(
        zh=f"回测:用{year - int(last['ahead'].iloc[0])}年及以前的数据预测{year}年,{';'.join(zh)}。",
        en=f"Tested on the past: {year} predicted from {year - int(last['ahead'].iloc[0])} and before; {'; '.join(en)}.",
    )


_IN_ALL = Words(zh="（预测在校生－实际在校生）÷实际在校生", en="(predicted − filed) ÷ filed")
_BY_SCHOOL = Words(zh="Σ|预测－实际|÷Σ实际", en="Σ |predicted − filed| ÷ Σ filed")
_TESTED = {
    "error": Words(zh="总数误差", en="total off"),
    "same_error": Words(zh="总数误差（按不变推算）", en="total off, “as before”"),
    "school_error": Words(zh="学校平均误差", en="schools off"),
    "same_school_error": Words(zh="学校平均误差（按不变推算）", en="schools off, “as before”"),
}


def interval(totals: pd.DataFrame, rules: RuleSet) -> Words | None:
    """Return between what numbers past errors put the pupils of the last year. `totals`: `enrolment.with_interval`."""
    last = totals[totals["year"] == totals["year"].max()].dropna(subset=["least", "most"])
    if last.empty:
        return None
    year, zh, en = int(last["year"].iloc[0]), [], []
    for row in last.to_dict("records"):
        stage = str(row["stage"])
        name = rules.stage_name(stage)
        about = About(f"pupils-ahead/{stage}", name, "pupils-projected", when=school_year(year))
        least, most = (
            about(row[end], end, f"{year}年在校生{words[0]}", f"pupils {year}, {words[1]}", formula=_FROM_ERRORS,
                  row=(str(year),), column=f"{stage} {end}")
            for end, words in (("least", ("误差下限", "past errors, low")), ("most", ("误差上限", "past errors, high")))
        )  # fmt: skip
        zh.append(f"{name.zh}{least}—{most}人")
        en.append(f"{name.en} {least:en}–{most:en}")
    return told(
        zh=f"按往年误差推算,{year}年在校生在以下区间:{'、'.join(zh)}(误差随预测年数的平方根放大,图中以点纹表示)。",
        en=f"Past errors put the pupils of {year} at: {', '.join(en)} (errors grow with the square root of the years ahead; "
        "dotted in the chart).",
    )


_FROM_ERRORS = Words(
    zh="中方案×（1±往年误差×√预测年数）", en="middle variant × (1 ± past error × √years ahead)"
)


# If nothing is done


def nothing_done(stones: pd.DataFrame) -> Words:
    """Return how many schools meet the rule in the base and the last year when nothing is done. `stones`: `milestones`."""
    now, later = stones.iloc[0], stones.iloc[-1]
    whole, begun = milestone(later, "n_schools"), milestone(now, "nothing_pass")
    met, fail, open_, cv = (
        milestone(later, f"nothing_{k}") for k in ("pass", "fail", "undetermined", "cv_fail")
    )
    first = milestone(now, "n_schools")
    return told(
        zh=f"不新增投入时,{whole}所学校中达标的由{now['year']}年的{begun}所变为"
        f"{later['year']}年的{met}所,未达标{fail}所、待定{open_}所;"
        f"差异系数超过限值的{cv}项。其间的变化只来自学生数。",
        en=f"With nothing done, {begun:en} of {first:en} schools meet the rule in {now['year']} and "
        f"{met:en} of {whole:en} in {later['year']} ({fail:en} do not, "
        f"{open_:en} are undetermined); {cv:en} coefficients are above their limit. "
        "Only pupils change in between.",
    )


def balance(places: pd.DataFrame, staff: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return by stage what places and teachers are short or to spare in the base and the last year."""
    found: list[Words] = []
    for stage in rules.judged_stages:
        seats = places[(places["stage"] == stage) & (places["area3"] == "all")].set_index("year")["balance"]
        people = staff[staff["stage"] == stage].set_index("year")["balance"]
        name, ends = rules.stage_name(stage), (int(seats.index.min()), int(seats.index.max()))
        about = About(f"balance/{stage}", name)
        said = [_over(about, stage, seats[year], year, _SEATS) for year in ends]
        said += [_over(about, stage, people[year], year, _STAFF) for year in ends]
        found.append(
            told(
                zh=f"{name.zh}:{'，'.join(zh for zh, _ in said)}。",
                en=f"{name.en.capitalize()}: {', '.join(en for _, en in said)}.",
            )
        )
    return found


@dataclass(frozen=True)
class _Balance:
    """How a balance is told: what it is of, what it is called where it is above or below, its formula and table."""

    unit: Words
    more: str
    fewer: str
    formula: Words
    table: str


_SEATS = _Balance(
    Words(zh="个学位", en="places"), "富余", "短缺", Words(zh="学位－在校生", en="places − pupils"), "places"
)
_STAFF = _Balance(
    Words(zh="名教师", en="teachers"),
    "超配",
    "少配",
    Words(zh="现有－应配", en="on hand − needed"),
    "staffing",
)


def _over(about: About, stage: str, number: float, year: int, of: _Balance) -> tuple[str, str]:
    if pd.isna(number):
        return f"{year}年{of.unit.zh[1:]}余缺不详(缺数据)", f"{of.unit.en} in {year} not known"
    by_stage = of is _STAFF
    figure = about.of(of.table, Words(zh="", en=""), table=of.table)(
        abs(number), str(year), f"{year}年{of.unit.zh[1:]}余缺（绝对值）", f"{of.unit.en} to spare or short, {year}",
        formula=of.formula, when=school_year(year), column="balance" if by_stage else f"{stage} balance",
        row=(str(year), stage_cell(stage)) if by_stage else (str(year),),
    )  # fmt: skip
    above = number >= 0
    return (
        f"{year}年{of.more if above else of.fewer}{figure}{of.unit.zh}",
        f"{figure:en} {of.unit.en} {'to spare' if above else 'short'} in {year}",
    )


def small(found: pd.DataFrame, programme: Programme, last_year: int) -> Words:
    """Return how many schools will be small. `found`: `planning.small_schools`."""
    about = About("small-schools", Words(zh="", en=""), "small-schools", when=school_year(last_year))
    lines = [
        about.of("line", programme.parameter(name), table="planning-parameters")(
            programme.given(name), name, "", "", formula=CHOSEN
        )
        for name in ("small_school", "tiny_school")
    ]
    n = about((found["below"] != "none").sum(), "n", "预计规模小的学校数", "schools projected small")
    tiny = about(
        (found["below"] == "tiny").sum(), "tiny", "预计规模很小的学校数", "schools projected very small"
    )
    return told(
        zh=f"到{last_year}年,预计不足{lines[0]}人的学校(含教学点){n}所,其中不足{lines[1]}人的{tiny}所。"
        "是否保留、怎样办学由县里研究决定,测算不作撤并。",
        en=f"In {last_year}, {n:en} schools and teaching points are projected below {lines[0]:en} pupils, {tiny:en} of them below "
        f"{lines[1]:en}. What becomes of them is for people to decide: no school is closed here.",
    )

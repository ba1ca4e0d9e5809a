"""Sentences of notebook 06: how counties compare, how their gaps moved, and whether neighbours are alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import Lang
from ..facts import CHOSEN, About, Figure, told
from ..research.comparison import Comparison, few_on_a_side
from ..rounding import shown
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese
from .labels import VERDICTS, rate, with_rate

_AT_MOST_NAMED = 3  # counties that share a place; of more only the number is told
_TOP_OF_PROFILE = 3


def heading(indicator: Indicator, stage: str, rules: RuleSet) -> Words:
    """Return the indicator with its stage: 小学生均…, Area per pupil (primary)."""
    stage_en = rules.stage_title(stage, "en")
    return Words(
        zh=f"{rules.stage_title(stage, 'zh')}{indicator.short.zh}",
        en=indicator.short.en + (f" ({stage_en})" if stage_en else ""),
    )


def counted(n: Figure) -> str:
    """Return a number of counties in English."""
    return f"{n:en} {'county' if n.fact.value == 1 else 'counties'}"


def about_gaps(indicator: Indicator, stage: str, rules: RuleSet) -> About:
    """Return what figures on the gaps of one indicator have in common: the line of its table that holds them."""
    head = heading(indicator, stage, rules)
    return About(
        f"gaps/{stage}/{indicator.id}",
        Words(zh=f"{head.zh}：", en=head.en),
        f"overview-{stage}",
        chinese(rules.area.clause or rules.source),
    )


def n_compared(indicator: Indicator, stage: str, n: int, rules: RuleSet) -> Figure:
    """Return how many counties have both sides of an indicator."""
    about = about_gaps(indicator, stage, rules)
    return about(n, "n", "可比的县数", "counties compared", row=(with_rate(indicator),), column="n")


def minus(rules: RuleSet) -> Words:
    """Return what the gap is: 城镇减乡村."""
    sides = rules.area
    return Words(
        zh=f"{sides.zh['urban']}减{sides.zh['rural']}", en=f"{sides.en['urban']} minus {sides.en['rural']}"
    )


def amount(indicator: Indicator, width: float, lang: Lang) -> str:
    """Return a difference with its unit and denominator; the difference of two percentages is in percentage points."""
    unit = rate(indicator, lang)
    if indicator.unit[lang] == "%":
        unit = "个百分点" if lang == "zh" else "percentage points"
    return shown(width, indicator.digits, lang) + ("" if lang == "zh" else " ") + unit


def gap_told(indicator: Indicator, difference: float, rules: RuleSet, figure: Figure | None = None) -> Words:
    """
    Return which side is higher and by how much; with the sides swapped the words are swapped.

    `figure`: the difference as a figure of the sentence, where the sentence tells its figures.
    """
    if difference == 0:
        return Words(zh="两侧持平", en="both sides alike")
    side, width = "urban" if difference > 0 else "rural", abs(difference)
    by = width_told(indicator, width) if figure is None else Words(zh=f"{figure}", en=f"{figure:en}")
    return Words(
        zh=f"{rules.area.zh[side]}高{by.zh}",
        en=f"{rules.area.en[side]} higher by {by.en}",
    )


def width_told(indicator: Indicator, width: float) -> Words:
    """Return a difference with its unit and denominator (see `amount`)."""
    return Words(zh=amount(indicator, width, "zh"), en=amount(indicator, width, "en"))


def compared(
    indicator: Indicator, stage: str, gaps: pd.DataFrame, rules: RuleSet, names: Mapping[str, str]
) -> Words:
    """
    Return how the gaps of one indicator lie over the counties: which side is higher where, the middle, the widest.

    `gaps`: `comparison.county_gaps` of one year, stage and indicator.
    """
    head = heading(indicator, stage, rules)
    known = gaps.dropna(subset=["difference"])
    if known.empty:
        return Words(zh=f"{head.zh}:没有县两侧都有数据。", en=f"{head.en}: no county has both sides.")
    about, row = about_gaps(indicator, stage, rules), (with_rate(indicator),)
    n = n_compared(indicator, stage, len(known), rules)
    if (known["higher"] == "equal").all():
        return told(
            zh=f"{head.zh}:可比的{n}个县,两侧均持平。",
            en=f"{head.en}: {counted(n)} with both sides, alike in all of them.",
        )
    half = _halves(known["difference"].median(), indicator)
    middle = about(half, "median", "城乡差的中位数", "median of the gaps", formula=minus(rules), row=row,
                   column="median", printed=width_told(indicator, abs(half)))  # fmt: skip
    median = gap_told(indicator, half, rules, middle)
    sides = sides_told(known["higher"], rules, indicator, stage)
    widest = _widest(indicator, stage, known, rules, names)
    return told(
        zh=f"{head.zh}:可比的{n}个县中,{sides.zh};各县城乡差的中位数为{median.zh};{widest.zh}。",
        en=f"{head.en}: of {counted(n)} with both sides {sides.en}; in the median, {median.en}; {widest.en}.",
    )


def _halves(value: float, indicator: Indicator) -> float:
    """Return a median as it prints, so that one that rounds to nothing is told as no difference."""
    return float(shown(value, indicator.digits))


def sides_told(higher: pd.Series[str], rules: RuleSet, indicator: Indicator, stage: str) -> Words:
    """Return in how many counties which side is higher, the more frequent one first; its figures are told by `told`."""
    about, row = about_gaps(indicator, stage, rules), (with_rate(indicator),)
    counts = {side: int((higher == side).sum()) for side in ("urban", "rural", "equal")}
    order = sorted(("urban", "rural"), key=lambda side: -counts[side])
    figures = [
        (side, about(counts[side], side, f"{rules.area.zh[side]}较高的县数", f"counties with {rules.area.en[side]} higher",
                     row=row, column=f"n_{side}"))
        for side in order
        if counts[side]
    ]  # fmt: skip
    zh = [f"{rules.area.zh[side]}较高的{n}个" for side, n in figures]
    en = [f"{rules.area.en[side]} is higher in {n:en}" for side, n in figures]
    if counts["equal"]:
        alike = about(
            counts["equal"], "equal", "持平的县数", "counties alike on both sides", row=row, column="n_equal"
        )
        zh, en = [*zh, f"持平的{alike}个"], [*en, f"the sides are alike in {alike:en}"]
    return Words(zh="、".join(zh), en=", ".join(en))


def _widest(
    indicator: Indicator, stage: str, known: pd.DataFrame, rules: RuleSet, names: Mapping[str, str]
) -> Words:
    first = known[known["rank"] == 1].sort_values("county_code")
    if len(first) > _AT_MOST_NAMED:
        about, width = about_gaps(indicator, stage, rules), float(first["width"].iloc[0])
        widest = about(width, "widest", "最大的差距", "widest gap", formula=minus(rules),
                       printed=width_told(indicator, width))  # fmt: skip
        n = about(len(first), "n-widest", "差距最大的县数", "counties with the widest gap")
        return Words(zh=f"差距最大为{widest},有{n}个县", en=f"the widest gap is {widest:en}, in {counted(n)}")
    each = [
        (name := names[row["county_code"]], _of_county(indicator, stage, row, rules, name))
        for row in first.to_dict("records")
    ]
    zh, en = "、".join(f"{n}({of.zh})" for n, of in each), "; ".join(f"{n} ({of.en})" for n, of in each)
    return Words(zh=f"差距最大的是{zh}", en=f"the widest gap is in {en}")


def _of_county(indicator: Indicator, stage: str, row: Mapping[Any, Any], rules: RuleSet, name: str) -> Words:
    about = about_gaps(indicator, stage, rules).of(
        row["county_code"], Words(zh=name, en=name), table="every-county"
    )
    held: tuple[Words | str, ...] = (name, with_rate(indicator))
    if stage in rules.stages:
        held += (rules.stages[stage],)
    gap = about(row["difference"], "gap", "城乡差", "gap", formula=minus(rules), row=held, column="difference",
                printed=width_told(indicator, row["width"]))  # fmt: skip
    how = gap_told(indicator, row["difference"], rules, gap)
    sides = ("urban", "rural") if row["difference"] >= 0 else ("rural", "urban")
    schools = {
        side: about(row[f"n_{side}"], f"n/{side}", f"{rules.area.zh[side]}学校数", f"{rules.area.en[side]} schools",
                    row=held, column=f"n_{side}")
        for side in sides
    }  # fmt: skip
    zh = "、".join(f"{rules.area.zh[side]}{n}所" for side, n in schools.items())
    en = ", ".join(f"{n:en} {rules.area.en[side]}" for side, n in schools.items())
    return Words(zh=f"{how.zh};{zh}", en=f"{how.en}; schools: {en}")


def not_compared(lacking: pd.DataFrame, stage: str, rules: RuleSet, names: Mapping[str, str]) -> list[Words]:
    """Return which counties are not ranked and why. `lacking`: `comparison.without_a_side`."""
    said: list[Words] = []
    groups = lacking.fillna({"indicator": ""}).groupby(["side", "reason", "indicator"], sort=False)
    for key, rows in groups:
        side, reason, indicator = map(str, key)
        codes = sorted(rows["county_code"].unique())
        who = Words(zh="、".join(names[c] for c in codes), en=", ".join(names[c] for c in codes))
        stage_zh, stage_en = rules.stage_title(stage, "zh"), rules.stage_title(stage, "en")
        about = About(
            f"not-ranked/{stage}/{side}/{reason}/{indicator}", Words(zh=stage_zh, en=stage_en), "every-county"
        )
        n = about(
            len(codes),
            "n",
            f"{rules.area.zh[side]}一侧没有学校或数据的县数",
            f"counties without {rules.area.en[side]} figures",
        )
        if reason == "no_unit":
            said.append(
                told(
                    zh=f"评估范围内没有{rules.area.zh[side]}{stage_zh or '学校'}的县有{n}个,不排名:{who.zh}。",
                    en=f"No {rules.area.en[side]} {f'{stage_en} school' if stage_en else 'school'} in scope in {counted(n)}, not ranked: "
                    f"{who.en}.",
                )
            )
        else:
            head = heading(rules.indicator(indicator), stage, rules)
            said.append(
                told(
                    zh=f"{head.zh}:{rules.area.zh[side]}一侧缺数据的县有{n}个,不排名:{who.zh}。",
                    en=f"{head.en}: no {rules.area.en[side]} figure in {counted(n)}, not ranked: {who.en}.",
                )
            )
    return said


def few_units(gaps: pd.DataFrame, stage: str, choices: Comparison) -> Words:
    """Return how many ranked counties have a side of very few units. `gaps`: one year."""
    rows = gaps[(gaps["stage"] == stage) & gaps["difference"].notna()]
    n_few = int(rows.loc[few_on_a_side(rows, choices.few_units), "county_code"].nunique())
    about = About(f"few/{stage}", Words(zh="", en=""), "every-county")
    n = about(rows["county_code"].nunique(), "n", "可比的县数", "counties compared")
    few = about(n_few, "few", "有一侧单位过少的县数", "counties with few units on a side")
    least = about(choices.few_units, "least", "一侧的办学单位数", "units of a side", formula=CHOSEN)
    if not n_few:
        return told(
            zh=f"可比的{n}个县,两侧都不少于{least}个办学单位。",
            en=f"{counted(n)} compared, none with fewer than {least:en} units on a side.",
        )
    return told(
        zh=f"可比的{n}个县中,有{few}个县至少一侧不足{least}个办学单位,图中以空心标出:"
        "这样的一侧增减一个单位,差距和名次就可能大不相同。",
        en=f"In {few:en} of {counted(n)} compared a side has fewer than {least:en} units (hollow in the figures): one "
        "unit more or less may change such a gap and its rank a great deal.",
    )


def verdicts(counties: pd.DataFrame, rules: RuleSet, names: Mapping[str, str]) -> Words:
    """Return how many counties meet the rule, and which. `counties`: `assessment.county_verdicts` of one year."""
    about = About("counties", Words(zh="", en=""), "verdicts", chinese(rules.source))
    whole = about(len(counties), "n", "县数", "counties")
    parts_zh, parts_en = [], []
    for verdict, words in VERDICTS.items():
        codes = sorted(counties.loc[counties["verdict"] == verdict, "county_code"])
        who = [names[code] for code in codes]
        n = about(len(who), verdict, f"{words.zh}的县数", f"counties {words.en}")
        named = 0 < len(who) <= 2 * _AT_MOST_NAMED
        parts_zh.append(f"{words.zh}{n}个" + (f"({'、'.join(who)})" if named else ""))
        parts_en.append(f"{words.en} {n:en}" + (f" ({', '.join(who)})" if named else ""))
    return told(
        zh=f"按{rules.title.zh}中由学校数据判定的部分,{whole}个县中{'、'.join(parts_zh)}。",
        en=f"By what {rules.title.en} judges from school data, of {counted(whole)}: {', '.join(parts_en)}.",
    )


def dispersion(spread: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return in how many counties each CV of a stage is above its limit. `spread`: one year, all counties."""
    rows = spread[(spread["stage"] == stage) & spread["limit"].notna()]
    name = Words(zh=rules.stage_title(stage, "zh"), en=rules.stage_title(stage, "en"))
    if rows.empty:
        return Words(zh=f"{name.zh}没有差异系数的要求。", en=f"No limit of dispersion ({name.en}).")
    parts_zh, parts_en = [], []
    for indicator, group in rows.groupby("indicator", sort=False):
        short = (
            Words(zh="综合差异系数", en="mean CV")
            if indicator == "combined"
            else rules.indicator(str(indicator)).short
        )
        about = About(
            f"cv-above/{stage}/{indicator}",
            Words(zh=f"{name.zh}{short.zh}：", en=", ".join(t for t in (name.en, short.en) if t)),
            "county-cvs",
            chinese(rules.source),
        )
        above = about(
            (group["verdict"] == "fail").sum(), "above", "差异系数高于要求的县数", "CV above the limit"
        )
        n = about(len(group), "n", "有差异系数要求的县数", "counties with a limit")
        parts_zh.append(f"{short.zh}{above}/{n}")
        parts_en.append(f"{short.en} {above:en} of {n:en}")
    return told(
        zh=f"{name.zh}差异系数高于要求的县(高于要求的县数/县数):{'、'.join(parts_zh)}。",
        en=f"Counties whose CV is above the limit ({name.en}): {'; '.join(parts_en)}.",
    )


def profile(gaps: pd.DataFrame, rules: RuleSet, verdict: str | None = None) -> Words:
    """
    Return one county in a sentence: which side is higher in how many indicators, and its highest ranks.

    `gaps`: rows of `comparison.county_gaps` of one county and year, any number of stages.
    """
    known = gaps.dropna(subset=["difference"])
    judged = Words(zh="", en="")
    if verdict is not None and verdict in VERDICTS:
        judged = Words(zh=f"判定:{VERDICTS[verdict].zh}。", en=f"Verdict: {VERDICTS[verdict].en}. ")
    if known.empty:
        return Words(
            zh=f"{judged.zh}缺少一侧的学校或数据,没有可比的指标。",
            en=f"{judged.en}A side has no school or no figures: nothing can be compared.",
        )
    counts = known["higher"].value_counts()
    order = sorted(("urban", "rural"), key=lambda side: -int(counts.get(side, 0)))
    zh = [f"{rules.area.zh[side]}较高{counts[side]}项" for side in order if side in counts]
    en = [f"{rules.area.en[side]} higher in {counts[side]}" for side in order if side in counts]
    if "equal" in counts:
        zh, en = [*zh, f"持平{counts['equal']}项"], [*en, f"alike in {counts['equal']}"]
    apart = known[known["width"] > 0]
    places = _places(apart, rules)
    return Words(
        zh=f"{judged.zh}可比的{len(known)}项指标中{'、'.join(zh)}{places.zh}。",
        en=f"{judged.en}Of {len(known)} indicators compared: {', '.join(en)}{places.en}.",
    )


def _places(apart: pd.DataFrame, rules: RuleSet) -> Words:
    """Return the indicators in which the county's gap ranks highest."""
    if apart.empty:
        return Words(zh="", en="")
    top = apart.assign(_share=apart["rank"] / apart["n"]).sort_values(["_share", "stage", "indicator"])
    zh, en = [], []
    for row in top.head(_TOP_OF_PROFILE).to_dict("records"):
        indicator = rules.indicator(row["indicator"])
        head, how = heading(indicator, row["stage"], rules), gap_told(indicator, row["difference"], rules)
        zh.append(f"{head.zh}第{int(row['rank'])}位(共{row['n']}县,{how.zh})")
        en.append(f"{head.en} {int(row['rank'])} of {row['n']} ({how.en})")
    return Words(zh=f";差距名次最靠前的:{'、'.join(zh)}", en=f"; highest ranks by width: {'; '.join(en)}")


def overview_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table of all counties."""
    return titled(stage, rules, Words(zh="各指标分县城乡差概况", en="Gaps of the counties by indicator"))


def titled(stage: str, rules: RuleSet, title: Words) -> Words:
    """Return a title with its stage."""
    if stage not in rules.stages:
        return title
    return Words(zh=f"{rules.stages[stage].zh}{title.zh}", en=f"{title.en}, {rules.stages[stage].en}")


def what_it_cannot_say() -> Words:
    """Return what a comparison of counties cannot say."""
    return Words(
        zh="名次按差距的大小排,不分哪一侧高,也不是好坏的名次:两侧都低的县差距可以很小。生均指标随学生数变化。"
        "以上为描述,不说明原因。",
        en="Ranks go by the width of the gap, whichever side is higher, and are no ranks of merit: where both sides are low "
        "the gap may be small. Per-pupil figures move with enrolment. The above describes; it does not explain.",
    )

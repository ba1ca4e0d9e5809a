"""Sentences of notebook 03: how the two areas compare, and how figures move."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from ..errors import Lang
from ..facts import About, Figure, told
from ..gaps import comparable
from ..rounding import shown
from ..schema import Words
from ..standards import Indicator, RuleSet
from .gap_figures import side_figures
from .labels import rounded, row_of, sign


def urban_rural(indicator: Indicator, stage: str, row: pd.Series[Any], rules: RuleSet) -> Words:
    """Return how the two sides of one indicator compare; with the sides swapped the sentence reverses."""
    stage_name = Words(zh=rules.stage_title(stage, "zh"), en=rules.stage_title(stage, "en"))
    head = Words(
        zh=f"{stage_name.zh}{indicator.title.zh}",
        en=f"{indicator.title.en}" + (f" ({stage_name.en})" if stage_name.en else ""),
    )
    for side in ("urban", "rural"):
        if pd.isna(row[side]):
            names = Words(zh=rules.area.zh[side], en=rules.area.en[side])
            return Words(
                zh=f"{head.zh}:{names.zh}没有可比的数据。",
                en=f"{head.en}: no comparable figures for {names.en} schools.",
            )
    figures = side_figures(indicator, stage, row, rules)
    return told(
        zh=f"{head.zh}:{_pair(indicator, row, figures, rules, 'zh')}。",
        en=f"{head.en}: {_pair(indicator, row, figures, rules, 'en')}.",
    )


def has_both_sides(gaps: pd.DataFrame, stage: str) -> bool:
    """Return whether a stage has a figure on either side, without which there is nothing to compare."""
    rows = gaps[gaps["stage"] == stage]
    return bool(rows["urban"].notna().any() and rows["rural"].notna().any())


def sides_known(gaps: pd.DataFrame) -> list[str]:
    """Return the sides that have any figure."""
    return [side for side in ("urban", "rural") if gaps[side].notna().any()]


def shortages(lacking: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return in which indicators units lack anything. `lacking`: rows of gaps.shortfalls with a gap above 0."""
    name = rules.stage_name(stage)
    held = set(lacking["indicator"])
    short = [i.short for i in rules.indicators if i.id in held]
    if not short:
        return Words(
            zh=f"{name.zh}有数据的办学单位各项指标均达标,没有缺口。",
            en=f"Every unit with figures meets every standard ({name.en}): nothing is lacking.",
        )
    about = About(f"shortages/{stage}", name, f"shortfalls-{stage}")
    n = about(len(rules.indicators), "n", "指标数", "indicators")
    lacks = about(len(short), "short", "有缺口的指标数", "indicators with a gap")
    return told(
        zh=f"{name.zh}{n}项指标中有{lacks}项存在缺口:{'、'.join(w.zh for w in short)}。",
        en=f"There are shortages in {lacks:en} of {n:en} indicators ({name.en}): {', '.join(w.en for w in short)}.",
    )


def one_side_only(gaps: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return that all units of a stage stand on one side, so that nothing is compared."""
    rows = gaps[gaps["stage"] == stage]
    name = rules.stage_name(stage)
    sides = sides_known(rows)
    if not sides:
        return Words(
            zh=f"{name.zh}办学单位均未注明城乡,不作城乡比较。",
            en=f"The area of no unit is known ({name.en}): nothing is compared.",
        )
    return Words(
        zh=f"{name.zh}办学单位均在{rules.area.zh[sides[0]]},不作城乡比较。",
        en=f"All units are {rules.area.en[sides[0]]} ({name.en}): nothing is compared.",
    )


def urban_rural_each(totals: pd.DataFrame, stage: str, rules: RuleSet) -> list[Words]:
    """Return the comparison of every indicator of a stage. `totals`: rows of gaps.urban_rural of one mean."""
    known = set(totals["indicator"])
    return [urban_rural(i, stage, row_of(totals, i.id), rules) for i in rules.indicators if i.id in known]


def theil_summary(parts: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return where the share of inequality between the areas is largest and smallest, and how often it is over half."""
    known = parts[parts["theil_t"] > 0].assign(share=lambda f: 100 * f["between_t"] / f["theil_t"])
    name = rules.stage_title(stage, "zh"), rules.stage_title(stage, "en")
    if known.empty:
        return Words(zh=f"{name[0]}校际差异缺数据,无法分解。", en="No figures to decompose.")
    known = known.sort_values("share", ascending=False)
    ends = [
        (rules.indicator(str(row["indicator"])).short, shown(row["share"], 1)) for _, row in known.iterrows()
    ]
    (top, most), (low, least) = ends[0], ends[-1]
    head = Words(
        zh=f"{name[0]}校际差异(泰尔指数)中,城乡之间所占份额",
        en=f"Of the inequality between schools{f' ({name[1]})' if name[1] else ''} the share between the areas is ",
    )
    if most == least:
        return Words(zh=f"{head.zh}各项指标均为{most}%。", en=f"{head.en}{most}% for every indicator.")
    half = _over_half(int((known["share"] > 50).sum()), len(known), rules)
    return Words(
        zh=f"{head.zh}最大的是{top.zh},占{most}%,最小的是{low.zh},占{least}%；{half.zh}。",
        en=f"{head.en}largest for {top.en} ({most}%) and smallest for {low.en} ({least}%); {half.en}.",
    )


def _over_half(over: int, n: int, rules: RuleSet) -> Words:
    """Return in how many of n indicators more than half of the inequality lies between the areas."""
    inside = f"以{rules.area.zh['urban']}、{rules.area.zh['rural']}内部的差异为主"
    if over == n:
        return Words(
            zh=f"{n}项指标城乡之间的份额均超过一半",
            en=f"in all {n} indicators more than half lies between the areas",
        )
    if over == 0:
        return Words(
            zh=f"{n}项指标均{inside}", en=f"in all {n} indicators at least half lies within the areas"
        )
    return Words(
        zh=f"{n}项指标中有{over}项城乡之间的份额超过一半,其余{inside}",
        en=f"in {over} of {n} indicators more than half lies between the areas, in the others within them",
    )


def trend_summary(gaps: pd.DataFrame, side: str, stage: str, rules: RuleSet) -> Words:
    """
    Return which indicators of one side rise, fall, keep or waver over their comparable years.

    `gaps`: rows of gaps.urban_rural of one stage and mean, several years; `side`: urban or rural.
    """
    moved: dict[str, list[Words]] = {}
    for indicator in rules.indicators:
        own = gaps[gaps["indicator"] == indicator.id].set_index("year")[side]
        kind = movement(comparable(own, indicator, stage), indicator.digits)
        moved.setdefault(kind, []).append(indicator.short)
    of = Words(
        zh=f"{rules.stage_title(stage, 'zh')}{rules.area.zh[side]}",
        en=f"{rules.stage_title(stage, 'en')} {rules.area.en[side]}".strip(),
    )
    about = About(f"trend/{stage}/{side}", of, f"over-years-{stage}")
    n = about(len(rules.indicators), "n", "指标数", "indicators")
    counts = {
        k: about(len(v), k, f"{_MOVEMENTS[k].zh}的指标数", f"indicators {_MOVEMENTS[k].en}")
        for k, v in moved.items()
    }
    zh = ";".join(f"{_MOVEMENTS[k].zh}{counts[k]}项({'、'.join(w.zh for w in v)})" for k, v in moved.items())
    en = "; ".join(
        f"{_MOVEMENTS[k].en} {counts[k]:en} ({', '.join(w.en for w in v)})" for k, v in moved.items()
    )
    first, last = int(gaps["year"].min()), int(gaps["year"].max())
    en_stage = f", {rules.stage_title(stage, 'en')}" if stage in rules.stages else ""
    return told(
        zh=f"{rules.stage_title(stage, 'zh')}{rules.area.zh[side]}{n}项指标中,{first}—{last}年{zh}。",
        en=f"Of {n:en} indicators ({rules.area.en[side]}{en_stage}), {first}–{last}: {en}.",
    )


def one_year_only(year: int) -> Words:
    """Return that there is nothing to compare one year with."""
    return told(
        zh=f"数据只有{year}年一年,不作变化比较。", en=f"The data hold {year} alone: no change is shown."
    )


def movement(series: pd.Series[float], digits: int) -> str:
    """Return how a figure moved, as printed: up, down, flat, rising, falling, mixed, or none where years are too few."""
    known = [rounded(value, digits) for value in series.dropna().sort_index()]
    if len(known) < 2:
        return "none"
    steps = [b - a for a, b in pairwise(known)]
    if not any(steps):
        return "flat"
    if len(known) == 2:
        return "up" if steps[0] > 0 else "down"
    rises, falls = any(step > 0 for step in steps), any(step < 0 for step in steps)
    return "mixed" if rises and falls else "rising" if rises else "falling"


def what_it_cannot_say() -> Words:
    """Return what a comparison of per-pupil figures cannot say."""
    return Words(
        zh="生均指标随学生数变化:学生减少时,资源不增加,生均值也会上升。以上为描述,不说明原因。",
        en="Per-pupil figures move with enrolment: with fewer pupils they rise though nothing is added. "
        "The above describes; it does not explain.",
    )


def by_area_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table 合计、城区、镇区、乡村."""
    return _titled(
        stage, rules, Words(zh="各指标分城区、镇区、乡村情况", en="Indicators by urban, town and rural areas")
    )


def three_means_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table of three means."""
    return _titled(stage, rules, Words(zh="各指标城乡比较(三种平均)", en="The two sides by three means"))


def shortfalls_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table of shortfalls."""
    return _titled(
        stage,
        rules,
        Words(zh="各指标未达标单位与缺口(分城乡)", en="Units below the standard and what they lack"),
    )


def over_years_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table of years."""
    return _titled(stage, rules, Words(zh="各指标分年度情况(分城乡)", en="Indicators by year and area"))


def theil_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the table of Theil parts."""
    return _titled(stage, rules, Words(zh="校际差异的分解", en="Inequality between schools and its parts"))


def largest_gaps(frame: pd.DataFrame, stage: str, rules: RuleSet, *, most: int = 3) -> Words:
    """Return a statement of the widest gaps of a stage, relative to the lower side, widest first."""
    known = frame.dropna(subset=["urban", "rural"])
    known = known[(known[["urban", "rural"]].min(axis=1) > 0)]
    stage_name = Words(zh=rules.stage_title(stage, "zh"), en=rules.stage_title(stage, "en"))
    if known.empty:
        return Words(
            zh=f"{stage_name.zh}城乡两侧缺少可比数据。",
            en=f"No comparable figures on both sides ({stage_name.en}).",
        )
    width = known[["urban", "rural"]].max(axis=1) / known[["urban", "rural"]].min(axis=1) - 1
    ranked = known.assign(width=width).sort_values(["width", "indicator"], ascending=[False, True]).head(most)
    leads = [_lead(rules, stage, row) for _, row in ranked.iterrows()]
    prefix = Words(
        zh=f"{stage_name.zh}城乡差距较大的指标:" if stage_name.zh else "城乡差距较大的指标:",
        en=f"Widest gaps ({stage_name.en}): " if stage_name.en else "Widest gaps: ",
    )
    return told(
        zh=prefix.zh + ";".join(zh for zh, _ in leads) + "。",
        en=prefix.en + "; ".join(en for _, en in leads) + ".",
    )


def change(name: Words, series: pd.Series[float], *, unit: Words, digits: int) -> Words:
    """
    Return how a figure moved: two years give 较上年, three or more comparable ones a trend, a change within
    rounding 持平.

    `series` is indexed by year; missing years are left out, and only unbroken runs are passed here.
    """
    known = series.dropna().sort_index()
    if len(known) < 2:
        return Words(zh=f"{name.zh}:可比年份不足两年。", en=f"{name.en}: fewer than two comparable years.")
    first, last = int(known.index[0]), int(known.index[-1])
    span = Words(
        zh=f"{first}年{shown(known.iloc[0], digits)}{unit.zh},{last}年{shown(known.iloc[-1], digits)}{unit.zh}",
        en=f"{shown(known.iloc[0], digits, 'en')} {unit.en} in {first}, {shown(known.iloc[-1], digits, 'en')} in {last}",
    )
    kind = movement(known, digits)
    if len(known) == 2:
        since = (
            Words(zh="较上年", en="on the year before")
            if last == first + 1
            else Words(zh=f"较{first}年", en=f"on {first}")
        )
        word = _MOVED[kind]
        zh, en = f"{since.zh}{word.zh}", f"{word.en} {since.en}"
    else:
        zh, en = _MOVEMENTS[kind].zh, _MOVEMENTS[kind].en
        if kind == "mixed":
            word = _MOVED[_ENDS[sign(rounded(known.iloc[-1], digits) - rounded(known.iloc[0], digits))]]
            zh, en = f"期间{zh},期末较期初{word.zh}", f"{en}, {word.en} over the span"
    return Words(zh=f"{name.zh}:{span.zh},{zh}。", en=f"{name.en}: {span.en}, {en}.")


def _titled(stage: str, rules: RuleSet, title: Words) -> Words:
    if stage not in rules.stages:
        return title
    return Words(zh=f"{rules.stages[stage].zh}{title.zh}", en=f"{title.en}, {rules.stages[stage].en}")


_MOVED = {
    "up": Words(zh="上升", en="up"),
    "down": Words(zh="下降", en="down"),
    "flat": Words(zh="持平", en="unchanged"),
}
_ENDS = {1: "up", -1: "down", 0: "flat"}
_MOVEMENTS = {
    "rising": Words(zh="呈上升趋势", en="rising"),
    "falling": Words(zh="呈下降趋势", en="falling"),
    "flat": Words(zh="各年持平", en="unchanged throughout"),
    "mixed": Words(zh="有升有降", en="up and down"),
    "up": Words(zh="上升", en="up"),
    "down": Words(zh="下降", en="down"),
    "none": Words(zh="可比年份不足", en="too few comparable years"),
}


def _pair(
    indicator: Indicator, row: pd.Series[Any], figures: dict[str, Figure], rules: RuleSet, lang: Lang
) -> str:
    names = rules.area.zh if lang == "zh" else rules.area.en
    unit = indicator.unit[lang] if lang == "zh" else " " + indicator.unit[lang]
    urban, rural, gap = (format(figures[key], lang) for key in ("urban", "rural", "difference"))
    order = _order(row, indicator.digits)
    if order == "equal":
        sep = "、" if lang == "zh" else " and "
        same = f"{names['urban']}{sep}{names['rural']}"
        return f"{same}均为{urban}{unit},持平" if lang == "zh" else f"{same} alike at {urban}{unit}"
    high, low = ("urban", "rural") if order == "urban" else ("rural", "urban")
    if lang == "zh":
        return f"{names['urban']}{urban}{unit},{names['rural']}{rural}{unit},{names[high]}比{names[low]}高{gap}{unit}"
    return f"{names['urban']} {urban}{unit}, {names['rural']} {rural}{unit}; {names[high]} higher than {names[low]} by {gap}{unit}"


def _lead(rules: RuleSet, stage: str, row: pd.Series[Any]) -> tuple[str, str]:
    """Return which side of an indicator is higher and by how much, in Chinese and in English."""
    indicator = rules.indicator(str(row["indicator"]))
    order = _order(row, indicator.digits)
    if order == "equal":
        return f"{indicator.short.zh}持平", f"{indicator.short.en} alike"
    high, low = ("urban", "rural") if order == "urban" else ("rural", "urban")
    more = side_figures(indicator, stage, row, rules)["percent"]
    return (
        f"{indicator.short.zh}{rules.area.zh[high]}比{rules.area.zh[low]}高{more}%",
        f"{indicator.short.en}: {rules.area.en[high]} {more:en}% above {rules.area.en[low]}",
    )


def _order(row: pd.Series[Any], digits: int) -> str:
    urban, rural = rounded(row["urban"], digits), rounded(row["rural"], digits)
    return "equal" if urban == rural else "urban" if urban > rural else "rural"

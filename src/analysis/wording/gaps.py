"""Sentences of notebook 03: how the two areas compare, and how figures move."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import Lang
from ..rounding import shown
from ..schema import Words
from ..standards import Indicator, RuleSet
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
    return Words(
        zh=f"{head.zh}:{_pair(indicator, row, rules, 'zh')}。",
        en=f"{head.en}: {_pair(indicator, row, rules, 'en')}.",
    )


def urban_rural_each(totals: pd.DataFrame, stage: str, rules: RuleSet) -> list[Words]:
    """Return the comparison of every indicator of a stage. `totals`: rows of gaps.urban_rural of one mean."""
    known = set(totals["indicator"])
    return [urban_rural(i, stage, row_of(totals, i.id), rules) for i in rules.indicators if i.id in known]


def theil_each(parts: pd.DataFrame, stage: str, rules: RuleSet) -> list[Words]:
    """Return the parts of every indicator's Theil index. `parts`: rows of gaps.inequality_by_area of a stage."""
    known = set(parts["indicator"])
    return [theil_parts(i, stage, row_of(parts, i.id), rules) for i in rules.indicators if i.id in known]


def side_changes(
    indicator: Indicator, stage: str, urban: pd.Series[float], rural: pd.Series[float], rules: RuleSet
) -> Words:
    """Return how both sides of an indicator moved over the comparable years (indexed by year)."""
    name = rules.stage_name(stage)
    moved = [
        change(
            Words(zh=rules.area.zh[side], en=rules.area.en[side]),
            series,
            unit=indicator.unit,
            digits=indicator.digits,
        )
        for side, series in (("urban", urban), ("rural", rural))
    ]
    return Words(
        zh=f"{name.zh if stage in rules.stages else ''}{indicator.title.zh}:"
        + ";".join(w.zh.rstrip("。") for w in moved)
        + "。",
        en=f"{indicator.title.en}{f' ({name.en})' if stage in rules.stages else ''}: "
        + "; ".join(w.en.rstrip(".") for w in moved)
        + ".",
    )


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
    zh = [_lead(rules, row, "zh") for _, row in ranked.iterrows()]
    en = [_lead(rules, row, "en") for _, row in ranked.iterrows()]
    prefix = Words(
        zh=f"{stage_name.zh}城乡差距较大的指标:" if stage_name.zh else "城乡差距较大的指标:",
        en=f"Widest gaps ({stage_name.en}): " if stage_name.en else "Widest gaps: ",
    )
    return Words(zh=prefix.zh + ";".join(zh) + "。", en=prefix.en + "; ".join(en) + ".")


def theil_parts(indicator: Indicator, stage: str, row: pd.Series[Any], rules: RuleSet) -> Words:
    """Return how much of the inequality between schools lies between the two areas and how much within them."""
    zh_head = f"{rules.stage_title(stage, 'zh')}{indicator.title.zh}"
    en_stage = rules.stage_title(stage, "en")
    en_head = f"{indicator.title.en}" + (f" ({en_stage})" if en_stage else "")
    total = row["theil_t"]
    if pd.isna(total) or total <= 0:
        zh = "校际无差异" if total == 0 else "缺数据,无法分解"
        en = "no inequality between schools" if total == 0 else "no figures to decompose"
        return Words(zh=f"{zh_head}:{zh}。", en=f"{en_head}: {en}.")
    between = 100 * row["between_t"] / total
    return Words(
        zh=f"{zh_head}:泰尔指数{shown(total, 4)},其中城乡之间占{shown(between, 1)}%,"
        f"{rules.area.zh['urban']}、{rules.area.zh['rural']}内部占{shown(100 - between, 1)}%(n={int(row['n'])})。",
        en=f"{en_head}: Theil T {shown(total, 4)}, {shown(between, 1)} % of it between {rules.area.en['urban']} and "
        f"{rules.area.en['rural']}, {shown(100 - between, 1)} % within them (n = {int(row['n'])}).",
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
    steps = [rounded(b, digits) - rounded(a, digits) for a, b in zip(known, known.iloc[1:], strict=False)]
    moved = rounded(known.iloc[-1], digits) - rounded(known.iloc[0], digits)
    if len(known) == 2:
        compared = (
            Words(zh="较上年", en="on the year before")
            if last == first + 1
            else Words(zh=f"较{first}年", en=f"on {first}")
        )
        word = _MOVED[sign(moved)]
        zh, en = f"{compared.zh}{word.zh}", f"{word.en} {compared.en}"
    elif all(step == 0 for step in steps):
        zh, en = "各年持平", "unchanged throughout"
    elif all(step >= 0 for step in steps) or all(step <= 0 for step in steps):
        word = Words(zh="上升", en="rising") if moved > 0 else Words(zh="下降", en="falling")
        zh, en = f"呈{word.zh}趋势", word.en
    else:
        word = _MOVED[sign(moved)]
        zh, en = f"期间有升有降,期末较期初{word.zh}", f"up and down, {word.en} over the span"
    return Words(zh=f"{name.zh}:{span.zh},{zh}。", en=f"{name.en}: {span.en}, {en}.")


def _titled(stage: str, rules: RuleSet, title: Words) -> Words:
    if stage not in rules.stages:
        return title
    return Words(zh=f"{rules.stages[stage].zh}{title.zh}", en=f"{title.en}, {rules.stages[stage].en}")


_MOVED = {1: Words(zh="上升", en="up"), -1: Words(zh="下降", en="down"), 0: Words(zh="持平", en="unchanged")}


def _pair(indicator: Indicator, row: pd.Series[Any], rules: RuleSet, lang: Lang) -> str:
    names = rules.area.zh if lang == "zh" else rules.area.en
    unit = indicator.unit[lang] if lang == "zh" else " " + indicator.unit[lang]
    values = {side: shown(row[side], indicator.digits, lang) for side in ("urban", "rural")}
    order = _order(row, indicator.digits)
    if order == "equal":
        sep = "、" if lang == "zh" else " and "
        same = f"{names['urban']}{sep}{names['rural']}"
        return (
            f"{same}均为{values['urban']}{unit},持平"
            if lang == "zh"
            else f"{same} alike at {values['urban']}{unit}"
        )
    high, low = ("urban", "rural") if order == "urban" else ("rural", "urban")
    gap = shown(
        abs(rounded(row["urban"], indicator.digits) - rounded(row["rural"], indicator.digits)),
        indicator.digits,
        lang,
    )
    if lang == "zh":
        return f"{names['urban']}{values['urban']}{unit},{names['rural']}{values['rural']}{unit},{names[high]}比{names[low]}高{gap}{unit}"
    return f"{names['urban']} {values['urban']}{unit}, {names['rural']} {values['rural']}{unit}; {names[high]} higher than {names[low]} by {gap}{unit}"


def _lead(rules: RuleSet, row: pd.Series[Any], lang: Lang) -> str:
    indicator = rules.indicator(str(row["indicator"]))
    names = rules.area.zh if lang == "zh" else rules.area.en
    order = _order(row, indicator.digits)
    if order == "equal":
        return f"{indicator.short[lang]}持平" if lang == "zh" else f"{indicator.short[lang]} alike"
    high, low = ("urban", "rural") if order == "urban" else ("rural", "urban")
    more = shown(100 * (row[high] / row[low] - 1), 0, lang)
    if lang == "zh":
        return f"{indicator.short.zh}{names[high]}比{names[low]}高{more}%"
    return f"{indicator.short.en}: {names[high]} {more} % above {names[low]}"


def _order(row: pd.Series[Any], digits: int) -> str:
    urban, rural = rounded(row["urban"], digits), rounded(row["rural"], digits)
    return "equal" if urban == rural else "urban" if urban > rural else "rural"

"""Sentences of notebook 02: the verdict, and the state of each indicator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..facts import About, Figure, told
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese
from .labels import VERDICTS, row_of, side, unit_counts
from .ledger_figures import (
    COMBINED_TITLE,
    about_indicator,
    indicator_of,
    open_units,
    shortage_figure,
    spread_figures,
)


def verdict(county_verdicts: pd.DataFrame, county: Words, year: int, rules: RuleSet) -> Words:
    """Return the verdict on one county and year, or say in words why there is none."""
    if not rules.ready:
        return not_ready(rules)
    if not rules.gives_verdict:
        return Words(
            zh=f"所用指标集“{rules.title.zh}”不设评估标准,不作达标判定,也不列台账。",
            en=f"The rule set “{rules.title.en}” has no thresholds: no verdict and no ledger.",
        )
    if county_verdicts.empty or not int(county_verdicts["n_units"].iloc[0]):
        return Words(
            zh=f"{county.zh}{year}年没有纳入评估的办学单位,无法判定。",
            en=f"{county.en} has no unit in scope in {year}: no verdict.",
        )
    return county_verdict(county_verdicts.iloc[0], county, year, rules)


def not_ready(rules: RuleSet) -> Words:
    """Return how much of a rule set is still to be filled in before it can judge."""
    about = About("rule/parts", Words(zh="标准和限值", en="thresholds and limits"), "indicators")
    known, asked = rules.known_parts()
    n_known, n_asked = about(known, "known", "已有项数", "known"), about(asked, "n", "项数", "asked for")
    return told(
        zh=f"“{rules.title.zh}”要求的{n_asked}项标准和限值中,已有{n_known}项,不足一半,尚不能用于判定;"
        "请将标准文本中的数值填入规则文件。",
        en=f"Of the {n_asked:en} thresholds and limits that “{rules.title.en}” asks for, {n_known:en} are known, less than half: "
        "it is not ready and gives no verdict. Fill in the figures of its text.",
    )


def in_the_way(spread: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return, stage by stage, which coefficients and how many units stand in the way of the verdict."""
    found: list[Words] = []
    for stage in rules.judged_stages:
        name = rules.stage_name(stage)
        above = spread[(spread["stage"] == stage) & (spread["verdict"] == "fail")]
        if not above.empty:
            n = About(f"above-limit/{stage}", name, "coefficients", chinese(rules.source))(
                len(above), "n", "高于规定的差异系数项数", "coefficients above the limit"
            )
            named = [_named(row, rules) for _, row in above.iterrows()]
            found.append(
                told(
                    zh=f"{name.zh}差异系数高于规定的有{n}项:" + "、".join(zh for zh, _ in named) + "。",
                    en=f"{_above_the_limit(n, name.en)}: " + ", ".join(en for _, en in named) + ".",
                )
            )
        units = unit_verdicts[unit_verdicts["stage"] == stage]
        whole, counts = unit_counts(stage, units["verdict"], rules)
        if counts["fail"].fact.value or counts["undetermined"].fact.value:
            found.append(
                told(
                    zh=f"{name.zh}{whole}个办学单位中,达标{counts['pass']}个,未达标{counts['fail']}个,待定{counts['undetermined']}个。",
                    en=f"Of {whole:en} units ({name.en}), {counts['pass']:en} meet the rule, {counts['fail']:en} do not, "
                    f"{counts['undetermined']:en} stay undetermined.",
                )
            )
    return found


def _above_the_limit(n: Figure, stage: str) -> str:
    if n.fact.value == 1:
        return f"One coefficient of variation ({stage}) is above the limit"
    return f"{n:en} coefficients of variation ({stage}) are above the limit"


def what_it_covers(rules: RuleSet) -> Words:
    """Return what the verdict does not cover: county items, and stages that have no limit."""
    open_stages = _without_limit(rules)
    if not rules.county_items:
        return Words(
            zh=f"本结论只涉及所列指标。{open_stages.zh}",
            en=f"The verdict covers the listed indicators only.{open_stages.en}",
        )
    groups = list(dict.fromkeys((item.group.zh, item.group.en) for item in rules.county_items))
    return Words(
        zh=f"本结论只涉及校际资源配置;{'、'.join(zh for zh, _ in groups)}等县级指标另行填报评定。{open_stages.zh}",
        en=f"The verdict covers resources only; county items ({', '.join(en for _, en in groups)}) are answered apart."
        f"{open_stages.en}",
    )


def _without_limit(rules: RuleSet) -> Words:
    """Return which stages a rule set that limits the coefficients of others does not judge by them."""
    limits = rules.dispersion.limits() if rules.dispersion is not None else None
    names = [rules.stage_name(s) for s in rules.judged_stages if limits is not None and s not in limits]
    if not names:
        return Words(zh="", en="")
    return Words(
        zh=f"该标准未规定{'、'.join(name.zh for name in names)}差异系数的限值,该学段的差异系数不作判定。",
        en=f" The rule gives no limit for the coefficients of {', '.join(name.en for name in names)}: not judged.",
    )


def indicator_states(spread: pd.DataFrame, short: pd.DataFrame, stage: str, rules: RuleSet) -> list[Words]:
    """Return the state of every indicator of a stage, and of the mean of the coefficients where it is limited."""
    rows = spread[spread["stage"] == stage]
    lacking = short[short["stage"] == stage]
    found = [
        indicator_state(i, stage, row_of(rows, i.id), lacking[lacking["indicator"] == i.id], rules)
        for i in rules.indicators
        if (rows["indicator"] == i.id).any()
    ]
    return found + (
        [combined_state(stage, row_of(rows, "combined"), rules)]
        if (rows["indicator"] == "combined").any()
        else []
    )


def sensitivity(alternatives: pd.DataFrame) -> Words:
    """Return whether the verdict reads the same under every listed choice."""
    own = str(alternatives.loc[alternatives["own"], "verdict"].iloc[0])
    others = alternatives[~alternatives["own"]]
    about = About("alternatives", Words(zh="其他取舍", en="other choices"), "alternatives")
    n = about(len(others), "n", "种数", "all")
    changed = about((others["verdict"] != own).sum(), "changed", "改变判定的种数", "that change the verdict")
    if not changed.fact.value:
        return told(
            zh=f"在所列{n}种其他取舍下,县的判定均为{VERDICTS[own].zh},结论不变。",
            en=f"Under all {n:en} other choices listed the verdict stays: {VERDICTS[own].en}.",
        )
    return told(
        zh=f"在所列{n}种其他取舍下,有{changed}种使县的判定不再是{VERDICTS[own].zh}。",
        en=f"Under {changed:en} of {n:en} other choices listed the verdict is no longer: {VERDICTS[own].en}.",
    )


def dispersion_title(stage: str, county: Words, year: int, rules: RuleSet) -> Words:
    """Return the title of the published table of coefficients."""
    name = rules.stage_name(stage)
    return Words(
        zh=f"{county.zh}{year}年{name.zh}校际差异系数监测结果",
        en=f"Coefficients of variation between schools, {name.en}, {county.en} {year}",
    )


def schools_title(stage: str, rules: RuleSet) -> Words:
    """Return the title of the official school table."""
    name = rules.stage_name(stage)
    return Words(zh=f"办学基本标准达标情况(分学校,{name.zh})", en=f"Schools against the standards, {name.en}")


def county_verdict(row: pd.Series[Any], county: Words, year: int, rules: RuleSet) -> Words:
    """Return the verdict on the county, with the schools and coefficients it rests on."""
    verdict = VERDICTS[str(row["verdict"])]
    zh, en = [], []
    if rules.school_rule is not None:
        figures = _tally(row, "schools", Words(zh="学校", en="schools"), "unmet", rules)
        zh.append(_tally_zh("所学校", figures, ("达标", "未达标", "待定")))
        en.append(_tally_en("schools", figures, ("met", "not met", "undetermined")))
    if rules.dispersion is not None:
        figures = _tally(row, "cv", Words(zh="差异系数", en="coefficients"), "coefficients", rules)
        zh.append(_tally_zh("项差异系数", figures, ("符合规定", "不符合规定", "待定")))
        words = ("within the limit", "above it", "undetermined")
        en.append(_tally_en("coefficients of variation", figures, words))
    return told(
        zh=f"按{rules.source}校际资源配置要求,{county.zh}{year}年判定为{verdict.zh}:{';'.join(zh)}。",
        en=f"Under {rules.source} (resources), {county.en} in {year}: {verdict.en}. {' '.join(f'{part}.' for part in en)}",
    )


def indicator_state(
    indicator: Indicator, stage: str, spread: pd.Series[Any], short: pd.DataFrame, rules: RuleSet
) -> Words:
    """
    Return the state of one indicator in one stage: mean, threshold, coefficient, units short and by how much.

    `spread` is a row of the dispersion frame, `short` the rows of gaps.shortfalls by area for it.
    """
    threshold = indicator.threshold(stage)
    name = Words(
        zh=f"{rules.stage_title(stage, 'zh')}{indicator.title.zh}",
        en=f"{indicator.title.en} ({rules.stage_title(stage, 'en')})"
        if stage in rules.stages
        else indicator.title.en,
    )
    if pd.isna(spread["mean"]):
        return Words(zh=f"{name.zh}缺数据,无法计算。", en=f"{name.en}: no figures, not computed.")
    of = spread_figures(spread, indicator, stage, rules)
    zh = [f"{name.zh}{of['mean']}{indicator.unit.zh}"]
    en = [f"{name.en}: {of['mean']:en} {indicator.unit.en}"]
    if threshold is not None:
        against = _AGAINST[side(spread["mean"], float(threshold))]
        zh.append(f"{against.zh}标准{of['standard']}{indicator.unit.zh}")
        en.append(f"{against.en} the standard of {of['standard']:en}")
    zh_cv, en_cv = _coefficient(spread, of, indicator, stage, rules) if rules.dispersion else ("", "")
    zh_short, en_short = _shortage(indicator, stage, short, rules) if threshold is not None else ("", "")
    return told(
        zh=";".join(part for part in (",".join(zh), zh_cv, zh_short) if part) + "。",
        en="; ".join(part for part in (", ".join(en), en_cv, en_short) if part) + ".",
    )


def combined_state(stage: str, spread: pd.Series[Any], rules: RuleSet) -> Words:
    """Return the state of the mean of the coefficients (综合差异系数) in one stage."""
    zh, en = _coefficient(spread, spread_figures(spread, None, stage, rules), None, stage, rules)
    return told(
        zh=f"{rules.stage_title(stage, 'zh')}综合{zh}。",
        en=f"Combined {en} ({rules.stage_title(stage, 'en')}).",
    )


_AGAINST = {
    "above": Words(zh="高于", en="above"),
    "below": Words(zh="低于", en="below"),
    "equal": Words(zh="等于", en="equal to"),
}


def _named(row: pd.Series[Any], rules: RuleSet) -> tuple[str, str]:
    """Return an indicator with its coefficient, in Chinese and in English."""
    own = indicator_of(row, rules)
    title = COMBINED_TITLE if own is None else own.short
    cv = spread_figures(row, own, str(row["stage"]), rules)["cv"]
    return f"{title.zh}({cv})", f"{title.en} ({cv:en})"


def _tally(row: pd.Series[Any], kind: str, what: Words, table: str, rules: RuleSet) -> list[Figure]:
    """Return how many schools or coefficients a county has, then how many of each verdict."""
    about = About(f"verdict/{kind}", what, table, chinese(rules.source))
    own = [about(row[f"n_{kind}_{verdict}"], verdict, f"{w.zh}数", w.en) for verdict, w in VERDICTS.items()]
    return [about(row[f"n_{kind}"], "n", "数", "all"), *own]


def _tally_zh(what: str, figures: Sequence[Figure], words: Sequence[str]) -> str:
    parts = [f"{w}{n}{what[0]}" for n, w in zip(figures[1:], words, strict=True)]
    return f"{figures[0]}{what}中,{'、'.join(parts)}"


def _tally_en(what: str, figures: Sequence[Figure], words: Sequence[str]) -> str:
    parts = [f"{n:en} {w}" for n, w in zip(figures[1:], words, strict=True)]
    return f"{figures[0]:en} {what}: {', '.join(parts)}"


def _coefficient(
    spread: pd.Series[Any], of: dict[str, Figure], indicator: Indicator | None, stage: str, rules: RuleSet
) -> tuple[str, str]:
    """Return the coefficient against its limit; what is unknown about it is said."""
    if "cv" not in of:
        return "差异系数无法计算", "coefficient of variation not computed"
    zh, en = f"差异系数{of['cv']}", f"coefficient of variation {of['cv']:en}"
    if "limit" in of:
        line = of["limit"]
        if spread["verdict"] == "undetermined":
            why = _why_open(spread, indicator, stage, rules)
            return f"{zh}(要求不高于{line};{why[0]},待定)", f"{en} (limit {line:en}; {why[1]}: undetermined)"
        elif spread["verdict"] == "fail":
            zh, en = zh + f",高于{line}的要求", en + f", above the limit of {line:en}"
        else:
            zh, en = zh + f",符合不高于{line}的要求", en + f", within the limit of {line:en}"
    if pd.notna(spread["n_missing"]) and spread["n_missing"]:
        missing, _ = open_units(spread, indicator, stage, rules)
        zh, en = zh + f"(缺{missing}个办学单位的数据)", en + f" ({missing:en} without the figure)"
    return zh, en


def _why_open(
    spread: pd.Series[Any], indicator: Indicator | None, stage: str, rules: RuleSet
) -> tuple[str, str]:
    """Return why a coefficient is undetermined: figures missing, units whose scope is not known."""
    missing, unsure = open_units(spread, indicator, stage, rules)
    zh = [f"缺{missing}个办学单位的数据"] * bool(missing.fact.value)
    en = [f"{missing:en} without the figure"] * bool(missing.fact.value)
    zh += [f"{unsure}个办学单位是否纳入评估尚不明确"] * bool(unsure.fact.value)
    en += [f"{unsure:en} whose scope is not known"] * bool(unsure.fact.value)
    return ",".join(zh) or "各校均为0", ", ".join(en) or "all schools have 0"


def _shortage(indicator: Indicator, stage: str, short: pd.DataFrame, rules: RuleSet) -> tuple[str, str]:
    """Return how many units fall short and by how much in all, 其中 by area; parts that add up to the whole."""
    if short.empty or indicator.thing is None:
        return "", ""
    about = about_indicator(indicator, stage, rules, f"shortfalls-{stage}")
    n_missing, n_short = int(short["n_missing"].sum()), int(short["n_short"].sum())
    known = about(
        short["n_units"].sum() - n_missing, "n_known", "有数据的办学单位数", "units with the figure"
    )
    units = (f"{known}个办学单位中", f"of {known:en} units")
    if n_missing:  # a unit without the figure has not been found to meet the standard
        units = (f"有数据的{units[0]}", f"{units[1]} with a figure")
    if n_short == 0:
        return f"{units[0].removesuffix('中')}均达标", f"none {units[1]} falls short"
    fall = about(n_short, "n_short", "未达标办学单位数", "units short")
    whole = shortage_figure(about, indicator, "gap", Words(zh="", en=""), short["gap"].sum())
    zh = f"{units[0]}{fall}个未达标,共缺{whole}"
    en = f"{fall:en} {units[1]} fall{'s' if n_short == 1 else ''} short, {whole:en} in all"
    by_area = {str(row["area"]): row["gap"] for _, row in short.iterrows() if row["gap"] > 0}
    if by_area.keys() <= {"urban", "rural"} and len(by_area) == 2:
        sides = {s: Words(zh=rules.area.zh[s], en=rules.area.en[s]) for s in ("urban", "rural")}
        parts = {
            s: shortage_figure(about, indicator, f"gap-{s}", words, by_area[s]) for s, words in sides.items()
        }
        zh += ",其中" + "、".join(f"{sides[s].zh}{gap}" for s, gap in parts.items())
        en += " (" + ", ".join(f"{sides[s].en} {gap:en}" for s, gap in parts.items()) + ")"
    elif len(by_area) == 1 and (only := next(iter(by_area))) in rules.area.zh:
        zh, en = zh + f",均在{rules.area.zh[only]}", en + f", all {rules.area.en[only]}"
    return zh, en

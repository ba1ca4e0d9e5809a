"""Sentences of notebook 02: the verdict, and the state of each indicator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import Lang
from ..rounding import decimals, shown, shown_against
from ..schema import Words
from ..standards import Indicator, RuleSet
from .labels import VERDICTS, gap_in_things, plain, row_of, side


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
    known, asked = rules.known_parts()
    return Words(
        zh=f"“{rules.title.zh}”要求的{asked}项标准和限值中,已有{known}项,不足一半,尚不能用于判定;"
        "请将标准文本中的数值填入规则文件。",
        en=f"Of the {asked} thresholds and limits that “{rules.title.en}” asks for, {known} are known, less than half: "
        "it is not ready and gives no verdict. Fill in the figures of its text.",
    )


def in_the_way(spread: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return, stage by stage, which coefficients and how many units stand in the way of the verdict."""
    found = []
    for stage in rules.judged_stages:
        name = rules.stage_name(stage)
        above = spread[(spread["stage"] == stage) & (spread["verdict"] == "fail")]
        if not above.empty:
            found.append(
                Words(
                    zh=f"{name.zh}差异系数高于规定的有{len(above)}项:"
                    + "、".join(_named(r, rules, "zh") for _, r in above.iterrows())
                    + "。",
                    en=f"{_above_the_limit(len(above), name.en)}: "
                    + ", ".join(_named(r, rules, "en") for _, r in above.iterrows())
                    + ".",
                )
            )
        units = unit_verdicts[unit_verdicts["stage"] == stage]
        counts = {v: int((units["verdict"] == v).sum()) for v in VERDICTS}
        if counts["fail"] or counts["undetermined"]:
            found.append(
                Words(
                    zh=f"{name.zh}{len(units)}个办学单位中,达标{counts['pass']}个,未达标{counts['fail']}个,待定{counts['undetermined']}个。",
                    en=f"Of {len(units)} units ({name.en}), {counts['pass']} meet the rule, {counts['fail']} do not, "
                    f"{counts['undetermined']} stay undetermined.",
                )
            )
    return found


def _above_the_limit(n: int, stage: str) -> str:
    if n == 1:
        return f"One coefficient of variation ({stage}) is above the limit"
    return f"{n} coefficients of variation ({stage}) are above the limit"


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
    changed = int((others["verdict"] != own).sum())
    if not changed:
        return Words(
            zh=f"在所列{len(others)}种其他取舍下,县的判定均为{VERDICTS[own].zh},结论不变。",
            en=f"Under all {len(others)} other choices listed the verdict stays: {VERDICTS[own].en}.",
        )
    return Words(
        zh=f"在所列{len(others)}种其他取舍下,有{changed}种使县的判定不再是{VERDICTS[own].zh}。",
        en=f"Under {changed} of {len(others)} other choices listed the verdict is no longer: {VERDICTS[own].en}.",
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
        zh.append(_tally_zh("所学校", row, "schools", ("达标", "未达标", "待定")))
        en.append(_tally_en("schools", row, "schools", ("met", "not met", "undetermined")))
    if rules.dispersion is not None:
        what = ("项差异系数", "coefficients of variation")
        zh.append(_tally_zh(what[0], row, "cv", ("符合规定", "不符合规定", "待定")))
        en.append(_tally_en(what[1], row, "cv", ("within the limit", "above it", "undetermined")))
    return Words(
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
    zh = [f"{name.zh}{shown_against(spread['mean'], threshold, indicator.digits)}{indicator.unit.zh}"]
    en = [
        f"{name.en}: {shown_against(spread['mean'], threshold, indicator.digits, 'en')} {indicator.unit.en}"
    ]
    if threshold is not None:
        against = _AGAINST[side(spread["mean"], float(threshold))]
        zh.append(f"{against.zh}标准{plain(threshold)}{indicator.unit.zh}")
        en.append(f"{against.en} the standard of {plain(threshold)}")
    zh_cv, en_cv = _coefficient(spread) if rules.dispersion else ("", "")
    zh_short, en_short = _shortage(indicator, short, rules) if threshold is not None else ("", "")
    return Words(
        zh=";".join(part for part in (",".join(zh), zh_cv, zh_short) if part) + "。",
        en="; ".join(part for part in (", ".join(en), en_cv, en_short) if part) + ".",
    )


def combined_state(stage: str, spread: pd.Series[Any], rules: RuleSet) -> Words:
    """Return the state of the mean of the coefficients (综合差异系数) in one stage."""
    zh, en = _coefficient(spread)
    return Words(
        zh=f"{rules.stage_title(stage, 'zh')}综合{zh}。",
        en=f"Combined {en} ({rules.stage_title(stage, 'en')}).",
    )


_COMBINED = Words(zh="综合差异系数", en="the combined coefficient")
_AGAINST = {
    "above": Words(zh="高于", en="above"),
    "below": Words(zh="低于", en="below"),
    "equal": Words(zh="等于", en="equal to"),
}


def _named(row: pd.Series[Any], rules: RuleSet, lang: Lang) -> str:
    title = _COMBINED if row["indicator"] == "combined" else rules.indicator(str(row["indicator"])).short
    return (
        f"{title[lang]}({shown_against(row['cv'], row['limit'], 3, lang)})"
        if lang == "zh"
        else (f"{title.en} ({shown_against(row['cv'], row['limit'], 3, lang)})")
    )


def _tally_zh(what: str, row: pd.Series[Any], kind: str, words: Sequence[str]) -> str:
    total = int(row[f"n_{kind}"])
    parts = [f"{w}{int(row[f'n_{kind}_{v}'])}{what[0]}" for v, w in zip(VERDICTS, words, strict=True)]
    return f"{total}{what}中,{'、'.join(parts)}"


def _tally_en(what: str, row: pd.Series[Any], kind: str, words: Sequence[str]) -> str:
    total = int(row[f"n_{kind}"])
    parts = [f"{int(row[f'n_{kind}_{v}'])} {w}" for v, w in zip(VERDICTS, words, strict=True)]
    return f"{total} {what}: {', '.join(parts)}"


def _coefficient(spread: pd.Series[Any]) -> tuple[str, str]:
    """Return the coefficient against its limit; what is unknown about it is said."""
    if pd.isna(spread["cv"]):
        return "差异系数无法计算", "coefficient of variation not computed"
    limit = None if pd.isna(spread["limit"]) else float(spread["limit"])
    line = "" if limit is None else shown(limit, max(2, decimals(limit)))
    zh = f"差异系数{shown_against(spread['cv'], limit, 3)}"
    en = f"coefficient of variation {shown_against(spread['cv'], limit, 3, 'en')}"
    if limit is not None:
        if spread["verdict"] == "undetermined":
            why = _why_open(spread)
            return f"{zh}(要求不高于{line};{why.zh},待定)", f"{en} (limit {line}; {why.en}: undetermined)"
        elif spread["verdict"] == "fail":
            zh, en = zh + f",高于{line}的要求", en + f", above the limit of {line}"
        else:
            zh, en = zh + f",符合不高于{line}的要求", en + f", within the limit of {line}"
    missing = int(spread["n_missing"]) if pd.notna(spread["n_missing"]) else 0
    if missing:
        zh, en = zh + f"(缺{missing}个办学单位的数据)", en + f" ({missing} without the figure)"
    return zh, en


def _why_open(spread: pd.Series[Any]) -> Words:
    """Return why a coefficient is undetermined: figures missing, units whose scope is not known."""
    missing, unsure = int(spread["n_missing"]), int(spread["n_unsure"])
    zh = [f"缺{missing}个办学单位的数据"] * bool(missing)
    en = [f"{missing} without the figure"] * bool(missing)
    zh += [f"{unsure}个办学单位是否纳入评估尚不明确"] * bool(unsure)
    en += [f"{unsure} whose scope is not known"] * bool(unsure)
    return Words(zh=",".join(zh) or "各校均为0", en=", ".join(en) or "all schools have 0")


def _shortage(indicator: Indicator, short: pd.DataFrame, rules: RuleSet) -> tuple[str, str]:
    """Return how many units fall short and by how much in all, 其中 by area; parts that add up to the whole."""
    if short.empty or indicator.thing is None:
        return "", ""
    n_missing, n_short = int(short["n_missing"].sum()), int(short["n_short"].sum())
    n_known = int(short["n_units"].sum()) - n_missing
    units = Words(zh=f"{n_known}个办学单位中", en=f"of {n_known} units")
    if n_missing:  # a unit without the figure has not been found to meet the standard
        units = Words(zh=f"有数据的{units.zh}", en=f"{units.en} with a figure")
    if n_short == 0:
        return f"{units.zh.removesuffix('中')}均达标", f"none {units.en} falls short"
    total = short["gap"].sum()
    zh = f"{units.zh}{n_short}个未达标,共缺{gap_in_things(indicator, total, 'zh')}"
    en = f"{n_short} {units.en} fall{'s' if n_short == 1 else ''} short, {gap_in_things(indicator, total, 'en')} in all"
    by_area = {str(row["area"]): row["gap"] for _, row in short.iterrows() if row["gap"] > 0}
    if by_area.keys() <= {"urban", "rural"} and len(by_area) == 2:
        sides = ("urban", "rural")
        zh += ",其中" + "、".join(
            f"{rules.area.zh[s]}{gap_in_things(indicator, by_area[s], 'zh')}" for s in sides
        )
        en += (
            " ("
            + ", ".join(f"{rules.area.en[s]} {gap_in_things(indicator, by_area[s], 'en')}" for s in sides)
            + ")"
        )
    elif len(by_area) == 1 and (only := next(iter(by_area))) in rules.area.zh:
        zh, en = zh + f",均在{rules.area.zh[only]}", en + f", all {rules.area.en[only]}"
    return zh, en

"""Titles and alternative texts of figures: what stands there and what one sees, from the same frames."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..facts import GIVEN, About, told
from ..rounding import decimals
from ..schema import Words
from ..standards import RuleSet
from ..typesetting import chinese
from .gaps import largest_gaps
from .labels import VERDICTS, span, stage_words, unit_counts


@dataclass(frozen=True)
class Caption:
    """A figure's title, and what it shows for those who do not see it."""

    title: Words
    alt: Words


def coverage(stage: str, values: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the completeness of the figures of one stage."""
    rows = values[(values["stage"] == stage) & values["in_scope"]]
    name = stage_words(stage, rules)
    about = About(
        f"coverage/{stage}", Words(zh=f"{name.zh}指标数据", en=f"figures{name.en}"), "missing-figures"
    )
    whole = about(len(rows), "n", "应有数", "all")
    lacking = about(rows["value"].isna().sum(), "missing", "缺数", "missing")
    title = told(
        zh=f"{name.zh}各指标数据完整情况:{whole}个数据中缺{lacking}个",
        en=f"Figures known by indicator{name.en}: {lacking:en} of {whole:en} missing",
    )
    return with_alt(
        title,
        Words(
            zh="条形图,每个指标一条,条长为有数据的办学单位所占比例",
            en="Bars, one an indicator: the share of units whose figure is known",
        ),
    )


def enrolment(stage: str, units: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the pupils of one stage over the years."""
    years = span(units.loc[units["stage"] == stage, "year"])
    name = stage_words(stage, rules)
    title = told(
        zh=f"{name.zh}在校生数({years.zh},分城乡)",
        en=f"Pupils by area{name.en}, {years.en}",
    )
    return with_alt(
        title,
        Words(zh="堆积柱形图,每年一柱,分城乡标注人数", en="Stacked bars, one a year, pupils written by area"),
    )


def heatmap(
    stage: str, unit_verdicts: pd.DataFrame, rules: RuleSet, *, page: int = 1, pages: int = 1
) -> Caption:
    """Caption the heat map of a stage."""
    verdicts = unit_verdicts.loc[unit_verdicts["stage"] == stage, "verdict"]
    name = stage_words(stage, rules)
    whole, counts = unit_counts(stage, verdicts, rules)
    of = (
        Words(zh=f"(第{page}页,共{pages}页)", en=f" ({page} of {pages})")
        if pages > 1
        else Words(zh="", en="")
    )
    title = told(
        zh=f"{name.zh}{whole}个办学单位中达标{counts['pass']}个、未达标{counts['fail']}个、"
        f"待定{counts['undetermined']}个{of.zh}",
        en=f"{whole:en} units{name.en}: {counts['pass']:en} met, {counts['fail']:en} not met, "
        f"{counts['undetermined']:en} undetermined{of.en}",
    )
    return with_alt(
        title,
        Words(
            zh="热图,行为学校、列为指标,格内为指标值,右侧为判定",
            en="Heat map: schools by indicators, values in the cells, verdicts at the right",
        ),
    )


def dispersion(stage: str, spread: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the coefficients of variation of a stage against their limits."""
    rows = spread[(spread["stage"] == stage) & spread["verdict"].notna()]
    name = stage_words(stage, rules)
    if rows.empty:
        title = Words(
            zh=f"{name.zh}各指标校际差异系数", en=f"Coefficients of variation between schools{name.en}"
        )
    elif (rows["indicator"] == "combined").all():
        word = VERDICTS[str(rows["verdict"].iloc[0])]
        title = Words(
            zh=f"{name.zh}校际差异系数与综合差异系数的要求:{word.zh}",
            en=f"Coefficients of variation{name.en} and the limit of their mean: {word.en}",
        )
    else:
        limit = float(rows["limit"].max())
        about = About(
            f"coefficients/{stage}",
            Words(zh=f"{name.zh}差异系数", en=f"coefficients{name.en}"),
            "coefficients",
            chinese(rules.source),
        )
        line = about(limit, "limit", "限值", "limit", digits=max(2, decimals(limit)), formula=GIVEN)
        whole, above = (
            about(len(rows), "n", "项数", "all"),
            about((rows["verdict"] == "fail").sum(), "fail", "高于限值的项数", "above the limit"),
        )
        n_open = int((rows["verdict"] == "undetermined").sum())
        open_ = about(n_open, "undetermined", "待定的项数", "undetermined")
        zh_more, en_more = (f",{open_}项待定", f", {open_:en} undetermined") if n_open else ("", "")
        title = told(
            zh=f"{name.zh}{whole}项差异系数中高于{line}的{above}项{zh_more}",
            en=f"{above:en} of {whole:en} coefficients of variation{name.en} above {line:en}{en_more}",
        )
    return with_alt(
        title,
        Words(zh="点图,每个指标一点,竖线为要求的上限", en="Dots, one an indicator; the line is the limit"),
    )


def urban_rural(stage: str, gaps: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the comparison of the two sides; the title names the widest gap."""
    rows = gaps[(gaps["stage"] == stage) & (gaps["mean"] == "totals")]
    widest = largest_gaps(rows, stage, rules, most=1)
    title = widest.model_copy(update={"zh": widest.zh.rstrip("。"), "en": widest.en.rstrip(".")})
    sides = Words(
        zh=f"点线图,每个指标两点,分别为{rules.area.zh['urban']}与{rules.area.zh['rural']}",
        en=f"Two dots an indicator, {rules.area.en['urban']} and {rules.area.en['rural']}",
    )
    return with_alt(title, sides)


def shortfalls(stage: str, rules: RuleSet) -> Caption:
    """Caption what the units of a stage lack."""
    name = stage_words(stage, rules)
    title = Words(zh=f"{name.zh}各指标缺口(分城乡)", en=f"What is short of the standard, by area{name.en}")
    return with_alt(
        title,
        Words(
            zh="每个指标一幅条形图,条长为缺口的实物量",
            en="One small bar chart an indicator: the gap in things",
        ),
    )


def distribution(stage: str, rules: RuleSet) -> Caption:
    """Caption the distributions of a stage by area."""
    name = stage_words(stage, rules)
    title = Words(zh=f"{name.zh}各办学单位指标值的分布(分城乡)", en=f"How units are spread, by area{name.en}")
    return with_alt(
        title,
        Words(
            zh="每个指标一幅散点箱线图,虚线为评估标准",
            en="One panel an indicator: units as dots over a box; the dashed line is the standard",
        ),
    )


def theil(stage: str, rules: RuleSet) -> Caption:
    """Caption the parts of the Theil index."""
    name = stage_words(stage, rules)
    title = Words(
        zh=f"{name.zh}校际差异中城乡之间与城乡内部的部分(泰尔指数)",
        en=f"Inequality between schools, between and within areas (Theil T){name.en}",
    )
    return with_alt(
        title,
        Words(
            zh="堆积条形图,每个指标一条,分城乡之间、城乡内部两段",
            en="Stacked bars, one an indicator: between and within the areas",
        ),
    )


def trend(stage: str, gaps: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the indicators over the years."""
    years = span(gaps.loc[gaps["stage"] == stage, "year"])
    name = stage_words(stage, rules)
    title = told(
        zh=f"{name.zh}各指标城乡变化({years.zh})",
        en=f"Indicators by area over the years{name.en}, {years.en}",
    )
    return with_alt(
        title,
        Words(
            zh="每个指标一幅折线图,城乡各一线;口径变化处断开",
            en="One panel an indicator, a line an area, broken where the definition changed",
        ),
    )


def with_alt(title: Words, seen: Words) -> Caption:
    """Return a caption whose alternative text says what is seen, then the title."""
    return Caption(title, Words(zh=f"{seen.zh}。{title.zh}。", en=f"{seen.en}. {title.en}."))

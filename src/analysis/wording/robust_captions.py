"""Titles and alternative texts of the research figures and tables of notebook 03."""

from __future__ import annotations

import pandas as pd

from ..schema import Words
from ..standards import Indicator, RuleSet
from .captions import Caption


def intervals(stage: str, rules: RuleSet, level: str) -> Caption:
    """Caption the gaps with their intervals."""
    return _caption(
        stage,
        rules,
        Words(zh=f"城乡差及其{level}%区间(仅供研究)", en=f"Urban–rural difference with its {level}% interval, for research"),
        Words(zh="点线图,每个指标按不同平均各一点,横线为区间,竖线为零", en="A dot for each mean of an indicator, bars for intervals, a line at zero"),
    )  # fmt: skip


def lorenz(stage: str, rules: RuleSet) -> Caption:
    """Caption the Lorenz curves."""
    return _caption(
        stage,
        rules,
        Words(zh="各指标在各校之间的分布(洛伦兹曲线)", en="How each resource is spread over schools (Lorenz curves)"),
        Words(zh="每个指标一幅曲线,斜线为完全均等,点为学校", en="One curve an indicator; the straight line is equality, marks are schools"),
    )  # fmt: skip


def theil_change(stage: str, table: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the Theil index of the first and the last year."""
    first, last = table["first"].min(), table["last"].max()
    return _caption(
        stage,
        rules,
        Words(zh=f"校际差异的变化({first}年与{last}年)", en=f"Inequality between schools, {first} and {last}"),
        Words(zh="每个指标两条堆积条形,分城乡之间、城乡内部", en="Two stacked bars an indicator: between and within the areas"),
    )  # fmt: skip


def divisions(stage: str, rules: RuleSet) -> Caption:
    """Caption the shares between groups by three divisions."""
    return _caption(
        stage,
        rules,
        Words(zh="校际差异中组间所占份额(按城乡、举办者、规模)", en="Share of inequality between groups: area, ownership, size"),
        Words(zh="每个指标三点,横轴为组间份额", en="Three marks an indicator on an axis of the share between groups"),
    )  # fmt: skip


def effects(stage: str, table: pd.DataFrame, rules: RuleSet) -> Caption:
    """Caption the pupil and the resource effect."""
    first, last = table["first"].min(), table["last"].max()
    return _caption(
        stage,
        rules,
        Words(zh=f"生均指标的变化分为学生数效应与资源效应({first}—{last}年)", en=f"Change per pupil in its pupil and resource effects, {first}–{last}"),
        Words(zh="每个指标城乡各一行,两段条形为两种效应,菱形为两者之和", en="A row for each side of an indicator: bars for both effects, a diamond for their sum"),
    )  # fmt: skip


def panel(stage: str, rules: RuleSet) -> Caption:
    """Caption the gap by three ways of following schools."""
    return _caption(
        stage,
        rules,
        Words(zh="城乡差的变化:当年代码、首年代码、各年都有的学校", en="The difference over the years by three ways of following schools"),
        Words(zh="每个指标一幅折线图,三线,口径变化处断开", en="One panel an indicator, three lines, broken where the definition changed"),
    )  # fmt: skip


def similar(stage: str, rules: RuleSet) -> Caption:
    """Caption the schools against similar ones."""
    return _caption(
        stage,
        rules,
        Words(zh="各校指标值占相近学校中位数的百分比", en="Each school in per cent of the median of similar schools"),
        Words(zh="每个指标一行散点,竖线为100%,标出最高与最低的学校", en="One row of dots an indicator, a line at 100%, the outermost schools named"),
    )  # fmt: skip


def strips(stage: str, rules: RuleSet) -> Caption:
    """Caption the gap of every indicator under every specification."""
    return _caption(
        stage,
        rules,
        Words(zh="城乡差在全部口径组合下的结果", en="The difference under every combination of choices"),
        Words(zh="每个指标一行短线,每条短线一种口径,圆点为本报告口径,右侧为成立的份额", en="One tick a specification, a dot for the report's own, the share that agrees at the right"),
    )  # fmt: skip


def curve(stage: str, indicator: Indicator, rules: RuleSet) -> Caption:
    """Caption the specification curve of one indicator."""
    return _caption(
        stage,
        rules,
        Words(zh=f"{indicator.short.zh}的口径曲线", en=f"Specification curve of {indicator.short.en}"),
        Words(zh="上图按大小排列各口径的城乡差,下图标出每种口径的选择", en="Above, the difference of each specification by size; below, its choices"),
    )  # fmt: skip


def titled(stage: str, rules: RuleSet, title: Words) -> Words:
    """Return a title with its stage: before a Chinese one, behind an English one."""
    en = rules.stage_title(stage, "en")
    return Words(
        zh=f"{rules.stage_title(stage, 'zh')}{title.zh}", en=f"{title.en} ({en})" if en else title.en
    )


def _caption(stage: str, rules: RuleSet, title: Words, seen: Words) -> Caption:
    named = titled(stage, rules, title)
    return Caption(named, Words(zh=f"{seen.zh}。{named.zh}。", en=f"{seen.en}. {named.en}."))

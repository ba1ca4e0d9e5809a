"""Sentences and words about figures printed before and how this run accounts for them."""

from __future__ import annotations

import pandas as pd

from .. import schema
from ..facts import About, told
from ..reconciliation import reconciling
from ..schema import Words
from ..standards import RuleSet

CAUSES = {
    "same": Words(zh="一致", en="agrees"),
    "scope": Words(zh="范围不同", en="scope"),
    "definition": Words(zh="口径不同", en="definition"),
    "unit": Words(zh="单位不同", en="unit"),
    "correction": Words(zh="数据更正", en="correction"),
    "unexplained": Words(zh="未能解释", en="not explained"),
}
MEASURES = {
    "mean": Words(zh="全县平均值", en="County mean"),
    "sd": Words(zh="标准差", en="Standard deviation"),
    "cv": Words(zh="差异系数", en="Coefficient of variation"),
    "total": Words(zh="合计", en="Total"),
}
_WAYS = {
    "all": Words(zh="含特殊教育学校等全部学校", en="every school, those out of scope too"),
    "small": Words(zh="含小规模教学点", en="small teaching points too"),
    "public": Words(zh="仅公办学校", en="public schools only"),
    "judged": Words(zh="仅纳入评估的学校", en="schools in scope only"),
    "urban": Words(zh="仅{urban}学校", en="{urban} schools only"),
    "rural": Words(zh="仅{rural}学校", en="{rural} schools only"),
    "whole": Words(zh="共用设施不按学段拆分", en="shared facilities not split"),
    "split": Words(zh="共用设施按学段拆分", en="shared facilities split"),
    "unmoved": Words(
        zh="室内体育用房仍计入教学及辅助用房", en="indoor sports rooms left in the teaching rooms"
    ),
    "plain": Words(zh="各校等权(未按学生数加权)", en="schools weigh alike, not by pupils"),
    "sample": Words(zh="各校等权,方差除以n-1", en="schools weigh alike, variance divided by n-1"),
    "filed": Words(zh="更正前所报的数", en="the figures as filed, before corrections"),
}


def ways(rules: RuleSet) -> dict[str, Words]:
    """Return what each way of computing is called."""
    own = {
        name: Words(zh=words.zh.format(**rules.area.zh), en=words.en.format(**rules.area.en))
        for name, words in _WAYS.items()
    }
    return own | {unit.zh: Words(zh=unit.zh, en=unit.en) for unit in reconciling().units}


def item(name: str, stage: str, rules: RuleSet) -> Words:
    """Return what an entry's figure is called."""
    ids = {indicator.id: indicator.title for indicator in rules.indicators}
    own = {
        "schools": Words(zh="学校数", en="Schools"),
        "combined": Words(zh="综合差异系数", en="Combined coefficient"),
    }
    if name in ids or name in own:
        return (ids | own)[name]
    column = schema.columns()[name.format(stage=stage or "primary")]
    if "{stage}" not in name:
        return Words(zh=column.zh, en=column.en)
    return Words(zh=column.zh.partition("(")[0], en=column.en.partition(" (")[0])


def unit(name: str, stage: str, measure: str, rules: RuleSet) -> Words:
    """Return the unit in which this run has an entry's figure; '' for a coefficient."""
    units = {indicator.id: indicator.unit for indicator in rules.indicators} | {
        "schools": Words(zh="所", en="schools")
    }
    if measure == "cv" or name in units:
        return Words(zh="", en="") if measure == "cv" else units[name]
    own = schema.columns()[name.format(stage=stage or "primary")].unit
    return own or Words(zh="", en="")


def reconciled(found: pd.DataFrame) -> Words:
    """Return how many figures printed before agree, and by cause why others do not."""
    first = [causes[0] if len(causes) == 1 else "several" for causes in found["why"]]
    named = CAUSES | {"several": Words(zh="原因不能区分", en="more than one explanation")}
    about = About(
        "published", Words(zh="与已公布数据核对：", en="against figures printed before"), "published"
    )
    counts = {cause: about(first.count(cause), cause, words.zh, words.en) for cause, words in named.items()}
    same, whole = counts.pop("same"), about(len(found), "n", "项数", "all")
    apart = about(sum(n.fact.value for n in counts.values()), "apart", "不一致", "differ")
    zh = "、".join(f"{named[c].zh}{n}项" for c, n in counts.items() if n.fact.value)
    en = ", ".join(f"{named[c].en} ({n:en})" for c, n in counts.items() if n.fact.value)
    return told(
        zh=f"与以前公布的{whole}项数据核对,一致{same}项" + (f",不一致{apart}项,其中{zh}。" if zh else "。"),
        en=f"Of {whole:en} figures printed before {same:en} agree"
        + (f"; the others differ: {en}." if en else "."),
    )

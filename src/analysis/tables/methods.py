"""The tables of the methods annex: each indicator's formula and standard, and the choices made."""

from __future__ import annotations

import pandas as pd

from ..errors import Lang
from ..publish.cells import TableColumn
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese, typeset
from ..wording.methods import CERTAINTY, choices, formula
from .common import Table

_CERTAINTY = {str(key): words for key, words in CERTAINTY.items()}


def indicators(rules: RuleSet, lang: Lang) -> Table:
    """Return one row an indicator: formula, unit, the standard of each stage, whether it is split, its clause."""
    stages = [stage for stage in rules.judged_stages if rules.has_thresholds]
    rows = [
        {
            "title": indicator.title[lang],
            "formula": typeset(formula(indicator, rules))[lang],
            **{stage: _standard(indicator, stage, lang) for stage in stages},
            "split": indicator.split,
            "clause": chinese(indicator.clause),
            "certainty": indicator.certainty,
        }
        for indicator in rules.indicators
    ]
    columns = {
        "title": TableColumn(Words(zh="指标", en="Indicator")),
        "formula": TableColumn(Words(zh="计算公式", en="Formula")),
    }
    for stage in stages:
        columns[stage] = TableColumn(rules.stage_name(stage), group=Words(zh="标准", en="Standard"))
    if rules.split.apply and rules.unit == "stage":
        columns["split"] = TableColumn(Words(zh="按学段拆分", en="Split by stage"))
    columns["clause"] = TableColumn(Words(zh="条款", en="Clause"))
    columns["certainty"] = TableColumn(Words(zh="出处把握", en="How sure"), words=_CERTAINTY)
    return Table(
        pd.DataFrame(rows),
        columns,
        basis=Words(zh=f"依据:{rules.source}。", en=f"Under: {rules.source}."),
        sheet=Words(zh="指标与公式", en="Indicators"),
    )


def settings(rules: RuleSet, lang: Lang) -> Table:
    """Return one row a choice that the figures rest on: how it is done, and on what authority."""
    rows = [
        {
            "item": typeset(choice.item)[lang],
            "text": typeset(choice.text)[lang],
            "clause": chinese(choice.clause),
            "certainty": choice.certainty,
        }
        for choice in choices(rules)
    ]
    return Table(
        pd.DataFrame(rows),
        {
            "item": TableColumn(Words(zh="事项", en="Item")),
            "text": TableColumn(Words(zh="本报告的取法", en="How it is done here")),
            "clause": TableColumn(Words(zh="依据", en="Under")),
            "certainty": TableColumn(Words(zh="出处把握", en="How sure"), words=_CERTAINTY),
        },
        basis=Words(
            zh="设置项可在标准文件中修改,改变后结论可能不同。",
            en="Settings can be changed in the rule file, and the verdict may change with them.",
        ),
        sheet=Words(zh="口径与取舍", en="Choices"),
    )


def _standard(indicator: Indicator, stage: str, lang: Lang) -> str | None:
    limits = indicator.at_least if indicator.at_least is not None else indicator.at_most
    if not limits or stage not in limits:
        return None
    gap = " " if lang == "en" and indicator.unit.en != "%" else ""
    return f"{'≥' if indicator.at_least is not None else '≤'}{limits[stage]}{gap}{indicator.unit[lang]}"

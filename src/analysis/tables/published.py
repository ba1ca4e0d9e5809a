"""The table that holds figures printed before against this run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import Lang
from ..publish.cells import TableColumn
from ..rounding import NOT_KNOWN, shown
from ..schema import Words
from ..standards import RuleSet
from ..typesetting import typeset
from ..wording.labels import several
from ..wording.published import CAUSES, MEASURES, item, unit, ways
from .common import STAGES, Table


def reconciled(found: pd.DataFrame, rules: RuleSet, lang: Lang) -> Table:
    """
    Return one row a figure printed before: as printed, this run's own, the cause of the difference, where it stood.

    `found`: `reconciliation.reconcile` of one county.
    """
    named = ways(rules)
    causes = [several((CAUSES[c][lang] for c in causes), lang) for causes in found["why"]]
    frame = found.assign(
        item=[item(i, s, rules)[lang] for i, s in zip(found["item"], found["stage"], strict=True)],
        stage=found["stage"].replace("", "all"),
        ours=[_own(entry, rules, lang) for entry in found.to_dict("records")],
        cause=causes,
        how=[
            several((typeset(named[w])[lang] for w in some), lang) if some else "" for some in found["ways"]
        ],
        said=[
            several(filter(None, parts), lang) if any(parts) else ""
            for parts in zip(found["scope"], found["definition"], strict=True)
        ],
    )
    unexplained = pd.Series(["unexplained" in causes for causes in found["why"]], dtype=bool)
    return Table(
        frame.reset_index(drop=True),
        {
            "year": TableColumn(Words(zh="年份", en="Year")),
            "stage": TableColumn(
                Words(zh="学段", en="Stage"), words=STAGES | {"all": Words(zh="各学段", en="all")}
            ),
            "item": TableColumn(Words(zh="项目", en="Figure")),
            "measure": TableColumn(Words(zh="统计量", en="Measure"), words=MEASURES),
            "printed": TableColumn(Words(zh="公布值", en="As printed"), align="right"),
            "unit": TableColumn(Words(zh="单位", en="Unit")),
            "said": TableColumn(Words(zh="公布时的范围、口径", en="Scope and definition as printed")),
            "ours": TableColumn(Words(zh="本次结果", en="This run"), align="right"),
            "cause": TableColumn(Words(zh="差异原因", en="Cause")),
            "how": TableColumn(Words(zh="得出公布值的算法", en="How the printed figure comes about")),
            "source": TableColumn(Words(zh="出处", en="Source")),
        },
        basis=Words(
            zh="口径:公布值按其公布的小数位核对;每次只改变一项范围、口径、单位或更正,能得出公布值的即列为原因,"
            "都不能得出的为未能解释。分母、时点同各项指标。",
            en="Basis: compared at the decimals printed; one thing is changed at a time, and what gives the printed figure is "
            "the cause. Denominators and dates are those of each indicator.",
        ),
        note=Words(
            zh="列出两种以上原因的,各自都能得出公布值,不能区分。",
            en="Where several causes are named, each gives the printed figure by itself.",
        ),
        marks=pd.DataFrame({"cause": unexplained}),
        mark_means=CAUSES["unexplained"],
        sheet=Words(zh="已公布数据核对", en="Printed before"),
        landscape=True,
    )


def _own(entry: Mapping[Any, Any], rules: RuleSet, lang: Lang) -> str:
    """Return this run's figure with its unit and the decimals of the printed one, at least two unless it is whole."""
    value = float(entry["ours"])
    if pd.isna(value):
        return NOT_KNOWN
    digits = len(str(entry["printed"]).removesuffix("%").partition(".")[2])
    text = shown(value, 0 if value.is_integer() else max(digits, 2), lang)
    own = unit(str(entry["item"]), str(entry["stage"]), str(entry["measure"]), rules)[lang]
    return f"{text}{own}" if lang == "zh" else f"{text} {own}".strip()

"""Where every judged figure comes from: formula, numerator, denominator, the cells of the office's own file, clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import Lang
from ..publish.cells import TableColumn
from ..schema import Words, column
from ..standards import Indicator, RuleSet
from ..typesetting import chinese, typeset
from ..wording.labels import school_year
from ..wording.methods import formula
from .common import SCHOOL, STAGE, Table

_KEYS = ["school_id", "year"]
_ALL = Words(zh="全县合计", en="the county")


def sources(
    judged: pd.DataFrame, schools: pd.DataFrame, headers: Mapping[str, str], rules: RuleSet, lang: Lang
) -> Table:
    """
    Return one row per figure: first the county's by stage and indicator, then those of each unit in scope.

    Parameters
    ----------
    judged
        The table of that name, of one county and year.
    schools
        The canonical schools with `source_file`, `source_sheet`, `source_row`.
    headers
        Canonical column name to the header in the office's file.
    """
    rows = judged[judged["in_scope"].astype(bool)]
    places = schools.set_index(_KEYS)[["source_file", "source_sheet", "source_row"]]
    units = rows.join(places, on=_KEYS).assign(
        cells=lambda f: [_cells(row, rules, headers, lang) for row in f.to_dict("records")]
    )
    frame = pd.concat([_county(rows, lang), units], ignore_index=True)
    indicators = {indicator.id: indicator for indicator in rules.indicators}
    frame = frame.assign(
        id=[f"D{n:05d}" for n in range(1, len(frame) + 1)],
        formula=frame["indicator"].map(
            {i: typeset(formula(entry, rules))[lang] for i, entry in indicators.items()}
        ),
        clause=frame["indicator"].map({i: chinese(entry.clause) for i, entry in indicators.items()}),
        when=[school_year(int(year))[lang] for year in frame["year"]],
    )
    return Table(
        frame,
        _columns({i: entry.title for i, entry in indicators.items()}),
        basis=Words(
            zh="值 = 系数×分子÷分母;共用资源的分子为拆分后的数;单元格为所报文件中的工作表、行号与表头。",
            en="Value = factor × numerator ÷ denominator; numerators of shared facilities are after the split; "
            "cells are sheet, row and header in the file as filed.",
        ),
        sheet=Words(zh="数据来源", en="Sources"),
        in_report=False,
    )


def _columns(names: Mapping[str, Words]) -> dict[str, TableColumn]:
    return {
        "id": TableColumn(Words(zh="编号", en="ID")),
        "school_name": SCHOOL,
        "stage": STAGE,
        "indicator": TableColumn(Words(zh="指标", en="Indicator"), words=names),
        "value": TableColumn(Words(zh="值", en="Value"), digits=4),
        "numerator": TableColumn(Words(zh="分子", en="Numerator"), digits=2),
        "denominator": TableColumn(Words(zh="分母", en="Denominator"), digits=2),
        "formula": TableColumn(Words(zh="计算公式", en="Formula")),
        "cells": TableColumn(Words(zh="来源单元格", en="Source cells")),
        "when": TableColumn(Words(zh="时点", en="Date")),
        "clause": TableColumn(Words(zh="条款", en="Clause")),
    }


def _county(rows: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Return the county's figures: ratios of totals over the units whose figure is known."""
    known = rows[rows["value"].notna()]
    totals = known.groupby(["year", "stage", "indicator"], sort=False)
    frame = totals[["numerator", "denominator"]].sum().reset_index()
    weighted = known.assign(weighted=known["value"] * known["denominator"])
    sums = weighted.groupby(["year", "stage", "indicator"], sort=False)["weighted"].sum().to_numpy()
    n = totals.size().to_numpy()
    told = "下列{n}个办学单位之和" if lang == "zh" else "sum of the {n} units below"
    return frame.assign(
        value=sums / frame["denominator"],
        school_name=_ALL[lang],
        cells=[told.format(n=count) for count in n],
    )


def _cells(row: Mapping[Any, Any], rules: RuleSet, headers: Mapping[str, str], lang: Lang) -> str:
    """Return the cells that a unit's figure was computed from, as the office finds them in its file."""
    indicator: Indicator = rules.indicator(str(row["indicator"]))
    names = list(indicator.columns(str(row["stage"])))
    if not indicator.denominator and not indicator.per_school:
        names.append(rules.pupils or f"pupils_{row['stage']}")
    told = [headers.get(name, column(name).title(lang)) for name in names]
    place = [str(row[key]) for key in ("source_file", "source_sheet") if pd.notna(row[key]) and row[key]]
    if pd.notna(row["source_row"]):
        number = int(float(str(row["source_row"])))
        place.append(f"第{number}行" if lang == "zh" else f"row {number}")
    return " › ".join([*place, ("、" if lang == "zh" else ", ").join(told)])

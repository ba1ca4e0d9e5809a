"""Tables of the county's own items: each item with its standing, and the schools that stand in the way."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import Lang
from ..publish.cells import TableColumn
from ..rounding import decimals, shown_against
from ..schema import Words
from ..standards import CountyItem, RuleSet
from ..typesetting import typeset
from ..wording.items import STATUSES, required
from .common import SCHOOL, STAGES, Table


def items(judged: pd.DataFrame, rules: RuleSet, lang: Lang) -> Table:
    """Return the self-assessment: every item with what is asked, what is there, and whether it is met."""
    known = {item.id: item for item in rules.county_items}
    rows = judged.to_dict("records")
    by_schools = judged.loc[judged["basis"] == "schools", "item"].tolist()
    frame = judged.assign(
        title=[typeset(known[row["item"]].title)[lang] for row in rows],
        asked=[required(known[row["item"]], lang) for row in rows],
        found=[_found(row, known[row["item"]], lang) for row in rows],
    )
    return Table(
        frame,
        {
            "item": TableColumn(Words(zh="编号", en="No.")),
            "title": TableColumn(Words(zh="指标", en="Item")),
            "asked": TableColumn(Words(zh="要求", en="Asked for")),
            "found": TableColumn(Words(zh="现状", en="Found")),
            "status": TableColumn(Words(zh="判定", en="Standing"), words=STATUSES),
            "evidence": TableColumn(Words(zh="佐证", en="Evidence")),
            "office": TableColumn(Words(zh="责任单位", en="Office")),
        },
        basis=Words(
            zh=f"口径:{'、'.join(by_schools) or '无'}以学校数据为准,以最不利的学校计;其余按县级填报。未填不算达到。",
            en=f"Basis: school data, the worst school deciding ({', '.join(by_schools) or 'none'}); the others as answered.",
        ),
        marks=pd.DataFrame({"status": (frame["status"] == "not_met").to_numpy()}),
        mark_means=STATUSES["not_met"],
        sheet=Words(zh="县级指标自评", en="County items"),
        landscape=True,
    )


def schools(checked: pd.DataFrame, rules: RuleSet, lang: Lang) -> Table:
    """Return the schools that miss a county item or lack its figure."""
    titles = {item.id: f"{item.id} {typeset(item.title)[lang]}" for item in rules.county_items}
    asked = {item.id: required(item, lang) for item in rules.county_items}
    rows = checked[checked["status"] != "met"].sort_values(
        ["item", "status", "school_name"], ignore_index=True
    )
    frame = rows.assign(
        title=rows["item"].map(titles),
        asked=rows["item"].map(asked),
        stage=rows["stage"].replace("", "school"),
    )
    return Table(
        frame,
        {
            "title": TableColumn(Words(zh="县级指标", en="County item")),
            "school_name": SCHOOL,
            "stage": TableColumn(Words(zh="学段", en="Stage"), words=STAGES),
            "value": TableColumn(Words(zh="现状", en="Found"), digits=2),
            "asked": TableColumn(Words(zh="要求", en="Asked for")),
            "status": TableColumn(Words(zh="判定", en="Standing"), words=STATUSES | {"open": _NO_FIGURE}),
        },
        basis=Words(
            zh="口径:由学校数据得出的县级指标,列出未达到和缺数据的学校,时点为所报学年初。",
            en="Basis: items that follow from school data: the schools that do not meet them or lack the figure, as filed.",
        ),
        sheet=Words(zh="县级指标涉及学校", en="Schools, county items"),
        in_report=False,
    )


_NO_FIGURE = Words(zh="缺数据", en="no figure")


def _found(row: dict[Any, Any], item: CountyItem, lang: Lang) -> str:
    """Return what was found of an item: a number with its unit, an answer, or how many schools fall short."""
    unit = item.unit[lang] if item.unit is not None else ""
    limit = item.at_least if item.at_least is not None else item.at_most
    parts = []
    if pd.notna(row["value"]):
        digits = min(2, decimals(row["value"]))
        number = shown_against(row["value"], None if limit is None else float(limit), digits, lang)
        parts.append(number + (unit if lang == "zh" or unit == "%" else f" {unit}"))
    elif row["basis"] == "answer":
        parts.append(row["answer"] if lang == "zh" else _YES_NO.get(row["answer"], row["answer"]))
    if row["n"] == 0:
        parts.append("无此类学校" if lang == "zh" else "no school concerned")
    units = "个办学单位" if item.schools is not None and item.schools.each == "stage" else "所学校"
    told = {"n_short": (f"{units}未达到", "short"), "n_missing": (f"{units}缺数据", "without a figure")}
    for name, (zh, en) in told.items():
        if row[name] > 0:
            parts.append(f"{int(row[name])}{zh}" if lang == "zh" else f"{int(row[name])} {en}")
    return ("，" if lang == "zh" else ", ").join(parts)


_YES_NO = {"是": "yes", "否": "no"}

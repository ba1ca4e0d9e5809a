"""Sentences on large classes: how many units have one, and what is not known."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..facts import CHOSEN, About, Figure, told
from ..ground.norms import ClassSize, Norms
from ..schema import Words
from ..standards import RuleSet
from .labels import stage_cell


def kinds(norms: Norms) -> dict[str, Words]:
    """Return the kinds of class by id, each with the number of pupils it begins at."""
    return {kind.id: _from(kind) for kind in norms.class_size}


def _from(kind: ClassSize) -> Words:
    numbers = list(dict.fromkeys(kind.at_least.values()))
    told = "/".join(map(str, numbers))
    return Words(zh=f"{kind.zh}（{told}人及以上）", en=f"{kind.en} ({told} or more)")


def large_classes(whole: pd.DataFrame, norms: Norms, rules: RuleSet) -> list[Words]:
    """Return for each stage of one county and year how many units have a class of each kind."""
    rows = {str(row["stage"]): row for row in whole.to_dict("records")}
    return [_of_stage(rows[stage], norms, rules) for stage in rules.judged_stages if stage in rows]


def begins_at(kind: ClassSize, stage: str, about: About) -> Figure:
    """Return from how many pupils a class is of a kind."""
    return about(
        kind.at_least[stage],
        f"{kind.id}/from",
        f"{kind.zh}起点人数",
        f"a {kind.en} begins at",
        formula=CHOSEN,
    )


def _of_stage(row: dict[Any, Any], norms: Norms, rules: RuleSet) -> Words:
    stage = str(row["stage"])
    name = rules.stage_name(stage)
    about = About(f"classes/{stage}", name, "classes-by-area")
    at = (stage_cell(stage), _WHOLE)
    units = about(row["n_units"], "n_units", "办学单位数", "units", row=at, column="n_units")
    zh, en = [], []
    for kind in norms.class_kinds(stage):
        begins = begins_at(kind, stage, about)
        column = f"n_{kind.id}"
        n = about(
            row[column], kind.id, f"有{kind.zh}的办学单位数", f"units with a {kind.en}", row=at, column=column
        )
        unknown = about(
            row[f"{column}_unknown"],
            f"{kind.id}/unknown",
            f"{kind.zh}不明的办学单位数",
            f"units, {kind.en} unknown",
        )
        lost = bool(unknown.fact.value)
        zh.append(f"有{begins}人及以上班级的{n}个" + f"（另有{unknown}个不明）" * lost)
        en.append(f"{n:en} with a class of {begins:en} or more" + f" ({unknown:en} unknown)" * lost)
    last_zh = last_en = ""
    if pd.notna(row["largest"]):
        largest = about(
            row["largest"],
            "largest",
            "最大的班学生数",
            "pupils of the largest class",
            row=at,
            column="largest",
        )
        last_zh, last_en = f"；最大的班{largest}人", f"; the largest class has {largest:en} pupils"
    return told(
        zh=f"{name.zh}{units}个办学单位中，{'，'.join(zh)}{last_zh}。",
        en=f"Of {units:en} units ({name.en}), {', '.join(en)}{last_en}.",
    )


_WHOLE = Words(zh="合计", en="All")

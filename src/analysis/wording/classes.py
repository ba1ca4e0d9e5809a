"""Sentences on large classes: how many units have one, and what is not known."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..ground.norms import ClassSize, Norms
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet


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


def _of_stage(row: dict[Any, Any], norms: Norms, rules: RuleSet) -> Words:
    name, stage, units = rules.stage_name(str(row["stage"])), str(row["stage"]), int(row["n_units"])
    zh, en = [], []
    for kind in norms.class_kinds(stage):
        start, n, unknown = kind.at_least[stage], int(row[f"n_{kind.id}"]), int(row[f"n_{kind.id}_unknown"])
        zh.append(f"有{start}人及以上班级的{n}个" + (f"（另有{unknown}个不明）" if unknown else ""))
        en.append(f"{n} with a class of {start} or more" + (f" ({unknown} unknown)" if unknown else ""))
    largest = float(row["largest"])
    last = Words(zh="", en="")
    if pd.notna(largest):
        last = Words(
            zh=f"；最大的班{shown(largest, 0)}人",
            en=f"; the largest class has {shown(largest, 0, 'en')} pupils",
        )
    return Words(
        zh=f"{name.zh}{units}个办学单位中，{'，'.join(zh)}{last.zh}。",
        en=f"Of {units} units ({name.en}), {', '.join(en)}{last.en}.",
    )

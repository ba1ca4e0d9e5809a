"""Rows that the statistics do not count as schools (是否计校数 = 0): joined to the school that the user names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ... import schema
from ...errors import Fault, Level, Place
from ...schema import Words
from .assembling import BRANCHES, Key, Row
from .form import COUNTED

COLUMNS = ("school_id", "school_name", "year", "pupils", "area3", "parent_id", "parent_name", "parent_area3")
# What belongs to the place of a school, not to its size: the parent's stays.
_OF_THE_PLACE = {"text", "code", "choice", "coordinate", "flag"}


@dataclass
class Joined:
    """The rows after joining, the branches (`COLUMNS`; `parent_id` missing where none is named), and the faults."""

    rows: dict[Key, Row]
    branches: pd.DataFrame
    faults: list[Fault] = field(default_factory=list)


def joined(rows: Mapping[Key, Row], named: pd.DataFrame) -> Joined:
    """
    Add each branch to the school that the user names as its parent; ask about those without one.

    Parameters
    ----------
    rows
        One row a school and year.
    named
        The sheet 不计校数: `school_id`, `parent_id` as text, and `file`, `sheet`, `row`.
    """
    branches = [row for row in rows.values() if row.figures.get(COUNTED) == 0]
    ids = {row.key[0] for row in branches}
    parents, faults = _parents(rows, ids, named)
    kept = dict(rows)
    told = []
    for row in branches:
        school, year = row.key
        parent = kept.get((parents.get(school, ""), year))
        told.append(_told(row, parent))
        if parent is None:
            faults.append(_asks(row))
        else:
            kept[parent.key] = _added(parent, row)
            del kept[row.key]
    return Joined(kept, pd.DataFrame(told, columns=list(COLUMNS)), faults)


def _parents(
    rows: Mapping[Key, Row], branches: set[str], named: pd.DataFrame
) -> tuple[dict[str, str], list[Fault]]:
    """Return the parent of each branch that has one, and what is wrong with the sheet 不计校数."""
    schools = {school for school, _ in rows}
    parents: dict[str, str] = {}
    faults = []
    for line in named.dropna(subset=["parent_id"]).itertuples():
        child, parent = str(line.school_id), str(line.parent_id)
        at = Place(str(line.file), str(line.sheet), int(str(line.row)))
        if child not in branches:
            words = Words(
                zh="官方表中没有这所不计校数的学校。",
                en="is no school that the official sheets do not count.",
            )
            faults.append(_wrong(at, "学校标识码", child, words))
        elif parent not in schools - branches:
            words = Words(
                zh="应为官方表中一所计校数的学校的标识码。",
                en="must be the ID of a school that the official sheets count.",
            )
            faults.append(_wrong(at, "并入学校标识码", parent, words))
        elif parents.setdefault(child, parent) != parent:
            words = Words(zh="这所学校写了两个并入学校。", en="the school is given two parents.")
            faults.append(_wrong(at, "并入学校标识码", parent, words))
    return parents, faults


def _added(parent: Row, branch: Row) -> Row:
    """Return the parent with the branch's figures added; unknown where either is, but for stages the branch lacks."""
    values = dict(parent.figures)
    entry = schema.codes("school_type").get(str(branch.figures.get("school_type_code")))
    for name, column in schema.columns().items():
        if column.type in _OF_THE_PLACE or name == "year":
            continue
        theirs, ours = branch.figures.get(name), values.get(name)
        if theirs is None and entry is not None and column.stage and column.stage not in entry.stages:
            continue
        if name.startswith("largest_class"):
            values[name] = None if theirs is None or ours is None else max(ours, theirs)
        else:
            values[name] = None if theirs is None or ours is None else ours + theirs
    return replace(parent, figures={name: value for name, value in values.items() if value is not None})


def _told(row: Row, parent: Row | None) -> dict[str, Any]:
    pupils = [row.figures[f"pupils_{stage}"] for stage in schema.STAGES if f"pupils_{stage}" in row.figures]
    areas = schema.codes("urban_rural")

    def area(of: Row | None) -> str | None:
        code = None if of is None else of.figures.get("urban_rural_code")
        return None if code is None else areas[str(code)].area3

    return {
        "school_id": row.key[0],
        "school_name": row.figures.get("school_name"),
        "year": row.key[1],
        "pupils": sum(pupils) if pupils else float("nan"),
        "area3": area(row),
        "parent_id": None if parent is None else parent.key[0],
        "parent_name": None if parent is None else parent.figures.get("school_name"),
        "parent_area3": area(parent),
    }


def _asks(row: Row) -> Fault:
    place = row.places[COUNTED]
    return Fault(
        "not-counted",
        f"是否计校数为0,是某所学校的教学点或校区;属于哪所学校表中没有,先按单独一行计。请在表「{BRANCHES}」写明并入学校,或说明为什么单列。",
        f"is not counted as a school; which one it belongs to is not in the file, so it stands alone. Name it on the sheet "
        f"{BRANCHES}, or explain.",
        replace(place, value="0"),
        Level.EXPLAIN,
        school_id=row.key[0],
        year=row.key[1],
        columns=("school_id",),
        school_name=str(row.figures.get("school_name", "")),
    )


def _wrong(place: Place, column: str, value: str, words: Words) -> Fault:
    return Fault("wrong-branch", words.zh, words.en, replace(place, column=column, value=value))

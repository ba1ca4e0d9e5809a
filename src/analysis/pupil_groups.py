"""Pupils of sensitive groups by stage and area, without the small counts and what would give them away."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from . import schema
from .suppression import Cell, Printed, hidden, withheld

ALL = "all"
HIDDEN = "*"
PUPILS = "pupils_{stage}"


def groups() -> dict[str, schema.Column]:
    """Return the sensitive groups: the name of their columns, {stage} unfilled, and the column of one stage."""
    return {_group(name): column for name, column in schema.columns().items() if column.sensitive}


def sensitive(columns: Iterable[object]) -> list[str]:
    """Return which of some columns count pupils of sensitive groups."""
    known = schema.columns()
    return [name for name in map(str, columns) if name in known and known[name].sensitive]


def told(corrections: pd.DataFrame) -> pd.DataFrame:
    """Return corrections (`Dataset.corrections`) without the values of sensitive groups."""
    of_group = corrections["column"].isin(sensitive(corrections["column"]))
    return corrections.assign(**{name: corrections[name].mask(of_group, HIDDEN) for name in ("old", "new")})


def pupils_of_groups(schools: pd.DataFrame) -> pd.DataFrame:
    """
    Return the pupils of each sensitive group by stage and area, fit to be printed.

    Parameters
    ----------
    schools
        The canonical table, of one county and year.

    Returns
    -------
    Long: `group` (a column of `groups`, or PUPILS for all pupils), `stage` and `area3` (ALL for the whole, `unknown`), `pupils` (NaN
    where it is missing or not printed), `hidden`, and `public` (False where so few schools have such pupils that the
    figure would be theirs). Groups that no school files are left out; schools without a
    figure are in no sum.
    """
    filed = [group for group in groups() if schools[_columns(group)].notna().any().any()]
    counts = {cell: n for group in (PUPILS, *filed) for cell, n in _counts(schools, group).items()}
    sums = [*_sums(counts, 1), *_sums(counts, 2)]
    pairs = [(cell, (whole, *cell[1:])) for cell in counts if cell[0] != PUPILS for whole in _wholes(cell[0])]
    within = [(part, whole) for part, whole in pairs if whole in counts]
    out = hidden(Printed(counts, sums, within), open_cells={cell for cell in counts if cell[0] == PUPILS})
    of_few = withheld({cell: len(_schools(schools, cell)) for cell in counts}, sums)
    rows = [
        (*cell, float("nan") if cell in out else n, cell in out, cell not in of_few)
        for cell, n in counts.items()
    ]
    return pd.DataFrame(rows, columns=["group", "stage", "area3", "pupils", "hidden", "public"])


def _group(name: str) -> str:
    return re.sub(rf"_({'|'.join(schema.STAGES)})$", "_{stage}", name)


def _columns(group: str) -> list[str]:
    names = [group.format(stage=stage) for stage in schema.STAGES]
    return [name for name in names if name in schema.columns()]


def _wholes(group: str) -> list[str]:
    """Return the groups that a group is part of: all pupils, and the one that the registry names."""
    part_of = groups()[group].part_of
    return [PUPILS, *([_group(part_of)] if part_of else [])]


def _counts(schools: pd.DataFrame, group: str) -> dict[Cell, float]:
    """Return what is known of a group by stage and area, sums of them under ALL."""
    counted: dict[Cell, float] = {}
    for stage, name in ((stage, group.format(stage=stage)) for stage in schema.STAGES):
        if name not in schema.columns():
            continue
        known = schools[schools[name].notna()]
        by_area = known[name].groupby(known["area3"].fillna("unknown")).sum()
        for area, n in by_area.items():
            for place in ((stage, str(area)), (stage, ALL), (ALL, str(area)), (ALL, ALL)):
                counted[(group, *place)] = counted.get((group, *place), 0.0) + float(n)
    return counted


def _schools(schools: pd.DataFrame, cell: Cell) -> pd.Index[int]:
    """Return the rows of the schools that have pupils of a group, stage and area."""
    group, stage, area = cell
    names = _columns(group) if stage == ALL else [group.format(stage=stage)]
    inside = (schools["area3"].fillna("unknown") == area) | (area == ALL)
    return schools.index[inside & (schools[names] > 0).any(axis=1)]


def _sums(counts: Iterable[Cell], along: int) -> list[tuple[Cell, list[Cell]]]:
    """Return each sum along the stages (1) or the areas (2) with its parts."""
    parts: dict[Cell, list[Cell]] = {}
    for cell in counts:
        whole = (*cell[:along], ALL, *cell[along + 1 :])
        if cell != whole:
            parts.setdefault(whole, []).append(cell)
    return list(parts.items())

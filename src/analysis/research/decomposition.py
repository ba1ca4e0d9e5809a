"""What lies between groups of schools and within them: by area, ownership, size; and how that moved."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from ..inequality import theil, theil_parts
from .aggregates import require_schools
from .distribution import BY
from .settings import Research

Division = Literal["area", "ownership", "size"]
DIVISIONS: tuple[Division, ...] = ("area", "ownership", "size")
TERMS = ("theil_t", "between_t", "within_t")


def divided(values: pd.DataFrame, division: Division, settings: Research) -> pd.DataFrame:
    """
    Return Theil T and L of each indicator with their parts between and within the groups of a division.

    Parameters
    ----------
    values
        Table of that name; units in scope count, weighted by denominators.
    division
        `area`: the rule's two sides; `ownership`: who runs the school; `size`: bands of its pupils of all stages.
    settings
        The lower ends of the bands.

    Returns
    -------
    As `inequality.theil` with `part`: one row per county, year, stage and indicator, plus `division` and `n_groups`
    (groups with a known unit; with a single one nothing can lie between).

    Raises
    ------
    JunhengError
        The rows are totals of areas, not schools.
    """
    require_schools(values)
    rows = grouped(values[values["in_scope"]], division, settings)
    known = rows[rows["numerator"].notna() & rows["denominator"].notna()]
    groups = known.groupby(list(BY))["group"].nunique(dropna=False).rename("n_groups")
    table = theil(rows, value="numerator", pupils="denominator", by=list(BY), part="group")
    return table.merge(groups.reset_index(), on=list(BY), how="left").assign(division=division)


def division_parts(values: pd.DataFrame, division: Division, settings: Research) -> pd.DataFrame:
    """Return what each group contributes (see `inequality.theil_parts`): `division`, `group`, means, shares, terms."""
    require_schools(values)
    rows = grouped(values[values["in_scope"]], division, settings)
    parts = theil_parts(rows, value="numerator", pupils="denominator", by=list(BY), part="group")
    return parts.assign(division=division)


def grouped(values: pd.DataFrame, division: Division, settings: Research) -> pd.DataFrame:
    """Return the units with `group`: a side, an owner, the number of a band of size; NaN where it is not known."""
    if division != "size":
        return values.assign(group=values[division])
    ends = [*settings.size_bands, np.inf]
    bands = pd.cut(values["school_pupils"], ends, right=False, labels=[str(i) for i in range(len(ends) - 1)])
    return values.assign(group=bands.astype("str"))


def theil_change(parts: pd.DataFrame) -> pd.DataFrame:
    """
    Return how Theil T moved between the first and the last year, and how much of it lay between and within.

    ΔT = Δbetween + Δwithin, exactly: both sides are differences of the same sums.

    Parameters
    ----------
    parts
        Theil T with its parts in several years, such as `gaps.inequality_by_area` or `divided`, of comparable years.

    Returns
    -------
    One row per county, stage and indicator with T known in two years: `first`, `last` (years), `theil_t_first`,
    `theil_t_last` and the same of `between_t` and `within_t`, `change`, `change_between`, `change_within`.
    """
    by = ["county_code", "stage", "indicator"]
    known = parts.dropna(subset=list(TERMS)).sort_values([*by, "year"])
    ends = known.groupby(by)["year"].agg(first="min", last="max").reset_index()
    ends = ends[ends["first"] < ends["last"]]
    table = ends
    for end in ("first", "last"):
        at = known[[*by, "year", *TERMS]].rename(columns={"year": end, **{t: f"{t}_{end}" for t in TERMS}})
        table = table.merge(at, on=[*by, end])
    changes = {t: table[f"{t}_last"] - table[f"{t}_first"] for t in TERMS}
    return table.assign(
        change=changes["theil_t"], change_between=changes["between_t"], change_within=changes["within_t"]
    )

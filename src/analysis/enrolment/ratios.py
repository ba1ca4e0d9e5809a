"""What past years say: progression from grade to grade, entry from births, and each school's part of an entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..exact import Floats
from ..programme import Programme
from .cohorts import Cohorts

COUNTY = "all"
"""The group of all schools, where what stands behind an entry is known for the county alone."""


@dataclass(frozen=True)
class Ratios:
    """
    What carries the cohorts forward.

    Attributes
    ----------
    progression
        Schools × grades: pupils of grade g as a share of those of grade g − 1 a year before; NaN for the grades that
        stages begin with, which `entry` and `share` fill.
    entry
        By stage, the ratio of each group of schools (`group`): entrants to births (first stage) or to last year's
        leavers of the stage before.
    swing
        By stage, the lowest and highest yearly ratio of the county as a share of the one used.
    share
        By stage, each school's part of its group's entrants.
    group
        By stage, the group of each school: its township where births are by township, else the county.
    """

    progression: Floats
    entry: dict[str, dict[str, float]]
    swing: dict[str, tuple[float, float]]
    share: dict[str, Floats]
    group: dict[str, list[str]]


def weights(cohorts: Cohorts, recency: float) -> Floats:
    """Return the weight of each year: `recency` times that of the year after it."""
    ages = np.arange(len(cohorts.years))[::-1]
    return np.asarray(recency**ages, dtype=np.float64)


def estimate(cohorts: Cohorts, entering: pd.DataFrame | None, programme: Programme) -> Ratios:
    """
    Return the ratios of a county from the years on file, the recent ones weighing more.

    Parameters
    ----------
    entering
        Births behind the entrants (`cohorts.entering_births`); None where there are none: grade 1 then keeps the mean
        of its recent entrants.
    """
    weight = weights(cohorts, programme.given("recency"))
    townships = cohorts.schools["township_code"].fillna(COUNTY).tolist()
    by_township = entering is not None and bool(entering["township_code"].notna().all())
    entry: dict[str, dict[str, float]] = {}
    swing: dict[str, tuple[float, float]] = {}
    share: dict[str, Floats] = {}
    group: dict[str, list[str]] = {}
    for at, stage in cohorts.entries().items():
        first = at == 0
        group[stage] = townships if first and by_township else [COUNTY] * len(townships)
        share[stage] = _shares(cohorts.pupils[:, at, :], group[stage], weight)
        behind = _behind(cohorts, at, entering, set(group[stage]))
        fixed = programme.progression.get(list(cohorts.grades)[at])
        entry[stage], swing[stage] = _entry(cohorts, at, group[stage], behind, weight)
        if fixed is not None:
            entry[stage], swing[stage] = dict.fromkeys(entry[stage], float(fixed)), (1.0, 1.0)
    return Ratios(_progression(cohorts, weight, programme), entry, swing, share, group)


def _progression(cohorts: Cohorts, weight: Floats, programme: Programme) -> Floats:
    """
    Return each school's own ratio, drawn toward that of its area by `pooling` pupils.

    r = (Σ_t w_t N(g, t) + k · r_area) / (Σ_t w_t N(g − 1, t − 1) + k). A school that has had pupils below a grade and
    never in it ends there: its ratio is 0, and the school that takes them in shows a ratio above 1 of its own.
    """
    before, after = cohorts.pupils[:, :-1, :-1], cohorts.pupils[:, 1:, 1:]
    known = ~(np.isnan(before) | np.isnan(after))
    came = np.where(known, after, 0.0) @ weight[1:]
    were = np.where(known, before, 0.0) @ weight[1:]
    pooled = np.ones_like(came)
    areas = cohorts.schools["area"].fillna("").to_numpy(object)
    for area in set(areas):
        here = areas == area
        top, base = came[here].sum(axis=0), were[here].sum(axis=0)
        pooled[here] = np.divide(top, base, out=np.ones_like(top), where=base > 0)
    k = programme.given("pooling")
    ratio = np.divide(came + k * pooled, were + k, out=pooled.copy(), where=were + k > 0)
    ratio[(were > 0) & (came == 0)] = 0.0
    found: Floats = np.full(cohorts.pupils.shape[:2], np.nan)
    found[:, 1:] = ratio
    for at, grade in enumerate(cohorts.grades):
        if grade in programme.progression:
            found[:, at] = float(programme.progression[grade])
    found[:, list(cohorts.entries())] = np.nan
    return found


def _shares(entrants: Floats, groups: list[str], weight: Floats) -> Floats:
    """Return each school's part of its group's entrants; a school's years before it opened do not count."""
    known = ~np.isnan(entrants)
    size = np.where(known, entrants, 0.0) @ weight
    own = np.divide(size, known @ weight, out=np.zeros_like(size), where=known.any(axis=1))
    total = pd.Series(own).groupby(groups).transform("sum").to_numpy()
    return np.asarray(np.divide(own, total, out=np.zeros_like(own), where=total > 0))


def _behind(
    cohorts: Cohorts, at: int, entering: pd.DataFrame | None, groups: set[str]
) -> dict[str, Floats] | None:
    """Return by group what a stage's entrants of each year come from: births, or last year's leavers below."""
    if at > 0:
        leavers = np.nansum(cohorts.pupils[:, at - 1, :], axis=0)
        return {COUNTY: np.concatenate([[np.nan], leavers[:-1]])}
    if entering is None:
        return None
    codes = (
        entering["township_code"].fillna(COUNTY) if groups != {COUNTY} else pd.Series(COUNTY, entering.index)
    )
    wide = entering.assign(group=codes).pivot_table(
        index="year", columns="group", values="births", aggfunc="sum"
    )
    wide = wide.reindex(list(cohorts.years))
    return {str(name): wide[name].to_numpy(float) for name in wide}


def _entry(
    cohorts: Cohorts, at: int, groups: list[str], behind: dict[str, Floats] | None, weight: Floats
) -> tuple[dict[str, float], tuple[float, float]]:
    """Return the ratio of each group, and how far the county's yearly ratio has swung about the one used."""
    entrants = cohorts.pupils[:, at, :]
    ratio: dict[str, float] = {}
    for name in set(groups):
        here = np.array([g == name for g in groups])
        came = np.nansum(entrants[here], axis=0)
        base = np.ones(len(came)) if behind is None else behind.get(name, np.full(len(came), np.nan))
        known = (came > 0) & (base > 0)
        total = float((weight * base)[known].sum())
        ratio[name] = float((weight * came)[known].sum()) / total if total else 0.0
    came = np.nansum(entrants, axis=0)
    base = np.ones(len(came)) if behind is None else np.nansum(list(behind.values()), axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        yearly = np.where((came > 0) & (base > 0), came / base, np.nan)
    if np.isnan(yearly).all():
        return ratio, (1.0, 1.0)
    used = float(np.nansum(weight * yearly) / weight[~np.isnan(yearly)].sum())
    return ratio, (float(np.nanmin(yearly)) / used, float(np.nanmax(yearly)) / used)

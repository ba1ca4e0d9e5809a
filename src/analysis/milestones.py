"""Yearly targets of a plan against what there is (年度目标)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from .assessment import Assessment
from .exact import filed
from .standards import Milestone, RuleSet

STATUSES = ("met", "not_met", "open", "ahead", "no_target")


def milestones(
    found: Assessment, items: pd.DataFrame, rules: RuleSet, *, county: str, year: int
) -> pd.DataFrame:
    """
    Hold each yearly target against the figure of its year.

    Shares of schools (or units) are bounded where some are undetermined (or lack the figure): those that surely meet
    it, and those that may. A target is `met` when the lower bound reaches it, `not_met` when the upper one does not,
    else `open`. Decided on exact fractions.

    Parameters
    ----------
    found
        The assessment of all years of a county.
    items
        Its county items in `year` (`county_items.judge_items`); answers of other years are not on file.
    year
        Targets of later years are `ahead`; a year whose target the plan leaves open has `no_target`.

    Returns
    -------
    One row per target and year: `milestone`, `year`, `target` (NaN where the plan's figure is not known), `least`, `most`
    (NaN without data), `status`.
    """
    rows = []
    for target in rules.milestones:
        for when, limit in sorted(target.at_least.items()):
            bounds = _bounds(target, found, items if int(when) == year else items.iloc[:0], county, int(when))
            status = (
                "ahead" if int(when) > year else _status(bounds, None if limit is None else Fraction(limit))
            )
            least, most = (np.nan, np.nan) if bounds is None else map(float, bounds)
            rows.append(
                (target.id, int(when), np.nan if limit is None else float(limit), least, most, status)
            )
    return pd.DataFrame(rows, columns=["milestone", "year", "target", "least", "most", "status"])


def _bounds(
    target: Milestone, found: Assessment, items: pd.DataFrame, county: str, year: int
) -> tuple[Fraction, Fraction] | None:
    """Return between what and what the figure of a year lies; None without data."""
    if target.of == "item":
        value = items.loc[items["item"] == target.name, "value"]
        known = [filed(number) for number in value.dropna()]
        return (known[0], known[0]) if known else None
    table = found.school_verdicts if target.of == "schools" else found.judged
    rows = table[(table["county_code"] == county) & (table["year"] == year)]
    if target.of == "schools":
        states: pd.Series[Any] = rows["verdict"].dropna()
        met, unknown = states == "pass", states == "undetermined"
    else:
        states = rows.loc[(rows["indicator"] == target.name) & (rows["status"] != "unjudged"), "status"]
        met, unknown = states == "met", states == "missing"
    if states.empty:
        return None
    n = len(states)
    return Fraction(100 * int(met.sum()), n), Fraction(100 * int(met.sum() + unknown.sum()), n)


def _status(bounds: tuple[Fraction, Fraction] | None, limit: Fraction | None) -> str:
    if limit is None:
        return "no_target"
    if bounds is None:
        return "open"
    return "met" if bounds[0] >= limit else "not_met" if bounds[1] < limit else "open"

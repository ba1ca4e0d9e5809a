"""What joining branches to their parent schools changes: who is judged, pupils by area, coefficients of variation."""

from __future__ import annotations

import pandas as pd

from .assessment import Assessment, assess
from .standards import RuleSet

COLUMNS = (
    "year",
    "stage",
    "measure",
    "indicator",
    "before",
    "after",
    "limit",
    "verdict_before",
    "verdict_after",
)
_KEYS = ["year", "stage"]


def joining_effects(apart: pd.DataFrame, together: Assessment, rules: RuleSet) -> pd.DataFrame:
    """
    Compare a county with its branches apart and joined.

    Parameters
    ----------
    apart
        The canonical table with every branch in a row of its own.
    together
        The assessment with the branches joined.

    Returns
    -------
    One row per year, stage and measure (`COLUMNS`): `units` in scope, `small` (units left out for their number of
    pupils), `rural` (pupils of rural units in scope), and `cv` by indicator with its limit and verdicts.
    """
    before = assess(apart, rules)
    counts = [
        pd.DataFrame({"before": _counted(before.units, name), "after": _counted(together.units, name)})
        .fillna(0)
        .rename_axis(_KEYS)
        .reset_index()
        .assign(measure=name)
        for name in ("units", "small", "rural")
    ]
    names = {"cv_before": "before", "cv_after": "after", "limit_after": "limit"}
    spread = before.dispersion.merge(
        together.dispersion, on=["county_code", *_KEYS, "indicator"], suffixes=("_before", "_after")
    ).rename(columns=names)
    whole = pd.concat([*counts, spread.assign(measure="cv")], ignore_index=True)
    return whole.reindex(columns=list(COLUMNS)).sort_values(_KEYS, kind="stable").reset_index(drop=True)


def _counted(units: pd.DataFrame, measure: str) -> pd.Series:
    """Return a count of units, or of their pupils, by year and stage."""
    if measure == "units":
        return units[units["in_scope"]].groupby(_KEYS).size()
    if measure == "small":
        return units[units["out_reason"] == "min_pupils"].groupby(_KEYS).size()
    rural = units[units["in_scope"] & (units["area"] == "rural")]
    return rural.groupby(_KEYS)["pupils"].sum(min_count=1)

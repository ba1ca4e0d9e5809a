"""What is lacking, where, and how the two sides of the county compare. No side is taken to be the worse one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import schema
from .exact import Floats
from .indicators import UNIT_COLUMNS, UNIT_KEY
from .inequality import gini, theil
from .standards import Indicator, RuleSet

MEANS = ("totals", "schools", "pupils")
_ALIKE = 1e-9  # relative; two means closer than this are equal up to the last bits of their sums


def shortfalls(
    judged: pd.DataFrame, by: Sequence[str] = ("county_code", "year", "stage", "indicator", "area")
) -> pd.DataFrame:
    """
    Return what the units in scope are short of, added up.

    Gaps of different indicators are never added: one teacher may fill several (see `teacher_bounds`), and the
    others have different units.

    Parameters
    ----------
    judged
        Table of that name (`assessment.judge_values`).
    by
        Columns to add up by; `indicator` must be one of them.

    Returns
    -------
    One row per group, unknown areas as a group of their own: `n_units`, `n_short` (threshold not met), `n_missing` (no
    figure), `gap` = Σ gap in the registry's unit over the units whose figure is known (NaN where none is, or where
    there is no threshold).
    """
    if "indicator" not in by:
        raise ValueError("gaps of different indicators cannot be added: `by` must name indicator")
    rows = judged[judged["in_scope"]]
    short = rows["status"].isin(["floor", "below"])
    grouped = (
        rows[list(by)]
        .assign(
            n_units=1,
            n_short=short.astype(int),
            n_missing=(rows["value"].isna() & ~short).astype(int),
            gap=rows["gap"],
        )
        .groupby(list(by), dropna=False, sort=False)
    )
    counts = grouped[["n_units", "n_short", "n_missing"]].sum()
    return counts.assign(gap=grouped["gap"].sum(min_count=1)).reset_index()


def teacher_bounds(judged: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return between how many and how many teachers each unit in scope is short of.

    One teacher may count in several indicators (a 本科 PE teacher who is a 骨干教师 counts in three), so the gaps of a
    unit are not people to be added: at least the largest of them is needed, at most their sum.

    Returns
    -------
    One row per unit in scope: its columns, `n_indicators` (of teachers, with a threshold), `n_missing`, `at_least` =
    largest gap (NaN where none is known), `at_most` = Σ gaps (NaN where one is missing).
    """
    ids = [i.id for i in rules.indicators if _counts_teachers(i.numerator, rules)]
    rows = judged[judged["in_scope"] & judged["indicator"].isin(ids) & judged["threshold"].notna()]
    parts = rows.assign(n_missing=rows["gap"].isna().astype(int), n_indicators=1)
    grouped = parts.groupby(list(UNIT_KEY), dropna=False, sort=False)
    bounds = grouped[["n_indicators", "n_missing"]].sum()
    bounds["at_least"] = grouped["gap"].max()
    bounds["at_most"] = grouped["gap"].sum(min_count=1).where(bounds["n_missing"] == 0)
    units = rows[list(UNIT_COLUMNS)].drop_duplicates(list(UNIT_KEY))
    return units.merge(bounds.reset_index(), on=list(UNIT_KEY), how="left")


def urban_rural(values: pd.DataFrame, means: Sequence[str] = MEANS) -> pd.DataFrame:
    """
    Compare the two sides of each county by three means, units in scope.

    With F the numerator, D the denominator, x = F / D per unit and P its pupils: `totals` ΣF / ΣD, what the side
    as a whole has; `schools` Σx / n, the mean over its units; `pupils` ΣPx / ΣP, what its pupils meet on average
    (the same as totals where D is the pupils). All in the indicator's unit. Units without the figure (or, for
    `pupils`, without pupils on file) are left out and counted.

    Parameters
    ----------
    values
        Table of that name, or `judged`.
    means
        Those that are wanted, of the three.

    Returns
    -------
    One row per county, year, stage, indicator and `mean`: `urban`, `rural`, `difference` = urban − rural, `ratio` =
    urban / rural (NaN where rural is 0), `n_urban`, `n_rural` (units in the mean), `n_missing_urban`,
    `n_missing_rural`, `n_unknown` (units of neither side), `favours`: `urban`, `rural` or `equal` by the indicator's
    direction, NaN where a side has no figure.
    """
    by = ["county_code", "year", "stage", "indicator"]
    rows = values[values["in_scope"]].reset_index(drop=True)
    ids = rows.groupby(by, dropna=False, sort=False).ngroup().to_numpy()
    keys = rows.iloc[np.unique(ids, return_index=True)[1]][[*by, "better"]].reset_index(drop=True)
    weights = {"totals": "denominator", "schools": None, "pupils": "pupils"}
    tables = [_compared(rows, ids, keys, mean, weights[mean]) for mean in means]
    table = pd.concat(tables, ignore_index=True)
    place = np.tile(np.arange(len(keys)), len(means))
    return table.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _compared(
    rows: pd.DataFrame, ids: npt.NDArray[np.integer[Any]], keys: pd.DataFrame, mean: str, weight: str | None
) -> pd.DataFrame:
    value = rows["value"].to_numpy(float)
    weights = np.ones(len(rows)) if weight is None else rows[weight].to_numpy(float)
    known = ~(np.isnan(value) | np.isnan(weights))
    n = len(keys)
    found: dict[str, Any] = {str(name): keys[name] for name in keys if name != "better"} | {"mean": mean}
    counts: dict[str, Any] = {}
    for side in ("urban", "rural"):
        here = (rows["area"] == side).to_numpy(bool)
        inside, lacking = here & known, here & ~known
        total = np.bincount(ids[inside], weights[inside], n)
        held = np.bincount(ids[inside], (weights * value)[inside], n)
        found[side] = np.divide(held, total, out=np.full(n, np.nan), where=total > 0)
        counts[f"n_{side}"] = np.bincount(ids[inside], minlength=n)
        counts[f"n_missing_{side}"] = np.bincount(ids[lacking], minlength=n)
    urban, rural = found["urban"], found["rural"]
    alike = np.abs(urban - rural) <= _ALIKE * np.maximum(np.abs(urban), np.abs(rural))
    difference = np.where(alike, 0.0, urban - rural)
    ratio: Floats = np.divide(urban, rural, out=np.full(n, np.nan), where=rural != 0)
    found |= {"difference": difference, "ratio": np.where(alike & (rural != 0), 1.0, ratio)}
    found |= {name: counts[name] for name in ("n_urban", "n_rural", "n_missing_urban", "n_missing_rural")}
    found["n_unknown"] = np.bincount(ids[rows["area"].isna().to_numpy(bool)], minlength=n)
    found["favours"] = _favoured(difference, keys["better"])
    return pd.DataFrame(found)


def _favoured(difference: Floats, better: pd.Series[str]) -> pd.Series[str]:
    ahead = difference * np.where(better == "lower", -1.0, 1.0)
    side = np.select([ahead > 0, ahead < 0], ["urban", "rural"], "equal")
    return pd.Series(side, dtype="str").where(~np.isnan(difference))


def _counts_teachers(numerator: Sequence[str], rules: RuleSet) -> bool:
    """Return whether a numerator is made of people who teach: the registry's unit says so."""
    names = [name.format(stage=stage) for name in numerator for stage in rules.judged_stages]
    units = [schema.column(name).unit for name in names]
    return all(unit is not None and unit.en == "teachers" for unit in units)


def inequality_by_area(values: pd.DataFrame) -> pd.DataFrame:
    """
    Return the inequality between units of each county, year, stage and indicator, and its parts by area.

    Units in scope; weights are the denominators.

    Returns
    -------
    One row per county, year, stage and indicator: `n`, `n_missing`, `n_zero`, `gini`, `theil_t`, `between_t`, `within_t`,
    `theil_l`, `between_l`, `within_l` (see `inequality.gini`, `inequality.theil`).
    """
    by = ["county_code", "year", "stage", "indicator"]
    rows = values[values["in_scope"]]
    parts = theil(rows, value="numerator", pupils="denominator", by=by, part="area")
    spread = gini(rows, value="numerator", pupils="denominator", by=by)
    return parts.merge(spread[[*by, "gini"]], on=by, how="left")


def comparable(series: pd.Series[float], indicator: Indicator, stage: str) -> pd.Series[float]:
    """
    Return the years from the last break of definition on: the only ones that may be compared.

    `series` is indexed by year; the registry says in which year a column of the indicator changed its meaning.
    """
    breaks = [b.year for name in indicator.columns(stage) for b in schema.column(name).breaks]
    last = max((year for year in breaks if year <= series.index.max()), default=series.index.min())
    return series[series.index >= last]

"""How near a unit stands to the other verdict, and the official table of schools."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from .exact import Floats
from .indicators import UNIT_KEY
from .standards import RuleSet

_CELLS = ("indicator", "value", "threshold", "floor", "status", "gap", "gap_school")


def near_misses(judged: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return what separates each unit from the other verdict, nearest first.

    With r = value / threshold (threshold / value for `at_most`), k indicators asked for and a floor f:

    - A unit that fails must bring `n_to_move` = max(n_below, k − n_met − n_missing) indicators up to their threshold:
      those below the floor, and of the others the ones nearest to it. One row for each of them; `shortfall` is
      Σ (1 − r) over them. Ranked by n_to_move, then n_missing (a missing figure may need moving too), shortfall.
    - A unit that passes has one row, for the indicator that decides: `slack` = min(r₍k₎ − 1, min r − f), with r₍k₎ the
      k-th largest r, is the fall, as a share of the threshold and alike in all indicators, at which it no longer
      passes. Ranked by slack, smallest first.

    Returns
    -------
    Columns of the unit verdicts, `rank` (within county, year and verdict), `n_to_move`, `shortfall`, `slack` (NaN
    for the other verdict) and `indicator`, `value`, `threshold`, `floor`, `status`, `gap`, `gap_school`. Sorted by county,
    year, verdict (fail first) and rank; undetermined units are left out. Empty without a school rule.
    """
    unit_verdicts = unit_verdicts.reset_index(drop=True)
    grid = _Grid(judged, unit_verdicts, rules)
    failing, passing = (unit_verdicts["verdict"] == v for v in ("fail", "pass"))
    moved = grid.to_move() & failing.to_numpy(bool)[:, None]
    slack, decides = grid.slack()
    chosen = moved | (decides & passing.to_numpy(bool)[:, None])
    units = unit_verdicts.assign(
        n_to_move=moved.sum(axis=1),
        shortfall=np.where(failing, np.where(moved, 1 - grid.ratio, 0.0).sum(axis=1), np.nan),
        slack=np.where(passing, slack, np.nan),
    )
    order = [
        "county_code",
        "year",
        "verdict",
        "n_to_move",
        "n_missing",
        "shortfall",
        "slack",
        "school_id",
        "stage",
    ]
    place = units.sort_values(order).groupby(["county_code", "year", "verdict"], dropna=False).cumcount() + 1
    units["rank"] = place
    unit, column = np.nonzero(chosen)
    found = units.iloc[unit].reset_index(drop=True)
    cells = judged[list(_CELLS)].iloc[grid.rows[unit, column]].reset_index(drop=True)
    table = pd.concat([found, cells], axis=1)
    return table.sort_values(["county_code", "year", "verdict", "rank"], kind="stable", ignore_index=True)


def school_table(judged: pd.DataFrame, unit_verdicts: pd.DataFrame) -> pd.DataFrame:
    """
    Return the official table (分学校达标情况): one row per unit in scope, each indicator as 指标值 | 评估标准.

    Returns
    -------
    The unit's columns, then for each indicator `<id>_value`, `<id>_threshold`, `<id>_floor`, `<id>_status`, and last `n_met`,
    `verdict`, `passes` (1 when the unit passes, NaN when it does not or is undetermined).
    """
    keys = list(UNIT_KEY)
    rows = judged[judged["in_scope"]]
    unit_verdicts = unit_verdicts.reset_index(drop=True)
    units = unit_verdicts.drop(columns=["n_met", "n_floor", "n_below", "n_missing", "verdict"])
    index = pd.MultiIndex.from_frame(unit_verdicts[keys])
    for indicator in judged["indicator"].unique():
        own = rows[rows["indicator"] == indicator].set_index(keys)[["value", "threshold", "floor", "status"]]
        found = own.reindex(index).reset_index(drop=True).add_prefix(f"{indicator}_")
        units = pd.concat([units, found], axis=1)
    passed = unit_verdicts["verdict"] == "pass"
    passes = passed.astype(float).where(passed)
    return units.assign(n_met=unit_verdicts["n_met"], verdict=unit_verdicts["verdict"], passes=passes)


class _Grid:
    """Units × indicators: the row of `judged`, its status, and r = value / threshold."""

    def __init__(self, judged: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet) -> None:
        keys = list(UNIT_KEY)
        ids = [indicator.id for indicator in rules.school_indicators]
        index = pd.MultiIndex.from_frame(unit_verdicts[keys])
        unit = index.get_indexer(pd.MultiIndex.from_frame(judged[keys]))
        column = pd.Categorical(judged["indicator"], categories=ids).codes
        here = (unit >= 0) & (column >= 0)
        shape = (len(unit_verdicts), len(ids))
        self.rows: npt.NDArray[np.intp] = np.zeros(shape, dtype=np.intp)
        self.rows[unit[here], column[here]] = np.flatnonzero(here)
        self.status = np.full(shape, "unjudged", dtype=object)
        self.status[unit[here], column[here]] = judged["status"].to_numpy(object)[here]
        value, threshold = (judged[n].to_numpy(float)[self.rows] for n in ("value", "threshold"))
        fewer = np.array([indicator.at_most is not None for indicator in rules.school_indicators])
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(fewer, threshold / value, value / threshold)
        known = np.isin(self.status, ["met", "floor", "below"])
        boundless = np.isnan(value)  # known without a value: over a denominator of 0
        self.ratio: Floats = np.where(known, np.where(boundless, 0.0, ratio), np.nan)
        self.rule = rules.school_rule

    def to_move(self) -> npt.NDArray[np.bool_]:
        """Return the fewest indicators that must reach their threshold, all below the floor among them."""
        below, short = self.status == "below", self.status == "floor"
        if self.rule is None:
            return np.zeros(below.shape, dtype=bool)
        possible = below.shape[1] - below.sum(axis=1) - short.sum(axis=1)
        more = np.maximum(self.rule.at_least_met - possible, 0) - below.sum(axis=1)
        nearest = np.argsort(np.argsort(np.where(short, -self.ratio, np.inf), axis=1, kind="stable"), axis=1)
        moved: npt.NDArray[np.bool_] = below | (short & (nearest < more[:, None]))
        return moved

    def slack(self) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return how far each unit may fall alike in all indicators, and the indicator that decides it."""
        n, width = self.ratio.shape
        none = np.zeros((n, width), dtype=bool)
        if self.rule is None or n == 0:
            return np.full(n, np.nan), none
        floor = np.nan if self.rule.floor is None else float(self.rule.floor)
        order = np.argsort(np.where(np.isnan(self.ratio), -np.inf, self.ratio), axis=1, kind="stable")
        at_k = order[:, width - self.rule.at_least_met]
        lowest = np.argmin(np.where(np.isnan(self.ratio), np.inf, self.ratio), axis=1)
        units = np.arange(n)
        to_k, to_floor = self.ratio[units, at_k] - 1, self.ratio[units, lowest] - floor
        by_floor = to_floor < to_k
        decides = none.copy()
        decides[units, np.where(by_floor, lowest, at_k)] = True
        return np.where(by_floor, to_floor, to_k), decides

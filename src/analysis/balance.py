"""Balance between schools (校际均衡): each coefficient of variation, and its verdict against the rule's limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .categories import of_codes, spelt
from .exact import Floats, compare, compare_roots, exact_sum, filed
from .indicators import UNIT_KEY
from .inequality import coefficient_of_variation
from .standards import RuleSet
from .verdicts import VERDICTS

COMBINED = "combined"
_BY = ["county_code", "year", "stage"]
_MOST_UNSURE = 6  # schools in a group; 2⁶ cases are tried, with more the verdict stays open
COLUMNS = (
    *("county_code", "year", "stage", "indicator", "n", "n_missing", "n_unsure", "pupils"),
    *("mean", "sd", "cv", "cv_low", "limit", "verdict"),
)


def dispersion(values: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return the coefficient of variation of each county, year, stage and indicator, with its verdict.

    Units in scope; weights are the denominators (pupils, the named denominator, or 1 per school). A unit without
    the figure leaves both sums. What it could still do to the CV is bounded: with p the pupils of the units
    without the figure and N those of the others, no completion brings the CV below

        cv_low = cv / √(1 + (p / N)(1 + cv²)),

    reached when all of them hold x = ΣPx² / ΣPx (0 when their pupils are unknown too). So the verdict is `fail`
    only when cv_low is above the limit, `pass` only when nothing is missing, else `undetermined`. Decided on
    exact fractions near the limit: CV² against limit², unrounded. Where the scope of units is not known (`scope_known`),
    a verdict stands only if it is the same for every choice of which of them are in.

    Parameters
    ----------
    values
        Table of that name (`indicators.indicator_values`).

    Returns
    -------
    One row per county, year, stage and indicator: `n`, `n_missing`, `n_unsure` (units whose scope is not known, counted
    in the others), `pupils` (of the n units), `mean` and `sd` (in the indicator's unit), `cv`, `cv_low`, `limit`,
    `verdict` (NaN without a limit). With a limit on the mean of the CVs also a row of indicator `combined`: `cv` the
    plain mean (NaN unless all are known), `n` the smallest and `n_missing` the largest of its indicators'.
    """
    rows = values[values["in_scope"]].reset_index(drop=True)
    table = _of_units(rows, rules)
    unsure = rows[~rows["scope_known"].astype(bool)]
    table["n_unsure"] = _counted(table, unsure.drop_duplicates(list(UNIT_KEY)))
    decided = table.loc[table["verdict"].isin(["pass", "fail"]), _BY].drop_duplicates()
    for group, members in unsure.merge(decided, on=_BY).groupby(_BY, dropna=False):
        of_group = (table[_BY] == list(group)).all(axis=1)
        own = rows[(rows[_BY] == list(group)).all(axis=1)]
        table.loc[of_group, "verdict"] = _in_every_case(table[of_group], own, members, rules)
    order = [*(indicator.id for indicator in rules.indicators), COMBINED]
    places = {
        "_stage": table["stage"].map({stage: n for n, stage in enumerate(rules.judged_stages)}),
        "_indicator": table["indicator"].map({name: n for n, name in enumerate(order)}),
    }
    keys = ["county_code", "year", *places]
    return table.assign(**places).sort_values(keys, ignore_index=True)[list(COLUMNS)]


def with_totals(spread: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Return the dispersion with `numerator`, `denominator`: the sums over units in scope whose ratio the mean is."""
    known = values[values["in_scope"] & values["value"].notna()]
    totals = known.groupby([*_BY, "indicator"])[["numerator", "denominator"]].sum()
    return spread.join(totals, on=[*_BY, "indicator"])


def _of_units(rows: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Return the measured and judged table of values in scope, the scope of all taken as known."""
    measured = _measured(rows, rules, [*_BY, "indicator"])
    ids = rows.groupby([*_BY, "indicator"], dropna=False, sort=True).ngroup().to_numpy()
    units_of = _Members(ids, len(measured))
    table = with_combined(measured, rules, _BY)
    return _as_text(judge_spread(table, rules, _BY, lambda row: lowest_square(rows.iloc[units_of[row]])))


def _counted(table: pd.DataFrame, units: pd.DataFrame) -> npt.NDArray[np.integer[Any]]:
    """Return how many of the units belong to each row's county, year and stage."""
    counts = units.groupby(_BY, dropna=False).size()
    return counts.reindex(pd.MultiIndex.from_frame(table[_BY]), fill_value=0).to_numpy(np.int64)


def _in_every_case(
    table: pd.DataFrame, rows: pd.DataFrame, unsure: pd.DataFrame, rules: RuleSet
) -> pd.Series[str]:
    """Return the verdicts on one group that are the same whichever of the unsure units are in scope."""
    verdict = table["verdict"].copy()
    schools = unsure["school_id"].unique()
    if len(schools) > _MOST_UNSURE:
        return verdict.where(verdict.isna(), "undetermined")
    for n in range(1, len(schools) + 1):
        for out in combinations(schools, n):
            found = _of_units(rows[~rows["school_id"].isin(out)], rules).set_index("indicator")["verdict"]
            same = verdict.to_numpy(object) == found.reindex(table["indicator"]).to_numpy(object)
            verdict = verdict.where(same | verdict.isna(), "undetermined")
    return verdict


def judge_dispersion(cvs: pd.DataFrame, rules: RuleSet, *, by: Sequence[str] = ("stage",)) -> pd.DataFrame:
    """
    Judge a table of coefficients of variation as published.

    Parameters
    ----------
    cvs
        `stage`, `indicator`, `cv` and the columns of `by`; each CV is taken as the decimal printed.
    by
        Columns that make one table of CVs, such as county and stage.

    Returns
    -------
    The rows of single indicators with `limit` and `verdict` (`undetermined` where a CV is missing, NaN without a limit);
    with a limit on their mean a row of indicator `combined` per table after them, its `cv` missing unless all are
    there. A combined CV that was published is left out: it is computed again.
    """
    singles = cvs[cvs["indicator"] != COMBINED].reset_index(drop=True)
    table = with_combined(singles, rules, by)
    printed = table["cv"].to_numpy(float)
    return _as_text(judge_spread(table, rules, by, lambda row: filed(printed[row]) ** 2))


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(verdict=spelt(table[["verdict"]])["verdict"])


def _measured(rows: pd.DataFrame, rules: RuleSet, by: Sequence[str]) -> pd.DataFrame:
    """Return n, n_missing, pupils, mean, sd, cv and cv_low of each group of values."""
    table = coefficient_of_variation(rows, value="numerator", pupils="denominator", by=by)
    weight = table["pupils"].to_numpy(float)
    known = rows["value"].notna()
    parts = rows[list(by)].assign(
        pupils=rows["pupils"].where(known),
        lacking=np.where(known, 0.0, rows["denominator"].fillna(np.inf)),
    )
    sums = parts.groupby(list(by), dropna=False, sort=True)[["pupils", "lacking"]].sum()
    table["pupils"] = sums["pupils"].to_numpy()
    per = table["indicator"].map({i.id: float(i.per) for i in rules.indicators}).astype(float)
    table["mean"], table["sd"] = per * table["mean"], per * table["sd"]
    table["cv_low"] = lowest_cv(table["cv"].to_numpy(float), sums["lacking"].to_numpy(), weight)
    return table


def lowest_cv(cv: Floats, lacking: Floats, weight: Floats) -> Floats:
    """Return the CV that no completion goes below (see `dispersion`); `lacking`: the weight of units without the figure."""
    known = np.nan_to_num(cv)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(known / np.sqrt(1 + lacking / weight * (1 + known**2)))


def with_combined(table: pd.DataFrame, rules: RuleSet, by: Sequence[str]) -> pd.DataFrame:
    """Return the table with a row for the plain mean of each group's CVs below it, where the rule limits it."""
    if rules.dispersion is None or rules.dispersion.mean_at_most is None:
        return table
    ids = [indicator.id for indicator in rules.dispersion_indicators]
    n = len(ids)
    grouped = table[table["indicator"].isin(ids)].groupby(list(by), dropna=False, sort=False)
    combined = (grouped["cv"].sum(min_count=n) / n).rename("cv").to_frame()
    for name, how in {"n": "min", "n_missing": "max"}.items():
        if name in table:
            combined[name] = grouped[name].agg(how)
    if "cv_low" in table:
        combined["cv_low"] = grouped["cv_low"].sum() / n
    return pd.concat([table, combined.reset_index().assign(indicator=COMBINED)], ignore_index=True)


def judge_spread(
    table: pd.DataFrame, rules: RuleSet, by: Sequence[str], square: Callable[[int], Fraction]
) -> pd.DataFrame:
    """Attach limit and verdict, as codes. `square` gives the exact square of the (lowest) CV of a single row."""
    each, limits = _limits(rules)
    counted = [indicator.id for indicator in rules.dispersion_indicators]
    single = table["indicator"].isin(counted).to_numpy(bool)
    combined = (table["indicator"] == COMBINED).to_numpy(bool)
    judged = single if each else combined
    limit = table["stage"].map({s: float(v) for s, v in limits.items()}).astype(float).where(judged)

    @cache
    def groups() -> npt.NDArray[np.integer[Any]]:
        return table.groupby(list(by), dropna=False, sort=False).ngroup().to_numpy()

    def exactly(row: int) -> int:
        members = [row] if each else np.flatnonzero(single & (groups() == groups()[row])).tolist()
        times = 1 if each else len(counted)
        return compare_roots([square(member) for member in members], times * limits[table["stage"].iloc[row]])

    lowest = table["cv_low"] if "cv_low" in table else table["cv"]
    signs = compare(
        lowest.to_numpy(np.float64),
        np.asarray(limit, dtype=np.float64),
        lambda rows: [exactly(int(row)) for row in rows],
    )
    whole = table["cv"].notna().to_numpy(bool)
    if "n_missing" in table:
        whole = whole & (table["n_missing"] == 0).to_numpy(bool)
    place = np.select([limit.isna(), signs > 0, whole & (signs <= 0)], [-1, 1, 0], 2)
    return table.assign(limit=limit, verdict=of_codes(place, VERDICTS))


def _limits(rules: RuleSet) -> tuple[bool, dict[str, Fraction]]:
    """Return whether each CV has the limit (or their mean), and the limit of each stage."""
    if rules.dispersion is None or not rules.ready:
        return True, {}
    limits = {stage: Fraction(limit) for stage, limit in rules.dispersion.limits().items()}
    return rules.dispersion.each_at_most is not None, limits


def lowest_square(units: pd.DataFrame) -> Fraction:
    """Return cv_low² of a group of values exactly; the form of A, B and N in which nothing is divided early."""
    known = units[units["value"].notna()]
    missing = units.loc[units["value"].isna(), "denominator"]
    if known.empty or missing.isna().any():
        return Fraction(0)
    weights = [filed(weight) for weight in known["denominator"]]
    x = [filed(f) * filed(m) / filed(d) for f, m, d in _parts(known)]
    a = exact_sum(weight * each * each for weight, each in zip(weights, x, strict=True))
    b = exact_sum(weight * each for weight, each in zip(weights, x, strict=True))
    p = exact_sum(filed(weight) for weight in missing)
    return a * (sum(weights) + p) / (b * b + p * a) - 1 if b else Fraction(0)


def _parts(known: pd.DataFrame) -> list[Any]:
    return known[["resource", "multiplier", "divisor"]].to_numpy(float).tolist()


class _Members:
    """The positions of the rows of each group, found when asked for."""

    def __init__(self, ids: npt.NDArray[np.integer[Any]], n: int) -> None:
        self._order = np.argsort(ids, kind="stable")
        self._starts = np.searchsorted(ids[self._order], np.arange(n + 1))

    def __getitem__(self, group: int) -> npt.NDArray[np.intp]:
        return self._order[self._starts[group] : self._starts[group + 1]]

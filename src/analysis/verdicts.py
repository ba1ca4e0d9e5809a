"""Verdicts of three values: on each figure, unit, school and county. Missing is neither met nor failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .categories import texts
from .clauses import Clauses
from .exact import Floats, compare
from .indicators import UNIT_COLUMNS, UNIT_KEY
from .standards import RuleSet

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.integer[Any]]

VERDICTS = ("pass", "fail", "undetermined")
STATUSES = ("met", "floor", "below", "missing", "unjudged")
_MET, _FLOOR, _BELOW, _MISSING, _UNJUDGED = range(5)


def judge_values(values: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Hold each value against its threshold and floor, exactly.

    A value meets `at_least` t when value ≥ t, and is not below the floor f when value ≥ f · t; it meets `at_most` t
    when value ≤ t, and is not beyond the floor when value ≤ t / f. Cross-products of the filed decimals decide near
    the line: 9 teachers for 1000 pupils meet 0.9 per 100.

    Parameters
    ----------
    values
        Table of that name (`indicators.indicator_values`).

    Returns
    -------
    `values` plus `threshold`, `floor` (floats, for display), `status` and two gaps in the registry's unit:
    `gap` = t · denominator / per − numerator, what the unit's own share is short of, and `gap_school` = t · served /
    per − F, what the school must add for this unit to meet the threshold. Both are 0 where met, NaN where missing
    or unjudged, above 0 elsewhere, and rounded up to the last digit that is printed (whole people, whole m², 0.1 万元),
    unit by unit, so that printed parts add up. For `at_most`
    they are what is too much of the numerator or, with a named denominator (teachers, classes), what the
    denominator lacks. `unjudged`: no threshold, or out of scope. Without a floor no value is `below`. Pupils in 0
    classes have no value that could be printed, yet miss any `at_most`: their status is not `missing`.
    """
    law = Clauses.beside(values, rules)
    status = standings(law, values["value"].to_numpy(float), values["in_scope"].to_numpy(bool))
    gaps = {}
    for name, school in (("gap", False), ("gap_school", True)):
        gaps[name] = np.where(status <= _BELOW, 0.0, np.nan)
        unmet = np.flatnonzero((status == _FLOOR) | (status == _BELOW))
        gaps[name][unmet] = law.short(unmet, school=school)
    named = texts(status, STATUSES).set_axis(values.index)
    return values.assign(threshold=law.thresholds, floor=law.floors, status=named, **gaps)


def standings(law: Clauses, value: Floats, in_scope: Bools) -> Ints:
    """Return the status of each row of values as its place in `STATUSES` (see `judge_values`)."""
    unmet = ~(law.better * compare(value, law.thresholds, law.values_against_thresholds) >= 0)
    status: Ints = np.where(unmet, np.int8(_FLOOR), np.int8(_MET))
    rows = np.flatnonzero(unmet)  # all others have a value and a threshold, and are above the floor, too
    floor = law.floors[rows]
    beside = compare(value[rows], floor, lambda some: law.values_against_floors(rows[some]))
    status[rows[~(law.better[rows] * beside >= 0) & ~np.isnan(floor)]] = _BELOW
    status[rows[np.isnan(value[rows]) & ~law.boundless[rows]]] = _MISSING
    status[rows[np.isnan(law.thresholds[rows])]] = _UNJUDGED
    status[~in_scope] = _UNJUDGED
    return status


def judge_units(judged: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Judge each unit in scope: at least k indicators met, and none below the floor.

    `fail` when an indicator is below the floor or fewer than k could still be met; `pass` when k are met, none is
    below, and every indicator is judged (without a floor the others no longer matter); else `undetermined`: the
    verdict would depend on what is missing, or on a threshold that the rule set does not give. A unit that may be
    out of scope (`scope_known` false) never fails.

    Returns
    -------
    One row per unit in scope: its columns, `n_met`, `n_floor`, `n_below`, `n_missing`, `verdict` (NaN for a rule set
    without a school rule).
    """
    rows = judged[judged["in_scope"]]
    ids = rows.groupby(list(UNIT_KEY), sort=False, dropna=False).ngroup().to_numpy()
    units = rows.iloc[np.unique(ids, return_index=True)[1]][list(UNIT_COLUMNS)].reset_index(drop=True)
    asked = [indicator.id for indicator in rules.school_indicators]
    status = rows["status"].where(rows["indicator"].isin(asked)).to_numpy(object)
    counts = {
        name: np.bincount(ids[status == name], minlength=len(units))
        for name in ("met", "floor", "below", "missing")
    }
    units = units.assign(**{f"n_{name}": n for name, n in counts.items()})
    if not judges_units(rules):
        return units.assign(verdict=pd.Series(np.nan, index=units.index, dtype="str"))
    known = units["scope_known"].to_numpy(bool)
    return units.assign(verdict=_verdict(*failed_and_passed(counts, known, rules)))


def judges_units(rules: RuleSet) -> bool:
    """Return whether a rule set gives verdicts on units."""
    return rules.school_rule is not None and rules.ready


def failed_and_passed(counts: Mapping[str, Ints], scope_known: Bools, rules: RuleSet) -> tuple[Bools, Bools]:
    """Return which units fail and which pass, of how many indicators are `met`, `floor` and `below` in each."""
    rule, asked = rules.school_rule, len(rules.school_indicators)
    assert rule is not None  # see `judges_units`
    failed = (
        (counts["below"] > 0) | (asked - counts["floor"] - counts["below"] < rule.at_least_met)
    ) & scope_known
    judged_all = counts["met"] + counts["floor"] + counts["below"] == asked
    sure = judged_all | (rule.floor is None)  # what is not judged might stand below the floor
    passed = (counts["met"] >= rule.at_least_met) & (counts["below"] == 0) & sure
    return failed, passed & ~failed


def judge_schools(unit_verdicts: pd.DataFrame) -> pd.DataFrame:
    """
    Judge each school and year by its units in scope: it fails with one, passes with all, else is undetermined.

    Returns
    -------
    One row per school and year: `county_code`, `year`, `school_id`, `school_name`, `township_code`, `kind`,
    `ownership`, `area3`, `area`, `school_pupils`, `n_units`, `verdict`.
    """
    keys = ["county_code", "year", "school_id"]
    about = [*keys, "school_name", "township_code", "kind", "ownership", "area3", "area", "school_pupils"]
    ids = unit_verdicts.groupby(keys, sort=False, dropna=False).ngroup().to_numpy()
    schools = unit_verdicts.iloc[np.unique(ids, return_index=True)[1]][about].reset_index(drop=True)
    counts = _counts(unit_verdicts, ids, len(schools), "units")
    verdict = _verdict(counts["n_units_fail"] > 0, counts["n_units_pass"] == counts["n_units"])
    judged = sum((counts[f"n_units_{name}"] for name in VERDICTS), start=np.zeros(len(schools)))
    return schools.assign(n_units=counts["n_units"], verdict=verdict.where(judged > 0))


def judge_counties(
    units: pd.DataFrame,
    unit_verdicts: pd.DataFrame,
    school_verdicts: pd.DataFrame,
    dispersion: pd.DataFrame,
    rules: RuleSet,
) -> pd.DataFrame:
    """
    Judge each county and year: pass when every unit and every CV passes, fail when any fails.

    Else undetermined, and so where nothing was judged: no unit in scope. A rule set with only a school rule or
    only limits of dispersion judges by what it has; one with neither gives no verdict (NaN).

    Returns
    -------
    One row per county and year that has units: `verdict`, then `n_…`, `n_…_pass`, `n_…_fail`, `n_…_undetermined` of
    `units`, `schools` and `cv` (the CVs that have a limit).
    """
    keys = ["county_code", "year"]
    counties = units[keys].drop_duplicates().sort_values(keys, ignore_index=True)
    limited = dispersion[dispersion["verdict"].notna()]
    index = pd.MultiIndex.from_frame(counties)

    def counted_in(frame: pd.DataFrame, name: str) -> dict[str, Ints]:
        return _counts(frame, index.get_indexer(pd.MultiIndex.from_frame(frame[keys])), len(counties), name)

    named = {"units": unit_verdicts, "schools": school_verdicts, "cv": limited}
    counts = {name: n for rows, frame in named.items() for name, n in counted_in(frame, rows).items()}
    sure = counted_in(unit_verdicts[unit_verdicts["scope_known"].astype(bool)], "sure")
    return counties.assign(verdict=county_verdicts(counts, sure["n_sure_pass"], rules), **counts)


def county_verdicts(counts: Mapping[str, Ints], n_sure_pass: Ints, rules: RuleSet) -> pd.Series[str]:
    """Return the verdicts on counties of their counts (see `judge_counties`) and of units surely in scope that pass."""
    failed = counts["n_units_fail"] + counts["n_cv_fail"] > 0
    in_doubt = counts["n_units_undetermined"] + counts["n_cv_undetermined"] > 0
    some_pass = n_sure_pass + counts["n_cv_pass"] > 0  # a county of which nothing is judged does not pass
    verdict = _verdict(failed, some_pass & ~in_doubt)
    return verdict.where(np.full(len(verdict), rules.gives_verdict))


def _verdict(failed: Bools, passed: Bools) -> pd.Series[str]:
    return texts(np.select([failed, passed], [1, 0], 2), VERDICTS)


def _counts(frame: pd.DataFrame, group: Ints, n: int, name: str) -> dict[str, Ints]:
    """Return how many rows of `frame` each of the groups 0 … n − 1 has, and how many of each verdict."""
    verdicts = frame["verdict"].to_numpy(object)
    return counted(group, [verdicts == verdict for verdict in VERDICTS], n, name)


def counted(group: Ints, of_verdict: Sequence[Bools], n: int, name: str) -> dict[str, Ints]:
    """Return `n_name` and `n_name_pass` … of the groups 0 … n − 1, of each row's group and which of `VERDICTS` it has."""
    counts: dict[str, Ints] = {f"n_{name}": np.bincount(group, minlength=n)}
    for verdict, rows in zip(VERDICTS, of_verdict, strict=True):
        counts[f"n_{name}_{verdict}"] = np.bincount(group[rows], minlength=n)
    return counts

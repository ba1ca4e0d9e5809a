"""What is judged and by what figures: units of a rule set, and the value of each indicator in each unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from . import schema
from .categories import among, meant, of_codes, renamed, spelt
from .exact import Floats, decimal_sum
from .scope import REASONS, Bools, Named, Rows, out_reason, surely_in
from .standards import Indicator, RuleSet

UNIT_KEY = ("county_code", "year", "school_id", "stage")
UNIT_COLUMNS = (
    *("county_code", "year", "school_id", "school_name", "township_code", "kind", "ownership"),
    *("area3", "area", "stage", "pupils", "school_pupils", "equivalent_pupils"),
    *("weighted_pupils", "pupil_weight", "in_scope", "scope_known", "out_reason"),
)

VALUE_PARTS = ("resource", "multiplier", "divisor", "served", "numerator", "denominator", "value")


def units_in_scope(schools: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return what a rule set judges: one row per school × year × stage, or per school × year (`unit: school`).

    A school has a stage when it has pupils there, or when its pupils are missing although its type has the
    stage or another figure of the stage (classes, teachers, a grade) is filed; a school of unknown type
    without any pupils on file is taken to have every stage. Units with no pupils are listed, out of scope.

    With P the pupils and w the pupil weights of the school's stages j (1 : 1.1 : 1.32; standards §3), a unit of
    stage s has `weighted_pupils` = Σ_j w_j P_j, `pupil_weight` = w_s and `equivalent_pupils` D = Σ_j w_j P_j / w_s
    (persons): a shared facility F gives it F / D per pupil. Without split they are P_s, 1 and P_s.

    Parameters
    ----------
    schools
        The canonical table, one row per school and year.
    rules
        The rule set; scope, split, stages and areas are its settings.

    Returns
    -------
    One row per unit in the order of `schools`, with the columns of `UNIT_COLUMNS`. `out_reason` is "" or the
    first that holds of `named`, `kind`, `ownership`, `no_pupils`, `min_pupils` (of the whole school). A unit whose
    scope turns on something missing (type, ownership, pupils) stays in scope with `scope_known` false, so that
    it can leave a verdict undetermined and never fail one.
    """
    rows, units = placed_units(schools, rules)
    about = schools[["county_code", "year", "school_id", "school_name", "township_code"]].iloc[rows]
    return spelt(units).assign(**about.reset_index(drop=True))[list(UNIT_COLUMNS)]


def placed_units(schools: pd.DataFrame, rules: RuleSet) -> tuple[Rows, pd.DataFrame]:
    """
    Return the position in `schools` of each unit's school, and the units: `UNIT_COLUMNS` but for what names them.

    Text is categorical, so that the units of a nation are made in a moment; `schools` may have it so too.
    """
    if rules.unit == "school":
        pupils = schools[[rules.pupils]].to_numpy(float)
        has = np.ones(pupils.shape, dtype=bool)
    else:
        has = stages_of_schools(schools, tuple(rules.stages))
        filed = schools[[f"pupils_{stage}" for stage in rules.stages]].to_numpy(float)
        pupils = np.where(has, filed, 0.0)
    stages = tuple(rules.stages) if rules.unit == "stage" else rules.judged_stages
    judged = [stages.index(stage) for stage in rules.judged_stages]
    rows, columns = np.nonzero(has[:, judged])
    stage_of = np.array(judged, dtype=np.intp)[columns]
    weighted, weights = _weighted(pupils, rules)
    of_unit, of_school = weighted[rows, stage_of], np.vecdot(pupils, np.ones(pupils.shape[1]))
    known, partly = of_school.copy(), np.flatnonzero(np.isnan(of_school))
    known[partly] = np.nansum(pupils[partly], axis=1)
    columns_of = {
        **_described(schools, rows, rules),
        "stage": of_codes(columns, rules.judged_stages),
        "pupils": pupils[rows, stage_of],
        "school_pupils": of_school[rows],
        "equivalent_pupils": of_unit / weights[stage_of],
        "weighted_pupils": of_unit,
        "pupil_weight": weights[stage_of],
    }
    units, named = pd.DataFrame(columns_of, copy=False), Named.of(schools, rows, rules)
    reason = out_reason(units, named, rules)
    in_scope = reason == 0
    units["in_scope"] = in_scope
    units["scope_known"] = ~in_scope | surely_in(units, named, known[rows], rules)
    units["out_reason"] = of_codes(reason, REASONS)
    return rows, units


def indicator_values(schools: pd.DataFrame, units: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return the value of each indicator in each unit, in and out of scope.

    value = per · F · multiplier / divisor, where F = Σ numerator − Σ minus is the school's figure and divisor /
    multiplier is what it is divided by: (Σ_j w_j P_j, w_s) for a shared facility that is split, else
    (P_s, 1), (Σ named denominator, 1) or (1, 1) for a yes/no facility. Of a named denominator that is 0 the divisor
    is 0 and the value missing.

    Parameters
    ----------
    schools, units
        The canonical table and the units made from it by `units_in_scope` with the same rules.

    Returns
    -------
    One row per unit × indicator: the unit's columns, `indicator`, `better` ("higher" or "lower"), `resource` = F
    (the registry's unit), `multiplier`, `divisor` (as above: the value's exact parts), `served` = divisor /
    multiplier, `numerator` (the unit's share of F: F · P_s / D when split), `denominator` (P_s, the named
    denominator or 1; NaN where it is 0) and `value` (in the indicator's unit).
    Missing where any figure it needs is missing, or where the numerator would be negative.
    """
    rows = _rows_of(schools, units)
    parts = [indicator_parts(schools, rows, units, indicator) for indicator in rules.indicators]
    ids = [indicator.id for indicator in rules.indicators]
    better = [indicator.better for indicator in rules.indicators]
    values = units.iloc[np.repeat(np.arange(len(units)), len(ids))].reset_index(drop=True)
    return values.assign(
        indicator=pd.Series(np.tile(np.array(ids), len(units)), dtype="str"),
        better=pd.Series(np.tile(np.array(better), len(units)), dtype="str"),
        **{name: np.stack([part[name] for part in parts], axis=1).ravel() for name in VALUE_PARTS},
    )


def indicator_parts(
    schools: pd.DataFrame, rows: Rows, units: pd.DataFrame, indicator: Indicator
) -> dict[str, Floats]:
    """
    Return the `VALUE_PARTS` of one indicator in each unit (see `indicator_values`).

    Parameters
    ----------
    rows, units
        As `placed_units` returns them.
    """
    resource: Floats = np.full(len(units), np.nan)
    if indicator.numerator:  # else the rule set does not say what it is made of
        resource = _total(schools, rows, units["stage"], indicator.numerator, indicator.minus)
    resource[resource < 0] = np.nan
    found = {"resource": resource, **_divided_by(schools, rows, units, indicator)}
    per = float(indicator.per)
    if indicator.split:
        found["served"] = found["divisor"] / found["multiplier"]
        found["numerator"] = resource * (found["denominator"] / _not_zero(found["served"]))
        found["value"] = per * resource * found["multiplier"] / _not_zero(found["divisor"])
    else:  # the unit has all of it, and its multiplier is 1
        found["served"] = found["divisor"]
        found["numerator"] = np.where(found["denominator"] > 0, resource, np.nan)
        found["value"] = per * resource / found["denominator"]
    return found


def stages_of_schools(schools: pd.DataFrame, stages: tuple[str, ...]) -> Bools:
    """Return which stages each school has, schools × stages."""
    types = schema.codes("school_type")
    kinds = pd.Categorical(schools["school_type_code"])
    pupils = schools[[f"pupils_{stage}" for stage in stages]].to_numpy(float)
    missing = np.isnan(pupils)
    silent = ~among(kinds, types) & missing.all(axis=1)
    has = np.zeros(pupils.shape, dtype=bool)
    for j, stage in enumerate(stages):
        typed = meant(kinds, {code: stage in kind.stages for code, kind in types.items()}, default=False)
        has[:, j] = (pupils[:, j] > 0) | typed | silent
        has[:, j] |= missing[:, j] & _leaves_traces(schools, stage)
    return has


def _leaves_traces(schools: pd.DataFrame, stage: str) -> Bools:
    """Return where a figure of the stage, such as its teachers or a grade's pupils, is above zero."""
    traces = np.zeros(len(schools), dtype=bool)
    for name, column in schema.columns().items():
        if column.stage == stage and column.type in schema.NUMERIC and name in schools.columns:
            traces |= schools[name].to_numpy(float) > 0
    return traces


def _described(schools: pd.DataFrame, rows: Rows, rules: RuleSet) -> dict[str, Any]:
    """Return kind, ownership, area3 and area of the schools in these rows, by number."""
    coded = {name: pd.Categorical(schools[name]) for name in ("school_type_code", "ownership", "area3")}
    kinds = {code: entry.kind for code, entry in schema.codes("school_type").items()}
    sides = {area3: rules.area.side(area3) for area3 in schema.codes("area3")}
    return {
        "kind": renamed(coded["school_type_code"], kinds)[rows],
        "ownership": coded["ownership"][rows],
        "area3": coded["area3"][rows],
        "area": renamed(coded["area3"], sides)[rows],
    }


def _weighted(pupils: Floats, rules: RuleSet) -> tuple[Floats, Floats]:
    """Return Σ_j w_j P_j of each school and stage, and w_s of each stage; P_s and 1 where nothing is split."""
    if rules.unit == "school" or not rules.split.apply:
        return pupils, np.ones(pupils.shape[1])
    weights = [stage.pupil_weight for stage in rules.stages.values()]
    # Whole multiples of the last decimal of the weights keep the sum exact: 1 : 1.1 : 1.32 → 100 : 110 : 132.
    decimals = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    whole = np.array([float(weight.scaleb(decimals)) for weight in weights])
    total = np.vecdot(pupils, whole) / 10.0**decimals
    return np.broadcast_to(total[:, None], pupils.shape), np.array([float(weight) for weight in weights])


def _rows_of(schools: pd.DataFrame, units: pd.DataFrame) -> Rows:
    """Return the position in `schools` of each unit's school and year."""
    keys = ["county_code", "school_id", "year"]
    index = pd.MultiIndex.from_frame(schools[keys])
    rows: Rows = index.get_indexer(pd.MultiIndex.from_frame(units[keys]))
    if (rows < 0).any():
        raise ValueError("units were made from another table of schools")
    return rows


def _total(
    schools: pd.DataFrame, rows: Rows, stages: pd.Series, plus: Sequence[str], minus: Sequence[str]
) -> Floats:
    """Return Σ plus − Σ minus of each unit's school, {stage} filled in; NaN where any figure is missing."""

    def of_schools(stage: str) -> Floats:
        filled = [[name.format(stage=stage) for name in names] for names in (plus, minus)]
        return decimal_sum(*([schools[name].to_numpy(float) for name in names] for names in filled))

    if not any("{stage}" in name for name in (*plus, *minus)):
        return of_schools("")[rows]
    stage_of = pd.Categorical(stages)
    by_stage = [of_schools(str(stage)) for stage in stage_of.categories]
    total: Floats = np.stack(by_stage)[stage_of.codes, rows] if by_stage else np.empty(0)
    return total


def _divided_by(
    schools: pd.DataFrame, rows: Rows, units: pd.DataFrame, indicator: Indicator
) -> dict[str, Floats]:
    """Return multiplier, divisor and denominator of an indicator; what is zero is not divided by."""
    one: Floats = np.ones(len(units))
    if indicator.per_school:
        return {"multiplier": one, "divisor": one, "denominator": one}
    if indicator.denominator:
        named = _total(schools, rows, units["stage"], indicator.denominator, ())
        return {"multiplier": one, "divisor": named, "denominator": _not_zero(named)}
    pupils = _not_zero(units["pupils"].to_numpy(float))
    if not indicator.split:
        return {"multiplier": one, "divisor": pupils, "denominator": pupils}
    weighted = units["weighted_pupils"].to_numpy(float)
    return {
        "multiplier": units["pupil_weight"].to_numpy(float),
        "divisor": np.where(np.isnan(pupils), np.nan, weighted),
        "denominator": pupils,
    }


def _not_zero(amounts: Floats) -> Floats:
    return np.where(amounts > 0, amounts, np.nan)

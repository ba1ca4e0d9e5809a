"""What if: other thresholds, another scope, resources added by hand. Applied to the rules and to the table of schools."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from .. import schema
from ..errors import Fault, JunhengError, Place
from ..exact import decimal_sum
from ..standards import AreaRule, RuleSet, Threshold


class _Option(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sides(_Option):
    """Which of urban (城区), town (镇区) and rural (乡村) make the two sides that are compared."""

    urban: tuple[str, ...] = Field(min_length=1)
    rural: tuple[str, ...] = Field(min_length=1)


class Added(_Option):
    """A resource added to (or, below 0, taken from) what a school filed in a year, in the registry's unit."""

    school_id: str
    year: int
    column: str
    amount: Decimal


class WhatIf(_Option):
    """
    What differs from the rule set and from the data; what is left out stays as it is.

    Attributes
    ----------
    thresholds
        Indicator → stage → threshold, in the indicator's unit.
    cv_at_most
        Stage → limit of the coefficients of variation (or of their mean, where the rule set limits that).
    min_pupils, ownership
        As in `standards.Scope`; {} and () mean no such limit.
    schools_in, schools_out
        IDs of schools that are judged, or not, whatever the rest of the scope says.
    split
        Whether shared facilities of combined schools are split.
    added
        Resources added by hand.
    """

    thresholds: dict[str, dict[str, Threshold]] = Field(default_factory=dict)
    cv_at_most: dict[str, Threshold] = Field(default_factory=dict)
    min_pupils: dict[str, int] | None = None
    ownership: tuple[str, ...] | None = None
    schools_in: tuple[str, ...] = ()
    schools_out: tuple[str, ...] = ()
    split: bool | None = None
    added: tuple[Added, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return self == WhatIf()


def changed_rules(rules: RuleSet, what_if: WhatIf, sides: Sides | None = None) -> RuleSet:
    """
    Return the rule set with what a what-if changes, and with other sides to compare where they are given.

    Raises
    ------
    JunhengError
        An indicator, a stage or a code that the rule set does not have, or a school both in and out: all at once.
    """
    faults = [*_wrong_thresholds(rules, what_if), *_wrong_scope(what_if), *_wrong_sides(sides)]
    if faults:
        raise JunhengError(faults)
    update: dict[str, object] = {
        "indicators": tuple(
            indicator.model_copy(
                update={limits: {**(getattr(indicator, limits) or {}), **what_if.thresholds[indicator.id]}}
            )
            if indicator.id in what_if.thresholds
            else indicator
            for indicator in rules.indicators
            for limits in ["at_most" if indicator.better == "lower" else "at_least"]
        ),
        "scope": rules.scope.model_copy(update=_scope(what_if)),
    }
    if what_if.split is not None:
        update["split"] = rules.split.model_copy(update={"apply": what_if.split})
    if what_if.cv_at_most and rules.dispersion:
        kind = "each_at_most" if rules.dispersion.each_at_most else "mean_at_most"
        limits = {**rules.dispersion.limits(), **what_if.cv_at_most}
        update["dispersion"] = rules.dispersion.model_copy(update={kind: limits})
    if sides is not None:
        update["area"] = _area(sides)
    return rules.model_copy(update=update)


def with_added(schools: pd.DataFrame, added: Iterable[Added]) -> pd.DataFrame:
    """
    Return a table of schools with resources added by hand.

    Sums are those of the decimals filed, so that a threshold reached exactly is met.

    Raises
    ------
    JunhengError
        No such school, year or column; nothing filed that could be added to; less than nothing left, or part of
        what comes in whole numbers: all at once.
    """
    changed, faults = schools, []
    for one in added:
        here = _row(schools, one)
        fault = _wrong_addition(changed, one, here)
        if fault is not None:
            faults.append(fault)
            continue
        if changed is schools:
            changed = schools.copy()
        changed.loc[here, one.column] = _sum(changed.loc[here, one.column].to_numpy(float), one)
    if faults:
        raise JunhengError(faults)
    return changed


def _row(schools: pd.DataFrame, one: Added) -> pd.Series[bool]:
    return (schools["school_id"] == one.school_id) & (schools["year"] == one.year)


def _sum(have: np.ndarray[tuple[int], np.dtype[np.float64]], one: Added) -> float:
    return float(decimal_sum([have, np.full(len(have), float(one.amount))])[0])


def _wrong_addition(schools: pd.DataFrame, one: Added, here: pd.Series[bool]) -> Fault | None:
    column = schema.columns().get(one.column)
    place = Place(column=column.zh if column else one.column, value=str(one.amount))
    if column is None or column.type not in ("count", "number") or one.column == "year":
        return Fault("what-if-column", "没有这个可增减的数据项。", "no figure that can be added to.", place)
    if not here.any():
        zh, en = f"没有这所学校（{one.school_id}，{one.year}年）。", f"no such school in {one.year}."
        return Fault("what-if-school", zh, en, place, school_id=one.school_id, year=one.year)
    have = schools.loc[here, one.column].to_numpy(float)
    about = {"school_id": one.school_id, "year": one.year}
    if np.isnan(have).any():
        zh = "这所学校没有填报该项，缺失的数不能增减。"
        return Fault("what-if-missing", zh, "the school filed no such figure to add to.", place, **about)  # type: ignore[arg-type]
    if not one.amount.is_finite() or _sum(have, one) < 0:
        zh, en = (
            f"现有{have[0]:g}，不能减到零以下。",
            f"there are {have[0]:g}; less than nothing cannot be left.",
        )
        return Fault("what-if-negative", zh, en, place, **about)  # type: ignore[arg-type]
    if column.type == "count" and one.amount != one.amount.to_integral_value():
        return Fault("what-if-whole", "应为整数。", "must be a whole number.", place, **about)  # type: ignore[arg-type]
    return None


def _scope(what_if: WhatIf) -> dict[str, object]:
    named = {name: getattr(what_if, name) for name in ("min_pupils", "ownership")}
    changed: dict[str, object] = {name: value for name, value in named.items() if value is not None}
    return {**changed, "schools_in": what_if.schools_in, "schools_out": what_if.schools_out}


def _area(sides: Sides) -> AreaRule:
    areas = schema.codes("area3")
    zh = {side: "、".join(areas[a].zh for a in getattr(sides, side)) for side in ("urban", "rural")}
    en = {side: " and ".join(areas[a].en for a in getattr(sides, side)) for side in ("urban", "rural")}
    return AreaRule(urban=sides.urban, rural=sides.rural, zh=zh, en=en)


def _wrong_thresholds(rules: RuleSet, what_if: WhatIf) -> list[Fault]:
    ids = {indicator.id for indicator in rules.indicators}
    named = [(name, stage) for name, by_stage in what_if.thresholds.items() for stage in by_stage]
    faults = [
        Fault(
            "what-if-indicator",
            f"标准{rules.id}没有这个指标或学段。",
            f"the rule set {rules.id} has no such indicator or stage.",
            Place(column=name, value=stage),
        )
        for name, stage in named
        if name not in ids or stage not in rules.judged_stages
    ]
    known = rules.dispersion.limits() if rules.dispersion else {}
    return faults + [
        Fault(
            "what-if-limit",
            "标准对这个学段没有差异系数的限值。",
            "the rule set limits no coefficient of variation in this stage.",
            Place(column="cv_at_most", value=stage),
        )
        for stage in what_if.cv_at_most
        if stage not in known
    ]


def _wrong_scope(what_if: WhatIf) -> list[Fault]:
    kinds = {code.kind for code in schema.codes("school_type").values()}
    wrong = [("min_pupils", kind) for kind in what_if.min_pupils or {} if kind not in kinds]
    wrong += [("ownership", o) for o in what_if.ownership or () if o not in schema.codes("ownership")]
    faults = [
        Fault("what-if-code", "没有这个代码。", "no such code.", Place(column=column, value=value))
        for column, value in wrong
    ]
    return faults + [
        Fault(
            "what-if-both",
            "同一学校不能既纳入又移出。",
            "a school cannot be both in and out.",
            Place(column="schools_in", value=school),
            school_id=school,
        )
        for school in sorted(set(what_if.schools_in) & set(what_if.schools_out))
    ]


def _wrong_sides(sides: Sides | None) -> list[Fault]:
    if sides is None:
        return []
    named = [*sides.urban, *sides.rural]
    return [
        Fault(
            "what-if-area",
            "应为 urban、town、rural，各归一侧。",
            "must be urban, town or rural, each on one side.",
            Place(column="sides", value=area),
        )
        for area in sorted(set(named))
        if area not in schema.codes("area3") or named.count(area) > 1
    ]

"""What a plan must solve, as arrays: the units, what they need in each year, and what can be done."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import Fault, JunhengError, Place
from ..exact import Floats, filed
from ..indicators import UNIT_KEY
from ..programme import Measure, Programme
from ..standards import Indicator, RuleSet
from .outlook import Outlook

Bools = npt.NDArray[np.bool_]
_UNIT = ["school_id", "stage"]


@dataclass(frozen=True)
class Need:
    """
    One indicator in every unit and year of the plan (units × years).

    Attributes
    ----------
    indicator
        The rule's indicator.
    full, floor
        What a unit's figure must gain to meet the threshold, and to stand at the floor, in whole steps; 0 where it is
        there already, NaN where the figure or its pupils are missing.
    held
        The figure as it stands.
    served
        What it is divided by (`indicators.indicator_values`).
    weight
        The denominators that weigh the coefficient of variation; 0 out of scope or missing.
    """

    indicator: Indicator
    full: Floats
    floor: Floats
    held: Floats
    served: Floats
    weight: Floats

    @property
    def known(self) -> Bools:
        """Where the figure is known and in scope."""
        return ~np.isnan(self.full)


@dataclass(frozen=True)
class Task:
    """
    The units and years of a plan, what they need and what may be done.

    Attributes
    ----------
    outlook, rules, programme
        What it was made from.
    years
        The years of the plan, first to target.
    schools
        One row per school of the base year (`school_id`, `school_name`, `area`, and its canonical columns).
    units
        One row per unit: `school_id`, `stage`, `site` (row in `schools`), `area`, `pupils` of the last year.
    in_scope
        Units × years: judged in that year.
    pupils
        Units × years, persons; 0 where out of scope or missing.
    needs
        By indicator of the rule that has a threshold or a limit on its dispersion.
    measures
        Those that raise a figure some indicator counts.
    """

    outlook: Outlook
    rules: RuleSet
    programme: Programme
    years: tuple[int, ...]
    schools: pd.DataFrame
    units: pd.DataFrame
    in_scope: Bools
    pupils: Floats
    needs: tuple[Need, ...]
    measures: tuple[Measure, ...]

    def held(self, column: str) -> Floats:
        """Return a column as it stands: of each unit ({stage} in its name), or of each school; NaN where missing."""
        if "{stage}" not in column:
            return self.schools[column].to_numpy(float)
        found = np.full(len(self.units), np.nan)
        for stage in self.units["stage"].unique():
            here = (self.units["stage"] == stage).to_numpy(bool)
            values = self.schools[column.format(stage=stage)].to_numpy(float)
            found[here] = values[self.units["site"].to_numpy()[here]]
        return found

    def land(self) -> Floats:
        """
        Return the m² of grounds that each school can add; infinite where neither land nor site is known.

        The land filed as free (`free_land_m2`), and what the share of the site that grounds may take leaves.
        """
        free: Floats = np.nan_to_num(self.held("free_land_m2"), nan=np.inf)
        share = self.programme.number("ground_share")
        if share is None:
            return free
        left = self.held("site_area_m2") * share / 100 - self.held("sports_ground_area_m2")
        return np.asarray(np.minimum(free, np.nan_to_num(np.maximum(left, 0.0), nan=np.inf)))

    def excluded(self) -> Bools:
        """Return which schools are left without investment."""
        return self.schools["school_id"].isin(self.programme.schools("excluded")).to_numpy(bool)


def make_task(outlook: Outlook, rules: RuleSet, programme: Programme) -> Task:
    """
    Return what a plan for an outlook must solve.

    Raises
    ------
    JunhengError
        The rule cannot be planned for: an indicator divides by a figure that the plan itself would change, or asks for
        less of something, or the rule limits nothing. Schools to be left out are not in the data.
    """
    if faults := unplannable(rules):
        raise JunhengError(faults)
    years = tuple(range(outlook.base_year + 1, outlook.last_year + 1))
    values = outlook.assessment.values  # noqa: PD011 - a table of that name
    values = values[values["year"].isin(years)]
    units = values[values["in_scope"]].drop_duplicates(_UNIT)[[*_UNIT, "area"]].reset_index(drop=True)
    base = outlook.schools[outlook.schools["year"] == outlook.base_year].reset_index(drop=True)
    _refuse_unknown(programme, base)
    sites = base[base["school_id"].isin(units["school_id"])].reset_index(drop=True)
    units = units.assign(site=pd.Index(sites["school_id"]).get_indexer(units["school_id"]))
    counted = {c for i in rules.indicators for c in (*i.numerator, *i.minus)}
    measures = tuple(m for m in programme.measures if counted & set(m.adds))
    share = rules.school_rule.floor if rules.school_rule else None
    needs = tuple(
        _need(
            values,
            units,
            years,
            i,
            share,
            max((m.step for m in measures if set(m.adds) & set(i.numerator)), default=1),
        )
        for i in rules.indicators
    )
    scope = _grid(values.drop_duplicates(list(UNIT_KEY)), units, years, "in_scope", 0.0) > 0
    pupils = np.nan_to_num(_grid(values.drop_duplicates(list(UNIT_KEY)), units, years, "pupils", 0.0)) * scope
    return Task(outlook, rules, programme, years, sites, units, scope, pupils, needs, measures)


def _refuse_unknown(programme: Programme, schools: pd.DataFrame) -> None:
    unknown = sorted(set(programme.schools("excluded")) - set(schools["school_id"]))
    if unknown:
        item = programme.parameter("excluded").zh
        raise JunhengError(
            Fault(
                "unknown-school",
                "基年数据中没有这所学校。",
                "the base year holds no such school.",
                Place(column=item, value=school),
            )
            for school in unknown
        )


def unplannable(rules: RuleSet) -> tuple[Fault, ...]:
    """Return why no plan can be reckoned for a rule set; nothing where one can."""
    if not rules.stages or (rules.school_rule is None and rules.dispersion is None):
        zh, en = (
            "这个标准不作达标判定,没有可规划的目标。",
            "this rule set gives no verdict: there is nothing to plan for.",
        )
        if not rules.stages:
            zh, en = (
                "这个标准不分学段,不能测算规划。",
                "this rule set has no stages: no plan can be reckoned.",
            )
        return (Fault("cannot-plan", zh, en, Place(file=rules.id)),)
    return tuple(
        Fault(
            "cannot-plan",
            f"指标「{i.title.zh}」不是按学生数计算的下限指标,不能测算规划。",
            f"the indicator “{i.title.en}” is not an at-least per pupil: no plan can be reckoned.",
            Place(file=rules.id),
        )
        for i in rules.indicators
        if i.denominator or i.at_most is not None or i.per_school
    )


def _need(
    values: pd.DataFrame,
    units: pd.DataFrame,
    years: tuple[int, ...],
    indicator: Indicator,
    share: Decimal | None,
    step: int,
) -> Need:
    rows = values[(values["indicator"] == indicator.id) & values["in_scope"]]
    held = _grid(rows, units, years, "resource")
    served = _grid(rows, units, years, "served")
    weight = np.nan_to_num(np.where(np.isnan(held), 0.0, _grid(rows, units, years, "denominator")))
    full, floor = np.full(held.shape, np.nan), np.full(held.shape, np.nan)
    parts = {name: _grid(rows, units, years, name) for name in ("divisor", "multiplier")}
    for unit, year in zip(*np.nonzero(~np.isnan(held) & ~np.isnan(served)), strict=True):
        threshold = indicator.threshold(str(units["stage"].iloc[unit]))
        size = filed(parts["divisor"][unit, year]) / filed(parts["multiplier"][unit, year])
        wanted = (threshold or Fraction(0)) * size / indicator.per
        own = filed(held[unit, year])
        full[unit, year] = _steps(wanted - own, step)
        floor[unit, year] = _steps(wanted * Fraction(share) - own, step) if share is not None else 0.0
    return Need(indicator, full, floor, held, served, weight)


def _steps(short: Fraction, step: int) -> float:
    """Return a shortage rounded up to the steps in which things are had: people, m², 100 yuan of equipment."""
    return float(max(0, math.ceil(short / step)) * step)


def _grid(
    rows: pd.DataFrame, units: pd.DataFrame, years: tuple[int, ...], column: str, fill: float = np.nan
) -> Floats:
    """Return a column as units × years."""
    grid = np.full((len(units), len(years)), fill)
    unit = pd.MultiIndex.from_frame(units[_UNIT]).get_indexer(pd.MultiIndex.from_frame(rows[_UNIT]))
    year = pd.Index(list(years)).get_indexer(pd.Index(rows["year"]))
    here = (unit >= 0) & (year >= 0)
    grid[unit[here], year[here]] = rows[column].to_numpy(float)[here]
    return grid

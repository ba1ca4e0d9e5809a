"""The plan as a mixed-integer program: what is done where and when, and what binds it (cvxpy)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import cvxpy as cp
import numpy as np
from scipy import sparse

from ..exact import Floats
from ..programme import Measure
from .task import Need, Task

Objective = Literal["cost", "pupils", "shortfall", "spread"]
Relaxed = Literal["money", "posts", "spread", "schools"]
WAN = 1e4
"""Money in the program is in 万元, so that its rows are of one size."""


@dataclass
class Model:
    """
    Variables, expressions and constraints of one task.

    `done[measure]` is what is begun in each year (rows: units for staged measures, else schools), `given[measure]` what
    a unit hands on in rotation. `passes` is 1 where a school is brought to pass in a year (schools × years; a constant
    1 at the target year when all must), `waived` the indicator a unit leaves at the floor. `slack[kind]` is how far a
    constraint of that kind is loosened, where asked for.
    """

    task: Task
    everyone: bool
    relaxed: frozenset[Relaxed] = frozenset()
    done: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    slack: dict[str, Any] = field(default_factory=dict)
    waived: dict[int, Any] = field(default_factory=dict)
    constraints: list[Any] = field(default_factory=list)
    passes: Any = None

    def __post_init__(self) -> None:
        n, units = len(self.task.years), len(self.task.units)
        self.judged = [n - 1] if self.everyone else list(range(n))
        shapes = {False: (len(self.task.schools), n), True: (units, n)}
        for measure in self.task.measures:
            steps = cp.Variable(shapes[measure.staged], integer=measure.whole, nonneg=True)
            self.done[measure.id] = steps * measure.step  # so that all numbers are of one size
            if measure.moves:
                self.given[measure.id] = cp.Variable((units, n), integer=True, nonneg=True)
        rows = np.arange(units)
        self._of_school = sparse.csr_array(
            (np.ones(units), (rows, self.task.units["site"])), shape=(units, len(self.task.schools))
        )
        self._gains: dict[str, Any] = {}
        self._bound_timing()
        self._bound_people()
        self._bound_rotation()
        self._bound_land()
        self._bound_money()
        self._bound_schools()

    # what is gained and spent

    def in_use(self, measure: Measure, amount: Any) -> Any:
        """Return what of an amount begun in each year is in use in each year: added up, the lead time later."""
        n, lead = len(self.task.years), int(self.task.programme.given(measure.lead))
        return amount @ np.triu(np.ones((n, n)), lead)

    def gain(self, column: str) -> Any:
        """Return what a column gains by each year: units × years for columns of a stage, else schools × years."""
        if column not in self._gains:
            rows = len(self.task.units if "{stage}" in column else self.task.schools)
            total: Any = np.zeros((rows, len(self.task.years)))
            for measure in self.task.measures:
                if column in measure.adds:
                    net = self.done[measure.id]
                    if measure.moves:
                        net = net - self.given[measure.id]
                    total = total + measure.adds[column] * self.in_use(measure, net)
            self._gains[column] = total
        return self._gains[column]

    def gained(self, need: Need) -> Any:
        """Return what the figure of an indicator gains, units × years; a school's gain is each of its units'."""
        total: Any = 0
        for sign, columns in ((1, need.indicator.numerator), (-1, need.indicator.minus)):
            for column in columns:
                gain = self.gain(column)
                total = total + sign * (gain if "{stage}" in column else self._of_school @ gain)
        return total

    def spending(self, measure: Measure) -> Any:
        """Return what a measure costs in each year, in 万元: once when begun, yearly while in use."""
        programme, done = self.task.programme, self.done[measure.id]
        cost: Any = 0
        if measure.once:
            cost = cost + cp.sum(done, axis=0) * (programme.given(measure.once) / WAN)
        if measure.yearly:
            cost = cost + cp.sum(self.in_use(measure, done), axis=0) * (programme.given(measure.yearly) / WAN)
        return cost

    def cost(self) -> Any:
        """Return the discounted cost of the plan in 万元, the base year's value."""
        rate = self.task.programme.share("discount_rate")
        factors = (1 + rate) ** -np.arange(1.0, len(self.task.years) + 1)
        return sum(self.spending(measure) @ factors for measure in self.task.measures)

    def covered(self) -> Any:
        """Return the pupils in schools that pass, added up over the years."""
        return cp.sum(cp.multiply(self._of_school.T @ self.task.pupils, self.passes))

    def worst(self) -> Any:
        """Return the largest shortfall of each year, as a share of the threshold, added up over the years."""
        largest = cp.Variable(len(self.task.years), nonneg=True)
        for need in self.task.needs:
            gained = self.gained(need)
            for year in range(len(self.task.years)):
                rows = np.flatnonzero(need.known[:, year] & (need.full[:, year] > 0))
                if len(rows):
                    wanted = need.held[rows, year] + need.full[rows, year]
                    left = need.full[rows, year] - gained[rows, year]
                    self.constraints.append(cp.multiply(left, 1 / wanted) <= largest[year])
        return cp.sum(largest)

    # what binds

    def _bound_timing(self) -> None:
        """Begin nothing that would not be in use by the target year, nor anything at excluded schools."""
        n, out = len(self.task.years), self.task.excluded()
        for measure in self.task.measures:
            late = n - int(self.task.programme.given(measure.lead))
            barred = out[self.task.units["site"]] if measure.staged else out
            for amount in (self.done[measure.id], self.given.get(measure.id)):
                if amount is not None:
                    if late < n:
                        self.constraints.append(amount[:, max(late, 0) :] == 0)
                    if barred.any():
                        self.constraints.append(amount[np.flatnonzero(barred), :] == 0)

    def _bound_people(self) -> None:
        """Keep groups within the teachers, hiring within the posts, refills within the retirements of a school."""
        task, n = self.task, len(self.task.years)
        teachers = task.held("teachers_{stage}")
        ahead = np.arange(1, n + 1)
        retired = np.floor(np.nan_to_num(teachers)[:, None] * task.programme.share("retirement_rate") * ahead)
        refills = [m for m in task.measures if m.refill]
        if refills:
            self.constraints.append(sum(self.in_use(m, self.done[m.id]) for m in refills) <= retired)
        staff = "teachers_{stage}"
        groups = {c for m in task.measures for c in m.adds if m.staged and c != staff}
        for column in sorted(groups):
            rows = np.flatnonzero(~np.isnan(task.held(column)) & ~np.isnan(teachers))
            room = np.maximum(teachers - task.held(column), 0)[rows]
            more = self.gain(column)[rows, :] - self.gain(staff)[rows, :]
            self.constraints.append(more <= np.tile(room[:, None], n))
        posts = task.programme.number("posts")
        if posts is not None:
            free = max(posts - float(np.nansum(teachers)), 0.0) + self._loosened("posts", 1)
            taken = [cp.sum(self.in_use(m, self.done[m.id]), axis=0) for m in task.measures if m.post]
            if taken:
                self.constraints.append(sum(taken) <= free)

    def _bound_rotation(self) -> None:
        """Rotate within each stage, few a year, from what a school keeps above its own needs, not out of the country."""
        task = self.task
        moving = [m for m in task.measures if m.moves]
        if not moving:
            return
        for measure in moving:
            given, taken = self.given[measure.id], self.done[measure.id]
            for stage in task.units["stage"].unique():
                rows = np.flatnonzero(task.units["stage"] == stage)
                self.constraints.append(cp.sum(given[rows, :], axis=0) == cp.sum(taken[rows, :], axis=0))
            rural = np.flatnonzero(task.units["area"] == "rural")
            if len(rural) and not task.programme.flag("rural_to_urban"):
                net = cp.sum(taken[rural, :] - given[rural, :], axis=0)
                self.constraints.append(net >= 0)
        teachers, group = "teachers_{stage}", "teachers_backbone_{stage}"
        for column, share in ((teachers, "rotation_share"), (group, "rotation_share_backbone")):
            most = np.floor(np.nan_to_num(task.held(column)) * task.programme.share(share))
            given = [self.given[m.id] for m in moving if column in m.adds]
            if given:
                self.constraints.append(sum(given) <= np.tile(most[:, None], len(task.years)))
        for column in sorted({c for m in moving for c in m.adds}):
            whole = sum(cp.sum(self.given[m.id], axis=1) for m in moving if column in m.adds)
            self.constraints.append(whole <= self._spare(column))

    def _spare(self, column: str) -> Floats:
        """Return what each unit can give of a group and keep meeting its needs in every year with what it has now."""
        task, held = self.task, self.task.held(column)
        wanted = np.zeros(len(task.units))
        for need in task.needs:
            if column in need.indicator.numerator:
                wanted = np.maximum(wanted, np.nan_to_num(_least(need, task)).max(axis=1))
        if column == "teachers_{stage}":
            norms = task.units["stage"].map(lambda s: task.programme.given(f"pupils_per_teacher_{s}"))
            wanted = np.maximum(wanted, np.ceil(task.pupils.max(axis=1) / norms.to_numpy(float)))
        return np.maximum(np.nan_to_num(held - wanted), 0.0)

    def _bound_land(self) -> None:
        """Lay no more grounds than there is land for, where that is known (`Task.land`)."""
        column, land = "sports_ground_area_m2", self.task.land()
        rows = np.flatnonzero(np.isfinite(land))
        if len(rows) and any(column in m.adds for m in self.task.measures):
            self.constraints.append(self.gain(column)[rows, -1] <= land[rows])

    def _bound_money(self) -> None:
        """Keep each year within its budget; what is earmarked pays for its own kind first."""
        programme, n = self.task.programme, len(self.task.years)
        budget = programme.years("budget", n)
        if budget is None:
            return
        from_budget: Any = 0
        for fund in ("buildings", "equipment", "staff"):
            spent: Any = sum((self.spending(m) for m in self.task.measures if m.fund == fund), np.zeros(n))
            own = programme.years(f"earmark_{fund}", n) if fund != "staff" else None
            if own is not None:
                beyond = cp.Variable(n, nonneg=True)
                self.constraints.append(beyond >= spent - np.array(own))
                spent = beyond
            from_budget = from_budget + spent
        self.constraints.append(from_budget <= np.array(budget) + self._loosened("money", n))

    def _bound_schools(self) -> None:
        """Hold every school that must or is chosen to pass to the rule: k indicators at the threshold, the rest at the floor."""
        task, rule = self.task, self.task.rules.school_rule
        n, sites = len(task.years), len(task.schools)
        if self.everyone:
            ones: Any = np.ones((sites, n))
            self.passes = ones - self._loosened("schools", (sites, n))
        else:
            self.passes = cp.Variable((sites, n), boolean=True)
            self.constraints.append(cp.multiply(self.passes, self._beyond_help()) == 0)
        if rule is None:
            return
        for year in self.judged:
            self._bound_units(year, len(task.rules.indicators) - rule.at_least_met)

    def _bound_units(self, year: int, most_waived: int) -> None:
        task = self.task
        waived = cp.Variable((len(task.units), len(task.needs)), boolean=True)
        passes = self._of_school @ self.passes[:, year]
        for at, need in enumerate(task.needs):
            short = need.known[:, year] & (need.full[:, year] > 0)
            rows, rest = np.flatnonzero(short), np.flatnonzero(~short)
            if len(rest):
                self.constraints.append(waived[rest, at] == 0)
            if len(rows):
                full, floor = need.full[rows, year], need.floor[rows, year]
                let_off = cp.multiply(full - floor, waived[rows, at])
                self.constraints.append(
                    self.gained(need)[rows, year] >= cp.multiply(full, passes[rows]) - let_off
                )
        self.constraints.append(cp.sum(waived, axis=1) <= most_waived * passes)
        self.waived[year] = waived

    def _beyond_help(self) -> Floats:
        """Return the schools × years without a unit in scope, or that no plan can make pass: a figure is missing."""
        task = self.task
        missing = np.any([np.isnan(need.full) & task.in_scope for need in task.needs], axis=0)
        hopeless = (self._of_school.T @ missing.astype(float)) > 0
        empty = (self._of_school.T @ task.in_scope.astype(float)) == 0
        return np.asarray(hopeless | empty, dtype=np.float64)

    def _loosened(self, kind: Relaxed, shape: int | tuple[int, ...]) -> Any:
        """Return the slack of a kind of constraint where it may be loosened, else zero."""
        if kind not in self.relaxed:
            return 0
        self.slack[kind] = (
            cp.Variable(shape, boolean=True) if kind == "schools" else cp.Variable(shape, nonneg=True)
        )
        return self.slack[kind]


def _least(need: Need, task: Task) -> Floats:
    """Return the figure at which each unit just meets an indicator (units × years); NaN where it is not known."""
    limits = [need.indicator.threshold(str(stage)) for stage in task.units["stage"]]
    thresholds = np.array([float(limit or 0) for limit in limits])
    return np.asarray(np.ceil(thresholds[:, None] * need.served / need.indicator.per - 1e-9))

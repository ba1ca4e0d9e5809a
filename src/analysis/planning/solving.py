"""Solve a task: program and cuts in turns, whole people and whole m² out of it, and how far from the best at most."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cvxpy as cp
import numpy as np
import pandas as pd

from ..exact import Floats
from .model import WAN, Model, Objective, Relaxed
from .program import NotFoundInTimeError, Program
from .spread import INWARD, MARGIN, Limits
from .task import Task

GAP = 0.005
"""The proven gap at which a program is good enough (a share of the cost)."""
_FIRST = 0.6  # of the time left, at most, for an objective that others follow
_LOOSE = "loose"
_NOISE = 1e-5  # of a person or m²: what a solver calls zero


@dataclass(frozen=True)
class Solution:
    """
    What a plan does.

    Attributes
    ----------
    actions
        One row per school, stage ('' for the school as a whole), measure, direction and year it is begun: `school_id`,
        `stage`, `measure`, `direction` (`in`, or `out` for those handed on), `year`, `in_use`, `amount`, `once` and
        `yearly` (元; yearly from `in_use` on).
    cost
        Discounted cost, 元, of the base year, after rounding to whole steps.
    bound
        What no plan can be below, 元; NaN where the last objective was not cost.
    objectives
        In their order, the value reached and its bound; what was loosened, where anything was, comes first.
    seconds
        By the clock.
    """

    task: Task
    actions: pd.DataFrame
    cost: float
    bound: float
    objectives: tuple[tuple[str, float, float], ...]
    seconds: float
    slack: dict[str, Floats]

    @property
    def gap(self) -> float:
        """How far the cost may be from the least possible, as a share of it; NaN without a bound."""
        if math.isnan(self.bound) or self.cost <= 0:
            return 0.0 if self.cost <= 0 else float("nan")
        return max(0.0, (self.cost - self.bound) / self.cost)


def solve(
    task: Task,
    objectives: Sequence[Objective] = ("cost",),
    *,
    relaxed: frozenset[Relaxed] = frozenset(),
    seconds: float = 60.0,
    gap: float = GAP,
    margin: float = MARGIN,
    prove: bool = True,
) -> Solution | None:
    """
    Return the best plan, None where there is none.

    `("cost",)`: the least discounted cost at which every school and every coefficient of variation meets the rule in the
    target year. Otherwise, within the budgets and one after the other: `pupils`, most pupils in schools that pass,
    added up over the years; `shortfall`, the smallest largest shortfall of each year; `spread`, the coefficients of
    variation of the target year above their limits by least, all added up; `cost`. Each later objective keeps what the
    earlier ones reached. The coefficients count under each order: where it does not name them they come before cost.

    Parameters
    ----------
    relaxed
        Constraints that may be broken, as little as possible, before anything else is asked (see `relaxing`).
    seconds
        Time for the solver, all objectives together.
    gap
        The proven gap that is good enough.
    margin
        How far within their limits the coefficients of variation are kept.
    prove
        Whether to go on, where the gap is not reached at once, by a search of the whole program.
    """
    started = time.monotonic()
    model = Model(task, tuple(objectives) == ("cost",), relaxed)
    limits = Limits(model)
    order = _with_spread(objectives) if limits.slack is not None and not model.everyone else objectives

    goals: dict[str, Any] = {_LOOSE: _loosening(model)} if relaxed else {}
    goals |= {objective: _goal(model, objective) for objective in order}
    program = Program(goals, model.constraints, limits.watched, INWARD)
    reached: list[tuple[str, float, float]] = []
    for goal in goals:
        left = max(seconds - (time.monotonic() - started), 1.0)
        if goal != order[-1]:
            left *= _FIRST
        found = None
        try:
            found = program.minimum(goal, limits.cuts, seconds=left, gap=gap, margin=margin, prove=prove)
        except NotFoundInTimeError:
            if not reached:
                raise
        if found is None:
            break  # what the earlier objectives reached stands
        program.keep(goal, found[0] + limits.room(margin, found[0]))
        reached.append((goal, abs(found[0]), abs(found[1])))
    if not reached:
        return None
    bound = reached[-1][2] * WAN if reached[-1][0] == "cost" else float("nan")
    actions = _actions(model)
    return Solution(
        task, actions, discounted(actions, task), bound, tuple(reached), time.monotonic() - started,
        {kind: np.asarray(value.value) for kind, value in model.slack.items()},
    )  # fmt: skip


def _with_spread(objectives: Sequence[Objective]) -> tuple[Objective, ...]:
    """Return the objectives with the coefficients of variation among them: before cost, unless they are named."""
    if "spread" in objectives:
        return tuple(objectives)
    at = objectives.index("cost") if "cost" in objectives else len(objectives)
    return (*objectives[:at], "spread", *objectives[at:])


def _goal(model: Model, objective: Objective) -> Any:
    """Return what an objective makes least."""
    if objective == "cost":
        return model.cost()
    if objective == "pupils":
        return -model.covered()
    return model.worst() if objective == "shortfall" else cp.sum(model.slack["spread"])


def _loosening(model: Model) -> Any:
    """Return how much is broken: 万元, posts, spread, or pupils in schools let go."""
    goal: Any = 0
    for kind, slack in model.slack.items():
        weight: Any = 1.0
        if kind == "schools":
            size = np.bincount(model.task.units["site"], model.task.pupils[:, -1], len(model.task.schools))
            goal = goal + size @ slack[:, -1] + 1e-6 * cp.sum(slack)
            continue
        goal = goal + weight * cp.sum(slack)
    return goal


def _actions(model: Model) -> pd.DataFrame:
    """Return what a solved model does, amounts rounded up to the steps in which things are had."""
    task, frames = model.task, []
    for measure in task.measures:
        owners = task.units if measure.staged else task.schools.assign(stage="")
        lead = int(task.programme.given(measure.lead))
        for direction, amounts in (("in", model.done[measure.id]), ("out", model.given.get(measure.id))):
            if amounts is None or amounts.value is None:
                continue
            whole = np.ceil((amounts.value - _NOISE) / measure.step) * measure.step
            for row, year in np.argwhere(whole > 0):
                amount = float(whole[row, year])
                paid = direction == "in"
                frames.append(
                    {
                        "school_id": owners["school_id"].iloc[row],
                        "stage": owners["stage"].iloc[row],
                        "measure": measure.id,
                        "direction": direction,
                        "year": task.years[year],
                        "in_use": task.years[year] + lead,
                        "amount": amount,
                        "once": amount * task.programme.given(measure.once) if measure.once and paid else 0.0,
                        "yearly": amount * task.programme.given(measure.yearly)
                        if measure.yearly and paid
                        else 0.0,
                    }
                )
    columns = ["school_id", "stage", "measure", "direction", "year", "in_use", "amount", "once", "yearly"]
    return pd.DataFrame(frames, columns=columns)


def spending(actions: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Return what actions cost in each year: `measure`, `year`, `once`, `yearly`, `cost` (元), not discounted."""
    rows = [
        actions.assign(
            once=actions["once"].where(actions["year"] == year, 0.0),
            yearly=actions["yearly"].where(actions["in_use"] <= year, 0.0),
            year=year,
        )
        for year in years
    ]
    table = pd.concat(rows, ignore_index=True)
    return table.assign(cost=table["once"] + table["yearly"])


def discounted(actions: pd.DataFrame, task: Task) -> float:
    """Return the cost of actions in 元 of the base year."""
    table = spending(actions, task.years)
    ahead = table["year"] - task.outlook.base_year
    return float((table["cost"] / (1 + task.programme.share("discount_rate")) ** ahead).sum())

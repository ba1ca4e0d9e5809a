"""One call from a task to a plan that stands, or to what would have to give way; and how plans change with money and costs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import pandas as pd

from ..assessment import Assessment
from ..errors import JunhengError, refuse
from ..programme import Programme, parameters_by_item
from .model import Objective
from .outlook import Outlook
from .program import NotFoundInTimeError
from .relaxing import Relaxation, ways_out
from .solving import GAP, Solution, solve, spending
from .spread import MARGIN
from .task import Task, make_task
from .verifying import Verification, verify

_TIGHTER = 5.0
_TRIES = 4
_LEAST = 2.0  # s for one try
_FURTHEST = 15  # years


@dataclass(frozen=True)
class Plan:
    """
    A plan and its proof, or why there is none.

    `solution` and `verification` are None where what is asked cannot be had; `ways_out` then says what would have to
    give way.
    """

    task: Task
    solution: Solution | None
    verification: Verification | None
    ways_out: tuple[Relaxation, ...] = ()


def make_plan(
    task: Task, objectives: Sequence[Objective] = ("cost",), *, seconds: float = 60.0, gap: float = GAP
) -> Plan:
    """
    Solve a task, judge the result exactly, and tell what would have to give way where there is no plan.

    Where whole people and whole m² put a coefficient of variation back over its limit, the plan is made again with a
    wider margin.

    Raises
    ------
    JunhengError
        No plan was found in the time given.
    """
    margin, until = MARGIN, time.monotonic() + seconds
    plan: Plan | None = None
    for _ in range(_TRIES):
        left = max(until - time.monotonic(), _LEAST)
        try:
            solution = solve(task, objectives, seconds=left, gap=gap, margin=margin)
        except NotFoundInTimeError as error:
            if plan is None:
                raise _too_slow(seconds) from error
            break
        if solution is None:
            return plan or Plan(task, None, None, tuple(ways_out(task)))
        plan = Plan(task, solution, verify(solution))
        if tuple(objectives) != ("cost",) or (plan.verification and plan.verification.met):
            break
        margin *= _TIGHTER
    assert plan is not None
    return plan


def _too_slow(seconds: float) -> JunhengError:
    return refuse(
        "no-plan-in-time",
        f"{seconds:g}秒内没有找到方案,也没有证明不可行。请延长求解时间(seconds)。",
        f"no plan was found within {seconds:g} s, nor that there is none; give more time (seconds).",
        column="seconds",
    )


def horizon(programme: Programme, base_year: int) -> int:
    """
    Return the target year.

    Raises
    ------
    JunhengError
        The target year is not after the base year, or too far ahead to reckon year by year.
    """
    asked = programme.number("target_year")
    target = int(asked) if asked is not None else base_year + programme.horizon_years
    item = next(item for item, p in parameters_by_item().items() if p.id == "target_year")
    if not base_year < target <= base_year + _FURTHEST:
        raise refuse(
            "wrong-horizon",
            f"应在{base_year + 1}年至{base_year + _FURTHEST}年之间:基年为{base_year}年。",
            f"must be from {base_year + 1} to {base_year + _FURTHEST}: the base year is {base_year}.",
            column=item,
            value=str(target),
        )
    return target


def frontier(
    task: Task, budgets: Sequence[float], *, seconds: float = 10.0, gap: float = 0.01
) -> pd.DataFrame:
    """
    Return what each yearly budget could cover: the frontier of cost and coverage.

    Found about the relaxation, not searched to the end: `bound` says how much more there may be at most.

    Parameters
    ----------
    budgets
        元 a year, the same every year.

    Returns
    -------
    One row for nothing done, and one per budget: `budget` (元 a year), `cost` (元, discounted), `n_schools`, `n_pass` (in the target year, by the
    exact rule), `n_cv_fail` (coefficients above their limits then), `pupils`, `pupils_pass` (of the units in scope in
    the target year), `bound` (what `pupils_pass`, added up over the years, cannot exceed, as a share of what was
    reached). A budget for which the time was too short is left out.
    """
    rows = [_covered(0.0, 0.0, 1.0, task.outlook.assessment, task.years[-1])]
    for budget in budgets:
        own = replace(task, programme=task.programme.setting(budget=f"{budget / 1e4:.4f}"))
        try:
            solution = solve(own, ("pupils", "cost"), seconds=seconds, gap=gap, prove=False)
        except NotFoundInTimeError:
            continue
        if solution is not None:
            _, reached, most = solution.objectives[0]
            found = verify(solution).assessment
            bound = most / reached if reached else float("nan")
            rows.append(_covered(float(budget), solution.cost, bound, found, task.years[-1]))
    return pd.DataFrame(rows)


def _covered(budget: float, cost: float, bound: float, found: Assessment, year: int) -> dict[str, float]:
    """Return one row of the frontier."""
    schools = found.school_verdicts[found.school_verdicts["year"] == year]
    units = found.unit_verdicts[found.unit_verdicts["year"] == year]
    balance = found.dispersion[found.dispersion["year"] == year]
    passing = schools.loc[schools["verdict"] == "pass", "school_id"]
    return {
        "budget": budget,
        "cost": cost,
        "n_schools": len(schools),
        "n_pass": len(passing),
        "n_cv_fail": int((balance["verdict"] == "fail").sum()),
        "pupils": float(units["pupils"].sum()),
        "pupils_pass": float(units.loc[units["school_id"].isin(passing), "pupils"].sum()),
        "bound": bound,
    }


def budgets(solution: Solution) -> list[float]:
    """Return the yearly budgets to try, 元: the programme's shares of what the plan costs in a year on average."""
    years = solution.task.years
    mean = float(spending(solution.actions, years)["cost"].sum()) / len(years)
    return [share * mean for share in solution.task.programme.budgets]


def cases(task: Task, outlooks: Mapping[str, Outlook]) -> dict[str, Task]:
    """Return the tasks to try: one unit cost moved at a time, and other outlooks (low and high pupils) by name."""
    programme = task.programme
    factor = 1 + programme.varied.by / 100
    moved = {
        name: replace(task, programme=programme.setting(**{name: factor * programme.given(name)}))
        for name in programme.varied.parameters
    }
    return moved | {name: make_task(outlook, task.rules, programme) for name, outlook in outlooks.items()}


def sensitivity(tried: Mapping[str, Task], *, seconds: float = 20.0, gap: float = GAP) -> pd.DataFrame:
    """
    Return how the least cost changes with the numbers it rests on.

    Parameters
    ----------
    tried
        Tasks by name (`cases`).

    Returns
    -------
    One row per case: `case`, `cost` (元, discounted; NaN where there is no plan), `bound`.
    """
    rows = []
    for case, task in tried.items():
        found = (float("nan"), float("nan"))
        with suppress(NotFoundInTimeError):
            solution = solve(task, seconds=seconds, gap=gap)
            found = found if solution is None else (solution.cost, solution.bound)
        rows.append({"case": case, "cost": found[0], "bound": found[1]})
    return pd.DataFrame(rows)

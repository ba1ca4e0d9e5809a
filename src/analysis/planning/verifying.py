"""A plan judged anew: its schools as they would be, by the same exact rule, and its sums by its own conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..assessment import Assessment, assess
from ..schema import Words
from .solving import Solution, spending

_MONEY = 1.0  # yuan: a budget is not broken by less


@dataclass(frozen=True)
class Verification:
    """
    What the exact rule says of a plan.

    Attributes
    ----------
    schools
        The schools of the base year and of every year of the plan, pupils as projected, means as planned.
    assessment
        Of those schools.
    broken
        Conditions of the plan that its own actions break, in words; empty for a sound one.
    """

    schools: pd.DataFrame
    assessment: Assessment
    broken: tuple[Words, ...]

    @property
    def met(self) -> bool:
        """Whether nothing that is known fails in the target year: no unit, no coefficient of variation."""
        last = self.assessment.county_verdicts.sort_values("year").iloc[-1]
        return bool(last["n_units_fail"] == 0 and last["n_cv_fail"] == 0)


def planned_schools(solution: Solution) -> pd.DataFrame:
    """Return the outlook's schools with what the plan adds, from the year on in which it is in use."""
    task = solution.task
    table = task.outlook.schools.copy()
    added = _added(solution)
    for (column, school, year), amount in added.items():
        rows = (table["school_id"] == school) & (table["year"] >= year)
        table.loc[rows, column] = table.loc[rows, column] + amount
    return table


def verify(solution: Solution) -> Verification:
    """Recompute every verdict from the actions alone, and hold them to the conditions of the plan."""
    schools = planned_schools(solution)
    broken = [
        *_of_people(schools, solution),
        *_of_rotation(solution),
        *_of_money(solution),
        *_of_land(solution),
        *_of_schools(solution),
    ]
    return Verification(schools, assess(schools, solution.task.rules), tuple(broken))


def _added(solution: Solution) -> dict[tuple[str, str, int], float]:
    """Return what each column of a school gains from a year on."""
    measures = {measure.id: measure for measure in solution.task.measures}
    added: dict[tuple[str, str, int], float] = {}
    for action in solution.actions.to_dict("records"):
        sign = -1 if action["direction"] == "out" else 1
        for column, each in measures[action["measure"]].adds.items():
            key = (column.format(stage=action["stage"]), action["school_id"], int(action["in_use"]))
            added[key] = added.get(key, 0.0) + sign * each * action["amount"]
    return added


def _of_people(schools: pd.DataFrame, solution: Solution) -> list[Words]:
    """Return schools with fewer teachers than one of their groups, or fewer than none, where they were not filed so."""
    found = []
    filed = solution.task.outlook.schools
    for stage in solution.task.rules.judged_stages:
        groups = sorted({c.format(stage=stage) for m in solution.task.measures if m.staged for c in m.adds})
        changed = schools["school_id"].isin(solution.actions["school_id"])
        for group in groups:
            beyond, before = (table[group] - table[f"teachers_{stage}"] for table in (schools, filed))
            over = changed & ((beyond > before.clip(lower=0)) | (schools[group] < 0))
            for row in schools[over].drop_duplicates("school_id").to_dict("records"):
                found.append(
                    Words(
                        zh=f"{row['school_name']}{row['year']}年的一类教师多于专任教师或少于零",
                        en=f"{row['school_name']}: a group of teachers exceeds its teachers, or is below zero, in {row['year']}",
                    )
                )
    return found


def _of_rotation(solution: Solution) -> list[Words]:
    """Return measures in which not as many people arrive as leave, by stage and year."""
    moves = [m.id for m in solution.task.measures if m.moves]
    rows = solution.actions[solution.actions["measure"].isin(moves)]
    signed = rows["amount"].where(rows["direction"] == "in", -rows["amount"])
    net = signed.groupby([rows["measure"], rows["stage"], rows["year"]]).sum()
    return [
        Words(zh=f"{year}年交流教师调入与调出不相等", en=f"rotation does not balance in {year}")
        for (_, _, year) in net[net != 0].index
    ]


def _of_money(solution: Solution) -> list[Words]:
    """Return the years whose spending is above the budget, after what is earmarked."""
    task, n = solution.task, len(solution.task.years)
    budget = task.programme.years("budget", n)
    if budget is None:
        return []
    funds = {m.id: m.fund for m in task.measures}
    table = spending(solution.actions, task.years)
    spent = table.groupby([table["measure"].map(funds), "year"])["cost"].sum()
    found = []
    for at, year in enumerate(task.years):
        left = 0.0
        for fund in ("buildings", "equipment", "staff"):
            own = task.programme.years(f"earmark_{fund}", n) if fund != "staff" else None
            left += max(0.0, float(spent.get((fund, year), 0.0)) - (own[at] * 1e4 if own else 0.0))
        if left > budget[at] * 1e4 + _MONEY + _rounding(solution):
            found.append(
                Words(
                    zh=f"{year}年支出{left / 1e4:.1f}万元,超过资金{budget[at]:g}万元",
                    en=f"{year}: spending of {left / 1e4:.1f} exceeds the budget of {budget[at]:g} (×10⁴ yuan)",
                )
            )
    return found


def _rounding(solution: Solution) -> float:
    """Return what rounding amounts up to whole steps can cost, 元: a step each of what comes in fractions."""
    task = solution.task
    costs = {m.id: m.step * task.programme.given(m.once) for m in task.measures if not m.whole and m.once}
    return float(np.nansum(solution.actions["measure"].map(costs).astype(float)))


def _of_land(solution: Solution) -> list[Words]:
    """Return schools that lay more grounds than they have land for, by more than rounding up to whole m²."""
    task, column = solution.task, "sports_ground_area_m2"
    steps = {m.id: m.adds[column] for m in task.measures if column in m.adds}
    rows = solution.actions[solution.actions["measure"].isin(list(steps))]
    laid = (rows["amount"] * rows["measure"].map(steps).astype(float)).groupby(rows["school_id"]).sum()
    land = pd.Series(task.land(), index=task.schools["school_id"]).reindex(laid.index)
    return [
        Words(
            zh=f"{school}新增运动场地{laid[school]:g}平方米,超过可用的{land[school]:g}平方米",
            en=f"{school}: {laid[school]:g} m² of new grounds exceed the {land[school]:g} m² there are",
        )
        for school in laid.index[laid > land + len(task.years)]
    ]


def _of_schools(solution: Solution) -> list[Words]:
    """Return excluded schools at which something is done."""
    barred = solution.task.schools.loc[solution.task.excluded(), "school_id"]
    rows = solution.actions[solution.actions["school_id"].isin(barred)]
    return [
        Words(zh=f"不安排项目的学校{school}列有项目", en=f"{school} was to be left without investment")
        for school in sorted(set(rows["school_id"]))
    ]

"""What a plan comes to: by measure and year, by school, and what the county reaches each year with it and without."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..assessment import Assessment
from ..standards import RuleSet
from .outlook import Outlook
from .solving import Solution, spending
from .verifying import Verification


def milestones(outlook: Outlook, verification: Verification | None) -> pd.DataFrame:
    """
    Return by year how many schools and coefficients meet the rule, with nothing done and with the plan.

    Returns
    -------
    One row per year: `n_schools`, and for `nothing` and `plan` each `…_pass`, `…_fail`, `…_undetermined` (schools),
    `…_cv_fail` and `…_verdict`; the plan's columns are left out without one.
    """
    cases = {"nothing": outlook.assessment} | ({"plan": verification.assessment} if verification else {})
    table = outlook.assessment.county_verdicts[["year", "n_schools"]].reset_index(drop=True)
    for name, found in cases.items():
        rows = found.county_verdicts.reset_index(drop=True)
        for own, theirs in (
            ("pass", "n_schools_pass"),
            ("fail", "n_schools_fail"),
            ("undetermined", "n_schools_undetermined"),
            ("cv_fail", "n_cv_fail"),
            ("verdict", "verdict"),
        ):
            table[f"{name}_{own}"] = rows[theirs]
    return table


def investment(solution: Solution) -> pd.DataFrame:
    """
    Return what each measure comes to.

    Returns
    -------
    One row per measure of the plan: `measure`, `fund`, `n_schools`, `amount` (in the measure's unit), `unit_cost` (元, once or a
    year), `cost` (元, all years of the plan, not discounted), `share`, then each year's 元 under its number.
    """
    task = solution.task
    actions = solution.actions[solution.actions["direction"] == "in"]
    money = spending(actions, task.years)
    wide = money.pivot_table(index="measure", columns="year", values="cost", aggfunc="sum")
    rows: list[dict[Any, Any]] = []
    for measure in task.measures:
        own = actions[actions["measure"] == measure.id]
        if own.empty:
            continue
        years: dict[int, float] = {year: float(wide[year][measure.id]) for year in task.years}
        rows.append(
            {
                "measure": measure.id,
                "fund": measure.fund,
                "n_schools": own["school_id"].nunique(),
                "amount": float(own["amount"].sum()),
                "unit_cost": task.programme.given(measure.once or measure.yearly),
                "cost": sum(years.values()),
                **years,
            }
        )
    columns = ["measure", "fund", "n_schools", "amount", "unit_cost", "cost", *task.years]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(share=table["cost"] / table["cost"].sum())


def tasks(solution: Solution) -> pd.DataFrame:
    """Return the amounts of each measure by the year they are begun: `measure`, `amount`, then a column a year."""
    actions = solution.actions[solution.actions["direction"] == "in"]
    wide = actions.pivot_table(
        index="measure", columns="year", values="amount", aggfunc="sum", fill_value=0.0
    )
    wide = wide.reindex(columns=list(solution.task.years), fill_value=0.0)
    order = [m.id for m in solution.task.measures if m.id in wide.index]
    return wide.loc[order].assign(amount=wide.sum(axis=1)).rename_axis(columns=None).reset_index()


def by_school(solution: Solution, verification: Verification) -> pd.DataFrame:
    """
    Return one row per unit in scope in the target year: what it has, what it lacks, what is done there.

    Returns
    -------
    `school_id`, `school_name`, `stage`, `area3`, `pupils` (base year), `pupils_last`, `n_unmet` and `verdict` (base year),
    `n_unmet_last` and `verdict_last` (with the plan), `done` (measure → amount, the unit's own and its school's),
    `cost` (元 of the school, on the first of its units, so that the column adds up), `first_year`, `last_year`.
    """
    task = solution.task
    now = _units(task.outlook.assessment, task.outlook.base_year)
    later = _units(verification.assessment, task.years[-1])
    keys = ["school_id", "stage"]
    table = later.merge(
        now[[*keys, "pupils", "n_unmet", "verdict"]], on=keys, suffixes=("_last", ""), how="left"
    )
    money = spending(solution.actions, task.years).groupby("school_id")["cost"].sum()
    table["cost"] = table["school_id"].map(money).fillna(0.0).where(~table["school_id"].duplicated(), 0.0)
    actions = solution.actions[solution.actions["direction"] == "in"]
    done, first, last = [], [], []
    for row in table.to_dict("records"):
        own = actions[(actions["school_id"] == row["school_id"]) & actions["stage"].isin(["", row["stage"]])]
        done.append({str(m): float(n) for m, n in own.groupby("measure", sort=False)["amount"].sum().items()})
        first.append(own["year"].min())
        last.append(own["year"].max())
    return table.assign(done=pd.Series(done, dtype=object), first_year=first, last_year=last)


def school_money(solution: Solution) -> pd.DataFrame:
    """
    Return what the plan puts into each school: `school_id`, `school_name`, `pupils` (in scope, target year), `cost` (元), and
    `money`, its class: "0" for none, else one more than the number of `money_classes` (万元) that it reaches.
    """
    task = solution.task
    money = spending(solution.actions, task.years).groupby("school_id")["cost"].sum()
    table = task.schools[["school_id", "school_name"]].copy()
    table["pupils"] = np.bincount(task.units["site"], task.pupils[:, -1], len(task.schools))
    table["cost"] = table["school_id"].map(money).fillna(0.0)
    limits = 1e4 * np.array(task.programme.money_classes)
    classes = 1 + np.searchsorted(limits, table["cost"].to_numpy(float), side="right")
    table["money"] = np.where(table["cost"] > 0, classes, 0).astype(str)
    return table


def left_behind(verification: Verification, rules: RuleSet, year: int) -> pd.DataFrame:
    """
    Return who is left below a threshold in a year though the rule is met: at the floor, by stage, indicator and area.

    Returns
    -------
    One row per stage, indicator and `area`: `n_units`, `n_floor`, `pupils_floor`; only where there are any.
    """
    judged = verification.assessment.judged
    rows = judged[judged["in_scope"] & (judged["year"] == year)]
    floor = rows["status"].isin(["floor", "below"])
    parts = rows.assign(n_units=1, n_floor=floor.astype(int), pupils_floor=rows["pupils"].where(floor, 0.0))
    found = parts.groupby(["stage", "indicator", "area"], sort=False)[
        ["n_units", "n_floor", "pupils_floor"]
    ].sum()
    order = [i.id for i in rules.indicators]
    table = found[found["n_floor"] > 0].reset_index()
    return table.sort_values("indicator", key=lambda c: c.map(order.index), kind="stable", ignore_index=True)


def reached(outlook: Outlook, verification: Verification) -> pd.DataFrame:
    """
    Return each indicator and coefficient of variation in the base and the target year, with nothing done and planned.

    Returns
    -------
    One row per stage and indicator: `mean`, `mean_nothing`, `mean_plan`, `cv`, `cv_nothing`, `cv_plan`, `limit`.
    """
    keys = ["stage", "indicator"]
    cases = {
        "": (outlook.assessment, outlook.base_year),
        "_nothing": (outlook.assessment, outlook.last_year),
        "_plan": (verification.assessment, outlook.last_year),
    }
    table: pd.DataFrame | None = None
    for name, (found, year) in cases.items():
        rows = found.dispersion[found.dispersion["year"] == year]
        part = rows[[*keys, "mean", "cv"]].rename(columns={"mean": f"mean{name}", "cv": f"cv{name}"})
        table = rows[[*keys, "limit"]].merge(part, on=keys) if table is None else table.merge(part, on=keys)
    assert table is not None
    return table


def empty_soon(solution: Solution, small: pd.DataFrame) -> pd.DataFrame:
    """Return the actions that build at schools projected below the very small: `actions` rows with the school's name."""
    tiny = small[small["below"] == "tiny"].set_index("school_id")["school_name"]
    funds = {m.id: m.fund for m in solution.task.measures}
    rows = solution.actions[solution.actions["measure"].map(funds) == "buildings"]
    rows = rows[rows["school_id"].isin(tiny.index)]
    return rows.assign(school_name=rows["school_id"].map(tiny))


def _units(found: Assessment, year: int) -> pd.DataFrame:
    rows = found.unit_verdicts[found.unit_verdicts["year"] == year]
    unmet = rows["n_floor"] + rows["n_below"]
    keep = ["school_id", "school_name", "stage", "area3", "pupils", "verdict"]
    return rows[keep].assign(n_unmet=np.asarray(unmet)).reset_index(drop=True)

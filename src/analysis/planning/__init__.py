"""What it takes to meet the rule by a year, at least cost, as pupils change; every plan is judged anew by the rule."""

from __future__ import annotations

from .outlook import Outlook, do_nothing, places, small_schools, staffing
from .plans import Plan, budgets, cases, frontier, horizon, make_plan, sensitivity
from .relaxing import Relaxation, ways_out
from .solving import Solution, solve, spending
from .summary import by_school, empty_soon, investment, left_behind, milestones, reached, school_money, tasks
from .task import Task, make_task, unplannable
from .verifying import Verification, planned_schools, verify

__all__ = [
    "Outlook",
    "Plan",
    "Relaxation",
    "Solution",
    "Task",
    "Verification",
    "budgets",
    "by_school",
    "cases",
    "do_nothing",
    "empty_soon",
    "frontier",
    "horizon",
    "investment",
    "left_behind",
    "make_plan",
    "make_task",
    "milestones",
    "places",
    "planned_schools",
    "reached",
    "school_money",
    "sensitivity",
    "small_schools",
    "solve",
    "spending",
    "staffing",
    "tasks",
    "unplannable",
    "verify",
    "ways_out",
]

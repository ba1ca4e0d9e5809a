"""What it takes to meet the rule by a year, at least cost, as pupils change; every plan is judged anew by the rule."""

from __future__ import annotations

from .outlook import Outlook, do_nothing, places, small_schools, staffing
from .plans import Plan, frontier, horizon, make_plan, sensitivity
from .relaxing import Relaxation, ways_out
from .solving import Solution, solve, spending
from .task import Task, make_task
from .verifying import Verification, planned_schools, verify

__all__ = [
    "Outlook",
    "Plan",
    "Relaxation",
    "Solution",
    "Task",
    "Verification",
    "do_nothing",
    "frontier",
    "horizon",
    "make_plan",
    "make_task",
    "places",
    "planned_schools",
    "sensitivity",
    "small_schools",
    "solve",
    "spending",
    "staffing",
    "verify",
    "ways_out",
]

"""When what is asked cannot be had: the least that would have to give way, constraint by constraint."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from .model import WAN, Relaxed
from .program import NotFoundInTimeError
from .solving import Solution, solve
from .task import Task
from .verifying import verify

_GAP = 0.02  # a way out is told in round numbers
KINDS: tuple[Relaxed, ...] = ("money", "spread", "posts", "schools")


@dataclass(frozen=True)
class Relaxation:
    """
    One way out.

    Attributes
    ----------
    kind
        What gives way: more money, a wider limit of a coefficient of variation, more posts, schools let go.
    money
        Year → 元 on top of the budget.
    posts
        Posts on top.
    schools
        Names of the schools that would not pass, largest first.
    spread
        (stage, indicator id) → coefficient of variation that would be reached.
    """

    kind: Relaxed
    money: dict[int, float]
    posts: int
    schools: tuple[str, ...]
    spread: dict[tuple[str, str], float]


def ways_out(task: Task, *, seconds: float = 8.0) -> list[Relaxation]:
    """
    Return for a task without a plan each kind of constraint that could give way alone, by the least it must.

    Money that is not limited and posts that are not limited cannot give way.
    """
    limited = {"money": task.programme.text("budget"), "posts": task.programme.text("posts")}
    found = []
    for kind in KINDS:
        if kind in limited and not limited[kind]:
            continue
        with suppress(NotFoundInTimeError):
            solution = solve(task, relaxed=frozenset([kind]), seconds=seconds, gap=_GAP)
            if solution is not None:
                found.append(_told(kind, solution))
    return found


def _told(kind: Relaxed, solution: Solution) -> Relaxation:
    task, slack = solution.task, solution.slack[kind]
    money, posts, schools, spread = {}, 0, (), {}
    if kind == "money":
        money = {y: float(s) * WAN for y, s in zip(task.years, slack, strict=True) if s > 1e-4}
    elif kind == "posts":
        posts = int(np.ceil(slack.max() - 1e-3))
    elif kind == "schools":
        let_go = task.schools[slack[:, -1] > 0.5]
        size = np.bincount(task.units["site"], task.pupils[:, -1], len(task.schools))
        order = np.argsort(-size[let_go.index.to_numpy()], kind="stable")
        schools = tuple(let_go["school_name"].iloc[order])
    else:
        table = verify(solution).assessment.dispersion
        rows = table[(table["year"] == task.years[-1]) & (table["cv"] > table["limit"])]
        spread = {(str(r["stage"]), str(r["indicator"])): float(r["cv"]) for r in rows.to_dict("records")}
    return Relaxation(kind, money, posts, schools, spread)

"""A program compiled once by cvxpy and then solved by HiGHS again and again as cuts are added to it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import cvxpy as cp
import highspy
import numpy as np
import numpy.typing as npt
from cvxpy import settings as names
from scipy import sparse

from ..exact import Floats

_ROUNDS = 200
_WHOLE = 1e-6  # what is nearer to a whole number than this is one
_TOLERANCE = (
    2.5e-5  # what breaks a limit by less keeps it: less than the margin within which plans are sought
)
_NEARBY_SHARE = 0.5  # of the time, at most, goes into the neighbourhood of the relaxation
_INFEASIBLE = (
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,  # costs have a least value: nothing here is unbounded
)

Rows = tuple[dict[Any, sparse.csr_array], Floats]
"""Inequalities: coefficients by watched variable (inequalities × its size), and the right-hand sides (≤)."""
Cuts = Callable[[Mapping[Any, Floats], float], list[Rows]]
"""Given the watched variables' values, the valid cuts that they break by more than a tolerance."""


class NotFoundInTimeError(Exception):
    """The time was up before any solution in whole numbers was found; there may be one."""


class Program:
    """
    A mixed-integer program with one or more goals, and the variables that cuts are made of.

    Parameters
    ----------
    goals, constraints
        Of cvxpy; a goal is what is to be least.
    watched
        Variables by name, without attributes, that cuts speak of.
    inward
        The name of a watched variable of one number that holds a solution further within the limits that cuts stand
        for; 0 where it is a bound that is asked for. None: there is none.
    """

    def __init__(
        self,
        goals: Mapping[str, Any],
        constraints: Sequence[Any],
        watched: Mapping[Any, Any],
        inward: str | None = None,
    ) -> None:
        columns = {name: cp.Variable(1) for name in goals}
        tied = [columns[name] == goal for name, goal in goals.items()]
        self._problem = cp.Problem(cp.Minimize(sum(columns.values())), [*constraints, *tied])
        self._data, self._chain, self._inverse = self._problem.get_problem_data(cp.HIGHS)
        first = self._data[names.PARAM_PROB].var_id_to_col
        self._columns, self._goals = (
            {name: np.arange(first[v.id], first[v.id] + v.size, dtype=np.int32) for name, v in own.items()}
            for own in (watched, columns)
        )
        self._inward = self._columns.get(inward, np.array([], dtype=np.int32))
        whole = {*self._data[names.INT_IDX], *self._data[names.BOOL_IDX]}
        self._whole = np.array(sorted(whole), dtype=np.int32)
        self._highs = self._opened()
        self._best: Floats | None = None

    def _opened(self) -> Any:
        """Return HiGHS with the program in it."""
        cache: dict[str, Any] = {}
        self._chain.solver.solve_via_data(
            self._data, False, False, {"solve_relaxation": True, "time_limit": 0.0}, cache
        )
        return cache[cp.HIGHS][0]

    def keep(self, goal: str, most: float) -> None:
        """Ask of every later solution that a goal is at most so much."""
        self._hold(self._goals[goal], np.full(1, -highspy.kHighsInf), np.full(1, most))

    def minimum(
        self,
        goal: str,
        cuts: Cuts,
        *,
        seconds: float,
        gap: float,
        margin: float = 0.0,
        prove: bool = True,
    ) -> tuple[float, float] | None:
        """
        Return the least value of a goal that was reached and its bound, the variables set; None: nothing is feasible.

        The relaxation with cuts gives a bound. Most of its numbers are whole: with those held, a solution is sought
        that keeps `margin` within the limits, and only where it is not near enough to the bound is the program searched
        as a whole, to lift the bound and to find better ones: with `prove` alone, or where nothing was found. Every cut
        is valid, so that every bound stands.

        Raises
        ------
        NotFoundInTimeError
            No solution was found, nor that there is none.
        """
        search = _Search(time.monotonic() + seconds, gap, margin, prove)
        for name, column in self._goals.items():
            self._highs.changeColsCost(1, column, np.full(1, float(name == goal)))
        found = self._relaxed(cuts, search, 0.0)
        if found is None:
            return None
        search.bound = found[0]
        with suppress(NotFoundInTimeError):  # what has been found by then stands
            if self._best is not None:  # that of another goal
                search.offer(self._mended(self._best, cuts, search))
            within = self._relaxed(cuts, search, margin)
            if within is not None:
                self._nearby(cuts, search, within[1])
            if not search.enough:
                self._whole_numbers(cuts, search)
        if search.infeasible:
            return None
        if search.best is None:
            raise NotFoundInTimeError
        self._best = search.best
        self._set(search.best)
        return search.value, min(search.bound, search.value)

    def _relaxed(self, cuts: Cuts, search: _Search, margin: float) -> tuple[float, Floats, bool] | None:
        """
        Solve the relaxation, adding cuts until it keeps the limits; None where it is infeasible.

        Returns its value, which is a bound at any time, its solution, and whether that keeps the limits.
        """
        self._highs.setOptionValue("solve_relaxation", True)
        self._hold(self._inward, np.full(len(self._inward), margin))
        for _ in range(_ROUNDS):
            self._limit(max(search.until - time.monotonic(), 1.0))
            self._highs.run()
            status = self._highs.getModelStatus()
            if status in _INFEASIBLE:
                return None
            if status != highspy.HighsModelStatus.kOptimal:
                raise NotFoundInTimeError
            value, point = self._value(), self._point()
            kept = not self._add(cuts, point, _TOLERANCE)
            if kept or search.over():
                break
        return value, point, kept

    def _nearby(self, cuts: Cuts, search: _Search, relaxed: Floats) -> None:
        """
        Search about the relaxation: what is whole in it is held, then only what is nothing in it.

        Where a solution is known, what is the same in both is held instead.
        """
        until = search.share(_NEARBY_SHARE)
        point = relaxed[self._whole]
        nearest = np.rint(point)
        firm = np.abs(point - nearest) < _WHOLE
        tried = [firm, firm & (nearest == 0)]
        if search.best is not None:
            tried = [firm & (np.rint(search.best[self._whole]) == nearest)]
        for held in tried:
            if search.enough or time.monotonic() > until:
                return
            lower, upper = self._bounds()
            self._hold(self._whole[held], nearest[held])
            self._turns(cuts, search, until, whole=False)
            self._hold(self._whole, lower, upper)

    def _whole_numbers(self, cuts: Cuts, search: _Search) -> None:
        """Search the program as a whole, first at the limits themselves, whose bounds hold, then within them."""
        for margin in (0.0, search.margin):
            self._hold(self._inward, np.full(len(self._inward), margin))
            self._turns(cuts, search, search.until, whole=margin == 0)
            if search.best is not None or search.infeasible or search.over():
                return

    def _turns(self, cuts: Cuts, search: _Search, until: float, *, whole: bool) -> None:
        """Search, cut off what breaks a limit, and mend it by the amounts that may be fractions, until one is near."""
        for _ in range(_ROUNDS):
            found = self._search(search, max(until - time.monotonic(), 1.0))
            if found is None:
                proven = self._highs.getModelStatus() in _INFEASIBLE
                search.infeasible = whole and proven and search.best is None
                return
            point, bound = found
            if whole:
                search.bound = max(search.bound, bound)
            broken = self._add(cuts, point, _TOLERANCE)
            search.offer(self._mended(point, cuts, search))
            if not broken or search.near or time.monotonic() > until:
                return

    def _search(self, search: _Search, seconds: float) -> tuple[Floats, float] | None:
        """Search for whole numbers; return the solution and the bound."""
        self._highs.setOptionValue("solve_relaxation", False)
        self._highs.setOptionValue("mip_rel_gap", search.gap / 2)
        self._limit(seconds)
        if search.best is not None:
            start = search.best[self._whole]
            self._highs.setSolution(len(self._whole), self._whole, start)
        self._highs.run()
        info = self._highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        bound = info.mip_dual_bound if len(self._whole) else self._value()
        return self._point(), float(bound)

    def _mended(self, point: Floats, cuts: Cuts, search: _Search) -> tuple[float, Floats] | None:
        """Return the best solution with the same whole numbers that keeps within the limits; None where there is none."""
        lower, upper = self._bounds()
        inward = np.array(self._highs.getLp().col_lower_)[self._inward]
        self._hold(self._whole, np.rint(point[self._whole]))
        found = self._relaxed(cuts, search, search.margin)
        self._hold(self._whole, lower, upper)
        self._hold(self._inward, inward)
        return found[:2] if found is not None and found[2] else None

    def _limit(self, seconds: float) -> None:
        """Give the solver so much more time."""
        self._highs.setOptionValue("time_limit", seconds + self._highs.getRunTime())

    def _bounds(self) -> tuple[Floats, Floats]:
        """Return the bounds of the whole numbers."""
        program = self._highs.getLp()
        return np.array(program.col_lower_)[self._whole], np.array(program.col_upper_)[self._whole]

    def _hold(self, columns: npt.NDArray[np.int32], lower: Floats, upper: Floats | None = None) -> None:
        """Set the bounds of columns; without an upper one they are held at the lower."""
        self._highs.changeColsBounds(len(columns), columns, lower, lower if upper is None else upper)

    def _add(self, cuts: Cuts, point: Floats, tolerance: float) -> bool:
        """Add the cuts that a solution breaks; return whether there were any."""
        broken = cuts({name: point[columns] for name, columns in self._columns.items()}, tolerance)
        for parts, most in broken:
            places = np.concatenate([self._columns[name] for name in parts]).astype(np.int32)
            rows = sparse.hstack(list(parts.values()), format="csr")
            rows.sort_indices()
            lowest = np.full(len(most), -highspy.kHighsInf)
            starts, values = rows.indptr[:-1].astype(np.int32), rows.data.astype(np.float64)
            self._highs.addRows(len(most), lowest, most, rows.nnz, starts, places[rows.indices], values)
        return bool(broken)

    def _point(self) -> Floats:
        return np.array(self._highs.getSolution().col_value)

    def _value(self) -> float:
        return float(self._highs.getInfo().objective_function_value)

    def _set(self, point: Floats) -> None:
        """Put a solution into the variables of cvxpy."""
        solution = self._highs.getSolution()
        solution.col_value = point.tolist()
        results = {
            "solution": solution,
            "basis": self._highs.getBasis(),
            "info": self._highs.getInfo(),
            "model_status": "kOptimal",
            "run_time": self._highs.getRunTime(),
        }
        self._problem.unpack_results(results, self._chain, self._inverse)


class _Search:
    """How far a search has come: the best solution, the bound, and the time that is left."""

    def __init__(self, until: float, gap: float, margin: float, prove: bool) -> None:
        self.until, self.gap, self.margin, self.prove = until, gap, margin, prove
        self.value, self.bound = math.inf, -math.inf
        self.best: Floats | None = None
        self.infeasible = False

    @property
    def near(self) -> bool:
        """Whether the best solution is within the gap of the bound."""
        return self.best is not None and self.value - self.bound <= self.gap * abs(self.value)

    @property
    def enough(self) -> bool:
        """Whether it may end: near the bound, or any solution where no more was asked for."""
        return self.near or (self.best is not None and not self.prove)

    def offer(self, found: tuple[float, Floats] | None) -> None:
        """Take a solution where it is better."""
        if found is not None and found[0] < self.value:
            self.value, self.best = found

    def share(self, part: float) -> float:
        """Return the time at which a part of what is left will be over."""
        now = time.monotonic()
        return now + part * max(self.until - now, 0.0)

    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.until

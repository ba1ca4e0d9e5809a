"""A program compiled once by cvxpy and then solved by HiGHS again and again as cuts are added to it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cvxpy as cp
import highspy
import numpy as np
from cvxpy import settings as names

from ..exact import Floats

_ROUNDS = 200
_STALLED = 2e-5  # of the bound: cuts that lift it by less than this are left to the integer program
# Rounds of whole numbers with valid cuts; after them cuts are laid deeper, so that a plan is found in time.
_VALID = 2
_DEEPER = 2e-3
_MENDING = 0.1  # of the time, at most, goes into mending one solution
_LP_SHARE = 0.3  # of the time, at most, goes into cuts before whole numbers are asked for

Cuts = Callable[[Mapping[Any, Floats], float], list[tuple[dict[Any, Floats], float]]]
"""
Given the watched variables' values, the cuts they break: coefficients by variable, and the right-hand side (≤).

The second argument is how much further within the limit a cut is laid: 0 is valid, more leaves plans out.
"""


class NotFoundInTimeError(Exception):
    """The time was up before any solution in whole numbers was found; there may be one."""


class Program:
    """
    A mixed-integer program and the variables that cuts are made of.

    Parameters
    ----------
    goal, constraints
        Of cvxpy; the goal is minimised.
    watched
        Variables by name, without attributes, that cuts speak of.
    """

    def __init__(self, goal: Any, constraints: Sequence[Any], watched: Mapping[Any, Any]) -> None:
        self._problem = cp.Problem(cp.Minimize(goal), [*constraints])
        self._data, self._chain, self._inverse = self._problem.get_problem_data(cp.HIGHS)
        first = self._data[names.PARAM_PROB].var_id_to_col
        self._columns = {
            name: np.arange(first[variable.id], first[variable.id] + variable.size)
            for name, variable in watched.items()
        }
        whole = {*self._data[names.INT_IDX], *self._data[names.BOOL_IDX]}
        self._whole = np.array(sorted(whole), dtype=np.int32)
        self._highs: Any = None

    def minimum(self, cuts: Cuts, *, seconds: float, gap: float) -> tuple[float, float] | None:
        """
        Return the value reached and the proven bound, the variables set; None where nothing is feasible.

        First the relaxation with cuts, then whole numbers; a whole solution that breaks a limit is mended by the
        amounts that may be fractions, and where that is not good enough its cuts are added and the search goes on. After
        a few rounds cuts are laid deeper than the limits ask, twice as deep each round: the bound stays that of the
        valid ones.

        Raises
        ------
        NotFoundInTimeError
            No solution was found, nor that there is none.
        """
        until = time.monotonic() + seconds
        if not self._relaxed(cuts, time.monotonic() + _LP_SHARE * seconds):
            return None
        bound, best, value, proven = -math.inf, None, math.inf, False
        for turn in range(_ROUNDS):
            found = self._search(gap / 2, max(until - time.monotonic(), 1.0))
            if found is None:  # proof only while every cut is valid
                status = self._highs.getModelStatus()
                proven = turn <= _VALID and status == highspy.HighsModelStatus.kInfeasible
                break
            point = found[0]
            if turn <= _VALID:
                bound = max(bound, found[1])
            broken = self._add(cuts, point, _DEEPER * 2 ** (turn - _VALID) if turn >= _VALID else 0.0)
            mended = (
                self._mended(point, cuts, time.monotonic() + _MENDING * seconds)
                if broken
                else (self._value(), point)
            )
            if mended is not None and mended[0] < value:
                value, best = mended
            near = best is not None and value - bound <= gap * abs(value)
            if not broken or near or time.monotonic() > until:
                break
        if best is None:
            if proven:
                return None
            raise NotFoundInTimeError
        self._set(best)
        reached = float(self._problem.objective.expr.value)  # HiGHS leaves constants out
        return reached, reached - max(value - bound, 0.0)

    def _relaxed(self, cuts: Cuts, until: float) -> bool:
        """Solve the relaxation, adding cuts until it keeps the limits; return whether it is feasible."""
        cache: dict[str, Any] = {}
        options = {"solve_relaxation": True}
        self._chain.solver.solve_via_data(self._data, False, False, options, cache)
        self._highs = cache[cp.HIGHS][0]
        for _ in range(_ROUNDS):
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return False
            if not self._add(cuts, self._point()) or time.monotonic() > until:
                return True
            self._highs.run()
        return True

    def _search(self, gap: float, seconds: float) -> tuple[Floats, float] | None:
        """Search for whole numbers; return the solution and the bound."""
        self._highs.setOptionValue("solve_relaxation", False)
        self._highs.setOptionValue("mip_rel_gap", gap)
        self._highs.setOptionValue("time_limit", seconds + self._highs.getRunTime())
        self._highs.run()
        info = self._highs.getInfo()
        if info.primal_solution_status != 2:
            return None
        bound = info.mip_dual_bound if len(self._whole) else self._value()
        return self._point(), float(bound)

    def _mended(self, point: Floats, cuts: Cuts, until: float) -> tuple[float, Floats] | None:
        """Return the best solution with the same whole numbers that keeps the limits; None where there is none."""
        lower, upper = np.array(self._highs.getLp().col_lower_), np.array(self._highs.getLp().col_upper_)
        fixed = np.rint(point[self._whole])
        self._highs.setOptionValue("solve_relaxation", True)
        self._bounds(fixed, fixed)
        found = None
        for _ in range(_ROUNDS):
            self._highs.run()
            if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            now = self._value(), self._point()
            if not self._add(cuts, now[1]):
                found = now
                break
            if time.monotonic() > until:
                break
        self._bounds(lower[self._whole], upper[self._whole])
        return found

    def _bounds(self, lower: Floats, upper: Floats) -> None:
        self._highs.changeColsBounds(len(self._whole), self._whole, lower, upper)

    def _add(self, cuts: Cuts, point: Floats, deeper: float = 0.0) -> bool:
        """Add the cuts that a solution breaks; return whether there were any."""
        broken = cuts({name: point[columns] for name, columns in self._columns.items()}, deeper)
        for parts, most in broken:
            places = np.concatenate([self._columns[name] for name in parts]).astype(np.int32)
            values = np.concatenate(list(parts.values())).astype(np.float64)
            self._highs.addRow(-highspy.kHighsInf, most, len(places), places, values)
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

"""The limits of the coefficients of variation: cones S ≤ c · X̄, held to by ever more linear inequalities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cvxpy as cp
import numpy as np
import numpy.typing as npt
from scipy import sparse

from ..exact import Floats
from .model import Model
from .program import Rows
from .task import Need

Ints = npt.NDArray[np.int_]
MARGIN = 1e-4
"""ε: plans are solved to limit − ε, so that whole people and whole m² leave them within the limit when judged exactly."""
INWARD = "inward"
_PART = 1e-3  # of the tolerance: units that add less to what is broken get no cut


@dataclass(frozen=True)
class Cone:
    """
    One coefficient of variation at the target year: S(x) ≤ t = c · X̄(x), with x = per · F / served of the known units.

    w are the units' shares of the denominators, X̄ = Σ w x, d = x − X̄ and S² = Σ w d². With one z for each unit the limit
    is Σ w z ≤ t and z ≥ d² / t, and z ≥ 2 ρ d − ρ² t holds for every ρ, with equality at ρ = d / t: cuts of three
    numbers each, of which few rounds are enough. x is measured in means as they stand, so that all are of one size.
    """

    stage: str
    need: Need
    rows: np.ndarray
    limit: float

    def weights(self) -> Floats:
        """Return w."""
        weight = self.need.weight[self.rows, -1]
        return np.asarray(weight / weight.sum())

    def scale(self) -> tuple[Floats, Floats]:
        """Return x as it stands, and what one more of the figure adds to it."""
        each = self.need.indicator.per / self.need.served[self.rows, -1]
        now = each * self.need.held[self.rows, -1]
        mean = float(self.weights() @ now) or 1.0
        return now / mean, each / mean

    def constraints(self, gained: Any, apart: Any, squares: Any, most: Any, room: Any) -> list[Any]:
        """Return what ties d (`apart`), z (`squares`) and t (`most`) to what the rows have gained; `room`: added to t."""
        now, each = self.scale()
        mean, weights = cp.Variable(), self.weights()
        return [
            apart == now + cp.multiply(each, gained) - mean,
            weights @ apart == 0,
            weights @ squares <= most,
            most == self.limit * mean + room,
        ]

    def cuts(self, apart: Floats, squares: Floats, most: float, tolerance: float) -> tuple[Ints, Floats]:
        """Return the rows and the ρ of the cuts that a point breaks; none where S ≤ t + `tolerance`."""
        weights = self.weights()
        if float(np.sqrt(weights @ apart**2)) <= most + tolerance:
            return np.array([], dtype=np.int_), np.array([])
        slope = apart / max(most, 1e-6)
        lacking = weights * (slope * (2 * apart - slope * most) - squares)
        rows = np.flatnonzero(lacking > _PART * tolerance)
        return rows, slope[rows]


def cones(model: Model) -> Iterator[Cone]:
    """
    Yield the limits that the target year is held to.

    Where the rule limits the mean of the coefficients (basic balance), each is held to that limit: stricter than the
    rule, and told so.
    """
    task = model.task
    rule = task.rules.dispersion
    for stage, limit in (rule.limits() if rule else {}).items():
        here = (task.units["stage"] == stage).to_numpy(bool)
        for need in task.needs:
            rows = np.flatnonzero(here & need.known[:, -1] & (need.weight[:, -1] > 0))
            if len(rows):
                yield Cone(stage, need, rows, float(limit))


class Limits:
    """
    The limits of a model's coefficients of variation, as cuts.

    Attributes
    ----------
    slack
        By how much each may be above its limit, in means as they stand (`model.slack["spread"]`); None where none may.
    watched
        Variables by name; `INWARD` is how far within the limits a solution is kept, to be set by the program.
    """

    def __init__(self, model: Model) -> None:
        self._cones = list(cones(model))
        inward = cp.Variable(1)
        self.watched: dict[Any, Any] = {INWARD: inward} if self._cones else {}
        self.slack: Any = None
        if self._cones and ("spread" in model.relaxed or not model.everyone):
            self.slack = model.slack["spread"] = cp.Variable(len(self._cones), nonneg=True)
        for name, cone in enumerate(self._cones):
            apart, squares, most = cp.Variable(len(cone.rows)), cp.Variable(len(cone.rows)), cp.Variable(1)
            self.watched |= {(name, "d"): apart, (name, "z"): squares, (name, "t"): most}
            gained = model.gained(cone.need)[cone.rows, -1]
            room = -inward[0] if self.slack is None else self.slack[name] - inward[0]
            model.constraints += cone.constraints(gained, apart, squares, most, room)

    def room(self, margin: float, value: float) -> float:
        """Return by how much a later objective may miss what an earlier one reached: solvers and cuts are not exact."""
        return 1e-6 * max(1.0, abs(value)) + (0.0 if self.slack is None else margin / 2)

    def cuts(self, values: Mapping[Any, Floats], tolerance: float) -> list[Rows]:
        """Return the cuts that a solution breaks by more than a tolerance (`program.Cuts`)."""
        found: list[Rows] = []
        for name, cone in enumerate(self._cones):
            parts = tuple((name, part) for part in "dzt")
            apart, squares, most = (values[part] for part in parts)
            rows, slope = cone.cuts(apart, squares, float(most[0]), tolerance)
            if len(rows):
                at = np.arange(len(rows))
                shape = len(rows), len(cone.rows)
                own = sparse.csr_array((2 * slope, (at, rows)), shape)
                other = sparse.csr_array((-np.ones(len(rows)), (at, rows)), shape)
                last = sparse.csr_array(-(slope**2)[:, None])
                found.append((dict(zip(parts, (own, other, last), strict=True)), np.zeros(len(rows))))
        return found

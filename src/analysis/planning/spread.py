"""The limits of the coefficients of variation as cuts: linear inequalities that touch the cone S ≤ c · X̄."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..exact import Floats
from .model import Model
from .task import Need

MARGIN = 1e-4
"""ε: plans are solved to limit − ε, so that whole people and whole m² leave them within the limit when judged exactly."""


@dataclass(frozen=True)
class Cone:
    """
    One coefficient of variation at the target year: S(x) ≤ c · X̄(x), with x = per · F / served of the known units.

    w are the units' shares of the denominators, X̄ = Σ w x, S = √(Σ w (x − X̄)²). S is convex in x and S(x) ≥ g · x with
    g = w (x₀ − X̄₀) / S₀ at any x₀, so that Σ g x ≤ c Σ w x holds wherever the limit does: a cut.
    """

    stage: str
    need: Need
    rows: np.ndarray
    limit: float
    margin: float

    def values(self, gained: Floats) -> Floats:
        """Return x, from what each of the rows has gained by the target year."""
        held = self.need.held[self.rows, -1]
        return np.asarray(self.need.indicator.per * (held + gained) / self.need.served[self.rows, -1])

    def weights(self) -> Floats:
        """Return w."""
        weight = self.need.weight[self.rows, -1]
        return np.asarray(weight / weight.sum())

    def cut(self, gained: Floats, loose: float, deeper: float = 0.0) -> tuple[Floats, float] | None:
        """
        Return the cut at a point that breaks the limit by more than `loose`, in multiples of the mean; else None.

        The cut is laid `deeper` within the limit. The coefficients of what the rows gain, and the right-hand side: coefficients · gained ≤ right-hand side + loose.
        """
        x, w = self.values(gained), self.weights()
        mean = float(w @ x)
        spread = float(np.sqrt(w @ (x - mean) ** 2))
        if mean <= 0 or spread <= (self.limit - self.margin / 2 + loose) * mean:
            return None
        slope = (w * (x - mean) / spread - (self.limit - self.margin - deeper) * w) / mean
        slope = slope * self.need.indicator.per / self.need.served[self.rows, -1]
        return slope, -float(slope @ self.need.held[self.rows, -1])


def cones(model: Model, margin: float = MARGIN) -> Iterator[Cone]:
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
                yield Cone(stage, need, rows, float(limit), margin)

"""
Many groups of units side by side: rows of a matrix, groups of like size together, so that few cells are padding.

A sort within a short row is far cheaper than one sort of everything, and sums run along memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..exact import Rows

Ints = npt.NDArray[np.integer[Any]]

_WIDER = 1.2  # the largest group of a block against its smallest
# Of a block: a quarter of a megabyte an array, so that all that is made of it stays near the processor.
_CELLS = 1 << 15


@dataclass(frozen=True)
class Groups:
    """
    Units by group.

    Attributes
    ----------
    units
        Positions of the units, group after group, and −1 last, where padding points.
    starts, sizes
        Where each group begins among them, and how many units it has (≥ 1).
    """

    units: Rows
    starts: Ints
    sizes: Ints

    @classmethod
    def of(cls, ids: Ints, n: int) -> Groups:
        """Return the groups 0 … n − 1, of the group of each unit; no group is empty."""
        sizes = np.bincount(ids, minlength=n)
        units = np.append(np.argsort(ids, kind="stable"), -1)
        return cls(units, np.cumsum(sizes) - sizes, sizes)

    def __getitem__(self, group: int) -> Rows:
        """Return the positions of a group's units."""
        start = self.starts[group]
        found: Rows = self.units[start : start + self.sizes[group]]
        return found

    def blocks(self) -> Iterator[tuple[Ints, Ints]]:
        """Give some groups at a time, and the positions of their units: groups × units, −1 beyond a group's end."""
        order = np.argsort(self.sizes, kind="stable")
        sizes, start = self.sizes[order], 0
        while start < len(order):
            end = int(np.searchsorted(sizes, max(sizes[start] * _WIDER, sizes[start]), side="right"))
            end = min(end, start + max(1, _CELLS // int(sizes[end - 1])))
            yield order[start:end], self._positions(order[start:end])
            start = end

    def _positions(self, groups: Ints) -> Ints:
        along = np.arange(self.sizes[groups].max())
        at = self.starts[groups][:, None] + along
        found: Ints = self.units[np.where(along < self.sizes[groups][:, None], at, len(self.units) - 1)]
        return found

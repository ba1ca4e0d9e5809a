"""
Many groups of units side by side: rows of a matrix, groups of like size together, so that few cells are padding.

A sort within a short row is far cheaper than one sort of everything, and sums run along memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
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
    Units that stand group after group.

    Attributes
    ----------
    sizes
        How many units each group has (≥ 1).
    """

    sizes: Ints

    @cached_property
    def starts(self) -> Ints:
        """Where each group begins."""
        return np.cumsum(self.sizes) - self.sizes

    def __getitem__(self, group: int) -> Rows:
        """Return the positions of a group's units."""
        return np.arange(self.starts[group], self.starts[group] + self.sizes[group])

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
        found: Ints = np.where(along < self.sizes[groups][:, None], at, -1)
        return found

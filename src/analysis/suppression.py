"""What is not to be printed: small counts, figures of too few schools, and as many others as keep them from being worked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.optimize import Bounds, LinearConstraint, milp

from . import shipped
from .schema import Words
from .standards import Certainty
from .yamlfile import load_yaml

Cell = tuple[str, ...]


class Suppressing(BaseModel):
    """
    params/suppression.yaml: the largest count that is not printed, how many values must stay possible for it, and of how
    many schools a figure must be to be told in public.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    threshold: int = Field(ge=0)
    least_open: int = Field(ge=2)
    certainty: Certainty
    source: Words
    least_schools: int = Field(ge=2)
    schools_certainty: Certainty
    schools_source: Words


@cache
def suppressing() -> Suppressing:
    """Return params/suppression.yaml."""
    return load_yaml(shipped.params("suppression.yaml"), Suppressing)


@dataclass(frozen=True)
class Printed:
    """
    A table of counts as it would be printed, and what its readers know of it.

    `counts`: every cell that has a figure. `sums`: a total and its parts, each a cell of `counts`. `within`: a cell and
    another that it is part of. All counts are whole numbers of 0 or more.
    """

    counts: Mapping[Cell, float]
    sums: Sequence[tuple[Cell, Sequence[Cell]]] = ()
    within: Sequence[tuple[Cell, Cell]] = ()

    def possible(self, cell: Cell, hidden: Collection[Cell]) -> tuple[float, float]:
        """Return the least and the largest value that a hidden cell may have by all that is printed."""
        open_ = sorted(hidden, key=list(self.counts).index)
        place = {name: n for n, name in enumerate(open_)}
        rows, low, high = [], [], []
        for signed, least, most in self._known():
            row, rest = np.zeros(len(open_)), 0.0
            for name, sign in signed.items():
                if name in place:
                    row[place[name]] = sign
                else:
                    rest += sign * self.counts[name]
            rows.append(row)
            low.append(least - rest)
            high.append(most - rest)
        limits = [LinearConstraint(np.array(rows), np.array(low), np.array(high))] if rows else []
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(open_))
            goal[place[cell]] = sign
            found = milp(goal, constraints=limits, integrality=np.ones(len(open_)), bounds=Bounds(0, np.inf))
            ends.append(float(np.rint(sign * found.fun)) if found.success else np.inf)
        return ends[0], ends[1]

    def _known(self) -> list[tuple[dict[Cell, float], float, float]]:
        """Return what readers know as signed cells whose sum lies between two ends."""
        sums = [({total: 1.0, **dict.fromkeys(parts, -1.0)}, 0.0, 0.0) for total, parts in self.sums]
        return sums + [({part: -1.0, whole: 1.0}, 0.0, np.inf) for part, whole in self.within]


def hidden(
    table: Printed, *, open_cells: Collection[Cell] = (), setting: Suppressing | None = None
) -> frozenset[Cell]:
    """
    Return the cells not to print: those at or under the threshold, and others that would give them away.

    Parameters
    ----------
    table
        The counts, with the sums and parts by which readers may work out what is left blank.
    open_cells
        Cells that are printed elsewhere or are of no sensitive group: never hidden, and known to the reader.
    setting
        params/suppression.yaml unless given.

    Returns
    -------
    Cells of `counts`. Every cell at or under the threshold may still have at least `least_open` values by all that is
    printed, unless cells that stay open leave it fewer whatever else is hidden.
    """
    setting = setting or suppressing()
    small = [c for c, n in table.counts.items() if n <= setting.threshold and c not in open_cells]
    out = set(small)
    for cell in small:
        while not _open(table, cell, out, setting):
            more = _next(table, cell, out, open_cells)
            if more is None:
                break
            out.add(more)
    kept = [cell for cell in small if _open(table, cell, out, setting)]
    for cell in sorted(
        out.difference(small), key=lambda name: -table.counts[name]
    ):  # is each of them needed?
        without = out - {cell}
        if all(_open(table, other, without, setting) for other in kept):
            out = without
    return frozenset(out)


def _open(table: Printed, cell: Cell, out: Collection[Cell], setting: Suppressing) -> bool:
    least, most = table.possible(cell, out)
    return most - least + 1 >= setting.least_open


def _next(table: Printed, cell: Cell, out: Collection[Cell], open_cells: Collection[Cell]) -> Cell | None:
    """Return the smallest printed cell that stands in one sum with a hidden one, the cell's own sums first."""
    own = [{total, *parts} for total, parts in table.sums]
    own += [{part, whole} for part, whole in table.within]
    for near in ({cell}, set(out)):
        beside = {name for group in own if group & near for name in group}
        left = [name for name in beside if name not in out and name not in open_cells]
        if left:
            return min(left, key=lambda name: (table.counts[name], str(name)))
    return None


def withheld(
    schools: Mapping[Cell, int],
    sums: Sequence[tuple[Cell, Sequence[Cell]]],
    setting: Suppressing | None = None,
) -> frozenset[Cell]:
    """
    Return the cells not to tell in public: those of too few schools, and others that would give them away.

    What is withheld of a known whole is known as a whole: it is a group itself, and must be of enough schools.

    Parameters
    ----------
    schools
        How many schools the figure of each cell rests on; 0 where there is none.
    sums
        A whole and its parts; a whole that is no cell of `schools` is told elsewhere.
    setting
        params/suppression.yaml unless given.
    """
    least = (setting or suppressing()).least_schools
    out = {cell for cell, n in schools.items() if 0 < n < least}
    while more := {c for whole, parts in sums for c in _also(schools, whole in out, parts, out, least)}:
        out |= more
    return frozenset(out)


def _also(
    schools: Mapping[Cell, int], hidden_whole: bool, parts: Sequence[Cell], out: Collection[Cell], least: int
) -> list[Cell]:
    """Return the smallest part still told, where what is told of a sum gives away what is not; else nothing."""
    told = [part for part in parts if part not in out and schools[part]]
    joined = sum(schools[part] for part in parts if part in out)
    gives_away = joined == 0 if hidden_whole else 0 < joined < least
    return [min(told, key=lambda part: (schools[part], part))] if told and gives_away else []


def lone_sides(gaps: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows have a side of too few units to be told in public. `gaps`: with `n_urban`, `n_rural`."""
    least = suppressing().least_schools
    of_sides = gaps[["n_urban", "n_rural"]]
    return ((of_sides > 0) & (of_sides < least)).any(axis=1)


def few_sides(rows: pd.DataFrame) -> frozenset[str]:
    """
    Return the stages of which a side, urban or rural, is of too few schools to be told of in public.

    `rows`: the table `values`, where a side counts by its known figures of each indicator, or `units`, by its pupils; all
    years. What is told of the other side and of the whole would give the few away.
    """
    if "value" in rows:
        by, known = (
            ["stage", "year", "indicator", "area"],
            rows["in_scope"].astype(bool) & rows["value"].notna(),
        )
    else:
        by, known = ["stage", "year", "area"], rows["pupils"] > 0
    sizes = rows[known].groupby(by)["school_id"].nunique()
    few = sizes[sizes < suppressing().least_schools]
    return frozenset(few.index.get_level_values("stage"))

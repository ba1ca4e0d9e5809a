"""Means, coefficients of variation, Gini and Theil of many groups and indicators at once (formulas: `inequality`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..exact import Floats
from ..inequality import ALIKE, between_terms, share
from .blocks import Groups, Ints

Bools = npt.NDArray[np.bool_]

MEASURES = (
    *(
        "n",
        "n_missing",
        "n_zero",
        "pupils",
        "lacking",
        "weight",
        "mean",
        "sd",
        "cv",
        "gini",
        "theil_t",
        "between_t",
    ),
    *("within_t", "theil_l", "between_l", "within_l", "urban", "rural", "n_urban", "n_rural"),
)
AREAS = ("urban", "rural")
PARTS = (*AREAS, "neither")  # what Theil's indices are divided by
_LEAST = np.finfo(np.float64).tiny  # weights are larger; 0 stands for what is missing


@dataclass(frozen=True)
class Figures:
    """
    What is measured, one more column than there are units: the last is nobody's and missing.

    Attributes
    ----------
    held, weight
        Resource and denominator, indicators × units.
    pupils
        Pupils of each unit, 0 where that is unknown.
    parts
        Which of `PARTS` each unit belongs to: 1 there and 0 elsewhere, parts × units.
    """

    held: Floats
    weight: Floats
    pupils: Floats
    parts: Floats


def spreads(figures: Figures, groups: Groups) -> dict[str, Floats]:
    """
    Measure every indicator in every group.

    Returns
    -------
    `MEASURES`, each indicators × groups; means are per unit of weight; `lacking` is the weight of the units without the
    figure, infinite where that is unknown.
    """
    found = {name: np.empty((len(figures.held), len(groups.sizes))) for name in MEASURES}
    places, done = np.empty(len(groups.sizes), dtype=np.intp), 0
    for members, at in groups.blocks():
        here = slice(done, done + len(members))
        places[members] = np.arange(here.start, here.stop)
        for name, numbers in _measured(figures, groups.sizes[members], at).items():
            found[name][:, here] = numbers
        done = here.stop
    return {name: numbers.take(places, axis=1) for name, numbers in found.items()}


def _measured(figures: Figures, sizes: Ints, at: Ints) -> dict[str, npt.NDArray[Any]]:
    """Measure one block of groups (see `Groups.blocks`)."""
    held, weight = figures.held.take(at, axis=1), figures.weight.take(at, axis=1)
    weighed = ~np.isnan(weight)
    known = weighed & ~np.isnan(held)
    np.copyto(weight, 0.0, where=~weighed)
    whole, unknown = _added(weight), _counted(weighed) < sizes
    np.copyto(weight, 0.0, where=~known)
    np.copyto(held, 0.0, where=~known)
    x = held / np.maximum(weight, _LEAST)
    ones = known.astype(np.float64)
    inside = figures.parts.take(at, axis=1)
    inside = inside[: len(PARTS) if inside[-1].any() else len(AREAS)]
    parts = [_Total(np.vecdot(held, part), np.vecdot(weight, part)) for part in inside]
    counts = [np.vecdot(ones, part).astype(np.intp) for part in inside]
    n: Ints = sum(counts[1:], start=counts[0])
    total = _Total(_added(held), _added(weight))
    found: dict[str, npt.NDArray[Any]] = {
        "n": n,
        "n_missing": sizes - n,
        "n_zero": n - _counted(held > 0),
        "pupils": np.vecdot(ones, figures.pupils.take(at)),
        "lacking": np.where(unknown, np.inf, whole - total.weight),
        "weight": total.weight,
        "mean": total.mean,
    }
    found["gini"], alike = _gini(x, held, weight, n, total)
    found["sd"] = np.where(alike, 0.0, _sd(x, weight, total))
    found["cv"] = share(found["sd"], total.mean)
    found |= _theil(x, held, weight, total, alike)
    found |= _divided(found, parts, total)
    for i, area in enumerate(AREAS):
        found |= {area: parts[i].mean, f"n_{area}": counts[i]}
    return found


@dataclass(frozen=True)
class _Total:
    """ΣF and ΣP of each indicator and group."""

    held: Floats
    weight: Floats

    @cached_property
    def mean(self) -> Floats:
        return share(self.held, self.weight)


def _gini(x: Floats, held: Floats, weight: Floats, n: Ints, total: _Total) -> tuple[Floats, Bools]:
    """Return the Gini coefficients, and where all units are alike. What is missing is 0 and comes first in the sort."""
    width = x.shape[-1]
    order = np.argsort(x, axis=-1)
    order += np.arange(0, x.size, width).reshape(*n.shape, 1)  # places in the block laid flat
    lowest = np.minimum(width - n, width - 1)[..., None]
    low = x.ravel()[np.take_along_axis(order, lowest, axis=-1)[..., 0]]
    high = x.ravel()[order[..., -1]]
    alike: Bools = (n > 0) & (high - low <= ALIKE * high)
    held, weight = held.take(order), weight.take(order)
    below = np.cumsum(held, axis=-1)
    held *= 0.5
    below -= held
    lorenz = share(np.vecdot(weight, below), total.weight * total.held)
    return np.where(alike & (total.mean > 0), 0.0, 1 - 2 * lorenz), alike


def _sd(x: Floats, weight: Floats, total: _Total) -> Floats:
    deviation = x - total.mean[..., None]
    deviation *= deviation
    return np.sqrt(share(np.vecdot(weight, deviation), total.weight))


def _theil(x: Floats, held: Floats, weight: Floats, total: _Total, alike: Bools) -> dict[str, Floats]:
    """Return T and L; `x` is used up."""
    some = total.mean > 0
    x /= np.where(some, total.mean, 1.0)[..., None]
    np.copyto(x, 1.0, where=x == 0)
    logs = np.log(x, out=x)
    same = alike & some
    t = np.where(same, 0.0, share(np.vecdot(held, logs), total.held))
    mean_log = np.where(same, 0.0, share(-np.vecdot(weight, logs), total.weight))
    return {"theil_t": t, "theil_l": mean_log}


def _divided(
    found: Mapping[str, npt.NDArray[Any]], parts: Sequence[_Total], total: _Total
) -> dict[str, Floats]:
    """Return T and L and what of them lies between the parts; the rest lies within, since the two add up."""
    between_t, between_l = np.zeros_like(total.held), np.zeros_like(total.held)
    for part in parts:
        terms = between_terms(
            share(part.held, total.held), share(part.weight, total.weight), share(part.mean, total.mean)
        )
        empty = part.weight == 0  # a part of which nothing is known adds nothing
        between_t += np.where(empty, 0.0, terms[0])
        between_l += np.where(empty, 0.0, terms[1])
    some = total.mean > 0
    theil_l = np.where(found["n_zero"] > 0, np.nan, found["theil_l"])
    measured = {"t": (found["theil_t"], between_t), "l": (theil_l, between_l)}
    return {
        f"{name}_{index}": np.where(some | (name == "theil"), of, np.nan)
        for index, (whole, between) in measured.items()
        for name, of in (
            ("theil", whole), ("between", between), ("within", np.maximum(whole - between, 0.0))
        )
    }  # fmt: skip


def _added(of: Floats) -> Floats:
    found: Floats = np.vecdot(of, np.ones(of.shape[-1]))
    return found


def _counted(of: Bools) -> Ints:
    return _added(of.astype(np.float64)).astype(np.intp)

"""
How unequally a resource stands among units: coefficient of variation, Gini, Theil T and L, Atkinson.

All are weighted by pupils and about x = F / P, a unit's resource per pupil; none depends on the unit of F or on
how often the whole county is repeated. One policy for all of them: units whose resource or pupils are missing
are left out and counted in `n_missing`; a mean of zero leaves every measure undefined (NaN); what zeros do to
one measure stands with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .errors import Fault, NoPupilsError, Place
from .exact import Floats

ALIKE = 1e-14  # x = F / P of equal units may differ by the last bits of F · P_s / D / P_s


def coefficient_of_variation(
    units: pd.DataFrame, *, value: str, pupils: str, by: Sequence[str]
) -> pd.DataFrame:
    """
    Pupil-weighted coefficient of variation (差异系数) of each group of units.

    With F the resource and P the pupils of a unit, x = F / P:
    mean = ΣF / ΣP,  sd = √(Σ (P / ΣP) (x − mean)²),  cv = sd / mean  (教督〔2017〕6号; standards §3).
    Zeros are figures like any other.

    Parameters
    ----------
    units
        One row per unit.
    value, pupils
        Columns of the resource total F (any unit, ≥ 0) and of the pupils P (persons, > 0).
    by
        Columns that make a group, such as county, year, stage and indicator.

    Returns
    -------
    One row per group: `by`, `n`, `n_missing`, `pupils` (of the n), `mean`, `sd` (units of F per pupil), `cv`
    (dimensionless; NaN where the mean is 0 or nothing is known).

    Raises
    ------
    NoPupilsError
        If a unit has no pupils: such units are listed by `units_in_scope`, never divided by.
    """
    g = _Groups.of(units, value, pupils, by)
    deviation = g.x - g.mean[g.ids]
    sd = np.sqrt(share(g.total(g.pupils * deviation**2), g.total(g.pupils)))
    sd = np.where(g.alike, 0.0, sd)
    return g.table(pupils=g.total(g.pupils), mean=g.mean, sd=sd, cv=share(sd, g.mean))


def gini(units: pd.DataFrame, *, value: str, pupils: str, by: Sequence[str]) -> pd.DataFrame:
    """
    Pupil-weighted Gini coefficient of each group of units, population form (no n / (n − 1)).

    G = Σ_i Σ_j P_i P_j |x_i − x_j| / (2 (ΣP)² mean), computed as one less twice the area under the Lorenz curve.
    Zeros are figures like any other. Parameters and errors as in `coefficient_of_variation`.

    Returns
    -------
    One row per group: `by`, `n`, `n_missing`, `gini` (0 to 1).
    """
    g = _Groups.of(units, value, pupils, by)
    order = np.lexsort((g.x, g.ids))
    ids, held, weight = g.ids[order], g.held[order], g.pupils[order]
    below = pd.Series(held).groupby(ids).cumsum().to_numpy() - held / 2
    lorenz = share(_summed(ids, weight * below, g.n), g.total(g.pupils) * g.total(g.held))
    return g.table(gini=np.where(g.alike & (g.mean > 0), 0.0, 1 - 2 * lorenz))


def theil(
    units: pd.DataFrame, *, value: str, pupils: str, by: Sequence[str], part: str | None = None
) -> pd.DataFrame:
    """
    Pupil-weighted Theil T and L of each group of units, and what of them lies between and within its parts.

    T = Σ (F / ΣF) ln(x / mean), with 0 · ln 0 = 0;  L = Σ (P / ΣP) ln(mean / x), undefined when some x is 0.
    With the parts g of a group: T = Σ_g (F_g / ΣF) ln(mean_g / mean) + Σ_g (F_g / ΣF) T_g, and the same for L with
    shares of pupils; the first sum is *between*, the second *within*. Units whose part is unknown make a part of
    their own, so that the two always add up to the whole.

    Parameters
    ----------
    part
        Column that divides the units of a group into parts, such as `area`. Others as in `coefficient_of_variation`.

    Returns
    -------
    One row per group: `by`, `n`, `n_missing`, `n_zero` (units with x = 0), `theil_t`, `theil_l` (≥ 0; L is NaN
    where n_zero > 0) and, with `part`, `between_t`, `within_t`, `between_l`, `within_l`.
    """
    g = _Groups.of(units, value, pupils, by)
    relative = share(g.x, g.mean[g.ids])
    t = np.where(g.alike & (g.mean > 0), 0.0, share(g.total(_times_log(g.held, relative)), g.total(g.held)))
    with np.errstate(divide="ignore"):
        logs = -np.log(relative)
    n_zero = g.total((g.x == 0).astype(float))
    mean_log = np.where(g.alike & (g.mean > 0), 0.0, share(g.total(g.pupils * logs), g.total(g.pupils)))
    measured = {"n_zero": n_zero.astype(int), "theil_t": t, "theil_l": np.where(n_zero > 0, np.nan, mean_log)}
    if part is not None:
        measured |= _parts_summed(theil_parts(units, value=value, pupils=pupils, by=by, part=part), g)
    return g.table(**measured)


def theil_parts(
    units: pd.DataFrame, *, value: str, pupils: str, by: Sequence[str], part: str
) -> pd.DataFrame:
    """
    Return what each part of a group contributes to its Theil T and L (see `theil`).

    Returns
    -------
    One row per group and part: `by`, `part`, `n`, `n_missing`, `n_zero`, `mean`, `pupil_share`, `resource_share`
    (of the group), `theil_t`, `theil_l` (inside the part), `between_t`, `within_t`, `between_l`, `within_l` (the
    part's terms; a between term may be negative, their sum over the parts is not).
    """
    inside = theil(units, value=value, pupils=pupils, by=[*by, part])
    g = _Groups.of(units, value, pupils, [*by, part])
    parent = inside.groupby(list(by), dropna=False, sort=True).ngroup().to_numpy()
    held, weight = g.total(g.held), g.total(g.pupils)
    whole_held = _summed(parent, held, len(held))[parent]
    whole_weight = _summed(parent, weight, len(held))[parent]
    resource_share, pupil_share = share(held, whole_held), share(weight, whole_weight)
    between_t, between_l = between_terms(
        resource_share, pupil_share, share(g.mean, share(whole_held, whole_weight))
    )
    empty = weight == 0  # a part of which nothing is known adds nothing
    terms = {
        "between_t": between_t,
        "within_t": np.where(held == 0, 0.0, resource_share * inside["theil_t"].to_numpy()),
        "between_l": between_l,
        "within_l": pupil_share * inside["theil_l"].to_numpy(),
    }
    found = inside.assign(mean=g.mean, pupil_share=pupil_share, resource_share=resource_share)
    return found.assign(**{name: np.where(empty, 0.0, term) for name, term in terms.items()})


def between_terms(resource_share: Floats, pupil_share: Floats, relative: Floats) -> tuple[Floats, Floats]:
    """
    Return what parts of a group with these shares add to its Theil T and L between them.

    `relative`: the mean of the part over that of the group; 0 leaves L undefined (NaN).
    """
    alike = np.abs(relative - 1) <= ALIKE
    with np.errstate(divide="ignore"):
        log = np.where(alike, 0.0, -np.log(relative))
    between_t: Floats = np.where(alike, 0.0, _times_log(resource_share, relative))
    between_l: Floats = np.where(np.isinf(log), np.nan, pupil_share * log)
    return between_t, between_l


def atkinson(
    units: pd.DataFrame, *, value: str, pupils: str, by: Sequence[str], aversion: float
) -> pd.DataFrame:
    """
    Pupil-weighted Atkinson index of each group of units.

    A = 1 − (Σ (P / ΣP) (x / mean)^(1 − ε))^(1 / (1 − ε)), and 1 − exp(Σ (P / ΣP) ln(x / mean)) for ε = 1. Zeros are
    figures like any other for ε < 1; from ε = 1 on a single zero makes A = 1. Others as in `coefficient_of_variation`.

    Parameters
    ----------
    aversion
        ε > 0: how much more what the worst-off units lack weighs.

    Returns
    -------
    One row per group: `by`, `n`, `n_missing`, `atkinson` (0 to 1).
    """
    if not aversion > 0:
        raise ValueError("aversion must be above 0")
    g = _Groups.of(units, value, pupils, by)
    relative = share(g.x, g.mean[g.ids])
    power = 1 - aversion
    with np.errstate(divide="ignore"):
        if power == 0:
            equivalent = np.exp(share(g.total(g.pupils * np.log(relative)), g.total(g.pupils)))
        else:
            equivalent = share(g.total(g.pupils * relative**power), g.total(g.pupils)) ** (1 / power)
    return g.table(atkinson=np.where(g.alike & (g.mean > 0), 0.0, 1 - equivalent))


@dataclass(frozen=True)
class _Groups:
    """The known units of each group: resource, pupils and x by unit, group number by unit, one key row a group."""

    keys: pd.DataFrame
    ids: npt.NDArray[np.intp]
    held: Floats
    pupils: Floats
    n_missing: npt.NDArray[np.intp]

    @classmethod
    def of(cls, units: pd.DataFrame, value: str, pupils: str, by: Sequence[str]) -> _Groups:
        held, weight = units[value].to_numpy(float), units[pupils].to_numpy(float)
        if (weight <= 0).any():
            raise NoPupilsError(_without_pupils(units[weight <= 0], pupils))
        if (held < 0).any():
            raise ValueError(f"{value}: a resource is never negative")
        ids = units.groupby(list(by), dropna=False, sort=True).ngroup().to_numpy()
        keys = units[list(by)].iloc[np.unique(ids, return_index=True)[1]].reset_index(drop=True)
        known = ~(np.isnan(held) | np.isnan(weight))
        n_missing = np.bincount(ids[~known], minlength=len(keys))
        return cls(keys, ids[known], held[known], weight[known], n_missing)

    @cached_property
    def n(self) -> int:
        return len(self.keys)

    @cached_property
    def x(self) -> Floats:
        return self.held / self.pupils

    @cached_property
    def mean(self) -> Floats:
        return share(self.total(self.held), self.total(self.pupils))

    @cached_property
    def alike(self) -> npt.NDArray[np.bool_]:
        """Whether all units of a group have the same x."""
        low, high = np.full(self.n, np.inf), np.full(self.n, -np.inf)
        np.minimum.at(low, self.ids, self.x)
        np.maximum.at(high, self.ids, self.x)
        with np.errstate(invalid="ignore"):
            same: npt.NDArray[np.bool_] = (low <= high) & (high - low <= ALIKE * high)
        return same

    def total(self, of: Floats) -> Floats:
        """Return Σ over the units of each group."""
        return _summed(self.ids, of, self.n)

    def table(self, **measured: npt.NDArray[np.float64] | npt.NDArray[np.intp]) -> pd.DataFrame:
        n = np.bincount(self.ids, minlength=self.n)
        return self.keys.assign(n=n, n_missing=self.n_missing, **measured)


def _summed(ids: npt.NDArray[np.integer[Any]], of: Floats, n: int) -> Floats:
    """Return Σ `of` by id, for the ids 0 … n − 1."""
    return np.bincount(ids, of, n).astype(np.float64, copy=False)


def share(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, NaN where the whole is zero."""
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)
    return found


def _times_log(share: Floats, relative: Floats) -> Floats:
    """Return share · ln(relative), with 0 · ln 0 = 0."""
    logs: Floats = np.log(relative, out=np.zeros(relative.shape), where=~(relative <= 0))
    return share * logs


def _parts_summed(parts: pd.DataFrame, whole: _Groups) -> dict[str, Floats]:
    """Return the parts' terms added up for each group; a term that is undefined leaves the sum undefined."""
    group = parts.groupby(list(whole.keys.columns), dropna=False, sort=True).ngroup().to_numpy()
    undefined = ~(whole.mean > 0)
    summed = {
        name: _summed(group, parts[name].to_numpy(float), whole.n)
        for name in ("between_t", "within_t", "between_l", "within_l")
    }
    return {name: np.where(undefined, np.nan, terms) for name, terms in summed.items()}


def _without_pupils(rows: pd.DataFrame, pupils: str) -> list[Fault]:
    return [
        Fault(
            "no-pupils",
            "没有在校生的办学单位不能参与人均计算。",
            "a unit without pupils cannot enter a per-pupil measure.",
            Place(column=pupils, value=format(row[pupils], "g")),
            school_id=str(row.get("school_id", "")),
        )
        for row in rows.to_dict("records")
    ]

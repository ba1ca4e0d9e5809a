"""
How a resource is distributed among units: percentiles, McLoone, Lorenz and concentration curves.

All are weighted by pupils and about x = F / P, a unit's resource per pupil, as in `inequality`. Units whose
resource or pupils are missing are left out and counted; a group without a total leaves its measures NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import Fault, NoPupilsError, Place
from ..exact import Floats
from ..inequality import atkinson, gini, theil
from ..standards import RuleSet
from .aggregates import require_schools

BY = ("county_code", "year", "stage", "indicator")
_LOW, _MIDDLE, _HIGH = 0.1, 0.5, 0.9
_PASSED = (
    1e-12  # relative: a share of pupils that ends on the percentile up to the last bits of its sum reaches it
)


def measures(values: pd.DataFrame, rules: RuleSet, *, aversion: float) -> pd.DataFrame:
    """
    Return every measure of the spread of each indicator, units in scope, weights the denominators.

    Parameters
    ----------
    values, rules
        Table of that name, one row per school, stage and indicator, and the rule set it was made with.
    aversion
        ε of the Atkinson index.

    Returns
    -------
    One row per county, year, stage and indicator: `n`, `n_missing`, `gini`, `theil_t`, `theil_l`, `atkinson`, `p10`,
    `p50`, `p90`, `p90_p10`, `mcloone`, `concentration` (by the school's pupils: above 0 where larger schools have more
    per pupil). The percentiles are in the indicator's unit.

    Raises
    ------
    JunhengError
        The rows are totals of areas, not schools.
    """
    require_schools(values)
    rows = values[values["in_scope"]]
    by = list(BY)
    how: dict[str, Any] = {"value": "numerator", "pupils": "denominator", "by": by}
    table = theil(rows, **how)[[*by, "n", "n_missing", "theil_t", "theil_l"]]
    table = table.merge(gini(rows, **how)[[*by, "gini"]], on=by)
    table = table.merge(atkinson(rows, aversion=aversion, **how)[[*by, "atkinson"]], on=by)
    table = table.merge(percentiles(rows, **how).drop(columns=["n", "n_missing"]), on=by)
    ranked = concentration(rows.dropna(subset=["school_pupils"]), rank="school_pupils", **how)
    table = table.merge(ranked[[*by, "concentration"]], on=by, how="left")
    per = table["indicator"].map({i.id: float(i.per) for i in rules.indicators}).astype(float)
    return table.assign(**{name: table[name] * per for name in ("p10", "p50", "p90")})


def percentiles(units: pd.DataFrame, *, value: str, pupils: str, by: Sequence[str]) -> pd.DataFrame:
    """
    Percentiles of x over pupils, their ratio, and the McLoone index, of each group of units.

    The percentile q is the smallest x below or at which a share q of the pupils lies (the inverse of their
    distribution, no interpolation). McLoone = ΣF / (p50 · ΣP) over the units with x ≤ p50: 1 where the lower half of
    the pupils all have what the pupil in the middle has.

    Parameters
    ----------
    units, value, pupils, by
        As in `inequality.coefficient_of_variation`.

    Returns
    -------
    One row per group: `by`, `n`, `n_missing`, `p10`, `p50`, `p90` (units of F per pupil), `p90_p10` (NaN where p10 is
    0), `mcloone` (0 to 1; NaN where p50 is 0).

    Raises
    ------
    NoPupilsError
        A unit has no pupils.
    """
    g = _Sorted.of(units, value, pupils, by)
    at = {f"p{round(100 * q)}": g.percentile(q) for q in (_LOW, _MIDDLE, _HIGH)}
    lower = g.x <= at["p50"][g.ids]
    held, weight = (g.total(np.where(lower, of, 0.0)) for of in (g.held, g.pupils))
    return g.table(**at, p90_p10=_ratio(at["p90"], at["p10"]), mcloone=_ratio(held, at["p50"] * weight))


def lorenz(
    units: pd.DataFrame,
    *,
    value: str,
    pupils: str,
    by: Sequence[str],
    rank: str | None = None,
    keep: Sequence[str] = (),
) -> pd.DataFrame:
    """
    Return the points of the Lorenz curve of each group, or of its concentration curve.

    Parameters
    ----------
    rank
        None: units stand in the order of x, which gives the Lorenz curve (convex). A column: in the order of that
        column, ties together, which gives the concentration curve.
    keep
        Columns of the unit that a point ends with (of ties the last); missing at the first point.

    Returns
    -------
    One row per point, from (0, 0) to (1, 1): `by`, `pupil_share`, `resource_share`, `keep`. Groups without a total
    have no points.
    """
    g = _Sorted.of(units, value, pupils, by, rank)
    step, resource = _ratio(g.pupils, g.total(g.pupils)[g.ids]), _ratio(g.held, g.total(g.held)[g.ids])
    points = g.keys.iloc[g.ids].reset_index(drop=True)
    points = points.assign(
        pupil_share=pd.Series(step).groupby(g.ids).cumsum(),
        resource_share=pd.Series(resource).groupby(g.ids).cumsum(),
        **{name: units[name].to_numpy()[g.rows] for name in keep},
    )
    if rank is not None:
        points = points[~points.assign(_r=g.order).duplicated([*by, "_r"], keep="last")]
    points = points.dropna(subset=["resource_share"])
    last = ~points.duplicated(list(by), keep="last")
    points.loc[last, ["pupil_share", "resource_share"]] = 1.0
    first = points[~points.duplicated(list(by))][list(by)].assign(pupil_share=0.0, resource_share=0.0)
    return pd.concat([first, points]).sort_values(list(by), kind="stable", ignore_index=True)


def concentration(
    units: pd.DataFrame, *, value: str, pupils: str, by: Sequence[str], rank: str
) -> pd.DataFrame:
    """
    Concentration index of each group of units: one less twice the area under its concentration curve.

    Returns
    -------
    One row per group: `by`, `n`, `n_missing`, `concentration` (−1 to 1: above 0 where units that rank high have more per
    pupil; with x as rank it is the Gini coefficient).
    """
    g = _Sorted.of(units, value, pupils, by, rank)
    points = lorenz(units, value=value, pupils=pupils, by=by, rank=rank)
    ends = points.groupby(list(by), dropna=False)[["pupil_share", "resource_share"]].shift()
    wide = points["pupil_share"] - ends["pupil_share"]
    high = (points["resource_share"] + ends["resource_share"]) / 2
    area = (wide * high).groupby([points[name] for name in by], dropna=False).sum(min_count=1)
    found = area.rename("_area").reset_index()
    table = g.table().merge(found, on=list(by), how="left")
    return table.assign(concentration=1 - 2 * table.pop("_area"))


@dataclass(frozen=True)
class _Sorted:
    """The known units, sorted by group and then by x or by a rank; one key row a group."""

    keys: pd.DataFrame
    rows: npt.NDArray[np.intp]
    ids: npt.NDArray[np.integer[Any]]
    order: Floats
    held: Floats
    pupils: Floats
    n_missing: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls, units: pd.DataFrame, value: str, pupils: str, by: Sequence[str], rank: str | None = None
    ) -> _Sorted:
        held, weight = units[value].to_numpy(float), units[pupils].to_numpy(float)
        if (weight <= 0).any():
            raise NoPupilsError(_without_pupils(pupils, int((weight <= 0).sum())))
        ids = units.groupby(list(by), dropna=False, sort=True).ngroup().to_numpy()
        keys = units[list(by)].iloc[np.unique(ids, return_index=True)[1]].reset_index(drop=True)
        order = held / weight if rank is None else units[rank].to_numpy(float)
        known = ~(np.isnan(held) | np.isnan(weight) | np.isnan(order))
        rows = np.flatnonzero(known)
        rows = rows[np.lexsort((held[rows] / weight[rows], order[rows], ids[rows]))]
        n_missing = np.bincount(ids[~known], minlength=len(keys))
        return cls(keys, rows, ids[rows], order[rows], held[rows], weight[rows], n_missing)

    @property
    def x(self) -> Floats:
        return self.held / self.pupils

    def total(self, of: Floats) -> Floats:
        return np.bincount(self.ids, of, len(self.keys)).astype(float)

    def percentile(self, q: float) -> Floats:
        reached = pd.Series(self.pupils).groupby(self.ids).cumsum().to_numpy()
        passed = np.flatnonzero(reached >= q * self.total(self.pupils)[self.ids] * (1 - _PASSED))
        group, first = np.unique(self.ids[passed], return_index=True)
        found: Floats = np.full(len(self.keys), np.nan)
        found[group] = self.x[passed[first]]
        return found

    def table(self, **measured: Floats) -> pd.DataFrame:
        n = np.bincount(self.ids, minlength=len(self.keys))
        return self.keys.assign(n=n, n_missing=self.n_missing, **measured)


def _ratio(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found


def _without_pupils(pupils: str, n: int) -> Fault:
    return Fault(
        "no-pupils",
        f"有{n}个办学单位没有在校生,不能参与人均计算。",
        f"{n} unit(s) without pupils cannot enter a per-pupil measure.",
        Place(column=pupils),
    )

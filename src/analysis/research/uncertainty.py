"""
Intervals over schools: how far a gap would move had other schools of the same kind stood in the county.

The county's own figures are a full count and carry no sampling error. The intervals speak of another population: the
schools that could have stood there under the same conditions, of which those on file are taken for a draw. They are
for research; an official coefficient of variation is a rule and gets no interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..exact import Floats
from ..gaps import MEANS
from .aggregates import require_schools
from .distribution import BY
from .settings import Bootstrap

SIDES = ("urban", "rural", "unknown")
_WEIGHTS = {"totals": "denominator", "schools": None, "pupils": "pupils"}
_CELLS = 4_000_000  # numbers drawn at a time
Ints = npt.NDArray[np.intp]


def gap_intervals(values: pd.DataFrame, settings: Bootstrap) -> pd.DataFrame:
    """
    Return the urban–rural difference by each of the three means with a percentile interval over schools.

    Schools are drawn with replacement within each side, so that each keeps its number; what each mean is, see
    `gaps.urban_rural`. Same seed, same intervals, in any order of rows and whatever other counties stand beside.

    Parameters
    ----------
    values
        Table of that name, any number of counties and years.
    settings
        Draws, seed, level and the least number of known schools a side.

    Returns
    -------
    One row per county, year, stage, indicator and `mean`: `urban`, `rural`, `difference` = urban − rural, `low`, `high`
    (all in the indicator's unit), `n_urban`, `n_rural` (known schools), `suppressed`: a side has fewer than the least
    number, `low` and `high` are then NaN.

    Raises
    ------
    JunhengError
        The rows are totals of areas, not schools.
    """
    require_schools(values)
    rows = values[values["in_scope"] & values["area"].isin(SIDES[:2])]
    return pd.concat([_of_mean(rows, mean, settings) for mean in MEANS], ignore_index=True)


def theil_intervals(values: pd.DataFrame, settings: Bootstrap) -> pd.DataFrame:
    """
    Return the share of Theil T that lies between the areas, with a percentile interval over schools.

    Parameters and errors as in `gap_intervals`. A share between groups of few schools is above zero by chance alone:
    the interval tells how much, not whether.

    Returns
    -------
    One row per county, year, stage and indicator: `theil_t`, `between_t`, `share` (0 to 1; NaN where T is 0), `low`,
    `high`, `n_urban`, `n_rural`, `suppressed`.
    """
    require_schools(values)
    rows = values[values["in_scope"]].assign(area=lambda f: f["area"].fillna("unknown"))
    rows = rows[rows["numerator"].notna() & rows["denominator"].notna()]
    strata = _Strata.of(rows)
    held, pupils = (strata.rows[name].to_numpy(float) for name in ("numerator", "denominator"))
    x = held / pupils
    logs = held * np.log(x, out=np.zeros(len(x)), where=x > 0)
    sums = {"held": held, "pupils": pupils, "logs": logs}
    theil, between = _theil_t({name: strata.totals(of) for name, of in sums.items()})
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = np.concatenate(
            [part[1] / part[0] for part in map(_theil_t, strata.resampled(sums, settings))]
        )
        share = between / theil
    return _with_ends(strata.table(theil_t=theil[0], between_t=between[0], share=share[0]), drawn, settings)


def _of_mean(rows: pd.DataFrame, mean: str, settings: Bootstrap) -> pd.DataFrame:
    weight = _WEIGHTS[mean]
    weighted = rows.assign(_w=1.0 if weight is None else rows[weight])
    strata = _Strata.of(weighted[weighted["value"].notna() & weighted["_w"].notna()])
    weights = strata.rows["_w"].to_numpy(float)
    sums = {"held": weights * strata.rows["value"].to_numpy(float), "weight": weights}
    own = _means({name: strata.totals(of) for name, of in sums.items()})[0]
    drawn = np.concatenate([_difference(_means(part)) for part in strata.resampled(sums, settings)])
    table = strata.table(urban=own[:, 0], rural=own[:, 1]).assign(mean=mean)
    table["difference"] = table["urban"] - table["rural"]
    return _with_ends(table, drawn, settings)


@dataclass(frozen=True)
class _Strata:
    """Known units sorted by group, side and school; each group × side is one stratum, empty ones too."""

    keys: pd.DataFrame
    rows: pd.DataFrame
    stratum: Ints
    sizes: Ints

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Strata:
        ids = rows.groupby(list(BY), dropna=False, sort=True).ngroup().to_numpy()
        keys = rows[list(BY)].iloc[np.unique(ids, return_index=True)[1]].reset_index(drop=True)
        stratum = ids * len(SIDES) + pd.Categorical(rows["area"], categories=SIDES).codes
        order = np.lexsort((rows["school_id"].to_numpy(str), stratum))
        sizes = np.bincount(stratum, minlength=len(keys) * len(SIDES))
        return cls(keys, rows.iloc[order], stratum[order].astype(np.intp), sizes)

    def totals(self, of: Floats) -> Floats:
        """Return Σ of the units as they are, 1 × groups × sides."""
        summed = np.bincount(self.stratum, of, len(self.sizes)).astype(np.float64)
        return summed.reshape(1, -1, len(SIDES))

    def resampled(self, sums: Mapping[str, Floats], settings: Bootstrap) -> Iterator[dict[str, Floats]]:
        """
        Yield Σ over the units of each resample, draws × groups × sides, some draws at a time.

        The k-th unit of a side takes the k-th number of that side's stream: a county's draws do not depend on
        the others, and the indicators of a county see the same schools drawn.
        """
        filled = np.flatnonzero(self.sizes)
        starts = np.concatenate([[0], np.cumsum(self.sizes)])
        first = starts[self.stratum]
        rank, side = np.arange(len(self.stratum)) - first, self.stratum % len(SIDES)
        widest = int(self.sizes.max(initial=1))
        # Numbers by place first, draws second: a longer list elsewhere takes none of a shorter one's.
        streams = [np.random.default_rng([settings.seed, number]) for number in range(len(SIDES))]
        chances = np.concatenate([stream.random((widest, settings.draws)) for stream in streams])
        at_once = max(1, _CELLS // max(1, len(self.stratum)))
        for done in range(0, settings.draws, at_once):
            n = min(at_once, settings.draws - done)
            part = chances[side * widest + rank, done : done + n].T
            size = self.sizes[self.stratum]
            drawn = first + (part * size).astype(np.intp)
            found = {}
            for name, of in sums.items():
                total = np.zeros((n, len(self.sizes)))
                if len(filled):
                    total[:, filled] = np.add.reduceat(of[drawn], starts[filled], axis=1)
                found[name] = total.reshape(n, -1, len(SIDES))
            yield found

    def table(self, **columns: Floats) -> pd.DataFrame:
        counts = self.sizes.reshape(-1, len(SIDES))
        return self.keys.assign(n_urban=counts[:, 0], n_rural=counts[:, 1], **columns)


def _means(sums: Mapping[str, Floats]) -> Floats:
    found: Floats = np.divide(
        sums["held"], sums["weight"], out=np.full(sums["held"].shape, np.nan), where=sums["weight"] > 0
    )
    return found


def _difference(means: Floats) -> Floats:
    return means[..., 0] - means[..., 1]


def _theil_t(sums: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return Theil T and its part between the sides from ΣF, ΣP and ΣF ln x of each."""
    held, pupils, logs = sums["held"], sums["pupils"], sums["logs"]
    whole, everyone = held.sum(axis=-1), pupils.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.log(whole / everyone)
        total = logs.sum(axis=-1) / whole - mean
        own = np.where(held > 0, held * (np.log(held / pupils) - mean[..., None]), 0.0)
        between = own.sum(axis=-1) / whole
    # Resamples of one school many times over leave the last bits of a sum.
    alike = np.abs(total) < 1e-14
    return np.where(alike, 0.0, total), np.where(alike, 0.0, between)


def _with_ends(table: pd.DataFrame, drawn: Floats, settings: Bootstrap) -> pd.DataFrame:
    """Add the ends of the interval where both sides have schools enough."""
    low, high = np.quantile(drawn, settings.tails, axis=0) if len(table) else (np.empty(0), np.empty(0))
    few = table[["n_urban", "n_rural"]].min(axis=1) < settings.least_units
    return table.assign(
        low=pd.Series(low, index=table.index).mask(few),
        high=pd.Series(high, index=table.index).mask(few),
        suppressed=few,
    )

"""
Counties side by side: the gap of each, its rank, how it moved, and what such a list cannot say.

A gap is urban − rural, by ratios of totals. Ranks go by its width alone, whichever side is higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from .. import shipped
from ..gaps import urban_rural
from ..rounding import shown
from ..standards import RuleSet, Share
from ..yamlfile import load_yaml
from .change import comparable_since

KEY = ["county_code", "year", "stage", "indicator"]
_GROUP = ["year", "stage", "indicator"]
_OVER_TIME = ["stage", "indicator", "first", "last"]


class _Setting(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Spatial(_Setting):
    """
    How spatial autocorrelation is tested.

    `permutations` from `seed`; nothing below `least_counties`; local finds held to `false_discovery`.
    """

    permutations: int = Field(ge=99)
    seed: int = Field(ge=0)
    least_counties: int = Field(ge=4)
    false_discovery: Share = Decimal("0.05")


class Comparison(_Setting):
    """params/comparison.yaml."""

    few_units: int = Field(ge=1)
    least_for_correlation: int = Field(ge=3)
    spatial: Spatial


@cache
def load_comparison(path: Path | None = None) -> Comparison:
    """
    Load the choices that come with the library, or a file of the user's.

    Raises
    ------
    JunhengError
        All faults of the file at once, each with its line.
    """
    return load_yaml(path or shipped.params("comparison.yaml"), Comparison)


def county_gaps(values: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return the gap of every county, with its rank among the counties that have both sides.

    Parameters
    ----------
    values
        Table of that name (`indicators.indicator_values`), any number of counties and years.

    Returns
    -------
    One row per county, year, stage and indicator, in the indicator's unit: `level` = ΣF / ΣD over all units in scope
    whose figure is known, `urban`, `rural` (the same over each side), `exact` = urban − rural, `difference` the same
    between the figures as printed, `width` = |difference|, `higher` (urban, rural, equal; NaN without a side),
    `n_urban`, `n_rural`, `n_missing_urban`, `n_missing_rural`, `n_unknown` (units), `rank` (1 the widest; counties
    that print alike share a rank; NaN without a side) and `n` (counties that are ranked).
    """
    gaps = urban_rural(values)
    gaps = gaps[gaps["mean"] == "totals"].drop(columns=["mean", "ratio", "favours"])
    gaps = gaps.rename(columns={"difference": "exact"}).merge(_levels(values), on=KEY, how="left")
    sides = {side: _printed(gaps, side, rules) for side in ("urban", "rural")}
    difference = _printed(gaps.assign(_d=sides["urban"] - sides["rural"]), "_d", rules)
    higher = pd.Series(
        np.select([difference > 0, difference < 0], ["urban", "rural"], "equal"),
        index=gaps.index,
        dtype="str",
    )
    gaps = gaps.assign(difference=difference, width=difference.abs(), higher=higher.where(difference.notna()))
    among = gaps.groupby(_GROUP, sort=False)["width"]
    return gaps.assign(
        rank=among.rank(method="min", ascending=False), n=among.transform("count").astype("int64")
    ).reset_index(drop=True)


def _levels(values: pd.DataFrame) -> pd.DataFrame:
    """Return each county's own figure, both sides and unknown areas together."""
    rows = values[values["in_scope"]]
    known = rows["value"].notna() & rows["denominator"].notna()
    held = rows.assign(
        _d=rows["denominator"].where(known), _n=(rows["value"] * rows["denominator"]).where(known)
    )
    sums = held.groupby(KEY, sort=False)[["_n", "_d"]].sum().reset_index()
    return sums.assign(level=sums["_n"] / sums["_d"].where(sums["_d"] > 0)).drop(columns=["_n", "_d"])


def _printed(frame: pd.DataFrame, column: str, rules: RuleSet) -> pd.Series[float]:
    """Return the figures that print, so that what is ranked and subtracted is what a reader sees."""
    digits = frame["indicator"].map({i.id: i.digits for i in rules.indicators})
    pairs = zip(frame[column], digits, strict=True)
    figures = [float(shown(v, d)) if v == v else float("nan") for v, d in pairs]
    return pd.Series(figures, index=frame.index, dtype=float)


def overview(gaps: pd.DataFrame) -> pd.DataFrame:
    """
    Return how the gaps of all counties lie, one row per year, stage and indicator.

    `n` (counties with both sides), `n_urban`, `n_rural`, `n_equal` (of them, by the side that is higher), `least`, `q1`,
    `median`, `q3`, `most` of the difference (urban − rural), `widest` = greatest width, `n_out` (counties without a side).
    """
    rows = gaps.assign(out=gaps["difference"].isna())
    for side in ("urban", "rural", "equal"):
        rows[f"is_{side}"] = rows["higher"] == side
    groups = rows.groupby(_GROUP, sort=False)
    quantiles = {"least": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "most": 1.0}
    table = pd.DataFrame({name: groups["difference"].quantile(q) for name, q in quantiles.items()})
    counts = {f"n_{side}": groups[f"is_{side}"].sum() for side in ("urban", "rural", "equal")}
    n = groups["difference"].count()
    return table.assign(n=n, **counts, widest=groups["width"].max(), n_out=groups["out"].sum()).reset_index()


def gap_changes(gaps: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return how each county's gap moved between the first and the last comparable year.

    Years before an indicator's last break of definition are left out; the first is the earliest after it in which any
    county has a gap.

    Parameters
    ----------
    gaps
        What `county_gaps` returns, of several years.

    Returns
    -------
    One row per county, stage and indicator known in both years: `first`, `last` (years), `gap_first`, `gap_last`
    (urban − rural, as printed), `change` = gap_last − gap_first, `kind`: `narrower`, `wider` or `same` by width,
    `switched`: the other side is the higher one now.
    """
    rows = comparable_since(gaps, rules).dropna(subset=["difference"])
    ends = rows.groupby(["stage", "indicator"])["year"].agg(first="min", last="max").reset_index()
    ends = ends[ends["first"] < ends["last"]]
    pairs = rows.merge(ends, on=["stage", "indicator"])
    key = ["county_code", *_OVER_TIME]
    sides = {
        end: pairs.loc[pairs["year"] == pairs[end], [*key, "difference"]].rename(
            columns={"difference": f"gap_{end}"}
        )
        for end in ("first", "last")
    }
    both = sides["first"].merge(sides["last"], on=key)
    both["change"] = _printed(both.assign(_c=both["gap_last"] - both["gap_first"]), "_c", rules)
    width = _printed(both.assign(_w=both["gap_last"].abs() - both["gap_first"].abs()), "_w", rules)
    kind = np.select([width < 0, width > 0], ["narrower", "wider"], "same")
    switched = both["gap_first"] * both["gap_last"] < 0
    return both.assign(kind=pd.Series(kind, index=both.index, dtype="str"), switched=switched)


def moved_together(changes: pd.DataFrame, *, least: int) -> pd.DataFrame:
    """
    Return what the changes have to do with the gaps they began from, and how far that is bound to be so.

    With x, y a county's gap in the first and last year: where both hold some chance, corr(x, y − x) is negative even
    if nothing moves (regression to the mean), so it is set beside corr((x + y)/2, y − x), which chance alike in both
    years leaves at 0 (Oldham 1962) and which has the sign of sd(y) − sd(x).

    Parameters
    ----------
    changes
        What `gap_changes` returns.
    least
        With fewer counties there are no correlations (NaN).

    Returns
    -------
    One row per stage and indicator: `first`, `last`, `n`, `n_narrower`, `n_wider`, `n_same`, `n_switched`, `sd_first`,
    `sd_last` (dividing by n), `r_first_change`, `r_mean_change`, `r_first_last`.
    """
    rows = []
    for key, group in changes.groupby(_OVER_TIME, sort=False):
        x, y = group["gap_first"], group["gap_last"]
        counts = {f"n_{kind}": int((group["kind"] == kind).sum()) for kind in ("narrower", "wider", "same")}
        rows.append(
            dict(zip(_OVER_TIME, key, strict=True))
            | {"n": len(group), **counts, "n_switched": int(group["switched"].sum())}
            | {"sd_first": float(x.std(ddof=0)), "sd_last": float(y.std(ddof=0))}
            | {
                "r_first_change": correlation(x, y - x, least=least),
                "r_mean_change": correlation((x + y) / 2, y - x, least=least),
                "r_first_last": correlation(x, y, least=least),
            }
        )
    return pd.DataFrame(rows, columns=_TOGETHER)


_TOGETHER = [*_OVER_TIME, "n", "n_narrower", "n_wider", "n_same", "n_switched", "sd_first", "sd_last"]
_TOGETHER += ["r_first_change", "r_mean_change", "r_first_last"]


def level_and_gap(gaps: pd.DataFrame, *, least: int) -> pd.DataFrame:
    """Return `n` and `r`, the correlation of a county's level with urban − rural, by year, stage and indicator."""
    rows = [
        dict(zip(_GROUP, key, strict=True))
        | {"n": len(group), "r": correlation(group["level"], group["exact"], least=least)}
        for key, group in gaps.dropna(subset=["exact", "level"]).groupby(_GROUP, sort=False)
    ]
    return pd.DataFrame(rows, columns=[*_GROUP, "n", "r"])


def correlation(x: pd.Series[float], y: pd.Series[float], *, least: int) -> float:
    """Return Pearson's correlation; NaN for fewer than `least` pairs or where one of the two does not vary."""
    known = x.notna() & y.notna()
    if known.sum() < least:
        return float("nan")
    a, b = (s[known] - s[known].mean() for s in (x, y))
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum() / scale) if scale > _NOTHING * len(a) else float("nan")


_NOTHING = 1e-12  # what the last bits of a sum leave where nothing varies


def few_on_a_side(gaps: pd.DataFrame, few: int) -> pd.Series[bool]:
    """Tell which gaps rest on fewer than `few` units on a side."""
    return gaps["difference"].notna() & (gaps[["n_urban", "n_rural"]].min(axis=1) < few)


def extremes(gaps: pd.DataFrame, each: int) -> pd.DataFrame:
    """
    Return the counties at either end of urban − rural, the greatest first: `each` of them, all where there are no more.

    `gaps`: one year, stage and indicator. Ties are broken by code, so that the choice is the same every time.
    """
    known = gaps.dropna(subset=["difference"]).sort_values(
        ["difference", "county_code"], ascending=[False, True]
    )
    return known if len(known) <= 2 * each else pd.concat([known.head(each), known.tail(each)])


def without_a_side(gaps: pd.DataFrame, stage: str, sides: Sequence[str] = ("urban", "rural")) -> pd.DataFrame:
    """
    Return which counties cannot be compared and why: `county_code`, `side`, `reason` (`no_unit`: no unit in scope on
    the side, whatever the indicator; `no_figure`: units, but no figure), `indicator` (NaN for no_unit).

    `gaps`: one year.
    """
    rows = gaps[gaps["stage"] == stage]
    found = []
    for side in sides:
        lacking = rows[rows[side].isna()]
        none = (lacking[f"n_{side}"] + lacking[f"n_missing_{side}"]) == 0
        found.append(
            lacking.assign(
                side=side,
                reason=np.where(none, "no_unit", "no_figure"),
                indicator=lacking["indicator"].where(~none),
            )
        )
    table = pd.concat(found)[["county_code", "side", "reason", "indicator"]]
    return table.drop_duplicates().sort_values(["reason", "side", "county_code"], ignore_index=True)

"""Whether the gaps of neighbouring counties are alike: Moran's I and local clusters."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from esda import fdr
from esda.moran import Moran, Moran_Local
from libpysal.graph import Graph

from ..exact import Floats
from .comparison import Spatial

# A county's place among its neighbours, by the signs of its deviation and of its neighbours' mean deviation.
QUADRANTS = ("high_high", "low_high", "low_low", "high_low")
CLASSES = (*QUADRANTS, "not_found", "island", "no_gap", "not_tested")


@dataclass(frozen=True)
class Clustering:
    """
    The spatial autocorrelation of one figure.

    Attributes
    ----------
    n
        Counties in the test: with the figure and with a neighbour that has it.
    islands
        Codes of counties with the figure but without such a neighbour; they are left out.
    value, expected, p
        Moran's I (row-standardised), its expectation −1 / (n − 1), and its two-sided permutation p; NaN when
        `reason` is not "".
    reason
        "" tested · `few` too few counties · `alike` all figures are the same.
    local
        One row per county of the boundary: `county_code`, `kind` (one of `CLASSES`), `p` (two-sided, NaN where not
        tested). A quadrant is given only where p passes the false-discovery control.
    """

    n: int
    islands: tuple[str, ...]
    value: float
    expected: float
    p: float
    reason: str
    local: pd.DataFrame

    @property
    def found(self) -> pd.DataFrame:
        """The rows of `local` that stand in a cluster or against their neighbours."""
        return self.local[self.local["kind"].isin(QUADRANTS)]


def neighbours(boundary: gpd.GeoDataFrame) -> Graph:
    """
    Return which counties share a border or a corner (queen contiguity), keyed by `county_code`.

    `boundary`: polygons with `county_code`; several polygons of one county count as one.
    """
    whole = boundary.dissolve("county_code") if boundary["county_code"].duplicated().any() else boundary
    shapes = whole.reset_index().set_index("county_code").geometry
    return Graph.build_contiguity(shapes, rook=False)


def clustering(figures: pd.Series[float], graph: Graph, settings: Spatial) -> Clustering:
    """
    Test whether neighbours are alike, over all counties and about each.

    I = (n / S₀) · Σᵢ Σⱼ wᵢⱼ zᵢ zⱼ / Σᵢ zᵢ², z the deviations from the mean over the n counties tested, w
    row-standardised. Counties without the figure are no neighbours; islands are left out. Both p are two-sided: twice
    the smaller tail of the permutations, at most 1. Local finds pass the control of Benjamini and Hochberg.

    Parameters
    ----------
    figures
        By county code; NaN where unknown. Counties without a boundary are left out.
    graph
        What `neighbours` returns.
    """
    known = figures.reindex(graph.unique_ids).dropna()
    among = graph.subgraph(known.index) if len(known) else None
    islands = tuple(str(code) for code in among.isolates) if among is not None else ()
    tested = known.drop(list(islands))
    base = _untested(graph, known, islands)
    n = len(tested)
    if among is None or n < settings.least_counties:
        return _refused(base, n, islands, "few")
    if np.ptp(tested.to_numpy()) <= _ALIKE * max(float(tested.abs().max()), 1.0):
        return _refused(base, n, islands, "alike")
    weights = among.subgraph(tested.index).transform("r")
    y = tested.reindex(weights.unique_ids)
    with _seeded(settings.seed), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a default of theirs that will change: p is made two-sided here
        whole = Moran(y.to_numpy(), weights, permutations=settings.permutations)
        each = Moran_Local(y.to_numpy(), weights, permutations=settings.permutations, seed=settings.seed)
    p = _two_sided(np.asarray(each.Is), np.asarray(each.sim))
    limit = float(fdr(p, float(settings.false_discovery)))
    kinds = np.where(p <= limit, np.array(QUADRANTS)[np.asarray(each.q) - 1], "not_found")
    local = base.set_index("county_code")
    local.loc[y.index, "kind"], local.loc[y.index, "p"] = kinds, p
    p_whole = float(_two_sided(np.array([whole.I]), np.asarray(whole.sim)[:, None])[0])
    return Clustering(n, islands, float(whole.I), float(whole.EI), p_whole, "", local.reset_index())


def _two_sided(observed: Floats, permuted: Floats) -> Floats:
    """
    Return twice the smaller tail of the permutations (rows), at most 1; one that equals what is observed is in both.

    esda's own p counts it in one: a county just at the mean, whose local I is always 0, would be a find.
    """
    close = np.isclose(permuted, observed)
    tails = [((permuted > observed) | close).sum(axis=0), ((permuted < observed) | close).sum(axis=0)]
    return np.asarray(np.minimum(1.0, 2 * (np.minimum(*tails) + 1) / (len(permuted) + 1)), dtype=float)


_ALIKE = 1e-12


def _untested(graph: Graph, known: pd.Series[float], islands: tuple[str, ...]) -> pd.DataFrame:
    codes = pd.Series(list(graph.unique_ids), dtype="str")
    kind = np.select([codes.isin(islands), ~codes.isin(known.index)], ["island", "no_gap"], "not_tested")
    return pd.DataFrame({"county_code": codes, "kind": pd.Series(kind, dtype="str"), "p": np.nan})


def _refused(local: pd.DataFrame, n: int, islands: tuple[str, ...], reason: str) -> Clustering:
    nan = float("nan")
    return Clustering(n, islands, nan, nan, nan, reason, local)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Draw the same permutations every time; esda draws from numpy's global state, which is put back."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)

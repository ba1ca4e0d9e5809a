"""Straight-line distances: from where people live to the nearest school of each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod

from .norms import Norms
from .places import township_keys
from .projection import metric_crs

_EARTH = Geod(ellps="WGS84")
_SPECIAL = ("special", "vocational")  # a neighbourhood does not send its children there


@dataclass(frozen=True)
class Origins:
    """
    Where people live: `name`, `population` (persons, NaN where unknown), geometry (points, EPSG:4326).

    `stand_in`: the points are one for each township, because there are no settlements.
    """

    points: gpd.GeoDataFrame
    stand_in: bool

    @property
    def weighted(self) -> bool:
        """Whether people can be counted: any population is known."""
        return bool(self.points["population"].notna().any())


def origins(settlements: gpd.GeoDataFrame | None, townships: gpd.GeoDataFrame | None) -> Origins | None:
    """
    Return where people live: the settlements, else a point in each township as a stand-in, else None.

    The stand-in is a point inside the polygon; nobody is said to live there, so its population is missing.
    """
    if settlements is not None and len(settlements):
        metric = metric_crs(*_centre(settlements))
        points = settlements.geometry.to_crs(metric).centroid.to_crs(4326)
        frame = {"name": settlements["settlement_name"], "population": settlements["population"]}
        return Origins(gpd.GeoDataFrame(frame, geometry=points, crs=4326).reset_index(drop=True), False)
    if townships is not None and len(townships):
        keyed = township_keys(townships)
        frame = {"name": keyed["township_name"], "population": np.nan}
        points = keyed.geometry.representative_point()
        return Origins(gpd.GeoDataFrame(frame, geometry=points, crs=4326).reset_index(drop=True), True)
    return None


def reachable(places: gpd.GeoDataFrame, stage: str) -> gpd.GeoDataFrame:
    """Return the units of a stage that a distance can lead to: placed, and neither special nor vocational."""
    mine = (places["stage"] == stage) & ~places["kind"].isin(_SPECIAL) & places.geometry.notna()
    return places[mine].reset_index(drop=True)


def nearest_schools(where: Origins, places: gpd.GeoDataFrame, stages: Sequence[str]) -> gpd.GeoDataFrame:
    """
    Return the straight-line distance (直线距离) from each origin to the nearest school of each stage.

    The nearest is found in the plane of the county's zone, its distance is the geodesic on WGS84. Every school that
    teaches the stage counts, public or private, teaching points too, in scope or not; special and vocational
    schools do not, nor do schools whose place is unknown. Roads, rivers, mountains and the schools beyond the
    county's border are not looked at.

    Parameters
    ----------
    places
        `unit_places` in EPSG:4326.

    Returns
    -------
    One row per origin × stage that has a placed school: `name, population, stage, km, school_id, school_name`, geometry.
    """
    metric = metric_crs(*_centre(where.points))
    found = []
    for stage in stages:
        schools = reachable(places, stage)
        if schools.empty:
            continue
        pairs = schools.to_crs(metric).sindex.nearest(where.points.geometry.to_crs(metric), return_all=False)
        near = schools.iloc[pairs[1]]
        here, there = where.points.geometry.iloc[pairs[0]], near.geometry
        _, _, metres = _EARTH.inv(
            here.x.to_numpy(), here.y.to_numpy(), there.x.to_numpy(), there.y.to_numpy()
        )
        found.append(
            where.points.iloc[pairs[0]].assign(
                stage=stage,
                km=metres / 1000,
                school_id=near["school_id"].to_numpy(),
                school_name=near["school_name"].to_numpy(),
            )
        )
    if not found:
        return where.points.iloc[:0].assign(stage="", km=0.0, school_id="", school_name="")
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=4326)


def beyond(nearest: pd.DataFrame, norms: Norms) -> pd.DataFrame:
    """
    Return how many places, and how many people in them, are further from a school than each service radius.

    People are those of the settlements, of every age, not pupils. A place whose population is unknown counts as a
    place and not among the people.

    Returns
    -------
    One row per stage × radius: `stage, km, radius` (its id), `n_places, n_beyond, n_unknown` (places without
    population), `people, people_beyond, share` (NaN where nobody is counted).
    """
    rows = []
    for stage, of_stage in nearest.groupby("stage", sort=False):
        people = of_stage["population"].sum(min_count=1)
        for radius in norms.radii(str(stage)):
            far = of_stage[of_stage["km"] > float(radius.km)]
            far_people = far["population"].sum() if pd.notna(people) else np.nan
            rows.append(
                {
                    "stage": stage,
                    "radius": radius.id,
                    "km": float(radius.km),
                    "n_places": len(of_stage),
                    "n_beyond": len(far),
                    "n_unknown": int(of_stage["population"].isna().sum()),
                    "people": people,
                    "people_beyond": far_people,
                    "share": far_people / people if people > 0 else np.nan,
                }
            )
    names = ["stage", "radius", "km", "n_places", "n_beyond", "n_unknown", "people", "people_beyond", "share"]
    return pd.DataFrame(rows, columns=names)


def mean_distance(nearest: pd.DataFrame) -> pd.DataFrame:
    """
    Return the mean and the greatest straight-line distance of each stage.

    km = Σ population · km / Σ population where the population is known, else the plain mean over places.

    Returns
    -------
    One row per stage: `stage, km, weighted, farthest_km, farthest` (its name), `n_places`.
    """
    rows = []
    for stage, of_stage in nearest.groupby("stage", sort=False):
        people = of_stage["population"].fillna(0)
        weighted = bool(people.sum() > 0)
        far = of_stage.iloc[int(of_stage["km"].to_numpy().argmax())]
        rows.append(
            {
                "stage": stage,
                "km": float(np.average(of_stage["km"], weights=people if weighted else None)),
                "weighted": weighted,
                "farthest_km": float(far["km"]),
                "farthest": far["name"],
                "n_places": len(of_stage),
            }
        )
    names = ["stage", "km", "weighted", "farthest_km", "farthest", "n_places"]
    return pd.DataFrame(rows, columns=names)


def _centre(frame: gpd.GeoDataFrame) -> tuple[float, float]:
    west, south, east, north = frame.total_bounds
    return float((west + east) / 2), float((south + north) / 2)

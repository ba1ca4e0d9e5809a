"""Checks of where schools stand: outside the county, longitude and latitude swapped, two at one point."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod

from .checkbook import Far, Position
from .findings import Findings
from .plausibility import others_alike, year_before

_EARTH = Geod(ellps="WGS84")
_POINT = ["lon", "lat"]


def check_positions(findings: Findings, rule: Position, boundary: gpd.GeoDataFrame | None) -> None:
    """Check the coordinates of the table (WGS84); the boundary, in EPSG:4326, may be absent."""
    schools = findings.schools
    swapped = _swapped(schools, rule.swapped.near_degrees, boundary)
    findings.add_each(
        "coordinates-swapped", rule.swapped.level, rule.swapped, swapped, columns=_POINT, also=["lat"]
    )
    if boundary is not None and not boundary.empty:
        wrong = _outside(schools, rule.outside.tolerance_m, boundary) & ~swapped
        findings.add_each(
            "outside-county", rule.outside.level, rule.outside, wrong, columns=_POINT, also=["lat"]
        )
    else:
        km, wrong = _far(schools, rule.far)
        wrong &= ~swapped
        findings.add_each(
            "far-from-county", rule.far.level, rule.far, wrong, columns=_POINT, also=["lat"], km=km.round()
        )
    _check_moves(findings, rule, told=wrong | swapped)
    rounded = schools.assign(
        lon=schools["lon"].round(rule.shared.decimals), lat=schools["lat"].round(rule.shared.decimals)
    )
    others = others_alike(rounded, ["year", "lon", "lat"], tell="school_name")
    # Two schools on one campus stay there: they are asked about once, in the last year.
    pairs = schools.assign(others=others_alike(rounded, ["year", "lon", "lat"], tell="school_id"))
    asked = pairs.sort_values("year").duplicated(["school_id", "others"], keep="last").sort_index()
    shared = (others != "") & ~asked
    findings.add_each(
        "shared-position", rule.shared.level, rule.shared, shared, columns=_POINT, also=["lat"], others=others
    )


def _far(schools: pd.DataFrame, rule: Far) -> tuple[pd.Series, pd.Series]:
    """Return each school's distance (km) from the median of its county's schools of the year, and who is far."""
    fellows = schools.groupby(["county_code", "year"])
    km = _kilometres(schools[_POINT], fellows[_POINT].transform("median"))
    return km, (km > rule.distance_km) & (fellows["lon"].transform("count") >= rule.at_least_schools)


def _check_moves(findings: Findings, rule: Position, *, told: pd.Series) -> None:
    """Ask about schools far from where they stood the year before, unless one of the two points is told already."""
    last = year_before(findings.schools, _POINT)
    km = _kilometres(findings.schools[_POINT], last)
    wrong = (km > rule.moved.distance_km) & ~told & ~last["row"].isin(np.flatnonzero(told))
    findings.add_each(
        "position-moved", rule.moved.level, rule.moved, wrong, columns=_POINT, also=["lat"], km=km.round()
    )


def _kilometres(one: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Return the distance between points row by row, in km; missing where a point is."""
    pairs = pd.concat([one[_POINT], other[_POINT].set_axis(["there_lon", "there_lat"], axis=1)], axis=1)
    known = pairs.dropna()
    lon, lat, there_lon, there_lat = (known[name].to_numpy() for name in pairs.columns)
    metres = _EARTH.inv(lon, lat, there_lon, there_lat)[2]
    return pd.Series(metres / 1000, index=known.index).reindex(one.index)


def _outside(schools: pd.DataFrame, tolerance_m: float, boundary: gpd.GeoDataFrame) -> pd.Series:
    metric = boundary.estimate_utm_crs()
    reach = boundary.to_crs(metric).buffer(tolerance_m).union_all()
    points = gpd.GeoSeries(gpd.points_from_xy(schools["lon"], schools["lat"]), crs=4326, index=schools.index)
    known = schools[["lon", "lat"]].notna().all(axis=1)
    within: pd.Series = points.to_crs(metric).within(reach)
    return known & ~within


def _swapped(schools: pd.DataFrame, near: float, boundary: gpd.GeoDataFrame | None) -> pd.Series:
    """Tell which points lie far from home as filed, and near it when read the other way round."""
    home_lon: float | pd.Series
    home_lat: float | pd.Series
    if boundary is not None and not boundary.empty:
        west, south, east, north = boundary.total_bounds
        home_lon, home_lat = (west + east) / 2, (south + north) / 2
    else:
        counties = schools.groupby("county_code")
        home_lon, home_lat = counties["lon"].transform("median"), counties["lat"].transform("median")

    def at_home(lon: pd.Series, lat: pd.Series) -> pd.Series:
        return ((lon - home_lon).abs() <= near) & ((lat - home_lat).abs() <= near)

    known = schools[["lon", "lat"]].notna().all(axis=1)
    return known & ~at_home(schools["lon"], schools["lat"]) & at_home(schools["lat"], schools["lon"])

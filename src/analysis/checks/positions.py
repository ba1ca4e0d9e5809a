"""Checks of where schools stand: outside the county, longitude and latitude swapped, two at one point."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from .checkbook import Position
from .findings import Findings
from .plausibility import others_alike


def check_positions(findings: Findings, rule: Position, boundary: gpd.GeoDataFrame | None) -> None:
    """Check the coordinates of the table (WGS84); the boundary, in EPSG:4326, may be absent."""
    schools = findings.schools
    swapped = _swapped(schools, rule.swapped.near_degrees, boundary)
    findings.add_each(
        "coordinates-swapped", rule.swapped.level, rule.swapped, swapped, columns=["lon", "lat"]
    )
    if boundary is not None and not boundary.empty:
        outside = _outside(schools, rule.outside.tolerance_m, boundary) & ~swapped
        findings.add_each("outside-county", rule.outside.level, rule.outside, outside, columns=["lon", "lat"])
    rounded = schools.assign(
        lon=schools["lon"].round(rule.shared.decimals), lat=schools["lat"].round(rule.shared.decimals)
    )
    others = others_alike(rounded, ["year", "lon", "lat"], tell="school_name")
    # Two schools on one campus stay there: they are asked about once, in the last year.
    pairs = schools.assign(others=others_alike(rounded, ["year", "lon", "lat"], tell="school_id"))
    asked = pairs.sort_values("year").duplicated(["school_id", "others"], keep="last").sort_index()
    shared = (others != "") & ~asked
    findings.add_each(
        "shared-position", rule.shared.level, rule.shared, shared, columns=["lon", "lat"], others=others
    )


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

"""Canonical tables back into the form in which the template has them."""

from __future__ import annotations

import pandas as pd

from ..sources.coordinates import System, from_wgs84
from ..sources.dataset import Dataset

# What a school is, as against what it has this year.
IDENTITY = (
    "school_id", "school_name", "county_code", "county_name", "township_code", "township_name", "urban_rural_code",
    "school_type_code", "ownership", "lon", "lat",
)  # fmt: skip
_DIGITS = 6  # of a coordinate in degrees: a tenth of a metre


def system_of(data: Dataset) -> System:
    """Return the coordinate system of the data, WGS84 where there are several."""
    return next(iter(data.systems)) if len(data.systems) == 1 else "WGS84"


def as_filed(schools: pd.DataFrame, system: System) -> pd.DataFrame:
    """Return schools with their places in the system in which the office gives them."""
    lon, lat = from_wgs84(schools["lon"], schools["lat"], system)
    filed: pd.DataFrame = schools.assign(lon=lon.round(_DIGITS), lat=lat.round(_DIGITS))
    return filed


def latest(schools: pd.DataFrame) -> pd.DataFrame:
    """Return the identity of each school of the latest year."""
    last: pd.DataFrame = schools[schools["year"] == schools["year"].max()]
    return last[list(IDENTITY)].reset_index(drop=True)

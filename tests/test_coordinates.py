"""Chinese coordinate systems: known points, and there and back within a metre."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sources.coordinates import System, from_wgs84, system_named, to_wgs84

SHIFTED: tuple[System, ...] = ("GCJ-02", "BD-09")
CHINA = {"lon": st.floats(73.6, 134.8), "lat": st.floats(18.2, 53.5)}


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the distance of two near points."""
    north = (lat - other_lat) * 111_320
    return float(np.hypot((lon - other_lon) * 111_320 * np.cos(np.radians(lat)), north))


def test_a_known_point_of_beijing() -> None:
    assert from_wgs84(116.404, 39.915, "GCJ-02") == pytest.approx((116.41024449916938, 39.91640428150164))


def test_bd09_lies_where_it_is_known_to_lie_from_gcj02() -> None:
    wgs = to_wgs84(116.404, 39.915, "GCJ-02")
    assert from_wgs84(*wgs, "BD-09") == pytest.approx((116.41036949371029, 39.92133699351021))


@pytest.mark.parametrize("system", SHIFTED)
@given(**CHINA)
def test_there_and_back_within_a_metre(system: System, lon: float, lat: float) -> None:
    there = from_wgs84(lon, lat, system)
    back = to_wgs84(*there, system)
    assert metres(lon, lat, float(back[0]), float(back[1])) < 0.01
    assert 50 < metres(lon, lat, float(there[0]), float(there[1])) < 2500  # there is something to undo


@pytest.mark.parametrize("system", SHIFTED)
@given(lon=st.floats(-179, 60), lat=st.floats(-60, 80))
def test_outside_china_nothing_moves(system: System, lon: float, lat: float) -> None:
    for moved in (to_wgs84(lon, lat, system), from_wgs84(lon, lat, system)):
        assert [float(moved[0]), float(moved[1])] == [lon, lat]


def test_missing_stays_missing_beside_what_is_there() -> None:
    lon, lat = to_wgs84([np.nan, 104.07], [30.0, 30.67], "GCJ-02")
    assert np.isnan(lon[0])
    assert 0.001 < abs(lon[1] - 104.07) < 0.01
    assert abs(lat[1] - 30.67) > 0.001


def test_cgcs2000_is_left_as_it_is() -> None:
    lon, lat = to_wgs84(104.07, 30.67, "CGCS2000")
    assert [float(lon), float(lat)] == [104.07, 30.67]


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("gcj02", "GCJ-02"),
        ("高德坐标", "GCJ-02"),
        ("百度坐标系", "BD-09"),
        ("国家2000", "CGCS2000"),
        ("北京54", None),
    ],
)
def test_systems_go_by_the_names_that_people_use(text: str, system: str | None) -> None:
    assert system_named(text) == system

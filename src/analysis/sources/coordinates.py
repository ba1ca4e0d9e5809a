"""Chinese coordinate systems: GCJ-02 and BD-09 to WGS84 and back."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
System = Literal["WGS84", "CGCS2000", "GCJ-02", "BD-09"]

_A = 6378245.0  # semi-major axis of the Krasovsky 1940 ellipsoid, m
_EE = 0.00669342162296594323  # its first eccentricity, squared
_BD_TURN = np.pi * 3000 / 180
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271  # beyond it nothing is shifted
_ROUNDS = 10  # the error of the inverse shrinks some hundredfold a round

_NAMES: dict[str, System] = {
    "WGS84": "WGS84", "WGS-84": "WGS84", "GPS": "WGS84", "EPSG:4326": "WGS84",
    "CGCS2000": "CGCS2000", "国家2000": "CGCS2000", "2000国家大地坐标系": "CGCS2000", "天地图": "CGCS2000",
    "GCJ-02": "GCJ-02", "GCJ02": "GCJ-02", "火星坐标": "GCJ-02", "高德": "GCJ-02", "腾讯": "GCJ-02",
    "BD-09": "BD-09", "BD09": "BD-09", "百度": "BD-09",
}  # fmt: skip


def system_named(text: str) -> System | None:
    """Return the coordinate system that a text names (WGS84, 高德, 百度坐标 …), None when it names none."""
    plain = text.strip().upper().replace("_", "-").removesuffix("坐标系").removesuffix("坐标")
    plain = plain.removesuffix("地图")
    names = {name.removesuffix("坐标系").removesuffix("坐标"): system for name, system in _NAMES.items()}
    return names.get(plain)


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: System) -> tuple[Floats, Floats]:
    """
    Return longitude and latitude in WGS84.

    Parameters
    ----------
    lon, lat
        Degrees, of one shape; NaN stays NaN.
    system
        The system they are in. CGCS2000 differs from WGS84 by centimetres and is left as it is; GCJ-02 and
        BD-09 are undone by iteration, to far less than a metre. Points outside China are left as they are.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if system in ("WGS84", "CGCS2000"):
        return x, y
    return _undone(x, y, system)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, system: System) -> tuple[Floats, Floats]:
    """Return WGS84 longitude and latitude (degrees) in another system; points outside China unchanged."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if system in ("WGS84", "CGCS2000"):
        return x, y
    inside = _in_china(x, y)
    shifted_x, shifted_y = _shifted(x, y, system)
    return np.where(inside, shifted_x, x), np.where(inside, shifted_y, y)


def _undone(x: Floats, y: Floats, system: System) -> tuple[Floats, Floats]:
    """Solve shifted(p) = (x, y) by fixed-point iteration: the shift varies slowly from place to place."""
    lon, lat = x.copy(), y.copy()
    for _ in range(_ROUNDS):
        shifted_lon, shifted_lat = _shifted(lon, lat, system)
        lon, lat = lon + (x - shifted_lon), lat + (y - shifted_lat)
    inside = _in_china(lon, lat)
    return np.where(inside, lon, x), np.where(inside, lat, y)


def _shifted(lon: Floats, lat: Floats, system: System) -> tuple[Floats, Floats]:
    gcj_lon, gcj_lat = _gcj02(lon, lat)
    return (gcj_lon, gcj_lat) if system == "GCJ-02" else _bd09(gcj_lon, gcj_lat)


def _in_china(lon: Floats, lat: Floats) -> Any:
    return (lon > _WEST) & (lon < _EAST) & (lat > _SOUTH) & (lat < _NORTH)


def _gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS84 by the series that GCJ-02 is known by, in metres, turned to degrees on the ellipsoid."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    shared = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root + shared
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root + shared
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    w2 = 1.0 - _EE * np.sin(phi) ** 2
    meridian = _A * (1.0 - _EE) / (w2 * np.sqrt(w2))
    normal = _A / np.sqrt(w2)
    return lon + np.degrees(east / (normal * np.cos(phi))), lat + np.degrees(north / meridian)


def _bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift GCJ-02 to BD-09: a small turn and stretch of the point seen from the origin."""
    radius = np.sqrt(lon**2 + lat**2) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006

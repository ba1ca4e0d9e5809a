"""Metres for a map: the projection of the county's zone, and the coordinate system that a map is drawn in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info, query_utm_crs_info
from pyproj.enums import PJType

from ..sources.coordinates import System, from_wgs84

_ZONE = "CGCS2000 / 3-degree Gauss-Kruger CM "  # as the EPSG register names them; "zone" is another series
_ALIKE: tuple[System, ...] = ("WGS84", "CGCS2000")  # centimetres apart

Frame = TypeVar("Frame", gpd.GeoDataFrame, gpd.GeoSeries)


def metric_crs(lon: float, lat: float) -> CRS:
    """
    Return the projection for a county about a place (WGS84, degrees), in metres.

    In China the CGCS2000 3-degree Gauss-Krüger zone whose central meridian is nearest, without zone number
    (EPSG:4534 ff.); its scale is within 4 in 10 000 of 1 in the zone. Elsewhere the UTM zone on WGS84.
    """
    meridians = {
        meridian: code
        for meridian, (code, (west, south, east, north)) in _zones().items()
        if west <= lon <= east and south <= lat <= north
    }
    if meridians:
        return _crs(meridians[min(meridians, key=lambda meridian: abs(meridian - lon))])
    here = AreaOfInterest(lon, lat, lon, lat)
    return _crs(int(query_utm_crs_info(datum_name="WGS 84", area_of_interest=here)[0].code))


@cache
def _zones() -> dict[int, tuple[int, tuple[float, float, float, float]]]:
    """Return the zones of CGCS2000 in the EPSG register: central meridian to code and area of use."""
    found = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS)
    return {
        int(zone.name.removeprefix(_ZONE).rstrip("E")): (int(zone.code), zone.area_of_use.bounds)
        for zone in found
        if zone.name.startswith(_ZONE) and zone.area_of_use is not None
    }


@cache
def _crs(code: int) -> CRS:
    return CRS.from_epsg(code)


def central_meridian(crs: CRS) -> float:
    """Return the central meridian of a transverse Mercator projection, degrees east."""
    operation = crs.coordinate_operation
    if operation is None:
        raise ValueError(f"{crs.name} is not a projection")
    return next(float(p.value) for p in operation.params if "Longitude of natural origin" in p.name)


def drawing_system(systems: Collection[System]) -> System:
    """
    Return the coordinate system to draw in: the sources' own where they all share one, else WGS84.

    Notes
    -----
    Everything read is kept in WGS84 (`Dataset`), and `Dataset.systems` says what the sources were in. Where
    school table and layers all came in GCJ-02 (or all in BD-09), `drawn` puts the points back into it: the
    inverse of the shift is exact to far less than a millimetre on paper, so the map shows the coordinates
    as they were filed and nobody has to shift or to publish others. Where they differ there is no common
    system but WGS84. CGCS2000 and WGS84 count as one. Distances are always measured in WGS84.
    """
    own: set[System] = {"WGS84" if system in _ALIKE else system for system in systems}
    return own.pop() if len(own) == 1 else "WGS84"


def drawn(frame: Frame, system: System, crs: CRS) -> Frame:
    """
    Return features in EPSG:4326 put into `system` and projected to metres.

    GCJ-02 degrees are projected as if they were CGCS2000 degrees; lengths on the map then differ by up to
    half a per cent from those on the ground (for BD-09 by up to two per cent over a few km).
    """
    if system in _ALIKE:
        return frame.to_crs(crs)

    def shifted(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(from_wgs84(points[:, 0], points[:, 1], system))

    shapes = frame.geometry
    moved = gpd.GeoSeries(shapely.transform(shapes.to_numpy(), shifted), index=shapes.index, crs=4326)
    return (moved if isinstance(frame, gpd.GeoSeries) else frame.set_geometry(moved)).to_crs(crs)


@dataclass(frozen=True)
class Ground:
    """
    What the maps of one county stand on: its layers in metres, all in one projection.

    `schools`: one row a school with its name, township and point (None where its place is unknown).
    `system`: the coordinate system the points are in before they are projected.
    """

    schools: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame | None
    boundary: gpd.GeoDataFrame | None
    settlements: gpd.GeoDataFrame | None
    crs: CRS
    system: System

    @property
    def has_points(self) -> bool:
        """Whether the place of any school is known."""
        return bool(self.schools.geometry.notna().any())

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all that is to be seen, metres."""
        layers = (self.townships, self.boundary, self.schools)
        boxes = np.array([layer.total_bounds for layer in layers if layer is not None and len(layer)])
        (west, south), (east, north) = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
        return float(west), float(south), float(east), float(north)


def lay_ground(
    schools: gpd.GeoDataFrame,
    layers: Mapping[str, gpd.GeoDataFrame | None],
    systems: Collection[System] = (),
) -> Ground | None:
    """
    Return the ground of a county's maps; None where neither a school nor a layer has a place.

    Parameters
    ----------
    schools
        Schools of one year (`places.placed_schools`), EPSG:4326.
    layers
        `townships`, `boundary`, `settlements`, EPSG:4326 or None.
    systems
        The coordinate systems that the sources were in (`Dataset.systems`), see `drawing_system`.
    """
    known = [schools, *(layer for layer in layers.values() if layer is not None)]
    known = [layer for layer in known if layer.geometry.notna().any()]
    if not known:
        return None
    boxes = np.array([layer.total_bounds for layer in known])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    crs, system = metric_crs((west + east) / 2, (south + north) / 2), drawing_system(systems)
    moved = {
        name: None if layers.get(name) is None else drawn(layers[name], system, crs)
        for name in ("townships", "boundary", "settlements")
    }
    return Ground(schools=drawn(schools, system, crs), crs=crs, system=system, **moved)

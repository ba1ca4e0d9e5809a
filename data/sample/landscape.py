"""The map of the invented county: townships with natural-looking borders, villages, and where schools stand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import polygonize, unary_union

_KM_PER_DEGREE = 111.32
_DIGITS = 5


class Landscape:
    """Polygons and points in km east and north of the county's centre; `place` turns them to WGS84."""

    def __init__(self, county: dict[str, Any]) -> None:
        self.rng = np.random.default_rng([county["seed"], 3])
        self.county = county
        self.scale = (county["half_width_km"], county["half_height_km"])
        self.seats = {
            township["name"]: Point(township["at"][0] * self.scale[0], township["at"][1] * self.scale[1])
            for township in county["townships"]
        }
        self.townships = self._townships()
        self.villages = self._villages()

    def place(self, point: Point) -> tuple[float, float]:
        """Return longitude and latitude (WGS84, degrees)."""
        lon, lat = self.county["centre"]
        east = point.x / (_KM_PER_DEGREE * math.cos(math.radians(lat)))
        return round(lon + east, _DIGITS + 1), round(lat + point.y / _KM_PER_DEGREE, _DIGITS + 1)

    def school(self, school: dict[str, Any], index: int) -> Point:
        """Return where a school stands: about the township's seat, or in one of its villages."""
        rng = np.random.default_rng([self.county["seed"], 4, index])
        near = self.seats[school["township"]]
        reach = 1.6 if school["level"] in ("seat", "private") else 0.5
        if school["area"] == "220":
            near = self.villages[school["township"]][index % 5][0]
            reach = 0.2
        return Point(near.x + rng.normal(0, reach), near.y + rng.normal(0, reach))

    def layers(self) -> dict[str, dict[str, Any]]:
        """Return townships, boundary and settlements as GeoJSON (WGS84)."""
        codes = {township["name"]: township["code"] for township in self.county["townships"]}
        county = {"county_code": self.county["code"], "county_name": self.county["name"]["zh"]}
        townships = [
            self._feature(shape, {"township_code": codes[name], "township_name": name, **county})
            for name, shape in self.townships.items()
        ]
        outline = unary_union(list(self.townships.values()))
        settlements = [
            self._feature(
                point, {"settlement_name": called, "population": people, "township_code": codes[name]}
            )
            for name, villages in self.villages.items()
            for point, called, people in villages
        ]
        return {
            "townships": _collection(townships),
            "boundary": _collection([self._feature(outline, county)]),
            "settlements": _collection(settlements),
        }

    def _townships(self) -> dict[str, Polygon]:
        angles = np.linspace(0, 2 * math.pi, 40, endpoint=False)
        radius = 1 + 0.07 * np.sin(3 * angles + 1) + 0.05 * np.sin(5 * angles) + self.rng.normal(0, 0.02, 40)
        hull = Polygon(
            zip(self.scale[0] * radius * np.cos(angles), self.scale[1] * radius * np.sin(angles), strict=True)
        )
        points = shapely.MultiPoint(list(self.seats.values()))
        cells = [cell.intersection(hull) for cell in shapely.voronoi_polygons(points, extend_to=hull).geoms]
        edges = shapely.get_parts(shapely.node(shapely.GeometryCollection([cell.boundary for cell in cells])))
        wound = [self._wound(edge) for edge in edges]
        found = list(polygonize(unary_union(wound)))
        return {
            name: next(shape for shape in found if shape.contains(seat)) for name, seat in self.seats.items()
        }

    def _wound(self, edge: LineString) -> LineString:
        """Bend a straight edge as rivers and ridges do: midpoints pushed aside, less each time."""
        points = np.array(edge.coords)
        for _ in range(4):
            middle = (points[1:] + points[:-1]) / 2
            along = points[1:] - points[:-1]
            aside = np.column_stack([-along[:, 1], along[:, 0]]) * self.rng.normal(0, 0.11, (len(along), 1))
            woven = np.empty((len(points) + len(middle), 2))
            woven[0::2], woven[1::2] = points, middle + aside
            points = woven
        return LineString(points)

    def _villages(self) -> dict[str, list[tuple[Point, str, int]]]:
        first = "上下前后东西南北大小新老高平长"
        last = "河沟坪湾坡庄堡泉井岭滩川"
        villages: dict[str, list[tuple[Point, str, int]]] = {}
        taken: set[str] = set()
        for township in self.county["townships"]:
            name, shape = township["name"], self.townships[township["name"]]
            found = [(self.seats[name], f"{name}驻地", int(township["people"]))]
            while len(found) < 12:
                called = self.rng.choice(list(first)) + self.rng.choice(list(last)) + "村"
                west, south, east, north = shape.bounds
                point = Point(self.rng.uniform(west, east), self.rng.uniform(south, north))
                far = min(point.distance(other) for other, _, _ in found) > 1.5
                if called not in taken and far and shape.buffer(-1).contains(point):
                    taken.add(called)
                    found.append((point, called, int(self.rng.lognormal(6.5, 0.45))))
            villages[name] = found[1:] + found[:1]
        return villages

    def _feature(self, shape: Any, properties: dict[str, Any]) -> dict[str, Any]:
        lon, lat = self.county["centre"]
        at = np.array([_KM_PER_DEGREE * math.cos(math.radians(lat)), _KM_PER_DEGREE])
        moved = shapely.transform(shape, lambda xy: np.round(xy / at + [lon, lat], _DIGITS))
        return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(moved)}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}

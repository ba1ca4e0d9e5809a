"""Map layers: county boundary, townships, settlements, in any common format, to EPSG:4326."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .. import schema
from ..errors import Fault, JunhengError, Level, Place, refuse
from .coordinates import Floats, System, to_wgs84
from .filekind import file_fault
from .headers import normalised
from .values import as_texts

Kind = Literal["boundary", "townships", "settlements"]

COLUMNS: dict[Kind, tuple[str, ...]] = {
    "boundary": ("county_code", "county_name"),
    "townships": ("township_code", "township_name", "county_code"),
    "settlements": ("settlement_name", "population", "township_code", "county_code"),
}
ALIASES = {
    "settlement_name": ("居民点名称", "居民点", "村名", "名称", "name"),
    "population": ("人口", "人口数", "常住人口", "户籍人口", "总人口", "pop"),
}
_POINTS = ("Point", "MultiPoint")
_SURFACES = ("Polygon", "MultiPolygon")
_DBF_NAME = 10  # a dbf keeps no more bytes of a column's name


@dataclass(frozen=True)
class Layer:
    """A layer read: what it shows, its features in EPSG:4326, and remarks."""

    kind: Kind
    frame: gpd.GeoDataFrame
    faults: list[Fault] = field(default_factory=list)


def read_layer(
    path: Path, *, coordinates: System = "WGS84", columns: Mapping[str, Sequence[str]] | None = None
) -> Layer:
    """
    Read a layer of polygons (boundary, townships) or points (settlements).

    Parameters
    ----------
    path
        GeoJSON, GeoPackage or shapefile (with its .dbf and .shx; a .cpg is respected, without one the
        attributes are UTF-8 or GB18030).
    coordinates
        The system that the longitudes and latitudes are in.
    columns
        Canonical column to further attribute names, beside the registry's names and aliases.

    Returns
    -------
    The layer with the columns of `COLUMNS[kind]` (missing where the file has none) and `geometry`.

    Raises
    ------
    JunhengError
        The file is not what its name says, cannot be read, has no features, or neither points nor areas.
    """
    fault = file_fault(path)
    if fault:
        raise JunhengError(fault)
    raw = _read(path)
    raw = raw[~(raw.geometry.isna() | raw.geometry.is_empty)]
    if raw.empty:
        raise refuse("empty-layer", "图层里没有要素。", "the layer has no features.", file=path.name)
    frame, remarks = _in_degrees(raw, path)
    frame = frame.set_geometry(_moved(frame.geometry, coordinates))
    found = _attributes(frame, columns or {})
    kind = _kind(path, frame, found)
    frame, mended = _mended(frame, kind, path)
    table = pd.DataFrame(index=frame.index)
    for name in COLUMNS[kind]:
        table[name] = _values(frame, found.get(name), name)
    layer = gpd.GeoDataFrame(table, geometry=frame.geometry, crs=4326).reset_index(drop=True)
    return Layer(kind, layer, remarks + mended + _wrong_population(path, frame, found, layer))


def points_layer(table: pd.DataFrame, *, coordinates: System = "WGS84") -> gpd.GeoDataFrame:
    """Return settlements from a table with `lon`, `lat` and the columns of `COLUMNS["settlements"]`."""
    lon, lat = to_wgs84(table["lon"], table["lat"], coordinates)
    kept = table.reindex(columns=list(COLUMNS["settlements"]))
    return gpd.GeoDataFrame(kept, geometry=gpd.points_from_xy(lon, lat), crs=4326).reset_index(drop=True)


def of_county(layer: gpd.GeoDataFrame | None, county: str) -> gpd.GeoDataFrame | None:
    """
    Return a county's part of a layer.

    By its county code, else by a township code that begins with it; a layer that has neither is taken to
    be the county's. None when the layer names other counties only.
    """
    if layer is None:
        return None
    by_county = layer["county_code"]
    if by_county.notna().any():
        mine = by_county == county
    elif "township_code" in layer and layer["township_code"].notna().any():
        mine = layer["township_code"].str.startswith(county, na=False)
    else:
        return layer
    return layer[mine].reset_index(drop=True) if mine.any() else None


def _read(path: Path) -> gpd.GeoDataFrame:
    try:
        if path.suffix.lower() != ".shp":
            return gpd.read_file(path)
        return _decoded(gpd.read_file(path, encoding="ISO-8859-1"), path)  # which keeps every byte
    except (OSError, RuntimeError, ValueError) as error:  # pyogrio's errors are RuntimeErrors
        raise refuse(
            "damaged-layer",
            "图层读不出来;Shapefile须与同名的.dbf、.shx放在一起。",
            "the layer cannot be read; a shapefile needs its .dbf and .shx beside it.",
            file=path.name,
        ) from error


def _decoded(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """
    Decode the attributes of a shapefile by the .cpg beside it, else as UTF-8 or GB18030, as their bytes allow.

    Names of attributes may be cut inside a character: a dbf keeps ten bytes of them.
    """
    texts = frame.select_dtypes(["object", "str"])
    values = [text.encode("latin-1") for name in texts for text in frame[name].dropna().unique()]
    encoding = next((e for e in (*_declared(path), "utf-8", "gb18030") if _all_are(values, e)), "latin-1")

    def decoded(text: str) -> str:
        return text.encode("latin-1").decode(encoding, errors="ignore")

    for name in texts:
        frame[name] = frame[name].map(decoded, na_action="ignore")
    return frame.rename(columns={name: decoded(str(name)) for name in frame.columns})


def _declared(path: Path) -> list[str]:
    cpg = path.with_suffix(".cpg")
    declared = cpg.read_text(encoding="ascii", errors="ignore").strip().lower() if cpg.is_file() else ""
    declared = {"65001": "utf-8", "936": "gb18030", "54936": "gb18030", "gbk": "gb18030"}.get(
        declared, declared
    )
    try:
        return [codecs.lookup(declared).name] if declared else []
    except LookupError:
        return []


def _all_are(values: Sequence[bytes], encoding: str) -> bool:
    try:
        for value in values:
            value.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _in_degrees(raw: gpd.GeoDataFrame, path: Path) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Return the layer in degrees; one that does not say its projection must already be in degrees."""
    if raw.crs is not None:
        return raw.to_crs(4326), []
    west, south, east, north = raw.total_bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise refuse(
            "no-projection",
            "图层没有说明投影,坐标也不是经纬度。请附上.prj,或另存为GeoJSON。",
            "the layer names no projection and its coordinates are not degrees; add the .prj or save as GeoJSON.",
            file=path.name,
        )
    remark = Fault(
        "no-projection",
        "图层没有说明投影,按经纬度读入。",
        "the layer names no projection; read as longitude and latitude.",
        Place(path.name),
        Level.NOTE,
    )
    return raw.set_crs(4326), [remark]


def _moved(shapes: gpd.GeoSeries, system: System) -> gpd.GeoSeries:
    def move(points: Floats) -> Floats:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], system))

    moved = shapely.transform(shapely.force_2d(shapes.to_numpy()), move)
    return gpd.GeoSeries(moved, index=shapes.index, crs=4326)


def _attributes(frame: gpd.GeoDataFrame, given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return canonical column to the attribute of the layer that holds it."""
    registry = schema.columns()
    found: dict[str, str] = {}
    for name in {name for names in COLUMNS.values() for name in names}:
        usual = (registry[name].zh, *registry[name].aliases) if name in registry else ALIASES[name]
        whole = (*given.get(name, ()), name, *usual)
        cut = (text.encode()[:_DBF_NAME].decode(errors="ignore") for text in whole)
        wanted = {normalised(text) for text in (*whole, *cut)}
        for attribute in frame.columns.drop("geometry", errors="ignore"):
            if normalised(str(attribute)) in wanted:
                found.setdefault(name, str(attribute))
    return found


def _kind(path: Path, frame: gpd.GeoDataFrame, found: Mapping[str, str]) -> Kind:
    types = frame.geometry.geom_type
    if types.isin(_POINTS).all():
        return "settlements"
    if not types.isin((*_SURFACES, "GeometryCollection")).all():
        raise refuse(
            "wrong-geometry",
            "图层应全是面(县界、乡镇)或全是点(居民点)。",
            "a layer must be all areas (boundary, townships) or all points (settlements).",
            file=path.name,
            value="、".join(sorted(types.unique())),
        )
    return "townships" if "township_code" in found or "township_name" in found else "boundary"


def _mended(frame: gpd.GeoDataFrame, kind: Kind, path: Path) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    wrong = ~frame.geometry.is_valid
    if kind == "settlements" or not wrong.any():
        return frame, []
    shapes = frame.geometry.where(~wrong, frame.geometry.make_valid(method="structure", keep_collapsed=False))
    remark = Fault(
        "mended-geometry",
        f"有{int(wrong.sum())}个面的边界自相交等,已修正。",
        f"{int(wrong.sum())} area(s) had invalid outlines, such as crossing themselves; mended.",
        Place(path.name),
        Level.NOTE,
    )
    return frame.set_geometry(shapes), [remark]


def _values(frame: gpd.GeoDataFrame, attribute: str | None, name: str) -> pd.Series:
    if name == "population":
        given = frame[attribute] if attribute else pd.Series(np.nan, index=frame.index)
        numbers = pd.to_numeric(given, errors="coerce").astype("float64")
        return numbers.where(numbers >= 0)
    if attribute is None:
        return pd.Series(None, index=frame.index, dtype="str")
    return as_texts(frame[attribute])


def _wrong_population(
    path: Path, frame: gpd.GeoDataFrame, found: Mapping[str, str], layer: gpd.GeoDataFrame
) -> list[Fault]:
    if "population" not in found or "population" not in layer:
        return []
    given = as_texts(frame[found["population"]].reset_index(drop=True))
    bad = given[given.notna() & layer["population"].isna()]
    if bad.empty:
        return []
    return [
        Fault(
            "not-a-number",
            f"有{len(bad)}处人口不是不小于0的数字。",
            f"{len(bad)} population figure(s) are not numbers ≥ 0.",
            Place(path.name, column=found["population"], value=str(bad.iloc[0])),
            columns=("population",),
        )
    ]

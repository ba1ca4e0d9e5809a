"""Maps, by their artists: right scale, right places, every class in the key, no label on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.legend import Legend
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import Geod, Transformer
from shapely.geometry import Point, box

from analysis import maps, style
from analysis.errors import Lang
from analysis.ground import distances, places
from analysis.ground.norms import norms
from analysis.ground.projection import Ground, central_meridian, drawn, lay_ground, metric_crs
from analysis.maps import points
from analysis.maps.frame import densest
from analysis.maps.furniture import figure_of
from analysis.maps.labels import Label, Labels
from analysis.schema import Words
from analysis.sources.coordinates import System, from_wgs84, to_wgs84
from analysis.standards import load_standard

pytestmark = pytest.mark.filterwarnings("error")  # a missing glyph is a warning

LANGS: tuple[Lang, ...] = ("zh", "en")
QUALITY = load_standard("cn-quality-2017")
SOURCE = Words(zh="学校数据.xlsx,2025/2026学年初", en="学校数据.xlsx, start of the 2025/2026 school year")
LON, LAT = 101.9, 40.0
COLUMNS = {f"{ew}{ns}镇": (LON + x, LAT + y) for ew, x in (("东", 0.0), ("西", -0.2), ("远", 0.2)) for ns, y in (("北", 0.0), ("南", -0.2))}  # fmt: skip
AREA = "teaching_area_per_pupil"


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def _layers() -> dict[str, gpd.GeoDataFrame | None]:
    codes = [f"990101{100 + i}" for i in range(len(COLUMNS))]
    frame = pd.DataFrame(
        {"township_code": codes, "township_name": list(COLUMNS), "county_code": "990101"}
    ).astype("str")
    shapes = [box(x, y, x + 0.2, y + 0.2) for x, y in COLUMNS.values()]
    townships = gpd.GeoDataFrame(frame, geometry=shapes, crs=4326)
    rng = np.random.default_rng(7)
    at = rng.uniform([LON - 0.2, LAT - 0.2], [LON + 0.4, LAT + 0.2], (60, 2))
    people = {
        "settlement_name": [f"{i}号村" for i in range(60)],
        "population": rng.integers(100, 20_000, 60).astype(float),
    }
    settlements = gpd.GeoDataFrame(people, geometry=gpd.points_from_xy(*at.T), crs=4326)
    return {"townships": townships, "boundary": None, "settlements": settlements}


def _schools(n: int = 30, crowded: int = 9) -> pd.DataFrame:
    """Return schools all over the county, the first `crowded` of them in one town."""
    rng = np.random.default_rng(3)
    at = rng.uniform([LON - 0.19, LAT - 0.19], [LON + 0.39, LAT + 0.19], (n, 2))
    at[:crowded] = np.array([LON + 0.1, LAT + 0.1]) + rng.uniform(-0.01, 0.01, (crowded, 2))
    texts = {
        "school_id": [f"21{i:08}" for i in range(n)],
        "school_name": [f"示例县第{i}中心小学" for i in range(n)],
    }
    frame = pd.DataFrame(texts | {"township_code": None, "township_name": None}).astype("str")
    sizes = {"lon": at[:, 0], "lat": at[:, 1], "pupils": rng.integers(20, 1800, n).astype(float),
             "largest_class_primary": rng.integers(20, 75, n).astype(float)}  # fmt: skip
    return frame.assign(**sizes)


def _units(schools: pd.DataFrame) -> gpd.GeoDataFrame:
    verdicts = np.resize(["pass", "fail", "undetermined", "fail", "out"], len(schools))
    placed = places.placed_schools(schools, _layers()["townships"])
    return placed.assign(stage="primary", kind="primary", pupils=schools["pupils"], verdict=verdicts)


def _ground(
    schools: pd.DataFrame | None = None, systems: frozenset[System] = frozenset(), *, bare: bool = False
) -> Ground:
    schools = _schools() if schools is None else schools
    layers = {} if bare else _layers()
    ground = lay_ground(places.placed_schools(schools), layers, systems)
    assert ground is not None
    return ground


def _values() -> pd.DataFrame:
    found = {"township": [f"990101{100 + i}" for i in range(5)], "township_name": list(COLUMNS)[:5],
             "value": [5.0, 4.496, 3.0, np.nan, 6.25], "status": ["met", "floor", "below", "missing", "met"]}  # fmt: skip
    rows = pd.DataFrame(found).assign(stage="primary", threshold=4.5, floor=3.825, better="higher")
    return pd.concat([rows.assign(indicator=i.id) for i in QUALITY.indicators], ignore_index=True)


def _school_map(lang: Lang, schools: pd.DataFrame | None = None, bare: bool = False) -> Axes:
    schools = _schools() if schools is None else schools
    ground = _ground(schools, bare=bare)
    return maps.school_map(
        ground, drawn(_units(schools), ground.system, ground.crs), "primary", source=SOURCE, lang=lang
    )


def _distance_map(lang: Lang, *, stand_in: bool = False) -> Axes:
    layers, ground = _layers(), _ground()
    homes = distances.origins(None if stand_in else layers["settlements"], layers["townships"])
    assert homes is not None
    units = _units(_schools())
    nearest = distances.nearest_schools(homes, units, ["primary"])
    return maps.distance_map(
        ground, nearest.to_crs(ground.crs), units.to_crs(ground.crs), "primary",
        norms=norms(), source=SOURCE, lang=lang, stand_in=stand_in,
    )  # fmt: skip


def _class_map(lang: Lang) -> Axes:
    ground = _ground()
    sizes = places.class_sizes(_schools(), _units(_schools()), QUALITY, norms()).to_crs(ground.crs)
    return maps.class_map(ground, sizes, "primary", norms=norms(), source=SOURCE, lang=lang)


def _township_map(lang: Lang, scheme: str | None = None) -> Axes:
    indicator = QUALITY.indicator(AREA)
    return maps.township_map(
        _ground(), _values(), indicator, "primary", source=SOURCE, lang=lang, scheme=scheme
    )


DRAWN: dict[str, Callable[[Lang], Axes]] = {
    "schools": _school_map,
    "schools without polygons": lambda lang: _school_map(lang, bare=True),
    "one school": lambda lang: _school_map(lang, _schools(1, 0), bare=True),
    "distances": _distance_map,
    "distances of township points": lambda lang: _distance_map(lang, stand_in=True),
    "classes": _class_map,
    "townships by law": _township_map,
    "townships explored": lambda lang: _township_map(lang, "FisherJenks"),
    "townships, all indicators": lambda lang: maps.township_panels(
        _ground(), _values(), "primary", rules=QUALITY, source=SOURCE, lang=lang
    ),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", DRAWN)
def test_no_label_covers_another_or_is_cut_and_the_sheet_fits(name: str, lang: Lang) -> None:
    fig = figure_of(DRAWN[name](lang))
    style.note(fig, "示例数据 · 非真实 / invented data", lang=lang)  # as the story adds
    assert style.overlapping_labels(fig) == []
    assert style.clipped_labels(fig) == []
    assert fig.get_figwidth() * 2.54 <= style.TEXT_WIDTH_CM + 1e-9
    assert fig.get_figheight() * 2.54 <= 22.5
    foot = " ".join(text.get_text() for text in fig.texts)
    assert "审图号" in foot
    assert "底图来源" in foot
    assert ("示意图" if lang == "zh" else "Sketch map") in foot
    assert "学校数据.xlsx" in foot.replace("\n", "")


# The scale


PLACES: list[tuple[System, float, float]] = [
    ("WGS84", 101.9, 40.0),
    ("WGS84", 124.6, 52.8),
    ("WGS84", -36.6, -9.7),
    ("GCJ-02", 100.4, 21.9),
    ("GCJ-02", 87.2, 43.8),
]


@pytest.mark.parametrize(("system", "lon", "lat"), PLACES)
def test_the_scale_bar_is_right_within_one_per_cent_of_the_geodesic(
    system: System, lon: float, lat: float
) -> None:
    schools = _schools().assign(lon=lambda f: f["lon"] - LON + lon, lat=lambda f: f["lat"] - LAT + lat)
    ground = _ground(schools, frozenset({system}), bare=True)
    ax = maps.school_map(
        ground, drawn(_units(schools), system, ground.crs), "primary", source=SOURCE, lang="zh"
    )
    pixels, metres = _bar(ax)
    # From pixels back to the ground: to the data, to degrees in the sources' system, to WGS84.
    middle = ax.get_window_extent().get_points().mean(axis=0)
    ends = [(middle[0] - pixels / 2, middle[1]), (middle[0] + pixels / 2, middle[1])]
    back = Transformer.from_crs(ground.crs, 4326, always_xy=True)
    seen_lon, seen_lat = back.transform(*ax.transData.inverted().transform(ends).T)
    x, y = to_wgs84(seen_lon, seen_lat, system)
    assert metres == pytest.approx(Geod(ellps="WGS84").inv(x[0], y[0], x[1], y[1])[2], rel=0.01)


def _bar(ax: Axes) -> tuple[float, float]:
    """Return the length of the scale bar as it is printed, in pixels, and the metres written beside it."""
    fig = figure_of(ax)
    fig.set_dpi(300)
    fig.canvas.draw()
    bar = next(artist for artist in ax.artists if isinstance(artist, ScaleBar)).info
    image = np.asarray(fig.canvas.buffer_rgba())[::-1, :, 0]  # type: ignore[attr-defined]
    x0, y0, x1, y1 = (int(end) for end in bar.window_extent.extents)
    dark = image[y0:y1, x0:x1] < 128
    runs = [len(run) for row in dark for run in "".join("x" if d else " " for d in row).split()]
    return float(max(runs)), bar.value * {"m": 1, "km": 1000}[bar.units]


def test_the_zone_is_the_nearest_of_cgcs2000_and_utm_abroad() -> None:
    assert (metric_crs(101.9, 40.0).to_epsg(), central_meridian(metric_crs(101.9, 40.0))) == (4543, 102)
    assert central_meridian(metric_crs(100.4, 25.0)) == 99
    assert central_meridian(metric_crs(100.6, 25.0)) == 102
    assert metric_crs(-36.6, -9.7).to_epsg() == 32724


def test_north_is_up_and_east_is_right() -> None:
    ground = _ground()
    at = drawn(
        gpd.GeoSeries([Point(LON, LAT), Point(LON + 0.1, LAT), Point(LON, LAT + 0.1)], crs=4326),
        "WGS84",
        ground.crs,
    )
    assert at.iloc[1].x - at.iloc[0].x > 8000
    assert at.iloc[2].y - at.iloc[0].y > 11_000


def test_places_are_drawn_as_filed_where_every_source_shares_a_shifted_system() -> None:
    schools = _schools(5, 0)
    ground = _ground(schools, frozenset({"GCJ-02"}), bare=True)
    assert ground.system == "GCJ-02"
    lon, lat = from_wgs84(schools["lon"], schools["lat"], "GCJ-02")  # what the office filed
    filed = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).to_crs(ground.crs)
    assert ground.schools.geometry.distance(filed).max() < 0.01
    assert ground.schools.geometry.distance(_ground(schools, bare=True).schools.geometry).min() > 100


def test_without_any_place_there_is_no_ground() -> None:
    nowhere = _schools(3, 0).assign(lon=np.nan)
    assert lay_ground(places.placed_schools(nowhere), {}) is None


# Schools


def _symbols(ax: Axes) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for cloud in ax.collections:
        label = str(cloud.get_label())
        if label in points.VERDICT_MARKS:
            found.setdefault(label, []).extend(map(tuple, np.asarray(cloud.get_offsets())))
    return found


def test_every_placed_school_is_drawn_once_on_the_map_or_in_its_inset() -> None:
    ax = _school_map("zh")
    inset = next(a for a in figure_of(ax).axes if a.get_label() == "inset")
    whole, apart = _symbols(ax), _symbols(inset)
    assert sum(map(len, apart.values())) >= 9
    ground = _ground()
    expected = _units(_schools()).to_crs(ground.crs)
    for verdict, rows in expected.groupby("verdict"):
        at = sorted(whole.get(str(verdict), []) + apart.get(str(verdict), []))
        assert np.allclose(at, sorted(zip(rows.geometry.x, rows.geometry.y, strict=True)))
    assert any("附图" in text.get_text() for text in ax.texts)


def test_a_verdict_has_its_own_colour_and_its_own_shape() -> None:
    looks = [(mark.fill, mark.marker) for mark in points.VERDICT_MARKS.values()]
    shapes = {name: mark.marker for name, mark in points.VERDICT_MARKS.items()}
    assert len(set(looks)) == len(looks)
    assert len({shapes[v] for v in ("pass", "fail", "undetermined", "out")}) == 4


def test_symbols_grow_with_pupils_and_missing_pupils_are_told() -> None:
    schools = _schools(6, 0).assign(pupils=[1600.0, 400.0, 100.0, np.nan, 800.0, 200.0])
    units = _units(schools).assign(verdict="pass")
    ground = _ground(schools)
    ax = maps.school_map(ground, units.to_crs(ground.crs), "primary", source=SOURCE, lang="zh")
    sizes = [float(c.get_sizes()[0]) for c in ax.collections if str(c.get_label()) == "pass"]  # type: ignore[attr-defined]
    assert sizes[:4] == pytest.approx([sizes[0], sizes[0] / 2, sizes[0] / 4, sizes[0] / 8])
    assert "学生数缺" in _key(ax)


def test_schools_without_a_place_are_counted_in_the_key() -> None:
    schools = _schools()
    schools.loc[20:22, "lon"] = np.nan
    assert "缺坐标未绘：3所" in _key(_school_map("zh", schools))


def test_an_inset_shows_the_crowd_and_only_where_there_is_one() -> None:
    ground = _ground()
    rng = np.random.default_rng(1)
    west, south, east, north = ground.bounds
    apart = np.array([(x, y) for x in np.linspace(west, east, 5) for y in np.linspace(south, north, 4)])
    crowd = np.array([west + 9000, south + 9000]) + rng.uniform(-500, 500, (8, 2))
    assert densest(apart, ground) is None
    assert densest(crowd, ground) is None  # the map itself is of this place
    extent = densest(np.vstack([apart, crowd]), ground)
    assert extent is not None
    assert extent[0] < crowd[:, 0].min()
    assert extent[3] > crowd[:, 1].max()
    assert extent[2] - extent[0] < 5000


# Townships


def test_fixed_classes_show_threshold_floor_missing_and_no_unit() -> None:
    ax = _township_map("zh")
    fills = {
        (to_hex(tuple(np.asarray(c.get_facecolor())[0])).upper(), c.get_hatch() or "")
        for c in ax.collections
        if len(np.asarray(c.get_facecolor()))
    }
    for status in ("met", "floor", "below", "missing"):
        mark = style.STATUS[status]
        assert (mark.fill.upper(), mark.hatch) in fills
    key = _key(ax)
    assert {"达到标准", "缺数据", "无纳入评估的办学单位"} <= set(key)
    written = "\n".join(text.get_text() for text in ax.texts)
    assert "4.496" in written  # never rounded onto the threshold
    assert "4.50" not in written


@pytest.mark.parametrize("scheme", ["FisherJenks", "Quantiles", "EqualInterval"])
def test_explored_classes_hold_every_value_once_and_hatch_what_is_missing(scheme: str) -> None:
    key = _key(_township_map("en", scheme))
    assert {"no figure", "no unit in scope"} <= set(key)
    bounds = [float(end) for label in key for end in label.split(" – ") if end.replace(".", "").isdigit()]
    assert {3.0, 6.25} <= set(bounds)
    assert bounds == sorted(bounds)


def test_one_value_is_one_class() -> None:
    same = _values().assign(value=5.0)
    ax = maps.township_map(
        _ground(), same, QUALITY.indicator(AREA), "primary", source=SOURCE, lang="zh", scheme="FisherJenks"
    )
    assert "5.00" in _key(ax)


def test_small_maps_share_one_scale() -> None:
    ax = DRAWN["townships, all indicators"]("zh")
    fig = figure_of(ax)
    fig.canvas.draw()
    scales = {
        round(float(a.transData.transform((1, 0))[0] - a.transData.transform((0, 0))[0]), 9) for a in fig.axes
    }
    assert len(scales) == 1
    assert len(fig.axes) == len(QUALITY.indicators) + 2


def test_without_thresholds_small_maps_show_thirds() -> None:
    values = _values().assign(threshold=np.nan, floor=np.nan)
    values["status"] = values["status"].where(values["status"] == "missing", "unjudged")
    more = QUALITY.model_copy(
        update={"indicators": (*QUALITY.indicators, QUALITY.indicators[0])}
    )  # a row more
    ax = maps.township_panels(_ground(), values, "primary", rules=more, source=SOURCE, lang="zh")
    fig = figure_of(ax)
    style.note(fig, "示例数据 · 非真实 / invented data", lang="zh")
    assert style.overlapping_labels(fig) == []
    legend = next(a for cell in fig.axes for a in cell.get_children() if isinstance(a, Legend))
    told = [text.get_text().replace("\n", "") for text in legend.get_texts()]
    assert told == [
        "缺数据",
        "无纳入评估的办学单位",
        "数值较低的三分之一",
        "数值居中的三分之一",
        "数值较高的三分之一",
    ]


def test_without_polygons_townships_cannot_be_filled() -> None:
    with pytest.raises(ValueError, match="polygons"):
        maps.township_map(
            _ground(bare=True), _values(), QUALITY.indicator(AREA), "primary", source=SOURCE, lang="zh"
        )


# Distances


def test_the_map_of_distances_says_when_points_stand_in() -> None:
    assert any("代替居民点" in text.replace("\n", "") for text in _key(_distance_map("zh", stand_in=True)))
    assert not any("代替" in text for text in _key(_distance_map("zh")))


def test_settlements_are_coloured_by_the_norms_of_their_distance() -> None:
    ax = _distance_map("zh")
    cloud = next(c for c in ax.collections if c.get_label() == "_places")
    homes = distances.origins(_layers()["settlements"], None)
    assert homes is not None
    nearest = distances.nearest_schools(homes, _units(_schools()), ["primary"])
    nearest = nearest.sort_values(["population", "name"], ascending=[False, True])
    darkness = -np.asarray(cloud.get_facecolor())[:, :3].sum(axis=1)
    order = np.searchsorted([0.5, 2, 2.5, 5], nearest["km"], side="left")
    by_class = pd.Series(darkness).groupby(order)
    assert by_class.nunique().max() == 1
    assert by_class.first().is_monotonic_increasing


# Labels


def test_a_label_without_room_is_left_out_and_told() -> None:
    fig, ax = plt.subplots(figsize=(3, 3))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    labels = Labels(ax)
    left = labels.place([Label(0.5, 0.5, f"number {i}", radius=3) for i in range(60)])
    assert 0 < len(left) < 60
    assert len([t for t in ax.texts if t.get_text()]) == 60 - len(left)
    assert style.overlapping_labels(fig) == []


def test_labels_keep_off_symbols() -> None:
    _, ax = plt.subplots(figsize=(3, 3))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    labels = Labels(ax)
    labels.keep_clear(np.array([[0.5, 0.5], [0.6, 0.5]]), np.array([4.0, 4.0]))
    assert labels.place([Label(0.5, 0.5, "left of it", radius=4)]) == []
    box_ = ax.texts[-1].get_window_extent()
    assert box_.x1 < ax.transData.transform((0.5, 0.5))[0]


def _key(ax: Axes) -> list[str]:
    key = next(a for a in figure_of(ax).axes if a.get_label() == "key")
    legends = [artist for artist in key.get_children() if isinstance(artist, Legend)]
    texts = [text.get_text() for legend in legends for text in (legend.get_title(), *legend.get_texts())]
    return [text.replace("\n", "") for text in texts if text]

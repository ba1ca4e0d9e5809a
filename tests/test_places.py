"""Measures of places: townships, distances, large classes, and the norms they are held against."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import MultiPoint, Point, box

from analysis.errors import JunhengError
from analysis.ground import distances, places
from analysis.ground.norms import load_norms, norms
from analysis.ground.projection import drawing_system
from analysis.shipped import params
from analysis.standards import load_standard
from analysis.wording import distances as of_distances
from analysis.wording import places as words

QUALITY = load_standard("cn-quality-2017")
LON, LAT = 101.9, 40.0


def _townships() -> gpd.GeoDataFrame:
    """Return two townships side by side, west and east of 101.9."""
    frame = {
        "township_code": ["990101100", "990101101"],
        "township_name": ["甲镇", "乙乡"],
        "county_code": ["990101"] * 2,
    }
    shapes = [box(LON - 0.2, LAT - 0.2, LON, LAT + 0.2), box(LON, LAT - 0.2, LON + 0.2, LAT + 0.2)]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=4326).astype(
        dict.fromkeys(("township_code", "township_name", "county_code"), "str")
    )


def _schools(**columns: list[object]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    frame = {
        "school_id": [f"21{i:08}" for i in range(n)],
        "school_name": [f"第{i}小学" for i in range(n)],
        "township_code": [None] * n,
        "township_name": [None] * n,
        "lon": [LON] * n,
        "lat": [LAT] * n,
    } | columns
    texts = ("school_id", "school_name", "township_code", "township_name")
    return pd.DataFrame(frame).astype(dict.fromkeys(texts, "str") | {"lon": float, "lat": float})


def _units(places_at: list[tuple[float, float]], **columns: object) -> gpd.GeoDataFrame:
    n = len(places_at)
    frame = {
        "school_id": [f"21{i:08}" for i in range(n)],
        "school_name": [f"第{i}小学" for i in range(n)],
        "stage": "primary",
        "kind": "primary",
    } | columns
    return gpd.GeoDataFrame(frame, geometry=[Point(at) for at in places_at], crs=4326)


def _settlements(at: list[tuple[float, float]], population: list[float]) -> gpd.GeoDataFrame:
    names = [f"{i}村" for i in range(len(at))]
    frame = {"settlement_name": names, "population": population, "township_code": None, "county_code": None}
    return gpd.GeoDataFrame(frame, geometry=[Point(p) for p in at], crs=4326)


def _judged(rows: list[tuple[str, float, float]], **columns: Any) -> pd.DataFrame:
    """Return one indicator of units, each (school, numerator, pupils)."""
    frame = pd.DataFrame(rows, columns=["school_id", "numerator", "denominator"])
    fixed: dict[str, Any] = {
        "stage": "primary",
        "indicator": "teaching_area_per_pupil",
        "in_scope": True,
        "pupils": frame["denominator"],
        "value": frame["numerator"] / frame["denominator"],
        "threshold": 4.5,
        "floor": 3.825,
        "better": "higher",
    } | columns
    return frame.assign(**fixed)


# Places of schools


def test_a_school_belongs_to_the_township_it_names_else_to_the_one_it_stands_in() -> None:
    schools = _schools(
        lon=[LON + 0.1, LON + 0.1, LON + 0.1, np.nan],
        township_code=["990101100201", None, None, None],
        township_name=[None, "甲镇", None, None],
    )
    placed = places.placed_schools(schools, _townships())
    assert placed["township"].tolist()[:3] == ["990101100", "990101100", "990101101"]
    assert placed["township_name"].tolist()[:3] == ["甲镇", "甲镇", "乙乡"]
    assert pd.isna(placed["township"].iloc[3])
    assert placed.geometry.notna().tolist() == [True, True, True, False]


def test_half_a_coordinate_is_no_place() -> None:
    placed = places.placed_schools(_schools(lon=[LON, np.nan], lat=[np.nan, LAT]))
    assert placed.geometry.isna().all()
    assert "都没有坐标" in words.where(placed).zh


# Townships


def test_a_township_is_the_ratio_of_totals_without_those_that_lack_the_figure() -> None:
    placed = places.placed_schools(_schools(township_code=["990101100"] * 3))
    ids = placed["school_id"]
    judged = _judged([(ids[0], 500, 100), (ids[1], 900, 300), (ids[2], np.nan, 400)])
    found = places.township_values(judged, placed).iloc[0]
    assert found["value"] == pytest.approx(1400 / 400)
    assert (found["n"], found["n_missing"], found["status"]) == (3, 1, "below")


@pytest.mark.parametrize(
    ("area", "status"),
    [(450, "met"), (449.9, "floor"), (382.5, "floor"), (382.4, "below"), (np.nan, "missing")],
)
def test_the_classes_of_townships_hold_the_line_itself(area: float, status: str) -> None:
    placed = places.placed_schools(_schools(township_code=["990101100"]))
    judged = _judged([(placed["school_id"][0], area, 100)])
    assert places.township_values(judged, placed)["status"].tolist() == [status]


def test_where_lower_is_better_the_classes_turn_round() -> None:
    placed = places.placed_schools(_schools(township_code=["990101100", "990101101"]))
    judged = _judged([(placed["school_id"][0], 400, 100), (placed["school_id"][1], 500, 100)], better="lower")
    judged["floor"] = np.nan
    assert places.township_values(judged, placed)["status"].tolist() == ["met", "floor"]


def test_the_most_uneven_indicator_needs_two_townships() -> None:
    values = pd.DataFrame(
        {"stage": "primary", "township": list("ababab"), "value": [1, 3, 5, 5.1, 7, np.nan],
         "indicator": [i for i in ("teaching_area_per_pupil", "sports_area_per_pupil", "equipment_value_per_pupil") for _ in "ab"]}
    )  # fmt: skip
    uneven = places.most_uneven(values, "primary", QUALITY)
    assert uneven is not None
    assert uneven.id == "teaching_area_per_pupil"
    assert places.most_uneven(values.iloc[4:], "primary", QUALITY) is None


def test_the_sentence_on_townships_reverses_with_the_figures() -> None:
    def told(values: list[float]) -> str:
        frame = pd.DataFrame(
            {"stage": "primary", "indicator": "teaching_area_per_pupil", "township_name": ["甲镇", "乙乡"],
             "value": values, "threshold": 4.5, "floor": 3.825, "status": ["met" if v >= 4.5 else "floor" for v in values]}
        )  # fmt: skip
        return words.township_each(frame, "primary", QUALITY)[0].zh

    assert "最高的是甲镇(5.00),最低的是乙乡(4.496)" in told([5.0, 4.496])
    assert "最高的是乙乡(5.00),最低的是甲镇(4.496)" in told([4.496, 5.0])
    assert "持平" in told([5.0, 5.0])


# Distances


def test_the_distance_is_the_geodesic_to_the_nearest_school() -> None:
    homes = distances.origins(_settlements([(LON, LAT), (LON + 0.1, LAT)], [100, 300]), None)
    assert homes is not None
    units = _units([(LON, LAT + 0.03), (LON + 0.09, LAT)])
    nearest = distances.nearest_schools(homes, units, ["primary", "junior"])
    exact = [
        Geod(ellps="WGS84").inv(LON, LAT, LON, LAT + 0.03)[2],
        Geod(ellps="WGS84").inv(LON, LAT, LON + 0.01, LAT)[2],
    ]
    assert nearest["km"].tolist() == pytest.approx([metres / 1000 for metres in exact])
    assert nearest["school_name"].tolist() == ["第0小学", "第1小学"]
    assert set(nearest["stage"]) == {"primary"}  # there is no junior school
    mean = distances.mean_distance(nearest).iloc[0]
    assert mean["km"] == pytest.approx((100 * exact[0] + 300 * exact[1]) / 400 / 1000)


def test_special_schools_and_schools_without_a_place_are_no_destination() -> None:
    homes = distances.origins(_settlements([(LON, LAT)], [100]), None)
    assert homes is not None
    units = _units([(LON, LAT), (LON, LAT), (LON + 0.05, LAT)], kind=["special", "primary", "teaching_point"])
    units.loc[1, "geometry"] = None
    assert distances.nearest_schools(homes, units, ["primary"])["school_name"].tolist() == ["第2小学"]


def test_people_beyond_a_radius_leave_out_places_without_population() -> None:
    homes = distances.origins(
        _settlements([(LON, LAT), (LON + 0.1, LAT), (LON + 0.2, LAT)], [900, 100, np.nan]), None
    )
    assert homes is not None
    nearest = distances.nearest_schools(homes, _units([(LON, LAT)]), ["primary"])
    far = distances.beyond(nearest, norms()).set_index("km")
    at_five = far.loc[5.0].to_dict()
    assert [at_five[name] for name in ("n_places", "n_beyond", "n_unknown")] == [3, 2, 1]
    assert [at_five[name] for name in ("people", "people_beyond", "share")] == [1000, 100, 0.1]
    told = of_distances.distances(
        distances.mean_distance(nearest), far.reset_index(), "primary", QUALITY, norms(), homes
    )
    assert "超过5千米" in told[1].zh
    assert "100人,占10.0%" in told[1].zh
    assert "1个居民点人口不详" in told[1].zh


def test_township_points_stand_in_for_settlements_and_are_never_people() -> None:
    homes = distances.origins(None, _townships())
    assert homes is not None
    assert homes.stand_in
    assert not homes.weighted
    assert all(
        shape.contains(point)
        for shape, point in zip(_townships().geometry, homes.points.geometry, strict=True)
    )
    nearest = distances.nearest_schools(homes, _units([(LON, LAT)]), ["primary"])
    far = distances.beyond(nearest, norms())
    assert far["share"].isna().all()
    told = [
        w.zh
        for w in of_distances.distances(
            distances.mean_distance(nearest), far, "primary", QUALITY, norms(), homes
        )
    ]
    assert not any("人," in text or "%" in text for text in told)
    assert "代替居民点" in of_distances.distance_caveats(homes)[0].zh
    assert distances.origins(None, None) is None


def test_without_a_placed_school_there_is_a_sentence_and_no_distance() -> None:
    homes = distances.origins(_settlements([(LON, LAT)], [100]), None)
    assert homes is not None
    nearest = distances.nearest_schools(homes, _units([]), ["primary"])
    assert nearest.empty
    told = of_distances.distances(
        distances.mean_distance(nearest),
        distances.beyond(nearest, norms()),
        "primary",
        QUALITY,
        norms(),
        homes,
    )
    assert [w.zh for w in told] == ["有坐标的小学一所也没有,未计算直线距离。"]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.integers(0, 5000)), min_size=1, max_size=12
    ),
    st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=1, max_size=6),
)
def test_a_further_school_never_makes_it_further_and_shares_fall_with_the_radius(
    homes_at: list[tuple[float, float, int]], schools_at: list[tuple[float, float]]
) -> None:
    homes = distances.origins(
        _settlements([(LON + x, LAT + y) for x, y, _ in homes_at], [float(n) for *_, n in homes_at]), None
    )
    assert homes is not None
    units = _units([(LON + x, LAT + y) for x, y in schools_at])
    all_of_them = distances.nearest_schools(homes, units, ["primary"])
    but_one = distances.nearest_schools(homes, units.iloc[:1], ["primary"])
    assert (all_of_them["km"].to_numpy() <= but_one["km"].to_numpy() + 1e-3).all()
    far = distances.beyond(all_of_them, norms())
    assert far["people_beyond"].is_monotonic_decreasing
    assert far["n_beyond"].is_monotonic_decreasing


# Classes


@pytest.mark.parametrize(
    ("largest", "size"),
    [(45, "usual"), (46, "above-standard"), (55, "above-standard"), (56, "large"), (65, "large"), (66, "very-large"), (90, "very-large"), (np.nan, "missing")],
)  # fmt: skip
def test_a_class_belongs_to_the_highest_kind_it_reaches(largest: float, size: str) -> None:
    schools = _schools(largest_class_primary=[largest])
    found = places.class_sizes(schools, _units([(LON, LAT)]), QUALITY, norms())
    assert found["size"].tolist() == [size]


def test_a_rule_of_whole_schools_has_no_class_norms() -> None:
    brazil = load_standard("br-basic-resources")
    units = _units([(LON, LAT)], stage="school")
    assert places.class_sizes(_schools(lon=[LON]), units, brazil, norms()).empty
    assert words.large_classes(units.assign(size="", largest=np.nan), "school", brazil, norms()) is None


# Norms


def test_norms_name_their_source_and_are_read_strictly(tmp_path: Path) -> None:
    assert all(entry.source and entry.year for entry in (*norms().service_radius, *norms().class_size))
    text = params("norms.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "norms.yaml"
    wrong.write_text(text.replace("primary: 66", "primary: 56"), encoding="utf-8")
    with pytest.raises(JunhengError, match="由小到大"):
        load_norms(wrong)
    wrong.write_text(
        text.replace('km: "0.5"', "km: 0.5").replace("certainty: seen in print", "sure: yes"),
        encoding="utf-8",
    )
    with pytest.raises(JunhengError) as refused:
        load_norms(wrong)
    assert {fault.kind for fault in refused.value.faults} >= {"yaml-extra-forbidden", "yaml-missing"}


# Coordinate systems


def test_a_map_keeps_the_sources_system_only_where_all_agree() -> None:
    assert drawing_system({"GCJ-02"}) == "GCJ-02"
    assert drawing_system({"WGS84", "CGCS2000"}) == "WGS84"
    assert drawing_system({"GCJ-02", "WGS84"}) == "WGS84"
    assert drawing_system(()) == "WGS84"


def test_settlements_of_several_points_stand_in_their_middle() -> None:
    layer = _settlements([(LON, LAT)], [100])
    layer.loc[0, "geometry"] = MultiPoint([(LON - 0.01, LAT), (LON + 0.01, LAT)])
    homes = distances.origins(layer, None)
    assert homes is not None
    assert homes.points.geometry.iloc[0].distance(Point(LON, LAT)) < 1e-4

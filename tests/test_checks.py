"""The checks between cells: each fires on its fault, is silent on good and on missing figures, and is understood."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from analysis import schema
from analysis.checks.checkbook import checkbook
from analysis.checks.schools import check_schools
from analysis.errors import Fault, Level

GOOD: dict[str, Any] = {
    "school_id": "3199000001", "school_name": "青石镇学校", "year": 2025, "county_code": "990101",
    "school_type_code": "312", "lon": 102.0, "lat": 40.0,
    "pupils_primary": 480, "pupils_primary_g1": 70, "pupils_primary_g2": 76, "pupils_primary_g3": 80,
    "pupils_primary_g4": 82, "pupils_primary_g5": 85, "pupils_primary_g6": 87,
    "entrants_primary": 70, "leavers_primary": 87, "classes_primary": 12, "largest_class_primary": 44,
    "pupils_junior": 297, "pupils_junior_g7": 87, "pupils_junior_g8": 100, "pupils_junior_g9": 110,
    "entrants_junior": 87, "leavers_junior": 110, "classes_junior": 6, "largest_class_junior": 52,
    "teachers_primary": 28, "teachers_above_degree_primary": 26, "teachers_backbone_primary": 5,
    "teachers_pe_art_primary": 5, "teachers_mid_title_primary": 14, "teachers_junior": 24,
    "teachers_above_degree_junior": 24, "teachers_backbone_junior": 3, "teachers_pe_art_junior": 3,
    "teachers_mid_title_junior": 11, "site_area_m2": 19200, "teaching_area_m2": 5460,
    "indoor_sports_area_m2": 180, "sports_ground_area_m2": 8900, "equipment_value_yuan": 1_854_321,
    "multimedia_rooms": 20, "computers": 120, "books": 21500, "music_rooms": 1, "art_rooms": 1,
    "lab_equipment_met": 1,
}  # fmt: skip


def schools(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a canonical table of rows that differ from a good one as given."""
    table = pd.DataFrame([GOOD | row for row in rows])
    for name, column in schema.columns().items():
        dtype: Any = "float64" if column.type in schema.NUMERIC else "str"
        values = table[name] if name in table else pd.Series(np.nan, index=table.index)
        table[name] = values.astype("int64" if name == "year" else dtype)
    return table.assign(
        source_file="学校数据.xlsx", source_sheet="2025", source_row=range(18, 18 + len(table))
    )


def kinds(*rows: dict[str, Any], boundary: gpd.GeoDataFrame | None = None) -> list[str]:
    return [fault.kind for fault in check_schools(schools(*rows), {}, boundary=boundary)]


def only(*rows: dict[str, Any], boundary: gpd.GeoDataFrame | None = None) -> Fault:
    (fault,) = check_schools(schools(*rows), {}, boundary=boundary)
    return fault


# A junior stage of four years (五四制): its first grade is the sixth.
FIVE_FOUR = {
    "pupils_primary_g6": 0, "pupils_primary": 393, "leavers_primary": 85, "pupils_junior_g6": 80,
    "pupils_junior": 377, "entrants_junior": 80, "classes_junior": 8,
}  # fmt: skip
BAD: dict[str, dict[str, Any]] = {
    "entrants-over-sixth-grade": FIVE_FOUR | {"entrants_junior": 81},
    "entrants-below-sixth-grade": FIVE_FOUR | {"entrants_junior": 79},
    "above-degree-over-teachers-primary": {"teachers_above_degree_primary": 29},
    "backbone-over-teachers-primary": {"teachers_backbone_primary": 29},
    "pe-art-over-teachers-junior": {"teachers_pe_art_junior": 25},
    "mid-title-over-teachers-junior": {"teachers_mid_title_junior": 25},
    "migrant-over-pupils-primary": {"pupils_migrant_primary": 481},
    "left-behind-over-pupils-junior": {"pupils_left_behind_junior": 400},
    "integrated-over-pupils-primary": {"pupils_integrated_primary": 481},
    "indoor-sports-over-teaching-area": {"indoor_sports_area_m2": 5461},
    "sports-ground-over-site": {"sports_ground_area_m2": 19201},
    "grades-and-total-primary": {"pupils_primary": 479},
    "grades-and-total-junior": {"pupils_junior": 301},
    "entrants-over-first-grade-primary": {"entrants_primary": 71},
    "entrants-below-first-grade-junior": {"entrants_junior": 86},
    "leavers-and-last-grade-primary": {"leavers_primary": 86},
    "leavers-and-last-grade-junior": {"leavers_junior": 111},
    "pupils-without-classes-primary": {"classes_primary": 0},
    "classes-over-pupils-senior": {"school_type_code": "345", "pupils_senior": 20, "classes_senior": 21},
    "pupils-without-teachers-junior": {"teachers_junior": 0, **dict.fromkeys(
        ("teachers_above_degree_junior", "teachers_backbone_junior", "teachers_pe_art_junior",
         "teachers_mid_title_junior"), 0)},
    "teachers-without-pupils-senior": {"school_type_code": "345", "pupils_senior": 0, "teachers_senior": 3},
    "largest-class-too-small-primary": {"largest_class_primary": 39},
    "largest-class-over-pupils-junior": {"largest_class_junior": 298},
    "stage-without-pupils-primary": {"pupils_primary": np.nan},
    "stage-without-pupils-senior": {"school_type_code": "345"},
    "stage-outside-type-junior": {"school_type_code": "211"},
    "laboratory-without-equipment": {"equipment_value_yuan": 0},
    "equipment-in-too-large-a-unit": {"equipment_value_yuan": 1_854_321e4},
    "equipment-in-too-small-a-unit": {"equipment_value_yuan": 185},
    "more-multimedia-than-rooms": {"multimedia_rooms": 200},
    "teaching-area-over-site": {"teaching_area_m2": 19300},
    "half-a-position": {"lat": np.nan},
    "position-zero": {"lon": 0, "lat": 0},
}  # fmt: skip


def test_a_good_school_has_no_fault() -> None:
    assert check_schools(schools({}), {}) == []


def test_every_check_within_a_row_is_tried_here() -> None:
    def stageless(kind: str) -> str:
        return kind.removesuffix("-primary").removesuffix("-junior").removesuffix("-senior")

    assert {stageless(check.id) for check in checkbook().within_row} == {stageless(kind) for kind in BAD}


def _apart(rows: list[dict[str, Any]]) -> list[list[Fault]]:
    """Check rows as if each were a county of its own; return the faults of each."""
    table = schools(
        *(row | {"county_code": f"99{i:04}", "school_id": f"{i:010}"} for i, row in enumerate(rows))
    )
    found: list[list[Fault]] = [[] for _ in rows]
    apart = table["lon"].mask(table["lon"] > 0, table["lon"] + table.index / 100)
    for fault in check_schools(table.assign(lon=apart), {}):
        found[int(fault.school_id)].append(fault)
    return found


@pytest.fixture(scope="module")
def fired() -> dict[str, list[Fault]]:
    return dict(zip(BAD, _apart(list(BAD.values())), strict=True))


@pytest.mark.parametrize("kind", BAD)
def test_each_check_fires_and_speaks(kind: str, fired: dict[str, list[Fault]]) -> None:
    assert [fault.kind for fault in fired[kind]] == [kind]
    for text in (fired[kind][0].zh, fired[kind][0].en):
        assert "{" not in text
        assert "nan" not in text


def test_a_check_is_silent_where_a_figure_it_needs_is_missing() -> None:
    columns = schema.columns()
    cases = [
        (check.id, name)
        for check in checkbook().within_row
        if check.id in BAD and check.id != "half-a-position"  # which is about a missing figure
        for name in check.needed
        if name in columns and columns[name].type in schema.NUMERIC
    ]
    found = _apart([BAD[kind] | {name: np.nan} for kind, name in cases])
    assert len(cases) > 30
    for (kind, _), faults in zip(cases, found, strict=True):
        assert kind not in [fault.kind for fault in faults]


def test_five_and_four_years_are_as_good_as_six_and_three() -> None:
    assert kinds(FIVE_FOUR) == []
    assert kinds(FIVE_FOUR | {"pupils_primary_g6": np.nan}) == []
    assert kinds(FIVE_FOUR | {"pupils_junior_g6": 79, "entrants_junior": 79}) == ["grades-and-total-junior"]


def test_the_fault_reads_as_the_clerk_needs_it() -> None:
    table = schools({"teachers_above_degree_primary": 57, "teachers_primary": 52})
    (fault,) = check_schools(table, {"teachers_primary": "小学专任教师"})
    assert (
        fault.place.text("zh") == "学校数据.xlsx › 表「2025」 › 第 18 行 › 「高于规定学历教师数(小学)」 = 57"
    )
    assert fault.zh == "大于同行「小学专任教师」= 52。高于规定学历教师是专任教师的一部分,不应超过它。"
    assert "(57) exceed" in fault.en
    assert fault.level is Level.REFUSE
    assert fault.columns == ("teachers_above_degree_primary", "teachers_primary")


def test_values_are_quoted_in_the_unit_of_the_form() -> None:
    assert only({"equipment_value_yuan": 1_854_321e4}).place.value == "1854321"


def test_a_missing_senior_stage_is_asked_about_and_the_rows_explanation_kept() -> None:
    fault = only({"school_type_code": "345", "explanation": "高中部待核定"})
    assert fault.level is Level.EXPLAIN
    assert fault.explanation == "高中部待核定"


def test_an_explanation_does_not_excuse_a_logical_fault() -> None:
    assert only({"leavers_primary": 86, "explanation": "情况属实"}).explanation == ""


def test_grades_left_blank_may_not_already_exceed_the_total() -> None:
    assert kinds({"pupils_primary_g1": np.nan, "entrants_primary": np.nan}) == []
    assert kinds({"pupils_primary_g1": np.nan, "entrants_primary": np.nan, "pupils_primary": 400}) == [
        "grades-and-total-primary"
    ]


COUNTY = gpd.GeoDataFrame(geometry=[box(101.5, 39.7, 102.4, 40.3)], crs=4326)


def test_positions() -> None:
    assert kinds({"lon": 102.395, "lat": 40.0}, boundary=COUNTY) == []
    assert kinds({"lon": 102.43, "lat": 40.0}, boundary=COUNTY) == ["outside-county"]
    assert kinds({"lon": 102.405, "lat": 40.0}, boundary=COUNTY) == []  # within the tolerance
    assert kinds({"lon": 40.0, "lat": 102.0}, boundary=COUNTY) == ["coordinates-swapped"]
    others = [{"school_id": str(i), "school_name": str(i), "lon": 102 + i / 100} for i in range(3)]
    assert kinds({"lon": 40.0, "lat": 102.0}, *others) == ["coordinates-swapped"]


def test_two_schools_at_one_point_are_asked_about_once_in_the_last_year() -> None:
    rows = [{"school_id": i, "school_name": i, "year": y} for i in ("1", "2") for y in (2024, 2025)]
    faults = check_schools(schools(*rows), {})
    assert [(f.kind, f.school_id, f.year) for f in faults] == [
        ("shared-position", "1", 2025),
        ("shared-position", "2", 2025),
    ]
    assert "与2的位置完全相同" in faults[0].zh


def test_a_jump_is_asked_about_unless_last_years_figure_is_itself_at_fault() -> None:
    before = {"year": 2024, "books": 3000}
    assert kinds(before, {}) == ["jump-books"]
    assert "上一年为3000" in only(before, {}).zh
    assert kinds({"year": 2023, "books": 3000}, {}) == []
    wrong = {"year": 2024, "indoor_sports_area_m2": 6000}
    assert kinds(wrong, {}) == ["indoor-sports-over-teaching-area"]


def test_the_earlier_figure_is_asked_about_where_it_is_the_odd_one() -> None:
    years = [
        {"year": year, "books": books}
        for year, books in ((2022, 21000), (2023, 2100), (2024, 21200), (2025, 21500))
    ]
    assert [(f.kind, f.year) for f in check_schools(schools(*years), {})] == [("jump-books", 2023)]
    # Only two years: the county's other schools tell which of the two is odd.
    fellows = [one | {"year": year} for one in _neighbours(9) for year in (2024, 2025)]
    two = [*fellows, {"year": 2024, "books": 7000}, {"explanation": "后补登记"}]
    (fault,) = check_schools(schools(*two), {})
    assert (fault.kind, fault.year, fault.explanation) == ("jump-books", 2024, "后补登记")
    assert "下一年为21500" in fault.zh


def test_a_figure_that_stays_up_is_asked_about_in_the_year_it_rose() -> None:
    years = [
        {"year": year, "books": books}
        for year, books in ((2022, 9000), (2023, 9100), (2024, 21200), (2025, 21500))
    ]
    assert [(f.kind, f.year) for f in check_schools(schools(*years), {})] == [("jump-books", 2024)]


def test_a_school_far_from_the_others_or_from_where_it_stood_is_asked_about() -> None:
    others = _neighbours(4)
    assert kinds(*others, {"lon": 104.0}) == ["far-from-county"]
    assert kinds(*others[:2], {"lon": 104.0}) == []  # too few to have a middle
    assert kinds({"year": 2024, "lon": 101.9}, {}) == ["position-moved"]
    assert "约9公里" in only({"year": 2024, "lon": 101.9}, {}).zh
    assert kinds({"year": 2024, "lon": 101.98}, {}) == []


def test_names_and_ids() -> None:
    assert kinds({"year": 2024, "school_name": "红星小学"}, {}) == ["renamed"]
    other = {"school_id": "2", "lon": 102.1}
    assert kinds({}, other) == ["namesake", "namesake"]
    assert "标识码为2的学校" in check_schools(schools({}, other), {})[0].zh


def _neighbours(count: int) -> list[dict[str, Any]]:
    return [
        {"school_id": str(i), "school_name": str(i), "lon": 102.01 + i / 100, "books": 20000 + 400 * i}
        for i in range(count)
    ]


def test_a_figure_far_from_the_other_schools_is_asked_about() -> None:
    odd = {"books": 215_000}
    assert kinds(*_neighbours(9), odd) == ["outlier-books"]
    assert kinds(*_neighbours(9), odd | {"books": 60_000}) == []
    assert kinds(*_neighbours(5), odd) == []  # too few to compare with
    assert kinds(*_neighbours(9), odd | {"school_type_code": "511"}) == []


def test_outliers_do_not_depend_on_the_unit() -> None:
    rows = [*_neighbours(9), {"books": 215_000}]
    fewer = [row | {"books": row["books"] / 7} for row in rows]
    assert kinds(*rows) == kinds(*fewer)


def test_more_junior_entrants_than_primary_leavers_of_the_county() -> None:
    primary = {
        "school_id": "2",
        "school_name": "2",
        "school_type_code": "211",
        "year": 2024,
        "lon": 102.1,
    } | {name: np.nan for name in GOOD if "junior" in name}
    assert kinds({"year": 2024}, primary, {}) == []  # 87 entrants, 174 leavers
    before = {"year": 2024, "pupils_primary_g6": 80, "leavers_primary": 80, "pupils_primary": 473}
    fault = only(before, {})
    assert fault.kind == "entrants-over-leavers"
    assert "87人" in fault.zh
    assert "80人" in fault.zh
    assert fault.place.row is None
    blank = primary | {"leavers_primary": np.nan, "pupils_primary_g6": np.nan}
    assert kinds(before, blank, {}) == []


@st.composite
def consistent(draw: st.DrawFn) -> dict[str, Any]:
    grades = draw(st.lists(st.integers(0, 80), min_size=6, max_size=6))
    size, teachers, part = draw(st.integers(20, 60)), draw(st.integers(1, 40)), draw(st.floats(0, 1))
    pupils = sum(grades)
    return {f"pupils_primary_g{grade}": n for grade, n in enumerate(grades, 1)} | {
        "school_type_code": "211", "pupils_primary": pupils, "entrants_primary": grades[0],
        "leavers_primary": grades[5], "classes_primary": -(-pupils // size),
        "largest_class_primary": min(size, pupils), "teachers_primary": teachers,
    } | {
        f"teachers_{group}_primary": int(teachers * part)
        for group in ("above_degree", "backbone", "pe_art", "mid_title")
    } | {name: np.nan for name in GOOD if "junior" in name}  # fmt: skip


@given(st.lists(consistent(), min_size=20, max_size=40))
@settings(max_examples=8)
def test_consistent_schools_are_never_refused(rows: list[dict[str, Any]]) -> None:
    refused = [f for faults in _apart(rows) for f in faults if f.level is Level.REFUSE]
    assert refused == []


def test_no_schools_no_faults() -> None:
    assert check_schools(schools({}).iloc[:0], {}) == []

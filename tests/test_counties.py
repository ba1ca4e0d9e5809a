"""County codes: a wrong one never drops a school without a word, in `check` and in a run alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.errors import Fault, JunhengError, Level
from analysis.sources.mapping import SourceMapping
from analysis.sources.reading import read_dataset

from .county_files import COUNTY, TEMPLATE, faults_of, rows, school, workbook

OTHER = "510998"
_KINDS = {
    "not-the-county", "another-county", "one-school-two-counties", "one-name-two-codes", "others-left-out",
}  # fmt: skip


def book(path: Path, schools: list[dict[str, Any]], *settings: tuple[str, str]) -> Path:
    sheets = {"学校数据": rows(schools)}
    if settings:
        sheets["参数"] = [["项目", "内容", "说明"], *([*pair, None] for pair in settings)]
    return workbook(path, sheets)


def of_counties(path: Path, source: SourceMapping = TEMPLATE, county: str | None = None) -> list[Fault]:
    try:
        found = list(read_dataset(path, source, county=county).faults)
    except JunhengError as error:
        found = error.faults
    return [fault for fault in found if fault.kind in _KINDS]


def test_a_row_against_the_sheet_of_settings_is_refused_and_named(tmp_path: Path) -> None:
    schools = [school(1), school(2, 县级代码=OTHER), school(3)]
    path = book(tmp_path / "a.xlsx", schools, ("县级代码", COUNTY))
    for county in (None, COUNTY):  # as `check` reads it, and as a run does
        (fault,) = of_counties(path, county=county)
        assert (fault.kind, fault.level) == ("not-the-county", Level.REFUSE)
        assert (fault.place.row, fault.place.value, fault.school_name) == (3, OTHER, "第2小学")


def test_one_row_against_all_others_of_its_school_is_refused(tmp_path: Path) -> None:
    schools = [school(n, 年份=year) for n in (1, 2) for year in (2023, 2024, 2025)]
    schools[2]["县级代码"] = OTHER
    path = book(tmp_path / "a.xlsx", schools)
    for county in (None, COUNTY):
        first = of_counties(path, county=county)[0]
        assert (first.kind, first.level, first.place.row) == ("another-county", Level.REFUSE, 4)
        assert COUNTY in first.zh


def test_two_rows_that_disagree_are_asked_about(tmp_path: Path) -> None:
    schools = [school(1, 年份=2024, 县级代码=OTHER, 说明="区划调整"), school(1), school(2)]
    (fault,) = of_counties(book(tmp_path / "a.xlsx", schools))
    assert (fault.kind, fault.level, fault.place.row) == ("one-school-two-counties", Level.EXPLAIN, 2)
    assert fault.explanation == "区划调整"


def test_a_county_that_changed_its_code_is_asked_not_refused(tmp_path: Path) -> None:
    schools = [school(n, 年份=year) for n in (1, 2) for year in (2022, 2023, 2024, 2025)]
    for one in schools:
        one["县级代码"] = OTHER if one["年份"] == 2022 else COUNTY
    faults = of_counties(book(tmp_path / "a.xlsx", schools))
    assert [f.kind for f in faults] == ["one-school-two-counties"] * 2


def test_one_name_with_two_codes_is_asked_about_once(tmp_path: Path) -> None:
    schools = [school(n, 县名="甲县") for n in range(1, 5)]
    schools += [school(n, 县名="甲县", 县级代码=OTHER) for n in (7, 8)]
    (fault,) = of_counties(book(tmp_path / "a.xlsx", schools))
    assert (fault.kind, fault.place.row) == ("one-name-two-codes", 6)
    assert "2行" in fault.zh
    assert f"{COUNTY}有4行" in fault.zh


def test_two_counties_in_one_table_are_no_fault_and_the_rest_is_remarked_on(tmp_path: Path) -> None:
    schools = [school(1, 县名="甲县"), school(2, 县名="乙县", 县级代码=OTHER)]
    path = book(tmp_path / "a.xlsx", schools)
    assert of_counties(path) == []
    (remark,) = of_counties(path, county=COUNTY)
    assert (remark.kind, remark.level) == ("others-left-out", Level.NOTE)
    assert OTHER in remark.zh


def test_published_tables_are_not_asked_about(tmp_path: Path) -> None:
    schools = [school(1, 年份=2024, 县级代码=OTHER), school(1), school(2)]
    source = TEMPLATE.model_copy(update={"correctable": False})
    assert of_counties(book(tmp_path / "a.xlsx", schools), source) == []


def settings_faults(path: Path, *settings: tuple[str, str]) -> set[tuple[str, int | None, str]]:
    found = faults_of(book(path, [school(1), school(2)], *settings), TEMPLATE)
    return {
        (f.place.column, f.place.row, f.kind)
        for f in found
        if f.place.sheet == "参数" and f.level is Level.REFUSE
    }


def test_every_fault_of_the_settings_is_told_at_once_at_its_row(tmp_path: Path) -> None:
    wrong = [
        ("年份", "二〇二五"),
        ("县级代码", "510997"),
        ("评估标准", "新标准"),
        ("坐标系", "北京54"),
        ("语言", "法文"),
    ]
    assert settings_faults(tmp_path / "a.xlsx", *wrong) == {
        ("年份", 2, "wrong-year"),
        ("县级代码", 3, "county-not-in-data"),
        ("评估标准", 4, "unknown-standard"),
        ("坐标系", 5, "unknown-coordinate-system"),
        ("语言", 6, "wrong-lang"),
    }
    assert settings_faults(tmp_path / "b.xlsx", ("年份", "2019")) == {("年份", 2, "year-not-in-data")}


def test_settings_are_read_as_offices_write_them(tmp_path: Path) -> None:
    written = [
        ("年份", "2025年"),
        ("县级代码", "５１０９９９"),
        ("评估标准", "教督[2017]6号"),
        ("坐标系", "百度地图"),
        ("语言", "中文"),
    ]
    path = book(tmp_path / "a.xlsx", [school(1)], *written)
    assert read_dataset(path, TEMPLATE).settings == {
        "年份": "2025", "县级代码": COUNTY, "评估标准": "cn-quality-2017", "坐标系": "BD-09", "语言": "zh",
    }  # fmt: skip
    titled = book(tmp_path / "b.xlsx", [school(1)], ("评估标准", "县域义务教育优质均衡发展督导评估"))
    assert read_dataset(titled, TEMPLATE).settings["评估标准"] == "cn-quality-2017"

"""教基NNNN, 基础基NNN: one workbook a school, found by labels though rows and sheets differ from school to school."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from analysis import shipped
from analysis.sources.mapping import load_source
from analysis.sources.official import READINGS
from analysis.sources.reading import read_dataset, survey

from . import official_workbooks as official
from .county_files import refused, workbook

CELLS_ONLY = load_source("cn-county-template").model_copy(update={"checks": False})
SAMPLE = shipped.root() / "data" / "sample" / "学校数据.xlsx"
YEAR = 2025
# What the workbooks of schools do not hold, or the invented ones leave out.
ELSEWHERE = {
    "township_code", "township_name", "largest_class_primary", "largest_class_junior", "music_rooms", "art_rooms",
    "lab_equipment_met", "explanation", "pupils_integrated_primary", "pupils_integrated_junior",
}  # fmt: skip


@pytest.fixture(scope="module")
def county() -> dict[str, dict[str, Any]]:
    """A school of each type of compulsory education, by type."""
    rows = [row for row in official.template_rows(SAMPLE) if int(row["年份"]) == YEAR]
    found = {str(row["办学类型"]).split()[-1]: row for row in rows}
    return {kind: found[kind] for kind in ("小学", "初级中学", "九年一贯制学校")}


def folder_of(tmp_path: Path, county: dict[str, dict[str, Any]], **how: Any) -> Path:
    folder = tmp_path / f"{YEAR}学年报表"
    folder.mkdir()
    for kind, school in county.items():
        official.write_school(folder / f"{school['学校名称']}({kind}).xlsx", school, **how)
    settings: list[list[Any]] = [
        ["项目", "内容", "说明"],
        ["县级代码", "990101", None],
        ["坐标系", "GCJ-02", None],
    ]
    workbook(folder / "参数.xlsx", {"参数": settings})
    return folder


@pytest.mark.parametrize("old_names", [False, True])
def test_a_folder_of_workbooks_gives_what_the_template_gives(
    tmp_path: Path, county: dict[str, dict[str, Any]], old_names: bool
) -> None:
    found = read_dataset(folder_of(tmp_path, county, old_names=old_names), CELLS_ONLY).schools.set_index(
        "school_id"
    )
    filed = read_dataset(SAMPLE, CELLS_ONLY, years=[YEAR]).schools.set_index("school_id").loc[found.index]
    same = [name for name in map(str, filed) if not name.startswith("source_") and name not in ELSEWHERE]
    pd.testing.assert_frame_equal(found[same], filed[same], check_exact=True)
    assert found["pupils_migrant_primary"].notna().any()
    assert found["pupils_left_behind_junior"].notna().any()


def test_the_readings_are_shown_once_and_say_where(tmp_path: Path, county: dict[str, dict[str, Any]]) -> None:
    from analysis.sources.official import lacking, told

    official_sheets = survey(folder_of(tmp_path, county), CELLS_ONLY)
    lines = [line.zh for line in told(official_sheets.parts)]
    assert sum("共3所" in line for line in lines) == 1
    assert any("在校生数(" in line and "教基311" in line and "总计 › 在校生数" in line for line in lines)
    groups = [line for line in lines if "随迁子女数(" in line or "留守儿童数(" in line]
    assert groups
    assert not [line for line in groups if "例 " in line]  # a school's count is printed nowhere
    assert any(line.zh.startswith("音乐专用教室数：") for line in lacking(official_sheets))


def test_faults_are_told_in_their_sheet_and_row(tmp_path: Path, county: dict[str, dict[str, Any]]) -> None:
    school = county["小学"] | {"图书册数": "很多", "教学仪器设备值(万元)": -1}
    folder = folder_of(tmp_path, {"小学": school})
    faults = {f.kind: f for f in refused(folder, CELLS_ONLY)}
    assert set(faults) == {"not-a-number", "negative"}
    assert (faults["not-a-number"].place.sheet, faults["not-a-number"].place.value) == ("教基5176", "很多")
    path = next(folder.glob("*小学).xlsx"))
    book: Any = openpyxl.load_workbook(path)
    row = faults["not-a-number"].place.row
    assert book["教基5176"].cell(row, 1).value == "图书"


def test_what_no_workbook_tells_is_asked_for_once(tmp_path: Path, county: dict[str, dict[str, Any]]) -> None:
    folder = folder_of(tmp_path, county)
    (folder / "参数.xlsx").unlink()
    assert [f.kind for f in refused(folder, CELLS_ONLY)] == ["official-no-county"]
    text = 'forms:\n  cn-school-2021: {county_code: "990101", year: 2024, columns: {books: null}}\n'
    (folder / READINGS).write_text(text, encoding="utf-8")
    schools = read_dataset(folder, CELLS_ONLY).schools
    assert set(schools["county_code"]) == {"990101"}
    assert set(schools["year"]) == {2024}
    assert schools["books"].isna().all()


def test_arts_as_a_column_of_its_own_is_added(tmp_path: Path, county: dict[str, dict[str, Any]]) -> None:
    folder = folder_of(tmp_path, {"小学": county["小学"]})
    path = next(folder.glob("*小学).xlsx"))
    book: Any = openpyxl.load_workbook(path)
    sheet = book["教基4155"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    line = next(row for row in sheet.iter_rows() if row[0].value == "小学")
    for title, number in {"体育与健康": "4", "艺术": "1", "音乐": "3", "美术": "2"}.items():
        line[heads[title] - 1].value = number
    book.save(path)
    assert read_dataset(folder, CELLS_ONLY).schools["teachers_pe_art_primary"].tolist() == [10.0]


def test_a_workbook_of_2020_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    """Helper row and column, text numbers, unpadded codes, * for what does not apply; names stand above their codes."""
    about: list[list[Any]] = [
        ["A", "B", "C", "D", "E", "F", "G"], ["1", "基本情况"], ["2", "基础基111       单位：人"], ["3"], ["4"],
        ["5", "学校标识码", None, "学校（机构）名称（章）"], ["6", "2151000001", None, "某镇小学"],
        ["8", None, None, None, None, None, "学校（机构）所在地城乡类型"], ["9", None, None, None, None, None, "镇中心区"],
        ["10", None, None, None, None, None, "121"],
        ["12", None, None, "办学类型", "举办者"], ["13", None, None, "小学", "县级教育部门"], ["14", None, None, "211", "831"],
    ]  # fmt: skip
    helper: list[list[Any]] = [
        ["A", "B", "C", "D", "E", "F", "G", "H"],
        ["1", "题"],
        ["2", "表号      单位：人"],
    ]
    pupils: list[list[Any]] = [
        *helper, ["3", "项目", "编号", "毕业生数", "招生数", None, "在校生数", None],
        ["4", None, None, None, "计", "其中受过学前教育", "合计", "女"], ["5", "甲", "乙", "1", "2", "3", "4", "5"],
        ["6", "总计", "1", "60", "70", "*", "401", "200"], ["7", "女", "2", "30", "35", "*", "200", "*"],
    ]  # fmt: skip
    rooms: list[list[Any]] = [
        *helper, ["3", "项目", None, "编号", "合计", "框架结构"], ["4", "甲", None, "乙", "1", "2"],
        ["5", "总计", None, "1", "9999", ""], ["6", "一、教学及辅助用房", None, "4", "2000.5", ""],
        ["7", None, "体育馆", "10", "100", ""],
    ]  # fmt: skip
    staff: list[list[Any]] = [
        *helper, ["3", "项目", "编号", "合计", "其中：女"], ["4", "甲", "乙", "1", "2"], ["5", "小学", "1", "22", "9"],
        ["6", "女", "2", "9", "*"], ["7", "正高级", "4", "", "*"], ["8", "副高级", "5", "2", ""], ["9", "中级", "6", "8", ""],
    ]  # fmt: skip
    sheets: dict[str, list[list[Any]]] = {
        "封面": [["（2020 /2021 学年初）"]], "基础基111": about, "基础基312": pupils, "基础基512": rooms, "基础基422": staff,
    }  # fmt: skip
    path = workbook(tmp_path / "某镇小学.xlsx", sheets, merge=[])
    book: Any = openpyxl.load_workbook(path)
    for reference in ("D4:D4", "E4:F4", "G4:H4"):
        book["基础基312"].merge_cells(reference)
    book.save(path)
    (tmp_path / READINGS).write_text('forms:\n  cn-school-2020: {county_code: "510999"}\n', encoding="utf-8")
    (row,) = read_dataset(path, CELLS_ONLY).schools.to_dict("records")
    assert {name: row[name] for name in ("school_id", "school_name", "year", "urban_rural_code", "school_type_code", "ownership")} == {
        "school_id": "2151000001", "school_name": "某镇小学", "year": 2020, "urban_rural_code": "121",
        "school_type_code": "211", "ownership": "public",
    }  # fmt: skip
    figures = {
        "pupils_primary": 401,
        "teachers_primary": 22,
        "teaching_area_m2": 2000.5,
        "indoor_sports_area_m2": 100,
    }
    assert {name: row[name] for name in figures} == figures
    assert pd.isna(row["teachers_mid_title_primary"])  # a blank among its parts: not known

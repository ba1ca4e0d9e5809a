"""Source mappings: strict files, headers in any spelling, choices by name, exact units."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import JunhengError
from analysis.rounding import as_filed
from analysis.sources.headers import find_header, header_names
from analysis.sources.mapping import SourceMapping, available, load_source
from analysis.sources.values import parse, times_exactly

HEAD = "id: mine\ntitle: {zh: 我的, en: mine}\n"


def written(tmp_path: Path, text: str) -> Path:
    """Write a mapping file."""
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def column(
    name: str, cells: list[object], *, unit: str = "", source: str = "cn-county-template"
) -> list[object]:
    """Read cells as a column of a source; wrong ones come as their kind."""
    series = pd.Series(cells, index=range(2, len(cells) + 2), dtype=object)
    parsed = parse(series, load_source(source).fields()[name], unit=unit)
    wrong = {cell.row: cell.kind for cell in parsed.wrong}
    return [
        wrong.get(row, None if pd.isna(v) else v) for row, v in zip(series.index, parsed.typed, strict=True)
    ]


@pytest.mark.parametrize("name", available())
def test_every_shipped_source_can_name_its_rows(name: str) -> None:
    fields = load_source(name).fields()
    assert {"school_id", "year", "county_code"} <= {n for n, field in fields.items() if field.required}


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ("colums: {}\n", 3, "yaml-extra-forbidden"),
        ("columns:\n  pupils: {headers: [X]}\n", 1, "yaml-value-error"),
        ("columns:\n  ownership: {headers: [X], codes: {'1': state}}\n", 1, "yaml-value-error"),
        ("columns:\n  books: {headers: [X], factor: 10000}\n", 4, "yaml-value-error"),
        ("columns:\n  books: {headers: [X], first_year: 2020, last_year: 2010}\n", 1, "yaml-value-error"),
        ("coordinates: GPS-ish\n", 3, "yaml-literal-error"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_line(tmp_path: Path, text: str, line: int, kind: str) -> None:
    with pytest.raises(JunhengError) as error:
        load_source(written(tmp_path, text))
    assert [(f.kind, f.place.row) for f in error.value.faults] == [(kind, line)]


def test_an_unknown_source_names_those_there_are() -> None:
    with pytest.raises(JunhengError, match="cn-county-template"):
        load_source("elsewhere")


def test_stage_and_grade_stand_for_columns_of_their_own(tmp_path: Path) -> None:
    text = (
        "registry_headers: false\nstages: {primary: AI, junior: AF}\ncolumns:\n"
        "  'pupils_{stage}': {headers: ['MAT_{stage}']}\n"
        "  'pupils_primary_g{grade}': {headers: ['AI_{grade}'], grades: [1, 5]}\n"
    )
    fields = load_source(written(tmp_path, text)).fields()
    assert fields["pupils_junior"].headers == ("MAT_AF",)
    assert fields["pupils_primary_g5"].headers == ("AI_5",)
    assert "pupils_senior" not in fields
    assert "pupils_primary_g6" not in fields


@pytest.mark.parametrize(
    ("header", "canonical", "unit"),
    [
        ("在校生数（小学）", "pupils_primary", ""),
        (" 在校生数 (小学)\n(人) ", "pupils_primary", "人"),
        ("教学仪器设备值(单位:元)", "equipment_value_yuan", "元"),
        ("教学仪器设备资产值_x000D_\n（万元）", "equipment_value_yuan", "万元"),
        ("体育、艺术专任教师数【初中】", "teachers_pe_art_junior", ""),
        ("占地面积（㎡）", "site_area_m2", "平方米"),
    ],
)
def test_headers_are_known_in_any_spelling(header: str, canonical: str, unit: str) -> None:
    names = header_names({n: f.headers for n, f in load_source("cn-county-template").fields().items()})
    found = find_header([[header, "别的"]], names)
    assert found is not None
    heading = found.found[canonical]
    assert (heading.text, heading.unit) == (" ".join(header.replace("_x000D_", " ").split()), unit)
    assert [h.text for h in found.unknown] == ["别的"]


def test_a_unit_that_is_not_ours_is_not_taken_for_ours() -> None:
    names = header_names({n: f.headers for n, f in load_source("cn-county-template").fields().items()})
    assert find_header([["教学仪器设备值(千元)", "占地面积(亩)"]], names) is None


def test_a_header_of_two_rows_is_read_with_the_heading_above() -> None:
    names = header_names({n: f.headers for n, f in load_source("cn-county-template").fields().items()})
    head: list[list[object]] = [
        ["基本情况表", "基本情况表", "基本情况表", "基本情况表"],
        ["学校名称", "在校生数", "在校生数", "专任教师数"],
        ["学校名称", "小学", "初中", "初中"],
        ["第一小学", 400, 0, 20],
    ]
    found = find_header(head, names)
    assert found is not None
    assert (found.first_row, found.last_row) == (2, 3)
    assert {name: heading.position for name, heading in found.found.items()} == {
        "school_name": 0,
        "pupils_primary": 1,
        "pupils_junior": 2,
        "teachers_junior": 3,
    }


def test_choices_are_taken_by_name_then_alias_then_code() -> None:
    cells = ["小学", "教学点", 211, "211 小学", "211小学", "九年一贯制（学校）", "311 小学", "幼儿园"]
    assert column("school_type_code", cells) == [
        "211", "218", "211", "211", "211", "312", "211", "unknown-code",
    ]  # fmt: skip


def test_equipment_is_filed_in_ten_thousands_unless_the_header_says_yuan() -> None:
    assert column("equipment_value_yuan", [12.3456]) == [123456.0]
    assert column("equipment_value_yuan", [12.3456], unit="万元") == [123456.0]
    assert column("equipment_value_yuan", [123456], unit="元") == [123456.0]


def test_what_a_computer_makes_of_a_whole_number_is_whole() -> None:
    assert column("books", [3.0000000000000004, 0.1 * 3 * 10, 2.9999999999999996, 3.0000001]) == [
        3.0, 3.0, 3.0, "not-whole",
    ]  # fmt: skip


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_unit_factors_are_exact_in_decimals(filed: Decimal) -> None:
    product = times_exactly(pd.Series([float(filed)]), Decimal(10000)).item()
    assert as_filed(product) == filed * 10000


def test_numbers_are_read_as_people_write_them() -> None:
    cells = ["1,234", "１２３４", " 1 234 ", "1234.0", 1234.0, "1.234e3", "—", ""]
    assert column("books", cells) == [1234.0] * 6 + [None, None]


def test_what_is_no_number_is_not_guessed_at() -> None:
    cells = ["12人", "1,23", "1.2.3", "无", True, "inf", "nan", "0x10", "2025-09-01", "#REF!", -1, 2.5]
    assert column("books", cells) == [
        *["not-a-number"] * 8, "a-date", "formula-error", "negative", "not-whole",
    ]  # fmt: skip


def test_codes_stay_text_and_lose_nothing() -> None:
    cells = [5109990001.0, "５１０９９９０００１", "0109990001", "5.11E+09", "51099900012"]
    assert column("school_id", cells) == [
        "5109990001", "5109990001", "0109990001", "bad-form", "bad-form",
    ]  # fmt: skip


def test_a_school_year_is_dated_by_the_year_it_begins_in() -> None:
    cells = ["2025/2026学年初", "2025-2026学年", "2025年", 2025, "2025/2027学年"]
    assert column("year", cells) == [2025.0] * 4 + ["not-a-number"]


def test_yes_and_no() -> None:
    assert column("lab_equipment_met", ["是", "否", 1, 0, "未达标", "大概"]) == [
        1.0, 0.0, 1.0, 0.0, 0.0, "not-yes-or-no",
    ]  # fmt: skip


def test_sentinels_are_missing_and_zero_is_zero() -> None:
    assert column("desktops_pupils", ["88888", "0", "88888.0"], source="br-school-census") == [
        None,
        0.0,
        None,
    ]


def test_mapping_is_a_model_that_cannot_be_changed() -> None:
    source = load_source("cn-county-template")
    assert isinstance(source, SourceMapping)
    with pytest.raises(ValueError, match="frozen"):
        source.coordinates = "BD-09"

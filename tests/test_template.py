"""The template workbook: what the clerk sees, and that the reader understands what is written into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis import schema
from analysis.errors import JunhengError
from analysis.forms import layout
from analysis.forms.template import Filling, write_template
from analysis.schema import Words
from analysis.standards import RuleSet, load_standard

RULES = load_standard("cn-quality-2017")


def opened(path: Path) -> Any:
    """Open a workbook; openpyxl's types do not know what a cell holds."""
    return load_workbook(path)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("template") / "模板.xlsx"
    write_template(path, rules=RULES, county=("990101", "示例县"))
    return opened(path)


def test_sheets_stand_in_the_order_of_the_contract(book: Any) -> None:
    assert book.sheetnames == [
        "填表说明", "学校数据", "出生人口", "参数", "规划参数", "县级指标", "已公布数据", "数据说明", "下拉列表",
    ]  # fmt: skip
    assert book["下拉列表"].sheet_state == "hidden"


def test_every_column_that_offices_fill_has_a_heading_with_a_note(book: Any) -> None:
    headings = {cell.value: cell.comment for cell in book["学校数据"][3]}
    wanted = [layout.header(column) for column in schema.columns().values() if column.template]
    assert sorted(headings) == sorted(wanted)
    assert "教学仪器设备值(万元)" in headings
    assert all(comment is not None for comment in headings.values())
    assert "单位:平方米" in headings["教学及辅助用房面积"].text
    assert list(headings)[-1] == "说明"


def test_keys_stay_in_view(book: Any) -> None:
    assert book["学校数据"].freeze_panes == "D4"


def test_codes_are_chosen_and_counts_are_checked_while_typing(book: Any) -> None:
    sheet = book["学校数据"]
    column = {cell.value: cell.column_letter for cell in sheet[3]}
    by_cell = {
        name: next(v for v in sheet.data_validations.dataValidation if f"{letter}100" in v)
        for name, letter in column.items()
        if name in ("城乡分类", "在校生数(小学)", "教学及辅助用房面积", "实验仪器是否达标")
    }
    assert by_cell["在校生数(小学)"].type == "whole"
    assert by_cell["教学及辅助用房面积"].type == "decimal"
    lists = book["下拉列表"]
    offered = [row[0].value for row in lists[by_cell["城乡分类"].formula1.split("!")[1].replace("$", "")]]
    assert "121 镇中心区" in offered
    assert len(offered) == len(schema.codes("urban_rural"))


def test_the_example_row_agrees_with_itself(book: Any) -> None:
    row = {h.value: c.value for h, c in zip(book["学校数据"][3], book["学校数据"][4], strict=True)}
    assert row["学校标识码"] == "0000000000"
    grades = [row[f"在校生数({g}年级)"] for g in "一二三四五六"]
    assert sum(grades) == row["在校生数(小学)"]


def test_settings_are_proposed(book: Any) -> None:
    held = {row[0].value: row[1].value for row in book["参数"].iter_rows(min_row=4)}
    assert held["县级代码"] == "990101"
    assert held["评估标准"] == RULES.id
    assert set(held) == {"县级代码", "县名", "年份", "评估标准", "坐标系", "语言"}


@pytest.mark.parametrize(
    ("standard", "numbered"), [("cn-quality-2017", 15 + 9 + 1 + 3 + 1), ("cn-basic-2012", 17 + 2)]
)
def test_county_items_are_all_there_and_each_is_asked_for(
    standard: str, numbered: int, tmp_path: Path
) -> None:
    rules: RuleSet = load_standard(standard)
    ids = [item.id for item in rules.county_items]
    assert len(ids) == len(set(ids))
    assert len({i.split("-")[0] for i in ids}) == numbered
    write_template(tmp_path / "t.xlsx", rules=rules)
    sheet = opened(tmp_path / "t.xlsx")["县级指标"]
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == ids


def test_no_item_is_promised_to_be_computed(book: Any) -> None:
    rows = list(book["县级指标"].iter_rows(min_row=4))
    assert all(cell.fill.fill_type is None for row in rows for cell in row)
    told = [str(c.value) for name in ("填表说明", "县级指标") for row in book[name] for c in row]
    assert not [text for text in told if "不必填写" in text]


def test_limits_are_printed_from_the_rule(book: Any) -> None:
    asked = {row[0].value: row[1].value for row in book["县级指标"].iter_rows(min_row=4)}
    assert asked["B1"] == "全县初中三年巩固率(≥95%)"
    assert asked["A5-1"] == "小学最大班级学生数(≤45人)"


def test_filling_is_written_in_the_units_and_words_of_the_form(tmp_path: Path) -> None:
    school = {
        "school_id": "0199000001", "school_name": "青石镇中心小学", "year": 2025, "urban_rural_code": "121",
        "ownership": "public", "equipment_value_yuan": 1_234_567.0, "pupils_primary": None, "lab_equipment_met": 1.0,
    }  # fmt: skip
    filling = Filling(
        schools=pd.DataFrame([school]), banner=Words(zh="示例数据 · 非真实", en="invented data")
    )
    write_template(tmp_path / "t.xlsx", rules=RULES, filling=filling)
    book = opened(tmp_path / "t.xlsx")
    row = {h.value: c.value for h, c in zip(book["学校数据"][3], book["学校数据"][5], strict=True)}
    assert row["学校标识码"] == "0199000001"
    assert row["城乡分类"] == "121 镇中心区"
    assert row["举办者性质"] == "公办"
    assert row["教学仪器设备值(万元)"] == pytest.approx(123.4567, abs=1e-12)
    assert row["在校生数(小学)"] is None
    assert row["实验仪器是否达标"] == "是"
    assert all("示例数据 · 非真实" in sheet["A1"].value for sheet in book.worksheets[:-1])


def test_the_same_template_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name, rules=RULES)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_folder_that_is_not_there_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(JunhengError) as error:
        write_template(tmp_path / "none" / "t.xlsx", rules=RULES)
    assert error.value.faults[0].kind == "cannot-write"
    assert list(tmp_path.iterdir()) == []

"""The check of a plan: what the published cases hold wrong is found, and a plan that adds up is left in peace."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analysis.errors import Fault, JunhengError
from analysis.plancheck import check_plan
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.standards import load_standard

from . import hand_county, plans
from .shared import shared
from .test_cli import Junheng, junheng

__all__ = ["junheng"]

RULES = load_standard("cn-quality-2017")


def found(path: Path) -> list[Fault]:
    return check_plan(path, RULES)


def kinds(path: Path) -> list[str]:
    return [fault.kind for fault in found(path)]


CLEAN: Mapping[str, list[plans.Block]] = {
    "county": plans.COUNTY_PLAN,
    "school": plans.SCHOOL_CHECK,
    "township": plans.TOWNSHIP,
    "by-year": [plans.PUPILS_BY_YEAR],
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_plan_that_adds_up_is_left_in_peace_as_a_document_and_as_a_sheet(name: str, tmp_path: Path) -> None:
    assert found(plans.write_docx(tmp_path / "plan.docx", CLEAN[name])) == []
    rows = plans.blocks_as_rows(CLEAN[name])
    assert found(plans.write_xlsx(tmp_path / "plan.xlsx", {"规划": rows})) == []


def test_a_workbook_that_adds_up_is_left_in_peace(tmp_path: Path) -> None:
    sheets = {"一校一策": plans.SCHOOLS, "投资": plans.MONEY, "指标": plans.TARGETS, "教师": plans.TEACHERS}
    assert found(plans.write_xlsx(tmp_path / "plan.xlsx", sheets)) == []


@pytest.mark.parametrize("sentence", plans.SOUND_SENTENCES)
def test_a_sound_sentence_is_left_in_peace(sentence: str, tmp_path: Path) -> None:
    assert found(plans.write_docx(tmp_path / "plan.docx", [sentence])) == []


@pytest.mark.parametrize("name", plans.TABLES)
def test_a_sound_table_is_left_in_peace(name: str, tmp_path: Path) -> None:
    rows = plans.TABLES[name]
    assert found(plans.write_docx(tmp_path / "plan.docx", ["附件", rows])) == []
    assert found(plans.write_xlsx(tmp_path / "plan.xlsx", {"附件": rows})) == []


def test_totals_that_are_means_are_not_added_up(tmp_path: Path) -> None:
    rows: plans.Rows = [
        ["项目", "合计", "城镇", "乡村"],
        ["教师(人)", 5.58, 5.15, 7.14],
        ["设备(元)", 2254, 2033, 3069],
    ]
    assert found(plans.write_xlsx(tmp_path / "plan.xlsx", {"表": rows})) == []


def test_a_claim_about_the_future_is_not_held_against_the_figures_of_today(tmp_path: Path) -> None:
    blocks: list[plans.Block] = [
        "到2027年,小学校际差异系数均达到国家规定要求。",
        "主要指标",
        plans.TABLES["base"],
    ]
    assert found(plans.write_docx(tmp_path / "a.docx", blocks)) == []
    blocks[0] = "小学校际差异系数均达到国家规定要求。"
    assert kinds(plans.write_docx(tmp_path / "b.docx", blocks)) == ["claim-against-table"]


SPOILED_TABLES = [
    ("blocks", "C7", 1575), ("subs", "C4", 301), ("subs", "C8", 411), ("top", "B2", 601), ("other", "B2", 101), ("years", "B2", 101),
    ("staff", "B4", 51), ("nums", "B5", 12), ("kinds", "B3", 34),
]  # fmt: skip


@pytest.mark.parametrize(("name", "cell", "value"), SPOILED_TABLES)
def test_a_wrong_total_is_found_wherever_it_stands(name: str, cell: str, value: int, tmp_path: Path) -> None:
    rows = plans.TABLES[name]
    path = plans.write_xlsx(tmp_path / "plan.xlsx", {"附件": rows}, {cell: value})
    assert len(found(path)) == 1


def test_case_11_the_township_plan_as_typed() -> None:
    faults = found(shared("cases", "case11_yongan_plan.csv"))
    told = [(fault.kind, fault.school_name) for fault in faults]
    assert told == [
        ("sum", ""),
        ("school-in-two-years", "永和小学"),
        ("left-out", "坪阳完小"),
        ("left-out", "中心小学"),
        ("left-out", "天楠完小"),
    ]
    assert "46 + 40 + 26 = 112万元" in faults[0].zh
    assert (faults[0].place.row, faults[0].place.value) == (56, "108")


def test_case_11_as_a_document_that_says_nine_schools_are_kept(tmp_path: Path) -> None:
    with shared("cases", "case11_yongan_plan.csv").open(encoding="utf-8") as file:
        rows = [["年份", "学校", "项目", "数量", "单位"], *list(csv.reader(file))[1:]]
    blocks: list[plans.Block] = [
        "全镇规划保留九所学校。教育技术装备需资金108万元,2014年46万元,2015年40万元,2016年26万元。",
        rows,
    ]
    told = kinds(plans.write_docx(tmp_path / "plan.docx", blocks))
    assert sorted(told) == sorted(
        ["sum", "school-in-two-years", *["left-out"] * 3, "number-of-schools", "sentence-sum"]
    )


def test_case_12_the_two_ratios_that_are_wrong_in_print() -> None:
    faults = found(shared("cases", "case12_dongyao_school.csv"))
    assert [(fault.kind, fault.place.row, fault.place.value) for fault in faults] == [
        ("ratio", 15, "50"),
        ("ratio", 16, "5.6"),
    ]
    assert "1288人÷23个 = 56" in faults[0].zh
    assert "3.27" in faults[1].zh
    assert "占地面积（7196平方米）" in faults[1].zh


def test_case_12_as_a_school_would_write_it(tmp_path: Path) -> None:
    prose: list[plans.Block] = [
        "学校现有学生1288人,23个教学班,最大班额58人,平均班额50人。教职工64人,其中专任教师62人,女教师47人。",
        "学校占地总面积7196平方米,建筑总面积4214平方米,生均校舍5.6平方米,图书26000册,生均图书20册。",
        "留守儿童185人,其中男生102人、女生83人。我校田径运动场4000平方米。",
    ]
    faults = found(plans.write_docx(tmp_path / "plan.docx", prose))
    assert [(fault.kind, fault.place.paragraph, fault.place.value) for fault in faults] == [
        ("ratio", 1, "50人"),
        ("ratio", 2, "5.6平方米"),
    ]


SPOILED = [
    ("county", {"初中10所": "初中11所"}, "sentence-sum"),
    ("county", {"县级290万元": "县级230万元"}, "sentence-sum"),
    ("county", {"两年共计1576.5": "两年共计1567.5"}, "sentence-sum"),
    ("county", {"初中教师少配22人": "初中教师超配22人"}, "sentence-sum"),
    ("county", {"占84.8%": "占88.4%"}, "share"),
    ("county", {"为高峰时的74%": "为高峰时的64%"}, "share"),
    ("county", {"低于标准7.5": "低于标准6.5"}, "comparison"),
    ("county", {"巩固率达到97.5%": "巩固率达到98.5%"}, "rate-against-table"),
    ("county", {"0.389125": "0.501787"}, "claim-against-table"),
    ("county", {"12100": "12200"}, "sentence-sum"),
    ("county", {"336.5": "363.5"}, "sum"),
    ("county", {"12800": "12600"}, "sum"),
    ("county", {"452": "542"}, "sum"),
    ("school", {"平均班额56人": "平均班额50人"}, "ratio"),
    ("school", {"3.27": "5.6"}, "ratio"),
    ("school", {"女生608人": "女生680人"}, "sentence-sum"),
    ("township", {"保留学校5所": "保留学校8所"}, "number-of-schools"),
    ("township", {"112": "108"}, "sum"),
    ("township", {"永和小学+坪阳完小": "永和小学+坪阳完小+天桥小学"}, "school-in-two-years"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "kind"), SPOILED)
def test_one_thing_spoiled_is_found(name: str, changes: dict[str, str], kind: str, tmp_path: Path) -> None:
    assert kind in kinds(plans.write_docx(tmp_path / "plan.docx", CLEAN[name], changes))


@pytest.mark.parametrize(
    ("cell", "value", "kind", "place"),
    [
        ("C6", 1269, "sum", (6, "学生数(人)")),
        ("E3", 45, "ratio", (3, "平均班额")),
        ("D11", "达标", "claim-against-cell", (11, "是否达标")),
        ("D12", "未达标", "claim-against-cell", (12, "是否达标")),
    ],
)
def test_the_place_is_that_of_the_users_own_cell(
    cell: str, value: Any, kind: str, place: tuple[int, str], tmp_path: Path
) -> None:
    path = plans.write_xlsx(tmp_path / "plan.xlsx", {"一校一策": plans.SCHOOLS}, {cell: value})
    faults = [fault for fault in found(path) if fault.kind == kind]
    assert [(f.place.sheet, f.place.row, f.place.column) for f in faults] == [("一校一策", *place)]


def test_in_prose_the_place_is_the_paragraph_and_a_rate_is_held_against_its_year(tmp_path: Path) -> None:
    spoiled = {"巩固率达到97.5%": "巩固率达到96.5%"}  # which the table has for another year
    (rate,) = found(plans.write_docx(tmp_path / "a.docx", plans.COUNTY_PLAN, spoiled))
    assert (rate.kind, rate.where("zh")) == ("rate-against-table", "a.docx › 正文第 8 段")
    assert rate.zh.endswith("为97.5%。")
    (ratio,) = found(plans.write_docx(tmp_path / "b.docx", plans.SCHOOL_CHECK, {"3.27": "5.6"}))
    assert ratio.where("en") == "b.docx › paragraph 3 › “生均校舍建筑面积” = 5.6平方米"


def test_parts_that_do_not_claim_to_be_all_may_fall_short_but_not_exceed(tmp_path: Path) -> None:
    sound = plans.write_docx(tmp_path / "a.docx", ["在校生1288人,其中寄宿生300人、留守儿童185人。"])
    assert found(sound) == []
    wrong = plans.write_docx(tmp_path / "b.docx", ["在校生1288人,其中寄宿生1300人。"])
    assert kinds(wrong) == ["part-exceeds-whole"]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("总投资1000万元,其中校舍600万元、设备300万元、教师200万元。", "sentence-sum"),
        ("达标学校由7所增加到11所,增长50%。", "change"),
        ("在校生从6458人减少到5812人,下降12.0%。", "change"),
        ("小学生均教学及辅助用房面积4.24平方米,达到4.5平方米的标准。", "comparison"),
    ],
)
def test_a_sentence_that_contradicts_itself_is_found(sentence: str, kind: str, tmp_path: Path) -> None:
    assert kinds(plans.write_docx(tmp_path / "plan.docx", [sentence])) == [kind]


def test_rounded_parts_are_allowed_their_rounding(tmp_path: Path) -> None:
    rows: plans.Rows = [["项目", "面积(平方米)"], ["甲", 10.3], ["乙", 10.3], ["丙", 10.3], ["合计", 31.0]]
    assert found(plans.write_xlsx(tmp_path / "a.xlsx", {"表": rows})) == []
    assert kinds(plans.write_xlsx(tmp_path / "b.xlsx", {"表": rows}, {"B5": 31.2})) == ["sum"]


def test_what_is_forecast_with_about_is_not_held_to_the_digit(tmp_path: Path) -> None:
    text = "到2035年在校生约12000人,其中小学8000人左右,初中3500人左右;现有在校生1288人,23个教学班,平均班额约50人。"
    assert found(plans.write_docx(tmp_path / "a.docx", [text])) == []


def test_given_the_data_the_plan_is_held_against_the_rule(tmp_path: Path) -> None:
    data = read_dataset(
        [hand_county.write(tmp_path / "data.xlsx")], load_source("cn-county-template")
    ).schools
    head: list[Any] = ["学校", "年份", "项目", "数量", "单位"]
    rows = [
        head,
        ["河口九年制学校", 2026, "运动场", 1000, "平方米"],
        ["无名小学", 2026, "运动场", 10, "平方米"],
    ]
    faults = check_plan(plans.write_xlsx(tmp_path / "plan.xlsx", {"计划": rows}), RULES, data)
    assert [(f.kind, f.school_name) for f in faults] == [
        ("unknown-school", "无名小学"),
        ("still-short", "河口九年制学校"),
        ("still-short", "河口九年制学校"),
    ]
    assert "体育运动场馆缺" in faults[1].zh
    (left,) = check_plan(plans.write_xlsx(tmp_path / "none.xlsx", {"计划": [head]}), RULES, data)
    assert (left.kind, "2个办学单位不达标：河口九年制学校（小学）、河口九年制学校（初中）" in left.zh) == (
        "not-in-plan",
        True,
    )
    enough: plans.Rows = [head, ["河口九年制学校", 2026, "运动场", 3000, "平方米"]]
    assert check_plan(plans.write_xlsx(tmp_path / "enough.xlsx", {"计划": enough}), RULES, data) == []


def test_files_that_are_no_plan_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 abc")
    (tmp_path / "b.docx").write_bytes(b"PK\x03\x04 not a document")
    (tmp_path / "c.csv").write_bytes(b"")
    for name, kind in (
        ("a.pdf", "unknown-file-type"),
        ("b.docx", "damaged-file"),
        ("c.csv", "empty-file"),
        ("d.docx", "no-such-file"),
    ):
        with pytest.raises(JunhengError) as error:
            found(tmp_path / name)
        assert [fault.kind for fault in error.value.faults] == [kind]


def test_the_command_ends_with_2_at_a_contradiction_marks_a_copy_and_is_silent_at_none(
    junheng: Junheng, tmp_path: Path
) -> None:
    plans.write_xlsx(tmp_path / "clean.xlsx", {"一校一策": plans.SCHOOLS})
    told = junheng("check-plan", "clean.xlsx")
    assert (told.code, "没有发现前后矛盾" in told) == (0, True)
    plans.write_xlsx(tmp_path / "plan.xlsx", {"一校一策": plans.SCHOOLS}, {"C6": 1269})
    told = junheng("check-plan", "plan.xlsx", "--copy", "marked.xlsx")
    assert told.code == 2
    assert "plan.xlsx › 表「一校一策」 › 第 6 行 › 「学生数(人)」 = 1269" in told
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")["一校一策"]
    assert marked["C6"].fill.fgColor.rgb == "FFFF9999"
    assert junheng("check-plan", "none.docx").code == 2

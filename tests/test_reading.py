"""A county's files into canonical tables; and hostile files, of which every fault is named at its place."""

import time
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlwt
import yaml

from analysis import schema
from analysis.errors import JunhengError, Level
from analysis.forms.annotate import annotated_copy
from analysis.sources.mapping import SourceMapping, load_source
from analysis.sources.reading import peek_counties, read_dataset

from .county_files import (
    CELLS_ONLY,
    COUNTY,
    HEADERS,
    TEMPLATE,
    faults_of,
    read,
    refused,
    rows,
    school,
    told,
    workbook,
)

PUPILS, CLASSES, TEACHERS, SITE = "在校生数(小学)", "班数(小学)", "专任教师数(小学)", "占地面积"
AREA, TYPE, ID, YEAR = "城乡分类", "办学类型", "学校标识码", "年份"


def source_of(tmp_path: Path, **settings: object) -> SourceMapping:
    """Return the county template's mapping with other settings."""
    given = {"id": "other", "title": {"zh": "甲", "en": "a"}, **settings}
    path = tmp_path / "other.yaml"
    path.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    return load_source(path)


def test_a_workbook_as_an_office_sends_it(tmp_path: Path) -> None:
    titles = [["某县义务教育学校基本情况"], ["填报单位:某县教育局"]]
    second = school(2, **{PUPILS: "５００", SITE: "1,234.5 ", AREA: "121 镇中心区", YEAR: "2025/2026学年初"})
    below = [
        [None],
        ["合  计", None, None, None, None, None, 901],
        ["小计"],
        ["注:以上为学年初数"],
        ["填表人:张三", None, "2025-09-30"],
    ]
    path = workbook(tmp_path / "学校.xlsx", {"2025": titles + rows([school(1), second]) + below})
    data = read(path)
    schools = data.schools.set_index("school_id")
    assert list(schools.index) == ["2151000001", "2151000002"]
    assert schools["source_row"].to_list() == [4, 5]
    assert schools["pupils_primary"].to_list() == [401, 500]
    assert schools["equipment_value_yuan"].to_list() == [805000, 805000]
    assert schools["site_area_m2"].to_list() == [9000, 1234.5]
    assert schools["area3"].to_list() == ["town", "town"]
    assert schools["school_type_code"].to_list() == ["211", "211"]
    assert [(f.kind, f.place.row) for f in data.faults] == [
        ("totals-row", 7), ("totals-row", 8), ("note-row", 9), ("note-row", 10),
    ]  # fmt: skip
    assert data.headers["pupils_primary"] == PUPILS


def test_the_table_has_every_column_in_its_type(tmp_path: Path) -> None:
    schools = read(workbook(tmp_path / "a.xlsx", {"表": rows([school()])})).schools
    assert list(schools.columns) == [*schema.columns(), "source_file", "source_sheet", "source_row"]
    for name, column in schema.columns().items():
        wanted = "int64" if name == "year" else "float64" if column.type in schema.NUMERIC else "str"
        assert schools[name].dtype == wanted, name
    assert schools["computers"].isna().all()


def test_every_bad_cell_of_every_sheet_is_named_at_its_place(tmp_path: Path) -> None:
    first = [
        school(1, **{PUPILS: "约400"}),
        school(2, **{CLASSES: -3}),
        school(3, **{AREA: "乡镇"}),
        school(4, **{ID: None}),
        school(5, **{YEAR: "去年"}),
        school(6, **{SITE: "#DIV/0!"}),
        school(7, **{SITE: "=B2*2"}),
        school(8, **{CLASSES: 9.5}),
        school(9, **{ID: "2.15E+09"}),
        school(10, **{TYPE: None}),
        school(1),
    ]
    titles: list[list[Any]] = [[None], [None, "题"]]
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "一": rows(first),
            "题下": titles + rows([school(30, **{SITE: "=B9"})]),
            "二": rows([school(20, **{YEAR: 1890})]),
        },
    )
    assert told(refused(path)) == {
        ("not-a-number", 2, PUPILS, "约400"),
        ("negative", 3, CLASSES, "-3"),
        ("unknown-code", 4, AREA, "乡镇"),
        ("required", 5, ID, ""),
        ("not-a-number", 6, YEAR, "去年"),
        ("formula-error", 7, SITE, "#DIV/0!"),
        ("formula-without-value", 8, SITE, ""),
        ("not-whole", 9, CLASSES, "9.5"),
        ("bad-form", 10, ID, "2.15E+09"),
        ("required", 11, TYPE, ""),
        ("duplicate-school-year", 12, ID, "2151000001"),
        ("out-of-range", 2, YEAR, "1890"),
        ("formula-without-value", 4, SITE, ""),
    }
    (of_sheet_two,) = [f for f in refused(path) if f.place.sheet == "二"]
    assert of_sheet_two.place.file == "a.xlsx"
    assert "1990" in of_sheet_two.zh
    assert "1990" in of_sheet_two.en


def test_faults_between_cells_come_together_with_faults_of_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(1, **{CLASSES: 0}), school(2, **{SITE: "大"})])})
    assert {(f.place.row, f.place.column) for f in refused(path, TEMPLATE)} == {(2, CLASSES), (3, SITE)}


def test_a_bad_cell_is_told_once_and_not_again_as_missing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(1, **{PUPILS: "四百"})])})
    assert [f.kind for f in refused(path, TEMPLATE)] == ["not-a-number"]


def test_a_missing_column_is_named_with_the_nearest_header(tmp_path: Path) -> None:
    renamed = [header.replace(ID, "学校编号") for header in HEADERS]
    path = workbook(
        tmp_path / "a.xlsx", {"一": [renamed, *rows([school()])[1:]], "二": rows([school(2, **{PUPILS: -1})])}
    )
    faults = refused(path)
    assert {(f.kind, f.place.sheet, f.place.column) for f in faults} == {
        ("missing-column", "一", ID),
        ("negative", "二", PUPILS),
    }
    assert "「学校编号」" in next(f.zh for f in faults if f.kind == "missing-column")


def test_a_misspelled_header_that_may_be_absent_is_asked_about(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", {"一": rows([school(1, **{"网络多媒体教室间数": 12, "校长": "张"})])}
    )
    asked, remark = faults_of(path)
    assert (asked.kind, asked.level) == ("misspelled-column-multimedia-rooms", Level.EXPLAIN)
    assert (asked.place.column, asked.place.row) == ("网络多媒体教室间数", 1)
    assert "「网络多媒体教室数」" in asked.zh
    assert (remark.kind, remark.level) == ("unknown-column", Level.NOTE)
    assert "「校长」" in remark.zh


def test_a_unit_in_which_a_column_is_not_filed_is_refused(tmp_path: Path) -> None:
    one = school(
        1, **{"教学仪器设备值(万元)": None, "教学仪器设备值(台)": 80.5, SITE: None, "占地面积(人)": 9000}
    )
    faults = refused(workbook(tmp_path / "a.xlsx", {"一": rows([one])}))
    assert [(f.kind, f.place.column) for f in faults] == [
        ("column-twice", "教学仪器设备值(台)"), ("column-twice", "占地面积(人)"),
    ]  # fmt: skip
    for name in ("教学仪器设备值(万元)", SITE):
        del one[name]
    faults = refused(workbook(tmp_path / "b.xlsx", {"一": rows([one])}))
    assert [(f.kind, f.place.column) for f in faults] == [
        ("wrong-unit", "教学仪器设备值(台)"), ("wrong-unit", "占地面积(人)"),
    ]  # fmt: skip
    assert "万元或元" in faults[0].zh


def test_a_header_far_from_its_name_is_still_asked_about_and_coloured(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(1, **{"骨干教师人数(小学段)": 3})])})
    (asked,) = faults_of(path)
    assert asked.level is Level.EXPLAIN
    annotated_copy(path, [asked], tmp_path / "a-核查.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a-核查.xlsx").worksheets[0]
    coloured = [c.value for row in sheet.iter_rows() for c in row if c.fill.fill_type == "solid"]
    assert coloured == ["骨干教师人数(小学段)"]


def test_longitude_and_latitude_filled_in_each_others_place(tmp_path: Path) -> None:
    swapped = school(1, 经度=26.9, 纬度=120.0)
    path = workbook(tmp_path / "a.xlsx", {"一": rows([swapped, school(2, 经度=120.0, 纬度=26.9)])})
    (fault,) = refused(path, TEMPLATE)
    assert (fault.kind, fault.place.row, fault.place.column) == ("coordinates-swapped", 2, "经度")
    assert "经度与纬度像是填反了" in fault.zh
    annotated_copy(path, [fault], tmp_path / "a-核查.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a-核查.xlsx").worksheets[0]
    marked = [c.value for row in sheet.iter_rows() for c in row if c.fill.fill_type == "solid"]
    assert marked == [26.9, 120]


def test_an_id_that_has_not_ten_digits_is_asked_about_once(tmp_path: Path) -> None:
    schools = [school(1, **{ID: "51099", YEAR: year}) for year in (2024, 2025)]
    path = workbook(tmp_path / "a.xlsx", {"一": rows([*schools, school(2)])})
    (asked,) = [f for f in faults_of(path, TEMPLATE) if f.kind == "unusual-id"]
    assert (asked.level, asked.place.row) == (Level.EXPLAIN, 3)
    assert "十位数字" in asked.zh


def test_a_full_width_dash_is_no_figure(tmp_path: Path) -> None:
    data = read(workbook(tmp_path / "a.xlsx", {"一": rows([school(1, **{SITE: "－"})])}))
    assert data.schools["site_area_m2"].isna().all()


def test_blank_figures_that_the_rule_needs_are_remarked_on_row_by_row(tmp_path: Path) -> None:
    area, grounds = "教学及辅助用房面积", "运动场地面积"
    filed: list[dict[str, Any]] = [
        {area: 2000, grounds: 4000},
        {area: None, grounds: None},
        {area: None, grounds: 3000},
    ]
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(n, **one) for n, one in enumerate(filed, 1)])})
    data = read_dataset(path, TEMPLATE, standard="cn-quality-2017", tell_blanks=True)
    notes = [f for f in data.faults if f.kind == "blank-figures"]
    assert [(f.place.row, f.level, f.school_name) for f in notes] == [
        (3, Level.NOTE, "第2小学"), (4, Level.NOTE, "第3小学"),
    ]  # fmt: skip
    assert f"「{area}」、「{grounds}」" in notes[0].zh
    assert "待定" in notes[0].zh
    assert grounds not in notes[1].zh
    (whole,) = [f for f in data.faults if f.kind == "blank-columns"]  # the columns that nobody filed
    assert "网络多媒体教室数" in whole.zh
    assert "初中" not in whole.zh
    assert not [f for f in read(path, TEMPLATE).faults if f.kind.startswith("blank")]


def test_what_cannot_be_used_is_not_told_again_as_blank(tmp_path: Path) -> None:
    area, grounds = "教学及辅助用房面积", "运动场地面积"
    one = school(1, **{area: "九百平方米", grounds: None})
    path = workbook(tmp_path / "a.xlsx", {"一": rows([one, school(2, **{area: 900, grounds: 900})])})
    with pytest.raises(JunhengError) as error:
        read_dataset(path, TEMPLATE, standard="cn-quality-2017", tell_blanks=True)
    (note,) = [f for f in error.value.faults if f.kind == "blank-figures"]
    assert (note.place.row, grounds in note.zh, area in note.zh) == (2, True, False)


def test_ticks_and_crosses_are_yes_and_no(tmp_path: Path) -> None:
    lab = "实验仪器是否达标"
    signs = [school(n, **{lab: sign}) for n, sign in enumerate("√✓×✗", 1)]
    schools = read(workbook(tmp_path / "a.xlsx", {"一": rows(signs)})).schools
    assert schools["lab_equipment_met"].to_list() == [1, 1, 0, 0]


def test_a_row_of_units_below_the_header_is_no_school(tmp_path: Path) -> None:
    head, first = rows([school(1)])
    units = [{PUPILS: "人", CLASSES: "（个）", SITE: "平方米"}.get(h) for h in head]
    data = read(workbook(tmp_path / "a.xlsx", {"一": [head, units, first]}))
    assert len(data.schools) == 1
    assert [(f.kind, f.place.row) for f in data.faults] == [("note-row", 2)]


def test_a_sheet_left_as_a_copy_is_told_once(tmp_path: Path) -> None:
    both = rows([school(1), school(2)])
    part = rows([school(2), school(3)])
    path = workbook(tmp_path / "a.xlsx", {"一": both, "一 (2)": both, "三": part})
    assert {(f.kind, f.place.sheet, f.place.row) for f in refused(path)} == {
        ("duplicate-sheet", "一 (2)", None), ("duplicate-school-year", "三", 2),
    }  # fmt: skip


def test_a_nine_year_school_on_two_rows_is_told_how_it_is_filled_in(tmp_path: Path) -> None:
    nine = school(1, **{TYPE: "九年一贯制学校", "在校生数(初中)": 200})
    (fault,) = refused(workbook(tmp_path / "a.xlsx", {"一": rows([nine, nine, school(2)])}))
    assert "各学段填在同一行" in fault.zh


def test_a_year_is_not_missed_where_its_column_is_missing(tmp_path: Path) -> None:
    settings: list[list[Any]] = [["项目", "内容", "说明"], ["年份", 2025, ""]]
    sheets = {"一": rows([{k: v for k, v in school(1).items() if k != YEAR}]), "参数": settings}
    assert [f.kind for f in refused(workbook(tmp_path / "a.xlsx", sheets))] == ["missing-column"]


def test_excels_mark_of_an_open_workbook_is_called_that(tmp_path: Path) -> None:
    mark = tmp_path / "~$a.xlsx"
    mark.write_bytes(b"\x06admin".ljust(165))
    assert [f.kind for f in refused(mark)] == ["lock-file"]


def test_two_columns_for_one_figure_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(1, **{"图书": 1, "图书册数": 2})])})
    assert [(f.kind, f.place.column) for f in refused(path)] == [("column-twice", "图书册数")]


def test_a_figure_merged_over_several_schools_belongs_to_none(tmp_path: Path) -> None:
    cells = rows([school(1), school(2, **{SITE: None})])
    column = "ABCDEFGHIJKL"[cells[0].index(SITE)]
    path = workbook(tmp_path / "a.xlsx", {"一": cells}, merge=[f"{column}2:{column}3"])
    assert told(refused(path)) == {("merged-cells", 3, SITE, "")}


def test_names_merged_over_years_are_those_of_every_year(tmp_path: Path) -> None:
    cells = rows([school(1, **{YEAR: 2024}), school(1, **{ID: None, "学校名称": None})])
    schools = read(workbook(tmp_path / "a.xlsx", {"一": cells}, merge=["A2:A3", "B2:B3"])).schools
    assert schools["school_id"].to_list() == ["2151000001"] * 2
    assert schools["year"].to_list() == [2024, 2025]


def test_a_line_merged_across_the_table_is_no_school(tmp_path: Path) -> None:
    head, first, second = rows([school(1), school(2)])
    path = workbook(tmp_path / "a.xlsx", {"一": [head, ["一、镇区学校"], first, second]}, merge=["A2:L2"])
    data = read(path)
    assert len(data.schools) == 2
    assert [(f.kind, f.place.row) for f in data.faults] == [("note-row", 2)]


def test_the_example_row_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    blank = dict.fromkeys(HEADERS)
    path = workbook(
        tmp_path / "a.xlsx", {"一": rows([school(1, **{ID: "0000000000", PUPILS: "例"}), blank, school(2)])}
    )
    assert read(path).schools["source_row"].to_list() == [4]


def test_sheets_of_several_years_and_files_make_one_table(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", {str(year): rows([school(1, **{YEAR: year})]) for year in (2023, 2024)})
    workbook(tmp_path / "a-核查.xlsx", {"2024": rows([school(1, **{YEAR: 2024})])})
    workbook(tmp_path / "a-核查2.xlsx", {"2024": rows([school(1, **{YEAR: 2024})])})
    workbook(tmp_path / "~$a.xlsx", {"2024": rows([school(1, **{YEAR: 2024})])})
    pd.DataFrame([school(1)]).to_csv(tmp_path / "b.csv", index=False, encoding="gb18030")
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    data = read(tmp_path)
    assert data.schools[["year", "source_file"]].to_numpy().tolist() == [
        [2023, "a.xlsx"], [2024, "a.xlsx"], [2025, "b.csv"],
    ]  # fmt: skip
    assert [Path(i.path).name for i in data.inputs] == ["a.xlsx", "b.csv"]
    assert all(len(i.sha256) == 64 and i.size > 0 for i in data.inputs)


def test_an_old_workbook_reads_like_a_new_one(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    for row, values in enumerate(rows([school(1), school(2, **{CLASSES: "十"})])):
        for position, value in enumerate(values):
            if value is not None:
                sheet.write(row, position, value)
    book.save(str(tmp_path / "a.xls"))
    assert told(refused(tmp_path / "a.xls")) == {("not-a-number", 3, CLASSES, "十")}


def test_unreadable_files_do_not_hide_the_faults_of_others(tmp_path: Path) -> None:
    (tmp_path / "空.csv").write_bytes(b"")
    (tmp_path / "网页.xls").write_bytes(b"<html></html>")
    (tmp_path / "别的.csv").write_text("日期,天气\n1,晴\n", encoding="utf-8")
    workbook(tmp_path / "学校.xlsx", {"一": rows([school(1, **{PUPILS: -1})])})
    assert {(f.place.file, f.kind) for f in refused(tmp_path)} == {
        ("空.csv", "empty-file"),
        ("网页.xls", "not-what-its-name-says"),
        ("别的.csv", "no-table"),
        ("学校.xlsx", "negative"),
    }


def test_a_shifted_row_does_not_hide_the_faults_of_others(tmp_path: Path) -> None:
    lines = pd.DataFrame([school(1), school(2, **{PUPILS: "坏"})]).to_csv(index=False).splitlines()
    (tmp_path / "a.csv").write_text(
        "\n".join([*lines, lines[1].replace(",9000,", ",9,000,")]), encoding="utf-8"
    )
    faults = refused(tmp_path / "a.csv")
    assert {(f.kind, f.place.row) for f in faults} == {("not-a-number", 3), ("too-many-cells", 4)}


def test_other_sheets_of_the_workbook(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Any]]] = {
        "学校数据": rows([school()]),
        "出生人口": [
            ["题"],
            ["县级代码", "乡镇代码", "乡镇", "年份", "出生人数"],
            [None, "510999101", "甲镇", 2019, 33],
        ],
        "参数": [["项目", "内容", "说明"], ["年份", 2025], ["语言", None, "zh"]],
        "县级指标": [
            ["编号", "指标", "填报内容", "佐证", "责任单位"],
            ["B1", "巩固率", 96.5, "教发〔2025〕1号", "教育局"],
            ["B2", "x"],
        ],
        "填表说明": [["学校标识码是什么"]],
        "草稿": [["随便"]],
    }
    data = read(workbook(tmp_path / "a.xlsx", sheets))
    assert data.births.to_dict("records") == [
        {"county_code": COUNTY, "township_code": "510999101", "year": 2019, "births": 33.0}
    ]
    assert data.settings == {"年份": "2025"}
    assert data.answers.to_dict("records") == [
        {"item": "B1", "value": "96.5", "evidence": "教发〔2025〕1号", "office": "教育局"}
    ]
    assert [(f.kind, f.place.sheet) for f in data.faults] == [("sheet-not-read", "草稿")]


def test_bad_births_are_refused_and_so_are_births_given_twice(tmp_path: Path) -> None:
    head = ["县级代码", "乡镇代码", "乡镇", "年份", "出生人数"]
    born = [
        [COUNTY, "510999101", "甲", 2019, "三十"],
        [COUNTY, "510999102", "乙", 2019, 5],
        [COUNTY, "510999102", "乙", 2019, 6],
    ]
    path = workbook(tmp_path / "a.xlsx", {"学校数据": rows([school()]), "出生人口": [head, *born]})
    assert {(f.kind, f.place.sheet, f.place.row) for f in refused(path)} == {
        ("not-a-number", "出生人口", 2),
        ("duplicate-births", "出生人口", 4),
    }


def test_the_workbook_says_which_coordinate_system_it_is_in(tmp_path: Path) -> None:
    placed = school(1, 经度=104.07, 纬度=30.67)

    def lon(system: str) -> float:
        path = workbook(
            tmp_path / "a.xlsx", {"一": rows([placed]), "参数": [["项目", "内容"], ["坐标系", system]]}
        )
        return float(read(path).schools["lon"].item())

    assert lon("CGCS2000") == 104.07
    assert lon("GCJ-02") == pytest.approx(104.07 - 0.0025, abs=0.0005)
    assert lon("BD-09") == pytest.approx(104.07 - 0.009, abs=0.001)


def test_an_unknown_coordinate_system_is_refused(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", {"一": rows([school()]), "参数": [["项目", "内容"], ["坐标系", "北京54"]]}
    )
    assert told(refused(path)) == {("unknown-coordinate-system", 2, "坐标系", "北京54")}


def test_explanations_stand_in_the_row_or_in_their_own_sheet(tmp_path: Path) -> None:
    dear = {"教学仪器设备值(万元)": 805000}
    plain = workbook(tmp_path / "a.xlsx", {"一": rows([school(1, **dear), school(2, **dear, 说明="捐赠")])})
    asked = {f.school_id: f for f in faults_of(plain, TEMPLATE) if f.kind == "equipment-in-too-large-a-unit"}
    assert {f.level for f in asked.values()} == {Level.EXPLAIN}
    assert {school_id: f.explanation for school_id, f in asked.items()} == {
        "2151000001": "",
        "2151000002": "捐赠",
    }
    answered: list[list[Any]] = [
        [ID, YEAR, "检查", "问题", "说明"],
        ["2151000001", 2025, "equipment-in-too-large-a-unit", "?", "新建校"],
    ]
    path = workbook(tmp_path / "b.xlsx", {"一": rows([school(1, **dear)]), "数据说明": answered})
    assert [f.explanation for f in read(path, TEMPLATE).faults if f.level is Level.EXPLAIN] == ["新建校"]


def test_one_county_of_many_and_the_faults_of_others_are_not_told(tmp_path: Path) -> None:
    other = school(2, 县级代码="510998", **{PUPILS: "坏"})
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(1), other, school(1, **{YEAR: 2024})])})
    source = CELLS_ONLY
    assert len(read_dataset(path, source, county=COUNTY).schools) == 2
    assert read_dataset(path, source, county=COUNTY, years=[2024]).schools["source_row"].to_list() == [4]
    held = peek_counties(path, source).set_index("county_code")["years"].to_dict()
    assert held == {"510998": (2025,), COUNTY: (2024, 2025)}
    with pytest.raises(JunhengError, match="510998、510999"):
        read_dataset(path, source, county="110101")


def test_an_area_given_against_its_code_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school(1, 城镇乡="乡村"), school(2, 城镇乡="镇区")])})
    assert told(refused(path)) == {("area-against-code", 2, "城镇乡", "乡村")}


def test_a_figure_not_collected_in_a_year_is_missing_not_zero(tmp_path: Path) -> None:
    source = source_of(tmp_path, columns={"site_area_m2": {"first_year": 2025}})
    schools = [
        school(n, **{YEAR: year, SITE: site}) for n, year, site in ((1, 2024, 0), (2, 2024, 0), (3, 2025, 0))
    ]
    data = read(workbook(tmp_path / "a.xlsx", {"一": rows(schools)}), source)
    assert data.schools["site_area_m2"].isna().to_list() == [True, True, False]
    assert [(f.kind, f.year, f.level) for f in data.faults] == [("not-collected", 2024, Level.NOTE)]


def test_what_the_user_cannot_mend_becomes_missing_with_a_remark(tmp_path: Path) -> None:
    source = source_of(tmp_path, correctable=False)
    bad = [
        school(1, **{SITE: "坏"}),
        school(2, **{SITE: "坏"}),
        school(3, **{CLASSES: 0}),
        school(4, **{ID: None}),
    ]
    data = read(workbook(tmp_path / "a.xlsx", {"一": rows(bad)}), source)
    assert data.schools["site_area_m2"].isna().to_list() == [True, True, False]
    assert data.schools["classes_primary"].isna().to_list() == [False, False, True]
    assert {f.level for f in data.faults} == {Level.NOTE}
    (cells,) = [f for f in data.faults if f.kind == "not-a-number"]
    assert "共2处" in cells.zh


def test_rows_that_the_source_filters_out_have_no_faults(tmp_path: Path) -> None:
    source = source_of(tmp_path, keep={"是否计校数": ["1"]})
    schools = [school(1, 是否计校数=1), school(2, 是否计校数=0, **{SITE: "坏"})]
    assert len(read(workbook(tmp_path / "a.xlsx", {"一": rows(schools)}), source).schools) == 1


def test_a_hidden_sheet_is_not_read_and_said_so(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": rows([school()]), "旧": rows([school()])})
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    data = read(path)
    assert len(data.schools) == 1
    assert [(f.kind, f.place.sheet) for f in data.faults] == [("hidden-sheet", "旧")]


def test_an_empty_template_says_that_there_are_no_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"一": [list(HEADERS)]})
    assert [f.kind for f in refused(path)] == ["no-rows"]


def test_a_county_full_of_faults_is_told_in_time(tmp_path: Path) -> None:
    spoiled = [school(n, **{SITE: "坏", CLASSES: -1, AREA: "?", PUPILS: "=1/0"}) for n in range(1, 100)]
    path = workbook(
        tmp_path / "a.xlsx", {str(y): rows([one | {YEAR: y} for one in spoiled]) for y in (2023, 2024, 2025)}
    )
    start = time.monotonic()
    assert len(refused(path, TEMPLATE)) == 3 * 99 * 4
    assert time.monotonic() - start < 10

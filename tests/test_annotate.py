"""The coloured copy: marks where they belong, the original untouched, explanations that survive the round trip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from analysis.errors import Fault, JunhengError, Level, Place
from analysis.forms.annotate import annotated_copy

RED, YELLOW = "FFFF9999", "FFFFEB9C"


def opened(path: Path) -> Any:
    """Open a workbook; openpyxl's types do not know what a cell holds."""
    return load_workbook(path)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "学校数据"
    sheet.append(["某县学校数据"])
    sheet.append(["学校标识码", "学校名称", "专任教师数(小学)", "图书册数"])
    sheet.append(["2199000001", "甲小学", 5, 100])
    sheet.append(["2199000002", "乙小学", 0, 90000])
    sheet["B3"].font = Font(italic=True)
    path = tmp_path / "学校数据.xlsx"
    book.save(path)
    return path


def fault(row: int | None, column: str, level: Level, kind: str = "k", **more: object) -> Fault:
    place = Place("学校数据.xlsx", "学校数据" if row else "", row, column, "0")
    return Fault(kind, f"{column}有问题。", "wrong.", place, level, **more)  # type: ignore[arg-type]


REFUSED = fault(4, "专任教师数(小学)", Level.REFUSE)
ASKED = fault(4, "图书册数", Level.EXPLAIN, "jump-books", school_id="2199000002", year=2025)


def test_cells_are_coloured_commented_and_told_beside_the_data(original: Path, tmp_path: Path) -> None:
    annotated_copy(original, [REFUSED, ASKED], tmp_path / "核查.xlsx")
    sheet = opened(tmp_path / "核查.xlsx")["学校数据"]
    assert sheet["C4"].fill.fgColor.rgb == RED
    assert sheet["D4"].fill.fgColor.rgb == YELLOW
    assert "wrong." in sheet["C4"].comment.text
    assert sheet["E2"].value == "核查结果"
    assert "【必须改正】专任教师数(小学)" in sheet["E4"].value
    assert "【需说明】图书册数" in sheet["E4"].value
    assert sheet["C3"].fill.fill_type is None
    assert sheet["E3"].value is None


def test_formatting_and_the_original_are_kept(original: Path, tmp_path: Path) -> None:
    before = original.read_bytes()
    annotated_copy(original, [REFUSED], tmp_path / "核查.xlsx")
    assert original.read_bytes() == before
    assert opened(tmp_path / "核查.xlsx")["学校数据"]["B3"].font.italic


def test_red_prevails_in_a_cell_with_both(original: Path, tmp_path: Path) -> None:
    both = [fault(4, "图书册数", Level.REFUSE), ASKED]
    annotated_copy(original, both, tmp_path / "核查.xlsx")
    assert opened(tmp_path / "核查.xlsx")["学校数据"]["D4"].fill.fgColor.rgb == RED


def test_a_mended_copy_loses_its_marks_and_keeps_its_explanations(original: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "核查.xlsx", tmp_path / "again.xlsx"
    annotated_copy(original, [REFUSED, ASKED], first)
    book = opened(first)
    row = next(row for row in book["数据说明"].iter_rows() if row[2].value == "jump-books")
    assert [cell.value for cell in row[:2]] == ["2199000002", 2025]
    assert "wrong." not in row[3].value  # what is asked stands there in Chinese
    row[4].value = "接受捐赠"
    book["学校数据"]["C4"].value = 6
    book.save(first)
    renamed = [Fault(**{**vars(ASKED), "place": Place(first.name, "学校数据", 4, "图书册数", "90000")})]
    annotated_copy(first, renamed, second)
    sheet = opened(second)["学校数据"]
    assert sheet["C4"].fill.fill_type is None
    assert sheet["C4"].comment is None
    assert [cell.value for cell in sheet[2]].count("核查结果") == 1
    assert "专任教师" not in sheet["E4"].value
    said = [[c.value for c in row] for row in opened(second)["数据说明"].iter_rows() if row[4].value]
    assert said[-1][4] == "接受捐赠"
    assert len([r for r in opened(second)["数据说明"].iter_rows() if r[2].value == "jump-books"]) == 1


def test_an_explanation_given_in_the_row_is_shown(original: Path, tmp_path: Path) -> None:
    told = Fault(**{**vars(ASKED), "explanation": "新建图书馆"})
    annotated_copy(original, [told], tmp_path / "核查.xlsx")
    rows = list(opened(tmp_path / "核查.xlsx")["数据说明"].iter_rows(values_only=True))
    assert rows[-1][4] == "新建图书馆"


def test_a_fault_without_a_row_is_listed(original: Path, tmp_path: Path) -> None:
    annotated_copy(original, [fault(None, "年份", Level.REFUSE, "missing-column")], tmp_path / "核查.xlsx")
    rows = list(opened(tmp_path / "核查.xlsx")["数据说明"].iter_rows(values_only=True))
    assert rows[-1][2] == "missing-column"


def test_a_remark_at_the_heading_leaves_the_result_heading_alone(original: Path, tmp_path: Path) -> None:
    annotated_copy(original, [fault(2, "学校名称", Level.NOTE), REFUSED], tmp_path / "核查.xlsx")
    assert opened(tmp_path / "核查.xlsx")["学校数据"]["E2"].value == "核查结果"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_becomes_a_workbook(encoding: str, delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    text = "学校标识码,图书册数\n0199000001,-5\n".replace(",", delimiter)
    path.write_text(text, encoding=encoding)
    wrong = Fault("negative", "不能为负。", "negative.", Place("a.csv", "", 2, "图书册数", "-5"))
    annotated_copy(path, [wrong], tmp_path / "a-核查.xlsx")
    sheet = opened(tmp_path / "a-核查.xlsx")["a"]
    assert sheet["A2"].value == "0199000001"
    assert sheet["B2"].fill.fgColor.rgb == RED


def test_an_old_xls_becomes_a_workbook(tmp_path: Path) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("学校数据")
    table: list[list[Any]] = [["标题", ""], ["学校标识码", "图书册数"], ["2199000001", -5]]
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.save(str(tmp_path / "a.xls"))
    wrong = Fault("negative", "不能为负。", "negative.", Place("a.xls", "学校数据", 3, "图书册数", "-5"))
    annotated_copy(tmp_path / "a.xls", [wrong], tmp_path / "a.xlsx")
    assert opened(tmp_path / "a.xlsx")["学校数据"]["B3"].fill.fgColor.rgb == RED


def test_the_original_is_never_overwritten(original: Path) -> None:
    with pytest.raises(JunhengError) as error:
        annotated_copy(original, [REFUSED], original)
    assert error.value.faults[0].kind == "would-overwrite"


def test_a_file_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("学校标识码,年份\n")
    with pytest.raises(JunhengError) as error:
        annotated_copy(tmp_path / "a.xlsx", [], tmp_path / "b.xlsx")
    assert error.value.faults[0].kind == "not-a-workbook"
    assert not (tmp_path / "b.xlsx").exists()

"""ledger.xlsx: what Excel will find in its cells."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis import facts
from analysis.errors import Lang
from analysis.publish.record import INVENTED, cleaned, load
from analysis.publish.story import TableColumn
from analysis.publish.workbook import sheet_names, write_workbook

from .telling import HOSTILE, LANGS, open_story, schools, tell_data, told, words

MADE = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = 4  # title, unit, two rows of header


def written(folder: Path, lang: Lang = "zh") -> Workbook:
    return openpyxl.load_workbook(write_workbook(load(folder), lang, made=MADE))


def sheet(book: Workbook, place: int) -> Worksheet:
    found = book.worksheets[place]
    assert isinstance(found, Worksheet)
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_a_sheet_per_table_after_the_contents_that_lead_to_them(tmp_path: Path, lang: Lang) -> None:
    book = written(told(tmp_path, lang), lang)
    names = {
        "zh": ["目录", "达标： 表", "达标： 表 (2)", "附表", "数字索引"],
        "en": ["Contents", "Met sheet", "Met sheet (2)", "Annex", "Numbers"],
    }
    assert book.sheetnames == names[lang]
    contents = sheet(book, 0)
    links = [contents.cell(row, 1).hyperlink for row in range(4, 8)]
    assert [
        link.location.split("!")[0].strip("'") for link in links if link and link.location
    ] == book.sheetnames[1:]


def test_text_stays_text(tmp_path: Path) -> None:
    page = sheet(written(told(tmp_path)), 1)
    cells = [page.cell(HEADER + 1 + i, 1) for i in range(len(HOSTILE))]
    assert [c.value for c in cells] == [cleaned(text) for text in HOSTILE.values()]
    assert {c.data_type for c in cells} == {"s"}
    assert not [c for c in cells if c.hyperlink]


def test_text_and_plain_numbers_are_no_formulas(tmp_path: Path) -> None:
    book = written(told(tmp_path))
    assert not [c for s in book.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"]


def test_sums_are_formulas_with_their_values(tmp_path: Path) -> None:
    story = open_story(tmp_path, "01_data")
    frame = pd.DataFrame({"name": ["甲", "乙", "合计"], "a": [1.5, 2.0, 3.5], "b": [4.0, None, 4.0]})
    frame["both"] = [5.5, None, 7.5]
    columns = {str(name): TableColumn(words("列", str(name)), digits=1) for name in frame}
    columns["both"] = TableColumn(words("和", "both"), digits=1, formula="[a]+[b]")
    columns["part"] = TableColumn(words("比", "part"), digits=1, percent=True, formula="[a]/SUM([a:])")
    frame["part"] = [1.5 / 3.5, 2.0 / 3.5, 1.0]
    story.table(
        frame, "sums", title=words("和", "sums"), columns=columns, sheet=words("和", "sums"), total=True
    )
    story.close()
    path = write_workbook(load(tmp_path), "zh", made=MADE)
    page = sheet(openpyxl.load_workbook(path), 1)
    rows = [[page.cell(row, column).value for column in range(2, 6)] for row in range(4, 7)]
    assert rows == [
        [1.5, 4, "=B4+C4", "=B4/SUM($B$4:$B$5)"],
        [2, "—", "—", "=B5/SUM($B$4:$B$5)"],
        ["=SUM($B$4:$B$5)", "=SUM($C$4:$C$5)", "=SUM($D$4:$D$5)", "=SUM($E$4:$E$5)"],
    ]
    stored = sheet(openpyxl.load_workbook(path, data_only=True), 1)
    assert [stored.cell(6, column).value for column in range(2, 6)] == [3.5, 4, 7.5, 1]


def test_numbers_are_whole_beneath_and_printed_as_in_the_report(tmp_path: Path) -> None:
    page = sheet(written(told(tmp_path)), 1)
    frame, _, marks = schools()
    for i, (value, marked) in enumerate(zip(frame["area"], marks["area"], strict=True)):
        cell = page.cell(HEADER + 1 + i, 3)
        assert (cell.value == "—") if value != value else (cell.value == pytest.approx(value, rel=1e-15))
        assert (cell.fill.fgColor.rgb == "FFF4CFCA") is bool(marked)
        assert cell.number_format.startswith('"▲"') is bool(marked)
    assert page.cell(HEADER + 1, 3).number_format == '"▲"0.000'
    assert page.cell(HEADER + 1, 2).number_format == "0"


def test_shares_and_decimals_by_row(tmp_path: Path) -> None:
    page = sheet(written(told(tmp_path, "en"), "en"), 2)
    assert [page.cell(row, 2).number_format for row in (5, 6)] == ["#,##0.00", "#,##0.000"]
    assert page.cell(5, 3).number_format == "#,##0.0%"
    assert page.cell(5, 3).value == 0.285
    assert page.cell(6, 3).value == "—"


def test_header_is_frozen_filtered_and_repeated_on_paper(tmp_path: Path) -> None:
    page = sheet(written(told(tmp_path)), 1)
    assert page.freeze_panes == "B5"
    assert page.auto_filter.ref == f"A4:D{4 + len(HOSTILE)}"
    assert page.print_title_rows == "$3:$4"
    assert page.page_setup.orientation == "landscape"
    assert [str(r) for r in sorted(page.merged_cells.ranges, key=str)] == ["A3:A4", "B3:B4", "C3:D3"]


def test_rows_are_as_high_as_their_text(tmp_path: Path) -> None:
    page = sheet(written(told(tmp_path)), 1)
    heights = [page.row_dimensions[HEADER + 1 + i].height for i in range(len(HOSTILE))]
    assert [h == 30 for h in heights] == ["\n" in text for text in HOSTILE.values()]


def test_title_unit_and_remarks_stand_around_the_table(tmp_path: Path) -> None:
    page = sheet(written(told(tmp_path)), 1)
    assert page["A1"].value == "分学校达标情况"
    assert page["A2"].value == "单位：平方米"
    below = [page.cell(row, 1).value for row in range(HEADER + len(HOSTILE) + 2, page.max_row + 1)]
    assert below[:3] == ["口径：学籍；时点：学年初。", "注：缺数据记为“—”。", "▲ 未达标"]
    assert str(below[3]).startswith("资料来源")


@pytest.mark.parametrize("invented", [True, False])
def test_the_label_stands_on_every_sheet_of_invented_data_only(tmp_path: Path, invented: bool) -> None:
    for page in written(told(tmp_path, invented=invented)).worksheets:
        top = [cell.value for row in page.iter_rows(max_row=2) for cell in row]
        assert (INVENTED in top) is invented
        assert (INVENTED in str(page.oddHeader)) is invented


def test_a_run_without_sheets_has_contents_and_index_alone(tmp_path: Path) -> None:
    tell_data(tmp_path)
    assert written(tmp_path).sheetnames == ["目录", "数字索引"]


def test_every_number_printed_has_an_id_that_leads_to_its_cell(tmp_path: Path) -> None:
    book = written(told(tmp_path))
    rows = [row for row in book["数字索引"].iter_rows(min_row=4) if row[0].value]
    ids = [str(row[0].value) for row in rows]
    assert len(set(ids)) == len(ids)
    for row in rows:
        link = row[0].hyperlink
        if link is None:
            assert str(row[0].value).startswith("S-")
            continue
        name, place = str(link.location).rsplit("!", 1)
        cell = book[name.strip("'").replace("''", "'")][place]
        assert cell.value == pytest.approx(float(str(row[3].value)))
    shown = {str(row[2].value) for row in rows}
    assert {"1000", "4.496", "28.5%", "40"} <= shown  # tables, and the sentence that names 40 schools


def test_a_number_of_the_text_names_the_cell_that_holds_it_not_one_that_prints_alike(tmp_path: Path) -> None:
    story = open_story(tmp_path, "02_ledger")
    mean = facts.About("rooms", words("用房", "rooms"), "means")(
        1.2345, "mean", "平均", "mean", digits=2, column="a"
    )
    story.say(facts.told(zh=f"平均{mean}人。", en=f"{mean:en}."))
    story.say(words("另有1.23人。", "And 1.23."))
    columns = {"a": TableColumn(words("值", "Value"), digits=2)}
    story.table(pd.DataFrame({"a": [1.2345]}), "means", title=words("平均", "Means"), columns=columns)
    story.close()
    rows = [[cell.value for cell in row] for row in written(tmp_path)["数字索引"].iter_rows(min_row=4)]
    same = [(row[2], row[11] or None) for row in rows if str(row[0]).startswith("S-")]
    assert same == [("1.23", "T-means-1-1"), ("1.23", None)]


def test_the_same_run_made_at_the_same_time_is_the_same_file(tmp_path: Path) -> None:
    told(tmp_path)
    first = write_workbook(load(tmp_path), "zh", made=MADE).read_bytes()
    assert write_workbook(load(tmp_path), "zh", made=MADE).read_bytes() == first


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_titles_make_names_that_excel_takes(titles: list[str]) -> None:
    names = sheet_names(titles)
    assert len(names) == len(titles)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")

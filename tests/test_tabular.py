"""Raw sheets: the rows that Excel shows, whatever the file; and files that are not what they say."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlwt

from analysis.errors import JunhengError
from analysis.sources.tabular import Sheet, read_sheets

from .county_files import workbook

NAMES = {"学校名称": "school_name", "年份": "year", "books": "books"}


def sheet(path: Path, *encodings: str) -> Sheet:
    """Open the first sheet of a file."""
    return read_sheets(path, names=NAMES, encodings=encodings or ("utf-8", "gb18030"))[0]


def kind_of_refusal(path: Path) -> str:
    """Return the kind of the one fault that opening a file ends in."""
    with pytest.raises(JunhengError) as error:
        read_sheets(path, names=NAMES, encodings=("utf-8", "gb18030"))
    (fault,) = error.value.faults
    assert fault.place.file == path.name
    return fault.kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_any_usual_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(delimiter.join(["学校名称", "年份"]) + "\n" + delimiter.join(["𠮷镇小学,东", "2025"]).replace(
        "𠮷镇小学,东", '"𠮷镇小学,东"'), encoding=encoding)  # fmt: skip
    assert sheet(path).take(1, [0, 1]).to_numpy().tolist() == [["𠮷镇小学,东", "2025"]]


def test_latin1_is_read_only_where_it_is_declared(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("books;year\nMaceió;1\n".encode("latin-1"))
    assert sheet(path, "utf-8", "latin-1").take(1, [0]).iloc[0, 0] == "Maceió"
    assert kind_of_refusal(path) == "unknown-encoding"


def test_rows_have_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('某县\n\n学校名称,"年份\n(学年初)"\n甲,1\n,\n"乙\n分校",2\n丙\n', encoding="utf-8")
    read = sheet(path).take(3, [0, 1])
    assert read[0].dropna().to_dict() == {4: "甲", 6: "乙\n分校", 7: "丙"}
    assert read[1].dropna().to_dict() == {4: "1", 6: "2"}


def test_a_row_longer_than_the_header_has_shifted_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("学校名称,年份\n甲,1\n乙,1,234,5\n丙,1,\n丁,1\n", encoding="utf-8")
    read = sheet(path)
    assert read.take(1, [0])[0].to_dict() == {2: "甲", 5: "丁"}
    assert [(f.kind, f.place.row) for f in read.faults] == [("too-many-cells", 3), ("too-many-cells", 4)]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_delimiter_at_the_end_of_every_row_is_harmless(tmp_path: Path, quote: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"学校名称,年份\n{quote}甲{quote},1,\n乙,2,\n", encoding="utf-8")
    read = sheet(path)
    assert read.take(1, [0])[0].to_list() == ["甲", "乙"]
    assert read.faults == []


def test_an_unclosed_quote_is_a_fault_not_a_short_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('学校名称,年份\n"甲,1\n乙,2\n', encoding="utf-8")
    with pytest.raises(JunhengError, match="引号"):
        sheet(path).take(1, [0])


def test_merged_cells_have_the_value_of_their_first(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"表": [["学校名称", "在校生数", None], ["甲", 1, 2], [None, 3, 4]]},
                    merge=["B1:C1", "A2:A3"])  # fmt: skip
    read = sheet(path)
    assert read.head[0] == ["学校名称", "在校生数", "在校生数"]
    assert read.take(1, [0])[0].to_dict() == {2: "甲", 3: "甲"}
    assert read.covered == {(1, 2), (3, 0)}


def test_xls_gives_the_same_as_xlsx(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    old = book.add_sheet("表")
    cells: list[list[object]] = [["某县"], [], ["学校名称", "books"], ["甲", 12.5], ["乙"]]
    for row, values in enumerate(cells):
        for position, value in enumerate(values):
            old.write(row, position, value)
    old.row(4).set_cell_error(1, "#REF!")
    book.save(str(tmp_path / "a.xls"))
    read = sheet(tmp_path / "a.xls")
    assert read.name == "表"
    assert read.take(3, [0, 1]).iloc[0].to_list() == ["甲", 12.5]
    assert read.broken == {(5, 1): "#REF!"}


def test_formulas_without_a_result_are_found_and_blank_results_are_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["学校名称", "books"])
    for formula in ("=1/0", "=A1", '=""', "=1+1"):
        book.worksheets[0].append(["甲", formula])
    book.save(tmp_path / "a.xlsx")
    stored = {
        "1/0": ('<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        '""': ('<c r="B4" t="str"><f>""</f><v></v></c>'),
        "1+1": ('<c r="B5"><f>1+1</f><v>2</v></c>'),
    }

    def calculate(xml: str) -> str:
        for formula, cell in stored.items():
            xml = re.sub(rf'<c r="B\d"[^>]*><f>{re.escape(formula)}</f><v ?/?>(?:</v>)?</c>', cell, xml)
        return xml

    rewrite(tmp_path / "a.xlsx", calculate)
    read = sheet(tmp_path / "a.xlsx")
    assert read.broken == {(2, 1): "#DIV/0!", (3, 1): ""}
    assert read.take(1, [1])[1].dropna().to_dict() == {5: 2}


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Change the XML of a workbook's first sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = change(parts[name].decode("utf-8")).encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def test_parquet_counts_its_header_as_row_one(tmp_path: Path) -> None:
    pd.DataFrame({"学校名称": ["甲", "乙"], "books": [1.5, None], "other": [0, 0]}).to_parquet(
        tmp_path / "a.parquet"
    )
    read = sheet(tmp_path / "a.parquet")
    assert read.head == [["学校名称", "books", "other"]]
    assert read.take(1, [1])[1].dropna().to_dict() == {2: 1.5}


def zipped() -> bytes:
    """Return a zip archive that is no workbook."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "1")
    return packed.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"", "empty-file"),
        ("a.csv", b" \r\n\n", "empty-file"),
        ("a.xlsx", b"", "empty-file"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "not-what-its-name-says"),
        ("a.xls", b"\xef\xbb\xbf<!DOCTYPE html>", "not-what-its-name-says"),
        ("a.xls", b"name\tyear\n", "not-what-its-name-says"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "not-what-its-name-says"),
        ("a.xlsx", OLE + "Workbook".encode("utf-16-le"), "not-what-its-name-says"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xlsx", zipped(), "not-what-its-name-says"),
        ("a.csv", zipped(), "not-what-its-name-says"),
        ("a.xlsx", b"PK\x03\x04 cut short", "damaged-file"),
        ("a.csv", b"\x00\x01\x02\x03", "not-what-its-name-says"),
        ("a.parquet", b"PAR1 cut short", "damaged-file"),
        ("a.docx", zipped(), "unknown-file-type"),
    ],
)
def test_a_file_that_cannot_be_what_its_name_says(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert kind_of_refusal(path) == kind


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(JunhengError, match="找不到"):
        read_sheets(tmp_path / "none.csv", names=NAMES, encodings=())


def test_xlsx_saved_under_xls_is_named_as_what_it_is(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"表": [["学校名称"]]}).rename(tmp_path / "a.xls")
    with pytest.raises(JunhengError, match=r"内容却是Excel工作簿（\.xlsx）"):
        read_sheets(path, names=NAMES, encodings=())

"""Schools with names that mean harm, from the office's file through notebooks to every output, each opened."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from pptx import Presentation

from analysis import collecting
from analysis.publish import publish
from analysis.publish.public import write_public
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.standards import load_standard

from . import hand_county, test_region
from .chromium import browser
from .outputs import Outputs, junheng, proof
from .test_public import contents

NAMES = ("=1+1", "<script>alert(1)</script>", "../../{x}小学", "第一\n小学😀", "右\u200f左\u202e反转小学")
COUNTY = "{县}<b>='1'!A1"
FILE = "学校 {x} =1+1 <b>.csv"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cells = {**hand_county.CELLS, "学校名称": NAMES, "县名": (COUNTY,) * len(NAMES)}
    path = tmp_path_factory.mktemp("county") / FILE
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(cells)
        writer.writerows(zip(*cells.values(), strict=True))
    return path


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """What names schools, published; the folder stands alone in one of its own."""
    folder = tmp_path_factory.mktemp("outputs") / "out" / "zh"
    parameters = {
        "county": hand_county.COUNTY, "year": str(hand_county.YEAR), "lang": "zh", "data": str(data),
        "standard": "cn-quality-2017", "area": "area2",
    }  # fmt: skip
    told = proof(folder, ["01", "02", "03", "04", "05"], parameters, drawn=True)
    publish(folder)
    return told


def test_nothing_is_written_beside_the_folder(run: Outputs) -> None:
    beside = [path for path in run.folder.parent.parent.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(run.folder) for path in beside)
    names = {path.name for path in beside}
    assert not any(set(name) & set("={}<>\n\u202e") for name in names)


def test_no_cell_of_a_workbook_is_a_formula_and_the_names_are_text(run: Outputs) -> None:
    for name in ("ledger.xlsx", "charts.xlsx"):
        book = openpyxl.load_workbook(run.folder / name)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
        assert not [text for text in formulas if "1+1" in text or "<script" in text or "{x}" in text]
        for part in zipfile.ZipFile(run.folder / name).namelist():
            assert not part.startswith("xl/externalLinks")
    texts = {
        str(cell.value)
        for sheet in openpyxl.load_workbook(run.folder / "ledger.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    }
    assert {"=1+1", "<script>alert(1)</script>", "../../{x}小学"} <= {text.lstrip("▲") for text in texts}


def test_documents_open_and_hold_the_names_as_text(run: Outputs) -> None:
    document = Document(str(run.folder / "report.docx"))
    said = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "<script>alert(1)</script>" in said
    assert "../../{x}小学" in said
    assert "\u202e" not in said  # would turn the rest of its line around
    slides = Presentation(str(run.folder / "slides.pptx"))
    assert len(slides.slides) > 2


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_another_program_opens_the_workbook(run: Outputs, tmp_path: Path) -> None:
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "csv",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(run.folder / "ledger.xlsx")],
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "ledger.csv").stat().st_size > 100


@pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None,
    reason="LibreOffice or poppler is lacking",
)
def test_the_report_as_another_program_prints_it_holds_the_names_as_text(run: Outputs) -> None:
    text = subprocess.run(
        ["pdftotext", str(run.folder / "report.pdf"), "-"], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    flat = re.sub(r"\s", "", text)
    for name in ("=1+1", "<script>alert(1)</script>", "../../{x}小学", "小学😀"):
        assert name in flat


def test_the_gap_and_the_plan_hold_the_names_as_text(run: Outputs) -> None:
    kept = {"=1+1", "<script>alert(1)</script>", "../../{x}小学"}
    assert kept - {"=1+1"} <= set(run.frame("similar")["学校"])  # which has a stage to itself
    assert kept <= set(run.frame("school-plans")["学校"])
    assert not [
        name for name in run.tables if "\u202e" in "".join(run.frame(name).astype(str).to_numpy().ravel())
    ]


@pytest.mark.browser
def test_no_script_of_a_name_runs_in_the_gallery(run: Outputs, tmp_path: Path) -> None:
    with browser(tmp_path / "profile") as tab:
        tab.ask("Page.enable")
        source = "window.said = []; window.alert = text => window.said.push(text);"
        tab.ask("Page.addScriptToEvaluateOnNewDocument", source=source)
        tab.open(run.folder / "index.html")
        assert tab.run("window.said") == []
        assert tab.run("[...document.scripts].filter(s => s.textContent.includes('alert(1)')).length") == 0
        assert "<script>alert(1)</script>" in tab.run("document.body.innerText")


def test_the_public_outputs_hold_none_of_the_names(run: Outputs, tmp_path: Path) -> None:
    folder = tmp_path / "zh"
    shutil.copytree(run.folder, folder)
    public = write_public(folder, publish)
    secrets = ("alert(1)", "{x}小学", "小学😀", *hand_county.CELLS["学校标识码"])
    found = [(name, secret) for name, text in contents(public) for secret in secrets if str(secret) in text]
    assert found == []


def commands(data: Path) -> Iterator[tuple[str, ...]]:
    of = ("--county", hand_county.COUNTY, "--data", str(data), "--standard", "cn-quality-2017")
    yield ("ledger", "台账.xlsx", *of)
    yield ("self-check", "自查.docx", *of)


def test_the_ledger_and_the_school_pages_hold_the_names_as_text(data: Path, tmp_path: Path) -> None:
    for arguments in commands(data):
        done = junheng(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"台账.xlsx", "自查.docx"}
    for sheet in openpyxl.load_workbook(tmp_path / "台账.xlsx"):
        assert not [
            c.value
            for row in sheet.iter_rows()
            for c in row
            if c.data_type == "f" and re.search("1.?1", str(c.value))
        ]
    pages = "\n".join(paragraph.text for paragraph in Document(str(tmp_path / "自查.docx")).paragraphs)
    assert "<script>alert(1)</script>" in pages


def test_workbooks_handed_out_and_collected_keep_the_names_as_text(data: Path, tmp_path: Path) -> None:
    source, rules = load_source("cn-county-template"), load_standard("cn-quality-2017")
    handed = tmp_path / "交表"
    paths = collecting.hand_out(handed, read_dataset(data, source), year=hand_county.YEAR + 1, rules=rules)
    assert {path.parent for path in paths} == {handed}
    assert not [path.name for path in paths if set(path.name) & set("={}<>/\n\u202e")]
    for path in paths:
        book = openpyxl.load_workbook(path)
        assert not [
            c
            for sheet in book
            for row in sheet.iter_rows()
            for c in row
            if c.data_type == "f" and "1+1" in str(c.value)
        ]
        sheet: Any = book["学校数据"]
        columns = {cell.value: cell.column for cell in sheet[3]}
        school = hand_county.CELLS["学校标识码"].index(path.name[:10])
        for header in list(hand_county.CELLS)[7:]:
            sheet.cell(5, columns[header], hand_county.CELLS[header][school])
        book.save(path)
    collecting.write_collection(tmp_path / "汇总.xlsx", collecting.collect(handed, source), rules)
    merged = read_dataset(tmp_path / "汇总.xlsx", source).schools
    assert set(merged["school_name"]) == set(NAMES)
    assert set(merged["county_name"]) == {COUNTY}
    assert {path.name for path in tmp_path.iterdir()} == {"交表", "汇总.xlsx"}


def test_a_region_of_hostile_counties_keeps_the_names_as_text(tmp_path: Path) -> None:
    names = (*NAMES, "A$B_{1}$县")
    region = test_region.written(tmp_path, names)
    told = proof(
        tmp_path / "out" / "zh",
        ["06"],
        {"region": str(region), "year": "2025", "profiles": "all"},
        drawn=True,
    )
    publish(told.folder)
    filed = {"=1+1", "<script>alert(1)</script>", "../../{x}小学", "A$B_{1}$县"}
    assert filed <= set(told.frame("every-county")["县（市、区）"])
    for name in ("ledger.xlsx", "charts.xlsx"):
        cells = [
            c
            for sheet in openpyxl.load_workbook(told.folder / name)
            for row in sheet.iter_rows()
            for c in row
        ]
        assert not [c.value for c in cells if c.data_type == "f" and "1+1" in str(c.value)]
    page = (told.folder / "index.html").read_text("utf-8")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    document = Document(str(told.folder / "report.docx"))
    assert filed <= {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    beside = {path.name for path in tmp_path.iterdir()}
    assert beside == {"schools.csv", "counties.geojson", "invented.yaml", "out"}

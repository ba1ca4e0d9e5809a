"""Schools with names that mean harm, from the office's file through notebooks to every output, each opened."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from pptx import Presentation

from analysis.publish import publish
from analysis.publish.public import write_public

from . import hand_county
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
    told = proof(folder, ["01", "02", "04"], parameters, drawn=True)
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
        assert not [text for text in formulas if "1+1" in text or "<" in text or "{" in text]
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

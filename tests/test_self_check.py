"""A school's self-check: one page a school, and stated ratios against their parts."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from analysis.cli import main
from analysis.errors import JunhengError, Place
from analysis.self_check import check_stated, read_stated
from analysis.self_check.stated import Figure

from . import hand_county
from .shared import shared


def stated(**figures: str) -> list[str]:
    table = {name: Figure(Decimal(value), Place(value=value)) for name, value in figures.items()}
    return [fault.zh for fault in check_stated(table)]


def test_case_12_finds_the_two_ratios_that_are_wrong_in_print() -> None:
    faults = check_stated(read_stated(shared("cases", "case12_dongyao_school.csv")))
    assert [(f.place.column, f.place.row, f.place.value) for f in faults] == [
        ("mean_class", 15, "50"),
        ("building_area_per_pupil", 16, "5.6"),
    ]
    assert "1288÷班数23=56.0" in faults[0].zh
    assert "与占地面积7196相符" in faults[1].zh
    assert "the number is that of site 7196" in faults[1].en


@pytest.mark.parametrize(("value", "agrees"), [("56", True), ("56.0", True), ("55", False), ("57", False)])
def test_a_ratio_agrees_rounded_or_cut_off_at_its_decimals(value: str, agrees: bool) -> None:
    assert (stated(pupils="1288", classes="23", mean_class=value) == []) == agrees
    assert stated(pupils="1287", classes="23", mean_class="55") == []  # 55.96 cut off
    assert stated(pupils="1287", classes="23", mean_class="56") == []  # and rounded


def test_what_is_not_given_is_not_checked_and_parts_do_not_exceed_their_whole() -> None:
    assert stated(mean_class="50", pupils="1288") == []
    assert stated(mean_class="50", pupils="1288", classes="0") == []
    assert stated(teachers="60", full_time_teachers="62") == ["专任教师数62大于教职工数60。"]
    assert stated(largest_class="58", mean_class="56") == []


def test_a_table_of_stated_figures_in_chinese_and_bad_ones(tmp_path: Path) -> None:
    path = tmp_path / "自查.csv"
    path.write_text('项目,数值\n学生数,"1,288"\n教学班数,23\n平均班额,50\n校训,厚德\n', encoding="gb18030")
    assert [fault.kind for fault in check_stated(read_stated(path))] == ["stated-ratio"]
    path.write_text("项目,数值\n学生数,一千\n班数,2\n班数,3\n", encoding="utf-8")
    with pytest.raises(JunhengError) as error:
        read_stated(path)
    assert [(f.place.row, f.place.value) for f in error.value.faults] == [(2, "一千"), (4, "3")]
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(JunhengError, match="项目"):
        read_stated(path)


# --- the pages ---


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    book = hand_county.write(made / "县.xlsx")
    for lang in ("zh", "en"):
        with pytest.raises(SystemExit) as ended:
            main(["self-check", str(made / f"{lang}.docx"), "--data", str(book), "--lang", lang])
        assert ended.value.code == 0
    return made


def test_each_school_with_pupils_has_its_page_and_table(folder: Path) -> None:
    doc = Document(str(folder / "zh.docx"))
    titles = [p.text for p in doc.paragraphs if p.style is not None and p.style.name == "Caption"]
    names = [name for name in hand_county.SCHOOLS if name != "沟口小学"]  # has no pupils this year
    assert titles == [text for name in names for text in (name, "办学条件自查表（2025/2026学年初）")]
    assert len(doc.tables) == len(names)
    rows = {row.cells[1].text: [cell.text for cell in row.cells] for row in doc.tables[0].rows}
    assert rows["体育艺术教师（人）"][2:6] == ["0.90", "0.9", "达标", "—"]
    nine = [[cell.text for cell in row.cells] for row in doc.tables[1].rows]
    assert len(nine) == 1 + 14
    assert ["小学", "体育运动场馆（平方米）", "▲3.00", "7.5", "低于最低比例", "900平方米"] in [
        row[:6] for row in nine
    ]


def test_what_is_missing_and_how_the_school_stands_is_said(folder: Path) -> None:
    said = [p.text for p in Document(str(folder / "zh.docx")).paragraphs]
    assert "按教督〔2017〕6号学校指标：小学待定。" in said
    assert "缺数据：小学 县级以上骨干教师（人）。缺数据不算达标。" in said
    assert "各项指标数据齐全。" in said
    assert "历年在校生：2025年1000人。" in said
    english = [p.text for p in Document(str(folder / "en.docx")).paragraphs]
    assert "Under 教督〔2017〕6号: primary: undetermined." in english
    assert "No figure is missing." in english


def test_a_school_may_be_chosen_and_one_that_is_not_there_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> Any:
        with pytest.raises(SystemExit) as ended:
            main(["self-check", *arguments, "--data", str(folder / "县.xlsx")])
        return ended.value.code

    assert run(str(folder / "one.docx"), "--school", "2165000003", "--school", "城关小学") == 0
    assert len(Document(str(folder / "one.docx")).tables) == 2
    assert run(str(folder / "none.docx"), "--school", "无此校", "--school", "也无") == 2
    told = capsys.readouterr().err
    assert "无此校" in told
    assert "也无" in told
    assert not (folder / "none.docx").exists()


@pytest.mark.office
def test_a_page_a_school(folder: Path, tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        command = [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/lo",
            "--convert-to",
            "pdf",
        ]
        subprocess.run(
            [*command, "--outdir", str(tmp_path), str(folder / f"{lang}.docx")],
            check=True,
            capture_output=True,
        )
        pictures = ["pdftoppm", "-r", "10", "-png", str(tmp_path / f"{lang}.pdf"), str(tmp_path / lang)]
        subprocess.run(pictures, check=True)
        assert len(list(tmp_path.glob(f"{lang}-*.png"))) == 4

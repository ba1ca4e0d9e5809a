"""The command: exit codes, messages in both languages, no traceback at a user's mistake, quick to start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis import batch, cli
from analysis.batch import NotebookError, Run, Step
from analysis.errors import Fault, Level, Place
from analysis.params import Request
from analysis.schema import Words

from .test_params import schools


class Told(str):
    """What the command printed, with its exit code."""

    code: int


Junheng = Callable[..., Told]
Runs = list[tuple[Request, dict[str, str]]]


@pytest.fixture
def junheng(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Junheng:
    """Run the command in a folder of its own; return what it printed, with the exit code."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Told:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        told = Told(printed.out + printed.err)
        told.code = ended.value.code if isinstance(ended.value.code, int) else 0
        assert "Traceback" not in told or "--debug" in arguments
        return told

    return call


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    """The runs that were asked for, none of them run."""
    asked: Runs = []

    def run_county(
        request: Request, *, extra: dict[str, str], progress: batch.Progress, timeout: float | None
    ) -> Run:
        asked.append((request, extra))
        progress(Step(1, 1, "01_data_check", 2.34))
        question = Fault("jump", "跳变", "jump", Place("a.xlsx"), Level.EXPLAIN)
        return Run(request.out, (question,), {"01_data_check": 2.34})

    monkeypatch.setattr(batch, "run_county", run_county)
    return asked


def test_run_says_what_it_runs_and_where_the_report_is(junheng: Junheng, runs: Runs, tmp_path: Path) -> None:
    schools(tmp_path / "a.xlsx", [("110017", 2025)])
    told = junheng(
        "run", "--data", "a.xlsx", "--out", "here", "--lang", "en", "-p", "limit=7", "-p", "area=area3"
    )
    assert told.code == 0
    ((request, extra),) = runs
    assert (request.lang, request.area, extra) == ("en", "area3", {"limit": "7"})
    assert "[1/1] 01_data_check  2.3 s\n" in told
    assert str(tmp_path / "here" / "110017" / "2025" / "en" / "report.docx") in told
    assert "1 处需要说明" in told


def test_an_option_and_the_parameter_of_its_name_are_not_both_taken(
    junheng: Junheng, runs: Runs, tmp_path: Path
) -> None:
    schools(tmp_path / "a.xlsx", [("110017", 2025)])
    assert junheng("run", "--data", "a.xlsx", "-p", "data=b.xlsx").code == 2
    assert junheng("run", "--data", "a.xlsx", "-p", "limit").code == 2
    assert not runs


def test_a_command_written_wrongly_is_told_in_chinese_too(junheng: Junheng) -> None:
    told = junheng("collect", "没有的文件夹", "汇总.xlsx")
    assert (told.code, "命令的写法不对" in told) == (2, True)


def test_faulty_data_exit_with_2_and_write_nothing(junheng: Junheng, tmp_path: Path) -> None:
    book = schools(tmp_path / "a.xlsx", [("110017", 2025), ("110017", 2025)])
    table = pd.read_excel(book, dtype=str, engine="calamine").assign(**{"在校生数(小学)": ["-3", "many"]})
    table.to_excel(book, sheet_name="学校数据", index=False)
    told = junheng("run", "--data", "a.xlsx")
    assert told.code == 2
    assert "-3" in told
    assert "many" in told
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_notebook_that_fails_exits_with_1(
    junheng: Junheng, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_county(request: Request, **_: object) -> Run:
        said = "KeyError: 'area'"
        raise NotebookError("02_standards_ledger", 4, Words(zh=said, en=said), tmp_path / "zh.failed")

    monkeypatch.setattr(batch, "run_county", run_county)
    schools(tmp_path / "a.xlsx", [("110017", 2025)])
    told = junheng("run", "--data", "a.xlsx")
    assert told.code == 1
    assert "笔记本 02_standards_ledger 在 In [4]" in told
    assert "notebook 02_standards_ledger stopped at In [4]: KeyError: 'area'" in told


def test_an_error_of_ours_is_one_line_and_a_log(
    junheng: Junheng, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("pupils\nmore")

    monkeypatch.setattr(batch, "run_county", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    schools(tmp_path / "a.xlsx", [("110017", 2025)])
    told = junheng("run", "--data", "a.xlsx")
    assert told.code == 1
    assert "internal error: ZeroDivisionError: pupils\n" in told
    (log,) = tmp_path.glob("junheng-*.log")
    assert str(log) in told
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "Traceback" in junheng("--debug", "run", "--data", "a.xlsx")


def test_check_lists_every_fault_and_saves_a_marked_copy(junheng: Junheng, tmp_path: Path) -> None:
    book = schools(tmp_path / "学校数据.xlsx", [("110017", 2025), ("110018", 2025)])
    table = pd.read_excel(book, dtype=str, engine="calamine").assign(**{"在校生数(小学)": ["-3", "many"]})
    table.to_excel(book, sheet_name="学校数据", index=False)
    before = book.read_bytes()
    told = junheng("check", "学校数据.xlsx")
    assert told.code == 2
    for part in ("第 2 行", "第 3 行", "-3", "many", "学校数据-核查.xlsx"):
        assert part in told
    assert book.read_bytes() == before
    copy = load_workbook(tmp_path / "学校数据-核查.xlsx")
    marked = [cell for row in copy["学校数据"] for cell in row if cell.fill.fgColor.rgb == "FFFF9999"]
    assert {str(cell.value) for cell in marked} >= {"-3", "many"}
    assert "学校数据-核查2.xlsx" in junheng("check", "学校数据-核查.xlsx")


def test_check_of_good_data_exits_with_0(junheng: Junheng, tmp_path: Path) -> None:
    schools(tmp_path / "a.xlsx", [("110017", 2025)])
    told = junheng("check", "a.xlsx")
    assert told.code == 0
    assert "0 error(s)" in told
    assert "核查通过。下一步：junheng run --data a.xlsx" in told


def test_each_fault_says_how_serious_it_is_and_whose_it_is(junheng: Junheng, tmp_path: Path) -> None:
    book = schools(tmp_path / "a.xlsx", [("110017", 2025), ("110017", 2025)])
    table = pd.read_excel(book, dtype=str, engine="calamine").assign(**{"在校生数(小学)": ["-3", "100"]})
    table.assign(**{"教学仪器设备值(元)": ["", "12345678901"]}).to_excel(
        book, sheet_name="学校数据", index=False
    )
    told = junheng("check", "a.xlsx")
    assert "【必须改正】a.xlsx › 表「学校数据」 › 第 2 行 › 学校「第0小学」 › 「在校生数(小学)」 = -3" in told
    assert (
        "应为不小于0的整数，不知道的留空。" in told
    )  # a heading stands as filed, a sentence as print has it
    assert "\n  error: " in told
    assert "【需说明】" in told
    assert "合生均12345.68万元" in told
    assert "核查通过" not in told


def test_wrong_settings_are_told_in_the_workbooks_words(junheng: Junheng, tmp_path: Path) -> None:
    schools(tmp_path / "a.xlsx", [("110017", 2025)], {"年份": "今年", "评估标准": "新标准"})
    for command in (("check", "a.xlsx"), ("run", "--data", "a.xlsx")):
        told = junheng(*command)
        assert told.code == 2
        assert "表「参数」 › 第 2 行 › 「年份」 = 今年" in told
        assert "表「参数」 › 第 3 行 › 「评估标准」 = 新标准" in told
        assert "教督〔2017〕6号" in told
        assert "「year」" not in told


def test_settings_as_offices_write_them_run(junheng: Junheng, runs: Runs, tmp_path: Path) -> None:
    schools(tmp_path / "a.xlsx", [("110017", 2025)], {"年份": "2025年", "评估标准": "教督〔2017〕6号"})
    assert junheng("run", "--data", "a.xlsx").code == 0
    assert (runs[0][0].year, runs[0][0].standard) == (2025, "cn-quality-2017")


def test_a_wrong_county_code_is_found_by_check_and_by_a_run(junheng: Junheng, tmp_path: Path) -> None:
    schools(tmp_path / "a.xlsx", [("110017", 2025), ("110018", 2025)], {"县级代码": "110017"})
    for command in (("check", "a.xlsx"), ("run", "--data", "a.xlsx")):
        told = junheng(*command)
        assert told.code == 2
        assert "第 3 行 › 学校「第1小学」 › 「县级代码」 = 110018" in told


@pytest.mark.parametrize("out", ["a.xlsx/here", "/proc/none", "甲" * 300])
def test_a_folder_that_cannot_be_made_is_refused_in_words(junheng: Junheng, tmp_path: Path, out: str) -> None:
    schools(tmp_path / "a.xlsx", [("110017", 2025)])
    told = junheng("run", "--data", "a.xlsx", "--out", out)
    assert told.code == 2
    assert "请用 --out 另选文件夹" in told
    assert "internal error" not in told


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a workbook", b"<html><table></table></html>"])
def test_check_of_something_else_says_so_in_words(junheng: Junheng, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert junheng("check", "a.xlsx").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_template_is_written_once_and_never_over_another_file(junheng: Junheng, tmp_path: Path) -> None:
    assert junheng("template", "我县.xlsx", "--county", "110017", "甲县").code == 0
    before = (tmp_path / "我县.xlsx").read_bytes()
    settings = load_workbook(tmp_path / "我县.xlsx")["参数"]
    assert {"110017", "甲县"} <= {str(row[1].value) for row in settings}
    assert junheng("template", "我县.xlsx").code == 2
    assert (tmp_path / "我县.xlsx").read_bytes() == before
    assert junheng("template", "我县.docx").code == 2


def test_the_template_as_it_is_written_asks_for_schools_not_for_a_mended_program(junheng: Junheng) -> None:
    junheng("template", "a.xlsx")
    told = junheng("run", "--data", "a.xlsx")
    assert told.code == 2
    assert "internal error" not in told


def test_standards_are_listed_and_shown_with_clauses(junheng: Junheng) -> None:
    listed = junheng("standards")
    assert "cn-quality-2017\t" in listed
    shown = junheng("standards", "cn-quality-2017")
    for part in (
        "每百名学生拥有高于规定学历教师数",
        "小学 ≥ 4.2",
        "初中 ≥ 5.3",
        "第七条",
        "见于公开文本",
        "凭记忆,待核",
        "7项中至少6项达标,其余不低于标准的85%",
        "≥ 95%",
        "≤ 2000人",
        "≤ 0.45",
    ):
        assert part in shown
    assert "seen in" not in shown
    english = junheng("standards", "cn-quality-2017", "--lang", "en")
    for part in ("primary ≥ 4.2", "seen in print", "at least 6 of 7 met, the others not below 85%"):
        assert part in english
    assert junheng("standards", "cn-none").code == 2


def test_publish_of_a_folder_that_is_no_run_is_refused(junheng: Junheng, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert junheng("publish", "x").code == 2


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = "import sys; import analysis.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"pandas", "numpy", "matplotlib", "papermill", "pydantic", "geopandas"} & set(loaded)

"""Runs of small notebooks: whole outputs or the old ones, and nothing left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.batch import NotebookError, Step, run, run_county
from analysis.errors import JunhengError, refuse
from analysis.params import Request
from analysis.schema import Words
from analysis.sources.dataset import Dataset
from analysis.standards import RuleSet, load_standard
from analysis.warm import engine

NOTEBOOKS = Path(__file__).parent / "notebooks"


def notebook(start: str) -> Path:
    return next(NOTEBOOKS.glob(f"{start}_*.ipynb"))


def request_to(out: Path, **given: str) -> Request:
    return Request(
        county_code="110017",
        county_name=Words(zh="示例县", en="Sample"),
        year=2025,
        lang="zh",
        source="cn-county-template",
        standard="cn-quality-2017",
        area="area2",
        files={},
        out=out,
        invented=True,
        given=given,
    )


@dataclass(frozen=True)
class Opened:
    """What stands for a study: no data, no faults."""

    request: Request
    rules: RuleSet
    data: Dataset


def opened(request: Request) -> Opened:
    """Open nothing."""
    return Opened(request, load_standard(request.standard), Dataset(pd.DataFrame(), pd.DataFrame()))


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Data that pass their checks, and publishing that only notes what it was given."""
    seen: list[Path] = []

    def publish(folder: Path, *, run: Mapping[str, Any]) -> None:
        seen.append(folder)
        (folder / "manifest.json").write_text("{}", encoding="utf-8")

    monkeypatch.setattr(run, "open_request", opened)
    monkeypatch.setattr(run, "publish", publish)
    return seen


def test_runs_all_and_leaves_one_whole_folder(tmp_path: Path, published: list[Path]) -> None:
    out = tmp_path / "有 空格 {x}" / "zh"  # papermill formats paths: braces must come through
    steps: list[Step] = []
    done = run_county(request_to(out), [notebook("01"), notebook("02")], progress=steps.append)
    assert done.folder == out
    assert (out / "counted.txt").read_text(encoding="utf-8") == "45"
    assert "'county': '110017'" in (out / "said.txt").read_text(encoding="utf-8")
    assert (out / "manifest.json").is_file()
    assert [path.name for path in out.parent.iterdir()] == ["zh"]
    assert {step.notebook for step in steps} == {"01_writes", "02_counts"}
    assert [(step.number, step.of) for step in steps] == [(1, 2), (2, 2)]
    assert list(done.seconds) == ["01_writes", "02_counts"]


def test_parameters_arrive_as_text_and_the_stored_notebook_names_no_place_of_the_machine(
    tmp_path: Path, published: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    out = tmp_path / "zh"
    run_county(request_to(out), [notebook("01")], extra={"limit": "7", "caption": "0012"})
    said = (out / "said.txt").read_text(encoding="utf-8")
    assert said == repr({"county": "110017", "year": "2025", "lang": "zh", "limit": 7, "caption": "0012"})
    stored = (out / "notebooks" / "01_writes.ipynb").read_text(encoding="utf-8")
    printed = "".join(json.loads(stored)["cells"][-1]["outputs"][0]["text"])
    assert printed.split() == ["..", sys.executable, "module://matplotlib_inline.backend_inline"]
    assert str(tmp_path) not in stored
    assert notebook("01").parent.as_posix() not in stored


def test_a_parameter_that_no_notebook_has_is_refused_before_anything_starts(
    tmp_path: Path, published: list[Path]
) -> None:
    with pytest.raises(JunhengError, match="limit") as refused:
        run_county(request_to(tmp_path / "zh"), [notebook("01")], extra={"limt": "7"})
    assert [fault.kind for fault in refused.value.faults] == ["unknown-parameter"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["seven", "7.5", "True"])
def test_a_parameter_of_another_type_is_refused(tmp_path: Path, published: list[Path], text: str) -> None:
    with pytest.raises(JunhengError) as refused:
        run_county(request_to(tmp_path / "zh"), [notebook("01")], extra={"limit": text})
    assert [fault.kind for fault in refused.value.faults] == ["parameter-type"]


def test_faulty_data_stop_everything_before_a_notebook_starts(
    tmp_path: Path, published: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(request: Request) -> None:
        raise refuse("negative", "为负数", "negative", file="a.xlsx")

    monkeypatch.setattr(run, "open_request", read)
    steps: list[Step] = []
    with pytest.raises(JunhengError):
        run_county(request_to(tmp_path / "zh"), [notebook("01")], progress=steps.append)
    assert not steps
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_hold_a_folder_is_refused(tmp_path: Path, published: list[Path]) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(JunhengError) as refused:
        run_county(request_to(tmp_path / "file" / "110017" / "2025" / "zh"), [notebook("01")])
    assert [fault.kind for fault in refused.value.faults] == ["cannot-write"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_failing_notebook_leaves_the_old_outputs_and_is_kept_aside(
    tmp_path: Path, published: list[Path]
) -> None:
    out = tmp_path / "zh"
    run_county(request_to(out), [notebook("01")])
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    with pytest.raises(NotebookError) as failed:
        run_county(request_to(out), [notebook("01"), notebook("03")])
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before
    assert "03_fails" in failed.value.words.zh
    assert "ValueError: no schools in 110017" in failed.value.words.en
    assert "Traceback" not in str(failed.value)
    kept = json.loads((failed.value.kept / "notebooks" / "03_fails.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in kept["cells"] for output in cell.get("outputs", [])]
    assert "error" in {output["output_type"] for output in outputs}
    run_county(request_to(out), [notebook("01")])
    assert not failed.value.kept.exists()


def test_a_kernel_that_dies_is_told_in_words(tmp_path: Path, published: list[Path]) -> None:
    with pytest.raises(NotebookError, match="kernel died"):
        run_county(request_to(tmp_path / "zh"), [notebook("05")])
    assert not (tmp_path / "zh").exists()


def test_a_kernel_that_does_not_start_is_told_with_what_to_do(
    tmp_path: Path, published: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise engine.NotStartedError("Kernel died before replying to kernel_info")

    monkeypatch.setattr("papermill.execute_notebook", nothing)
    with pytest.raises(NotebookError, match="NO_PROXY") as told:
        run_county(request_to(tmp_path / "zh"), [notebook("01")])
    assert "防火墙" in told.value.words.zh
    assert "Kernel died" not in str(told.value)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_leaves_no_kernel_and_no_half_folder(tmp_path: Path, number: int) -> None:
    pid_file, out = tmp_path / "pid", tmp_path / "out" / "zh"
    program = f"""
        from pathlib import Path
        from analysis.batch import run
        from tests.test_batch import notebook, opened, request_to
        run.open_request = opened
        run.run_county(request_to(Path({str(out)!r}), data={str(pid_file)!r}), [notebook("01"), notebook("04")])
    """
    run = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=Path(__file__).parents[1],
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 120
    while not (pid_file.is_file() and pid_file.read_text()):
        assert run.poll() is None, run.stderr.read() if run.stderr else ""
        assert time.monotonic() < until
        time.sleep(0.05)
    run.send_signal(number)
    _, said = run.communicate(timeout=15)
    assert run.returncode != 0
    assert "KeyboardInterrupt" in said
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)
    assert not list(out.parent.iterdir())

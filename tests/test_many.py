"""Every county in one run: what becomes of one does not touch the others, and nothing is done twice."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest

from analysis.batch import many
from analysis.batch.many import Counts, plan, run_many
from analysis.batch.outcome import Outcome, told_before, write_summary
from analysis.batch.run import Step
from analysis.batch.worker import Task, isolated
from analysis.errors import JunhengError
from analysis.params import Request, resolve
from analysis.region import county_requests, resolve_region
from analysis.schema import Words
from analysis.warm import nurseries
from analysis.warm.nursery import Nursery

from .county_files import rows, school, workbook
from .outputs import junheng
from .shared import shared

GOOD, RAISES, EXITS, HANGS, REFUSED = "510901", "510902", "510903", "510904", "510905"

REGION = """
region: test
title: {zh: 测试市, en: Test}
source: cn-county-template
standard: cn-quality-2017
files: {schools: all.xlsx}
"""
TELLS = """
import os, time
from pathlib import Path
from analysis.schema import Words
from analysis.study import open_county
study = open_county(county=county, year=year, lang=lang, data=data, out=out, params=params, standard=standard, area=area)
story = study.story("01_tells", Words(zh="标题", en="Title"))
story.say(Words(zh="句子。", en="A sentence."))
with Path(data).with_name("runs").open("a") as runs:
    runs.write(f"{county} {os.getpid()}\\n")
"""
MISBEHAVES = f"""
if county == "{RAISES}" and not Path(data).with_name("mended").exists():
    raise ValueError("no schools")
if county == "{EXITS}":
    os._exit(3)
while county == "{HANGS}":
    time.sleep(1)
time.sleep(1)
story.close()
"""


@pytest.fixture(autouse=True, scope="module")
def _servers_end() -> Iterator[None]:
    yield
    nurseries.close()


class Told:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.counts: list[Counts] = []

    def step(self, task: Task, step: Step) -> None:
        pass

    def ended(self, outcome: Outcome, counts: Counts) -> None:
        self.counts.append(counts)


def counties(folder: Path, *codes: str) -> list[Request]:
    """Write a region of counties of two schools, one with a fault, and return a request for each."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    schools = [
        school(2 * i + j, 县级代码=code, 学校标识码=f"21{code}{i}{j}", 学校名称=f"{code}第{j}小学")
        for i, code in enumerate(codes)
        for j in (0, 1)
    ]
    for one in schools:
        if one["县级代码"] == REFUSED:
            one["在校生数(小学)"] = -4
    workbook(data / "all.xlsx", {"学校数据": rows(schools)})
    (folder / "test.yaml").write_text(REGION, encoding="utf-8")
    region = resolve_region(region=str(folder / "test.yaml"), data=str(data), outputs=str(folder / "out"))
    return [_of_one_file(request, data / "all.xlsx") for request in county_requests(region)]


def _of_one_file(request: Request, data: Path) -> Request:
    return replace(request, given={"data": str(data), "params": ""})


def tasks(folder: Path, requests: Sequence[Request], **given: Any) -> list[Task]:
    """Return tasks that run one small notebook."""
    names = ("county", "year", "lang", "data", "out", "params", "standard", "area")
    notebook = folder / "01_tells.ipynb"
    cells = ["\n".join(f'{name} = ""' for name in names), TELLS, MISBEHAVES]
    code: dict[str, Any] = {"cell_type": "code", "outputs": [], "execution_count": None}
    tags = [{"tags": ["parameters"]}, {}, {}]
    book = {
        "cells": [
            {**code, "id": f"c{i}", "metadata": tags[i], "source": cell} for i, cell in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    notebook.write_text(json.dumps(book), encoding="utf-8")
    return [Task(request, notebooks=(notebook,), **given) for request in requests]


def run(todo: Sequence[Task], kept: Sequence[Task] = (), *, jobs: int = 2) -> dict[str, Outcome]:
    """Run tasks and return what became of each county."""
    summary = [*todo, *kept][0].request.out.parents[2] / "summary-test-zh"
    found = run_many(todo, kept, jobs=jobs, summary=summary, lang="zh", watcher=Told())
    assert len({outcome.county for outcome in found}) == len(found)
    return {outcome.county: outcome for outcome in found}


def test_a_county_that_fails_crashes_hangs_or_has_bad_data_stops_no_other(tmp_path: Path) -> None:
    requests = counties(tmp_path, RAISES, EXITS, HANGS, REFUSED, GOOD)
    patient = [task for task in tasks(tmp_path, requests) if task.request.county_code != HANGS]
    hanging = [task for task in tasks(tmp_path, requests, timeout=4) if task.request.county_code == HANGS]
    found = run([*hanging, *patient])
    states = {code: outcome.state for code, outcome in found.items()}
    assert states == {RAISES: "failed", EXITS: "failed", HANGS: "failed", REFUSED: "refused", GOOD: "done"}
    assert (found[RAISES].notebook, found[RAISES].cell) == ("01_tells", 4)
    assert found[RAISES].reason_en == "ValueError: no schools"
    assert "内核意外终止" in found[EXITS].reason_zh
    assert found[HANGS].reason_en == "it took longer than 4 s"
    assert "在校生数(小学)" in found[REFUSED].reason_zh
    assert 50 < found[GOOD].peak_mb < 2000
    assert (Path(found[GOOD].folder) / "manifest.json").is_file()
    for code in (RAISES, EXITS, HANGS):
        kept = Path(found[code].folder)
        assert found[code].reason_zh in (kept / "error.txt").read_text(encoding="utf-8")
        assert (kept / "notebooks" / "01_tells.ipynb").is_file()
    stem = tmp_path / "out" / "summary-test-zh"
    assert {one.county: str(one) for one in told_before(stem)} == {c: str(one) for c, one in found.items()}
    with stem.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as table:
        assert {row["county"]: row["state"] for row in csv.DictReader(table)} == states
    page = stem.with_suffix(".html").read_text(encoding="utf-8")
    assert f'href="{GOOD}/2025/zh/index.html"' in page
    assert page.index(RAISES) < page.index(GOOD)


def test_what_is_whole_and_unchanged_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = counties(tmp_path, GOOD, "510906")
    first = run(tasks(tmp_path, requests))
    assert plan(requests, {}, again=False) == ([], requests)
    for _ in range(2):  # what a county took is told as long as its outputs stay
        kept = run([], tasks(tmp_path, requests))
        assert kept == {county: replace(one, state="unchanged") for county, one in first.items()}
    table = requests[0].out.parents[2] / "summary-test-zh.csv"
    table.write_text("county;year\n510905;2025\n", encoding="utf-8")  # saved anew by another program
    assert all(one.seconds == 0 for one in run([], tasks(tmp_path, requests)).values())
    assert plan(requests, {}, again=True) == (requests, [])
    assert plan(requests, {"limit": "3"}, again=False)[0] == requests
    english = [replace(request, lang="en", out=request.out.with_name("en")) for request in requests]
    assert plan(english, {}, again=False)[0] == english
    with monkeypatch.context() as patch:
        patch.setattr("analysis.batch.unchanged.code_sha256", lambda: "other")
        assert plan(requests, {}, again=False) == (requests, [])
    (requests[0].out / "story" / "01_tells.json").write_text("{}", encoding="utf-8")
    assert plan(requests, {}, again=False) == (requests[:1], requests[1:])
    counties(tmp_path, GOOD, "510906", "510907")  # the data are others now
    assert plan(requests, {}, again=False) == (requests, [])


def test_a_process_that_dies_is_told_of_and_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = Nursery.fork

    def killed(self: Nursery, call: str, **given: Any) -> Any:
        child = fork(self, call, **given)
        half = requests[0].out.with_name(".zh.new")
        until = time.monotonic() + 60
        while not half.exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        child.kill()
        return child

    requests = counties(tmp_path, HANGS)
    monkeypatch.setattr(Nursery, "fork", killed)
    outcome = isolated(tasks(tmp_path, requests)[0], stop=Event())
    assert outcome.state == "died"
    assert "--jobs" in outcome.reason_en
    assert list(requests[0].out.parent.iterdir()) == []


@pytest.mark.full
def test_where_nothing_can_be_forked_each_county_gets_an_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurseries.close()
    monkeypatch.setattr("analysis.warm.nursery.SAFE", False)
    requests = counties(tmp_path, GOOD)
    assert isolated(tasks(tmp_path, requests)[0], stop=Event()).state == "done"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.full), signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_no_process_and_only_whole_outputs(tmp_path: Path, number: int) -> None:
    program = f"""
        from pathlib import Path
        from tests.test_many import GOOD, HANGS, counties, run, tasks
        folder = Path({str(tmp_path)!r})
        run(tasks(folder, counties(folder, GOOD, HANGS)))
    """
    started = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=Path(__file__).parents[1]
    )
    out, until = tmp_path / "out", time.monotonic() + 300
    while not (out / GOOD / "2025" / "zh").exists() or not _pids(tmp_path, HANGS):
        assert started.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    theirs = psutil.Process(started.pid).children(recursive=True)
    assert len(theirs) >= 3  # the server, the county, its kernel
    stopped = time.monotonic()
    started.send_signal(number)
    started.wait(15)
    assert time.monotonic() - stopped < 10
    assert psutil.wait_procs(theirs, timeout=3)[1] == []
    left = sorted(path.relative_to(out).as_posix() for path in out.glob("*/*/*"))
    assert left == [f"{GOOD}/2025/zh"]


def _pids(folder: Path, code: str) -> list[int]:
    runs = folder / "data" / "runs"
    told = runs.read_text().splitlines() if runs.exists() else []
    return [int(line.split()[1]) for line in told if line.startswith(code)]


def test_a_folder_that_takes_no_outputs_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(JunhengError) as refused:
        run(tasks(tmp_path, counties(tmp_path, GOOD)))
    assert [fault.kind for fault in refused.value.faults] == ["cannot-write"]


def test_a_full_disk_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis.batch import run as one

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(one, "publish", full)
    (request,), notebook = counties(tmp_path, GOOD), tasks(tmp_path, [])
    assert notebook == []
    with pytest.raises(JunhengError, match="磁盘已满"):
        one.run_county(request, [tmp_path / "01_tells.ipynb"])
    assert one.plainly("OSError: [Errno 28] No space left on device: 'a'").en.startswith("the disk is full")


def test_the_rest_is_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher, requests = Told(), counties(tmp_path, GOOD, "510906", "510907")
    monkeypatch.setattr(many, "isolated", lambda task, **_: task.outcome("done"))
    monkeypatch.setattr(many, "warm_up", lambda: None)
    run_many(tasks(tmp_path, requests), [], jobs=1, summary=tmp_path / "s", lang="en", watcher=watcher)
    assert [(counts.ended, counts.of) for counts in watcher.counts] == [(1, 3), (2, 3), (3, 3)]
    assert watcher.counts[-1].left_s == 0
    assert not re.search("[一-鿿]", (tmp_path / "s.html").read_text(encoding="utf-8").replace("测试", ""))


def test_a_summary_says_unknown_memory_and_escapes_what_it_is_told(tmp_path: Path) -> None:
    outcome = Outcome("510901", "甲县", "A", 2025, "failed", reason_zh="<b>", reason_en="<b>")
    _, page = write_summary([outcome], tmp_path / "s", "zh")
    text = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;" in text
    assert '<td class="number">—</td>\n<td class="number">—</td>' in text


def test_the_counties_of_a_region_are_asked_for_as_each_alone_would_be() -> None:
    data = str(shared("data", "br-alagoas"))
    region = resolve_region(region="br-alagoas", year="2023", data=data, outputs="o")
    found = {request.county_code: request for request in county_requests(region)}
    assert len(found) == 102
    alone = resolve(county="2700300", year="2023", data=data, outputs="o")
    assert replace(alone, origin={}) == found["2700300"]
    assert found["2700300"].county_name == Words(zh="Arapiraca", en="Arapiraca")


def test_the_command_lists_and_refuses(tmp_path: Path) -> None:
    counties(tmp_path, GOOD, "510906")
    region = ("--region", tmp_path / "test.yaml", "--data", tmp_path / "data")
    listed = junheng("run", "--all", *region, "--dry-run", cwd=tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "共 2 个县：运行 2 个，0 个未变、不必重做。" in listed.stdout
    assert f"{GOOD} {GOOD} 2025" in listed.stdout
    assert not (tmp_path / "outputs").exists()
    never_run = junheng("run", "--all", *region, "--failed-only", cwd=tmp_path)
    assert never_run.returncode == 2
    assert "没有可读的上次运行汇总表" in never_run.stderr
    alone = junheng("run", "--county", GOOD, "--jobs", "2", cwd=tmp_path)
    assert alone.returncode == 2
    assert "--all" in alone.stderr

"""Counties on the workers of a Dask cluster: a real scheduler and workers, processes of their own."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from analysis.batch import cluster
from analysis.batch.many import run_many
from analysis.batch.outcome import Outcome
from analysis.batch.worker import Task
from analysis.errors import JunhengError

from .test_many import GOOD, RAISES, Told, counties, run, tasks

pytest.importorskip("distributed", reason="the extra junheng[cluster] is not installed")
pytestmark = pytest.mark.full
CODES = [f"5109{n}" for n in range(11, 17)]


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, started by the commands that docs/scale.md names."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    env = {**os.environ, "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "false", "JUNHENG_OFFICE": ""}
    own = ["--scheduler-file", str(file), "--no-dashboard"]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", "0", *own]]
    commands += [["worker", *own, "--nthreads", "1", "--no-nanny"]] * 2
    started: list[subprocess.Popen[bytes]] = []
    for command in commands:
        log = (folder / f"{len(started)}.log").open("w")
        dask = [sys.executable, "-m", "dask", *command]
        started.append(subprocess.Popen(dask, env=env, cwd=folder, stdout=log, stderr=log))
        until = time.monotonic() + 60
        while not file.exists():
            assert time.monotonic() < until
            time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    _until_two_work(address)
    yield address
    for process in reversed(started):
        process.terminate()
    for process in started:
        process.wait(60)


def _until_two_work(address: str) -> None:
    distributed: Any = importlib.import_module("distributed")
    with distributed.Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)


def on_cluster(scheduler: str, todo: Sequence[Task]) -> dict[str, Outcome]:
    summary = todo[0].request.out.parents[2] / "summary-test-zh"
    found = run_many(todo, [], jobs=1, summary=summary, lang="zh", watcher=Told(), scheduler=scheduler)
    assert len({outcome.county for outcome in found}) == len(found)
    return {outcome.county: outcome for outcome in found}


def test_the_cluster_leaves_what_this_machine_would(tmp_path: Path, scheduler: str) -> None:
    requests = counties(tmp_path, GOOD, RAISES)
    found = on_cluster(scheduler, tasks(tmp_path, requests))
    assert {code: outcome.state for code, outcome in found.items()} == {GOOD: "done", RAISES: "failed"}
    elsewhere = [replace(r, out=tmp_path / "local" / r.out.relative_to(tmp_path / "out")) for r in requests]
    run(tasks(tmp_path, elsewhere))
    ours, theirs = (request[0].out for request in (requests, elsewhere))
    names = sorted(path.relative_to(ours) for path in ours.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(theirs) for path in theirs.rglob("*") if path.is_file())
    for name in [Path("story/01_tells.json"), *(n for n in names if n.parts[0] in ("tables", "figures"))]:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes()


def test_a_worker_of_another_version_or_without_the_files_is_refused(
    tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = counties(tmp_path, GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(cluster, "version", lambda: {"code": "other"})
        with pytest.raises(JunhengError, match="code") as refused:
            on_cluster(scheduler, tasks(tmp_path, requests))
    assert [fault.kind for fault in refused.value.faults] == ["other-version"] * 2
    missing = replace(requests[0], files={"schools": (tmp_path / "gone.xlsx",)})
    with pytest.raises(JunhengError, match=r"gone\.xlsx") as refused:
        on_cluster(scheduler, tasks(tmp_path, [missing]))
    assert {fault.kind for fault in refused.value.faults} == {"not-shared"}


def test_a_scheduler_that_does_not_answer_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE_S", 1)
    with pytest.raises(JunhengError, match="连接不上调度器"):
        on_cluster("tcp://127.0.0.1:9", tasks(tmp_path, counties(tmp_path, GOOD)))


def test_a_worker_killed_in_a_notebook_loses_and_doubles_nothing(tmp_path: Path, scheduler: str) -> None:
    requests = counties(tmp_path, *CODES)
    killer = threading.Thread(target=_kill_a_worker, args=(tmp_path / "data" / "runs",))
    killer.start()
    found = on_cluster(scheduler, tasks(tmp_path, requests))
    killer.join()
    assert {code: outcome.state for code, outcome in found.items()} == dict.fromkeys(CODES, "done")
    assert all((request.out / "manifest.json").is_file() for request in requests)
    left = [path.name for request in requests for path in request.out.parent.iterdir()]
    assert left == ["zh"] * len(CODES)
    assert len((tmp_path / "data" / "runs").read_text().splitlines()) > len(CODES)  # one was begun twice


def _kill_a_worker(runs: Path) -> None:
    until = time.monotonic() + 120
    while not runs.exists() or not runs.read_text().endswith("\n"):
        assert time.monotonic() < until
        time.sleep(0.02)
    kernel = psutil.Process(int(runs.read_text().split()[1]))
    server = kernel.parent()
    worker = server.parent() if server else None
    assert worker is not None
    worker.kill()

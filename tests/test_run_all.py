"""`junheng run --all` as it is typed, real processes and all: going on, what failed, time, a full disk, a read-only one."""

from __future__ import annotations

import csv
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from analysis.batch import many
from analysis.batch.worker import isolated
from analysis.warm import nurseries

from .test_cli import Junheng, Told, junheng  # noqa: F401 - a fixture
from .test_many import GOOD, HANGS, RAISES, REFUSED, counties, tasks
from .test_store import contents

Typed = partial[Told]


@pytest.fixture(autouse=True, scope="module")
def _servers_end() -> Iterator[None]:
    yield
    nurseries.close()


@pytest.fixture
def typed(junheng: Junheng, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:  # noqa: F811
    """The command for the region of a test, with one small notebook in place of the suite."""
    tasks(tmp_path, [])
    small = (tmp_path / "01_tells.ipynb",)
    monkeypatch.setattr(many, "isolated", lambda task, **how: isolated(replace(task, notebooks=small), **how))
    region = ("--region", tmp_path / "test.yaml", "--data", tmp_path / "data")
    return partial(junheng, "run", "--all", *region, "--jobs", "2")


def begun(folder: Path) -> Counter[str]:
    """Return how often the notebook of each county was begun."""
    return Counter(line.split()[0] for line in (folder / "runs").read_text().splitlines())


def summary(out: Path) -> dict[str, str]:
    with (out / "summary-test-zh.csv").open(encoding="utf-8-sig", newline="") as table:
        return {row["county"]: row["state"] for row in csv.DictReader(table)}


def test_a_run_goes_on_with_what_failed_and_keeps_what_is_done(typed: Typed, tmp_path: Path) -> None:
    counties(tmp_path, GOOD, RAISES, HANGS, REFUSED)
    out = tmp_path / "out"
    first = typed("--out", out, "--timeout", "6")
    assert first.code == 1
    assert "完成 1 个，失败 3 个" in first
    assert "超过 6 秒的时限" in first
    assert summary(out) == {GOOD: "done", RAISES: "failed", HANGS: "failed", REFUSED: "refused"}
    (tmp_path / "mended").touch()
    again = typed("--out", out, "--timeout", "6", "--failed-only")
    assert again.code == 1
    assert "共 3 个县：运行 3 个" in again
    assert begun(tmp_path) == {GOOD: 1, RAISES: 2, HANGS: 2}
    assert summary(out) == {GOOD: "done", RAISES: "done", HANGS: "failed", REFUSED: "refused"}
    left = typed("--out", out, "--dry-run")
    assert left.code == 0
    assert "共 4 个县：运行 2 个，2 个未变、不必重做。" in left
    assert [line.split()[0] for line in left.splitlines() if "→" in line] == [HANGS, REFUSED]
    assert "共 4 个县：运行 4 个" in typed("--out", out, "--dry-run", "--no-resume")
    assert begun(tmp_path)[GOOD] == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.name != "posix" or subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here (only root may)")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_leaves_what_was_there(
    typed: Typed, tmp_path: Path, small_disk: Path
) -> None:
    counties(tmp_path, GOOD)
    assert typed("--out", small_disk).code == 0
    before = contents(small_disk / GOOD / "2025" / "zh")
    free = os.statvfs(small_disk)
    (small_disk / "other").write_bytes(bytes(free.f_bavail * free.f_frsize - 8192))
    told = typed("--out", small_disk, "--no-resume")
    assert told.code in (1, 2)
    assert "磁盘已满" in told
    assert contents(small_disk / GOOD / "2025" / "zh") == before


def test_a_read_only_folder_is_refused_before_anything_runs(
    typed: Typed, tmp_path: Path, small_disk: Path
) -> None:
    counties(tmp_path, GOOD)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    told = typed("--out", small_disk)
    assert told.code == 2
    assert "不能在这里写入成果" in told
    assert not (tmp_path / "runs").exists()

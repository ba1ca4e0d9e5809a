"""A run's folder: whole or not at all, whatever happens."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from analysis.errors import JunhengError
from analysis.publish.folder import building, mend
from analysis.replacing import write_whole

# A run that dies without a word: before the old folder is set aside, before the new one is moved in,
# or before the old one is removed.
DYING = """
import os, shutil, sys
from pathlib import Path
from analysis.publish.folder import building

target, moment = Path(sys.argv[1]), sys.argv[2]
rename, moves = Path.rename, []

def dying(self, to):
    moves.append(to)
    if moment == f"rename {len(moves)}":
        os._exit(9)
    return rename(self, to)

Path.rename = dying
if moment == "remove":
    shutil.rmtree = lambda *a, **k: os._exit(9)
with building(target) as temporary:
    (temporary / "story").mkdir()
    (temporary / "story" / "a").write_text("new")
    if moment == "inside":
        os._exit(9)
"""

HOLDING = """
import sys, time
from pathlib import Path
from analysis.publish.folder import building

with building(Path(sys.argv[1])) as temporary:
    (temporary / "half").write_text("half")
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """An earlier run's folder."""
    target = tmp_path / "990101" / "2025" / "zh"
    (target / "story").mkdir(parents=True)
    (target / "story" / "a").write_text("old")
    (target / "story" / "b").write_text("old")
    return target


def content(target: Path) -> dict[str, str]:
    return {p.relative_to(target).as_posix(): p.read_text() for p in target.rglob("*") if p.is_file()}


def beside(target: Path) -> list[str]:
    return sorted(p.name for p in target.parent.iterdir())


OLD = {"story/a": "old", "story/b": "old"}
NEW = {"story/a": "new"}


def build(target: Path) -> None:
    with building(target) as temporary:
        (temporary / "story").mkdir()
        (temporary / "story" / "a").write_text("new")


def fail(target: Path, error: type[BaseException] | BaseException, *, keep: bool = False) -> None:
    with building(target, keep=keep) as temporary:
        (temporary / "half").write_text("half")
        raise error


def test_success_replaces_the_whole_folder_and_leaves_nothing_beside(target: Path) -> None:
    build(target)
    assert content(target) == NEW
    assert beside(target) == ["zh"]


def test_a_first_run_needs_no_folder(tmp_path: Path) -> None:
    build(tmp_path / "a" / "b")
    assert content(tmp_path / "a" / "b") == NEW


def test_the_old_outputs_stand_until_the_new_are_whole(target: Path) -> None:
    with building(target) as temporary:
        (temporary / "a").write_text("new")
        assert content(target) == OLD
        assert temporary.parent == target.parent


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_failure_leaves_the_old_untouched(target: Path, error: type[BaseException]) -> None:
    with pytest.raises(error):
        fail(target, error)
    assert content(target) == OLD
    assert beside(target) == ["zh"]


def test_a_failed_run_is_kept_for_a_look_until_the_next(target: Path) -> None:
    with pytest.raises(ValueError, match="no"):
        fail(target, ValueError("no"), keep=True)
    assert content(target.with_name("zh.failed")) == {"half": "half"}
    assert content(target) == OLD
    build(target)
    assert beside(target) == ["zh"]


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        ("inside", OLD, OLD),
        ("rename 1", OLD, OLD),
        ("rename 2", None, NEW),
        ("remove", NEW, NEW),
    ],
)
def test_an_interrupted_run_is_mended(
    target: Path, moment: str, before: dict[str, str] | None, after: dict[str, str]
) -> None:
    died = subprocess.run([sys.executable, "-c", DYING, str(target), moment], check=False)
    assert died.returncode == 9
    assert (content(target) if target.exists() else None) == before
    mend(target)
    assert content(target) == after
    assert beside(target) == ["zh"]


def test_a_folder_set_aside_comes_back_when_there_is_no_new_one(target: Path) -> None:
    target.rename(target.with_name(".zh.old"))
    mend(target)
    assert content(target) == OLD


def test_the_next_run_mends_by_itself(target: Path) -> None:
    subprocess.run([sys.executable, "-c", DYING, str(target), "rename 2"], check=False)
    with pytest.raises(ValueError, match="no"):
        fail(target, ValueError("no"))
    assert content(target) == NEW


def test_mending_where_nothing_is_does_nothing(tmp_path: Path) -> None:
    mend(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_refused_while_the_first_lives_and_let_in_when_it_is_killed(target: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDING, str(target)], stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline().strip() == b"in"
        with pytest.raises(JunhengError) as caught:
            build(target)
        assert caught.value.faults[0].kind == "run-in-progress"
        assert str(first.pid) in caught.value.faults[0].zh
        assert content(target) == OLD
        first.kill()
    build(target)
    assert content(target) == NEW
    assert beside(target) == ["zh"]


def test_the_refused_run_leaves_the_first_ones_work_alone(target: Path) -> None:
    with building(target) as temporary:
        (temporary / "story").mkdir()
        with pytest.raises(JunhengError):
            mend(target)
        (temporary / "story" / "a").write_text("new")
    assert content(target) == NEW


def test_a_lock_file_left_behind_is_taken_over(target: Path) -> None:
    target.with_name(".zh.lock").write_text("999999")
    build(target)
    assert content(target) == NEW
    assert beside(target) == ["zh"]


def test_two_counties_run_side_by_side(tmp_path: Path) -> None:
    with building(tmp_path / "a") as a, building(tmp_path / "b") as b:
        assert a != b


@pytest.mark.parametrize("is_file", [True, False])
def test_what_no_run_made_is_never_replaced(tmp_path: Path, is_file: bool) -> None:
    target = tmp_path / "Documents"
    if is_file:
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "letter.txt").write_text("mine")
    with pytest.raises(JunhengError) as caught:
        build(target)
    assert caught.value.faults[0].kind == "not-a-run"
    assert (target if is_file else target / "letter.txt").read_text() == "mine"


def test_a_file_held_open_is_named_and_the_old_outputs_stay(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows: a folder with an open file cannot be renamed, nor the file be opened for writing."""
    rename, opened = Path.rename, Path.open

    def refused(self: Path, to: Path) -> Path:
        if self == target:
            raise PermissionError("in use")
        return rename(self, to)

    def held(self: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if self.name == "b" and mode == "r+b":
            raise PermissionError("in use")
        return opened(self, mode, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "rename", refused)
    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(JunhengError) as caught:
        build(target)
    assert [(f.kind, f.place.file) for f in caught.value.faults] == [("file-open", "story/b")]
    assert "关闭" in caught.value.faults[0].zh
    monkeypatch.undo()
    assert content(target) == OLD
    assert beside(target) == ["zh"]


def test_a_new_folder_that_cannot_be_moved_in_gives_the_old_one_back(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refused(self: Path, to: Path) -> Path:
        if self.name == ".zh.new":
            raise PermissionError("scanned")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError):
        build(target)
    assert content(target) == OLD


def test_a_moment_of_scanning_is_waited_out(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename, tries = Path.rename, []

    def busy(self: Path, to: Path) -> Path:
        tries.append(self)
        if len(tries) < 3:
            raise PermissionError("scanned")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", busy)
    monkeypatch.setattr("analysis.replacing._PATIENCE_S", 2.0)
    monkeypatch.setattr(time, "sleep", lambda s: None)
    build(target)
    assert content(target) == NEW


def test_a_file_is_written_whole_or_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.docx"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"

    def held(self: Path, to: Path) -> Path:
        raise PermissionError("in use")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(JunhengError, match=r"report\.docx"):
        write_whole(path, b"newer")
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["report.docx"]

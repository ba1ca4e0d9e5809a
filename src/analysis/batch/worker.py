"""One county in a process of its own: whatever becomes of it, the others go on."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from ..errors import JunhengError, Level
from ..params import Request
from ..publish import mend
from ..warm import kernels, nurseries
from ..warm.nursery import Child, UnavailableError
from .notebooks import suite
from .outcome import Outcome
from .run import NotebookError, Run, Step, run_county

_CALL = f"{__name__}:forked"
# What a county's run needs beyond what its notebooks import: read once, before the first fork.
_MODULES = (__name__, "analysis.publish.report", "analysis.publish.workbook", "analysis.publish.gallery")
_LOOK_S = 0.1
_GRACE_S = 5.0
_BESIDE_NOTEBOOKS_S = 300.0  # to read the data and to publish


class Stop(Protocol):
    """An event of threads, or of a cluster."""

    def is_set(self) -> bool:
        """Whether the caller wants an end."""

    def wait(self, timeout: float) -> bool:
        """Wait for that, so many seconds at most."""


@dataclass(frozen=True)
class Task:
    """
    A county to run.

    `extra`: further parameters of the notebooks. `timeout`: seconds that a notebook may take. `notebooks`: those of
    the suite unless given.
    """

    request: Request
    extra: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    notebooks: tuple[Path, ...] | None = None

    def outcome(self, state: str, **known: Any) -> Outcome:
        """Return what became of it."""
        name = self.request.county_name
        return Outcome(self.request.county_code, name.zh, name.en, self.request.year, state, **known)


def isolated(task: Task, *, stop: Stop, step: Callable[[Step], None] = lambda step: None) -> Outcome:
    """
    Run a county in a process of its own and return what became of it.

    Parameters
    ----------
    task : what to run
    stop : set by the caller to end it: the process may tidy up, then it is killed
    step : called when a notebook has ended

    Raises
    ------
    KeyboardInterrupt
        It was stopped; nothing half made is left.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="junheng-") as name:
        aside = Path(name)
        (aside / "task").write_bytes(pickle.dumps(task))
        process = _start(aside)
        try:
            late = _wait(process, aside, task, stop, step)
        finally:
            _end(process)
        told, log = _told(aside), _last_line(aside / "log")
    if told and "state" in told[-1]:
        return _remembered(replace(Outcome(**told[-1]), seconds=time.monotonic() - started), process)
    with suppress(JunhengError):  # another run has the folder, and mends it
        mend(task.request.out)  # what a process that was killed has left half made
    if stop.is_set():
        raise KeyboardInterrupt
    return task.outcome("died", seconds=time.monotonic() - started, **_why(process, log, late=late))


def warm_up() -> None:
    """Begin to import what the counties' processes need."""
    try:
        _nursery()
    except UnavailableError:
        kernels.warm_up()


def _nursery() -> Any:
    return nurseries.of({**os.environ, **kernels.environment()}, more=_MODULES)


def _start(aside: Path) -> Child | subprocess.Popen[bytes]:
    try:
        return _nursery().fork(_CALL, task=str(aside), env={**os.environ, **kernels.environment()})  # type: ignore[no-any-return]
    except UnavailableError:
        return subprocess.Popen([sys.executable, "-m", __name__, str(aside)], start_new_session=True)


def _wait(
    process: Child | subprocess.Popen[bytes],
    aside: Path,
    task: Task,
    stop: Stop,
    step: Callable[[Step], None],
) -> bool:
    """Wait for the end, telling of steps; return whether the process hung, and was not waited for."""
    limit = None if task.timeout is None else time.monotonic() + _longest(task)
    seen = 0
    while process.poll() is None and not stop.wait(_LOOK_S):
        steps = [Step(**message) for message in _told(aside) if "notebook" in message and "of" in message]
        for new in steps[seen:]:
            step(new)
        seen = len(steps)
        if limit is not None and time.monotonic() > limit:
            return True
    return False


def _longest(task: Task) -> float:
    """Return the seconds after which a county with a time limit hangs elsewhere than in a notebook."""
    return _BESIDE_NOTEBOOKS_S + (task.timeout or 0) * len(task.notebooks or suite())


def _end(process: Child | subprocess.Popen[bytes]) -> None:
    """End a process that still runs: it may tidy up first."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _told(aside: Path) -> list[dict[str, Any]]:
    path = aside / "told"
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n") if path.is_file() else ("", "", "")
    return [json.loads(line) for line in whole.split("\n") if line]


def _remembered(outcome: Outcome, process: Child | subprocess.Popen[bytes]) -> Outcome:
    own = process.peak_mb if isinstance(process, Child) else float("nan")
    return replace(outcome, peak_mb=outcome.peak_mb + own)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.is_file() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _why(process: Child | subprocess.Popen[bytes], log: str, *, late: bool) -> dict[str, str]:
    if late:
        return {
            "reason_zh": "长时间没有结束，已停止。",
            "reason_en": "it did not come to an end and was stopped.",
        }
    how = "; ".join(filter(None, [str(process.returncode), log]))
    return {
        "reason_zh": f"进程意外终止（{how}），可能内存不足；请减少 --jobs 后重试。",
        "reason_en": f"the process died ({how}), perhaps for want of memory; try fewer --jobs.",
    }


def forked(asked: dict[str, Any]) -> None:
    """Run a task in a process that a server has forked for it."""
    nurseries.use(asked["control"])
    work(Path(asked["task"]))


def work(aside: Path) -> None:
    """Run the task that stands in a folder, telling there what happens; what is printed goes to a log there."""
    task: Task = pickle.loads((aside / "task").read_bytes())
    with (aside / "log").open("ab") as log, (aside / "told").open("a", encoding="utf-8") as told:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)

        def tell(message: Mapping[str, Any]) -> None:
            told.write(json.dumps(message) + "\n")
            told.flush()

        with suppress(KeyboardInterrupt):  # who stopped it knows
            tell(asdict(_done(task, lambda step: tell(asdict(step)))))


def _done(task: Task, progress: Callable[[Step], None]) -> Outcome:
    """Run a county and say what became of it; only an interruption gets through."""
    try:
        run = _run_when_free(task, progress)
    except JunhengError as error:
        first = [fault for fault in error.faults if fault.level is Level.REFUSE] or error.faults
        more = len(first) - 1
        place = {lang: first[0].where(lang) for lang in ("zh", "en")}
        zh = "：".join(filter(None, [place["zh"], first[0].zh])) + (f"（另有 {more} 处）" if more else "")
        en = ": ".join(filter(None, [place["en"], first[0].en])) + (f" ({more} more)" if more else "")
        return task.outcome("refused", reason_zh=zh, reason_en=en)
    except NotebookError as error:
        if error.kept.is_dir():
            (error.kept / "error.txt").write_text(f"{error}\n", encoding="utf-8")
        stopped = {"notebook": error.notebook, "cell": error.cell, "folder": str(error.kept)}
        return task.outcome("failed", **stopped, reason_zh=error.error.zh, reason_en=error.error.en)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        return task.outcome("failed", reason_zh=f"程序出错：{said}", reason_en=f"internal error: {said}")
    return task.outcome("done", peak_mb=nurseries.peak_mb(), folder=str(run.folder))


def _run_when_free(task: Task, progress: Callable[[Step], None]) -> Run:
    """Run a county; one whose last process is just being killed after its worker is waited for."""
    until = time.monotonic() + _GRACE_S
    while True:
        try:
            return run_county(
                task.request,
                task.notebooks,
                extra=task.extra,
                progress=progress,
                at_once=1,
                timeout=task.timeout,
            )
        except JunhengError as error:
            if error.faults[0].kind != "run-in-progress" or time.monotonic() > until:
                raise
            time.sleep(_LOOK_S)


if __name__ == "__main__":
    work(Path(sys.argv[1]))

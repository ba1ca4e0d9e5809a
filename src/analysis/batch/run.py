"""Run the notebooks of one county, or of a region, and leave a whole folder or the old one. Knows nothing of schools."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from ..errors import Fault, refuse
from ..params import Request
from ..publish import building, publish
from ..publish.folder import kept
from ..pupil_groups import told
from ..region import Region, RegionRequest, open_region_request
from ..schema import Words
from ..sources.handing import hand_over
from ..study import Study, open_request
from ..warm import engine, kernels
from .notebooks import literal, parameters_of, region_suite, suite
from .unchanged import made_from

_AT_ONCE = 4  # kernels; each takes some 300 MB

DISK_FULL = Words(
    zh="磁盘已满或不可写，原有成果未改动。请腾出空间，或用 --out 另选文件夹。",
    en="the disk is full or cannot be written to; earlier outputs are untouched. Make room, or choose another --out.",
)

papermill_engines.register(engine.NAME, engine.WarmEngine)


@dataclass(frozen=True)
class Step:
    """A notebook that has ended: the how manieth of how many, and the seconds it took."""

    number: int
    of: int
    notebook: str
    seconds: float


Progress = Callable[[Step], None]


@dataclass(frozen=True)
class Run:
    """A run that succeeded: its folder, the faults that did not refuse, the seconds of each notebook."""

    folder: Path
    faults: tuple[Fault, ...]
    seconds: Mapping[str, float]


_NO_KERNEL = Words(
    zh="运行笔记本的内核没有启动，或连不上本机（127.0.0.1）。请让防火墙或安全软件放行 Python 在本机 127.0.0.1 上的连接；"
    "设了代理的，在环境变量 NO_PROXY 中加上 127.0.0.1,localhost；内存不足时先关闭别的程序。然后重新运行",
    en="the kernel that runs it did not start, or cannot be reached on this machine (127.0.0.1). Let the firewall or security "
    "software allow Python its connections to 127.0.0.1; where a proxy is set, add 127.0.0.1,localhost to the variable "
    "NO_PROXY; where memory is short, close other programs. Then run it again",
)


class NotebookError(Exception):
    """A notebook stopped. Earlier outputs stand; the folder `kept` holds what this run had made."""

    def __init__(self, notebook: str, cell: int | None, error: Words, kept: Path) -> None:
        self.notebook, self.cell, self.error, self.kept = notebook, cell, error, kept
        at = (f"在 In [{cell}] ", f" at In [{cell}]") if cell is not None else ("", "")
        self.words = Words(
            zh=f"笔记本 {notebook} {at[0]}停止：{error.zh}\n已做的部分留在 {kept} 供查看，原有成果未改动。",
            en=f"notebook {notebook} stopped{at[1]}: {error.en}\n"
            f"What was made is kept in {kept}; earlier outputs are untouched.",
        )
        super().__init__(f"{self.words.zh}\n{self.words.en}")


@dataclass(frozen=True)
class How:
    """
    How notebooks are run.

    `extra`: further parameters; each must be one that some notebook has. `progress`: called when a notebook has
    ended. `at_once`: how many notebooks run side by side, by default as many as there are cores, up to four.
    `timeout`: seconds that a notebook may take.
    """

    extra: Mapping[str, str]
    progress: Progress
    at_once: int
    timeout: float | None


def run_county(
    request: Request,
    notebooks: Sequence[Path] | None = None,
    *,
    extra: Mapping[str, str] | None = None,
    progress: Progress = lambda step: None,
    at_once: int | None = None,
    timeout: float | None = None,
) -> Run:
    """
    Check the data, run the notebooks and publish; the outputs are the new ones whole, or the old ones.

    Parameters
    ----------
    request : what to run
    notebooks : those of the suite unless given
    extra, progress, at_once, timeout : see `How`

    Raises
    ------
    JunhengError
        The input or a parameter cannot be used. No notebook was started, nothing was written.
    NotebookError
        A notebook stopped.
    """
    how = How(extra or {}, progress, at_once or min(os.cpu_count() or 1, _AT_ONCE), timeout)
    return _run(request, suite() if notebooks is None else notebooks, open_request, how)


def run_region(
    request: RegionRequest, *, extra: Mapping[str, str] | None = None, progress: Progress = lambda step: None
) -> Run:
    """Do for a region what `run_county` does for a county."""
    return _run(request, region_suite(), open_region_request, How(extra or {}, progress, 1, None))


def _run(request: Any, notebooks: Sequence[Path], opening: Callable[[Any], Study | Region], how: How) -> Run:
    parameters = parameters_of(notebooks, request.as_parameters(), how.extra)
    refuse_unwritable(request.out)
    kernels.warm_up()  # while the data are read
    with kernels.stopped_on_signals(), disk_told_of(request.out):
        opened = opening(request)
        with building(request.out, keep=True) as folder, _shared(opened, folder) as variables:
            seconds = _execute_all(parameters, folder, request.out, variables, how)
            noted = made_from(request, how.extra, opened.data.inputs)
            corrections = told(opened.data.corrections).to_dict("records")
            publish(folder, run={**noted, "corrections": corrections, "timings": seconds})
    return Run(request.out, opened.data.faults, seconds)


@contextmanager
def disk_told_of(out: Path) -> Iterator[None]:
    """Say of a disk that takes no more what it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            raise
        raise refuse("disk-full", DISK_FULL.zh, DISK_FULL.en, file=str(out)) from error


@contextmanager
def _shared(opened: Study | Region, folder: Path) -> Iterator[dict[str, str]]:
    """Give the variables by which notebooks that write to `folder` find what was opened: it is read once for all."""
    request = replace(opened.request, out=folder)
    with tempfile.TemporaryDirectory(prefix="junheng-") as aside:
        theirs = replace(opened, request=request)  # type: ignore[arg-type]
        yield hand_over(theirs, {**request.as_parameters(), "out": folder.as_posix()}, Path(aside, "opened"))


def refuse_unwritable(out: Path) -> None:
    """Refuse a folder that cannot be made or written to, before the notebooks have taken their time."""
    try:
        above = next(path for path in out.parents if path.exists())
        writable = above.is_dir() and os.access(above, os.W_OK)
    except (
        OSError,
        ValueError,
    ):  # a name that the system does not take, a folder that may not be looked into
        above, writable = out, False
    if not writable:
        raise refuse(
            "cannot-write",
            "不能在这里写入成果，请用 --out 另选文件夹。",
            "no outputs can be written here; choose another --out.",
            file=str(above),
        )


def _execute_all(
    parameters: Mapping[Path, Mapping[str, Any]],
    folder: Path,
    final: Path,
    variables: Mapping[str, str],
    how: How,
) -> dict[str, float]:
    """Run notebooks side by side (none needs what another leaves); return the seconds each took."""
    seconds: dict[str, float] = {}
    with ThreadPoolExecutor(max(1, min(len(parameters), how.at_once))) as pool:
        jobs = {
            pool.submit(_execute, notebook, folder, final, given, variables, how.timeout): notebook.stem
            for notebook, given in sorted(parameters.items(), key=lambda item: -item[0].stat().st_size)
        }  # the longest first: the clock would wait for it in the end
        try:
            for job in as_completed(jobs):
                seconds[jobs[job]] = job.result()
                how.progress(Step(len(seconds), len(jobs), jobs[job], seconds[jobs[job]]))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(job.done() for job in jobs):  # one may just be starting its kernel
                kernels.kill_all()
                time.sleep(0.05)
            raise
    return {notebook.stem: seconds[notebook.stem] for notebook in parameters}


def _execute(
    notebook: Path,
    folder: Path,
    final: Path,
    parameters: Mapping[str, Any],
    variables: Mapping[str, str],
    timeout: float | None,
) -> float:
    """Run one notebook into `folder`, which becomes `final` and is what the stored notebook speaks of."""
    started = time.monotonic()
    executed = folder / "notebooks" / notebook.name
    executed.parent.mkdir(exist_ok=True)
    try:
        papermill.execute_notebook(
            literal(notebook),
            literal(executed),
            {**parameters, "out": folder.as_posix()},
            engine_name=engine.NAME,
            kernel_name="python3",
            kernel_manager_class=kernels.ThisInterpreter,
            variables=variables,
            notebook_timeout=timeout,
            keep_dead=str(executed),
            shutdown_kernel="immediate",  # its files are written; asking first costs time and an interrupt
            resources={"metadata": {"path": str(folder)}},  # the kernel's working folder
            request_save_on_cell_execute=False,
            progress_bar=False,
        )
    except PapermillExecutionError as error:
        said = f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)
        raise NotebookError(notebook.stem, error.exec_count, plainly(said), kept(final)) from error
    except engine.NotebookTimeoutError as error:
        late = Words(zh=f"超过 {timeout:g} 秒的时限", en=f"it took longer than {timeout:g} s")
        raise NotebookError(notebook.stem, error.cell, late, kept(final)) from error
    except engine.NotStartedError as error:
        raise NotebookError(notebook.stem, None, _NO_KERNEL, kept(final)) from error
    except DeadKernelError as error:
        died = Words(zh="内核意外终止（可能内存不足）", en="the kernel died (out of memory?)")
        raise NotebookError(notebook.stem, None, died, kept(final)) from error
    finally:
        if executed.is_file():
            _without_places(
                executed, final, parameters, {folder: "..", notebook.parent: "", executed.parent: ""}
            )
    return time.monotonic() - started


def plainly(said: str) -> Words:
    """Return what a notebook's error says; of a full disk in words."""
    if f"[Errno {errno.ENOSPC}]" in said:
        return DISK_FULL
    return Words(zh=said, en=said)


def _without_places(
    executed: Path, final: Path, parameters: Mapping[str, Any], places: Mapping[Path, str]
) -> None:
    """
    Put paths from the notebook's own folder in place of the machine's, so that a reader may run it again where it stands.

    `places`: folders of this run, and what stands for each; what lies elsewhere (data, parameters) is told from where the
    notebook comes to stand, by name alone where no way leads there.
    """
    text = executed.read_text(encoding="utf-8")
    own = [Path(str(value)) for value in parameters.values() if Path(str(value)).is_absolute()]
    told = {path: _way(path, final / "notebooks") for path in own} | dict(places)
    for path in sorted(told, key=lambda place: -len(str(place))):
        for write in (str, Path.as_posix):
            inside = json.dumps(write(path), ensure_ascii=False)[1:-1]
            instead = json.dumps(told[path], ensure_ascii=False)[1:-1]
            text = text.replace(inside, instead) if instead else text.replace(f"{inside}/", "")
    executed.write_text(text, encoding="utf-8", newline="\n")


def _way(path: Path, start: Path) -> str:
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:  # on another drive
        return path.name

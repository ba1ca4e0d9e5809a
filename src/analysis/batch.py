"""Run the notebooks of one county, or of a region, and leave a whole folder or the old one. Knows nothing of schools."""

from __future__ import annotations

import ast
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from . import kernels, shipped
from .errors import Fault, JunhengError, Place, refuse
from .params import Request
from .publish import building, publish
from .publish.folder import kept
from .schema import Words
from .sources.dataset import as_input
from .sources.mapping import load_source
from .sources.reading import read_dataset
from .standards import load_standard, standard_path

_AT_ONCE = 4  # kernels; each takes some 300 MB
_OF_REGION = ("06_region_comparison.ipynb",)  # these take a region; all others take a county


@dataclass(frozen=True)
class Step:
    """A notebook that has ended: the how manieth of how many, and the seconds it took."""

    number: int
    of: int
    notebook: str
    seconds: float


Progress = Callable[[Step], None]


class Asked(Protocol):
    """What a run must know: its files and how to read them, its rules, its folder, its notebooks' parameters."""

    @property
    def paths(self) -> tuple[Path, ...]: ...
    @property
    def source(self) -> str: ...
    @property
    def county_code(self) -> str | None: ...
    @property
    def standard(self) -> str: ...
    @property
    def out(self) -> Path: ...
    def as_parameters(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Run:
    """A run that succeeded: its folder, the faults that did not refuse, the seconds of each notebook."""

    folder: Path
    faults: tuple[Fault, ...]
    seconds: Mapping[str, float]


class NotebookError(Exception):
    """A notebook stopped. Earlier outputs stand; the folder `kept` holds what this run had made."""

    def __init__(self, notebook: str, cell: int | None, error: str, kept: Path) -> None:
        self.kept = kept
        at = (f"在 In [{cell}] ", f" at In [{cell}]") if cell is not None else ("", "")
        self.words = Words(
            zh=f"笔记本 {notebook} {at[0]}停止：{error}\n已做的部分留在 {kept} 供查看，原有成果未改动。",
            en=f"notebook {notebook} stopped{at[1]}: {error}\n"
            f"What was made is kept in {kept}; earlier outputs are untouched.",
        )
        super().__init__(f"{self.words.zh}\n{self.words.en}")


def suite() -> list[Path]:
    """Return the notebooks of a county's run in order: those whose names begin with a number."""
    numbered = sorted(shipped.notebooks().glob("[0-9][0-9]_*.ipynb"))
    return [notebook for notebook in numbered if notebook.name not in _OF_REGION]


def region_suite() -> list[Path]:
    """Return the notebooks of a region's run in order."""
    return [shipped.notebooks() / name for name in _OF_REGION]


def run_county(
    request: Request,
    notebooks: Sequence[Path] | None = None,
    *,
    extra: Mapping[str, str] | None = None,
    progress: Progress = lambda step: None,
) -> Run:
    """
    Check the data, run the notebooks and publish; the outputs are the new ones whole, or the old ones.

    Parameters
    ----------
    request : what to run
    notebooks : those of the suite unless given
    extra : further parameters; each must be one that some notebook has
    progress : called when a notebook has ended

    Raises
    ------
    JunhengError
        The input or a parameter cannot be used. No notebook was started, nothing was written.
    NotebookError
        A notebook stopped.
    """
    return _run(request, suite() if notebooks is None else notebooks, extra or {}, progress)


def run_region(
    request: Asked, *, extra: Mapping[str, str] | None = None, progress: Progress = lambda step: None
) -> Run:
    """Do for a region (`region.RegionRequest`) what `run_county` does for a county."""
    return _run(request, region_suite(), extra or {}, progress)


def _run(request: Asked, notebooks: Sequence[Path], extra: Mapping[str, str], progress: Progress) -> Run:
    parameters = _parameters(notebooks, request.as_parameters(), extra)
    rules = load_standard(request.standard)
    data = read_dataset(request.paths, load_source(request.source), county=request.county_code)
    rule = {"id": rules.id, "sha256": as_input(standard_path(request.standard)).sha256}
    _refuse_unwritable(request.out)
    with kernels.stopped_on_signals(), building(request.out, keep=True) as folder:
        seconds = _execute_all(parameters, folder, request.out, progress)
        publish(
            folder,
            run={
                "parameters": {**request.as_parameters(), **extra},
                "inputs": [asdict(item) for item in data.inputs],
                "rule": rule,
                "timings": seconds,
            },
        )
    return Run(request.out, data.faults, seconds)


def _refuse_unwritable(out: Path) -> None:
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


def _parameters(
    notebooks: Sequence[Path], own: Mapping[str, str], extra: Mapping[str, str]
) -> dict[Path, dict[str, Any]]:
    """Return the parameters of each notebook: those it has; one that no notebook has is refused."""
    has = {notebook: papermill.inspect_notebook(_literal(notebook)) for notebook in notebooks}
    known = sorted({name for parameters in has.values() for name in parameters})
    unknown = [name for name in extra if name not in known]
    if unknown:
        raise JunhengError([_unknown(name, known) for name in unknown])
    return {
        notebook: {
            **{name: value for name, value in own.items() if name in parameters},
            **{
                name: _typed(name, extra[name], parameters[name]["default"])
                for name in extra
                if name in parameters
            },
        }
        for notebook, parameters in has.items()
    }


def _typed(name: str, text: str, default: str) -> Any:
    """Return a parameter in the type of its default in the notebook: text stays text, 0012 too."""
    kind = type(ast.literal_eval(default))
    if kind is str:
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if type(value) is kind or (kind is float and type(value) is int):
        return value
    raise JunhengError(
        Fault(
            "parameter-type",
            f"应与笔记本中的默认值 {default} 同类。",
            f"must be of the kind of its default in the notebook, {default}.",
            Place(column=name, value=text),
        )
    )


def _unknown(name: str, known: Sequence[str]) -> Fault:
    names = "、".join(known) or "—"
    return Fault(
        "unknown-parameter",
        f"没有笔记本有这个参数。可用：{names}。",
        f"no notebook has this parameter; known: {names}.",
        Place(column="-p", value=name),
    )


def _execute_all(
    parameters: Mapping[Path, Mapping[str, Any]], folder: Path, final: Path, progress: Progress
) -> dict[str, float]:
    """Run notebooks side by side (none needs what another leaves); return the seconds each took."""
    seconds: dict[str, float] = {}
    with ThreadPoolExecutor(max(1, min(len(parameters), os.cpu_count() or 1, _AT_ONCE))) as pool:
        jobs = {pool.submit(_execute, nb, folder, final, given): nb.stem for nb, given in parameters.items()}
        try:
            for job in as_completed(jobs):
                seconds[jobs[job]] = job.result()
                progress(Step(len(seconds), len(jobs), jobs[job], seconds[jobs[job]]))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while not all(job.done() for job in jobs):  # one may just be starting its kernel
                kernels.kill_all()
                time.sleep(0.05)
            raise
    return {name: seconds[name] for name in jobs.values()}


def _execute(notebook: Path, folder: Path, final: Path, parameters: Mapping[str, Any]) -> float:
    """Run one notebook into `folder`, which becomes `final` and is what the stored notebook speaks of."""
    started = time.monotonic()
    executed = folder / "notebooks" / notebook.name
    executed.parent.mkdir(exist_ok=True)
    try:
        papermill.execute_notebook(
            _literal(notebook),
            _literal(executed),
            {**parameters, "out": folder.as_posix()},
            kernel_name="python3",
            kernel_manager_class=kernels.ThisInterpreter,
            shutdown_kernel="immediate",  # its files are written; asking first costs time and an interrupt
            resources={"metadata": {"path": str(folder)}},  # the kernel's working folder
            request_save_on_cell_execute=False,
            progress_bar=False,
        )
    except PapermillExecutionError as error:
        said = f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)
        raise NotebookError(notebook.stem, error.exec_count, said, kept(final)) from error
    except DeadKernelError as error:
        said = "内核意外终止（内存不足?）/ the kernel died (out of memory?)"
        raise NotebookError(notebook.stem, None, said, kept(final)) from error
    finally:
        if executed.is_file():
            _speak_of(final, folder, executed)
    return time.monotonic() - started


def _literal(path: Path) -> str:
    """Return a path that papermill, which formats paths, leaves as it is."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


def _speak_of(final: Path, folder: Path, executed: Path) -> None:
    """Put the final folder in place of the temporary one, so that a reader may run the notebook again."""
    text = executed.read_text(encoding="utf-8")
    for write in (str, Path.as_posix):
        inside, instead = (json.dumps(write(path), ensure_ascii=False)[1:-1] for path in (folder, final))
        text = text.replace(inside, instead)
    executed.write_text(text, encoding="utf-8", newline="\n")

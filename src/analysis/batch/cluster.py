"""Counties on many machines: the workers of an existing Dask cluster run them, outputs on a file system all share."""

from __future__ import annotations

import importlib
import platform
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import Fault, JunhengError, Place, refuse
from ..publish.manifest import packages
from .outcome import Outcome
from .unchanged import code_sha256, params_sha256
from .worker import Task, isolated

_PATIENCE_S = 20


@contextmanager
def running_on(scheduler: str, tasks: Sequence[Task]) -> Iterator[list[Future[Outcome]]]:
    """
    Hand counties to the workers of a cluster; leaving the block early stops those that run.

    A worker that dies loses nothing: its counties are run again by others, and outputs are whole or not there.

    Parameters
    ----------
    scheduler
        Its address, tcp://HOST:PORT.
    tasks
        The counties.

    Raises
    ------
    JunhengError
        The package distributed is not installed, the scheduler does not answer or has no workers, or a worker has
        another version or does not see the files.
    """
    client = _connected(scheduler)
    try:
        _refuse_unfit(client, tasks)
        stop = _distributed().Event(f"junheng-{uuid.uuid4()}", client=client)
        with client.get_executor(pure=False) as pool:
            try:
                yield [pool.submit(_run, task, stop.name) for task in tasks]
            except BaseException:
                stop.set()
                pool.shutdown(wait=False)
                raise
    finally:
        client.close()


def _run(task: Task, stop: str) -> Outcome:
    """Run a county on a worker."""
    try:
        return isolated(task, stop=_distributed().Event(stop))
    except KeyboardInterrupt:
        return task.outcome("died", reason_zh="已中断。", reason_en="it was stopped.")


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise refuse(
            "no-distributed",
            "多机运行需要安装 junheng[cluster]。",
            "running on many machines needs junheng[cluster].",
            column="--scheduler",
        ) from error


def _connected(scheduler: str) -> Any:
    distributed = _distributed()
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _unusable(scheduler, "连接不上调度器。", "the scheduler does not answer.") from error
    if not client.scheduler_info(n_workers=-1)["workers"]:
        client.close()
        raise _unusable(scheduler, "调度器没有工作进程。", "the scheduler has no workers.")
    return client


def _unusable(scheduler: str, zh: str, en: str) -> JunhengError:
    return refuse("no-scheduler", zh, en, column="--scheduler", value=scheduler)


def _refuse_unfit(client: Any, tasks: Sequence[Task]) -> None:
    """Refuse workers that would give other outputs, or put them where nobody finds them."""
    paths = sorted({path for task in tasks for path in task.request.paths})
    out = tasks[0].request.out.parents[2] if tasks else Path.cwd()
    out.mkdir(parents=True, exist_ok=True)
    probe = out / f".junheng-{uuid.uuid4()}"
    probe.touch()
    try:
        found = client.run(_worker, [*paths, probe], on_error="return")
    finally:
        probe.unlink()
    faults = [fault for worker, told in found.items() for fault in _unfit(worker, told)]
    if faults:
        raise JunhengError(faults)


def _worker(paths: Sequence[Path]) -> dict[str, Any]:
    """Return what a worker has and what it does not see."""
    return {"version": version(), "unseen": [str(path) for path in paths if not path.exists()]}


def version() -> dict[str, Any]:
    """Return what outputs follow from, but for the data: Python, packages, code."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "code": code_sha256(),
        "params": params_sha256(),
        **packages(),
    }


def _unfit(worker: str, told: dict[str, Any] | Exception) -> Iterator[Fault]:
    if isinstance(told, Exception):
        zh, en = "这个工作进程没有可用的 junheng。", "this worker has no junheng that can be used"
        yield Fault("other-version", f"{zh}（{told}）", f"{en}: {told}", Place(worker))
        return
    here = version()
    other = [name for name in here if told["version"].get(name) != here[name]]
    if other:
        names = "、".join(other)
        zh, en = f"这个工作进程的版本不同：{names}。", f"this worker has other versions: {names}."
        yield Fault("other-version", zh, en, Place(worker))
    if told["unseen"]:
        names = "、".join(told["unseen"][:3])
        zh, en = f"这个工作进程看不到：{names}。", f"this worker does not see {names}."
        yield Fault("not-shared", zh, en, Place(worker))

"""Every county of a list, side by side: those unchanged are kept, those that fail do not stop the others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Protocol

from ..errors import JunhengError, Lang
from ..params import Request
from ..warm import kernels, nurseries
from .outcome import Outcome, told_before, write_summary
from .run import Step, disk_told_of, refuse_unwritable
from .unchanged import unchanged
from .worker import Task, isolated, warm_up


class Watcher(Protocol):
    """Who is told how a run of many goes on."""

    def step(self, task: Task, step: Step) -> None:
        """A notebook of a county has ended."""

    def ended(self, outcome: Outcome, counts: Counts) -> None:
        """A county has ended."""


@dataclass(frozen=True)
class Counts:
    """How far a run of many is: counties ended, of how many, failed; seconds that the rest may take, None if unknown."""

    ended: int
    of: int
    failed: int
    left_s: float | None


def plan(
    requests: Sequence[Request], extra: Mapping[str, str], *, again: bool
) -> tuple[list[Request], list[Request]]:
    """Return the requests to run, and those whose outputs are whole and unchanged; with `again` all are run."""
    kept = [] if again else [request for request in requests if unchanged(request, extra)]
    return [request for request in requests if request not in kept], kept


def run_many(
    tasks: Sequence[Task],
    kept: Sequence[Task],
    *,
    jobs: int,
    summary: Path,
    lang: Lang,
    watcher: Watcher,
    scheduler: str = "",
    earlier: Sequence[Outcome] = (),
) -> list[Outcome]:
    """
    Run counties side by side and write the summary, anew whenever one has ended.

    Parameters
    ----------
    tasks, kept
        The counties to run, and those that are told of as unchanged.
    jobs
        How many run at once; each runs its notebooks one after the other.
    summary, lang
        Stem of the summary's files, and their language.
    watcher
        Told of every step.
    scheduler
        Address of a Dask scheduler whose workers run the counties in place of this machine; `jobs` is then theirs.
    earlier
        What became of counties in an earlier run that the summary goes on telling of.

    Returns
    -------
    What became of each county.

    Raises
    ------
    JunhengError
        Nothing can be written there, or the scheduler cannot be used.
    KeyboardInterrupt
        It was stopped: no process and nothing half made is left.
    """
    for task in tasks:
        refuse_unwritable(task.request.out)
    outcomes = [*earlier, *_as_they_were(kept, summary)]
    started = time.monotonic()
    with disk_told_of(summary), _running(tasks, jobs, watcher, scheduler) as futures:
        for number, future in enumerate(as_completed(futures), start=1):
            outcomes.append(future.result())
            left = (time.monotonic() - started) / number * (len(tasks) - number)
            failed = sum(outcome.failed for outcome in outcomes)
            watcher.ended(outcomes[-1], Counts(number, len(tasks), failed, left))
            with suppress(JunhengError):  # someone is reading it: the last one is written in any case
                write_summary(outcomes, summary, lang)
    write_summary(outcomes, summary, lang)
    return outcomes


def _as_they_were(kept: Sequence[Task], summary: Path) -> list[Outcome]:
    """Return the outcomes of counties that are kept, with what they took when they were run."""
    took: dict[tuple[str, int], dict[str, float]] = {}
    with suppress(JunhengError):
        for one in told_before(summary) if kept else ():
            took[one.county, one.year] = {"seconds": one.seconds, "peak_mb": one.peak_mb}
    return [
        task.outcome(
            "unchanged",
            folder=str(task.request.out),
            **took.get((task.request.county_code, task.request.year), {}),
        )
        for task in kept
    ]


@contextmanager
def _running(
    tasks: Sequence[Task], jobs: int, watcher: Watcher, scheduler: str
) -> Iterator[list[Future[Outcome]]]:
    if scheduler:
        from .cluster import running_on

        with kernels.stopped_on_signals(), running_on(scheduler, tasks) as futures:
            yield futures
        return
    stop = Event()
    warm_up()
    with kernels.stopped_on_signals(), ThreadPoolExecutor(max(1, jobs)) as pool:
        try:
            yield [pool.submit(isolated, task, stop=stop, step=partial(watcher.step, task)) for task in tasks]
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            nurseries.close()

"""Times of contenders that take turns, so that whatever else the machine does falls on all of them."""

from __future__ import annotations

import contextlib
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Times:
    """Seconds of each repeat: of the processor, and by the clock."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]


def in_turns(
    contenders: Mapping[str, Callable[[], object]],
    repeats: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, Times]:
    """Run every contender once a round; `clock` reads the processor's seconds."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, run in contenders.items():
            cpu, wall = clock(), time.perf_counter()
            run()
            taken[name].append((clock() - cpu, time.perf_counter() - wall))
    return {name: Times(*zip(*pairs, strict=True)) for name, pairs in taken.items()}


def children() -> float:
    """Return the processor's seconds of all programs that were started and have ended, and of what they started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def used() -> float:
    """Return the processor's seconds of all that this process has started, ended or not."""
    found = children()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found += sum(process.cpu_times()[:4])  # its own, and those of what it has started and seen end
    return found


def peak_memory(run: Callable[[], object], peaks: list[float], *, every: float = 0.5) -> None:
    """Run something, and note the most memory (MB) that the processes it started took together, what they share once."""
    done, most = threading.Event(), 0.0

    def look() -> None:
        nonlocal most
        while not done.wait(every):
            most = max(most, _memory())

    looking = threading.Thread(target=look)
    looking.start()
    try:
        run()
    finally:
        done.set()
        looking.join()
        peaks.append(most)


def _memory() -> float:
    """Return the proportional set size of all processes that this one started, MB."""
    found = 0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found += process.memory_full_info().pss
    return found / 1e6


def ratio(times: Mapping[str, Times], slow: str, fast: str) -> str:
    """Return how many times as long one took as another, of the processor and by the clock: medians."""
    cpu, wall = (
        _median(getattr(times[slow], part)) / _median(getattr(times[fast], part)) for part in ("cpu", "wall")
    )
    return f"{cpu:.2f} of CPU, {wall:.2f} of wall"


def one_after_the_other(times: Sequence[Times]) -> Times:
    """Return the seconds of several contenders as one, added up round by round."""
    cpu = tuple(map(sum, zip(*(taken.cpu for taken in times), strict=True)))
    return Times(cpu, tuple(map(sum, zip(*(taken.wall for taken in times), strict=True))))


def table(times: Mapping[str, Times], against: str) -> str:
    """Return a Markdown table: medians and spans, and how many times as long as `against` each took."""
    base = times[against]
    head = ("", "CPU s, median (span)", "wall s, median (span)", "ratio of CPU", "ratio of wall")
    lines = [_row(head), _row(["---"] * len(head))]
    for name, taken in times.items():
        ratios = (_median(taken.cpu) / _median(base.cpu), _median(taken.wall) / _median(base.wall))
        lines.append(_row([name, _span(taken.cpu), _span(taken.wall), *(f"{ratio:.2f}" for ratio in ratios)]))
    return "\n".join(lines)


_median = statistics.median


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _span(seconds: Sequence[float]) -> str:
    return f"{_median(seconds):.2f} ({min(seconds):.2f}–{max(seconds):.2f})"

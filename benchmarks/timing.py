"""Times of contenders that take turns, so that whatever else the machine does falls on all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Seconds of each repeat: of the processor, and by the clock."""

    cpu: tuple[float, ...]
    wall: tuple[float, ...]

    @property
    def typical(self) -> float:
        """The median of the processor's seconds."""
        return statistics.median(self.cpu)


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


def one_after_the_other(times: Sequence[Times]) -> Times:
    """Return the seconds of several contenders as one, added up round by round."""
    cpu = tuple(map(sum, zip(*(taken.cpu for taken in times), strict=True)))
    return Times(cpu, tuple(map(sum, zip(*(taken.wall for taken in times), strict=True))))


def table(times: Mapping[str, Times], against: str) -> str:
    """Return a Markdown table: medians and spans, and how many times as long as `against` each took."""
    base = times[against].typical
    lines = ["| | CPU s, median (span) | wall s, median | ratio |", "|---|---|---|---|"]
    for name, taken in times.items():
        cells = (
            name,
            _span(taken.cpu),
            f"{statistics.median(taken.wall):.2f}",
            f"{taken.typical / base:.2f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _span(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f}–{max(seconds):.2f})"

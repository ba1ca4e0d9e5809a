"""How a run of many counties is told as it goes: a line each, or bars where someone is looking."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..batch import Step
    from ..batch.many import Counts, Watcher
    from ..batch.outcome import Outcome
    from ..batch.worker import Task


def watcher(total: int) -> Watcher:
    """Return bars on a terminal, lines elsewhere."""
    return Bars(total) if sys.stderr.isatty() else Lines()


class Lines:
    """One line whenever a county has ended."""

    def step(self, task: Task, step: Step) -> None:
        """Say nothing: a log need not hold every notebook."""

    def ended(self, outcome: Outcome, counts: Counts) -> None:
        """Say what became of it, and how long the rest may take."""
        click.echo(line(outcome, counts))


class Bars:
    """A bar for the whole with an estimate, and below it a line for each county that runs."""

    def __init__(self, total: int) -> None:
        from tqdm import tqdm

        self._tqdm: Any = tqdm
        self._whole: Any = tqdm(total=total, unit="县", dynamic_ncols=True)
        self._running: dict[str, Any] = {}

    def step(self, task: Task, step: Step) -> None:
        """Move the line of a county on."""
        code = task.request.county_code
        if code not in self._running:
            self._running[code] = self._tqdm(total=step.of, leave=False, bar_format="{desc} {bar}")
        self._running[code].set_description_str(f"{code} {step.notebook}")
        self._running[code].update(1)

    def ended(self, outcome: Outcome, counts: Counts) -> None:
        """Take its line away, and move the whole on."""
        if outcome.county in self._running:
            self._running.pop(outcome.county).close()
        if outcome.failed:
            self._tqdm.write(line(outcome, counts))
        self._whole.update(1)
        if counts.ended == counts.of:
            self._whole.close()


def line(outcome: Outcome, counts: Counts) -> str:
    """Return how a county ended, its reason where it failed, and what is left to do."""
    from ..batch.outcome import STATES

    state = STATES[outcome.state]
    name = outcome.zh if outcome.zh != outcome.county else ""
    parts = [f"[{counts.ended}/{counts.of}] {outcome.county} {name}".rstrip()]
    parts.append(f"{state.zh} / {state.en}  {outcome.seconds:.0f} s")
    if counts.failed:
        parts.append(f"失败 {counts.failed} / {counts.failed} failed")
    if counts.left_s and counts.ended < counts.of:
        minutes = max(1, round(counts.left_s / 60))
        parts.append(f"约剩 {minutes} 分钟 / about {minutes} min left")
    told = "  ".join(parts)
    if outcome.failed:
        told += f"\n    {outcome.reason_zh}\n    {outcome.reason_en}"
    return told

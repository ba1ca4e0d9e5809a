"""The numbers of a chart as programs that draw charts themselves need them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

_MOST_LABELLED = 30
_LINES_LABELLED = 2


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeriesRecord(_Record):
    """One series of a chart; `color` is a hexadecimal RGB, a missing number is None."""

    name: str
    numbers: tuple[float | None, ...]
    color: str


class ChartRecord(_Record):
    """
    The numbers of one chart as Excel and PowerPoint draw it, in the run's language.

    `kind`: bars lie and columns stand side by side, stacks on top of one another; `digits` are the decimals shown. Of a
    scatter the categories name the points, the first series is how far across they stand, the others how high.
    """

    kind: Literal["bar", "column", "bar_stack", "column_stack", "line", "scatter"]
    title: str
    unit: str
    digits: int
    categories: tuple[str, ...]
    series: tuple[SeriesRecord, ...]

    @property
    def labelled(self) -> bool:
        """Whether each number stands at its bar or point: many would cover one another, and those of near lines."""
        if self.kind == "line" and len(self.series) > _LINES_LABELLED:
            return False
        return self.kind != "scatter" and len(self.categories) <= _MOST_LABELLED

    @property
    def from_zero(self) -> bool:
        """Whether no number is below zero: the scale then begins there, as in the pictures."""
        return all(number is None or number >= 0 for line in self.series for number in line.numbers)


def series(name: str, values: Iterable[float], color: str) -> SeriesRecord:
    """Return a series of a frame's column: what is missing there is None."""
    numbers = tuple(None if value != value else float(value) for value in values)
    return SeriesRecord(name=name, numbers=numbers, color=color)

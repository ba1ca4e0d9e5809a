"""What a printed number is: figures told with their meaning, and the one that a number in a text stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from ..errors import Lang
from ..rounding import shown
from ..schema import Words

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?: ?%)?")
_ENDS = re.compile(r"[，；：、（）。;:()]|, |\. ")


class Fact(BaseModel):
    """
    A figure with its meaning, unrounded, and how it came about; it is printed with `digits` decimals or more.

    `what` is its name; `value = factor · numerator / denominator` where it is a ratio. `said`: what a text must say of it to
    mean it, one of each group; `near`: of which one stands in the same clause as the number (none: anywhere). `public`: whether
    outputs for the public may hold it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: str
    what: Words
    value: float
    digits: int = 0
    formula: Words
    numerator: float | None = None
    denominator: float | None = None
    when: Words
    clause: str = ""
    said: tuple[tuple[str, ...], ...] = ()
    near: tuple[str, ...] = ()
    public: bool = True


@dataclass
class Reader:
    """Reads the numbers of one text, from left to right; of facts that fit alike one not yet read goes first."""

    facts: Sequence[Fact]
    lang: Lang
    read: set[str] = field(default_factory=set)

    def meant(self, text: str, start: int, end: int) -> Fact | None:
        """Return the fact that the number at a place of a text stands for; None where no fact is said there."""
        printed = text[start:end].rstrip(",").replace(" ", "")
        clause = _clause(text, start, end)
        fit = [fact for fact in self.facts if _prints(fact, printed, self.lang) and says(fact, text)]
        fit = [fact for fact in fit if not fact.near or any(word in clause for word in fact.near)]
        fit.sort(key=lambda fact: (not fact.near, fact.key in self.read))
        if not fit:
            return None
        self.read.add(fit[0].key)
        return fit[0]


def _prints(fact: Fact, printed: str, lang: Lang) -> bool:
    number = printed.removesuffix("%")
    value = fact.value * 100 if printed.endswith("%") else fact.value
    digits = len(number.partition(".")[2])
    return digits >= fact.digits and shown(abs(value), digits, lang) == number


def says(fact: Fact, text: str) -> bool:
    """Return whether a text says what it must to mean a fact."""
    return all(any(word in text for word in group) for group in fact.said)


def _clause(text: str, start: int, end: int) -> str:
    before = [found.end() for found in _ENDS.finditer(text, 0, start)]
    after = _ENDS.search(text, end)
    return text[before[-1] if before else 0 : after.start() if after else len(text)]

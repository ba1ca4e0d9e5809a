"""The words by which plans are read (params/plan_check.yaml), and how a name is normalised before it is matched."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from .. import shipped
from ..schema import Words
from ..yamlfile import load_yaml

_BRACKETED = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Family(Words):
    """A kind of measure and the words by which it is known."""

    words: tuple[str, ...]


class Common(_Part):
    """From when on two kinds of measure are taken to be meant for the same schools."""

    schools: int
    share: Decimal


class Ratio(_Part):
    """A ratio as plans call it: `per` · what / of."""

    names: tuple[str, ...] = Field(min_length=1)
    what: str
    of: str
    per: int = 1


class Addition(_Part):
    """What a measure adds to a column of the schools' data, in this unit."""

    column: str
    words: tuple[str, ...]
    unit: str


class Vocabulary(_Part):
    """The words of params/plan_check.yaml."""

    totals: tuple[str, ...]
    everywhere: tuple[str, ...]
    of_which: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    wholes: tuple[tuple[str, ...], ...]
    parts_optional: tuple[str, ...]
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    not_additive: tuple[str, ...]
    lower_is_better: tuple[str, ...]
    families: tuple[Family, ...]
    families_common: Common
    quantities: dict[str, tuple[str, ...]]
    ratios: tuple[Ratio, ...]
    units: dict[str, tuple[str, ...]]
    adds: tuple[Addition, ...]

    def column(self, heading: str) -> str | None:
        """Return what a heading means: school, year, item, amount, unit …; None where it means none of them."""
        name = plain(heading)
        return next((key for key, names in self.columns.items() if name in names), None)

    def is_total(self, text: str) -> bool:
        """Whether a label says that the row or column adds up others."""
        return plain(text) in self.totals

    def whole_of(self, name: str) -> tuple[str, ...] | None:
        """Return the parts among which a name stands, None where it is no known part."""
        return next((parts for parts in self.wholes if plain(name) in parts), None)

    def additive(self, heading: str) -> bool:
        """Whether figures under a heading can be added up: a rate, a mean or a number of a row cannot."""
        return not any(word in heading for word in self.not_additive)

    def unit(self, text: str) -> str:
        """Return the one name of a unit: ㎡ and m2 are 平方米."""
        return next((name for name, spellings in self.units.items() if text in spellings), text)


@cache
def vocabulary() -> Vocabulary:
    """Return the words of params/plan_check.yaml."""
    return load_yaml(shipped.params("plan_check.yaml"), Vocabulary)


def plain(text: str) -> str:
    """Return a name without brackets and what stands in them, spaces, 其中 and colons; Latin letters small."""
    name = re.sub(r"[\s:：、,，#]", "", _BRACKETED.sub("", text)).lower()
    return name.removeprefix("其中")

"""Amounts as plans print them: an exact number, how many decimals it was printed with, its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..rounding import as_filed, shown
from .vocabulary import vocabulary

UNITS = "亿元|万元|元|平方米|平米|㎡|m²|m2|亩|人|名|位|所|个|间|册|本|台|套|%|％|倍"
NUMBER = r"[-−]?\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|[-−]?\d+(?:\.\d+)?"
_CELL = re.compile(rf"({NUMBER})\s*(?:\(?({UNITS})\)?)?")


@dataclass(frozen=True)
class Amount:
    """
    A number and its unit. `decimals`: how many it was printed with, the least that it can be off by rounding.

    Money is kept in 元 and in 万元 as they are printed; two amounts compare only in the same unit.
    """

    value: Decimal
    unit: str = ""

    @property
    def decimals(self) -> int:
        """How many decimals the number was printed with."""
        exponent = self.value.as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0

    @property
    def exact(self) -> Fraction:
        """The number as a fraction."""
        return Fraction(self.value)

    def shown(self) -> str:
        """Return number and unit as printed."""
        return f"{self.value.normalize():f}{self.unit}"


def amount_of(cell: object, unit: str = "") -> Amount | None:
    """Return a cell that holds a number alone, or a number with its unit; None for anything else."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return Amount(as_filed(float(cell)), vocabulary().unit(unit))
    found = _CELL.fullmatch(str(cell).strip())
    if found is None:
        return None
    return Amount(decimal_of(found[1]), vocabulary().unit(found[2] or unit))


def decimal_of(text: str) -> Decimal:
    """Return a printed number exactly."""
    return Decimal(text.replace(",", "").replace("−", "-"))


def slack(amounts: list[Amount]) -> Fraction:
    """Return by how much a sum of printed amounts may miss a printed total: half a last digit each, 0 if all are whole."""
    digits = max((amount.decimals for amount in amounts), default=0)
    return Fraction(len(amounts), 2 * 10**digits) if digits else Fraction(0)


def total_of(amounts: list[Amount]) -> Fraction:
    """Return the exact sum."""
    return sum((amount.exact for amount in amounts), Fraction(0))


def printed(value: Fraction, digits: int = 2) -> str:
    """Return a number that was computed, without trailing zeros."""
    text = shown(float(value), digits)
    return text.rstrip("0").rstrip(".") if "." in text else text

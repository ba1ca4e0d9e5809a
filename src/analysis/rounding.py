"""How numbers are shown: rounded half up, and never so that the rounding contradicts the verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

from .errors import Lang

NOT_KNOWN = "—"
Limit = Fraction | float | None
_MOST_DIGITS = 12


def as_filed(value: float) -> Decimal:
    """Return the decimal that a figure was filed as: 15 significant digits, which is what Excel keeps."""
    return Decimal(format(value, ".15g"))


def shown(value: float | None, digits: int, lang: Lang = "zh") -> str:
    """Return a number with `digits` decimals, rounded half up; an em dash for a missing one."""
    if value is None or math.isnan(value):
        return NOT_KNOWN
    rounded = as_filed(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return format(abs(rounded) if rounded == 0 else rounded, ",f" if lang == "en" else "f")


def shown_against(value: float | None, limit: Limit | Sequence[Limit], digits: int, lang: Lang = "zh") -> str:
    """
    Return a number with at least `digits` decimals, and as many more as keep it on its side of every limit.

    A value of 4.496 against 4.5 is shown as 4.496, never as 4.50. Limits that are missing are passed over.
    """
    if value is None or math.isnan(value):
        return NOT_KNOWN
    limits = [limit] if limit is None or isinstance(limit, (int, float, Fraction)) else limit
    near = 10.0**-digits  # rounding moves a value by half of this at most
    if all(b is None or math.isnan(b) or abs(value - float(b)) > near for b in limits):
        return shown(value, digits, lang)
    bounds = [_exact(bound) for bound in limits if bound is not None and not math.isnan(bound)]
    exact = Fraction(as_filed(value))
    for more in range(digits, _MOST_DIGITS):
        rounded = Fraction(as_filed(value).quantize(Decimal(1).scaleb(-more), ROUND_HALF_UP))
        if all((rounded < b) == (exact < b) and (rounded > b) == (exact > b) for b in bounds):
            return shown(value, more, lang)
    return shown(value, _MOST_DIGITS, lang)


def decimals(value: float) -> int:
    """Return how many decimals a number was filed with, 0 for a missing one: a threshold is printed as it is."""
    if math.isnan(value):
        return 0
    exponent = as_filed(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def at_least_shown(value: float, digits: int) -> float:
    """Return a shortage rounded up to `digits` decimals: filling the printed number fills the gap."""
    return float(as_filed(value).quantize(Decimal(1).scaleb(-digits), ROUND_CEILING))


def at_most_shown(value: float, digits: int) -> float:
    """Return a surplus rounded down to `digits` decimals."""
    return float(as_filed(value).quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR))


def _exact(limit: Fraction | float) -> Fraction:
    return limit if isinstance(limit, Fraction) else Fraction(as_filed(limit))

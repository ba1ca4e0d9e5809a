"""Decisions on exact numbers: floats decide where they are safely apart, fractions where they are not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from .rounding import as_filed

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

NEAR = 1e-9
"""Relative distance up to which floats are not trusted to decide."""

# Of the limit alone: |v − l| ≤ NEAR · max(|v|, |l|) makes |v − l| ≤ NEAR / (1 − NEAR) · |l|, so none that is near escapes.
_NEAR_LIMIT = 2 * NEAR

_MOST_WHOLE = 1e15  # Excel keeps 15 digits; every whole number up to here is exact in a float
_MOST_PRODUCT = 2.0**62  # two such products and their difference fit an int64
_DECIMALS = (0, 2, 4, 6)
_WITHIN = 3e-16  # of the number itself: less than half a unit of its 15th digit, product's rounding included


def filed(value: float) -> Fraction:
    """Return a figure exactly, as the decimal it was filed as."""
    return Fraction(as_filed(value))


def sign(value: Fraction, limit: Fraction) -> int:
    """Return the sign of value − limit."""
    return (value > limit) - (value < limit)


def compare(values: Floats, limits: Floats, exactly: Callable[[Rows], npt.ArrayLike]) -> Floats:
    """
    Return the sign of value − limit for each row, exactly; NaN where either is NaN.

    Parameters
    ----------
    values, limits
        Float images of the numbers to compare, of the same length.
    exactly
        Given the positions of rows, returns their signs from exact numbers. Called only for near-ties.

    Notes
    -----
    Why floats may decide beyond a relative distance of 1e-9. A figure's float is within 5e-15 of the decimal
    it was filed as. A per-pupil value takes at most eight roundings of 1.2e-16 each, so it is within 1e-13
    of the exact value; a limit is rounded once. A coefficient of variation of n units is a root of a sum:
    the deviations x − X̄ are off by at most about n · 1.2e-16 · X̄, hence the CV by at most n · 1e-15
    (absolute). For n = 10 000 units in one county and a limit of 0.1 that is 1e-10 of the limit. All of it
    is below 1e-9, so two numbers further apart than that are in the order their floats say.
    """
    with np.errstate(invalid="ignore"):
        distance = values - limits
        near = np.abs(distance) <= _NEAR_LIMIT * np.abs(limits)
        signs: Floats = np.sign(distance)
    rows = np.flatnonzero(near)
    if len(rows):
        signs[rows] = exactly(rows)
    return signs


def quotient_signs(
    resource: Floats, multiplier: Floats, divisor: Floats, *, per: int, limit: Fraction
) -> Floats:
    """
    Return the sign of per · resource · multiplier / divisor − limit of filed decimals, exactly (divisor > 0).

    Cross-products of whole numbers of the last decimal decide where they fit an integer, fractions elsewhere.
    """
    ratio = limit / per
    parts = (resource, multiplier, divisor)
    signs: Floats = np.full(len(resource), np.nan)
    left = np.arange(len(resource))
    for decimals in _DECIMALS:
        (f, m, d), fits = _as_whole(np.stack([part[left] for part in parts]), decimals)
        most = np.maximum(np.abs(f * m) * ratio.denominator, np.abs(d) * (ratio.numerator * 10.0**decimals))
        ready = fits & (most < _MOST_PRODUCT)
        if ready.any():
            f, m, d = (whole[ready].astype(np.int64) for whole in (f, m, d))
            signs[left[ready]] = np.sign(f * m * ratio.denominator - d * (ratio.numerator * 10**decimals))
        left = left[~ready]
    for row in left:
        f_exact, m_exact, d_exact = (filed(part[row]) for part in parts)
        signs[row] = sign(f_exact * m_exact / d_exact, ratio)
    return signs


def whole_up(amounts: Floats, terms: Floats, exactly: Callable[[int], Fraction]) -> Floats:
    """
    Return the smallest whole numbers that are not below the amounts.

    `amounts` are differences of `terms` in size (the larger of the two numbers subtracted, or their sum), so a
    float is off by up to 1e-13 · terms; within 1e-9 · (1 + terms) of a whole number `exactly` gives the amount.
    """
    found: Floats = np.ceil(amounts)
    with np.errstate(invalid="ignore"):
        near = np.abs(amounts - np.rint(amounts)) <= NEAR * (1 + terms)
    for row in np.flatnonzero(near):
        found[row] = math.ceil(exactly(int(row)))
    return found


def decimal_sum(plus: Sequence[Floats], minus: Sequence[Floats] = ()) -> Floats:
    """
    Return Σ plus − Σ minus of filed decimals, as the float nearest to the exact sum; NaN where any is NaN.

    Floats alone would leave 1234.56 − 1234.55 at 0.00999999999990564, which no longer reads as 0.01.
    Figures with up to six decimals are added as whole numbers of their last decimal, the rest as fractions.
    """
    if len(plus) == 1 and not minus:
        return plus[0].copy()
    parts = np.stack([*plus, *(-each for each in minus)])
    total, ready = _whole_sum(parts, 2)  # most areas and amounts are told at once
    total[~ready] = np.nan
    left = np.flatnonzero(~ready & np.isfinite(parts).all(axis=0))
    for decimals in (0, 4, 6):
        sums, ready = _whole_sum(parts[:, left], decimals)
        total[left[ready]] = sums[ready]
        left = left[~ready]
    for row in left:
        total[row] = float(sum(map(filed, parts[:, row])))
    return total


def _whole_sum(parts: Floats, decimals: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the sum of figures, and where that is exact: whole numbers of a decimal whose partial sums are not rounded."""
    with np.errstate(invalid="ignore"):
        whole, fits = _as_whole(parts, decimals)
        return whole.sum(axis=0) / 10.0**decimals, fits & (np.abs(whole).sum(axis=0) < _MOST_WHOLE)


def _as_whole(parts: Floats, decimals: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return figures, parts × rows, in units of a decimal, and the rows that are filed in no smaller ones."""
    scaled = parts * 10.0**decimals
    whole = np.rint(scaled)
    size = np.abs(whole)
    fits = (np.abs(scaled - whole) <= _WITHIN * size) & (size < _MOST_WHOLE)
    return whole, np.asarray(fits.all(axis=0), dtype=bool)


def exact_sum(terms: Iterable[Fraction]) -> Fraction:
    """Return the sum of fractions, added in pairs so that the denominators grow late."""
    level = list(terms)
    while len(level) > 1:
        level = [sum(level[i : i + 2], Fraction(0)) for i in range(0, len(level), 2)]
    return level[0] if level else Fraction(0)


def compare_roots(squares: Sequence[Fraction], bound: Fraction) -> int:
    """
    Return the sign of Σ √q − bound, for squares q ≥ 0, without rounding.

    Rational roots are taken exactly. A sum of roots of which one is irrational is irrational itself, so it
    never equals the bound and enough digits decide.
    """
    rest, irrational = bound, []
    for square in squares:
        top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
        if top * top == square.numerator and bottom * bottom == square.denominator:
            rest -= Fraction(top, bottom)
        else:
            irrational.append(square)
    if not irrational:
        return sign(Fraction(0), rest)
    scale = 10**20
    while True:
        low = sum(math.isqrt(q.numerator * scale**2 // q.denominator) for q in irrational)
        if Fraction(low, scale) >= rest:
            return 1
        if Fraction(low + len(irrational), scale) <= rest:
            return -1
        scale *= scale

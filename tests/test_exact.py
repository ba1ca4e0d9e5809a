"""Decisions on the decimals that were filed, not on their binary images."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exact import (
    compare,
    compare_roots,
    decimal_sum,
    exact_sum,
    filed,
    quotient_signs,
    sign,
    whole_up,
)

decimals = st.decimals(min_value=0, max_value=10**6, allow_nan=False, places=8)


def floats(*numbers: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(numbers, dtype=np.float64)


def test_nine_of_a_thousand_meet_nine_tenths_though_their_float_does_not() -> None:
    value = 9 / 1000 * 100
    assert value < 0.9
    exactly = sign(Fraction(9, 1000) * 100, Fraction(9, 10))
    assert compare(floats(value), floats(0.9), lambda row: exactly).tolist() == [0]


def test_floats_decide_where_they_are_apart_and_missing_stays_missing() -> None:
    def never(rows: object) -> int:
        raise AssertionError(f"rows {rows} need no fractions")

    signs = compare(floats(1, 1.0000001, 0.9999999, math.nan), floats(2, 1, 1, 1), never)
    np.testing.assert_array_equal(signs, [-1, 1, -1, math.nan])


@given(st.integers(1, 10**6), st.integers(1, 10**5), st.sampled_from(["0.9", "4.2", "2.3", "0.765", "1955"]))
def test_comparison_is_that_of_fractions(things: int, pupils: int, threshold: str) -> None:
    exact, limit = Fraction(things, pupils) * 100, Fraction(threshold)
    found = compare(floats(things / pupils * 100), floats(float(limit)), lambda row: sign(exact, limit))
    assert found.item() == sign(exact, limit)


def test_difference_of_filed_decimals_is_a_decimal_again() -> None:
    assert 1234.56 - 1234.55 != 0.01
    assert decimal_sum([floats(1234.56)], [floats(1234.55)]).tolist() == [0.01]


def test_a_sum_of_what_a_unit_factor_has_blurred_is_that_of_what_was_filed() -> None:
    blurred = 4.35 * 100  # 434.99999999999994
    assert blurred != 435
    assert decimal_sum([floats(blurred), floats(0.1)], [floats(0.3)]).tolist() == [434.8]


@given(st.lists(st.tuples(decimals, decimals, decimals), min_size=1, max_size=4))
def test_sums_are_those_of_decimals(rows: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    a, b, c = (floats(*(float(row[i]) for row in rows)) for i in range(3))
    found = decimal_sum([a, b], [c])
    assert found.tolist() == [float(x + y - z) for x, y, z in rows]


def test_a_sum_with_a_missing_part_is_missing() -> None:
    assert np.isnan(decimal_sum([floats(1), floats(math.nan)])).all()
    assert np.isnan(decimal_sum([floats(1)], [floats(math.nan)])).all()
    assert np.isnan(decimal_sum([floats(math.nan)])).all()


def test_whole_things_are_counted_without_the_last_bit_of_a_float() -> None:
    need = 0.07 * 100  # of 100 pupils, 0.07 teachers each: 7.000000000000001
    assert math.ceil(need) == 8
    assert whole_up(floats(need, need - 6), floats(7, 13), lambda row: Fraction([7, 1][row])).tolist() == [
        7,
        1,
    ]
    assert whole_up(floats(0.25, math.nan), floats(1, 1), lambda row: Fraction(9)).tolist()[0] == 1


def test_roots_are_compared_without_rounding() -> None:
    assert compare_roots([Fraction(1, 4), Fraction(1, 9)], Fraction(5, 6)) == 0
    assert compare_roots([Fraction(1, 4), Fraction(1, 9)], Fraction(5, 6) + Fraction(1, 10**40)) == -1
    close = Fraction(math.isqrt(2 * 10**120), 10**60)  # √2 cut after 60 digits
    assert compare_roots([Fraction(2)], close) == 1
    assert compare_roots([Fraction(2)], close + Fraction(1, 10**60)) == -1
    assert compare_roots([Fraction(2), Fraction(1, 4)], close + Fraction(1, 2)) == 1


@pytest.mark.parametrize("square", ["0.2025", "0.202500000000000001", "0.202499999999999999"])
def test_a_coefficient_at_its_limit_is_told_from_one_beside_it(square: str) -> None:
    assert compare_roots([Fraction(square)], Fraction("0.45")) == sign(Fraction(square), Fraction("0.2025"))


def test_exact_sum_of_many_and_of_none() -> None:
    assert exact_sum(Fraction(1, n * (n + 1)) for n in range(1, 100)) == Fraction(99, 100)
    assert exact_sum([]) == 0
    assert filed(0.1 + 0.2) == Fraction(3, 10)


@given(
    st.decimals(0, 10**7, places=2),
    st.decimals("0.01", 10, places=2),
    st.integers(1, 10**6),
    st.sampled_from([1, 100]),
)
def test_signs_of_many_quotients_are_those_of_fractions(
    figure: Decimal, multiplier: Decimal, divisor: int, per: int
) -> None:
    value = Fraction(figure) * Fraction(multiplier) / divisor * per
    for limit in (value, value + Fraction(1, 10**12), Fraction("0.9"), Fraction("0.9") / Fraction("0.85")):
        parts = (floats(float(figure)), floats(float(multiplier)), floats(float(divisor)))
        found = quotient_signs(*parts, per=per, limit=limit) if limit else [0]
        assert list(found) == [sign(value, limit)]

"""How numbers are shown: half up, and never on the other side of a limit."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rounding import at_least_shown, at_most_shown, shown, shown_against


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(2.5, 0, "3"), (0.125, 2, "0.13"), (1.005, 2, "1.01"), (-0.001, 2, "0.00"), (12345.6, 1, "12345.6")],
)
def test_numbers_are_rounded_half_up_as_filed(value: float, digits: int, text: str) -> None:
    assert shown(value, digits) == text


def test_english_groups_thousands_and_missing_is_a_dash() -> None:
    assert shown(12345.6, 1, "en") == "12,345.6"
    assert shown(float("nan"), 2) == shown(None, 2) == shown_against(None, 0.5, 2) == "—"


@given(st.floats(0.01, 100), st.lists(st.integers(1, 10000), min_size=1, max_size=3))
def test_what_is_printed_stands_on_the_same_side_of_every_limit(value: float, limits: list[int]) -> None:
    bounds = [Fraction(n, 100) for n in limits]
    printed, exact = Fraction(shown_against(value, bounds, 2)), Fraction(Decimal(format(value, ".15g")))
    if abs(min(exact - bound for bound in bounds)) > Fraction(1, 10**11):
        for bound in bounds:
            if abs(exact - bound) > Fraction(1, 10**11):
                assert (printed < bound) == (exact < bound)
                assert (printed > bound) == (exact > bound)


def test_a_figure_between_floor_and_threshold_is_told_from_both() -> None:
    assert shown_against(0.847, [1.0, 0.85], 2) == "0.847"
    assert shown_against(4.496, Fraction(9, 2), 2) == "4.496"
    assert shown_against(4.5, 4.5, 2) == "4.50"
    assert shown_against(0.3, [math.nan, None], 2) == "0.30"


@given(st.floats(0, 1e6), st.integers(0, 2))
def test_a_printed_shortage_fills_the_gap_and_a_surplus_is_there(value: float, digits: int) -> None:
    exact = Decimal(format(value, ".15g"))
    assert Decimal(format(at_least_shown(value, digits), ".15g")) >= exact
    assert Decimal(format(at_most_shown(value, digits), ".15g")) <= exact

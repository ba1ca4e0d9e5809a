"""Coefficients of variation against their limits: at the line, with figures missing, as published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assessment import assess, judge_dispersion
from analysis.standards import RuleSet

from .counties import (
    BASIC,
    county,
    rules,
    school,
)

few = settings(max_examples=6, deadline=None)  # each example tries every cell of a county
quick = settings(max_examples=8, deadline=None)
QUALITY_RULES = rules()


def spread(*rows: dict[str, Any], by: RuleSet = QUALITY_RULES) -> Any:
    return assess(county(*rows), by).dispersion.set_index(["stage", "indicator"])


@pytest.mark.parametrize(("less", "verdict"), [(0, "pass"), (1, "fail"), (-1, "pass")])
def test_coefficient_at_its_limit_passes_and_one_book_beside_it_does_not(less: int, verdict: str) -> None:
    """Two schools of equal size at 1 ∓ 0.5 of the mean: CV = 0.5 exactly; of 3·10¹² books one is 7·10⁻¹³ of it."""
    few, many = 10**12 - less, 3 * 10**12 + less
    rule = rules(dispersion={"each_at_most": {"primary": "0.5"}})
    found = spread(school(equipment_value_yuan=few), school(equipment_value_yuan=many), by=rule)
    row = found.loc[("primary", "equipment_value_per_pupil")]
    assert row["cv"] == pytest.approx(0.5)
    assert row["verdict"] == verdict


@pytest.mark.parametrize(("more", "verdict"), [(0, "pass"), (1, "fail")])
def test_mean_of_the_coefficients_is_decided_exactly_too(more: int, verdict: str) -> None:
    """Six of eight CVs are 0, two 0.5: the mean is 0.125 exactly, and an irrational hair above it when moved."""
    rule = rules(BASIC, dispersion={"mean_at_most": {"primary": "0.125", "junior": "0.55"}})
    found = spread(
        school(books=10**9, computers=10**9 - more),
        school(books=3 * 10**9, computers=3 * 10**9 + more),
        by=rule,
    )
    row = found.loc[("primary", "combined")]
    assert row["cv"] == pytest.approx(0.125)
    assert row["verdict"] == verdict
    assert (row["n"], row["n_missing"]) == (2, 0)
    singles = found.drop(index="combined", level="indicator")
    assert singles["verdict"].isna().all()
    assert singles["limit"].isna().all()


def test_a_unit_without_the_figure_leaves_both_sums_and_the_verdict_open() -> None:
    alike = [school(), school(), school(equipment_value_yuan=None)]
    row = spread(*alike).loc[("primary", "equipment_value_per_pupil")]
    assert (row["n"], row["n_missing"], row["pupils"], row["mean"], row["cv"]) == (2, 1, 200, 4000, 0)
    assert row["verdict"] == "undetermined"


def test_verdict_is_fail_only_if_no_completion_could_pass() -> None:
    """CV of 1 in 200 pupils: 100 more can bring it to √(1 / 2) at the least, 400 more to √(1 / 5)."""
    apart = [school(equipment_value_yuan=0), school(equipment_value_yuan=400)]
    for pupils, low, verdict in ((100, 2, "fail"), (400, 5, "undetermined")):
        found = spread(*apart, school(pupils=pupils, equipment_value_yuan=None))
        row = found.loc[("primary", "equipment_value_per_pupil")]
        assert row["cv_low"] == pytest.approx(low**-0.5)
        assert row["verdict"] == verdict
    row = spread(*apart, school(pupils_primary=None)).loc[("primary", "equipment_value_per_pupil")]
    assert (row["cv_low"], row["verdict"]) == (0, "undetermined")  # any number of pupils may be there


@quick
@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 300)), min_size=1, max_size=3),
)
def test_no_completion_brings_the_coefficient_below_its_bound(
    known: list[tuple[int, int]], hidden: list[tuple[int, int]]
) -> None:
    """Completions drawn by chance stay above cv_low; the one at x = ΣPx² / ΣPx reaches it."""
    rows = [school(pupils=p, equipment_value_yuan=float(p * x)) for p, x in known]
    found = spread(*rows, *(school(pupils=p, equipment_value_yuan=None) for p, _ in hidden))
    low = found.loc[("primary", "equipment_value_per_pupil"), "cv_low"]
    p, x = np.array(known, dtype=float).T
    best = (p * x**2).sum() / (p * x).sum()
    assert _cv([*known, *hidden]) >= low - 1e-9
    assert _cv([*known, *((size, best) for size, _ in hidden)]) == pytest.approx(low, abs=1e-9)


def _cv(units: list[Any]) -> float:
    p, x = np.array(units, dtype=float).T
    mean = (p * x).sum() / p.sum()
    return float(np.sqrt((p * (x - mean) ** 2).sum() / p.sum()) / mean)


def test_mean_limit_with_one_coefficient_unknown() -> None:
    rule = rules(BASIC)
    none: dict[str, Any] = {"teachers_mid_title_primary": None}
    row = spread(school(**none), school(**none), by=rule).loc[("primary", "combined")]
    assert np.isnan(row["cv"])  # never a mean of seven shown as one of eight
    assert row["verdict"] == "undetermined"
    poor: dict[str, Any] = (
        dict.fromkeys(("books", "computers", "equipment_value_yuan", "teachers_primary"), 0.0) | none
    )
    poor |= {"teaching_area_m2": 0.0, "indoor_sports_area_m2": 0.0, "sports_ground_area_m2": 0.0}
    poor |= {"teachers_above_degree_primary": 0.0}
    row = spread(school(**none), school(**poor), by=rule).loc[("primary", "combined")]
    assert row["cv_low"] == pytest.approx(7 / 8)
    assert row["verdict"] == "fail"  # seven CVs of 1 are too much whatever the eighth is


def test_a_mean_of_zero_has_no_coefficient() -> None:
    row = spread(school(books=0), school(books=0), by=rules(BASIC)).loc[("primary", "books_per_pupil")]
    assert (row["mean"], row["n"]) == (0, 2)
    assert np.isnan(row["cv"])
    zero = spread(school(equipment_value_yuan=0)).loc[("primary", "equipment_value_per_pupil")]
    assert zero["verdict"] == "undetermined"


def test_published_coefficients_are_judged_as_printed() -> None:
    cvs = pd.DataFrame(
        {
            "stage": ["primary", "primary", "junior", "junior"],
            "indicator": ["sports_area_per_pupil", "teaching_area_per_pupil"] * 2,
            "cv": [0.50, 0.501, np.nan, 0.45],
        }
    )
    found = judge_dispersion(cvs, QUALITY_RULES)
    assert found["verdict"].tolist() == ["pass", "fail", "undetermined", "pass"]
    assert found["limit"].tolist() == [0.5, 0.5, 0.45, 0.45]
    assert judge_dispersion(cvs, rules(BASIC))["verdict"].tolist()[4:] == ["undetermined"] * 2

"""Verdicts on figures and units: at the line, below the floor, with figures missing."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assessment import assess
from analysis.standards import RuleSet

from .counties import (
    BASIC,
    BELOW_FLOOR,
    ONE_SHORT,
    TWO_SHORT,
    county,
    indicator,
    rules,
    school,
    whole_school_rules,
)

few = settings(max_examples=6, deadline=None)  # each example tries every cell of a county
quick = settings(max_examples=8, deadline=None)
QUALITY_RULES = rules()


def judged(*rows: dict[str, Any], by: RuleSet = QUALITY_RULES) -> pd.DataFrame:
    return assess(county(*rows), by).judged.set_index(["school_id", "stage", "indicator"])


def cell(frame: pd.DataFrame, indicator_id: str, stage: str = "primary") -> pd.Series[Any]:
    row: pd.Series[Any] = frame.xs(indicator_id, level="indicator").xs(stage, level="stage").iloc[0]
    return row


@pytest.mark.parametrize(
    ("teachers", "status", "gap"), [(10, "met", 0), (9, "met", 0), (8, "floor", 1), (7, "below", 2)]
)
def test_nine_pe_and_art_teachers_of_a_thousand_pupils_meet_nine_tenths(
    teachers: int, status: str, gap: int
) -> None:
    row = cell(judged(school(pupils=1000, teachers_pe_art_primary=teachers)), "pe_art_teachers_per_100")
    assert (row["status"], row["gap"], row["gap_school"]) == (status, gap, gap)


@pytest.mark.parametrize(
    ("area", "status"), [(382.5, "floor"), (382.49, "below"), (450, "met"), (449.99, "floor")]
)
def test_floor_is_exactly_eighty_five_hundredths_of_the_threshold(area: float, status: str) -> None:
    row = cell(judged(school(teaching_area_m2=area, indoor_sports_area_m2=0)), "teaching_area_per_pupil")
    assert row["status"] == status
    assert row["floor"] == pytest.approx(3.825)
    assert row["gap"] == math.ceil(450 - area)  # told in whole m²


@quick
@given(
    st.lists(st.tuples(st.integers(1, 3000), st.integers(-1, 1)), min_size=20, max_size=20),
    st.sampled_from([("teachers_above_degree", "4.2"), ("teachers_pe_art", "0.9")]),
)
def test_one_teacher_more_or_fewer_decides(cases: list[tuple[int, int]], law: tuple[str, str]) -> None:
    name, threshold = law
    least = [math.ceil(Fraction(threshold) * pupils / 100) for pupils, _ in cases]
    have = [max(n + step, 0) for n, (_, step) in zip(least, cases, strict=True)]
    figures: list[dict[str, Any]] = [{f"{name}_primary": n} for n in have]
    rows = [school(pupils=p, **given) for (p, _), given in zip(cases, figures, strict=True)]
    found = judged(*rows).xs(_INDICATOR[name], level="indicator")
    assert (found["status"] == "met").tolist() == [n >= m for n, m in zip(have, least, strict=True)]
    assert found["gap"].tolist() == [max(m - n, 0) for n, m in zip(have, least, strict=True)]


_INDICATOR = {
    "teachers_above_degree": "teachers_above_degree_per_100",
    "teachers_pe_art": "pe_art_teachers_per_100",
}


def test_gap_of_a_stage_and_what_the_school_must_add_for_it() -> None:
    """166 primary and 210 junior pupils: D = 397 and 397 / 1.1; 8 rooms where 2.3 and 2.4 per 100 are asked for."""
    rows = judged(school("nine_year", {"primary": 166, "junior": 210}, multimedia_rooms=8))
    primary, junior = (cell(rows, "multimedia_rooms_per_100", stage) for stage in ("primary", "junior"))
    assert primary["numerator"] == pytest.approx(8 * 166 / 397)
    assert primary["gap"] == 1  # 2.3 × 1.66 = 3.818 asked for, 3.345 there
    assert primary["gap_school"] == 2  # 2.3 × 3.97 = 9.131
    assert junior["gap"] == 1  # 2.4 × 2.1 = 5.04, 4.655 there
    assert junior["gap_school"] == 1  # 2.4 × 3.609 = 8.66


def test_missing_unjudged_and_out_of_scope_figures_have_no_gap() -> None:
    rows = judged(
        school(teachers_backbone_primary=None),
        school("teaching_point", 20, teachers_backbone_primary=0),
    ).xs("backbone_teachers_per_100", level="indicator")
    assert rows["status"].tolist() == ["missing", "unjudged"]
    assert rows[["gap", "gap_school"]].isna().to_numpy().all()
    basic = judged(school(), by=rules(BASIC))
    assert set(basic["status"]) == {"unjudged"}
    assert basic[["threshold", "floor", "gap"]].isna().all(axis=None)


def test_at_most_has_its_floor_above_the_threshold() -> None:
    """Class size at most 45, floor 0.9: up to 50 stands in for the floor; what lacks is classes."""
    rule = whole_school_rules(
        indicator(
            id="class_size",
            numerator=["pupils_compulsory"],
            denominator=["classes_compulsory"],
            better="lower",
            at_most={"school": "45"},
            thing={"zh": "班", "en": "classes", "whole": True},
        ),
        school_rule={"at_least_met": 1, "floor": "0.9"},
    )
    pupils = [90, 91, 100, 101]
    rows = judged(*(school(pupils_compulsory=n, classes_compulsory=2) for n in pupils), by=rule)
    assert rows["status"].tolist() == ["met", "floor", "floor", "below"]
    assert rows["gap"].tolist() == [0, 1, 1, 1]
    assert rows["floor"].tolist() == [50] * 4


def test_at_most_per_pupil_tells_what_is_too_much() -> None:
    few = indicator(id="far", numerator=["books"], per=100, better="lower", at_most={"school": "2"})
    rule = whole_school_rules(few, school_rule={"at_least_met": 1})
    rows = judged(*(school(pupils_compulsory=200, books=n) for n in (4, 5.5)), by=rule)
    assert rows["status"].tolist() == ["met", "floor"]  # no floor: nothing is below it
    assert rows["gap"].tolist() == [0, 1.5]


@pytest.mark.parametrize(
    ("figures", "counts", "verdict"),
    [
        ({}, (7, 0, 0, 0), "pass"),
        (ONE_SHORT, (6, 1, 0, 0), "pass"),
        (TWO_SHORT, (5, 2, 0, 0), "fail"),
        (BELOW_FLOOR, (6, 0, 1, 0), "fail"),
        ({"teachers_backbone_primary": None}, (6, 0, 0, 1), "undetermined"),  # it may be below the floor
        ({"teachers_pe_art_primary": None} | ONE_SHORT, (5, 1, 0, 1), "undetermined"),
        ({"teachers_pe_art_primary": None} | BELOW_FLOOR, (5, 0, 1, 1), "fail"),
        ({"equipment_value_yuan": None} | TWO_SHORT, (4, 2, 0, 1), "fail"),  # five at best
        ({"pupils_primary": None}, (0, 0, 0, 7), "undetermined"),
    ],
)
def test_six_of_seven_and_the_seventh_not_below_its_floor(
    figures: dict[str, Any], counts: tuple[int, ...], verdict: str
) -> None:
    unit = assess(county(school(**figures)), QUALITY_RULES).unit_verdicts.iloc[0]
    assert tuple(unit[["n_met", "n_floor", "n_below", "n_missing"]]) == counts
    assert unit["verdict"] == verdict


def test_without_a_floor_what_is_missing_beyond_k_does_not_matter() -> None:
    rule = rules(school_rule={"at_least_met": 6})
    missing: dict[str, Any] = {"teachers_backbone_primary": None}
    rows = [
        school(**missing),
        school(**missing, teachers_pe_art_primary=0),
        school(teachers_backbone_primary=0),
    ]
    verdicts = assess(county(*rows), rule).unit_verdicts["verdict"]
    assert verdicts.tolist() == ["pass", "undetermined", "pass"]


def test_threshold_that_the_rule_set_does_not_give_is_neither_met_nor_failed() -> None:
    own = [
        indicator(id=f"i{n}", numerator=[column])
        for n, column in enumerate(["books", "computers", "has_court"])
    ]
    for known in own[:2]:
        known |= {"at_least": {"school": "1"}}
    rule = whole_school_rules(*own, school_rule={"at_least_met": 2})
    rows = [school(pupils_compulsory=100, books=n, computers=100) for n in (100, 99)]
    assert assess(county(*rows), rule).unit_verdicts["verdict"].tolist() == ["pass", "undetermined"]
    rule = whole_school_rules(*own, school_rule={"at_least_met": 3})
    assert assess(county(*rows), rule).unit_verdicts["verdict"].tolist() == ["undetermined", "fail"]


def test_a_school_passes_only_if_all_its_units_do_and_counts_once() -> None:
    both = {"primary": 100, "junior": 100}
    found = assess(
        county(
            school("nine_year", both),
            school("nine_year", both, teachers_backbone_junior=0),
            school("nine_year", both, teachers_backbone_junior=None),
            school("nine_year", both, teachers_backbone_junior=None, teachers_backbone_primary=0),
        ),
        QUALITY_RULES,
    )
    assert found.school_verdicts["verdict"].tolist() == ["pass", "fail", "undetermined", "fail"]
    assert found.school_verdicts["n_units"].tolist() == [2, 2, 2, 2]
    counts = found.county_verdicts.iloc[0]
    assert counts[["n_units", "n_units_pass", "n_units_fail", "n_units_undetermined"]].tolist() == [
        8,
        4,
        2,
        2,
    ]
    assert counts[["n_schools", "n_schools_pass", "n_schools_fail", "n_schools_undetermined"]].tolist() == [
        4,
        1,
        2,
        1,
    ]

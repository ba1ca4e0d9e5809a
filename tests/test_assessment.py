"""Verdicts: at the line, with figures missing, on units, coefficients, schools and counties."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assessment import (
    Assessment,
    alternatives,
    assess,
    dispersion,
    judge_counties,
    judge_dispersion,
    judge_schools,
    judge_units,
    judge_values,
    near_misses,
    school_table,
)
from analysis.indicators import indicator_values, units_in_scope
from analysis.standards import RuleSet

from .counties import (
    BASIC,
    FIGURES,
    county,
    hide,
    indicator,
    rules,
    school,
    some_counties,
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


# --- figures -----------------------------------------------------------------------------------------------


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
    assert row["gap"] == pytest.approx(450 - area)


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


# --- units -------------------------------------------------------------------------------------------------

ONE: dict[str, Any] = {"teachers_backbone_primary": 0.9}  # of 100 pupils: below 1, not below 0.85
TWO: dict[str, Any] = ONE | {"teachers_pe_art_primary": 0.8}
LOW: dict[str, Any] = {"teachers_backbone_primary": 0.84}


@pytest.mark.parametrize(
    ("figures", "counts", "verdict"),
    [
        ({}, (7, 0, 0, 0), "pass"),
        (ONE, (6, 1, 0, 0), "pass"),
        (TWO, (5, 2, 0, 0), "fail"),
        (LOW, (6, 0, 1, 0), "fail"),
        ({"teachers_backbone_primary": None}, (6, 0, 0, 1), "undetermined"),  # it may be below the floor
        ({"teachers_pe_art_primary": None} | ONE, (5, 1, 0, 1), "undetermined"),
        ({"teachers_pe_art_primary": None} | LOW, (5, 0, 1, 1), "fail"),
        ({"equipment_value_yuan": None} | TWO, (4, 2, 0, 1), "fail"),  # five at best
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
    own[0] |= {"at_least": {"school": "1"}}
    rule = whole_school_rules(*own, school_rule={"at_least_met": 2})
    rows = [school(pupils_compulsory=100, books=n) for n in (100, 99)]
    assert assess(county(*rows), rule).unit_verdicts["verdict"].tolist() == ["undetermined"] * 2
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


# --- coefficients ------------------------------------------------------------------------------------------


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


# --- counties ----------------------------------------------------------------------------------------------


def verdict_of(*rows: dict[str, Any], by: RuleSet = QUALITY_RULES) -> Any:
    return assess(county(*rows), by).county_verdicts["verdict"].item()


def test_county_verdicts() -> None:
    assert verdict_of(school(), school()) == "pass"
    assert verdict_of(school(), school(teachers_backbone_primary=0)) == "fail"
    assert verdict_of(school(), school(teachers_backbone_primary=None)) == "undetermined"
    assert verdict_of(school("teaching_point", 20)) == "undetermined"  # nobody to judge
    apart = [school(equipment_value_yuan=200_000), school(equipment_value_yuan=2_000_000)]
    found = assess(county(*apart), QUALITY_RULES)
    assert found.unit_verdicts["verdict"].tolist() == ["pass", "pass"]
    assert found.county_verdicts[["verdict", "n_cv", "n_cv_fail"]].to_numpy(object).tolist() == [
        ["fail", 7, 1]
    ]


def test_rule_sets_judge_by_what_they_have() -> None:
    poor = school(teachers_backbone_primary=0)
    found = assess(county(poor, poor), rules(BASIC))
    assert found.unit_verdicts["verdict"].isna().all()
    assert found.school_verdicts["verdict"].isna().all()
    assert found.county_verdicts[["verdict", "n_cv", "n_units"]].to_numpy(object).tolist() == [["pass", 1, 2]]
    assert verdict_of(school(), by=rules(dispersion=None)) == "pass"
    silent = assess(county(school()), rules(dispersion=None, school_rule=None))
    assert silent.county_verdicts["verdict"].isna().all()
    assert silent.dispersion["verdict"].isna().all()
    assert silent.dispersion["cv"].notna().all()
    only_junior = rules(dispersion={"each_at_most": {"junior": "0.45"}}, school_rule=None)
    assert verdict_of(school(), by=only_junior) == "undetermined"  # nothing of it was judged


def test_a_county_of_five_schools_by_hand() -> None:
    """A nine-year school, a missing teacher count, exactly 0.9, a stage with no pupils, a small teaching point."""
    found = assess(
        county(
            school(
                "nine_year", {"primary": 200, "junior": 100}, multimedia_rooms=6, equipment_value_yuan=620_000
            ),
            school(pupils=400, teachers_backbone_primary=None),
            school(pupils=1000, teachers_pe_art_primary=9),
            school("nine_year", {"primary": 60, "junior": 0}, pupils_junior=0),
            school("teaching_point", 30),
        ),
        QUALITY_RULES,
    )
    verdicts = found.unit_verdicts[["stage", "pupils", "n_met", "n_floor", "n_below", "n_missing", "verdict"]]
    assert verdicts.to_numpy(object).tolist() == [
        ["primary", 200, 6, 0, 1, 0, "fail"],  # equipment exactly 2000, rooms 1.935 below 1.955
        ["junior", 100, 5, 2, 0, 0, "fail"],  # equipment 2200 of 2500, rooms 2.129 of 2.4
        ["primary", 400, 6, 0, 0, 1, "undetermined"],
        ["primary", 1000, 7, 0, 0, 0, "pass"],
        ["primary", 60, 7, 0, 0, 0, "pass"],
    ]
    rows = found.judged.set_index(["school_name", "stage", "indicator"])
    rooms = rows.xs("multimedia_rooms_per_100", level="indicator").loc["第1学校"]
    assert rooms["gap"].tolist() == [1, 1]  # 4.6 − 3.871 and 2.4 − 2.129
    assert rooms["gap_school"].tolist() == [2, 1]  # 7.13 − 6 and 6.764 − 6
    money = rows.xs("equipment_value_per_pupil", level="indicator").loc["第1学校"]
    assert money["gap"].tolist() == pytest.approx([0, 30_000])  # 250 000 − 620 000 · 110 / 310
    assert money["gap_school"].tolist() == pytest.approx([0, 84_545.4545])  # 2500 · 310 / 1.1 − 620 000
    cvs: Any = found.dispersion.set_index(["stage", "indicator"])
    backbone = cvs.loc[("primary", "backbone_teachers_per_100")]
    assert backbone[["n", "n_missing", "pupils", "verdict"]].tolist() == [3, 1, 1260, "undetermined"]
    art = cvs.loc[("primary", "pe_art_teachers_per_100")]
    assert art["mean"] == pytest.approx(100 * (4 + 8 + 9 + 1.2) / 1660)
    assert found.county_verdicts["verdict"].tolist() == ["fail"]
    left_out = found.units[~found.units["in_scope"]]
    assert left_out["out_reason"].tolist() == ["no_pupils", "min_pupils"]


# --- what must always hold ---------------------------------------------------------------------------------

KEYS = {
    "unit_verdicts": ["county_code", "school_id", "stage"],
    "dispersion": ["county_code", "stage", "indicator"],
    "county_verdicts": ["county_code"],
}


def as_counties(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return variants of one county as so many counties, to be judged at once."""
    named = [
        table.assign(county_code=f"{n:06d}", school_id=f"{n:06d}" + table["school_id"].str[-4:])
        for n, table in enumerate(tables)
    ]
    return pd.concat(named, ignore_index=True)


def paired(before: Assessment, after: Assessment, name: str) -> pd.DataFrame:
    one: pd.DataFrame = getattr(before, name)
    two: pd.DataFrame = getattr(after, name)
    return one.merge(two, on=KEYS[name], how="left", suffixes=("_before", "_after"))


def cells_of(schools: pd.DataFrame) -> list[tuple[int, str]]:
    """Return every figure that is there, as row and column."""
    return [(row, name) for name in sorted(FIGURES) for row in np.flatnonzero(schools[name].notna()).tolist()]


@few
@given(some_counties(), st.sampled_from([QUALITY_RULES, rules(BASIC)]), st.data())
def test_hiding_any_figure_never_turns_a_fail_into_a_pass(
    schools: pd.DataFrame, by: RuleSet, data: st.DataObject
) -> None:
    cells = cells_of(schools)
    others = data.draw(st.lists(st.sampled_from(cells), min_size=len(cells), max_size=len(cells)))
    once = [hide(schools, *cell) for cell in cells]
    twice = [hide(table, *cell) for table, cell in zip(once, others, strict=True)]
    full = assess(as_counties([schools] * len(cells)), by)
    for hidden in (once, twice):
        after = assess(as_counties(hidden), by)
        for name in KEYS:
            both = paired(full, after, name)
            failed = both["verdict_before"] == "fail"
            assert both.loc[failed, "verdict_after"].isin(["fail", "undetermined"]).all()


@few
@given(some_counties(most=4), st.sampled_from([0.0, 1.0, 7.5, 49.0, 200.0, 1e5]))
def test_a_verdict_given_without_a_figure_holds_for_any_completion(
    schools: pd.DataFrame, other: float
) -> None:
    cells = [
        cell for cell in cells_of(schools) if cell[1] not in ("indoor_sports_area_m2", "teaching_area_m2")
    ]
    hidden = [hide(schools, *cell) for cell in cells]
    place = np.arange(len(schools))
    filled = [schools.assign(**{name: schools[name].where(place != row, other)}) for row, name in cells]
    before, after = (assess(as_counties(tables), QUALITY_RULES) for tables in (hidden, filled))
    for name in KEYS:
        both = paired(before, after, name).dropna(subset=["verdict_after"])
        settled = both["verdict_before"] != "undetermined"
        assert (both["verdict_before"] == both["verdict_after"])[settled].all()


@few
@given(some_counties())
def test_a_unit_out_of_scope_changes_nothing(schools: pd.DataFrame) -> None:
    outside = county(school("teaching_point", 49, books=10**6), school("special", {"primary": 90}))
    both = pd.concat([schools, outside.assign(school_id=["7", "8"])], ignore_index=True)
    alone, beside = assess(schools, QUALITY_RULES), assess(both, QUALITY_RULES)
    for name in ("unit_verdicts", "school_verdicts", "dispersion", "county_verdicts"):
        one, two = getattr(alone, name), getattr(beside, name)
        if len(alone.units) or name != "county_verdicts":
            pd.testing.assert_frame_equal(one, two)


@few
@given(some_counties(most=4), some_counties(most=4))
def test_many_counties_at_once_are_each_county_alone(one: pd.DataFrame, two: pd.DataFrame) -> None:
    two = two.assign(county_code="220002", school_id="2" + two["school_id"])
    parts = [two, one, one.assign(year=2024)]
    together = assess(pd.concat(parts, ignore_index=True), QUALITY_RULES)
    for part in parts:
        alone = assess(part, QUALITY_RULES)
        code, year = part["county_code"].iloc[0], part["year"].iloc[0]
        for name in ("judged", "unit_verdicts", "school_verdicts", "dispersion", "county_verdicts"):
            whole: pd.DataFrame = getattr(together, name)
            own = whole[(whole["county_code"] == code) & (whole["year"] == year)].reset_index(drop=True)
            pd.testing.assert_frame_equal(own, getattr(alone, name))


# --- near misses, the official table, other choices --------------------------------------------------------


def passes(statuses: dict[Any, str]) -> bool:
    found = list(statuses.values())
    return found.count("met") >= 6 and "below" not in found


@few
@given(some_counties(most=8))
def test_a_failing_unit_moves_the_fewest_indicators_that_make_it_pass(schools: pd.DataFrame) -> None:
    found = assess(schools, QUALITY_RULES)
    near = near_misses(found.judged, found.unit_verdicts, QUALITY_RULES)
    status = found.judged.pivot_table(
        index=["school_id", "stage"], columns="indicator", values="status", aggfunc="first"
    )
    for unit, moves in near[near["verdict"] == "fail"].groupby(["school_id", "stage"]):
        own = dict(zip(status.columns, status.xs(unit), strict=True))
        assert passes(own | dict.fromkeys(moves["indicator"], "met"))
        assert not any(passes(own | dict.fromkeys(f, "met")) for f in combinations(own, len(moves) - 1))
        assert (moves["n_to_move"] == len(moves)).all()


@few
@given(some_counties(most=8))
def test_slack_is_the_fall_that_ends_a_pass(schools: pd.DataFrame) -> None:
    found = assess(schools, QUALITY_RULES)
    near = near_misses(found.judged, found.unit_verdicts, QUALITY_RULES)
    ratios = found.judged.assign(ratio=found.judged["value"] / found.judged["threshold"]).pivot_table(
        index=["school_id", "stage"], columns="indicator", values="ratio"
    )
    for row in near[near["verdict"] == "pass"].to_dict("records"):
        ratio = ratios.xs((row["school_id"], row["stage"]))
        for fall, still in ((row["slack"] - 1e-6, True), (row["slack"] + 1e-6, False)):
            statuses = np.select([ratio - fall >= 1, ratio - fall >= 0.85], ["met", "floor"], "below")
            assert passes(dict(zip(ratio.index, statuses, strict=True))) == still


def test_near_misses_are_ranked_nearest_first() -> None:
    found = assess(
        county(
            school(**LOW, teachers_pe_art_primary=0),
            school(**TWO, equipment_value_yuan=190_000),
            school(**TWO),
            school(**(TWO | {"teachers_pe_art_primary": 0.85})),
            school(),
            school(**ONE),
        ),
        QUALITY_RULES,
    )
    near = near_misses(found.judged, found.unit_verdicts, QUALITY_RULES)
    failing = near[near["verdict"] == "fail"]
    assert failing["school_name"].tolist() == [
        "第4学校",
        "第3学校",
        "第2学校",
        "第2学校",
        "第1学校",
        "第1学校",
    ]
    assert failing["rank"].tolist() == [1, 2, 3, 3, 4, 4]
    nearest = failing.iloc[0]
    assert (nearest["indicator"], nearest["gap"]) == ("pe_art_teachers_per_100", 1)
    assert nearest["shortfall"] == pytest.approx(1 - 0.85 / 0.9)
    passing = near[near["verdict"] == "pass"]
    assert passing["school_name"].tolist() == ["第6学校", "第5学校"]
    assert passing["slack"].iloc[0] == pytest.approx(0.05)  # 0.90 stands 0.05 above its floor of 0.85


def test_official_table_has_a_row_per_unit_and_one_where_it_passes() -> None:
    found = assess(county(school(), school(**TWO), school(teachers_backbone_primary=None)), QUALITY_RULES)
    table = school_table(found.judged, found.unit_verdicts)
    np.testing.assert_array_equal(table["passes"], [1, np.nan, np.nan])
    assert table["n_met"].tolist() == [7, 5, 6]
    assert table["pe_art_teachers_per_100_value"].tolist() == pytest.approx([2, 0.8, 2])
    assert table["pe_art_teachers_per_100_threshold"].tolist() == [0.9] * 3
    assert table["backbone_teachers_per_100_status"].tolist() == ["met", "floor", "missing"]


def test_choices_of_scope_split_and_indoor_sports_rooms_can_turn_the_verdict() -> None:
    schools = county(school(), school("teaching_point", 30, teachers_backbone_primary=0))
    found = alternatives(schools, QUALITY_RULES)
    assert len(found) == 3 * 2 * 2
    assert found["own"].tolist() == [True] + [False] * 11
    own = found[found["own"]].iloc[0]
    assert (own["scope"], own["split"], own["moved"], own["verdict"]) == ("rule", True, True, "pass")
    assert set(found.loc[found["scope"] == "small", "verdict"]) == {"fail"}
    nine_year = school("nine_year", {"primary": 100, "junior": 100}, equipment_value_yuan=260_000)
    found = alternatives(county(nine_year), QUALITY_RULES).set_index(["scope", "split", "moved"])
    assert found.loc[("rule", True, True), "verdict"] == "fail"
    assert found.loc[("rule", False, True), "verdict"] == "pass"


def test_indoor_sports_rooms_stay_in_the_teaching_rooms_on_both_sides_or_neither() -> None:
    schools = county(school(teaching_area_m2=470, indoor_sports_area_m2=100, sports_ground_area_m2=700))
    found = alternatives(schools, QUALITY_RULES).set_index(["scope", "split", "moved"])["n_units_fail"]
    assert found[("rule", True, True)] == 1  # 3.7 m² of 4.5 is below the floor
    assert found[("rule", True, False)] == 0  # 4.7 of 4.5, and 7.0 of 7.5 for the sports ground alone


def test_choices_that_do_not_arise_are_left_out() -> None:
    rule = whole_school_rules(indicator(at_least={"school": "1"}), school_rule={"at_least_met": 1})
    found = alternatives(county(school(pupils_compulsory=100)), rule)
    assert found["scope"].tolist() == ["rule", "public"]
    assert found["own"].tolist() == [True, False]


def test_assess_is_its_parts() -> None:
    schools = county(school(), school(**TWO))
    whole = assess(schools, QUALITY_RULES)
    units = units_in_scope(schools, QUALITY_RULES)
    values = indicator_values(schools, units, QUALITY_RULES)
    verdicts = judge_units(judge_values(values, QUALITY_RULES), QUALITY_RULES)
    of_schools, of_values = judge_schools(verdicts), dispersion(values, QUALITY_RULES)
    counties = judge_counties(units, verdicts, of_schools, of_values, QUALITY_RULES)
    assert isinstance(whole, Assessment)
    pd.testing.assert_frame_equal(whole.county_verdicts, counties)

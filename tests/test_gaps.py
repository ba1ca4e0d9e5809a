"""Gaps in things, bounds for teachers, and the two sides of the county under three means."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from analysis.assessment import assess
from analysis.gaps import shortfalls, teacher_bounds, urban_rural
from analysis.indicators import indicator_values, units_in_scope
from analysis.standards import RuleSet

from .counties import county, hide, indicator, rules, school, some_counties, whole_school_rules

QUALITY_RULES = rules()
RURAL: dict[str, Any] = {"urban_rural_code": "220"}
NOWHERE: dict[str, Any] = {"urban_rural_code": None}
few = settings(max_examples=5, deadline=None)


def values(*rows: dict[str, Any], by: RuleSet = QUALITY_RULES) -> pd.DataFrame:
    schools = county(*rows)
    return indicator_values(schools, units_in_scope(schools, by), by)


def compared(*rows: dict[str, Any], indicator_id: str, by: RuleSet = QUALITY_RULES) -> Any:
    found = urban_rural(values(*rows, by=by))
    return found[found["indicator"] == indicator_id].set_index("mean")


def test_shortfalls_by_area_in_the_registry_unit() -> None:
    judged = assess(
        county(
            school(equipment_value_yuan=150_000),
            school(equipment_value_yuan=250_000),
            school(**RURAL, equipment_value_yuan=120_000.5),
            school(**RURAL, equipment_value_yuan=None),
            school(**NOWHERE, equipment_value_yuan=0),
            school("teaching_point", 20, equipment_value_yuan=0),
        ),
        QUALITY_RULES,
    ).judged
    table = shortfalls(judged)
    found: Any = table[table["indicator"] == "equipment_value_per_pupil"].set_index("area")
    counts = found[["n_units", "n_short", "n_missing"]]
    assert counts.loc["urban"].tolist() == [2, 1, 0]
    assert counts.loc["rural"].tolist() == [2, 1, 1]
    assert found.loc["urban", "gap"] == 50_000
    assert found.loc["rural", "gap"] == 80_000  # 79 999.5, told in 0.1 万元
    assert found["gap"].sum() == 330_000  # the school of unknown area too, the point not


def test_a_group_of_which_nothing_is_known_lacks_no_known_amount() -> None:
    judged = assess(county(school(books=None, equipment_value_yuan=None)), QUALITY_RULES).judged
    found: Any = shortfalls(judged, ["county_code", "indicator"]).set_index("indicator")
    assert math.isnan(found.loc["equipment_value_per_pupil", "gap"])
    assert found.loc["backbone_teachers_per_100", "gap"] == 0
    assert found.loc["equipment_value_per_pupil", ["n_units", "n_short", "n_missing"]].tolist() == [1, 0, 1]


def test_gaps_of_different_indicators_are_not_added() -> None:
    judged = assess(county(school()), QUALITY_RULES).judged
    with pytest.raises(ValueError, match="cannot be added"):
        shortfalls(judged, ["county_code", "area"])


def test_one_teacher_may_fill_several_gaps_so_people_are_bounded() -> None:
    short: dict[str, Any] = {
        "teachers_above_degree_primary": 2,
        "teachers_backbone_primary": 0,
        "teachers_pe_art_primary": 0,
    }
    schools = county(school(**short), school(), school(**(short | {"teachers_pe_art_primary": None})))
    bounds = teacher_bounds(assess(schools, QUALITY_RULES).judged, QUALITY_RULES)
    assert bounds["at_least"].tolist() == [3, 0, 3]  # 4.2 asked for, 2 there
    assert bounds["at_most"].tolist()[:2] == [5, 0]  # 3 + 1 + 1
    assert math.isnan(bounds["at_most"].iloc[2])
    assert bounds["n_missing"].tolist() == [0, 0, 1]
    assert bounds["n_indicators"].tolist() == [3, 3, 3]


def test_the_three_means_by_hand() -> None:
    """Pupils per teacher: 300 / 10 and 100 / 10 in town, 60 / 6 in the village."""
    rule = whole_school_rules(
        indicator(
            id="ratio", numerator=["pupils_compulsory"], denominator=["teachers_compulsory"], better="lower"
        )
    )
    rows = [
        school(pupils_compulsory=300, teachers_compulsory=10),
        school(pupils_compulsory=100, teachers_compulsory=10),
        school(pupils_compulsory=60, teachers_compulsory=6, **RURAL),
        school(pupils_compulsory=60, teachers_compulsory=None, **RURAL),
        school(pupils_compulsory=60, teachers_compulsory=1, **NOWHERE),
    ]
    found = compared(*rows, indicator_id="ratio", by=rule)
    assert found["urban"].to_dict() == {"totals": 20, "schools": 20, "pupils": 25}
    assert found["rural"].to_dict() == {"totals": 10, "schools": 10, "pupils": 10}
    assert found["difference"].tolist() == [10, 10, 15]
    assert found["ratio"].tolist() == [2, 2, 2.5]
    assert set(found["favours"]) == {"rural"}  # fewer pupils per teacher is better
    counts = found[["n_urban", "n_rural", "n_missing_urban", "n_missing_rural", "n_unknown"]]
    assert counts.drop_duplicates().to_numpy().tolist() == [[2, 1, 0, 1, 1]]


def test_share_of_schools_and_of_pupils_with_a_facility() -> None:
    court = indicator(id="court", numerator=["has_court"], per_school=True, per=100)
    rows = [
        school(pupils_compulsory=300, has_court=1),
        school(pupils_compulsory=100, has_court=0),
        school(pupils_compulsory=50, has_court=0, **RURAL),
        school(pupils_compulsory=None, has_court=1, **RURAL),
    ]
    found = compared(*rows, indicator_id="court", by=whole_school_rules(court))
    assert found["urban"].to_dict() == {"totals": 50, "schools": 50, "pupils": 75}
    assert found["rural"].to_dict() == {"totals": 50, "schools": 50, "pupils": 0}
    assert found["n_rural"].to_dict() == {"totals": 2, "schools": 2, "pupils": 1}
    assert found["n_missing_rural"].to_dict() == {"totals": 0, "schools": 0, "pupils": 1}
    assert found["favours"].to_dict() == {"totals": "equal", "schools": "equal", "pupils": "urban"}
    assert math.isnan(found.loc["pupils", "ratio"])


def test_one_side_without_schools_favours_nobody() -> None:
    found = compared(school(), indicator_id="sports_area_per_pupil")
    assert found["urban"].tolist() == pytest.approx([12.5] * 3)
    assert found[["rural", "difference", "ratio", "favours"]].isna().all(axis=None)


def test_only_units_in_scope_are_compared() -> None:
    rows = [school(**RURAL), school("teaching_point", 20, **RURAL)]
    assert set(compared(*rows, indicator_id="sports_area_per_pupil")["n_rural"]) == {1}


@few
@given(some_counties())
def test_swapping_the_areas_turns_every_comparison_round(schools: pd.DataFrame) -> None:
    swapped = schools.assign(
        area3=schools["area3"].map({"urban": "rural", "town": "rural", "rural": "urban"})
    )
    one, two = (
        urban_rural(indicator_values(s, units_in_scope(s, QUALITY_RULES), QUALITY_RULES))
        for s in (schools, swapped)
    )
    for left, right in (("urban", "rural"), ("n_urban", "n_rural"), ("n_missing_urban", "n_missing_rural")):
        pd.testing.assert_series_equal(one[left], two[right], check_names=False)
        pd.testing.assert_series_equal(one[right], two[left], check_names=False)
    np.testing.assert_array_equal(one["difference"], -two["difference"])
    other = {"urban": "rural", "rural": "urban", "equal": "equal"}
    pd.testing.assert_series_equal(one["favours"], two["favours"].map(other).astype("str"))


@few
@given(some_counties())
def test_a_hidden_figure_never_enlarges_a_known_shortfall(schools: pd.DataFrame) -> None:
    by = ["stage", "indicator", "area"]
    for column in ("equipment_value_yuan", "pupils_primary"):
        before, after = (
            shortfalls(assess(table, QUALITY_RULES).judged, by)
            for table in (schools, hide(schools, 0, column))
        )
        both = before.merge(after, on=by, suffixes=("_before", "_after"))
        assert not (both["gap_after"] > both["gap_before"] + 1e-9).any()
        assert (both["n_missing_after"] >= both["n_missing_before"]).all()

"""Units after split and scope, and what each indicator is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from analysis.indicators import UNIT_COLUMNS, indicator_values, units_in_scope

from .counties import BASIC, county, hide, indicator, rules, school, some_counties, whole_school_rules

quick = settings(max_examples=10, deadline=None)


def units_of(*rows: dict[str, Any], **changes: Any) -> pd.DataFrame:
    return units_in_scope(county(*rows), rules(**changes))


def values_of(schools: pd.DataFrame, indicator_id: str, **changes: Any) -> pd.DataFrame:
    own = rules(**changes)
    values = indicator_values(schools, units_in_scope(schools, own), own)
    return values[values["indicator"] == indicator_id].reset_index(drop=True)


def test_one_row_per_stage_with_pupils_in_the_order_of_the_schools() -> None:
    units = units_of(school("nine_year", {"primary": 166, "junior": 210}), school("primary", 90))
    assert tuple(units.columns) == UNIT_COLUMNS
    assert units["stage"].tolist() == ["primary", "junior", "primary"]
    assert units["pupils"].tolist() == [166, 210, 90]
    assert units["school_pupils"].tolist() == [376, 376, 90]
    assert units["equivalent_pupils"].tolist() == pytest.approx([397, 397 / 1.1, 90])
    assert units["kind"].tolist() == ["nine_year", "nine_year", "primary"]


def test_complete_secondary_school_divides_one_to_one_point_two() -> None:
    units = units_of(school("complete_secondary", {"junior": 300, "senior": 100}))
    assert units["stage"].tolist() == ["junior"]
    assert units["equivalent_pupils"].item() == pytest.approx(300 + 1.2 * 100)


def test_twelve_year_school_divides_by_all_three_weights() -> None:
    units = units_of(school("twelve_year", {"primary": 100, "junior": 100, "senior": 100}))
    assert units["weighted_pupils"].tolist() == [342, 342]
    assert units["equivalent_pupils"].tolist() == pytest.approx([342, 342 / 1.1])


def test_without_split_each_stage_is_given_the_whole_facility() -> None:
    nine_year = school("nine_year", {"primary": 166, "junior": 210})
    units = units_of(nine_year, split={"apply": False})
    assert units["equivalent_pupils"].tolist() == [166, 210]


def test_missing_senior_pupils_leave_shared_facilities_missing_but_not_teachers() -> None:
    schools = county(school("complete_secondary", {"junior": 300, "senior": 100}))
    schools = hide(schools, 0, "pupils_senior")
    assert values_of(schools, "teaching_area_per_pupil")["value"].isna().all()
    assert values_of(schools, "backbone_teachers_per_100")["value"].tolist() == pytest.approx([2])


def test_stage_of_the_type_without_pupils_on_file_is_a_unit_that_is_missing() -> None:
    units = units_of(school("nine_year", {"primary": 166, "junior": 210}, pupils_junior=None))
    assert units["stage"].tolist() == ["primary", "junior"]
    assert units["in_scope"].tolist() == [True, True]
    assert units[["school_pupils", "equivalent_pupils"]].isna().all(axis=None)


def test_stage_outside_the_type_counts_when_anything_of_it_is_filed() -> None:
    attached = school("primary", 100, teachers_junior=6)
    assert units_of(attached)["stage"].tolist() == ["primary", "junior"]
    assert units_of(attached)["equivalent_pupils"].isna().all()
    assert units_of(school("primary", 100, teachers_junior=0))["stage"].tolist() == ["primary"]
    assert units_of(school("primary", 100, pupils_junior=30))["stage"].tolist() == ["primary", "junior"]


def test_school_of_unknown_type_without_any_pupils_on_file_does_not_vanish() -> None:
    units = units_of(school("primary", 100, school_type_code=None, pupils_primary=None))
    assert units["stage"].tolist() == ["primary", "junior"]
    assert units["in_scope"].all()


def test_stage_with_no_pupils_is_listed_and_never_divided_by() -> None:
    schools = county(school("nine_year", {"primary": 50, "junior": 0}, pupils_junior=0))
    units = units_in_scope(schools, rules())
    assert units["out_reason"].tolist() == ["", "no_pupils"]
    assert values_of(schools, "sports_area_per_pupil")["value"].notna().tolist() == [True, False]


@pytest.mark.parametrize(("pupils", "reason"), [(49, "min_pupils"), (50, ""), (0, "no_pupils")])
def test_teaching_points_are_judged_from_fifty_pupils_on(pupils: int, reason: str) -> None:
    units = units_of(school("teaching_point", pupils))
    assert units["out_reason"].tolist() == [reason]
    assert units["in_scope"].tolist() == [reason == ""]


def test_small_primary_schools_special_schools_and_private_ones() -> None:
    units = units_of(school("primary", 20), school("special", {"primary": 60}), school(ownership="private"))
    assert units["out_reason"].tolist() == ["", "kind", ""]
    only_public = {"ownership": ["public"]}
    units = units_of(school(), school(ownership="private"), school(ownership=None), scope=only_public)
    assert units["out_reason"].tolist() == ["", "ownership", ""]  # unknown is not left out


def test_areas_are_those_of_the_rule_and_unknown_where_unknown() -> None:
    codes = ["111", "121", "210", None]
    units = units_of(*(school(urban_rural_code=code) for code in codes))
    assert units["area"].tolist()[:3] == ["urban", "urban", "rural"]
    assert units["area"].isna().tolist() == [False, False, False, True]


def test_indoor_sports_rooms_leave_the_teaching_rooms_and_join_the_sports_area() -> None:
    schools = county(
        school(teaching_area_m2=600.1, indoor_sports_area_m2=150.05, sports_ground_area_m2=700.2)
    )
    assert values_of(schools, "teaching_area_per_pupil")["resource"].tolist() == [450.05]
    assert values_of(schools, "sports_area_per_pupil")["resource"].tolist() == [850.25]
    hidden = hide(schools, 0, "indoor_sports_area_m2")
    assert values_of(hidden, "teaching_area_per_pupil")["value"].isna().all()
    assert values_of(hidden, "sports_area_per_pupil")["value"].isna().all()


def test_a_part_above_the_whole_is_missing_not_negative() -> None:
    schools = county(school(teaching_area_m2=100, indoor_sports_area_m2=101))
    assert values_of(schools, "teaching_area_per_pupil")[["resource", "value"]].isna().all(axis=None)


def test_exact_parts_of_a_value_give_it_again() -> None:
    schools = county(school("nine_year", {"primary": 166, "junior": 210}, books=23226))
    books = values_of(schools, "books_per_pupil", standard=BASIC)
    assert books["multiplier"].tolist() == [1, 1.1]
    assert books["divisor"].tolist() == [397, 397]
    assert books["numerator"].tolist() == pytest.approx([23226 * 166 / 397, 23226 * 231 / 397])
    assert books["value"].tolist() == pytest.approx(
        (books["resource"] * books["multiplier"] / books["divisor"]).tolist()
    )


def test_whole_schools_with_named_denominators_and_yes_no_facilities() -> None:
    rule = whole_school_rules(
        indicator(
            id="ratio", numerator=["pupils_compulsory"], denominator=["teachers_compulsory"], better="lower"
        ),
        indicator(id="court", numerator=["has_court"], per_school=True, per=100),
    )
    schools = county(
        school(pupils_compulsory=300, teachers_compulsory=20, has_court=1),
        school(pupils_compulsory=100, teachers_compulsory=0, has_court=0),
        school(pupils_compulsory=None, teachers_compulsory=5, has_court=None),
    )
    units = units_in_scope(schools, rule)
    assert units["stage"].tolist() == ["school"] * 3
    values = indicator_values(schools, units, rule)
    np.testing.assert_array_equal(values["value"], [15, 100, np.nan, 0, np.nan, np.nan])
    assert values["better"].tolist() == ["lower", "higher"] * 3


@quick
@given(some_counties())
def test_split_conserves_totals(schools: pd.DataFrame) -> None:
    """The shares of a school's judged stages and of its senior part make up the whole facility."""
    books = values_of(schools, "books_per_pupil", standard=BASIC)
    shares = books.groupby("school_id")["numerator"].sum()
    weights = {"primary": 1.0, "junior": 1.1, "senior": 1.32}
    for row in schools.to_dict("records"):
        weighted = {s: w * np.nan_to_num(row[f"pupils_{s}"]) for s, w in weights.items()}
        if (whole := sum(weighted.values())) > 0:
            senior = row["books"] * weighted["senior"] / whole
            assert shares.get(row["school_id"], 0.0) + senior == pytest.approx(row["books"])


def test_units_of_another_table_are_refused() -> None:
    own = rules()
    units = units_in_scope(county(school()), own)
    with pytest.raises(ValueError, match="another table"):
        indicator_values(county(school(), county_code="220002"), units, own)

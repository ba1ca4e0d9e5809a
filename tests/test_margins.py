"""How near the other verdict is, the official table, and what other choices would say."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from analysis.assessment import alternatives, assess, near_misses, school_table

from .counties import (
    BELOW_FLOOR,
    ONE_SHORT,
    TWO_SHORT,
    county,
    indicator,
    rules,
    school,
    some_counties,
    whole_school_rules,
)

few = settings(max_examples=6, deadline=None)  # each example tries every cell of a county
QUALITY_RULES = rules()


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
            school(**BELOW_FLOOR, teachers_pe_art_primary=0),
            school(**TWO_SHORT, equipment_value_yuan=190_000),
            school(**TWO_SHORT),
            school(**(TWO_SHORT | {"teachers_pe_art_primary": 0.85})),
            school(),
            school(**ONE_SHORT),
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
    found = assess(
        county(school(), school(**TWO_SHORT), school(teachers_backbone_primary=None)), QUALITY_RULES
    )
    table = school_table(found.judged, found.unit_verdicts)
    np.testing.assert_array_equal(table["passes"], [1, np.nan, np.nan])
    assert table["n_met"].tolist() == [7, 5, 6]
    assert table["pe_art_teachers_per_100_value"].tolist() == pytest.approx([2, 0.8, 2])
    assert table["pe_art_teachers_per_100_threshold"].tolist() == [0.9] * 3
    assert table["backbone_teachers_per_100_status"].tolist() == ["met", "floor", "missing"]


def test_one_year_of_several_reads_as_that_year_alone() -> None:
    first = county(school(), school(**TWO_SHORT), year=2024)
    second = county(school(**TWO_SHORT), school(), school(teachers_backbone_primary=None))
    both = assess(pd.concat([first, second], ignore_index=True), QUALITY_RULES)
    judged, verdicts = (f[f["year"] == 2025] for f in (both.judged, both.unit_verdicts))
    alone = assess(second, QUALITY_RULES)
    pd.testing.assert_frame_equal(
        school_table(judged, verdicts), school_table(alone.judged, alone.unit_verdicts)
    )
    pd.testing.assert_frame_equal(
        near_misses(judged, verdicts, QUALITY_RULES),
        near_misses(alone.judged, alone.unit_verdicts, QUALITY_RULES),
    )


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

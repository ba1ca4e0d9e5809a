"""Verdicts on counties, and what must hold of all verdicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assessment import (
    Assessment,
    assess,
    dispersion,
    judge_counties,
    judge_schools,
    judge_units,
    judge_values,
)
from analysis.indicators import indicator_values, units_in_scope
from analysis.standards import RuleSet

from .counties import (
    BASIC,
    FIGURES,
    TWO_SHORT,
    county,
    hide,
    rules,
    school,
    some_counties,
)

few = settings(max_examples=6, deadline=None)  # each example tries every cell of a county
QUALITY_RULES = rules()


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
    assert money["gap_school"].tolist() == [0, 85_000]  # 2500 · 310 / 1.1 − 620 000 = 84 545.45, in 0.1 万元
    cvs: Any = found.dispersion.set_index(["stage", "indicator"])
    backbone = cvs.loc[("primary", "backbone_teachers_per_100")]
    assert backbone[["n", "n_missing", "pupils", "verdict"]].tolist() == [3, 1, 1260, "undetermined"]
    art = cvs.loc[("primary", "pe_art_teachers_per_100")]
    assert art["mean"] == pytest.approx(100 * (4 + 8 + 9 + 1.2) / 1660)
    assert found.county_verdicts["verdict"].tolist() == ["fail"]
    left_out = found.units[~found.units["in_scope"]]
    assert left_out["out_reason"].tolist() == ["no_pupils", "min_pupils"]


def test_assess_is_its_parts() -> None:
    schools = county(school(), school(**TWO_SHORT))
    whole = assess(schools, QUALITY_RULES)
    units = units_in_scope(schools, QUALITY_RULES)
    values = indicator_values(schools, units, QUALITY_RULES)
    verdicts = judge_units(judge_values(values, QUALITY_RULES), QUALITY_RULES)
    of_schools, of_values = judge_schools(verdicts), dispersion(values, QUALITY_RULES)
    counties = judge_counties(units, verdicts, of_schools, of_values, QUALITY_RULES)
    assert isinstance(whole, Assessment)
    pd.testing.assert_frame_equal(whole.county_verdicts, counties)


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


def test_a_threshold_not_filled_in_leaves_units_undetermined_where_there_is_a_floor() -> None:
    last = QUALITY_RULES.indicators[-1].model_copy(update={"at_least": None})
    unfilled = QUALITY_RULES.model_copy(update={"indicators": (*QUALITY_RULES.indicators[:-1], last)})
    schools = county(school())
    assert assess(schools, QUALITY_RULES).unit_verdicts["verdict"].tolist() == ["pass"]
    assert assess(schools, unfilled).unit_verdicts["verdict"].tolist() == ["undetermined"]
    assert QUALITY_RULES.school_rule is not None
    no_floor = QUALITY_RULES.school_rule.model_copy(update={"floor": None})
    without = unfilled.model_copy(update={"school_rule": no_floor})
    assert assess(schools, without).unit_verdicts["verdict"].tolist() == ["pass"]

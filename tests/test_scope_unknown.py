"""Units whose scope turns on something missing: they leave verdicts open and never fail one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import schema
from analysis.assessment import assess, judge_dispersion, near_misses
from analysis.indicators import units_in_scope
from analysis.standards import RuleSet
from analysis.tables.ledger import problems
from analysis.wording.ledger import indicator_states, what_it_covers

from .counties import BASIC, TWO_SHORT, county, indicator, rules, school, some_counties, whole_school_rules

few = settings(max_examples=6, deadline=None)
QUALITY = rules()
POOR: dict[str, Any] = {"teachers_backbone_primary": 0}
UNTYPED: dict[str, Any] = {"school_type_code": None}


def of_units(*rows: dict[str, Any], by: RuleSet = QUALITY) -> pd.DataFrame:
    return assess(county(*rows), by).unit_verdicts


def test_a_unit_that_may_be_out_of_scope_passes_or_is_open_and_never_fails() -> None:
    found = of_units(school(**UNTYPED), school(**UNTYPED, **POOR), school(**POOR))
    assert found["scope_known"].tolist() == [False, False, True]
    assert found["verdict"].tolist() == ["pass", "undetermined", "fail"]
    assert found["n_below"].tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("kind", "figures", "known"),
    [
        ("primary", {}, True),
        ("primary", {"ownership": None}, True),  # the rule keeps every owner
        ("primary", {"pupils_primary": None}, False),  # there may be none
        ("teaching_point", {"pupils_primary": None}, False),
        ("teaching_point", {"teachers_junior": 2}, True),  # 100 pupils whatever the junior part has
    ],
)
def test_scope_is_known_where_nothing_missing_could_change_it(
    kind: str, figures: dict[str, Any], known: bool
) -> None:
    units = units_in_scope(county(school(kind, 100, **figures)), QUALITY)
    assert units["in_scope"].all()
    assert units["scope_known"].iloc[0] == known
    small = units_in_scope(county(school("teaching_point", 20), school("special", {"primary": 9})), QUALITY)
    assert small["scope_known"].all()  # that they are out is sure


def test_unknown_type_matters_only_to_a_rule_that_asks_for_it() -> None:
    for scope, known in (
        ({}, True),
        ({"min_pupils": {"teaching_point": 50}}, True),
        ({"min_pupils": {"teaching_point": 500}}, False),
        ({"kinds_out": ["special"]}, False),
    ):
        units = units_in_scope(county(school(**UNTYPED)), rules(scope=scope))
        assert units["scope_known"].tolist() == [known], scope


def test_unknown_ownership_matters_where_only_public_schools_are_judged() -> None:
    public = rules(scope={"ownership": ["public"]})
    rows = [school(ownership=owner, **POOR) for owner in ("public", None, "private")]
    assert of_units(*rows, by=public)["verdict"].tolist() == ["fail", "undetermined"]


def test_a_coefficient_stands_only_if_it_stands_with_and_without_the_unit() -> None:
    def verdict(*rows: dict[str, Any]) -> Any:
        spread = assess(county(*rows), QUALITY).dispersion
        row = spread[spread["indicator"] == "equipment_value_per_pupil"].iloc[0]
        return row["verdict"], row["n_unsure"], row["n"]

    apart: dict[str, Any] = {"equipment_value_yuan": 4_000_000}
    assert verdict(school(), school(), school(**apart)) == ("fail", 0, 3)
    assert verdict(school(), school(), school(**apart, **UNTYPED)) == ("undetermined", 1, 3)
    assert verdict(school(), school(), school(**UNTYPED)) == ("pass", 1, 3)
    assert verdict(school(), school(**apart), school(**UNTYPED)) == ("fail", 1, 3)
    balanced = [school(**apart, **UNTYPED), school(**apart, **UNTYPED)]  # one of the two alone fails
    assert verdict(school(), *balanced) == ("undetermined", 2, 3)
    assert verdict(*balanced) == ("undetermined", 2, 2)  # without them nothing is there to judge
    many = [school(**UNTYPED) for _ in range(7)]
    assert verdict(school(), *many)[0] == "undetermined"


def test_what_keeps_a_coefficient_open_is_said() -> None:
    rows = [school(), school(), school(equipment_value_yuan=4_000_000, **UNTYPED)]
    found = assess(county(*rows), QUALITY)
    said = indicator_states(found.dispersion, found.judged.iloc[:0], "primary", QUALITY)
    [equipment] = [words for words in said if "教学仪器设备值" in words.zh]
    assert "1个办学单位是否纳入评估尚不明确,待定" in equipment.zh
    assert "1 whose scope is not known: undetermined" in equipment.en


def test_a_county_of_which_nothing_is_surely_judged_does_not_pass() -> None:
    alone = rules(dispersion=None)
    assert assess(county(school(**UNTYPED)), alone).county_verdicts["verdict"].tolist() == ["undetermined"]
    assert assess(county(school()), alone).county_verdicts["verdict"].tolist() == ["pass"]


@few
@given(some_counties(most=4), st.data())
def test_a_verdict_without_the_type_holds_whatever_the_type_is(
    schools: pd.DataFrame, data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(schools) - 1))
    hidden = schools.copy()
    hidden.loc[row, "school_type_code"] = None
    before = assess(hidden, QUALITY)
    stages = {name for name in schema.STAGES if schools[f"pupils_{name}"].notna()[row]}
    for code, entry in schema.codes("school_type").items():
        if not set(entry.stages) <= stages:
            continue  # another type would bring stages of which nothing is on file
        completed = hidden.assign(school_type_code=hidden["school_type_code"].fillna(code))
        after = assess(completed, QUALITY)
        for name, keys in {
            "unit_verdicts": ["school_id", "stage"],
            "dispersion": ["stage", "indicator"],
            "county_verdicts": ["county_code"],
        }.items():
            one, two = (getattr(found, name)[[*keys, "verdict"]] for found in (before, after))
            both = one.merge(two, on=keys).dropna()
            settled = both["verdict_x"] != "undetermined"
            assert (both["verdict_x"] == both["verdict_y"])[settled].all(), (name, code)


# --- the same ID in two counties, published tables, denominators of 0 ---


def test_schools_of_two_counties_may_share_an_id() -> None:
    one, two = county(school(pupils=100)), county(school(pupils=200, **TWO_SHORT), county_code="220002")
    both = pd.concat([one, two.assign(school_id=one["school_id"])], ignore_index=True)
    found = assess(both, QUALITY)
    assert found.units["pupils"].tolist() == [100, 200]
    assert found.judged.drop_duplicates("county_code")["denominator"].tolist() == [100, 200]
    table = problems(found.judged, found.unit_verdicts, QUALITY, "zh")
    assert table.frame["pupils"].tolist() == [200]
    near = near_misses(found.judged, found.unit_verdicts.set_index(pd.Index([0, 0])), QUALITY)
    assert near["rank"].tolist() == [1, 1, 1]


def test_a_published_combined_coefficient_is_computed_again() -> None:
    ids = [i.id for i in rules(BASIC).indicators]
    cvs = pd.DataFrame({"stage": "primary", "indicator": [*ids, "combined"], "cv": [0.5] * 8 + [0.9]})
    found = judge_dispersion(cvs, rules(BASIC))
    assert found.loc[found["indicator"] == "combined", ["cv", "verdict"]].to_numpy(object).tolist() == [
        [0.5, "pass"]
    ]


def test_stages_without_a_limit_are_named() -> None:
    junior = rules(dispersion={"each_at_most": {"junior": "0.45"}})
    assert "未规定小学差异系数的限值" in what_it_covers(junior).zh
    assert "no limit for the coefficients of primary" in what_it_covers(junior).en
    assert "未规定" not in what_it_covers(QUALITY).zh


@pytest.mark.parametrize(
    ("pupils", "classes", "status", "gap"),
    [(90, 2, "met", 0), (90, 0, "below", 2), (91, 0, "below", 3), (90, None, "missing", None)],
)
def test_pupils_without_a_class_miss_any_limit_of_pupils_per_class(
    pupils: int, classes: int | None, status: str, gap: float | None
) -> None:
    size = indicator(
        id="size",
        numerator=["pupils_compulsory"],
        denominator=["classes_compulsory"],
        better="lower",
        at_most={"school": "45"},
        thing={"zh": "个", "en": "classes", "whole": True},
    )
    rule = whole_school_rules(size, school_rule={"at_least_met": 1, "floor": "0.9"})
    found = assess(county(school(pupils_compulsory=pupils, classes_compulsory=classes)), rule)
    row = found.judged.iloc[0]
    assert row["status"] == status
    assert [None if pd.isna(row[name]) else row[name] for name in ("gap", "gap_school")] == [gap, gap]
    assert pd.isna(row["value"]) == (classes != 2)
    near = near_misses(found.judged, found.unit_verdicts, rule)
    assert near["shortfall"].fillna(0).tolist() == ([1.0] if status == "below" else [0.0] * len(near))

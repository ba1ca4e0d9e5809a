"""Yearly targets against what there is: sure, possible, and not yet due."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.assessment import assess
from analysis.milestones import milestones
from analysis.standards import load_standard
from analysis.tables.milestones import milestones as table

from .counties import COUNTY, county, school

PLAN = load_standard("cn-county-plan-2021")
ITEMS = pd.DataFrame({"item": ["B2", "C1"], "value": [95.0, float("nan")]})


def found(year: int = 2025, **others: Any) -> pd.DataFrame:
    fast: dict[str, Any] = {"bandwidth_mbps": 200}
    poor = school(teachers_backbone_primary=0, bandwidth_mbps=199)
    unknown = school(teachers_backbone_primary=None)
    years = [
        county(school(**fast), school(**fast), year=2024),
        county(school(**fast), school(**fast), poor, unknown, year=2025),
    ]
    assessed = assess(pd.concat(years, ignore_index=True), PLAN)
    return milestones(assessed, ITEMS, PLAN, county=COUNTY, year=year)


def test_targets_are_held_against_bounds() -> None:
    rows: Any = found().set_index(["milestone", "year"])
    assert rows.loc[("schools", 2024), ["target", "least", "most", "status"]].tolist() == [
        100,
        100,
        100,
        "met",
    ]
    assert rows.loc[("schools", 2025), ["least", "most", "status"]].tolist() == [50, 75, "not_met"]
    assert rows.loc[("bandwidth", 2025), ["least", "most", "status"]].tolist() == [50, 75, "not_met"]
    assert rows.loc[("disabled", 2025), ["least", "status"]].tolist() == [95, "met"]
    assert rows.loc[("approval", 2025), "status"] == "open"  # not answered
    assert rows.loc[("schools", 2022), "status"] == "no_target"


def test_later_targets_are_ahead_and_a_bound_that_reaches_the_target_leaves_it_open() -> None:
    assert found(2024).set_index(["milestone", "year"]).loc[("schools", 2025), "status"] == "ahead"
    assessed = assess(county(school(), school(teachers_backbone_primary=None), year=2025), PLAN)
    rows: Any = milestones(assessed, ITEMS, PLAN, county=COUNTY, year=2025).set_index(["milestone", "year"])
    assert rows.loc[("schools", 2025), ["least", "most", "status"]].tolist() == [50, 100, "open"]
    printed = table(rows.reset_index(), PLAN)
    assert printed.marks is not None
    assert not printed.marks.to_numpy().any()

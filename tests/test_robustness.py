"""Specifications: every combination once, the own one among them, and a share that can be recounted."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.errors import JunhengError
from analysis.gaps import urban_rural
from analysis.indicators import indicator_values, units_in_scope
from analysis.research.robustness import CHOICES, by_choice, holding, specifications
from analysis.research.settings import load_research

from .counties import QUALITY, county, many_counties, rules, school

RULES, SETTINGS = rules(QUALITY), load_research()
SCHOOLS = pd.concat(
    [
        table[table["county_code"] == "110000"]
        for table in (many_counties(70), many_counties(70, seed=2).assign(year=2024))
    ],
    ignore_index=True,
)
SPECS = specifications(SCHOOLS, RULES, SETTINGS, year=2025)
FINDING = ["county_code", "stage", "indicator"]


def test_the_own_specification_is_the_reports() -> None:
    own = SPECS[SPECS["own"]].set_index(FINDING)
    values = indicator_values(SCHOOLS, units_in_scope(SCHOOLS, RULES), RULES)
    gaps = urban_rural(values).query("mean == 'totals' and year == 2025").set_index(FINDING)
    assert own["difference"].to_numpy() == pytest.approx(gaps.loc[own.index, "difference"].to_numpy())
    assert not own.index.duplicated().any()
    assert set(SPECS["areas"]) >= {"own", "centres", "villages"}
    assert set(SPECS["split"]) == {True, False}


def test_no_two_specifications_are_the_same() -> None:
    key = [*FINDING, "year", "urban", "rural", "n_urban", "n_rural"]
    assert not SPECS.round({"urban": 6, "rural": 6}).duplicated(key).any()
    unsplit = SPECS[SPECS["indicator"] == "backbone_teachers_per_100"]
    assert set(unsplit["split"]) == {True}  # teachers are never split: the choice does not exist
    assert "pupils" not in set(unsplit["mean"])


def test_a_definition_by_code_sorts_as_it_says() -> None:
    rows = [("111", 4.0), ("112", 6.0), ("121", 4.0), ("210", 6.0), ("220", 9.0)]
    table = county(
        *(
            school(pupils=100, teaching_area_m2=100 * x, indoor_sports_area_m2=0.0, urban_rural_code=c)
            for c, x in rows
        )
    )
    specs = specifications(table, RULES, SETTINGS, year=2025)
    found = specs[(specs["indicator"] == "teaching_area_per_pupil") & (specs["mean"] == "totals")].set_index(
        "areas"
    )
    sides = {name: [row["urban"], row["rural"]] for name, row in found.iterrows()}
    assert sides["centres"] == [4, 7]
    assert sides["villages"][1] == 9
    assert sides["own"] == [pytest.approx(14 / 3), 7.5]
    assert sides["strict"] == [5, 7.5]
    assert sides["city_only"][1] == pytest.approx(19 / 3)


def test_the_share_can_be_recounted() -> None:
    found = holding(SPECS)
    assert (found["n"] == found["n_same"] + found["n_opposite"] + found["n_equal"]).all()
    for _, row in found.iterrows():
        here = SPECS[(SPECS["stage"] == row["stage"]) & (SPECS["indicator"] == row["indicator"])]
        assert row["share"] == pytest.approx((here["favours"] == row["favours"]).mean())
        assert row["lowest"] <= row["relative"] <= row["highest"]
    for choice in CHOICES:
        parts = by_choice(SPECS, choice)
        summed = parts.groupby(FINDING)[["n", "n_same"]].sum()
        assert (
            summed.to_numpy() == found.set_index(FINDING).loc[summed.index, ["n", "n_same"]].to_numpy()
        ).all()


def test_swapping_the_sides_turns_every_specification() -> None:
    turned = SETTINGS.model_copy(
        update={
            "areas": {
                name: area.model_copy(update={"urban": area.rural, "rural": area.urban})
                for name, area in SETTINGS.areas.items()
            }
        }
    )
    own = RULES.area
    swapped = RULES.model_copy(
        update={"area": own.model_copy(update={"urban": own.rural, "rural": own.urban})}
    )
    other = specifications(SCHOOLS, swapped, turned, year=2025)
    assert len(other) == len(SPECS)
    one, two = holding(SPECS).set_index(FINDING), holding(other).set_index(FINDING)
    assert two["relative"].to_numpy() == pytest.approx(-one.loc[two.index, "relative"].to_numpy())
    assert two["share"].to_numpy() == pytest.approx(one.loc[two.index, "share"].to_numpy())


def test_totals_are_refused() -> None:
    with pytest.raises(JunhengError):
        specifications(SCHOOLS.assign(school_id=None), RULES, SETTINGS, year=2025)

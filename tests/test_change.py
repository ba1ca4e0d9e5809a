"""Change in its pupil and resource effects, areas that move or stand, similar schools: exact, and never flattering."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.gaps import urban_rural
from analysis.indicators import indicator_values, units_in_scope
from analysis.research.change import (
    area_lines,
    balanced_panel,
    comparable_since,
    effects,
    fixed_area,
    switched,
)
from analysis.research.similar import against_similar, similar_schools
from analysis.standards import RuleSet
from analysis.wording import robust as said

from .counties import BASIC, QUALITY, county, many_counties, rules, school

RULES = rules(QUALITY)
AREA = "teaching_area_per_pupil"
pairs_of_years = st.lists(
    st.tuples(st.integers(1, 900), st.integers(1, 900), st.integers(0, 9000), st.integers(0, 9000)),
    min_size=1,
    max_size=5,
)


def values_of(*tables: pd.DataFrame, own: RuleSet = RULES) -> pd.DataFrame:
    schools = pd.concat(tables, ignore_index=True)
    return indicator_values(schools, units_in_scope(schools, own), own)


def two_years(*rows: tuple[dict[str, Any], dict[str, Any]]) -> pd.DataFrame:
    before, after = zip(*rows, strict=True)
    return values_of(county(*before, year=2023), county(*after, year=2025))


def of_area(
    table: pd.DataFrame, indicator: str = AREA, area: str = "all", stage: str = "primary"
) -> pd.Series[Any]:
    here = (table["indicator"] == indicator) & (table["area"] == area) & (table["stage"] == stage)
    return table[here].iloc[0]


def plain(pupils: float, area: float, **more: Any) -> dict[str, Any]:
    return school(pupils=pupils, teaching_area_m2=area, indoor_sports_area_m2=0.0, **more)


@settings(max_examples=10, deadline=None)
@given(pairs_of_years)
def test_the_effects_are_the_formula_and_add_up(rows: list[tuple[int, int, int, int]]) -> None:
    found = of_area(effects(two_years(*((plain(p, f), plain(q, g)) for p, q, f, g in rows)), RULES))
    p0, p1, f0, f1 = (Fraction(sum(row[k] for row in rows)) for k in range(4))
    pupil = (f0 + f1) / 2 * (1 / p1 - 1 / p0)
    resource = (f1 - f0) / 2 * (1 / p0 + 1 / p1)
    assert pupil + resource == f1 / p1 - f0 / p0
    assert found["pupil_effect"] == pytest.approx(float(pupil), abs=1e-9)
    assert found["resource_effect"] == pytest.approx(float(resource), abs=1e-9)
    assert found["pupil_effect"] + found["resource_effect"] == pytest.approx(found["change"], abs=1e-12)


def test_it_adds_up_for_split_facilities_and_every_county() -> None:
    before = many_counties(200, missing=0.03, seed=1).assign(year=2022)
    after = many_counties(200, missing=0.03, seed=2)
    found = effects(values_of(before, after), RULES)
    assert len(found) > 50
    both = found["pupil_effect"] + found["resource_effect"]
    assert both.to_numpy() == pytest.approx(found["change"].to_numpy(), rel=1e-9, abs=1e-9)


def test_years_turned_round_turn_the_effects_round() -> None:
    rows = [(plain(100, 500), plain(80, 520)), (plain(300, 900), plain(350, 1500))]
    there = of_area(effects(two_years(*rows), RULES))
    back = of_area(effects(two_years(*((b, a) for a, b in rows)), RULES))
    for name in ("change", "pupil_effect", "resource_effect"):
        assert back[name] == pytest.approx(-there[name])


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (plain(50, 500), "fewer_pupils"),
        (plain(50, 490), "fewer_pupils"),
        (plain(50, 510), "improved"),
        (plain(100, 600), "improved"),
        (plain(200, 600), "worse_more_pupils"),
        (plain(100, 400), "worse"),
        (plain(100, 500), "flat"),
    ],
)
def test_only_more_resources_are_an_improvement(after: dict[str, Any], kind: str) -> None:
    table = effects(two_years((plain(100, 500), after)), RULES)
    assert of_area(table)["kind"] == kind
    words = said.effects(table[table["indicator"] == AREA], "urban", "primary", RULES)
    assert ("改善" in words.zh) == (kind == "improved")
    assert ("improved" in words.en) == (kind == "improved")


def test_an_effect_that_prints_as_nothing_improves_nothing() -> None:
    table = effects(two_years((plain(1000, 5000), plain(500, 5000.5))), RULES)
    assert of_area(table)["resource_effect"] > 0
    assert of_area(table)["kind"] == "fewer_pupils"


def test_a_new_and_a_closed_school_count_with_all_they_have() -> None:
    one, other = plain(100, 500), plain(100, 700)
    before, after = county(one, year=2023), county(one, other, year=2025)
    found = of_area(effects(values_of(before, after), RULES))
    assert found["pupil_effect"] == pytest.approx((500 + 1200) / 2 * (1 / 200 - 1 / 100))
    assert found[["n_first", "n_last"]].tolist() == [1, 2]


def test_senior_pupils_are_pupils_not_resources() -> None:
    # The hall stays; only pupils of the other stage come: nothing was taken away.
    kind = {"teaching_area_m2": 1000.0, "indoor_sports_area_m2": 0.0}
    before = school("nine_year", {"primary": 100, "junior": 100}, **kind)
    after = school("nine_year", {"primary": 100, "junior": 300}, **kind)
    found = of_area(effects(two_years((before, after)), RULES))
    assert found["change"] < 0
    assert found["resource_effect"] == pytest.approx(0)
    assert found["kind"] == "worse_more_pupils"


def test_units_without_the_figure_leave_both_years() -> None:
    found = of_area(
        effects(two_years((plain(100, 500), plain(100, 600)), (plain(100, 900), plain(100, np.nan))), RULES)
    )
    assert found["value_first"] == pytest.approx(5)
    assert found["n_left_out"] == 1


def test_years_before_a_break_are_not_compared() -> None:
    own = rules(BASIC)
    tables = [county(school(pupils=100), year=year) for year in (2019, 2020, 2021, 2022)]
    values = values_of(*tables, own=own)
    first = comparable_since(values, own).groupby("indicator")["year"].min()
    assert first["computers_per_100"] == 2021
    assert first["books_per_pupil"] == 2019
    found = effects(values, own).set_index(["indicator", "area"])["first"]
    assert found["computers_per_100", "all"] == 2021
    assert effects(values[values["year"] < 2020], own).empty


def moving() -> pd.DataFrame:
    rows = {
        year: [plain(100, 400), plain(100, 600), plain(100, 800, urban_rural_code="220")]
        for year in (2021, 2023, 2025)
    }
    rows[2023][1]["urban_rural_code"] = rows[2025][1]["urban_rural_code"] = "210"
    rows[2025].append(plain(200, 100, urban_rural_code="220"))
    return values_of(*(county(*of, year=year) for year, of in rows.items()))


def test_switched_schools_are_found_and_held_to_their_first_code() -> None:
    values = moving()
    (row,) = switched(values).to_dict("records")
    assert (row["school_name"], row["year_before"], row["year"]) == ("第2学校", 2021, 2023)
    assert (row["area_before"], row["area"]) == ("urban", "rural")
    assert switched(fixed_area(values, 2021)).empty
    lines = area_lines(values)
    last = lines[
        (lines["year"] == 2025) & (lines["indicator"] == AREA) & (lines["mean"] == "totals")
    ].set_index("line")
    assert last["urban"].round(9).to_dict() == {"current": 4, "fixed": 5, "panel": 5}
    assert last["rural"].round(9).to_dict() == {"current": 1500 / 400, "fixed": 3, "panel": 8}
    assert "1所" in said.switched(switched(values), RULES).zh


def test_without_switches_current_and_fixed_codes_agree() -> None:
    values = moving().query("school_name != '第2学校'")
    lines = area_lines(values)
    current, fixed = (
        lines[lines["line"] == line].drop(columns="line").reset_index(drop=True)
        for line in ("current", "fixed")
    )
    pd.testing.assert_frame_equal(current, fixed)
    pd.testing.assert_frame_equal(urban_rural(values), current)


def test_a_panel_follows_lines_and_leaves_out_broken_ones() -> None:
    values = moving()
    assert set(balanced_panel(values)["school_name"]) == {"第1学校", "第2学校", "第3学校"}
    ids = values["school_id"].unique()
    joined = pd.DataFrame(
        {"school_id": ids, "line": [ids[0], ids[1], ids[2], ids[2]], "broken": [False, True, False, False]}
    )
    kept = balanced_panel(values, joined)
    assert set(kept["school_name"]) == {"第1学校", "第3学校", "第4学校"}


def test_similar_schools_are_the_nearest_by_ratio() -> None:
    values = values_of(many_counties(90, seed=4))
    pairs = similar_schools(values, count=4)
    units = values[values["in_scope"] & (values["pupils"] > 0)].drop_duplicates(["school_id", "stage"])
    for key, group in pairs.groupby(["county_code", "stage", "area", "school_id"]):
        code, stage, area, own = key
        others = units[(units["county_code"] == code) & (units["stage"] == stage) & (units["area"] == area)]
        here = others[others["school_id"] == own]["pupils"].item()
        others = others[others["school_id"] != own]
        apart = np.abs(np.log(others["pupils"] / here)).sort_values()
        found = np.abs(np.log(group["times"])).to_numpy()
        assert found == pytest.approx(apart.head(4).to_numpy())
        assert own not in set(group["similar_id"])


def test_against_similar_is_the_median_of_those_known() -> None:
    rows = [plain(100 + k, (100 + k) * x) for k, x in enumerate((4.0, 5.0, 6.0, 9.0))]
    values = values_of(county(*rows, plain(104, np.nan)))
    table = (
        against_similar(values, similar_schools(values, count=4))
        .query("indicator == @AREA")
        .set_index("school_name")
    )
    first = table.loc["第1学校"]
    assert (first["median"], first["n_similar"]) == (pytest.approx(6), 3)
    assert first["percent"] == pytest.approx(100 * 4 / 6)
    assert np.isnan(table["percent"]["第5学校"])
    alone = values_of(county(plain(100, 400)))
    assert similar_schools(alone, count=3).empty

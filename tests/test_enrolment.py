"""Projected pupils: births enter on time, cohorts age, what is assumed says so, and the past is predicted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.enrolment import (
    backtest,
    past_error,
    project,
    projected_schools,
    stage_of_grade,
    stage_totals,
    with_interval,
)
from analysis.programme import programme
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.standards import load_standard
from analysis.study import Study, open_county

from .shared import shared

RULES = load_standard("cn-quality-2017")
GRADES = {g: "primary" if g < 7 else "junior" for g in range(1, 10)}
TOWNSHIPS = ("659901100", "659901200")


def county(
    years: range, grades: Mapping[str, Mapping[int, float]], *, with_grades: bool = True
) -> pd.DataFrame:
    """Return schools that keep the same pupils in each grade every year; one school a township."""
    rows = []
    for year in years:
        for place, (name, sizes) in enumerate(grades.items()):
            row: dict[str, object] = {
                "school_id": name,
                "school_name": name,
                "year": year,
                "county_code": "659901",
                "township_code": TOWNSHIPS[place % 2],
                "township_name": f"乡{place}",
                "area3": ("town", "rural")[place % 2],
            }
            for stage in ("primary", "junior"):
                of_stage = {g: n for g, n in sizes.items() if GRADES[g] == stage}
                row[f"pupils_{stage}"] = sum(of_stage.values()) if of_stage else np.nan
            if with_grades:
                row |= {f"pupils_{GRADES[g]}_g{g}": sizes.get(g, np.nan) for g in GRADES}
            rows.append(row)
    return pd.DataFrame(rows)


def births(years: range, each: float) -> pd.DataFrame:
    found = [("659901", code, year, each) for code in TOWNSHIPS for year in years]
    return pd.DataFrame(found, columns=["county_code", "township_code", "year", "births"])


NO_BIRTHS = births(range(0), 0.0)
ALIKE = {"1000000001": dict.fromkeys(range(1, 7), 40.0), "1000000002": dict.fromkeys(range(1, 10), 40.0)}
STEADY = county(range(2021, 2026), ALIKE)


def totals(schools: pd.DataFrame, born: pd.DataFrame, last_year: int, **setting: float) -> pd.DataFrame:
    told = programme().setting(**setting) if setting else programme()
    found = project(schools, born, RULES, told, base_year=2025, last_year=last_year)
    return stage_totals(found, schools).pivot_table(
        index=["variant", "stage"], columns="year", values="pupils"
    )


def test_a_county_that_does_not_change_stays_as_it_is() -> None:
    found = totals(STEADY, births(range(2013, 2026), 50), 2031)
    assert (found.xs("primary", level="stage") == 480).all().all()
    assert (found.xs("junior", level="stage") == 120).all().all()


def test_a_fall_in_births_reaches_grade_one_in_two_steps_and_grade_seven_six_years_later() -> None:
    born = births(range(2010, 2026), 60).assign(births=lambda b: b["births"].where(b["year"] < 2021, 30.0))
    found = project(STEADY, born, RULES, programme(), base_year=2025, last_year=2034, variants=("middle",))
    by_grade = stage_totals(found, STEADY, ["grade", "year"]).pivot_table(
        index="grade", columns="year", values="pupils"
    )
    # 40 of 60 enter each school: births of 2020 and 2021 make the entrants of 2027, two parts of 30 and one of 60.
    assert list(by_grade[[2026, 2027, 2028]].loc[1]) == [80, 54, 40]
    assert list(by_grade[[2032, 2033, 2034]].loc[7]) == [40, 27, 20]  # half the leavers, as always


def test_what_rests_on_assumed_births_says_so_from_the_right_year_on() -> None:
    found = project(
        STEADY, births(range(2013, 2024), 50), RULES, programme(), base_year=2025, last_year=2036
    ).of("middle")
    first = found[found["basis"] == "assumed"].groupby("grade")["year"].min()
    assert first.loc[1] == 2030  # born in 2024, one year after the last on file
    assert first.loc[7] == 2036
    assert first.loc[0] == 2030


def test_ratios_can_be_set_by_hand() -> None:
    told = programme().model_validate(
        programme().model_dump() | {"progression": {2: "0.5", 7: "1"}}  # law-like decimals
    )
    found = project(
        STEADY, NO_BIRTHS, RULES, told, base_year=2025, last_year=2026, variants=("middle",)
    ).pupils
    at = found.set_index(["school_id", "grade", "year"])["pupils"]
    assert at["1000000001", 2, 2026] == 20
    assert at["1000000002", 7, 2026] == 80  # all leavers of the county


def test_a_school_that_ends_early_stays_so_and_its_pupils_go_where_they_went() -> None:
    early = {"1000000001": {1: 40, 2: 40, 3: 60, 4: 60, 5: 60, 6: 60}, "1000000003": {1: 20, 2: 20, 3: 0}}
    schools = county(range(2021, 2026), early).assign(township_code=TOWNSHIPS[0], area3="rural")
    found = project(
        schools, births(range(2013, 2026), 60), RULES, programme().setting(pooling=0),
        base_year=2025, last_year=2028, variants=("middle",),
    ).pupils  # fmt: skip
    at = found.set_index(["school_id", "grade", "year"])["pupils"]
    assert at["1000000003", 3, 2028] == 0
    assert at["1000000001", 3, 2028] == 60


def test_without_grades_stage_totals_are_carried_on_and_it_says_so() -> None:
    growing = {year: county(range(year, year + 1), ALIKE, with_grades=False) for year in (2023, 2024, 2025)}
    rows = [
        frame.assign(pupils_primary=frame["pupils_primary"] * 1.1 ** (year - 2023))
        for year, frame in growing.items()
    ]
    found = project(
        pd.concat(rows), NO_BIRTHS, RULES, programme(), base_year=2025, last_year=2027, variants=("middle",)
    )
    assert "分年级" in found.caveats[0].zh
    assert set(found.pupils["basis"]) == {"filed", "totals"}
    at = found.pupils.set_index(["school_id", "stage", "year"])["pupils"]
    assert at["1000000001", "primary", 2027] == round(240 * 1.1**4)


def test_projected_schools_change_in_pupils_alone() -> None:
    schools = STEADY.assign(teaching_area_m2=900.0, pupils_senior=100.0)
    found = project(
        schools, births(range(2013, 2026), 25), RULES, programme(), base_year=2025, last_year=2028
    )
    later = projected_schools(schools, found, "low")
    assert sorted(later["year"].unique()) == [2026, 2027, 2028]
    assert (later["teaching_area_m2"] == 900).all()
    assert (later["pupils_senior"] == 100).all()
    of_grades = later[[f"pupils_primary_g{g}" for g in range(1, 7)]].sum(axis=1)
    assert (of_grades == later["pupils_primary"]).all()


def test_a_last_year_that_is_not_ahead_is_refused() -> None:
    with pytest.raises(ValueError, match="after the base year"):
        project(STEADY, NO_BIRTHS, RULES, programme(), base_year=2025, last_year=2025)


@given(st.lists(st.integers(10, 90), min_size=9, max_size=9), st.floats(0.6, 1.0))
@settings(max_examples=15, deadline=None)
def test_low_middle_and_high_are_in_order(sizes: list[int], shrink: float) -> None:
    years = []
    for year in range(2022, 2026):
        held = {"1000000001": {g: round(n * shrink ** (2025 - year)) for g, n in enumerate(sizes, 1)}}
        years.append(county(range(year, year + 1), held))
    found = totals(pd.concat(years), births(range(2012, 2026), 60), 2033)
    for stage in ("primary", "junior"):
        low, middle, high = (
            found.xs((variant, stage)).to_numpy(float) for variant in ("low", "middle", "high")
        )
        assert (low <= middle + 1).all()  # whole people
        assert (middle <= high + 1).all()


@pytest.fixture(scope="module")
def sample() -> Study:
    return open_county(county="990101", year="2025")


def test_the_back_test_of_the_sample_beats_last_years_pupils_school_by_school(sample: Study) -> None:
    tested = backtest(sample.data.schools, sample.data.births, RULES, programme(), base_year=2025)
    assert tested[["year", "stage", "ahead"]].to_numpy().tolist() == [
        [2024, "primary", 1],
        [2024, "junior", 1],
        [2025, "primary", 2],
        [2025, "junior", 2],
    ]
    assert (tested["school_error"] < tested["same_school_error"]).all()
    assert (tested["error"].abs() < 0.02).all()
    errors = past_error(tested)
    assert errors["primary"] == pytest.approx(
        np.sqrt(np.mean([tested["error"][0] ** 2, tested["error"][2] ** 2 / 2]))
    )


def test_two_years_are_too_few_for_a_back_test() -> None:
    tested = backtest(STEADY[STEADY["year"] > 2023], NO_BIRTHS, RULES, programme(), base_year=2025)
    assert tested.empty
    assert past_error(tested) == {}


def test_the_interval_widens_with_the_square_root_of_the_years_ahead() -> None:
    found = project(
        STEADY, births(range(2005, 2026), 45.0), RULES, programme(), base_year=2025, last_year=2029
    )
    tested = pd.DataFrame({"stage": ["primary"], "ahead": [1], "error": [0.05]})
    table = with_interval(stage_totals(found, STEADY), tested, 2025)
    rows = table[(table["stage"] == "primary") & (table["variant"] == "middle")].set_index("year")
    wide = (rows["most"] - rows["least"]) / rows["pupils"]
    assert wide.to_dict() == pytest.approx(
        {2025: 0, 2026: 0.1, 2027: 0.1 * 2**0.5, 2028: 0.1 * 3**0.5, 2029: 0.2}
    )
    others = table[(table["stage"] == "junior") | (table["variant"] != "middle")]
    assert others["least"].isna().all()


def test_grade_six_of_junior_schools_is_carried_with_them() -> None:
    sizes = {g: 40.0 if g < 6 else 80.0 for g in range(1, 10)}
    six_three = county(
        range(2021, 2026), {"1000000001": dict.fromkeys(range(1, 6), 40.0), "1000000002": sizes}
    )
    five_four = six_three.assign(pupils_junior_g6=six_three["pupils_primary_g6"], pupils_primary_g6=0.0)
    five_four["pupils_primary"] = 200.0
    five_four["pupils_junior"] += 80
    assert (stage_of_grade(six_three, RULES)[6], stage_of_grade(five_four, RULES)[6]) == ("primary", "junior")
    kept = totals(five_four, births(range(2005, 2026), 40.0), 2029).loc["middle"]
    assert (kept.loc["primary"] == 400).all()
    assert (kept.loc["junior"] == 320).all()


def test_stage_totals_of_alagoas_are_nearer_than_the_same_as_last_year() -> None:
    folder = shared("data", "br-alagoas")
    source = load_source("br-school-census").model_copy(update={"checks": False})
    data = read_dataset(folder, source)
    frames = [
        backtest(rows, data.births, RULES, programme(), base_year=2023, held_back=1)
        for _, rows in data.schools.groupby("county_code")
    ]
    tested = pd.concat(frames)
    for name in ("error", "same_error"):
        tested[name] = tested[name].abs() * tested["filed"]
    sums = tested.groupby("stage")[["filed", "error", "same_error"]].sum()
    ours, same = sums["error"] / sums["filed"], sums["same_error"] / sums["filed"]
    print(pd.DataFrame({"trend": ours, "same as last year": same}).round(4))
    assert (ours < same).all()
    assert ours.to_dict() == pytest.approx({"junior": 0.0339, "primary": 0.0220}, abs=2e-4)

"""Numbers that others have published, to the precision they printed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.assessment import judge_dispersion
from analysis.indicators import indicator_values, units_in_scope
from analysis.inequality import atkinson, coefficient_of_variation, gini, theil
from analysis.standards import load_standard

from .counties import BASIC, QUALITY, county, school
from .shared import shared

STAGES = {"小学": "primary", "初中": "junior"}
EIGHT = {  # columns of the published tables → the eight indicators of the 2012 rule
    "teach_area": "teaching_area_per_pupil",
    "sport_area": "sports_area_per_pupil",
    "equip_value": "equipment_value_per_pupil",
    "computers_per100": "computers_per_100",
    "books": "books_per_pupil",
    "staff_ratio": "teachers_per_pupil",
    "above_degree_ratio": "teachers_above_degree_per_pupil",
    "mid_title_ratio": "teachers_mid_title_per_pupil",
}
SEVEN = {  # and the seven of the 2017 rule
    "above_degree_teachers": "teachers_above_degree_per_100",
    "backbone_teachers": "backbone_teachers_per_100",
    "pe_art_teachers": "pe_art_teachers_per_100",
    "teach_area": "teaching_area_per_pupil",
    "sport_area": "sports_area_per_pupil",
    "equip_value": "equipment_value_per_pupil",
    "multimedia_rooms": "multimedia_rooms_per_100",
}


def test_case_01_five_schools_are_over_the_limit_only_when_weighted() -> None:
    schools = pd.read_csv(shared("cases", "case01_cv_five_schools_books.csv")).assign(county="A")
    found = coefficient_of_variation(schools, value="books", pupils="students", by=["county"]).iloc[0]
    assert found["cv"] == pytest.approx(0.51526, abs=1e-5)  # published: 0.52
    assert found["mean"] == pytest.approx(6.33, abs=0.005)
    assert found["sd"] == pytest.approx(3.26, abs=0.005)
    alike = schools.assign(one=1, each=schools["books"] / schools["students"])
    unweighted = coefficient_of_variation(alike, value="each", pupils="one", by=["county"])["cv"].item()
    assert unweighted == pytest.approx(0.4888, abs=1e-4)


def test_case_01_through_the_rule() -> None:
    schools = pd.read_csv(shared("cases", "case01_cv_five_schools_books.csv"))
    rows = [school(pupils=n, books=b) for n, b in zip(schools["students"], schools["books"], strict=True)]
    rule = load_standard(BASIC)
    table = county(*rows)
    values = indicator_values(table, units_in_scope(table, rule), rule)
    books = values.loc[values["indicator"] == "books_per_pupil", "value"]

    assert books.round(2).tolist() == schools["books_per_pupil_published"].tolist()


def test_case_02_nine_year_school() -> None:
    case = pd.read_csv(shared("cases", "case02_split_nine_year_school.csv")).set_index("item")["value"]
    pupils = {"primary": case["primary_students"], "junior": case["junior_students"]}
    rule = load_standard(BASIC)
    table = county(school("nine_year", pupils, books=case["books_total"]))
    values = indicator_values(table, units_in_scope(table, rule), rule)
    books = values[values["indicator"] == "books_per_pupil"]
    assert books["weighted_pupils"].tolist() == [case["published_weighted_denominator"]] * 2
    published = [case["published_primary_books"], case["published_junior_books"]]
    assert books["numerator"].tolist() == pytest.approx(published, abs=1)
    assert books["numerator"].tolist() == pytest.approx([9711.63, 13514.37], abs=0.005)
    assert books["numerator"].sum() == pytest.approx(case["books_total"])


@pytest.mark.parametrize("name", ["case03_combined_cv_chongqing.csv", "case05_combined_cv_anhui.csv"])
def test_cases_03_and_05_mean_of_the_eight_coefficients(name: str) -> None:
    printed = pd.read_csv(shared("cases", name)).query("stat == 'cv'").replace({"level": STAGES})
    long = printed.rename(columns=EIGHT | {"level": "stage"}).melt(
        ["county", "stage"], list(EIGHT.values()), "indicator", "cv"
    )
    found = judge_dispersion(long, load_standard(BASIC), by=["county", "stage"])
    combined = found[found["indicator"] == "combined"].set_index(["county", "stage"])
    published = printed.set_index(["county", "level"])["combined"]
    pd.testing.assert_series_equal(
        combined["cv"].sort_index(), published.sort_index(), atol=0.001, rtol=0, check_names=False
    )
    assert len(combined) == len(printed)
    limits = combined.index.get_level_values("stage").map({"primary": 0.65, "junior": 0.55})
    assert combined["limit"].tolist() == limits.tolist()
    assert set(combined["verdict"]) == {"pass"}
    assert found.loc[found["indicator"] != "combined", "verdict"].isna().all()


def test_case_06_seven_coefficients_under_the_2017_rule() -> None:
    printed = pd.read_csv(shared("cases", "case06_ningguo2022_seven_cv.csv")).replace({"level": STAGES})
    long = printed.rename(columns=SEVEN | {"level": "stage"}).melt(
        ["stage"], list(SEVEN.values()), "indicator", "cv"
    )
    found = judge_dispersion(long, load_standard(QUALITY))
    assert found["limit"].tolist() == [0.50, 0.45] * 7
    within = found[found["verdict"] == "pass"]
    assert within["indicator"].tolist() == ["equipment_value_per_pupil"] * 2
    assert within["cv"].tolist() == [0.167, 0.254]
    assert (found["verdict"] == "fail").sum() == 12
    assert len(found) == 14  # this rule has no combined coefficient


def test_case_07_gini_and_atkinson() -> None:
    case: Any = pd.read_csv(shared("cases", "case07_r_ineq_vectors.csv")).set_index("id")
    incomes = pd.DataFrame({"x": [float(x) for x in case.loc["ineq-1", "x"].split()]}).assign(one=1, all=0)
    columns: dict[str, Any] = {"value": "x", "pupils": "one", "by": ["all"]}
    assert gini(incomes, **columns)["gini"].item() == pytest.approx(case.loc["ineq-1", "published"], abs=5e-8)
    half = atkinson(incomes, aversion=0.5, **columns)["atkinson"].item()
    assert half == pytest.approx(case.loc["ineq-2", "published"], abs=5e-8)
    for name in ("dw-x", "dw-y"):
        parts = [part.split("*") for part in case.loc[name, "x"].split()]
        x = np.repeat([float(x) for x, _ in parts], [int(n) for _, n in parts])
        found = gini(pd.DataFrame({"x": x}).assign(one=1, all=0), **columns)["gini"].item()
        assert found * 10 / 9 == pytest.approx(
            case.loc[name, "published"], abs=5e-8
        )  # corrected: n / (n − 1)
        weighted = pd.DataFrame(
            {"x": [float(x) * int(n) for x, n in parts], "one": [int(n) for _, n in parts]}
        )
        assert gini(weighted.assign(all=0), **columns)["gini"].item() == pytest.approx(found)


def test_case_10_theil_and_its_parts() -> None:
    states = pd.read_csv(shared("cases", "case10_pysal_mexico.csv")).assign(one=1, all=0)
    expected = pd.read_csv(shared("cases", "case10_pysal_mexico_expected.csv"))
    for row in expected.to_dict("records"):
        found = theil(states, value=row["year_column"], pupils="one", by=["all"], part="hanson98").iloc[0]
        published = [row["theil_T"], row["theil_between_hanson98"], row["theil_within_hanson98"]]
        assert found[["theil_t", "between_t", "within_t"]].tolist() == pytest.approx(published, abs=5e-9)
    first = gini(states, value="pcgdp1940", pupils="one", by=["all"])["gini"].item()
    assert first == pytest.approx(0.35372371173452849, abs=1e-12)


def test_case_10_degenerate_case_is_the_logarithm_of_two() -> None:
    units = pd.DataFrame({"y": [0, 0, 0, 10, 10, 10], "group": [0, 0, 0, 1, 1, 1], "one": 1, "all": 0})
    found = theil(units, value="y", pupils="one", by=["all"], part="group").iloc[0]
    assert found["theil_t"] == pytest.approx(math.log(2), abs=1e-15)
    assert found["between_t"] == pytest.approx(math.log(2), abs=1e-15)
    assert found["within_t"] == 0


def test_case_13_each_cell_of_a_published_table_has_its_verdict() -> None:
    table = pd.read_csv(shared("cases", "case13_jiujiang_cv.csv"))
    cells = table[table["indicator"] != "mean_of_seven"].assign(stage="primary")
    assert (cells["sd"] / cells["mean"]).tolist() == pytest.approx(cells["cv"].tolist(), abs=1e-6)
    rule = load_standard(QUALITY)
    found = judge_dispersion(cells, rule).set_index("indicator")
    assert found["verdict"].to_dict() == {
        indicator.id: "fail" if indicator.id == "backbone_teachers_per_100" else "pass"
        for indicator in rule.indicators
    }
    assert found.loc["backbone_teachers_per_100", "cv"] == 0.501787
    published = table.loc[table["indicator"] == "mean_of_seven", "cv"].item()
    assert cells["cv"].mean() == pytest.approx(published, abs=1e-6)

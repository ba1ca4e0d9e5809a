"""Large classes by unit, area and year: counted for sure or said to be unknown."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.ground.classes import large_classes, unit_classes
from analysis.ground.norms import norms
from analysis.indicators import units_in_scope
from analysis.tables import classes as tables
from analysis.wording.classes import large_classes as said

from .counties import county, rules, school

QUALITY = rules()


def counted(*rows: dict[str, Any], by: tuple[str, ...] = ()) -> pd.DataFrame:
    schools = county(*rows)
    return large_classes(unit_classes(schools, units_in_scope(schools, QUALITY)), norms(), by=by)


@pytest.mark.parametrize(
    ("largest", "reached"),
    [(45, (0, 0, 0)), (46, (1, 0, 0)), (55, (1, 0, 0)), (56, (1, 1, 0)), (66, (1, 1, 1))],
)
def test_kinds_begin_at_their_number(largest: int, reached: tuple[int, ...]) -> None:
    row = counted(school(largest_class_primary=largest)).iloc[0]
    assert tuple(row[[f"n_{kind}" for kind in ("above-standard", "large", "very-large")]]) == reached
    assert row[["n_units", "n_missing"]].tolist() == [1, 0]


def test_junior_classes_have_their_own_limit() -> None:
    assert counted(school("junior", 300, largest_class_junior=50))["n_above-standard"].tolist() == [0]
    assert counted(school("junior", 300, largest_class_junior=51))["n_above-standard"].tolist() == [1]


def test_a_mean_class_above_a_limit_is_a_class_above_it_and_the_rest_is_unknown() -> None:
    row = counted(school(pupils=551, classes_primary=10)).iloc[0]  # one class has 56 at the least
    assert row[["n_large", "n_large_unknown", "n_very-large", "n_very-large_unknown"]].tolist() == [
        1,
        0,
        0,
        1,
    ]
    row = counted(school(pupils=400)).iloc[0]
    assert row[["n_above-standard", "n_above-standard_unknown", "n_missing"]].tolist() == [0, 1, 1]


def test_areas_and_years_add_up() -> None:
    rows = [
        school(largest_class_primary=60),
        school(largest_class_primary=40, urban_rural_code="220"),
        school("teaching_point", 20, largest_class_primary=70),  # out of scope, and a class all the same
    ]
    schools = pd.concat([county(*rows), county(*rows[:2], year=2024)], ignore_index=True)
    classes = unit_classes(schools, units_in_scope(schools, QUALITY))
    whole, parts = large_classes(classes, norms()), large_classes(classes, norms(), by=("area3",))
    assert whole.set_index("year")["n_large"].to_dict() == {2024: 1, 2025: 2}
    assert parts.groupby("year")["n_units"].sum().to_dict() == {2024: 2, 2025: 3}
    table = tables.by_area(whole[whole["year"] == 2025], parts[parts["year"] == 2025], norms())
    assert table.frame["area3"].tolist() == ["all", "town", "rural"]
    by_year = tables.by_year(whole, norms())
    assert by_year.frame["year"].tolist() == [2024, 2025]
    assert by_year.basis is not None
    assert "statistics" not in by_year.basis.zh  # a source is cited in the language of the table
    assert "事业" not in by_year.basis.en


def test_what_is_unknown_is_said() -> None:
    [words] = said(counted(school(largest_class_primary=60), school()), norms(), QUALITY)
    assert words.zh == (
        "小学2个办学单位中，有46人及以上班级的1个（另有1个不明），有56人及以上班级的1个（另有1个不明），"
        "有66人及以上班级的0个（另有1个不明）；最大的班60人。"
    )
    assert "1 with a class of 56 or more (1 unknown)" in words.en


def test_a_county_without_pupils_has_no_classes() -> None:
    assert counted(school(pupils=0)).empty

"""The Brazilian school census, read as published: the known answers of its municipalities."""

from pathlib import Path

import pandas as pd
import pytest

from analysis import shipped
from analysis.errors import Level
from analysis.sources.dataset import Dataset
from analysis.sources.mapping import load_source
from analysis.sources.reading import peek_counties, read_dataset
from analysis.standards import load_standard

from .shared import shared

SOURCE = load_source("br-school-census")
ARAPIRACA = "2700300"


@pytest.fixture(scope="module")
def folder() -> Path:
    return shared("data", "br-alagoas")


@pytest.fixture(scope="module")
def alagoas(folder: Path) -> Dataset:
    return read_dataset(folder, SOURCE.model_copy(update={"checks": False}))


@pytest.fixture(scope="module")
def judged(alagoas: Dataset) -> pd.DataFrame:
    """Active public schools with grades 1-9 in 2023."""
    schools = alagoas.schools
    in_scope = (
        (schools["year"] == 2023) & (schools["ownership"] == "public") & (schools["pupils_compulsory"] > 0)
    )
    return schools[in_scope]


@pytest.mark.parametrize(
    ("area", "n", "pupils", "teachers", "ratio", "desktops", "court"),
    [("urban", 684, 264_419, 13_112, 20.17, 0.916, 41.1), ("rural", 955, 96_822, 6_206, 15.60, 0.793, 14.0)],
)
def test_known_answers(
    judged: pd.DataFrame,
    area: str,
    n: int,
    pupils: int,
    teachers: int,
    ratio: float,
    desktops: float,
    court: float,
) -> None:
    side = judged[judged["area3"] == area]
    assert len(side) == n
    assert side["pupils_compulsory"].sum() == pupils
    assert side["teachers_compulsory"].sum() == teachers
    assert round(pupils / teachers, 2) == ratio
    assert round(100 * side["desktops_pupils"].sum() / pupils, 3) == desktops
    assert round(100 * side["has_court"].mean(), 1) == court


def test_what_was_not_collected_is_missing_not_zero(alagoas: Dataset) -> None:
    given = alagoas.schools.groupby("year")[["desktops_pupils", "computers", "rooms_used"]].count() > 0
    assert given.to_dict("index") == {
        2014: {"desktops_pupils": False, "computers": True, "rooms_used": True},
        2019: {"desktops_pupils": True, "computers": False, "rooms_used": True},
        2022: {"desktops_pupils": True, "computers": False, "rooms_used": True},
        2023: {"desktops_pupils": True, "computers": False, "rooms_used": True},
    }
    remarks = [(f.year, f.place.column) for f in alagoas.faults if f.kind == "not-collected"]
    assert (2014, "QT_DESKTOP_ALUNO") in remarks
    assert len(remarks) == len(set(remarks))  # once a column and year, not once a cell


def test_not_informed_is_missing(alagoas: Dataset) -> None:
    figures = alagoas.schools.select_dtypes("float64")
    assert not (figures == 88888).any().any()


def test_names_are_right_where_the_file_has_them(alagoas: Dataset) -> None:
    names = alagoas.schools.groupby("year")["county_name"].unique()
    assert "Maceió" in names[2014]
    assert "Maceió" not in names[2023]  # the published file has lost its accents; codes join, names do not


def test_stages_add_up_to_the_whole(alagoas: Dataset) -> None:
    schools = alagoas.schools.dropna(subset=["pupils_compulsory"])
    assert (schools["pupils_primary"] + schools["pupils_junior"]).equals(schools["pupils_compulsory"])
    with_grades = schools[schools["year"] == 2023]
    grades = [f"pupils_primary_g{grade}" for grade in range(1, 6)]
    assert with_grades[grades].sum(axis=1).equals(with_grades["pupils_primary"])


def test_one_municipality_is_read_with_its_boundary(folder: Path) -> None:
    data = read_dataset(folder, SOURCE, county=ARAPIRACA)
    assert set(data.schools["county_code"]) == {ARAPIRACA}
    assert sorted(set(data.schools["year"])) == [2014, 2019, 2022, 2023]
    assert data.boundary is not None
    assert data.boundary["county_name"].to_list() == ["Arapiraca"]
    assert {fault.level for fault in data.faults} == {Level.NOTE}  # nobody here can mend or explain them


def test_which_municipalities_there_are_is_known(folder: Path) -> None:
    held = peek_counties(folder, SOURCE)
    assert len(held) == 102
    row = held.set_index("county_code").loc["2704302"]
    assert (row["county_name"], row["years"]) == ("Maceió", (2014, 2019, 2022, 2023))


def test_the_rule_set_compares_and_does_not_judge() -> None:
    rules = load_standard("br-basic-resources")
    assert not rules.has_thresholds
    assert not rules.gives_verdict
    given = SOURCE.fields().keys()
    assert {column for i in rules.indicators for column in i.columns("school")} <= given
    assert {i.id for i in rules.indicators if i.better == "lower"} == {
        "pupils_per_teacher",
        "pupils_per_class",
    }


def test_the_region_names_a_source_and_a_rule_set_that_there_are() -> None:
    text = shipped.params("regions", "br-alagoas.yaml").read_text(encoding="utf-8")
    assert f"source: {SOURCE.id}" in text
    assert "standard: br-basic-resources" in text

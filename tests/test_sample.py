"""The sample county: reproducible, labelled invented, consistent across years, and like a county."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from analysis import shipped
from analysis.errors import Level
from analysis.sources.dataset import Dataset
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.yamlfile import load_yaml

FOLDER = shipped.root() / "data" / "sample"
LAYERS = ("townships.geojson", "boundary.geojson", "settlements.geojson")
STAGES = {"primary": range(1, 7), "junior": range(7, 10)}


@pytest.fixture(scope="module")
def county() -> Dataset:
    files = [FOLDER / name for name in ("学校数据.xlsx", *LAYERS)]
    return read_dataset(files, load_source("cn-county-template"))


def test_the_generator_makes_the_delivered_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, FOLDER / "make.py", tmp_path], check=True)
    for name in ("学校数据.xlsx", *LAYERS):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), f"run make.py: {name}"


def test_files_are_small_and_say_that_they_are_invented() -> None:
    for name in ("学校数据.xlsx", *LAYERS):
        assert (FOLDER / name).stat().st_size < 300_000
    book: Any = load_workbook(FOLDER / "学校数据.xlsx")
    assert "示例数据 · 非真实" in book["填表说明"]["A1"].value
    assert "示例数据 · 非真实" in book["学校数据"]["A1"].value


def test_no_logical_check_fails_and_most_questions_are_answered(county: Dataset) -> None:
    asked = [fault for fault in county.faults if fault.level is Level.EXPLAIN]
    assert [fault for fault in county.faults if fault.level is Level.REFUSE] == []
    assert 5 <= len(asked) <= 20
    assert 1 <= sum(not fault.explanation for fault in asked) <= 3
    assert {"stage-without-pupils-senior", "renamed", "shared-position"} <= {fault.kind for fault in asked}


def test_the_county_is_like_a_county(county: Dataset) -> None:
    schools = county.schools
    now = schools[schools["year"] == 2025]
    assert sorted(schools["year"].unique()) == [2021, 2022, 2023, 2024, 2025]
    assert 38 <= len(now) <= 46
    assert set(now["school_type_code"]) == {"211", "218", "311", "312", "341", "345", "511"}
    assert set(now["area3"]) == {"town", "rural"}  # a county seat is 镇区
    assert set(now["ownership"]) == {"public", "private"}
    points = now[now["school_type_code"] == "218"]["pupils_primary"]
    assert (points < 50).any()
    assert (points >= 50).any()
    assert county.townships is not None
    assert len(county.townships) == 12


def test_what_is_missing_is_missing_in_one_place_each(county: Dataset) -> None:
    now = county.schools[county.schools["year"] == 2025].set_index("school_type_code")
    assert now.loc[["341"], "pupils_senior"].isna().sum() == 1
    assert now.loc[["345"], "pupils_senior"].notna().all()
    with_primary = now.loc[["211", "312"]]
    assert with_primary["teachers_backbone_primary"].isna().sum() == 1


def test_cohorts_age(county: Dataset) -> None:
    """A year's grade is last year's grade below, but for a few who come and go."""
    total = county.schools.groupby("year").sum(numeric_only=True)
    for stage, grades in STAGES.items():
        for grade in grades[1:]:
            below = total[f"pupils_{stage}_g{grade - 1}"].shift().dropna()
            here = total[f"pupils_{stage}_g{grade}"].loc[below.index]
            assert (here / below).between(0.94, 1.05).all()
    assert (total["entrants_junior"].iloc[1:] <= total["leavers_primary"].shift().iloc[1:]).all()


def test_births_rise_and_fall_and_reach_school(county: Dataset) -> None:
    births = county.births.groupby("year")["births"].sum()
    assert births.idxmax() in (2016, 2017)
    assert births.loc[2025] < 0.6 * births.max()
    entrants = county.schools.groupby("year")["entrants_primary"].sum()
    six_before = pd.Series({year: births[year - 6] * 2 / 3 + births[year - 7] / 3 for year in entrants.index})
    assert (entrants / six_before).between(0.9, 1.3).all()


def test_differences_between_town_and_country_run_both_ways(county: Dataset) -> None:
    now = county.schools[(county.schools["year"] == 2025) & (county.schools["school_type_code"] == "211")]
    sides = now.groupby("area3").sum(numeric_only=True)
    per_pupil: Any = sides.div(sides["pupils_primary"], axis=0)
    for better_in_the_country in ("sports_ground_area_m2", "teaching_area_m2", "multimedia_rooms"):
        assert per_pupil.loc["rural", better_in_the_country] > per_pupil.loc["town", better_in_the_country]
    assert (per_pupil.loc["rural"] < per_pupil.loc["town"])["teachers_backbone_primary"]


def test_positions_are_filed_shifted_and_read_inside_the_county(county: Dataset) -> None:
    assert county.settings["坐标系"] == "GCJ-02"
    filed = pd.read_excel(
        FOLDER / "学校数据.xlsx", sheet_name="学校数据", header=2, dtype="str", engine="calamine"
    )
    first = county.schools.iloc[0]
    shift = abs(float(filed["经度"].iloc[1]) - first["lon"])
    assert 0.001 < shift < 0.01
    assert not [fault for fault in county.faults if fault.kind == "outside-county"]


def test_layers_are_plain_geojson_in_wgs84() -> None:
    for name in LAYERS:
        layer = json.loads((FOLDER / name).read_text(encoding="utf-8"))
        assert layer["type"] == "FeatureCollection"
        assert "crs" not in layer


def test_the_county_is_configured() -> None:
    from analysis.configuration import CountyParams

    params = load_yaml(shipped.params("counties", "990101.yaml"), CountyParams)
    assert params.invented
    folder = shipped.params("counties") / str(params.data)
    assert folder.resolve() == FOLDER.resolve()
    assert params.files is not None
    assert all((folder / str(name)).is_file() for name in params.files.model_dump().values())

"""The researcher's door: the docstrings' examples run, any frame is measured, labels survive the way out and in."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import api
from analysis.errors import JunhengError

from . import hand_county
from .shared import shared


def test_the_examples_in_the_docstrings_run() -> None:
    tried = doctest.testmod(api)
    assert tried.attempted > 10
    assert tried.failed == 0


def test_the_published_example_comes_out_of_one_call() -> None:
    five = pd.read_csv(shared("cases", "case01_cv_five_schools_books.csv"))
    assert api.cv(five, value="books", pupils="students")["cv"].item() == pytest.approx(0.51526, abs=1e-5)


def test_what_cannot_be_measured_is_told_all_at_once() -> None:
    frame = pd.DataFrame({"books": ["12", "十二", -1], "pupils": [10, -5, 20], "where": ["城", "乡", "乡"]})
    with pytest.raises(JunhengError) as told:
        api.cv(frame, value="books", pupils="pupils", by="county")
    assert [(f.kind, f.place.column) for f in told.value.faults] == [
        ("no-such-column", "county"),
        ("not-a-number", "books"),
        ("negative", "books"),
        ("negative", "pupils"),
    ]
    well = frame.assign(books=[1, 2, 3], pupils=10)
    with pytest.raises(JunhengError, match="城、乡"):
        api.urban_rural_gap(well, value="books", pupils="pupils", area="where")


def test_groups_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "county": np.repeat(["甲", "乙"], 20),
            "area": np.tile(["urban", "rural"], 20),
            "m2": rng.integers(1, 900, 40).astype(float),
            "pupils": rng.integers(1, 90, 40),
        }
    )
    frame.loc[3, "m2"] = np.nan
    columns = {"value": "m2", "pupils": "pupils"}
    for measure, name in ((api.cv, "cv"), (api.gini, "gini"), (api.theil, "theil_t")):
        whole = measure(frame, by="county", **columns).set_index("county")[name]
        for county, rows in frame.groupby("county"):
            assert measure(rows, **columns)[name].item() == pytest.approx(whole[county])
    gaps = api.urban_rural_gap(frame, value="m2", pupils="pupils", area="area", by=["county"])
    gaps = gaps.set_index("county")
    for county, rows in frame.groupby("county"):
        urban = rows[(rows["area"] == "urban") & rows["m2"].notna()]
        assert gaps["urban"][county] == pytest.approx(urban["m2"].sum() / urban["pupils"].sum())
    assert gaps[["n_missing_urban", "n_missing_rural"]].to_numpy().sum() == 1


def test_a_gap_counts_who_stands_on_neither_side_and_takes_no_side_as_worse() -> None:
    frame = pd.DataFrame({"class_size": [40, 60, 50], "one": [1, 1, 1], "area": ["urban", "rural", None]})
    gap = api.urban_rural_gap(
        frame, value="class_size", pupils="one", area="area", lower_is_better=True
    ).iloc[0]
    assert (gap["favours"], gap["n_unknown"]) == ("urban", 1)


@pytest.mark.parametrize("suffix", [".dta", ".sav", ".parquet"])
def test_labels_and_missing_figures_survive_the_way_out_and_in(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame(
        {"school_id": ["0012", "0013"], "pupils_primary": [120.0, np.nan], "own": [1.5, 2.5]}
    )
    path = tmp_path / f"学校{suffix}"
    api.write_labelled(frame, path, labels={"own": "自定指标"})
    back = api.read_labelled(path)
    assert back.labels["pupils_primary"] == "在校生数(小学) (人)"
    assert back.labels["own"] == "自定指标"
    assert back.frame["school_id"].tolist() == ["0012", "0013"]
    np.testing.assert_array_equal(back.frame["pupils_primary"], frame["pupils_primary"])


@pytest.mark.parametrize("suffix", [".dta", ".sav", ".parquet"])
def test_codes_keep_what_they_mean(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame(
        {
            "urban_rural_code": ["121", "220", None],
            "ownership": ["public", "private", None],
            "has_library": [1.0, 0.0, np.nan],
            "mine": [2, 1, 2],
        }
    )
    path = tmp_path / f"学校{suffix}"
    api.write_labelled(frame, path, value_labels={"mine": {1: "甲类", 2: "乙类"}})
    back = api.read_labelled(path)
    assert back.value_labels["has_library"] == {0: "否", 1: "是"}
    assert back.value_labels["mine"] == {1: "甲类", 2: "乙类"}
    stata = suffix == ".dta"  # which labels whole numbers alone
    village = back.frame["urban_rural_code"][1]
    assert village == (220 if stata else "220")
    assert back.value_labels["urban_rural_code"][village] == "村庄"
    assert back.value_labels.get("ownership", {}).get("public") == (None if stata else "公办")
    assert back.frame["ownership"][0] == "public"
    assert pd.isna(back.frame["has_library"][2])


def test_text_that_is_no_number_stays_text_in_stata(tmp_path: Path) -> None:
    frame = pd.DataFrame({"school_type_code": ["211", "21A"], "other": [1, 2]})
    api.write_labelled(frame, tmp_path / "x.dta", value_labels={"not_there": {1: "甲"}})
    back = api.read_labelled(tmp_path / "x.dta")
    assert back.frame["school_type_code"].tolist() == ["211", "21A"]
    assert "school_type_code" not in back.value_labels


@pytest.mark.parametrize("name", ["x.csv", "no.dta", "bad.sav", "bad.parquet"])
def test_what_is_no_labelled_file_is_refused(tmp_path: Path, name: str) -> None:
    for bad in ("bad.sav", "bad.parquet"):
        (tmp_path / bad).write_bytes(b"not at all")
    with pytest.raises(JunhengError):
        api.read_labelled(tmp_path / name)


def test_a_study_shows_itself_in_a_notebook_with_names_escaped(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "x.xlsx")
    study = api.load_county(county=hand_county.COUNTY, year=hand_county.YEAR, data=str(book))
    shown = study._repr_html_()
    assert "手算县" in shown
    assert "未达标" in shown
    assert shown.count("<tr>") > 7


def test_the_bundle_of_a_what_if_computes_its_tables_again(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "x.xlsx")
    study = api.load_county(county=hand_county.COUNTY, year=hand_county.YEAR, data=str(book))
    out = api.WhatIf(schools_out=(hand_county.CELLS["学校标识码"][0],))
    supposed = api.Explorer(study.data.schools, study.rules).look(api.View(stage="primary"), out)
    api.replication_bundle(study, tmp_path / "bundle.zip", supposed=supposed)
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        bundle.extractall(tmp_path / "again")
    stored = pd.read_parquet(tmp_path / "again" / "tables" / "unit_verdicts.parquet")
    assert len(stored) < len(study.assessment.unit_verdicts)
    command = [sys.executable, str(tmp_path / "again" / "replicate.py"), str(book)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, "DIFFERENT" in told.stdout) == (0, False), told.stdout + told.stderr


def test_the_bundle_computes_the_same_tables_again_and_notices_other_data(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "x.xlsx")
    study = api.load_county(county=hand_county.COUNTY, year=hand_county.YEAR, data=str(book))
    api.replication_bundle(study, tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        bundle.extractall(tmp_path / "again")
        about = json.loads(bundle.read("bundle.json"))
        assert f"pandas=={pd.__version__}" in bundle.read("requirements.txt").decode()
    assert [item["sha256"] for item in about["inputs"]] == [item.sha256 for item in study.data.inputs]
    assert str(tmp_path) not in json.dumps(about)
    other = hand_county.write(tmp_path / "other.xlsx", {("城关小学", "运动场地面积"): 1})
    for data, code in ((book, 0), (other, 1)):
        command = [sys.executable, str(tmp_path / "again" / "replicate.py"), str(data)]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        assert told.returncode == code, told.stdout + told.stderr
        assert ("DIFFERENT" in told.stdout) == bool(code)

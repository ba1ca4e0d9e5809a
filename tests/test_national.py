"""A nation measured at once: each figure and verdict is the one that the county would be given alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.assessment import assess
from analysis.gaps import inequality_by_area, urban_rural
from analysis.national import Measured, columns_needed, measure, measuring
from analysis.national.blocks import Groups
from analysis.standards import RuleSet, load_standard
from analysis.tables.national import national_tables

from .counties import BASIC, QUALITY, canonical, county, many_counties, rules, school, some_schools

KEYS = ["county_code", "year", "stage", "indicator"]
CLOSE: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-12}
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_same_as_alone(found: Measured, schools: pd.DataFrame, own: RuleSet) -> None:
    """Compare with the library's code for a county, every group and column."""
    alone = assess(schools, own)
    pd.testing.assert_frame_equal(found.county_verdicts, alone.county_verdicts)
    pd.testing.assert_frame_equal(found.spread[list(alone.dispersion)], alone.dispersion, **CLOSE)
    singles = found.spread[found.spread["indicator"] != "combined"]
    means = urban_rural(alone.values)
    others = (inequality_by_area(alone.values), means[means["mean"] == "totals"])
    for table in others:
        both = singles.merge(table, on=KEYS, suffixes=("", "_alone"), validate="one_to_one")
        assert len(both) == len(singles)
        for name in table.columns.intersection(singles.columns).difference([*KEYS, "mean"]):
            ours, theirs = both[name].to_numpy(), both[f"{name}_alone"].to_numpy()
            np.testing.assert_allclose(ours, theirs, err_msg=name, **CLOSE)
    judged = alone.judged[alone.judged["in_scope"]]
    for status in ("met", "floor", "below"):
        counts = judged[judged["status"] == status].groupby(KEYS).size()
        expected = counts.reindex(pd.MultiIndex.from_frame(singles[KEYS]), fill_value=0)
        np.testing.assert_array_equal(singles[f"n_{status}"], expected)


@st.composite
def nations(draw: st.DrawFn) -> pd.DataFrame:
    """Draw a few counties and years: ties, zeros, one school alone, figures, types and owners missing."""
    tables = []
    for number in range(draw(st.integers(1, 3))):
        rows: list[dict[str, Any]] = draw(st.lists(some_schools(), min_size=1, max_size=5))
        for row in rows:
            for name in draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
                row[name] = None
        tables.append(county(*rows, county_code=f"11000{number}", year=draw(st.integers(2024, 2025))))
    whole = pd.concat(tables, ignore_index=True)
    return whole.sample(frac=1, random_state=draw(st.integers(0, 9))).reset_index(drop=True)


@FEW
@given(nations(), st.sampled_from([QUALITY, BASIC]))
def test_any_few_counties_are_measured_as_each_alone(schools: pd.DataFrame, standard: str) -> None:
    own = rules(standard)
    assert_same_as_alone(measure(schools, own), schools, own)


@pytest.mark.parametrize(
    "standard",
    [QUALITY, BASIC, "cn-county-plan-2021", "cn-anhui-wuhe", "cn-henan-2012", "br-basic-resources"],
)
def test_many_counties_are_measured_as_each_alone(standard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own, schools = load_standard(standard), _many()
    assert_same_as_alone(measure(schools[list(columns_needed(own))], own), schools, own)
    whole = measure(schools, own)
    monkeypatch.setattr(measuring, "_ROWS", 50)  # in many pieces
    for name in ("spread", "county_verdicts"):
        pd.testing.assert_frame_equal(getattr(measure(schools, own, threads=3), name), getattr(whole, name))


@cache
def _many() -> pd.DataFrame:
    """Return two years of counties of one school to some sixty, pupils in tens so that figures meet thresholds."""
    rng = np.random.default_rng(5)
    frames = []
    for year in (2023, 2024):
        table = many_counties(200, per_county=400, missing=0.02, seed=year).assign(year=year)
        sizes = [1, 1, 2, 3, 5, 8, 13, 21, 34, 40, 72]
        table["county_code"] = pd.Series(np.repeat([f"{110000 + i}" for i in range(len(sizes))], sizes))
        for name in ("pupils_primary", "pupils_junior"):
            table[name] = (table[name] / 10).round() * 10
        whole = table[["pupils_primary", "pupils_junior"]].sum(axis=1, min_count=1)
        table["books"] = table["books"].where(rng.random(len(table)) > 0.1, 0.0)
        table["pupils_compulsory"], table["classes_compulsory"] = whole, (whole / 40).round()
        table["teachers_compulsory"] = (whole / 15).round()
        for name in ("school_type_code", "ownership", "urban_rural_code"):
            table[name] = table[name].where(rng.random(len(table)) > 0.01)
        frames.append(canonical(table.drop(columns="area3")))
    return pd.concat(frames, ignore_index=True)


@pytest.mark.parametrize(
    ("more", "verdict"), [(0.0, "pass"), (1e-9, "fail"), (-1e-9, "pass"), (1e-7, "fail"), (-1e-7, "pass")]
)
def test_a_coefficient_on_its_limit_or_a_hair_from_it_is_decided_exactly(more: float, verdict: str) -> None:
    own = rules(
        QUALITY
    )  # 0.50 in primary schools: 1.5 and 4.5 m² a pupil make a mean of 3 and a deviation of 1.5
    areas = (150, 450 + more)
    schools = county(*(school(sports_ground_area_m2=a, indoor_sports_area_m2=0) for a in areas))
    found = measure(schools, own).spread.set_index("indicator").loc["sports_area_per_pupil"]
    assert found["cv"] == pytest.approx(0.5, abs=1e-8)
    assert found["verdict"] == verdict


def test_text_may_be_categorical_and_rows_in_any_order() -> None:
    own, schools = rules(QUALITY), _many()
    coded = schools.astype(
        dict.fromkeys(("county_code", "school_type_code", "area3", "ownership"), "category")
    )
    shuffled = coded.sample(frac=1, random_state=2)
    found, expected = measure(shuffled, own), measure(schools, own)
    pd.testing.assert_frame_equal(found.county_verdicts, expected.county_verdicts)
    pd.testing.assert_frame_equal(found.spread, expected.spread, **CLOSE)


def test_a_table_without_a_school_gives_tables_without_a_row() -> None:
    found = measure(_many().iloc[:0], rules(QUALITY))
    assert len(found.spread) == len(found.county_verdicts) == 0
    assert list(found.spread) == list(measuring.SPREAD)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=60))
def test_every_unit_stands_in_one_cell_of_its_group(sizes: list[int]) -> None:
    ids = np.repeat(np.arange(len(sizes)), sizes)
    groups = Groups(np.array(sizes))
    seen = np.zeros(len(ids), dtype=int)
    for members, at in groups.blocks():
        inside = at >= 0
        np.testing.assert_array_equal(inside.sum(axis=1), np.array(sizes)[members])
        np.testing.assert_array_equal(ids[at[inside]], np.repeat(members, inside.sum(axis=1)))
        np.add.at(seen, at[inside], 1)
    assert (seen == 1).all()


@pytest.mark.parametrize("standard", [QUALITY, BASIC])
def test_every_column_of_the_tables_is_described(standard: str) -> None:
    own = rules(standard)
    for table in national_tables(measure(_many(), own), own, {"110000": "甲县"}):
        assert set(table.columns) == set(table.frame.columns)
        assert table.frame["county_name"].dropna().unique().tolist() == ["甲县"]
        assert all(column.title.zh and column.meaning.en for column in table.columns.values())

"""Percentiles, McLoone, Lorenz and concentration curves, decompositions: peers, properties, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inequality.gini import Gini

from analysis.errors import JunhengError, NoPupilsError
from analysis.gaps import inequality_by_area, urban_rural
from analysis.indicators import indicator_values, units_in_scope
from analysis.inequality import atkinson, gini
from analysis.research.aggregates import gaps_of_totals
from analysis.research.decomposition import DIVISIONS, divided, division_parts, theil_change
from analysis.research.distribution import concentration, lorenz, measures, percentiles
from analysis.research.settings import load_research
from analysis.standards import RuleSet

from .counties import BASIC, county, rules, school
from .shared import shared

quick = settings(max_examples=20, deadline=None)
HOW: dict[str, Any] = {"value": "held", "pupils": "pupils", "by": ["county"]}
CHOICES = load_research()
Rows = list[tuple[int, int]]
known_rows = st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 900)), min_size=1, max_size=9)


def units(rows: Rows) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["held", "pupils"], dtype="float64")
    return table.assign(county="A", size=table["pupils"])


def values_of(schools: pd.DataFrame, own: RuleSet) -> pd.DataFrame:
    return indicator_values(schools, units_in_scope(schools, own), own)


def small_county(year: int = 2025, pupils: int = 100) -> pd.DataFrame:
    rows = [
        school(pupils=pupils, teaching_area_m2=400.0),
        school(pupils=200, teaching_area_m2=2000.0, ownership="private"),
        school(pupils=50, teaching_area_m2=600.0, urban_rural_code="220"),
        school(pupils=700, teaching_area_m2=2100.0, urban_rural_code="220"),
    ]
    return county(*rows, year=year)


@quick
@given(known_rows)
def test_percentiles_are_numpys_weighted_ones(rows: Rows) -> None:
    table = units(rows)
    found = percentiles(table, **HOW).iloc[0]
    x, weights = table["held"] / table["pupils"], table["pupils"].astype(int)
    for q in (10, 50, 90):
        peer = np.quantile(x, q / 100, method="inverted_cdf", weights=weights)
        assert found[f"p{q}"] == pytest.approx(peer)


@quick
@given(known_rows, st.integers(2, 4))
def test_replication_and_scale_change_no_measure(rows: Rows, times: int) -> None:
    table = units(rows)
    own, many = percentiles(table, **HOW), percentiles(pd.concat([table] * times), **HOW)
    scaled = percentiles(table.assign(held=table["held"] * 8), **HOW)
    for name in ("p90_p10", "mcloone"):
        assert many[name].item() == pytest.approx(own[name].item(), nan_ok=True)
        assert scaled[name].item() == pytest.approx(own[name].item(), nan_ok=True)


def test_mcloone_by_hand() -> None:
    # Half of the pupils lie at or below x = 4: they hold 100·2 + 100·4 of the 100·4 + 100·4 that 4 each would be.
    table = units([(200, 100), (400, 100), (600, 100), (900, 100)])
    assert percentiles(table, **HOW)["mcloone"].item() == pytest.approx(600 / 800)
    assert percentiles(units([(300, 100), (900, 300)]), **HOW)["mcloone"].item() == pytest.approx(1)


@quick
@given(known_rows)
def test_lorenz_is_convex_from_zero_to_one(rows: Rows) -> None:
    points = lorenz(units(rows), **HOW)
    if sum(held for held, _ in rows) == 0:
        assert points.empty
        return
    shares = points[["pupil_share", "resource_share"]].to_numpy()
    assert shares[0].tolist() == [0, 0]
    assert shares[-1].tolist() == [1, 1]
    steps = np.diff(shares, axis=0)
    assert (steps >= -1e-12).all()
    slopes = steps[:, 1] / steps[:, 0]
    assert (np.diff(slopes) >= -1e-9 * max(slopes.max(), 1)).all()


@quick
@given(known_rows)
def test_concentration_by_x_itself_is_gini_and_by_its_opposite_minus_it(rows: Rows) -> None:
    table = units(rows).assign(x=lambda f: f["held"] / f["pupils"], down=lambda f: -f["x"])
    own = gini(table, **HOW)["gini"].item()
    by_x = concentration(table, rank="x", **HOW)["concentration"].item()
    assert by_x == pytest.approx(own, abs=1e-12, nan_ok=True)
    down = concentration(table, rank="down", **HOW)["concentration"].item()
    assert down == pytest.approx(-by_x, abs=1e-12, nan_ok=True)


def test_lorenz_area_agrees_with_pysal_and_r() -> None:
    cases = pd.read_csv(shared("cases", "case07_r_ineq_vectors.csv"))
    for _, case in cases[cases["measure"] == "Gini"].iterrows():
        x = [float(v) for v in str(case["x"]).split()]
        table = units([(1, 1)] * len(x)).assign(held=x, x=x)
        found = concentration(table, rank="x", **HOW)["concentration"].item()
        assert found == pytest.approx(case["published"], abs=1e-7)
        assert found == pytest.approx(Gini(np.array(x)).g)
    half = cases[cases["measure"] == "Atkinson(0.5)"].iloc[0]
    x = [float(v) for v in str(half["x"]).split()]
    table = units([(1, 1)] * len(x)).assign(held=x)
    assert atkinson(table, aversion=0.5, **HOW)["atkinson"].item() == pytest.approx(
        half["published"], abs=1e-7
    )


def test_ties_of_a_rank_stand_together_and_missing_is_left_out() -> None:
    table = units([(100, 100), (300, 100), (500, 100)]).assign(size=[1.0, 1.0, 2.0])
    points = lorenz(table, rank="size", **HOW)
    assert points["resource_share"].round(6).tolist() == [0, round(400 / 900, 6), 1]
    lacking = table.assign(held=[np.nan, 300, 500])
    found = concentration(lacking, rank="size", **HOW)
    assert found[["n", "n_missing"]].iloc[0].tolist() == [2, 1]
    with pytest.raises(NoPupilsError):
        percentiles(table.assign(pupils=[0, 1, 1]), **HOW)


def test_measures_are_in_the_indicators_unit() -> None:
    own = rules(BASIC)
    values = values_of(small_county(), own)
    found = measures(values, own, aversion=0.5).set_index("indicator")
    largest = values[(values["indicator"] == "teaching_area_per_pupil") & (values["pupils"] == 700)]
    assert found.loc["teaching_area_per_pupil", "p50"] == pytest.approx(largest["value"].item())
    assert found["concentration"]["teaching_area_per_pupil"] < 0  # the largest school has least per pupil
    # Percentages count from the indicator's own multiplier.
    per = {i.id: i.per for i in own.indicators}
    hundred = next(i for i, p in per.items() if p == 100)
    of = values[values["indicator"] == hundred]
    assert found.loc[hundred, "p90"] <= of["value"].max() + 1e-9


def test_between_and_within_add_up_for_every_division() -> None:
    values = values_of(small_county(), rules(BASIC))
    for division in DIVISIONS:
        whole = divided(values, division, CHOICES)
        assert (whole["between_t"] + whole["within_t"]).to_numpy() == pytest.approx(
            whole["theil_t"].to_numpy()
        )
        parts = division_parts(values, division, CHOICES)
        assert set(parts["division"]) == {division}
        summed = parts.groupby("indicator")["between_t"].sum()
        assert summed.to_numpy() == pytest.approx(
            whole.set_index("indicator").loc[summed.index, "between_t"].to_numpy()
        )
    sizes = division_parts(values, "size", CHOICES)
    assert set(sizes["group"]) == {"0", "1", "3"}  # 50, 100 and 200, 700 pupils
    assert CHOICES.band(1).zh == "100—299人"


def test_the_change_of_theil_is_the_change_of_its_parts() -> None:
    schools = pd.concat([small_county(2023), small_county(2025, pupils=60)], ignore_index=True)
    parts = inequality_by_area(values_of(schools, rules(BASIC)))
    change = theil_change(parts)
    assert change[["first", "last"]].drop_duplicates().to_numpy().tolist() == [[2023, 2025]]
    both = change["change_between"] + change["change_within"]
    assert both.to_numpy() == pytest.approx(change["change"].to_numpy(), abs=1e-15)
    assert theil_change(parts[parts["year"] == 2025]).empty


def totals() -> pd.DataFrame:
    rows = [("urban", 1000.0, 5000.0), ("town", 500.0, 3000.0), ("rural", 300.0, 2700.0)]
    table = pd.DataFrame(rows, columns=["area3", "pupils_primary", "books"])
    return table.assign(county_code="110001", year=2025)


def test_totals_of_areas_give_the_gap() -> None:
    gaps = gaps_of_totals(totals(), rules(BASIC)).set_index("indicator")
    books = gaps.loc["books_per_pupil"]
    assert books["urban"] == pytest.approx(8000 / 1500)
    assert books["rural"] == pytest.approx(9)
    assert set(gaps["mean"]) == {"totals"}
    assert set(gaps["stage"]) == {"primary"}


@pytest.mark.parametrize("schools", [totals(), totals().assign(school_id=None)])
def test_totals_of_areas_are_refused_where_schools_are_needed(schools: pd.DataFrame) -> None:
    with pytest.raises(JunhengError) as caught:
        measures(schools.assign(in_scope=True), rules(), aversion=0.5)
    (fault,) = caught.value.faults
    assert "逐校" in fault.zh
    assert "one row per school" in fault.en


def test_totals_are_checked() -> None:
    for wrong, kind in (
        (totals().assign(area3="合计"), "unknown-area"),
        (pd.concat([totals()] * 2), "area-twice"),
    ):
        with pytest.raises(JunhengError) as caught:
            gaps_of_totals(wrong, rules(BASIC))
        assert caught.value.faults[0].kind == kind


def test_totals_and_schools_agree_where_nothing_is_split() -> None:
    own = rules(BASIC, split={"apply": False})
    schools = small_county()
    summed = schools.groupby("area3")[["pupils_primary", "books"]].sum().reset_index()
    found = gaps_of_totals(summed.assign(county_code="110001", year=2025), own).set_index("indicator")
    gaps = urban_rural(values_of(schools, own))
    expected = gaps[gaps["mean"] == "totals"].set_index("indicator")
    assert found.loc["books_per_pupil", "difference"] == pytest.approx(
        expected.loc["books_per_pupil", "difference"]
    )

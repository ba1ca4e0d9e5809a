"""Measures of inequality: published and library values, and what must hold for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from inequality.gini import Gini
from inequality.theil import Theil, TheilD

from analysis.errors import NoPupilsError
from analysis.inequality import atkinson, coefficient_of_variation, gini, theil, theil_parts

quick = settings(max_examples=10, deadline=None)
COLUMNS: dict[str, Any] = {"value": "held", "pupils": "pupils"}
Rows = list[tuple[int, int, str]]

known_rows = st.lists(
    st.tuples(st.integers(1, 5000), st.integers(1, 900), st.sampled_from("ab")), min_size=1, max_size=8
)


def units(rows: Rows, county: str = "A") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["held", "pupils", "area"]).astype({"held": float, "pupils": float})
    return table.assign(county=county)


def cv(table: pd.DataFrame) -> float:
    return float(coefficient_of_variation(table, by=["county"], **COLUMNS)["cv"].item())


def gini_of(table: pd.DataFrame) -> float:
    return float(gini(table, by=["county"], **COLUMNS)["gini"].item())


def theil_t(table: pd.DataFrame) -> float:
    return float(theil(table, by=["county"], **COLUMNS)["theil_t"].item())


def theil_l(table: pd.DataFrame) -> float:
    return float(theil(table, by=["county"], **COLUMNS)["theil_l"].item())


def atkinson_half(table: pd.DataFrame) -> float:
    return float(atkinson(table, by=["county"], aversion=0.5, **COLUMNS)["atkinson"].item())


Measure = Callable[[pd.DataFrame], float]
every_measure = pytest.mark.parametrize("measure", [cv, gini_of, theil_t, theil_l, atkinson_half])


@every_measure
@quick
@given(known_rows)
def test_scale_and_replication_change_nothing(measure: Measure, rows: Rows) -> None:
    table = units(rows)
    own = pytest.approx(measure(table), rel=1e-9, abs=1e-9)
    assert measure(table.assign(held=table["held"] * 10000)) == own
    assert measure(pd.concat([table] * 3)) == own


@every_measure
@quick
@given(known_rows)
def test_zero_if_and_only_if_all_are_equal(measure: Measure, rows: Rows) -> None:
    table = units(rows)
    alike = len(set(table["held"] * math.lcm(*(n for _, n, _ in rows)) / table["pupils"])) == 1
    assert (measure(table) == 0) == alike
    assert measure(table.assign(held=table["pupils"] * 7.3)) == 0


@quick
@given(known_rows, known_rows)
def test_many_counties_at_once_are_each_county_alone(one: Rows, two: Rows) -> None:
    both = pd.concat([units(one, "A"), units(two, "B")]).sample(frac=1, random_state=3)
    for measure in (coefficient_of_variation, gini, theil):
        together = measure(both, by=["county"], **COLUMNS)
        alone = [
            measure(units(rows, name), by=["county"], **COLUMNS) for name, rows in (("A", one), ("B", two))
        ]
        pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True), rtol=1e-9, atol=1e-12)


@quick
@given(known_rows)
def test_between_and_within_make_the_whole(rows: Rows) -> None:
    found = theil(units(rows), by=["county"], part="area", **COLUMNS).iloc[0]
    for letter in "tl":
        assert found[f"between_{letter}"] + found[f"within_{letter}"] == pytest.approx(
            found[f"theil_{letter}"], abs=1e-9
        )
        assert found[f"between_{letter}"] >= -1e-12


def test_units_of_unknown_area_are_a_part_of_their_own() -> None:
    table = units([(10, 5, "a"), (30, 5, "b"), (80, 10, "a")])
    table.loc[2, "area"] = None
    found = theil(table, by=["county"], part="area", **COLUMNS).iloc[0]
    assert found["between_t"] == pytest.approx(found["theil_t"])
    parts = theil_parts(table, by=["county"], part="area", **COLUMNS)
    assert len(parts) == 3
    assert parts["resource_share"].sum() == pytest.approx(1)
    assert parts["pupil_share"].tolist() == [0.25, 0.25, 0.5]


@quick
@given(st.lists(st.tuples(st.integers(1, 900), st.sampled_from("ab")), min_size=2, max_size=9))
def test_with_equal_weights_they_are_those_of_pysal(rows: list[tuple[int, str]]) -> None:
    table = units([(held, 1, area) for held, area in rows])
    assume(len(set(table["held"])) > 1)
    held = table["held"].to_numpy()
    assert gini_of(table) == pytest.approx(Gini(held).g)
    assert theil_t(table) == pytest.approx(Theil(held).T)
    parts = theil(table, by=["county"], part="area", **COLUMNS).iloc[0]
    published = TheilD(held, table["area"].to_numpy())
    assert parts["between_t"] == pytest.approx(np.ravel(published.bg)[0], abs=1e-12)
    assert parts["within_t"] == pytest.approx(np.ravel(published.wg)[0], abs=1e-12)


@quick
@given(known_rows)
def test_weighted_gini_is_its_definition_by_pairs(rows: Rows) -> None:
    table = units(rows)
    x, p = table["held"] / table["pupils"], table["pupils"].to_numpy()
    pairs = (np.outer(p, p) * np.abs(np.subtract.outer(x.to_numpy(), x.to_numpy()))).sum()
    mean = table["held"].sum() / p.sum()
    assert gini_of(table) == pytest.approx(pairs / (2 * p.sum() ** 2 * mean), abs=1e-12)


@quick
@given(known_rows)
def test_pupils_of_one_school_count_as_so_many_schools_of_one_pupil(rows: Rows) -> None:
    few = [(held, pupils % 6 + 1, area) for held, pupils, area in rows]
    single = [(held / pupils, 1, area) for held, pupils, area in few for _ in range(pupils)]
    for measure in (cv, gini_of, theil_t, theil_l, atkinson_half):
        expected = measure(units(single))  # type: ignore[arg-type]
        assert measure(units(few)) == pytest.approx(expected, abs=1e-9)


def test_missing_units_are_left_out_and_counted() -> None:
    table = units([(10, 5, "a"), (30, 5, "a"), (99, 5, "a")])
    table.loc[2, "held"] = np.nan
    found = coefficient_of_variation(table, by=["county"], **COLUMNS).iloc[0]
    assert (found["n"], found["n_missing"], found["pupils"], found["mean"]) == (2, 1, 10, 4)
    assert found["cv"] == pytest.approx(0.5)
    nothing = table.assign(held=np.nan)
    assert (
        coefficient_of_variation(nothing, by=["county"], **COLUMNS)[["mean", "sd", "cv"]]
        .isna()
        .all(axis=None)
    )
    assert math.isnan(gini_of(nothing))
    assert math.isnan(theil_t(nothing))


def test_what_zeros_do_to_each_measure() -> None:
    table = units([(0, 5, "a"), (30, 5, "b")])
    found = theil(table, by=["county"], part="area", **COLUMNS).iloc[0]
    assert found["theil_t"] == pytest.approx(math.log(2))
    assert found["n_zero"] == 1
    assert math.isnan(found["theil_l"])
    assert cv(table) == 1
    assert gini_of(table) == 0.5
    assert atkinson(table, by=["county"], aversion=1, **COLUMNS)["atkinson"].item() == 1
    none = units([(0, 5, "a"), (0, 5, "b")])
    assert all(math.isnan(measure(none)) for measure in (cv, gini_of, theil_t, theil_l, atkinson_half))


def test_a_unit_without_pupils_is_refused_by_name() -> None:
    table = units([(10, 5, "a"), (3, 0, "a")]).assign(school_id=["1", "2"])
    with pytest.raises(NoPupilsError) as raised:
        coefficient_of_variation(table, by=["county"], **COLUMNS)
    assert [fault.school_id for fault in raised.value.faults] == ["2"]


def test_negative_resources_and_aversions_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        cv(units([(-1, 5, "a")]))
    with pytest.raises(ValueError, match="above 0"):
        atkinson(units([(1, 5, "a")]), by=["county"], aversion=0, **COLUMNS)

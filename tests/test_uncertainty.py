"""Intervals over schools: seeded, of one county whatever stands beside it, suppressed where schools are few."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import JunhengError
from analysis.gaps import inequality_by_area, urban_rural
from analysis.indicators import indicator_values, units_in_scope
from analysis.research.settings import Bootstrap, Research, load_research
from analysis.research.uncertainty import gap_intervals, theil_intervals
from analysis.tables import robust

from .counties import BASIC, many_counties, rules

SETTINGS = Bootstrap(draws=300, seed=7, least_units=8)
RULES = rules(BASIC)
TABLE = many_counties(140, missing=0.02)
KEY = ["county_code", "year", "stage", "indicator"]
VALUES = indicator_values(TABLE, units_in_scope(TABLE, RULES), RULES)
COUNTY = VALUES[VALUES["county_code"] == "110000"]


def test_the_middle_is_the_gap_itself() -> None:
    own = gap_intervals(VALUES, SETTINGS)
    gaps = urban_rural(VALUES).dropna(subset=["difference"])
    both = gaps.merge(own, on=[*KEY, "mean"], suffixes=("", "_own"))
    assert len(both) == len(gaps)
    for name in ("urban", "rural", "difference", "n_urban", "n_rural"):
        assert both[f"{name}_own"].to_numpy(float) == pytest.approx(both[name].to_numpy(float), abs=1e-9)
    known = own[~own["suppressed"]]
    assert len(known)
    assert ((known["low"] <= known["difference"]) & (known["difference"] <= known["high"])).mean() > 0.95


def test_same_seed_same_intervals_in_any_order_and_company() -> None:
    alone = gap_intervals(COUNTY, SETTINGS)
    shuffled = gap_intervals(COUNTY.sample(frac=1, random_state=3), SETTINGS)
    pd.testing.assert_frame_equal(alone, shuffled)
    beside = gap_intervals(VALUES, SETTINGS)
    theirs = beside[beside["county_code"] == "110000"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, theirs)
    other = gap_intervals(COUNTY, SETTINGS.model_copy(update={"seed": 8}))
    assert not alone["low"].equals(other["low"])


def test_blocks_of_draws_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = theil_intervals(COUNTY, SETTINGS)
    monkeypatch.setattr("analysis.research.uncertainty._CELLS", 10_000)
    pd.testing.assert_frame_equal(theil_intervals(COUNTY, SETTINGS), whole)


def test_schools_all_alike_have_an_interval_of_no_width() -> None:
    alike = COUNTY.assign(value=5.0, numerator=5 * COUNTY["denominator"])
    found = gap_intervals(alike, SETTINGS)
    known = found[~found["suppressed"]]
    assert known[["difference", "low", "high"]].abs().to_numpy().max() < 1e-12


def test_swapping_the_sides_turns_the_gap_over() -> None:
    swapped = COUNTY.assign(area=COUNTY["area"].map({"urban": "rural", "rural": "urban"}))
    own, other = (gap_intervals(v, SETTINGS).set_index([*KEY, "mean"]) for v in (COUNTY, swapped))
    assert other["difference"].to_numpy() == pytest.approx(-own["difference"].loc[other.index].to_numpy())
    assert (other["suppressed"] == own["suppressed"].loc[other.index]).all()


def test_an_interval_has_the_spread_of_theory() -> None:
    # A mean over n schools of variance s² has standard error s / √n.
    rng = np.random.default_rng(1)
    one = COUNTY[COUNTY["indicator"] == "books_per_pupil"].head(1)
    n = 60
    table = pd.concat([one] * 2 * n, ignore_index=True).assign(
        school_id=[f"{k:04d}" for k in range(2 * n)], area=["urban"] * n + ["rural"] * n, value=rng.normal(20, 3, 2 * n), in_scope=True
    )  # fmt: skip
    found = (
        gap_intervals(table, Bootstrap(draws=4000, seed=1, least_units=8)).set_index("mean").loc["schools"]
    )
    sides = table.groupby("area")["value"].std(ddof=0) / np.sqrt(n)
    width = 2 * 1.96 * float(np.sqrt((sides**2).sum()))
    assert found["high"] - found["low"] == pytest.approx(width, rel=0.08)


def test_few_schools_get_none() -> None:
    few = COUNTY[(COUNTY["area"] != "rural") | COUNTY["school_id"].isin(sorted(COUNTY["school_id"])[:12])]
    found = gap_intervals(few, SETTINGS)
    short = found[["n_urban", "n_rural"]].min(axis=1) < SETTINGS.least_units
    assert short.any()
    assert found.loc[short, ["low", "high"]].isna().all(axis=None)
    assert found.loc[~short, ["low", "high"]].notna().all(axis=None)
    assert (found["suppressed"] == short).all()


def test_theil_shares_are_those_of_the_decomposition() -> None:
    found = theil_intervals(VALUES, SETTINGS)
    parts = inequality_by_area(VALUES).dropna(subset=["theil_t"])
    both = parts.merge(found, on=KEY, suffixes=("", "_own"))
    assert len(both) == len(parts)
    for name in ("theil_t", "between_t"):
        assert both[f"{name}_own"].to_numpy() == pytest.approx(both[name].to_numpy(), abs=1e-12)
    known = found[~found["suppressed"]]
    assert ((known["low"] >= 0) & (known["high"] <= 1)).all()


def test_totals_are_refused_and_official_cvs_kept_apart() -> None:
    with pytest.raises(JunhengError):
        gap_intervals(COUNTY.drop(columns="school_id"), SETTINGS)
    settings: Research = load_research()
    frame = gap_intervals(COUNTY, SETTINGS)
    assert "cv" not in robust.intervals(frame, RULES, settings).columns
    with pytest.raises(ValueError, match="coefficient of variation"):
        robust.intervals(frame.assign(cv=0.4), RULES, settings)


def test_no_rows_give_no_intervals() -> None:
    assert gap_intervals(COUNTY.head(0), SETTINGS).empty

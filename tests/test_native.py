"""Charts for Excel and PowerPoint hold the numbers that the pictures draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from analysis import charts
from analysis.charts import native, native_plan, native_region
from analysis.errors import Lang
from analysis.publish.chart_record import ChartRecord
from analysis.schema import Words
from analysis.standards import load_standard

from . import chart_frames as frames

QUALITY = load_standard("cn-quality-2017")
TREND = frames.urban_rural(years=range(2017, 2026))
STAGE: dict[str, Any] = {"stage": "primary", "rules": QUALITY, "lang": "zh"}


def known(chart: ChartRecord, series: str) -> dict[str, float]:
    """Return the values of a series that are not missing, by category."""
    found = next(s for s in chart.series if s.name == series)
    return {c: v for c, v in zip(chart.categories, found.numbers, strict=True) if v is not None}


def marks(ax: Axes, label: str) -> list[float]:
    return [float(np.asarray(line.get_xdata())[0]) for line in ax.get_lines() if line.get_label() == label]


def test_both_sides_stand_where_the_picture_draws_them() -> None:
    gaps = frames.urban_rural()
    ax = charts.urban_rural_dots(gaps, **STAGE)
    (chart,) = native.urban_rural_dots(gaps, **STAGE)
    for series, label in (("城镇", "_urban"), ("乡村", "_rural")):
        assert list(known(chart, series).values()) == pytest.approx(marks(ax, label))
    swapped = native.urban_rural_dots(frames.swapped(gaps), **STAGE)[0]
    assert known(swapped, "城镇") == known(chart, "乡村")


def test_coefficients_and_limits_are_those_of_the_picture() -> None:
    spread = frames.dispersion()
    ax = charts.dispersion_limits(spread, **STAGE)
    (chart,) = native.dispersion_limits(spread, **STAGE)
    dots = [line for line in ax.get_lines() if line.get_marker() not in ("None", "", None)]
    drawn = [float(np.asarray(line.get_xdata())[0]) for line in dots]
    assert list(known(chart, "差异系数").values()) == pytest.approx(drawn)
    assert set(known(chart, "上限").values()) == set(marks(ax, "_limit"))
    assert len(known(chart, "差异系数")) == spread["cv"].notna().sum() < len(chart.categories)


def test_stacks_of_pupils_are_as_high_as_the_bars() -> None:
    units = pd.concat([frames.units(years=range(2022, 2024)), frames.units(years=range(2025, 2026))])
    ax = charts.enrolment(units, **STAGE)
    (chart,) = native.enrolment(units, **STAGE)
    drawn = sorted(float(patch.get_height()) for patch in ax.patches if patch.get_height() > 0)  # type: ignore[attr-defined]
    assert sorted(v for s in chart.series for v in s.numbers if v) == pytest.approx(drawn)
    assert chart.categories == ("2022", "2023", "2024", "2025")
    assert {series.numbers[2] for series in chart.series} == {None}  # no figure is no zero


def test_shortfalls_are_rounded_up_as_the_picture_says_them() -> None:
    axes = charts.shortfall_panels(frames.shortfalls(), **STAGE)
    found = native.shortfall_panels(frames.shortfalls(), **STAGE)
    assert [chart.title for chart in found] == [ax.get_title(loc="left") for ax in axes]
    for chart, ax in zip(found, axes, strict=True):
        told = [text.get_text() for text in ax.texts]
        for value in known(chart, "还缺").values():
            assert any(t.startswith(format(value, f".{chart.digits}f")) for t in told)
        assert len(known(chart, "还缺")) == len(ax.patches)


def test_lines_break_where_the_picture_breaks_them() -> None:
    for indicator, chart in zip(QUALITY.indicators, native.trends(TREND, **STAGE), strict=True):
        ax = charts.trend(TREND, indicator.id, **STAGE)
        line = next(line for line in ax.get_lines() if line.get_label() == "_urban")
        drawn = np.asarray(line.get_ydata(), float)
        series = next(s for s in chart.series if s.name == "城镇")
        assert [None if np.isnan(v) else pytest.approx(v) for v in drawn] == list(series.numbers)
        breaks = [line for line in ax.get_lines() if line.get_label() == "_break"]
        assert chart.categories.count("口径变") == len(breaks)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_school_of_a_heat_map_is_counted_once_an_indicator(lang: Lang) -> None:
    judged = frames.judged(frames.values(frames.units()))
    verdicts = frames.unit_verdicts(judged)
    schools = charts.heatmap_schools(verdicts, "primary")
    (chart,) = native.status_counts(judged, schools, **(STAGE | {"lang": lang}))
    sums = [
        sum(v for v in at if v is not None) for at in zip(*(s.numbers for s in chart.series), strict=True)
    ]
    assert set(sums) == {len(schools)}


def heights(ax: Axes) -> list[float]:
    return sorted(float(patch.get_height()) for patch in ax.patches)  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_plans_charts_hold_what_their_pictures_draw(lang: Lang) -> None:
    stones = pd.DataFrame(
        {"year": [2025, 2026], "nothing_pass": [8, 9], "plan_pass": [8, 30], "n_schools": [39, 39]}
    )
    (chart,) = native_plan.schools_by_year(stones, lang=lang)
    assert sorted(n for s in chart.series for n in s.numbers if n is not None) == heights(
        charts.schools_by_year(stones, lang=lang)
    )
    money = pd.DataFrame(
        {"year": [2026, 2026, 2027], "fund": ["buildings", "staff", "buildings"], "cost": [2e6, 3e5, 7e6]}
    )
    (chart,) = native_plan.money_by_year(money, lang=lang)
    assert chart.categories == ("2026", "2027")
    assert sorted(n for s in chart.series for n in s.numbers if n is not None) == heights(
        charts.money_by_year(money, lang=lang)
    )
    front = pd.DataFrame(
        {"budget": [0.0, 8e5], "pupils_pass": [30, 73], "pupils": [100, 100], "n_pass": [19, 33]}
    )
    ax = charts.coverage_frontier(front, lang=lang)
    (chart,) = native_plan.coverage_frontier(front, lang=lang)
    assert list(chart.series[0].numbers) == pytest.approx(list(np.asarray(ax.get_lines()[0].get_ydata())))
    cases = pd.DataFrame({"case": ["a", "b", "c"], "cost": [105.0, 80.0, np.nan]})
    names = {case: Words(zh=case, en=case) for case in "abc"}
    ax = charts.cost_changes(cases, names, 100.0, lang=lang)
    (chart,) = native_plan.cost_changes(cases, names, 100.0, lang=lang)
    assert chart.categories == ("b", "a")
    drawn = [float(patch.get_width()) for patch in ax.patches]  # type: ignore[attr-defined]
    assert list(chart.series[0].numbers) == pytest.approx(drawn)


def test_pupils_to_come_stand_in_the_lines_of_the_picture() -> None:
    filed = pd.DataFrame({"year": [2024, 2025], "pupils": [100.0, 98.0]})
    totals = pd.DataFrame(
        {
            "variant": ["low", "low", "middle", "middle", "high", "high"],
            "stage": "primary",
            "year": [2025, 2026] * 3,
            "pupils": [98.0, 90.0, 98.0, 92.0, 98.0, 95.0],
            "assumed": False,
        }
    )
    ax = charts.pupils_ahead(filed, totals, **STAGE)
    (chart,) = native_plan.pupils_ahead(filed, totals, **STAGE)
    lines = {
        str(line.get_label()): list(np.asarray(line.get_ydata(), dtype=float)) for line in ax.get_lines()
    }
    for line in chart.series:
        assert [n for n in line.numbers if n is not None] == lines[line.name]
    assert chart.categories == ("2024", "2025", "2026")


# --- of a region ---

NAMES = {"270010": "甲县", "270020": "乙县", "270030": "丙县"}


def county_gaps() -> pd.DataFrame:
    rows = [
        {"county_code": code, "year": year, "stage": "primary", "indicator": "books_per_pupil", "level": 20.0 + place,
         "exact": float(gap), "difference": float(gap)}
        for year in (2021, 2022)
        for place, (code, gap) in enumerate(zip(NAMES, (-1, 2, year - 2018), strict=True))
    ]  # fmt: skip
    return pd.DataFrame(rows).replace({"indicator": {"books_per_pupil": QUALITY.indicators[0].id}})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_gaps_over_levels_are_points_and_over_years_quartiles(lang: Lang) -> None:
    gaps = county_gaps()
    of: dict[str, Any] = STAGE | {"lang": lang}
    (points,) = native_region.gap_levels(gaps[gaps["year"] == 2022], names=NAMES, **of)
    assert (points.kind, points.categories) == ("scatter", tuple(NAMES.values()))
    assert [line.numbers for line in points.series] == [(20.0, 21.0, 22.0), (-1.0, 2.0, 4.0)]
    (years,) = native_region.gap_years(gaps, **of)
    assert years.categories == ("2021", "2022")
    assert [line.numbers[1] for line in years.series] == [4.0, 3.0, 2.0, 0.5, -1.0]


def test_changes_are_points_of_first_and_last_gap_and_coefficients_bars_beside_their_limit() -> None:
    one = QUALITY.indicators[0].id
    moved = pd.DataFrame(
        {"county_code": list(NAMES), "stage": "primary", "indicator": one, "first": 2021, "last": 2022,
         "gap_first": [-1.0, 2.0, 3.0], "gap_last": [-1.0, 2.0, 4.0]}
    )  # fmt: skip
    (chart,) = native_region.gap_changes(moved, names=NAMES, **STAGE)
    assert [line.numbers for line in chart.series] == [(-1.0, 2.0, 3.0), (-1.0, 2.0, 4.0)]
    assert chart.series[0].name == "2021年的差"
    spread = pd.DataFrame(
        {
            "county_code": list(NAMES),
            "stage": "primary",
            "indicator": one,
            "cv": [0.3, 0.6, np.nan],
            "limit": 0.5,
        }
    )
    (bars,) = native_region.county_cvs(spread, names=NAMES, **STAGE)
    assert known(bars, "差异系数") == {"乙县": 0.6, "甲县": 0.3}
    assert set(known(bars, "上限").values()) == {0.5}

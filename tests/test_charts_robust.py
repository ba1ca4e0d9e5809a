"""The research figures: marks at their numbers, every label whole and apart, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from analysis import charts, style
from analysis.errors import Lang
from analysis.wording.robust_labels import choice_words

from .research_frames import (
    AREA,
    BESIDE,
    CHOICES,
    CURVES,
    DIVIDED,
    EFFECTS,
    HOLDS,
    INTERVALS,
    LINES,
    MOVED,
    RULES,
    SPECS,
    SPREAD,
    STAGE,
)

Draw = Callable[[str, Lang], Axes]
FIGURES: dict[str, Draw] = {
    "intervals": lambda s, lang: charts.gap_intervals(INTERVALS, s, rules=RULES, lang=lang),
    "lorenz": lambda s, lang: charts.lorenz_panels(CURVES, SPREAD, s, rules=RULES, lang=lang)[0],
    "divisions": lambda s, lang: charts.division_shares(DIVIDED, s, rules=RULES, lang=lang),
    "theil change": lambda s, lang: charts.theil_change(MOVED, s, rules=RULES, lang=lang),
    "effects": lambda s, lang: charts.effect_bars(EFFECTS, s, rules=RULES, lang=lang),
    "panel": lambda s, lang: charts.panel_lines(LINES, s, rules=RULES, lang=lang)[0],
    "strips": lambda s, lang: charts.specification_strips(SPECS, HOLDS, s, rules=RULES, lang=lang),
    "curve": lambda s, lang: charts.specification_curve(
        SPECS, AREA, s, rules=RULES, lang=lang, names=choice_words(CHOICES)
    )[0],
    "similar": lambda s, lang: charts.similar_strips(BESIDE, s, rules=RULES, lang=lang),
}


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def drawn(ax: Axes, label: str) -> list[Any]:
    return [line for line in lines(ax) if line.get_label() == label]


def lines(ax: Axes) -> list[Any]:
    return list(ax.lines)


@pytest.mark.parametrize("lang", get_args(Lang))
@pytest.mark.parametrize("name", FIGURES)
def test_labels_are_whole_and_apart(name: str, lang: Lang) -> None:
    ax = FIGURES[name](STAGE, lang)
    fig = ax.get_figure(root=True)
    assert fig is not None
    assert style.overlapping_labels(fig) == []
    assert style.clipped_labels(fig) == []
    width, height = fig.get_size_inches() * 2.54
    assert width == pytest.approx(style.TEXT_WIDTH_CM)
    assert height <= style.FULL_PAGE[1]


@pytest.mark.parametrize("name", FIGURES)
def test_a_stage_without_figures_says_so(name: str) -> None:
    ax = FIGURES[name]("senior", "zh")
    assert "缺数据" in [text.get_text() for text in ax.texts]


def test_an_interval_stands_where_its_numbers_are() -> None:
    ax = FIGURES["intervals"](STAGE, "zh")
    row = INTERVALS[
        (INTERVALS["stage"] == STAGE) & (INTERVALS["mean"] == "totals") & (INTERVALS["indicator"] == AREA)
    ].iloc[0]
    y = [i.id for i in RULES.indicators].index(AREA)
    scale = 100 / 4.5  # per cent of the standard
    (bar,) = [
        b
        for b in drawn(ax, "_interval")
        if abs(b.get_ydata()[0] - y) < 0.5 and b.get_xdata()[0] == pytest.approx(row["low"] * scale)
    ]
    assert bar.get_xdata()[1] == pytest.approx(row["high"] * scale)
    dots = [d.get_xdata()[0] for d in drawn(ax, "_totals")]
    assert any(x == pytest.approx(row["difference"] * scale) for x in dots)


def test_without_an_interval_there_is_no_bar() -> None:
    few = INTERVALS.assign(suppressed=True, low=np.nan, high=np.nan)
    ax = charts.gap_intervals(few, STAGE, rules=RULES, lang="zh")
    assert drawn(ax, "_interval") == []
    assert {d.get_markerfacecolor() for d in drawn(ax, "_totals")} == {"white"}
    assert any("n = " in text.get_text() for text in ax.texts)


def test_lorenz_curves_bend_below_equality() -> None:
    *axes, _ = charts.lorenz_panels(CURVES, SPREAD, STAGE, rules=RULES, lang="en")
    assert len(axes) == len(RULES.indicators)
    for ax in axes:
        (curve,) = drawn(ax, "_lorenz")
        x, y = curve.get_xdata(), curve.get_ydata()
        assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 100, 100)
        assert (np.asarray(y) <= np.asarray(x) + 1e-9).all()


def test_a_diamond_stands_where_the_effects_end() -> None:
    ax = FIGURES["effects"](STAGE, "zh")
    rows = EFFECTS[(EFFECTS["stage"] == STAGE) & (EFFECTS["area"] == "urban")].set_index("indicator")
    row = rows.loc[RULES.indicators[0].id]
    diamonds = [
        line
        for line in lines(ax)
        if line.get_marker() == "D" and len(line.get_xdata()) and line.get_ydata()[0] == 0
    ]
    expected = 100 * (row["pupil_effect"] + row["resource_effect"]) / row["value_first"]
    assert diamonds[0].get_xdata()[0] == pytest.approx(expected)


def test_the_curve_rises_and_marks_the_reports_own() -> None:
    upper, lower = charts.specification_curve(
        SPECS, AREA, STAGE, rules=RULES, lang="zh", names=choice_words(CHOICES)
    )
    here = SPECS[(SPECS["stage"] == STAGE) & (SPECS["indicator"] == AREA)]
    (own,) = [line for line in lines(upper) if line.get_label() == "本报告口径"]
    assert own.get_ydata().tolist() == here.loc[here["own"], "relative"].tolist()
    strokes = sum(len(line.get_xdata()) for line in lines(lower) if line.get_marker() == "|")
    varying = [c for c in ("year", "mean", "scope", "split", "areas") if len(set(here[c])) > 1]
    assert strokes == len(here) * len(varying)


def test_two_counties_are_refused() -> None:
    two = pd.concat([INTERVALS, INTERVALS.assign(county_code="999999")])
    with pytest.raises(ValueError, match="one county_code"):
        charts.gap_intervals(two, STAGE, rules=RULES, lang="zh")

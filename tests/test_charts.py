"""Charts, by their artists: what is drawn where, said how, and nothing on top of anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from analysis import charts, style
from analysis.errors import Lang
from analysis.standards import RuleSet
from tests import chart_frames as frames
from tests.chart_frames import BASIC, QUALITY

pytestmark = pytest.mark.filterwarnings("error")  # a missing glyph is a warning

LANGS: tuple[Lang, ...] = ("zh", "en")
SPORTS, BACKBONE = "sports_area_per_pupil", "backbone_teachers_per_100"
Draw = Callable[..., Axes]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    plt.close("all")


def _values() -> pd.DataFrame:
    return frames.values(frames.units())


def _heatmap(
    lang: Lang, ax: Axes | None = None, *, names: list[str] = frames.NAMES, page: int = 1, per_page: int = 42
) -> Axes:
    judged = frames.judged(frames.values(frames.units(names)))
    return charts.status_heatmap(
        judged,
        frames.unit_verdicts(judged),
        "primary",
        rules=QUALITY,
        lang=lang,
        page=page,
        per_page=per_page,
        ax=ax,
    )


def _years() -> pd.DataFrame:
    units = frames.units(years=range(2019, 2026))
    units.loc[[3, 50], "pupils"] = np.nan
    units.loc[units.index % 17 == 5, "area"] = None
    return units[units["year"] != 2021]


def _one_side_missing() -> pd.DataFrame:
    gaps = frames.urban_rural()
    gaps.loc[gaps["indicator"] == BACKBONE, "rural"] = np.nan
    gaps.loc[gaps["indicator"] == "multimedia_rooms_per_100", ["urban", "rural"]] = np.nan
    return gaps


TREND = frames.urban_rural(years=range(2017, 2026))
DRAWN: dict[str, Draw] = {
    "coverage of a year": lambda lang, ax=None: charts.coverage(
        _values(), "primary", rules=QUALITY, lang=lang, ax=ax
    ),
    "coverage of years": lambda lang, ax=None: charts.coverage(
        frames.values(_years()), "primary", rules=QUALITY, lang=lang, ax=ax, title="示例县 2019–2025"
    ),
    "enrolment": lambda lang, ax=None: charts.enrolment(
        _years(), "primary", rules=QUALITY, lang=lang, ax=ax, title="示例县 $A$"
    ),
    "heat map": _heatmap,
    "limits of each": lambda lang, ax=None: charts.dispersion_limits(
        frames.dispersion(), "primary", rules=QUALITY, lang=lang, ax=ax, title="示例县"
    ),
    "limit of the mean": lambda lang, ax=None: charts.dispersion_limits(
        frames.dispersion(BASIC), "primary", rules=BASIC, lang=lang, ax=ax
    ),
    "dots": lambda lang, ax=None: charts.urban_rural_dots(
        _one_side_missing(), "primary", rules=QUALITY, lang=lang, ax=ax, title="示例县"
    ),
    "dots without thresholds": lambda lang, ax=None: charts.urban_rural_dots(
        frames.urban_rural(BASIC), "primary", rules=BASIC, lang=lang, ax=ax
    ),
    "distribution": lambda lang, ax=None: charts.distribution_by_area(
        _values(), SPORTS, "primary", rules=QUALITY, lang=lang, ax=ax, title="示例县"
    ),
    "theil": lambda lang, ax=None: charts.theil_parts(
        frames.theil(), "primary", rules=QUALITY, lang=lang, ax=ax, title="示例县"
    ),
    "trend": lambda lang, ax=None: charts.trend(
        TREND, SPORTS, "primary", rules=QUALITY, lang=lang, ax=ax, title="示例县"
    ),
    "shortfalls": lambda lang, ax=None: charts.shortfall_bars(
        frames.shortfalls(), SPORTS, "primary", rules=QUALITY, lang=lang, ax=ax
    ),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", DRAWN)
def test_no_label_covers_another_or_is_cut(name: str, lang: Lang) -> None:
    figure = _figure(DRAWN[name](lang))
    assert style.overlapping_labels(figure) == []
    assert style.clipped_labels(figure) == []
    assert figure.get_figwidth() * 2.54 <= style.TEXT_WIDTH_CM + 1e-9
    assert figure.get_figheight() * 2.54 <= 22.5


@pytest.mark.parametrize("name", DRAWN)
def test_charts_draw_on_the_axes_they_are_given(name: str) -> None:
    _, ax = plt.subplots(figsize=(7, 8))
    assert DRAWN[name]("zh", ax) is ax
    assert len(plt.get_fignums()) == 1


def test_a_chart_says_nothing_in_the_other_language() -> None:
    for name, draw in DRAWN.items():
        ax = draw("en")
        words = [ax.get_xlabel(), ax.get_ylabel(), *(t.get_text() for t in ax.texts)]
        legend = ax.get_legend()
        words += [t.get_text() for t in (legend.get_texts() if legend else [])]
        assert not [word for word in words if any("一" <= c <= "鿿" for c in word)], name


def test_two_counties_or_two_years_are_never_drawn_as_one() -> None:
    two = pd.concat([frames.dispersion(), frames.dispersion().assign(county_code="990102")])
    with pytest.raises(ValueError, match="county_code"):
        charts.dispersion_limits(two, "primary", rules=QUALITY, lang="zh")
    with pytest.raises(ValueError, match="year"):
        charts.urban_rural_dots(TREND, "primary", rules=QUALITY, lang="zh")


def test_stages_are_not_pooled() -> None:
    both = pd.concat([frames.units(), frames.units(stage="junior").assign(pupils=1e6)])
    ax = charts.enrolment(both, "primary", rules=QUALITY, lang="zh")
    assert _texts(ax)[-1] == f"{frames.units()['pupils'].sum():.0f}"


# Coverage and enrolment


def test_coverage_counts_what_is_missing_and_leaves_out_of_scope_out() -> None:
    values = _values()
    values.loc[values["indicator"] == BACKBONE, "value"] = 1.0
    values.loc[(values["indicator"] == BACKBONE) & (values["school_id"] < "2199000005"), "value"] = np.nan
    outside = values["school_id"] == "2199000000"
    values["in_scope"] = ~outside
    ax = charts.coverage(values, "primary", rules=QUALITY, lang="zh")
    assert "33/37，缺4" in _texts(ax)


def test_enrolment_says_which_year_has_no_figure_and_who_is_missing() -> None:
    ax = charts.enrolment(_years(), "primary", rules=QUALITY, lang="zh")
    ticks = {t.get_text() for t in ax.get_xticklabels()}
    assert {"2019\n缺1", "2020\n缺1", "2021", "2025"} <= ticks
    assert "缺数据" in _texts(ax)  # 2021 is no year of zero pupils


def test_enrolment_of_zero_pupils_is_zero() -> None:
    ax = charts.enrolment(
        pd.concat([frames.units(), frames.units(years=range(2024, 2025)).assign(pupils=0.0)]),
        "primary",
        rules=QUALITY,
        lang="zh",
    )
    assert "0" in _texts(ax)
    assert "缺数据" not in _texts(ax)


# Heat map


def test_every_cell_of_the_heat_map_shows_its_status_and_value() -> None:
    judged = frames.judged(_values())
    verdicts = frames.unit_verdicts(judged)
    ax = charts.status_heatmap(judged, verdicts, "primary", rules=QUALITY, lang="zh")
    rows = {label.get_text(): y for y, label in enumerate(ax.get_yticklabels())}
    grid = _cells(ax)
    for _, cell in judged.iterrows():
        y = rows[style.drawable(cell["school_name"], limit=30)]
        x = [i.id for i in QUALITY.indicators].index(cell["indicator"])
        mark = style.STATUS[cell["status"]]
        assert (to_hex(grid[x, y].get_facecolor()).upper(), grid[x, y].get_hatch() or "") == (
            mark.fill,
            mark.hatch,
        )
    assert "缺数据" in _texts(ax)


def test_a_value_just_short_is_never_rounded_onto_the_threshold() -> None:
    judged = frames.judged(_values())
    short = judged["indicator"] == "teaching_area_per_pupil"
    judged["value"], judged["status"] = (
        judged["value"].mask(short, 4.496),
        judged["status"].mask(short, "floor"),
    )
    ax = charts.status_heatmap(judged, frames.unit_verdicts(judged), "primary", rules=QUALITY, lang="zh")
    assert _texts(ax).count("4.496") == len(frames.NAMES)
    assert "4.50" not in _texts(ax)


def test_schools_stand_by_area_then_verdict() -> None:
    ax = _heatmap("zh")
    headings = [t.get_text() for t in ax.texts if "所" in t.get_text()]
    assert [h.split()[0] for h in headings] == ["城镇", "乡村"]
    words = ["未达标", "待定", "达标"]
    verdicts = [(t.get_position()[1], words.index(t.get_text())) for t in ax.texts if t.get_text() in words]
    boundary = next(t.get_position()[1] for t in ax.texts if t.get_text().startswith("乡村"))
    for side in ([v for y, v in verdicts if y < boundary], [v for y, v in verdicts if y > boundary]):
        assert side == sorted(side)


def test_hostile_names_are_drawn_harmlessly() -> None:
    ax = _heatmap("en", names=frames.HOSTILE)
    names = {label.get_text() for label in ax.get_yticklabels()}
    assert {
        "=1+1",
        "<script>alert(1)</script>",
        "A$B$",
        "〓野小学",
        "新 街小学",
        "〓阳光小学",
        "abc小学",
    } <= names
    _figure(ax).canvas.draw()


def test_the_heat_map_turns_its_pages() -> None:
    names = [f"{place}小学" for place in frames.NAMES] * 3
    judged = frames.judged(frames.values(frames.units(names)))
    verdicts = frames.unit_verdicts(judged)
    pages = charts.heatmap_pages(verdicts, "primary", per_page=40)
    assert pages == 3
    drawn = [len(_cells(_heatmap("zh", names=names, page=page, per_page=40))) for page in range(1, pages + 1)]
    assert sum(drawn) == len(names) * len(QUALITY.indicators)
    assert charts.heatmap_pages(verdicts, "junior") == 0


def test_without_a_school_rule_there_is_no_column_of_verdicts() -> None:
    judged = frames.judged(_values())
    verdicts = frames.unit_verdicts(judged).assign(verdict=None)
    ax = charts.status_heatmap(judged, verdicts, "primary", rules=QUALITY, lang="zh")
    assert "结论" not in [label.get_text() for label in ax.get_xticklabels()]
    assert "达标" not in _texts(ax)


# Dispersion


def test_a_coefficient_a_hair_from_its_limit_keeps_to_its_side() -> None:
    ax = charts.dispersion_limits(frames.dispersion(), "primary", rules=QUALITY, lang="zh")
    told = _texts(ax)
    assert "0.502 未达标" in told
    assert "0.49997 达标" in told
    assert "0.402 待定，缺2" in told
    assert "缺数据，待定" in told
    assert "上限 0.50" in told


def test_only_the_mean_has_a_limit_where_the_rule_limits_the_mean() -> None:
    ax = charts.dispersion_limits(frames.dispersion(BASIC), "primary", rules=BASIC, lang="zh")
    limits = _lines(ax, "_limit")
    assert len(limits) == 1
    assert set(np.asarray(limits[0].get_xdata())) == {0.65}
    assert ax.get_yticklabels()[-1].get_text() == "综合差异系数"
    assert "0.386 待定，缺2" in _texts(ax)
    assert "0.502" in _texts(ax)


# Gaps


@pytest.mark.parametrize("rules", [QUALITY, BASIC])
def test_swapping_the_sides_swaps_the_marks(rules: RuleSet) -> None:
    gaps = frames.urban_rural(rules)
    here = charts.urban_rural_dots(gaps, "primary", rules=rules, lang="zh")
    there = charts.urban_rural_dots(frames.swapped(gaps), "primary", rules=rules, lang="zh")
    assert _places(here, "_urban") == pytest.approx(_places(there, "_rural"))
    assert _places(here, "_rural") == pytest.approx(_places(there, "_urban"))
    assert _places(here, "_urban") != pytest.approx(_places(here, "_rural"))


def test_dots_stand_at_per_cent_of_the_threshold_widest_gap_first() -> None:
    gaps = frames.urban_rural().query("mean == 'totals'")
    ax = charts.urban_rural_dots(gaps, "primary", rules=QUALITY, lang="zh")
    urban, rural = _places(ax, "_urban"), _places(ax, "_rural")
    apart = [abs(u - r) for u, r in zip(urban, rural, strict=True)]
    assert apart == sorted(apart, reverse=True)
    sports = gaps.loc[gaps["indicator"] == SPORTS, "urban"].item()
    assert any(place == pytest.approx(100 * sports / 7.5) for place in urban)


def test_figures_that_differ_are_not_printed_alike() -> None:
    near = frames.urban_rural().assign(urban=1.2341, rural=1.2349)
    told = _texts(charts.urban_rural_dots(near, "primary", rules=QUALITY, lang="zh"))
    assert {"1.234", "1.235"} == set(told)
    told = _texts(charts.urban_rural_dots(near.assign(rural=1.2341), "primary", rules=QUALITY, lang="zh"))
    assert set(told) == {"1.23"}


def test_a_side_without_a_figure_is_named_not_drawn() -> None:
    ax = charts.urban_rural_dots(_one_side_missing(), "primary", rules=QUALITY, lang="zh")
    assert len(_places(ax, "_rural")) == 5
    assert len(_places(ax, "_urban")) == 6
    assert any(text.endswith("乡村缺数据") for text in _texts(ax))
    assert "城镇、乡村缺数据" in _texts(ax)


def test_points_of_the_distribution_stand_at_their_values_every_time() -> None:
    first, second = (
        charts.distribution_by_area(_values(), SPORTS, "primary", rules=QUALITY, lang="zh") for _ in range(2)
    )
    for ours, theirs in zip(_clouds(first), _clouds(second), strict=True):
        assert np.array_equal(ours, theirs)
    known = _values().query("indicator == @SPORTS").dropna(subset=["value"])
    assert sorted(np.concatenate(_clouds(first))[:, 0]) == pytest.approx(sorted(known["value"]))


def test_the_distribution_says_how_many_it_shows_and_lacks() -> None:
    values = _values()
    mine = values["indicator"] == SPORTS
    values.loc[mine & (values["school_id"] >= "2199000035"), "value"] = np.nan
    values.loc[mine & (values["area"] == "urban"), "value"] = np.nan
    ax = charts.distribution_by_area(values, SPORTS, "primary", rules=QUALITY, lang="zh")
    n = int(values.loc[mine, "value"].notna().sum())
    assert [t.get_text() for t in ax.get_yticklabels()][1] == f"乡村\nn = {n}，缺{22 - n}"
    assert "缺数据" in _texts(ax)
    assert "标准 ≥7.5" in _texts(ax)


def test_theil_parts_add_up_and_say_their_share() -> None:
    theil = frames.theil()
    ax = charts.theil_parts(theil, "primary", rules=QUALITY, lang="en")
    drawn = sum(bar.get_width() for bar in _bars(ax))
    assert drawn == pytest.approx(theil["theil_t"].sum())
    first = theil.sort_values("theil_t", ascending=False).iloc[0]
    share = 100 * first["between_t"] / first["theil_t"]
    assert any(f"{share:.1f}% between" in text for text in _texts(ax))
    assert "no figure" in _texts(ax)


def test_theil_l_of_zeros_is_said_to_be_undefined() -> None:
    theil = frames.theil().assign(n_zero=3, theil_l=np.nan)
    ax = charts.theil_parts(theil, "primary", rules=QUALITY, lang="en", measure="l")
    assert "not defined: 3 at zero" in _texts(ax)


# Trends


def test_trend_swaps_with_its_sides() -> None:
    here = charts.trend(TREND, BACKBONE, "primary", rules=QUALITY, lang="zh")
    there = charts.trend(frames.swapped(TREND), BACKBONE, "primary", rules=QUALITY, lang="zh")
    assert np.array_equal(_lines(here, "_urban")[0].get_ydata(), _lines(there, "_rural")[0].get_ydata())
    assert _lines(here, "_urban")[0].get_marker() != _lines(here, "_rural")[0].get_marker()
    ends = {text.split()[0]: text.split()[1] for text in _texts(here)}
    swapped = {text.split()[0]: text.split()[1] for text in _texts(there)}
    assert (ends["城镇"], ends["乡村"]) == (swapped["乡村"], swapped["城镇"])


def test_a_trend_names_only_years_that_have_room() -> None:
    some = TREND[TREND["year"].isin([2017, 2018, 2024, 2025])]
    alone, panel = plt.subplots(figsize=(6, 3))[1], plt.subplots(1, 3, figsize=(6, 2))[1][0]
    for ax, named in ((alone, [2017, 2018, 2024, 2025]), (panel, [2018, 2025])):
        charts.trend(some, BACKBONE, "primary", rules=QUALITY, lang="zh", ax=ax)
        assert list(ax.get_xticks()) == [2017, 2018, 2024, 2025]
        assert [int(t.get_text()) for t in ax.get_xticklabels() if t.get_text()] == named


def test_a_trend_is_broken_where_a_definition_changed() -> None:
    ax = charts.trend(TREND, SPORTS, "primary", rules=QUALITY, lang="zh")
    line = _lines(ax, "_urban")[0]
    years, figures = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
    assert np.isnan(figures[years == 2020.5]).all()
    assert "2021年起：体育馆改为室内体育用房" in _texts(ax)
    assert len(_lines(ax, "_break")) == 1
    unbroken = charts.trend(TREND, BACKBONE, "primary", rules=QUALITY, lang="zh")
    assert _lines(unbroken, "_break") == []


def test_a_trend_does_not_bridge_a_missing_year() -> None:
    gone = TREND[TREND["year"] != 2019]
    line = _lines(charts.trend(gone, BACKBONE, "primary", rules=QUALITY, lang="zh"), "_rural")[0]
    years, figures = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
    assert np.isnan(figures[years == 2019]).all()
    assert (years == 2019).any()


def test_a_line_that_ends_early_says_when() -> None:
    early = TREND.copy()
    early.loc[early["year"] > 2022, "rural"] = np.nan
    early["urban"] = np.where(early["year"] == 2017, early["urban"], np.nan)
    ax = charts.trend(early, BACKBONE, "primary", rules=QUALITY, lang="zh")
    assert any(t.startswith("乡村") and t.endswith("(2022)") for t in _texts(ax))
    assert any(t.startswith("城镇") and t.endswith("(2017)") for t in _texts(ax))


def test_labels_at_line_ends_stay_apart_when_the_lines_meet() -> None:
    near = TREND.assign(urban=7.5, rural=7.5001)
    figure = _figure(charts.trend(near, SPORTS, "primary", rules=QUALITY, lang="zh"))
    assert style.overlapping_labels(figure) == []


# Shortfalls


@pytest.mark.parametrize("lang", LANGS)
def test_panels_of_shortfalls_stand_clear_of_one_another(lang: Lang) -> None:
    axes = charts.shortfall_panels(frames.shortfalls(), "primary", rules=QUALITY, lang=lang)
    assert style.overlapping_labels(_figure(axes[0])) == []
    assert style.clipped_labels(_figure(axes[0])) == []
    assert len(_figure(axes[0]).axes) == 7


def test_shortfalls_are_told_in_things_rounded_up() -> None:
    axes = charts.shortfall_panels(frames.shortfalls(), "primary", rules=QUALITY, lang="zh")
    told = [text for ax in axes for text in _texts(ax)]
    assert len(axes) == 7
    assert "86.2\n15所中5所不足" in told  # 861 250 yuan
    assert "44，另2所缺数据\n23所中9所不足" in told  # 43.2 teachers
    assert "15所均缺数据" in told
    assert axes[5].get_xlabel() == "还缺（万元）"


def test_nothing_to_draw_is_said() -> None:
    ax = charts.shortfall_bars(frames.shortfalls(), SPORTS, "junior", rules=QUALITY, lang="en")
    assert _texts(ax) == ["no figure"]


def test_charts_take_a_school_as_a_whole() -> None:
    """A rule set of whole schools, without thresholds or stages (as for other countries)."""
    whole = QUALITY.model_copy(
        update={
            "unit": "school",
            "stages": {},
            "pupils": "pupils_primary",
            "school_rule": None,
            "dispersion": None,
            "indicators": tuple(i.model_copy(update={"at_least": None}) for i in QUALITY.indicators),
        }
    )
    values = frames.values(frames.units(stage="school"))
    for ax in (
        charts.coverage(values, "school", rules=whole, lang="en"),
        charts.enrolment(frames.units(stage="school"), "school", rules=whole, lang="en"),
        charts.distribution_by_area(values, SPORTS, "school", rules=whole, lang="en"),
        charts.urban_rural_dots(frames.urban_rural(stage="school"), "school", rules=whole, lang="en"),
    ):
        figure = _figure(ax)
        assert style.overlapping_labels(figure) == []
        assert not any("standard" in text for text in _texts(ax))


def _figure(ax: Axes) -> Figure:
    figure = ax.figure
    assert isinstance(figure, Figure)
    return figure


def _texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def _lines(ax: Axes, label: str) -> list[Line2D]:
    return [line for line in ax.lines if line.get_label() == label]


def _places(ax: Axes, label: str) -> list[float]:
    return [float(np.asarray(line.get_xdata())[0]) for line in _lines(ax, label)]


def _bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def _cells(ax: Axes) -> dict[tuple[int, int], Rectangle]:
    """Return the cells of the indicators by column and line."""
    return {(int(r.get_x()), int(r.get_y() + 0.5)): r for r in _bars(ax) if r.get_width() == 1}


def _clouds(ax: Axes) -> list[np.ndarray]:
    return [np.asarray(c.get_offsets()) for c in ax.collections if isinstance(c, PathCollection)]

"""Small panels of many counties, one an indicator: gap against level, gap by year, first against last gap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..research.comparison import Comparison, few_on_a_side
from ..standards import Indicator, RuleSet
from .parts import known_indicators, plain_numbers, rows_of_text, short_label
from .region import COUNTY, HOLLOW, minus

_TITLE = 27  # Latin letters over a small panel
_COLUMNS = 3
_POINT = 15.0  # square points of a county
_JITTER = (5**0.5 - 1) / 2  # steps of the golden ratio spread points evenly, the same way every time


@style.styled
def gap_levels(
    gaps: pd.DataFrame, stage: str, *, rules: RuleSet, choices: Comparison, lang: Lang
) -> list[Axes]:
    """
    Draw the gap of every county against its level, one small panel an indicator.

    `gaps`: `comparison.county_gaps` of one year. Hollow: fewer than `few_units` units on a side.
    """
    rows = gaps[(gaps["stage"] == stage) & gaps["difference"].notna()]
    panels = []
    for ax, indicator in _panels(rows, rules):
        mine = rows[rows["indicator"] == indicator.id]
        _points(ax, mine["level"], mine["exact"], few_on_a_side(mine, choices.few_units))
        ax.axhline(0, color=style.INK, lw=0.8, zorder=1)
        _name(ax, indicator, len(mine), lang)
        plain_numbers(ax.xaxis, lang)
        plain_numbers(ax.yaxis, lang)
        panels.append(ax)
    _labels(panels, "全县水平" if lang == "zh" else "level of the county", minus(rules, lang))
    return panels


@style.styled
def gap_changes(changes: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang) -> list[Axes]:
    """
    Draw each county's gap of the last year against that of the first, one small panel an indicator.

    On the rising line nothing changed; in the shaded wedge the gap is wider than it was. `changes`:
    `comparison.gap_changes`.
    """
    rows = changes[changes["stage"] == stage]
    panels = []
    for ax, indicator in _panels(rows, rules):
        mine = rows[rows["indicator"] == indicator.id]
        most = 1.08 * float(mine[["gap_first", "gap_last"]].abs().max().max() or 1)
        for sign in (-1, 1):
            ax.fill_between([-most, 0, most], sign * np.array([most, 0, most]), sign * most,
                            color="#F0F0F0", lw=0, zorder=0)  # fmt: skip
        ax.plot([-most, most], [-most, most], color=style.FAINT, lw=0.9, dashes=(4, 3), zorder=1)
        _points(ax, mine["gap_first"], mine["gap_last"], pd.Series(False, index=mine.index))
        ax.axhline(0, color=style.INK, lw=0.6, zorder=1)
        ax.axvline(0, color=style.INK, lw=0.6, zorder=1)
        ax.set(xlim=(-most, most), ylim=(-most, most), aspect="equal", yticks=ax.get_xticks())
        ax.set(xlim=(-most, most), ylim=(-most, most))
        years = f"{mine['first'].iloc[0]}→{mine['last'].iloc[0]}"
        _name(ax, indicator, len(mine), lang, years)
        plain_numbers(ax.xaxis, lang)
        plain_numbers(ax.yaxis, lang)
        panels.append(ax)
    first, last = (
        ("首年的差", "末年的差") if lang == "zh" else ("gap in the first year", "gap in the last year")
    )
    _labels(panels, first, last)
    return panels


@style.styled
def gap_years(gaps: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang) -> list[Axes]:
    """
    Draw how the gaps of all counties lie in each comparable year: quartiles, median, every county a mark.

    `gaps`: `comparison.county_gaps` of the comparable years (`change.comparable_since`).
    """
    rows = gaps[(gaps["stage"] == stage) & gaps["difference"].notna()]
    panels = []
    for ax, indicator in _panels(rows, rules):
        mine = rows[rows["indicator"] == indicator.id]
        years = sorted(mine["year"].unique())
        groups = [mine.loc[mine["year"] == year, "exact"].sort_values() for year in years]
        ax.axhline(0, color=style.INK, lw=0.8, zorder=1)
        _boxes(ax, groups)
        for x, group in enumerate(groups):
            across = x + ((np.arange(len(group)) * _JITTER) % 1 - 0.5) * 0.5
            ax.scatter(across, group, s=3, color=COUNTY, alpha=0.6, linewidth=0, zorder=3)
        rows_of_text(ax.xaxis, [f"{year}\nn={len(group)}" for year, group in zip(years, groups, strict=True)])
        ax.set_title(short_label(indicator, lang, _TITLE), fontsize=style.SMALL, loc="left")  # fmt: skip
        plain_numbers(ax.yaxis, lang)
        ax.tick_params(labelsize=style.TINY)
        panels.append(ax)
    _labels(panels, "", minus(rules, lang))
    return panels


def _boxes(ax: Axes, groups: list[pd.Series[float]]) -> None:
    line = {"color": style.FAINT, "linewidth": 0.8}
    ax.boxplot(
        [group.to_numpy() for group in groups],
        positions=range(len(groups)),
        widths=0.6,
        showfliers=False,
        patch_artist=True,
        manage_ticks=False,
        boxprops={"facecolor": "#E6ECF2", "edgecolor": style.FAINT, "linewidth": 0.8},
        medianprops={"color": style.INK, "linewidth": 1.3},
        whiskerprops=line,
        capprops=line,
    )


def _panels(rows: pd.DataFrame, rules: RuleSet) -> Iterator[tuple[Axes, Indicator]]:
    """Yield a small panel for each indicator that the rows hold."""
    indicators = known_indicators(rules, rows["indicator"])
    axes = style.panels(len(indicators), columns=_COLUMNS, row_cm=5.0) if indicators else []
    yield from zip(axes, indicators, strict=True)


def _points(ax: Axes, x: pd.Series[float], y: pd.Series[float], hollow: pd.Series[bool]) -> None:
    ax.scatter(x, y, s=_POINT, facecolor=np.where(hollow, HOLLOW, COUNTY), edgecolor=COUNTY, linewidth=0.6,
               alpha=0.85, zorder=3, label="_counties")  # fmt: skip


def _name(ax: Axes, indicator: Indicator, n: int, lang: Lang, more: str = "") -> None:
    title = short_label(indicator, lang, _TITLE)
    ax.set_title(
        f"{title}\n{'  '.join(part for part in (f'n = {n}', more) if part)}", fontsize=style.SMALL, loc="left"
    )
    ax.tick_params(labelsize=style.TINY)


def _labels(panels: list[Axes], across: str, upward: str) -> None:
    """Name the axes once a column and once a row."""
    for ax in panels[-_COLUMNS:]:
        ax.set_xlabel(across, fontsize=style.SMALL)
    for ax in panels[::_COLUMNS]:
        ax.set_ylabel(upward, fontsize=style.SMALL)

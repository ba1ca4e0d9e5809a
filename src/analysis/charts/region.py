"""
Charts of many counties: who stands at the ends, how all of them lie.

Two names fit where a hundred do not: the ends are named, every county is a mark, the full list is in the workbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..lettering import drawable, wrapped
from ..research.comparison import Comparison, extremes, few_on_a_side
from ..rounding import shown
from ..standards import Indicator, RuleSet
from ..wording.labels import MEANS
from .parts import (
    area_name,
    beside,
    joined,
    key_sides,
    known_indicators,
    legend_above,
    nothing_known,
    plain_numbers,
    rate,
    rows_of_text,
    short_label,
)

ENDS = 5  # counties named at either end
_NAME = 18  # Latin letters of a county's name
HOLLOW = "#FFFFFF"
COUNTY = "#1F4E79"


@style.styled
def gap_ends(
    gaps: pd.DataFrame,
    indicator: str,
    stage: str,
    *,
    rules: RuleSet,
    names: Mapping[str, str],
    choices: Comparison,
    lang: Lang,
) -> list[Axes]:
    """
    Draw both sides of the counties at either end of urban − rural, by name, and beside it the gap of every county.

    Parameters
    ----------
    gaps
        `comparison.county_gaps` of one year.

    Returns
    -------
    The Axes of the named counties and those of all counties.
    """
    rows = of_indicator(gaps, indicator, stage)
    told = rules.indicator(indicator)
    ends = extremes(rows, ENDS)
    fig, _ = style.figure((style.TEXT_WIDTH_CM, 2.6 + 0.42 * max(len(ends), 5)))
    fig.clear()
    left, right = fig.subplots(1, 2, width_ratios=(1.55, 1))
    if ends.empty:
        right.remove()
        return [nothing_known(left, lang)]
    apart = len(ends) < int(rows["difference"].notna().sum())
    places = np.arange(len(ends)) + np.where(np.arange(len(ends)) < ENDS, 0, int(apart))
    for y, row in zip(places, ends.to_dict("records"), strict=True):
        _pair(left, int(y), row, told, lang)
    _name_rows(left, places, ends, names, lang)
    if apart:
        between = int(rows["difference"].notna().sum()) - len(ends)
        dots = f"（其间{between}个县见右图）" if lang == "zh" else f"({between} counties between: see right)"
        left.text(0.5, ENDS, dots, transform=left.get_yaxis_transform(), ha="center", va="center",
                  fontsize=style.TINY, color=style.FAINT)  # fmt: skip
    _sides_legend(left, rules, lang)
    _room_for_figures(left, ends[["urban", "rural"]], told.digits, lang)
    left.set_ylim(places[-1] + 0.7, -0.7)
    left.set_xlabel(f"{short_label(told, lang, 34)}\n{MEANS['totals'][lang]}")
    left.grid(axis="x")
    plain_numbers(left.xaxis, lang)
    _all_in_order(right, rows, ends, told, rules, choices, lang)
    return [left, right]


def _room_for_figures(ax: Axes, at: pd.DataFrame, digits: int, lang: Lang) -> None:
    """Widen the axis by the length of the figures beside the outermost marks; no tick below zero."""
    low, high = float(at.min().min()), float(at.max().max())
    longest = max(len(shown(end, digits, lang)) for end in (low, high))
    room = (0.1 + 0.035 * longest) * (high - low or 1)
    ax.set_xlim(low - room, high + room)
    ax.locator_params(axis="x", nbins=6)
    ax.set_xticks([tick for tick in ax.get_xticks() if max(0.0, low - room) <= tick <= high + room])


def _pair(ax: Axes, y: int, row: Mapping[Any, Any], indicator: Indicator, lang: Lang) -> None:
    """Draw the two sides of a county, each figure on the outer side of its mark."""
    ax.plot([row["urban"], row["rural"]], [y, y], color=style.FAINT, lw=1.3, zorder=1, label="_gap")
    lower = "urban" if row["urban"] < row["rural"] else "rural"
    for side in ("urban", "rural"):
        mark = style.AREA[side]
        ax.plot([row[side]], [y], mark.marker, ms=5.5, mfc=mark.fill, mec=style.INK, mew=0.6, zorder=3, label=f"_{side}")  # fmt: skip
        if row["urban"] != row["rural"] or side == "rural":
            text = shown(row[side], indicator.digits, lang)
            beside(ax, row[side], y, text, dx=-5 if side == lower and row["urban"] != row["rural"] else 5,
                   fontsize=style.TINY)  # fmt: skip


def _name_rows(
    ax: Axes,
    places: np.typing.NDArray[np.int64],
    ends: pd.DataFrame,
    names: Mapping[str, str],
    lang: Lang,
) -> None:
    """Write rank, name and units of each county at its row."""
    labels = []
    for row in ends.to_dict("records"):
        name = drawable(names[row["county_code"]], limit=_NAME)
        units = f"{row['n_urban']}+{row['n_rural']}"
        labels.append(f"{int(row['rank'])}  {name}  {units}")
    ax.yaxis.set_ticks(list(places), labels=labels)
    ax.tick_params(axis="y", length=0, labelsize=style.TINY)
    head = "名次  县  学校数（城+乡）" if lang == "zh" else "rank  county  schools (urban+rural)"
    ax.annotate(head, (0, 1), xycoords="axes fraction", xytext=(-4, 4), textcoords="offset points", ha="right",
                va="bottom", fontsize=style.TINY, color=style.FAINT)  # fmt: skip


def _sides_legend(ax: Axes, rules: RuleSet, lang: Lang) -> None:
    key_sides(ax, rules, lang, size=5.5, edge=0.6)
    legend_above(ax)


def _all_in_order(
    ax: Axes,
    rows: pd.DataFrame,
    ends: pd.DataFrame,
    indicator: Indicator,
    rules: RuleSet,
    choices: Comparison,
    lang: Lang,
) -> None:
    """Draw the gap of every county in order, the named ones dark, those with few units hollow."""
    known = rows.dropna(subset=["difference"]).sort_values(
        ["difference", "county_code"], ascending=[False, True]
    )
    order = np.arange(1, len(known) + 1)
    few = few_on_a_side(known, choices.few_units).to_numpy()
    ax.axvline(0, color=style.INK, lw=0.8, zorder=1)
    middle = float(known["difference"].median())
    ax.axvline(middle, color=style.FAINT, lw=1, dashes=(4, 3), zorder=1, label="_median")
    ax.scatter(known["difference"], order, s=11, facecolor=np.where(few, HOLLOW, COUNTY), edgecolor=COUNTY,
               linewidth=0.7, zorder=3, label="_counties")  # fmt: skip
    ax.set_ylim(len(known) + max(1.0, 0.03 * len(known)), 1 - max(1.0, 0.03 * len(known)))
    ax.yaxis.set_visible(False)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x")
    plain_numbers(ax.xaxis, lang)
    ax.set_xlabel(f"{minus(rules, lang)}\n{difference_unit(indicator, lang)}")
    median = shown(middle, indicator.digits, lang)
    told = f"虚线为中位数{median}" if lang == "zh" else f"dashed: median {median}"
    text = joined([f"n = {len(known)}", told], lang)
    ax.set_title(text, fontsize=style.SMALL, loc="left", pad=4)


def minus(rules: RuleSet, lang: Lang) -> str:
    """Return what the gap is: 城市减乡村, urban − rural."""
    sides = [area_name(side, rules, lang) for side in ("urban", "rural")]
    return "减".join(sides) if lang == "zh" else " − ".join(sides)


def difference_unit(indicator: Indicator, lang: Lang) -> str:
    unit = rate(indicator, lang)
    if unit == "%":
        unit = "百分点" if lang == "zh" else "percentage points"
    return f"（{unit}）" if lang == "zh" else f"({unit})"


@style.styled
def county_cvs(
    spread: pd.DataFrame, stage: str, *, rules: RuleSet, names: Mapping[str, str], lang: Lang
) -> Axes:
    """
    Draw the CV of every county in each indicator beside its limit; the greatest of each indicator is named.

    `spread`: `assessment.dispersion` of one year.
    """
    rows = spread[(spread["stage"] == stage) & spread["cv"].notna()]
    kinds = [*(i.id for i in known_indicators(rules, rows["indicator"]))]
    kinds += ["combined"] if (rows["indicator"] == "combined").any() else []
    _, ax = style.figure((style.TEXT_WIDTH_CM, 2.6 + 0.8 * max(len(kinds), 1)))
    if not kinds:
        return nothing_known(ax, lang)
    labels = []
    for y, kind in enumerate(kinds):
        mine = rows[rows["indicator"] == kind].sort_values(["cv", "county_code"])
        above = (mine["verdict"] == "fail").to_numpy()
        for part, mark in ((~above, style.STATUS["met"]), (above, style.STATUS["below"])):
            ax.scatter(mine["cv"][part], np.full(int(part.sum()), y), s=26, marker=mark.marker, facecolor=mark.fill,
                       edgecolor=style.INK, linewidth=0.6, zorder=3, label="_counties")  # fmt: skip
        limit = mine["limit"].iloc[0]
        if pd.notna(limit):
            ax.plot([limit, limit], [y - 0.36, y + 0.36], color=style.INK, lw=1.4, zorder=2)
        top = mine.iloc[-1]
        name = drawable(names[top["county_code"]], limit=_NAME)
        beside(ax, float(top["cv"]), y, f"{name} {shown(top['cv'], 3, lang)}", dx=6, fontsize=style.TINY)
        labels.append(cv_name(kind, rules, lang))
    rows_of_text(ax.yaxis, labels)
    ax.set_ylim(len(kinds) - 0.5, -0.5)
    most = float(rows[["cv", "limit"]].max().max() or 1)
    ax.set_xlim(-0.02 * most, 1.22 * most)
    ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= 1.22 * most])
    plain_numbers(ax.xaxis, lang)
    ax.grid(axis="x")
    ax.set_xlabel("各县差异系数" if lang == "zh" else "coefficient of variation of each county")
    _cv_legend(ax, rows, lang)
    return ax


def cv_name(kind: str, rules: RuleSet, lang: Lang) -> str:
    if kind == "combined":
        return "综合差异系数" if lang == "zh" else "mean CV"
    return wrapped(rules.indicator(kind).short[lang], 22)


def _cv_legend(ax: Axes, rows: pd.DataFrame, lang: Lang) -> None:
    words = {
        "met": ("不高于要求或无要求", "within the limit, or none"),
        "below": ("高于要求", "above the limit"),
    }
    for status, told in words.items():
        if status == "met" or (rows["verdict"] == "fail").any():
            mark = style.STATUS[status]
            ax.plot(
                [], [], mark.marker, ms=5, mfc=mark.fill, mec=style.INK, mew=0.6, label=told[lang == "en"]
            )
    if rows["limit"].notna().any():
        ax.plot([], [], "|", ms=9, mew=1.4, color=style.INK, label=("要求", "limit")[lang == "en"])
    legend_above(ax)


def of_indicator(gaps: pd.DataFrame, indicator: str, stage: str) -> pd.DataFrame:
    """
    Return the rows of one indicator and stage.

    Raises
    ------
    ValueError
        They are of several years.
    """
    rows = gaps[(gaps["stage"] == stage) & (gaps["indicator"] == indicator)]
    if len(rows["year"].unique()) > 1:
        raise ValueError(f"one year a chart, not {sorted(rows['year'].unique())}: filter the frame")
    return rows

"""Charts of the gap: two sides of one indicator on one scale."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..rounding import shown
from ..standards import Indicator, RuleSet
from ..wording.labels import MEANS
from .parts import (
    NO_FIGURE,
    area_name,
    beside,
    joined,
    key_sides,
    legend_above,
    nothing_known,
    of_stage,
    plain_numbers,
    rows_of_text,
    short_label,
    titled,
    with_unit,
)

_GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # keeps figures clear of the line at 100 %


@style.styled
def urban_rural_dots(
    gaps: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    mean: str = "totals",
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw both sides of every indicator on one scale, the widest gap first; figures beside the marks.

    The scale is per cent of the threshold, and of the plain mean of the two sides where the rule has no
    threshold. Neither side's colour says that it is the worse one.

    Parameters
    ----------
    gaps
        What `gaps.urban_rural` returns, of one county and year.
    mean
        Which of its means to draw: totals, schools or pupils.
    """
    rows = of_stage(gaps, stage)
    rows = scaled(rows[rows["mean"] == mean], stage, rules)
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 3.0 + 0.95 * max(len(rows), 1)))
    if rows.empty:
        return nothing_known(ax, lang)
    labels, mixed = [], rows["by_law"].any() and not rows["by_law"].all()
    for y, row in enumerate(rows.to_dict("records")):
        indicator = rules.indicator(row["indicator"])
        _pair(ax, y, row, indicator, rules, lang)
        labels.append(short_label(indicator, lang, 22) + ("*" if mixed and not row["by_law"] else ""))
    rows_of_text(ax.yaxis, labels)
    _side_legend(ax, rules, lang)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    _room_for_figures(ax, rows[["at_urban", "at_rural"]])
    if rows["by_law"].any():
        ax.axvline(100, color=style.INK, lw=1, zorder=0)
    ax.grid(axis="x")
    plain_numbers(ax.xaxis, lang, "%")
    ax.set_xlabel(scale_name(rows["by_law"], mean, lang))
    return titled(ax, title, rows_above=1)


def scaled(rows: pd.DataFrame, stage: str, rules: RuleSet) -> pd.DataFrame:
    """Return the rows with both sides in per cent of a common scale, the widest gap first."""
    held = {i.id: i.threshold(stage) for i in rules.indicators}
    thresholds = rows["indicator"].map({i: float(t) for i, t in held.items() if t is not None}).astype(float)
    scale = thresholds.fillna(rows[["urban", "rural"]].mean(axis=1))
    scale = scale.where(scale > 0, 1.0)
    rows = rows.assign(
        by_law=thresholds.notna(), at_urban=100 * rows["urban"] / scale, at_rural=100 * rows["rural"] / scale
    )
    rows = rows.assign(apart=(rows["at_urban"] - rows["at_rural"]).abs())
    return rows.sort_values(["apart", "indicator"], ascending=[False, True], na_position="last")


def _pair(ax: Axes, y: int, row: dict[Any, Any], indicator: Indicator, rules: RuleSet, lang: Lang) -> None:
    """Draw the two marks of one indicator, their line, and each figure on the outer side of its mark."""
    known = [side for side in ("urban", "rural") if not pd.isna(row[side])]
    lacking = [area_name(side, rules, lang) for side in ("urban", "rural") if side not in known]
    absent = (
        f"{'、'.join(lacking)}{NO_FIGURE.zh}" if lang == "zh" else f"{', '.join(lacking)}: {NO_FIGURE.en}"
    )
    figures = _figures(row, indicator.digits, lang)
    if len(known) == 2:
        ax.plot([row["at_urban"], row["at_rural"]], [y, y], color=style.FAINT, lw=1.5, zorder=1, label="_gap")
    for side in known:
        mark = style.AREA[side]
        ax.plot(
            [row[f"at_{side}"]],
            [y],
            mark.marker,
            ms=7,
            mfc=mark.fill,
            mec=style.INK,
            mew=0.7,
            zorder=3,
            label=f"_{side}",
        )
        text = figures[side]
        beside(ax, row[f"at_{side}"], y, text if len(known) == 2 else joined([text, absent], lang),
               dx=-7 if len(known) == 2 and side == _lower(row) else 7, bbox=_GROUND)  # fmt: skip
    if not known:
        ax.annotate(absent, (0.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL,
                    bbox=_GROUND)  # fmt: skip


def _figures(row: dict[Any, Any], digits: int, lang: Lang) -> dict[str, str]:
    """Return both figures, with as many more digits as tell apart two marks that stand apart."""
    for more in (digits, digits + 1, digits + 2):
        told = {side: shown(row[side], more, lang) for side in ("urban", "rural")}
        if told["urban"] != told["rural"]:
            return told
    return {side: shown(row[side], digits, lang) for side in ("urban", "rural")}


def _room_for_figures(ax: Axes, at: pd.DataFrame) -> None:
    """Widen the axis so that figures beside the outermost marks stay within, no tick below zero."""
    low, high = min(float(at.min().min()), 100.0), max(float(at.max().max()), 100.0)
    if pd.isna(low + high):
        low, high = 0.0, 100.0
    room = 0.24 * max(high - low, 20.0)
    ax.set_xlim(low - room, high + room)
    ax.set_xticks([tick for tick in ax.get_xticks() if max(0.0, low - room) <= tick <= high + room])


def _lower(row: dict[Any, Any]) -> str:
    return "urban" if row["urban"] < row["rural"] else "rural"


def scale_name(by_law: pd.Series[bool], mean: str, lang: Lang) -> str:
    """Return what the scale of `urban_rural_dots` is called."""
    law = "占标准的百分比" if lang == "zh" else "per cent of the standard"
    both = "占两侧平均数的百分比" if lang == "zh" else "per cent of the mean of the two sides"
    starred = f"*{both}" if lang == "zh" else f"* {both}"
    scale = law if by_law.all() else joined([law, starred], lang) if by_law.any() else both
    return with_unit(scale, MEANS[mean][lang], lang)


def _side_legend(ax: Axes, rules: RuleSet, lang: Lang) -> None:
    key_sides(ax, rules, lang, size=7, edge=0.7)
    legend_above(ax)

"""Trends: two sides over the years, broken where a figure is missing or its definition changed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..rounding import shown
from ..schema import column
from ..standards import Indicator, RuleSet
from ..wording.labels import MEANS, plain
from .parts import (
    NO_FIGURE,
    area_name,
    beside,
    limit_sign,
    nothing_known,
    of_stage,
    panel_cm,
    plain_numbers,
    rate,
    spread,
    titled,
)

_NAME_CM = 0.9  # of a year below its tick, with room to the next
_BESIDE_CM = 4.5  # that names and figures take to the left and to the right of the Axes


@style.styled
def trend(
    gaps: pd.DataFrame,
    indicator: str,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    mean: str = "totals",
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the urban and the rural figure of one indicator over the years, each named at its end.

    Points are not joined across a year without a figure, nor across a year in which the registry says
    that a column of the indicator changed its meaning: a dashed line stands there with the reason.

    Parameters
    ----------
    gaps
        What `gaps.urban_rural` returns, of one county and several years.
    mean
        Which of its means to draw: totals, schools or pupils.
    """
    rows = of_stage(gaps, stage, years=True)
    rows = rows[(rows["indicator"] == indicator) & (rows["mean"] == mean)]
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 7.0))
    sides = rows.set_index("year")[["urban", "rural"]]
    if sides.notna().sum().sum() == 0:
        return nothing_known(ax, lang)
    years = range(int(sides.index.min()), int(sides.index.max()) + 1)
    sides = sides.reindex(list(years))
    told = rules.indicator(indicator)
    breaks = {
        year: text for year, text in breaks_of(told, stage, lang).items() if years[0] < year <= years[-1]
    }
    for side in ("urban", "rural"):
        _line(ax, sides[side], list(breaks), side)
    _ends(ax, sides, told, stage, rules, lang)
    for rank, (year, text) in enumerate(sorted(breaks.items())):
        _break(ax, year, text, right=year - 0.5 < (years[0] + years[-1]) / 2, row=len(breaks) - 1 - rank)
    known = [int(year) for year in sides.index[sides.notna().any(axis=1)]]
    wide = max(panel_cm(ax) - _BESIDE_CM, 1.2)
    named = _apart(known, _NAME_CM / wide * (years[-1] - years[0]))
    ax.set_xticks(known, labels=[str(year) if year in named else "" for year in known])
    ax.set_xlim(years[0] - 0.3, years[-1] + max(0.15, 0.03 * len(years)))  # room for the last marker
    plain_numbers(ax.yaxis, lang)
    ax.grid(axis="y")
    ax.set_ylabel(f"{rate(told, lang)}\n{MEANS[mean][lang]}".strip())
    ax.set_xlabel("学年初所在年份" if lang == "zh" else "year in which the school year begins")
    return titled(ax, title or told.short[lang], rows_above=len(breaks))


def _apart(years: Sequence[int], least: float) -> list[int]:
    """Return the years whose names have room, the last one first: those that stand too near a later one go unnamed."""
    named: list[int] = []
    for year in reversed(years):
        if not named or named[-1] - year >= least:
            named.append(year)
    return named


def breaks_of(indicator: Indicator, stage: str, lang: Lang) -> dict[int, str]:
    """Return the years from which a column of the indicator means something else, with what changed."""
    said: dict[int, list[str]] = {}
    for name in indicator.columns(stage):
        for change in column(name).breaks:
            if change[lang] not in said.setdefault(change.year, []):
                said[change.year].append(change[lang])
    return {
        year: f"{year}年起：{'；'.join(texts)}" if lang == "zh" else f"from {year}: {'; '.join(texts)}"
        for year, texts in said.items()
    }


def _line(ax: Axes, figures: pd.Series[float], breaks: Sequence[int], side: str) -> None:
    """Draw one side, a missing point put into every break so that matplotlib lifts the pen."""
    gaps = pd.Series(float("nan"), index=[year - 0.5 for year in breaks], dtype=float)
    drawn = pd.concat([figures.set_axis(figures.index.astype(float)), gaps]).sort_index()
    mark = style.AREA[side]
    ax.plot(drawn.index, drawn, linestyle=mark.line, color=mark.fill, marker=mark.marker, ms=6,
            mec=style.INK, mew=0.6, label=f"_{side}", zorder=3)  # fmt: skip


def _ends(
    ax: Axes, sides: pd.DataFrame, indicator: Indicator, stage: str, rules: RuleSet, lang: Lang
) -> None:
    """Name the lines and the standard at the right, kept apart; a line that ends early says when."""
    limit, labels = indicator.threshold(stage), []
    for side in ("urban", "rural"):
        known = sides[side].dropna()
        name = area_name(side, rules, lang)
        if known.empty:
            labels.append((0.0, f"{name} {NO_FIGURE[lang]}"))
            continue
        when = "" if known.index[-1] == sides.index[-1] else f" ({known.index[-1]})"
        labels.append(
            (float(known.iloc[-1]), f"{name} {shown(known.iloc[-1], indicator.digits, lang)}{when}")
        )
    if limit is not None:
        ax.axhline(float(limit), color=style.INK, lw=0.9, zorder=1, label="_threshold")
        word = "标准" if lang == "zh" else "standard"
        labels.append((float(limit), f"{word} {limit_sign(indicator)}{plain(limit)}"))
    top = 1.08 * max(float(sides.max().max()), float(limit or 0))
    ax.set_ylim(0, top or 1)
    line_height = 1.6 * style.SMALL / (ax.get_window_extent().height / ax.figure.dpi * 72) * (top or 1)
    for y, (_, text) in zip(spread([y for y, _ in labels], line_height), labels, strict=True):
        beside(ax, float(sides.index[-1]) + 0.15, y, text, dx=4)


def _break(ax: Axes, year: int, text: str, *, right: bool, row: int) -> None:
    """Mark a change of definition, its note above the Axes on the side where there is room."""
    ax.axvline(year - 0.5, color=style.FAINT, lw=0.9, dashes=(4, 3), zorder=1, label="_break")
    ax.annotate(text, (year - 0.5, 1), xycoords=("data", "axes fraction"), xytext=(0, 3 + 12 * row),
                textcoords="offset points", ha="left" if right else "right", va="bottom",
                fontsize=style.SMALL, color=style.FAINT, annotation_clip=False)  # fmt: skip

"""Charts of how sure a gap is: intervals over schools; and schools against similar ones."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..gaps import MEANS as EVERY_MEAN
from ..lettering import drawable, wrapped
from ..rounding import shown, shown_against
from ..standards import RuleSet
from ..wording.labels import MEANS
from .parts import (
    area_name,
    area_or_unknown,
    beside,
    key_sides,
    known_indicators,
    legend_above,
    nothing_known,
    of_stage,
    plain_numbers,
    rows_of_text,
    titled,
)

_MEAN_MARKS = {"totals": "o", "schools": "^", "pupils": "s"}
_JITTER = (5**0.5 - 1) / 2


@style.styled
def gap_intervals(
    intervals: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the difference of the two sides by each mean with its interval, in per cent of the standard.

    Where the rule has no threshold the scale is the middle of the two sides. A mean that equals the ratio of
    totals is not drawn twice; a mark without a bar has no interval, for want of schools.

    Parameters
    ----------
    intervals
        What `uncertainty.gap_intervals` returns, of one county and year.
    """
    rows = _in_per_cent(of_stage(intervals, stage), stage, rules)
    shown_indicators = known_indicators(rules, rows["indicator"])
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.4 + 0.78 * max(len(shown_indicators), 1)))
    if rows["at"].notna().sum() == 0:
        return nothing_known(ax, lang)
    for y, indicator in enumerate(shown_indicators):
        own = _distinct_means(rows[rows["indicator"] == indicator.id])
        for k, row in enumerate(own.to_dict("records")):
            _interval(ax, y + 0.24 * (k - (len(own) - 1) / 2), row)
        _written(ax, y, own[own["mean"] == "totals"], indicator.digits, lang)
    _means_legend(ax, lang)
    rows_of_text(ax.yaxis, [wrapped(i.short[lang], 18) for i in shown_indicators])
    ax.set_ylim(len(shown_indicators) - 0.4, -0.6)
    ax.axvline(0, color=style.INK, lw=1, zorder=0)
    ax.grid(axis="x")
    plain_numbers(ax.xaxis, lang, "%")
    scale = ("占标准的百分比", "% of the standard")
    if not rules.has_thresholds:
        scale = ("占两侧中间值的百分比", "% of the middle of the two")
    ax.set_xlabel(difference_axis(rules, lang, *scale))
    return titled(ax, title, rows_above=1)


def _in_per_cent(rows: pd.DataFrame, stage: str, rules: RuleSet) -> pd.DataFrame:
    limits = {i.id: float(t) for i in rules.indicators if (t := i.threshold(stage)) is not None}
    scale = rows["indicator"].map(limits).astype(float)
    scale = scale.fillna((rows["urban"] + rows["rural"]) / 2)
    scale = scale.where(scale > 0)
    ends = {
        f"at{end}": 100 * rows[of] / scale
        for end, of in (("", "difference"), ("_low", "low"), ("_high", "high"))
    }
    return rows.assign(**ends)


def _distinct_means(rows: pd.DataFrame) -> pd.DataFrame:
    ordered = rows.set_index("mean").reindex([m for m in EVERY_MEAN if m in set(rows["mean"])]).reset_index()
    rounded = ordered["difference"].map(lambda v: f"{v:.9g}")
    return ordered[~rounded.duplicated() & ordered["at"].notna()]


def _interval(ax: Axes, y: float, row: dict[Any, Any]) -> None:
    known = not row["suppressed"]
    if known:
        ax.plot([row["at_low"], row["at_high"]], [y, y], color=style.INK, lw=1.2, zorder=2, label="_interval")
    ax.plot([row["at"]], [y], _MEAN_MARKS[row["mean"]], ms=5.5, mfc=style.INK if known else "white",
            mec=style.INK, mew=0.8, zorder=3, label=f"_{row['mean']}")  # fmt: skip


def _written(ax: Axes, y: float, totals: pd.DataFrame, digits: int, lang: Lang) -> None:
    """Write the difference of totals and its interval, or how few schools there are, right of the Axes."""
    for row in totals.to_dict("records"):
        value = shown(row["difference"], digits, lang)
        low, high = (shown_against(row[end], 0, digits, lang) for end in ("low", "high"))
        ends = f"[{low}, {high}]"
        few = f"n = {row['n_urban']}, {row['n_rural']}"
        text = f"{value}\n{few if row['suppressed'] else ends}"
        ax.annotate(text, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=style.TINY,
                    linespacing=1.15, annotation_clip=False)  # fmt: skip


def _means_legend(ax: Axes, lang: Lang) -> None:
    drawn = {str(line.get_label()) for line in ax.lines}
    for mean, marker in _MEAN_MARKS.items():
        if f"_{mean}" not in drawn:
            continue
        ax.plot([], [], marker, ms=5.5, mfc=style.INK, mec=style.INK, label=MEANS[mean][lang])
    few = "学校过少，不给区间" if lang == "zh" else "too few schools"
    ax.plot([], [], "o", ms=5.5, mfc="white", mec=style.INK, label=few)
    legend_above(ax)


def difference_axis(rules: RuleSet, lang: Lang, zh: str, en: str) -> str:
    """Return the name of an axis of differences, with the side that each direction favours."""
    urban, rural = area_name("urban", rules, lang), area_name("rural", rules, lang)
    if lang == "zh":
        return f"← {rural}较高    {urban}减{rural},{zh}    {urban}较高 →"
    return f"← {rural} higher    {urban} − {rural}, {en}    {urban} higher →"


@style.styled
def similar_strips(
    table: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw each unit in per cent of the median of its similar schools, the outermost of each indicator named.

    Parameters
    ----------
    table
        What `similar.against_similar` returns, of one county and year.
    """
    rows = of_stage(table, stage).dropna(subset=["percent"])
    named = known_indicators(rules, rows["indicator"])
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.4 + 0.82 * max(len(named), 1)))
    if rows.empty:
        return nothing_known(ax, lang)
    rows = rows.assign(area=area_or_unknown(rows["area"]))
    for y, indicator in enumerate(named):
        own = rows[rows["indicator"] == indicator.id].sort_values(["percent", "school_id"])
        own = own.assign(at=[y + ((k * _JITTER) % 1 - 0.5) * 0.3 for k in range(len(own))])
        for side, mark in style.AREA.items():
            here = own[own["area"] == side]
            ax.scatter(here["percent"], here["at"], s=16, marker=mark.marker, facecolor=mark.fill,
                       edgecolor=style.INK, linewidth=0.5, zorder=3, label=f"_{side}")  # fmt: skip
        for row, dx in ((own.iloc[0], -6), (own.iloc[-1], 6)):
            text = f"{drawable(row['school_name'], limit=18)}\n{shown(float(row['percent']), 0)}%"
            beside(ax, float(row["percent"]), float(row["at"]), text, dx=dx, fontsize=style.TINY,
                   linespacing=1.1)  # fmt: skip
    key_sides(ax, rules, lang, size=5, edge=0.5)
    legend_above(ax)
    rows_of_text(ax.yaxis, [wrapped(i.short[lang], 16) for i in named])
    ax.set_ylim(len(named) - 0.4, -0.6)
    low, high = float(rows["percent"].min()), float(rows["percent"].max())
    room = 0.3 * max(high - low, 40)
    ax.set_xlim(low - room, high + room)
    ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= high + room and tick >= low - room])
    ax.axvline(100, color=style.INK, lw=1, zorder=0)
    ax.grid(axis="x")
    plain_numbers(ax.xaxis, lang, "%")
    ax.set_xlabel("占相近学校中位数的百分比" if lang == "zh" else "per cent of the median of similar schools")
    return titled(ax, title, rows_above=1)

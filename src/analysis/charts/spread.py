"""Charts of the spread: every school on its scale, and how much of the inequality lies between the areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..lettering import wrapped
from ..rounding import NOT_KNOWN, shown
from ..standards import Indicator, RuleSet
from ..wording.labels import plain
from .parts import (
    AREAS,
    NO_FIGURE,
    area_name,
    area_or_unknown,
    beside,
    joined,
    legend_above,
    letters_across,
    limit_sign,
    missing_label,
    nothing_known,
    of_stage,
    plain_numbers,
    rows_of_text,
    titled,
    with_unit,
)

_JITTER = (5**0.5 - 1) / 2  # steps of the golden ratio spread points evenly, the same way every time


@style.styled
def distribution_by_area(
    values: pd.DataFrame,
    indicator: str,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw every unit in scope as a point, with a box (quartiles and median) per area and the threshold.

    Parameters
    ----------
    values
        The table `values` of one county and year.
    """
    rows = of_stage(values, stage)
    rows = rows[(rows["indicator"] == indicator) & rows["in_scope"].astype(bool)]
    rows = rows.assign(area=area_or_unknown(rows["area"]))
    areas = [area for area in AREAS if (rows["area"] == area).any()]
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.6 + 1.5 * max(len(areas), 1)))
    known = rows.dropna(subset=["value"])
    if known.empty:
        return nothing_known(ax, lang)
    told = rules.indicator(indicator)
    groups = [known.loc[known["area"] == area, "value"].sort_values() for area in areas]
    _boxes(ax, groups)
    labels = []
    for y, (area, group) in enumerate(zip(areas, groups, strict=True)):
        _strip(ax, y, group, area)
        lacking = int((rows["area"] == area).sum()) - len(group)
        labels.append(
            f"{area_name(area, rules, lang)}\n{joined([f'n = {len(group)}', missing_label(lacking, lang)], lang)}"
        )
        if group.empty:
            beside(ax, float(known["value"].min()), y, NO_FIGURE[lang], color=style.FAINT)
    rows_of_text(ax.yaxis, labels)
    _threshold(ax, told, stage, lang)
    ax.set_ylim(len(areas) - 0.5, -0.5)
    plain_numbers(ax.xaxis, lang)
    ax.set_xlabel(wrapped(with_unit(told.title[lang], told.unit[lang], lang), letters_across(ax)))
    return titled(ax, title, rows_above=1)


def _boxes(ax: Axes, groups: Sequence[pd.Series[float]]) -> None:
    """Draw quartiles and median of each group, the whiskers to 1.5 times the quartiles' distance."""
    line = {"color": style.FAINT, "linewidth": 0.9}
    ax.boxplot(
        [group.to_numpy() for group in groups],
        positions=range(len(groups)),
        orientation="horizontal",
        widths=0.56,
        showfliers=False,
        patch_artist=True,
        manage_ticks=False,
        boxprops={"facecolor": "#F4F4F4", "edgecolor": style.FAINT, "linewidth": 0.9},
        medianprops={"color": style.INK, "linewidth": 1.2},
        whiskerprops=line,
        capprops=line,
    )


def _strip(ax: Axes, y: int, group: pd.Series[float], area: str) -> None:
    """Scatter sorted values about a row, the same way every time."""
    mark = style.AREA[area]
    offsets = [((rank * _JITTER) % 1 - 0.5) * 0.44 for rank in range(len(group))]
    ax.scatter(group, [y + offset for offset in offsets], s=17, marker=mark.marker, facecolor=mark.fill,
               edgecolor=style.INK, linewidth=0.5, alpha=0.85, zorder=3, label=f"_{area}")  # fmt: skip


def _threshold(ax: Axes, indicator: Indicator, stage: str, lang: Lang) -> None:
    limit = indicator.threshold(stage)
    if limit is not None:
        ax.axvline(float(limit), color=style.INK, lw=1.1, zorder=2, label="_threshold")
        word = "标准" if lang == "zh" else "standard"
        beside(ax, float(limit), -0.5, f"{word} {limit_sign(indicator)}{plain(limit)}", dx=0, dy=7)


@style.styled
def theil_parts(
    theil: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    measure: str = "t",
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the Theil index of each indicator in its parts within and between the areas, the largest first.

    Parameters
    ----------
    theil
        What `inequality.theil` returns, of one county and year, with the areas as groups.
    measure
        't' for Theil T, 'l' for Theil L.
    """
    rows = of_stage(theil, stage).sort_values(
        [f"theil_{measure}", "indicator"], ascending=[False, True], na_position="last"
    )
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.8 + 0.75 * max(len(rows), 1)))
    if rows.empty:
        return nothing_known(ax, lang)
    for y, row in enumerate(rows.to_dict("records")):
        _parts(ax, y, row, measure, lang)
    _parts_legend(ax, rules, lang)
    rows_of_text(ax.yaxis, [wrapped(rules.indicator(i).short[lang], 20) for i in rows["indicator"]])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, None)
    plain_numbers(ax.xaxis, lang)
    letter = measure.upper()
    ax.set_xlabel(f"泰尔指数{letter}（无量纲）" if lang == "zh" else f"Theil {letter} (no unit)")
    return titled(ax, title, rows_above=1)


def _parts_legend(ax: Axes, rules: RuleSet, lang: Lang) -> None:
    sides = [area_name(side, rules, lang) for side in ("urban", "rural")]
    within = f"{'、'.join(sides)}各自内部" if lang == "zh" else f"within {' and '.join(sides)}"
    between = "城乡之间" if lang == "zh" else "between the two"
    for label, name in ((between, "between"), (within, "within")):  # in the order of the bars
        mark = style.PARTS[name]
        ax.barh([0], [0], color=mark.fill, hatch=mark.hatch, edgecolor=style.INK, lw=0.5, label=label)
    legend_above(ax)


def _parts(ax: Axes, y: int, row: dict[Any, Any], measure: str, lang: Lang) -> None:
    total, within, between = (row[f"{part}_{measure}"] for part in ("theil", "within", "between"))
    lacking = missing_label(int(row["n_missing"]), lang)
    if pd.isna(total) or pd.isna(between):
        beside(ax, 0, y, _undefined(int(row["n_zero"]) if measure == "l" else 0, lang), color=style.FAINT)
        return
    left = 0.0
    for name, part in (("between", between), ("within", within)):
        mark = style.PARTS[name]
        ax.barh(
            y, part, left=left, height=0.58, color=mark.fill, hatch=mark.hatch, edgecolor=style.INK, lw=0.5
        )
        left += part
    share = shown(100 * between / total, 1, lang) if total > 0 else NOT_KNOWN
    told = f"城乡之间占{share}%" if lang == "zh" else f"{share}% between"
    beside(ax, total, y, joined([shown(total, 3, lang), told, lacking], lang))


def _undefined(n_zero: int, lang: Lang) -> str:
    """Return why there is no index: no figure, or figures of zero, whose logarithm Theil L would need."""
    if not n_zero:
        return NO_FIGURE[lang]
    return f"有{n_zero}所为零，该指数无定义" if lang == "zh" else f"not defined: {n_zero} at zero"

"""Charts of how a resource is spread: Lorenz curves, and what of the inequality lies between groups."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..lettering import wrapped
from ..research.decomposition import DIVISIONS
from ..rounding import shown
from ..standards import RuleSet
from ..wording.robust_labels import DIVISIONS as DIVISION_NAMES
from .parts import (
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

_MARKS = {"area": ("o", style.INK), "ownership": ("^", "white"), "size": ("s", style.FAINT)}


@style.styled
def lorenz_panels(
    points: pd.DataFrame, measures: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang
) -> list[Axes]:
    """
    Draw the Lorenz curve of each indicator in a panel of its own, schools as marks of their side, with its Gini.

    Parameters
    ----------
    points
        What `distribution.lorenz` returns with `keep=["area"]`, of one county and year.
    measures
        What `distribution.measures` returns.
    """
    rows = of_stage(points, stage)
    named = known_indicators(rules, rows["indicator"])
    if not named:
        _, ax = style.figure()
        return [nothing_known(ax, lang)]
    gini = of_stage(measures, stage).set_index("indicator")["gini"]
    *axes, key = style.panels(len(named) + 1, columns=4, row_cm=4.1)
    for number, (ax, indicator) in enumerate(zip(axes, named, strict=True)):
        _curve(ax, rows[rows["indicator"] == indicator.id])
        word = "基尼系数" if lang == "zh" else "Gini"
        ax.text(
            0.05,
            0.93,
            f"{word} {shown(gini[indicator.id], 3)}",
            transform=ax.transAxes,
            va="top",
            fontsize=style.SMALL,
        )
        ax.set_title(wrapped(indicator.short[lang], 20), fontsize=style.BODY)
        left, bottom = number % 4 == 0, number + 4 >= len(named) + 1
        ax.set_xticks([0, 50, 100], labels=["0", "50", "100%"])
        ax.set_yticks([0, 50, 100], labels=["0", "50", "100%"] if left else [])
        if left:
            ax.set_ylabel("占资源的份额" if lang == "zh" else "share of resource")
        if bottom or number + 4 == len(named):
            ax.set_xlabel("占学生的份额" if lang == "zh" else "share of pupils")
    _key(key, rules, lang)
    return [*axes, key]


def _curve(ax: Axes, points: pd.DataFrame) -> None:
    ax.plot([0, 100], [0, 100], color=style.FAINT, lw=0.8, zorder=1, label="_equality")
    ax.plot(
        100 * points["pupil_share"],
        100 * points["resource_share"],
        color=style.INK,
        lw=1,
        zorder=2,
        label="_lorenz",
    )
    for side, mark in style.AREA.items():
        here = points[points["area"] == side]
        ax.plot(100 * here["pupil_share"], 100 * here["resource_share"], mark.marker, ms=3, mfc=mark.fill, mec=style.INK,
                mew=0.35, zorder=3, label=f"_{side}")  # fmt: skip
    ax.set_xlim(-2, 102)
    ax.set_ylim(-2, 102)
    ax.set_box_aspect(1)


def _key(ax: Axes, rules: RuleSet, lang: Lang) -> None:
    ax.set_axis_off()
    key_sides(ax, rules, lang, size=4.5, edge=0.4)
    ax.plot([], [], color=style.FAINT, lw=0.8, label="完全均等" if lang == "zh" else "equality")
    ax.legend(loc="center", title="各校按生均从少到多排列" if lang == "zh" else "schools, least\nper pupil first",
              title_fontsize=style.SMALL)  # fmt: skip


@style.styled
def division_shares(
    parts: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the share of Theil T between the groups of each division, one row an indicator.

    Parameters
    ----------
    parts
        What `decomposition.divided` returns of one county and year, the divisions one below the other.
    """
    rows = of_stage(parts, stage)
    rows = rows[(rows["theil_t"] > 0) & (rows["n_groups"] > 1)]
    named = known_indicators(rules, rows["indicator"])
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.2 + 0.8 * max(len(named), 1)))
    if not named:
        return nothing_known(ax, lang)
    for y, indicator in enumerate(named):
        own = rows[rows["indicator"] == indicator.id].set_index("division")
        for k, division in enumerate(DIVISIONS):
            if division in own.index:
                share = (
                    100
                    * float(str(own.loc[division, "between_t"]))
                    / float(str(own.loc[division, "theil_t"]))
                )
                marker, fill = _MARKS[division]
                ax.plot([share], [y + 0.3 * (k - 1)], marker, ms=5.5, mfc=fill, mec=style.INK, mew=0.8, zorder=3,
                        label=f"_{division}")  # fmt: skip
                beside(ax, share, y + 0.3 * (k - 1), shown(share, 0, lang), fontsize=style.TINY)
    for division in DIVISIONS:
        marker, fill = _MARKS[division]
        ax.plot(
            [], [], marker, ms=5.5, mfc=fill, mec=style.INK, mew=0.8, label=DIVISION_NAMES[division][lang]
        )
    legend_above(ax)
    rows_of_text(ax.yaxis, [wrapped(i.short[lang], 20) for i in named])
    ax.set_ylim(len(named) - 0.4, -0.6)
    ax.set_xlim(-2, 105)
    for y in range(len(named) - 1):
        ax.axhline(y + 0.5, color=style.GRID, lw=0.6, zorder=0)
    plain_numbers(ax.xaxis, lang, "%")
    ax.set_xlabel("组间差异占泰尔指数T的份额" if lang == "zh" else "share of Theil T between groups")
    return titled(ax, title, rows_above=1)


@style.styled
def theil_change(
    table: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw Theil T of the first and the last year in its parts between and within the areas, two bars an indicator.

    Parameters
    ----------
    table
        What `decomposition.theil_change` returns, of one county.
    """
    rows = of_stage(table.assign(year=0), stage)
    named = known_indicators(rules, rows["indicator"])
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.2 + 0.8 * max(len(named), 1)))
    if not named:
        return nothing_known(ax, lang)
    for y, indicator in enumerate(named):
        row = rows[rows["indicator"] == indicator.id].iloc[0].to_dict()
        for end, at in (("first", y - 0.21), ("last", y + 0.21)):
            _bar(ax, at, row, end, lang)
    between = "城乡之间" if lang == "zh" else "between the two"
    within = "城乡内部" if lang == "zh" else "within each"
    for label, name in ((between, "between"), (within, "within")):
        mark = style.PARTS[name]
        ax.barh([0], [0], color=mark.fill, hatch=mark.hatch, edgecolor=style.INK, lw=0.5, label=label)
    legend_above(ax)
    rows_of_text(ax.yaxis, [wrapped(i.short[lang], 20) for i in named])
    ax.set_ylim(len(named) - 0.4, -0.6)
    ax.set_xlim(0, 1.32 * float(rows[["theil_t_first", "theil_t_last"]].max().max()))
    plain_numbers(ax.xaxis, lang)
    ax.set_xlabel("泰尔指数T（无量纲）" if lang == "zh" else "Theil T (no unit)")
    return titled(ax, title, rows_above=1)


def _bar(ax: Axes, y: float, row: dict[Any, Any], end: str, lang: Lang) -> None:
    left, total = 0.0, row[f"theil_t_{end}"]
    for name in ("between", "within"):
        mark, part = style.PARTS[name], row[f"{name}_t_{end}"]
        ax.barh(
            y, part, left=left, height=0.36, color=mark.fill, hatch=mark.hatch, edgecolor=style.INK, lw=0.5
        )
        left += part
    year = f"{row[end]}年" if lang == "zh" else f"{row[end]}:"
    beside(ax, total, y, f"{year} {shown(total, 4, lang)}", fontsize=style.TINY)

"""Charts of robustness: the gap under every combination of choices, over all indicators and for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..lettering import drawable, wrapped
from ..research.robustness import CHOICES
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from ..wording.robust_labels import CHOICES as CHOICE_NAMES
from .parts import (
    area_name,
    known_indicators,
    legend_above,
    nothing_known,
    of_stage,
    plain_numbers,
    rows_of_text,
    titled,
)
from .robust import difference_axis


@style.styled
def specification_strips(
    specs: pd.DataFrame,
    holding: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the relative difference of every specification as a tick, the report's own as a dot, one row an indicator.

    Parameters
    ----------
    specs, holding
        What `robustness.specifications` and `robustness.holding` return, of one county.
    """
    rows = of_stage(specs, stage, years=True)
    named = known_indicators(rules, rows["indicator"])
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.2 + 0.75 * max(len(named), 1)))
    if not named:
        return nothing_known(ax, lang)
    shares = of_stage(holding.assign(year=0), stage).set_index("indicator")
    for y, indicator in enumerate(named):
        own = rows[rows["indicator"] == indicator.id]
        ax.plot(
            own["relative"], np.full(len(own), y), "|", ms=11, mew=0.8, color=style.FAINT, alpha=0.6, zorder=2
        )
        ax.plot(own.loc[own["own"], "relative"], [y] * int(own["own"].sum()), "o", ms=6.5, mfc=style.INK, mec="white",
                mew=0.8, zorder=3, label="_own")  # fmt: skip
        if indicator.id in shares.index:
            found = shares.loc[indicator.id]
            text = f"{found['n_same']:.0f}/{found['n']:.0f}\n{shown(100 * float(str(found['share'])), 0)}%"
            ax.annotate(text, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL,
                        linespacing=1.1, annotation_clip=False)  # fmt: skip
    ax.plot([], [], "|", ms=11, color=style.FAINT, label="一种口径" if lang == "zh" else "one specification")
    ax.plot(
        [],
        [],
        "o",
        ms=6.5,
        mfc=style.INK,
        mec="white",
        label="本报告口径" if lang == "zh" else "this report's own",
    )
    ax.plot(
        [],
        [],
        " ",
        label="右侧：方向相同的口径数" if lang == "zh" else "right: same side ahead",
    )
    legend_above(ax)
    rows_of_text(ax.yaxis, [wrapped(i.short[lang], 18) for i in named])
    ax.set_ylim(len(named) - 0.4, -0.6)
    ax.axvline(0, color=style.INK, lw=1, zorder=0)
    ax.grid(axis="x")
    plain_numbers(ax.xaxis, lang, "%")
    ax.set_xlabel(difference_axis(rules, lang, "占两侧中间值的百分比", "% of the middle of the two"))
    return titled(ax, title, rows_above=1)


@style.styled
def specification_curve(
    specs: pd.DataFrame,
    indicator: str,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    names: Mapping[str, Mapping[str, Words]],
) -> tuple[Axes, Axes]:
    """
    Draw the specifications of one indicator by the size of their difference, and under each the choices it made.

    Parameters
    ----------
    specs
        What `robustness.specifications` returns, of one county.
    names
        What the values of each choice are called (`wording.robust_labels.choice_words`).
    """
    rows = of_stage(specs, stage, years=True)
    rows = rows[(rows["indicator"] == indicator) & rows["relative"].notna()]
    rows = rows.sort_values("relative", kind="stable", ignore_index=True)
    ticks = _choice_rows(rows, names, lang)
    fig, upper = style.figure((style.TEXT_WIDTH_CM, 4.4 + 0.37 * len(ticks)))
    fig.delaxes(upper)
    upper, lower = fig.subplots(2, 1, sharex=True, height_ratios=[3.4, max(0.37 * len(ticks), 1)])
    if rows.empty:
        lower.set_axis_off()
        return nothing_known(upper, lang), lower
    _ahead(upper, rows, rules, lang)
    _chosen(lower, rows, ticks, lang)
    return upper, lower


def _ahead(ax: Axes, rows: pd.DataFrame, rules: RuleSet, lang: Lang) -> None:
    """Draw the differences by size, the marks telling which side is ahead."""
    for side in ("urban", "rural", "equal"):
        here = rows[rows["favours"] == side]
        mark = style.AREA.get(side, style.AREA["unknown"])
        if len(here):
            ax.plot(here.index, here["relative"], mark.marker, ms=3.5, mfc=mark.fill, mec=style.INK, mew=0.4,
                    label=_ahead_name(side, rules, lang))  # fmt: skip
    own = rows[rows["own"]]
    label = "本报告口径" if lang == "zh" else "this report's own"
    ax.plot(own.index, own["relative"], "o", ms=11, mfc="none", mec=style.INK, mew=1.2, label=label)
    ax.axhline(0, color=style.INK, lw=0.9, zorder=0)
    ax.grid(axis="y")
    plain_numbers(ax.yaxis, lang, "%")
    urban, rural = area_name("urban", rules, lang), area_name("rural", rules, lang)
    middle = "占中间值的百分比" if lang == "zh" else "per cent of the middle"
    named = f"{urban}减{rural}" if lang == "zh" else f"{urban} − {rural}"
    ax.set_ylabel(f"{named}\n{middle}", linespacing=1.4)
    legend_above(ax)


def _ahead_name(side: str, rules: RuleSet, lang: Lang) -> str:
    if side == "equal":
        return "持平" if lang == "zh" else "alike"
    name = area_name(side, rules, lang)
    return f"{name}占优" if lang == "zh" else f"{name} ahead"


def _chosen(ax: Axes, rows: pd.DataFrame, ticks: Sequence[tuple[str, str, str]], lang: Lang) -> None:
    """Draw a stroke under each specification in the row of every choice it made."""
    for y, (choice, value, _) in enumerate(ticks):
        at = rows.index[rows[choice].astype(str) == value]
        ax.plot(at, np.full(len(at), y), "|", ms=4.5, mew=0.9, color=style.INK)
    for y, (above, below) in enumerate(pairwise(ticks)):
        if above[0] != below[0]:
            ax.axhline(y + 0.5, color=style.GRID, lw=0.8)
    rows_of_text(ax.yaxis, [text for _, _, text in ticks])
    ax.set_ylim(len(ticks) - 0.4, -0.6)
    ax.set_xlabel(f"{len(rows)}种口径，按差值排列" if lang == "zh" else f"{len(rows)} specifications by size")
    ax.set_xticks([])


def _choice_rows(
    rows: pd.DataFrame, names: Mapping[str, Mapping[str, Words]], lang: Lang
) -> list[tuple[str, str, str]]:
    """Return (choice, value, label) for each value of each choice that varies."""
    found = []
    for choice in CHOICES:
        values = list(dict.fromkeys(rows[choice].sort_values().astype(str)))
        known = names.get(choice, {})
        values.sort(key=lambda v: list(known).index(v) if v in known else 0)
        for value in values if len(values) > 1 else []:
            said = known[value][lang] if value in known else value
            sep = ":" if lang == "zh" else ": "
            found.append((str(choice), value, drawable(f"{CHOICE_NAMES[choice][lang]}{sep}{said}", limit=44)))
    return found

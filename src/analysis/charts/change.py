"""Charts of change: what pupils did and what resources did, and the gap by three ways of following schools."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..lettering import wrapped
from ..rounding import shown
from ..schema import column
from ..standards import Indicator, RuleSet
from ..wording.robust_labels import KINDS, LINES
from .parts import (
    area_name,
    known_indicators,
    legend_above,
    nothing_known,
    of_stage,
    plain_numbers,
    rows_of_text,
    short_label,
    titled,
)

_EFFECTS = {
    "pupil": style.Mark("#FFFFFF", style.INK, hatch="////"),
    "resource": style.Mark("#7FA3C0", style.INK),
}
_LOOKS = {
    "current": ("-", "o", 7.0, "white"),
    "fixed": ("--", "D", 4.5, "white"),
    "panel": (":", "s", 2.8, style.INK),
}


@style.styled
def effect_bars(
    effects: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the pupil effect and the resource effect of each indicator and side, in per cent of the first year.

    Effects of one direction stand one behind the other, of opposite ones on either side of zero; a diamond marks
    the change, which is their sum. At the right the change in the indicator's unit and what may be said of it.

    Parameters
    ----------
    effects
        What `change.effects` returns, of one county.
    """
    rows = of_stage(effects.assign(year=0), stage)
    rows = rows[rows["area"].isin(["urban", "rural"])]
    named = known_indicators(rules, rows["indicator"])
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.4 + 1.15 * max(len(named), 1)))
    if not named:
        return nothing_known(ax, lang)
    labels: list[str] = []
    for k, indicator in enumerate(named):
        for side in ("urban", "rural"):
            own = rows[(rows["indicator"] == indicator.id) & (rows["area"] == side)]
            y = len(labels)
            name = wrapped(indicator.short[lang], 18) if side == "urban" else ""
            labels.append(f"{name}  {area_name(side, rules, lang)}".strip())
            if len(own):
                _effects(ax, y, own.iloc[0].to_dict(), indicator, lang)
        if k:
            ax.axhline(2 * k - 0.5, color=style.GRID, lw=0.8, zorder=0)
    words = {
        "pupil": "学生数效应" if lang == "zh" else "pupil effect",
        "resource": "资源效应" if lang == "zh" else "resource effect",
    }
    for name, mark in _EFFECTS.items():
        ax.barh([0], [0], color=mark.fill, hatch=mark.hatch, edgecolor=style.INK, lw=0.5, label=words[name])
    ax.plot(
        [], [], "D", ms=5, color=style.INK, label="变化（两者之和）" if lang == "zh" else "change (their sum)"
    )
    legend_above(ax)
    rows_of_text(ax.yaxis, labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.axvline(0, color=style.INK, lw=1, zorder=2)
    plain_numbers(ax.xaxis, lang, "%")
    ax.grid(axis="x")
    ax.set_xlabel("占首年值的百分比" if lang == "zh" else "per cent of the first year's figure")
    return titled(ax, title, rows_above=1)


def _effects(ax: Axes, y: int, row: dict[Any, Any], indicator: Indicator, lang: Lang) -> None:
    first = row["value_first"]
    if first > 0:
        ends = {1.0: 0.0, -1.0: 0.0}
        for name, mark in _EFFECTS.items():
            wide = 100 * row[f"{name}_effect"] / first
            way = 1.0 if wide >= 0 else -1.0
            ax.barh(
                y,
                wide,
                left=ends[way],
                height=0.6,
                color=mark.fill,
                hatch=mark.hatch,
                edgecolor=style.INK,
                lw=0.5,
            )
            ends[way] += wide
        ax.plot(
            [100 * row["change"] / first], [y], "D", ms=5, color=style.INK, mec="white", mew=0.6, zorder=4
        )
    sign = "+" if float(shown(row["change"], indicator.digits)) > 0 else ""
    unit = indicator.unit[lang] if lang == "zh" else f" {indicator.unit[lang]}"
    text = f"{sign}{shown(row['change'], indicator.digits, lang)}{unit}\n{KINDS[row['kind']][lang]}"
    ax.annotate(text, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=style.TINY,
                linespacing=1.05, annotation_clip=False)  # fmt: skip


@style.styled
def panel_lines(lines: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang) -> list[Axes]:
    """
    Draw the difference of the two sides over the years by three ways of following schools, one panel an indicator.

    Lines that fall together show as marks within one another. They break where a definition changed.

    Parameters
    ----------
    lines
        What `change.area_lines` returns, of one county.
    """
    rows = of_stage(lines, stage, years=True)
    rows = rows[rows["mean"] == "totals"]
    named = known_indicators(rules, rows["indicator"])
    if not named:
        _, ax = style.figure()
        return [nothing_known(ax, lang)]
    *axes, key = style.panels(len(named) + 1, columns=4, row_cm=4.2)
    for ax, indicator in zip(axes, named, strict=True):
        own = rows[rows["indicator"] == indicator.id].pivot_table(
            index="year", columns="line", values="difference"
        )
        years = list(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
        breaks = {
            b.year
            for name in indicator.columns(stage)
            for b in column(name).breaks
            if years[0] < b.year <= years[-1]
        }
        for name, (dashes, marker, size, fill) in _LOOKS.items():
            if name in own:
                figures = own[name].reindex(sorted([*map(float, years), *(year - 0.5 for year in breaks)]))
                ax.plot(figures.index, figures, dashes, color=style.INK, lw=0.9, marker=marker, ms=size, mfc=fill, mec=style.INK,
                        mew=0.7, label=f"_{name}")  # fmt: skip
        for year in breaks:
            ax.axvline(year - 0.5, color=style.FAINT, lw=0.9, dashes=(4, 3), zorder=1)
        ax.axhline(0, color=style.INK, lw=0.8, zorder=0)
        ax.set_title(short_label(indicator, lang, 18), fontsize=style.SMALL)
        ax.set_xticks([years[0], years[-1]], labels=[str(years[0]), str(years[-1])])
        ax.set_xticks(years, minor=True)
        ax.set_xlim(years[0] - 0.5, years[-1] + 0.5)
        ax.margins(y=0.15)
        plain_numbers(ax.yaxis, lang)
        ax.grid(axis="y")
    _key(key, rules, lang)
    return [*axes, key]


def _key(ax: Axes, rules: RuleSet, lang: Lang) -> None:
    ax.set_axis_off()
    for name, (dashes, marker, size, fill) in _LOOKS.items():
        ax.plot([], [], dashes, color=style.INK, lw=0.9, marker=marker, ms=size, mfc=fill, mec=style.INK, mew=0.7,
                label=LINES[name][lang])  # fmt: skip
    urban, rural = area_name("urban", rules, lang), area_name("rural", rules, lang)
    ax.legend(loc="center", title=f"{urban}减{rural}\n（总量之比）" if lang == "zh" else f"{urban} − {rural}\n(ratio of totals)",
              title_fontsize=style.SMALL)  # fmt: skip

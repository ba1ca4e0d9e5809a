"""Charts of the ledger: which dispersion is over its limit, and what is missing in things."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .. import style
from ..errors import Lang
from ..lettering import drawable, wrapped
from ..rounding import at_least_shown, shown, shown_against
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..wording.labels import VERDICTS
from .parts import (
    AREAS,
    NO_FIGURE,
    area_name,
    area_or_unknown,
    beside,
    joined,
    known_indicators,
    missing_label,
    nothing_known,
    of_stage,
    plain_numbers,
    rows_of_text,
    titled,
)

COMBINED = Words(zh="综合差异系数", en="mean of the coefficients")


@style.styled
def dispersion_limits(
    dispersion: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the coefficient of variation of each indicator against its limit, the largest first.

    Where the rule limits their mean, only the row of the mean has a limit, and it stands last.

    Parameters
    ----------
    dispersion
        The table of that name, of one county and year.
    """
    rows = in_order(of_stage(dispersion, stage))
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.4 + 0.8 * max(len(rows), 1)))
    if rows.empty:
        return nothing_known(ax, lang)
    limits = rules.dispersion.limits() if rules.dispersion else {}
    for y, row in enumerate(rows.to_dict("records")):
        _coefficient(ax, y, row, Fraction(limits[stage]) if stage in limits else None, lang)
    short = {i.id: i.short[lang] for i in rules.indicators} | {"combined": COMBINED[lang]}
    rows_of_text(ax.yaxis, [wrapped(short[i], 20) for i in rows["indicator"]])
    ax.set_ylim(len(rows) - 0.5, -0.7)
    ax.set_xlim(0, None)
    ax.grid(axis="x")
    plain_numbers(ax.xaxis, lang)
    ax.set_xlabel(
        "差异系数（按学生数加权，无量纲）"
        if lang == "zh"
        else "coefficient of variation (pupil-weighted, no unit)"
    )
    if rows["limit"].notna().any():
        first = int(rows["limit"].notna().to_numpy().argmax())
        word = f"上限 {limits[stage]}" if lang == "zh" else f"limit {limits[stage]}"
        beside(ax, float(rows["limit"].iloc[first]), first - 0.5, word, dx=0, dy=6)
    return titled(ax, title, rows_above=1)


def in_order(dispersion: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one stage, the largest coefficient first, their mean last."""
    rows = dispersion.assign(last=dispersion["indicator"] == "combined")
    return rows.sort_values(["last", "cv"], ascending=[True, False], na_position="last", kind="stable")


def _coefficient(ax: Axes, y: int, row: dict[Any, Any], limit: Fraction | None, lang: Lang) -> None:
    judged = not pd.isna(row["limit"])
    if judged:
        ax.plot([row["limit"]] * 2, [y - 0.5, y + 0.5], color=style.INK, lw=1.2, label="_limit")
    word = VERDICTS[row["verdict"]][lang] if judged and row["verdict"] in VERDICTS else ""
    lacking = missing_label(int(row["n_missing"]), lang)
    if pd.isna(row["cv"]):
        told = joined([NO_FIGURE[lang], word], lang)
        ax.annotate(told, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL)
        return
    mark = style.VERDICT.get(row["verdict"], style.STATUS["unjudged"]) if judged else style.STATUS["unjudged"]
    ax.plot([0, row["cv"]], [y, y], color=style.GRID, lw=2.5, zorder=1, solid_capstyle="butt")
    ax.plot([row["cv"]], [y], mark.marker, ms=7, mfc=mark.fill, mec=style.INK, mew=0.8, zorder=3)
    told = joined(
        [f"{shown_against(row['cv'], limit if judged else None, 3, lang)} {word}".strip(), lacking], lang
    )
    ax.annotate(told, (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=style.SMALL)


@style.styled
def shortfall_bars(
    shortfalls: pd.DataFrame,
    indicator: str,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw what one indicator is short of in things, by area, with the units that are short and those unknown.

    Parameters
    ----------
    shortfalls
        The table of that name, of one county and year; `gap` in the registry's unit.
    """
    rows = of_stage(shortfalls, stage)
    rows = rows[rows["indicator"] == indicator]
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM / 2, 4.0))
    if rows.empty:
        return nothing_known(ax, lang)
    told = rules.indicator(indicator)
    by_area = rows.assign(area=area_or_unknown(rows["area"])).set_index("area")
    areas = [area for area in AREAS if area in by_area.index]
    for y, area in enumerate(areas):
        _shortfall(ax, y, area, by_area.loc[area].to_dict(), told, lang)
    rows_of_text(ax.yaxis, [area_name(area, rules, lang) for area in areas])
    ax.set_ylim(len(areas) - 0.4, -0.6)
    ax.set_xlim(0, None)
    ax.margins(x=0)
    plain_numbers(ax.xaxis, lang)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=bool(told.thing and told.thing.whole)))
    thing = told.thing or told.unit
    ax.set_xlabel(f"还缺（{thing.zh}）" if lang == "zh" else f"shortfall ({thing.en})")
    ax.set_title(drawable(title or told.short[lang]), loc="left", fontsize=style.BODY)
    return ax


def things(indicator: Indicator) -> tuple[int, int]:
    """Return what a gap is divided by to be told in things, and the decimals it is then shown with."""
    factor = indicator.thing.factor if indicator.thing else 1
    return factor, 0 if factor == 1 else 1


def _shortfall(ax: Axes, y: int, area: str, row: dict[Any, Any], indicator: Indicator, lang: Lang) -> None:
    n, short, lacking = int(row["n_units"]), int(row["n_short"]), int(row["n_missing"])
    if pd.isna(row["gap"]) or lacking == n:
        told = f"{n}所均{NO_FIGURE.zh}" if lang == "zh" else f"{NO_FIGURE.en} ({n} of {n})"
        beside(ax, 0, y, told, color=style.FAINT)
        return
    (factor, digits), mark = things(indicator), style.AREA[area]
    ax.barh(y, row["gap"] / factor, height=0.55, color=mark.fill, edgecolor=style.INK, lw=0.5, hatch=mark.hatch,
            label=f"_{area}")  # fmt: skip
    text = shown(at_least_shown(row["gap"] / factor, digits), digits, lang)
    if lacking:
        text += f"，另{lacking}所{NO_FIGURE.zh}" if lang == "zh" else f" ({lacking} with {NO_FIGURE.en})"
    text += f"\n{n}所中{short}所不足" if lang == "zh" else f"\n{short} of {n} short"
    beside(ax, row["gap"] / factor, y, text)


@style.styled
def shortfall_panels(
    shortfalls: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    axes: Sequence[Axes] | None = None,
) -> list[Axes]:
    """Draw one small panel per indicator with a threshold; see `shortfall_bars`."""
    held = known_indicators(rules, of_stage(shortfalls, stage)["indicator"])
    indicators = [indicator for indicator in held if indicator.threshold(stage) is not None]
    if axes is None:
        axes = style.panels(len(indicators), row_cm=3.9)
    return [
        shortfall_bars(shortfalls, indicator.id, stage, rules=rules, lang=lang, ax=ax)
        for indicator, ax in zip(indicators, axes, strict=True)
    ]

"""One page a county: each indicator's two sides, where its gap lies among all counties, and how it moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..lettering import drawable, wrapped
from ..research.comparison import Comparison, few_on_a_side
from ..rounding import shown, shown_against
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import typeset
from .parts import area_name, joined, short_label
from .region import COUNTY, HOLLOW

_ROW_CM, _HEAD_CM, _FOOT_CM = 1.5, 2.3, 1.2
_TEXT, _STRIP, _YEARS = (0.0, 0.355), (0.375, 0.715), (0.765, 0.985)  # of the page's width
_LABEL = 30  # Latin letters of an indicator's name
_SENTENCE: dict[Lang, int] = {"zh": 120, "en": 104}  # Latin letters of a line over the page's width
_HALF = 0.3  # of a row, what a strip or a line of years fills on either side of its middle


@style.styled
def county_profile(
    gaps: pd.DataFrame,
    over_years: pd.DataFrame,
    code: str,
    *,
    rules: RuleSet,
    names: Mapping[str, str],
    choices: Comparison,
    sentence: Words,
    spread: pd.DataFrame | None = None,
    lang: Lang,
) -> Axes:
    """
    Draw the page of one county.

    Parameters
    ----------
    gaps
        `comparison.county_gaps` of one year, all counties and stages.
    over_years
        The same of the comparable years (`change.comparable_since`).
    code
        The county; it stands in `gaps`.
    names
        County code to name.
    sentence
        The county in words, above the rows.
    spread
        `assessment.dispersion` of that year, for rules that limit the coefficients of variation.

    Returns
    -------
    The Axes of the strips, a row an indicator: every county a thin mark, this one a diamond (hollow with few units on a
    side), zero in the middle.
    """
    rows = list(_rows(gaps, rules))
    head = wrapped(drawable(typeset(sentence)[lang], limit=600), _SENTENCE[lang])
    head_cm = _HEAD_CM + 0.34 * head.count("\n")
    tall = head_cm + _FOOT_CM + _ROW_CM * max(len(rows), 1)
    fig, _ = style.figure((style.TEXT_WIDTH_CM, tall))
    fig.clear()
    fig.set_layout_engine("none")
    bottom, top = _FOOT_CM / tall, 1 - head_cm / tall
    page, strip, years = (
        fig.add_axes((left, bottom, right - left, top - bottom)) for left, right in (_TEXT, _STRIP, _YEARS)
    )
    for ax in (page, strip, years):
        ax.set(xlim=(0, 1) if ax is page else (-1.08, 1.08), ylim=(len(rows) - 0.5, -0.5))
        ax.set_axis_off()
    fig.text(0, 1 - 0.15 / tall, _title(names[code], gaps, lang), fontsize=style.BODY + 4, va="top")
    fig.text(0, 1 - 0.95 / tall, head, fontsize=style.SMALL, va="top", linespacing=1.35)
    _column_heads(strip, years, rules, lang)
    for y, (indicator, of_row) in enumerate(rows):
        own = of_row[of_row["county_code"] == code]
        stage = str(of_row["stage"].iloc[0])
        _tell(page, y, indicator, stage, own, _cv(spread, code, stage, indicator), rules, lang)
        _strip(strip, y, indicator, of_row, code, choices, lang)
        line = over_years[(over_years["stage"] == stage) & (over_years["indicator"] == indicator.id)]
        _years(years, y, line, code, lang)
    return strip


def _title(name: str, gaps: pd.DataFrame, lang: Lang) -> str:
    year = int(gaps["year"].iloc[0])
    return f"{drawable(name, limit=60)}　{year}年" if lang == "zh" else f"{drawable(name, limit=60)}, {year}"


def _rows(gaps: pd.DataFrame, rules: RuleSet) -> Iterator[tuple[Indicator, pd.DataFrame]]:
    """Yield each indicator and stage with the rows of all counties, in the order of the rule."""
    for stage in rules.judged_stages:
        for indicator in rules.indicators:
            rows = gaps[(gaps["stage"] == stage) & (gaps["indicator"] == indicator.id)]
            if len(rows):
                yield indicator, rows


def _column_heads(strip: Axes, years: Axes, rules: RuleSet, lang: Lang) -> None:
    urban, rural = (area_name(side, rules, lang) for side in ("urban", "rural"))
    zh = lang == "zh"
    heads = (
        (strip, -1.0, "left", f"← {rural}高" if zh else f"← {rural} higher"),
        (strip, 1.0, "right", f"{urban}高 →" if zh else f"{urban} higher →"),
        (years, 0.0, "center", "历年差距；灰为各县中间一半" if zh else "gap by year; grey: middle half"),
    )
    for ax, x, side, text in heads:
        ax.annotate(text, (x, 1), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
                    ha=side, va="bottom", fontsize=style.TINY, color=style.FAINT)  # fmt: skip


def _tell(
    ax: Axes,
    y: int,
    indicator: Indicator,
    stage: str,
    own: pd.DataFrame,
    cv: Mapping[str, Any] | None,
    rules: RuleSet,
    lang: Lang,
) -> None:
    """Write the indicator, both sides with their units, the gap's rank, and the CV where there is one."""
    name = short_label(indicator, lang, _LABEL).replace("\n", " ")
    title = rules.stage_title(stage, lang)
    head = f"{title}{name}" if lang == "zh" else joined([name, title], lang)
    ax.text(0, y - 0.28, wrapped(head, _LABEL + 8), fontsize=style.SMALL, va="center", linespacing=1.1)
    told = [_sides(own.iloc[0], indicator, rules, lang)] if len(own) else []
    if cv is not None:
        told.append(_cv_told(cv, lang))
    ax.text(0, y + 0.02, "\n".join(told), fontsize=style.TINY, va="top", color=style.INK, linespacing=1.3)


def _sides(row: Mapping[str, Any] | pd.Series[Any], indicator: Indicator, rules: RuleSet, lang: Lang) -> str:
    parts = []
    for side in ("urban", "rural"):
        figure = shown(row[side], indicator.digits, lang)
        n = int(row[f"n_{side}"])
        parts.append(f"{area_name(side, rules, lang)} {figure}" + (f"（{n}）" if lang == "zh" else f" ({n})"))
    return ("；" if lang == "zh" else "; ").join(parts)


def _cv_told(cv: Mapping[str, Any], lang: Lang) -> str:
    limit, value = cv["limit"], cv["cv"]
    if pd.isna(value):
        return "差异系数待定" if lang == "zh" else "CV undetermined"
    if pd.isna(limit):
        return f"差异系数{shown(value, 3, lang)}" if lang == "zh" else f"CV {shown(value, 3, lang)}"
    sign = {"pass": "≤", "fail": ">"}.get(str(cv["verdict"]))
    figure = shown_against(value, limit, 3, lang)
    if sign is None:
        return f"差异系数{figure}，待定" if lang == "zh" else f"CV {figure}, undetermined"
    return f"差异系数{figure}{sign}{limit:g}" if lang == "zh" else f"CV {figure} {sign} {limit:g}"


def _cv(spread: pd.DataFrame | None, code: str, stage: str, indicator: Indicator) -> Mapping[str, Any] | None:
    if spread is None:
        return None
    found = spread[
        (spread["county_code"] == code) & (spread["stage"] == stage) & (spread["indicator"] == indicator.id)
    ]
    return cast("dict[str, Any]", found.iloc[0].to_dict()) if len(found) else None


def _strip(
    ax: Axes, y: int, indicator: Indicator, rows: pd.DataFrame, code: str, choices: Comparison, lang: Lang
) -> None:
    """Draw the gaps of all counties along a line with zero in its middle, this county's on top."""
    known = rows.dropna(subset=["difference"])
    own = known[known["county_code"] == code]
    most = float(known["difference"].abs().max()) if len(known) else 0.0
    ax.plot([-1, 1], [y, y], color=style.GRID, lw=0.8, zorder=1)
    ax.plot([0, 0], [y - 0.2, y + _HALF], color=style.INK, lw=0.8, zorder=2)
    across = known["difference"] / (most or 1)
    ax.vlines(across, y - 0.16, y + 0.16, color=COUNTY, lw=0.7, alpha=0.35, zorder=2)
    if len(known):
        for x, side in ((-1.0, "left"), (1.0, "right")):
            ax.text(x, y + 0.36, shown(x * most, indicator.digits, lang), fontsize=style.TINY - 1, ha=side, va="center",
                    color=style.FAINT)  # fmt: skip
    if own.empty:
        text = "缺少一侧，不比较" if lang == "zh" else "a side is lacking: not compared"
        ax.text(0.06, y - 0.33, text, fontsize=style.TINY, va="center", color=style.FAINT)
        return
    row = own.iloc[0]
    at = float(row["difference"]) / (most or 1)
    few = bool(few_on_a_side(own, choices.few_units).iloc[0])
    fill = HOLLOW if few else style.AREA["rural"].fill
    ax.plot([at], [y], "D", ms=6, mfc=fill, mec=style.INK, mew=0.8, zorder=4)
    gap = shown(row["difference"], indicator.digits, lang)
    rank, n = int(row["rank"]), int(row["n"])
    text = f"差{gap}，第{rank}位（共{n}县）" if lang == "zh" else f"gap {gap}, rank {rank} of {n}"
    ax.text(
        float(np.clip(at, -0.55, 0.55)), y - 0.36, text, fontsize=style.TINY, ha="center", va="center",
        color=style.INK, zorder=5,
    )  # fmt: skip


def _years(ax: Axes, y: int, rows: pd.DataFrame, code: str, lang: Lang) -> None:
    """Draw this county's gap over the comparable years before the middle half of all counties."""
    known = rows.dropna(subset=["exact"])
    own = known[known["county_code"] == code].sort_values("year")
    years = np.sort(known["year"].unique())
    if len(years) < 2 or own.empty:
        ax.text(0, y, "—", ha="center", va="center", fontsize=style.SMALL, color=style.FAINT)
        return
    place = dict(zip(years, np.linspace(-0.9, 0.9, len(years)), strict=True))
    low, high = (known.groupby("year")["exact"].quantile(q) for q in (0.25, 0.75))
    scale = float(pd.concat([low, high, own["exact"]]).abs().max()) or 1.0
    x = [place[year] for year in low.index]
    ax.fill_between(x, y - _HALF * low / scale, y - _HALF * high / scale, color=style.GRID, lw=0, zorder=1)
    ax.plot([-0.9, 0.9], [y, y], color=style.INK, lw=0.6, zorder=2)
    ax.plot([place[year] for year in own["year"]], y - _HALF * own["exact"] / scale, "-o", color=style.INK, ms=2.6,
            lw=1.1, zorder=3)  # fmt: skip
    for year, side in ((years[0], "left"), (years[-1], "right")):
        ax.text(place[year], y + 0.42, str(year), fontsize=style.TINY - 1, ha=side, va="center", color=style.FAINT)  # fmt: skip

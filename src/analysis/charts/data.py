"""Charts of the data check: what is known, and how many pupils there are."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..lettering import wrapped
from ..rounding import shown
from ..standards import Indicator, RuleSet
from .parts import (
    AREAS,
    NO_FIGURE,
    area_name,
    area_or_unknown,
    beside,
    boxed,
    cell,
    joined,
    known_indicators,
    legend_above,
    missing_label,
    nothing_known,
    of_stage,
    plain_numbers,
    rows_of_text,
    titled,
)


@style.styled
def coverage(
    values: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw how many of the units in scope have each figure: bars for one year, a grid for several.

    Parameters
    ----------
    values
        The table `values` of one county, any number of years.

    Returns
    -------
    The Axes; every bar or cell says how many of how many are known, and how many are missing.
    """
    rows = of_stage(values, stage, years=True)
    rows = rows[rows["in_scope"].astype(bool)]
    known = rows.groupby(["indicator", "year"])["value"].agg(n="size", known="count").reset_index()
    indicators = known_indicators(rules, known["indicator"])
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.5 + 0.95 * max(len(indicators), 1)))
    if known.empty:
        return nothing_known(ax, lang)
    if len(known["year"].unique()) == 1:
        _coverage_bars(ax, known.set_index("indicator"), indicators, lang)
    else:
        _coverage_grid(ax, known, indicators, lang)
    rows_of_text(ax.yaxis, [wrapped(i.short[lang], 22) for i in indicators])
    return titled(ax, title)


def _coverage_bars(ax: Axes, known: pd.DataFrame, indicators: Sequence[Indicator], lang: Lang) -> None:
    full, blank = style.STATUS["met"], style.STATUS["missing"]
    for y, row in enumerate(known.loc[[i.id for i in indicators], ["n", "known"]].to_numpy()):
        n, found = int(row[0]), int(row[1])
        share = 100 * found / n
        ax.barh(y, share, height=0.6, color=full.fill, edgecolor=style.FAINT, lw=0.5)
        ax.barh(y, 100 - share, left=share, height=0.6, color=blank.fill, hatch=blank.hatch,
                edgecolor=style.FAINT, lw=0.5)  # fmt: skip
        beside(ax, 100, y, joined([f"{found}/{n}", missing_label(n - found, lang)], lang))
    ax.set_xlim(0, 100)
    ax.set_ylim(len(indicators) - 0.5, -0.5)
    plain_numbers(ax.xaxis, lang, "%")
    ax.set_xlabel("有数据的办学单位占比（%）" if lang == "zh" else "units whose figure is known (%)")


def _coverage_grid(ax: Axes, known: pd.DataFrame, indicators: Sequence[Indicator], lang: Lang) -> None:
    ids = [indicator.id for indicator in indicators]
    years = list(range(known["year"].min(), known["year"].max() + 1))
    asked = pd.MultiIndex.from_product([ids, years])
    counts = known.set_index(["indicator", "year"])[["n", "known"]].reindex(asked, fill_value=0).to_numpy()
    for y, of_indicator in enumerate(counts.reshape(len(ids), len(years), 2)):
        for x, (n, found) in enumerate(of_indicator):
            mark = style.STATUS["missing" if found == 0 else "met" if found == n else "floor"]
            cell(ax, x, y, 1, mark)
            text = "\n".join(filter(None, [f"{found}/{n}", missing_label(n - found, lang)]))
            boxed(ax, x + 0.5, y, text if n else NO_FIGURE[lang], mark)
    ax.set_xlim(0, len(years))
    ax.set_ylim(len(indicators) - 0.5, -0.5)
    ax.set_xticks([x + 0.5 for x in range(len(years))], labels=[str(year) for year in years])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(
        "年份；格内为有数据的单位数/应有数据的单位数"
        if lang == "zh"
        else "year; in the cells: units known / units in scope"
    )


@style.styled
def enrolment(
    units: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the pupils of a stage by year, stacked by area, all units counted whether judged or not.

    Parameters
    ----------
    units
        The table `units` of one county, any number of years. Units whose pupils are missing are counted
        below their year; a year without any figure says so in the place of its bar.
    """
    rows = of_stage(units, stage, years=True)
    if ax is None:
        _, ax = style.figure()
    if rows["pupils"].notna().sum() == 0:
        return nothing_known(ax, lang)
    rows = rows.assign(area=area_or_unknown(rows["area"]))
    years = list(range(int(rows["year"].min()), int(rows["year"].max()) + 1))
    pupils = rows.pivot_table(index="year", columns="area", values="pupils", aggfunc="sum")
    pupils = pupils.reindex(years).fillna(0.0)
    base = pd.Series(0.0, index=years)
    for area in (area for area in AREAS if area in pupils):
        _stack(ax, pupils[area], base, area, rules, lang, tallest=float(pupils.sum(axis=1).max()))
        base = base + pupils[area]
    by_year = rows["pupils"].groupby(rows["year"])
    known, asked = (counted.reindex(years, fill_value=0) for counted in (by_year.count(), by_year.size()))
    for year in years:
        beside(
            ax, year, base[year], shown(base[year], 0, lang) if known[year] else NO_FIGURE[lang], dx=0, dy=7
        )
    labels = [f"{year}\n{missing_label(asked[year] - known[year], lang)}".strip() for year in years]
    ax.set_xticks(years, labels=labels)
    ax.margins(y=0.1)
    plain_numbers(ax.yaxis, lang)
    name = rules.stage_title(stage, lang)
    ax.set_ylabel(f"{name}在校生数（人）" if lang == "zh" else f"{name} pupils".strip())
    ax.set_xlabel("学年初所在年份" if lang == "zh" else "year in which the school year begins")
    legend_above(ax)
    return titled(ax, title, rows_above=1)


def _stack(
    ax: Axes,
    part: pd.Series[float],
    base: pd.Series[float],
    area: str,
    rules: RuleSet,
    lang: Lang,
    *,
    tallest: float,
) -> None:
    mark = style.AREA[area]
    ax.bar(part.index, part, bottom=base, width=0.62, color=mark.fill, hatch=mark.hatch, edgecolor=style.INK,
           lw=0.5, label=area_name(area, rules, lang))  # fmt: skip
    for year, n, below in zip(part.index.tolist(), part.tolist(), base.tolist(), strict=True):
        if n > 0.07 * tallest:
            ground = {"facecolor": mark.fill, "edgecolor": "none", "pad": 0.6} if mark.hatch else None
            ax.text(year, below + n / 2, shown(n, 0, lang), ha="center", va="center",
                    fontsize=style.SMALL, color=mark.ink, bbox=ground)  # fmt: skip

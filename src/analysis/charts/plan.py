"""Charts of the plan: pupils to come, schools that meet the rule each year, money by year, money against coverage."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .. import style
from ..errors import Lang
from ..lettering import wrapped
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from ..wording.outlook import PAST_ERRORS, VARIANTS
from ..wording.plan import FUNDS
from .parts import beside, legend_above, nothing_known, plain_numbers, rows_of_text, spread, titled

LINES = {"low": ("#6B6B6B", ":", "v"), "middle": (style.INK, "-", "o"), "high": ("#6B6B6B", "--", "^")}
CASES = {
    "nothing": Words(zh="不新增投入", en="nothing done"),
    "plan": Words(zh="实施规划", en="with the plan"),
}
_CASE_MARKS = {
    "nothing": style.Mark("#FFFFFF", style.INK, hatch="////"),
    "plan": style.Mark("#1F4E79", "#FFFFFF"),
}
FUND_MARKS = {
    "buildings": style.Mark("#1F4E79", "#FFFFFF"),
    "equipment": style.Mark("#E8A33D", style.INK, hatch="////"),
    "staff": style.Mark("#DCEAF4", style.INK, hatch="...."),
}
WAN = 1e4
_GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}


@style.styled
def pupils_ahead(
    filed: pd.DataFrame,
    totals: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw the pupils of a stage on file and projected, in three variants, over the interval that past errors suggest.

    A line stands in the ground where assumed births begin.

    Parameters
    ----------
    filed
        `year`, `pupils` of the stage on file.
    totals
        `enrolment.stage_totals` by variant, year and stage, with `enrolment.with_interval` or without.
    """
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 7.0))
    rows = totals[totals["stage"] == stage]
    if rows.empty:
        return nothing_known(ax, lang)
    ax.plot(
        filed["year"],
        filed["pupils"],
        color=style.INK,
        marker="s",
        ms=4,
        label="在校生" if lang == "zh" else "filed",
    )
    ends = []
    for variant, (colour, line, marker) in LINES.items():
        own = rows[rows["variant"] == variant].sort_values("year")
        ax.plot(
            own["year"],
            own["pupils"],
            color=colour,
            linestyle=line,
            marker=marker,
            ms=4,
            label=VARIANTS[variant][lang],
        )
        ends.append((float(own["pupils"].iloc[-1]), VARIANTS[variant][lang]))
    top = 1.12 * max(float(rows["pupils"].max()), float(filed["pupils"].max()), _interval(ax, rows, lang))
    ax.set_ylim(0, top)
    last, line_height = int(rows["year"].max()), top * 0.075
    for y, (value, name) in zip(spread([v for v, _ in ends], line_height), ends, strict=True):
        beside(ax, last + 0.1, y, f"{name} {shown(value, 0, lang)}", dx=4)
    assumed = rows.loc[rows["assumed"], "year"]
    if not assumed.empty:
        ax.axvline(
            int(assumed.min()) - 0.5, color=style.FAINT, lw=0.9, dashes=(4, 3), zorder=1, label="_assumed"
        )
        text = (
            f"{int(assumed.min())}年起含假定出生人数"
            if lang == "zh"
            else f"assumed births from {int(assumed.min())}"
        )
        beside(ax, int(assumed.min()) - 0.5, top * 0.05, text, dx=4)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.xaxis.set_major_formatter("{x:.0f}")
    plain_numbers(ax.yaxis, lang)
    ax.grid(axis="y")
    ax.set_ylabel(
        f"{rules.stage_title(stage, lang)}在校生数（人）"
        if lang == "zh"
        else f"{rules.stage_title(stage, lang)} pupils".strip()
    )
    ax.set_xlabel("学年初所在年份" if lang == "zh" else "year in which the school year begins")
    legend_above(ax)
    return titled(ax, title, rows_above=1)


def _interval(ax: Axes, rows: pd.DataFrame, lang: Lang) -> float:
    """Draw the interval that past errors suggest, where there is one; return its highest number, else 0."""
    known = rows.dropna(subset=["least", "most"]).sort_values("year") if "least" in rows else rows.iloc[:0]
    if known.empty:
        return 0.0
    ax.fill_between(
        known["year"], known["least"], known["most"],
        facecolor="#DDE3E8", edgecolor="#9AA5AE", hatch="....", lw=0.0, zorder=0.5,
        label=PAST_ERRORS[lang],
    )  # fmt: skip
    return float(known["most"].max())


@style.styled
def schools_by_year(
    stones: pd.DataFrame, *, lang: Lang, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw how many schools meet the rule each year, with nothing done and with the plan. `stones`: `planning.milestones`."""
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 6.5))
    cases = [case for case in CASES if f"{case}_pass" in stones]
    wide = 0.8 / len(cases)
    for at, case in enumerate(cases):
        mark, places = _CASE_MARKS[case], stones["year"] + (at - (len(cases) - 1) / 2) * wide
        ax.bar(places, stones[f"{case}_pass"], width=wide * 0.92, color=mark.fill, hatch=mark.hatch, edgecolor=style.INK,
               lw=0.5, label=CASES[case][lang])  # fmt: skip
        for x, n in zip(places, stones[f"{case}_pass"], strict=True):
            beside(ax, float(x), float(n), str(int(n)), dx=0, dy=6, bbox=_GROUND)
    schools = int(stones["n_schools"].max())
    ax.axhline(schools, color=style.INK, lw=0.9, zorder=1)
    text = f"学校共{schools}所" if lang == "zh" else f"{schools} schools"
    beside(ax, float(stones["year"].min()) - 0.45, schools, text, dx=2, dy=6)
    ax.set_ylim(0, schools * 1.15)
    ax.set_xticks(list(stones["year"]), labels=[str(y) for y in stones["year"]])
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylabel("达标学校（所）" if lang == "zh" else "schools that meet the rule")
    legend_above(ax)
    return titled(ax, title, rows_above=1)


@style.styled
def money_by_year(
    money: pd.DataFrame, *, lang: Lang, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw spending by year, stacked by what it is for. `money`: `year`, `fund`, `cost` (元)."""
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 6.5))
    wide = money.pivot_table(index="year", columns="fund", values="cost", aggfunc="sum", fill_value=0.0) / WAN
    base = pd.Series(0.0, index=wide.index)
    for fund in (f for f in FUNDS if f in wide):
        mark = FUND_MARKS[fund]
        ax.bar(wide.index, wide[fund], bottom=base, width=0.6, color=mark.fill, hatch=mark.hatch, edgecolor=style.INK,
               lw=0.5, label=FUNDS[fund][lang])  # fmt: skip
        base = base + wide[fund]
    for year, total in base.items():
        beside(ax, float(str(year)), float(total), shown(float(total), 0, lang), dx=0, dy=6)
    ax.set_ylim(0, max(float(base.max()) * 1.15, 1.0))
    ax.set_xticks(list(wide.index), labels=[str(y) for y in wide.index])
    plain_numbers(ax.yaxis, lang)
    ax.set_ylabel("支出（万元）" if lang == "zh" else "spending (×10⁴ yuan)")
    legend_above(ax)
    return titled(ax, title, rows_above=1)


@style.styled
def coverage_frontier(
    front: pd.DataFrame, *, lang: Lang, ax: Axes | None = None, title: str | None = None
) -> Axes:
    """Draw the share of pupils in schools that meet the rule against the yearly budget. `front`: `planning.frontier`."""
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 6.5))
    x, y = front["budget"] / WAN, 100 * front["pupils_pass"] / front["pupils"]
    ax.plot(x, y, color=style.INK, marker="o", ms=5)
    for at, (a, b, n) in enumerate(zip(x, y, front["n_pass"], strict=True)):
        text = f"{int(n)}所" if lang == "zh" else f"{int(n)} schools"
        beside(ax, float(a), float(b), text, dx=7 if at < len(front) - 1 else 0, dy=-10)
    ax.set_ylim(0, 105)
    ax.set_xlim(-0.04 * float(x.max()), 1.06 * float(x.max()))
    plain_numbers(ax.xaxis, lang)
    plain_numbers(ax.yaxis, lang, "%")
    ax.grid(axis="y")
    ax.set_xlabel("每年资金（万元）" if lang == "zh" else "budget a year (×10⁴ yuan)")
    ax.set_ylabel("就读于达标学校的学生" if lang == "zh" else "pupils in schools that pass")
    return titled(ax, title)


@style.styled
def cost_changes(
    cases: pd.DataFrame,
    names: Mapping[str, Words],
    base: float,
    *,
    lang: Lang,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draw by how much each change moves the least cost, the largest first. `cases`: `planning.sensitivity`."""
    rows = cases.dropna(subset=["cost"])
    change = (100 * (rows["cost"] / base - 1)).to_numpy(float)
    order = sorted(range(len(rows)), key=lambda i: -abs(change[i]))
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 2.0 + 0.7 * max(len(rows), 1)))
    for y, i in enumerate(order):
        mark = _CASE_MARKS["plan"] if change[i] >= 0 else _CASE_MARKS["nothing"]
        ax.barh(y, change[i], height=0.6, color=mark.fill, hatch=mark.hatch, edgecolor=style.INK, lw=0.5)
        beside(ax, float(change[i]), y, f"{shown(change[i], 1, lang)}%", dx=5 if change[i] >= 0 else -5)
    rows_of_text(ax.yaxis, [wrapped(names[str(rows["case"].iloc[i])][lang], 30) for i in order])
    ax.axvline(0, color=style.INK, lw=0.8)
    ax.set_ylim(len(order) - 0.5, -0.5)
    ax.margins(x=0.25)
    plain_numbers(ax.xaxis, lang, "%")
    ax.set_xlabel("费用变化" if lang == "zh" else "change of the cost")
    return titled(ax, title)

"""The heat map of the ledger: every school, every indicator, one page of A4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from .. import style
from ..errors import Lang
from ..lettering import drawable, wrapped
from ..rounding import shown_against
from ..standards import Indicator, RuleSet
from ..wording.labels import STATUSES, VERDICTS
from .parts import (
    AREAS,
    NO_FIGURE,
    area_name,
    area_or_unknown,
    boxed,
    cell,
    known_indicators,
    limit_sign,
    nothing_known,
    of_stage,
    rate,
    rows_of_text,
    titled,
)

PER_PAGE = 42  # schools on one A4 page of the heat map
_GAP, _WIDE = 0.15, 1.35  # before the column of verdicts, and its width, in columns of indicators
_VERDICT_ORDER = ("fail", "undetermined", "pass")


def heatmap_pages(unit_verdicts: pd.DataFrame, stage: str, *, per_page: int = PER_PAGE) -> int:
    """Return how many pages the heat map of a stage takes (0 where the stage has no unit)."""
    return -(-int((unit_verdicts["stage"] == stage).sum()) // per_page)


def heatmap_schools(
    unit_verdicts: pd.DataFrame, stage: str, *, page: int = 1, per_page: int = PER_PAGE
) -> list[str]:
    """Return the ids of the schools on a page of the heat map, in the order they stand there."""
    units = _in_reading_order(of_stage(unit_verdicts, stage))
    return list(units["school_id"].iloc[(page - 1) * per_page : page * per_page])


@style.styled
def status_heatmap(
    judged: pd.DataFrame,
    unit_verdicts: pd.DataFrame,
    stage: str,
    *,
    rules: RuleSet,
    lang: Lang,
    page: int = 1,
    per_page: int = PER_PAGE,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """
    Draw school × indicator in classes of status, the value in every cell, the verdict at the right.

    Schools stand by area, then by verdict (those in the way first), then by name; `page` shows the n-th
    `per_page` of them (see `heatmap_pages`).

    Parameters
    ----------
    judged, unit_verdicts
        The tables of those names, of one county and year.
    """
    units = _in_reading_order(of_stage(unit_verdicts, stage))
    page_units = units.iloc[(page - 1) * per_page : page * per_page]
    rows = of_stage(judged, stage)
    rows = rows[rows["school_id"].isin(page_units["school_id"])]
    indicators = known_indicators(rules, rows["indicator"])
    lines = _lines(units, page_units, rules, lang)
    if ax is None:
        _, ax = style.figure((style.TEXT_WIDTH_CM, 3.4 + 0.43 * max(len(lines), 3)))
    if not lines:
        return nothing_known(ax, lang)
    cells = rows.set_index(["school_id", "indicator"])[["value", "threshold", "floor", "status"]].to_dict(
        "index"
    )
    for y, (_, school) in enumerate(lines):
        if school is not None:
            of_school = [cells[(school["school_id"], indicator.id)] for indicator in indicators]
            _school(ax, y, of_school, school["verdict"], indicators, lang)
    _heatmap_frame(ax, lines, indicators, stage, lang, verdicts=bool(units["verdict"].notna().any()))
    _status_legend(ax, set(rows["status"]), rules, lang)
    return titled(ax, title)


def _school(
    ax: Axes,
    y: int,
    cells: Sequence[dict[Any, Any]],
    verdict: str,
    indicators: Sequence[Indicator],
    lang: Lang,
) -> None:
    """Draw the line of one school: its figures in the look of their status, and its verdict where there is one."""
    for x, (found, indicator) in enumerate(zip(cells, indicators, strict=True)):
        mark = style.STATUS[found["status"]]
        cell(ax, x, y, 1, mark)
        boxed(ax, x + 0.5, y, _value(found, indicator, lang), mark)
    if verdict in style.VERDICT:
        mark = style.VERDICT[verdict]
        cell(ax, len(cells) + _GAP, y, _WIDE, mark)
        boxed(ax, len(cells) + _GAP + _WIDE / 2, y, VERDICTS[verdict][lang], mark)


def _in_reading_order(units: pd.DataFrame) -> pd.DataFrame:
    keyed = units.assign(
        area=pd.Categorical(area_or_unknown(units["area"]), AREAS, ordered=True),
        order=pd.Categorical(units["verdict"], _VERDICT_ORDER, ordered=True),
    )
    return keyed.sort_values(["area", "order", "school_name", "school_id"], kind="stable")


def _lines(
    units: pd.DataFrame, page: pd.DataFrame, rules: RuleSet, lang: Lang
) -> list[tuple[str, pd.Series[Any] | None]]:
    """Return the lines of the heat map: a heading before each area, then its schools."""
    lines: list[tuple[str, pd.Series[Any] | None]] = []
    for area in AREAS:
        schools = page[page["area"] == area]
        if schools.empty:
            continue
        lines.append((_heading(area, units, rules, lang), None))
        lines += [(drawable(row["school_name"], limit=30), row) for _, row in schools.iterrows()]
    return lines


def _heading(area: str, units: pd.DataFrame, rules: RuleSet, lang: Lang) -> str:
    """Return the heading of an area: its name, its schools on all pages, and their verdicts."""
    counts = units.loc[units["area"] == area, "verdict"].value_counts()
    each = [f"{VERDICTS[v][lang]} {counts[v]}" for v in ("pass", "fail", "undetermined") if v in counts]
    name, n = area_name(area, rules, lang), (units["area"] == area).sum()
    if lang == "zh":
        return f"{name} {n} 所" + (f":{','.join(each)}" if each else "")
    return f"{name}, {n} schools" + (f": {', '.join(each)}" if each else "")


def _value(cell: dict[Any, Any], indicator: Indicator, lang: Lang) -> str:
    """Return the value of a cell, with as many digits as keep it on its side of threshold and floor."""
    if pd.isna(cell["value"]):
        return NO_FIGURE[lang]
    return shown_against(cell["value"], [cell["threshold"], cell["floor"]], indicator.digits, lang)


def _heatmap_frame(
    ax: Axes,
    lines: Sequence[tuple[str, pd.Series[Any] | None]],
    indicators: Sequence[Indicator],
    stage: str,
    lang: Lang,
    *,
    verdicts: bool,
) -> None:
    """Write the names at the left, the headings above, and a rule under the heading of each area."""
    n = len(indicators)
    right = n + _GAP + _WIDE if verdicts else n
    rows_of_text(ax.yaxis, ["" if school is None else name for name, school in lines])
    ax.tick_params(axis="y", labelsize=style.TINY + 0.5, pad=2)
    for y, (name, school) in enumerate(lines):
        if school is None:
            ax.text(0, y + 0.08, name, fontsize=style.SMALL, va="center")
            ax.plot([0, right], [y + 0.5, y + 0.5], color=style.INK, lw=0.8, clip_on=False)
    heads = {x + 0.5: _column_head(indicator, stage, lang) for x, indicator in enumerate(indicators)}
    if verdicts:
        heads[n + _GAP + _WIDE / 2] = "结论" if lang == "zh" else "verdict"
    ax.set_xticks(list(heads), labels=list(heads.values()))
    ax.tick_params(axis="x", length=0, top=True, bottom=False, labeltop=True, labelbottom=False, pad=2)
    ax.tick_params(axis="x", labelsize=style.TINY)
    ax.spines[:].set_visible(False)
    ax.set_xlim(0, right)
    ax.set_ylim(len(lines) - 0.5, -0.5)


def _column_head(indicator: Indicator, stage: str, lang: Lang) -> str:
    """Return name, unit and threshold of an indicator in narrow lines."""
    name, unit = indicator.short[lang], rate(indicator, lang)
    lines = [wrapped(name, 10)]
    if not name.endswith(unit):
        lines.append(wrapped(f"({unit})", 11))
    limits = indicator.at_most or indicator.at_least or {}
    if limits.get(stage) is not None:
        lines.append(f"{limit_sign(indicator)}{limits[stage]}")
    return "\n".join(lines)


def _status_legend(ax: Axes, present: set[str], rules: RuleSet, lang: Lang) -> None:
    """Explain the classes that occur, the floor with its share."""
    handles = []
    for status, mark in style.STATUS.items():
        if status not in present:
            continue
        handles.append(
            Patch(
                facecolor=mark.fill,
                hatch=mark.hatch,
                edgecolor=style.FAINT,
                lw=0.4,
                label=_class_name(status, rules, lang),
            )
        )
    ax.legend(
        handles=handles, loc="upper right", bbox_to_anchor=(1, -0.002), ncols=2, fontsize=style.TINY + 0.5
    )


def _class_name(status: str, rules: RuleSet, lang: Lang) -> str:
    """Return what a class of status means, with the floor that the rule sets."""
    floor = rules.school_rule.floor if rules.school_rule else None
    if floor is None or status not in ("floor", "below"):
        return STATUSES[status][lang]
    if status == "floor":
        return (
            f"未达标，不低于标准的{floor:.0%}"
            if lang == "zh"
            else f"not met, at least {floor:.0%} of the standard"
        )
    return f"未达标，低于标准的{floor:.0%}" if lang == "zh" else f"not met, below {floor:.0%} of the standard"

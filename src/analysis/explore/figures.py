"""
The views as figures of plotly.js: plain dictionaries, so that a change is drawn without building objects first.

Each function takes what was found and returns {"data": …, "layout": …}, or {"message": …} where there is nothing to
draw. Every point of a school carries its ID as `customdata`, by which a selection comes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import style
from ..errors import Lang
from ..schema import column
from ..sources.dataset import Dataset
from ..standards import Indicator
from ..wording import explore as words
from ..wording.labels import STATUSES, rate
from .findings import Findings
from .parts import BACKGROUND, canvas, line, marker, plain

Figure = dict[str, Any]
Array = npt.NDArray[Any]

_MANY = 400  # points; more are drawn smaller and by the graphics card


@dataclass(frozen=True)
class _Units:
    """The units in scope, a value each; `area` is "unknown" where the side is not known."""

    school: Array
    area: Array
    status: Array
    pupils: Array
    value: Array

    @classmethod
    def of(cls, found: Findings) -> _Units:
        rows = found.judged[found.judged["in_scope"]]
        return cls(
            rows["school_id"].to_numpy(object),
            rows["area"].fillna("unknown").to_numpy(object),
            *(rows[name].to_numpy() for name in ("status", "pupils", "value")),
        )

    def by_side(self) -> Iterable[tuple[str, Array]]:
        """Give each side that has units, and which they are."""
        for side in ("urban", "rural", "unknown"):
            here = self.area == side
            if here.any():
                yield side, here


def figures(found: Findings, data: Dataset, lang: Lang) -> dict[str, Figure]:
    """Return every view but the table, by name."""
    empty = _nothing(found)
    if empty is not None:
        return {name: {"message": empty[lang]} for name in ("gap", "scatter", "map", "spread", "trend")}
    units = _Units.of(found)
    return {
        "gap": gap(found, lang),
        "scatter": scatter(found, units, lang),
        "map": school_map(found, units, data, lang),
        "spread": spread(found, units, lang),
        "trend": trend(found, lang),
    }


def gap(found: Findings, lang: Lang) -> Figure:
    """
    Draw both sides of every indicator of the stage, each as a share of its threshold (of the mean of both, where there
    is none), in %; the indicator looked at is marked. Its ID is the `customdata`.
    """
    rows = found.of_stage(found.gaps).set_index("indicator")
    sides = [side for side in ("urban", "rural") if rows[side].notna().any()]
    if len(sides) < 2:
        return {"message": words.one_side(found.rules, sides[0])[lang] if sides else _missing(found, lang)}
    indicators = [i for i in reversed(found.rules.indicators) if i.id in rows.index]
    ids = [i.id for i in indicators]
    held = {side: rows[side].reindex(ids).to_numpy(float) for side in sides}
    pairs = np.column_stack(list(held.values()))
    names = [escape(("▶ " if i.id == found.view.indicator else "") + i.short[lang]) for i in indicators]
    base = np.array(
        [_reference(i, both, found.view.stage) for i, both in zip(indicators, pairs, strict=True)]
    )
    data = [_links([held[side] / base * 100 for side in sides], ids)]
    for side in sides:
        mark = style.AREA[side]
        share = held[side] / base * 100
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": _side(found, side, lang),
                "x": plain(share),
                "y": ids,
                "customdata": ids,
                "hovertext": [escape(i.short[lang]) for i in indicators],
                "hovertemplate": "%{hovertext}<br>%{x:.1f}%<extra>"
                + escape(_side(found, side, lang))
                + "</extra>",
                "marker": marker(mark, size=11),
            }
        )
    by_law = any(i.threshold(found.view.stage) is not None for i in indicators)
    unit = (
        {"zh": "相当于标准的 %", "en": "% of the standard"}
        if by_law
        else {"zh": "相当于平均的 %", "en": "% of the mean"}
    )
    layout = canvas(x=unit[lang], legend=True)
    layout["shapes"] = [line(x=100)]
    layout["yaxis"].update(automargin=True, gridcolor=BACKGROUND, tickvals=ids, ticktext=names)
    return {"data": data, "layout": layout}


def scatter(found: Findings, units: _Units, lang: Lang) -> Figure:
    """Draw the indicator against the pupils of each unit; the threshold is a line."""
    if np.isnan(units.value).all():
        return {"message": _missing(found, lang)}
    pupils = {"zh": "学生数", "en": "pupils"}[lang]
    layout = canvas(x=pupils, y=_unit(found, lang), legend=True)
    layout["shapes"] = [line(y=at) for at in _thresholds(found)]
    layout["dragmode"] = "select"
    traces = [
        _points(
            units.school[here],
            units.pupils[here],
            units.value[here],
            _side(found, side, lang),
            style.AREA[side],
        )
        for side, here in units.by_side()
    ]
    return {"data": traces, "layout": layout}


def school_map(found: Findings, units: _Units, data: Dataset, lang: Lang) -> Figure:
    """Draw the schools where they stand, coloured by the status of the indicator; the page has the `outlines`."""
    of_year = data.schools["year"].to_numpy() == found.view.year
    names = data.schools["school_id"].to_numpy(object)[of_year].tolist()
    places = dict(zip(names, data.schools[["lon", "lat"]].to_numpy(float)[of_year], strict=True))
    lon, lat = np.array([places[school] for school in units.school]).T
    known = ~np.isnan(lon + lat)
    if not known.any():
        return {"message": words.NO_COORDINATES[lang]}
    traces = [
        _points(units.school[here], lon[here], lat[here], STATUSES[status][lang], style.STATUS[status])
        for status in STATUSES
        if (here := known & (units.status == status)).any()
    ]
    layout = canvas(legend=True)
    stretch = 1 / float(np.cos(np.radians(lat[known].mean())))
    layout["xaxis"].update(visible=False)
    layout["yaxis"].update(visible=False, scaleanchor="x", scaleratio=stretch)
    layout["margin"] = {"l": 4, "r": 4, "t": 4, "b": 4}
    layout["dragmode"] = "select"
    return {"data": traces, "layout": layout}


def spread(found: Findings, units: _Units, lang: Lang) -> Figure:
    """Draw how the units of each side are spread: every unit a point beside a box of quartiles."""
    known = ~np.isnan(units.value)
    if not known.any():
        return {"message": _missing(found, lang)}
    data = []
    for side, of_side in units.by_side():
        here = of_side & known
        n = np.count_nonzero(here)
        if not n:
            continue
        mark = style.AREA[side]
        data.append(
            {
                "type": "box",
                "name": f"{_side(found, side, lang)} n={n}",
                "x": plain(units.value[here]),
                "customdata": units.school[here].tolist(),
                "boxpoints": "all" if n <= _MANY else "outliers",
                "jitter": 0.7,
                "pointpos": 0,
                "hoveron": "points",
                "hoverinfo": "none",
                "fillcolor": "rgba(0,0,0,0.04)",
                "line": {"color": style.FAINT, "width": 1},
                "marker": marker(mark, size=6),
            }
        )
    layout = canvas(x=_rate(found, lang))
    layout["shapes"] = [line(x=at) for at in _thresholds(found)]
    layout["dragmode"] = "select"
    layout["yaxis"].update(automargin=True)
    return {"data": data, "layout": layout}


def trend(found: Findings, lang: Lang) -> Figure:
    """Draw both sides over the years; lines break where the definition of a column changed, and say so."""
    rows = found.trend.sort_values("year")
    if rows.empty or rows[["urban", "rural"]].isna().all(axis=None):
        return {"message": _missing(found, lang)}
    years = rows["year"].tolist()
    breaks = _breaks(found, years)
    data = []
    for side in ("urban", "rural"):
        x: list[float] = []
        y: list[float | None] = []
        for year, value in zip(years, plain(rows[side]), strict=True):
            if year in breaks and x:
                x, y = [*x, year - 0.5], [*y, None]
            x, y = [*x, year], [*y, value]
        mark = style.AREA[side]
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": _side(found, side, lang),
                "x": x,
                "y": y,
                "line": {"color": mark.fill, "dash": "solid" if mark.line == "-" else "dash"},
                "marker": marker(mark, size=8),
                "hovertemplate": "%{x}: %{y}<extra>" + escape(_side(found, side, lang)) + "</extra>",
            }
        )
    layout = canvas(y=_rate(found, lang), legend=True)
    layout["shapes"] = [
        *(line(y=at) for at in _thresholds(found)),
        *(line(x=year - 0.5) for year in breaks),
    ]
    layout["annotations"] = [
        {
            "x": year - 0.5,
            "y": 1,
            "yref": "paper",
            "text": escape(said[lang]),
            "showarrow": False,
            "xanchor": "left",
        }
        for year, said in breaks.items()
    ]
    layout["xaxis"].update(tickvals=years, tickformat="d")
    return {"data": data, "layout": layout}


def _nothing(found: Findings) -> Any:
    rows = found.judged
    return words.NOTHING_JUDGED if rows.empty or not rows["in_scope"].any() else None


def _missing(found: Findings, lang: Lang) -> str:
    return words.all_missing(found.indicator)[lang]


def _reference(indicator: Indicator, both: npt.NDArray[np.float64], stage: str) -> float:
    """Return what the two sides are held against: the threshold, else their plain mean."""
    threshold = indicator.threshold(stage)
    return float(both.mean() or np.nan) if threshold is None else float(threshold)


def _points(schools: Array, x: Array, y: Array, name: str, mark: style.Mark) -> Figure:
    many = len(schools) > _MANY
    return {
        "type": "scattergl" if many else "scatter",
        "mode": "markers",
        "name": name,
        "x": plain(x),
        "y": plain(y),
        "customdata": schools.tolist(),
        "hoverinfo": "none",
        "marker": marker(mark, size=5 if many else 9),
    }


def _links(shares: list[Any], ids: list[str]) -> Figure:
    """Return one grey line for each indicator, from one side to the other."""
    x = [value for pair in zip(*map(plain, shares), strict=True) for value in (*pair, None)]
    y = [value for id in ids for value in (id, id, None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": style.GRID, "width": 3},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _thresholds(found: Findings) -> list[float]:
    threshold = found.indicator.threshold(found.view.stage)
    return [] if threshold is None else [float(threshold)]


def _breaks(found: Findings, years: list[int]) -> dict[int, Any]:
    """Return the years from which a column of the indicator is defined differently, with what changed."""
    columns = [column(name) for name in found.indicator.columns(found.view.stage)]
    return {b.year: b for c in columns for b in c.breaks if min(years) < b.year <= max(years)}


def _side(found: Findings, side: str, lang: Lang) -> str:
    names = found.rules.area.zh if lang == "zh" else found.rules.area.en
    return names[side] if side in names else found.view.apart[lang]


def _rate(found: Findings, lang: Lang) -> str:
    """Return the unit alone, for views too narrow for the indicator's name: the page's heading has it."""
    return escape(rate(found.indicator, lang))


def _unit(found: Findings, lang: Lang) -> str:
    named, unit = found.indicator.short[lang], rate(found.indicator, lang)
    return escape(f"{named}（{unit}）" if lang == "zh" else f"{named} ({unit})")

"""
The numbers of each chart for programs that draw charts themselves: one record a panel, from the same frames.

Each function takes what the chart of the same name takes; what a chart shows as missing is missing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from .. import style
from ..errors import Lang
from ..publish.chart_record import ChartRecord, series
from ..research.comparison import extremes
from ..rounding import at_least_shown
from ..standards import RuleSet
from ..wording.labels import STATUSES
from .gaps import scale_name, scaled
from .ledger import COMBINED, in_order, things
from .parts import AREAS, area_name, area_or_unknown, known_indicators, of_stage, short_label
from .region import ENDS, of_indicator
from .trend import breaks_of

_LIMIT = "#7F7F7F"


def enrolment(units: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang) -> list[ChartRecord]:
    """Return the pupils of a stage by year, stacked by area."""
    rows = of_stage(units, stage, years=True)
    rows = rows.assign(area=area_or_unknown(rows["area"]))
    if rows["pupils"].notna().sum() == 0:
        return []
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    sums = rows.groupby(["year", "area"])["pupils"].sum(min_count=1).reset_index()
    pupils = sums.pivot_table(index="year", columns="area", values="pupils").reindex(list(years))
    areas = [area for area in AREAS if area in pupils]
    title = rules.stage_title(stage, lang)
    return [
        ChartRecord(
            kind="column_stack",
            title=title,
            unit="人" if lang == "zh" else "pupils",
            digits=0,
            categories=tuple(str(year) for year in years),
            series=tuple(series(area_name(a, rules, lang), pupils[a], style.AREA[a].fill) for a in areas),
        )
    ]


def dispersion_limits(
    dispersion: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang
) -> list[ChartRecord]:
    """Return the coefficient of variation of each indicator and its limit, the largest first."""
    rows = in_order(of_stage(dispersion, stage))
    if rows.empty:
        return []
    names = {i.id: i.short[lang] for i in rules.indicators} | {"combined": COMBINED[lang]}
    both = [series("差异系数" if lang == "zh" else "coefficient", rows["cv"], style.AREA["urban"].fill)]
    if rows["limit"].notna().any():
        both.append(series("上限" if lang == "zh" else "limit", rows["limit"], _LIMIT))
    return [
        ChartRecord(
            kind="bar",
            title=rules.stage_title(stage, lang),
            unit="差异系数" if lang == "zh" else "coefficient of variation",
            digits=3,
            categories=tuple(names[i] for i in rows["indicator"]),
            series=tuple(both),
        )
    ]


def status_counts(
    judged: pd.DataFrame, schools: Sequence[str], stage: str, *, rules: RuleSet, lang: Lang
) -> list[ChartRecord]:
    """Return how many of the schools of a heat map stand in each class, by indicator."""
    rows = of_stage(judged, stage)
    rows = rows[rows["school_id"].isin(schools)]
    named = known_indicators(rules, rows["indicator"])
    counts = pd.crosstab(rows["indicator"], rows["status"])
    if not named:
        return []
    counts = counts.loc[[i.id for i in named]]
    classes = [status for status in style.STATUS if status in counts]
    return [
        ChartRecord(
            kind="bar_stack",
            title=rules.stage_title(stage, lang),
            unit="办学单位数" if lang == "zh" else "units",
            digits=0,
            categories=tuple(i.short[lang] for i in named),
            series=tuple(series(STATUSES[s][lang], counts[s], style.STATUS[s].fill) for s in classes),
        )
    ]


def urban_rural_dots(
    gaps: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang, mean: str = "totals"
) -> list[ChartRecord]:
    """Return both sides of every indicator in per cent of the picture's scale, the widest gap first."""
    rows = of_stage(gaps, stage)
    rows = scaled(rows[rows["mean"] == mean], stage, rules)
    if rows.empty:
        return []
    sides = ("urban", "rural")
    return [
        ChartRecord(
            kind="bar",
            title=rules.stage_title(stage, lang),
            unit=f"{scale_name(rows['by_law'], mean, lang)} (%)",
            digits=0,
            categories=tuple(rules.indicator(i).short[lang] for i in rows["indicator"]),
            series=tuple(
                series(area_name(s, rules, lang), rows[f"at_{s}"], style.AREA[s].fill) for s in sides
            ),
        )
    ]


def shortfall_panels(
    shortfalls: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang
) -> list[ChartRecord]:
    """Return what each indicator with a threshold is short of in things, by area, one chart an indicator."""
    rows = of_stage(shortfalls, stage)
    rows = rows.assign(area=area_or_unknown(rows["area"]))
    charts = []
    for indicator in known_indicators(rules, rows["indicator"]):
        if indicator.threshold(stage) is None:
            continue
        own = rows[rows["indicator"] == indicator.id].set_index("area")
        areas = [area for area in AREAS if area in own.index]
        factor, digits = things(indicator)
        gaps = own.loc[areas, "gap"].where(own.loc[areas, "n_missing"] < own.loc[areas, "n_units"]) / factor
        gaps = gaps.map(lambda gap, digits=digits: at_least_shown(gap, digits), na_action="ignore")
        name = "还缺" if lang == "zh" else "shortfall"
        charts.append(
            ChartRecord(
                kind="bar",
                title=indicator.short[lang],
                unit=(indicator.thing or indicator.unit)[lang],
                digits=digits,
                categories=tuple(area_name(area, rules, lang) for area in areas),
                series=(series(name, gaps, style.AREA["urban"].fill),),
            )
        )
    return charts


def trends(
    gaps: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang, mean: str = "totals"
) -> list[ChartRecord]:
    """Return both sides of each indicator over the years, one chart an indicator; empty where a definition changed."""
    rows = of_stage(gaps, stage, years=True)
    rows = rows[rows["mean"] == mean]
    charts = []
    for indicator in known_indicators(rules, rows["indicator"]):
        sides = rows[rows["indicator"] == indicator.id].set_index("year")[["urban", "rural"]]
        years = list(range(int(sides.index.min()), int(sides.index.max()) + 1))
        changed = [year - 0.5 for year in breaks_of(indicator, stage, lang) if years[0] < year <= years[-1]]
        places = sorted([*map(float, years), *changed])
        sides = sides.set_axis(sides.index.astype(float)).reindex(places)
        broken = "口径变" if lang == "zh" else "redefined"
        lines = [series(area_name(s, rules, lang), sides[s], style.AREA[s].fill) for s in ("urban", "rural")]
        limit = indicator.threshold(stage)
        if limit is not None:
            name = "标准" if lang == "zh" else "standard"
            lines.append(series(name, [float(limit)] * len(places), _LIMIT))
        charts.append(
            ChartRecord(
                kind="line",
                title=short_label(indicator, lang, 60).replace("\n", " "),
                unit=indicator.unit[lang],
                digits=indicator.digits,
                categories=tuple(str(int(at)) if at == int(at) else broken for at in places),
                series=tuple(lines),
            )
        )
    return charts


def gap_ends(
    gaps: pd.DataFrame, indicator: str, stage: str, *, rules: RuleSet, names: Mapping[str, str], lang: Lang
) -> list[ChartRecord]:
    """Return both sides of the counties at either end of the gap, in the order of the picture."""
    told = rules.indicator(indicator)
    ends = extremes(of_indicator(gaps, indicator, stage), ENDS)
    if ends.empty:
        return []
    return [
        ChartRecord(
            kind="bar",
            title=told.short[lang],
            unit=told.unit[lang],
            digits=told.digits,
            categories=tuple(names[code] for code in ends["county_code"]),
            series=tuple(
                series(area_name(s, rules, lang), ends[s], style.AREA[s].fill) for s in ("urban", "rural")
            ),
        )
    ]

"""The numbers of the charts of a region for programs that draw charts themselves, from the frames that the pictures draw."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .. import style
from ..errors import Lang
from ..publish.chart_record import ChartRecord, series
from ..standards import Indicator, RuleSet
from .parts import known_indicators
from .region import COUNTY, cv_name, difference_unit, minus

_LIMIT = "#7F7F7F"
_QUARTILES = {  # what a box shows of the counties of a year
    "max": (1.0, ("最大", "most")),
    "upper": (0.75, ("上四分位", "upper quartile")),
    "median": (0.5, ("中位数", "median")),
    "lower": (0.25, ("下四分位", "lower quartile")),
    "min": (0.0, ("最小", "least")),
}
_SHADES = ("#B8C4D0", "#7F93A8", "#222222", "#7F93A8", "#B8C4D0")


def county_cvs(
    spread: pd.DataFrame, stage: str, *, rules: RuleSet, names: Mapping[str, str], lang: Lang
) -> list[ChartRecord]:
    """Return the CV of every county beside its limit, one chart an indicator, the greatest first."""
    rows = spread[(spread["stage"] == stage) & spread["cv"].notna()]
    kinds = [indicator.id for indicator in known_indicators(rules, rows["indicator"])]
    kinds += ["combined"] if (rows["indicator"] == "combined").any() else []
    charts = []
    for kind in kinds:
        mine = rows[rows["indicator"] == kind].sort_values(["cv", "county_code"], ascending=[False, True])
        both = [series("差异系数" if lang == "zh" else "coefficient", mine["cv"], style.AREA["urban"].fill)]
        if mine["limit"].notna().any():
            both.append(series("上限" if lang == "zh" else "limit", mine["limit"], _LIMIT))
        charts.append(
            ChartRecord(
                kind="column",
                title=cv_name(kind, rules, lang).replace("\n", " "),
                unit="差异系数" if lang == "zh" else "coefficient of variation",
                digits=3,
                categories=tuple(names[code] for code in mine["county_code"]),
                series=tuple(both),
            )
        )
    return charts


def gap_levels(
    gaps: pd.DataFrame, stage: str, *, rules: RuleSet, names: Mapping[str, str], lang: Lang
) -> list[ChartRecord]:
    """Return the gap of every county over its level, one chart an indicator."""
    rows = gaps[(gaps["stage"] == stage) & gaps["difference"].notna()]
    level = "全县水平" if lang == "zh" else "level of the county"
    return [
        _scatter(indicator, mine, {"level": level, "exact": minus(rules, lang)}, names, lang)
        for indicator, mine in _by_indicator(rows, rules)
    ]


def gap_changes(
    changes: pd.DataFrame, stage: str, *, rules: RuleSet, names: Mapping[str, str], lang: Lang
) -> list[ChartRecord]:
    """Return each county's gap of the last year over that of the first, one chart an indicator."""
    charts = []
    for indicator, mine in _by_indicator(changes[changes["stage"] == stage], rules):
        first, last = int(mine["first"].iloc[0]), int(mine["last"].iloc[0])
        axes = (f"{first}年的差", f"{last}年的差") if lang == "zh" else (f"gap in {first}", f"gap in {last}")
        charts.append(
            _scatter(indicator, mine, dict(zip(("gap_first", "gap_last"), axes, strict=True)), names, lang)
        )
    return charts


def gap_years(gaps: pd.DataFrame, stage: str, *, rules: RuleSet, lang: Lang) -> list[ChartRecord]:
    """Return least, quartiles, median and most of all counties' gaps in each comparable year, one chart an indicator."""
    rows = gaps[(gaps["stage"] == stage) & gaps["difference"].notna()]
    charts = []
    for indicator, mine in _by_indicator(rows, rules):
        years = mine.groupby("year")["exact"]
        lines = [
            series(words[lang != "zh"], years.quantile(share), color)
            for (share, words), color in zip(_QUARTILES.values(), _SHADES, strict=True)
        ]
        charts.append(
            ChartRecord(
                kind="line",
                title=indicator.short[lang],
                unit=difference_unit(indicator, lang).strip("()（） "),
                digits=indicator.digits,
                categories=tuple(str(year) for year in years.groups),
                series=tuple(lines),
            )
        )
    return charts


def _scatter(
    indicator: Indicator, rows: pd.DataFrame, axes: Mapping[str, str], names: Mapping[str, str], lang: Lang
) -> ChartRecord:
    return ChartRecord(
        kind="scatter",
        title=indicator.short[lang],
        unit=difference_unit(indicator, lang).strip("()（） "),
        digits=indicator.digits,
        categories=tuple(names[code] for code in rows["county_code"]),
        series=tuple(series(name, rows[column], COUNTY) for column, name in axes.items()),
    )


def _by_indicator(rows: pd.DataFrame, rules: RuleSet) -> list[tuple[Indicator, pd.DataFrame]]:
    return [(i, rows[rows["indicator"] == i.id]) for i in known_indicators(rules, rows["indicator"])]

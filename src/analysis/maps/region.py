"""Maps of a region: the gap of every county, and where neighbours are alike. Small maps at one scale, one key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from .. import style
from ..charts.parts import area_name, known_indicators, short_label
from ..errors import Lang
from ..ground.projection import Ground, lay_ground
from ..research.spatial import Clustering
from ..schema import Words
from ..sources.coordinates import System
from ..standards import RuleSet
from ..wording.region_spatial import KINDS
from .frame import blank, look_at, put, with_margin
from .furniture import (
    areas,
    figure_of,
    foot_cm,
    foot_lines,
    key_of,
    north_arrow,
    scale_bar,
    swatch,
    write_foot,
)

_COLUMNS = 3
_TITLE_CM, _GUTTER_CM, _LEAST_CM, _MOST_CM = 0.85, 0.2, 3.6, 21.0
_DOTS = 1200  # across a small map: finer detail cannot be seen in print
_GAPS = {  # lightness tells the width, the hatch the side
    "urban_wide": style.Mark("#1F4E79", "#FFFFFF"),
    "urban_narrow": style.Mark("#A9C3DA", style.INK),
    "equal": style.Mark("#F2F2F2", style.INK),
    "rural_narrow": style.Mark("#F8E3BC", style.INK, hatch="////"),
    "rural_wide": style.Mark("#D98E1F", style.INK, hatch="////"),
    "none": style.STATUS["missing"],
}
_FINDS = {
    "high_high": style.Mark("#7A1F2B", "#FFFFFF"),
    "low_low": style.Mark("#2C5F8A", "#FFFFFF", hatch="////"),
    "high_low": style.Mark("#E8A0A0", style.INK, hatch="xx"),
    "low_high": style.Mark("#A9C3DA", style.INK, hatch="\\\\\\\\"),
    "not_found": style.Mark("#F2F2F2", style.INK),
    "island": style.Mark("#CFCFCF", style.INK),
    "no_gap": style.STATUS["missing"],
}


def region_ground(boundary: gpd.GeoDataFrame, systems: frozenset[System] = frozenset()) -> Ground:
    """
    Return the ground of a region's maps from its polygons (EPSG:4326, `county_code`).

    `systems`: the coordinate systems of the sources (`Dataset.systems`).

    Raises
    ------
    ValueError
        No polygon has a place.
    """
    nowhere = gpd.GeoDataFrame({"school_id": []}, geometry=[], crs=4326)
    ground = lay_ground(nowhere, {"boundary": boundary}, systems)
    if ground is None or ground.boundary is None:
        raise ValueError("there are no polygons to draw")
    west, south, east, north = ground.bounds
    fine = max(east - west, north - south) / _DOTS
    shapes = ground.boundary.geometry
    simpler = shapely.coverage_simplify(shapes.to_numpy(), fine)  # shared borders stay shared
    simplified = gpd.GeoSeries(simpler, index=shapes.index, crs=ground.crs)
    return replace(ground, boundary=ground.boundary.set_geometry(simplified))


@style.styled
def gap_maps(
    ground: Ground, gaps: pd.DataFrame, stage: str, *, rules: RuleSet, source: Words, lang: Lang
) -> Axes:
    """
    Draw each county by the side that is higher and by whether its gap is among the wider half, a map an indicator.

    Parameters
    ----------
    ground
        `region_ground`.
    gaps
        `comparison.county_gaps` of one year.
    source
        Where the figures come from, for the foot.
    """
    rows = gaps[gaps["stage"] == stage]
    filled = {
        indicator.id: gap_classes(rows[rows["indicator"] == indicator.id])
        for indicator in known_indicators(rules, rows["indicator"])
    }
    return _maps(ground, filled, _GAPS, _gap_words(rules, lang), rules, source, lang)


def gap_classes(gaps: pd.DataFrame) -> pd.Series[str]:
    """
    Return the class of each county by code: the higher side, `_wide` from the median of the widths above 0 on.

    `gaps`: one year, stage and indicator.
    """
    middle = gaps.loc[gaps["width"] > 0, "width"].median()
    half = np.where(gaps["width"] >= middle, "_wide", "_narrow")
    sided = gaps["higher"].isin(["urban", "rural"])
    kind = np.where(
        sided, gaps["higher"].fillna("") + half, np.where(gaps["higher"] == "equal", "equal", "none")
    )
    return pd.Series(kind, index=pd.Index(gaps["county_code"]), dtype="str")


@style.styled
def cluster_maps(
    ground: Ground, found: Mapping[str, Clustering], *, rules: RuleSet, source: Words, lang: Lang
) -> Axes:
    """
    Draw where gaps stand in clusters or against their neighbours, a map an indicator.

    `found`: `spatial.clustering` by indicator, of one stage.
    """
    filled = {indicator: result.local.set_index("county_code")["kind"] for indicator, result in found.items()}
    words = {kind: KINDS[kind][lang] for kind in _FINDS}
    return _maps(ground, filled, _FINDS, words, rules, source, lang)


def _gap_words(rules: RuleSet, lang: Lang) -> dict[str, str]:
    wide, narrow = (
        ("，差距较大的一半", "，差距较小的一半") if lang == "zh" else (", wider half", ", narrower half")
    )
    words: dict[str, str] = {}
    for side in ("urban", "rural"):
        name = area_name(side, rules, lang)
        higher = f"{name}较高" if lang == "zh" else f"{name} higher"
        words |= {f"{side}_wide": higher + wide, f"{side}_narrow": higher + narrow}
    alike = ("两侧持平", "缺一侧") if lang == "zh" else ("both sides alike", "a side is missing")
    return words | dict(zip(("equal", "none"), alike, strict=True))


def _maps(
    ground: Ground,
    filled: Mapping[str, pd.Series[str]],
    marks: Mapping[str, style.Mark],
    words: Mapping[str, str],
    rules: RuleSet,
    source: Words,
    lang: Lang,
) -> Axes:
    """Draw small maps in rows, the key with scale bar and north arrow in the last cell."""
    foot = foot_lines(ground, source, lang)
    axes = _cells(ground, len(filled) + 1, foot_cm(foot))
    used: set[str] = set()
    for ax, (indicator, kinds) in zip(axes, filled.items(), strict=False):
        _fill(ax, ground, kinds, marks)
        ax.set_title(
            short_label(rules.indicator(indicator), lang, 27), fontsize=style.SMALL, loc="left", pad=2
        )
        used |= set(kinds)
    entries: list[Artist] = [swatch(mark, words[kind]) for kind, mark in marks.items() if kind in used]
    key = axes[-1]
    scale_bar(key, lang, fraction=0.3)
    wide = float(key.get_position().width) * style.TEXT_WIDTH_CM
    north_arrow(key, ground, lang, cm=(wide - 0.6, 0.55))
    key_of(key, [("", entries)])
    write_foot(figure_of(axes[0]), foot)
    return axes[0]


def _cells(ground: Ground, n: int, low: float) -> list[Axes]:
    """Return `n` Axes in rows, each showing the whole region at one scale, above a foot of `low` cm."""
    extent = with_margin(ground.bounds)
    west, south, east, north = extent
    rows, wide = -(-n // _COLUMNS), style.TEXT_WIDTH_CM / _COLUMNS - _GUTTER_CM
    room = (_MOST_CM - low) / rows - _TITLE_CM
    tall = min(max(wide * (north - south) / (east - west), _LEAST_CM), room)
    height = rows * (tall + _TITLE_CM)
    first = blank((style.TEXT_WIDTH_CM, height + low))
    axes = [first, *(figure_of(first).add_axes((0, 0, 1, 1), label=f"cell {i}") for i in range(1, n))]
    for i, ax in enumerate(axes):
        row, column = divmod(i, _COLUMNS)
        put(ax, column * (wide + _GUTTER_CM), low + height - (row + 1) * (tall + _TITLE_CM), wide, tall)
        look_at(ax, extent, strip_cm=0)
    return axes


def _fill(ax: Axes, ground: Ground, kinds: pd.Series[str], marks: Mapping[str, style.Mark]) -> None:
    if ground.boundary is None:
        raise ValueError("there are no polygons to fill")
    of = ground.boundary["county_code"].map(kinds)
    for kind, mark in marks.items():
        mine = ground.boundary[of == kind]
        if not mine.empty:
            areas(
                ax, mine, facecolor=mark.fill, hatch=mark.hatch or None, edgecolor=style.FAINT, linewidth=0.4
            )

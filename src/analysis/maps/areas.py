"""Maps of townships: each filled by the class of its value, with the value written on it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import geopandas as gpd
import mapclassify
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from .. import style
from ..charts.parts import rate, with_unit
from ..errors import Lang
from ..ground.places import township_keys
from ..ground.projection import Ground
from ..lettering import drawable, wrapped
from ..rounding import shown, shown_against
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..verdicts import STATUSES
from ..wording.map_words import MAP_WORDS, TOWNSHIP_STATUSES, TOWNSHIP_THIRDS
from .frame import blank, look_at, put, sheet, with_margin
from .furniture import (
    LAND,
    areas,
    county_outline,
    figure_of,
    foot_cm,
    foot_lines,
    key_of,
    north_arrow,
    scale_bar,
    swatch,
    write_foot,
)
from .labels import Label, Labels

_LEGAL = {name: style.STATUS[name] for name in STATUSES} | {
    "no_unit": style.Mark("#FFFFFF", style.INK, hatch="xx")
}
_THIRDS = {
    name: style.Mark(fill, style.INK)
    for name, fill in zip(TOWNSHIP_THIRDS, ("#F4F8C9", "#A5D8B8", "#4BA6C3"), strict=True)
}
_COLUMNS, _CELL_TITLE_CM, _MOST_CM = 3, 0.75, 21.5
_LEAST_CM = 3.6  # of a cell: the key needs it
_ROUND = 1000  # from here on a value is written without decimals, if that keeps it on its side of the line


@dataclass(frozen=True)
class Classes:
    """How the townships are filled: each one's class, and the look and label of every class."""

    of: pd.Series[str]
    marks: dict[str, style.Mark]
    labels: dict[str, str]


@style.styled
def township_map(
    ground: Ground,
    values: pd.DataFrame,
    indicator: Indicator,
    stage: str,
    *,
    source: Words,
    lang: Lang,
    scheme: str | None = None,
    k: int = 5,
) -> Axes:
    """
    Draw one indicator of a stage by township.

    Parameters
    ----------
    ground
        The county's layers; needs townships.
    values
        `places.township_values`.
    scheme
        None: the fixed classes of the rule (met, above the floor, below it), where it has a threshold. Else a
        classifier of mapclassify (FisherJenks, Quantiles, EqualInterval …) with up to `k` classes, to explore.

    Raises
    ------
    ValueError
        The ground has no townships.
    """
    shapes = _shapes(ground, _of(values, indicator, stage))
    page = sheet(ground, source=source, lang=lang)
    classes = legal_classes(shapes, lang) if scheme is None else explored(shapes, indicator, scheme, k, lang)
    labels = _fill(page.map, ground, shapes, classes)
    _write(labels, shapes, indicator, lang, names=True)
    heading = with_unit(indicator.short[lang], rate(indicator, lang), lang)
    key_of(page.key, [(heading, _entries(classes))])
    return page.map


@style.styled
def township_panels(
    ground: Ground, values: pd.DataFrame, stage: str, *, rules: RuleSet, source: Words, lang: Lang
) -> Axes:
    """
    Draw every indicator of a stage by township, one small map each: in the fixed classes of the rule, and in
    thirds of the townships where it has no threshold.

    The last two cells hold a map of names, and the key with the scale bar and north arrow of all the maps.

    Returns
    -------
    The Axes of the first map.
    """
    indicators = [i for i in rules.indicators if not _of(values, i, stage).empty]
    foot = foot_lines(ground, source, lang)
    axes = _grid(ground, len(indicators) + 2, foot_cm(foot))
    used: dict[str, Artist] = {}
    for ax, indicator in zip(axes, indicators, strict=False):
        shapes = _shapes(ground, _of(values, indicator, stage))
        judged = shapes["threshold"].notna().any()
        classes = legal_classes(shapes, lang) if judged else thirds(shapes, lang)
        _write(_fill(ax, ground, shapes, classes), shapes, indicator, lang, names=False)
        ax.set_title(_cell_title(indicator, shapes, lang), fontsize=style.SMALL, loc="left", pad=2)
        used |= {str(entry.get_label()): entry for entry in _entries(classes)}
    _names(axes[-2], ground, lang)
    scale_bar(axes[-1], lang, fraction=0.3)
    north_arrow(axes[-1], ground, lang, cm=(4.4, 0.55))
    order = [words[lang] for words in (TOWNSHIP_STATUSES | TOWNSHIP_THIRDS).values()]
    key_of(axes[-1], [(MAP_WORDS["township"][lang], [used[name] for name in order if name in used])])
    write_foot(figure_of(axes[0]), foot)
    return axes[0]


def legal_classes(shapes: gpd.GeoDataFrame, lang: Lang) -> Classes:
    """Return the rule's own classes of townships: `status`, and `no_unit` where nothing is judged there."""
    of = shapes["status"].fillna("no_unit")
    return Classes(of, dict(_LEGAL), {name: words[lang] for name, words in TOWNSHIP_STATUSES.items()})


def thirds(shapes: gpd.GeoDataFrame, lang: Lang) -> Classes:
    """Return the townships in thirds by value, the least first: the classes where the rule has no threshold."""
    of, known = shapes["status"].fillna("no_unit"), shapes["value"].dropna()
    if not known.empty:
        bins = _binned(known.to_numpy(), "Quantiles", min(3, known.nunique()))
        names = np.array(list(TOWNSHIP_THIRDS))[bins]
        of = pd.Series(names, index=known.index).reindex(of.index).fillna(of)
    words = TOWNSHIP_STATUSES | TOWNSHIP_THIRDS
    return Classes(of, _LEGAL | _THIRDS, {name: text[lang] for name, text in words.items()})


def explored(shapes: gpd.GeoDataFrame, indicator: Indicator, scheme: str, k: int, lang: Lang) -> Classes:
    """
    Return the classes that a classifier finds; fewer than `k` where there are fewer different values.

    A class is labelled by the least and the greatest value in it, so that labels never share a number.
    """
    of = shapes["status"].fillna("no_unit")
    known = shapes["value"].dropna()
    marks = {name: _LEGAL[name] for name in ("missing", "no_unit")}
    labels = {name: TOWNSHIP_STATUSES[name][lang] for name in marks}
    if known.empty:
        return Classes(of, marks, labels)
    count = min(k, known.nunique())
    bins = _binned(known.to_numpy(), scheme, count)
    ramp = mpl.colormaps["YlGnBu"]
    found: dict[str, style.Mark] = {}
    for i, number in enumerate(sorted(set(bins))):
        inside = known[bins == number]
        low, high = (shown(end, indicator.digits, lang) for end in (inside.min(), inside.max()))
        name = f"class {number}"
        found[name] = style.Mark(to_hex(ramp(0.06 + 0.6 * i / max(len(set(bins)) - 1, 1))), style.INK)
        labels[name] = low if low == high else f"{low} – {high}"
        of = of.mask(shapes.index.isin(inside.index), name)
    return Classes(of, found | marks, labels)


def _binned(known: NDArray[np.float64], scheme: str, k: int) -> NDArray[np.int64]:
    if k < 2:
        return np.zeros(len(known), dtype=np.int64)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Numba not installed")  # a county has few townships
        return np.asarray(mapclassify.classify(known, scheme, k=k).yb, dtype=np.int64)


def _of(values: pd.DataFrame, indicator: Indicator, stage: str) -> pd.DataFrame:
    return values[(values["indicator"] == indicator.id) & (values["stage"] == stage)]


def _shapes(ground: Ground, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the townships with their values; those without a unit have none."""
    if ground.townships is None:
        raise ValueError("there are no township polygons to fill")
    keyed = township_keys(ground.townships)
    return keyed.merge(rows.drop(columns="township_name"), on="township", how="left")


def _fill(ax: Axes, ground: Ground, shapes: gpd.GeoDataFrame, classes: Classes) -> Labels:
    """Fill the townships; patterns stand for what is not a value or not met, as in every other figure."""
    for name, mark in classes.marks.items():
        mine = shapes[classes.of == name]
        if not mine.empty:
            areas(
                ax,
                mine,
                facecolor=mark.fill,
                hatch=mark.hatch or None,
                edgecolor=style.FAINT,
                linewidth=0.5,
                zorder=2,
            )
    outline = county_outline(ground)
    if outline is not None:
        areas(ax, outline, facecolor="none", edgecolor=style.INK, linewidth=0.8, zorder=3)
    return Labels(ax)


def _write(
    labels: Labels, shapes: gpd.GeoDataFrame, indicator: Indicator, lang: Lang, *, names: bool
) -> list[str]:
    """Write each township's value, below its name where there is room for names."""
    written = []
    for row in shapes.itertuples():
        digits = indicator.digits if row.value < _ROUND else 0
        value = shown_against(row.value, (row.threshold, row.floor), digits, lang)
        middle = row.geometry.representative_point()
        text = value if pd.notna(row.status) else ""
        if names:
            text = "\n".join(part for part in (drawable(row.township_name, limit=16), text) if part)
        if text:
            written.append(Label(middle.x, middle.y, text, inside=row.geometry))
    return labels.place(written)


def _names(ax: Axes, ground: Ground, lang: Lang) -> None:
    """Draw the map of names."""
    if ground.townships is None:
        raise ValueError("there are no township polygons to name")
    keyed = township_keys(ground.townships)
    areas(ax, keyed, facecolor=LAND, edgecolor=style.FAINT, linewidth=0.5, zorder=2)
    middles = keyed.geometry.representative_point()
    Labels(ax).place(
        [
            Label(at.x, at.y, drawable(name, limit=16), inside=shape)
            for at, name, shape in zip(middles, keyed["township_name"], keyed.geometry, strict=True)
        ]
    )
    ax.set_title(MAP_WORDS["names"][lang], fontsize=style.SMALL, loc="left", pad=2)


def _grid(ground: Ground, n: int, low: float) -> list[Axes]:
    """Return `n` Axes in rows of three, each showing the whole county at the same scale, above a foot."""
    extent = with_margin(ground.bounds)
    west, south, east, north = extent
    rows = -(-n // _COLUMNS)
    wide = style.TEXT_WIDTH_CM / _COLUMNS
    room = (_MOST_CM - low) / rows - _CELL_TITLE_CM
    tall = min(max(wide * (north - south) / (east - west), _LEAST_CM), room)
    height = rows * (tall + _CELL_TITLE_CM)
    first = blank((style.TEXT_WIDTH_CM, height + low))
    axes = [first, *(figure_of(first).add_axes((0, 0, 1, 1), label=f"cell {i}") for i in range(1, n))]
    for i, ax in enumerate(axes):
        row, column = divmod(i, _COLUMNS)
        put(ax, column * wide, low + height - (row + 1) * (tall + _CELL_TITLE_CM), wide - 0.15, tall)
        look_at(ax, extent, strip_cm=0)
    return axes


def _cell_title(indicator: Indicator, shapes: gpd.GeoDataFrame, lang: Lang) -> str:
    """Return the name, unit and threshold of an indicator in two lines."""
    name = wrapped(with_unit(indicator.short[lang], rate(indicator, lang), lang), 34)
    limit = shapes["threshold"].dropna()
    if limit.empty:
        return name
    sign = "≤" if indicator.at_most is not None else "≥"
    told = f"{'标准' if lang == 'zh' else 'standard'} {sign}{limit.iloc[0]:g}"
    return f"{name} {told}" if "\n" in name else f"{name}\n{told}"


def _entries(classes: Classes) -> list[Artist]:
    return [
        swatch(mark, classes.labels[name])
        for name, mark in classes.marks.items()
        if (classes.of == name).any()
    ]

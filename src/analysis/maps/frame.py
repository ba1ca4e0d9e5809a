"""The sheet that a map is drawn on: what it shows at which scale, and where map, key, inset and foot stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from .. import style
from ..errors import Lang
from ..ground.projection import Ground
from ..schema import Words
from .furniture import figure_of, foot_cm, foot_lines, north_arrow, scale_bar, write_foot

Extent = tuple[float, float, float, float]  # west, south, east, north, metres

_SIDE_CM = 4.5  # the column of key and inset
_STRIP_CM = 1.0  # below the county, for scale bar and arrow
_MARGIN_CM = 0.15
_LOW_CM, _HIGH_CM = 8.5, 17.5  # of the map
_LEAST_M = 2000.0  # a county of one school is still a place
_CROWD = 5  # so many schools close together, and more elsewhere, ask for an inset
_REACHES = (1 / 12, 1 / 18, 1 / 27, 1 / 40)  # of the width of the county: how close is close
_MOST = 0.75


@dataclass(frozen=True)
class Sheet:
    """A figure with the map's Axes, those of the key, and those of the inset (None: no inset)."""

    map: Axes
    key: Axes
    inset: Axes | None
    inset_extent: Extent | None


def sheet(ground: Ground, *, source: Words, lang: Lang, crowd: NDArray[np.float64] | None = None) -> Sheet:
    """
    Return an empty map of the county with key column, scale bar, north arrow and foot.

    Everything has a place of its own in centimetres, so that nothing covers anything else and labels can be placed
    before the figure is drawn.

    Parameters
    ----------
    source
        Where the figures come from and of when, for the foot.
    crowd
        Points (n × 2, metres) that may crowd: where they do, the column gets an inset of the densest spot.
    """
    west, south, east, north = with_margin(ground.bounds)
    wide = style.TEXT_WIDTH_CM - _SIDE_CM
    tall = float(np.clip(wide * (north - south) / (east - west), _LOW_CM - _STRIP_CM, _HIGH_CM - _STRIP_CM))
    top, lines = tall + _STRIP_CM, foot_lines(ground, source, lang)
    low = foot_cm(lines)
    ax = blank((style.TEXT_WIDTH_CM, top + low))
    put(ax, _MARGIN_CM, low, wide - 2 * _MARGIN_CM, top - _MARGIN_CM)
    look_at(ax, (west, south, east, north), strip_cm=_STRIP_CM)
    scale_bar(ax, lang)
    north_arrow(ax, ground, lang, cm=(wide - 3 * _MARGIN_CM, _STRIP_CM / 2))
    inset_extent = None if crowd is None else densest(crowd, ground)
    inset, key_tall = None, top
    if inset_extent is not None:
        side = _SIDE_CM - _MARGIN_CM
        inset = _inset(ax, inset_extent, (wide, low + top - side, side, side - _MARGIN_CM), lang)
        key_tall = top - side - _MARGIN_CM
    key = figure_of(ax).add_axes((0, 0, 1, 1), label="key")
    key.set_axis_off()
    put(key, wide, low, _SIDE_CM, key_tall - _MARGIN_CM)
    write_foot(figure_of(ax), lines)
    return Sheet(ax, key, inset, inset_extent)


def blank(size: tuple[float, float]) -> Axes:
    """Return the Axes of a figure of a size in centimetres in which nothing is moved by a layout."""
    fig, ax = style.figure(size)
    fig.set_layout_engine(PlaceHolderLayoutEngine(adjust_compatible=False, colorbar_gridspec=False))
    return ax


def densest(points: NDArray[np.float64], ground: Ground) -> Extent | None:
    """Return the square in which schools crowd, None where none do or where all of them are there."""
    west, _, east, _ = ground.bounds
    if len(points) <= _CROWD:
        return None
    apart = np.abs(points[:, None, :] - points[None, :, :]).max(axis=2)
    chosen: NDArray[np.bool_] | None = None
    for part in _REACHES:  # the smallest square that still holds most of the crowd
        near = apart <= part * (east - west)
        crowd = near[int(near.sum(axis=1).argmax())]
        if chosen is None or crowd.sum() >= _MOST * chosen.sum():
            chosen = crowd
    if chosen is None or chosen.sum() < _CROWD or chosen.all():
        return None
    extent = _square(points[chosen], (east - west) / 80)
    edge = 0.15 * (extent[2] - extent[0])  # a school just outside would hide the frame
    wider = (extent[0] - edge, extent[1] - edge, extent[2] + edge, extent[3] + edge)
    inside = within(points, wider)
    return None if inside.all() else _square(points[inside], (east - west) / 80)


def _square(points: NDArray[np.float64], least: float) -> Extent:
    """Return the square about points, with a margin; `least`: half of its least width, metres."""
    x, y = map(float, (points.min(axis=0) + points.max(axis=0)) / 2)
    half = max(float(np.ptp(points, axis=0).max()) / 2 * 1.4, least)
    return x - half, y - half, x + half, y + half


def within(points: NDArray[np.float64], extent: Extent | None) -> NDArray[np.bool_]:
    """Tell which points lie in an extent; none lie in None."""
    if extent is None:
        return np.zeros(len(points), dtype=bool)
    west, south, east, north = extent
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= west) & (x <= east) & (y >= south) & (y <= north))


def _inset(ax: Axes, extent: Extent, place: tuple[float, float, float, float], lang: Lang) -> Axes:
    """Add the inset at a place in centimetres, with its own scale bar, and its frame on the map."""
    inset = figure_of(ax).add_axes((0, 0, 1, 1), label="inset")
    put(inset, *place)
    look_at(inset, extent, strip_cm=0.55)
    inset.set_axis_on()
    inset.spines[:].set(visible=True, color=style.FAINT, linewidth=0.8)
    scale_bar(inset, lang, fraction=0.3)
    west, south, east, north = extent
    ax.add_patch(
        Rectangle(
            (west, south), east - west, north - south, fill=False, edgecolor=style.INK, lw=0.9, zorder=6
        )
    )
    return inset


def with_margin(bounds: Extent) -> Extent:
    west, south, east, north = bounds
    size = max(east - west, north - south, _LEAST_M)
    pad = 0.03 * size
    half = np.maximum(np.array([east - west, north - south]), 0.3 * size) / 2 + pad
    x, y = (west + east) / 2, (south + north) / 2
    return float(x - half[0]), float(y - half[1]), float(x + half[0]), float(y + half[1])


def put(ax: Axes, x: float, y: float, wide: float, tall: float) -> None:
    """Put Axes at a place of the figure, in centimetres from its lower left corner."""
    whole_wide, whole_tall = (float(inches) * 2.54 for inches in figure_of(ax).get_size_inches())
    ax.set_position((x / whole_wide, y / whole_tall, wide / whole_wide, tall / whole_tall))


def look_at(ax: Axes, extent: Extent, *, strip_cm: float) -> None:
    """Show an extent at one scale both ways, in the middle of the Axes above a strip that stays empty."""
    west, south, east, north = extent
    wide, tall = np.array(ax.get_position().size) * figure_of(ax).get_size_inches() * 2.54
    per_cm = max((east - west) / wide, (north - south) / (tall - strip_cm))
    x, y = (west + east) / 2, (south + north) / 2
    ax.set_xlim(x - per_cm * wide / 2, x + per_cm * wide / 2)
    ax.set_ylim(y - per_cm * ((tall - strip_cm) / 2 + strip_cm), y + per_cm * (tall - strip_cm) / 2)
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[])
    ax.set_axis_off()

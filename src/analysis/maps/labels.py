"""Labels on a map: each beside its place where there is room, none over another or over a symbol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from numpy.typing import NDArray

from .. import style

_GAP = 1.2  # points between a symbol and its label
_DIRECTIONS = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)], dtype=float)
_RINGS = (7.0, 16.0)  # points further out, where there is no room beside the symbol
_APART = 1.5  # points between a label and the symbols of others

Box = NDArray[np.float64]  # x0, y0, x1, y1 in pixels


@dataclass(frozen=True)
class Label:
    """
    A text for a place of the map.

    `x`, `y` in the data; `radius` of the symbol there in points, 0 where the text itself stands on the place;
    `inside`: a polygon (in the data) which the middle of the text may not leave.
    """

    x: float
    y: float
    text: str
    radius: float = 0.0
    size: float = style.TINY
    color: str = style.INK
    inside: shapely.Geometry | None = None


class Labels:
    """
    A greedy placer: labels are placed in the order they come, each at the first place that is free.

    The Axes must have their final limits and position: places are found in pixels.
    """

    def __init__(self, ax: Axes) -> None:
        ax.apply_aspect()
        self.ax = ax
        self._pixels = ax.figure.dpi / 72
        self._frame = np.array(ax.get_window_extent().extents)
        self._symbols: Box = np.empty((0, 4))
        self._taken: Box = np.empty((0, 4))  # by labels, their lines, and boxes kept clear

    def keep_clear(self, xy: NDArray[np.float64], radii: NDArray[np.float64]) -> None:
        """Keep labels off symbols, and nearer to their own than to others: middles in the data, radii in points."""
        if len(xy):
            middle, reach = self.ax.transData.transform(xy), (radii[:, None] + _APART) * self._pixels
            self._symbols = np.vstack([self._symbols, np.hstack([middle - reach, middle + reach])])

    def keep_box_clear(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Keep labels off a box in the data."""
        corners = self.ax.transData.transform([(x0, y0), (x1, y1)])
        self._taken = np.vstack([self._taken, corners.reshape(1, 4)])

    def place(self, labels: Sequence[Label]) -> list[str]:
        """Write the labels and return the texts for which there is no room."""
        return [label.text for label in labels if not self._placed(label)]

    def _placed(self, label: Label) -> bool:
        measured = self._written(label, np.zeros(2))
        extent = measured.get_window_extent()
        measured.remove()
        half = np.array([extent.width, extent.height]) / 2
        at = self.ax.transData.transform((label.x, label.y))
        others = self._others(label, at)
        for offset, far in self._offsets(label, half):
            middle = at + offset
            box = np.concatenate([middle - half, middle + half])
            end = np.sign(offset) * np.maximum(np.abs(offset) - half, 0)  # of the text, towards its place
            line = np.concatenate([np.minimum(at, at + end), np.maximum(at, at + end)])
            clear = self._free(box, others) and (not far or self._free(line, others))
            if clear and self._belongs(label, middle):
                self._written(label, offset)
                if far:
                    self._led(label, end)
                self._taken = np.vstack([self._taken, box, *([line] if far else [])])
                return True
        return False

    def _written(self, label: Label, offset: NDArray[np.float64]) -> Annotation:
        how: dict[str, Any] = {
            "ha": "center",
            "va": "center",
            "fontsize": label.size,
            "color": label.color,
            "linespacing": 1.05,
            "path_effects": [withStroke(linewidth=1.6, foreground="white")],
            "zorder": 9,
        }
        at, by = (label.x, label.y), tuple(offset / self._pixels)
        return self.ax.annotate(label.text, at, xytext=by, textcoords="offset points", **how)

    def _led(self, label: Label, end: NDArray[np.float64]) -> None:
        """Draw a fine line from the symbol to its label."""
        line = {"arrowstyle": "-", "lw": 0.5, "color": style.INK, "shrinkA": 0, "shrinkB": label.radius}
        at, by = (label.x, label.y), tuple(end / self._pixels)
        self.ax.annotate("", at, xytext=by, textcoords="offset points", arrowprops=line, zorder=6.5)

    def _offsets(self, label: Label, half: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], bool]]:
        """
        Return the offsets to try, in pixels, and which are so far out that a line must lead to the place.

        On the place itself if nothing stands there; then beside it, then about it in rings.
        """
        reach = half + (label.radius + _GAP) * self._pixels
        beside = [(direction * reach, False) for direction in _DIRECTIONS]
        steps = np.array(_RINGS)[:, None, None] * self._pixels
        rings = (_DIRECTIONS * reach + _DIRECTIONS * steps).reshape(-1, 2)
        further = [(offset, bool(label.radius)) for offset in rings]
        return beside + further if label.radius else [(np.zeros(2), False), *beside, *further]

    def _others(self, label: Label, at: NDArray[np.float64]) -> Box:
        """Return what a label may not cover: all that is taken, and the symbols, its own left out."""
        middles = (self._symbols[:, :2] + self._symbols[:, 2:]) / 2
        own = (np.abs(middles - at) < 0.5).all(axis=1) & (label.radius > 0)
        return np.vstack([self._taken, self._symbols[~own]])

    def _free(self, box: Box, taken: Box) -> bool:
        west, south, east, north = self._frame
        if box[0] < west or box[1] < south or box[2] > east or box[3] > north:
            return False
        overlap = (
            (taken[:, 0] < box[2]) & (taken[:, 2] > box[0]) & (taken[:, 1] < box[3]) & (taken[:, 3] > box[1])
        )
        return not bool(overlap.any())

    def _belongs(self, label: Label, middle: NDArray[np.float64]) -> bool:
        if label.inside is None:
            return True
        x, y = self.ax.transData.inverted().transform(middle)
        return bool(shapely.contains_xy(label.inside, x, y))

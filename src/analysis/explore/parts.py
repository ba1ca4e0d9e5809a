"""What the views are drawn of: marks, lines, outlines and the empty picture, as dictionaries of plotly.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from .. import style
from ..sources.dataset import Dataset

_SYMBOLS = {"o": "circle", "D": "diamond", "s": "square", "^": "triangle-up"}
BACKGROUND = "#FFFFFF"


def marker(mark: style.Mark, *, size: int) -> dict[str, Any]:
    """Return a mark of the house as a marker."""
    return {
        "color": mark.fill,
        "symbol": _SYMBOLS.get(mark.marker, "circle"),
        "size": size,
        "line": {"color": style.INK, "width": 0.8},
    }


def outlines(data: Dataset) -> list[dict[str, Any]]:
    """Return what lies below the schools of the map: the townships and the county, as far as there are any."""
    layers = ((data.townships, 0.6), (data.boundary, 1.6))
    return [_outline(frame, width) for frame, width in layers if frame is not None]


def _outline(frame: Any, width: float) -> dict[str, Any]:
    """Return the outlines of a layer as one line, its rings apart."""
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in shapely.get_parts(shapely.boundary(frame.geometry.to_numpy())):
        points = shapely.get_coordinates(ring).round(5)
        x += [*points[:, 0].tolist(), None]
        y += [*points[:, 1].tolist(), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": style.FAINT, "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def line(*, x: float | None = None, y: float | None = None) -> dict[str, Any]:
    """Return a dotted line right through the picture, upright at x or level at y."""
    along = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"}
    across = {"y0": y, "y1": y, "x0": 0, "x1": 1, "xref": "paper"}
    look = {"color": style.INK, "width": 1, "dash": "dot"}
    return {"type": "line", "layer": "below", "line": look, **(along if x is not None else across)}


def canvas(*, x: str = "", y: str = "", legend: bool = False) -> dict[str, Any]:
    """Return the layout of an empty picture with the titles of its axes."""
    title = {"standoff": 4, "font": {"size": 11}}
    axis = {"gridcolor": style.GRID, "zeroline": False, "linecolor": style.FAINT}
    return {
        "margin": {"l": 46, "r": 10, "t": 8, "b": 38},
        "font": {"size": 11, "color": style.INK},
        "xaxis": {**axis, "title": {"text": x, **title}},
        "yaxis": {**axis, "title": {"text": y, **title}},
        "showlegend": legend,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "paper_bgcolor": BACKGROUND,
        "plot_bgcolor": BACKGROUND,
        "hovermode": "closest",
    }


def plain(values: Any) -> list[float | None]:
    """Return numbers as JSON can hold them: what is missing is null."""
    return [None if v != v else v for v in np.asarray(values, dtype=float).tolist()]

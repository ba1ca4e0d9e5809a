"""What every map carries: outlines, key, scale bar, north arrow, and the lines at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import CRS, Transformer

from .. import style
from ..errors import Lang
from ..ground.places import township_keys
from ..ground.projection import Ground, central_meridian
from ..lettering import drawable, fonts, wrapped
from ..schema import Words
from .labels import Label, Labels

_LINE_CM = 0.34  # of the foot
_KEY_COLUMNS = 26  # Latin letters in a line of the key
_BLANK = "________"
LAND = "#FAFAF7"

SKETCH = Words(zh="示意图", en="Sketch map")
_REVIEW = Words(zh=f"审图号：{_BLANK}", en=f"map review no. (审图号): {_BLANK}")
_BASE = Words(zh=f"底图来源：{_BLANK}", en=f"base map (底图来源): {_BLANK}")


def figure_of(ax: Axes) -> Figure:
    """Return the figure that Axes stand in."""
    found = ax.get_figure(root=True)
    if found is None:
        raise ValueError("these Axes stand in no figure")
    return found


def areas(ax: Axes, shapes: gpd.GeoDataFrame | gpd.GeoSeries, **how: Any) -> None:
    """Draw polygons, holes left open, without changing what the Axes show; `how` as for a PathCollection."""
    # Not geopandas' plot, which redraws the whole figure each time.
    polygons = shapely.get_parts(shapely.normalize(shapes.geometry.to_numpy()))
    paths = [
        Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings))
        for rings in ((shape.exterior, *shape.interiors) for shape in polygons)
    ]
    ax.add_collection(PathCollection(paths, **how), autolim=False)


def outlines(ax: Axes, ground: Ground) -> None:
    """Draw townships and the county's boundary, whichever there are."""
    if ground.townships is not None:
        areas(ax, ground.townships, facecolor=LAND, edgecolor="#A9A9A9", linewidth=0.5, zorder=1)
    whole = county_outline(ground)
    if whole is not None:
        fill = "none" if ground.townships is not None else LAND
        areas(ax, whole, facecolor=fill, edgecolor=style.FAINT, linewidth=1.0, zorder=2)


def county_outline(ground: Ground) -> gpd.GeoSeries | None:
    """Return the county's boundary, else the outline of its townships, else None."""
    if ground.boundary is not None:
        return ground.boundary.geometry
    if ground.townships is not None:
        return gpd.GeoSeries([ground.townships.geometry.union_all()], crs=ground.crs)
    return None


def name_townships(labels: Labels, ground: Ground) -> list[str]:
    """Write the names of the townships inside their polygons, and return those without room."""
    if ground.townships is None:
        return []
    keyed = township_keys(ground.townships).dropna(subset=["township_name"])
    middles = keyed.geometry.representative_point()
    return labels.place(
        [
            Label(at.x, at.y, drawable(name, limit=16), size=style.SMALL, color=style.FAINT, inside=shape)
            for at, name, shape in zip(middles, keyed["township_name"], keyed.geometry, strict=True)
        ]
    )


def key_of(ax: Axes, groups: Sequence[tuple[str, Sequence[Artist]]]) -> None:
    """Write the key: groups of a heading and labelled handles, one below the other."""
    below = 1.0
    height = ax.get_window_extent().height
    for heading, entries in groups:
        if not entries and not heading:
            continue
        legend = ax.legend(
            list(entries),
            [wrapped(str(entry.get_label()), _KEY_COLUMNS) for entry in entries],
            title=wrapped(heading, _KEY_COLUMNS + 5),
            title_fontsize=style.SMALL,
            alignment="left",
            loc="upper left",
            bbox_to_anchor=(0, below),
            borderaxespad=0,
            borderpad=0.2,
            labelspacing=0.5,
            handlelength=1.9,
        )
        ax.add_artist(legend)
        below -= legend.get_window_extent().height / height + 0.25 / 2.54 * figure_of(ax).dpi / height
    last = ax.get_legend()
    if last is not None:
        last.remove()


def swatch(mark: style.Mark, label: str) -> Patch:
    """Return the key's handle of an area."""
    return Patch(facecolor=mark.fill, hatch=mark.hatch * 2, edgecolor=style.FAINT, linewidth=0.5, label=label)


def dot(mark: style.Mark, label: str, size: float = 36) -> Line2D:
    """Return the key's handle of a symbol; `size` in square points, as for scatter."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=mark.marker,
        markersize=float(np.sqrt(size)),
        markerfacecolor=mark.fill,
        markeredgecolor=style.INK,
        markeredgewidth=0.6,
        label=label,
    )


def scale_bar(ax: Axes, lang: Lang, *, fraction: float = 0.22) -> ScaleBar:
    """Add a scale bar at the lower left of Axes whose data are metres."""
    units = {"km": Words(zh="千米", en="km"), "m": Words(zh="米", en="m")}
    bar = ScaleBar(
        1,
        "m",
        length_fraction=fraction,
        location="lower left",
        frameon=False,
        color=style.INK,
        scale_loc="right",
        border_pad=0.3,
        sep=3,
        width_fraction=0.006,
        scale_formatter=lambda value, unit: f"{value:g} {units[unit][lang] if unit in units else unit}",
        font_properties={"family": fonts(lang), "size": style.SMALL},
    )
    ax.add_artist(bar)
    return bar


def north_arrow(ax: Axes, ground: Ground, lang: Lang, *, cm: tuple[float, float]) -> None:
    """
    Point to true north, which in the zone's grid leans by up to a degree and a half.

    `cm`: the middle of the arrow, from the lower left corner of the Axes.
    """
    turn = _north(ground)
    half = 0.26 * 72 / 2.54
    middle = tuple(length / 2.54 * 72 for length in cm)
    tip, tail = (
        (middle[0] + end * half * np.sin(turn), middle[1] + end * half * np.cos(turn)) for end in (0.6, -1.4)
    )
    how: dict[str, Any] = {"xycoords": "axes points", "textcoords": "axes points"}
    arrow = {"arrowstyle": "-|>,head_width=0.25,head_length=0.5", "color": style.INK, "lw": 1.2}
    ax.annotate("", tip, xytext=tail, arrowprops=arrow | {"shrinkA": 0, "shrinkB": 0}, **how)
    letter = "北" if lang == "zh" else "N"
    ax.annotate(
        letter, tip, xytext=(tip[0], tip[1] + 6), ha="center", va="center", fontsize=style.SMALL, **how
    )


def foot_lines(ground: Ground, source: Words, lang: Lang) -> list[str]:
    """Return the lines at the foot: 示意图, 审图号 and 底图来源; projection and source."""
    columns = int(style.TEXT_WIDTH_CM / 2.54 * 72 / (style.SMALL / 2)) - 4
    sheet_line = (SKETCH, _REVIEW, _BASE)
    source_line = (_projection(ground), Words(zh=f"数据来源：{source.zh}", en=f"source: {source.en}"))
    told = [" · ".join(part[lang] for part in line) for line in (sheet_line, source_line)]
    return [line for text in told for line in wrapped(drawable(text, limit=4 * columns), columns).split("\n")]


def foot_cm(lines: Sequence[str]) -> float:
    """Return the height of the foot; its last line is left to the label of invented data."""
    return _LINE_CM * (len(lines) + 1) + 0.35


def write_foot(fig: Figure, lines: Sequence[str]) -> None:
    """Write the lines at the foot of a sheet, above the line of `style.note`."""
    y = 0.01 + (_LINE_CM + 0.05) / (fig.get_figheight() * 2.54)  # that line begins at a hundredth
    how = {"ha": "right", "va": "bottom", "fontsize": style.SMALL, "color": style.FAINT}
    fig.text(0.99, y, "\n".join(lines), linespacing=1.15, **how)  # type: ignore[arg-type]


def _projection(ground: Ground) -> Words:
    meridian = f"{central_meridian(ground.crs):g}"
    words = (
        Words(
            zh=f"投影：CGCS2000 3度带高斯投影，中央经线{meridian}°",
            en=f"projection: CGCS2000 3-degree Gauss-Krüger, central meridian {meridian}°",
        )
        if ground.crs.name.startswith("CGCS2000")
        else Words(zh=f"投影：UTM，中央经线{meridian}°", en=f"projection: UTM, central meridian {meridian}°")
    )
    if ground.system in ("WGS84", "CGCS2000"):
        return words
    return Words(
        zh=f"{words.zh}（坐标为{ground.system}，与来源一致）",
        en=f"{words.en} (places in {ground.system}, as filed)",
    )


@cache
def _to_degrees(crs: CRS) -> Transformer:
    """Return the way back to longitude and latitude; every map of a county asks for the same one."""
    return Transformer.from_crs(crs, 4326, always_xy=True)


def _north(ground: Ground) -> float:
    """Return the direction of true north in the grid at the middle of the map, radians clockwise."""
    west, south, east, north = ground.bounds
    back = _to_degrees(ground.crs)
    lon, lat = back.transform((west + east) / 2, (south + north) / 2)
    there = back.transform(lon, lat + 0.01, direction="INVERSE")
    here = back.transform(lon, lat, direction="INVERSE")
    return float(np.arctan2(there[0] - here[0], there[1] - here[1]))

"""Maps of distances: where people live, by the straight line to the nearest school."""

from __future__ import annotations

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from .. import style
from ..errors import Lang
from ..ground.distances import reachable
from ..ground.norms import Norms
from ..ground.projection import Ground
from ..lettering import drawable
from ..rounding import shown
from ..schema import Words
from ..wording.map_words import MAP_WORDS, radius_classes
from .frame import sheet
from .furniture import dot, key_of, name_townships, outlines
from .labels import Label, Labels

_PEOPLE = (1000, 10_000)  # bounds of the three sizes of settlements
_PEOPLE_SIZES = (13.0, 40.0, 120.0)
_NAMED_FARTHEST = 8


@style.styled
def distance_map(
    ground: Ground,
    nearest: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    stage: str,
    *,
    norms: Norms,
    source: Words,
    lang: Lang,
    stand_in: bool = False,
) -> Axes:
    """
    Draw where people live by their straight-line distance to the nearest school of a stage.

    Parameters
    ----------
    nearest
        `places.nearest_schools`, in the ground's projection.
    places
        `places.unit_places`, in the ground's projection: the schools are drawn as crosses.
    norms
        Their service radii of the stage are the bounds of the classes.
    stand_in
        The points stand for townships, because there are no settlements; the key says so.
    """
    rows = nearest[nearest["stage"] == stage].sort_values(["population", "name"], ascending=[False, True])
    classes = radius_classes(norms, stage)
    bounds = [float(radius.km) for radius in norms.radii(stage)]
    of_class = np.searchsorted(bounds, rows["km"], side="left")
    page = sheet(ground, source=source, lang=lang)
    outlines(page.map, ground)
    fills = shades(len(classes))
    xy = rows.geometry.get_coordinates().to_numpy()
    sizes = _people_sizes(rows["population"])
    page.map.scatter(xy[:, 0], xy[:, 1], s=sizes, c=[fills[i] for i in of_class], edgecolor=style.INK,
                     linewidth=0.5, zorder=6, label="_places")  # fmt: skip
    schools = reachable(places, stage).geometry.get_coordinates().to_numpy()
    page.map.scatter(schools[:, 0], schools[:, 1], s=22, marker="+", color=style.INK, linewidth=1.1,
                     zorder=8, label="_schools")  # fmt: skip
    labels = Labels(page.map)
    labels.keep_clear(xy, np.sqrt(sizes) / 2)
    labels.keep_clear(schools, np.full(len(schools), 2.5))
    if not stand_in:
        name_townships(labels, ground)
    _name_farthest(labels, rows, sizes, len(rows) if stand_in else _NAMED_FARTHEST)
    entries = [
        dot(style.Mark(fill, style.INK), words[lang], 36) for fill, words in zip(fills, classes, strict=True)
    ]
    school = dot(style.Mark("none", style.INK, marker="+"), MAP_WORDS["school"][lang], 30)
    heading = MAP_WORDS["stand_in" if stand_in else "distance"][lang]
    people = _people_key(rows["population"], lang)
    key_of(page.key, [(heading, entries), *([(MAP_WORDS["people"][lang], people)] if people else []),
                      (MAP_WORDS["symbols"][lang], [school])])  # fmt: skip
    return page.map


def shades(n: int) -> list[str]:
    """Return `n` colours whose lightness falls in even steps, legible in grey and to the colour-blind."""
    ramp = mpl.colormaps["YlGnBu"]
    return [to_hex(ramp(0.08 + 0.84 * i / max(n - 1, 1))) for i in range(n)]


def _people_sizes(population: pd.Series[float]) -> np.ndarray:
    sizes = np.array(_PEOPLE_SIZES)[np.searchsorted(_PEOPLE, population.fillna(0), side="right")]
    return np.asarray(sizes, dtype=float)


def _people_key(population: pd.Series[float], lang: Lang) -> list[Artist]:
    """Return the sizes of settlements that occur; none where no population is known."""
    low, high = (shown(n, 0, lang) for n in _PEOPLE)
    names = (
        [f"不足{low}人", f"{low}—{high}人", f"{high}人及以上"]
        if lang == "zh"
        else [f"below {low}", f"{low} to {high}", f"{high} or more"]
    )
    present = set(_people_sizes(population.dropna()))
    blank = style.Mark("#FFFFFF", style.INK)
    return [
        dot(blank, name, size) for name, size in zip(names, _PEOPLE_SIZES, strict=True) if size in present
    ]


def _name_farthest(labels: Labels, rows: gpd.GeoDataFrame, sizes: np.ndarray, most: int) -> None:
    """Name the places furthest from a school, with their distance in km."""
    reach = pd.Series(np.sqrt(sizes) / 2, index=rows.index)
    far = rows.sort_values("km", ascending=False).head(most)
    labels.place(
        [
            Label(row.geometry.x, row.geometry.y, f"{drawable(row.name_, limit=16)} {shown(row.km, 1)}",
                  radius=float(reach[row.Index]))
            for row in far.rename(columns={"name": "name_"}).itertuples()
        ]
    )  # fmt: skip

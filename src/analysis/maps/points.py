"""Schools as points on the county's ground: by verdict, and by their large classes. A sheet of one stage each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from .. import style
from ..errors import Lang
from ..ground.norms import Norms
from ..ground.projection import Ground
from ..lettering import drawable
from ..rounding import shown
from ..schema import Words
from ..wording.map_words import MAP_WORDS, PLACE_VERDICTS, size_classes
from .frame import Sheet, sheet, within
from .furniture import dot, figure_of, key_of, name_townships, outlines
from .labels import Label, Labels

OUT = style.Mark("#D9D9D9", style.INK, marker="X")
VERDICT_MARKS = {
    "pass": style.STATUS["met"],
    "fail": style.STATUS["below"],
    "undetermined": style.STATUS["missing"],
    "unjudged": style.STATUS["unjudged"],
    "out": OUT,
}
_KINDS = (  # of classes, from the smallest up; a fourth kind and further ones look like the third
    style.Mark("#F2B134", style.INK, marker="^"),
    style.Mark("#B5532A", style.INK, marker="D"),
    style.Mark("#3D1420", style.INK, marker="P"),
)
_NICE = (20, 50, 100, 200, 500, 1000, 2000, 3000, 5000)
_LARGEST, _LEAST = 150.0, 9.0  # square points of the largest and the least symbol
_EVEN = {"D": 0.75, "s": 0.85, "^": 1.25, "X": 1.1}  # so that shapes of one size look alike
_UNKNOWN_SIZE = 16.0


@style.styled
def school_map(ground: Ground, places: gpd.GeoDataFrame, stage: str, *, source: Words, lang: Lang) -> Axes:
    """
    Draw the schools of a stage: size by pupils, colour and shape by verdict.

    Parameters
    ----------
    ground
        The county's layers (`projection.lay_ground`).
    places
        `places.unit_places`, in the ground's projection.
    source
        Where the figures come from, for the foot.
    """
    marks = {verdict: (VERDICT_MARKS[verdict], PLACE_VERDICTS[verdict]) for verdict in VERDICT_MARKS}
    return _points(ground, places, stage, "verdict", marks, MAP_WORDS["verdict"], source, lang)


@style.styled
def class_map(
    ground: Ground, sizes: gpd.GeoDataFrame, stage: str, *, norms: Norms, source: Words, lang: Lang
) -> Axes:
    """
    Draw the schools of a stage: size by pupils, colour and shape by the kind of their largest class.

    Parameters
    ----------
    sizes
        `places.class_sizes`, in the ground's projection.
    """
    ids = [kind.id for kind in norms.class_kinds(stage)]
    looks = [_KINDS[min(i, len(_KINDS) - 1)] for i in range(len(ids))]
    found = dict(zip(ids, looks, strict=True))
    found |= {"usual": style.STATUS["met"], "missing": style.STATUS["missing"]}
    marks = {size: (found[size], words) for size, words in size_classes(norms, stage).items()}
    return _points(ground, sizes, stage, "size", marks, MAP_WORDS["largest"], source, lang)


@style.styled
def money_map(
    ground: Ground, places: gpd.GeoDataFrame, classes: Mapping[str, Words], *, source: Words, lang: Lang
) -> Axes:
    """
    Draw where a plan puts its money: size by pupils, colour and shape by the class of a school's money.

    Parameters
    ----------
    places
        Schools in the ground's projection: `stage` ("school"), `pupils`, `money` (a key of `classes`).
    classes
        What each class is called, from none up; a fifth and further ones look like the fourth.
    """
    looks = [style.STATUS["unjudged"], *_KINDS]
    marks = {key: (looks[min(i, len(looks) - 1)], words) for i, (key, words) in enumerate(classes.items())}
    return _points(ground, places, "school", "money", marks, MAP_WORDS["money"], source, lang)


def _points(
    ground: Ground,
    places: gpd.GeoDataFrame,
    stage: str,
    column: str,
    marks: Mapping[str, tuple[style.Mark, Words]],
    heading: Words,
    source: Words,
    lang: Lang,
) -> Axes:
    rows = places[(places["stage"] == stage) & places.geometry.notna()].sort_values(
        ["pupils", "school_id"], ascending=[False, True]
    )
    rows = rows.assign(area=_areas(rows["pupils"]))
    xy = rows.geometry.get_coordinates().to_numpy()
    page = sheet(ground, source=source, lang=lang, crowd=xy)
    apart = within(xy, page.inset_extent)
    outlines(page.map, ground)
    _scatter(page.map, rows[~apart], column, {k: mark for k, (mark, _) in marks.items()})
    labels = Labels(page.map)
    labels.keep_clear(xy[~apart], np.sqrt(rows.loc[~apart, "area"].to_numpy()) / 2)
    _name_inset(page, labels, int(apart.sum()), lang)
    name_townships(labels, ground)
    unnamed = _name_schools(labels, rows[~apart])
    if page.inset is not None:
        unnamed += _draw_inset(page, ground, rows[apart], column, marks)
    entries = [
        dot(mark, words[lang]) for value, (mark, words) in marks.items() if (rows[column] == value).any()
    ]
    key_of(page.key, [(heading[lang], entries), (MAP_WORDS["pupils"][lang], _size_key(rows, lang)),
                      *_not_shown(places, stage, len(unnamed), lang)])  # fmt: skip
    return page.map


def _areas(pupils: pd.Series[float]) -> pd.Series[float]:
    """Return the areas of the symbols: in proportion to the pupils, but never too small to be told apart."""
    most = max(float(pupils.max()), 1.0) if pupils.notna().any() else 1.0
    return (pupils / most * _LARGEST).clip(lower=_LEAST).fillna(_UNKNOWN_SIZE)


def _scatter(ax: Axes, rows: gpd.GeoDataFrame, column: str, marks: Mapping[str, style.Mark]) -> None:
    """Draw the symbols, the largest first, so that a small school is never hidden below a large one."""
    for rank, row in enumerate(rows.itertuples()):
        mark = marks[str(getattr(row, column))]
        ax.scatter(
            row.geometry.x, row.geometry.y, s=float(row.area) * _EVEN.get(mark.marker, 1.0),
            marker=mark.marker, facecolor=mark.fill, hatch=mark.hatch if mark.hatch == "...." else None, edgecolor=style.INK, linewidth=0.6,
            zorder=7 + rank / (len(rows) + 1), label=str(getattr(row, column)),
        )  # fmt: skip


def _draw_inset(
    page: Sheet,
    ground: Ground,
    rows: gpd.GeoDataFrame,
    column: str,
    marks: Mapping[str, tuple[style.Mark, Words]],
) -> list[str]:
    assert page.inset is not None
    outlines(page.inset, ground)
    _scatter(page.inset, rows, column, {k: mark for k, (mark, _) in marks.items()})
    labels = Labels(page.inset)
    labels.keep_clear(rows.geometry.get_coordinates().to_numpy(), np.sqrt(rows["area"].to_numpy()) / 2)
    (x0, x1), (y0, y1) = page.inset.get_xlim(), page.inset.get_ylim()
    labels.keep_box_clear(x0, y0, x1, y0 + 0.12 * (y1 - y0))  # its scale bar
    return _name_schools(labels, rows)


def _name_inset(page: Sheet, labels: Labels, schools: int, lang: Lang) -> None:
    """Keep labels off the square that the inset shows, and say how many schools it holds."""
    if page.inset_extent is None:
        return
    west, south, east, north = page.inset_extent
    middle = np.array([[(west + east) / 2, (south + north) / 2]])
    edges = page.map.transData.transform([(west, south), (east, north)])[:, 0]
    half = float(np.ptp(edges)) / 2 / figure_of(page.map).dpi * 72
    labels.keep_clear(middle, np.array([half]))
    text = f"附图：{schools}所" if lang == "zh" else f"inset: {schools}"
    labels.place([Label(middle[0, 0], middle[0, 1], text, radius=half)])


def _name_schools(labels: Labels, rows: gpd.GeoDataFrame) -> list[str]:
    return labels.place(
        [
            Label(
                row.geometry.x,
                row.geometry.y,
                drawable(row.school_name, limit=26),
                radius=float(np.sqrt(row.area)) / 2,
            )
            for row in rows.itertuples()
        ]
    )


def _size_key(rows: gpd.GeoDataFrame, lang: Lang) -> list[Artist]:
    """Return three round numbers of pupils as the map draws them, and what a missing number looks like."""
    most = float(rows["pupils"].max()) if rows["pupils"].notna().any() else 0.0
    fitting = [n for n in _NICE if _LEAST / _LARGEST * most <= n <= most][-3:]
    blank = style.Mark("#FFFFFF", style.INK)
    entries: list[Artist] = [dot(blank, shown(n, 0, lang), n / most * _LARGEST) for n in fitting]
    if rows["pupils"].isna().any():
        entries.append(dot(blank, MAP_WORDS["unknown"][lang], _UNKNOWN_SIZE))
    return entries


def _not_shown(
    places: gpd.GeoDataFrame, stage: str, unnamed: int, lang: Lang
) -> list[tuple[str, Sequence[Artist]]]:
    """Return lines of the key on what the map cannot show: schools without a place, names without room."""
    unplaced = int(places[places["stage"] == stage].geometry.isna().sum())
    told = []
    if unplaced:
        told.append(f"缺坐标未绘：{unplaced}所" if lang == "zh" else f"no coordinates, not drawn: {unplaced}")
    if unnamed:
        told.append(f"因位置所限未标名：{unnamed}所" if lang == "zh" else f"no room for the name: {unnamed}")
    return [(text, []) for text in told]

"""Late files: the county-years that they give take the place of those in a store; everything else stays as it is."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ... import __version__
from ...categories import spelt
from ...errors import refuse
from ..dataset import Dataset
from .manifest import LAYERS, NOWHERE, PARTITIONED, Manifest, Part
from .reading import Store
from .writing import (
    COUNTY_KEY,
    PART_KEY,
    by_province,
    counties_of,
    file_of,
    replace_tables,
    together,
    write_rows,
)

_WITH_SCHOOLS = ("schools", "apart", "branches", "corrections", "faults")  # rows go with the school's year
_KEPT = ("links",)  # what once was remains true
# Of other tables a row goes where the files give one of the same county and these; a map layer goes whole.
_SAME = {
    "births": ("township_code", "year"),
    "published": ("year", "stage", "item", "measure"),
    "answers": ("item",),
}
_KEYS = ["county_code", "year"]


@dataclass(frozen=True)
class Change:
    """A county's year that late files give: its schools in the store before, 0 for a new one, and now; those gone."""

    county: str
    name: str
    year: int
    before: int
    now: int
    gone: tuple[str, ...]


def changes(store: Store, parts: Sequence[Dataset]) -> list[Change]:
    """Return what taking in these parts would change: every county and year that they give."""
    if not parts:
        return []
    names = ["county_code", "year", "school_id", "school_name", "county_name"]
    given = pd.concat([part.schools[names] for part in parts], ignore_index=True)
    held = store.all_schools(names).astype({"county_code": "str", "county_name": "str"})
    of_held = dict(list(held[_among(held[_KEYS], given[_KEYS])].groupby(_KEYS)))
    found = []
    for key, now in given.groupby(_KEYS):
        before: pd.DataFrame = of_held.get(key, held.iloc[:0])
        gone = before[~before["school_id"].isin(now["school_id"])]
        called = [f"{row.school_id} {row.school_name}" for row in gone.itertuples()]
        county, year = str(key[0]), int(str(key[1]))
        name = str(now["county_name"].dropna().iloc[-1]) if now["county_name"].notna().any() else ""
        found.append(Change(county, name, year, len(before), len(now), tuple(called)))
    return found


def other_schools(store: Store, parts: Sequence[Dataset], names: Sequence[str]) -> pd.DataFrame:
    """Return columns of the schools of a store that stay: those of county-years that the parts do not give."""
    held = store.all_schools([*_KEYS, *(name for name in names if name not in _KEYS)])
    given = pd.concat([part.schools[_KEYS] for part in parts])
    return spelt(held[~_among(held[_KEYS], given)])[list(names)].reset_index(drop=True)


def take_in(store: Store, parts: Sequence[Dataset], links: Sequence[pd.DataFrame]) -> Manifest:
    """
    Put parts into a store in place of what it holds of the same county-years, whole or not at all.

    Schools with all that is said of their year are replaced by county and year; births of a township and year, published
    figures and answers to an item where the parts give them anew; a map layer of a county where the parts have one; links
    are added. Tables of other provinces are not read.

    Raises
    ------
    JunhengError
        The store cannot be written, or someone else has just changed it; it is as it was.
    """

    def write(fresh: Path) -> Manifest:
        merged = None
        with suppress(FileNotFoundError):  # the tables went while they were read
            merged = _Merged(store, parts, links).write(fresh)
        if merged is None or Manifest.read(store.path) != store.manifest:
            raise refuse(
                "store-changed",
                "数据仓库刚刚被另一次入库改动，请再运行一次。",
                "another ingest has just changed the store; run this once more.",
                file=str(store.path.parent),
            )
        return merged

    return replace_tables(store.path.parent, write)


class _Merged:
    """The tables of a store with parts taken in, province by province."""

    def __init__(self, store: Store, parts: Sequence[Dataset], links: Sequence[pd.DataFrame]) -> None:
        self._store, self._parts, self._links = store, parts, links
        self._given = pd.concat([part.schools[_KEYS] for part in parts]).drop_duplicates()
        self._first = len(store.manifest.parts)  # number of the first new part
        self._touched = {NOWHERE, *self._given["county_code"].str[:2]}
        self._schools: list[pd.DataFrame] = []
        self._lasting: dict[str, set[int]] = {}  # parts of which something is left, by county

    def write(self, fresh: Path) -> Manifest:
        old = self._store.manifest
        tables = {name: self._write(fresh, name) for name in (*PARTITIONED, *LAYERS)}
        rows = pd.concat(self._schools, ignore_index=True)
        return replace(
            old,
            folder=fresh.name,
            counties={**old.counties, **self._counties(rows)},
            parts=(*old.parts, *map(Part.of, self._parts)),
            tables={name: provinces for name, provinces in tables.items() if provinces},
            version=__version__,
        )

    def _write(self, fresh: Path, name: str) -> tuple[str, ...]:
        """Write a table: provinces that change anew, the others as they are; return the provinces."""
        new = together(name, self._parts, self._links)
        if len(new):
            new[PART_KEY] += self._first
        fresh_rows = by_province(new)
        held = self._store.manifest.tables.get(name, ())
        provinces = []
        for province in sorted({*held, *fresh_rows}):
            target = file_of(fresh, name, province)
            if province not in fresh_rows and province not in self._touched:
                _link(self._store.file(name, province), target)
            else:
                rows = self._kept(name, self._store.rows(name, province), new)
                rows = pd.concat(
                    [f for f in (rows, fresh_rows.get(province)) if f is not None and len(f)] or [rows]
                )
                if rows.empty:
                    continue
                write_rows(target, by_province(rows)[province])
                self._note(name, rows)
            provinces.append(province)
        return tuple(provinces)

    def _kept(self, name: str, held: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table that nothing takes the place of."""
        if held.empty or name in _KEPT:
            return held
        if name in _WITH_SCHOOLS:
            told = (
                held["year"] if "year" in held else held["fault"].map(lambda text: json.loads(text)["year"])
            )
            rows, given = pd.DataFrame({"county": held[COUNTY_KEY], "year": told}), self._given
        elif new.empty:
            return held
        else:
            same = [COUNTY_KEY, *_SAME.get(name, ())]
            rows, given = held[same], new[same]
        kept: pd.DataFrame = held[~_among(rows, given)]
        return kept

    def _note(self, name: str, rows: pd.DataFrame) -> None:
        """Remember the schools of the counties that change, and which parts still have rows of them."""
        counties = set(self._given["county_code"])
        if name == "schools":
            self._schools.append(rows[rows["county_code"].isin(counties)])
        for county, parts in rows.groupby(COUNTY_KEY)[PART_KEY]:
            self._lasting.setdefault(str(county), set()).update(map(int, parts.unique()))

    def _counties(self, schools: pd.DataFrame) -> Mapping[str, Any]:
        """Return the counties that change, with the parts of which anything still holds for them."""
        found, old = counties_of(schools), self._store.manifest
        for code, county in found.items():
            told = {item for part in self._parts for item in part.settings}
            before = old.counties[code].parts if code in old.counties else ()
            nobodys = self._lasting.get(NOWHERE, set())
            lasting = {p for p in before if p in nobodys or not told.issuperset(old.parts[p].settings)}
            parts = {*county.parts, *self._lasting.get(code, set()), *lasting}
            found[code] = replace(county, parts=tuple(sorted(parts)))
        return found


def _among(rows: pd.DataFrame, given: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which rows are among those given; the first column is the county, and nobody's are not."""
    keys = {key for key in _keys(given) if key[0] != NOWHERE}
    found: npt.NDArray[np.bool_] = np.array([key in keys for key in _keys(rows)], dtype=bool)
    return found


def _keys(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    return frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)


def _link(source: Path, target: Path) -> None:
    """Put a file that stays as it is into the new folder; the old one is removed with the old folder."""
    target.parent.mkdir(parents=True)
    with suppress(OSError):  # a file system without links
        os.link(source, target)
        return
    shutil.copyfile(source, target)

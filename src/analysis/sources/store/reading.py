"""Read a store: a county, all of it, or some columns of all schools."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from ...errors import Fault, JunhengError, Level, Place, refuse
from ..coordinates import System
from ..dataset import ANSWERS, BIRTHS, CORRECTIONS, PUBLISHED, Dataset, Input
from ..official.branches import COLUMNS as BRANCHES
from .manifest import LAYERS, NOWHERE, County, Manifest, Part
from .writing import COUNTY_KEY, PART_KEY, file_of

_CODED = ("county_code", "county_name", "school_type_code", "ownership", "area3", "urban_rural_code")


class Store:
    """
    A store opened for reading.

    Parameters
    ----------
    path
        Its list (`manifest.NAME`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = Manifest.read(path)
        self._folder = path.parent / self.manifest.folder

    @property
    def counties(self) -> Mapping[str, County]:
        """The counties by code."""
        return self.manifest.counties

    @property
    def source(self) -> str:
        """How the data were read."""
        return self.manifest.source

    def settings(self) -> Mapping[str, str]:
        """Return what the sheet 参数 of a store of one county says."""
        return self._settings(next(iter(self.counties))) if len(self.counties) == 1 else {}

    def inputs(self, county: str | None = None) -> tuple[Input, ...]:
        """Return the files that a county's rows came from, or all of them."""
        return tuple(dict.fromkeys(item for part in self._parts(county) for item in part.read_from()))

    def schools(self, county: str) -> pd.DataFrame:
        """Return the canonical table of one county, every year."""
        return _plain(self._rows("schools", county))

    def all_schools(self, columns: Iterable[str]) -> pd.DataFrame:
        """Return some columns of all schools, county after county; columns of codes are categorical."""
        files = [str(self.file("schools", province)) for province in self.manifest.tables["schools"]]
        table = ds.dataset(files, format="parquet").to_table(columns=list(columns))
        for name in _CODED:
            if name in table.column_names:
                coded = pc.dictionary_encode(table[name]).unify_dictionaries()
                table = table.set_column(table.column_names.index(name), name, coded)
        return cast(pd.DataFrame, table.to_pandas(split_blocks=True, self_destruct=True))

    def links(self, counties: Iterable[str]) -> pd.DataFrame | None:
        """Return the links of some counties, None where the store has none."""
        if "links" not in self.manifest.tables:
            return None
        frames = [frame for county in counties if len(frame := self._rows("links", county))]
        return _plain(pd.concat(frames).drop_duplicates()) if frames else None

    def dataset(self, county: str | None = None, years: Sequence[int] | None = None) -> Dataset:
        """
        Return the data set that reading the county's files gave, or that of all counties.

        Raises
        ------
        JunhengError
            The store has no such county, or not in these years.
        """
        if county is not None and county not in self.counties:
            raise _not_there(county, self.counties)
        filed = self._rows("schools", county)
        schools = _plain(filed)
        if years is not None:
            schools = schools[schools["year"].isin(years)].reset_index(drop=True)
        if schools.empty:
            raise _not_there("、".join(map(str, years or ())), self.counties)
        parts = self._parts(county)
        layers: dict[str, Any] = {name: self._layer(name, county) for name in LAYERS}
        apart = self._rows("apart", county)
        if len(apart):  # parts of which no branch was joined are the same before
            joined = filed[PART_KEY].isin(apart[PART_KEY])
            apart = _plain(pd.concat([apart, filed[~joined]], ignore_index=True))
        tables = {name: _plain(self._rows(name, county)) for name in _EMPTY}
        return Dataset(
            schools=schools,
            **layers,
            **{n: frame if len(frame.columns) else _EMPTY[n] for n, frame in tables.items()},
            apart=None if apart.empty else apart,
            settings=self._settings(county),
            headers={name: header for part in reversed(parts) for name, header in part.headers.items()},
            faults=tuple(_fault(text) for text in self._rows("faults", county).get("fault", ())),
            inputs=self.inputs(county),
            systems=frozenset(cast(System, system) for part in parts for system in part.systems),
            forms=tuple(dict.fromkeys(form for part in parts for form in part.form_titles())),
        )

    def _parts(self, county: str | None) -> list[Part]:
        parts = self.manifest.parts
        return list(parts) if county is None else [parts[i] for i in self.counties[county].parts]

    def _settings(self, county: str | None) -> dict[str, str]:
        """Return what the sheets 参数 say, the latest part last."""
        return {item: value for part in self._parts(county) for item, value in part.settings.items()}

    def file(self, name: str, province: str) -> Path:
        """Return where a province's rows of a table stand."""
        return file_of(self._folder, name, province)

    def rows(self, name: str, province: str) -> pd.DataFrame:
        """Return a province's rows of a table as they stand, with the county and part of each; none where it has none."""
        if province not in self.manifest.tables.get(name, ()):
            return pd.DataFrame()
        return cast(pd.DataFrame, pq.read_table(self.file(name, province)).to_pandas())

    def _rows(self, name: str, county: str | None) -> pd.DataFrame:
        """Return the rows of a table that belong to a county, and those of its parts that belong to none; or all."""
        provinces = self.manifest.tables.get(name, ())
        if county is None:
            frames = [self.rows(name, province) for province in provinces]
        else:
            frames = []
            if (province := county[:2]) in provinces:
                frames.append(_rows_of(self.file(name, province), county))
            if NOWHERE in provinces:
                nobodys = _rows_of(self.file(name, NOWHERE), NOWHERE)
                frames.append(nobodys[nobodys[PART_KEY].isin(self.counties[county].parts)])
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def _layer(self, name: str, county: str | None) -> gpd.GeoDataFrame | None:
        """Return a layer; features that name no county are a county's where none names it."""
        rows = self._rows(name, county)
        if rows.empty:
            return None
        named = rows[COUNTY_KEY] == county
        frame = _plain(rows[named] if named.any() else rows)
        shapes = gpd.GeoSeries.from_wkb(frame["geometry"], crs=4326)
        return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapes)


def _rows_of(path: Path, county: str) -> pd.DataFrame:
    """Return the rows of one county of a table that is ordered by county: only the row groups that may hold it are read."""
    file = pq.ParquetFile(path)
    place = file.schema_arrow.names.index(COUNTY_KEY)
    ranges = [file.metadata.row_group(i).column(place).statistics for i in range(file.num_row_groups)]
    groups = [i for i, known in enumerate(ranges) if known is None or known.min <= county <= known.max]
    table = file.read_row_groups(groups, use_threads=False)
    return cast(pd.DataFrame, table.filter(pc.equal(table[COUNTY_KEY], county)).to_pandas())


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without what the store adds to it."""
    return frame.drop(columns=[COUNTY_KEY, PART_KEY], errors="ignore").reset_index(drop=True)


def _fault(text: str) -> Fault:
    told = json.loads(text)
    lists = {name: tuple(told[name]) for name in ("columns", "also")}
    return Fault(**{**told, **lists, "place": Place(**told["place"]), "level": Level(told["level"])})


def _not_there(asked: str, counties: Mapping[str, County]) -> JunhengError:
    codes = "、".join(sorted(counties)[:20])
    years = "、".join(map(str, sorted({year for county in counties.values() for year in county.years})))
    return refuse(
        "no-rows",
        f"没有学校数据行。数据中的县级代码:{codes};年份:{years}。",
        f"no school rows; county codes in the data: {codes}; years: {years}.",
        value=asked,
    )


_EMPTY = {
    "births": pd.DataFrame(columns=list(BIRTHS)).astype(
        {"county_code": "str", "township_code": "str", "year": "int64", "births": "float64"}
    ),
    "answers": pd.DataFrame(columns=list(ANSWERS), dtype="str"),
    "branches": pd.DataFrame(columns=list(BRANCHES)),
    "corrections": pd.DataFrame(columns=list(CORRECTIONS)),
    "published": pd.DataFrame(columns=list(PUBLISHED)),
}

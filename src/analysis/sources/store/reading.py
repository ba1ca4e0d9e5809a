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
from .writing import COUNTY_KEY, PART_KEY

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
        self._manifest = Manifest.read(path)
        self._folder = path.parent / self._manifest.folder

    @property
    def counties(self) -> Mapping[str, County]:
        """The counties by code."""
        return self._manifest.counties

    @property
    def source(self) -> str:
        """How the data were read."""
        return self._manifest.source

    def settings(self) -> Mapping[str, str]:
        """Return what the sheet 参数 of a store of one county says."""
        parts = self._manifest.parts
        return parts[-1].settings if len(self.counties) == 1 and parts else {}

    def inputs(self, county: str | None = None) -> tuple[Input, ...]:
        """Return the files that a county's rows came from, or all of them."""
        return tuple(dict.fromkeys(item for part in self._parts(county) for item in part.read_from()))

    def schools(self, county: str) -> pd.DataFrame:
        """Return the canonical table of one county, every year."""
        return _plain(self._rows("schools", county))

    def all_schools(self, columns: Iterable[str]) -> pd.DataFrame:
        """Return some columns of all schools, county after county; columns of codes are categorical."""
        files = [str(self._file("schools", province)) for province in self._manifest.tables["schools"]]
        table = ds.dataset(files, format="parquet").to_table(columns=list(columns))
        for name in _CODED:
            if name in table.column_names:
                coded = pc.dictionary_encode(table[name]).unify_dictionaries()
                table = table.set_column(table.column_names.index(name), name, coded)
        return cast(pd.DataFrame, table.to_pandas(split_blocks=True, self_destruct=True))

    def links(self, counties: Iterable[str]) -> pd.DataFrame | None:
        """Return the links of some counties, None where the store has none."""
        if "links" not in self._manifest.tables:
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
        schools = _plain(self._rows("schools", county))
        if years is not None:
            schools = schools[schools["year"].isin(years)].reset_index(drop=True)
        if schools.empty:
            raise _not_there("、".join(map(str, years or ())), self.counties)
        parts = self._parts(county)
        layers: dict[str, Any] = {name: self._layer(name, county) for name in LAYERS}
        apart = _plain(self._rows("apart", county))
        tables = {name: _plain(self._rows(name, county)) for name in _EMPTY}
        return Dataset(
            schools=schools,
            **layers,
            **{n: frame if len(frame.columns) else _EMPTY[n] for n, frame in tables.items()},
            apart=None if apart.empty else apart,
            settings={item: value for part in parts for item, value in part.settings.items()},
            headers={name: header for part in reversed(parts) for name, header in part.headers.items()},
            faults=tuple(_fault(text) for text in self._rows("faults", county).get("fault", ())),
            inputs=self.inputs(county),
            systems=frozenset(cast(System, system) for part in parts for system in part.systems),
            forms=tuple(dict.fromkeys(form for part in parts for form in part.form_titles())),
        )

    def _parts(self, county: str | None) -> list[Part]:
        parts = self._manifest.parts
        return list(parts) if county is None else [parts[i] for i in self.counties[county].parts]

    def _file(self, name: str, province: str) -> Path:
        return self._folder / name / f"province={province}" / "data.parquet"

    def _rows(self, name: str, county: str | None) -> pd.DataFrame:
        """Return the rows of a table that belong to a county, and those of its parts that belong to none; or all."""
        provinces = self._manifest.tables.get(name, ())
        if county is None:
            frames = [pq.read_table(self._file(name, province)).to_pandas() for province in provinces]
        else:
            frames = []
            if (province := county[:2]) in provinces:
                frames.append(_rows_of(self._file(name, province), county))
            if NOWHERE in provinces:
                nobodys = _rows_of(self._file(name, NOWHERE), NOWHERE)
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

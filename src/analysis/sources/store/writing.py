"""Write a store: tables by province, ordered by county, then the list that makes them the store."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ... import __version__
from ...errors import JunhengError, refuse
from ...replacing import replaced_whole
from ..dataset import Dataset
from ..settings import COUNTY
from .manifest import LAYERS, NAME, NOWHERE, PARTITIONED, County, Manifest, Part

COUNTY_KEY, PART_KEY = "_county", "_part"
_ROWS = 4096  # of a row group, about: what is read for one county
_FOLDER = "tables-"


def write_store(
    folder: Path, parts: Sequence[Dataset], links: Sequence[pd.DataFrame], *, source: str
) -> Manifest:
    """
    Write the tables of all parts as a store; an earlier store there is replaced, whole or not at all.

    Parameters
    ----------
    folder
        A new folder, an empty one, or a store.
    parts, links
        What was read together, and the links (`links.COLUMNS`) of each.
    source
        The id or YAML file of the source mapping.

    Raises
    ------
    JunhengError
        The folder holds something else, or cannot be written.
    """
    refuse_other(folder)
    return replace_tables(
        folder,
        lambda fresh: Manifest(
            fresh.name,
            source,
            _counties(parts),
            tuple(map(Part.of, parts)),
            {
                name: write_table(fresh, name, frame)
                for name in (*PARTITIONED, *LAYERS)
                if not (frame := together(name, parts, links)).empty
            },
            version=__version__,
        ),
    )


def replace_tables(folder: Path, write: Callable[[Path], Manifest]) -> Manifest:
    """
    Let `write` fill a fresh folder within a store's, and make what it returns the store's list.

    Raises
    ------
    JunhengError
        The folder cannot be written; what was there is untouched.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder, prefix=_FOLDER))
    except OSError as error:
        raise _cannot_write(folder) from error
    try:
        manifest = write(fresh)
        fresh.chmod(0o755)
        with replaced_whole(folder / NAME) as temporary:
            temporary.write_text(manifest.text(), encoding="utf-8")
    except BaseException as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError):
            raise _cannot_write(folder) from error
        raise
    for other in folder.glob(f"{_FOLDER}*"):  # of the store before, and what a crash has left
        if other != fresh:
            shutil.rmtree(other, ignore_errors=True)
    return manifest


def _cannot_write(folder: Path) -> JunhengError:
    return refuse(
        "cannot-write",
        "数据仓库写不进去（磁盘已满或不可写），原有数据未改动。",
        "the store cannot be written (the disk is full or read-only); what was there is untouched.",
        file=str(folder),
    )


def refuse_other(folder: Path) -> None:
    """
    Refuse a folder in which people keep something else.

    Raises
    ------
    JunhengError
        Naming some of what stands there.
    """
    if folder.is_file():
        held = [folder.name]
    else:
        entries = folder.iterdir() if folder.is_dir() else ()
        held = [e.name for e in entries if e.name != NAME and not e.name.startswith((_FOLDER, ".~"))]
    if held:
        raise refuse(
            "not-a-store",
            "这里已有别的文件，不会覆盖；请用 --store 另指一个空文件夹。",
            "something else stands here and is not overwritten; name an empty folder with --store.",
            file=str(folder),
            value="、".join(sorted(held)[:5]),
        )


def _counties(parts: Sequence[Dataset]) -> dict[str, County]:
    """Return the counties of all parts."""
    keys = ["county_code", "year", "county_name"]
    return counties_of(
        pd.concat(
            [part.schools[keys].drop_duplicates().assign(**{PART_KEY: i}) for i, part in enumerate(parts)]
        )
    )


def counties_of(rows: pd.DataFrame) -> dict[str, County]:
    """Return the counties of rows of schools, with the parts that they are in."""
    rows = rows.sort_values("year", kind="stable")
    return {
        str(code): County(
            name=str(names.iloc[-1]) if len(names := _whole(own["county_name"])) else "",
            years=tuple(int(year) for year in sorted(own["year"].unique())),
            parts=tuple(int(part) for part in sorted(own[PART_KEY].unique())),
        )
        for code, own in rows.groupby("county_code")
    }


def _whole(names: pd.Series[str]) -> pd.Series[str]:
    """Return the names that are there, those of which no letter is lost if there are any."""
    known = names.dropna()
    whole = known[~known.str.contains("\N{REPLACEMENT CHARACTER}")]
    return whole if len(whole) else known


def together(name: str, parts: Sequence[Dataset], links: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return a table of all parts, with the county and the part that each row belongs to."""
    counties = sorted({code for part in parts for code in part.schools["county_code"].unique()})
    frames = []
    for i, part in enumerate(parts):
        frame = _table(name, part, links[i])
        if frame is not None and len(frame):
            added = {COUNTY_KEY: _county_of(frame, part, counties), PART_KEY: np.full(len(frame), i)}
            frames.append(pd.concat([frame, pd.DataFrame(added, index=frame.index)], axis=1))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _table(name: str, part: Dataset, links: pd.DataFrame) -> pd.DataFrame | None:
    if name == "links":
        return links
    if name == "faults":
        told = {
            "fault": [json.dumps(asdict(fault), ensure_ascii=False) for fault in part.faults],
            "school_id": [fault.school_id or None for fault in part.faults],
        }
        return pd.DataFrame(told, dtype="str")
    frame: pd.DataFrame | None = getattr(part, name)
    if isinstance(frame, gpd.GeoDataFrame):
        return pd.DataFrame(frame.drop(columns="geometry")).assign(geometry=frame.geometry.to_wkb())
    return frame


def _county_of(frame: pd.DataFrame, part: Dataset, counties: Sequence[str]) -> pd.Series[str]:
    """Return the county of each row: its own, its school's, its township's, else the part's only one; else none."""
    own = part.schools["county_code"].unique()
    only = str(own[0]) if len(own) == 1 else part.settings.get(COUNTY, NOWHERE)
    if "county_code" in frame:
        county: Any = frame["county_code"].astype("str")
    elif "school_id" in frame:
        of_school = part.schools.drop_duplicates("school_id").set_index("school_id")["county_code"]
        county = frame["school_id"].map(of_school).astype("str")
    else:
        county = pd.Series(only, index=frame.index, dtype="str")
    if "township_code" in frame and county.isna().any():
        of_township = {t: _prefix(t, counties) for t in frame["township_code"].dropna().unique()}
        county = county.fillna(frame["township_code"].map(of_township).astype("str"))
    filled: pd.Series[str] = county.fillna(only)
    return filled


def _prefix(township: str, counties: Sequence[str]) -> str | None:
    return next((code for code in counties if township.startswith(code)), None)


def write_table(folder: Path, name: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """Write a table ordered by county, else as it was filed, a file a province; return the provinces."""
    provinces = by_province(frame)
    for code, rows in provinces.items():
        write_rows(file_of(folder, name, code), rows)
    return tuple(provinces)


def by_province(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each province, ordered by county, else as they were filed."""
    if frame.empty:
        return {}
    frame = frame.sort_values(COUNTY_KEY, kind="stable", ignore_index=True)
    province = frame[COUNTY_KEY].str[:2].where(frame[COUNTY_KEY] != NOWHERE, NOWHERE)
    return {str(code): rows for code, rows in frame.groupby(province)}


def file_of(folder: Path, name: str, province: str) -> Path:
    """Return where a province's rows of a table stand."""
    return folder / name / f"province={province}" / "data.parquet"


def write_rows(path: Path, rows: pd.DataFrame) -> None:
    """Write the rows of a province, ordered by county."""
    path.parent.mkdir(parents=True)
    table = pa.Table.from_pandas(rows, preserve_index=False)
    with pq.ParquetWriter(path, table.schema, compression="zstd", write_statistics=[COUNTY_KEY]) as writer:
        for start, end in _groups(rows[COUNTY_KEY]):
            writer.write_table(table.slice(start, end - start), row_group_size=end - start)


def _groups(county: pd.Series[str]) -> Iterator[tuple[int, int]]:
    """Give where row groups begin and end: at the ends of counties, some thousand rows each."""
    codes = county.to_numpy(object)
    ends = [*np.flatnonzero(codes[1:] != codes[:-1]) + 1, len(codes)]
    start = 0
    for end in ends:
        if end - start >= _ROWS or end == len(codes):
            yield start, int(end)
            start = int(end)

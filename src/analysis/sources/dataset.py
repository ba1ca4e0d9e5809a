"""What reading a county's files gives: the canonical tables, and what there is to say about them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ..errors import Fault
from ..schema import Words
from .coordinates import System

BIRTHS = ("county_code", "township_code", "year", "births")
ANSWERS = ("item", "value", "evidence", "office")
CORRECTIONS = ("school_id", "school_name", "year", "column", "old", "new", "reason", "who", "date")
PUBLISHED = ("year", "stage", "item", "measure", "printed", "unit", "scope", "definition", "source")
PLACES = ("source_file", "source_sheet", "source_row")


@dataclass(frozen=True)
class Input:
    """A file that was read."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Dataset:
    """
    The canonical tables of a county or of many.

    Attributes
    ----------
    schools
        One row per school and year, every column of params/columns.yaml, and `source_file`,
        `source_sheet`, `source_row` (the row number that Excel shows).
    births
        `county_code`, `township_code`, `year`, `births` (persons); empty when there are none.
    townships, boundary, settlements
        Layers in EPSG:4326, or None.
    answers
        `item`, `value`, `evidence`, `office`: what the county answered, as text.
    settings
        The sheet 参数: item to content.
    headers
        Canonical name to the header in the user's file.
    faults
        What did not refuse: faults to explain (with the explanation once given) and remarks.
    inputs
        The files read.
    systems
        The coordinate systems that the sources gave places in, before they became WGS84.
    branches, apart
        Schools that the statistics do not count (official.branches.COLUMNS), and the table before they were
        joined to the parents that the user names; None where none was joined.
    forms
        What the official workbooks read are called; none where the data come from the template alone.
    corrections
        The corrections applied (`CORRECTIONS`): column by canonical name, figures as the form has them.
    published
        What was printed before (`PUBLISHED`): `item` an indicator's id, `combined`, `schools` or a column of the registry
        ({stage} unfilled), `measure` mean, sd, cv or total, `printed` the number with its decimals, '' where blank.
    """

    schools: pd.DataFrame
    births: pd.DataFrame
    townships: gpd.GeoDataFrame | None = None
    boundary: gpd.GeoDataFrame | None = None
    settlements: gpd.GeoDataFrame | None = None
    answers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ANSWERS), dtype="str"))
    settings: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    inputs: tuple[Input, ...] = ()
    systems: frozenset[System] = frozenset()
    branches: pd.DataFrame = field(default_factory=pd.DataFrame)
    apart: pd.DataFrame | None = None
    forms: tuple[Words, ...] = ()
    corrections: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CORRECTIONS)))
    published: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PUBLISHED)))


def as_input(path: Path) -> Input:
    """Return the path, SHA-256 and size in bytes of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Input(str(path), digest, path.stat().st_size)

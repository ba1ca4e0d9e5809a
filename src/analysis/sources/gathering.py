"""Go through every file and sheet, tell what each holds, and gather tables and faults alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ..checks.counties import COLUMNS as IDENTITY
from ..errors import Fault, JunhengError, Level, Place
from ..links import current_codes, no_links
from . import supplements
from .coordinates import System, system_named
from .corrections import Corrected, correct
from .dataset import ANSWERS
from .geography import Layer, points_layer, read_layer
from .headers import Header, find_header, header_names
from .inputs import Files
from .mapping import SourceField, SourceMapping
from .official import Form, Official, form_of, forms, is_schoolbook, load_choices
from .settings import COUNTY, SYSTEM, Settings
from .supplements import BIRTH_FIELDS, SETTLEMENT_FIELDS
from .table import Table, read_table
from .tabular import Sheet, read_sheets

_TEXT_TABLES = ("settings", "answers", "explanations", "branches", "corrections", "published")
_FEWEST = 3  # columns of the registry that make a sheet a school table


@dataclass(frozen=True)
class Wanted:
    """
    The rows that are wanted: those of a county and of some years (None: all).

    `links`: counties that became others (沿革); a row of an earlier year belongs to the county of today.
    """

    county: str | None = None
    years: Sequence[int] | None = None
    links: pd.DataFrame = field(default_factory=no_links)

    def today(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the county codes of today."""
        known = not self.links.empty and {"county_code", "year"} <= set(table.columns)
        return current_codes(table, self.links)[0] if known else table

    def __call__(self, filed: pd.DataFrame) -> pd.Series:
        """Tell which rows are wanted; a row whose key is missing is, so that its fault is told."""
        keys = self.today(filed)
        wanted = pd.Series(True, index=keys.index)
        if self.county is not None and "county_code" in keys:
            wanted &= keys["county_code"].eq(self.county) | keys["county_code"].isna()
        if self.years is not None and "year" in keys:
            wanted &= keys["year"].isin(self.years) | keys["year"].isna()
        return wanted


@dataclass(frozen=True)
class Reader:
    """A source mapping with its headers made ready for matching."""

    source: SourceMapping
    fields: dict[str, SourceField]
    names: dict[str, dict[str, str]]

    @classmethod
    def of(cls, source: SourceMapping) -> Reader:
        """Return the reader of a source."""
        tables = {"schools": source.fields(), "births": BIRTH_FIELDS, "settlements": SETTLEMENT_FIELDS}
        names = {kind: header_names({n: f.headers for n, f in t.items()}) for kind, t in tables.items()}
        return cls(source, tables["schools"], names)

    def sheets(self, path: Path) -> list[Sheet]:
        """Open a table file."""
        known = {name: kind for kind, names in self.names.items() for name in names}
        return read_sheets(path, names=known, encodings=self.source.encodings)

    def recognise(self, sheet: Sheet) -> tuple[str | None, Header | None]:
        """Return what a sheet (or a file without sheets) holds, by its name or else by its header, and that header."""
        kind = self.source.sheets.kind(sheet.name or Path(sheet.file).stem)
        if kind in ("births", "supplement"):
            return kind, find_header(sheet.head, self.names["births" if kind == "births" else "schools"])
        if kind is not None:
            return kind, None
        schools = find_header(sheet.head, self.names["schools"])
        # Official sheets have no column of the year; a table with one is the office's own, whatever it is called.
        if self.form(sheet) is not None and not (schools and "year" in schools.found):
            return "official", None
        if schools and len(schools.found) >= _FEWEST and {"school_id", "school_name"} & schools.found.keys():
            return "schools", schools
        for kind, needed in (("births", {"year", "births"}), ("settlements", {"lon", "lat", "population"})):
            header = find_header(sheet.head, self.names[kind])
            if header and needed <= header.found.keys():
                return kind, header
        if schools and len(schools.found) > _FEWEST:
            return "schools", schools
        return None, None

    def form(self, sheet: Sheet) -> Form | None:
        """Return the official form that a sheet is, None for any other sheet."""
        return form_of(sheet.file, sheet, forms()) if self.source.official else None

    def book(self, sheets: Sequence[Sheet]) -> Form | None:
        """Return the form of which a workbook holds one school, None for any other workbook."""
        return next((f for f in forms() if self.source.official and is_schoolbook(sheets, f)), None)


@dataclass
class Gathered:
    """Everything that the files hold, and every fault met on the way."""

    schools: list[tuple[Table, System]] = field(default_factory=list)
    births: list[pd.DataFrame] = field(default_factory=list)
    settlements: list[gpd.GeoDataFrame] = field(default_factory=list)
    layers: list[tuple[str, Layer]] = field(default_factory=list)
    answers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ANSWERS), dtype="str"))
    settings: Settings = field(default_factory=Settings)
    explanations: dict[tuple[str, str, str], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    systems: set[System] = field(default_factory=set)
    official: Official = field(default_factory=Official)
    corrections: list[pd.DataFrame] = field(default_factory=list)
    published: list[pd.DataFrame] = field(default_factory=list)
    corrected: Corrected = field(default_factory=Corrected)


def gather(files: Files, source: SourceMapping, wanted: Wanted) -> Gathered:
    """Read every file; what cannot be read becomes faults and does not stop the rest."""
    reader, gathered = Reader.of(source), Gathered(faults=list(files.faults))
    if files.readings is not None:
        try:
            gathered.official.choices = load_choices(files.readings)
        except JunhengError as error:
            gathered.faults += error.faults
    for path in files.tables:
        try:
            _read_file(path, reader, wanted, gathered)
        except JunhengError as error:
            gathered.faults += error.faults
    for path in files.layers:
        try:
            layer = read_layer(path, coordinates=source.layer_coordinates, columns=source.layer_columns)
        except JunhengError as error:
            gathered.faults += error.faults
        else:
            gathered.layers.append((path.name, layer))
            gathered.systems.add(source.layer_coordinates)
            gathered.faults += layer.faults
    official = gathered.official
    if official.parts:
        official.assemble(reader.fields, county=gathered.settings.mapping().get(COUNTY, ""))
    elif official.supplements:
        gathered.faults += [_nothing_to_add_to(table) for table in official.supplements]
    if gathered.corrections:  # of figures as filed: before codes are derived and branches joined
        tables = [*(table for table, _ in gathered.schools), *official.tables]
        gathered.corrected = correct(tables, pd.concat(gathered.corrections), reader.fields)
        gathered.faults += gathered.corrected.faults
    if official.parts:
        _take_official(gathered, reader, wanted)
    return gathered


def _take_official(gathered: Gathered, reader: Reader, wanted: Wanted) -> None:
    """Join branches, and add the official schools to the tables, where places were given too."""
    official = gathered.official
    official.join(reader.fields)
    gathered.faults += official.faults
    system = system_named(gathered.settings.mapping().get(SYSTEM, "")) or reader.source.coordinates
    for tables in (official.tables, official.tables_apart):
        for table in tables:
            table.keys = wanted.today(table.frame)
            table.frame = table.keys[wanted(table.frame)]
    gathered.schools += [(table, system) for table in official.tables]
    if any("lon" in table.frame for table in official.tables):
        gathered.systems.add(system)


def _read_file(path: Path, reader: Reader, wanted: Wanted, gathered: Gathered) -> None:
    sheets = reader.sheets(path)
    if (book := reader.book(sheets)) is not None:
        gathered.official.read_book(sheets, book, reader.fields, path.parent.name)
        return
    held = [(sheet, *reader.recognise(sheet)) for sheet in sheets]
    system = reader.source.coordinates
    known = False
    for sheet, kind, _ in held:
        if kind in _TEXT_TABLES:
            known = True
            system = _read_text_table(sheet, kind, system, gathered)
    for sheet, kind, header in held:
        if sheet.hidden and kind in ("schools", "official", None):
            gathered.faults += [_hidden(sheet)] if kind else []
        elif kind == "official":
            known = True
            if (form := reader.form(sheet)) is not None:
                gathered.official.read(sheet, form, reader.fields)
        elif header is not None and kind is not None:
            known = True
            try:
                _read_sheet(sheet, kind, header, reader, wanted, system, gathered)
            except JunhengError as error:
                gathered.faults += error.faults
        elif kind is None and _has_cells(sheet) and len(held) > 1:
            gathered.faults.append(_not_read(sheet))
    if not known:
        gathered.faults.append(_no_table(path, held, reader))


def _read_text_table(sheet: Sheet, kind: str, system: System, gathered: Gathered) -> System:
    table, faults = supplements.text_table(sheet, kind)
    gathered.faults += faults
    if kind == "settings":
        gathered.settings.read(sheet, table)
        system = system_named(gathered.settings.by_file(SYSTEM).get(sheet.file, "")) or system
    elif kind == "answers":
        gathered.answers = pd.concat(
            [gathered.answers, supplements.answers_of(sheet, table)], ignore_index=True
        )
    elif kind == "explanations":
        gathered.explanations |= supplements.explanations_of(table)
    elif kind in ("corrections", "published"):
        placed = table.assign(file=sheet.file, sheet=sheet.name, row=table.index)
        (gathered.corrections if kind == "corrections" else gathered.published).append(placed)
    else:
        gathered.official.name_parents(sheet, table)
    return system


def _read_sheet(
    sheet: Sheet,
    kind: str,
    header: Header,
    reader: Reader,
    wanted: Wanted,
    system: System,
    gathered: Gathered,
) -> None:
    source = reader.source
    if kind == "schools":
        # Where a person may have mistyped a code, the rows that are not wanted are looked at too.
        keys = IDENTITY if source.correctable else ("county_code", "year")
        table = read_table(sheet, header, reader.fields, source, keys=keys, restrict=wanted)
        table.frame, table.keys = wanted.today(table.frame), wanted.today(table.keys)
        gathered.schools.append((table, system))
        if "lon" in table.frame and table.frame["lon"].notna().any():
            gathered.systems.add(system)
    elif kind == "births":
        of_county = replace(wanted, years=None)  # forecasts need every year
        keys = ("county_code", "year")
        table = read_table(sheet, header, BIRTH_FIELDS, source, keys=keys, restrict=of_county)
        table.frame = wanted.today(table.frame)
        gathered.faults += table.faults
        gathered.births.append(table.frame.assign(file=sheet.file, sheet=sheet.name, row=table.frame.index))
    elif kind == "supplement":
        only_id = {
            name: replace(field, required=name == "school_id") for name, field in reader.fields.items()
        }
        gathered.official.supplements.append(read_table(sheet, header, only_id, source))
    else:
        table = read_table(sheet, header, SETTLEMENT_FIELDS, source)
        gathered.faults += table.faults
        gathered.settlements.append(points_layer(table.frame, coordinates=system))
        gathered.systems.add(system)


def _nothing_to_add_to(table: Table) -> Fault:
    return Fault(
        "supplement-alone",
        "有补充数据,却没有找到官方统计表。请把二者放在同一个文件夹里一起读。",
        "a supplement, but no official workbook: read both together from one folder.",
        Place(table.sheet.file, table.sheet.name),
    )


def _has_cells(sheet: Sheet) -> bool:
    return any(cell not in ("", None) for row in sheet.head for cell in row)


def _hidden(sheet: Sheet) -> Fault:
    return Fault(
        "hidden-sheet",
        "隐藏的表,没有读入;需要的话请取消隐藏。",
        "a hidden sheet, not read; unhide it if it is needed.",
        Place(sheet.file, sheet.name),
        Level.NOTE,
    )


def _not_read(sheet: Sheet) -> Fault:
    return Fault(
        "sheet-not-read",
        "没有认出这张表的表头,没有读入。",
        "the header of this sheet was not recognised; it was not read.",
        Place(sheet.file, sheet.name),
        Level.NOTE,
    )


def _no_table(path: Path, held: Sequence[tuple[Sheet, str | None, Header | None]], reader: Reader) -> Fault:
    if not any(_has_cells(sheet) for sheet, _, _ in held):
        return Fault("empty-file", "文件里没有数据。", "the file holds no data.", Place(path.name))
    needed = [field.headers[0] for field in reader.fields.values() if field.required]
    zh = "、".join(f"「{header}」" for header in needed)
    return Fault(
        "no-table",
        f"没有认出表头,不知道各列是什么。应有:{zh}等。",
        f"no header was recognised; expected {zh} and others.",
        Place(path.name),
    )

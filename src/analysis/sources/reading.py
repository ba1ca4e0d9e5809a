"""Read a county's files into the canonical tables, or refuse with every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from .. import schema
from ..checks.blanks import blank_figures
from ..checks.checkbook import checkbook
from ..checks.counties import COLUMNS, check_counties
from ..checks.findings import Findings
from ..checks.schools import check_schools
from ..errors import Fault, JunhengError, Level, Place
from ..schema import Words
from ..standards import RuleSet, load_standard
from .answers import clean_answers
from .dataset import BIRTHS, Dataset, Input
from .gathering import Gathered, Reader, Wanted, gather
from .geography import COLUMNS as LAYERS
from .geography import Kind, of_county
from .inputs import list_files
from .links import county_links
from .mapping import SourceMapping
from .official import Official
from .published import clean_published
from .schooltable import SchoolTable, combined
from .settings import COUNTY, STANDARD, not_held
from .store import Store, store_among
from .table import Table, read_table

_PEEKED = ("school_id", "county_code", "county_name", "year")


def read_dataset(
    paths: Sequence[Path] | Path,
    source: SourceMapping,
    *,
    county: str | None = None,
    years: Sequence[int] | None = None,
    standard: str = "",
    tell_blanks: bool = False,
) -> Dataset:
    """
    Read files, or a folder of them, into the canonical tables.

    Parameters
    ----------
    paths
        Workbooks, text and Parquet tables, and map layers; what each holds is told from its sheets and
        headers. Or a store (`store.Store`), which was checked when it was made.
    source
        How to read them.
    county, years
        Keep only the rows of this county code and of these years; the faults of other rows are not told, but
        for county codes that a person may have mistyped.
    standard
        The rule set that the county's answers belong to where the sheet 参数 names none.
    tell_blanks
        Whether blank figures that the rule set needs are remarked on.

    Returns
    -------
    The data set; `faults` holds what asks for an explanation, and remarks.

    Raises
    ------
    JunhengError
        Something must be corrected first. Carries every fault of every file: the bad cells of one sheet do
        not hide those of another.
    """
    if (store := store_among(paths)) is not None:
        return Store(store).dataset(county, years)
    files = list_files(paths, source)
    gathered = gather(files, source, Wanted(county, years, county_links(files.tables)))
    table = combined(gathered.schools, source.fields(), correctable=source.correctable)
    layers = {kind: _layer(gathered, kind, county) for kind in LAYERS}
    faults = [*gathered.faults, *table.faults, *_elsewhere(gathered, layers)]
    faults += gathered.settings.faults
    rules = _rules(gathered.settings.mapping().get(STANDARD) or standard)
    answers, wrong = clean_answers(gathered.answers, rules)
    faults += wrong
    published, wrong = clean_published(gathered.published, rules)
    faults += wrong
    between: list[Fault] = []
    if source.checks and source.correctable:
        between += _of_counties(gathered, table.headers, county)
        between += _unusual(table, source)
        if tell_blanks and rules is not None:
            between += blank_figures(table.schools, table.headers, rules, unusable=table.wrong)
    if source.checks:
        area = layers["townships"] if layers["boundary"] is None else layers["boundary"]
        between += _checked(table, source, area)
    faults += [_placed(fault, gathered.official.places) for fault in between]
    births, twice = _births(gathered.births, table.schools)
    faults += twice
    if table.schools.empty and not _refused(faults):
        faults.append(_nothing_wanted(files.tables, source, county, years))
    faults = [_explained(fault, gathered.explanations) for fault in faults]
    if _refused(faults):
        raise JunhengError(faults)
    return Dataset(
        schools=table.schools,
        births=births,
        townships=layers["townships"],
        boundary=layers["boundary"],
        settlements=layers["settlements"],
        answers=answers,
        settings=gathered.settings.mapping(),
        headers=table.headers,
        faults=tuple(faults),
        inputs=files.inputs(),
        systems=frozenset(gathered.systems),
        branches=gathered.official.branches,
        apart=_apart(gathered, source),
        forms=tuple({part.form.id: part.form.title for part in gathered.official.parts}.values()),
        corrections=gathered.corrected.applied,
        published=published,
    )


def read_layers(paths: Sequence[Path], source: SourceMapping) -> Dataset:
    """
    Read map layers alone: a data set without a school.

    Raises
    ------
    JunhengError
        A layer cannot be read; every fault of all of them.
    """
    files = list_files(paths, source)
    gathered = gather(files, source, Wanted())
    if _refused(gathered.faults):
        raise JunhengError(gathered.faults)
    none = combined([], source.fields(), correctable=source.correctable).schools
    return Dataset(
        schools=none,
        births=_births([], none)[0],
        townships=_layer(gathered, "townships", None),
        boundary=_layer(gathered, "boundary", None),
        settlements=_layer(gathered, "settlements", None),
        faults=tuple(gathered.faults),
        inputs=files.inputs(),
        systems=frozenset(gathered.systems),
    )


def read_schools(paths: Sequence[Path] | Path, source: SourceMapping, columns: Sequence[str]) -> pd.DataFrame:
    """
    Return some columns of the canonical table of schools; of a store no more is read, and codes are categorical.

    Raises
    ------
    JunhengError
        As `read_dataset`.
    """
    store = store_among(paths)
    return (
        read_dataset(paths, source).schools[[*columns]]
        if store is None
        else Store(store).all_schools(columns)
    )


def inputs_of(paths: Sequence[Path], source: SourceMapping, county: str | None) -> tuple[Input, ...]:
    """Return the files that reading a county would take; of a store those it was made from."""
    store = store_among(paths)
    return list_files(paths, source).inputs() if store is None else Store(store).inputs(county)


def survey(paths: Sequence[Path] | Path, source: SourceMapping) -> Official:
    """Return how each official sheet among the files is read, whatever is wrong with it."""
    return gather(list_files(paths, source), source, Wanted()).official


def peek_counties(paths: Sequence[Path] | Path, source: SourceMapping) -> pd.DataFrame:
    """
    Return which counties the files hold: `county_code`, `county_name` (of the latest year in which no letter
    of it is lost), `years` (tuple).

    Reads no more columns than that takes, and tells no faults of cells.

    Raises
    ------
    JunhengError
        A file cannot be opened.
    """
    if (store := store_among(paths)) is not None:
        return _listed(Store(store))
    reader = Reader.of(source)
    fields = {name: field for name, field in reader.fields.items() if name in _PEEKED}
    frames = [pd.DataFrame(columns=list(_PEEKED))]
    tables = list_files(paths, source).tables
    wanted, official = Wanted(links=county_links(tables)), False
    for path in tables:
        sheets = reader.sheets(path)
        official |= reader.book(sheets) is not None
        for sheet in sheets:
            kind, header = reader.recognise(sheet)
            official |= kind == "official" and not sheet.hidden
            if kind == "schools" and header is not None and not sheet.hidden:
                found = {name: heading for name, heading in header.found.items() if name in _PEEKED}
                frames.append(read_table(sheet, replace(header, found=found), fields, source).frame)
    if official:  # what an official sheet holds is known only once all are put together
        gathered = gather(list_files(paths, source), source, wanted)
        frames += [table.frame.reindex(columns=list(_PEEKED)) for table in gathered.official.tables]
    rows = pd.concat(frames).dropna(subset=["county_code", "year"]).sort_values("year", kind="stable")
    rows = wanted.today(rows.astype({"year": "int64", "county_name": "str"}))
    counties = rows.groupby("county_code")
    years = {code: tuple(sorted(set(some))) for code, some in counties["year"]}
    whole = rows["county_name"].mask(rows["county_name"].str.contains("\N{REPLACEMENT CHARACTER}", na=False))
    names = whole.groupby(rows["county_code"]).last().fillna(counties["county_name"].last())
    return pd.DataFrame({"county_name": names, "years": pd.Series(years, dtype=object)}).reset_index(
        names="county_code"
    )


def _listed(store: Store) -> pd.DataFrame:
    counties = store.counties
    return pd.DataFrame(
        {
            "county_code": pd.Series(list(counties), dtype="str"),
            "county_name": pd.Series([county.name or None for county in counties.values()], dtype="str"),
            "years": pd.Series([county.years for county in counties.values()], dtype=object),
        }
    )


def _rules(standard: str) -> RuleSet | None:
    return load_standard(standard) if standard else None


def _of_counties(gathered: Gathered, headers: Mapping[str, str], county: str | None) -> list[Fault]:
    """Check the county codes of every row, those of other counties too, and what the sheets 参数 state."""
    rows = pd.concat(
        [_identities(table) for table, _ in gathered.schools] or [pd.DataFrame(columns=[*COLUMNS])]
    )
    settings = gathered.settings
    return [
        *not_held(settings.told, rows),
        *check_counties(rows, headers, stated=settings.by_file(COUNTY), county=county),
    ]


def _identities(table: Table) -> pd.DataFrame:
    keys = table.keys.reindex(columns=list(COLUMNS))
    types = {name: "str" for name in COLUMNS if name != "year"}
    place: dict[str, Any] = {
        "source_file": table.sheet.file,
        "source_sheet": table.sheet.name,
        "source_row": keys.index,
    }
    return keys.astype(types).assign(**place)


def _unusual(table: SchoolTable, source: SourceMapping) -> list[Fault]:
    """Ask about IDs that are not of this source's usual form, once a school."""
    usual, schools = source.fields()["school_id"].usual, table.schools
    if usual is None or schools.empty:
        return []
    findings, rule = Findings(schools, table.headers), checkbook().identity.unusual_id
    wrong = ~schools["school_id"].str.fullmatch(usual) & ~schools.duplicated("school_id", keep="last")
    note = schema.column("school_id").note
    findings.add_each(
        "unusual-id", rule.level, rule, wrong, columns=["school_id"], usual=note or Words(zh=usual, en=usual)
    )
    return findings.faults


def _refused(faults: Iterable[Fault]) -> bool:
    return any(fault.level is Level.REFUSE for fault in faults)


def _layer(gathered: Gathered, kind: Kind, county: str | None) -> gpd.GeoDataFrame | None:
    """Return the county's features of all layers of a kind; None when there are none."""
    frames = [layer.frame for _, layer in gathered.layers if layer.kind == kind]
    frames += gathered.settlements if kind == "settlements" else []
    if not frames:
        return None
    whole = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=4326)
    return whole if county is None else of_county(whole, county)


def _elsewhere(gathered: Gathered, layers: Mapping[Kind, gpd.GeoDataFrame | None]) -> list[Fault]:
    """Remark on layers that show other counties only."""
    return [
        Fault(
            "layer-of-elsewhere",
            "图层里没有这个县,没有采用。",
            "the layer does not hold this county and is not used.",
            Place(name),
            Level.NOTE,
        )
        for name, layer in gathered.layers
        if layers[layer.kind] is None
    ]


def _checked(table: SchoolTable, source: SourceMapping, boundary: gpd.GeoDataFrame | None) -> list[Fault]:
    """
    Return the faults between cells, those left out that only follow from a cell already told to be wrong.

    What the user cannot mend is a remark, and what would have been refused becomes missing.
    """
    faults = [
        fault
        for fault in check_schools(table.schools, table.headers, boundary=boundary)
        if fault.kind not in source.without_checks and not _follows(fault, table)
    ]
    if source.correctable:
        return faults
    place = {key: index for index, key in enumerate(_keys(table.schools, ["school_id", "year"]))}
    for fault in faults:
        if fault.level is Level.REFUSE:
            blanked = ["lon", "lat"] if fault.columns[0] in ("lon", "lat") else [fault.columns[0]]
            table.schools.loc[place[fault.school_id, fault.year], blanked] = float("nan")
    return [_as_remark(fault) for fault in faults]


def _follows(fault: Fault, table: SchoolTable) -> bool:
    place = fault.place
    return any((place.file, place.sheet, place.row, name) in table.wrong for name in fault.columns)


def _as_remark(fault: Fault) -> Fault:
    if fault.level is not Level.REFUSE:
        return replace(fault, level=Level.NOTE)
    zh, en = (
        f"{fault.zh}原数据不能更正,按缺失处理。",
        f"{fault.en} The source cannot be mended; taken as missing.",
    )
    return replace(fault, level=Level.NOTE, zh=zh, en=en)


def _placed(fault: Fault, places: Mapping[tuple[str, int, str], Place]) -> Fault:
    """Move a fault to where its figure stood, of a school whose figures come from several sheets."""
    if fault.year is None or not fault.columns:
        return fault
    there = places.get((fault.school_id, fault.year, fault.columns[0]))
    return fault if there is None else replace(fault, place=replace(there, value=fault.place.value))


def _apart(gathered: Gathered, source: SourceMapping) -> pd.DataFrame | None:
    """Return the schools as they were before branches were joined to their parents, None where none is joined."""
    official = gathered.official
    if not official.tables_apart:
        return None
    own = {id(table) for table in official.tables}
    others = [(table, system) for table, system in gathered.schools if id(table) not in own]
    system = next(system for table, system in gathered.schools if id(table) in own)
    apart = [(table, system) for table in official.tables_apart]
    return combined([*others, *apart], source.fields(), correctable=source.correctable).schools


def _explained(fault: Fault, explanations: Mapping[tuple[str, str, str], str]) -> Fault:
    """Attach what the sheet 数据说明 says of this check of this school and year; it goes before the row's."""
    if fault.level is not Level.EXPLAIN:
        return fault
    year = "" if fault.year is None else str(fault.year)
    said = explanations.get((fault.school_id, year, fault.kind))
    return replace(fault, explanation=said) if said else fault


def _births(frames: Sequence[pd.DataFrame], schools: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Return births of all sheets as one table, the county filled in where there is only one."""
    empty = pd.DataFrame(columns=[*BIRTHS, "file", "sheet", "row"])
    births = pd.concat([empty, *frames], ignore_index=True).dropna(subset=["year", "births"])
    types = {"county_code": "str", "township_code": "str", "year": "int64", "births": "float64"}
    births = births.astype(types)
    counties = schools["county_code"].unique()
    if len(counties) == 1:
        births["county_code"] = births["county_code"].fillna(counties[0])
    twice = births[births.duplicated(["county_code", "township_code", "year"])]
    faults = [
        Fault(
            "duplicate-births",
            f"这个乡镇{row.year}年的出生人口填了不止一次。",
            f"births of this township in {row.year} are given more than once.",
            Place(str(row.file), str(row.sheet), int(str(row.row)), value=str(row.births)),
            year=int(str(row.year)),
            columns=("births",),
        )
        for row in twice.itertuples()
    ]
    return births[list(BIRTHS)], faults


def _nothing_wanted(
    tables: Sequence[Path], source: SourceMapping, county: str | None, years: Sequence[int] | None
) -> Fault:
    """Say that the files hold no row of the county and years asked for, and what they hold instead."""
    held = peek_counties(tables, source)
    codes = "、".join(held["county_code"].head(20))
    of_years = "、".join(str(year) for year in sorted({year for some in held["years"] for year in some}))
    asked = " ".join([county or "", *(str(year) for year in years or ())]).strip()
    return Fault(
        "no-rows",
        f"没有学校数据行。数据中的县级代码:{codes or '无'};年份:{of_years or '无'}。",
        f"no school rows; county codes in the data: {codes or 'none'}; years: {of_years or 'none'}.",
        Place("、".join(path.name for path in tables), value=asked),
    )


def _keys(frame: pd.DataFrame, columns: list[str]) -> list[tuple[Any, ...]]:
    return list(frame[columns].itertuples(index=False, name=None))

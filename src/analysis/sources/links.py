"""Read the links of schools and areas: the sheet 沿革 of a workbook, or a text file of the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import python_calamine as calamine

from ..checks.links import check_links
from ..errors import Fault, JunhengError, Level, Place
from ..links import COLUMNS, link_rules, no_links
from .filekind import LAYERS, file_fault
from .headers import find_header, header_names, normalised
from .store import Store, store_among
from .tabular import Sheet, read_sheets
from .values import as_texts

_ENCODINGS = ("utf-8", "gb18030")
_TEXTS = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_START = 4096  # bytes in which the header of a text file stands


def read_links(paths: Sequence[Path] | Path, schools: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Fault, ...]]:
    """
    Read and check the links that files hold.

    Parameters
    ----------
    paths
        Workbooks with a sheet 沿革 (or as params/links.yaml names it), text files of its columns; 沿革.csv beside
        one of them is read too. Sheets and files that hold something else are passed over.
    schools
        The canonical table that the links speak of.

    Returns
    -------
    The links (`links.COLUMNS` and the places; empty where there are none) and the faults to be explained.

    Raises
    ------
    JunhengError
        Something must be corrected first: every fault of every sheet at once.
    """
    if (store := store_among(paths)) is not None:
        held = Store(store).links(schools["county_code"].unique())
        return (no_links() if held is None else held), ()
    tables, faults = [no_links()], []
    for path in _with_those_beside([paths] if isinstance(paths, Path) else paths):
        if path.suffix.lower() in LAYERS or not _may_hold_links(path):
            continue
        for sheet in read_sheets(path, names=_names(), encodings=_ENCODINGS):
            table, found = _read(sheet, schools)
            tables.append(table)
            faults += found
    if any(fault.level is Level.REFUSE for fault in faults):
        raise JunhengError(faults)
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True), tuple(
        faults
    )


def county_links(paths: Sequence[Path]) -> pd.DataFrame:
    """
    Return what the files say of counties that became others, so that rows of earlier years can be told to be
    the county's. What is wrong with the links is left out here: `read_links` tells it.
    """
    rules, tables = link_rules(), [no_links()]
    no_schools = pd.DataFrame(columns=["year", *(level.column for level in rules.levels.values())])
    for path in _with_those_beside(paths):
        if path.suffix.lower() in _TEXTS:
            sheets = read_sheets(path, names=_names(), encodings=_ENCODINGS) if _may_hold_links(path) else []
        else:
            sheets = [s for s in _workbook_sheets(path) if s.name.strip() in rules.sheets]
        tables += [_read(sheet, no_schools)[0] for sheet in sheets]
    links = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    return links[links["level"] == "county"].reset_index(drop=True)


def _workbook_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook one of which is called 沿革, none of any other: it is not read twice."""
    if path.suffix.lower() not in _WORKBOOKS or file_fault(path) is not None:
        return []
    try:
        names = calamine.CalamineWorkbook.from_path(str(path)).sheet_names
    except (calamine.CalamineError, calamine.PasswordError):
        return []
    named = any(name.strip() in link_rules().sheets for name in names)
    return read_sheets(path, names={}, encodings=()) if named else []


def _read(sheet: Sheet, schools: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    named = sheet.name.strip() in link_rules().sheets
    header = find_header(sheet.head, _names())
    found = header.found if header else {}
    required = [name for name, column in link_rules().columns.items() if column.required]
    missing = [link_rules().columns[name].zh for name in required if name not in found]
    if header is None or missing:
        return no_links(), [_headless(sheet, missing)] if named else []
    raw = sheet.take(header.last_row, sorted({h.position for h in found.values()}))
    columns = {name: as_texts(raw[h.position]) for name, h in found.items()}
    table = pd.DataFrame(columns, index=raw.index).reindex(columns=list(COLUMNS)).astype("str")
    table = table[table.notna().any(axis=1)]
    table = table.assign(source_file=sheet.file, source_sheet=sheet.name, source_row=table.index)
    return check_links(table, schools, {name: h.text for name, h in found.items()})


def _may_hold_links(path: Path) -> bool:
    """Return whether a file is a workbook, is called 沿革, or begins like links: a census is not read a second time."""
    if path.suffix.lower() not in _TEXTS or path.stem in link_rules().sheets:
        return True
    with path.open("rb") as file:
        start = file.read(_START)
    told = normalised("".join(start.decode(encoding, errors="ignore") for encoding in _ENCODINGS))
    found = {name for heading, name in _names().items() if heading in told}
    return all(name in found for name, column in link_rules().columns.items() if column.required)


def _with_those_beside(paths: Sequence[Path]) -> list[Path]:
    beside = [path.parent / f"{name}.csv" for path in paths for name in link_rules().sheets]
    return list(dict.fromkeys([*paths, *(path for path in beside if path.is_file())]))


def _names() -> dict[str, str]:
    columns = link_rules().columns
    return header_names({n: (c.zh, c.en, n, *c.aliases) for n, c in columns.items()})


def _headless(sheet: Sheet, missing: Sequence[str]) -> Fault:
    listed = "、".join(f"「{name}」" for name in missing)
    return Fault(
        "missing-column",
        f"缺少表头{listed}。",
        f"headers are missing: {listed}.",
        Place(sheet.file, sheet.name),
    )

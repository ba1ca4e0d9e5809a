"""Read a ledger that people worked in: every word they typed, in our columns and their own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from ..errors import Fault, JunhengError, Place, refuse
from ..schema import Words
from ..sources.filekind import file_fault
from ..sources.headers import normalised
from .layout import ABOUT, ABOUT_ITEMS, COLUMNS, LEDGER, TYPED, Cell

_HEAD_ROWS = 10
_NEEDED = ("key", "school_name", "title", "opened", "closed", "state")
_YEARS = ("opened", "closed", "was_closed")


@dataclass(frozen=True)
class Row:
    """One row of a ledger: `number` as Excel shows it, what it told, its years, and the words people typed."""

    number: int
    key: str
    told: Mapping[str, str]
    state: str
    opened: int | None
    closed: int | None
    was_closed: int | None
    words: Mapping[str, Cell] = field(default_factory=dict)

    def with_word(self, name: str, content: Cell) -> Row:
        """Return the row with one more word."""
        return replace(self, words={**self.words, name: content})


@dataclass(frozen=True)
class Ledger:
    """A ledger as it came back; `extra` are the headers of columns that people added, in order."""

    county_code: str
    year: int
    standard: str
    rows: tuple[Row, ...]
    extra: tuple[str, ...]


def read_ledger(path: Path, *, county: str, year: int, standard: str) -> Ledger:
    """
    Read a ledger for a run of a county, year and rule set.

    Dates stay dates and numbers numbers; a cell that a merge covers holds what the merge shows. Rows and columns may
    have been sorted, moved, added or left out.

    Raises
    ------
    JunhengError
        Not a ledger of this county and rule set, of a later year, without the columns it is known by, or with years
        that are none: every fault at once.
    """
    fault = file_fault(path)
    if fault is not None:
        raise JunhengError(fault)
    try:
        book = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise refuse(
            "damaged-file", "工作簿已损坏,打不开。", "the workbook is damaged.", file=path.name
        ) from error
    about, faults = _about(path, book)
    faults += _of_another(path, about, county=county, year=year, standard=standard)
    sheet = _sheet(book, LEDGER)
    if sheet is None:
        faults.append(_no_sheet(path, LEDGER))
        raise JunhengError(faults)
    written = formulas[sheet.title]
    header, extra, wrong = _header(path, sheet)
    faults += wrong
    rows: list[Row] = []
    if header is not None and not wrong:
        cells = _cells(sheet, written)
        for number in range(header.row + 1, sheet.max_row + 1):
            row, bad = _row(path, sheet.title, number, cells, header, extra)
            faults += bad
            rows += [row] if row is not None else []
    if faults:
        raise JunhengError(faults)
    return Ledger(
        about["county_code"], int(about["year"]), about["standard"], tuple(rows), tuple(extra.values())
    )


@dataclass(frozen=True)
class _Header:
    row: int
    places: Mapping[str, int]  # column of the sheet (from 1) by name


def _sheet(book: openpyxl.Workbook, name: Words) -> Worksheet | None:
    found = [sheet for sheet in book.worksheets if sheet.title in (name.zh, name.en)]
    return found[0] if found else None


def _no_sheet(path: Path, name: Words) -> Fault:
    zh, en = f"缺少工作表「{name.zh}」,不是销号台账。", f"the sheet “{name.en}” is missing: not a ledger."
    return Fault("no-ledger", zh, en, Place(path.name))


def _about(path: Path, book: openpyxl.Workbook) -> tuple[dict[str, str], list[Fault]]:
    """Return what the ledger says of itself: county, year, rule set."""
    sheet = _sheet(book, ABOUT)
    if sheet is None:
        return {}, [_no_sheet(path, ABOUT)]
    pairs = {
        normalised(str(row[0])): _text(row[1])
        for row in sheet.iter_rows(max_col=2, values_only=True)
        if row[0]
    }
    found = {}
    for name, words in ABOUT_ITEMS.items():
        found[name] = next((pairs[k] for k in (normalised(words.zh), normalised(words.en)) if k in pairs), "")
    bad = [
        name
        for name, text in found.items()
        if not text or (name == "year" and not re.fullmatch(r"\d{4}", text))
    ]
    return found, [
        Fault(
            "ledger-about",
            f"「{ABOUT_ITEMS[name].zh}」缺失或有误。",
            f"“{ABOUT_ITEMS[name].en}” is missing or wrong.",
            Place(path.name, sheet.title, column=ABOUT_ITEMS[name].zh, value=found[name]),
        )
        for name in bad
    ]


def _of_another(
    path: Path, about: Mapping[str, str], *, county: str, year: int, standard: str
) -> list[Fault]:
    if not about or not about["year"].isdigit():
        return []
    faults = []
    for name, own in (("county_code", county), ("standard", standard)):
        if about[name] and about[name] != own:
            zh, en = ABOUT_ITEMS[name].zh, ABOUT_ITEMS[name].en
            faults.append(
                Fault(
                    f"ledger-of-another-{name.partition('_')[0]}",
                    f"这份台账的{zh}不同,本次为{own}。",
                    f"the ledger is of another {en.lower()}; this run’s is {own}.",
                    Place(path.name, ABOUT.zh, column=zh, value=about[name]),
                )
            )
    if int(about["year"]) > year:
        zh, en = f"台账的年份晚于本次的{year}年。", f"the ledger is of a later year than {year}."
        faults.append(
            Fault(
                "later-ledger",
                zh,
                en,
                Place(path.name, ABOUT.zh, column=ABOUT_ITEMS["year"].zh, value=about["year"]),
            )
        )
    return faults


def _header(path: Path, sheet: Worksheet) -> tuple[_Header | None, dict[int, str], list[Fault]]:
    """Return where our columns stand, the headers of people's own by column, and what is wrong with them."""
    names = {
        normalised(text): column.name for column in COLUMNS for text in (column.title.zh, column.title.en)
    }
    best: tuple[int, list[str]] = (0, [])
    for number, cells in enumerate(sheet.iter_rows(max_row=_HEAD_ROWS, values_only=True), start=1):
        texts = [_text(cell) for cell in cells]
        if sum(normalised(t) in names for t in texts) > sum(normalised(t) in names for t in best[1]):
            best = (number, texts)
    row, texts = best
    known = [names.get(normalised(text)) for text in texts]
    titles = {column.name: column.title for column in COLUMNS}
    lacking = [titles[name] for name in _NEEDED if name not in known]
    twice = [titles[name] for name in titles if known.count(name) > 1]
    faults = [
        Fault(kind, f"{zh}「{t.zh}」。", f"{en} “{t.en}”.", Place(path.name, sheet.title, row or None, t.zh))
        for kind, zh, en, found in (
            ("missing-column", "缺少表头", "missing header", lacking),
            ("column-twice", "表头出现两次", "header given twice", twice),
        )
        for t in found
    ]
    extra: dict[int, str] = {}
    for place, (text, name) in enumerate(zip(texts, known, strict=True), start=1):
        if text and name is None:
            extra[place] = text if text not in extra.values() else f"{text} ({place})"
    places = {name: place for place, name in enumerate(known, start=1) if name}
    return (_Header(row, places) if row else None), extra, faults


def _cells(sheet: Worksheet, written: Worksheet) -> dict[tuple[int, int], Cell]:
    """Return the content of every cell that has one: results of formulas, merges filled, texts trimmed."""
    cells: dict[tuple[int, int], Cell] = {}
    area: dict[str, Any] = {"max_row": sheet.max_row, "max_col": sheet.max_column, "values_only": True}
    pairs = zip(sheet.iter_rows(**area), written.iter_rows(**area), strict=True)
    for row, (contents, texts) in enumerate(pairs, start=1):
        for column, (content, text) in enumerate(zip(contents, texts, strict=True), start=1):
            told = text if content is None else content  # a formula never calculated keeps its text
            told = told.strip() if isinstance(told, str) else told
            if told not in (None, ""):
                cells[row, column] = told
    for merge in sheet.merged_cells.ranges:
        first = cells.get((merge.min_row, merge.min_col))
        if first is not None:
            cells |= {(row, merge.min_col): first for row in range(merge.min_row, merge.max_row + 1)}
    return cells


def _row(
    path: Path,
    sheet: str,
    number: int,
    cells: Mapping[tuple[int, int], Cell],
    header: _Header,
    extra: Mapping[int, str],
) -> tuple[Row | None, list[Fault]]:
    own = {name: cells.get((number, place)) for name, place in header.places.items()}
    words: dict[str, Cell] = {name: own[name] for name in TYPED if own.get(name) is not None}
    words |= {title: cells[number, place] for place, title in extra.items() if (number, place) in cells}
    told = {name: _text(own.get(name)) for name in ("school_name", "stage", "title")}
    key = _text(own["key"])
    if not key and not words and not any(told.values()):
        return None, []
    years, faults = {}, []
    for name in _YEARS:
        text = _text(own.get(name))
        years[name] = int(text[:4]) if re.fullmatch(r"\d{4}年?", text) else None
        if text and years[name] is None:
            faults.append(_not_a_year(path, sheet, number, name, text))
    if key and years["opened"] is None and not faults:
        faults.append(_not_a_year(path, sheet, number, "opened", ""))
    return Row(number, key, told, _text(own["state"]), words=words, **years), faults


def _not_a_year(path: Path, sheet: str, number: int, name: str, text: str) -> Fault:
    title = next(column.title for column in COLUMNS if column.name == name)
    zh, en = "应为四位年份,如2025。", "must be a year of four digits, such as 2025."
    return Fault("not-a-year", zh, en, Place(path.name, sheet, number, title.zh, text))


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    return str(content).strip()

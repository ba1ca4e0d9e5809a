"""ledger.xlsx: the tables that have a sheet, to be filtered and counted on; numbers unrounded beneath."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from ..errors import Lang
from ..lettering import width
from ..replacing import write_whole
from .arrangement import arranged
from .cells import MARK, header_rows, remarks
from .labels import LABELS
from .looks import Looks, plain_text, properties, set_paper
from .numbers import Number, numbers
from .record import INVENTED, TableRecord, Told

_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
_LINE_PT = 15
_PLACE = re.compile(r"\[(\d+)(:?)\]")
_CELL = re.compile(r"T-(.+)-(\d+)-(\d+)")  # the id of a table's number


def write_workbook(told: Told, lang: Lang, *, made: datetime | None = None) -> Path:
    """
    Write ledger.xlsx from the tables of a run's folder: contents first, then one sheet per table.

    Text stays text, whatever it begins with: none becomes a formula or a link. Sums and balances that a table declares
    are formulas, their values stored with them. Missing figures are
    written as '—', which no calculation takes for zero. With the same `made` the file is the same.

    Raises
    ------
    JunhengError
        Another program holds the workbook open.
    """
    ids = [b.id for story in told.stories for b in story.blocks if b.kind == "table" and b.id]
    named = {place.table for story in told.stories for fact in story.facts for place in fact.places}
    tables = [told.tables[i] for i in ids if told.tables[i].sheet or i in named]
    titles = [(t.sheet or t.title)[lang] for t in tables]
    names = sheet_names([LABELS["contents"][lang], *titles, LABELS["index"][lang]])
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **plain_text()}) as book:
        properties(book, told, lang, made or datetime.now(UTC))
        looks = Looks(book, lang)
        _contents(book.add_worksheet(names[0]), told, tables, names[1:], looks)
        for table, name in zip(tables, names[1:-1], strict=True):
            _Sheet(book.add_worksheet(name), table, told, looks).write()
        sheets = {table.id: name for table, name in zip(tables, names[1:-1], strict=True)}
        _index(book.add_worksheet(names[-1]), told, sheets, looks)
    path = told.folder / "ledger.xlsx"
    write_whole(path, content.getvalue())
    return path


def sheet_names(titles: Iterable[str]) -> list[str]:
    """Return names that Excel takes as sheets', each once: at most 31 characters, none of []:*?/\\."""
    names: list[str] = []
    for title in titles:
        fit = " ".join(_NOT_IN_SHEET_NAMES.sub(" ", title).split())
        name = fit.strip(" '")[:_LONGEST_NAME].rstrip(" '") or "—"
        taken = {n.casefold() for n in names}
        plain, more = name, 2
        while name.casefold() in taken:
            suffix = f" ({more})"
            name, more = plain[: _LONGEST_NAME - len(suffix)] + suffix, more + 1
        names.append(name)
    return names


@dataclass
class _Sheet:
    """One table on its sheet: title, unit, header, rows, remarks."""

    sheet: Any
    table: TableRecord
    told: Told
    looks: Looks

    def write(self) -> None:
        """Write the sheet from top to bottom, and set it up for screen and paper."""
        lang, table, sheet = self.looks.lang, self.table, self.sheet
        sheet.write_string(0, 0, table.title[lang], self.looks.title)
        unit = f"{LABELS['unit'][lang]}{table.unit[lang]}" if table.unit else ""
        sheet.write_string(1, 0, unit, self.looks.get())
        if self.told.invented:
            sheet.write_string(
                1,
                max(len(table.columns) - 1, 1),
                INVENTED,
                self.looks.get(bold=True, font_color="#9C2B23", align="right"),
            )
        header = header_rows(table.columns)
        first = 2 + len(header)
        self._header(2)
        self._rows(first)
        self._heights(first, self.table.shown)
        titles = 2 + any(column.group for column in table.columns)
        self._heights(titles, [[column.title for column in table.columns]])
        if table.shown:
            last = first + len(table.shown) - 1 - table.total
            sheet.autofilter(first - 1, 0, last, len(table.columns) - 1)
        self._remarks(first + len(table.shown) + 1)
        sheet.freeze_panes(first, self._frozen())
        for i in range(len(table.columns)):
            sheet.set_column(i, i, self._width(i))
        set_paper(sheet, self.told, lang, across=table.landscape)
        sheet.repeat_rows(2, first - 1)

    def _header(self, top: int) -> None:
        for r, row in enumerate(header_rows(self.table.columns), start=top):
            for cell in row:
                if cell.rows > 1 or cell.columns > 1:
                    last = r + cell.rows - 1, cell.column + cell.columns - 1
                    self.sheet.merge_range(r, cell.column, *last, cell.text, self.looks.head)
                else:
                    self.sheet.write_string(r, cell.column, cell.text, self.looks.head)

    def _rows(self, top: int) -> None:
        marked, data = set(self.table.marked), self.told.data(self.table)
        for c, column in enumerate(self.table.columns):
            values = data.iloc[:, c]
            numbers = pd.to_numeric(values, errors="coerce") if column.number else None
            for r, row in enumerate(self.table.shown):
                number = numbers is not None and bool(pd.notna(numbers.iloc[r]))
                look = self.looks.cell(column, row[c], marked=(r, c) in marked, number=number)
                if numbers is not None and number:
                    self._number(top, r, c, float(numbers.iloc[r]), look)
                else:
                    text = f"{MARK}{row[c]}" if (r, c) in marked else row[c]
                    self.sheet.write_string(top + r, c, text[:_LONGEST_TEXT], look)

    def _number(self, top: int, row: int, column: int, value: float, look: Any) -> None:
        """Write a number, as a formula with its value where the table says what it is reckoned from."""
        last = top + len(self.table.shown) - 1 - self.table.total
        if self.table.total and top + row > last >= top:
            formula = f"SUM({_range(top, last, column)})"
        else:
            formula = _PLACE.sub(
                lambda m: _range(top, last, int(m[1])) if m[2] else xl_rowcol_to_cell(top + row, int(m[1])),
                self.table.columns[column].formula,
            )
        if formula:
            self.sheet.write_formula(top + row, column, f"={formula}", look, value)
        else:
            self.sheet.write_number(top + row, column, value, look)

    def _heights(self, top: int, rows: Sequence[Sequence[str]]) -> None:
        """Make rows as high as their wrapped text: not every program does so on opening."""
        room = [self._width(i) - 1 for i in range(len(self.table.columns))]
        for r, row in enumerate(rows, start=top):
            lines = max(
                sum(max(1, math.ceil(width(line) / room[c])) for line in text.split("\n"))
                for c, text in enumerate(row)
            )
            if lines > 1:
                self.sheet.set_row(r, lines * _LINE_PT)

    def _remarks(self, top: int) -> None:
        lines = remarks(self.table, self.looks.lang)
        for r, line in enumerate(lines, start=top):
            self.sheet.write_string(r, 0, line, self.looks.get())
        self.sheet.write_string(top + len(lines), 0, self.table.source[self.looks.lang], self.looks.small)

    def _frozen(self) -> int:
        """Return how many columns stay in view: the first, if it is text and others follow."""
        return int(len(self.table.columns) > 1 and not self.table.columns[0].number)

    def _width(self, place: int) -> float:
        column = self.table.columns[place]
        cells = [width(line) for row in self.table.shown for line in row[place].split("\n")]
        head = max((width(word) for word in [*column.title.split(), column.code]), default=0)
        return min(max([*cells, min(head, 14), 4]) + 4, 44)  # room for the filter's arrow and the sign


def _contents(sheet: Any, told: Told, tables: list[TableRecord], names: list[str], looks: Looks) -> None:
    lang, stamp = looks.lang, told.stamp
    sheet.write_string(0, 0, f"{stamp.county[lang]} {stamp.year} {stamp.report_title[lang]}", looks.title)
    if told.invented:
        sheet.write_string(1, 0, INVENTED, looks.label)
    for c, label in enumerate(("sheet", "title", "rows")):
        sheet.write_string(2, c, LABELS[label][lang], looks.head)
    for r, (table, name) in enumerate(zip(tables, names[:-1], strict=True), start=3):
        sheet.write_url(r, 0, _link(name), looks.link, name)
        sheet.write_string(r, 1, table.title[lang], looks.get(border=1))
        sheet.write_number(r, 2, len(table.shown), looks.get(border=1))
    sheet.write_url(3 + len(tables), 0, _link(names[-1]), looks.link, names[-1])
    sheet.write_string(3 + len(tables), 1, LABELS["index_title"][lang], looks.get(border=1))
    sheet.write_string(5 + len(tables), 0, stamp.line()[lang], looks.small)
    sheet.set_column(0, 0, max([width(name) for name in names] + [12]) + 3)
    sheet.set_column(1, 1, max([width(table.title[lang]) for table in tables] + [20]) + 3)
    sheet.set_column(2, 2, 8)
    sheet.freeze_panes(3, 0)
    set_paper(sheet, told, lang, across=False)


def _range(first: int, last: int, column: int) -> str:
    """Return a column of cells as a formula names it, the same wherever it is copied to."""
    return f"{xl_rowcol_to_cell(first, column, True, True)}:{xl_rowcol_to_cell(last, column, True, True)}"


def _link(sheet: str, cell: str = "A1") -> str:
    quoted = sheet.replace("'", "''")
    return f"internal:'{quoted}'!{cell}"


def _index(sheet: Any, told: Told, sheets: Mapping[str, str], looks: Looks) -> None:
    """Write the index of every number that the report prints; those that the workbook holds lead to their cells."""
    lang = looks.lang
    sheet.write_string(0, 0, LABELS["index_title"][lang], looks.title)
    sheet.write_string(1, 0, INVENTED if told.invented else "", looks.label)
    account = ("what", "formula", "numerator", "denominator", "when", "clause")
    heads = ("id", "place", "printed", "unrounded", "file", *account, "same")
    for c, label in enumerate(heads):
        sheet.write_string(2, c, LABELS[label][lang], looks.head)
    found = numbers(told, arranged(told), lang)
    for r, number in enumerate(found, start=3):
        texts = [number.at, number.shown, number.value, number.data, *_account(number, lang)]
        for c, text in enumerate([*texts, number.same], start=1):
            sheet.write_string(r, c, text[:_LONGEST_TEXT])
        if own := _to(number.id, told, sheets):
            sheet.write_url(r, 0, own, looks.link, number.id)
        else:
            sheet.write_string(r, 0, number.id)
        if target := _to(number.same, told, sheets):
            sheet.write_url(r, len(heads) - 1, target, looks.link, number.same)
    sheet.autofilter(2, 0, 2 + max(len(found), 1), len(heads) - 1)
    sheet.freeze_panes(3, 1)
    for c, wide in enumerate((32, 60, 14, 22, 34, 44, 44, 16, 16, 20, 24, 40)):
        sheet.set_column(c, c, wide)
    set_paper(sheet, told, lang, across=True)


def _to(id: str, told: Told, sheets: Mapping[str, str]) -> str:
    """Return the link to a table, or to a cell of it, by its id; '' where the workbook has no sheet of the table."""
    if (table := id.removeprefix("T-")) in sheets:
        return _link(sheets[table])
    cell = _CELL.fullmatch(id)
    if not cell or cell[1] not in sheets:
        return ""
    top = 2 + len(header_rows(told.tables[cell[1]].columns))
    return _link(sheets[cell[1]], xl_rowcol_to_cell(top + int(cell[2]) - 1, int(cell[3]) - 1))


def _account(number: Number, lang: Lang) -> list[str]:
    """Return what a number is, its formula, numerator, denominator, date and clause; '' where the run does not tell."""
    fact = number.fact
    if fact is None:
        return [""] * 6
    parts = ["" if part is None else repr(part) for part in (fact.numerator, fact.denominator)]
    when = fact.when[lang] if fact.when else ""
    return [fact.what[lang], fact.formula[lang], *parts, when, fact.clause]

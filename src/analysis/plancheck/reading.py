"""A plan as it was typed or written: its tables and its paragraphs, each with its place in the user's file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph

from ..errors import Fault, JunhengError, Place, refuse
from ..sources.filekind import file_fault, file_kind
from ..sources.workbook import Grid, read_grids
from .amounts import Amount, amount_of

_TITLE = 30  # a longer line above a table of a document is a sentence, not its title
_PROSE = 16  # from so many characters on a cell is read as a sentence too


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of prose."""

    text: str
    place: Place


@dataclass(frozen=True)
class Table:
    """
    A table: `headings` of its columns (levels joined by “ › ”), and its body rows.

    `rows`: the number that the user sees of each body row; `title`: what stands above it and names it.
    """

    file: str
    sheet: str
    title: str
    headings: list[str]
    body: list[list[object]]
    rows: list[int]
    unit: str = ""

    def text(self, row: int, column: int) -> str:
        """Return a cell as text, "" where there is none."""
        cell = self.body[row][column] if column < len(self.body[row]) else None
        return "" if cell is None else _plain_number(cell).strip()

    def amount(self, row: int, column: int) -> Amount | None:
        """Return a cell as an amount, with the unit of its heading where it has none of its own."""
        cell = self.body[row][column] if column < len(self.body[row]) else None
        return amount_of(cell, unit_of_heading(self.headings[column]) or self.unit)

    def place(self, row: int, column: int) -> Place:
        """Return where a cell stands."""
        heading = self.headings[column].split(" › ")[-1] or "—"
        return Place(self.file, self.sheet, self.rows[row], heading, self.text(row, column))


@dataclass(frozen=True)
class Plan:
    """All that a file says."""

    file: str
    tables: list[Table] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)


def read_plan(path: Path) -> Plan:
    """
    Read a plan from xlsx, xls, csv or docx.

    Raises
    ------
    JunhengError
        The file is absent, empty, damaged, locked, or of another kind.
    """
    if path.suffix.lower() == ".docx":
        return _from_docx(path)
    fault = file_fault(path)
    if fault is None and path.suffix.lower() not in (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls"):
        fault = _unknown(path)
    if fault is not None:
        raise JunhengError(_unknown(path) if fault.kind == "unknown-file-type" else fault)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        sheets: list[tuple[str, list[list[object]]]] = [("", _csv_rows(path))]
    else:
        sheets = [(grid.name, _uncovered(grid)) for grid in read_grids(path) if not grid.hidden]
    plan = Plan(path.name)
    for name, rows in sheets:
        plan.tables.extend(_tables(path.name, name, rows))
        plan.paragraphs.extend(_prose(path.name, name, rows))
    return plan


def _unknown(path: Path) -> Fault:
    return Fault(
        "unknown-file-type",
        "不支持这种文件,可用:.xlsx .xls .csv .docx(旧版 .doc 请另存为 .docx)。",
        "this kind of file is not supported; use .xlsx, .xls, .csv or .docx (save .doc as .docx).",
        Place(path.name),
    )


def _csv_rows(path: Path) -> list[list[object]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise refuse(
            "unknown-encoding", "文字编码无法识别。", "the text encoding is not known.", file=path.name
        )
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]


def _from_docx(path: Path) -> Plan:
    if not path.is_file():
        raise refuse("no-such-file", "找不到这个文件。", "there is no such file.", file=str(path))
    try:
        if file_kind(path) != "docx":
            raise PackageNotFoundError
        document = docx.Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise refuse(
            "damaged-file",
            "不是能打开的Word文档(可能已损坏、有密码,或是旧版.doc)。",
            "not a Word document that can be opened (damaged, protected, or an old .doc).",
            file=path.name,
        ) from error
    plan = Plan(path.name)
    title, number, at = "", 0, 0
    for block in document.iter_inner_content():
        if isinstance(block, DocxParagraph):
            at += 1
            text = block.text.strip()
            if text:
                title = text
                plan.paragraphs.append(Paragraph(text, Place(path.name, paragraph=at)))
        elif isinstance(block, DocxTable):
            number += 1
            name = title if title and len(title) <= _TITLE else f"第{number}个表"
            plan.tables.extend(_tables(path.name, name, _docx_rows(block), title))
    return plan


def _docx_rows(table: DocxTable) -> list[list[object]]:
    """Return the cells of a table; merged cells repeat a text, but a figure only once."""
    seen: set[object] = set()
    rows: list[list[object]] = []
    for row in table.rows:
        cells: list[object] = []
        for cell in row.cells:
            text = cell.text.strip()
            again = cell._tc in seen and amount_of(text) is not None and not is_year(text)
            cells.append(None if again else text)
            seen.add(cell._tc)
        rows.append(cells)
    return rows


def _uncovered(grid: Grid) -> list[list[object]]:
    """Return the cells of a sheet, figures only in the first cell of a merge."""
    return [
        [
            None
            if (at, column) in grid.covered and amount_of(cell) is not None and not is_year(cell)
            else cell
            for column, cell in enumerate(row)
        ]
        for at, row in enumerate(grid.rows, 1)
    ]


def _prose(file: str, sheet: str, rows: Sequence[Sequence[object]]) -> Iterator[Paragraph]:
    """Give the cells of a sheet that are sentences."""
    for at, row in enumerate(rows, 1):
        for cell in dict.fromkeys(c for c in row if isinstance(c, str)):
            if len(cell) >= _PROSE and re.search(r"[。；，,].*\d|\d.*[。；，,]", cell):
                yield Paragraph(cell.strip(), Place(file, sheet, at))


def _tables(file: str, sheet: str, rows: Sequence[Sequence[object]], title: str = "") -> Iterator[Table]:
    """Give the tables of a sheet: blocks of rows that blank rows part, each with its title and header."""
    block: list[tuple[int, list[object]]] = []
    for at, row in enumerate([*rows, []], 1):
        cells = [None if cell is None or str(cell).strip() == "" else cell for cell in row]
        if any(cell is not None for cell in cells):
            block.append((at, cells))
            continue
        table = _table(file, sheet, block, title)
        if table is not None:
            yield table
        elif block:
            title = (
                " ".join(str(cell) for _, cells in block for cell in cells[:1] if cell is not None) or title
            )
        block = []


def _table(file: str, sheet: str, block: list[tuple[int, list[object]]], title: str) -> Table | None:
    """Return a block of rows as a table, None where it has no header above figures."""
    while block and len({str(cell) for cell in block[0][1] if cell is not None}) == 1:
        title = str(next(cell for cell in block[0][1] if cell is not None))
        block = block[1:]
    heads = 0
    while heads < len(block) and _is_header(block[heads][1]):
        heads += 1
    body = [(at, row) for at, row in block[heads:] if not _numbers_columns(row)]
    if not heads or not body:
        return None
    width = max(len(row) for _, row in block)
    headings = [_heading([row for _, row in block[:heads]], column) for column in range(width)]
    unit = re.search(r"单位[:：]\s*([^\s)）]+)", title)
    return Table(
        file,
        sheet,
        title,
        headings,
        [row for _, row in body],
        [at for at, _ in body],
        unit[1] if unit else "",
    )


def _is_header(row: Sequence[object]) -> bool:
    """Whether a row has texts and no figures; years may stand in a header."""
    cells = [cell for cell in row if cell is not None]
    figures = [cell for cell in cells if amount_of(cell) is not None]
    return len(cells) > len(figures) and all(is_year(cell) for cell in figures)


def is_year(cell: object) -> bool:
    """Whether a cell is a year: 2026, 2026年."""
    return re.fullmatch(r"(19|20)\d\d(\.0)?年?", str(cell).strip()) is not None


def _numbers_columns(row: Sequence[object]) -> bool:
    """Whether a row only numbers the columns: 甲, 乙, 1, 2, 3 …"""
    cells = [str(cell).strip() for cell in row if cell is not None]
    figures = [amount.value for cell in cells if (amount := amount_of(cell)) is not None]
    letters = [cell for cell in cells if amount_of(cell) is None]
    in_order = figures == list(range(1, len(figures) + 1))
    return in_order and set(letters) <= set("甲乙丙丁") and (bool(letters) or len(figures) > 2)


def _heading(heads: Sequence[Sequence[object]], column: int) -> str:
    parts = [_plain_number(row[column]) for row in heads if column < len(row) and row[column] is not None]
    return " › ".join(dict.fromkeys(part.strip() for part in parts))


def unit_of_heading(heading: str) -> str:
    """Return the unit in the brackets of a heading: 总投资（万元）."""
    found = re.findall(r"[(（]([^()（）]{1,8})[)）]", heading)
    return found[-1] if found else ""


def _plain_number(cell: object) -> str:
    """Return a cell as text; a whole number that a spreadsheet keeps as 2026.0 without its decimal."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

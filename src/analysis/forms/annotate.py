"""The coloured copy: the user's own workbook with the faulty cells marked and the reasons beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from .. import schema
from ..errors import LEVELS, Fault, Level, refuse
from ..replacing import replaced_whole
from ..sources.headers import header_names, normalised
from ..sources.tabular import read_text
from .layout import EXPLANATION_HEADERS, EXPLANATIONS

RESULT = "核查结果"
_AUTHOR = "junheng"
_COLOURS = {Level.REFUSE: "FFFF9999", Level.EXPLAIN: "FFFFEB9C"}
_RESULT_WIDTH = 60
_Key = tuple[str, str, str]


def annotated_copy(original: Path, faults: Sequence[Fault], target: Path) -> None:
    """
    Write a copy of a workbook with its faults marked, for the clerk to mend and send back.

    Faulty cells are red (must be corrected) or yellow (explain), the reason stands in a comment and in a
    column 核查结果 beside the data, and the sheet 数据说明 lists what asks for an explanation, with those
    already given. Marks of an earlier check are taken off first, so that a mended copy can be checked again.
    The copy of a csv or xls is an xlsx of its cells.

    Parameters
    ----------
    original
        The file that was checked; it is never touched.
    faults
        What the check found; faults of other files are passed over.
    target
        The xlsx to write; replaced whole or not at all.

    Raises
    ------
    JunhengError
        The target is the original, or cannot be written.
    """
    if target.resolve() == original.resolve():
        raise refuse(
            "would-overwrite",
            "副本不能与原文件同名。",
            "the copy must not take the original’s place.",
            file=original.name,
        )
    own = [fault for fault in faults if Path(fault.place.file).name in ("", original.name)]
    workbook = _opened(original)
    for sheet in workbook.worksheets:
        _wipe(sheet)
    for sheet in workbook.worksheets:
        # A table without sheets (csv) has faults without a sheet; they stand in the one there is.
        unnamed = [""] if sheet is workbook.worksheets[0] else []
        _mark(sheet, [fault for fault in own if fault.place.sheet in [sheet.title, *unnamed]])
    _list_faults(workbook, own)
    with replaced_whole(target) as temporary:
        workbook.save(temporary)


def _opened(original: Path) -> Workbook:
    """Open an xlsx with its formatting; put the cells of any other table into a new workbook."""
    if original.suffix.lower() in (".xlsx", ".xlsm"):
        try:
            return load_workbook(original)
        except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
            raise refuse(
                "not-a-workbook",
                "不是能打开的工作簿,没有生成标注副本。",
                "not a workbook that can be opened; no marked copy was written.",
                file=original.name,
            ) from error
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    tables: dict[str, list[list[Any]]]
    if original.suffix.lower() == ".xls":
        book = CalamineWorkbook.from_path(original)
        tables = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    else:
        names = header_names({name: (c.zh, *c.aliases) for name, c in schema.columns().items()})
        tables = {original.stem[:31]: read_text(original, names=names, encodings=("gb18030",))}
    for name, rows in tables.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return workbook


def _wipe(sheet: Worksheet) -> None:
    """Take off the marks of an earlier check: our colours, our comments, what stands under 核查结果."""
    ours = set(_COLOURS.values())
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in ours:
                cell.fill = PatternFill()
                cell.comment = None
            elif cell.comment is not None:
                _fit(cell.comment)  # openpyxl forgets how large a comment was
    for row in sheet.iter_rows():
        for title in (cell for cell in row if cell.value == RESULT):
            for below in range(title.row + 1, sheet.max_row + 1):
                sheet.cell(below, title.column).value = None


def _mark(sheet: Worksheet, faults: Sequence[Fault]) -> None:
    """Colour cells, comment them, and write the reasons of each row beside it."""
    by_row: dict[int, list[Fault]] = defaultdict(list)
    by_cell: dict[tuple[int, int], list[Fault]] = defaultdict(list)
    headings = _headings(sheet, faults)
    for fault in faults:
        if fault.place.row is not None:
            by_row[fault.place.row].append(fault)
            for heading in _marked(fault):
                above = [at for at in headings[heading] if at[0] <= fault.place.row]
                if above:
                    by_cell[fault.place.row, max(above)[1]].append(fault)
    if not by_row:
        return
    found = [max(at) for heading, at in headings.items() if at and heading not in _labels(faults, headings)]
    header_row = max(found)[0] if found else max(1, min(by_row) - 1)
    result = _result_column(sheet, header_row=header_row)
    for (row, column), in_cell in by_cell.items():
        _colour(sheet.cell(row, column), in_cell)
    for row, in_row in by_row.items():
        if row > header_row:
            sheet.cell(row, result, ";".join(_reason(fault) for fault in in_row))


def _marked(fault: Fault) -> list[str]:
    """Return the headings, normalised, of the cells that a fault marks."""
    return [normalised(header.split(" › ")[-1]) for header in (fault.place.column, *fault.also)]


def _labels(faults: Sequence[Fault], headings: dict[str, list[tuple[int, int]]]) -> set[str]:
    """Return the headings that stand in the row of their fault, as the items of the sheet 参数 do."""
    return {
        label
        for fault in faults
        for label, *others in [_marked(fault)]
        if others and fault.place.row in [row for row, _ in headings[label]]
    }


def _headings(sheet: Worksheet, faults: Sequence[Fault]) -> dict[str, list[tuple[int, int]]]:
    """Return row and column of every cell that reads like the header of a fault."""
    found: dict[str, list[tuple[int, int]]] = {heading: [] for fault in faults for heading in _marked(fault)}
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value and normalised(cell.value) in found:
                found[normalised(cell.value)].append((cell.row, int(cell.column or 1)))
    return found


def _colour(cell: Cell | MergedCell, faults: Sequence[Fault]) -> None:
    level = min((fault.level for fault in faults), key=list(Level).index)
    if (
        level not in _COLOURS
    ):  # a remark stands beside the row; a comment on a plain cell would never be wiped
        return
    cell.fill = PatternFill("solid", fgColor=_COLOURS[level])
    if isinstance(cell, Cell):
        cell.comment = Comment("\n".join(f"{fault.zh}\n{fault.en}" for fault in faults), _AUTHOR)
        _fit(cell.comment)


def _fit(comment: Comment) -> None:
    lines = sum(1 + len(line.encode("gb18030")) // 44 for line in comment.text.splitlines())
    comment.width, comment.height = 340, 30 + 18 * lines


def _result_column(sheet: Worksheet, *, header_row: int) -> int:
    """Return the column 核查结果: the one there is, else a new one to the right of the data."""
    for cell in sheet[header_row]:
        if cell.value == RESULT:
            return int(cell.column or 1)
    column = sheet.max_column + 1
    title, beside = sheet.cell(header_row, column, RESULT), sheet.cell(header_row, column - 1)
    title.font = Font(bold=True)
    for look in ("fill", "border", "alignment"):
        setattr(title, look, copy(getattr(beside, look)))
    sheet.column_dimensions[get_column_letter(column)].width = _RESULT_WIDTH
    return column


def _list_faults(workbook: Workbook, faults: Sequence[Fault]) -> None:
    """Write the sheet 数据说明: what asks for an explanation, with the one given; the clerk's own rows stay.

    Faults that have no row to be marked in are listed there too.
    """
    sheet = workbook[EXPLANATIONS] if EXPLANATIONS in workbook.sheetnames else _new_sheet(workbook)
    header = next((row[0].row for row in sheet.iter_rows() if row[0].value == EXPLANATION_HEADERS[0]), None)
    if header is None:
        sheet.append(list(EXPLANATION_HEADERS))
        header = sheet.max_row
    kept = _given(sheet, header)
    asking = [
        f for f in faults if f.level is Level.EXPLAIN or (f.level is Level.REFUSE and f.place.row is None)
    ]
    rows = {
        _key(fault): [
            fault.school_id,
            fault.year,
            fault.kind,
            _question(fault),
            (kept.pop(_key(fault), None) or [None])[-1] or fault.explanation,
        ]
        for fault in asking
    }
    if header < sheet.max_row:
        for old in sheet.iter_rows(min_row=header + 1, max_col=len(EXPLANATION_HEADERS)):
            for cell in old:
                cell.value = None
    said = [row for row in kept.values() if row[-1]]
    for at, row in enumerate([*rows.values(), *said], header + 1):
        # Programs do not agree on fitting rows to wrapped text.
        sheet.row_dimensions[at].height = 16 * sum(
            1 + len(part) // 34 for part in str(row[3] or "").splitlines()
        )
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if column == 1:
                cell.number_format = "@"


def _new_sheet(workbook: Workbook) -> Worksheet:
    sheet: Worksheet = workbook.create_sheet(EXPLANATIONS)
    for column, width in zip("ABCDE", (14, 8, 26, 70, 50), strict=True):
        sheet.column_dimensions[column].width = width
    return sheet


def _given(sheet: Worksheet, header: int) -> dict[_Key, list[Any]]:
    """Return the rows that stand in 数据说明, by school, year and check."""
    rows: dict[_Key, list[Any]] = {}
    for row in sheet.iter_rows(min_row=header + 1, max_col=len(EXPLANATION_HEADERS), values_only=True):
        if any(value not in (None, "") for value in row):
            school, year, check = ("" if value is None else str(value).strip() for value in row[:3])
            rows[school, year.removesuffix(".0"), check] = list(row)
    return rows


def _question(fault: Fault) -> str:
    """Return what is asked, for an office to answer: in Chinese; English stands in the cell's comment."""
    place = replace(fault.place, file="").text("zh", school=fault.school_name)
    return f"{place}:{fault.zh}" if place else fault.zh


def _key(fault: Fault) -> _Key:
    return fault.school_id, "" if fault.year is None else str(fault.year), fault.kind


def _reason(fault: Fault) -> str:
    return f"【{LEVELS[fault.level][0]}】{fault.place.column}:{fault.zh}".replace("】:", "】")

"""Tables of report.docx: columns as wide as their contents need, and the grid itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from docx.document import Document as Doc

from ..lettering import width
from .cells import MARK, HeaderCell, header_rows
from .docx_parts import element
from .docx_style import POINTS_PER_CM, WU, XIAO_WU
from .record import ColumnRecord, TableRecord

_PADDING_PT = 5.5  # both sides of a cell
SMALLEST = 7.5  # 六号
_EASE = 0.25  # of what texts want beyond their least width
_EM_PER_LETTER = 0.64  # a digit of Times is 0.5; what stands in where Times is not installed is wider
_EM_ON_AVERAGE = 0.54
_BOLD = 1.12
_FEWEST_ROWS = 3  # on a page of a table that is continued
_LINE = 1.3  # height of a line over the size of its letters
_LEAST_HEAD, _LEAST_TEXT, _MOST_TEXT = 6, 12, 60  # in Latin letters: three, six and thirty characters
_SHADE = {"head": "EDEDED", "marked": "F4CFCA"}


@dataclass(frozen=True)
class Fit:
    """Widths of a table's columns in points, and the size of its letters."""

    size: float
    widths: tuple[float, ...]


def fit(record: TableRecord, room_cm: float) -> Fit:
    """
    Return column widths that fill the room, at 五号 where the table's numbers fit and its texts have some ease, else smaller.

    A number is never broken; text and headers are broken where they can be.
    """
    room = room_cm * POINTS_PER_CM
    needs = [_needs(record, i, column) for i, column in enumerate(record.columns)]
    for size, ease in ((WU, _EASE), (XIAO_WU, 0.0), (SMALLEST, 0.0)):
        least, most = ([_points(need[k], size) for need in needs] for k in (0, 1))
        slack, wish = room - sum(least), sum(most) - sum(least)
        if slack >= ease * wish:
            break
    if slack <= 0:
        return Fit(size, tuple(low * room / sum(least) for low in least))
    if slack < wish:
        return Fit(size, tuple(low + (m - low) * slack / wish for low, m in zip(least, most, strict=True)))
    return Fit(size, tuple(m * room / sum(most) for m in most))


def widths(record: TableRecord, size: float) -> tuple[float, float]:
    """Return the least and the wanted width in cm of a table at a size of letters."""
    needs = [_needs(record, i, column) for i, column in enumerate(record.columns)]
    least, wanted = (sum(_points(need[k], size) for need in needs) for k in (0, 1))
    return least / POINTS_PER_CM, wanted / POINTS_PER_CM


def leaves(record: TableRecord, fitted: Fit, *, room_pt: float) -> list[range]:
    """
    Return the rows that stand together on each page: all of them on one where a page of `room_pt` holds them.

    Heights are estimated, and no page holds less than a few rows.
    """
    heights = [_height(row, fitted.widths, fitted.size) for row in record.shown]
    room = room_pt - sum(_header_height(row, fitted) for row in header_rows(record.columns))
    if sum(heights) <= room:
        return [range(len(heights))]
    pages, first, filled = [], 0, 0.0
    for r, height in enumerate(heights):
        if filled + height > room and r > first:
            pages.append(range(first, r))
            first, filled = r, 0.0
        filled += height
    last = min(first, len(heights) - _FEWEST_ROWS)
    if pages and last > pages[-1].start:
        pages[-1], first = range(pages[-1].start, last), last
    return [*pages, range(first, len(heights))]


def add_table(doc: Doc, record: TableRecord, title: str, fitted: Fit, rows: range) -> None:
    """Add some rows of a table: below its header, kept on one page, marked cells shaded and signed."""
    table = element("tbl")
    table.append(_properties(title, fitted, doc.styles["Table Grid"].style_id))
    grid = element("tblGrid")
    for points in fitted.widths:
        grid.append(element("gridCol", w=_twips(points)))
    table.append(grid)
    for row in _header(record.columns, fitted):
        table.append(row)
    marked = set(record.marked)
    last = rows.stop == len(record.shown)
    for r in rows:
        cells = [
            _cell(
                f"{MARK}{text}" if (r, c) in marked else text,
                fitted.widths[c],
                size=fitted.size,
                align=record.columns[c].align,
                shade="marked" if (r, c) in marked else None,
                next_too=last or r < rows.stop - 1,  # the remarks never stand on a page of their own
            )
            for c, text in enumerate(record.shown[r])
        ]
        table.append(_row(cells))
    doc.element.body.insert_element_before(table, "w:sectPr")


def _header_height(cells: Sequence[HeaderCell], fitted: Fit) -> float:
    """Return how high a row of the header is, in points."""
    widths = [sum(fitted.widths[cell.column : cell.column + cell.columns]) for cell in cells]
    return _height([cell.text for cell in cells], widths, fitted.size)


def _height(texts: Sequence[str], widths: Sequence[float], size: float) -> float:
    """Return how high a row is with cells of these widths, in points."""
    lines = [
        sum(
            max(1, math.ceil(width(line) * size * _EM_ON_AVERAGE / (wide - _PADDING_PT)))
            for line in text.split("\n")
        )
        for text, wide in zip(texts, widths, strict=True)
    ]
    return max(lines) * size * _LINE + 1


def _properties(title: str, fitted: Fit, grid_style: str) -> Any:
    properties = element("tblPr")
    properties.append(element("tblStyle", val=grid_style))
    properties.append(element("tblW", w=_twips(sum(fitted.widths)), type="dxa"))
    properties.append(element("jc", val="center"))
    properties.append(element("tblLayout", type="fixed"))
    properties.append(element("tblLook", val="0020"))
    properties.append(element("tblCaption", val=title))
    return properties


def _header(columns: Sequence[ColumnRecord], fitted: Fit) -> list[Any]:
    rows = header_rows(columns)
    reach = {cell.column: cell.rows for cell in rows[0]}
    made = []
    for r, row in enumerate(rows):
        by_column = {cell.column: cell for cell in row}
        cells, c = [], 0
        while c < len(columns):
            below = c not in by_column  # under a cell that reaches down
            cell = by_column.get(c, HeaderCell("", c))
            merge = "continue" if below else "restart" if reach.get(c, 1) > 1 and r == 0 else None
            reached = sum(fitted.widths[c : c + cell.columns])
            cells.append(
                _cell(
                    cell.text,
                    reached,
                    size=fitted.size,
                    shade="head",
                    span=cell.columns,
                    merge=merge,
                    next_too=True,
                )
            )
            c += cell.columns
        made.append(_row(cells, repeat=True))
    return made


def _row(cells: Sequence[Any], *, repeat: bool = False) -> Any:
    row, properties = element("tr"), element("trPr")
    properties.append(element("cantSplit"))
    if repeat:
        properties.append(element("tblHeader"))
    row.append(properties)
    row.extend(cells)
    return row


def _cell(
    text: str,
    points: float,
    *,
    size: float,
    align: Literal["left", "center", "right"] | None = None,
    shade: str | None = None,
    span: int = 1,
    merge: str | None = None,
    next_too: bool = False,
) -> Any:
    cell, properties = element("tc"), element("tcPr")
    properties.append(element("tcW", w=_twips(points), type="dxa"))
    if span > 1:
        properties.append(element("gridSpan", val=span))
    if merge:
        properties.append(element("vMerge", val=merge))
    if shade:
        properties.append(element("shd", val="clear", color="auto", fill=_SHADE[shade]))
    properties.append(element("vAlign", val="center"))
    cell.append(properties)
    paragraph, layout = element("p"), element("pPr")
    layout.append(element("pStyle", val="TableHead" if shade == "head" else "TableCell"))
    if next_too:
        layout.append(element("keepNext"))
    if align:
        layout.append(element("jc", val=align))
    paragraph.append(layout)
    paragraph.append(_run(text, size))
    cell.append(paragraph)
    return cell


def _run(text: str, size: float) -> Any:
    run = element("r")
    run.text = text  # python-docx turns line breaks into w:br
    if size != WU:
        properties = element("rPr")
        properties.append(element("sz", val=round(size * 2)))
        properties.append(element("szCs", val=round(size * 2)))
        run.insert(0, properties)
    return run


def _needs(record: TableRecord, place: int, column: ColumnRecord) -> tuple[float, float]:
    """Return the least and the wanted width of a column in Latin letters."""
    marked = any(c == place for _, c in record.marked)
    sign = 2 if marked else 0  # the sign is as wide as a Chinese character
    cells = [line for row in record.shown for line in row[place].split("\n")] or [""]
    widest = max(map(width, cells)) + sign
    word = max(_longest_word(column.title), _longest_word(column.code)) * _BOLD
    head = max(word, min(_LEAST_HEAD, width(column.title)))
    wanted_head = min(width(column.title), 2 * _LEAST_HEAD)
    if column.number:
        return max(widest, head), max(widest, head, wanted_head)
    least = max(head, min(widest, _LEAST_TEXT), min(max(map(_longest_word, cells)), _LEAST_TEXT))
    return least, max(least, min(widest, _MOST_TEXT), wanted_head)


def _longest_word(text: str) -> int:
    """Return the width of the longest piece that is not broken: a Latin word, or its part up to a hyphen."""
    words = "".join(c if c.isascii() else " " for c in text).replace("-", "- ").split()
    return max(map(len, words), default=0)


def _points(letters: float, size: float) -> float:
    return letters * size * _EM_PER_LETTER + _PADDING_PT


def _twips(points: float) -> int:
    return round(points * 20)

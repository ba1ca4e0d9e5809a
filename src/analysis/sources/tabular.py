"""Any table file as raw sheets, each cell with the row number that Excel shows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from ..errors import Fault, JunhengError, Place, refuse
from .filekind import file_fault
from .headers import find_header
from .workbook import Grid, read_grids

HEAD_ROWS = 25  # titles and header stand in the first rows
_DELIMITERS = (",", "\t", ";", "|")

Take = Callable[[int, Sequence[int]], pd.DataFrame]


@dataclass(frozen=True)
class Sheet:
    """
    One raw sheet.

    Attributes
    ----------
    head
        The first rows, row 1 first, merged cells filled.
    take
        `take(last_header_row, positions)` gives the rows below, indexed by Excel row, one column per
        position (from 0); blank cells are NaN. Only the columns asked for are read.
    covered
        (row, position) of cells that a merge covers, other than its first.
    broken
        (row, position) of formulas without a result: the error shown, or "" where no value is stored.
    faults
        What `take` found wrong with whole rows, which it then leaves out.
    """

    file: str
    name: str
    head: list[list[object]]
    take: Take
    hidden: bool = False
    covered: frozenset[tuple[int, int]] = frozenset()
    broken: Mapping[tuple[int, int], str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read_sheets(path: Path, *, names: Mapping[str, str], encodings: Sequence[str]) -> list[Sheet]:
    """
    Open a table file.

    Parameters
    ----------
    names
        Normalised headings that are looked for (they tell the delimiter of a text file).
    encodings
        What text may be encoded in, tried in this order; UTF-8 is always tried first.

    Raises
    ------
    JunhengError
        The file is empty, locked, damaged, or not what its name says.
    """
    fault = file_fault(path)
    if fault:
        raise JunhengError(fault)
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return [_parquet_sheet(path)]
    if suffix in (".csv", ".tsv", ".txt"):
        return [_text_sheet(path, names, encodings)]
    return [_grid_sheet(path, grid) for grid in read_grids(path)]


def read_text(path: Path, *, names: Mapping[str, str], encodings: Sequence[str]) -> list[list[str]]:
    """Return the cells of a text file row by row, decoded and split as `read_sheets` does."""
    text = _decoded(path, encodings)
    delimiter, _ = _delimiter(text, names)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _grid_sheet(path: Path, grid: Grid) -> Sheet:
    def take(after: int, positions: Sequence[int]) -> pd.DataFrame:
        index = range(after + 1, len(grid.rows) + 1)
        cells = {p: [row[p] if p < len(row) else None for row in grid.rows[after:]] for p in positions}
        frame = pd.DataFrame(cells, index=index, columns=list(positions), dtype=object)
        return frame.mask(frame == "")

    return Sheet(path.name, grid.name, grid.rows[:HEAD_ROWS], take, grid.hidden, grid.covered, grid.broken)


def _parquet_sheet(path: Path) -> Sheet:
    try:
        columns: list[str] = pq.read_schema(path).names
    except (OSError, ValueError) as error:
        raise refuse(
            "damaged-file", "Parquet文件已损坏。", "the Parquet file is damaged.", file=path.name
        ) from error

    def take(after: int, positions: Sequence[int]) -> pd.DataFrame:
        frame = pq.read_table(path, columns=[columns[p] for p in positions]).to_pandas()
        return pd.DataFrame(
            {p: frame[columns[p]].to_numpy() for p in positions},
            index=range(after + 1, after + 1 + len(frame)),
            columns=list(positions),
        )

    return Sheet(path.name, "", [list(columns)], take)


def _text_sheet(path: Path, names: Mapping[str, str], encodings: Sequence[str]) -> Sheet:
    text = _decoded(path, encodings)
    delimiter, head = _delimiter(text, names)

    def take(after: int, positions: Sequence[int]) -> pd.DataFrame:
        width = len(head[after - 1]) if after <= len(head) else max(map(len, head))
        # A first line of blanks, one cell wider than the header, makes room to see rows that are too long.
        padded = io.StringIO(delimiter * width + "\n" + text, newline="")
        try:
            frame = pd.read_csv(
                padded,
                sep=delimiter,
                header=None,
                names=list(range(width + 1)),
                usecols=[*positions, width],
                skiprows=range(1, after + 1),
                dtype="str",
                keep_default_na=False,
                na_values=[""],
                skip_blank_lines=False,
            ).iloc[1:]
        except pd.errors.ParserError as error:
            raise refuse(
                "broken-text",
                f"文本无法分列,可能有不成对的引号:{error}",
                f"the text cannot be split into columns, perhaps a quote is not closed: {error}",
                file=path.name,
            ) from error
        frame.index = pd.RangeIndex(after + 1, after + 1 + len(frame))
        shifted = frame[width].notna() | _wider(text, delimiter, width, frame.index)
        faults.extend(_shifted(path, row, width) for row in frame.index[shifted])
        return frame.loc[~shifted, list(positions)]

    faults: list[Fault] = []
    return Sheet(path.name, "", [list(row) for row in head], take, faults=faults)


def _wider(text: str, delimiter: str, header: int, rows: pd.Index) -> pd.Series:
    """Tell which rows have more cells, blank ones counted, than both the header and most rows."""
    if '"' in text:
        widths = [len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    else:
        widths = [line.count(delimiter) + 1 for line in re.split(r"\r\n|\r|\n", text)]
    counted = pd.Series(widths, index=range(1, len(widths) + 1)).reindex(rows, fill_value=0)
    usual = int(counted.mode().max()) if len(counted) else 0
    return counted > max(header, usual)


def _shifted(path: Path, row: int, width: int) -> Fault:
    """A row with more cells than headings has shifted columns: none of its cells can be trusted."""
    return Fault(
        "too-many-cells",
        f"这一行的单元格多于表头的{width}列,可能有多余的分隔符(如数字中的逗号)。",
        f"the row has more cells than the header's {width} columns; perhaps a stray delimiter, "
        "such as a comma inside a figure.",
        Place(path.name, row=row),
    )


def _decoded(path: Path, encodings: Sequence[str]) -> str:
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in dict.fromkeys(("utf-8", *encodings)):
        try:
            return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError:
            continue
    tried = "、".join(dict.fromkeys(("utf-8", *encodings)))
    raise refuse(
        "unknown-encoding",
        f"文字编码无法识别(试过{tried})。请用Excel另存为“CSV UTF-8”。",
        f"the text encoding is not known (tried {tried}); save it from Excel as “CSV UTF-8”.",
        file=path.name,
    )


def _delimiter(text: str, names: Mapping[str, str]) -> tuple[str, list[list[str]]]:
    """Return the delimiter that makes most known headings, and the first rows split by it."""
    best: tuple[tuple[int, int], str, list[list[str]]] | None = None
    for delimiter in _DELIMITERS:
        head: list[list[str]] = []
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                head.append(row)
                if len(head) == HEAD_ROWS:
                    break
        except csv.Error:
            continue
        header = find_header(head, names)
        score = (len(header.found) if header else 0, max(map(len, head), default=0))
        if best is None or score > best[0]:
            best = (score, delimiter, head)
    return (best[1], best[2]) if best else (",", [])

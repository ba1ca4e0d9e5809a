"""Small county files for tests of reading: sound schools that a test then spoils."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from analysis.errors import Fault, JunhengError, Level
from analysis.sources.dataset import Dataset
from analysis.sources.mapping import SourceMapping, load_source
from analysis.sources.reading import read_dataset

COUNTY = "510999"
TEMPLATE = load_source("cn-county-template")
CELLS_ONLY = TEMPLATE.model_copy(update={"checks": False})  # faster: without the checks between cells
HEADERS = (
    "学校标识码", "学校名称", "年份", "县级代码", "城乡分类", "办学类型", "在校生数(小学)", "班数(小学)",
    "专任教师数(小学)", "教学仪器设备值(万元)", "占地面积", "说明",
)  # fmt: skip


def school(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a sound primary school as an office files it; changes are given by header."""
    sound: dict[str, Any] = {
        "学校标识码": f"21510000{number:02d}",
        "学校名称": f"第{number}小学",
        "年份": 2025,
        "县级代码": COUNTY,
        "城乡分类": "121",
        "办学类型": "小学",
        "在校生数(小学)": 400 + number,
        "班数(小学)": 10,
        "专任教师数(小学)": 22,
        "教学仪器设备值(万元)": 80.5,
        "占地面积": 9000,
        "说明": None,
    }
    return sound | changes


def rows(schools: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Return schools as rows below their header; columns that only some have come last."""
    headers = list(dict.fromkeys(header for one in schools for header in one))
    return [headers, *([one.get(header) for header in headers] for one in schools)]


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], *, merge: Sequence[str] = ()) -> Path:
    """Write sheets, each a list of rows from A1 on; `merge` names ranges of the first."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row, values in enumerate(cells, start=1):
            for position, value in enumerate(values, start=1):
                if value is not None:
                    sheet.cell(row, position, value)
    for reference in merge:
        book.worksheets[0].merge_cells(reference)
    book.save(path)
    return path


def read(
    paths: Path | Sequence[Path], source: SourceMapping = CELLS_ONLY, *, county: str | None = None
) -> Dataset:
    """Read with the county template's mapping unless another is given."""
    return read_dataset(paths, source, county=county)


def faults_of(paths: Path | Sequence[Path], source: SourceMapping = CELLS_ONLY) -> list[Fault]:
    """Return every fault of files, whether they are refused or not."""
    try:
        return list(read(paths, source).faults)
    except JunhengError as error:
        return error.faults


def refused(paths: Path | Sequence[Path], source: SourceMapping = CELLS_ONLY) -> list[Fault]:
    """Return the faults that refuse."""
    return [fault for fault in faults_of(paths, source) if fault.level is Level.REFUSE]


def told(faults: Sequence[Fault]) -> set[tuple[str, int | None, str, str]]:
    """Return kind, row, column and value of faults, as the clerk finds them."""
    return {(f.kind, f.place.row, f.place.column, f.place.value) for f in faults}

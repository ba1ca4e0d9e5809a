"""Five schools small enough to be worked out by hand, filed as an office files them: a workbook, not a frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import openpyxl

COUNTY, YEAR = "659901", 2025

# Header → one figure a school, in the order of SCHOOLS. None is a cell left blank: not known, or not asked of the type.
SCHOOLS = ("城关小学", "河口九年制学校", "山前小学", "沟口小学", "第一初级中学")
CELLS: dict[str, tuple[Any, ...]] = {
    "学校标识码": ("2165000001", "3165000002", "2165000003", "2165000004", "3165000005"),
    "学校名称": SCHOOLS,
    "年份": (YEAR,) * 5,
    "县级代码": (COUNTY,) * 5,
    "县名": ("手算县",) * 5,
    "城乡分类": ("镇中心区", "乡中心区", "村庄", "村庄", "镇中心区"),
    "办学类型": ("小学", "九年一贯制学校", "小学", "小学", "初级中学"),
    "在校生数(小学)": (1000, 200, 100, 0, None),  # 沟口小学 has no pupils this year
    "在校生数(初中)": (None, 100, None, None, 200),
    "专任教师数(小学)": (60, 14, 8, 0, None),
    "专任教师数(初中)": (None, 9, None, None, 15),
    "高于规定学历教师数(小学)": (50, 10, 5, 0, None),
    "高于规定学历教师数(初中)": (None, 6, None, None, 12),
    "县级以上骨干教师数(小学)": (12, 2, None, 0, None),  # 山前小学 did not file it
    "县级以上骨干教师数(初中)": (None, 1, None, None, 2),
    "体育艺术专任教师数(小学)": (9, 2, 1, 0, None),  # 9 of 1000: exactly 0.9 per 100
    "体育艺术专任教师数(初中)": (None, 1, None, None, 2),
    "教学及辅助用房面积": (5200, 1612, 600, 300, 1200),  # as the form has it, indoor sports rooms included
    "室内体育用房面积": (200, 62, 0, 0, 0),
    "运动场地面积": (6800, 868, 800, 900, 3000),
    "教学仪器设备值(万元)": (210, 93, 22, 1, 52),
    "网络多媒体教室数": (24, 9, 2, 0, 5),
}
HEADER_ROW = 3


def write(
    path: Path,
    changes: Mapping[tuple[str, str], Any] | None = None,
    *,
    schools: Collection[str] = SCHOOLS,
) -> Path:
    """
    Write the county's workbook: title rows above the header, a row of totals below, one number as full-width text.

    `changes`: other contents of single cells, by school and header. `schools`: those that the county has.
    """
    changes = {(SCHOOLS[0], "网络多媒体教室数"): "２４"} | dict(changes or {})
    table = {
        header: [
            changes.get((school, header), cell)
            for school, cell in zip(SCHOOLS, cells, strict=True)
            if school in schools
        ]
        for header, cells in CELLS.items()
    }
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "学校数据"
    sheet["A1"] = "手算县义务教育学校基本情况"
    sheet["A2"] = "2025/2026学年初"
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(table))
    for column, (header, cells) in enumerate(table.items(), start=1):
        for row, value in enumerate([header, *cells], start=HEADER_ROW):
            sheet.cell(row, column, value)
    totals = HEADER_ROW + 1 + len(schools)
    sheet.cell(totals, 1, "合计")
    for header in ("在校生数(小学)", "在校生数(初中)"):
        column = list(table).index(header) + 1
        sheet.cell(totals, column, sum(value or 0 for value in table[header]))
    book.save(path)
    return path

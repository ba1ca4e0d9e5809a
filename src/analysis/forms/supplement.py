"""补充数据.xlsx: what the official workbooks lack, for the office to fill in, school by school."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..replacing import replaced_whole
from ..schema import Column, Words
from . import layout
from .paper import Paper

NAME = "补充数据.xlsx"
SUPPLEMENT, BRANCHES = "补充数据", "不计校数"
_ABOUT = Words(
    zh="官方统计表中没有找到的项目,请按学校补填;不清楚的留空。官方表已有的数不要在这里改。",
    en="What the official workbooks lack. Leave unknown figures blank; do not change official figures here.",
)
_ABOUT_BRANCHES = Words(
    zh="统计上不计校数的教学点、校区。填写并入哪所学校的标识码,其数字就加到该校;不填则单独列为一行。",
    en="Rows that the statistics do not count as schools: name the ID of the school to which each belongs.",
)
_BRANCH_HEADERS = ("学校标识码", "学校名称", "年份", "在校生数", "并入学校标识码")


def write_supplement(
    path: Path, schools: pd.DataFrame, columns: Sequence[Column], branches: pd.DataFrame
) -> None:
    """
    Write the workbook that asks for what is lacking.

    Parameters
    ----------
    path
        The xlsx to write; replaced whole or not at all.
    schools
        `school_id`, `school_name`, `year` of every row.
    columns
        The columns that are lacking.
    branches
        The schools that are not counted: `school_id, school_name, year, pupils, parent_id`.
    """
    with replaced_whole(path) as temporary:
        paper = Paper(temporary, None)
        sheet = paper.sheet(SUPPLEMENT, [14, 30, 8, *([12] * len(columns))], text=1)
        heads = ["学校标识码", "学校名称", "年份", *(layout.header(column) for column in columns)]
        row = paper.head(sheet, SUPPLEMENT, _ABOUT, heads)
        names = [column.name for column in columns]
        filled = schools.reindex(columns=["school_id", "school_name", "year", *names])
        paper.body(sheet, row, filled, list(filled.columns))
        sheet.freeze_panes(row, 3)
        for position, column in enumerate(columns, start=3):
            if column.codes is not None or column.type == "flag":
                entries = layout.listed(column.codes) if column.codes else ["是", "否"]
                paper.choose(sheet, row, row + len(schools) - 1, position, column.codes or "yes_no", entries)
            elif column.type in ("count", "number"):
                paper.check_number(
                    sheet,
                    row,
                    position,
                    column.type,
                    "integer" if column.type == "count" else "decimal",
                    0,
                    None,
                )
        if not branches.empty:
            sheet = paper.sheet(BRANCHES, [14, 30, 8, 10, 18], text=1)
            row = paper.head(sheet, BRANCHES, _ABOUT_BRANCHES, _BRANCH_HEADERS)
            paper.body(sheet, row, branches, ["school_id", "school_name", "year", "pupils", "parent_id"])
        paper.close()

"""One pre-filled workbook a school, and the list of what was handed out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import refuse
from ..forms.template import Filling, write_template
from ..sources.dataset import Dataset
from ..standards import RuleSet
from .filing import as_filed, latest, system_of

ROSTER = "发放名单.csv"
ROSTER_HEADERS = {"school_id": "学校标识码", "school_name": "学校名称", "year": "年份", "file": "文件"}
_LONGEST = 40  # characters of a school's name in the name of its file


def hand_out(folder: Path, data: Dataset, *, year: int, rules: RuleSet) -> list[Path]:
    """
    Write one workbook for each school of the latest year of the data: ID, name, type, area and place filled in,
    every figure blank; and 发放名单.csv, by which `collect` knows who has not answered.

    Parameters
    ----------
    folder
        A new folder; the files are named by ID and name (letters and digits of it alone).
    year
        The year in which the school year asked about begins.

    Raises
    ------
    JunhengError
        The folder holds something already, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse(
            "exists",
            "这里已有文件，不会覆盖；请换一个空文件夹。",
            "there is something here already, and nothing is overwritten: name an empty folder.",
            file=str(folder),
        )
    folder.mkdir(parents=True, exist_ok=True)
    system = system_of(data)
    schools = as_filed(latest(data.schools).assign(year=year), system)
    settings = {"年份": str(year), "坐标系": system}
    written = []
    for at in range(len(schools)):
        one = schools.iloc[[at]]
        county = (str(one["county_code"].iloc[0]), _text(one["county_name"].iloc[0]))
        path = folder / _file_name(str(one["school_id"].iloc[0]), _text(one["school_name"].iloc[0]))
        filling = Filling(schools=one, settings=settings)
        write_template(path, rules=rules, county=county, filling=filling, of_county=False)
        written.append(path)
    roster = schools[["school_id", "school_name", "year"]].assign(file=[path.name for path in written])
    roster = roster.rename(columns=ROSTER_HEADERS)
    roster.to_csv(folder / ROSTER, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return written


def read_roster(folder: Path) -> pd.DataFrame:
    """
    Return the list of what was handed out: `school_id, school_name, year, file`.

    Raises
    ------
    JunhengError
        There is none, or it is not as it was written.
    """
    path = folder / ROSTER
    if not path.is_file():
        raise refuse(
            "no-roster",
            f"文件夹里没有「{ROSTER}」(发放时生成),不知道该交的是哪些学校。",
            f"the folder has no {ROSTER}, written when the workbooks were handed out: who should answer is not known.",
            file=str(folder),
        )
    try:
        table = pd.read_csv(path, dtype="str", encoding="utf-8-sig")
        roster = table.rename(columns={title: name for name, title in ROSTER_HEADERS.items()})[
            [*ROSTER_HEADERS]
        ]
        return roster.astype({"year": "int64"})
    except (ValueError, KeyError, pd.errors.ParserError) as error:
        headers = "、".join(ROSTER_HEADERS.values())
        raise refuse(
            "wrong-roster",
            f"发放名单应有这几列,年份为数字:{headers}。",
            f"the list must have the columns {headers}, the year a number.",
            file=path.name,
        ) from error


def _file_name(school_id: str, name: str) -> str:
    shortened = re.sub(r"\W", "", name)[:_LONGEST]
    return f"{school_id} {shortened}".strip() + ".xlsx"


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)

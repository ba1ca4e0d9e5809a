"""What schools send back: merged into one workbook, and every file that is late, twice, of another year or changed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from ..errors import Fault, JunhengError, Level, Place
from ..forms import layout
from ..forms.template import Filling, write_template
from ..sources.dataset import Dataset, as_input
from ..sources.filekind import TABLES
from ..sources.gathering import Reader
from ..sources.headers import Header
from ..sources.mapping import SourceMapping
from ..sources.reading import read_dataset
from ..sources.table import read_table
from ..sources.tabular import Sheet
from ..standards import RuleSet
from .filing import as_filed, system_of
from .handing_out import ROSTER, read_roster

_COPY = re.compile(
    r"[(（]\d+[)）]$|副本|copy", re.IGNORECASE
)  # what downloads and file managers call a second copy

_KEYS = ("school_id", "year")


@dataclass
class Collection:
    """
    What came back.

    `data`: the canonical tables of all files together; `handed_out`, `returned`: how many schools were asked, and how
    many answered; `faults`: late and double files, and what the checks ask.
    """

    data: Dataset
    handed_out: int
    returned: int
    faults: list[Fault] = field(default_factory=list)


def collect(folder: Path, source: SourceMapping, *, due: datetime.date | None = None) -> Collection:
    """
    Read every workbook that schools sent back into a folder.

    Parameters
    ----------
    folder
        The returned workbooks and 发放名单.csv.
    due
        Files last changed after this day are called late.

    Raises
    ------
    JunhengError
        Every fault of every file: cells, a changed template, another year, a school not on the list, two files of
        one school that differ. Schools that have not answered do not stop the others.
    """
    roster = read_roster(folder)
    faults: list[Fault] = []
    files = _files(folder, faults)
    if not files:
        zh, en = "没有收到任何工作簿。", "no workbook has come back."
        raise JunhengError(Fault("no-files", zh, en, Place(str(folder))))
    own = source.model_copy(update={"official": False})
    if due is not None:
        faults += [fault for path in files for fault in _late(path, due)]
    reader, rows = Reader.of(own), pd.DataFrame(columns=list(_KEYS))
    for path in files:
        of_file, changed = _look_into(path, reader)
        rows = pd.concat([rows, of_file], ignore_index=True)
        faults += changed
    faults += _not_asked(rows, roster)
    faults += _not_returned(roster, rows)
    try:
        data = read_dataset(files, own)
    except JunhengError as error:
        raise JunhengError([*faults, *error.faults]) from error
    faults += data.faults
    if any(fault.level is Level.REFUSE for fault in faults):
        raise JunhengError(faults)
    return Collection(data, len(roster), data.schools["school_id"].nunique(), faults)


def write_collection(path: Path, collection: Collection, rules: RuleSet) -> None:
    """
    Write what came back as one filled template.

    Raises
    ------
    JunhengError
        The file cannot be written.
    """
    data, system = collection.data, system_of(collection.data)
    settings = {**data.settings, "坐标系": system, "评估标准": rules.id}
    write_template(
        path, rules=rules, filling=Filling(schools=as_filed(data.schools, system), settings=settings)
    )


def _files(folder: Path, faults: list[Fault]) -> list[Path]:
    """Return the workbooks of a folder, copies of one file once; name what else is there: nobody else would look."""
    found = sorted(
        p for p in folder.iterdir() if p.is_file() and not p.name.startswith(("~$", ".")) and p.name != ROSTER
    )
    found.sort(key=lambda path: (_COPY.search(path.stem) is not None, path.name))
    workbooks: dict[str, Path] = {}
    for path in found:
        if path.suffix.lower() not in TABLES:
            zh, en = (
                "不是表格,没有读入;请看是不是学校交来的材料。",
                "is no table and was not read; see whether a school sent it.",
            )
            faults.append(Fault("other-file", zh, en, Place(path.name), Level.EXPLAIN))
            continue
        there = workbooks.setdefault(as_input(path).sha256, path)
        if there is not path:
            zh, en = (
                f"与「{there.name}」是同一份文件,只采用一份。",
                f"is the same file as {there.name}; one is used.",
            )
            faults.append(Fault("returned-twice", zh, en, Place(path.name), Level.NOTE))
    return list(workbooks.values())


def _look_into(path: Path, reader: Reader) -> tuple[pd.DataFrame, list[Fault]]:
    """
    Return `school_id, year, file, sheet, row, header_school_id, header_year` of every row of a file, and a fault where
    its school table lacks headings of the template: their figures would be lost.
    """
    try:
        sheets = reader.sheets(path)
    except JunhengError:
        return pd.DataFrame(), []  # told when the file is read
    found = [(sheet, header) for sheet in sheets if (header := _header(sheet, reader)) is not None]
    if not found:
        zh, en = (
            f"没有「{layout.SCHOOLS}」表或表头,模板被改动过。",
            f"the sheet {layout.SCHOOLS} or its header is gone.",
        )
        return pd.DataFrame(), [Fault("changed-template", zh, en, Place(path.name))]
    frames, faults = [], []
    for sheet, header in found:
        lost = [
            layout.header(column) for column in layout.template_columns() if column.name not in header.found
        ]
        faults += [_changed(sheet, header, lost)] if lost else []
        known = {name: heading for name, heading in header.found.items() if name in _KEYS}
        table = read_table(
            sheet, replace(header, found=known), {name: reader.fields[name] for name in _KEYS}, reader.source
        )
        rows = table.frame.reindex(columns=list(_KEYS)).dropna()
        titles = {f"header_{name}": table.headings.get(name, "") for name in _KEYS}
        frames.append(rows.assign(file=sheet.file, sheet=sheet.name, row=rows.index, **titles))
    return pd.concat(frames, ignore_index=True), faults


def _header(sheet: Sheet, reader: Reader) -> Header | None:
    kind, header = reader.recognise(sheet)
    return header if kind == "schools" and not sheet.hidden else None


def _changed(sheet: Sheet, header: Header, lost: Sequence[str]) -> Fault:
    listed = "、".join(f"「{title}」" for title in lost)
    return Fault(
        "changed-template",
        f"模板被改动过,缺少表头:{listed}。请把数据填回原模板再交。",
        f"the template was changed, headings are gone: {listed}; fill in the original again.",
        Place(sheet.file, sheet.name, header.last_row),
    )


def _not_asked(rows: pd.DataFrame, roster: pd.DataFrame) -> list[Fault]:
    """Return the rows of another year, or of a school that is not on the list."""
    asked = dict(zip(roster["school_id"], roster["year"], strict=True))
    faults = []
    for row in rows.to_dict("records"):
        school, year = str(row["school_id"]), int(row["year"])
        place = Place(row["file"], row["sheet"], int(row["row"]))
        if school not in asked:
            zh, en = "发放名单中没有这个学校标识码。", "is not on the list of schools that were asked."
            place = replace(place, column=row["header_school_id"], value=school)
            faults.append(Fault("school-not-asked", zh, en, place, school_id=school, year=year))
        elif asked[school] != year:
            zh, en = f"这次要的是{asked[school]}年。", f"the year asked about is {asked[school]}."
            place = replace(place, column=row["header_year"], value=str(year))
            faults.append(
                Fault("another-year", zh, en, place, school_id=school, year=year, columns=("year",))
            )
    return faults


def _not_returned(roster: pd.DataFrame, rows: pd.DataFrame) -> list[Fault]:
    missing = roster[~roster["school_id"].isin(rows["school_id"])]
    return [
        Fault(
            "not-returned",
            "还没有交回。",
            "has not answered.",
            Place(str(row.file)),
            Level.EXPLAIN,
            school_id=str(row.school_id),
            school_name=str(row.school_name),
            year=int(str(row.year)),
        )
        for row in missing.itertuples()
    ]


def _late(path: Path, due: datetime.date) -> list[Fault]:
    changed = datetime.date.fromtimestamp(path.stat().st_mtime)
    if changed <= due:
        return []
    zh, en = f"文件最后修改于{changed},晚于{due}。", f"was last changed on {changed}, after {due}."
    return [Fault("late", zh, en, Place(path.name), Level.NOTE)]

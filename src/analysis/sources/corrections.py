"""更正: changes to filed figures as a reviewed list, applied on reading and never by editing the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from ..checks.findings import as_in_the_form
from ..errors import Fault, Place
from ..schema import Words
from .dataset import CORRECTIONS
from .headers import header_names, nearest, normalised, split_unit
from .mapping import SourceField
from .table import Table
from .values import WRONG, allowed, as_school_year, parse

# Text column → what its heading is called in the faults.
HEADERS = {
    "school_id": "学校标识码", "year": "年份", "column": "项目", "old": "原值", "new": "新值", "reason": "理由",
    "who": "更正人", "date": "日期",
}  # fmt: skip
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00:00)?")
_KEYS = ("school_id", "year")


@dataclass
class Corrected:
    """What was applied (`CORRECTIONS`, one row a figure; figures as the form has them), and what could not be."""

    applied: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CORRECTIONS)))
    faults: list[Fault] = field(default_factory=list)


def correct(tables: Sequence[Table], filed: pd.DataFrame, fields: Mapping[str, SourceField]) -> Corrected:
    """
    Apply corrections to the tables as filed, in place; the faults of cells that are corrected are taken back.

    Parameters
    ----------
    tables
        The school tables, before codes are derived and places turned to WGS84.
    filed
        `school_id, year, column, old, new, reason, who, date` as text, and `file, sheet, row`.
    fields
        The columns of the source and how their cells are read; figures stand in the unit of the form.

    Returns
    -------
    The corrections applied. Refused, all at once: a blank, an unknown school or column, a value that is none, an old
    value that the data do not have (any more), a figure corrected twice. Corrections of rows that are not
    wanted (another county's) are passed over.
    """
    found, names = Corrected(), header_names({name: field.headers for name, field in fields.items()})
    applied: list[dict[str, Any]] = []
    done: set[tuple[str, int, str]] = set()
    for line in filed.to_dict("records"):
        wrong = _Line(line, names, fields)
        found.faults += wrong.faults
        if wrong.faults:
            continue
        key = (wrong.school, wrong.year, wrong.name)
        if key in done:
            found.faults.append(wrong.fault("column", "correction-twice", _TWICE))
            continue
        done.add(key)
        at = [(table, row) for table in tables for row in _rows(table.frame, *key[:2])]
        if at:
            applied += _apply(wrong, *at[0], found)
        elif not any(_rows(table.keys, *key[:2]) for table in tables):
            found.faults.append(wrong.fault("school_id", "correction-no-school", _NO_SCHOOL))
    found.applied = pd.DataFrame(applied, columns=list(CORRECTIONS))
    return found


_TWICE = Words(
    zh="这所学校这一年的这一项更正了不止一次。",
    en="this figure of this school and year is corrected more than once.",
)
_NO_SCHOOL = Words(zh="数据中没有这所学校的这一年。", en="the data do not hold this school and year.")
_BLANK = Words(zh="不能为空。", en="must not be blank.")
_NOTHING = Words(zh="新值与原值相同。", en="the new value is the old one.")


class _Line:
    """One line of the sheet: what it says, and what is wrong with it."""

    def __init__(
        self, line: Mapping[Any, Any], names: Mapping[str, str], fields: Mapping[str, SourceField]
    ) -> None:
        self.text = {name: "" if pd.isna(line[name]) else str(line[name]) for name in HEADERS}
        self.place = Place(str(line["file"]), str(line["sheet"]), int(line["row"]))
        self.faults = [
            self.fault(name, "correction-blank", _BLANK)
            for name in HEADERS
            if not self.text[name] and name not in ("old", "new")
        ]
        if not self.text["old"] and not self.text["new"]:
            self.faults.append(self.fault("new", "correction-blank", _BLANK))
        year = as_school_year(self.text["year"])
        self.school, self.year = self.text["school_id"], int(year) if year.isdigit() else 0
        self._read_column(names, fields)
        dated = _DATE.fullmatch(self.text["date"])
        self.date = "-".join(part.zfill(2) for part in dated.groups()) if dated else ""
        if self.text["date"] and not dated:
            words = Words(zh="应为日期,如2025-10-08。", en="must be a date, such as 2025-10-08.")
            self.faults.append(self.fault("date", "correction-date", words))

    def _read_column(self, names: Mapping[str, str], fields: Mapping[str, SourceField]) -> None:
        title, self.unit = split_unit(self.text["column"])
        self.name = names.get(normalised(title)) or names.get(normalised(self.text["column"])) or ""
        if not self.text["column"]:
            return
        if not self.name or self.name in _KEYS:
            near = nearest([title], names) if not self.name else None
            meant = f"最接近的是「{fields[names[near]].column.zh}」。" if near else ""
            words = Words(
                zh=f"不是可以更正的项目。{meant}",
                en="is no column that can be corrected"
                + (f"; the nearest is {names[near]}." if near else "."),
            )
            self.faults.append(self.fault("column", "correction-column", words))
            return
        self.field = replace(fields[self.name], required=False)
        self.old, self.new = self._value("old"), self._value("new")
        if not self.faults and _same(self.old, self.new):
            self.faults.append(self.fault("new", "correction-nothing", _NOTHING))

    def _value(self, part: Literal["old", "new"]) -> Any:
        """Return a value as the table has it; an old one that cannot be read stays as it was written."""
        parsed = parse(pd.Series([self.text[part] or None], dtype=object), self.field, unit=self.unit)
        for cell in parsed.wrong if part == "new" else ():
            may = allowed(self.field.column, self.field.choices)
            words = Words(zh=f"{WRONG[cell.kind].zh}。{may.zh}。", en=f"{WRONG[cell.kind].en}; {may.en}.")
            self.faults.append(self.fault(part, cell.kind, words))
        return parsed.typed.iloc[0] if not parsed.wrong else self.text[part]

    def fault(self, name: str, kind: str, words: Words) -> Fault:
        return Fault(
            kind,
            words.zh,
            words.en,
            replace(self.place, column=HEADERS[name], value=self.text[name]),
            school_id=self.text["school_id"],
        )


def _apply(line: _Line, table: Table, row: Any, found: Corrected) -> list[dict[str, Any]]:
    """Put the new value in, if the old one is what stands there; return what was applied."""
    frame, name = table.frame, line.name
    mended = [
        f
        for f in table.faults
        if f.place.row == row and f.columns == (name,) and f.place.value == line.text["old"]
    ]
    now = frame.loc[row, name] if name in frame else None
    if not mended and not _same(now, line.old):
        shown = as_in_the_form(name, now, "zh") or "空白"
        words = Words(
            zh=f"数据中现为「{shown}」,与原值不符,没有更正。请核对后改写原值,或删去这一行。",
            en=f"the data now have {as_in_the_form(name, now, 'en') or 'a blank'}, not the old value; nothing is corrected.",
        )
        found.faults.append(line.fault("old", "correction-old-value", words))
        return []
    if name not in frame:
        frame[name] = pd.Series(float("nan"), frame.index).astype(
            "float64" if isinstance(line.new, float) else "str"
        )
        table.headings[name] = line.field.column.zh
    frame.loc[row, name] = line.new
    table.faults[:] = [fault for fault in table.faults if fault not in mended]
    table.wrong.discard((row, name))
    school = frame.loc[row, "school_name"] if "school_name" in frame else ""
    old = line.text["old"] if mended else as_in_the_form(name, line.old, "zh")
    values = {"old": old, "new": as_in_the_form(name, line.new, "zh")}
    said = {part: line.text[part] for part in ("reason", "who")}
    return [
        {
            "school_id": line.school,
            "school_name": school,
            "year": line.year,
            "column": name,
            **values,
            **said,
            "date": line.date,
        }
    ]


def _rows(frame: pd.DataFrame, school: str, year: int) -> list[Any]:
    if not {"school_id", "year"} <= set(frame.columns):
        return []
    return frame.index[(frame["school_id"] == school) & (frame["year"] == year)].tolist()


def _same(one: Any, other: Any) -> bool:
    return bool(
        (pd.isna(one) and pd.isna(other)) or (not pd.isna(one) and not pd.isna(other) and one == other)
    )

"""Put the official sheets of a county together: one row a school and year, as the template would have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ... import schema
from ...errors import Fault, Level, Place
from ...schema import Words
from ..mapping import SourceField
from ..table import Table
from .form import COUNTY_OF_STATISTICS, FOURTH
from .part import Part

SUPPLEMENT, BRANCHES = "补充数据", "不计校数"  # sheets that the user adds
Key = tuple[str, int]


@dataclass
class Row:
    """A school of a year: its figures, its first part and the row there, and where each figure stood."""

    part: Part
    at: int
    figures: dict[str, Any]
    places: dict[str, Place]

    @property
    def key(self) -> Key:
        """School ID and year."""
        return str(self.figures["school_id"]), int(self.figures["year"])


@dataclass
class Assembled:
    """The rows of all parts, and every fault met on the way."""

    rows: dict[Key, Row] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    wrong: set[tuple[Key, str]] = field(default_factory=set)


def assembled(parts: Sequence[Part], supplements: Sequence[Table]) -> Assembled:
    """
    Return one row a school and year.

    A school with several stages stands in several sheets: each gives what it has, and what two of them give must
    agree. Supplementary sheets fill in what none gives.
    """
    whole = Assembled()
    for part in parts:
        whole.faults += part.faults
        frame = _graded(part)
        for at, record in zip(frame.index, frame.to_dict("records"), strict=True):
            _take(
                whole,
                part,
                int(at),
                {str(name): value for name, value in record.items() if not _blank(value)},
            )
    for row in whole.rows.values():
        _ask_about_county(whole, row)
    for table in supplements:
        whole.faults += table.faults
        for at, record in zip(table.frame.index, table.frame.to_dict("records"), strict=True):
            _fill(
                whole,
                table,
                int(str(at)),
                {str(name): value for name, value in record.items() if not _blank(value)},
            )
    return whole


def tables(
    rows: Mapping[Key, Row], wrong: set[tuple[Key, str]], fields: Mapping[str, SourceField]
) -> list[Table]:
    """Return the rows as tables, one for each part in which schools stand first; what must be filled and is not is told."""
    found = []
    for part in dict.fromkeys(id(row.part) for row in rows.values()):
        own = [row for row in rows.values() if id(row.part) == part]
        frame = pd.DataFrame([row.figures for row in own], index=[row.at for row in own])
        columns = [name for name in schema.columns() if name in frame]
        table = Table(own[0].part.sheet, _headings(own), _typed(frame[columns]), keys=pd.DataFrame())
        for row in own:
            table.wrong |= {(row.at, name) for key, name in wrong if key == row.key}
            table.faults += [
                _required(row, fields[name].column)
                for name in fields
                if fields[name].required
                and name not in row.figures
                and name != "county_code"  # told once for all
                and (row.key, name) not in wrong
            ]
        found.append(table)
    return found


def places(rows: Mapping[Key, Row]) -> dict[tuple[str, int, str], Place]:
    """Return where each figure stood, by school, year and column."""
    return {(*key, name): place for key, row in rows.items() for name, place in row.places.items()}


def _graded(part: Part) -> pd.DataFrame:
    """Return a part's frame; where a fourth junior grade has pupils (五四制) its grades are the sixth to the ninth."""
    frame = part.frame
    if FOURTH not in frame:
        return frame
    four = frame[FOURTH] > 0
    shifted = ["pupils_junior_g6", "pupils_junior_g7", "pupils_junior_g8", "pupils_junior_g9"]
    filed = frame.reindex(columns=[*shifted[1:], FOURTH]).set_axis(shifted, axis=1)
    return frame.drop(columns=FOURTH).assign(
        **{
            name: filed[name].where(four, frame.get(name, pd.Series(float("nan"), frame.index)))
            for name in shifted
        }
    )


def _take(whole: Assembled, part: Part, at: int, values: dict[str, Any]) -> None:
    own_places = {
        name: part.place(at, name) for name in values if name in part.headings or name in part.places
    }
    if "school_id" not in values:
        if (at, "school_id") not in part.wrong:
            whole.faults.append(_without_id(part, at))
        return
    row = Row(part, at, values, own_places)
    whole.wrong |= {(row.key, name) for where, name in part.wrong if where == at}
    there = whole.rows.setdefault(row.key, row)
    if there is row:
        return
    if there.part is part:
        whole.faults.append(_twice(row, there))
        return
    for name, value in values.items():
        if name not in there.figures:
            there.figures[name], there.places[name] = value, own_places.get(name, part.place(at, name))
        elif there.figures[name] != value and name not in ("school_id", "year", COUNTY_OF_STATISTICS):
            whole.faults.append(_disagree(name, row, there))


def _fill(whole: Assembled, table: Table, at: int, values: dict[str, Any]) -> None:
    """Fill in what a supplementary row gives; it may not contradict what the official sheets say."""
    school = str(values.get("school_id", ""))
    keys = [key for key in whole.rows if key[0] == school and values.get("year", key[1]) == key[1]]
    given = {
        name: value for name, value in values.items() if name not in ("school_id", "school_name", "year")
    }
    here = {name: Place(table.sheet.file, table.sheet.name, at, table.headings[name]) for name in values}
    if not given:
        return
    if len(keys) != 1:
        whole.faults.append(_no_such_school(here["school_id"], school, years=len(keys)))
        return
    row = whole.rows[keys[0]]
    for name, value in given.items():
        if name not in row.figures:
            row.figures[name], row.places[name] = value, here[name]
        elif row.figures[name] != value:
            whole.faults.append(_contradicts(here[name], row, name, value))


def _ask_about_county(whole: Assembled, row: Row) -> None:
    located, counted = row.figures.get("county_name"), row.figures.get(COUNTY_OF_STATISTICS)
    if located is None or counted is None or located == counted:
        return
    whole.faults.append(
        Fault(
            "county-of-statistics",
            f"所在地区划为「{located}」,统计区划为「{counted}」,二者不同,按所在地归县。如应归后者,请更正县级代码;属实请说明。",
            f"stands in {located} and is counted in {counted}; it is read as of the former. Correct the county code or explain.",
            row.places["county_name"],
            Level.EXPLAIN,
            school_id=row.key[0],
            year=row.key[1],
            columns=("county_code",),
            school_name=_name(row),
        )
    )


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    columns = schema.columns()
    return frame.astype(
        {name: "float64" if columns[str(name)].type in schema.NUMERIC else "str" for name in frame}
    )


def _headings(rows: Sequence[Row]) -> dict[str, str]:
    """Return the heading of each column, in the sheet where its figures stand."""
    found: dict[str, str] = {}
    for row in rows:
        found |= {
            name: place.column for name, place in row.places.items() if name not in found and place.column
        }
        found |= {
            name: schema.column(name).zh
            for name in row.figures
            if name in schema.columns() and name not in found
        }
    return found


def _blank(value: Any) -> bool:
    return bool(pd.isna(value))


def _name(row: Row) -> str:
    return str(row.figures.get("school_name", ""))


def _at(row: Row, name: str, value: Any = "") -> Place:
    place = row.places.get(name, row.part.place(row.at, name))
    return Place(
        place.file,
        place.sheet,
        place.row,
        place.column,
        f"{value:.10g}" if isinstance(value, float) else str(value),
    )


def _fault(
    row: Row, name: str, kind: str, words: Words, value: Any = "", level: Level = Level.REFUSE
) -> Fault:
    return Fault(
        kind, words.zh, words.en, _at(row, name, value), level, school_id=row.key[0], year=row.key[1],
        columns=(name,), school_name=_name(row),
    )  # fmt: skip


def _disagree(name: str, row: Row, there: Row) -> Fault:
    other = _at(there, name, there.figures[name])
    title = schema.columns().get(name)
    named = Words(zh=title.zh, en=title.en) if title else Words(zh=name, en=name)
    words = Words(
        zh=f"「{named.zh}」与{other.text('zh')}不一致。同一所学校的同一项,两张表应当相同。",
        en=f"“{named.en}” does not agree with {other.text('en')}: both sheets speak of the same school.",
    )
    level = Level.EXPLAIN if name == "school_name" else Level.REFUSE
    return _fault(row, name, "official-disagree", words, row.figures[name], level)


def _twice(row: Row, there: Row) -> Fault:
    other = _at(there, "school_id")
    words = Words(
        zh=f"这所学校在同一张表中已有一行({other.text('zh')})。",
        en=f"the school has a row in this sheet already ({other.text('en')}).",
    )
    return _fault(row, "school_id", "duplicate-school-year", words, row.key[0])


def _required(row: Row, column: schema.Column) -> Fault:
    words = Words(
        zh=f"缺少「{column.zh}」:官方表中没有找到,请在表「{SUPPLEMENT}」中补填。",
        en=f"“{column.en}” is missing: it was not found in the official sheets; add it on the sheet {SUPPLEMENT}.",
    )
    return _fault(row, column.name, "required", words)


def _without_id(part: Part, at: int) -> Fault:
    return Fault(
        "required",
        "缺少机构编码(学校标识码)。",
        "the school’s ID is missing.",
        part.place(at, "school_id"),
        columns=("school_id",),
    )


def _no_such_school(place: Place, school: str, *, years: int) -> Fault:
    zh, en = (
        ("官方表中没有这个学校标识码。", "no official sheet has this school ID.")
        if not years
        else (
            "官方表中这所学校有几年,请在「年份」列写明补充哪一年。",
            "the school has several years: say which in a column 年份.",
        )
    )
    return Fault(
        "supplement-no-school", zh, en, Place(place.file, place.sheet, place.row, place.column, school)
    )


def _contradicts(place: Place, row: Row, name: str, value: Any) -> Fault:
    official = _at(row, name, row.figures[name])
    shown = f"{value:.10g}" if isinstance(value, float) else str(value)
    return Fault(
        "supplement-contradicts",
        f"官方表中已有这个数({official.text('zh')}),补充数据只能补缺;要改官方数,请填「更正」表。",
        f"the official sheet has this figure already ({official.text('en')}); a supplement only fills gaps, "
        "a change goes on the sheet 更正.",
        Place(place.file, place.sheet, place.row, place.column, shown),
        school_id=row.key[0],
        year=row.key[1],
        columns=(name,),
    )

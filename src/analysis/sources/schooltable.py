"""The school tables of all sheets as one canonical table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from .. import schema
from ..errors import Fault, Level, Place
from ..schema import Words
from .coordinates import System, to_wgs84
from .mapping import SourceField
from .table import Table

IDENTITY = ("school_id", "year", "county_code")


@dataclass
class SchoolTable:
    """
    The canonical table so far.

    `wrong` holds the cells already told to be wrong, as (file, sheet, row, canonical name).
    """

    schools: pd.DataFrame
    headers: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    wrong: set[tuple[str, str, int, str]] = field(default_factory=set)


def finished(
    table: Table, fields: dict[str, SourceField], system: System
) -> tuple[pd.DataFrame, list[Fault]]:
    """
    Return a sheet's schools with every column of the registry, coordinates in WGS84, and where each row
    stood; figures of years in which they were not collected are missing, with one remark a column and year.
    """
    frame = table.frame.reindex(columns=list(schema.columns()))
    faults: list[Fault] = []
    for name in table.frame.columns:
        faults += _not_collected(table, frame, name, fields[name])
    for name, column in schema.columns().items():
        frame[name] = frame[name].astype("float64" if column.type in schema.NUMERIC else "str")
    frame["area3"], told = _area3(table, frame)
    frame["lon"], frame["lat"] = to_wgs84(frame["lon"], frame["lat"], system)
    frame["source_file"], frame["source_sheet"] = table.sheet.file, table.sheet.name
    frame["source_row"] = frame.index.to_numpy(dtype="int64")
    return frame, faults + told


def combined(
    tables: Sequence[tuple[Table, System]], fields: dict[str, SourceField], *, correctable: bool
) -> SchoolTable:
    """
    Return the schools of all sheets as one table, and the faults that only all of them together show.

    Rows without school, year or county (told already) are left out, as are later rows of a school and year
    already there.
    """
    frames = [_empty()]
    whole = SchoolTable(_empty())
    for table, system in tables:
        frame, faults = finished(table, fields, system)
        frames.append(frame)
        whole.faults += table.faults + faults
        whole.headers = table.headings | whole.headers
        whole.wrong |= {(table.sheet.file, table.sheet.name, row, name) for row, name in table.wrong}
    schools = pd.concat(frames, ignore_index=True)
    schools = schools[schools[list(IDENTITY)].notna().all(axis=1)].astype({"year": "int64"})
    twice = schools.duplicated(["school_id", "year"])
    whole.faults += duplicates(schools, twice, whole.headers, Level.REFUSE if correctable else Level.NOTE)
    whole.schools = schools[~twice].reset_index(drop=True)
    return whole


def _empty() -> pd.DataFrame:
    types = {n: "float64" if c.type in schema.NUMERIC else "str" for n, c in schema.columns().items()}
    types |= {"source_file": "str", "source_sheet": "str", "source_row": "int64"}
    return pd.DataFrame(columns=list(types)).astype(types)


def _not_collected(table: Table, frame: pd.DataFrame, name: str, field: SourceField) -> list[Fault]:
    """Blank a figure in the years in which the source did not collect it."""
    if (field.first_year is None and field.last_year is None) or "year" not in table.frame:
        return []
    years = table.frame["year"]
    outside = (years < (field.first_year or years.min())) | (years > (field.last_year or years.max()))
    filled = outside & frame[name].notna()
    frame[name] = frame[name].mask(outside)
    return [
        Fault(
            "not-collected",
            f"{year:.0f}年没有收集这一项,所填数字(如0)按缺失处理。",
            f"was not collected in {year:.0f}; what stands there (such as 0) is taken as missing.",
            Place(table.sheet.file, table.sheet.name, column=table.headings[name]),
            Level.NOTE,
            year=int(year),
            columns=(name,),
        )
        for year in sorted(years[filled].unique())
    ]


def _area3(table: Table, frame: pd.DataFrame) -> tuple[pd.Series, list[Fault]]:
    """Return urban / town / rural from the code, else as the source gives it; refuse where they disagree."""
    derived = frame["urban_rural_code"].map(
        {code: entry.area3 for code, entry in schema.codes("urban_rural").items()}
    )
    derived = derived.astype("str")
    differ = derived.notna() & frame["area3"].notna() & (derived != frame["area3"])
    areas = schema.codes("area3")
    faults = [
        Fault(
            "area-against-code",
            f"与同行「{table.headings['urban_rural_code']}」({row.urban_rural_code})不一致,"
            f"按代码应为{areas[str(row.derived)].zh}。",
            f"does not agree with the urban-rural class {row.urban_rural_code}, "
            f"which is {areas[str(row.derived)].en}.",
            Place(
                table.sheet.file,
                table.sheet.name,
                int(str(index)),
                table.headings["area3"],
                areas[str(row.area3)].zh,
            ),
            school_id=str(row.school_id),
            school_name="" if pd.isna(row.school_name) else str(row.school_name),
            columns=("area3", "urban_rural_code"),
        )
        for index, row in frame.assign(derived=derived)[differ].iterrows()
    ]
    return derived.fillna(frame["area3"]), faults


def duplicates(schools: pd.DataFrame, twice: pd.Series, headers: dict[str, str], level: Level) -> list[Fault]:
    """Return a fault for each row of a school and year already given; one for a sheet that gives nothing else."""
    if not twice.any():
        return []
    first = schools[~twice].set_index(["school_id", "year"])
    sheets = [schools["source_file"], schools["source_sheet"]]
    copies = twice.groupby(sheets).transform("all") & (twice.groupby(sheets).transform("size") > 1)
    faults: list[Fault] = []
    for _, row in schools[twice & ~copies].iterrows():
        other = first.loc[(row["school_id"], row["year"])]
        there, hint = _row_place(other), _one_row(row["school_type_code"])
        faults.append(
            Fault(
                "duplicate-school-year",
                f"这所学校{row['year']}年已经填报({there.text('zh')}),每校每年只应有一行{hint.zh}。",
                f"the school’s year {row['year']} is given already ({there.text('en')}); "
                f"one row a school and year{hint.en}.",
                replace(_row_place(row), column=headers["school_id"], value=row["school_id"]),
                level,
                school_id=row["school_id"],
                school_name="" if pd.isna(row["school_name"]) else row["school_name"],
                year=int(row["year"]),
                columns=("school_id", "year"),
            )
        )
    for _, sheet in schools[copies].groupby(["source_file", "source_sheet"], sort=False):
        faults.append(_copy_of_a_sheet(sheet, first, level))
    return faults


def _copy_of_a_sheet(sheet: pd.DataFrame, first: pd.DataFrame, level: Level) -> Fault:
    """A sheet whose every row is given elsewhere: a copy left behind, or last year's with the year changed."""
    other = _row_place(first.loc[(sheet["school_id"].iloc[0], sheet["year"].iloc[0])])
    there, years = replace(other, row=None), "、".join(str(year) for year in sorted(sheet["year"].unique()))
    return Fault(
        "duplicate-sheet",
        f"这张表的{len(sheet)}行,学校和年份({years})都已经填报({there.text('zh')}等处)。"
        "是复制的表请删去;是另一年的请改正年份。",
        f"all {len(sheet)} rows give schools and years ({years}) that are given already ({there.text('en')}); "
        "delete the sheet if it is a copy, mend the year if it is another year’s.",
        replace(_row_place(sheet.iloc[0]), row=None),
        level,
    )


def _row_place(row: pd.Series) -> Place:
    return Place(str(row["source_file"]), str(row["source_sheet"]), int(row["source_row"]))


def _one_row(school_type: str) -> Words:
    """Say of a school of several stages that they share its row."""
    entry = schema.codes("school_type").get(school_type)
    if entry is None or len(entry.stages) < 2:
        return Words(zh="", en="")
    return Words(
        zh=f";{entry.zh}的各学段填在同一行,分列填写", en=f": a {entry.en} gives all its stages in one row"
    )

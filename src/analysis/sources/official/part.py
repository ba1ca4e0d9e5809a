"""What one official sheet, or one school's workbook, gives: canonical columns, and where each figure stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ...errors import Fault, Place
from ..tabular import Sheet
from .form import Form


@dataclass
class Reading:
    """
    How a column was read: our name, the place as people read it, the reading as it may be edited, the unit of the
    form, and the first figure (canonical; None where no cell is filled).
    """

    name: str
    place: str
    reading: str
    unit: str
    sample: Any


@dataclass
class Part:
    """
    A sheet of schools, or the workbook of one.

    `frame`: the columns found, indexed by Excel row, missing where blank or wrong; `places`: where a figure
    stands that is not in the part's own sheet and row; `wrong`: cells told to be wrong; `readings`: how each
    column was read; `absent`: columns of the form that were not found.
    """

    form: Form
    sheet: Sheet
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    headings: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    wrong: set[tuple[int, str]] = field(default_factory=set)
    readings: list[Reading] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def place(self, row: int, name: str, value: str = "") -> Place:
        """Return where the figure of a row stands."""
        return self.places.get(name) or Place(
            self.sheet.file, self.sheet.name, row, self.headings.get(name, ""), value
        )

    def dated(self, year: int | None, county_code: str | None) -> Part:
        """Write year and county into the rows; without a year there are none, and a fault says so."""
        if year is None:
            self.faults.append(self._no_year())
            self.frame = self.frame.iloc[:0]
        self.frame["year"] = float(year or 0)
        if county_code:
            self.frame["county_code"] = county_code
        return self

    def _no_year(self) -> Fault:
        """Return the fault of a part that nothing dates."""
        return Fault(
            "official-no-year",
            "看不出是哪一年:标题、表名、文件名里都没有学年。请把学年写进文件名,或在《报表读法》中写明 year。",
            "no title, sheet or file name tells the year: name it in the file’s name, or as `year` in the readings file.",
            Place(self.sheet.file, self.sheet.name),
            columns=("year",),
        )

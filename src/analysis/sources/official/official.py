"""The official workbooks of a county on their way into the canonical table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ... import schema
from ...errors import Fault, Place
from ..mapping import SourceField
from ..table import Table
from ..tabular import Sheet
from .assembling import Assembled, Row, assembled, places, tables
from .branches import COLUMNS as BRANCH_COLUMNS
from .branches import joined
from .form import Choice, Choices, Form
from .part import Part
from .schoolbook import read_schoolbook
from .schools import read_schools


@dataclass
class Official:
    """
    What the official sheets give.

    Attributes
    ----------
    choices
        What the user says of the forms (报表读法.yaml).
    parts, supplements, named
        The sheets read, the sheets that fill in what they lack, and the parents that the user names of
        schools that are not counted.
    tables, tables_apart
        The schools by the sheet in which each stands first: with the branches joined to their parents, and
        as the sheets have them (empty where nothing is joined).
    branches
        The schools that are not counted (`branches.COLUMNS`).
    places
        Where each figure stood, by school, year and column.
    whole
        Every row, branches in rows of their own.
    """

    choices: Choices = field(default_factory=Choices)
    parts: list[Part] = field(default_factory=list)
    supplements: list[Table] = field(default_factory=list)
    named: list[pd.DataFrame] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    tables_apart: list[Table] = field(default_factory=list)
    branches: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(BRANCH_COLUMNS)))
    places: dict[tuple[str, int, str], Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    whole: Assembled = field(default_factory=Assembled)

    def read(self, sheet: Sheet, form: Form, fields: Mapping[str, SourceField]) -> None:
        """Take in a sheet of schools."""
        self.parts.append(read_schools(sheet, form, self.choices.forms.get(form.id, Choice()), fields))

    def read_book(
        self, sheets: Sequence[Sheet], form: Form, fields: Mapping[str, SourceField], folder: str
    ) -> None:
        """Take in the workbook of one school."""
        choice = self.choices.forms.get(form.id, Choice())
        self.parts.append(read_schoolbook(sheets, form, choice, fields, folder=folder))

    def name_parents(self, sheet: Sheet, table: pd.DataFrame) -> None:
        """Take in a sheet 不计校数: `school_id` and `parent_id` by Excel row."""
        self.named.append(table.assign(file=sheet.file, sheet=sheet.name, row=table.index))

    def assemble(self, fields: Mapping[str, SourceField], *, county: str = "") -> None:
        """Put the sheets together, once all are read; `county` is the code where the sheets name none."""
        order = ("", *schema.STAGES)  # the lowest stage comes first
        self.parts.sort(key=lambda part: order.index(part.form.stage))
        self.whole = assembled(self.parts, self.supplements)
        lacking = [row for row in self.whole.rows.values() if "county_code" not in row.figures]
        for row in lacking if county else ():
            row.figures["county_code"] = county
        if lacking and not county:
            self.whole.faults.append(_no_county(lacking))
        self.faults = self.whole.faults
        self.tables = tables(self.whole.rows, self.whole.wrong, fields)

    def join(self, fields: Mapping[str, SourceField]) -> None:
        """Join the branches to the parents that the user names, once the tables are corrected."""
        rows = self.whole.rows
        for table in self.tables:
            for record in table.frame.to_dict("records"):
                row = rows[str(record["school_id"]), int(record["year"])]
                row.figures |= {str(name): value for name, value in record.items() if not pd.isna(value)}
        columns = ["school_id", "parent_id", "file", "sheet", "row"]
        named = pd.concat([pd.DataFrame(columns=columns), *self.named], ignore_index=True)
        schools = joined(rows, named)
        self.faults += schools.faults
        self.places = places(schools.rows)
        self.branches = schools.branches
        if len(schools.rows) < len(rows):
            self.tables_apart, self.tables = self.tables, tables(schools.rows, self.whole.wrong, fields)

    def schools(self) -> pd.DataFrame:
        """Return `school_id`, `school_name` and `year` of every row, branches that have a parent left out."""
        frames = [table.frame.reindex(columns=["school_id", "school_name", "year"]) for table in self.tables]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["school_id"])


def _no_county(rows: Sequence[Row]) -> Fault:
    place = rows[0].part.place(rows[0].at, "county_code")
    return Fault(
        "official-no-county",
        f"看不出属于哪个县({len(rows)}所学校)。请在一个工作簿的「参数」表填县级代码,或在《报表读法》中写明 county_code。",
        f"nothing tells the county of {len(rows)} schools: give 县级代码 on a sheet 参数, or `county_code` in the readings file.",
        Place(place.file, place.sheet),
        columns=("county_code",),
    )

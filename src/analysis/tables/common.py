"""What the tables share: the Table that is handed to a story, and columns that recur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from .. import schema
from ..publish.cells import TableColumn
from ..publish.record import Where
from ..publish.story import Story
from ..schema import Words
from ..suppression import Cell, withheld

NOT_MET = Words(zh="未达标", en="not met")


@dataclass(frozen=True)
class Table:
    """
    A frame with all that is needed to print it.

    `basis` is the 口径/时点/分母 line under the table, which none goes without, `marks` the cells to sign for what
    `mark_means` says, `sheet` the sheet of the workbook that the table becomes (None: it is not in the workbook). With
    `total` the last row adds up those above. `withheld` are the cells that the public is not told.
    """

    frame: pd.DataFrame
    columns: Mapping[str, TableColumn]
    basis: Words
    unit: Words | None = None
    note: Words | None = None
    marks: pd.DataFrame | None = None
    mark_means: Words = NOT_MET
    sheet: Words | None = None
    landscape: bool = False
    in_report: bool = True
    total: bool = False
    withheld: pd.DataFrame = field(default_factory=pd.DataFrame)

    def tell(self, story: Story, id_: str, title: Words, *, where: Where | None = None) -> None:
        """Hand the table to a story, to go as far as `where` says; an empty one is left out."""
        if self.frame.empty:
            return
        story.table(
            self.frame,
            id_,
            title=title,
            columns=self.columns,
            unit=self.unit,
            basis=self.basis,
            note=self.note,
            marks=self.marks,
            mark_means=self.mark_means,
            sheet=self.sheet,
            landscape=self.landscape,
            in_report=self.in_report,
            total=self.total,
            withheld=None if self.withheld.empty else self.withheld,
            where=where,
        )


def few_schools(n: pd.DataFrame, by: pd.Series[str] | None = None) -> pd.DataFrame:
    """
    Return which cells the public is not told, of a table whose rows are groups of schools.

    `n`: how many schools each cell rests on. The cells of a column, apart for each of `by`, add up to what is told
    elsewhere.
    """
    rows = n.reset_index(drop=True)
    cells: dict[Cell, int] = {(str(r), str(c)): int(k) for c in rows for r, k in rows[c].fillna(0).items()}
    groups = rows.groupby([""] * len(rows) if by is None else by.to_numpy()).groups.values()
    sums = [(("whole", str(c)), [(str(r), str(c)) for r in group]) for c in rows for group in groups]
    out = withheld(cells, sums)
    return pd.DataFrame({c: [(str(r), str(c)) in out for r in rows.index] for c in rows}, index=rows.index)


def code_words(table: str, **more: Words) -> dict[str, Words]:
    """Return what the codes of a national table are called, and `more` that the table lacks."""
    return {code: Words(zh=entry.zh, en=entry.en) for code, entry in schema.codes(table).items()} | more


AREA3 = code_words("area3", unknown=Words(zh="未注明", en="unknown"))
STAGES = code_words("stages", school=Words(zh="全校", en="whole school"))
KINDS = code_words("school_type") | {
    "": Words(zh="类型未注明", en="type not given"),
    "all": Words(zh="合计", en="All"),
}

BLANK = {"": Words(zh="", en="")}
"""For columns that people fill in: a cell stays blank, which is not a figure that is missing."""
SCHOOL = TableColumn(Words(zh="学校", en="School"))
STAGE = TableColumn(Words(zh="学段", en="Stage"), words=STAGES)
AREA = TableColumn(Words(zh="城乡", en="Area"), words=AREA3)
PUPILS = TableColumn(Words(zh="学生数", en="Pupils"), digits=0)

"""The table of pupils of sensitive groups; small counts are not in it."""

from __future__ import annotations

import pandas as pd

from .. import pupil_groups, schema
from ..errors import Lang
from ..publish.cells import TableColumn
from ..pupil_groups import HIDDEN
from ..rounding import NOT_KNOWN, shown
from ..schema import Words
from ..suppression import suppressing
from .common import AREA3, STAGES, Table

_ALL = Words(zh="合计", en="All")
_STAGES = (pupil_groups.ALL, *schema.STAGES)
_AREAS = (pupil_groups.ALL, *schema.codes("area3"), "unknown")


def pupils(schools: pd.DataFrame, lang: Lang) -> Table:
    """Return one row a stage and area, one column a group; what is not printed is an asterisk."""
    cells: dict[tuple[str, str, str], str] = {}
    of_few: set[tuple[str, str, str]] = set()
    for row in pupil_groups.pupils_of_groups(schools).to_dict("records"):
        cell = str(row["group"]), str(row["stage"]), str(row["area3"])
        cells[cell] = HIDDEN if row["hidden"] else shown(float(row["pupils"]), 0, lang)
        of_few |= set() if row["public"] else {cell}
    filed = list(dict.fromkeys(group for group, _, _ in cells))
    places = [(s, a) for s in _STAGES for a in _AREAS if any((group, s, a) in cells for group in filed)]
    rows = [{"stage": s, "area3": a} | {g: cells.get((g, s, a), NOT_KNOWN) for g in filed} for s, a in places]
    known = pupil_groups.groups()
    columns = {
        "stage": TableColumn(Words(zh="学段", en="Stage"), words=STAGES | {pupil_groups.ALL: _ALL}),
        "area3": TableColumn(Words(zh="城乡", en="Area"), words=AREA3 | {pupil_groups.ALL: _ALL}),
        pupil_groups.PUPILS: TableColumn(Words(zh="在校生", en="Pupils"), align="right"),
    }
    for group in (name for name in known if name in filed):
        column = known[group]
        of_which = Words(zh="其中：", en="of which ")
        columns[group] = TableColumn(
            Words(
                zh=of_which.zh + column.zh.partition("(")[0],
                en=of_which.en + column.en.partition(" (")[0].lower(),
            ),
            align="right",
        )
    least = suppressing().threshold
    few = pd.DataFrame({name: [(name, *place) in of_few for place in places] for name in filed})
    return Table(
        pd.DataFrame(rows if len(columns) > 3 else [], columns=list(columns)),
        columns,
        unit=Words(zh="人", en="pupils"),
        basis=Words(
            zh="口径：数据所列全部学校；没有填报的学校不计入，不按零计。各群体相互重叠，不可相加。",
            en="Basis: every school in the data; those without a figure are in no sum. Groups overlap and must not be added up.",
        ),
        note=Words(
            zh=f"“{HIDDEN}”为不超过{least}人的数，以及为防止推算而一并隐去的数。",
            en=f"{HIDDEN}: a count of {least} or fewer, or one that would give such a count away.",
        ),
        sheet=Words(zh="学生群体", en="Pupil groups"),
        withheld=few if len(columns) > 3 else pd.DataFrame(),
    )

"""Which rows below a header are data: not blank, not the example, not totals, not titles or notes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .. import schema
from ..errors import Fault, Level, Place
from .headers import UNIT_NAMES, normalised
from .tabular import Sheet
from .values import as_texts

_TOTAL = r"(?:.*(?:合计|总计|小计|共计)|全县|全区|全市)(?:[(（].*)?"
_NOTE = (
    r"[(（]?(?:注|备注|说明|填表|制表|审核|复核|单位负责人|统计负责人|负责人|联系人|数据来源|资料来源|填报).*"
)
_LABELS = ("school_id", "school_name", "county_code", "county_name", "township_name", "year")


def data_rows(
    sheet: Sheet, raw: pd.DataFrame, positions: Mapping[str, int], *, example_id: str
) -> tuple[pd.Series, list[Fault]]:
    """
    Tell which rows of a sheet are data.

    Parameters
    ----------
    raw
        Cells below the header, indexed by Excel row, one column per position.
    positions
        Position of each canonical column found.
    example_id
        The school ID of the template's example row, "" for none.

    Returns
    -------
    A boolean series, and a remark for each row of totals or notes that is left out.
    """
    rows = raw.notna().any(axis=1)
    ids = as_texts(raw[positions["school_id"]]) if "school_id" in positions else None
    if ids is not None and example_id:
        rows &= (ids != example_id) | ids.isna()
    unnamed = (
        rows if ids is None else rows & ~ids.str.fullmatch(schema.column("school_id").pattern or "", na=False)
    )
    if not unnamed.any():
        return rows, []
    totals, notes = _totals_and_notes(raw[unnamed], positions)
    faults = [
        Fault(
            "totals-row",
            "合计行,不作为数据读入。",
            "a row of totals, not read as data.",
            _place(sheet, row, text),
            Level.NOTE,
        )
        for row, text in totals.items()
    ] + [
        Fault(
            "note-row",
            "标题或附注,不作为数据读入。",
            "a title or note, not read as data.",
            _place(sheet, row, text),
            Level.NOTE,
        )
        for row, text in notes.items()
    ]
    return rows & ~rows.index.isin([*totals.index, *notes.index]), faults


def _totals_and_notes(raw: pd.DataFrame, positions: Mapping[str, int]) -> tuple[pd.Series, pd.Series]:
    """Return, by row, the text that makes a row one of totals, and the text that makes it a note."""
    texts = pd.DataFrame({position: as_texts(raw[position]) for position in raw.columns})
    labels = texts[sorted({positions[name] for name in _LABELS if name in positions})]
    labels = labels.assign(first=texts.bfill(axis=1).iloc[:, 0])
    squeezed = labels.apply(lambda column: column.str.replace(r"\s", "", regex=True))
    total = squeezed.apply(lambda column: column.str.fullmatch(_TOTAL, na=False)).any(axis=1)
    # One text over the whole row (a merged line between blocks of schools) says nothing of a school.
    alone = texts.nunique(axis=1).eq(1) & ~labels["first"].str.fullmatch(r"[\d,.\s-]+", na=True)
    units = texts.map(lambda text: text != text or normalised(text) in UNIT_NAMES).all(axis=1)
    noted = (squeezed["first"].str.fullmatch(_NOTE, na=False) | alone | units) & ~total
    return labels.loc[total, "first"], labels.loc[noted, "first"]


def _place(sheet: Sheet, row: object, text: object) -> Place:
    return Place(sheet.file, sheet.name, int(str(row)), value=str(text))

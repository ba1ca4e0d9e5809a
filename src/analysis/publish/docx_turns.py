"""Which pieces of report.docx stand on pages laid across: wide tables, and what would else turn the page for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from .docx_style import HOUSE_PAGE, WU, XIAO_WU
from .docx_table import SMALLEST, widths
from .record import Block, TableRecord, Told

_LOW_FIGURE_CM = 11.0  # stands on a page laid across with its caption
_FEW_ROWS = 8
_SHORT_RUN = 5  # pieces between two wide tables that stay with them


def lies_across(table: TableRecord) -> bool:
    """
    Return whether a table needs a page laid across.

    One marked as landscape does where an upright page would leave its texts less than half of what they want at
    五号; any other only where 小五 would not fit at all, and of a few rows, not worth a page of their own, where 六号
    would not either.
    """
    if table.landscape:
        return sum(widths(table, WU)) / 2 > HOUSE_PAGE.text_width(across=False)
    size = SMALLEST if len(table.shown) <= _FEW_ROWS else XIAO_WU
    return widths(table, size)[0] > HOUSE_PAGE.text_width(across=False)


def across(blocks: Sequence[Block], told: Told) -> list[bool]:
    """
    Return for each block of a chapter whether it stands on a page laid across.

    Headings go with what follows; a low figure stays with the wide table before it; little between two
    wide tables stays with them; everything else stands upright.
    """
    fixed = [_fixed(block, told) for block in blocks]
    turned: list[bool] = []
    for free, run in groupby(range(len(blocks)), key=lambda i: fixed[i] is None):
        members = list(run)
        if not free:
            turned += [bool(fixed[i]) for i in members]
            continue
        before = turned[-1] if turned else False
        after = bool(fixed[members[-1] + 1]) if members[-1] + 1 < len(blocks) else False
        turned += _between([blocks[i].kind for i in members], before=before, after=after)
    return turned


def _fixed(block: Block, told: Told) -> bool | None:
    """Return where a block must stand; None for one that may stand either way."""
    if block.kind == "table" and block.id:
        return lies_across(told.tables[block.id])
    if block.kind == "figure" and block.id and told.figures[block.id].height_cm > _LOW_FIGURE_CM:
        return False
    return None


def _between(kinds: Sequence[str], *, before: bool, after: bool) -> list[bool]:
    if before and after and len(kinds) <= _SHORT_RUN:
        return [True] * len(kinds)
    first = next((i for i, kind in enumerate(kinds) if kind != "figure"), len(kinds)) if before else 0
    last = (
        next((i for i, kind in enumerate(reversed(kinds)) if kind != "heading"), len(kinds)) if after else 0
    )
    return [i < first or i >= len(kinds) - last for i in range(len(kinds))]

"""Do the tables add up: totals below columns, totals across rows, and parts that are named 其中."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..errors import Fault, Place
from .amounts import Amount, printed, slack, total_of
from .reading import Table, is_year
from .vocabulary import plain, vocabulary


def check_sums(table: Table) -> Iterator[Fault]:
    """Give what does not add up in a table of figures (a list of measures with units is for `measures`)."""
    yield from _columns(table)
    yield from _rows(table)
    yield from _parts(table)


def wrong_sum(place: Place, stated: Amount, parts: Sequence[Amount], *, what: str = "") -> Fault | None:
    """Return the fault of a total that is not the sum of its parts, None where it is, as far as they are printed."""
    total = total_of(list(parts))
    if abs(total - stated.exact) <= slack([*parts, stated]):
        return None
    shown = " + ".join(f"{part.value.normalize():f}" for part in parts[:8]) + (
        " + …" if len(parts) > 8 else ""
    )
    digits = max(part.decimals for part in [*parts, stated])
    found = printed(total, digits) + stated.unit
    return Fault(
        "sum",
        f"{what}合计写为{stated.shown()},各项相加为{shown} = {found},相差{printed(abs(total - stated.exact), digits)}{stated.unit}。",
        f"the total is given as {stated.shown()}, but {shown} = {found}.",
        place,
    )


def label(table: Table, row: int) -> str:
    """Return what names a row: the cell that begins with 其中, else its first text."""
    texts = [
        table.text(row, column) for column in range(len(table.headings)) if table.amount(row, column) is None
    ]
    texts = [text for text in texts if text]
    return next((text for text in texts if text.startswith(vocabulary().of_which)), texts[0] if texts else "")


def _is_total(table: Table, row: int) -> bool:
    return any(vocabulary().is_total(table.text(row, column)) for column in range(len(table.headings)))


def _of_which(table: Table) -> list[bool]:
    """Return which rows are parts of the row above: those that begin with 其中, and their siblings below."""
    found, inside = [], ""
    for row in range(len(table.body)):
        name = label(table, row)
        begins = name.startswith(vocabulary().of_which)
        siblings = vocabulary().whole_of(inside) if inside else None
        if begins:
            inside = plain(name) or "?"
        elif not (siblings and plain(name) in siblings):
            inside = ""
        found.append(bool(inside))
    return found


def _figures(table: Table, column: int) -> bool:
    """Whether a column holds figures that can be added up: no rates, no years."""
    heading = table.headings[column]
    if not heading or not vocabulary().additive(heading):
        return False
    cells = [amount for row in range(len(table.body)) if (amount := table.amount(row, column)) is not None]
    return not all(is_year(f"{cell.value:f}") for cell in cells) and not any(
        cell.unit == "%" for cell in cells
    )


def _columns(table: Table) -> Iterator[Fault]:
    """Give the totals of columns that are the sum of no rows that they could stand for."""
    for row in (row for row in range(len(table.body)) if _is_total(table, row)):
        meant = _meant(table, row)
        columns = [column for column in range(len(table.headings)) if _figures(table, column)]
        held = [(column, [_amounts(table, rows, column) for rows in meant]) for column in columns]
        yield from _wrong([(row, column, "", groups) for column, groups in held], table)


_Held = tuple[int, int, str, list[list[Amount]]]  # row and column of a total, whose it is, what it may add up


def _wrong(held: Sequence[_Held], table: Table) -> Iterator[Fault]:
    """Give the totals that none of their groups makes up; none at all where most are plainly means, not sums."""
    totals: list[tuple[Place, str, Amount, list[list[Amount]]]] = []
    for row, column, what, groups in held:
        stated, several = table.amount(row, column), [group for group in groups if len(group) > 1]
        if stated is not None and several:
            totals.append((table.place(row, column), what, stated, several))
    means = [stated for _, _, stated, groups in totals if _is_mean(stated, groups[0])]
    if 2 * len(means) > len(totals) and (len(means) > 1 or means[0].decimals):
        return
    for place, what, stated, groups in totals:
        faults = [wrong_sum(place, stated, parts, what=what) for parts in groups]
        if faults[0] is not None and None not in faults:
            yield faults[0]


def _is_mean(stated: Amount, parts: Sequence[Amount]) -> bool:
    """Whether a figure called 合计 stands between its parts, as a mean of areas does and a sum cannot."""
    values = [part.exact for part in parts]
    return min(values) >= 0 and min(values) <= stated.exact < max(values)


def _amounts(table: Table, rows: Sequence[int], column: int) -> list[Amount]:
    return [amount for row in rows if (amount := table.amount(row, column)) is not None]


def _meant(table: Table, total: int) -> list[list[int]]:
    """
    Return the groups of rows that a total may add up, the likeliest first.

    Those since the total before, all above, the totals above, the headings above (一、二、), or the same below it.
    """
    parts = _of_which(table)
    totals = [row for row in range(len(table.body)) if _is_total(table, row)]
    rows = [row for row in range(len(table.body)) if row not in totals and not parts[row]]
    rows = [row for row in rows if vocabulary().additive(label(table, row))]
    before = max((other for other in totals if other < total), default=-1)
    after = min((other for other in totals if other > total), default=len(table.body))
    heads = [row for row in rows if _HEAD.match(" ".join(table.text(row, c) for c in (0, 1)))]
    groups = [
        [row for row in rows if before < row < total],
        [row for row in rows if row < total],
        [row for row in totals if row < total],
        [row for row in heads if row < total],
        [row for row in rows if total < row < after],
        [row for row in rows if row > total],
        [row for row in totals if row > total],
        [row for row in heads if row > total],
    ]
    return [group for group in groups if len(group) > 1]


_HEAD = re.compile(r"\s*[(（]?[一二三四五六七八九十]+[)）]?[、.．]|\s*[(（][一二三四五六七八九十]+[)）]")
_WHOLES = ("总投资", "总额", "投资合计", "资金合计", "总资金", "计")


def _rows(table: Table) -> Iterator[Fault]:
    """Give totals across a row that are not the sum of the parts beside them, or of those and their neighbours."""
    last = [heading.split(" › ")[-1] for heading in table.headings]
    for column, heading in enumerate(last):
        if not (vocabulary().is_total(heading) or plain(heading) in _WHOLES):
            continue
        groups = _beside(table, last, column)
        rows = [row for row in range(len(table.body)) if vocabulary().additive(label(table, row))]
        held: list[_Held] = []
        for row in rows:
            found = [[a for at in group if (a := table.amount(row, at)) is not None] for group in groups]
            held.append((row, column, f"「{label(table, row)}」", found))
        yield from _wrong(held, table)


def _beside(table: Table, headings: Sequence[str], total: int) -> list[list[int]]:
    """Return the columns next to a total that are parts of one whole, or years; then also with more neighbours."""
    for step in (1, -1):
        at, key = total + step, None
        found: list[int] = []
        while 0 <= at < len(headings) and (kind := _kind(headings[at])) and key in (None, kind):
            key = kind
            found.append(at)
            at += step
        if len(found) > 1:
            more = [found]
            while 0 <= at < len(headings) and _figures(table, at) and not vocabulary().is_total(headings[at]):
                more.append([*more[-1], at])
                at += step
            return more
    return []


def _kind(heading: str) -> tuple[str, ...] | None:
    """Return the whole that a heading is a part of; years are parts of one, too."""
    return vocabulary().whole_of(heading) or (("year",) if is_year(plain(heading)) else None)


def _parts(table: Table) -> Iterator[Fault]:
    """Give parts named 其中 that exceed their whole, or, where they make it up, do not add up to it."""
    within = _of_which(table)
    for row in range(1, len(table.body)):
        if not within[row] or within[row - 1]:
            continue
        members = [row]
        while members[-1] + 1 < len(table.body) and within[members[-1] + 1]:
            members.append(members[-1] + 1)
        names = [plain(label(table, member)) for member in members]
        complete = len(members) > 1 and vocabulary().whole_of(names[0]) is not None
        if not vocabulary().additive(label(table, row - 1)):
            continue
        for column in range(len(table.headings)):
            whole = table.amount(row - 1, column)
            parts = [amount for member in members if (amount := table.amount(member, column)) is not None]
            if whole is None or not parts or not _figures(table, column) or whole.unit == "%":
                continue
            if complete and len(parts) == len(members) and not _may_fall_short(names, whole, parts):
                what = f"「{label(table, row - 1)}」"
                fault = wrong_sum(table.place(row - 1, column), whole, parts, what=what)
            else:
                fault = next((f for p in parts if (f := _exceeds(table.place(row, column), whole, p))), None)
            if fault is not None:
                yield fault


def _may_fall_short(names: Sequence[str], whole: Amount, parts: Sequence[Amount]) -> bool:
    """Whether kinds of school may have been left unnamed: primary and junior are not all schools there are."""
    named = set(vocabulary().parts_optional) & set(names)
    return whole.unit in ("所", "") and not named and total_of(list(parts)) < whole.exact and "小学" in names


def _exceeds(place: Place, whole: Amount, part: Amount) -> Fault | None:
    if part.exact <= whole.exact + Fraction(1, 2 * 10**part.decimals) * bool(part.decimals):
        return None
    return Fault(
        "part-exceeds-whole",
        f"其中{part.shown()},大于总数{whole.shown()}。",
        f"the part {part.shown()} exceeds the whole {whole.shown()}.",
        place,
    )

"""Do the tables add up: totals below columns, totals across rows, and parts that are named 其中."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ..errors import Fault, Place
from .amounts import Amount, printed, slack, total_of
from .reading import Table
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
    """Return what names a row: the last text before its first figure."""
    named = ""
    for column in range(len(table.headings)):
        if table.amount(row, column) is None:
            named = table.text(row, column) or named
        elif named:
            break
    return named


def _is_total(table: Table, row: int) -> bool:
    return any(vocabulary().is_total(table.text(row, column)) for column in range(len(table.headings)))


def _is_subtotal(table: Table, row: int) -> bool:
    return any(plain(table.text(row, c)) in vocabulary().subtotals for c in range(len(table.headings)))


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
    """Whether a column holds figures that can be added up."""
    heading = table.headings[column]
    if not heading or not vocabulary().additive(heading):
        return False
    return not any(
        "%" in (amount.unit if (amount := table.amount(row, column)) else "")
        for row in range(len(table.body))
    )


def _columns(table: Table) -> Iterator[Fault]:
    parts_below = _of_which(table)
    totals = [row for row in range(len(table.body)) if _is_total(table, row)]
    for row in totals:
        members = _members(table, row, totals, parts_below)
        if len(members) < 2 or any(not vocabulary().additive(label(table, member)) for member in members):
            continue
        for column in range(len(table.headings)):
            stated = table.amount(row, column)
            if stated is None or not _figures(table, column):
                continue
            parts = [amount for member in members if (amount := table.amount(member, column)) is not None]
            fault = wrong_sum(table.place(row, column), stated, parts) if len(parts) > 1 else None
            if fault is not None:
                yield fault


def _members(table: Table, total: int, totals: Sequence[int], parts: Sequence[bool]) -> list[int]:
    """Return the rows that a total adds up: those above it, or all below when it stands first."""
    if total == 0:
        after = totals[1] if len(totals) > 1 else len(table.body)
        return [row for row in range(1, after) if not parts[row]]
    before = [other for other in totals if other < total]
    start = 0
    if _is_subtotal(table, total) and before:
        start = before[-1] + 1
    return [row for row in range(start, total) if row not in totals and not parts[row]]


def _rows(table: Table) -> Iterator[Fault]:
    """Give totals across a row that are not the sum of the parts beside them."""
    last = [heading.split(" › ")[-1] for heading in table.headings]
    for column, heading in enumerate(last):
        if not (
            vocabulary().is_total(heading)
            or plain(heading) in ("总投资", "总额", "投资合计", "资金合计", "总资金", "计")
        ):
            continue
        columns = _beside(last, column)
        if len(columns) < 2:
            continue
        for row in range(len(table.body)):
            stated = table.amount(row, column)
            parts = [amount for at in columns if (amount := table.amount(row, at)) is not None]
            if stated is None or not parts or not vocabulary().additive(label(table, row)):
                continue
            fault = wrong_sum(table.place(row, column), stated, parts, what=f"「{label(table, row)}」")
            if fault is not None:
                yield fault


def _beside(headings: Sequence[str], total: int) -> list[int]:
    """Return the columns next to a total that are parts of one whole, or years; to its right, else to its left."""
    for step in (1, -1):
        at = total + step
        found: list[tuple[int, tuple[str, ...]]] = []
        while 0 <= at < len(headings):
            parts = vocabulary().whole_of(headings[at])
            year = plain(headings[at]).removesuffix("年")
            key = parts or (("year",) if year.isdigit() and len(year) == 4 else None)
            if key is None or (found and key != found[0][1]):
                break
            found.append((at, key))
            at += step
        if len(found) > 1:
            return [at for at, _ in found]
    return []


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
            if complete and len(parts) == len(members):
                fault = wrong_sum(table.place(row - 1, column), whole, parts)
            else:
                fault = next((f for p in parts if (f := _exceeds(table.place(row, column), whole, p))), None)
            if fault is not None:
                yield fault


def _exceeds(place: Place, whole: Amount, part: Amount) -> Fault | None:
    if part.exact <= whole.exact + Fraction(1, 2 * 10**part.decimals) * bool(part.decimals):
        return None
    return Fault(
        "part-exceeds-whole",
        f"其中{part.shown()},大于总数{whole.shown()}。",
        f"the part {part.shown()} exceeds the whole {whole.shown()}.",
        place,
    )

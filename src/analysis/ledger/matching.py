"""Match a ledger with how the schools stand now: what is met is closed, what is back is reopened, no word is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ..schema import Words
from .layout import COLUMNS, STATES, Cell, State
from .reading import Ledger, Row


@dataclass(frozen=True)
class Entry:
    """One row of the new ledger: its state and years, how the school stands now (None: not judged), typed words."""

    key: str
    state: State
    told: Mapping[str, str]
    opened: int | None
    closed: int | None = None
    was_closed: int | None = None
    now: Mapping[str, Any] | None = None
    words: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Conflict:
    """Something in last year's ledger that the data or another row say otherwise: what stood where, and what was done."""

    row: int
    key: str
    school_name: str
    title: str
    column: Words
    content: Cell
    why: Words


def work_off(standing: pd.DataFrame, last: Ledger | None, year: int) -> tuple[list[Entry], list[Conflict]]:
    """
    Return the ledger of a year, and the conflicts with the last one.

    - An item short of its standard, or without a figure, is open: `new` this year, `open` from before, `reopened` when
      it had been closed in an earlier year (which stays told).
    - An item met now is `closed` in this year. Missing is not met: an item without a figure stays open.
    - An item whose school is not judged any more is `gone`: neither open nor closed. Rows that people added themselves
      are `own`. What people typed stays with its row, whatever the state.

    Parameters
    ----------
    standing
        Table of that name (`ledger.standings`).
    last
        The ledger of an earlier year, or of this one: run again with the same data nothing changes.

    Returns
    -------
    Entries, open ones first in the order of `standing`, closed ones last; conflicts in the order of their rows.
    """
    now = {str(row["key"]): {str(k): v for k, v in row.items()} for row in standing.to_dict("records")}
    rows, unkeyed = _keyed_again(last.rows if last is not None else (), now)
    first, conflicts = _each_once(rows)
    conflicts += unkeyed
    entries: dict[str, Entry] = {}
    for key, row in first.items():
        entries[key] = _carried(row, now.get(key), year)
        conflicts += _misjudged(row, entries[key])
    for key, current in now.items():
        if key not in entries and current["status"] in ("short", "missing"):
            told = {name: str(current[name]) for name in _TOLD}
            entries[key] = Entry(key, "new", told, year, now=current, words={"office": current["office"]})
    conflicts += _renamed(first, entries)
    own = [_own(row) for row in rows if not row.key]
    return _ordered([*entries.values(), *own], list(now)), sorted(conflicts, key=lambda found: found.row)


_TOLD = ("school_name", "stage", "title")
_TITLES = {column.name: column.title for column in COLUMNS}


def _carried(row: Row, now: Mapping[str, Any] | None, year: int) -> Entry:
    """Return what becomes of a row of the last ledger."""
    told = row.told if now is None else {name: str(now[name]) for name in _TOLD}
    opened, closed, was = row.opened, row.closed, row.was_closed
    is_open = now is not None and now["status"] != "met"
    if closed is not None and is_open:
        if closed != year:  # else closed earlier this year, on figures corrected since
            opened, was = year, closed
        closed = None
    elif closed is None and now is not None and not is_open:
        closed = year
    state: State = "closed" if closed is not None else "gone"
    if is_open:
        state = "open" if opened != year else "new" if was is None else "reopened"
    return Entry(row.key, state, told, opened, closed, was, now, row.words)


def _own(row: Row) -> Entry:
    return Entry(
        "", "own", row.told, row.opened, row.closed, row.was_closed, None, {**row.words, "state": row.state}
    )


def _keyed_again(
    rows: Sequence[Row], now: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Row], list[Conflict]]:
    """Return the rows, the key of a row of ours that lost it found again by school, stage and item; each is told."""
    kept = {row.key for row in rows}
    keys: dict[tuple[str, ...], list[str]] = {}
    for key, current in now.items():
        keys.setdefault(tuple(str(current[name]) for name in _TOLD), []).append(key)
    why = Words(
        zh="编号为空，已按学校、学段、指标补上，请核对",
        en="the key was blank; found again by school, stage and item: check it",
    )
    again, conflicts = [], []
    for row in rows:
        found = keys.get(tuple(row.told[name] for name in _TOLD), [])
        ours = not row.key and row.state not in ("", *STATES["own"].model_dump().values())
        if not ours or len(found) != 1 or found[0] in kept:
            again.append(row)
        else:
            kept.add(found[0])
            again.append(replace(row, key=found[0]))
            conflicts.append(_conflict(again[-1], "key", "", why))
    return again, conflicts


def _each_once(rows: Iterable[Row]) -> tuple[dict[str, Row], list[Conflict]]:
    """Return the first row of each key, its empty cells filled from later ones; what they say otherwise conflicts."""
    first: dict[str, Row] = {}
    conflicts = []
    why = Words(
        zh="同一编号在台账中出现两次，采用先出现的一行", en="the key stands twice; the first row is taken"
    )
    for row in rows:
        if not row.key:
            continue
        kept = first.setdefault(row.key, row)
        for name, content in row.words.items() if kept is not row else ():
            if name not in kept.words:
                first[row.key] = kept = kept.with_word(name, content)
            elif kept.words[name] != content:
                conflicts.append(_conflict(row, name, content, why))
    return first, conflicts


def _misjudged(row: Row, entry: Entry) -> list[Conflict]:
    """Return the conflict of a state that people typed with what the data say."""
    closed = row.state in STATES["closed"].model_dump().values()
    if closed and row.closed is None and entry.state != "closed":
        why = Words(
            zh="台账记为已销号，未填销号年度；按本年数据尚未达标或无法核对，未予销号",
            en="written as closed without a year; by this year’s figures it is not met, and stays open",
        )
        return [_conflict(row, "state", row.state, why)]
    if row.state and not closed and row.closed is not None and row.state != STATES["own"].zh:
        why = Words(
            zh="填有销号年度而状态不是已销号，按已销号处理", en="has a year of closing; taken as closed"
        )
        return [_conflict(row, "state", row.state, why)]
    return []


def _renamed(first: Mapping[str, Row], entries: Mapping[str, Entry]) -> list[Conflict]:
    """Return rows that nothing is known of now, although a new row speaks of the same school and item."""
    new = {tuple(e.told[name] for name in _TOLD): e for e in entries.values() if e.key not in first}
    why = Words(
        zh="编号与本年数据对不上，而同名学校的同一指标另有新的一行；编号可能被改动或学校换了标识码，请核对后合并",
        en="the key is not known now, yet a new row has the same school and item: the key or the school’s ID changed",
    )
    return [
        _conflict(row, "key", row.key, why)
        for row in first.values()
        if entries[row.key].now is None and tuple(row.told[name] for name in _TOLD) in new
    ]


def _conflict(row: Row, name: str, content: Cell, why: Words) -> Conflict:
    title = _TITLES.get(name, Words(zh=name, en=name))
    return Conflict(row.number, row.key, row.told["school_name"], row.told["title"], title, content, why)


def _ordered(entries: Sequence[Entry], keys: Sequence[str]) -> list[Entry]:
    place = {key: at for at, key in enumerate(keys)}
    last = {"closed": 2, "own": 1, "gone": 1}
    return sorted(entries, key=lambda e: (last.get(e.state, 0), place.get(e.key, len(place))))

"""What changed between two runs of one county: every number, sentence and table, and what else differed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import Lang, refuse
from ..facts import Fact
from ..schema import Words
from .causes import evidence
from .record import StoryRecord, TableRecord, Told, load

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PRINTED = "published"  # the table that holds what was printed before against a run (tables.published)


@dataclass(frozen=True)
class Change:
    """
    One thing that is not as it was: where it stands, how it was and is printed ('' where it is not there), and why.

    `texts` are the texts of its row; `causes` of causes.CAUSES, several where they cannot be told apart.
    """

    where: Words
    old: str
    new: str
    texts: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """
    All changes between two runs, and the causes that may have moved any of them, by causes.CAUSES.

    `printed`: how the newer run accounts for what was printed before, a row of texts each (tables.published).
    """

    changes: tuple[Change, ...]
    causes: tuple[str, ...]
    printed: tuple[tuple[str, ...], ...] = ()


def changes(old: Path, new: Path) -> Changes:
    """
    Return every number that is not printed, or not computed, as it was, with what differs between the runs.

    Each change is laid to what differs between the runs, as far as the figures behind it were filed otherwise
    (causes.Evidence); without any difference the changes are `unknown`.

    Raises
    ------
    JunhengError
        A folder is not a published run, or the two are of different counties or languages.
    """
    before, after = load(old), load(new)
    facts = [(told.stamp.county_code, told.lang) for told in (before, after)]
    if facts[0] != facts[1]:
        raise refuse(
            "not-comparable",
            f"两个文件夹的县或语言不同（{'、'.join(facts[0])}；{'、'.join(facts[1])}），不能比较。",
            f"the two are of different counties or languages ({' '.join(facts[0])}; {' '.join(facts[1])}).",
            file=str(new),
        )
    known = evidence(before, after)
    found = tuple(
        replace(change, causes=known.of(change.texts))
        for change in (*_in_tables(before, after), *_in_sentences(before, after))
    )
    printed = after.tables[_PRINTED].shown if _PRINTED in after.tables else ()
    return Changes(found, known.possible if known.possible or not found else ("unknown",), printed)


def _in_tables(before: Told, after: Told) -> Iterator[Change]:
    for id in sorted(before.tables.keys() | after.tables.keys()):
        if id in before.tables and id in after.tables:
            yield from _in_table(before, after, id)
        else:
            table = before.tables.get(id) or after.tables[id]
            yield Change(table.title, *((table.data, "") if id in before.tables else ("", table.data)))


def _in_table(before: Told, after: Told, id: str) -> Iterator[Change]:
    was, now = (_cells(told, told.tables[id]) for told in (before, after))
    title = after.tables[id].title
    for key in [*was, *(key for key in now if key not in was)]:
        old, new = was.get(key, ("", "")), now.get(key, ("", ""))
        if old[0] != new[0]:
            row, column = key
            place = " › ".join(part for part in (*row[0], column) if part)
            printed = (old[1], new[1]) if old[1] != new[1] else (old[0], new[0])
            where = Words(zh=f"{title.zh} › {place}", en=f"{title.en} › {place}")
            yield Change(where, *printed, texts=tuple(row[0]))


def _cells(told: Told, table: TableRecord) -> dict[tuple[Any, str], tuple[str, str]]:
    """Return number as computed and as printed of each cell, by its row's texts and its column's heading."""
    data, seen = told.data(table), Counter[tuple[str, ...]]()
    texts = [c for c, column in enumerate(table.columns) if not column.number]
    found: dict[tuple[Any, str], tuple[str, str]] = {}
    for r, shown in enumerate(table.shown):
        name = tuple(shown[c] for c in texts)
        if not texts:
            name = (str(r + 1),)
        seen[name] += 1
        for c, column in enumerate(table.columns):
            if column.number:
                heading = f"{column.group} {column.title}".strip()
                found[((name, seen[name]), heading)] = (str(data.iat[r, c]), shown[c])
    return found


def _in_sentences(before: Told, after: Told) -> Iterator[Change]:
    """Pair the sentences of a chapter that tell the same figures; name those that moved, tell what else came or went."""
    for story in after.stories:
        earlier = next((s for s in before.stories if s.notebook == story.notebook), None)
        was, now = (_sentences(told, after.lang) for told in (earlier, story))
        old_left = {text: keys for text, keys in was.items() if text not in now}
        moved = _moved(earlier.facts if earlier else (), story.facts)
        for text, keys in now.items():
            if text in was:
                continue
            same = next((other for other in old_left if _alike((other, old_left[other]), (text, keys))), "")
            old_left.pop(same, None)
            names = [moved[key] for key in dict.fromkeys(keys) if key in moved]
            yield Change(_place(story.title, names), same, text)
        for text in old_left:
            yield Change(story.title, text, "")


def _moved(was: Sequence[Fact], now: Sequence[Fact]) -> dict[str, Words]:
    """Return by key what the figures are called that both runs tell, of another value."""
    values = {fact.key: fact.value for fact in was}
    return {fact.key: fact.what for fact in now if values.get(fact.key, fact.value) != fact.value}


def _place(title: Words, names: Sequence[Words]) -> Words:
    if not names:
        return title
    zh, en = "、".join(name.zh for name in names), "; ".join(name.en for name in names)
    return Words(zh=f"{title.zh} › {zh}", en=f"{title.en} › {en}")


def _alike(one: tuple[str, Sequence[str]], other: tuple[str, Sequence[str]]) -> bool:
    """Return whether two sentences tell the same figures, or the same words in other numbers."""
    (text, keys), (text_of_other, keys_of_other) = one, other
    told = set(filter(None, keys))
    return (bool(told) and told == set(filter(None, keys_of_other))) or (
        _NUMBER.sub("#", text) == _NUMBER.sub("#", text_of_other)
    )


def _sentences(story: StoryRecord | None, lang: Lang) -> dict[str, Sequence[str]]:
    """Return the sentences and notes of a story, each with the keys of its figures."""
    blocks = story.blocks if story else ()
    return {b.text[lang]: b.told.get(lang, ()) for b in blocks if b.kind in ("sentence", "note") and b.text}

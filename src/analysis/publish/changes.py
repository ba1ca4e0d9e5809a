"""What changed between two runs of one county: every number, sentence and table, and what else differed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import refuse
from ..schema import Words
from .manifest import read_manifest
from .record import TableRecord, Told, load

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
CAUSES = {
    "data": Words(zh="数据", en="data"),
    "correction": Words(zh="更正", en="correction"),
    "rule": Words(zh="标准或参数", en="rule or parameters"),
    "code": Words(zh="程序", en="code"),
    "unknown": Words(zh="未能解释", en="not explained"),
}


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was: where it stands, and how it was and is printed ('' where it is not there)."""

    where: Words
    old: str
    new: str


@dataclass(frozen=True)
class Changes:
    """All changes between two runs, and the causes that may have moved them, by CAUSES."""

    changes: tuple[Change, ...]
    causes: tuple[str, ...]


def changes(old: Path, new: Path) -> Changes:
    """
    Return every number that is not printed, or not computed, as it was, with what differs between the runs.

    A cause is given to the runs as a whole: `data` where files of other names were read, `correction` where files of
    the same name have other content, `rule` where the rule or a parameter differs, `code` where the program does.
    One cause alone explains every change; of several the list names all; without any, the changes are `unknown`.

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
    found = (*_in_tables(before, after), *_in_sentences(before, after))
    causes = _causes(read_manifest(old), read_manifest(new))
    return Changes(found, causes if causes or not found else ("unknown",))


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
            yield Change(Words(zh=f"{title.zh} › {place}", en=f"{title.en} › {place}"), *printed)


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
    """Pair the sentences of a chapter that say the same in other numbers; tell what else came or went."""
    for story in after.stories:
        earlier = next((s for s in before.stories if s.notebook == story.notebook), None)
        was = _sentences(earlier.blocks if earlier else (), after.lang)
        now = _sentences(story.blocks, after.lang)
        old_left = [text for text in was if text not in now]
        for text in (text for text in now if text not in was):
            same = [other for other in old_left if _NUMBER.sub("#", other) == _NUMBER.sub("#", text)]
            if same:
                old_left.remove(same[0])
            yield Change(story.title, same[0] if same else "", text)
        for text in old_left:
            yield Change(story.title, text, "")


def _sentences(blocks: Sequence[Any], lang: Any) -> list[str]:
    return [block.text[lang] for block in blocks if block.kind in ("sentence", "note") and block.text]


def _causes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    was, now = (_inputs(manifest) for manifest in (old, new))
    runs = [manifest.get("run", {}) for manifest in (old, new)]
    asked = [{k: v for k, v in run.get("parameters", {}).items() if k not in _PLACES} for run in runs]
    differs = {
        "data": was.keys() != now.keys() or old.get("year") != new.get("year"),
        "correction": any(was[name] != now[name] for name in was.keys() & now.keys()),
        "rule": runs[0].get("rule") != runs[1].get("rule") or asked[0] != asked[1],
        "code": (old.get("code_version"), old.get("packages"))
        != (new.get("code_version"), new.get("packages")),
    }
    return tuple(cause for cause, found in differs.items() if found)


_PLACES = ("data", "params", "year")


def _inputs(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksum of each file read, by its name."""
    files = manifest.get("run", {}).get("inputs", [])
    return {str(file["path"]): str(file["sha256"]) for file in files}

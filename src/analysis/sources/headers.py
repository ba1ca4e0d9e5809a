"""Recognise the header of a table: which row it is, and which column each heading means."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

_DEEPEST = 3  # rows that a header may take
_LINE_BREAK = "_x000D_"  # what some exports write for a line break inside a heading
_UNIT = re.compile(
    r"^(.*?)[(\[【〔](?:单位:?|unit:?)?([^()\[\]【】〔〕]{1,12})[)\]】〕]$", re.DOTALL | re.IGNORECASE
)
# Units as headings write them, each as the registry writes it. Others (亩, 千元) make a heading that is not ours.
UNITS = {
    "人": "人", "名": "人", "个": "个", "班": "个", "间": "间", "台": "台", "册": "册", "元": "元", "万元": "万元",
    "平方米": "平方米", "平米": "平方米", "m2": "平方米", "°": "度", "度": "度",
}  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """A heading that was recognised: its column's position from 0, its text, and the unit it names (of UNITS)."""

    position: int
    text: str
    unit: str = ""


@dataclass(frozen=True)
class Header:
    """
    The header of a table.

    `first_row` … `last_row` are row numbers as Excel shows them; `found` maps canonical names to headings;
    `twice` lists the other headings that mean a column already found; `unknown` those that mean none.
    """

    first_row: int
    last_row: int
    found: dict[str, Heading]
    twice: list[tuple[str, Heading]]
    unknown: list[Heading]


@lru_cache(maxsize=65536)
def normalised(text: str) -> str:
    """Return text without width, brackets, spaces, punctuation or case, so that spellings of a name agree."""
    plain = unicodedata.normalize("NFKC", text).replace(_LINE_BREAK, "")
    return re.sub(r"[^\w%#\N{REPLACEMENT CHARACTER}]", "", plain).lower()


UNIT_NAMES = {normalised(written): unit for written, unit in UNITS.items()}


def header_names(headers: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return normalised heading to canonical name, from canonical name to its headings; the first wins."""
    names: dict[str, str] = {}
    for canonical, texts in headers.items():
        for text in texts:
            names.setdefault(normalised(text), canonical)
    return names


def find_header(head: Sequence[Sequence[object]], names: Mapping[str, str]) -> Header | None:
    """
    Return the header among the first rows of a sheet; None when no row names at least one known column.

    The rows that name most columns win; of equals the fewest rows, then the topmost. A header of several
    rows joins each heading with those above it: 在校生数 over 小学 is 在校生数(小学).
    """
    best: Header | None = None
    for depth in range(1, _DEEPEST + 1):
        # Rows that share no row with the best single one would be another table.
        near = (best.first_row - depth, best.last_row) if best else (0, len(head))
        for first in range(max(near[0], 0), min(near[1], len(head) - depth + 1)):
            header = _read_header(head[first : first + depth], first + 1, names)
            if header.found and (best is None or len(header.found) > len(best.found)):
                best = header
    return best


def nearest(texts: Iterable[str], candidates: Iterable[str], *, least: float = 0.5) -> str | None:
    """Return the candidate spelled most like one of the texts, None when none is at least so alike (0 … 1)."""
    best, alike = None, least
    for text, candidate in itertools.product(texts, candidates):
        ratio = difflib.SequenceMatcher(None, normalised(text), normalised(candidate)).ratio()
        if ratio >= alike:
            best, alike = candidate, ratio
    return best


def _read_header(rows: Sequence[Sequence[object]], first_row: int, names: Mapping[str, str]) -> Header:
    header = Header(first_row, first_row + len(rows) - 1, {}, [], [])
    for position in range(max(map(len, rows), default=0)):
        parts: list[str] = []
        for row in rows:
            text = _text(row[position]) if position < len(row) else ""
            if text and text not in parts:
                parts.append(text)
        if parts:
            _place(header, position, parts, names)
    return header


def _place(header: Header, position: int, parts: list[str], names: Mapping[str, str]) -> None:
    canonical, unit = _match(parts, names)
    heading = Heading(position, " ".join(parts) if canonical is None else _shown(parts), unit)
    if canonical is None:
        header.unknown.append(heading)
    elif canonical in header.found:
        header.twice.append((canonical, heading))
    else:
        header.found[canonical] = heading


def _match(parts: list[str], names: Mapping[str, str]) -> tuple[str | None, str]:
    """Match a heading, alone or joined with those above it; the fullest reading first."""
    *above, last = parts
    readings = ["".join(parts)]
    for parent in reversed(above):
        readings += [parent + last, last + parent]
    readings.append(last)
    for reading in readings:
        stripped, unit = split_unit(reading)
        for candidate in (stripped, reading):
            if (canonical := names.get(normalised(candidate))) is not None:
                return canonical, unit
    return None, ""


@lru_cache(maxsize=65536)
def split_unit(heading: str) -> tuple[str, str]:
    """Split 教学仪器设备值(万元) into the name and the unit; no unit when the brackets hold something else."""
    found = _UNIT.match(unicodedata.normalize("NFKC", heading).strip())
    unit = UNIT_NAMES.get(normalised(found.group(2))) if found else None
    return (found.group(1), unit) if found and unit else (heading, "")


def _shown(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else " › ".join(parts)


def _text(cell: object) -> str:
    return "" if cell is None or cell != cell else " ".join(str(cell).replace(_LINE_BREAK, " ").split())

"""Headings of official tables: several rows deep, merged, repeated under different parents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..headers import normalised, split_unit

_LEAD = re.compile(r"^(?:#|\*|[(（]?其中[)）]?[::]?|[(（]?[一二三四五六七八九十]+[)）、.．]|\d+[、.．])+\s*")
_NUMBERING = re.compile(r"[甲乙丙丁戊]|[A-Z]{1,3}|\d{1,3}")
_ABOUT = re.compile(r"^[(（]?(?:计量)?单位[::]|^表\s*号|^制定机关|^批准|^有效期|^填报|^综合机关")


@dataclass(frozen=True)
class Label:
    """A heading as written, what is compared of it, and the unit it names."""

    text: str
    key: str
    unit: str = ""


Path = tuple[Label, ...]


def label(cell: object) -> Label | None:
    """Return a cell as a heading; None where it is blank. 其中, # and numbering at its beginning say nothing."""
    text = "" if cell is None or cell != cell else " ".join(str(cell).replace("_x000D_", " ").split())
    if not text:
        return None
    name, unit = split_unit(text)
    stripped = _LEAD.sub("", name.strip())
    return Label(text, normalised(stripped or name), unit)


def is_numbering(row: Sequence[object]) -> bool:
    """Tell whether a row only numbers the columns: 甲, 乙, 1, 2, 3 …, or A, B, C …."""
    shown = [found.text.removesuffix(".0") for cell in row if (found := label(cell)) is not None]
    return len(shown) > 1 and all(_NUMBERING.fullmatch(text) for text in shown)


def about_the_form(cell: object) -> bool:
    """Tell whether a cell speaks of the form itself: 表号, 制定机关, 单位 …."""
    found = label(cell)
    return found is not None and _ABOUT.match(found.text) is not None


def paths(rows: Sequence[Sequence[object]], *, merged: bool) -> list[Path]:
    """
    Return the path of each column through the rows of a header, topmost label first; () for a blank column.

    A label that a merge carries down counts once. Without merges (a copy of values) a label reaches right over
    blank cells as far as the labels above it do.
    """
    width = max(map(len, rows), default=0)
    grid = [[label(row[p]) if p < len(row) else None for p in range(width)] for row in rows]
    if not merged:
        _spread(grid)
    found = []
    for position in range(width):
        path: list[Label] = []
        for row in grid:
            here = row[position]
            if here is not None and (not path or path[-1] != here):
                path.append(here)
        found.append(tuple(path))
    return found


def shown(path: Path) -> str:
    """Return a path as people read and write it: 专任教师 › 按学历分 › 本科."""
    return " › ".join(part.text for part in path)


def _spread(grid: list[list[Label | None]]) -> None:
    """Fill blank cells of all but the last row from the left, under the same parents, where a label stands below."""
    for depth, row in enumerate(grid[:-1]):
        for position in range(1, len(row)):
            below = any(later[position] is not None for later in grid[depth + 1 :])
            same = all(above[position] == above[position - 1] for above in grid[:depth])
            if row[position] is None and below and same:
                row[position] = row[position - 1]

"""Tell an official sheet by its titles, and where in it the header ends and the schools begin."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..headers import normalised
from ..tabular import Sheet
from ..values import as_school_year
from .form import Form, terms
from .labels import Path, about_the_form, is_numbering, label, paths

_FIGURE = re.compile(r"[\d.,*-]+")
_DEEPEST = 8  # rows that a header may take
_YEAR = re.compile(r"(\d{4}\s*[/—~至-]+\s*\d{2,4})\s*学?年|(\d{4})\s*学?年|(?<!\d)(20\d{2})(?!\d)")


@dataclass(frozen=True)
class Block:
    """The header of a sheet: its last row as Excel counts, and the path of each column."""

    last_row: int
    paths: list[Path]


def form_of(file: str, sheet: Sheet, forms: Sequence[Form]) -> Form | None:
    """Return the form of schools that a sheet is, by the file's name, the sheet's, or a title above the header."""
    titles = [
        file,
        sheet.name,
        *(str(cell) for row in sheet.head[:6] for cell in row if label(cell) is not None),
    ]
    keys = [normalised(title) for title in titles]
    for form in forms:
        if form.holds == "schools" and any(normalised(name) in key for name in form.known_by for key in keys):
            return form
    return None


def header_of(sheet: Sheet, form: Form) -> Block | None:
    """
    Return the header of a sheet of schools; None where no column is headed as the ID or the name of a school.

    It reaches from the first row with several headings down to the first row with a figure; rows that number the
    columns are no part of it.
    """
    anchors = _keys(form, "school_id") | _keys(form, "school_name")
    first = next((r for r, row in enumerate(sheet.head) if anchors & _labels(row)), None)
    if first is None:
        return None
    top = first
    while top > 0 and _has_headings(sheet.head[top - 1]):
        top -= 1
    last = first
    while last + 1 < min(len(sheet.head), top + _DEEPEST) and not _has_figures(sheet.head[last + 1]):
        last += 1
    rows = sheet.head[top : last + 1]
    merged = any(top < row <= last + 1 for row, _ in sheet.covered)
    numbered = last + 1 < len(sheet.head) and is_numbering(sheet.head[last + 1])
    return Block(last + 1 + numbered, paths([row for row in rows if not is_numbering(row)], merged=merged))


def year_of(file: str, sheet: Sheet, above: int) -> int | None:
    """Return the year in which the school year begins, as titles, the sheet's name or the file's tell it."""
    cells = [str(cell) for row in sheet.head[: max(above, 1)] for cell in row if label(cell) is not None]
    for text in (*dict.fromkeys(cells), sheet.name, file):
        if (found := _YEAR.search(text)) is not None:
            year = as_school_year(re.sub(r"\s", "", next(filter(None, found.groups()))))
            if year.isdigit() and 1990 <= int(year) <= 2100:
                return int(year)
    return None


def _keys(form: Form, name: str) -> set[str]:
    return {term.column[-1] for reading in form.columns[name] for term in terms(reading, by_row=False)}


def _labels(row: Sequence[object]) -> set[str]:
    return {found.key for cell in row if (found := label(cell)) is not None}


def _has_headings(row: Sequence[object]) -> bool:
    told = {found.key for cell in row if (found := label(cell)) is not None and not about_the_form(cell)}
    return len(told) > 1 and not is_numbering(row)


def _has_figures(row: Collection[object]) -> bool:
    texts = [found.text for cell in row if (found := label(cell)) is not None]
    return not texts or any(_FIGURE.fullmatch(text) for text in texts)

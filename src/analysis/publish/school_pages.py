"""A Word document of one page a school, upright, ready to be signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pandas as pd
from docx.document import Document as Doc
from docx.enum.text import WD_BREAK
from docx.shared import Cm, Pt

from ..errors import Lang
from ..replacing import write_whole
from ..schema import Words
from ..typesetting import typeset
from .cells import TableColumn, column_records, marked_cells, remarks, shown_cells
from .docx_frame import day, packed
from .docx_style import HOUSE_PAGE, new_document
from .docx_table import add_table, fit
from .record import INVENTED, Stamp, TableRecord

_TITLE = Words(zh="办学条件自查表", en="Self-check of the school’s conditions")
_SIGNED = Words(
    zh="填表人：____________　　校长：____________　　日期：____________",
    en="Filled in by: ____________    Head: ____________    Date: ____________",
)
_MARGIN_CM = 1.8  # fourteen indicators and what is said of them fit on one page
_TABLE = Words(zh="主要指标", en="Main indicators")


class Page(Protocol):
    """What a page is made of (`self_check.SchoolPage`)."""

    @property
    def name(self) -> str: ...
    @property
    def sentences(self) -> Sequence[Words]: ...
    @property
    def table(self) -> pd.DataFrame: ...
    @property
    def marks(self) -> pd.DataFrame: ...
    @property
    def note(self) -> Words: ...


def write_school_pages(
    path: Path, pages: Sequence[Page], columns: Mapping[str, TableColumn], *, stamp: Stamp, lang: Lang
) -> None:
    """
    Write the pages as one docx, each school on a page of its own.

    Raises
    ------
    JunhengError
        Another program holds the file open; what stood there before stays.
    """
    doc = new_document(lang)
    section = doc.sections[0]
    section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    section.left_margin = section.right_margin = Cm(_MARGIN_CM)
    for place, page in enumerate(pages):
        _page(doc, page, columns, stamp, lang, first=place == 0)
    core = doc.core_properties
    core.title, core.author, core.last_modified_by = f"{stamp.county[lang]} {_TITLE[lang]}", "", ""
    core.created = core.modified = datetime.now(UTC).replace(microsecond=0)
    write_whole(path, packed(doc))


def _page(
    doc: Doc, page: Page, columns: Mapping[str, TableColumn], stamp: Stamp, lang: Lang, *, first: bool
) -> None:
    if not first:
        doc.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    year = (
        f"{stamp.year}/{stamp.year + 1}学年初" if lang == "zh" else f"start of {stamp.year}/{stamp.year + 1}"
    )
    doc.add_paragraph(f"{page.name}", style="caption")
    doc.add_paragraph(
        f"{_TITLE[lang]}（{year}）" if lang == "zh" else f"{_TITLE[lang]} ({year})", style="caption"
    )
    if stamp.invented:
        doc.add_paragraph(INVENTED, style="Story Source").paragraph_format.space_after = Pt(2)
    for words in page.sentences:
        doc.add_paragraph(typeset(words)[lang], style="Story Remark")
    record = _record(page, columns, stamp, lang)
    doc.paragraphs[-1].paragraph_format.space_after = Pt(4)
    fitted = fit(record, HOUSE_PAGE.width - 2 * _MARGIN_CM)
    add_table(doc, record, f"{page.name} {_TABLE[lang]}", fitted, range(len(record.shown)))
    for line in remarks(record, lang):
        doc.add_paragraph(line, style="Story Remark")
    doc.add_paragraph(f"{stamp.line()[lang]}；{day(datetime.now(UTC), lang)}", style="Story Source")
    doc.add_paragraph(_SIGNED[lang], style="Story Remark")


def _record(page: Page, columns: Mapping[str, TableColumn], stamp: Stamp, lang: Lang) -> TableRecord:
    return TableRecord(
        id="self-check",
        notebook="self-check",
        title=_TABLE,
        unit=None,
        basis=None,
        note=typeset(page.note),
        source=stamp.line(),
        sheet=None,
        landscape=False,
        mark_means=Words(zh="未达标", en="not met"),
        columns=tuple(column_records(page.table, columns, lang)),
        shown=shown_cells(page.table, columns, lang),
        marked=tuple(marked_cells(page.marks, page.table, list(columns))),
        data="",
        files={},
    )

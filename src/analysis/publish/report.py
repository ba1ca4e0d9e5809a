"""report.docx: what the notebooks told as an official document, chapters first, annexes behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from docx.document import Document as Doc

from ..errors import Lang
from ..replacing import write_whole
from . import docx_parts as parts
from . import office
from .arrangement import Arrangement, arranged, numbered
from .docx_body import BODY_ANCHOR, Writer, heading_anchor
from .docx_frame import add_cover, begin_body, packed, set_properties
from .docx_paper import Paper, opened
from .labels import LABELS
from .record import Block, Told


def write_report(
    told: Told, lang: Lang, *, made: datetime | None = None, template: Path | None = None
) -> list[Path]:
    """
    Write report.docx from the stories, figures and tables of a run's folder, and report.pdf where LibreOffice is.

    Parameters
    ----------
    told
        The run's folder, read.
    lang
        Language of the words around; the tables are in the run's own.
    made
        The time it says it was made, now by default; with the same time the file is the same, byte by byte.
    template
        A docx whose page, styles, headers and footers are taken in place of the house's own.

    Returns
    -------
    report.docx, and report.pdf where it could be printed. Without LibreOffice the contents have no page numbers
    until Word updates them; an older report.pdf is removed.

    Raises
    ------
    JunhengError
        The template is no docx, or another program holds the report open.
    """
    made = made or datetime.now(UTC)
    printed = (
        None if office.program() is None else office.printed(_composed(told, lang, made, template, None))
    )
    pages: dict[str, str] = {}
    if printed is not None:
        first = printed.pages.get(BODY_ANCHOR, 1)
        pages = {anchor: str(page - first + 1) for anchor, page in printed.pages.items()}
    report, pdf = told.folder / "report.docx", told.folder / "report.pdf"
    write_whole(report, _composed(told, lang, made, template, pages))
    if printed is None:
        pdf.unlink(missing_ok=True)
        return [report]
    write_whole(pdf, printed.pdf)
    return [report, pdf]


def _composed(
    told: Told, lang: Lang, made: datetime, template: Path | None, pages: Mapping[str, str] | None
) -> bytes:
    """Return the document, with the pages of its headings as far as they are known; None: as it is to be printed."""
    arrangement = arranged(told)
    doc, paper = opened(template, lang)
    add_cover(doc, told, lang, made, running_text=not paper.own_running_text)
    _contents(doc, _outline(arrangement, paper, lang), lang, pages)
    begin_body(doc, running_text=not paper.own_running_text)
    writer = Writer(doc, told, arrangement, lang, paper)
    writer.summary()
    for chapter in arrangement.chapters:
        writer.chapter(chapter)
    for annex in arrangement.annexes:
        writer.annex(annex)
    set_properties(doc, told, lang, made)
    return packed(doc, house_fonts=template is None)


def _contents(doc: Doc, entries: list[tuple[int, str]], lang: Lang, pages: Mapping[str, str] | None) -> None:
    """
    Add the table of contents: a field whose result is filled in, with pages where they are known.

    LibreOffice takes the result of such a field as it stands, but finds the page of a reference in a plain line
    itself: to be printed, the lines stand without the field around them, and it prints once.
    """
    doc.add_paragraph(LABELS["contents"][lang], style="TOC Heading").paragraph_format.page_break_before = True
    for i, (level, text) in enumerate(entries, start=1):
        paragraph = doc.add_paragraph(style=f"toc {level}")
        if i == 1 and pages is not None:
            parts.open_field(paragraph, r'TOC \o "1-2" \h \z \u')
        page = "0" if pages is None else pages.get(heading_anchor(i), "")
        parts.add_entry(paragraph, text, heading_anchor(i), page)
        if i == len(entries) and pages is not None:
            parts.close_field(paragraph)


def _outline(arrangement: Arrangement, paper: Paper, lang: Lang) -> list[tuple[int, str]]:
    """Return the headings of levels 1 and 2 with the numbers that Word will give them, and the annexes."""
    entries = []
    for number, chapter in enumerate(arrangement.chapters, start=1):
        entries.append((1, f"{paper.listed(lang, number)}{chapter.story.title[lang]}"))
        blocks = [piece for piece in chapter.pieces if isinstance(piece, Block)]
        headings = [b.text[lang] for b in blocks if b.kind == "heading" and b.level == 1 and b.text]
        entries += [(2, f"{paper.listed(lang, number, i)}{text}") for i, text in enumerate(headings, start=1)]
    space = "\u3000" if lang == "zh" else "  "
    for annex in arrangement.annexes:
        entries.append(
            (1, f"{numbered(LABELS['annex'][lang], annex.number, lang)}{space}{annex.title[lang]}")
        )
    return entries

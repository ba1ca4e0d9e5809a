"""report.docx: the stories of a run's notebooks, one chapter each, as an official document."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from docx.document import Document as Doc

from ..errors import Lang
from ..replacing import write_whole
from ..schema import Words
from . import docx_parts as parts
from .cells import remarks
from .docx_frame import add_cover, begin_body, new_section, packed, set_properties
from .docx_style import TEXT_WIDTH_CM, lay_out, new_document
from .docx_table import add_table
from .docx_turns import across
from .labels import LABELS
from .record import Block, FigureRecord, StoryRecord, TableRecord, Told, load

_TALLEST_CM = 18.5  # leaves room for caption, note and source on the same page
_NUMERALS = "〇一二三四五六七八九"


def write_report(folder: Path, lang: Lang, *, made: datetime | None = None) -> Path:
    """
    Write report.docx from the stories, figures and tables of a run's folder.

    Parameters
    ----------
    folder
        The run's folder.
    lang
        Language of the words around; the tables are in the run's own.
    made
        The time it says it was made, now by default; with the same time the file is the same, byte by byte.

    Raises
    ------
    JunhengError
        The folder is not a finished run's, or another program holds the report open.
    """
    told, made = load(folder), made or datetime.now(UTC)
    doc = new_document(lang)
    add_cover(doc, told, lang, made)
    _contents(doc, told, lang)
    begin_body(doc)
    _summary(doc, told, lang)
    writer = _Writer(doc, told, lang)
    for story in told.stories:
        writer.chapter(story)
    set_properties(doc, told, lang, made)
    path = folder / "report.docx"
    write_whole(path, packed(doc))
    return path


def numeral(number: int) -> str:
    """Return a whole number from 1 to 99 as Chinese headings have it: 一, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens] + "十"
    return head + (_NUMERALS[ones] if ones else "")


class _Writer:
    """Writes the blocks in order, and counts headings, figures and tables."""

    def __init__(self, doc: Doc, told: Told, lang: Lang) -> None:
        self.doc, self.told, self.lang = doc, told, lang
        self._figures = self._tables = self._headings = 0
        self._across = False

    def chapter(self, story: StoryRecord) -> None:
        """Add the story of one notebook."""
        self._turn(across=False)
        self._heading(story.title, 1)
        for block, turned in zip(story.blocks, across(story.blocks, self.told), strict=True):
            self._block(block, across=turned)

    def _block(self, block: Block, *, across: bool) -> None:
        if block.kind == "table" and block.id and not self.told.tables[block.id].in_report:
            return
        self._turn(across=across)
        if block.kind == "table" and block.id:
            self._table(self.told.tables[block.id])
        elif block.kind == "figure" and block.id:
            self._figure(self.told.figures[block.id])
        elif block.text and block.kind == "heading":
            self._heading(block.text, block.level + 1)
        elif block.text:
            style = "Body Text" if block.kind == "sentence" else "Story Caveat"
            self.doc.add_paragraph(block.text[self.lang], style=style)

    def _heading(self, words: Words, level: int) -> None:
        paragraph = self.doc.add_paragraph(words[self.lang], style=f"heading {level}")
        if level <= 2:
            self._headings += 1
            parts.bookmark(paragraph, _anchor(self._headings), self._headings)

    def _figure(self, figure: FigureRecord) -> None:
        self._figures += 1
        shrink = min(1.0, TEXT_WIDTH_CM[False] / figure.width_cm, _TALLEST_CM / figure.height_cm)
        parts.add_picture(
            self.doc,
            str(self.told.folder / figure.png),
            width_cm=figure.width_cm * shrink,
            title=figure.caption[self.lang],
            alt=figure.alt[self.lang],
        )
        label = LABELS["figure"][self.lang]
        parts.add_caption(self.doc, label, self._figures, figure.caption[self.lang], above=True)
        self._below(figure)

    def _table(self, table: TableRecord) -> None:
        self._tables += 1
        title = table.title[self.lang]
        parts.add_caption(self.doc, LABELS["table"][self.lang], self._tables, title, above=True)
        if table.unit:
            self.doc.add_paragraph(LABELS["unit"][self.lang] + table.unit[self.lang], style="Table Unit")
        add_table(self.doc, table, title, TEXT_WIDTH_CM[self._across])
        self._below(table)

    def _below(self, record: FigureRecord | TableRecord) -> None:
        for line in remarks(record, self.lang):
            self.doc.add_paragraph(line, style="Story Remark").paragraph_format.keep_with_next = True
        self.doc.add_paragraph(record.source[self.lang], style="Story Source")

    def _turn(self, *, across: bool) -> None:
        """Begin a new section where the page has to be turned."""
        if across == self._across:
            return
        self._across = across
        lay_out(new_section(self.doc), across=across)


def _contents(doc: Doc, told: Told, lang: Lang) -> None:
    """Add the table of contents: a field whose result, the headings, is filled in."""
    doc.add_paragraph(LABELS["contents"][lang], style="TOC Heading").paragraph_format.page_break_before = True
    entries = _outline(told, lang)
    for i, (level, text) in enumerate(entries, start=1):
        paragraph = doc.add_paragraph(style=f"toc {level}")
        if i == 1:
            parts.open_field(paragraph, r'TOC \o "1-2" \h \z \u')
        parts.add_link(paragraph, text, _anchor(i))
        if i == len(entries):
            parts.close_field(paragraph)


def _summary(doc: Doc, told: Told, lang: Lang) -> None:
    """Add the page that a reader with one minute reads."""
    if not told.summary:
        return
    doc.add_paragraph(LABELS["summary"][lang], style="TOC Heading")
    for words in told.summary:
        doc.add_paragraph(words[lang], style="Body Text")


def _outline(told: Told, lang: Lang) -> list[tuple[int, str]]:
    """Return the headings of levels 1 and 2 with the numbers that Word will give them."""
    entries = []
    for chapter, story in enumerate(told.stories, start=1):
        entries.append((1, f"{_number(lang, chapter)}{story.title[lang]}"))
        headings = [b.text[lang] for b in story.blocks if b.kind == "heading" and b.level == 1 and b.text]
        entries += [(2, f"{_number(lang, chapter, i)}{text}") for i, text in enumerate(headings, start=1)]
    return entries


def _number(lang: Lang, chapter: int, section: int | None = None) -> str:
    if lang == "en":
        return f"{chapter}  " if section is None else f"{chapter}.{section}  "
    return f"{numeral(chapter)}、" if section is None else f"（{numeral(section)}）"


def _anchor(number: int) -> str:
    return f"_Toc{number:06d}"

"""The chapters and annexes of report.docx, block by block."""

from __future__ import annotations

from collections.abc import Sequence

from docx.document import Document as Doc
from docx.text.paragraph import Paragraph

from ..errors import Lang
from ..schema import Words
from . import docx_parts as parts
from .arrangement import Annex, Arrangement, Chapter, Piece, numbered
from .cells import remarks
from .docx_frame import new_section
from .docx_paper import Paper
from .docx_style import POINTS_PER_CM
from .docx_table import add_table, fit, leaves
from .docx_turns import across
from .labels import LABELS
from .record import Block, FigureRecord, TableRecord, Told

BODY_ANCHOR = "_Toc000000"  # on the page with the number 1
_AROUND_FIGURE_CM = 4.0  # caption, note and source, which stand on the same page
_AROUND_TABLE_CM = 3.0  # caption, unit, remarks and source
_ANNEX_HEAD_CM = 2.2
_SHOWN = ("figure", "table")


def heading_anchor(number: int) -> str:
    """Return the name of the bookmark around the n-th heading of the contents."""
    return f"_Toc{number:06d}"


class Writer:
    """Writes blocks in order, turns the page where a table is wide, and names figures and tables before they come."""

    def __init__(self, doc: Doc, told: Told, arrangement: Arrangement, lang: Lang, paper: Paper) -> None:
        self.doc, self.told, self.arrangement, self.lang, self.paper = doc, told, arrangement, lang, paper
        self._headings = self._marks = self._chapters = self._sections = 0
        self._across = self._begun = False

    def summary(self) -> None:
        """Add the page that a reader with one minute reads."""
        if not self.told.summary:
            return
        self._mark_first(self.doc.add_paragraph(LABELS["summary"][self.lang], style="TOC Heading"))
        for words in self.told.summary:
            self.doc.add_paragraph(words[self.lang], style="Body Text")

    def chapter(self, chapter: Chapter) -> None:
        """Add what one notebook tells in the report."""
        self._turn(across=False)
        self._chapters, self._sections = self._chapters + 1, 0
        self._listed(chapter.story.title, "heading 1", self.paper.written(self.lang, self._chapters))
        self._pieces(chapter.pieces)

    def annex(self, annex: Annex) -> None:
        """Add an annex on a page of its own: 附件 and its number at the upper left, then its title."""
        self._turn(across=across(annex.blocks, self.told)[0])
        label = numbered(LABELS["annex"][self.lang], annex.number, self.lang)
        mark = self.doc.add_paragraph(label, style="Annex Mark")
        mark.paragraph_format.page_break_before = True
        self._bookmark(mark, parts.caption_anchor("annex", annex.number))
        self._listed(annex.title, "Annex Title")
        self._pieces(annex.blocks, in_annex=True)

    def _pieces(self, pieces: Sequence[Piece], *, in_annex: bool = False) -> None:
        ways = iter(across([piece for piece in pieces if isinstance(piece, Block)], self.told))
        said: list[Piece] = []  # what the sentence before has named
        for i, piece in enumerate(pieces):
            if isinstance(piece, Annex):
                if piece not in said:
                    self._point_to(piece)
                continue
            self._turn(across=next(ways))
            if piece.kind == "sentence" and piece.text:
                said = _shown_after(pieces, i)
                self._sentence(piece.text[self.lang], said)
            else:
                self._block(piece, first_in_annex=in_annex and i == 0)

    def _block(self, block: Block, *, first_in_annex: bool) -> None:
        if block.kind == "table" and block.id:
            self._table(self.told.tables[block.id], first_in_annex=first_in_annex)
        elif block.kind == "figure" and block.id:
            self._figure(self.told.figures[block.id])
        elif block.text and block.kind == "heading":
            if block.level == 1:
                self._sections += 1
                number = self.paper.written(self.lang, self._chapters, self._sections)
                self._listed(block.text, "heading 2", number)
            else:
                self.doc.add_paragraph(block.text[self.lang], style="heading 3")
        elif block.text:
            self.doc.add_paragraph(block.text[self.lang], style="Story Caveat")

    def _sentence(self, text: str, named: Sequence[Piece]) -> None:
        """Add a sentence; before its full stop it names the figures and tables that come next."""
        paragraph = self.doc.add_paragraph(style="Body Text")
        stop = text[-1] if named and text[-1] in "。." else ""
        paragraph.add_run(text.removesuffix(stop))
        if named:
            paragraph.add_run("（见" if self.lang == "zh" else " (see ")
            for i, piece in enumerate(named):
                paragraph.add_run(("、" if self.lang == "zh" else ", ") * (i > 0))
                self._reference(paragraph, piece)
            paragraph.add_run("）" if self.lang == "zh" else ")")
        paragraph.add_run(stop)

    def _point_to(self, annex: Annex) -> None:
        """Add a line where an annex was taken from."""
        paragraph = self.doc.add_paragraph(style="Body Text")
        paragraph.add_run(f"{annex.title.zh}见" if self.lang == "zh" else f"{annex.title.en}: see ")
        self._reference(paragraph, annex)
        paragraph.add_run("。" if self.lang == "zh" else ".")

    def _reference(self, paragraph: Paragraph, piece: Piece) -> None:
        kind, number = ("annex", piece.number) if isinstance(piece, Annex) else self._counted(piece)
        label = numbered(LABELS[kind][self.lang], number, self.lang)
        parts.add_field(paragraph, f"REF {parts.caption_anchor(kind, number)} \\h", label)

    def _counted(self, block: Block) -> tuple[str, int]:
        return block.kind, self.arrangement.numbers[(block.kind, block.id or "")]

    def _listed(self, words: Words, style: str, number: str = "") -> None:
        """Add a heading that the contents list."""
        paragraph = self.doc.add_paragraph(number + words[self.lang], style=style)
        self._mark_first(paragraph)
        self._headings += 1
        self._bookmark(paragraph, heading_anchor(self._headings))

    def _figure(self, figure: FigureRecord) -> None:
        page = self.paper.page
        shrink = min(
            1.0,
            page.text_width(across=False) / figure.width_cm,
            (page.text_height(across=False) - _AROUND_FIGURE_CM) / figure.height_cm,
        )
        parts.add_picture(
            self.doc,
            str(self.told.folder / figure.png),
            width_cm=figure.width_cm * shrink,
            title=figure.caption[self.lang],
            alt=figure.alt[self.lang],
        )
        self._caption("figure", figure.id, figure.caption[self.lang])
        self._below(figure)

    def _table(self, table: TableRecord, *, first_in_annex: bool) -> None:
        page = self.paper.page
        fitted = fit(table, page.text_width(across=self._across))
        taken = _AROUND_TABLE_CM + _ANNEX_HEAD_CM * first_in_annex
        pages = leaves(table, fitted, room_pt=(page.text_height(across=self._across) - taken) * POINTS_PER_CM)
        title = table.title[self.lang]
        for i, rows in enumerate(pages):
            if i == 0:
                caption = self._caption("table", table.id, title)
            else:
                caption = parts.add_caption(self.doc, self._continued(table), title)
            caption.paragraph_format.page_break_before = (
                i > 0 or (len(pages) > 1 and not first_in_annex) or None
            )
            if table.unit:
                self.doc.add_paragraph(LABELS["unit"][self.lang] + table.unit[self.lang], style="Table Unit")
            add_table(self.doc, table, title, fitted, rows)
        self._below(table)

    def _caption(self, kind: str, id: str, title: str) -> Paragraph:
        number = self.arrangement.numbers[(kind, id)]
        self._marks += 1
        mark = (kind, number, self._marks)
        return parts.add_caption(self.doc, LABELS[kind][self.lang], title, numbered=mark)

    def _continued(self, table: TableRecord) -> str:
        number = self.arrangement.numbers[("table", table.id)]
        return f"续表{number}" if self.lang == "zh" else f"Table {number} (continued)"

    def _below(self, record: FigureRecord | TableRecord) -> None:
        for line in remarks(record, self.lang):
            self.doc.add_paragraph(line, style="Story Remark").paragraph_format.keep_with_next = True
        self.doc.add_paragraph(record.source[self.lang], style="Story Source")

    def _bookmark(self, paragraph: Paragraph, name: str) -> None:
        self._marks += 1
        parts.bookmark(paragraph, name, self._marks)

    def _mark_first(self, paragraph: Paragraph) -> None:
        """Put the bookmark of page 1 around the first paragraph after the contents."""
        if not self._begun:
            self._begun = True
            self._bookmark(paragraph, BODY_ANCHOR)

    def _turn(self, *, across: bool) -> None:
        """Begin a new section where the page has to be turned."""
        if across != self._across:
            self._across = across
            self.paper.page.lay_out(new_section(self.doc), across=across)


def _shown_after(pieces: Sequence[Piece], place: int) -> list[Piece]:
    """Return the figures, tables and annexes of its section that stand right after a piece."""
    found: list[Piece] = []
    for piece in pieces[place + 1 :]:
        if piece.alone if isinstance(piece, Annex) else piece.kind not in _SHOWN:
            break
        found.append(piece)
    return found

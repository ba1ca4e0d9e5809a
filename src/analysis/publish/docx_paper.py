"""What the report is written on: the house's own document, or an office's template."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from docx.document import Document as Doc

from ..errors import Lang
from .docx_style import HOUSE_PAGE, Page, new_document
from .docx_template import counts_headings, from_template, has_running_text, page_of

_NUMERALS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Paper:
    """
    A document's page, and what of it is the office's own.

    `numbering`: who numbers the headings: the house's styles, the office's, or nobody, so that the numbers are
    written as text.
    """

    page: Page
    numbering: Literal["house", "office", "text"]
    own_running_text: bool

    def listed(self, lang: Lang, chapter: int, section: int | None = None) -> str:
        """Return the number of a heading as the contents show it."""
        return "" if self.numbering == "office" else heading_number(lang, chapter, section)

    def written(self, lang: Lang, chapter: int, section: int | None = None) -> str:
        """Return the number of a heading as its own text must have it."""
        return heading_number(lang, chapter, section) if self.numbering == "text" else ""


def opened(template: Path | None, lang: Lang) -> tuple[Doc, Paper]:
    """
    Return an empty document to write on, and what it is.

    Raises
    ------
    JunhengError
        The template is not there, or is no docx.
    """
    if template is None:
        return new_document(lang), Paper(HOUSE_PAGE, "house", own_running_text=False)
    doc = from_template(template, lang)
    numbering: Literal["office", "text"] = "office" if counts_headings(doc) else "text"
    return doc, Paper(page_of(doc), numbering, own_running_text=has_running_text(doc.sections[0]))


def heading_number(lang: Lang, chapter: int, section: int | None = None) -> str:
    """Return the number before a heading: 一、 and （一）, or 1 and 1.1."""
    if lang == "en":
        return f"{chapter}  " if section is None else f"{chapter}.{section}  "
    return f"{numeral(chapter)}、" if section is None else f"（{numeral(section)}）"


def numeral(number: int) -> str:
    """Return a whole number from 1 to 99 as Chinese headings have it: 一, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens] + "十"
    return head + (_NUMERALS[ones] if ones else "")

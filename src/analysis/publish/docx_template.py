"""An office's own docx as the ground of the report: its page, its styles, its headers and footers."""

from __future__ import annotations

import zipfile
from pathlib import Path

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length

from ..errors import Lang, refuse
from .docx_style import GRID, Margins, Page, looks


def from_template(path: Path, lang: Lang) -> Doc:
    """
    Return a template's document, emptied of its text; styles that it lacks by name are the house's.

    Raises
    ------
    JunhengError
        The file is not there, or is no docx.
    """
    try:
        doc = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise refuse(
            "not-docx",
            "模板应为 Word 的 .docx 文件（.doc、.dotx 请另存为 .docx）。",
            "the template must be a Word .docx file (save .doc or .dotx as .docx first)",
            file=str(path),
        ) from error
    body = doc.element.body
    for child in list(body):
        if child is not body.sectPr:
            body.remove(child)
    _add_missing_styles(doc, lang)
    return doc


def page_of(doc: Doc) -> Page:
    """Return the paper and margins of a document's section, laid across with the same margins turned."""
    section = doc.sections[0]
    short, long = sorted((_cm(section.page_width, 21.0), _cm(section.page_height, 29.7)))
    upright = Margins(
        _cm(section.top_margin, 2.54),
        _cm(section.bottom_margin, 2.54),
        _cm(section.left_margin, 3.18),
        _cm(section.right_margin, 3.18),
        _cm(section.header_distance, 1.5),
        _cm(section.footer_distance, 1.75),
    )
    turned = Margins(upright.left, upright.right, upright.bottom, upright.top, upright.header, upright.footer)
    return Page(short, long, upright, turned)


def counts_headings(doc: Doc) -> bool:
    """Return whether the document's headings of the first level number themselves."""
    return any(True for _ in doc.styles["heading 1"].element.iter(qn("w:numPr")))


def has_running_text(section: Section) -> bool:
    """Return whether a section has a header or footer of its own."""
    parts = (section.header, section.footer)
    return any(p.text.strip() for part in parts if not part.is_linked_to_previous for p in part.paragraphs)


def _add_missing_styles(doc: Doc, lang: Lang) -> None:
    there = {style.name.casefold() for style in doc.styles if style.name}
    ids = {style.style_id for style in doc.styles}
    base = doc.styles.default(WD_STYLE_TYPE.PARAGRAPH)
    normal = base.style_id if base is not None else "Normal"
    for look in looks(lang):
        if look.name.casefold() not in there and look.id not in ids:
            doc.styles.element.append(parse_xml(look.xml(base=normal, numbered=False)))
    if "table grid" not in there:
        doc.styles.element.append(parse_xml(GRID.replace(' w:default="1"', "")))


def _cm(length: Length | None, otherwise: float) -> float:
    return otherwise if length is None else round(float(length.cm), 2)

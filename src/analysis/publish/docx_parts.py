"""The pieces a report.docx is made of: fields, bookmarks, captions, pictures."""

from __future__ import annotations

from typing import Any

from docx.document import Document as Doc
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph


def element(tag: str, **attributes: object) -> Any:
    """Return a w: element with w: attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def add_field(paragraph: Paragraph, code: str, result: str) -> None:
    """Add a field with its result filled in, so that it reads right before anyone updates it."""
    open_field(paragraph, code)
    paragraph.add_run(result)
    close_field(paragraph)


def open_field(paragraph: Paragraph, code: str) -> None:
    """Begin a field; what is added until `close_field`, in later paragraphs too, is its result."""
    paragraph.add_run()._r.append(element("fldChar", fldCharType="begin"))
    instruction = element("instrText")
    instruction.text = f" {code} "
    instruction.set(qn("xml:space"), "preserve")
    paragraph.add_run()._r.append(instruction)
    paragraph.add_run()._r.append(element("fldChar", fldCharType="separate"))


def close_field(paragraph: Paragraph) -> None:
    """End a field."""
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Put a bookmark around what a paragraph holds so far."""
    start = element("bookmarkStart", id=number, name=name)
    paragraph._p.insert(0 if paragraph._p.pPr is None else 1, start)
    paragraph._p.append(element("bookmarkEnd", id=number))


def add_entry(paragraph: Paragraph, text: str, anchor: str, page: str) -> None:
    """Add a line of the contents: its text and its page, "" where it is not known; all of it leads to the heading."""
    link = element("hyperlink", anchor=anchor, history=1)
    before = len(paragraph._p)
    paragraph.add_run(text)
    paragraph.add_run("\t")
    add_field(paragraph, f"PAGEREF {anchor} \\h", page)
    link.extend(list(paragraph._p)[before:])
    paragraph._p.append(link)


def add_caption(
    doc: Doc, label: str, text: str, *, numbered: tuple[str, int, int] | None = None
) -> Paragraph:
    """
    Add a caption, which stays with what follows it, and return it.

    Parameters
    ----------
    label
        What stands before the number: 图, Table; with the number where it is not counted: 续表3.
    numbered
        Kind, number and the id of the bookmark, which spans label and number so that a sentence can name them.
    """
    paragraph = doc.add_paragraph(style="caption")
    paragraph.paragraph_format.keep_with_next = True
    latin = label[0].isascii()
    if numbered is None:
        paragraph.add_run(label)
    else:
        kind, number, mark = numbered
        paragraph.add_run(f"{label} " if latin else label)
        add_field(paragraph, f"SEQ {label} \\* ARABIC", str(number))
        bookmark(paragraph, caption_anchor(kind, number), mark)
    paragraph.add_run(f". {text}" if latin else f"\u3000{text}")
    return paragraph


def caption_anchor(kind: str, number: int) -> str:
    """Return the name of the bookmark around the number of a figure, table or annex."""
    return f"_Ref_{kind}_{number}"


def add_picture(doc: Doc, path: str, *, width_cm: float, title: str, alt: str) -> None:
    """Add a picture in a paragraph of its own, with its alt text."""
    paragraph = doc.add_paragraph(style="Story Figure")
    shape = paragraph.add_run().add_picture(path, width=Cm(width_cm))
    shape._inline.docPr.set("descr", alt)
    shape._inline.docPr.set("title", title)
    shape._inline.docPr.set("name", path.rsplit("/", 1)[-1])

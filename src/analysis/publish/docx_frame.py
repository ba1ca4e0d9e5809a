"""What stands around the chapters of report.docx: cover, headers, page numbers, properties, the package."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from docx.document import Document as Doc
from docx.enum.section import WD_SECTION
from docx.oxml.ns import qn
from docx.section import Section
from docx.text.paragraph import Paragraph

from ..errors import Lang
from .docx_parts import add_field, element
from .docx_style import font_table
from .labels import LABELS
from .record import INVENTED, Told

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def add_cover(doc: Doc, told: Told, lang: Lang, made: datetime, *, running_text: bool = True) -> None:
    """Add the cover: title, county and year; what the data are, by which rule, made when and by what."""
    stamp = told.stamp
    title = doc.add_paragraph(stamp.report_title[lang], style="Title")
    title.paragraph_format.space_before = 2_540_000 if told.invented else 3_048_000  # EMU: 200 pt, 240 pt
    year = f"{stamp.year}年" if lang == "zh" else str(stamp.year)
    doc.add_paragraph(f"{stamp.county[lang]}\u3000{year}", style="Cover County")
    if told.invented:
        doc.add_paragraph(INVENTED, style="Invented Label")
    facts = {
        stamp.kind: f"{stamp.county[lang]}（{stamp.county_code}）"
        if lang == "zh"
        else f"{stamp.county[lang]} ({stamp.county_code})",
        "source": stamp.source[lang],
        "rule": f"{stamp.rule[lang]}［{stamp.rule_id}］"
        if lang == "zh"
        else f"{stamp.rule[lang]} [{stamp.rule_id}]",
        "code_version": f"均衡 Junheng {stamp.code_version}",
        "made": day(made, lang),
    }
    colon = "：" if lang == "zh" else ": "
    for name, fact in facts.items():
        doc.add_paragraph(f"{LABELS[name][lang]}{colon}{fact}", style="Cover Fact")
    if running_text:
        _head(doc.sections[0], told, lang)


def begin_body(doc: Doc, *, running_text: bool = True) -> None:
    """Begin the section of the chapters: page numbers from 1, on the outer side."""
    section = new_section(doc)
    if not running_text:
        return
    section.different_first_page_header_footer = False
    section._sectPr.insert_element_before(element("pgNumType", start=1), "w:cols", "w:titlePg", "w:docGrid")
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], align)


def new_section(doc: Doc) -> Section:
    """Begin a section on a new page; the page numbers run on."""
    section: Section = doc.add_section(WD_SECTION.NEW_PAGE)
    for start in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(start)
    # The break stands in an empty paragraph; as high as a line it could fall on a page of its own.
    Paragraph(doc.element.body.p_lst[-1], doc).style = doc.styles["Section Break"]
    return section


def day(made: datetime, lang: Lang) -> str:
    """Return a date as it is written in the language."""
    return f"{made.year}年{made.month}月{made.day}日" if lang == "zh" else f"{made.day} {made:%B %Y}"


def set_properties(doc: Doc, told: Told, lang: Lang, made: datetime) -> None:
    """Set the document's properties: the title and the date; nobody as author."""
    stamp, core = told.stamp, doc.core_properties
    core.title = f"{stamp.county[lang]} {stamp.year} {stamp.report_title[lang]}"
    core.subject = INVENTED if told.invented else stamp.rule[lang]
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.language = "zh-CN" if lang == "zh" else "en"
    core.created = core.modified = made.replace(microsecond=0)
    core.revision = 1


def packed(doc: Doc, *, house_fonts: bool = True) -> bytes:
    """Return the document as bytes that depend on its content only, with the stand-ins of the house's fonts."""
    raw, out = io.BytesIO(), io.BytesIO()
    doc.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = font_table() if house_fonts and name == "word/fontTable.xml" else source.read(name)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _head(section: Section, told: Told, lang: Lang) -> None:
    """Write the running header, on all pages but the cover."""
    stamp = told.stamp
    last = INVENTED if told.invented else stamp.report_title[lang]
    text = f"{stamp.county[lang]} · {stamp.year} · {last}"
    section.different_first_page_header_footer = True
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        header.paragraphs[0].text = text


def _page_number(paragraph: Paragraph, align: str) -> None:
    paragraph.add_run("— ")
    add_field(paragraph, "PAGE", "1")
    paragraph.add_run(" —")
    properties = paragraph._p.get_or_add_pPr()
    properties.append(element("jc", val=align))

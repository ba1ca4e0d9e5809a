"""The look of report.docx: page, fonts, styles and numbering of headings as official documents have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from docx import Document
from docx.document import Document as Doc
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Cm

from ..errors import Lang

Align = Literal["left", "center", "right", "both"]

LATIN = "Times New Roman"
TITLE_FONT, HEI, KAI, FANG, SONG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
ER, SAN, SI, XIAO_SI, WU, XIAO_WU = 22.0, 16.0, 14.0, 12.0, 10.5, 9.0  # 字号 in points
BODY_LINE = 29.0  # fixed line spacing in points: 22 lines a page

POINTS_PER_CM = 72 / 2.54

# Where a font is not installed the program takes the other one rather than any.
_OTHER_NAMES = {TITLE_FONT: "宋体", HEI: "SimHei", KAI: "楷体", FANG: "仿宋", SONG: "SimSun"}


@dataclass(frozen=True)
class Margins:
    """The margins of a page in centimetres, and how far header and footer stand from its edges."""

    top: float
    bottom: float
    left: float
    right: float
    header: float
    footer: float


@dataclass(frozen=True)
class Page:
    """The paper in centimetres, upright, and its margins upright and across, where wide tables get more room."""

    width: float
    height: float
    upright: Margins
    across: Margins

    def text_width(self, *, across: bool) -> float:
        """Return the width between the margins in centimetres."""
        margins = self.across if across else self.upright
        return (self.height if across else self.width) - margins.left - margins.right

    def text_height(self, *, across: bool) -> float:
        """Return the height between the margins in centimetres."""
        margins = self.across if across else self.upright
        return (self.width if across else self.height) - margins.top - margins.bottom

    def lay_out(self, section: Section, *, across: bool) -> None:
        """Set a section's paper and margins."""
        short, long = Cm(self.width), Cm(self.height)
        section.page_width, section.page_height = (long, short) if across else (short, long)
        paper = section._sectPr.get_or_add_pgSz()  # python-docx would write the attribute for landscape only
        paper.set(qn("w:orient"), "landscape" if across else "portrait")
        margins = self.across if across else self.upright
        section.top_margin, section.bottom_margin = Cm(margins.top), Cm(margins.bottom)
        section.left_margin, section.right_margin = Cm(margins.left), Cm(margins.right)
        section.header_distance, section.footer_distance = Cm(margins.header), Cm(margins.footer)


HOUSE_PAGE = Page(
    21.0, 29.7, Margins(3.7, 3.5, 2.8, 2.6, 1.5, 2.4), Margins(2.6, 2.4, 2.2, 2.2, 1.5, 1.4)
)  # A4, margins of official documents


@dataclass(frozen=True)
class Look:
    """One paragraph style. `line` in points is fixed spacing; without it lines are as high as they need."""

    id: str
    name: str
    font: str = SONG
    size: float = WU
    bold: bool = False
    align: Align = "left"
    before: float = 0
    after: float = 0
    line: float | None = None
    indent: bool = False  # first line by two characters
    next_too: bool = False  # stays on the page of what follows
    level: int | None = None  # outline level of a numbered heading
    outline: int | None = None  # outline level of a heading without a number
    color: str = "000000"
    extra: str = ""  # borders and tabs, as XML

    def xml(self, *, base: str = "Normal", numbered: bool = True) -> str:
        """Return the w:style element, based on the style with the id `base`; `numbered` headings count themselves."""
        custom = ' w:customStyle="1"' if self.name[0].isupper() and " " in self.name else ""
        default = ' w:default="1"' if self.id == "Normal" else ""
        based = "" if self.id == "Normal" else f'<w:basedOn w:val="{base}"/>'
        number = (
            f'<w:numPr><w:ilvl w:val="{self.level}"/><w:numId w:val="1"/></w:numPr>'
            if self.level is not None and numbered
            else ""
        )
        rule = (
            f'w:line="{round(self.line * 20)}" w:lineRule="exact"'
            if self.line
            else 'w:line="240" w:lineRule="auto"'
        )
        first = round(self.size * 40) if self.indent else 0
        chars = 200 if self.indent else 0
        level = self.outline if self.level is None else self.level
        outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
        return (
            f'<w:style {nsdecls("w")} w:type="paragraph"{custom}{default} w:styleId="{self.id}">'
            f'<w:name w:val="{self.name}"/>{based}<w:qFormat/><w:pPr>'
            f"{'<w:keepNext/>' if self.next_too else ''}<w:widowControl/>{number}{self.extra}"
            f'<w:spacing w:before="{round(self.before * 20)}" w:after="{round(self.after * 20)}" {rule}/>'
            f'<w:ind w:firstLineChars="{chars}" w:firstLine="{first}"/><w:jc w:val="{self.align}"/>{outline}'
            f"</w:pPr><w:rPr>{font_xml(self.font)}"
            f'{"<w:b/><w:bCs/>" if self.bold else ""}<w:color w:val="{self.color}"/>'
            f'<w:sz w:val="{round(self.size * 2)}"/><w:szCs w:val="{round(self.size * 2)}"/></w:rPr></w:style>'
        )


def font_xml(east_asian: str) -> str:
    """Return w:rFonts: Latin letters and digits in Times New Roman, Chinese in the font given."""
    return f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{east_asian}" w:cs="{LATIN}"/>'


def new_document(lang: Lang) -> Doc:
    """Return an empty document with the page, styles and numbering of the house, and nothing else in it."""
    doc = Document()
    _drop_parts(doc)
    styles = doc.styles.element
    for child in list(styles):
        if child.tag in (qn("w:style"), qn("w:docDefaults")):
            styles.remove(child)
    styles.insert(0, parse_xml(_defaults(lang)))
    for look in looks(lang):
        styles.append(parse_xml(look.xml()))
    styles.append(parse_xml(GRID))
    _number_headings(doc, lang)
    _settings(doc, lang)
    HOUSE_PAGE.lay_out(doc.sections[0], across=False)
    return doc


def font_table() -> bytes:
    """Return fontTable.xml, which names a stand-in for each Chinese font."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in _OTHER_NAMES.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()


def looks(lang: Lang) -> list[Look]:
    """Return every paragraph style of the house."""
    zh = lang == "zh"
    body, line = (SAN, BODY_LINE) if zh else (XIAO_SI, None)
    rule = '<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="A6A6A6"/></w:pBdr>'
    under = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="3" w:color="7F7F7F"/></w:pBdr>'
    frame = "".join(
        f'<w:{side} w:val="single" w:sz="8" w:space="6" w:color="9C2B23"/>'
        for side in ("top", "left", "bottom", "right")
    )
    toc = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{round(HOUSE_PAGE.text_width(across=False) / 2.54 * 1440)}"/></w:tabs>'
    gap = 0 if zh else 6
    return [
        Look("Normal", "Normal"),
        Look("Title", "Title", TITLE_FONT, ER, align="center", before=0, after=12, bold=not zh),
        Look("Heading1", "heading 1", HEI, body, before=2 * gap, after=gap, line=line, bold=not zh, indent=zh, next_too=True, level=0),
        Look("Heading2", "heading 2", KAI, body, before=2 * gap, after=gap, line=line, bold=not zh, indent=zh, next_too=True, level=1),
        Look("Heading3", "heading 3", FANG, body, before=gap, after=gap, line=line, bold=True, indent=zh, next_too=True, level=2),
        Look("AnnexMark", "Annex Mark", HEI, body, after=6, next_too=True),
        Look("AnnexTitle", "Annex Title", HEI, body, align="center", before=0, after=12, bold=not zh, next_too=True, outline=0),
        Look("BodyText", "Body Text", FANG, body, align="both", after=gap, line=line, indent=zh),
        Look("Caveat", "Story Caveat", KAI, SI if zh else WU, align="both", before=6, after=8, extra=rule),
        Look("Figure", "Story Figure", align="center", before=10, after=4, next_too=True),
        Look("Caption", "caption", HEI, XIAO_SI if zh else WU, align="center", before=4, after=4, bold=not zh),
        Look("UnitLine", "Table Unit", SONG, WU, align="right", after=2, next_too=True),
        Look("TableHead", "Table Head", HEI, WU, align="center", bold=not zh),
        Look("TableCell", "Table Cell", SONG, WU),
        Look("Remark", "Story Remark", SONG, WU, before=2),
        Look("SourceLine", "Story Source", SONG, XIAO_WU, before=2, after=10, color="595959"),
        Look("CoverCounty", "Cover County", KAI, SAN + 2, align="center", after=60),
        Look("CoverFact", "Cover Fact", FANG, SI, before=3, after=3),
        Look("Invented", "Invented Label", HEI, SI, align="center", after=60, color="9C2B23", extra=f"<w:pBdr>{frame}</w:pBdr>"),
        Look("TOCHeading", "TOC Heading", HEI, SAN, align="center", after=12, bold=not zh),
        Look("TOC1", "toc 1", FANG, XIAO_SI, before=3, after=1, extra=toc),
        Look("TOC2", "toc 2", FANG, XIAO_SI, extra=toc),
        Look("Header", "header", SONG, XIAO_WU, align="center", color="595959", extra=under),
        Look("Footer", "footer", SONG, SI if zh else WU, align="right"),
        Look("SectionBreak", "Section Break", size=1, line=1),
    ]  # fmt: skip


GRID = (
    f'<w:style {nsdecls("w")} w:type="table" w:default="1" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
    "<w:tblPr><w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="595959"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + '</w:tblBorders><w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr></w:style>"
)


def _defaults(lang: Lang) -> str:
    return (
        f'<w:docDefaults {nsdecls("w")}><w:rPrDefault><w:rPr>{font_xml(SONG)}<w:sz w:val="21"/>'
        f'<w:szCs w:val="21"/><w:lang w:val="{"en-GB" if lang == "en" else "en-US"}" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )


def _number_headings(doc: Doc, lang: Lang) -> None:
    formats = {
        "zh": [
            ("chineseCountingThousand", "%1、"),
            ("chineseCountingThousand", "（%2）"),
            ("decimal", "%3. "),
        ],
        "en": [("decimal", "%1  "), ("decimal", "%1.%2  "), ("decimal", "%1.%2.%3  ")],
    }
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:pStyle w:val="Heading{i + 1}"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for i, (kind, text) in enumerate(formats[lang])
    )
    numbering = doc.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    ns = nsdecls("w")
    numbering.append(
        parse_xml(
            f'<w:abstractNum {ns} w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        )
    )
    numbering.append(parse_xml(f'<w:num {ns} w:numId="1"><w:abstractNumId w:val="0"/></w:num>'))


def _settings(doc: Doc, lang: Lang) -> None:
    doc.settings.odd_and_even_pages_header_footer = True
    settings = doc.settings.element
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")  # else Word opens it in compatibility mode
    for fonts in settings.iter(qn("w:themeFontLang")):
        fonts.set(qn("w:eastAsia"), "zh-CN")


def _drop_parts(doc: Doc) -> None:
    """Take out what python-docx's own template brings along: a thumbnail, another set of styles, odd data."""
    unwanted = ("thumbnail", "stylesWithEffects", "customXml", "extended-properties")
    for rels in (doc.part.rels, doc.part.package.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.endswith(unwanted)]:
            rels.pop(key)

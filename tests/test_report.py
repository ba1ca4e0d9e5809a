"""report.docx: opened again, read through, and printed by another program."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import Table
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import JunhengError, Lang
from analysis.publish import docx_turns
from analysis.publish.docx_paper import numeral
from analysis.publish.docx_style import HOUSE_PAGE, WU, XIAO_WU
from analysis.publish.docx_table import SMALLEST, fit, leaves, widths
from analysis.publish.docx_turns import across, lies_across
from analysis.publish.record import INVENTED, Block, TableRecord, cleaned, load
from analysis.publish.report import write_report
from analysis.publish.story import Story, TableColumn

from .telling import HOSTILE, LANGS, open_story, stamp, tell_data, told, words

MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def written(folder: Path, lang: Lang = "zh") -> Doc:
    return Document(str(write_report(load(folder), lang, made=MADE)[0]))


def texts(doc: Doc, *, starting: str = "") -> list[str]:
    return [p.text for p in doc.paragraphs if p.text.startswith(starting)]


def styled(doc: Doc, *names: str) -> list[Paragraph]:
    return [p for p in doc.paragraphs if p.style and p.style.name in names]


def headings(doc: Doc) -> list[str]:
    return [p.text for p in styled(doc, "Heading 1", "Heading 2", "Heading 3")]


def order(doc: Doc) -> list[str]:
    """Return the body's pieces in order: style of a paragraph, 'picture', or 'table'."""
    pieces = []
    for piece in doc.iter_inner_content():
        if isinstance(piece, Table):
            pieces.append("table")
        elif piece.style is not None:
            pieces.append("picture" if piece._p.findall(f".//{qn('w:drawing')}") else str(piece.style.name))
    return pieces


@pytest.mark.parametrize("lang", LANGS)
def test_chapters_follow_the_notebooks_and_contents_name_every_heading(tmp_path: Path, lang: Lang) -> None:
    doc = written(told(tmp_path, lang), lang)
    expected = {
        "zh": ["数据核查", "有多少学校？", "达标台账", "哪些学校未达标？", "小学"],
        "en": ["Data check", "How many schools?", "Ledger", "Which schools do not meet it?", "Primary"],
    }
    assert headings(doc) == expected[lang]
    numbers = {"zh": ["一、", "（一）", "二、", "（一）"], "en": ["1  ", "1.1  ", "2  ", "2.1  "]}
    links = doc.element.body.findall(f".//{qn('w:hyperlink')}")
    entries = ["".join(t.text for t in link.iter(qn("w:t"))) for link in links]
    assert entries == [n + h for n, h in zip(numbers[lang], expected[lang], strict=False)]
    bookmarks = [b.get(qn("w:name")) for b in doc.element.body.iter(qn("w:bookmarkStart"))]
    assert len(set(bookmarks)) == len(bookmarks)
    assert {link.get(qn("w:anchor")) for link in links} <= set(bookmarks)


def test_every_field_that_begins_has_a_result_and_an_end(tmp_path: Path) -> None:
    body = written(told(tmp_path)).element.body
    kinds = [c.get(qn("w:fldCharType")) for c in body.iter(qn("w:fldChar"))]
    depth = [sum({"begin": 1, "separate": 0, "end": -1}[k] for k in kinds[:i]) for i in range(len(kinds) + 1)]
    assert depth[-1] == 0
    assert set(depth) == {0, 1, 2}  # the pages of the contents stand in a field of their own
    assert kinds.count("begin") == kinds.count("separate")
    codes = [i.text.strip().split()[:2] for i in body.iter(qn("w:instrText"))]
    assert codes[:2] == [["TOC", "\\o"], ["PAGEREF", "_Toc000001"]]
    assert [code for code in codes if code[0] == "SEQ"] == [["SEQ", "图"], ["SEQ", "表"], ["SEQ", "表"]]


@pytest.mark.parametrize("lang", LANGS)
def test_captions_are_numbered_below_figures_and_above_tables(tmp_path: Path, lang: Lang) -> None:
    doc = written(told(tmp_path, lang), lang)
    expected = {
        "zh": ["图1　生均面积（单位：平方米）", "表1　分学校达标情况", "表2　差异系数"],
        "en": [
            "Figure 1. Area per pupil (m²)",
            "Table 1. Standards by school",
            "Table 2. Coefficients of variation",
        ],
    }
    assert [p.text for p in styled(doc, "Caption")] == expected[lang]
    pieces = order(doc)
    at = pieces.index("picture")
    assert pieces[at + 1 : at + 4] == ["Caption", "Story Remark", "Story Source"]
    first = pieces.index("table")
    assert pieces[first - 2 : first] == ["Caption", "Table Unit"]
    assert pieces[first + 1 : first + 5] == ["Story Remark", "Story Remark", "Story Remark", "Story Source"]


def test_units_notes_and_what_the_marks_mean_are_printed(tmp_path: Path) -> None:
    lines = texts(written(told(tmp_path)))
    assert "单位：平方米" in lines
    assert "注：缺数据记为“—”。" in lines
    assert "▲ 未达标" in lines
    assert "口径：学籍；时点：学年初。" in lines


@pytest.mark.parametrize("lang", LANGS)
def test_a_picture_has_its_alt_text_and_fits_between_the_margins(tmp_path: Path, lang: Lang) -> None:
    doc = written(told(tmp_path, lang), lang)
    (shape,) = doc.inline_shapes
    alt = {"zh": "条形图：甲大于乙", "en": "Bars: the first exceeds the second"}
    assert shape._inline.docPr.get("descr") == alt[lang]
    assert shape.width <= Cm(15.6)


def test_the_line_a_picture_stands_in_is_as_high_as_the_picture(tmp_path: Path) -> None:
    doc = written(told(tmp_path))
    for paragraph in doc.paragraphs:
        if paragraph._p.findall(f".//{qn('w:drawing')}"):
            assert paragraph.paragraph_format.line_spacing_rule is None
            spacing = paragraph.style.element.pPr.find(qn("w:spacing"))  # type: ignore[union-attr]
            assert spacing.get(qn("w:lineRule")) == "auto"


@pytest.mark.parametrize("lang", LANGS)
def test_cells_hold_the_texts_as_they_are(tmp_path: Path, lang: Lang) -> None:
    table = written(told(tmp_path, lang), lang).tables[0]
    names = [row.cells[0].text for row in table.rows[2:]]
    assert names == [cleaned(text) for text in HOSTILE.values()]
    assert [cell.text for cell in table.rows[2].cells][2:] == ["▲4.496", "4.50"]
    assert table.rows[3].cells[2].text == "—"


def test_a_header_repeats_and_marked_cells_are_shaded_and_signed(tmp_path: Path) -> None:
    table = written(told(tmp_path)).tables[0]
    repeated = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
    assert repeated == [True, True] + [False] * len(HOSTILE)
    for row in table.rows[2:]:
        shade = row.cells[2]._tc.find(f"{qn('w:tcPr')}/{qn('w:shd')}")
        assert (shade is not None) == row.cells[2].text.startswith("▲")
        align = row.cells[2].paragraphs[0].alignment
        assert align is not None
        assert align.name == "RIGHT"


def test_wide_tables_lie_across_and_the_page_turns_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docx_turns, "lies_across", lambda table: table.landscape)
    sections = list(written(told(tmp_path)).sections)
    ways = [section.orientation for section in sections]
    assert ways == [WD_ORIENT.PORTRAIT, WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    upright = sections[1]
    margins = (upright.top_margin, upright.bottom_margin, upright.left_margin, upright.right_margin)
    assert [round(m.cm, 1) for m in margins if m] == [3.7, 3.5, 2.8, 2.6]
    assert sections[2].footer.is_linked_to_previous
    starts = [s._sectPr.find(qn("w:pgNumType")) is not None for s in sections]
    assert starts == [False, True, False, False]


def block(kind: str, id_: str | None = None) -> Block:
    return Block.model_validate({"kind": kind, "id": id_, "text": {"zh": "文", "en": "text"}})


@pytest.mark.parametrize(
    ("kinds", "turned"),
    [
        ("sentence schools sentence", "upright across upright"),
        ("heading schools", "across across"),
        ("sentence heading schools", "upright across across"),
        ("schools areas sentence", "across across upright"),
        ("schools note schools", "across across across"),
        ("schools cv", "across upright"),
        ("schools" + " sentence" * 6 + " schools", "across" + " upright" * 6 + " across"),
    ],
)
def test_the_page_turns_for_wide_tables_and_no_more_than_need_be(
    tmp_path: Path, kinds: str, turned: str
) -> None:
    run = load(told(tmp_path))
    wide = tuple(run.tables["schools"].columns) * 4
    shown = tuple(row * 4 for row in run.tables["schools"].shown)
    tables = {
        **run.tables,
        "schools": run.tables["schools"].model_copy(update={"columns": wide, "shown": shown}),
    }
    known = {"schools": "table", "cv": "table", "areas": "figure"}
    blocks = [block(known.get(kind, kind), kind if kind in known else None) for kind in kinds.split()]
    ways = across(blocks, replace(run, tables=tables))
    assert " ".join("across" if way else "upright" for way in ways) == turned


def test_a_table_that_fits_upright_stands_upright(tmp_path: Path) -> None:
    table = load(told(tmp_path)).tables["schools"]
    assert table.landscape
    assert not lies_across(table)


def test_a_few_rows_are_not_worth_a_turned_page(tmp_path: Path) -> None:
    table = load(told(tmp_path)).tables["schools"]
    column = table.columns[-1].model_copy(update={"number": True, "title": "数"})
    row = ("12345678",) * 9
    few = table.model_copy(update={"landscape": False, "columns": (column,) * 9, "shown": (row,) * 8})
    assert widths(few, XIAO_WU)[0] > HOUSE_PAGE.text_width(across=False)
    assert not lies_across(few)
    assert fit(few, HOUSE_PAGE.text_width(across=False)).size == SMALLEST
    assert lies_across(few.model_copy(update={"shown": (row,) * 9}))


def test_texts_at_their_least_get_smaller_letters(tmp_path: Path) -> None:
    table = load(told(tmp_path)).tables["schools"]
    number = table.columns[-1].model_copy(update={"number": True, "title": "数"})
    text = table.columns[0].model_copy(update={"number": False, "title": "字"})
    columns, row = (text, *[number] * 5), ("一" * 30, *["123456789"] * 5)
    tight = table.model_copy(update={"columns": columns, "shown": (row,)})
    easy = table.model_copy(update={"columns": columns, "shown": (("一二三四五六", *row[1:]),)})
    assert fit(easy, 15.6).size == WU
    assert fit(tight, 15.6).size == XIAO_WU


def test_no_column_of_numbers_is_narrower_than_its_numbers(tmp_path: Path) -> None:
    table = written(told(tmp_path)).tables[0]
    width = table.columns[2].width
    assert width is not None
    assert width.pt > len("▲4.496") * 10.5 / 2


def test_every_style_names_its_chinese_font(tmp_path: Path) -> None:
    doc = written(told(tmp_path))
    fonts = {s.name: s.element.find(f".//{qn('w:rFonts')}") for s in doc.styles if s.name != "Table Grid"}
    assert all(f is not None and f.get(qn("w:ascii")) == "Times New Roman" for f in fonts.values())
    assert fonts["Title"].get(qn("w:eastAsia")) == "方正小标宋简体"
    assert fonts["Heading 1"].get(qn("w:eastAsia")) == "黑体"
    assert fonts["Heading 2"].get(qn("w:eastAsia")) == "楷体_GB2312"
    assert fonts["Body Text"].get(qn("w:eastAsia")) == "仿宋_GB2312"
    body = doc.styles["Body Text"].element
    assert body.find(f".//{qn('w:spacing')}").get(qn("w:line")) == str(29 * 20)
    assert body.find(f".//{qn('w:ind')}").get(qn("w:firstLineChars")) == "200"
    assert body.find(f".//{qn('w:sz')}").get(qn("w:val")) == "32"


@pytest.mark.parametrize("invented", [True, False])
def test_the_label_stands_on_cover_header_and_tables_of_invented_data_only(
    tmp_path: Path, invented: bool
) -> None:
    doc = written(told(tmp_path, invented=invented))
    assert bool(styled(doc, "Invented Label")) is invented
    assert (INVENTED in doc.sections[0].header.paragraphs[0].text) is invented
    sources = texts(doc, starting="资料来源")
    assert len(sources) == 3
    assert all((INVENTED in line) is invented for line in sources)


@pytest.mark.parametrize(("lang", "day"), [("zh", "2026年3月1日"), ("en", "1 March 2026")])
def test_the_cover_says_which_county_year_data_and_rule(tmp_path: Path, lang: Lang, day: str) -> None:
    doc = written(told(tmp_path, lang), lang)
    cover = "\n".join(p.text for p in styled(doc, "Title", "Cover County", "Cover Fact"))
    facts = stamp()
    for part in (
        facts.report_title[lang],
        facts.county[lang],
        "990101",
        "2025",
        facts.source[lang],
        facts.rule[lang],
        day,
    ):
        assert part in cover
    header = doc.sections[1].header.paragraphs[0].text
    assert facts.county[lang] in header
    assert "2025" in header


def test_pages_are_numbered_on_the_outer_side_from_the_first_chapter(tmp_path: Path) -> None:
    doc = written(told(tmp_path))
    body = doc.sections[1]
    assert body.footer.paragraphs[0].text == "— 1 —"
    sides = [f.paragraphs[0].alignment for f in (body.footer, body.even_page_footer)]
    assert [side.name for side in sides if side is not None] == ["RIGHT", "LEFT"]
    assert doc.sections[0].footer.paragraphs[0].text == ""


def test_the_same_run_made_at_the_same_time_is_the_same_file(tmp_path: Path) -> None:
    told(tmp_path)
    first = write_report(load(tmp_path), "zh", made=MADE)[0].read_bytes()
    assert write_report(load(tmp_path), "zh", made=MADE)[0].read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        names = package.namelist()
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}  # not the clock's
        assert "docProps/thumbnail.jpeg" not in names
        assert "宋体" in package.read("word/fontTable.xml").decode()


def test_nobody_is_named_as_author(tmp_path: Path) -> None:
    core = written(told(tmp_path)).core_properties
    assert (core.author, core.last_modified_by, core.comments) == ("", "", "")
    assert "云溪县" in core.title
    assert core.created == MADE


def test_nothing_reads_like_a_slip_of_the_program(tmp_path: Path) -> None:
    doc = written(told(tmp_path, "en"), "en")
    everything = texts(doc) + [c.text for t in doc.tables for row in t.rows for c in row.cells]
    assert not [t for t in everything if re.search(r"\b(nan|None|NaN|NaT|TODO|Lorem)\b|Words\(", t)]


def test_a_notebook_that_did_not_end_is_refused(tmp_path: Path) -> None:
    tell_data(tmp_path)
    open_story(tmp_path, "02_ledger")
    with pytest.raises(JunhengError) as caught:
        write_report(load(tmp_path), "zh")
    assert [fault.kind for fault in caught.value.faults] == ["notebook-unfinished"]
    assert not (tmp_path / "report.docx").exists()


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_chinese_numerals(number: int, text: str) -> None:
    assert numeral(number) == text


def body_of(folder: Path, **options: Path) -> Doc:
    return Document(str(write_report(load(folder), "zh", made=MADE, **options)[0]))


def annexed(folder: Path) -> Path:
    """Tell one section that sends two tables behind the chapters, and one that stays in the gallery."""
    story = open_story(folder, "02_ledger")
    story.heading(words("分学校", "By school"))
    story.say(words("有2所。", "There are two."))
    frame, columns = pd.DataFrame({"n": [1, 2]}), {"n": TableColumn(words("数", "n"), digits=0)}
    story.table(frame, "first", title=words("前表", "First"), columns=columns, where="annex")
    story.table(frame, "inside", title=words("中表", "Inside"), columns=columns)
    story.table(frame, "second", title=words("后表", "Second"), columns=columns, where="annex")
    story.heading(words("名单", "Lists"), where="annex")
    story.table(frame, "list", title=words("名单", "List"), columns=columns)
    story.heading(words("研究", "Research"), where="gallery")
    story.say(words("区间很宽。", "It is wide."))
    story.table(frame, "third", title=words("研究表", "Third"), columns=columns)
    story.close()
    return folder


def test_annexes_stand_behind_and_the_sentence_before_names_what_comes(tmp_path: Path) -> None:
    lines = texts(body_of(annexed(tmp_path)))
    assert "有2所（见附件1、表1）。" in lines
    assert "名单见附件2。" in lines  # an annex of its own section is not what the sentence speaks of
    named = [line for line in lines if line.startswith(("表", "附件")) and "\t" not in line]
    assert named == ["表1　中表", "附件1", "表2　前表", "表3　后表", "附件2", "表4　名单"]
    assert not [line for line in lines if "研究" in line or "区间" in line]


def test_every_reference_leads_to_a_bookmark_with_its_text(tmp_path: Path) -> None:
    body = body_of(annexed(tmp_path)).element.body
    marks = {b.get(qn("w:name")) for b in body.iter(qn("w:bookmarkStart"))}
    named = [
        i.text.split()[1] for i in body.iter(qn("w:instrText")) if i.text.split()[0] in ("REF", "PAGEREF")
    ]
    assert {"_Ref_table_1", "_Ref_annex_1"} <= set(named) <= marks


def test_a_table_longer_than_a_page_is_continued_under_its_own_number(tmp_path: Path) -> None:
    story = open_story(tmp_path, "02_ledger")
    columns = {"n": TableColumn(words("数", "n"), digits=0)}
    story.table(pd.DataFrame({"n": range(100)}), "long", title=words("长表", "Long"), columns=columns)
    story.close()
    doc = body_of(tmp_path)
    captions = [p.text for p in styled(doc, "Caption")]
    assert captions[0] == "表1　长表"
    assert set(captions[1:]) == {"续表1　长表"}
    rows = [row.cells[0].text for table in doc.tables for row in table.rows]
    assert [cell for cell in rows if cell != "数"] == [str(n) for n in range(100)]
    assert rows.count("数") == len(doc.tables) == len(captions)


@cache
def schools_table() -> TableRecord:
    with TemporaryDirectory() as folder:
        return load(told(Path(folder))).tables["schools"]


@given(st.integers(1, 200), st.floats(200, 900))
def test_every_row_stands_on_one_page_and_none_holds_too_few(rows: int, room: float) -> None:
    record = schools_table()
    many = record.model_copy(update={"shown": tuple(record.shown[0] for _ in range(rows)), "marked": ()})
    pages = leaves(many, fit(many, 15.6), room_pt=room)
    assert [r for page in pages for r in page] == list(range(rows))
    assert len(pages) == 1 or all(len(page) >= 3 for page in pages)


def template(path: Path, *, font: str = "等线") -> Path:
    doc = Document()
    doc.styles["Heading 1"].font.name = font
    doc.styles["Body Text"].font.name = font
    section = doc.sections[0]
    section.left_margin = section.right_margin = Cm(5)
    section.header.paragraphs[0].text = "某某县教育局"
    doc.add_paragraph("样文，应删去")
    doc.save(str(path))
    return path


def test_an_offices_template_gives_page_styles_and_header(tmp_path: Path) -> None:
    told(tmp_path / "run")
    doc = body_of(tmp_path / "run", template=template(tmp_path / "my.docx"))
    assert "样文，应删去" not in texts(doc)
    assert doc.styles["Heading 1"].font.name == "等线"
    assert {section.header.paragraphs[0].text for section in doc.sections} == {"某某县教育局"}
    assert round(doc.sections[0].left_margin.cm, 2) == 5  # type: ignore[union-attr]
    assert headings(doc)[:2] == ["一、数据核查", "（一）有多少学校？"]  # its styles do not count
    assert all(shape.width <= Cm(21.6 - 10) for shape in doc.inline_shapes)
    assert "图1　生均面积（单位：平方米）" in texts(doc)


def test_a_template_that_is_no_docx_is_refused(tmp_path: Path) -> None:
    told(tmp_path / "run")
    (tmp_path / "my.doc").write_text("not a docx")
    for path in (tmp_path / "my.doc", tmp_path / "none.docx"):
        with pytest.raises(JunhengError) as caught:
            write_report(load(tmp_path / "run"), "zh", template=path)
        assert [fault.kind for fault in caught.value.faults] == ["not-docx"]
    assert not (tmp_path / "run" / "report.docx").exists()


@pytest.mark.parametrize(("kind", "label"), [("county", "县（市、区）："), ("region", "区域：")])
def test_the_cover_of_a_region_does_not_call_it_a_county(tmp_path: Path, kind: str, label: str) -> None:
    story = Story(tmp_path, "06_region", title=words("区域", "Region"), lang="zh", stamp=stamp(kind=kind))
    story.say(words("有。", "Yes."))
    story.close()
    facts = [p.text for p in styled(body_of(tmp_path), "Cover Fact")]
    assert facts[0].startswith(label)


@pytest.mark.office
@pytest.mark.parametrize("lang", LANGS)
def test_another_program_prints_it_and_contents_name_its_pages(tmp_path: Path, lang: Lang) -> None:
    report, pdf = write_report(load(told(tmp_path, lang)), lang, made=MADE)
    command = ["pdftotext", "-layout", str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pages = [re.sub(r"\s", "", page) for page in text.split("\f")]
    contents, figure, table = {
        "zh": ("目录", "图1生均面积", "表1分学校"),
        "en": ("Contents", "Figure1.", "Table1."),
    }[lang]
    assert contents in pages[1]
    assert figure in pages[2]
    assert any(table in page for page in pages[2:])
    assert all(INVENTED.replace(" ", "") in page for page in pages if page)
    front = next(i for i, page in enumerate(pages) if page.endswith("—1—"))
    entries = [p.text.split("\t") for p in styled(Document(str(report)), "toc 1", "toc 2")]
    assert len(entries) == 4
    for title, number in entries:
        assert re.sub(r"\s", "", title) in pages[front + int(number) - 1]
        assert re.sub(r"\s", "", title) + f".{number}" in re.sub(r"\.+", ".", pages[1])


def test_an_office_that_does_not_print_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "office"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("JUNHENG_OFFICE", str(broken))
    assert [path.name for path in write_report(load(told(tmp_path / "run", "zh")), "zh", made=MADE)] == [
        "report.docx"
    ]
    assert "没有印出 PDF" in caplog.text
    assert "printed no PDF" in caplog.text

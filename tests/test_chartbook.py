"""charts.xlsx and slides.pptx: read back, every chart refers to the numbers that its figure keeps."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pptx import Presentation

from analysis.errors import Lang
from analysis.publish.chart_record import ChartRecord, SeriesRecord
from analysis.publish.chartbook import write_chartbook
from analysis.publish.record import INVENTED, load
from analysis.publish.slides import write_slides

from .telling import HOSTILE, LANGS, drawing, open_story, tell_data, words

MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = ("bar", "column", "bar_stack", "column_stack", "line")


def chart(kind: str) -> ChartRecord:
    names = tuple(HOSTILE.values())[:4]
    return ChartRecord(
        kind=kind,  # type: ignore[arg-type]
        title=f"=1+1 {kind}",
        unit="人",
        digits=2,
        categories=names,
        series=(
            SeriesRecord(name="=城", numbers=(1.5, None, 3.25, 0.0), color="#1F4E79"),
            SeriesRecord(name="{乡}", numbers=(2.0, 1.0, None, -1.5), color="#E8A33D"),
        ),
    )


def drawn(folder: Path, lang: Lang = "zh") -> Path:
    """Tell one figure with a chart of each kind, one with none, and one that is not for the report."""
    tell_data(folder, lang)
    story = open_story(folder, "02_ledger", lang)
    data = pd.DataFrame({"a": [1]})
    story.say(words("全县达标2所；其余未达标。", "Two schools meet it; the others do not."))
    given: dict[str, Any] = {"title": words("达标情况", "Met"), "alt": words("条形图", "Bars"), "data": data}
    story.figure(drawing(lang), "many", charts=[chart(kind) for kind in KINDS], **given)
    story.figure(drawing(lang), "research", charts=[chart("bar")], where="gallery", **given)
    story.close()
    return folder


def numbers(sheet: Worksheet, reference: str) -> list[float | str | None]:
    """Return the cells that a chart refers to."""
    name, cells = re.fullmatch(r"'?(.+?)'?!(.+)", reference).groups()  # type: ignore[union-attr]
    assert name == sheet.title
    found = sheet[cells.replace("$", "")]
    return [cell.value for row in found for cell in row] if isinstance(found, tuple) else [found.value]


def test_native_charts_refer_to_the_numbers_of_the_figure(tmp_path: Path) -> None:
    book = load_workbook(write_chartbook(load(drawn(tmp_path)), "zh", made=MADE))
    assert book.sheetnames == ["目录", "图1", "图2"]  # research is not in the report
    sheet: Any = book["图2"]
    assert len(sheet._charts) == len(KINDS)
    for kind, found in zip(KINDS, sheet._charts, strict=True):
        asked = chart(kind)
        assert [numbers(sheet, s.val.numRef.f) for s in found.series] == [
            list(s.numbers) for s in asked.series
        ]
        assert numbers(sheet, found.series[0].cat.strRef.f) == list(asked.categories)
        assert [numbers(sheet, s.tx.strRef.f) for s in found.series] == [["=城"], ["{乡}"]]
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    target = book["目录"]["A5"].hyperlink
    assert target is not None
    assert target.location == "'图2'!A1"


def test_a_figure_without_a_chart_stands_as_a_picture_beside_its_numbers(tmp_path: Path) -> None:
    folder = drawn(tmp_path)
    story = open_story(folder, "01_data")
    data = pd.DataFrame({"county_code": ["010001", "010002"], "gap": [1.5, float("nan")]})
    story.figure(drawing("zh"), "scatter", title=words("散点", "Dots"), alt=words("图", "x"), data=data)
    story.figure(drawing("zh"), "mapped", title=words("图", "Map"), alt=words("图", "x"), data=data, map=True)
    story.close()
    book = load_workbook(write_chartbook(load(folder), "zh", made=MADE))
    (sheet,) = [s for s in book if s["A1"].value and "散点" in str(s["A1"].value)]
    assert "没有这种图" in str(sheet["A3"].value)
    assert [[c.value for c in row] for row in sheet["A4:B6"]] == [
        ["county_code", "gap"], ["010001", 1.5], ["010002", None],
    ]  # fmt: skip
    assert len(sheet._images) == 1  # type: ignore[attr-defined]
    assert not [s.title for s in book if "Map" in str(s["A1"].value)]


@pytest.mark.parametrize("lang", LANGS)
def test_a_slide_says_one_finding_and_draws_its_numbers(tmp_path: Path, lang: Lang) -> None:
    deck = Presentation(str(write_slides(load(drawn(tmp_path, lang)), lang, made=MADE)))
    texts = [[s.text_frame.text for s in slide.shapes if s.has_text_frame] for slide in deck.slides]
    assert INVENTED in texts[0]
    finding = next(i for i, found in enumerate(texts) if found[0].startswith(("全县达标2所", "Two schools")))
    assert not texts[finding][0].endswith(("。", "."))
    assert texts[finding][-1].startswith(("资料来源", "Source"))
    found = [shape.chart for shape in deck.slides[finding].shapes if shape.has_chart]
    for kind, made in zip(KINDS, found, strict=True):
        asked = chart(kind)
        assert list(made.plots[0].categories) == list(asked.categories)
        found_series = {s.name: tuple(s.values) for s in made.plots[0].series}
        assert found_series == {s.name: s.numbers for s in asked.series}
    pictures = [slide for slide in deck.slides if any(shape.shape_type == 13 for shape in slide.shapes)]
    assert len(pictures) == 1  # the figure without a chart


def test_what_stands_on_a_slide_stays_on_it_and_apart(tmp_path: Path) -> None:
    deck = Presentation(str(write_slides(load(drawn(tmp_path)), "zh", made=MADE)))
    for slide in deck.slides:
        boxes = sorted((s.top, s.top + s.height, s.left, s.left + s.width) for s in slide.shapes)
        for top, bottom, left, right in boxes:
            assert 0 <= left < right <= deck.slide_width
            assert 0 <= top < bottom <= deck.slide_height
        for (_, bottom, _, right), (top, _, left, _) in itertools.pairwise(boxes):
            assert top >= bottom - 40_000 or left >= right - 40_000  # a millimetre


def test_the_same_run_made_at_the_same_time_is_the_same_file(tmp_path: Path) -> None:
    run = load(drawn(tmp_path))
    for write in (write_chartbook, write_slides):
        first = write(run, "zh", made=MADE).read_bytes()
        assert write(run, "zh", made=MADE).read_bytes() == first


def test_scales_begin_at_zero_and_labels_stand_clear_of_what_lies_below_it(tmp_path: Path) -> None:
    positive = SeriesRecord(name="a", numbers=(3.0, None), color="#1F4E79")
    record = chart("bar").model_copy(update={"series": (positive,), "categories": ("x", "y")})
    assert (record.from_zero, chart("bar").from_zero) == (True, False)
    story = open_story(tmp_path, "02_ledger")
    given: dict[str, Any] = {"alt": words("图", "x"), "data": pd.DataFrame({"a": [1]})}
    for name, drawn_from in (("above", record), ("below", chart("bar"))):
        story.figure(drawing("zh"), name, title=words(name, name), charts=[drawn_from], **given)
    story.close()
    book = load_workbook(write_chartbook(load(tmp_path), "zh", made=MADE))
    found = [sheet._charts[0] for sheet in book.worksheets[1:]]  # type: ignore[attr-defined]
    assert [each.y_axis.scaling.min for each in found] == [0.0, None]
    deck = Presentation(str(write_slides(load(tmp_path), "zh", made=MADE)))
    axes = [s.chart for slide in deck.slides for s in slide.shapes if s.has_chart]
    assert [axis.value_axis.minimum_scale for axis in axes] == [0.0, None]

"""slides.pptx: one finding a slide, with a chart that PowerPoint draws and can be edited, and its source."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml.ns import qn
from pptx.util import Cm, Length, Pt

from ..errors import Lang
from ..lettering import width
from ..replacing import write_whole
from .arrangement import Arrangement, arranged
from .chart_record import ChartRecord
from .labels import LABELS
from .looks import is_dark, number_format
from .record import INVENTED, Block, FigureRecord, Told

_KINDS = {
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar_stack": XL_CHART_TYPE.BAR_STACKED,
    "column_stack": XL_CHART_TYPE.COLUMN_STACKED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "scatter": XL_CHART_TYPE.XY_SCATTER,
}
_WIDE, _HIGH = 33.867, 19.05  # 16:9, in cm
_EDGE = 1.4
_TOP, _BOTTOM = 3.6, 17.0  # where charts stand
_BLANK = 6  # the layout of the default template without placeholders
_LONGEST_TITLE = 84  # Latin letters in two lines
_LARGE = 40  # Latin letters in one line of the largest size
_FONTS = {"zh": "微软雅黑", "en": "Calibri"}
_INK, _FAINT, _ACCENT, _WARN = "222222", "595959", "1F4E79", "9C2B23"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TIME = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_slides(told: Told, lang: Lang, *, made: datetime | None = None) -> Path:
    """
    Write slides.pptx: a title, the summary, then a slide for each figure of the report's chapters.

    The title of a slide is the finding: what the sentence before the figure says, where it is short enough, else the
    figure's caption. Maps stand as pictures. With the same `made` the file is the same.

    Raises
    ------
    JunhengError
        Another program holds the slides open.
    """
    made = made or datetime.now(UTC)
    deck = _Deck(told, lang)
    deck.title()
    deck.summary()
    for figure, said in _findings(told, arranged(told), lang):
        deck.finding(figure, said)
    path = told.folder / "slides.pptx"
    write_whole(path, deck.packed(made))
    return path


def _findings(told: Told, arrangement: Arrangement, lang: Lang) -> list[tuple[FigureRecord, str]]:
    """Return the figures of the chapters, each with the statement that it shows."""
    found = []
    for chapter in arrangement.chapters:
        said = ""
        for piece in chapter.pieces:
            if not isinstance(piece, Block):
                continue
            if piece.kind == "sentence" and piece.text:
                said = piece.text[lang]
            elif piece.kind == "figure" and piece.id:
                figure = told.figures[piece.id]
                found.append((figure, _statement(said, figure.caption[lang])))
                said = ""
            else:
                said = ""
    return found


def _statement(said: str, caption: str) -> str:
    """Return the sentence without its full stop, or its part before the first semicolon; else the caption."""
    for text in (said, re.split("[；;]", said)[0]):
        text = text.rstrip("。. ")
        if text and width(text) <= _LONGEST_TITLE:
            return text
    return caption


def _timeless(package: bytes, *, within: bool = False) -> bytes:
    """Return a package whose bytes depend on its content only; workbooks `within` it lose the time of their making."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = _timeless(content, within=True)
            elif within and name == "docProps/core.xml":
                content = _TIME.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _data(record: ChartRecord, form: str) -> Any:
    """Return the numbers of a chart as PowerPoint takes them."""
    if record.kind == "scatter":
        points: Any = XyChartData(number_format=form)  # type: ignore[no-untyped-call]
        across = record.series[0].numbers
        for series in record.series[1:]:
            line = points.add_series(series.name)
            for x, y in zip(across, series.numbers, strict=True):
                if x is not None and y is not None:
                    line.add_data_point(x, y)
        return points
    data: Any = CategoryChartData(number_format=form)  # type: ignore[no-untyped-call]
    data.categories = list(record.categories)
    for series in record.series:
        data.add_series(series.name, series.numbers)
    return data


def _rgb(text: str) -> RGBColor:
    color: RGBColor = RGBColor.from_string(text.lstrip("#"))  # type: ignore[no-untyped-call]
    return color


@dataclass
class _Deck:
    told: Told
    lang: Lang

    def __post_init__(self) -> None:
        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Cm(_WIDE), Cm(_HIGH)

    def title(self) -> None:
        """Add the first slide: what the report is called, of which county and year."""
        stamp, slide = self.told.stamp, self._slide()
        name = stamp.report_title[self.lang]
        size = 36 if width(name) <= _LARGE else 28  # on one line
        self._text(slide, name, (_EDGE, 6, 2.6), size=size, bold=True, color=_ACCENT)
        self._text(slide, f"{stamp.county[self.lang]} · {stamp.year}", (_EDGE, 8.8, 1.6), size=24)
        self._text(slide, stamp.line()[self.lang], (_EDGE, 16.2, 1.6), size=12, color=_FAINT)
        if self.told.invented:
            self._text(slide, INVENTED, (_EDGE, 4.2, 1.2), size=16, color=_WARN, bold=True)

    def summary(self) -> None:
        """Add the slides of the summary, as many as its sentences need."""
        room, lines = 22, 0
        page: list[str] = []
        for words in self.told.summary:
            need = math.ceil(width(words[self.lang]) / 78) + 1
            if page and lines + need > room:
                self._bullets(page)
                page, lines = [], 0
            page.append(words[self.lang])
            lines += need
        if page:
            self._bullets(page)

    def finding(self, figure: FigureRecord, statement: str) -> None:
        """Add one slide: the statement, the charts or the picture, the caption and the source."""
        slide = self._slide()
        self._text(slide, statement, (_EDGE, 0.9, 2.2), size=22, bold=True, color=_ACCENT)
        if figure.charts:
            self._charts(slide, figure.charts)
        else:
            self._picture(slide, figure)
        caption = figure.caption[self.lang] if figure.caption[self.lang] != statement else ""
        self._text(slide, caption, (_EDGE, 17.0, 0.8), size=12)
        self._text(slide, figure.source[self.lang], (_EDGE, 17.85, 0.8), size=10, color=_FAINT)
        slide.notes_slide.notes_text_frame.text = "\n".join(
            [figure.alt[self.lang], *([figure.note[self.lang]] if figure.note else [])]
        )

    def packed(self, made: datetime) -> bytes:
        """Return the file's bytes, which depend on its content only."""
        stamp, core = self.told.stamp, self._deck.core_properties
        core.title = f"{stamp.county[self.lang]} {stamp.year} {stamp.report_title[self.lang]}"
        core.subject = INVENTED if self.told.invented else stamp.rule[self.lang]
        core.author = core.last_modified_by = core.comments = core.keywords = ""
        core.created = core.modified = made.replace(microsecond=0, tzinfo=None)
        raw = io.BytesIO()
        self._deck.save(raw)
        return _timeless(raw.getvalue())

    def _slide(self) -> Any:
        return self._deck.slides.add_slide(self._deck.slide_layouts[_BLANK])

    def _bullets(self, texts: Sequence[str]) -> None:
        slide = self._slide()
        self._text(slide, LABELS["summary"][self.lang], (_EDGE, 0.9, 1.6), size=22, bold=True, color=_ACCENT)
        self._text(slide, "\n".join(texts), (_EDGE, 2.9, 14), size=16)

    def _text(
        self,
        slide: Any,
        text: str,
        place: tuple[float, float, float],
        *,
        size: float,
        bold: bool = False,
        color: str = _INK,
    ) -> None:
        """Add a box of text over the slide's width at (left, top, height) in cm."""
        if not text:
            return
        left, top, height = place
        frame = slide.shapes.add_textbox(Cm(left), Cm(top), Cm(_WIDE - 2 * left), Cm(height)).text_frame
        frame.word_wrap = True
        for i, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(8 if "\n" in text else 0)
            run = paragraph.add_run()
            run.text = line
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, _rgb(color)
            self._fonts(run.font)

    def _fonts(self, font: Any) -> None:
        """Set the Latin and the Chinese font of a text."""
        font.name = _FONTS[self.lang]
        properties = font._element
        for old in properties.findall(qn("a:ea")):
            properties.remove(old)
        latin = properties.find(qn("a:latin"))
        east = latin.makeelement(qn("a:ea"), {"typeface": _FONTS["zh"]})
        latin.addnext(east)

    def _picture(self, slide: Any, figure: FigureRecord) -> None:
        room = _WIDE - 2 * _EDGE, _BOTTOM - _TOP
        scale = min(room[0] / figure.width_cm, room[1] / figure.height_cm)
        wide = figure.width_cm * scale
        path = str(self.told.folder / figure.png)
        picture = slide.shapes.add_picture(path, Cm((_WIDE - wide) / 2), Cm(_TOP), width=Cm(wide))
        self._describe(picture, figure.alt[self.lang])

    def _charts(self, slide: Any, charts: Sequence[ChartRecord]) -> None:
        """Lay the charts out side by side: one alone, up to four in two columns, more in four."""
        columns = 1 if len(charts) == 1 else 2 if len(charts) <= 4 else 4
        rows = math.ceil(len(charts) / columns)
        wide, high = (_WIDE - 2 * _EDGE) / columns, (_BOTTOM - _TOP) / rows
        for i, chart in enumerate(charts):
            box = Cm(_EDGE + wide * (i % columns)), Cm(_TOP + high * (i // columns)), Cm(wide), Cm(high)
            self._chart(slide, chart, box, small=len(charts) > 1)

    def _chart(
        self, slide: Any, record: ChartRecord, box: tuple[Length, Length, Length, Length], *, small: bool
    ) -> None:
        data = _data(record, number_format(record.digits, self.lang))
        frame = slide.shapes.add_chart(_KINDS[record.kind], *box, data)
        title = f"{record.title}（{record.unit}）" if self.lang == "zh" else f"{record.title} ({record.unit})"
        self._describe(frame, title)
        self._dress(frame.chart, record, title, size=9 if small else 12)

    def _dress(self, chart: Any, record: ChartRecord, title: str, *, size: float) -> None:
        """Give a chart its fonts, title, legend, labels and colours."""
        chart.font.size = Pt(size)
        self._fonts(chart.font)
        chart.has_title = True
        chart.chart_title.text_frame.text = title
        text = chart.chart_title.text_frame.paragraphs[0].runs[0].font
        text.size, text.bold = Pt(size + 1), False
        self._fonts(text)
        points = record.kind == "scatter"
        chart.has_legend = len(record.series) > 1 + points
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        if record.kind.startswith("bar"):
            chart.category_axis.reverse_order = True
        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        if record.from_zero:
            chart.value_axis.minimum_scale = 0
        if points:
            self._dress_points(chart, record, size)
            return
        chart.value_axis.visible = not record.labelled
        chart.value_axis.has_major_gridlines = False
        if record.kind != "line":
            chart.plots[0].gap_width = 60
        if record.kind.endswith("stack"):
            chart.plots[0].overlap = 100
        for series, told in zip(chart.plots[0].series, record.series, strict=True):
            color = _rgb(told.color)
            if record.kind == "line":
                series.format.line.color.rgb, series.smooth = color, False
                series.marker.format.fill.solid()
                series.marker.format.fill.fore_color.rgb = color
            else:
                series.format.fill.solid()
                series.format.fill.fore_color.rgb = color
                series.format.line.color.rgb = _rgb(_INK)
            if not record.labelled:
                continue
            labels = series.data_labels
            labels.show_value, labels.number_format_is_linked = True, False
            labels.number_format = number_format(record.digits, self.lang)
            labels.font.size = Pt(size - 1)
            dark = record.kind.endswith("stack") and is_dark(told.color)
            labels.font.color.rgb = _rgb("FFFFFF" if dark else _INK)

    def _dress_points(self, chart: Any, record: ChartRecord, size: float) -> None:
        """Name both axes of a scatter and draw its points alone."""
        for axis, across in ((chart.category_axis, record.series[0]), (chart.value_axis, record.series[1])):
            axis.has_title, axis.has_major_gridlines = True, False
            axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
            axis.axis_title.text_frame.text = across.name
            text = axis.axis_title.text_frame.paragraphs[0].runs[0].font
            text.size, text.bold = Pt(size), False
            self._fonts(text)
        for series, told in zip(chart.plots[0].series, record.series[1:], strict=True):
            series.format.line.fill.background()
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = _rgb(told.color)

    @staticmethod
    def _describe(shape: Any, text: str) -> None:
        """Set the alternative text of a picture or chart."""
        shape._element.xpath(".//p:cNvPr")[0].set("descr", text)

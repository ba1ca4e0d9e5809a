"""charts.xlsx: the charts of the report as charts of Excel, each beside the numbers it draws."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from ..errors import Lang
from ..lettering import width
from ..replacing import write_whole
from .arrangement import arranged
from .cells import remarks
from .chart_record import ChartRecord, SeriesRecord
from .labels import LABELS
from .looks import Looks, is_dark, number_format, plain_text, properties, set_paper
from .record import INVENTED, FigureRecord, Told
from .workbook import sheet_names

_KINDS = {
    "bar": {"type": "bar"},
    "column": {"type": "column"},
    "bar_stack": {"type": "bar", "subtype": "stacked"},
    "column_stack": {"type": "column", "subtype": "stacked"},
    "line": {"type": "line"},
    "scatter": {"type": "scatter"},
}
_HEAD = 3  # rows above the first chart's numbers
_CHART_ROWS = 17  # a chart is as high as so many rows
_INK = "#222222"
_PICTURE_CM = 24.0
_CODE = re.compile(r"(?:_id|code)$|代码|标识码", re.IGNORECASE)  # digits that are no number
_MARKERS = ("circle", "diamond", "square", "none")


def write_chartbook(told: Told, lang: Lang, *, made: datetime | None = None) -> Path:
    """
    Write charts.xlsx: contents, then a sheet for each figure of the report but maps.

    The cells hold the numbers unrounded and the charts refer to them: who changes a cell changes the chart. A figure of a
    kind that Excel does not draw stands as a picture beside its numbers. With the same `made` the file is the same.

    Raises
    ------
    JunhengError
        Another program holds the workbook open.
    """
    arrangement = arranged(told)
    figures = [told.figures[id] for kind, id in arrangement.numbers if kind == "figure"]
    figures = [figure for figure in figures if not figure.map]
    labels = [arrangement.label("figure", figure.id, lang) for figure in figures]
    names = sheet_names([LABELS["contents"][lang], *labels])
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **plain_text()}) as book:
        properties(book, told, lang, made or datetime.now(UTC))
        looks = Looks(book, lang)
        _contents(book.add_worksheet(names[0]), told, figures, names[1:], looks)
        for figure, label, name in zip(figures, labels, names[1:], strict=True):
            write = _figure if figure.charts else _pictured
            write(book, book.add_worksheet(name), figure, label, told, looks)
    path = told.folder / "charts.xlsx"
    write_whole(path, content.getvalue())
    return path


def _contents(sheet: Any, told: Told, figures: list[FigureRecord], names: list[str], looks: Looks) -> None:
    lang, stamp = looks.lang, told.stamp
    sheet.write_string(0, 0, f"{stamp.county[lang]} {stamp.year} {stamp.report_title[lang]}", looks.title)
    sheet.write_string(1, 0, INVENTED if told.invented else "", looks.label)
    for c, label in enumerate(("sheet", "chart")):
        sheet.write_string(2, c, LABELS[label][lang], looks.head)
    for r, (figure, name) in enumerate(zip(figures, names, strict=True), start=3):
        sheet.write_url(r, 0, f"internal:'{name}'!A1", looks.link, name)
        sheet.write_string(r, 1, figure.caption[lang], looks.get(border=1))
    sheet.write_string(4 + len(figures), 0, stamp.line()[lang], looks.small)
    set_paper(sheet, told, lang, across=False)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, max([width(figure.caption[lang]) for figure in figures] + [20]) + 3)


def _figure(book: Any, sheet: Any, figure: FigureRecord, label: str, told: Told, looks: Looks) -> None:
    """Write one sheet: the caption, then chart by chart the numbers at the left and the chart at the right."""
    lang = looks.lang
    space = "\u3000" if lang == "zh" else ". "
    sheet.write_string(0, 0, f"{label}{space}{figure.caption[lang]}", looks.title)
    sheet.write_string(1, 0, INVENTED if told.invented else "", looks.label)
    top = _HEAD
    beside = max(len(chart.series) for chart in figure.charts) + 2
    for chart in figure.charts:
        _numbers(sheet, chart, top, looks)
        sheet.insert_chart(top, beside, _drawn(book, sheet.get_name(), chart, top, lang))
        top += max(_CHART_ROWS, len(chart.categories) + 3)
    for r, line in enumerate([*remarks(figure, lang), figure.source[lang]], start=top):
        sheet.write_string(r, 0, line, looks.small)
    longest = max(width(c) for chart in figure.charts for c in (*chart.categories, chart.title))
    set_paper(sheet, told, lang, across=True)
    sheet.set_column(0, 0, min(longest + 3, 44))
    sheet.set_column(1, beside - 2, 14)


def _pictured(book: Any, sheet: Any, figure: FigureRecord, label: str, told: Told, looks: Looks) -> None:
    """Write one sheet of a figure that Excel has no chart for: caption, why it is a picture, its numbers, the picture."""
    lang, data = looks.lang, told.data(figure)
    space = "\u3000" if lang == "zh" else ". "
    sheet.write_string(0, 0, f"{label}{space}{figure.caption[lang]}", looks.title)
    sheet.write_string(1, 0, INVENTED if told.invented else "", looks.label)
    sheet.write_string(2, 0, LABELS["no_chart"][lang], looks.small)
    for c, title in enumerate(map(str, data.columns)):
        sheet.write_string(_HEAD, c, title, looks.head)
        values = data.iloc[:, c]
        numbers = pd.to_numeric(values, errors="coerce")
        is_number = not _CODE.search(title) and bool((numbers.notna() | values.eq("")).all())
        for r, (text, number) in enumerate(zip(values, numbers, strict=True), start=_HEAD + 1):
            if is_number and pd.isna(number):
                sheet.write_blank(r, c, None, looks.get(border=1))
            elif is_number:
                sheet.write_number(r, c, float(number), looks.get(border=1))
            else:
                sheet.write_string(r, c, str(text), looks.get(border=1))
    wide = _PICTURE_CM / figure.width_cm
    scale = {"x_scale": wide, "y_scale": wide} if wide < 1 else {}
    options = {"description": figure.alt[lang], **scale}
    sheet.insert_image(_HEAD, len(data.columns) + 1, str(told.folder / figure.png), options)
    for r, line in enumerate([*remarks(figure, lang), figure.source[lang]], start=_HEAD + 2 + len(data)):
        sheet.write_string(r, 0, line, looks.small)
    set_paper(sheet, told, lang, across=True)
    sheet.set_column(0, max(len(data.columns) - 1, 0), 14)


def _numbers(sheet: Any, chart: ChartRecord, top: int, looks: Looks) -> None:
    """Write the numbers of a chart: categories down, series across; a missing one stays an empty cell."""
    unit = f"{LABELS['unit'][looks.lang]}{chart.unit}"
    sheet.write_string(top, 0, chart.title, looks.get(bold=True))
    sheet.write_string(top, 1, unit, looks.small)
    sheet.write_string(top + 1, 0, "", looks.head)
    look = looks.get(border=1, num_format=number_format(chart.digits, looks.lang))
    for c, series in enumerate(chart.series, start=1):
        sheet.write_string(top + 1, c, series.name, looks.head)
        for r, value in enumerate(series.numbers, start=top + 2):
            if value is None:
                sheet.write_blank(r, c, None, look)
            else:
                sheet.write_number(r, c, value, look)
    for r, category in enumerate(chart.categories, start=top + 2):
        sheet.write_string(r, 0, category, looks.get(border=1))


def _drawn(book: Any, sheet: str, chart: ChartRecord, top: int, lang: Lang) -> Any:
    """Return the chart of the numbers that stand below `top`."""
    drawn = book.add_chart(_KINDS[chart.kind])
    first, last = top + 2, top + 1 + len(chart.categories)
    across = int(chart.kind == "scatter")  # the column of what stands across: names, or the first series
    for c, series in enumerate(chart.series[across:], start=1 + across):
        drawn.add_series(
            {
                "name": [sheet, top + 1, c],
                "categories": [sheet, first, across, last, across],
                "values": [sheet, first, c, last, c],
                **_look(chart, series, c, lang),
            }
        )
    drawn.set_title({"name": chart.title, "name_font": {"size": 11}})
    categories = {"num_font": {"size": 9}, "label_position": "low"}  # beside the bars, below zero too
    values = {
        "name": chart.unit,
        "name_font": {"size": 9, "bold": False},
        "num_font": {"size": 9},
        "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
        **({"min": 0} if chart.from_zero else {}),
    }
    if across:
        drawn.set_x_axis({**values, "name": chart.series[0].name, "label_position": "low"})
        drawn.set_y_axis({**values, "name": chart.series[1].name, "label_position": "low"})
    elif chart.kind.startswith("bar"):  # the first category on top, the scale below
        drawn.set_y_axis({**categories, "reverse": True})
        drawn.set_x_axis({**values, "label_position": "high"})
    else:
        drawn.set_x_axis(categories)
        drawn.set_y_axis(values)
    drawn.set_legend({"none": True} if len(chart.series) == 1 + across else {"position": "bottom"})
    drawn.show_blanks_as("gap")
    drawn.set_size({"width": 620, "height": 320})
    return drawn


def _look(chart: ChartRecord, series: SeriesRecord, place: int, lang: Lang) -> dict[str, Any]:
    """Return how the series in a place (from 1) is drawn: told apart in grey by markers and dashes, or labelled."""
    fill = {"color": series.color}
    if chart.kind == "scatter":
        return {"marker": {"type": "circle", "size": 5, "fill": fill, "border": {"color": _INK}}}
    if chart.kind == "line":
        marker = {"type": _MARKERS[min(place - 1, 3)], "size": 6, "fill": fill, "border": {"color": _INK}}
        dashes = ("solid", "dash", "square_dot")[(place - 1) % 3]
        return {"line": {**fill, "width": 1.75, "dash_type": dashes}, "marker": marker}
    ink = "#FFFFFF" if chart.kind.endswith("stack") and is_dark(series.color) else _INK
    form = number_format(chart.digits, lang)
    labels = {"value": True, "num_format": form, "font": {"size": 8, "color": ink}}
    bars = {"fill": fill, "border": {"color": _INK, "width": 0.5}}
    return {**bars, "data_labels": labels} if chart.labelled else bars

"""The template workbook: what an office fills in, or a filled one for the sample county."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from .. import schema
from ..checks.findings import as_in_the_form
from ..programme import NO, YES, parameters_by_item
from ..replacing import replaced_whole
from ..schema import Column, Words
from ..sources.corrections import HEADERS
from ..sources.dataset import PUBLISHED
from ..standards import RuleSet
from . import layout
from .paper import HEADER_ROW, LAST_ROW, NOTE_ROW, TITLE_ROW, Paper

_KEYS = 3  # school_id, school_name, year stay in view


@dataclass(frozen=True)
class Filling:
    """
    What stands in the workbook, in the canonical columns and units; coordinates as the office gives them.

    `births`: county_code, township_code, township_name, year, births. `answers`: item, value, evidence,
    office. `explanations`: school_id, year, check, question, explanation. `corrections`, `published`: the
    columns of the headers of those sheets in `layout`, as the office writes them; 更正 is there only when filled. `banner` is shown on every sheet.
    """

    schools: pd.DataFrame = field(default_factory=pd.DataFrame)
    births: pd.DataFrame = field(default_factory=pd.DataFrame)
    settings: Mapping[str, str] = field(default_factory=dict)
    answers: pd.DataFrame = field(default_factory=pd.DataFrame)
    explanations: pd.DataFrame = field(default_factory=pd.DataFrame)
    corrections: pd.DataFrame = field(default_factory=pd.DataFrame)
    published: pd.DataFrame = field(default_factory=pd.DataFrame)
    banner: Words | None = None


def write_template(
    path: Path,
    *,
    rules: RuleSet,
    county: tuple[str, str] | None = None,
    filling: Filling | None = None,
    of_county: bool = True,
) -> None:
    """
    Write the template workbook: headings with notes, drop-downs, checks while typing, one example row.

    Parameters
    ----------
    path
        The xlsx to write; replaced whole or not at all.
    rules
        The rule set whose county items make the sheet 县级指标, and which the sheet 参数 proposes.
    county
        Code and name, to be filled into the sheet 参数.
    filling
        What to fill in; by default nothing.
    of_county
        Whether the sheets that only the county can fill in are there: 出生人口, 县级指标 and 已公布数据.

    Raises
    ------
    JunhengError
        The file cannot be written, for example because it is open in Excel.
    """
    filled = filling or Filling()
    settings = {"评估标准": rules.id, **filled.settings}
    if county is not None:
        settings = {"县级代码": county[0], "县名": county[1], **settings}
    with replaced_whole(path) as temporary:
        paper = Paper(temporary, filled.banner)
        _guide(paper)
        _schools(paper, filled.schools)
        if of_county:
            _births(paper, filled.births)
        _settings(paper, settings)
        if of_county:
            _planning(paper, settings)
            _answers(paper, rules, filled.answers)
            _published(paper, filled.published)
        _explanations(paper, filled.explanations)
        if not filled.corrections.empty:
            _corrections(paper, filled.corrections)
        paper.close()


def _guide(paper: Paper) -> None:
    sheet = paper.sheet(layout.GUIDE, [68, 62], tab="7F7F7F")
    paper.title(sheet, f"{paper.words.title.zh}填表说明")
    for row, line in enumerate(paper.words.guide, TITLE_ROW + 1):
        heading = line.zh.startswith("# ")
        style = paper.style(bold=heading, text_wrap=True, valign="top", font_size=12 if heading else 11)
        sheet.write_row(row, 0, [line.zh.removeprefix("# "), line.en.removeprefix("# ")], style)
        sheet.set_row(row, 22 if heading else 18 * max(_lines(line.zh, 68), _lines(line.en, 62)))


def _schools(paper: Paper, schools: pd.DataFrame) -> None:
    columns = layout.template_columns()
    sheet = paper.sheet(layout.SCHOOLS, [_width(column) for column in columns], tab="1F3864")
    paper.title(sheet, paper.words.title.zh)
    for theme, first, last in layout.themed(columns):
        style = paper.style(bold=True, align="center", bg_color=f"#{theme.colour}", border=1)
        if last > first:
            sheet.merge_range(NOTE_ROW, first, NOTE_ROW, last, theme.zh, style)
        else:
            sheet.write(NOTE_ROW, first, theme.zh, style)
        for position in range(first, last + 1):
            _heading(paper, sheet, position, columns[position], theme.colour)
            _validate(paper, sheet, position, columns[position])
    sheet.set_row(HEADER_ROW, 62)
    sheet.set_print_scale(60)
    sheet.repeat_rows(HEADER_ROW)
    sheet.repeat_columns(0, _KEYS - 1)
    sheet.freeze_panes(HEADER_ROW + 1, _KEYS)
    _row(paper, sheet, HEADER_ROW + 1, columns, {"school_id": layout.EXAMPLE_ID, **paper.words.example}, True)
    for row, school in enumerate(schools.to_dict("records"), HEADER_ROW + 2):
        _row(paper, sheet, row, columns, school, False)
    sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + 1 + len(schools), len(columns) - 1)


def _births(paper: Paper, births: pd.DataFrame) -> None:
    sheet = paper.sheet(layout.BIRTHS, [12, 14, 16, 8, 12], text=3)
    row = paper.head(sheet, layout.BIRTHS, paper.words.notes.births, layout.BIRTH_HEADERS)
    names = ["county_code", "township_code", "township_name", "year", "births"]
    paper.body(sheet, row, births, names)
    paper.check_number(sheet, row, 3, "year", "integer", 1990, 2100)
    paper.check_number(sheet, row, 4, "count", "integer", 0, None)


def _settings(paper: Paper, settings: Mapping[str, str]) -> None:
    sheet = paper.sheet(layout.SETTINGS, [14, 26, 90])
    row = paper.head(sheet, layout.SETTINGS, paper.words.notes.settings, layout.SETTING_HEADERS)
    for setting in paper.words.settings:
        content = settings.get(setting.item, setting.content)
        explained = f"{setting.zh} {setting.en}"
        sheet.write_string(row, 0, setting.item, paper.style(bold=True, border=1, valign="top"))
        sheet.write_string(row, 1, content, paper.style(border=1, valign="top", num_format="@"))
        sheet.write_string(row, 2, explained, paper.style(border=1, text_wrap=True, valign="top"))
        sheet.set_row(row, 18 * _lines(explained, 100))
        if setting.allowed:
            paper.choose(sheet, row, row, 1, f"setting {setting.item}", setting.allowed)
        row += 1


def _planning(paper: Paper, settings: Mapping[str, str]) -> None:
    sheet = paper.sheet(layout.PLANNING, [34, 22, 12, 12, 80])
    row = paper.head(sheet, layout.PLANNING, paper.words.notes.planning, layout.PLANNING_HEADERS)
    style = paper.style(border=1, text_wrap=True, valign="top", num_format="@")
    for item, parameter in parameters_by_item().items():
        unit = parameter.unit.zh if parameter.unit else ""
        told = layout.parameter_note(parameter)
        for position, text in enumerate([item, settings.get(item, ""), unit, parameter.value, told]):
            sheet.write_string(row, position, text, style)
        if parameter.kind == "flag":
            paper.choose(sheet, row, row, 1, "yes_no", [YES, NO])
        sheet.set_row(row, 18 * _lines(told, 88))
        row += 1


def _answers(paper: Paper, rules: RuleSet, answers: pd.DataFrame) -> None:
    sheet = paper.sheet(layout.ANSWERS, [9, 62, 14, 34, 20])
    title = f"{rules.title.zh}({rules.source})"
    row = paper.head(sheet, title, paper.words.notes.answers, layout.ANSWER_HEADERS)
    given = {answer["item"]: answer for answer in answers.to_dict("records")}
    for item in rules.county_items:
        told = given.get(item.id, {})
        style = paper.style(border=1, text_wrap=True, valign="top", align="left")
        texts = [
            item.id,
            layout.requirement(item),
            told.get("value", ""),
            told.get("evidence", ""),
            told.get("office", ""),
        ]
        for position, text in enumerate(texts):
            paper.write(sheet, row, position, text, style)
        note = "\n".join([item.group.zh, item.group.en, item.title.en, item.clause]).strip()
        sheet.write_comment(row, 1, note, {"x_scale": 2, "y_scale": 0.8, "author": "junheng"})
        if item.answer == "yes_no":
            paper.choose(sheet, row, row, 2, "yes_no", ["是", "否"])
        sheet.set_row(row, 18 * _lines(texts[1], 66))
        row += 1


def _explanations(paper: Paper, explanations: pd.DataFrame) -> None:
    sheet = paper.sheet(layout.EXPLANATIONS, [14, 8, 26, 70, 50], text=1)
    row = paper.head(sheet, layout.EXPLANATIONS, paper.words.notes.explanations, layout.EXPLANATION_HEADERS)
    paper.body(sheet, row, explanations, ["school_id", "year", "check", "question", "explanation"])


def _published(paper: Paper, published: pd.DataFrame) -> None:
    sheet = paper.sheet(layout.PUBLISHED, [8, 8, 34, 14, 12, 12, 26, 30, 44], text=5)
    row = paper.head(sheet, layout.PUBLISHED, paper.words.notes.published, layout.PUBLISHED_HEADERS)
    paper.body(sheet, row, published.reindex(columns=list(PUBLISHED)), list(PUBLISHED))


def _corrections(paper: Paper, corrections: pd.DataFrame) -> None:
    sheet = paper.sheet(layout.CORRECTIONS, [14, 8, 26, 12, 12, 34, 18, 14], text=5)
    row = paper.head(sheet, layout.CORRECTIONS, paper.words.notes.corrections, list(HEADERS.values()))
    paper.body(sheet, row, corrections, list(HEADERS))


def _heading(paper: Paper, sheet: Worksheet, position: int, column: Column, colour: str) -> None:
    required = {"font_color": "#C00000"} if column.required else {}
    style = paper.style(
        bold=True,
        text_wrap=True,
        align="center",
        valign="vcenter",
        border=1,
        bg_color=f"#{colour}",
        **required,
    )
    sheet.write_string(HEADER_ROW, position, layout.header(column), style)
    lines = layout.note(column)
    height = 0.35 + 0.22 * sum(1 + len(line.encode("gb18030")) // 34 for line in lines.splitlines())
    options = {"x_scale": 1.7, "y_scale": height, "author": "junheng", "font_size": 9}
    sheet.write_comment(HEADER_ROW, position, lines, options)


def _row(
    paper: Paper,
    sheet: Worksheet,
    row: int,
    columns: Sequence[Column],
    school: Mapping[Any, Any],
    example: bool,
) -> None:
    for position, column in enumerate(columns):
        look: dict[str, Any] = {"border": 1, "border_color": "#BFBFBF", **_number_format(column)}
        if example:
            look |= {"italic": True, "font_color": f"#{paper.words.colours['example']}"}
        value = school.get(column.name)
        shown = "" if value is None else as_in_the_form(column.name, value, "zh")
        typed = float(shown) if shown and column.type in ("count", "number", "coordinate") else shown
        paper.write(sheet, row, position, typed, paper.style(**look))


def _validate(paper: Paper, sheet: Worksheet, position: int, column: Column) -> None:
    first = HEADER_ROW + 1
    if column.codes is not None or column.type == "flag":
        entries = layout.listed(column.codes) if column.codes else ["是", "否"]
        paper.choose(sheet, first, LAST_ROW, position, column.codes or "yes_no", entries)
    elif column.name == "year":
        paper.check_number(sheet, first, position, "year", "integer", column.min, column.max)
    elif column.type == "coordinate":
        paper.check_number(sheet, first, position, "coordinate", "decimal", column.min, column.max)
    elif column.type in ("count", "number"):
        kind = "integer" if column.type == "count" else "decimal"
        paper.check_number(sheet, first, position, column.type, kind, 0, None)
    sheet.set_column(position, position, _width(column), paper.style(**_number_format(column)))


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column; programs do not agree on fitting rows to wrapped text."""
    return math.ceil(len(text.encode("gb18030")) / width)


def _width(column: Column) -> float:
    wide = {"school_name": 30, "explanation": 44, "school_type_code": 18, "urban_rural_code": 15}
    return wide.get(column.name, 12 if column.type in ("text", "code", "coordinate") else 10.5)


def _number_format(column: Column) -> dict[str, str]:
    if column.type not in schema.NUMERIC or column.type == "flag":
        return {"num_format": "@"}
    return {"num_format": "0.000000"} if column.type == "coordinate" else {}

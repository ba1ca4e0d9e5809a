"""How the template workbook is laid out: sheets, column order, themes and words (params/template.yaml)."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .. import schema, shipped, standards
from ..programme import Parameter
from ..schema import Column, Words
from ..standards import CountyItem
from ..yamlfile import load_yaml

GUIDE, SCHOOLS, BIRTHS, SETTINGS, ANSWERS, EXPLANATIONS = (
    "填表说明", "学校数据", "出生人口", "参数", "县级指标", "数据说明",
)  # fmt: skip
PLANNING = "规划参数"
PUBLISHED, CORRECTIONS = "已公布数据", "更正"
LISTS = "下拉列表"  # hidden
BIRTH_HEADERS = ("县级代码", "乡镇代码", "乡镇", "年份", "出生人数")
SETTING_HEADERS = ("项目", "内容", "说明")
PLANNING_HEADERS = ("项目", "内容", "单位", "默认值", "说明、来源")
ANSWER_HEADERS = ("编号", "指标", "填报内容", "佐证", "责任单位")
EXPLANATION_HEADERS = ("学校标识码", "年份", "检查", "问题", "说明")
PUBLISHED_HEADERS = ("年份", "学段", "项目", "统计量", "公布值", "单位", "范围", "口径", "出处")
EXAMPLE_ID = "0000000000"


class Theme(Words):
    """A group of columns under one band of colour, beginning at a column."""

    begins: str = Field(alias="from")
    colour: str


class Setting(Words):
    """One row of the sheet 参数."""

    item: str
    content: str = ""
    choices: tuple[str, ...] | Literal["standards"] = ()

    @property
    def allowed(self) -> list[str]:
        """What may be chosen; empty when anything may be written."""
        return standards.available() if self.choices == "standards" else list(self.choices)


class Notes(BaseModel):
    """The line that explains each sheet."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    births: Words
    settings: Words
    planning: Words
    answers: Words
    explanations: Words
    published: Words
    corrections: Words


class Layout(BaseModel):
    """The words of the template workbook."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    title: Words
    colours: dict[str, str]
    themes: tuple[Theme, ...]
    last: tuple[str, ...]
    example: dict[str, str | int | float]
    guide: tuple[Words, ...]
    settings: tuple[Setting, ...]
    notes: Notes
    prompts: dict[str, Words]


@cache
def layout() -> Layout:
    """Return the words of params/template.yaml."""
    return load_yaml(shipped.params("template.yaml"), Layout)


def template_columns() -> list[Column]:
    """Return the registry's columns that offices fill in, in the order of the sheet."""
    filled = [column for column in schema.columns().values() if column.template]
    last = layout().last
    return sorted(filled, key=lambda column: last.index(column.name) if column.name in last else -1)


def themed(columns: list[Column]) -> list[tuple[Theme, int, int]]:
    """Return each theme with the positions of its first and last column."""
    names = [column.name for column in columns]
    starts = [names.index(theme.begins) for theme in layout().themes]
    ends = [*(start - 1 for start in starts[1:]), len(columns) - 1]
    return list(zip(layout().themes, starts, ends, strict=True))


def header(column: Column) -> str:
    """Return the heading of a column, with the unit of the form where it is not the registry's."""
    return f"{column.zh}({column.filed.zh})" if column.filed else column.zh


def note(column: Column) -> str:
    """Return what a heading's note says: definition, unit, form, since when, in both languages."""
    unit = column.filed or column.unit
    zh = [
        column.note.zh if column.note else "",
        f"单位:{unit.zh}" if unit else "",
        f"统计表:{column.form}" if column.form else "",
        f"{column.since}年起" if column.since else "",
        *(f"{broken.year}年起:{broken.zh}" for broken in column.breaks),
        "必填" if column.required else "",
    ]
    en = [
        column.en,
        column.note.en if column.note else "",
        f"unit: {unit.en}" if unit else "",
        *(f"from {broken.year}: {broken.en}" for broken in column.breaks),
        "required" if column.required else "",
    ]
    return "\n".join(part for part in [column.zh, *zh, *en] if part)


def listed(table: str) -> list[str]:
    """Return a code table as a drop-down list shows it: '121 镇中心区', names alone where codes are words."""
    return [
        f"{code} {entry.zh}" if code.isdigit() else entry.zh for code, entry in schema.codes(table).items()
    ]


def parameter_note(parameter: Parameter) -> str:
    """Return what stands beside a parameter of planning: what it is, where its default comes from, in both languages."""
    zh = [parameter.note.zh if parameter.note else ""]
    if parameter.source:
        zh.append(f"来源:{parameter.source.zh}({parameter.year})")
    zh.append("示例值(虚构)" if parameter.invented else "")
    return ";".join(part for part in zh if part) + f" {parameter.en}"


def requirement(item: CountyItem) -> str:
    """Return a county item's name with its limit and unit: 初中三年巩固率(≥95%)."""
    unit = item.unit.zh if item.unit else ""
    if item.at_least is not None:
        return f"{item.title.zh}(≥{item.at_least}{unit})"
    if item.at_most is not None:
        return f"{item.title.zh}(≤{item.at_most}{unit})"
    return f"{item.title.zh}({unit})" if unit else item.title.zh

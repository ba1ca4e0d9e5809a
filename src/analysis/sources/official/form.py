"""What an official workbook is called and where its figures stand: a form (params/sources/forms/*.yaml)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ... import schema, shipped
from ...schema import Words
from ...yamlfile import load_yaml
from .labels import label

READINGS = "报表读法.yaml"  # stands beside the workbooks: where the user says each figure is
_BELOW = "↓"
_LETTERS = re.compile(r"([A-Z]{1,3})列")


class Term(NamedTuple):
    """
    One figure of a form: the keys of its headings.

    `sheet` is the number of the form where a workbook holds several (教基3112); `row` the labels of its row, the
    block first; `column` the path of its column; `letters` pins a column by its letters instead; `below`: the value
    stands below the label.
    """

    sheet: str
    row: tuple[str, ...]
    column: tuple[str, ...]
    letters: str = ""
    below: bool = False


def terms(reading: str, *, by_row: bool) -> tuple[Term, ...]:
    """
    Return what a reading adds up, written as paths joined by “ + ”: 专任教师 › 本科 + 专任教师 › 硕士研究生.

    In workbooks of one school (`by_row`) a path is SHEET: ROW | COLUMN; without a column it is the row's value, and
    with ↓ before the row's label what stands below it.

    Raises
    ------
    ValueError
        A path is blank; the message is in both languages.
    """
    found = [_term(text.strip(), by_row) for text in reading.split(" + ")]
    if not all(term.row or term.column or term.letters for term in found):
        raise ValueError(f"「{reading}」不是表头路径 / “{reading}” is no path of headings")
    return tuple(found)


def _term(text: str, by_row: bool) -> Term:
    if pinned := _LETTERS.fullmatch(text):
        return Term("", (), (), pinned[1])
    sheet, rest = text.split(":", 1) if by_row and ":" in text else ("", text)
    row, column = rest.split("|", 1) if "|" in rest else (rest, "") if by_row else ("", rest)
    return Term(sheet.strip(), _keys(row), _keys(column), below=row.strip().startswith(_BELOW))


def _keys(path: str) -> tuple[str, ...]:
    return tuple(found.key for part in path.split("›") if (found := label(part)) is not None)


def _registered(columns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    unknown = sorted(columns.keys() - schema.columns().keys() - _ALSO.keys())
    if unknown:
        names = "、".join(unknown)
        raise ValueError(f"列不在登记表:{names} / columns not in params/columns.yaml: {names}")
    return columns


# What forms say beside the registry's columns.
COUNTED = "counted_as_school"  # 是否计校数
COUNTY_OF_STATISTICS = "county_of_statistics"  # 统计三级
FOURTH = "pupils_junior_fourth"  # 初中四年级: of 五四制
_ALSO = {
    column.name: column
    for column in (
        schema.Column(name=COUNTED, type="flag", zh="是否计校数", en="Counted as a school"),
        schema.Column(name=COUNTY_OF_STATISTICS, type="text", zh="统计县", en="County of statistics"),
        schema.Column(
            name=FOURTH, type="count", zh="初中四年级在校生数", en="Pupils in the fourth junior grade"
        ),
    )
}


def form_column(name: str) -> schema.Column:
    """Return a column of a form: the registry's, or one that only forms have."""
    return _ALSO.get(name) or schema.column(name)


Columns = Annotated[dict[str, tuple[str, ...]], AfterValidator(_registered)]


class Form(BaseModel):
    """
    One official workbook.

    Attributes
    ----------
    known_by
        Texts in the file's name, a sheet's name or the title rows that tell the form, spelled as normalised.
    holds
        `schools`: one row a school. `school`: one workbook a school, its sheets named by `known_by` (a pattern).
    stage
        The stage of a form of schools; {stage} columns of others are not in it.
    columns
        Our column to its readings; the first whose headings all stand in the sheet is taken.
    digits
        How many first digits of a longer code a column takes.
    codes
        What may be written in a column of choices besides names and codes.
    sums
        Path to the paths of what it may be the sum of: tested on the rows.
    aside
        Labels that make a path a part of a figure (随迁子女, 女): such columns are taken only by name.
    blocks
        In workbooks of one school: the row labels that begin a block.
    certainty
        How sure the layout is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: Words
    certainty: Words
    known_by: tuple[str, ...]
    holds: Literal["schools", "school"]
    stage: str = ""
    columns: Columns
    digits: dict[str, int] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    sums: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    aside: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()

    @property
    def by_row(self) -> bool:
        """Whether figures are found by row and column."""
        return self.holds == "school"


class Choice(BaseModel):
    """What the user says of one form: the reading of columns (null: none), and the year and county it lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    year: int | None = None
    county_code: str | None = None
    columns: dict[str, str | None] = Field(default_factory=dict)


class Choices(BaseModel):
    """报表读法.yaml: the user's choices, by form."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    forms: dict[str, Choice] = Field(default_factory=dict)


@cache
def forms() -> tuple[Form, ...]:
    """Return the forms that come with the library."""
    return tuple(load_yaml(path, Form) for path in sorted(shipped.params("sources", "forms").glob("*.yaml")))


def load_choices(path: Path) -> Choices:
    """
    Load 报表读法.yaml.

    Raises
    ------
    JunhengError
        Unknown keys, values of the wrong kind: all faults, each with its line.
    """
    return load_yaml(path, Choices)

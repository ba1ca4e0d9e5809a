"""What notebooks leave and publishing reads: stories, figures and tables as files in a run's folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import Fault, JunhengError, Lang, Place, refuse
from ..facts import Fact
from ..schema import Words
from .chart_record import ChartRecord

STAMP_VARIABLE = (
    "JUNHENG_STAMP"  # set: pictures bear their source line too, not only their caption and metadata
)
INVENTED = "示例数据 · 非真实 / invented data"
REPORT_TITLE = Words(zh="城乡学校均衡状况分析报告", en="Urban and rural schools: a report on the balance")

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
NotebookName = Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=80)]

# Control characters that XML forbids, halves of surrogate pairs, and marks that reverse the line they stand in.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")

_Kind = TypeVar("_Kind", bound=BaseModel)


@dataclass(frozen=True)
class Stamp:
    """What every figure and table is stamped with; `source` names the data and their date."""

    county: Words
    county_code: str
    year: int
    source: Words
    rule: Words
    rule_id: str
    code_version: str
    invented: bool
    report_title: Words = REPORT_TITLE
    kind: Literal["county", "region"] = "county"

    def line(self) -> Words:
        """Return the source line: data, rule, code version, and that the data are invented where they are."""
        invented = (f"；{INVENTED}", f"; {INVENTED}") if self.invented else ("", "")
        return Words(
            zh=f"资料来源：{self.source.zh}；依据：{self.rule.zh}；均衡 {self.code_version}{invented[0]}",
            en=f"Source: {self.source.en}; rule: {self.rule.en}; Junheng {self.code_version}{invented[1]}",
        )


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Where = Literal["report", "annex", "gallery"]


class Block(_Record):
    """
    One piece of a notebook's story: words, or the id of a figure, table or booklet; `summary` words also stand in front.

    `where` says how far it goes: into the chapters of the report, to the report's annexes, or no further than the
    gallery and the workbooks. `told` holds the keys of the facts that the numbers of the text stand for, in their order.
    What is not `public` is left out of outputs for the public, or `instead` stands there.
    """

    kind: Literal["heading", "sentence", "note", "figure", "table", "booklet"]
    text: Words | None = None
    level: int = 1
    id: Id | None = None
    summary: bool = False
    where: Where = "report"
    told: Mapping[Lang, tuple[str, ...]] = {}
    public: bool = True
    instead: Block | None = None


class StoryRecord(_Record):
    """
    story/NOTEBOOK.json.

    `names` are the names and codes of schools that the public is not told; `facts` the figures that its sentences and titles print.
    """

    notebook: NotebookName
    title: Words
    lang: Lang
    stamp: Stamp
    finished: bool
    names: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    facts: tuple[Fact, ...] = ()


class FigureRecord(_Record):
    """
    figures/ID.json: caption, alt text, source and note in both languages; `files` holds sha256 by path.

    `charts` are the same numbers for programs that draw charts themselves, one for each panel; none for a map,
    which the public sees under a 审图号 only. `told`: as of a block, for the numbers of the caption.
    """

    id: Id
    notebook: NotebookName
    caption: Words
    alt: Words
    source: Words
    note: Words | None
    width_cm: float
    height_cm: float
    data: str
    files: Mapping[str, str]
    charts: tuple[ChartRecord, ...] = ()
    map: bool = False
    told: Mapping[Lang, tuple[str, ...]] = {}

    @property
    def png(self) -> str:
        """Path of the picture below the run's folder."""
        return f"figures/{self.id}.png"

    @property
    def svg(self) -> str:
        """Path of the vector picture below the run's folder."""
        return f"figures/{self.id}.svg"


class ColumnRecord(_Record):
    """
    How a column of a table is headed and set; `name` is the frame's; `plain` numbers are shown as they are, years say.

    `formula`: what the workbook reckons it from, columns by their places: [2] of the same row, [2:] of all rows.
    """

    title: str
    group: str
    code: str
    align: Literal["left", "center", "right"]
    number: bool
    plain: bool
    percent: bool
    formula: str = ""
    name: str = ""


class TableRecord(_Record):
    """
    tables/ID.json: how tables/ID.csv is shown.

    `shown` are the cells as printed, row by row, in the run's language; `marked` the cells (row, column)
    that the table marks, for what `mark_means` says; the numbers themselves, unrounded, are in `data`. With `total` the
    last row adds up those above. `withheld` are the cells that the public is not told.
    """

    id: Id
    notebook: NotebookName
    title: Words
    unit: Words | None
    basis: Words | None
    note: Words | None
    source: Words
    sheet: Words | None
    landscape: bool
    mark_means: Words
    columns: tuple[ColumnRecord, ...]
    shown: tuple[tuple[str, ...], ...]
    marked: tuple[tuple[int, int], ...]
    data: str
    files: Mapping[str, str]
    total: bool = False
    withheld: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Told:
    """A run's folder, read: its stories in order of the notebooks, its figures and tables by id."""

    folder: Path
    stories: tuple[StoryRecord, ...]
    figures: Mapping[str, FigureRecord]
    tables: Mapping[str, TableRecord]

    @property
    def stamp(self) -> Stamp:
        """The stamp of the first notebook; county, year and language are the same in all."""
        return self.stories[0].stamp

    @property
    def lang(self) -> Lang:
        """The language of the run."""
        return self.stories[0].lang

    @property
    def invented(self) -> bool:
        """Whether any notebook worked on invented data."""
        return any(story.stamp.invented for story in self.stories)

    @property
    def summary(self) -> list[Words]:
        """The sentences that stand in front of the report, in order of the notebooks."""
        return [b.text for story in self.stories for b in story.blocks if b.summary and b.text]

    def data(self, record: FigureRecord | TableRecord) -> pd.DataFrame:
        """Return the data behind a figure or table as text, '' where missing; headers may repeat."""
        rows = pd.read_csv(
            self.folder / record.data, header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
        return rows.iloc[1:].set_axis(list(rows.iloc[0]), axis=1).reset_index(drop=True)


def load(folder: Path) -> Told:
    """
    Read what the notebooks of a run left.

    Raises
    ------
    JunhengError
        The folder is not a run's; files are missing or damaged; a notebook did not reach its end; or the
        notebooks speak of different counties, years or languages. All faults at once.
    """
    paths = sorted((folder / "story").glob("*.json"))
    if not paths:
        raise refuse(
            "not-a-run",
            "这个文件夹里没有笔记本运行的结果（缺少 story 文件夹）。请先运行 junheng run。",
            "no notebook has left its results here (there is no story folder); run junheng run first",
            file=str(folder),
        )
    faults: list[Fault] = []
    stories = [story for path in paths if (story := _read(folder, path, StoryRecord, faults))]
    figures = _parts(folder, stories, "figure", FigureRecord, faults)
    tables = _parts(folder, stories, "table", TableRecord, faults)
    faults += [_missing(folder, name) for name in _files(figures, tables) if not (folder / name).is_file()]
    faults += _unfinished(stories) + _mixed(stories)
    if faults:
        raise JunhengError(faults)
    return Told(folder, tuple(stories), figures, tables)


def cleaned(text: str) -> str:
    """Return text that any of the outputs can hold: no control characters, line breaks as one newline."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def sha256(path: Path) -> str:
    """Return the checksum of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(
    folder: Path, stories: list[StoryRecord], kind: str, model: type[_Kind], faults: list[Fault]
) -> dict[str, _Kind]:
    ids = [block.id for story in stories for block in story.blocks if block.kind == kind and block.id]
    found = {i: _read(folder, folder / f"{kind}s" / f"{i}.json", model, faults) for i in ids}
    return {i: record for i, record in found.items() if record is not None}


def _read(folder: Path, path: Path, model: type[_Kind], faults: list[Fault]) -> _Kind | None:
    name = path.relative_to(folder).as_posix()
    try:
        return model.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        faults.append(_missing(folder, name))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        faults.append(
            Fault(
                "run-damaged",
                "文件已损坏或被改动，请重新运行笔记本。",
                "the file is damaged or was changed; run the notebook again",
                Place(file=name, column=".".join(map(str, first["loc"])), value=str(first["msg"])),
            )
        )
    return None


def _files(figures: Mapping[str, FigureRecord], tables: Mapping[str, TableRecord]) -> list[str]:
    records: list[FigureRecord | TableRecord] = [*figures.values(), *tables.values()]
    return [name for record in records for name in record.files]


def _missing(folder: Path, name: str) -> Fault:
    zh, en = "缺少这个文件，请重新运行笔记本。", "this file is missing; run the notebook again"
    return Fault("run-incomplete", zh, en, Place(file=name))


def _unfinished(stories: list[StoryRecord]) -> list[Fault]:
    zh, en = "笔记本没有运行到结尾，请重新运行。", "the notebook did not reach its end; run it again"
    return [Fault("notebook-unfinished", zh, en, Place(file=s.notebook)) for s in stories if not s.finished]


def _mixed(stories: list[StoryRecord]) -> list[Fault]:
    if len({(s.stamp.county_code, s.stamp.year, s.lang) for s in stories}) <= 1:
        return []
    zh = "各笔记本的县、年度或语言不一致，不能合成一份报告。"
    en = "the notebooks are of different counties, years or languages and make no one report"
    return [
        Fault(
            "run-mixed",
            zh,
            en,
            Place(s.notebook, value=f"{s.stamp.county_code} {s.stamp.year} {s.lang}", column="story"),
        )
        for s in stories
    ]

"""The outputs for the public: what names no school, made anew from what an internal run told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ..errors import refuse
from ..pupil_groups import HIDDEN
from ..replacing import write_whole
from ..schema import Words
from ..suppression import suppressing
from .folder import building
from .naming import naming
from .record import Block, FigureRecord, StoryRecord, TableRecord, Told, load, sha256

SUFFIX = "-public"
_COORDINATES = {"lon", "lat", "经度", "纬度", "longitude", "latitude"}


def write_public(folder: Path, publish: Callable[[Path], object], *, map_number: str = "") -> Path:
    """
    Make FOLDER-public beside a run's folder: stories without what names a school, and all outputs made of them.

    A sentence, figure or table is left out whole where its words or its data hold the name or the code of a school
    or a coordinate; maps are left out without a 审图号, with it their captions carry it. Of what rests on too few
    schools (`Story.public`, `TableRecord.withheld`) cells are blanked and the rest is left out; the story says so at its
    end. Notebooks are not copied.

    Parameters
    ----------
    folder
        An internal run's folder.
    publish
        What makes the outputs of a folder from its stories.
    map_number
        The 审图号 under which the maps may be shown.

    Raises
    ------
    JunhengError
        The folder is not a finished run's, or does not know the schools it speaks of.
    """
    told = load(folder)
    names = {name for story in told.stories for name in story.names}
    if not names and told.stamp.kind == "county":  # what is told of a region names no school
        raise refuse(
            "names-unknown",
            "这些成果没有记下所涉学校的名单，不能判断哪些内容可以公开。请重新运行。",
            "these outputs do not know which schools they speak of; run the notebooks again",
            file=str(folder),
        )
    named = naming(names)
    _refuse_named(told, named)
    target = folder.with_name(folder.name + SUFFIX)
    with building(target) as fresh:
        for part in ("story", "figures", "tables"):
            (fresh / part).mkdir()
        for story in told.stories:
            _retold(told, story, named, fresh, map_number)
        publish(fresh)
    return target


def _refuse_named(told: Told, named: Callable[[str], bool]) -> None:
    """Refuse a run whose stamp, which every figure carries within its file, names a school."""
    for story in told.stories:
        for words in (story.title, story.stamp.source, story.stamp.county):
            if named(words.zh) or named(words.en):
                raise refuse(
                    "source-names-school",
                    "成果的资料来源或标题中含有校名，不能公开。请把数据文件改名后重新运行。",
                    "the source or title that the outputs bear names a school; rename the data file and run again",
                    value=words.zh,
                )


def _retold(
    told: Told, story: StoryRecord, named: Callable[[str], bool], fresh: Path, map_number: str
) -> None:
    """Write one story as far as it may be public, with its figures and tables."""
    few = [block for block in story.blocks if not block.public]
    meant = [block if block.public else block.instead for block in story.blocks]
    blocks = _sections([block for block in meant if block and _public(told, block, named, map_number)])
    cells = 0
    for block in blocks:
        if block.kind == "figure" and block.id:
            _figure(told, told.figures[block.id], fresh, map_number)
        elif block.kind == "table" and block.id:
            cells += _table(told, told.tables[block.id], fresh)
    if few or cells:
        blocks.append(Block(kind="note", text=_withheld(few, cells)))
    facts = tuple(fact for fact in story.facts if fact.public)
    record = story.model_copy(update={"blocks": tuple(blocks), "names": (), "facts": facts})
    write_whole(fresh / "story" / f"{story.notebook}.json", record.model_dump_json(indent=1).encode())


def _sections(blocks: list[Block]) -> list[Block]:
    """Return the blocks without the headings below which nothing is left."""
    kept: list[Block] = []
    for block in reversed(blocks):
        if block.kind != "heading" or (kept and (kept[-1].kind != "heading" or kept[-1].level > block.level)):
            kept.append(block)
    return kept[::-1]


def _withheld(few: list[Block], cells: int) -> Words:
    """Return what a story does not tell the public, and why."""
    sides = sum(block.instead is not None for block in few)
    shown = sum(block.kind in ("figure", "table") for block in few)
    counted = (
        (cells, "表中{n}个数以“{mark}”代替", "{n} figures in tables (shown as {mark})"),
        (sides, "{n}段文字不分城乡", "the two sides in {n} sentences"),
        (len(few) - sides - shown, "{n}段文字未列入", "{n} sentences"),
        (shown, "{n}张图表未列入", "{n} charts or tables"),
    )
    least = suppressing().least_schools
    zh = "，".join(zh.format(n=n, mark=HIDDEN) for n, zh, _ in counted if n)
    en = ", ".join(en.format(n=n, mark=HIDDEN) for n, _, en in counted if n)
    few_zh, few_en = (
        ("只有1所", "a single school") if least == 2 else (f"不足{least}所", f"fewer than {least} schools")
    )
    return Words(
        zh=f"公开说明：某一乡镇、城乡一侧或学校类型{few_zh}学校的，其数据可推断到具体学校，不予公开；为防止由合计推算，"
        f"相关的数一并隐去；逐校绘点的图也不公开。本章{zh}。",
        en=f"Public edition: the figures of a township, side or type with {few_en} would disclose that school. They are "
        f"withheld, as are those from which they could be derived and charts that plot each school. "
        f"Withheld in this chapter: {en}.",
    )


def _table(told: Told, table: TableRecord, fresh: Path) -> int:
    """Write a table without the cells that the public is not told; return how many those are."""
    if not table.withheld:
        _copied(told, table, fresh, f"tables/{table.id}.json")
        return 0
    data = told.data(table)
    rows = [list(row) for row in table.shown]
    empty = {(r, c) for r, c in table.withheld if data.iloc[r, c] == ""}
    blanked = set(table.withheld) - empty
    for r, c in blanked:
        rows[r][c] = data.iloc[r, c] = HIDDEN
    write_whole(fresh / table.data, data.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))
    record = table.model_copy(
        update={
            "shown": tuple(map(tuple, rows)),
            "marked": tuple(cell for cell in table.marked if cell not in blanked),
            "withheld": (),
            "files": {table.data: sha256(fresh / table.data)},
        }
    )
    write_whole(fresh / "tables" / f"{table.id}.json", record.model_dump_json(indent=1).encode())
    return len(blanked)


def _public(told: Told, block: Block, named: Callable[[str], bool], map_number: str) -> bool:
    if block.text is not None:
        return not (named(block.text.zh) or named(block.text.en))
    if block.kind == "figure" and block.id:
        figure = told.figures[block.id]
        drawn = _of_figure(figure)
        if figure.map and not map_number:
            return False
        return not any(map(named, drawn)) and not _tells(told.data(figure), named)
    if block.kind == "table" and block.id:
        table = told.tables[block.id]
        said = [words for words in (table.title, table.basis, table.note) if words]
        return not any(named(words.zh) or named(words.en) for words in said) and not _tells(
            told.data(table), named
        )
    return True


def _of_figure(figure: FigureRecord) -> list[str]:
    """Return every text of a figure."""
    words = [words for words in (figure.caption, figure.alt, figure.note) if words]
    return [text for pair in words for text in (pair.zh, pair.en)] + [
        text for chart in figure.charts for text in (chart.title, *chart.categories)
    ]


def _tells(data: pd.DataFrame, named: Callable[[str], bool]) -> bool:
    """Return whether data name a school or say where something stands."""
    if _COORDINATES & {str(column).lower() for column in data.columns}:
        return True
    texts = {str(text) for column in range(data.shape[1]) for text in data.iloc[:, column].unique()}
    return any(map(named, texts))


def _figure(told: Told, figure: FigureRecord, fresh: Path, map_number: str) -> None:
    if figure.map:
        note = figure.note
        zh, en = (note.zh, note.en) if note else ("", "")
        approved = {"zh": f"{zh}审图号：{map_number}。", "en": f"{en} Map approval: {map_number}.".strip()}
        figure = FigureRecord.model_validate(figure.model_dump() | {"note": approved})
    _copied(told, figure, fresh, f"figures/{figure.id}.json")


def _copied(told: Told, record: FigureRecord | TableRecord, fresh: Path, name: str) -> None:
    for file in record.files:
        shutil.copyfile(told.folder / file, fresh / file)
    write_whole(fresh / name, record.model_dump_json(indent=1).encode())

"""What a run leaves."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from .words import FILE, REFUSED, say, show_outputs

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--template", type=FILE, help="报告套用的 Word 模板（.docx）。 / A docx whose styles the report takes."
)
@click.option(
    "--audience",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    help="public：另成一套不含校名、代码和坐标的成果。 / public: a set of its own that names no school.",
)
@click.option(
    "--map-number", default="", help="公开地图的审图号。 / Approval number of the maps shown in public."
)
def publish(folder: Path, template: Path | None, audience: str, map_number: str) -> None:
    """由笔记本的成果生成报告、工作簿和图集。 / Make report, workbook and gallery from what notebooks left."""
    from ..publish import publish as make
    from ..publish.public import write_public

    if audience == "public":
        folder = write_public(folder, lambda fresh: make(fresh, template=template), map_number=map_number)
    else:
        make(folder, template=template)
    show_outputs(folder)


@click.command()
@click.argument("folder", type=FOLDER)
def verify(folder: Path) -> None:
    """核对成果文件夹：文件是否与生成时一致。 / Check that a folder's files are as they were made."""
    from ..publish.manifest import verify as differences

    found = differences(folder)
    for words in found:
        say(words.zh, words.en)
    if found:
        sys.exit(REFUSED)
    say("全部文件与生成时一致。", "every file is as it was made.")


@click.command()
@click.argument("folder", type=FOLDER)
def freeze(folder: Path) -> None:
    """定稿：按现状锁定成果文件夹，以后不再覆盖。 / Freeze a folder as final: nothing overwrites it."""
    from ..publish.manifest import freeze as make_final

    make_final(folder)
    say(f"已定稿：{folder}", f"frozen as final: {folder}")


@click.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
def diff(old: Path, new: Path) -> None:
    """列出两次成果之间变动的每一个数及其来由。 / List every number that changed between two runs, and why."""
    from ..publish.causes import CAUSES
    from ..publish.changes import changes

    found = changes(old, new)
    for change in found.changes:
        why = "、".join(CAUSES[cause].zh for cause in change.causes)
        click.echo(f"{change.where.zh}\n  {change.old or '—'} → {change.new or '—'}  [{why}]")
    counts = Counter(cause for change in found.changes for cause in change.causes)
    if not found.changes:
        say("没有变动。", "nothing changed.")
    else:
        zh = "、".join(f"{CAUSES[cause].zh}{n}处" for cause, n in counts.items())
        en = ", ".join(f"{CAUSES[cause].en} {n}" for cause, n in counts.items())
        say(f"共 {len(found.changes)} 处变动；来由：{zh}。", f"{len(found.changes)} changes; cause: {en}.")
    if found.printed:
        say("与以前公布的数据核对：", "against figures printed before:")
        for row in found.printed:
            click.echo("  " + " | ".join(text for text in row if text))

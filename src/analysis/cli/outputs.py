"""What a run leaves."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .words import FILE, REFUSED, say, show_outputs

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--template", type=FILE, help="报告套用的 Word 模板（.docx）。 / A docx whose styles the report takes."
)
def publish(folder: Path, template: Path | None) -> None:
    """由笔记本的成果生成报告、工作簿和图集。 / Make report, workbook and gallery from what notebooks left."""
    from ..publish import publish as make

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
    from ..publish.changes import CAUSES, changes

    found = changes(old, new)
    for change in found.changes:
        click.echo(f"{change.where.zh}\n  {change.old or '—'} → {change.new or '—'}")
    causes = [CAUSES[cause] for cause in found.causes]
    zh, en = "、".join(c.zh for c in causes), ", ".join(c.en for c in causes)
    if not found.changes:
        say("没有变动。", "nothing changed.")
    else:
        say(f"共 {len(found.changes)} 处变动；来由：{zh}。", f"{len(found.changes)} changes; cause: {en}.")

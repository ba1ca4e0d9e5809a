"""What a run leaves."""

from __future__ import annotations

from pathlib import Path

import click

from .words import FILE, show_outputs


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--template", type=FILE, help="报告套用的 Word 模板（.docx）。 / A docx whose styles the report takes."
)
def publish(folder: Path, template: Path | None) -> None:
    """由笔记本的成果生成报告、工作簿和图集。 / Make report, workbook and gallery from what notebooks left."""
    from ..publish import publish as make

    make(folder, template=template)
    show_outputs(folder)

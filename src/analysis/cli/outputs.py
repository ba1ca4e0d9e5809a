"""What a run leaves."""

from __future__ import annotations

from pathlib import Path

import click

from .words import show_outputs


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def publish(folder: Path) -> None:
    """由笔记本的成果生成报告、工作簿和图集。 / Make report, workbook and gallery from what notebooks left."""
    from ..publish import publish as make

    make(folder)
    show_outputs(folder)

"""What every verb says and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import refuse

if TYPE_CHECKING:
    from ..batch import Step
    from ..params import Request
    from ..region import RegionRequest

DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
FILE = click.Path(path_type=Path)


def new_workbook(path: Path) -> None:
    """Refuse a name that is not a new xlsx: what people typed is never overwritten."""
    if path.suffix.lower() != ".xlsx":
        raise refuse("not-xlsx", "文件名应以 .xlsx 结尾。", "the name must end in .xlsx.", file=str(path))
    if path.exists():
        raise refuse(
            "exists", "文件已存在，不会覆盖。", "the file exists and is not overwritten.", file=str(path)
        )


def show_request(name: str, request: Request | RegionRequest) -> None:
    click.echo(f"{name} · {request.year} · {request.standard} · {request.lang}")
    click.echo(f"数据 / data: {'、'.join(path.name for path in request.paths)}")


def show_step(step: Step) -> None:
    click.echo(f"[{step.number}/{step.of}] {step.notebook}  {step.seconds:.1f} s")


def show_outputs(folder: Path) -> None:
    for zh, en, name in (
        ("报告", "report", "report.docx"),
        ("报告（PDF）", "report as PDF", "report.pdf"),
        ("台账", "ledger", "ledger.xlsx"),
        ("图表", "charts", "charts.xlsx"),
        ("幻灯片", "slides", "slides.pptx"),
        ("图集", "gallery", "index.html"),
    ):
        if name != "report.pdf" or (folder / name).is_file():  # printed where LibreOffice is
            click.echo(f"{zh} / {en}: {folder / name}")


def say(zh: str, en: str) -> None:
    click.echo(f"{zh}\n{en}")

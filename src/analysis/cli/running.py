"""Run the notebooks: for one county, or for a region."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

import click

from ..errors import Level
from .many import Many, run_all
from .words import FAILED, say, show_outputs, show_request, show_step

_OF_MANY = ("region", "jobs", "resume", "failed_only", "dry_run", "scheduler")
_NOT_MANY = Many("", 1, resume=True, failed_only=False, timeout=None, dry_run=False, scheduler="")
STAMP = click.option(
    "--stamp", is_flag=True, help="图中印出资料来源。 / Print the source into every picture."
)


@click.command()
@click.option("--county", default="", help="县级代码，如 350981。 / County code.")
@click.option(
    "--year",
    default="",
    help="年份，如 2025（默认数据中最近一年）。 / Year; the latest in the data by default.",
)
@click.option("--params", default="", help="参数文件（YAML）。 / A YAML file of parameters.")
@click.option("--data", default="", help="数据文件或文件夹。 / Data file or folder.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="成果的语言。 / Language of the outputs.")
@click.option("--out", default="", help="成果的根文件夹（默认 outputs）。 / Folder of all outputs.")
@click.option("--standard", default="", help="标准编号或 YAML 文件，见 junheng standards。 / Rule set.")
@click.option("--area", type=click.Choice(["area2", "area3"]), help="城乡两分或三分。 / Two areas or three.")
@click.option(
    "-p", "extra", multiple=True, metavar="NAME=VALUE", help="笔记本的其他参数。 / Any notebook parameter."
)
@click.option(
    "--all", "every", is_flag=True, help="运行全部县（见 --region）。 / Every county; see --region."
)
@click.option(
    "--region", default="", help="与 --all 同用：该区域数据中的全部县。 / With --all: of this region."
)
@click.option("--jobs", type=click.IntRange(1), default=1, help="同时运行几个县。 / Counties at once.")
@click.option(
    "--resume/--no-resume",
    default=True,
    help="成果完整且数据、参数、标准、程序未变的县不重做（默认）。 / Keep counties whose outputs are up to date.",
)
@click.option(
    "--failed-only", is_flag=True, help="只运行上次失败的县。 / Only those that failed the last time."
)
@click.option(
    "--timeout", type=click.FloatRange(1), help="每个笔记本的时限（秒）。 / Seconds a notebook may take."
)
@click.option("--dry-run", is_flag=True, help="只列出要运行的县。 / Only list what would be run.")
@click.option("--scheduler", default="", help="Dask 调度器地址，如 tcp://host:8786。 / Dask scheduler.")
@STAMP
def run(
    extra: tuple[str, ...], out: str, stamp: bool, every: bool, timeout: float | None, **options: Any
) -> None:
    """为一个县（或 --all 全部县）运行笔记本并生成报告。 / Run the notebooks for one county, or for all."""
    from .. import batch, params

    _stamp_pictures(stamp)
    many = Many(timeout=timeout, **{name: options.pop(name) for name in _OF_MANY})
    given = {name: value for name, value in options.items() if value}
    more = _pairs(extra, taken=given)
    if every:
        if given.get("county"):
            raise click.BadParameter("不能与 --all 同用 / not with --all", param_hint="--county")
        run_all(many, out, given | {name: more.pop(name) for name in params.PARAMETERS if name in more}, more)
        return
    if replace(many, timeout=None) != _NOT_MANY:
        raise click.UsageError(
            "--region、--jobs 等只与 --all 同用 / --region, --jobs and the like need --all"
        )
    given |= {name: more.pop(name) for name in params.PARAMETERS if name in more}
    request = params.resolve(outputs=out, **given)
    show_request(f"{request.county_name[request.lang]} {request.county_code}", request)
    try:
        done = batch.run_county(request, extra=more, progress=show_step, timeout=timeout)
    except batch.NotebookError as error:
        click.echo(f"\n{error}", err=True)
        sys.exit(FAILED)
    to_explain = sum(fault.level is Level.EXPLAIN and not fault.explanation for fault in done.faults)
    if to_explain:
        say(
            f"数据有 {to_explain} 处需要说明，见报告；用 junheng check 查看。",
            f"{to_explain} figure(s) ask for an explanation: see the report, or run junheng check.",
        )
    show_outputs(done.folder)


@click.command()
@click.option("--region", required=True, help="区域名（params/regions）或 YAML 文件。 / Region or YAML file.")
@click.option("--year", default="", help="年份（默认数据中最近一年）。 / Year; the latest by default.")
@click.option("--data", default="", help="数据文件或文件夹。 / Data file or folder.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="成果的语言。 / Language of the outputs.")
@click.option("--out", default="", help="成果的根文件夹（默认 outputs）。 / Folder of all outputs.")
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option(
    "-p", "extra", multiple=True, metavar="NAME=VALUE",
    help="笔记本的其他参数，如 profiles=none。 / Any notebook parameter.",
)  # fmt: skip
@STAMP
def region(extra: tuple[str, ...], out: str, stamp: bool, **options: str | None) -> None:
    """比较一个区域的全部县并生成报告。 / Compare all counties of a region and make the report."""
    from .. import batch
    from ..region import resolve_region

    _stamp_pictures(stamp)
    given = {name: value for name, value in options.items() if value}
    more = _pairs(extra, taken=given)
    request = resolve_region(outputs=out, **given)
    show_request(request.title[request.lang], request)
    try:
        done = batch.run_region(request, extra=more, progress=show_step)
    except batch.NotebookError as error:
        click.echo(f"\n{error}", err=True)
        sys.exit(FAILED)
    show_outputs(done.folder)


def _stamp_pictures(stamp: bool) -> None:
    """Ask the notebooks, which inherit the environment, to print the source line into every picture."""
    from ..publish.record import STAMP_VARIABLE

    if stamp:
        os.environ[STAMP_VARIABLE] = "1"


def _pairs(extra: tuple[str, ...], *, taken: dict[str, str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in extra:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise click.BadParameter(f"{text}：应为 NAME=VALUE / must be NAME=VALUE", param_hint="-p")
        if name in pairs or name in taken:
            raise click.BadParameter(f"{name}：给了两次 / given twice", param_hint="-p")
        pairs[name] = value
    return pairs

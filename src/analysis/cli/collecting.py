"""A year's collection: hand out a workbook a school, merge what comes back, begin the next year."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import report
from .words import FILE, new_workbook, say

if TYPE_CHECKING:
    import datetime

    from ..sources.dataset import Dataset
    from ..standards import RuleSet


def hand_out(folder: Path, rules: RuleSet, data: Path | None, year: int | None) -> None:
    """Write one pre-filled workbook a school into a folder."""
    from .. import collecting

    if data is None:
        raise click.UsageError("请用 --data 指明学校取自哪个文件 / name the schools' file with --data")
    held = _read(data)
    written = collecting.hand_out(folder, held, year=year or int(held.schools["year"].max()) + 1, rules=rules)
    say(
        f"已生成{len(written)}份，名单：{folder / collecting.ROSTER}；收齐后：junheng collect {shlex.quote(str(folder))} 汇总.xlsx",
        f"{len(written)} workbooks written, listed in {folder / collecting.ROSTER}; then: junheng collect FOLDER OUT.xlsx",
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("file", type=FILE)
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="截止日期，如 2026-10-15。 / Last day.")
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
def collect(folder: Path, file: Path, due: datetime.datetime | None, standard: str) -> None:
    """把学校交回的工作簿汇总成一个，列出未交、重复、错年、改过模板的。 / Merge what schools sent back."""
    from .. import collecting
    from ..params import DEFAULTS
    from ..sources.mapping import load_source
    from ..standards import load_standard

    new_workbook(file)
    source = load_source(DEFAULTS["source"])
    found = collecting.collect(folder, source, due=due.date() if due else None)
    collecting.write_collection(file, found, load_standard(standard or DEFAULTS["standard"]))
    if found.faults:
        click.echo(report(found.faults))
    n = found.returned
    say(
        f"发出{found.handed_out}份，收回可用{n}份，已汇总：{file}。下一步：junheng check {shlex.quote(str(file))}",
        f"{found.handed_out} handed out, {n} usable, merged: {file}; next: junheng check {shlex.quote(str(file))}",
    )


@click.command("next-year")
@click.argument("old", type=FILE)
@click.argument("file", type=FILE)
@click.option(
    "--year", type=int, help="默认为数据中最近一年的下一年。 / The year after the latest by default."
)
@click.option(
    "--with", "now", type=FILE, help="新一年的数据，用来比对学校。 / The new year's data, to compare."
)
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
def next_year(old: Path, file: Path, year: int | None, now: Path | None, standard: str) -> None:
    """生成下一年的工作簿，带入学校、答复和说明。 / Begin the next year's workbook from the last one."""
    from ..collecting import begin_year
    from ..params import DEFAULTS
    from ..standards import load_standard

    new_workbook(file)
    data = _read(old)
    turnover = begin_year(
        file,
        data,
        year=year or int(data.schools["year"].max()) + 1,
        rules=load_standard(standard or data.settings.get("评估标准") or DEFAULTS["standard"]),
        now=_read(now) if now else None,
    )
    say(f"已生成：{file}", f"written: {file}")
    if now is None:
        say(
            "未给出新一年的数据（--with），学校按上年带入。",
            "no data of the new year (--with): last year's schools.",
        )
        return
    for zh, en, schools in (
        ("新增学校", "new", turnover.new),
        ("不再出现的学校", "closed", turnover.closed),
        ("更名的学校", "renamed", turnover.renamed),
    ):
        say(f"{zh}{len(schools)}所", f"{len(schools)} {en}")
        for row in schools.to_dict("records"):
            was = f" ← {row['was']}" if "was" in row else ""
            click.echo(f"  {row['school_id']} {row['school_name']}{was}")
    if len(turnover.new) or len(turnover.closed):
        say(
            "合并、分立、换码的请填入「沿革」表。",
            "write merged, split and recoded schools on the sheet 沿革.",
        )


def _read(path: Path) -> Dataset:
    from ..params import DEFAULTS
    from ..sources.mapping import load_source
    from ..sources.reading import read_dataset

    return read_dataset([path], load_source(DEFAULTS["source"]))

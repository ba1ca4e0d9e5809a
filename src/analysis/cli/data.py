"""The data a county files: check it, and hand out the workbook to fill in."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import JunhengError, Level, report
from .collecting import hand_out
from .words import FILE, REFUSED, new_workbook, say

if TYPE_CHECKING:
    from ..errors import Fault
    from ..sources.mapping import SourceMapping
    from ..sources.official import Official


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--source", default="", help="数据来源的读法（编号或 YAML）。 / Source mapping.")
@click.option("--copy", "target", type=FILE, help="标出问题的副本存到哪里。 / Where the marked copy goes.")
def check(files: tuple[Path, ...], source: str, target: Path | None) -> None:
    """核查数据，列出全部问题，并另存一份标出问题的副本。 / Check data; list every fault; save a marked copy."""
    from ..params import DEFAULTS
    from ..sources.inputs import list_files
    from ..sources.mapping import load_source
    from ..sources.reading import read_dataset

    mapping = load_source(source or DEFAULTS["source"])
    try:
        faults: Sequence[Fault] = read_dataset(
            files, mapping, standard=DEFAULTS["standard"], tell_blanks=True
        ).faults
    except JunhengError as error:
        faults = error.faults
    _show_official(files, mapping)
    click.echo(report(faults))
    tables = [path for path in list_files(files, mapping).tables if path.suffix.lower() != ".parquet"]
    if target is not None and len(tables) != 1:
        raise click.BadParameter("只用于一个表格文件 / only with one table file", param_hint="--copy")
    for table in tables:
        _save_copy(table, faults, target)
    if any(fault.level is Level.REFUSE for fault in faults):
        sys.exit(REFUSED)
    _say_passed(files, faults, own_source=bool(source))


def _show_official(files: Sequence[Path], mapping: SourceMapping) -> None:
    """Show how official workbooks were read, and write what the office may edit and fill in beside them."""
    from ..sources.official import READINGS, lacking, told, write_readings
    from ..sources.reading import survey

    official = survey(files, mapping)
    if not official.parts:
        return
    for line in told(official.parts):
        click.echo(f"{line.zh}\n{line.en}" if not line.zh.startswith(" ") else line.zh)
    first = files[0]
    folder = first if first.is_dir() else first.parent
    readings = folder / READINGS
    if not readings.exists():
        write_readings(readings, official.parts)
        say(f"读法已写入，不对的可改：{readings}", f"readings written, edit what is wrong: {readings}")
    missing = lacking(official)
    if missing:
        say("官方表中没有找到：", "not found in the official workbooks:")
        for line in missing:
            click.echo(f"  {line.zh} / {line.en}")
    _write_supplement(folder, official)


def _write_supplement(folder: Path, official: Official) -> None:
    """Write the workbook that asks for what is lacking, unless there is one."""
    from ..forms.supplement import NAME, write_supplement
    from ..sources.official import absent

    columns, target = absent(official), folder / NAME
    asked = columns or official.branches["parent_id"].isna().any()
    if target.exists() or official.supplements or official.named or not asked:
        return
    write_supplement(target, official.schools(), columns, official.branches)
    say(f"缺的项目可在这里补填：{target}", f"what is lacking can be filled in here: {target}")


def _say_passed(files: Sequence[Path], faults: Sequence[Fault], *, own_source: bool) -> None:
    """Say that nothing stands in the way, and what comes next."""
    asked = any(fault.level is Level.EXPLAIN and not fault.explanation for fault in faults)
    zh, en = ("没有必须改正的错误", "no errors") if asked else ("核查通过", "the check is passed")
    if own_source:  # a run takes its source from a params file
        say(f"{zh}。", f"{en}.")
        return
    data = files[0] if len(files) == 1 else files[0].parent
    command = f"junheng run --data {shlex.quote(str(data))}"
    first = ("可先说明标出的问题；", "explain what is marked, then ") if asked else ("", "")
    say(f"{zh}。{first[0]}下一步：{command}", f"{en}; next: {first[1]}{command}")


def _save_copy(table: Path, faults: Sequence[Fault], target: Path | None) -> None:
    """Save the marked copy of a table that has faults, or whenever it is asked for by name."""
    from ..forms.annotate import annotated_copy
    from ..locating import copy_name
    from ..sources.filekind import file_fault

    marked = any(Path(fault.place.file).name in ("", table.name) for fault in faults)
    if file_fault(table) is None and (marked or target is not None):
        target = target or table.with_name(copy_name(table))
        annotated_copy(table, faults, target)
        say(f"标出问题的副本：{target}", f"marked copy: {target}")


@click.command()
@click.argument("file", type=FILE)
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option("--county", nargs=2, metavar="代码 县名", help="预先填好。 / County code and name to fill in.")
@click.option(
    "--per-school", is_flag=True, help="每校一份，FILE 为文件夹。 / One a school; FILE is a folder."
)
@click.option("--data", type=FILE, help="学校取自这里（--per-school）。 / Whose schools they are.")
@click.option("--year", type=int, help="学年初所在年份（--per-school）。 / Year asked about.")
def template(
    file: Path,
    standard: str,
    county: tuple[str, str] | None,
    per_school: bool,
    data: Path | None,
    year: int | None,
) -> None:
    """生成空白的填报工作簿，或每校一份。 / Write an empty workbook to be filled in, or one a school."""
    from ..forms.template import write_template
    from ..params import DEFAULTS
    from ..standards import load_standard

    rules = load_standard(standard or DEFAULTS["standard"])
    if per_school:
        hand_out(file, rules, data, year)
        return
    if data is not None or year is not None:
        raise click.UsageError("--data、--year 与 --per-school 同用 / go with --per-school")
    new_workbook(file)
    write_template(file, rules=rules, county=county)
    say(f"已生成：{file}", f"written: {file}")

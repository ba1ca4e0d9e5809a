"""Sheets that people type: the calculator that needs no installation, and the check of a plan."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..errors import Lang, Level, report
from .words import FILE, REFUSED, new_workbook, say


@click.command()
@click.argument("file", type=FILE)
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option("--county", default="", help="按该县数据预先填好（县级代码）。 / Fill in this county's data.")
@click.option("--data", default="", help="按该数据预先填好。 / Fill in these data.")
@click.option("--year", default="", help="年份（默认数据中最近一年）。 / Year; the latest by default.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="工作簿的语言。 / Language of the workbook.")
def calculator(file: Path, standard: str, county: str, data: str, year: str, lang: Lang | None) -> None:
    """生成带公式的自动计算表，不装软件也能判定。 / Write a workbook of formulas that judges by itself."""
    from ..calculator import write_calculator
    from ..params import DEFAULTS
    from ..standards import load_standard

    new_workbook(file)
    if not (county or data):
        write_calculator(
            file, rules=load_standard(standard or DEFAULTS["standard"]), lang=lang or DEFAULTS["lang"]
        )
    else:
        from ..params import resolve
        from ..study import open_request

        study = open_request(resolve(county=county, data=data, year=year, standard=standard, lang=lang or ""))
        write_calculator(
            file,
            rules=study.rules,
            lang=study.request.lang,
            schools=study.of_year(study.data.schools),
            county=study.county[study.request.lang],
            year=study.request.year,
        )
    say(f"已生成：{file}", f"written: {file}")


@click.command("check-plan")
@click.argument("file", type=FILE)
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option(
    "--county", default="", help="用该县数据核对计划能否达标。 / Hold it against this county's data."
)
@click.option("--data", default="", help="用该数据核对计划能否达标。 / Hold it against these data.")
@click.option(
    "--year", default="", help="数据的年份（默认最近一年）。 / Year of the data; the latest by default."
)
@click.option("--copy", "target", type=FILE, help="标出问题的副本存到哪里。 / Where the marked copy goes.")
def check_plan(file: Path, standard: str, county: str, data: str, year: str, target: Path | None) -> None:
    """核对计划（xlsx、docx、csv）：合计、其中、比率、达标。 / Does a plan add up, and say what its figures say."""
    from ..forms.annotate import annotated_copy
    from ..params import DEFAULTS
    from ..plancheck import check_plan as find
    from ..standards import load_standard

    if target is not None and file.suffix.lower() == ".docx":
        raise click.BadParameter("只用于表格文件 / only with a table file", param_hint="--copy")
    if county or data:
        from ..params import resolve
        from ..study import open_request

        study = open_request(resolve(county=county, data=data, year=year, standard=standard))
        faults = find(file, study.rules, study.of_year(study.data.schools))
    else:
        faults = find(file, load_standard(standard or DEFAULTS["standard"]))
    if faults:
        click.echo(report(faults))
    if target is not None:
        annotated_copy(file, faults, target)
        say(f"标出问题的副本：{target}", f"marked copy: {target}")
    if any(fault.level is not Level.NOTE for fault in faults):
        sys.exit(REFUSED)
    say(f"{file.name}：没有发现前后矛盾。", f"{file.name}: no contradictions found.")

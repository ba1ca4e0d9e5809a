"""What a school works with."""

from __future__ import annotations

from pathlib import Path

import click

from .words import FILE, say


@click.command("self-check")
@click.argument("file", type=FILE)
@click.option(
    "--school",
    "names",
    multiple=True,
    help="学校标识码或校名，可多次给出（默认全部）。 / ID or name; all by default.",
)
@click.option("--county", default="", help="县级代码。 / County code.")
@click.option("--year", default="", help="年份（默认数据中最近一年）。 / Year; the latest by default.")
@click.option("--params", default="", help="参数文件（YAML）。 / A YAML file of parameters.")
@click.option("--data", default="", help="数据文件或文件夹。 / Data file or folder.")
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="语言。 / Language.")
def self_check(file: Path, names: tuple[str, ...], **options: str | None) -> None:
    """
    学校自查表：FILE.docx 每校一页；FILE 为学校自查数据表（csv、xlsx）时核对其中的比值。

    FILE.docx: one page a school. FILE.csv or .xlsx with stated figures: check the ratios in it.
    """
    if file.suffix.lower() != ".docx":
        _check_stated(file)
        return
    from ..county_items import judge_items
    from ..params import resolve
    from ..publish.school_pages import write_school_pages
    from ..self_check import school_pages
    from ..self_check.pages import COLUMNS, chosen
    from ..study import open_request

    study = open_request(resolve(**{name: value for name, value in options.items() if value}))
    schools, units = study.of_year(study.data.schools), study.of_year(study.assessment.units)
    _, checked = judge_items(schools, units, study.data.answers, study.rules)
    pages = chosen(school_pages(study, checked), names)
    write_school_pages(file, pages, COLUMNS, stamp=study.stamp(), lang=study.request.lang)
    say(f"已写入{len(pages)}所学校：{file}", f"{len(pages)} school(s) written: {file}")


def _check_stated(file: Path) -> None:
    from ..errors import report
    from ..self_check import check_stated, read_stated

    figures = read_stated(file)
    click.echo(report(check_stated(figures)))
    say(f"核对了{len(figures)}个数。", f"{len(figures)} figures were checked.")

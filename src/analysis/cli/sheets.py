"""Work done in spreadsheets: the calculator that needs no installation."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import Lang
from .words import FILE, new_workbook, say


@click.command()
@click.argument("file", type=FILE)
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option("--county", default="", help="按该县数据预先填好(县级代码)。 / Fill in this county's data.")
@click.option("--data", default="", help="按该数据预先填好。 / Fill in these data.")
@click.option("--year", default="", help="年份(默认数据中最近一年)。 / Year; the latest by default.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="工作簿的语言。 / Language of the workbook.")
def calculator(file: Path, standard: str, county: str, data: str, year: str, lang: Lang | None) -> None:
    """生成带公式的自动计算表,不装软件也能判定。 / Write a workbook of formulas that judges by itself."""
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

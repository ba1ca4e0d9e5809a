"""The rule sets."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import Lang
from .words import FILE, new_workbook, say


@click.command()
@click.argument("standard", required=False)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option(
    "--pages", type=FILE, help="将全部标准写成 Markdown 文件的文件夹。 / Write all as Markdown pages here."
)
def standards(standard: str | None, lang: Lang, pages: Path | None) -> None:
    """列出标准；给出编号时列出其指标与条款。 / List the rule sets, or one with its indicators and clauses."""
    from ..rule_listing import listing
    from ..standards import available, load_standard

    if pages is not None:
        from ..rule_pages import write_pages

        written = write_pages(pages)
        say(f"已写入{len(written)}个文件：{pages}", f"{len(written)} pages written: {pages}")
    elif standard is None:
        for name in available():
            rules = load_standard(name)
            click.echo(f"{name}\t{rules.title[lang]}\t{rules.source}")
    else:
        click.echo("\n".join(listing(load_standard(standard), lang)))


@click.command()
@click.argument("file", type=FILE)
@click.option("--last", type=FILE, help="上一次的台账，逐项核对销号。 / The last ledger, to be worked off.")
@click.option("--county", default="", help="县级代码。 / County code.")
@click.option("--year", default="", help="年份（默认数据中最近一年）。 / Year; the latest by default.")
@click.option("--params", default="", help="参数文件（YAML）。 / A YAML file of parameters.")
@click.option("--data", default="", help="数据文件或文件夹。 / Data file or folder.")
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="台账的语言。 / Language of the ledger.")
def ledger(file: Path, last: Path | None, **options: str | None) -> None:
    """生成销号台账；给出上一次的台账时逐项销号并保留填写内容。 / Write the ledger, working off the last one."""
    from ..county_items import judge_items
    from ..ledger import read_ledger, standings, work_off, write_ledger
    from ..params import resolve
    from ..study import open_request

    new_workbook(file)
    request = resolve(**{name: value for name, value in options.items() if value})
    study = open_request(request)
    rules = study.rules
    before = None
    if last is not None:
        before = read_ledger(last, county=request.county_code, year=request.year, standard=rules.id)
    schools, units = study.of_year(study.data.schools), study.of_year(study.assessment.units)
    _, checked = judge_items(schools, units, study.data.answers, rules)
    standing = standings(study.of_year(study.assessment.judged), checked, rules, request.lang)
    entries, conflicts = work_off(standing, before, request.year)
    extra = before.extra if before is not None else ()
    write_ledger(file, entries, conflicts, extra=extra, stamp=study.stamp(), lang=request.lang)
    states = [entry.state for entry in entries]
    n_open = sum(states.count(state) for state in ("new", "open", "reopened"))
    say(
        f"待销号{n_open}项（新增{states.count('new')}项、重新列入{states.count('reopened')}项），"
        f"已销号{states.count('closed')}项，冲突{len(conflicts)}处：{file}",
        f"{n_open} open ({states.count('new')} new, {states.count('reopened')} reopened), "
        f"{states.count('closed')} closed, {len(conflicts)} conflict(s): {file}",
    )

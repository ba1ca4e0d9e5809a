"""Many counties' data as one store, and every county and year of it measured at once."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import LEVELS, Lang, Level, report
from .words import FILE, REFUSED, say

if TYPE_CHECKING:
    from ..errors import Fault
    from ..sources.store import Change

STANDARD = click.option(
    "--standard", "--rules", "standard", default="", help="标准编号或 YAML 文件。 / Rule set."
)
SOURCE = click.option("--source", default="", help="数据来源的读法（编号或 YAML）。 / Source mapping.")


@click.command()
@click.argument("sources", nargs=-1, required=True, type=FILE, metavar="SOURCE...")
@click.option(
    "--store",
    required=True,
    type=FILE,
    help="数据仓库的文件夹（新的、空的或原有的仓库）。 / Folder of the store.",
)
@SOURCE
@STANDARD
@click.option(
    "--skip-faulty",
    is_flag=True,
    help="有错误的文件不采用，其余照常入库；默认有错即全部不入库。 / Leave out faulty files; else none is taken.",
)
@click.option(
    "--replace",
    "late",
    is_flag=True,
    help="补交、更正：只替换文件所含的县和年份，其余不动。 / Replace only the counties and years that the files hold.",
)
@click.option(
    "--drop-schools",
    is_flag=True,
    help="与 --replace 同用：新文件里没有的学校从库中去掉。 / With --replace: drop schools that are no longer there.",
)
def ingest(
    sources: tuple[Path, ...],
    store: Path,
    source: str,
    standard: str,
    skip_faulty: bool,
    late: bool,
    drop_schools: bool,
) -> None:
    """把多个县的数据文件存成一个按县排列的数据仓库。 / Turn many counties' files into one store, ordered by county."""
    from ..params import DEFAULTS
    from ..sources.ingesting import ingest as take_in

    if drop_schools and not late:
        raise click.UsageError("--drop-schools 与 --replace 同用 / goes with --replace")
    done = take_in(
        sources,
        store,
        source or ("" if late else DEFAULTS["source"]),
        standard=standard or DEFAULTS["standard"],
        skip_faulty=skip_faulty,
        late=late,
        drop_schools=drop_schools,
        progress=_show,
    )
    _show_faults(done.faults)
    _show_changes(done.changes)
    for path in done.left_out:
        say(f"没有采用：{path}", f"left out: {path}")
    say(
        f"已入库：{done.counties} 个县、{done.rows} 行（校·年）：{store}",
        f"stored: {done.counties} counties, {done.rows} rows (school × year): {store}",
    )
    if done.left_out:
        sys.exit(REFUSED)
    rules = f" --standard {standard}" if standard else ""
    say(
        f"下一步：junheng measure --data {store}{rules} --out 结果.xlsx，或 junheng run --all --data {store}{rules}",
        f"next: junheng measure --data {store}{rules} --out tables.xlsx, or junheng run --all --data {store}{rules}",
    )


def _show_changes(changes: Sequence[Change]) -> None:
    """Show each county's year that late files have replaced or added."""
    for change in changes:
        about = f"{change.county} {change.name} {change.year}"
        if change.before:
            say(
                f"替换：{about}（{change.before} 校 → {change.now} 校）",
                f"replaced: {about} ({change.before} → {change.now} schools)",
            )
        else:
            say(f"新增：{about}（{change.now} 校）", f"added: {about} ({change.now} schools)")
        for school in change.gone:
            say(f"  去掉：{school}", f"  dropped: {school}")


def _show_faults(faults: Sequence[Fault]) -> None:
    """Show what must be corrected; of what a county's own report tells, how much there is in each file."""
    refused = [fault for fault in faults if fault.level is Level.REFUSE]
    if refused:
        click.echo(report(refused))
    others = Counter((fault.place.file, fault.level) for fault in faults if fault.level is not Level.REFUSE)
    for (file, level), n in sorted(others.items()):
        zh, en = LEVELS[level]
        say(
            f"{file or '—'}：{zh} {n} 处，见各县报告。",
            f"{file or '—'}: {n} × {en}; see each county's report.",
        )


def _show(number: int, of: int, paths: Sequence[Path]) -> None:
    more = f" +{len(paths) - 1}" if len(paths) > 1 else ""
    click.echo(f"[{number}/{of}] {paths[0].name}{more}")


@click.command()
@click.option("--data", required=True, type=FILE, help="数据仓库，或数据文件、文件夹。 / A store, or files.")
@click.option(
    "--out",
    required=True,
    type=FILE,
    help="xlsx：一个工作簿；csv、parquet：名称相同的三个文件。 / xlsx: one workbook; csv, parquet: three files.",
)
@SOURCE
@STANDARD
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", help="字典的语言。 / Language of the dictionary."
)
def measure(data: Path, out: Path, source: str, standard: str, lang: Lang) -> None:
    """一次算出全部县、全部年份的指标、差异系数、基尼、泰尔指数和判定。 / Measure and judge all counties and years."""
    from ..national import columns_needed
    from ..national import measure as measured
    from ..params import DEFAULTS
    from ..publish.flat import check_name, write_flat
    from ..sources.mapping import load_source
    from ..sources.reading import read_schools
    from ..standards import load_standard
    from ..tables.national import national_tables

    check_name(out)
    rules = load_standard(standard or DEFAULTS["standard"])
    mapping = load_source(source or DEFAULTS["source"])
    schools = read_schools(data, mapping, ["county_name", *columns_needed(rules)])
    latest = schools[["county_code", "county_name", "year"]].dropna().sort_values("year", kind="stable")
    names = dict(
        latest.drop_duplicates("county_code", keep="last")[["county_code", "county_name"]].to_numpy()
    )
    written = write_flat(national_tables(measured(schools, rules), rules, names), out, lang)
    counties, years = schools["county_code"].nunique(), schools["year"].nunique()
    say(
        f"{counties} 个县、{years} 年、{len(schools)} 行（校·年），标准 {rules.id}。",
        f"{counties} counties, {years} years, {len(schools)} rows (school × year), rule set {rules.id}.",
    )
    for path in written:
        say(f"已生成：{path}", f"written: {path}")

"""The command `junheng`: one thin verb per job. What a verb needs is imported when it runs."""

from __future__ import annotations

import shlex
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from . import __version__
from .errors import JunhengError, Lang, Level, refuse, report

if TYPE_CHECKING:
    from .batch import Step
    from .errors import Fault
    from .params import Request
    from .region import RegionRequest

_DONE, _FAILED, _REFUSED, _INTERRUPTED = 0, 1, 2, 130
_FILE = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="junheng")
@click.option("--debug", is_flag=True, help="出错时显示完整的调用栈。 / Show the traceback of an error.")
@click.pass_context
def junheng(context: click.Context, debug: bool) -> None:
    """均衡 Junheng：县域城乡学校差距的测算与判定。 / The gap between urban and rural schools, county by county."""
    context.obj = debug


@junheng.command()
@click.option("--county", default="", help="县级代码，如 350981。 / County code.")
@click.option(
    "--year",
    default="",
    help="年份，如 2025（默认数据中最近一年）。 / Year; the latest in the data by default.",
)
@click.option("--params", default="", help="参数文件(YAML)。 / A YAML file of parameters.")
@click.option("--data", default="", help="数据文件或文件夹。 / Data file or folder.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="成果的语言。 / Language of the outputs.")
@click.option("--out", default="", help="成果的根文件夹（默认 outputs）。 / Folder of all outputs.")
@click.option("--standard", default="", help="标准编号或 YAML 文件，见 junheng standards。 / Rule set.")
@click.option("--area", type=click.Choice(["area2", "area3"]), help="城乡两分或三分。 / Two areas or three.")
@click.option(
    "-p", "extra", multiple=True, metavar="NAME=VALUE", help="笔记本的其他参数。 / Any notebook parameter."
)
def run(extra: tuple[str, ...], out: str, **options: str | None) -> None:
    """为一个县运行全部笔记本并生成报告。 / Run the notebooks for one county and make the report."""
    from . import batch, params

    given = {name: value for name, value in options.items() if value}
    more = _pairs(extra, taken=given)
    given |= {name: more.pop(name) for name in params.PARAMETERS if name in more}
    request = params.resolve(outputs=out, **given)
    _show_request(f"{request.county_name[request.lang]} {request.county_code}", request)
    try:
        done = batch.run_county(request, extra=more, progress=_show_step)
    except batch.NotebookError as error:
        click.echo(f"\n{error}", err=True)
        sys.exit(_FAILED)
    to_explain = sum(fault.level is Level.EXPLAIN and not fault.explanation for fault in done.faults)
    if to_explain:
        _say(
            f"数据有 {to_explain} 处需要说明，见报告；用 junheng check 查看。",
            f"{to_explain} figure(s) ask for an explanation: see the report, or run junheng check.",
        )
    _show_outputs(done.folder)


@junheng.command()
@click.option("--region", required=True, help="区域名(params/regions)或 YAML 文件。 / Region or YAML file.")
@click.option("--year", default="", help="年份(默认数据中最近一年)。 / Year; the latest by default.")
@click.option("--data", default="", help="数据文件或文件夹。 / Data file or folder.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="成果的语言。 / Language of the outputs.")
@click.option("--out", default="", help="成果的根文件夹(默认 outputs)。 / Folder of all outputs.")
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
def region(out: str, **options: str | None) -> None:
    """比较一个区域的全部县并生成报告。 / Compare all counties of a region and make the report."""
    from . import batch
    from .region import resolve_region

    request = resolve_region(outputs=out, **{name: value for name, value in options.items() if value})
    _show_request(request.title[request.lang], request)
    try:
        done = batch.run_region(request, progress=_show_step)
    except batch.NotebookError as error:
        click.echo(f"\n{error}", err=True)
        sys.exit(_FAILED)
    _show_outputs(done.folder)


@junheng.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--source", default="", help="数据来源的读法（编号或 YAML）。 / Source mapping.")
@click.option("--copy", "target", type=_FILE, help="标出问题的副本存到哪里。 / Where the marked copy goes.")
def check(files: tuple[Path, ...], source: str, target: Path | None) -> None:
    """核查数据，列出全部问题，并另存一份标出问题的副本。 / Check data; list every fault; save a marked copy."""
    from .params import DEFAULTS
    from .sources.inputs import list_files
    from .sources.mapping import load_source
    from .sources.reading import read_dataset

    mapping = load_source(source or DEFAULTS["source"])
    try:
        faults: Sequence[Fault] = read_dataset(
            files, mapping, standard=DEFAULTS["standard"], tell_blanks=True
        ).faults
    except JunhengError as error:
        faults = error.faults
    click.echo(report(faults))
    tables = [path for path in list_files(files, mapping).tables if path.suffix.lower() != ".parquet"]
    if target is not None and len(tables) != 1:
        raise click.BadParameter("只用于一个表格文件 / only with one table file", param_hint="--copy")
    for table in tables:
        _save_copy(table, faults, target)
    if any(fault.level is Level.REFUSE for fault in faults):
        sys.exit(_REFUSED)
    _say_passed(files, faults, own_source=bool(source))


def _say_passed(files: Sequence[Path], faults: Sequence[Fault], *, own_source: bool) -> None:
    """Say that nothing stands in the way, and what comes next."""
    asked = any(fault.level is Level.EXPLAIN and not fault.explanation for fault in faults)
    zh, en = ("没有必须改正的错误", "no errors") if asked else ("核查通过", "the check is passed")
    if own_source:  # a run takes its source from a params file
        _say(f"{zh}。", f"{en}.")
        return
    data = files[0] if len(files) == 1 else files[0].parent
    command = f"junheng run --data {shlex.quote(str(data))}"
    first = ("可先说明标出的问题;", "explain what is marked, then ") if asked else ("", "")
    _say(f"{zh}。{first[0]}下一步:{command}", f"{en}; next: {first[1]}{command}")


def _save_copy(table: Path, faults: Sequence[Fault], target: Path | None) -> None:
    """Save the marked copy of a table that has faults, or whenever it is asked for by name."""
    from .forms.annotate import annotated_copy
    from .locating import copy_name
    from .sources.filekind import file_fault

    marked = any(Path(fault.place.file).name in ("", table.name) for fault in faults)
    if file_fault(table) is None and (marked or target is not None):
        target = target or table.with_name(copy_name(table))
        annotated_copy(table, faults, target)
        _say(f"标出问题的副本：{target}", f"marked copy: {target}")


@junheng.command()
@click.argument("file", type=_FILE)
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option("--county", nargs=2, metavar="代码 县名", help="预先填好。 / County code and name to fill in.")
def template(file: Path, standard: str, county: tuple[str, str] | None) -> None:
    """生成空白的填报工作簿。 / Write an empty workbook to be filled in."""
    from .forms.template import write_template
    from .params import DEFAULTS
    from .standards import load_standard

    if file.suffix.lower() != ".xlsx":
        raise refuse("not-xlsx", "文件名应以 .xlsx 结尾。", "the name must end in .xlsx.", file=str(file))
    if file.exists():
        raise refuse(
            "exists", "文件已存在，不会覆盖。", "the file exists and is not overwritten.", file=str(file)
        )
    write_template(file, rules=load_standard(standard or DEFAULTS["standard"]), county=county)
    _say(f"已生成：{file}", f"written: {file}")


@junheng.command()
@click.argument("standard", required=False)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def standards(standard: str | None, lang: Lang) -> None:
    """列出标准；给出编号时列出其指标与条款。 / List the rule sets, or one with its indicators and clauses."""
    from .rule_listing import listing
    from .standards import available, load_standard

    if standard is None:
        for name in available():
            rules = load_standard(name)
            click.echo(f"{name}\t{rules.title[lang]}\t{rules.source}")
    else:
        click.echo("\n".join(listing(load_standard(standard), lang)))


@junheng.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def publish(folder: Path) -> None:
    """由笔记本的成果生成报告、工作簿和图集。 / Make report, workbook and gallery from what notebooks left."""
    from .publish import publish as make

    make(folder)
    _show_outputs(folder)


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


def _show_request(name: str, request: Request | RegionRequest) -> None:
    click.echo(f"{name} · {request.year} · {request.standard} · {request.lang}")
    click.echo(f"数据 / data: {'、'.join(path.name for path in request.paths)}")


def _show_step(step: Step) -> None:
    click.echo(f"[{step.number}/{step.of}] {step.notebook}  {step.seconds:.1f} s")


def _show_outputs(folder: Path) -> None:
    for zh, en, name in (
        ("报告", "report", "report.docx"),
        ("台账", "ledger", "ledger.xlsx"),
        ("图集", "gallery", "index.html"),
    ):
        click.echo(f"{zh} / {en}: {folder / name}")


def _say(zh: str, en: str) -> None:
    click.echo(f"{zh}\n{en}")


def _give_up(error: Exception, debug: bool) -> int:
    """An error of ours: one line and the log for whoever mends it."""
    if debug:
        traceback.print_exception(error)
        return _FAILED
    with tempfile.NamedTemporaryFile(
        "w", prefix="junheng-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    line = str(error).strip().partition("\n")[0]
    click.echo(f"程序出错 / internal error: {type(error).__name__}: {line}\n日志 / log: {log.name}", err=True)
    return _FAILED


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command; exit 0 done, 1 failed, 2 the input cannot be used, 130 interrupted."""

    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):  # a console that lacks a character shows "?" instead of failing
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = junheng.main(list(arguments), prog_name="junheng", standalone_mode=False)
    except JunhengError as error:
        click.echo(report(error.faults), err=True)
        code = _REFUSED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("\n已中断，原有成果未改动。 / interrupted; earlier outputs are untouched.", err=True)
        code = _INTERRUPTED
    except Exception as error:
        code = _give_up(error, "--debug" in arguments)
    sys.exit(code or _DONE)


if __name__ == "__main__":
    main()

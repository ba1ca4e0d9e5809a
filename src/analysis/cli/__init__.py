"""The command `junheng`: one thin verb per job. What a verb needs is imported when it runs."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from .. import __version__
from ..errors import JunhengError, report
from .collecting import collect, next_year
from .data import check, template
from .exploring import app, lab, view
from .national import ingest, measure
from .outputs import diff, freeze, publish, verify
from .rules import ledger, standards
from .running import region, run
from .schools import self_check
from .sheets import calculator, check_plan
from .words import DONE, FAILED, INTERRUPTED, REFUSED


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="junheng")
@click.option("--debug", is_flag=True, help="出错时显示完整的调用栈。 / Show the traceback of an error.")
@click.pass_context
def junheng(context: click.Context, debug: bool) -> None:
    """均衡 Junheng：县域城乡学校差距的测算与判定。 / The gap between urban and rural schools, county by county."""
    context.obj = debug


VERBS = (
    *(run, region, ingest, measure, check, template, collect, next_year),
    *(standards, ledger, self_check, calculator, check_plan),
    *(publish, diff, freeze, verify, app, lab, view),
)
for verb in VERBS:
    junheng.add_command(verb)


def _give_up(error: Exception, debug: bool) -> int:
    """An error of ours: one line and the log for whoever mends it."""
    if debug:
        traceback.print_exception(error)
        return FAILED
    with tempfile.NamedTemporaryFile(
        "w", prefix="junheng-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    line = str(error).strip().partition("\n")[0]
    click.echo(f"程序出错 / internal error: {type(error).__name__}: {line}\n日志 / log: {log.name}", err=True)
    return FAILED


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
        code = REFUSED
    except click.ClickException as error:
        click.echo("命令的写法不对，说明如下；用 -h 查看用法。", err=True)
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("\n已中断，原有成果未改动。 / interrupted; earlier outputs are untouched.", err=True)
        code = INTERRUPTED
    except Exception as error:
        code = _give_up(error, "--debug" in arguments)
    sys.exit(code or DONE)

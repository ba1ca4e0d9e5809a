"""Explore: as a page in the browser, in JupyterLab, or a view's file computed again."""

from __future__ import annotations

from pathlib import Path

import click

from .words import FILE


@click.command()
@click.option("--county", default="", help="县级代码。 / County code.")
@click.option("--year", default="", help="年份。 / Year.")
@click.option("--data", default="", help="数据文件或文件夹。 / Data file or folder.")
@click.option("--params", default="", help="参数文件（YAML）。 / A YAML file of parameters.")
@click.option("--standard", default="", help="标准编号或 YAML 文件。 / Rule set.")
@click.option("--view", default="", help="页面导出的参数文件。 / A view's file, as the page exports it.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。 / Where to listen.")
@click.option("--port", default=8866, show_default=True)
@click.option("--browser/--no-browser", default=True, help="是否打开浏览器。 / Open a browser.")
def app(host: str, port: int, browser: bool, **given: str) -> None:
    """在浏览器中探索（只在本机，凭口令）。 / Explore in the browser; on this machine only, behind a token."""
    from ..configuration import configured_counties
    from ..explore.app import serve
    from ..explore.view import read_view
    from ..params import resolve

    view = given.pop("view")
    asked = {
        **given,
        **{name: str(Path(given[name]).absolute()) for name in ("data", "params") if given[name]},
    }
    if view:
        asked["view"] = str(Path(view).absolute())
        read_view(Path(view))  # what is wrong is told here, before the page opens
    else:
        if not any(given[name] for name in ("county", "data", "params")):
            asked["county"] = configured_counties()[0]
        asked["county"] = resolve(**asked).county_code
    serve({name: value for name, value in asked.items() if value}, ip=host, port=port, browser=browser)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("--port", default=8888, show_default=True)
@click.option("--browser/--no-browser", default=True, help="是否打开浏览器。 / Open a browser.")
def lab(folder: Path, port: int, browser: bool) -> None:
    """在文件夹中打开 JupyterLab（只在本机，不访问外网）。 / Open JupyterLab on a folder; nothing is asked elsewhere."""
    from ..explore.lab import serve

    serve(folder, port=port, browser=browser)


@click.command()
@click.argument("file", type=FILE)
def view(file: Path) -> None:
    """按页面导出的参数文件重新计算并列出结果。 / Compute a view's file again and print what it finds."""
    from ..explore import Explorer, read_view
    from ..explore.scene import heading, lines
    from ..study import open_request

    request, looked_at, what_if = read_view(file)
    study = open_request(request)
    found = Explorer(study.data.schools, study.rules).look(
        looked_at.model_copy(update={"year": looked_at.year or request.year}), what_if
    )
    click.echo(heading(found, request.lang))
    click.echo("\n".join(lines(found, request.lang)))

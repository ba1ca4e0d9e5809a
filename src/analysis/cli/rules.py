"""The rule sets."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import Lang
from .words import FILE, say


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

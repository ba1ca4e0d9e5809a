"""The rule sets."""

from __future__ import annotations

import click

from ..errors import Lang


@click.command()
@click.argument("standard", required=False)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def standards(standard: str | None, lang: Lang) -> None:
    """列出标准；给出编号时列出其指标与条款。 / List the rule sets, or one with its indicators and clauses."""
    from ..rule_listing import listing
    from ..standards import available, load_standard

    if standard is None:
        for name in available():
            rules = load_standard(name)
            click.echo(f"{name}\t{rules.title[lang]}\t{rules.source}")
    else:
        click.echo("\n".join(listing(load_standard(standard), lang)))

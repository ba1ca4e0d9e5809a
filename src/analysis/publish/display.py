"""Show on the notebook's own page what was written to its folder; outside a notebook nothing happens."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from ..errors import Lang
from .cells import remarks
from .labels import LABELS
from .record import FigureRecord, TableRecord
from .templates import environment

_ROWS_ON_PAGE = 60
_PIXELS_PER_CM = 96 / 2.54


def heading(text: str, level: int) -> None:
    """Show a heading."""
    _html(f"<h{level}>{escape(text)}</h{level}>", text)


def paragraph(text: str) -> None:
    """Show a sentence."""
    _html(f"<p>{escape(text)}</p>", text)


def caveat(text: str) -> None:
    """Show a remark, set apart."""
    _html(f'<p style="color:#555;border-left:3px solid #bbb;padding-left:.7em">{escape(text)}</p>', text)


def figure(folder: Path, record: FigureRecord, lang: Lang) -> None:
    """Show the picture that was written, at its printed size, and its caption."""
    if get_ipython() is None:
        return
    size = {"width": round(record.width_cm * _PIXELS_PER_CM)}
    data = {"image/png": (folder / record.png).read_bytes(), "text/plain": record.alt[lang]}
    display(data, metadata={"image/png": size}, raw=True)  # type: ignore[no-untyped-call]
    lines = [f"<b>{escape(record.caption[lang])}</b>"]
    lines += map(escape, remarks(record, lang))
    lines.append(f"<small>{escape(record.source[lang])}</small>")
    _html("<br>".join(lines), record.caption[lang])


def table(record: TableRecord, lang: Lang) -> None:
    """Show the first rows of a table with its title, unit and notes."""
    if get_ipython() is None:
        return
    module: Any = environment().get_template("table.html.j2").module
    unit = f" ({escape(LABELS['unit'][lang] + record.unit[lang])})" if record.unit else ""
    body = module.table(record, lang, _ROWS_ON_PAGE) + module.below(record, lang)
    _html(f"<b>{escape(record.title[lang])}</b>{unit}{body}", record.title[lang])


def _html(html: str, text: str) -> None:
    if get_ipython() is not None:
        display({"text/html": html, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]

"""index.html: everything a run found on one page, read from disk, to look through and to copy from."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

from ..errors import Lang
from ..replacing import write_whole
from .arrangement import arranged
from .record import INVENTED, FigureRecord, Told
from .templates import environment

_MOST_ROWS = 400


def write_gallery(told: Told, lang: Lang) -> Path:
    """
    Write index.html: the stories with all figures and tables, and links to every file.

    The page asks nothing of the network, and forbids itself to. Pictures are within it: a page opened from disk may
    copy only such. It leads to the other language's page where that stands beside the folder.

    Raises
    ------
    JunhengError
        The folder is not a finished run's.
    """
    page = (
        environment()
        .get_template("gallery.html.j2")
        .render(
            lang=lang,
            html_lang="zh-CN" if lang == "zh" else "en",
            stamp=told.stamp,
            invented=INVENTED if told.invented else "",
            summary=told.summary,
            chapters=_chapters(told),
            documents=[(name, label) for name, label in _DOCUMENTS if (told.folder / name).is_file()],
            other="en" if lang == "zh" else "zh",
            probe=next((figure.png for figure in told.figures.values()), ""),
            most_rows=_MOST_ROWS,
        )
    )
    path = told.folder / "index.html"
    write_whole(path, page.encode())
    return path


_DOCUMENTS = (
    ("report.docx", "report"),
    ("report.pdf", "pdf"),
    ("ledger.xlsx", "workbook"),
    ("charts.xlsx", "charts"),
    ("slides.pptx", "slides"),
)


def _chapters(told: Told) -> list[dict[str, Any]]:
    """Return the stories with the records of their figures and tables in place of ids, labelled as in the report."""
    arrangement = arranged(told)
    chapters = []
    for story in told.stories:
        blocks: list[dict[str, Any]] = []
        for block in story.blocks:
            label = arrangement.label(block.kind, block.id, told.lang) if block.id else ""
            if block.kind == "figure" and block.id:
                figure = told.figures[block.id]
                picture = b64encode((told.folder / figure.png).read_bytes()).decode()
                blocks.append(
                    {
                        "kind": "figure",
                        "label": label,
                        "figure": figure,
                        "picture": picture,
                        "data": _rows(told, figure),
                    }
                )
            elif block.kind == "table" and block.id:
                blocks.append({"kind": "table", "label": label, "table": told.tables[block.id]})
            else:
                blocks.append({"kind": block.kind, "id": block.id, "text": block.text, "level": block.level})
        chapters.append({"name": story.notebook, "title": story.title, "blocks": blocks})
    return chapters


def _rows(told: Told, figure: FigureRecord) -> dict[str, Any]:
    data = told.data(figure)
    return {"header": list(data.columns), "rows": data.head(_MOST_ROWS).to_numpy().tolist(), "n": len(data)}

"""What a run leaves: notebooks tell a story, publishing makes report, workbook, gallery and manifest of it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .folder import building, mend

__all__ = ["building", "mend", "publish"]


def publish(
    folder: Path, run: Mapping[str, Any] | None = None, *, template: Path | None = None
) -> list[Path]:
    """
    Make report, workbooks, slides, gallery and manifest from the stories, figures and tables alone.

    Parameters
    ----------
    folder
        The run's folder; its language is that of its stories.
    run
        What the run knows of itself (see write_manifest). Without it, what an earlier manifest of the same
        folder says is kept.
    template
        A docx whose page and styles the report takes.

    Returns
    -------
    The files, in the order they were made.

    Raises
    ------
    JunhengError
        The folder is not a finished run's, or another program holds one of the files open.
    """
    # Imported here: every notebook imports this package, and none needs what writes docx and xlsx.
    from .chartbook import write_chartbook
    from .gallery import write_gallery
    from .manifest import NAME, read_manifest, refuse_frozen, write_manifest
    from .record import load
    from .report import write_report
    from .slides import write_slides
    from .workbook import write_workbook

    folder = Path(folder)
    refuse_frozen(folder)
    told, made = load(folder), datetime.now(UTC)
    lang = told.lang
    if run is None:
        run = read_manifest(folder).get("run", {}) if (folder / NAME).is_file() else {}
    with ThreadPoolExecutor(1) as aside:  # LibreOffice prints the report while the others are written
        report = aside.submit(write_report, told, lang, made=made, template=template)
        beside = [write(told, lang, made=made) for write in (write_workbook, write_chartbook, write_slides)]
        files = [*report.result(), *beside]
    return [*files, write_gallery(told, lang), write_manifest(told, run, made=made)]

"""A workbook as a spreadsheet program leaves it: every formula calculated anew by LibreOffice."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl

# LibreOffice trusts the results stored in an xlsx unless it is told to calculate on opening.
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def recalculated(
    paths: Sequence[Path], folder: Path, *, change: Callable[[openpyxl.Workbook], None] = lambda _: None
) -> list[Path]:
    """
    Return the workbooks, changed as a clerk might, recalculated by LibreOffice in one run; written to `folder`.

    Stored results are taken off first (openpyxl keeps formulas alone), so that none can be read back.
    """
    bare, done = folder / "bare", folder / "done"
    bare.mkdir(parents=True)
    for path in paths:
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(bare / path.name)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
    named = [str(bare / path.name) for path in paths]
    subprocess.run([*command, "--outdir", str(done), *named], check=True, capture_output=True, timeout=280)
    return [done / path.name for path in paths]


def results(path: Path) -> dict[str, list[list[Any]]]:
    """Return the stored results of every sheet, row by row; a blank and the empty text are both None."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: [[None if v == "" else v for v in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }

"""LibreOffice, where it is there: it prints the report as PDF, and says on which page a heading stands."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

VARIABLE = "JUNHENG_OFFICE"  # names the program where it is not on the path; empty: it is not used
_NAMES = ("soffice", "libreoffice")
_PATIENCE_S = 300
_FILTER = 'pdf:writer_pdf_Export:{"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"}}'


@dataclass(frozen=True)
class Printed:
    """A document as PDF, and the page (from 1) of each of its bookmarks."""

    pdf: bytes
    pages: Mapping[str, int]


def program() -> str | None:
    """Return the path of LibreOffice; None where there is none or JUNHENG_OFFICE is set to nothing."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return shutil.which(named) if named else None
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def printed(document: bytes) -> Printed | None:
    """
    Return a docx document as LibreOffice prints it; None where there is no LibreOffice, or it does not print.

    Each call has a profile of its own, so that runs side by side do not wait for one another.
    """
    office = program()
    if office is None:
        return None
    with tempfile.TemporaryDirectory(prefix="junheng-") as folder:
        source = Path(folder, "report.docx")
        source.write_bytes(document)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        command = [office, "--headless", "--norestore", profile, "--convert-to", _FILTER, "--outdir", folder]
        try:
            subprocess.run(
                [*command, str(source)], check=True, capture_output=True, stdin=subprocess.DEVNULL,
                timeout=_PATIENCE_S,
            )  # fmt: skip
            pdf = source.with_suffix(".pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            log.warning(
                "LibreOffice 没有印出 PDF，报告只有 Word 文件，目录没有页码（%s）。 / LibreOffice printed no PDF: the report "
                "is a Word file only, its contents without pages (%s).",
                *[type(error).__name__] * 2,
            )
            return None
    return Printed(pdf, _destinations(pdf))


def _destinations(pdf: bytes) -> dict[str, int]:
    """Return the page of each bookmark that LibreOffice named in its PDF (it writes '_' as 5F)."""
    kids = re.search(rb"/Type/Pages.*?/Kids\[([\d R\s]+)\]", pdf, re.DOTALL)
    if kids is None:
        return {}
    pages = {number: i for i, number in enumerate(re.findall(rb"(\d+) 0 R", kids[1]), start=1)}
    found = re.findall(rb"/(?:#?5F|_)(\w+)\[\s?(\d+) 0 R\s?/XYZ", pdf)
    return {f"_{name.decode()}": pages[number] for name, number in found if number in pages}

"""What a browser may send to the planner's desk."""

from __future__ import annotations

import io
import zipfile


def bomb() -> bytes:
    """Return a small xlsx that unpacks to far more than a workbook holds."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for sheet in range(5):
            archive.writestr(f"xl/worksheets/sheet{sheet}.xml", b" " * 60 * 1024**2)
    return packed.getvalue()

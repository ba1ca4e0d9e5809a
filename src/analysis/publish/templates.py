"""The HTML templates of this package."""

from __future__ import annotations

from functools import cache

import jinja2

from .cells import MARK, header_rows, remarks
from .labels import LABELS


@cache
def environment() -> jinja2.Environment:
    """Return the templates' environment; whatever is put in is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis.publish", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"labels": LABELS, "mark": MARK, "header_rows": header_rows, "remarks": remarks}
    return made

"""A view as the library call that computes it."""

from __future__ import annotations

from pprint import pformat
from typing import Any

from ..params import Request
from .view import View
from .what_if import WhatIf

_TEMPLATE = """\
from analysis.explore import Explorer, View, WhatIf
from analysis.study import open_county

study = open_county({opened})
view = View.model_validate({view})
what_if = WhatIf.model_validate({what_if})
found = Explorer(study.data.schools, study.rules).look(view, what_if)

found.verdict  # of the county, all its schools
found.of_indicator(found.seen.dispersion)  # coefficient of variation, limit, verdict
found.of_indicator(found.theil)
found.trend  # both sides, year by year
found.judged  # every unit: value, threshold, status, gap
"""


def as_code(request: Request, view: View, what_if: WhatIf) -> str:
    """Return Python that computes a view's numbers with the library, to be pasted into a notebook."""
    opened = {
        "county": request.county_code,
        "year": str(view.year or request.year),
        "lang": request.lang,
        "standard": request.standard,
        "area": request.area,
        **{name: path for name, path in request.given.items() if path},
    }
    return _TEMPLATE.format(
        opened=", ".join(f"{name}={value!r}" for name, value in opened.items()),
        view=_written(view.model_dump(mode="json", exclude_none=True)),
        what_if=_written(what_if.model_dump(mode="json", exclude_defaults=True)),
    )


def _written(told: dict[str, Any]) -> str:
    return pformat(told, width=100, sort_dicts=False)

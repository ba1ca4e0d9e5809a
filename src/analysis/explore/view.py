"""A view: what is looked at, under which what-if; written as a parameters file that shows the same again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from ..configuration import RunParams, load_options
from ..params import Request, resolve_file
from ..replacing import write_whole
from ..schema import Words
from ..wording.explore import NEITHER_SIDE, UNKNOWN_AREA
from ..yamlfile import load_yaml
from .what_if import Sides, WhatIf


class View(BaseModel):
    """
    What is looked at. Empty text and () leave the choice to what there is: the first stage, the first indicator.

    Attributes
    ----------
    year
        The year that is judged; `years` the first and last that the trend shows.
    stage, indicator
        As in the rule set.
    schools
        IDs of the schools that every number is limited to; () means all.
    sides
        The areas that are compared; None as the rule set has them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    year: int | None = None
    years: tuple[int, int] | None = None
    stage: str = ""
    indicator: str = ""
    schools: tuple[str, ...] = ()
    sides: Sides | None = None

    @property
    def apart(self) -> Words:
        """What a school is called that stands on neither side: of no known area, or of one that is not compared."""
        return UNKNOWN_AREA if self.sides is None else NEITHER_SIDE


class ViewParams(RunParams):
    """A parameters file that holds a view beside what a run is told."""

    view: View = Field(default_factory=View)
    what_if: WhatIf = Field(default_factory=WhatIf)


def read_view(path: Path) -> tuple[Request, View, WhatIf]:
    """
    Read a view's parameters file.

    Raises
    ------
    JunhengError
        See `params.resolve_file`: every fault of the file with its line, or data that are not there.
    """
    told = load_yaml(path, ViewParams)
    return resolve_file(path, ViewParams), told.view, told.what_if


def view_file(request: Request, view: View, what_if: WhatIf) -> str:
    """Return the text of the parameters file of a view: YAML, codes as text, thresholds as decimals of the law."""
    told = {
        **_of_the_run(request),
        "county_code": request.county_code,
        "year": view.year or request.year,
        **{name: getattr(request, name) for name in ("lang", "source", "standard", "area")},
        "view": view.model_dump(mode="json", exclude_defaults=True),
        "what_if": what_if.model_dump(mode="json", exclude_defaults=True),
    }
    head = "# 均衡 Junheng: a view. Show it again: junheng view FILE\n"
    return head + yaml.safe_dump(told, allow_unicode=True, sort_keys=False)


def write_view(path: Path, request: Request, view: View, what_if: WhatIf) -> None:
    """Write the parameters file of a view, whole or not at all."""
    write_whole(path, view_file(request, view, what_if).encode())


def _of_the_run(request: Request) -> dict[str, Any]:
    """Return what the run's own parameters file and the argument `data` said, paths absolute."""
    told: dict[str, Any] = {}
    if request.given.get("params"):
        told = load_options(Path(request.given["params"]), ViewParams)
        told = {name: value for name, value in told.items() if name not in ("view", "what_if")}
    if request.given.get("data"):
        told["data"] = request.given["data"]
    return {name: str(value) if isinstance(value, Path) else value for name, value in told.items()}

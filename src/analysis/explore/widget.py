"""
The explorer as one Jupyter widget, for JupyterLab and voila alike.

One widget holds all views: a selection is one message to Python and one back, and the drawing library is sent once.
plotly.js and DataTables are taken from the packages plotly and itables; nothing is fetched from anywhere.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from pydantic import ValidationError

from ..errors import JunhengError, Lang
from ..standards import RuleSet, available, load_standard
from ..study import Study, open_county, open_request
from ..typesetting import typeset
from ..wording.explore import CONTROLS, NOT_UNDERSTOOD, WENT_WRONG
from .code import as_code
from .findings import Explorer
from .parts import outlines
from .scene import SIDES, as_csv, messages, scene, schools_of, table_of
from .view import View, read_view, view_file
from .what_if import WhatIf

log = logging.getLogger(__name__)

LIBRARIES = (("plotly", "package_data", "plotly.min.js"), ("itables", "html", "dt_bundle.js"))


@cache
def _text(package: str, *path: str) -> str:
    """Return a file that comes with a package."""
    return files(package).joinpath(*path).read_text(encoding="utf-8")


class Page(anywidget.AnyWidget):
    """
    The explorer's page about one county.

    The browser writes `asked` (a counter, the view and the what-if); Python answers in `shown` with the same counter
    and either a scene (see `scene.scene`) or messages that say what cannot be shown, the last scene staying. It is sent
    as one text of JSON: ipywidgets and the browser would look through each number of a structure several times.
    `schools` (ID and name of each) and the map's `outlines` are sent once for a county, and `LIBRARIES` where the page
    names no place of theirs.
    """

    _esm = _text(__package__, "static", "explore.js")
    _css = _text("itables", "html", "dt_bundle.css") + _text(__package__, "static", "explore.css")

    asked = traitlets.Dict().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    schools: Any = traitlets.List().tag(sync=True)
    outlines: Any = traitlets.List().tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)

    def __init__(self, study: Study, view: View | None = None, what_if: WhatIf | None = None) -> None:
        self._open(study)
        self._view, self._what_if = view or View(year=study.request.year), what_if or WhatIf()
        lang = study.request.lang
        labels = {name: word[lang] for name, word in CONTROLS.items()}
        super().__init__(
            lang=lang,
            labels=labels,
            schools=schools_of(study.data.schools),
            outlines=outlines(study.data),
        )
        self.shown = _packed(self._answer({"n": 0}))
        self.observe(self._on_asked, names="asked")
        self.on_msg(self._on_message)

    @property
    def explorer(self) -> Explorer:
        """The selection model behind the page."""
        return self._explorer

    @property
    def view(self) -> View:
        """What the page shows."""
        return self._view

    @property
    def what_if(self) -> WhatIf:
        """What is supposed."""
        return self._what_if

    def _open(self, study: Study) -> None:
        self._study = study
        self._explorer = Explorer(study.data.schools, study.rules)

    def _on_asked(self, change: dict[str, Any]) -> None:
        self.shown = _packed(self._answer(change["new"]))

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to what the page asks; whatever goes wrong is said in the page."""
        lang: Lang = self._study.request.lang
        number = {"n": asked.get("n", 0)}
        try:
            if asked.get("standard", self._study.request.standard) != self._study.request.standard:
                self._change_standard(asked["standard"])
            view = View.model_validate(_with_sides(asked["view"])) if "view" in asked else self._view
            what_if = WhatIf.model_validate(asked["what_if"]) if "what_if" in asked else self._what_if
            told = scene(self._study, self._explorer, view, what_if, lang)
        except JunhengError as error:
            return {**number, "messages": messages(error.faults, lang)}
        except ValidationError as error:
            return {**number, "messages": [_not_understood(e, lang) for e in error.errors(include_url=False)]}
        except Exception:  # a fault of ours: recorded where the page runs, and said in the page
            log.exception("the explorer could not answer %s", asked)
            return {**number, "messages": [WENT_WRONG[lang]]}
        self._view, self._what_if = View.model_validate(told["view"]), what_if
        return {
            **number,
            "scene": {
                **told,
                "standards": _standards(self._study.request.standard, self._study.rules, lang),
                "standard": self._study.request.standard,
                "county": self._study.county[lang],
                "name": self._file_name(),
            },
        }

    def _change_standard(self, name: str) -> None:
        """Open the county under another rule set; view and what-if were about the former one."""
        request = self._study.request
        self._open(
            open_county(
                county=request.county_code,
                year=request.year,
                lang=request.lang,
                standard=name,
                area=request.area,
                **{key: value for key, value in request.given.items() if value},
            )
        )
        self._view, self._what_if = View(year=self._view.year), WhatIf()

    def _file_name(self) -> str:
        """Return how files of the view are called, their kind left out."""
        view, supposed = self._view, "" if self._what_if.is_empty else "-what-if"
        return (
            f"junheng-{self._study.request.county_code}-{view.year}-{view.stage}-{view.indicator}{supposed}"
        )

    def _on_message(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Hand out the view as a file or as code, or what draws it."""
        if content.get("ask") == "libraries":
            self.send({"libraries": [_text(*path) for path in LIBRARIES]})
            return
        request, kind, name = self._study.request, content.get("export"), self._file_name()
        if kind == "csv":
            found = self._explorer.look(self._view, self._what_if)
            self.send({"file": f"{name}.csv", "text": as_csv(table_of(found, request.lang))})
        elif kind == "params":
            text = view_file(request, self._view, self._what_if)
            self.send({"file": f"{name}.yaml", "text": text})
        elif kind == "code":
            self.send({"code": as_code(request, self._view, self._what_if)})


def _packed(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _with_sides(view: dict[str, Any]) -> dict[str, Any]:
    """Return a view in which the two sides, which the page names, are spelt out."""
    sides = view.get("sides")
    return {**view, "sides": SIDES[sides]} if isinstance(sides, str) and sides in SIDES else view


def _standards(used: str, rules: RuleSet, lang: Lang) -> list[list[str]]:
    """Return ID and title of the rule sets that come with the library, and of the one that is used."""
    return [[name, title] for name, title in {**_titles(lang), used: typeset(rules.title)[lang]}.items()]


@cache
def _titles(lang: Lang) -> dict[str, str]:
    return {name: typeset(load_standard(name).title)[lang] for name in available()}


def _not_understood(error: Any, lang: Lang) -> str:
    value = error["input"] if isinstance(error["input"], str | int | float) else error["loc"][-1]
    return f"{NOT_UNDERSTOOD[lang]} {value}"


def explore_file(path: str) -> Page:
    """
    Return the page that shows the view of a parameters file (see `view.write_view`).

    Raises
    ------
    JunhengError
        The file or the data cannot be used.
    """
    request, view, what_if = read_view(Path(path))
    return Page(open_request(request), view.model_copy(update={"year": view.year or request.year}), what_if)


def explore(study: Study, view: View | None = None, what_if: WhatIf | None = None) -> Page:
    """Return the page that explores a county that was opened (`study.open_county`)."""
    return Page(study, view, what_if)

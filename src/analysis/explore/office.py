"""The planner's page: a desk (`desk.Desk`) in the browser, for colleagues who have no Python."""

from __future__ import annotations

import re
import threading
from html import escape
from importlib.resources import files
from typing import Any, get_args

import anywidget
import ipywidgets
import nbformat
import traitlets

from .. import shipped
from ..errors import LEVELS, JunhengError, Lang, Level
from ..schema import Words
from ..standards import available, load_standard
from ..study import open_county
from ..typesetting import typeset
from ..wording.explore import OFFICE, REFUSED, TABS, step_line
from .desk import KINDS, MOST_BYTES, Desk
from .scene import messages
from .widget import Page, explore, explore_file


class Office(anywidget.AnyWidget):
    """Upload, faults, marked copy, run with progress, zip. Each page has a desk of its own."""

    _esm = files(__package__).joinpath("static", "office.js").read_text(encoding="utf-8")
    _css = files(__package__).joinpath("static", "office.css").read_text(encoding="utf-8")

    labels = traitlets.Dict().tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)
    standards: Any = traitlets.List().tag(sync=True)
    lang = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, lang: Lang) -> None:
        super().__init__(
            lang=lang,
            labels={name: word[lang] for name, word in OFFICE.items()},
            limits={"bytes": MOST_BYTES, "kinds": ",".join(KINDS)},
            standards=[[name, typeset(load_standard(name).title)[lang]] for name in available()],
            state={"stage": "empty"},
        )
        self.desk = Desk()
        self._lang: Lang = lang
        self.on_msg(self._on_message)

    def _on_message(self, _widget: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        asked = content.get("ask")
        try:
            if asked == "upload":
                self._upload(str(content.get("name", "")), bytes(buffers[0]) if buffers else b"")
            elif asked == "copy":
                self._hand_out(*self.desk.marked_copy())
            elif asked == "run" and self.state["stage"] != "running":
                self._start(content)
            elif asked == "stop":
                self.desk.stop()
            elif asked == "leave":
                self.desk.clear()
                self.state = {"stage": "empty"}
        except JunhengError as error:
            self._say_stopped(error)

    def _upload(self, name: str, content: bytes) -> None:
        self.state = {"stage": "checking"}
        self.desk.receive(name, content)
        self.state = self._checked()

    def _checked(self) -> dict[str, Any]:
        order = list(Level)
        faults = sorted(self.desk.faults, key=lambda fault: order.index(fault.level))
        listed = [
            [
                LEVELS[f.level][self._lang == "en"],
                f.where(self._lang),
                typeset(Words(zh=f.zh, en=f.en))[self._lang],
            ]
            for f in faults
        ]
        table = self.desk.table
        return {
            "stage": "ready" if self.desk.usable else "faulty",
            "file": table.name if table else "",
            "faults": listed,
        }

    def _start(self, content: dict[str, Any]) -> None:
        standard, lang = content.get("standard"), content.get("lang")
        if standard not in available() or lang not in get_args(Lang) or not self.desk.usable:
            return
        self.state = {**self._checked(), "stage": "running", "done": 0, "of": 0}
        threading.Thread(target=self._run, args=(standard, lang), daemon=True).start()

    def _run(self, standard: str, lang: Lang) -> None:
        try:
            made = self.desk.run(standard=standard, lang=lang, progress=self._progress)
        except JunhengError as error:
            self._say_stopped(error)
            return
        self.state = {**self._checked(), "stage": "done"}
        self._hand_out(*made)

    def _progress(self, done: int, of: int, notebook: str) -> None:
        said = step_line(done, of, notebook_title(notebook))[self._lang]
        if done == of:
            said += {"zh": "；", "en": ". "}[self._lang] + OFFICE["writing"][self._lang]
        self.state = {**self.state, "done": done, "of": of, "step": said}

    def _say_stopped(self, error: JunhengError) -> None:
        said = "\n".join(fault.text(self._lang) for fault in error.faults)
        self.state = {**self._checked(), "stopped": said}

    def _hand_out(self, name: str, content: bytes) -> None:
        self.send({"file": name}, buffers=[content])


def notebook_title(name: str) -> Words:
    """Return the title of a notebook of the suite in both languages: the heading of its first cell."""
    notebook = nbformat.read(shipped.notebooks() / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    heading = notebook.cells[0].source.partition("\n")[0]
    zh, _, en = re.sub(r"^#\s*\d*\s*", "", heading).partition(" · ")
    return Words(zh=zh, en=en)


def opened(view: str = "", **told: str) -> Page | ipywidgets.HTML:
    """
    Return the explorer's page of a view's file, or of what `study.open_county` is told.

    Data or parameters that cannot be used give a page that says what is to be mended.
    """
    try:
        return explore_file(view) if view else explore(open_county(**told))
    except JunhengError as error:
        lang: Lang = "en" if told.get("lang") == "en" else "zh"
        faults = [fault for fault in error.faults if fault.level is Level.REFUSE]
        listed = "".join(f"<li>{escape(said)}</li>" for said in messages(faults, lang))
        return ipywidgets.HTML(f"<h3>{REFUSED[lang]}</h3><ul>{listed}</ul>")


def both(page: Page | ipywidgets.HTML, lang: str = "zh") -> ipywidgets.Tab:
    """Return the explorer and the planner's page as two tabs of one app."""
    told: Lang = "en" if getattr(page, "lang", lang) == "en" else "zh"
    tabs = ipywidgets.Tab([page, Office(told)], titles=[TABS["explore"][told], TABS["office"][told]])
    return tabs.add_class("jh-tabs")

"""The notebooks of a run, and the parameters that each of them has."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import papermill

from .. import shipped
from ..errors import Fault, JunhengError, Place

_OF_REGION = ("06_region_comparison.ipynb",)  # these take a region; all others take a county


def suite() -> list[Path]:
    """Return the notebooks of a county's run in order: those whose names begin with a number."""
    numbered = sorted(shipped.notebooks().glob("[0-9][0-9]_*.ipynb"))
    return [notebook for notebook in numbered if notebook.name not in _OF_REGION]


def region_suite() -> list[Path]:
    """Return the notebooks of a region's run in order."""
    return [shipped.notebooks() / name for name in _OF_REGION]


def parameters_of(
    notebooks: Sequence[Path], own: Mapping[str, str], extra: Mapping[str, str]
) -> dict[Path, dict[str, Any]]:
    """
    Return the parameters of each notebook, of what is given those it has.

    Raises
    ------
    JunhengError
        One of `extra` that no notebook has, or of another kind than its default.
    """
    has = {notebook: papermill.inspect_notebook(literal(notebook)) for notebook in notebooks}
    known = sorted({name for parameters in has.values() for name in parameters})
    unknown = [name for name in extra if name not in known]
    if unknown:
        raise JunhengError([_unknown(name, known) for name in unknown])
    return {
        notebook: {
            **{name: value for name, value in own.items() if name in parameters},
            **{
                name: _typed(name, extra[name], parameters[name]["default"])
                for name in extra
                if name in parameters
            },
        }
        for notebook, parameters in has.items()
    }


def literal(path: Path) -> str:
    """Return a path that papermill, which formats paths, leaves as it is."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


def _typed(name: str, text: str, default: str) -> Any:
    """Return a parameter in the type of its default in the notebook: text stays text, 0012 too."""
    kind = type(ast.literal_eval(default))
    if kind is str:
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if type(value) is kind or (kind is float and type(value) is int):
        return value
    raise JunhengError(
        Fault(
            "parameter-type",
            f"应与笔记本中的默认值 {default} 同类。",
            f"must be of the kind of its default in the notebook, {default}.",
            Place(column=name, value=text),
        )
    )


def _unknown(name: str, known: Sequence[str]) -> Fault:
    names = "、".join(known) or "—"
    return Fault(
        "unknown-parameter",
        f"没有笔记本有这个参数。可用：{names}。",
        f"no notebook has this parameter; known: {names}.",
        Place(column="-p", value=name),
    )

"""The nurseries of this process: one for each set of variables and options that kernels are started with."""

from __future__ import annotations

import ast
import atexit
import json
import socket
import threading
from collections.abc import Mapping, Sequence
from functools import cache

from .. import shipped
from .nursery import Nursery

# What a kernel needs beyond what notebooks import by name.
_ALSO = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell")
_OF_ONE_KERNEL = ("JPY_", "JUNHENG_", "PYTEST_")  # variables that no module reads when it is imported

_kept: dict[tuple[frozenset[tuple[str, str]], tuple[str, ...], tuple[str, ...]], Nursery] = {}
_given: Nursery | None = None
_choosing = threading.Lock()


def of(env: Mapping[str, str], flags: Sequence[str] = (), *, more: Sequence[str] = ()) -> Nursery:
    """
    Return the nursery whose modules, and `more`, were imported under these variables, started if there is none.

    Raises
    ------
    UnavailableError
        Forking is not possible here.
    """
    if _given is not None:
        return _given
    env = {name: value for name, value in env.items() if not name.startswith(_OF_ONE_KERNEL)}
    key = (frozenset(env.items()), tuple(flags), tuple(more))
    with _choosing:
        if key not in _kept:
            for other in [other for other, nursery in _kept.items() if nursery.idle()]:
                _kept.pop(other).close()
            _kept[key] = Nursery([*modules(), *more], env, flags)
        return _kept[key]


def use(control: socket.socket) -> None:
    """Take every child from the server that forked this process."""
    global _given
    _given = Nursery(control=control)


def peak_mb() -> float:
    """Return the most memory (MiB) that a kernel of this process, forked by another, has taken."""
    return _given.peak_mb if _given is not None else float("nan")


def close() -> None:
    """End all servers of this process and their children."""
    with _choosing:
        while _kept:
            _kept.popitem()[1].close()


atexit.register(close)


@cache
def modules() -> tuple[str, ...]:
    """Return what the numbered notebooks import by name, and what every kernel needs."""
    named: dict[str, None] = dict.fromkeys(_ALSO)
    for notebook in sorted(shipped.notebooks().glob("[0-9][0-9]_*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            if cell["cell_type"] == "code":
                named |= dict.fromkeys(_imported("".join(cell["source"])))
    return tuple(named)


def _imported(code: str) -> list[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a cell with magics
        return []
    found = []
    for statement in ast.walk(tree):
        if isinstance(statement, ast.Import):
            found += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            found += [statement.module, *(f"{statement.module}.{alias.name}" for alias in statement.names)]
    return found

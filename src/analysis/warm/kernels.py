"""The kernels that notebooks run in: this interpreter, untouched by what the user's home configures."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec

from . import nurseries
from .engine import WarmManager
from .nursery import UnavailableError

_STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_started: weakref.WeakSet[ThisInterpreter] = weakref.WeakSet()
_starting = threading.Lock()


class ThisInterpreter(WarmManager):
    """
    Runs ipykernel in the interpreter that runs us, forked where that can be.

    No kernelspec on disk is consulted: one that is registered elsewhere under the same name, or a PATH
    that knows another python, cannot get in between.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**{"transport_encryption": "auto", **options})
        with _starting:
            _started.add(self)

    @property
    def kernel_spec(self) -> KernelSpec:
        """What ipykernel says of this interpreter, without input history."""
        found = KernelSpec(**get_kernel_dict(["--HistoryManager.enabled=False"]))
        found.argv[0] = sys.executable
        found.env = environment()
        return found


def environment() -> dict[str, str]:
    """
    Return the variables a kernel is started with.

    Figures show inline whatever backend the caller uses; settings and caches of matplotlib and IPython live
    in the environment's own folder, so that a user's matplotlibrc or start-up scripts change no figure and
    the font list is made once.
    """
    variables = {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONUTF8": "1",
    }
    home = Path(sys.prefix, "share", "junheng")
    with contextlib.suppress(OSError):  # an environment we may not write to: the user's own folders serve
        for variable, name in (("MPLCONFIGDIR", "matplotlib"), ("IPYTHONDIR", "ipython")):
            folder = home / name
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                variables[variable] = str(folder)
    return variables


@contextlib.contextmanager
def stopped_on_signals() -> Iterator[None]:
    """
    Turn SIGINT, SIGTERM and SIGHUP into KeyboardInterrupt, once, and leave no kernel behind.

    A second signal during the tidying is ignored, else it would cut the tidying short.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        for each in _STOPPING:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in _STOPPING}
    try:
        yield
    finally:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)
        kill_all()
        for number, handler in before.items():
            signal.signal(number, handler)


def warm_up() -> None:
    """Begin to import what kernels need, beside whatever the caller does next."""
    with contextlib.suppress(UnavailableError):  # the engine says so when a kernel is wanted
        nurseries.of({**os.environ, **environment()})


def kill_all() -> None:
    """Kill every kernel that is still running."""
    with _starting:
        managers = list(_started)
    for manager in managers:
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()

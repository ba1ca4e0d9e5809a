"""
The process that others are forked from: libraries imported, nothing run, no threads of Python's.

Run as a file, so that it imports nothing of ours by itself: python server.py FD MODULE… It talks on the socket FD
(`nursery.Nursery` is the other end) and ends, with every process it forked, when that is closed.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import selectors
import signal
import socket
import sys
import threading
import warnings
from contextlib import suppress
from typing import Any, NoReturn

_INLINE = "module://matplotlib_inline.backend_inline"


class Server:
    """Forks on request and tells of each child how it ended; a child whose owner hangs up is killed."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, socket.socket] = {}
        self._ended, self._end = socket.socketpair()  # the system writes to it when a child has ended
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ, self._answer)
        self._selector.register(self._ended, selectors.EVENT_READ, self._bury)
        self._end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._end.fileno(), warn_on_full_buffer=False)

    def serve(self) -> dict[str, Any]:
        """Return in each child, with what it is asked to be; in the server never."""
        while True:
            for key, _ in self._selector.select():
                asked: dict[str, Any] | None = key.data(key.fileobj)
                if asked is not None:
                    return asked

    def _answer(self, control: socket.socket) -> dict[str, Any] | None:
        try:
            message, sent, _, _ = socket.recv_fds(control, 1, 1)
        except ConnectionError:
            message, sent = b"", []
        if message:
            return self._fork(socket.socket(fileno=sent[0]))
        self._selector.unregister(control)
        control.close()
        if control is self._control:
            self._give_up()
        return None

    def _fork(self, connection: socket.socket) -> dict[str, Any] | None:
        asked: dict[str, Any] | None = json.loads(connection.makefile("rb").readline() or b"null")
        if asked is None:  # the other side died before it could say what it wanted
            connection.close()
            return None
        try:
            ours, theirs = socket.socketpair()  # on which the child may ask for children of its own
            pid = os.fork()
        except OSError:  # too many processes or files: whoever asked sees the connection closed
            connection.close()
            return None
        if pid == 0:
            ours.close()
            self._forget()
            os.setsid()
            connection.sendall(json.dumps({"pid": os.getpid()}).encode() + b"\n")
            return {**asked, "connection": connection, "control": theirs}
        theirs.close()
        self._selector.register(ours, selectors.EVENT_READ, self._answer)
        self._children[pid] = connection
        self._selector.register(connection, selectors.EVENT_READ, self._hung_up)
        return None

    def _forget(self) -> None:
        """In a child: close what belongs to the server and to other children."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for held in (*self._children.values(), *_sockets(self._selector), self._end):
            held.close()
        self._selector.close()

    def _bury(self, ended: socket.socket) -> None:
        """Tell of the children that have ended: how, and the most memory (KiB) each took."""
        ended.recv(4096)
        while self._children:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            connection = self._children.pop(pid)
            told = {"exit": os.waitstatus_to_exitcode(status), "peak_kb": used.ru_maxrss}
            with suppress(OSError):  # nobody asks any more
                connection.sendall(json.dumps(told).encode() + b"\n")
            with suppress(KeyError):
                self._selector.unregister(connection)
            connection.close()

    def _hung_up(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        for pid, asked_by in self._children.items():
            if asked_by is connection:
                _kill(pid)

    def _give_up(self) -> NoReturn:
        for pid in self._children:
            _kill(pid)
        os._exit(0)


def _sockets(selector: selectors.BaseSelector) -> list[socket.socket]:
    return [key.fileobj for key in selector.get_map().values() if isinstance(key.fileobj, socket.socket)]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Import the modules, say so, fork on request; each child becomes what it is asked to be."""
    del sys.path[0]  # the folder of this file, which no kernel has
    control = socket.socket(fileno=int(sys.argv[1]))
    os.environ.setdefault("MPLBACKEND", _INLINE)  # as ipykernel does, but before matplotlib is imported
    shown, warnings.showwarning = warnings.showwarning, lambda *told, **more: None  # nobody could act on them
    try:
        for name in sys.argv[2:]:
            _load(name)
        warnings.showwarning = shown
        if threading.active_count() > 1:
            raise RuntimeError("a library started a thread when it was imported")
    except Exception as error:
        control.sendall(f"{type(error).__name__}: {error}".replace("\n", " ").encode() + b"\n")
        return
    gc.collect()
    gc.freeze()  # what all share stays shared: collections in a child need not write to it
    control.sendall(b"ready\n")
    asked = Server(control).serve()
    if "numpy.random" in sys.modules:  # random seeds itself anew after a fork; numpy's old generator does not
        sys.modules["numpy.random"].seed()
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    module, _, function = asked["call"].partition(":")
    if module == "":
        _be_kernel(asked)
    else:
        getattr(importlib.import_module(module), function)(asked)


def _load(name: str) -> None:
    """Import a module; one that is not there is for the notebook that wants it to complain of."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise


def _be_kernel(asked: dict[str, Any]) -> None:
    """Become what `python -m ipykernel_launcher ARGUMENTS` would be, its imports done."""
    asked["connection"].close()
    asked["control"].close()
    os.environ["JPY_PARENT_PID"] = parent = str(os.getppid())  # the kernel ends when the server does
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else ""), *asked["arguments"]]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance([*asked["arguments"], f"--IPKernelApp.parent_handle={parent}"])


if __name__ == "__main__":
    main()

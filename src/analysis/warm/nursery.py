"""Ask a process that has imported the libraries for clean ones: forked from it, each with nothing run."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

SAFE = sys.platform == "linux"  # elsewhere system libraries may not be forked, or nothing may
_SERVER = Path(__file__).with_name("server.py")
_LOOK_S = 0.01
_PATIENCE_S = 120.0  # for the imports, on a slow disk and for the first time


class UnavailableError(Exception):
    """No process can be forked here; the message says why."""


class Child:
    """
    A forked process, as `subprocess.Popen` would give it: `pid`, `returncode`, poll, wait, kill …

    It lives no longer than this object: the server kills what nobody holds any more.

    Attributes
    ----------
    peak_mb
        The most memory it took, in MiB, once it has ended.
    """

    stdin = stdout = stderr = None

    def __init__(
        self, connection: socket.socket, ended: Callable[[Child], None] = lambda child: None
    ) -> None:
        self._connection, self._heard, self._ended = connection, b"", ended
        self._hearing = threading.Lock()
        self.pid = 0
        self.returncode: int | None = None
        self.peak_mb = 0.0
        while not self.pid and self.returncode is None:
            self._hear()
        if not self.pid:
            raise UnavailableError("the server has ended")

    def poll(self) -> int | None:
        """Return how the process ended, None while it runs."""
        with self._hearing:
            while self.returncode is None and self._hear(socket.MSG_DONTWAIT):
                pass
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """
        Wait until it has ended, and return how.

        Raises
        ------
        subprocess.TimeoutExpired
            It has not ended within so many seconds.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while (ended := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(_LOOK_S)
        return ended

    def send_signal(self, number: int) -> None:
        """Send a signal to it and to what it started, if it still runs."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def _hear(self, flags: int = 0) -> bool:
        """Take what has come, False when nothing has; when the server is gone the process is gone with it."""
        try:
            heard = self._connection.recv(65536, flags)
        except BlockingIOError:
            return False
        except ConnectionError:
            heard = b""
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for message in map(json.loads, lines):
            self.pid = message.get("pid", self.pid)
            self.peak_mb = message.get("peak_kb", 0) / 1024
            self.returncode = message.get("exit")
        if not heard and self.returncode is None:
            self.returncode = -signal.SIGKILL
        if self.returncode is not None:
            self._connection.close()
            self._ended(self)
        return True


class Nursery:
    """
    A server process, or the control socket that a child of one was given.

    Parameters
    ----------
    modules
        What it imports before the first fork; whatever starts a thread then is refused.
    env
        The variables it is started with: modules read them when they are imported.
    flags
        Options of the interpreter.
    control
        A socket on which a server listens already; the rest is not needed then.
    """

    def __init__(
        self,
        modules: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        flags: Sequence[str] = (),
        *,
        control: socket.socket | None = None,
    ) -> None:
        self.peak_mb = 0.0  # the most that one of its children took
        self._asking = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._refused: str | None = "" if control is not None else None
        self._living: weakref.WeakSet[Child] = weakref.WeakSet()
        if control is not None:
            self._control = control
            return
        if not SAFE:
            raise UnavailableError(f"forking is not safe on {sys.platform}")
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *flags, str(_SERVER), str(theirs.fileno()), *modules],
                env=dict(env) if env is not None else None,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for us
            )

    def fork(
        self, call: str, *, env: Mapping[str, str], cwd: str | os.PathLike[str] | None = None, **given: Any
    ) -> Child:
        """
        Return a process that calls MODULE:FUNCTION with what is given, or ":" an ipykernel with `arguments`.

        Raises
        ------
        UnavailableError
            The server could not be started, or has ended.
        """
        asked = {"call": call, "env": dict(env), "cwd": os.fspath(cwd or Path.cwd()), **given}
        ours, theirs = socket.socketpair()
        with theirs, self._asking:
            self._until_ready()
            try:
                socket.send_fds(self._control, [b"?"], [theirs.fileno()])
            except OSError as error:
                raise UnavailableError(f"the server has ended: {error}") from error
        ours.sendall(json.dumps(asked).encode() + b"\n")
        child = Child(ours, self._note)
        self._living.add(child)
        return child

    def _note(self, child: Child) -> None:
        self.peak_mb = max(self.peak_mb, child.peak_mb)

    def idle(self) -> bool:
        """Return whether none of its children runs."""
        return all(child.poll() is not None for child in self._living)

    def close(self) -> None:
        """End the server and every child."""
        if self._process is None:
            return
        if self._refused is None:  # it still imports, and has no children
            self._process.kill()
        self._control.close()
        self._process.wait()

    def _until_ready(self) -> None:
        if self._refused is None:
            self._control.settimeout(_PATIENCE_S)
            try:
                said = self._control.makefile("rb").readline().decode(errors="replace").strip()
            except OSError as error:
                said = str(error)
            self._control.settimeout(None)
            self._refused = "" if said == "ready" else said or "the server has ended"
        if self._refused:
            raise UnavailableError(self._refused)

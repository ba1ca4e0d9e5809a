"""Chromium without a window, spoken to through its own protocol."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import websocket

_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Tab:
    """One page of the browser."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=60, suppress_origin=True)
        self._asked = 0

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer; what the page reports meanwhile is passed over."""
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._asked:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def run(self, script: str) -> Any:
        """Return what a script gives, as if a person had asked for it; promises are waited for."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def open(self, page: Path, *, clipboard: bool = True) -> None:
        """Open a file from disk and wait until it stands; without `clipboard` the browser refuses to copy."""
        names = ("clipboard-read", "clipboard-write")
        for name in names:
            setting = "granted" if clipboard else "denied"
            self.ask("Browser.setPermission", permission={"name": name}, setting=setting)
        self.ask("Page.enable")
        self.ask("Page.navigate", url=page.as_uri())
        self.run(
            "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))"
        )
        self.ask("Emulation.setFocusEmulationEnabled", enabled=True)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """Start Chromium with a fresh profile, and end it."""
    program = next(path for name in _NAMES if (path := shutil.which(name)))
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
               "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        try:
            port = next(
                m[1] for line in process.stderr if (m := re.search(r"ws://127\.0\.0\.1:(\d+)/", line))
            )
            with urlopen(f"http://127.0.0.1:{port}/json") as answer:
                pages = [page for page in json.load(answer) if page["type"] == "page"]
            tab = Tab(pages[0]["webSocketDebuggerUrl"])
            yield tab
            tab.close()
        finally:
            process.terminate()

"""The page as a browser shows it: the app in a process of its own, and Chromium that can reach this machine alone."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE_MS = 120_000


@contextmanager
def app(folder: Path, *arguments: str, verb: str = "app") -> Iterator[str]:
    """Run `junheng app` (or `lab`) and give the address that it prints, token included."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "analysis.cli", verb, "--no-browser", "--port", str(port), *arguments]
    environment = {**os.environ, "TMPDIR": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    with (folder / "app.log").open("w+", encoding="utf-8") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, cwd=folder, env=environment)
        try:
            yield _address(process, folder / "app.log")
        finally:
            process.terminate()
            process.wait(timeout=60)


def _address(process: subprocess.Popen[bytes], told: Path) -> str:
    until = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < until and process.poll() is None:
        text = told.read_text(encoding="utf-8")
        found = re.search(r"^\s*(http://127\S+token=\S+)", text, re.MULTILINE)
        if found and "is running at" in text:
            return found[1]
        time.sleep(0.2)
    raise AssertionError(told.read_text(encoding="utf-8"))


@contextmanager
def browser() -> Iterator[Any]:
    """Give a headless Chromium."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield chromium
        finally:
            chromium.close()


def opened(chromium: Any, address: str, *, reached: list[str] | None = None) -> Page:
    """Open the page at 1280 × 800 and wait until it has drawn; `reached` takes the hosts that it asked."""
    page: Page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE_MS)
    if reached is not None:
        page.on("request", lambda request: reached.append(request.url))
    page.goto(address)
    page.wait_for_selector(".jh[data-answered]")
    return page


def answered(page: Page) -> None:
    """Wait until the page has drawn the answer to what was asked last."""
    page.wait_for_selector(".jh:not(.jh-busy)")

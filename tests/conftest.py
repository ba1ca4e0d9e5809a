"""What every test runs under: no window, no network, and in CI no excuse for a missing program."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Generator
from typing import Any

import hypothesis
import pytest

os.environ["MPLBACKEND"] = "Agg"
hypothesis.settings.register_profile("junheng", deadline=None, derandomize=True)
hypothesis.settings.load_profile("junheng")

# marker → programs it needs, any of a group will do
PROGRAMS = {
    "office": (("soffice", "libreoffice"), ("pdftoppm",)),
    "browser": (("chromium", "chromium-browser", "google-chrome"),),
}


def missing(marker: str) -> list[str]:
    """Return the programs that tests of this marker need and the machine lacks."""
    return [" / ".join(group) for group in PROGRAMS[marker] if not any(map(shutil.which, group))]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a program that is not there."""
    lacking = [name for marker in PROGRAMS if item.get_closest_marker(marker) for name in missing(marker)]
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """In CI (JUNHENG_CI=1) the programs are there by promise: a skip for want of one is a failure."""
    report = yield
    wants_program = any(item.get_closest_marker(marker) for marker in PROGRAMS)
    if report.skipped and wants_program and os.environ.get("JUNHENG_CI") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {item.nodeid}: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _no_office(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish without LibreOffice, which takes its seconds, unless the test is about it."""
    if request.node.get_closest_marker("office") is None:
        monkeypatch.setenv("JUNHENG_OFFICE", "")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that leave the machine: the product works offline, and so do its tests."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise OSError(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)

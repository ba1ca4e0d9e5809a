"""JupyterLab on a folder, on this machine only, without the questions that it asks other hosts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jupyterlab.labapp import LabApp

from ..wording.explore import AS_ROOT


def arguments(folder: Path, *, port: int, browser: bool, as_root: bool = False) -> list[str]:
    """Return how JupyterLab is started: no look for news, newer versions or extensions elsewhere; as root if need be."""
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": browser,
        "LabApp.default_url": "/lab/tree/notebooks" if (folder / "notebooks").is_dir() else "/lab",
        "LabApp.check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "LabApp.news_url": None,
        "LabApp.extension_manager": "readonly",
        "ServerApp.allow_root": as_root,  # it declines otherwise, without a word of ours
    }
    return [f"--{name}={value}" for name, value in options.items()]


def serve(folder: Path, *, port: int = 8888, browser: bool = True) -> None:
    """Serve JupyterLab, behind a token of its own, until it is stopped; root, as in a container, is warned."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if as_root:
        print(f"{AS_ROOT.zh}\n{AS_ROOT.en}", file=sys.stderr, flush=True)
    LabApp.launch_instance(arguments(folder.absolute(), port=port, browser=browser, as_root=as_root))

"""The explorer as a page for people who have no Python: voila serves the notebook on this machine, behind a token."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import nbformat
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from voila.app import Voila

from .. import shipped
from .widget import LIBRARIES

NOTEBOOK = "explore.ipynb"
_IDLE_S = 1800  # a page that was closed so long ago gives its memory back
_TEMPLATES = Path(__file__).parent / "share"
_NEXT_S = 5.0  # until the kernel for the next visitor is started: not while this one waits for the first view
_SCRIPTS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]


def arguments(notebook: Path, *, ip: str, port: int, token: str, browser: bool) -> list[str]:
    """Return how voila is started: our page template, a token, a kernel kept warm, no limit on what a page is sent."""
    options = {
        "Voila.ip": ip,
        "Voila.port": port,
        "Voila.token": token,
        "Voila.open_browser": browser,
        "VoilaConfiguration.template": "junheng",
        "VoilaConfiguration.theme": "light",
        "VoilaConfiguration.show_tracebacks": False,
        "VoilaConfiguration.preheat_kernel": True,
        "VoilaConfiguration.default_pool_size": 1,
        "VoilaKernelManager.fill_delay": _NEXT_S,
        "VoilaConfiguration.extension_allowlist": _SCRIPTS,  # what else is installed for JupyterLab stays there
        "VoilaConfiguration.extra_labextensions_path": [str(path) for path in _library_folders()],
        "MappingKernelManager.cull_idle_timeout": _IDLE_S,
        "MappingKernelManager.cull_interval": 60,
        "ZMQChannelsWebsocketConnection.limit_rate": False,
    }
    told = ((name, value if isinstance(value, list) else [value]) for name, value in options.items())
    return [str(notebook), *(f"--{name}={value}" for name, values in told for value in values)]


def _library_folders() -> list[Path]:
    """Return the folders of what draws the page: voila serves them beside the scripts of widgets."""
    return [Path(str(files(package).joinpath(*folder))) for package, *folder, _ in LIBRARIES]


def serve(
    parameters: Mapping[str, str],
    *,
    ip: str = "127.0.0.1",
    port: int = 8866,
    token: str = "",
    browser: bool = True,
) -> None:
    """
    Serve the explorer until it is stopped.

    Parameters
    ----------
    parameters
        Of the notebook, as text.
    ip, port
        Where to listen. On 127.0.0.1 only this machine can reach it.
    token
        What a browser must show; a new one is made when it is empty.
    """
    known = os.environ.get("JUPYTER_PATH", "")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(path for path in (str(_TEMPLATES), known) if path)
    token = token or secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="junheng-app-") as folder:
        os.environ["TMPDIR"] = folder  # what pages leave behind, should one be killed, goes with the app
        notebook = Path(folder, NOTEBOOK)
        stored = load_notebook_node(str(shipped.notebooks() / NOTEBOOK))
        nbformat.write(parameterize_notebook(stored, dict(parameters)), notebook)  # type: ignore[no-untyped-call]
        print(f"http://{ip}:{port}/?token={token}", flush=True)
        Voila.launch_instance(arguments(notebook, ip=ip, port=port, token=token, browser=browser))

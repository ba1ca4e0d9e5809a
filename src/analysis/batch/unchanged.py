"""Whether a county's outputs still say what a new run would: then it need not be run again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from .. import shipped
from ..errors import JunhengError
from ..params import Request
from ..publish.manifest import packages, portable, read_manifest, verify
from ..region import RegionRequest
from ..sources.dataset import Input, as_input
from ..sources.mapping import load_source
from ..sources.reading import inputs_of
from ..standards import standard_path


def made_from(
    request: Request | RegionRequest, extra: Mapping[str, str], inputs: Iterable[Input]
) -> dict[str, Any]:
    """Return what a run notes in its manifest: the parameters, data, rules and code that its outputs follow from."""
    return {
        "parameters": {**request.as_parameters(), **extra},
        "inputs": [asdict(item) for item in inputs],
        "rule": {"id": request.standard, "sha256": as_input(standard_path(request.standard)).sha256},
        "params": params_sha256(),
        "code": code_sha256(),
    }


def unchanged(request: Request, extra: Mapping[str, str]) -> bool:
    """Return whether the folder of a request is whole, and made from just what a run would take now."""
    try:
        manifest = read_manifest(request.out)
        inputs = inputs_of(request.paths, load_source(request.source), request.county_code)
        now = portable(made_from(request, extra, inputs))
        noted = {name: manifest.get("run", {}).get(name) for name in now}
        return noted == now and manifest["packages"] == packages() and not verify(request.out)
    except (JunhengError, OSError):
        return False


@cache
def params_sha256() -> str:
    """Return the checksum of the parameter files and rules that are shipped."""
    return _sha256(*shipped.params().rglob("*.yaml"))


@cache
def code_sha256() -> str:
    """Return the checksum of the program: code, templates, notebooks."""
    package = Path(__file__).parents[1]
    files = [path for path in package.rglob("*") if path.suffix in (".py", ".j2")]
    return _sha256(*files, *shipped.notebooks().glob("*.ipynb"))


def _sha256(*files: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()

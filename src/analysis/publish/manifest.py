"""manifest.json: what a run was given, what it left, and with which code; and the check that it is still so."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import refuse
from ..replacing import write_whole
from ..schema import Words
from .record import Told, sha256

NAME = "manifest.json"
_FILES = ("data", "params", "standard")  # parameters that may name a file


def write_manifest(told: Told, run: Mapping[str, Any], *, made: datetime | None = None) -> Path:
    """
    Write manifest.json, last of all: every file of the folder with its sha256 and size.

    Parameters
    ----------
    told
        The run's folder, read; complete but for this file.
    run
        What the run knows of itself: `inputs` (path, sha256, size), `parameters`, `rule` (id, sha256),
        `timings` (seconds), and anything that JSON can hold. Of paths only the names are kept.
    made
        The time written as `made`, now by default.

    Raises
    ------
    JunhengError
        The folder is frozen, or another program holds the manifest open.
    """
    folder, stamp = told.folder, told.stamp
    refuse_frozen(folder)
    content = {
        "made": (made or datetime.now(UTC)).replace(microsecond=0).isoformat(),
        "county_code": stamp.county_code,
        "year": stamp.year,
        "rule_id": stamp.rule_id,
        "code_version": stamp.code_version,
        "invented": stamp.invented,
        "python": platform.python_version(),
        "packages": packages(),
        "run": portable(run),
        "outputs": {name: _facts(folder / name) for name in _files(folder)},
    }
    return _written(folder, content)


def freeze(folder: Path, *, made: datetime | None = None) -> Path:
    """
    Mark a run's folder as 定稿 as it now stands: what an office changed in it is taken as final.

    From then on nothing writes to it: no run, no notebook, no publishing.

    Raises
    ------
    JunhengError
        The folder has no readable manifest, or is frozen already.
    """
    content = read_manifest(folder)
    refuse_frozen(folder)
    content["frozen"] = (made or datetime.now(UTC)).replace(microsecond=0).isoformat()
    content["outputs"] = {name: _facts(folder / name) for name in _files(folder)}
    return _written(folder, content)


def refuse_frozen(folder: Path) -> None:
    """Raise where a folder is 定稿; say nothing where it is not, or is no run's."""
    try:
        content = json.loads((folder / NAME).read_bytes())
    except (OSError, ValueError):
        return
    if isinstance(content, dict) and content.get("frozen"):
        day = str(content["frozen"])[:10]
        raise refuse(
            "frozen",
            f"这个文件夹已于{day}定稿，不会再改动。请用 --out 另选文件夹。",
            f"this folder was frozen as final on {day} and is not changed any more; choose another --out.",
            file=str(folder),
        )


def read_manifest(folder: Path) -> dict[str, Any]:
    """
    Return the manifest of a run's folder.

    Raises
    ------
    JunhengError
        There is none, or it cannot be read.
    """
    try:
        content = json.loads((folder / NAME).read_bytes())
        if isinstance(content, dict) and isinstance(content.get("outputs"), dict):
            return content
    except (OSError, ValueError):
        pass
    raise refuse(
        "no-manifest",
        "缺少 manifest.json，或文件已损坏，无法核对。",
        "manifest.json is missing or damaged; nothing can be checked",
        file=str(folder),
    )


def verify(folder: Path) -> list[Words]:
    """
    Return what no longer agrees with the manifest: files changed, missing, or added; nothing when all is well.

    Raises
    ------
    JunhengError
        The folder has no readable manifest.
    """
    written, there = read_manifest(folder)["outputs"], _files(folder)
    changed = [name for name in there if name in written and _facts(folder / name) != written[name]]
    return [
        *(Words(zh=f"{name}：内容已改动", en=f"{name}: changed since the run") for name in changed),
        *(Words(zh=f"{name}：缺失", en=f"{name}: missing") for name in sorted(written.keys() - set(there))),
        *(
            Words(zh=f"{name}：不是这次运行产生的", en=f"{name}: not of this run")
            for name in there
            if name not in written
        ),
    ]


def portable(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run knows of itself with files by their names: where they stood is nobody's business."""
    parameters = {name: value for name, value in run.get("parameters", {}).items() if name != "out"}
    parameters |= {name: _name(parameters[name]) for name in _FILES if name in parameters}
    inputs = [{**item, "path": _name(item["path"])} for item in run.get("inputs", ())]
    return {**run, "parameters": parameters, "inputs": inputs}


def _name(path: object) -> str:
    return re.split(r"[\\/]", str(path).rstrip("\\/"))[-1]


def _written(folder: Path, content: Mapping[str, Any]) -> Path:
    path = folder / NAME
    write_whole(path, (json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n").encode())
    return path


def packages() -> dict[str, str]:
    """Return the versions of the packages that the library asks for, as installed."""
    try:
        wanted = metadata.requires("junheng") or []
    except metadata.PackageNotFoundError:
        return {}
    names = [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in wanted if "extra ==" not in line]
    found = {}
    for name in sorted(names):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # asked for on another system only
            continue
    return found


def _files(folder: Path) -> list[str]:
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if path.as_posix() != NAME)


def _facts(path: Path) -> dict[str, Any]:
    return {"sha256": sha256(path), "size": path.stat().st_size}

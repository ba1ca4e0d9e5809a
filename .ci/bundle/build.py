"""
Make the zip from which an office without internet installs (make bundle).

It holds the packages of requirements.lock that a run needs, as wheels for every Python and system asked for, the
project's own wheel, notebooks, rules, the sample county, and what starts them. pip holds each wheel against the lock's
hashes: here, and once more where the zip is unpacked.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
COPIED = (
    "notebooks",
    "params",
    "data/sample",
    "data/README.md",
    "docs",
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    "LICENSE",
)
STARTERS = ("start.py", "junheng.sh", "junheng.bat", "README.txt")
_PASSED_OVER = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".DS_Store", "~$*")
_NOT_USED = {"scs"}  # of cvxpy's solvers (plans use HiGHS) the one that is large: 24 MB a wheel
_GLIBC = 28  # minor version: what Debian 10, RHEL 8, UOS 20 and Kylin V10 have


@dataclass(frozen=True)
class System:
    """What a system answers to markers, and the tags of the wheels that run on it."""

    markers: dict[str, str]
    platforms: tuple[str, ...]


SYSTEMS = {
    "windows": System(
        {
            "os_name": "nt",
            "sys_platform": "win32",
            "platform_system": "Windows",
            "platform_machine": "AMD64",
        },
        ("win_amd64",),
    ),
    "linux": System(
        {
            "os_name": "posix",
            "sys_platform": "linux",
            "platform_system": "Linux",
            "platform_machine": "x86_64",
        },
        (
            *(f"manylinux_2_{minor}_x86_64" for minor in range(_GLIBC, 4, -1)),
            *(f"manylinux{year}_x86_64" for year in ("2014", "2010", "1")),
        ),
    ),
}


def entries(lock: str) -> list[str]:
    """Return the entries of a lock, each a pin with its marker and hashes."""
    return [entry for entry in re.split(r"\n(?=\S)", lock.strip()) if not entry.startswith("#")]


def needed(lock: str) -> list[str]:
    """Return the entries of the project's lock that a run needs, those for developers left out."""
    compile_ = [
        "uv",
        "pip",
        "compile",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--quiet",
    ]
    plain = ["--no-emit-index-url", "--no-annotate", "--no-header", "--constraint", "requirements.lock"]
    told = _run([sys.executable, "-m", *compile_, *plain, "pyproject.toml"], cwd=ROOT)
    found = entries(told)
    strange = set(found) - set(entries(lock))
    if strange:
        raise SystemExit(f"requirements.lock is behind pyproject.toml (make lock): {sorted(strange)[0]}")
    return [entry for entry in found if entry.partition("==")[0] not in _NOT_USED]


def fitting(locked: Iterable[str], python: str, system: str) -> list[str]:
    """Return the entries for a Python (3.11.0) and a system, without their markers."""
    answers = {
        **SYSTEMS[system].markers,
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_name": "cpython",
        "implementation_version": python,
        "platform_python_implementation": "CPython",
    }
    fit = []
    for entry in locked:
        head, _, hashes = entry.partition(" \\\n")
        pin, _, marker = head.partition(" ; ")
        if not marker or Marker(marker).evaluate(dict(answers)):
            fit.append(f"{pin} \\\n{hashes}")
    return fit


def fetch(locked: Iterable[str], python: str, system: str, wheels: Path) -> None:
    """Fetch the wheels of a Python (3.11) and a system, the first of its releases and the latest, hashes checked."""
    fetched: list[str] = []
    for release in (f"{python}.0", f"{python}.99"):
        lacking = [entry for entry in fitting(locked, release, system) if entry not in fetched]
        if not lacking:
            continue
        with tempfile.TemporaryDirectory() as folder:
            listed = Path(folder, "requirements.txt")
            listed.write_text("\n".join(lacking) + "\n", encoding="utf-8")
            _run([*_pip_download(release, SYSTEMS[system].platforms), "-r", str(listed), "-d", str(wheels)])
        fetched += lacking


def _pip_download(release: str, platforms: Sequence[str]) -> list[str]:
    download = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "-qq"]
    exactly = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version", release]
    return [*download, *exactly, *(f"--platform={platform}" for platform in platforms)]


def own_wheel(wheels: Path) -> str:
    """Build the project's wheel and return it as a requirement with its hash."""
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)], cwd=ROOT)
    (wheel,) = wheels.glob("junheng-*.whl")
    return f"./{wheels.name}/{wheel.name} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def starters(folder: Path, pythons: Sequence[str], systems: Sequence[str]) -> None:
    """Write what installs and starts, and for which Pythons and systems there are wheels."""
    for name in STARTERS:
        text = (HERE / name).read_text(encoding="utf-8")
        windows = name.endswith((".bat", ".txt"))
        encoding = "utf-8-sig" if name.endswith(".txt") else "utf-8"  # an older Notepad wants the mark
        (folder / name).write_text(text, encoding=encoding, newline="\r\n" if windows else "\n")
    shutil.copy(HERE.parent / "find-python", folder)
    (folder / "junheng.sh").chmod(0o755)
    told = {"pythons": list(pythons), "systems": [SYSTEMS[s].markers["platform_system"] for s in systems]}
    (folder / "wheels" / "made-for.json").write_text(json.dumps(told), encoding="utf-8")


def pack(folder: Path, target: Path) -> None:
    """Pack a folder into a zip, which is there whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    with zipfile.ZipFile(half, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            packed = zipfile.ZIP_STORED if path.suffix == ".whl" else zipfile.ZIP_DEFLATED
            archive.write(path, path.relative_to(folder.parent), compress_type=packed)
    half.replace(target)


def bundle(pythons: Sequence[str], systems: Sequence[str], target: Path) -> None:
    """Make the zip."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = needed(lock)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, target.stem)
        wheels = folder / "wheels"
        wheels.mkdir(parents=True)
        for system in systems:
            for python in pythons:
                print(f"  {system}, Python {python} …", flush=True)
                fetch(locked, python, system, wheels)
        (folder / "requirements.txt").write_text(
            "\n".join([*locked, own_wheel(wheels)]) + "\n", encoding="utf-8", newline="\n"
        )
        for name in COPIED:
            _copy(ROOT / name, folder / name)
        starters(folder, pythons, systems)
        pack(folder, target)
        print(f"{target}: {target.stat().st_size / 1024**2:.0f} MB, {len(list(wheels.glob('*.whl')))} wheels")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=_PASSED_OVER)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _run(command: list[str], cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if not line.startswith("WARNING: Location")]
        raise SystemExit("\n".join(said[-8:]))
    return done.stdout


def main() -> None:
    """Make the zip as the command line asks."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pythons", default="3.11 3.12 3.13")
    asked.add_argument("--systems", default="windows linux")
    asked.add_argument("--out", type=Path, default=ROOT / "dist" / f"junheng-{version}-offline.zip")
    given = asked.parse_args()
    bundle(given.pythons.split(), given.systems.split(), given.out)


if __name__ == "__main__":
    main()

"""The bundle for offices without internet: what goes into it, and that it installs and starts with the network off."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
MAKING = ROOT / ".ci" / "bundle"
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
CLI = """\
import os, sys
print("given", sys.argv[1:], os.environ["PYTHONUTF8"])
"""
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="starts the bundle by its Linux script")


@pytest.fixture(scope="module")
def build() -> Any:
    """The program that makes the bundle, as a module."""
    spec = importlib.util.spec_from_file_location("bundle_build", MAKING / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def names(fitting: list[str]) -> list[str]:
    return [entry.partition("==")[0] for entry in fitting]


@pytest.mark.parametrize("system", ["windows", "linux"])
@pytest.mark.parametrize("python", ["3.11.0", "3.11.99", "3.12.0", "3.13.0"])
def test_each_python_and_system_gets_each_package_once_with_its_hashes(
    build: Any, python: str, system: str
) -> None:
    fit = build.fitting(build.entries(LOCK), python, system)
    assert len(set(names(fit))) == len(fit) > 100
    assert all(re.fullmatch(r"[\w.-]+==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+", entry) for entry in fit)
    only = {"windows": {"pywinpty", "colorama"}, "linux": {"pexpect", "ptyprocess"}}
    assert only[system] <= set(names(fit))
    assert not (set().union(*only.values()) - only[system]) & set(names(fit))
    assert "appnope" not in names(fit)


def test_what_starts_reads_alike_in_every_code_page_and_names_no_host(build: Any, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    build.starters(tmp_path, ["3.12"], ["windows"])
    batch = (tmp_path / "junheng.bat").read_bytes()
    assert batch.isascii()
    assert batch.count(b"\n") == batch.count(b"\r\n")
    told = (tmp_path / "README.txt").read_bytes()
    assert told.startswith(b"\xef\xbb\xbf")  # by which every Notepad knows UTF-8
    assert b"\r" not in (tmp_path / "junheng.sh").read_bytes()
    assert not any(b"://" in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def stand_in(build: Any, folder: Path, *, pythons: list[str]) -> Path:
    """Make a bundle of one small wheel in the project's place, which says what it was given."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    wheel = wheels / "junheng-1-py3-none-any.whl"
    info = "junheng-1.dist-info"
    parts = {
        "analysis/__init__.py": "",
        "analysis/cli.py": CLI,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: junheng\nVersion: 1\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*parts, f"{info}/RECORD"]))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements.txt").write_text(f"./wheels/{wheel.name} --hash=sha256:{digest}\n", "utf-8")
    build.starters(folder, pythons, ["windows", "linux"])
    return folder


def started(folder: Path, *given: str, seconds: int = 120) -> subprocess.CompletedProcess[str]:
    """Start a bundle without a network (this machine alone can be reached), none of our own Python in its way."""
    command = ["sh", str(folder / "junheng.sh"), *given]
    if _can_unshare():
        alone = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        command = [*alone, *command]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PIP_", "VIRTUAL"))
    }
    environment = {**kept, "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    return subprocess.run(
        command,
        cwd=folder.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def _can_unshare() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    tried = subprocess.run(["unshare", "--map-root-user", "--net", "true"], capture_output=True, check=False)
    return tried.returncode == 0


@on_linux
def test_it_installs_once_runs_what_is_given_and_refuses_a_changed_wheel(build: Any, tmp_path: Path) -> None:
    folder = stand_in(build, tmp_path / "均衡 一", pythons=[HERE])
    first = started(folder, "run", "--data", "我县 2025.xlsx")
    assert first.returncode == 0, first.stderr
    assert "正在安装" in first.stdout
    assert "given ['run', '--data', '我县 2025.xlsx'] 1" in first.stdout
    again = started(folder)
    assert "正在安装" not in again.stdout
    assert "given ['app']" in again.stdout

    moved = folder.rename(tmp_path / "二")
    with zipfile.ZipFile(next((moved / "wheels").glob("*.whl")), "a") as wheel:
        wheel.writestr("analysis/added.py", "")
    refused = started(moved)
    assert refused.returncode == 1
    assert "安装没有完成" in refused.stdout
    assert "given" not in refused.stdout
    assert "Traceback" not in refused.stderr


@on_linux
def test_a_python_without_wheels_is_told_which_there_are(build: Any, tmp_path: Path) -> None:
    folder = stand_in(build, tmp_path / "b", pythons=["3.9"])
    told = started(folder)
    assert told.returncode == 1
    assert "Python 3.9" in told.stdout
    assert f"Python {HERE}" in told.stdout
    assert not (folder / ".venv").exists()


@on_linux
@pytest.mark.full
def test_the_real_bundle_installs_and_makes_a_report_with_the_network_off(tmp_path: Path) -> None:
    packed = tmp_path / "junheng-offline.zip"
    made = subprocess.run(
        [
            *(sys.executable, str(MAKING / "build.py"), "--pythons", HERE, "--systems", "linux"),
            *("--out", str(packed)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0 and re.search(r"[Ff]ailed to fetch|Connection|resolve", made.stderr):
        pytest.skip(f"no package index can be reached: {made.stderr[-200:]}")
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
    done = started(tmp_path / "junheng-offline", "run", "--county", "990101", seconds=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = tmp_path / "outputs" / "990101" / "2025" / "zh" / "manifest.json"
    assert json.loads(manifest.read_text(encoding="utf-8"))["county_code"] == "990101"

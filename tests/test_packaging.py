"""The three lists of dependencies agree, the wheel holds what it must, a bare machine is told what it lacks."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def direct(*, dev: bool) -> dict[str, Requirement]:
    """Requirements of pyproject.toml by canonical name."""
    lines = [*PROJECT["dependencies"], *(PROJECT["optional-dependencies"]["dev"] if dev else [])]
    return {canonicalize_name(found.name): found for found in map(Requirement, lines)}


def locked() -> dict[str, list[Version]]:
    """Versions in the lock by canonical name; several where they differ by Python or system."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE)
    versions: dict[str, list[Version]] = {}
    for name, version in pins:
        versions.setdefault(canonicalize_name(name), []).append(Version(version))
    return versions


def test_every_dependency_is_locked_at_a_version_it_allows() -> None:
    versions = locked()
    for name, requirement in direct(dev=True).items():
        assert name in versions, name
        assert all(version in requirement.specifier for version in versions[name]), name


def test_lock_is_hashed_and_names_no_index() -> None:
    entries = [e for e in re.split(r"\n(?=\S)", LOCK.strip()) if not e.startswith("#")]
    pin = re.compile(r"[A-Za-z0-9._-]+==\S+( ; .+?)?( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert len(entries) > 50
    for entry in entries:
        assert pin.fullmatch(entry), entry.splitlines()[0]


def test_environment_holds_python_pip_and_the_same_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = environment["dependencies"]
    assert python == f"python {PROJECT['requires-python']}"
    assert pip == "pip"
    assert packages == {"pip": ["--require-hashes", "-r requirements.lock"]}


def test_the_search_for_python_knows_the_same_range() -> None:
    script = (ROOT / ".ci" / "find-python").read_text(encoding="utf-8")
    known = re.search(r"^    (3\.\d+(?: \| 3\.\d+)*)\)", script, re.MULTILINE)
    assert known
    versions = known.group(1).split(" | ")
    allowed = Requirement(f"python {PROJECT['requires-python']}").specifier
    assert versions == [v for v in (f"3.{minor}" for minor in range(30)) if f"{v}.9" in allowed]


def test_everything_imported_is_declared() -> None:
    names = {
        name.partition(".")[0]
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
    }
    distributions = importlib.metadata.packages_distributions()
    declared = {*direct(dev=False), "junheng"}
    outside = names - sys.stdlib_module_names
    undeclared = {n for n in outside if not declared & set(map(canonicalize_name, distributions.get(n, [])))}
    assert not undeclared


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def test_wheel_holds_rules_notebooks_and_the_sample_and_no_leavings(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for folder in ("params", "notebooks", "data/sample"):
        wanted = {
            f"analysis/_shipped/{path.relative_to(ROOT).as_posix()}" for path in _tracked(ROOT / folder)
        }
        assert wanted <= packed, sorted(wanted - packed)
    code = {path.relative_to(ROOT / "src").as_posix() for path in _tracked(ROOT / "src" / "analysis")}
    assert code <= packed
    assert not [name for name in packed if "__pycache__" in name or ".ipynb_checkpoints" in name]


def _tracked(folder: Path) -> list[Path]:
    passing = {"__pycache__", ".ipynb_checkpoints"}
    return [path for path in folder.rglob("*") if path.is_file() and not passing & set(path.parts)]


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell script")
@pytest.mark.parametrize(
    ("version", "imports", "said"),
    [
        ("3.9", True, "3.11, 3.12 or 3.13 is needed; found: python3=3.9"),
        ("3.14", True, "3.11, 3.12 or 3.13 is needed"),
        ("3.12", False, "apt-get install python3.12-venv"),
        ("3.12", True, ""),
    ],
)
def test_find_python_says_what_is_missing(tmp_path: Path, version: str, imports: bool, said: str) -> None:
    fake = tmp_path / "python3"
    fake.write_text(
        f'#!/bin/sh\ncase "$2" in *version_info*) echo {version} ;; *) exit {0 if imports else 1} ;; esac\n'
    )
    fake.chmod(0o755)
    shell = shutil.which("sh")
    assert shell
    found = subprocess.run(
        [shell, str(ROOT / ".ci" / "find-python")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert (found.returncode, found.stdout) == ((1, "") if said else (0, "python3\n"))
    assert said in found.stderr


@pytest.mark.parametrize(("in_ci", "code"), [("", 0), ("1", 1)])
def test_in_ci_a_skip_for_want_of_office_is_a_failure(tmp_path: Path, in_ci: str, code: int) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    office: x\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\n@pytest.mark.office\ndef test_page():\n    pass\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "."],
        cwd=tmp_path,
        env={**os.environ, "PATH": str(tmp_path), "JUNHENG_CI": in_ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout

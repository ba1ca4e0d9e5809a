"""
The sample county's report, beside stock papermill running the same notebooks: python -m benchmarks.report

`junheng run` also checks the data and makes report, workbook and gallery; stock papermill only runs the notebooks,
one after the other, each started as a program of its own.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from analysis import batch, shipped

from .timing import children, in_turns, one_after_the_other, table

COUNTY, YEAR = "990101", "2025"
_STEP = re.compile(r"\[\d+/\d+\] (\w+)  ([\d.]+) s")


def by_command(folder: Path, seconds: dict[str, list[float]]) -> None:
    """Run the command, and note the seconds it says each notebook took."""
    command = [sys.executable, "-m", "analysis.cli", "run", "--county", COUNTY, "--year", YEAR]
    done = subprocess.run(
        [*command, "--out", str(folder)], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    for notebook, took in _STEP.findall(done.stdout):
        seconds.setdefault(notebook, []).append(float(took))


def by_papermill(folder: Path, notebook: Path) -> None:
    """Run a notebook with papermill as it is published."""
    given = ["-r", "county", COUNTY, "-r", "year", YEAR, "-r", "out", str(folder / "out")]
    command = [sys.executable, "-m", "papermill", str(notebook), str(folder / notebook.name)]
    subprocess.run([*command, *given], check=True, capture_output=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats: int = parser.parse_args().repeats
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        command: dict[str, Callable[[], object]] = {
            "junheng run": partial(by_command, folder / "junheng", seconds)
        }
        stock = {f"papermill {nb.stem}": partial(by_papermill, folder, nb) for nb in batch.suite()}
        by_command(folder / "first", {})  # caches of fonts and compiled modules are filled
        times = in_turns({**command, **stock}, repeats, clock=children)
    times["papermill, all of them"] = one_after_the_other([times[name] for name in stock])
    print(f"notebooks of {shipped.notebooks().name}/, {repeats} repeats\n")
    print(table(times, "junheng run"), "\n")
    print("| within junheng run | wall s, median |\n|---|---|")
    for stem, taken in sorted(seconds.items()):
        print(f"| {stem} | {statistics.median(taken):.1f} |")


if __name__ == "__main__":
    main()

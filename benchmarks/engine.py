"""
The papermill engine `junheng` beside papermill's own, two notebooks at a time: python -m benchmarks.engine

Both run the county's notebooks as they are stored, from one process. What each leaves is compared before the times
are told: every file that is not an executed notebook must be the same byte for byte.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import papermill
from papermill.engines import papermill_engines

from analysis import batch
from analysis.warm import engine, nurseries

from .timing import children, in_turns, table

COUNTY, YEAR = "990101", "2025"


def run(folder: Path, name: str | None) -> None:
    """Run the notebooks with an engine, two at a time; its server, if it has one, is started and ended here."""
    folder.mkdir(exist_ok=True)
    given = {"county": COUNTY, "year": YEAR, "out": str(folder / "out")}
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(
                papermill.execute_notebook,
                str(notebook),
                str(folder / notebook.name),
                given,
                engine_name=name,
                progress_bar=False,
            )
            for notebook in batch.suite()
        ]
        for job in jobs:
            job.result()
    nurseries.close()


def same_files(one: Path, other: Path) -> int:
    """Return how many files two runs have left; stop unless they are the same."""
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    assert [name for name in names if (one / name).read_bytes() != (other / name).read_bytes()] == []
    return len(names)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats: int = parser.parse_args().repeats
    papermill_engines.register(engine.NAME, engine.WarmEngine)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        contenders: dict[str, Callable[[], object]] = {
            "papermill's engine": partial(run, folder / "stock", None),
            "engine junheng": partial(run, folder / "warm", engine.NAME),
        }
        times = in_turns(contenders, repeats, clock=children)
        files = same_files(folder / "stock" / "out", folder / "warm" / "out")
    print(f"{len(batch.suite())} notebooks, {repeats} repeats, {files} files the same byte for byte\n")
    print(table(times, "engine junheng"))


if __name__ == "__main__":
    main()

"""
Ways to run a county's notebooks, as they are stored, side by side: python -m benchmarks.engine [--counties 2]

The sample county stands for each county, in Chinese and in English. Two notebooks run at a time, or two counties. What
the contenders leave is compared: every file but executed notebooks must be the same byte for byte, and those that are
not are named. The limit is a plain script in processes that have everything imported: it opens each county once, runs the
cells one after the other, and keeps no executed notebook. `junheng run --all` also makes reports, workbooks, slides and
gallery; the last contender makes them after the plain script.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import papermill
from papermill.engines import papermill_engines

from analysis import batch
from analysis.batch.many import Counts, run_many
from analysis.batch.outcome import Outcome
from analysis.batch.worker import Task
from analysis.params import resolve
from analysis.publish import publish
from analysis.sources.handing import hand_over
from analysis.study import open_request
from analysis.warm import engine, nurseries

from .timing import children, in_turns, peak_memory, ratio, table

COUNTY, YEAR, LANGS = "990101", "2025", ("zh", "en")
STOCK, WARM, ONCE, LIMIT = (
    "papermill's engine",
    "engine junheng",
    "engine, county read once",
    "plain script, warm",
)
WHOLE, WHOLE_LIMIT = "junheng run --all", "plain script, warm, and publish"


def asked(folder: Path, lang: str) -> dict[str, str]:
    """Return the parameters of a county's notebooks."""
    return {"county": COUNTY, "year": YEAR, "lang": lang, "out": str(folder / "out" / lang)}


def opened(folder: Path, lang: str) -> dict[str, str]:
    """Open a county once, as a run does, and return the variable by which its notebooks find it."""
    given = asked(folder, lang)
    return hand_over(open_request(resolve(**given)), given, folder / f"opened-{lang}")


def by_papermill(folder: Path, langs: Sequence[str], name: str | None, *, once: bool = False) -> None:
    """Run notebooks with an engine, two at a time; its server, if it has one, is started and ended here."""
    folder.mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        jobs = []
        for lang in langs:
            more: dict[str, Any] = {"variables": opened(folder, lang)} if once else {}
            jobs += [
                pool.submit(
                    papermill.execute_notebook,
                    str(notebook),
                    str(folder / f"{lang}-{notebook.name}"),
                    asked(folder, lang),
                    engine_name=name,
                    progress_bar=False,
                    **more,
                )
                for notebook in batch.suite()
            ]
        for job in jobs:
            job.result()
    nurseries.close()


def by_script(folder: Path, langs: Sequence[str], *, whole: bool = False) -> None:
    """Run the notebooks' cells in processes forked from this one, which has imported everything: two at a time."""
    folder.mkdir(exist_ok=True)
    with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        pool.map(partial(_script, folder, whole), langs, chunksize=1)
        pool.close()
        pool.join()


def _script(folder: Path, whole: bool, lang: str) -> None:
    os.environ.update(opened(folder, lang))
    with contextlib.redirect_stdout(io.StringIO()):
        for notebook in batch.suite():
            variables: dict[str, Any] = {}
            for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    exec("".join(cell["source"]), variables)
                if "parameters" in cell["metadata"].get("tags", []):
                    variables.update(asked(folder, lang))
    if whole:
        publish(folder / "out" / lang)


class _Silent:
    def step(self, task: Task, step: batch.Step) -> None:
        pass

    def ended(self, outcome: Outcome, counts: Counts) -> None:
        assert not outcome.failed, outcome


def by_command(folder: Path, langs: Sequence[str]) -> None:
    """Run whole counties as `junheng run --all --jobs 2` does."""
    tasks = [Task(resolve(**asked(folder, lang))) for lang in langs]
    run_many(tasks, [], jobs=2, summary=folder / "summary", lang="zh", watcher=_Silent())


def compared(runs: Mapping[str, Path]) -> str:
    """Say how many files the runs have left and whether they are the same; name those that are not."""
    first, *others = [
        (
            label,
            {
                path.relative_to(folder): path.read_bytes()
                for part in ("story", "figures", "tables")
                for path in folder.glob(f"out/*/{part}/*")
            },
        )
        for label, folder in runs.items()
    ]
    differing = {
        label: sorted(str(name) for name in {*files, *first[1]} if files.get(name) != first[1].get(name))
        for label, files in others
    }
    told = [f"NOT THE SAME, {label}: {', '.join(names[:9])}" for label, names in differing.items() if names]
    return "\n".join(told) or f"{len(first[1])} files, the same byte for byte"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--counties", type=int, choices=(1, 2), default=2)
    options = parser.parse_args()
    langs = LANGS[: options.counties]
    papermill_engines.register(engine.NAME, engine.WarmEngine)
    for name in (*nurseries.modules(), "analysis.publish.report", "analysis.publish.gallery"):
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        runs: dict[str, Callable[[Path], None]] = {
            STOCK: partial(by_papermill, langs=langs, name=None),
            WARM: partial(by_papermill, langs=langs, name=engine.NAME),
            ONCE: partial(by_papermill, langs=langs, name=engine.NAME, once=True),
            LIMIT: partial(by_script, langs=langs),
            WHOLE: partial(by_command, langs=langs),
            WHOLE_LIMIT: partial(by_script, langs=langs, whole=True),
        }
        peaks: dict[str, list[float]] = {}
        contenders = {
            label: partial(peak_memory, partial(run, folder / f"{place}"), peaks.setdefault(label, []))
            for place, (label, run) in enumerate(runs.items())
        }
        times = in_turns(contenders, options.repeats, clock=children)
        files = compared({label: folder / f"{place}" for place, label in enumerate(runs)})
    print(f"{len(langs)} counties, {len(batch.suite())} notebooks each; {files}")
    print(f"load at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(table(times, ONCE), "\n")
    for slow, fast in ((STOCK, WARM), (STOCK, ONCE), (ONCE, LIMIT), (WHOLE, WHOLE_LIMIT)):
        print(f"{slow} / {fast}: {ratio(times, slow, fast)}")
    for label, peak in peaks.items():
        print(f"{label}: {max(peak) / 2:.0f} MB a worker (PSS of all processes it started)", file=sys.stdout)


if __name__ == "__main__":
    main()

"""
What counties of realistic sizes cost, whole: python -m benchmarks.nation [--marks 15 30 60] [--alone 6]

Invented counties run as `junheng run --all --jobs N` runs them: data read and judged, five notebooks, report, workbooks,
slides and gallery. Each has schools of the sample county, drawn with repetition, some 70 on average as in the nation,
their number spread as 1 : 3 about the middle (lognormal). All are run once with two at a time, and the cost is told
after 15, 30 and 60 of them: whether a county costs more the more there are. The first few are run once more, one at a
time. What is told of the nation is an extrapolation and says so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import shipped
from analysis.batch.many import Counts, run_many
from analysis.batch.outcome import Outcome
from analysis.batch.run import Step
from analysis.batch.worker import Task
from analysis.forms.template import Filling, write_template
from analysis.params import resolve
from analysis.sources.dataset import Dataset
from analysis.standards import load_standard
from analysis.study import open_request

from .timing import used

COUNTY, YEAR, RULE = "990101", 2025, "cn-quality-2017"
NATION = 2895
_MIDDLE, _SPREAD, _LEAST, _MOST = 60, 0.55, 8, 300  # schools: mean 70
_LAYERS = ("boundary.geojson", "townships.geojson", "settlements.geojson")


@dataclass(frozen=True)
class Mark:
    """
    How far a run is: counties at once, counties ended and their schools, seconds of processor and clock, most MB.

    The seconds hold what those counties have taken that have not ended yet.
    """

    jobs: int
    counties: int
    schools: int
    cpu: float
    wall: float
    peak_mb: float


class _Clock:
    """A watcher that notes what was used when each county ended."""

    def __init__(self, jobs: int, schools: dict[str, int]) -> None:
        self._jobs, self._schools = jobs, schools
        self._begin = (used(), time.perf_counter())
        self._peak, self._ended = 0.0, 0
        self.marks: list[Mark] = []

    def step(self, task: Task, step: Step) -> None:
        pass

    def ended(self, outcome: Outcome, counts: Counts) -> None:
        assert not outcome.failed, outcome
        self._ended += self._schools[Path(outcome.folder).name]
        self._peak = max(self._peak, outcome.peak_mb)
        took = (used() - self._begin[0], time.perf_counter() - self._begin[1])
        self.marks.append(Mark(self._jobs, counts.ended, self._ended, *took, self._peak))
        print(f"  {counts.ended}/{counts.of}  {outcome.seconds:.0f} s", flush=True)


def invented(sample: Dataset, number: int) -> pd.DataFrame:
    """Return the schools of a county: those of the sample county, drawn with repetition, under their own names."""
    chance = np.random.default_rng(number)
    size = int(np.clip(chance.lognormal(np.log(_MIDDLE), _SPREAD), _LEAST, _MOST))
    ids = sample.schools["school_id"].unique()
    drawn = pd.DataFrame({"school_id": chance.choice(ids, size), "copy": range(size)})
    schools = drawn.merge(sample.schools, on="school_id")
    schools["school_id"] = schools["school_id"].str[:5] + schools["copy"].map("{:05d}".format)
    schools["school_name"] += (schools["copy"] + 1).astype(str)
    moved = chance.normal(0, 0.002, (size, 2))[schools["copy"]]  # degrees: about 200 m
    return schools.assign(lon=schools["lon"] + moved[:, 0], lat=schools["lat"] + moved[:, 1])


def write(sample: Dataset, number: int, folder: Path) -> int:
    """Write a county's files; return how many schools it has in the last year."""
    folder.mkdir(parents=True)
    schools = invented(sample, number)
    settings = {**sample.settings, "坐标系": "WGS84"}
    townships = sample.schools[["township_code", "township_name"]].drop_duplicates("township_code")
    births = sample.births.merge(townships, on="township_code")
    write_template(
        folder / "学校数据.xlsx",
        rules=load_standard(RULE),
        county=(COUNTY, settings["县名"]),
        filling=Filling(schools=schools, births=births, settings=settings, answers=sample.answers),
    )
    for name in _LAYERS:
        shutil.copy(shipped.root() / "data" / "sample" / name, folder / name)
    return int((schools["year"] == YEAR).sum())


def run(sizes: dict[str, int], jobs: int, folder: Path) -> list[Mark]:
    """Run counties whose files stand in a folder, and return how far it was when each ended."""
    out = folder / f"out-{jobs}"
    requests = [
        resolve(county=COUNTY, year=YEAR, data=str(folder / name), out=str(out / name)) for name in sizes
    ]
    clock = _Clock(jobs, sizes)
    run_many(
        [Task(request) for request in requests],
        [],
        jobs=jobs,
        summary=out / "summary",
        lang="zh",
        watcher=clock,
    )
    shutil.rmtree(out)
    return clock.marks


def table(marks: Sequence[Mark]) -> str:
    """Return a Markdown table of marks."""
    head = ("jobs", "counties", "schools a county", "CPU s a county", "wall s a county", "peak MiB a county")
    lines = [head, ("---",) * len(head)]
    for mark in marks:
        n = mark.counties
        cells = (mark.schools / n, mark.cpu / n, mark.wall / n, mark.peak_mb)
        lines.append((str(mark.jobs), str(n), *(f"{cell:.1f}" for cell in cells)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the table and the extrapolation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--marks", type=int, nargs="+", default=(15, 30, 60), help="counties after which the cost is told"
    )
    parser.add_argument("--alone", type=int, default=6, help="how many are run one at a time, too")
    given = parser.parse_args()
    sample = open_request(resolve(county=COUNTY, year=YEAR)).data
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        sizes = {str(n): write(sample, n, folder / str(n)) for n in range(max(given.marks))}
        few = dict(list(sizes.items())[: given.alone])
        one_by_one, side_by_side = run(few, 1, folder), run(sizes, 2, folder)
    marks = [mark for mark in side_by_side if mark.counties in given.marks or mark.counties == len(few)]
    print(f"\nload at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(table([*one_by_one[-1:], *marks]), "\n")
    last = side_by_side[-1]
    each = last.cpu / last.counties
    print(
        f"Extrapolated, not measured: {NATION} counties at {each:.0f} s are {each * NATION / 3600:.0f} hours of one core."
    )


if __name__ == "__main__":
    main()

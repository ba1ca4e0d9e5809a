"""
What counties of realistic sizes cost, whole: python -m benchmarks.nation [--points 10 20] [--jobs 1 2]

Invented counties run as `junheng run --all --jobs N` runs them: data read and judged, five notebooks, report, workbooks,
slides and gallery. Each has schools of the sample county, drawn with repetition, some 70 on average as in the nation,
their number spread as 1 : 3 about the middle (lognormal). Every county is run once: the points are batches of it. The
jobs take turns in batches of equal sizes; what is told of the nation is an extrapolation and says so.
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

from .timing import children

COUNTY, YEAR, RULE = "990101", 2025, "cn-quality-2017"
NATION = 2895
_MIDDLE, _SPREAD, _LEAST, _MOST = 60, 0.55, 8, 300  # schools: mean 70
_LAYERS = ("boundary.geojson", "townships.geojson", "settlements.geojson")


@dataclass(frozen=True)
class Batch:
    """Counties run together: how many, at once, their schools, seconds of the processor and of the clock, MB a county."""

    jobs: int
    counties: int
    schools: int
    cpu: float
    wall: float
    peak_mb: float


class _Failed:
    def step(self, task: Task, step: Step) -> None:
        pass

    def ended(self, outcome: Outcome, counts: Counts) -> None:
        print(
            f"  {counts.ended}/{counts.of}  {outcome.state}  {outcome.seconds:.0f} s  {outcome.reason_en}",
            flush=True,
        )


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


def run(numbers: Sequence[int], sample: Dataset, jobs: int, folder: Path) -> Batch:
    """Write counties and run them; their files are removed again."""
    sizes = [write(sample, number, folder / str(number)) for number in numbers]
    requests = [
        resolve(county=COUNTY, year=YEAR, data=str(folder / str(n)), out=str(folder / "out" / str(n)))
        for n in numbers
    ]
    cpu, wall = children(), time.perf_counter()
    ended = run_many(
        [Task(request) for request in requests],
        [],
        jobs=jobs,
        summary=folder / "summary",
        lang="zh",
        watcher=_Failed(),
    )
    took = Batch(
        jobs,
        len(numbers),
        sum(sizes),
        children() - cpu,
        time.perf_counter() - wall,
        max(outcome.peak_mb for outcome in ended),
    )
    assert not any(outcome.failed for outcome in ended)
    shutil.rmtree(folder)
    return took


def table(batches: Sequence[Batch]) -> str:
    """Return a Markdown table of batches."""
    head = ("jobs", "counties", "schools a county", "CPU s a county", "wall s a county", "peak MiB a county")
    lines = [head, ("---",) * len(head)]
    for each in batches:
        n = each.counties
        cells = (each.schools / n, each.cpu / n, each.wall / n, each.peak_mb)
        lines.append((str(each.jobs), str(n), *(f"{cell:.0f}" for cell in cells)))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Print the table and the extrapolation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--points", type=int, nargs="+", default=(10, 20), help="counties a batch, for each of --jobs"
    )
    parser.add_argument("--jobs", type=int, nargs="+", default=(1, 2))
    options = parser.parse_args()
    sample = open_request(resolve(county=COUNTY, year=YEAR)).data
    batches: list[Batch] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        first = 0
        for point in options.points:
            for jobs in options.jobs:
                numbers = range(first, first := first + point)
                batches.append(run(numbers, sample, jobs, Path(name, f"{jobs}-{point}")))
                print(table(batches[-1:]), flush=True)
    counties = sum(batch.counties for batch in batches)
    print(
        f"\n{counties} invented counties; load at the end {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    print(table(batches), "\n")
    each = sum(batch.cpu for batch in batches) / counties
    print(
        f"Extrapolated, not measured: {NATION} counties at {each:.0f} s are {each * NATION / 3600:.0f} hours of one core."
    )


if __name__ == "__main__":
    main()

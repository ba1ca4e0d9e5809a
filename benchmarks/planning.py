"""
The least-cost plan of counties of growing size: python -m benchmarks.planning [--sizes 40 100 200 400]

Invented counties (`tests.counties`), both stages, five years, pupils carried on along their trend. Printed: seconds by the
clock and of the processor until the solver has a plan within the gap asked for (or until the limit), its proven gap, what
the exact rule says of it, peak memory of the process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from analysis.enrolment import project
from analysis.planning import do_nothing, make_task, solve, verify
from analysis.planning.program import NotFoundInTimeError
from analysis.programme import programme
from analysis.standards import load_standard
from tests.counties import many_counties

RULES = load_standard("cn-quality-2017")
NO_BIRTHS = pd.DataFrame(columns=["county_code", "township_code", "year", "births"])


def county(schools: int) -> pd.DataFrame:
    """Return one invented county of a number of schools, two years, pupils falling by 3 %."""
    now: pd.DataFrame = many_counties(schools, per_county=schools).assign(year=2025)
    before = now.assign(year=2024)
    for column in ("pupils_primary", "pupils_junior"):
        before[column] = np.rint(before[column] * 1.03)
    return pd.concat([before, now], ignore_index=True)


def planned(schools: int, seconds: float, gap: float) -> str:
    """Return one line of the table."""
    data = county(schools)
    numbers = programme()
    ahead = project(data, NO_BIRTHS, RULES, numbers, base_year=2025, last_year=2030, variants=("middle",))
    task = make_task(do_nothing(data, ahead, RULES), RULES, numbers)
    clock, processor = time.perf_counter(), time.process_time()
    try:
        solution = solve(task, seconds=seconds, gap=gap)
    except NotFoundInTimeError:
        solution, told = None, "none in time"
    else:
        told = f"{solution.gap:.2%}" if solution else "no plan"
    took = f"{time.perf_counter() - clock:.1f} | {time.process_time() - processor:.1f}"
    verdict = "—"
    if solution is not None:
        found = verify(solution)
        verdict = "met" if found.met and not found.broken else "not met"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"| {schools} | {len(task.units)} | {took} | {told} | {verdict} | {peak:.0f} |"


def main() -> None:
    """Print the table; each size in a process of its own, so that the peaks are its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[40, 100, 200, 400])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--one", type=int, help="one size, in this process")
    given = parser.parse_args()
    if given.one:
        print(planned(given.one, given.seconds, given.gap))
        return
    print(
        "| schools | units | wall s | CPU s | proven gap | exact rule | peak MB |\n|---|---|---|---|---|---|---|"
    )
    for size in given.sizes:
        command = [sys.executable, "-m", "benchmarks.planning", "--one", str(size)]
        options = ["--seconds", str(given.seconds), "--gap", str(given.gap)]
        print(subprocess.run([*command, *options], check=True, capture_output=True, text=True).stdout.strip())


if __name__ == "__main__":
    main()

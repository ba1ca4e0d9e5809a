"""
Judging many counties at once, beside a naive loop and beside PySAL `inequality`: python -m benchmarks.measures

All work on the same invented counties in the same run. The others do less: the loop has the coefficients alone,
PySAL measures without weights and without parts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from inequality.gini import Gini
from inequality.theil import Theil

from analysis.assessment import assess, dispersion
from analysis.gaps import inequality_by_area
from analysis.inequality import gini, theil
from analysis.standards import RuleSet, load_standard
from tests.counties import many_counties

from .timing import in_turns, table

BY = ["county_code", "year", "stage", "indicator"]
PER_COUNTY = 70


def naive_cv(inside: pd.DataFrame) -> pd.Series:
    """Return the student-weighted coefficients of variation, group by group."""
    return inside.groupby(BY)[["numerator", "denominator"]].apply(_cv)


def _cv(group: pd.DataFrame) -> float:
    known = group.dropna()
    mean = known["numerator"].sum() / known["denominator"].sum()
    x = known["numerator"] / known["denominator"]
    variance = (known["denominator"] * (x - mean) ** 2).sum() / known["denominator"].sum()
    return float(np.sqrt(variance) / mean)


def pysal(inside: pd.DataFrame) -> pd.DataFrame:
    """Return Gini and Theil T of the units' values, unweighted, group by group, by PySAL."""
    found = {}
    for key, group in inside.groupby(BY):
        x = group["value"].dropna().to_numpy()
        x = np.where(x == 0, np.finfo(float).tiny, x)  # PySAL's Theil takes no zero
        found[key] = (Gini(x).g, Theil(x).T)
    return pd.DataFrame(found, index=["gini", "theil_t"]).T


def ours_unweighted(inside: pd.DataFrame) -> pd.DataFrame:
    """Return the same two measures by the library, every unit weighing 1."""
    units = inside.assign(one=1.0)
    measured = gini(units, value="value", pupils="one", by=BY)
    return measured.assign(theil_t=theil(units, value="value", pupils="one", by=BY)["theil_t"]).set_index(BY)


def agree(inside: pd.DataFrame, values: pd.DataFrame, rules: RuleSet) -> None:
    """Stop unless all give the same figures."""
    ours = dispersion(values, rules).set_index(BY)["cv"]
    np.testing.assert_allclose(ours.reindex(naive_cv(inside).index), naive_cv(inside), rtol=1e-9, atol=1e-12)
    theirs, unweighted = pysal(inside), ours_unweighted(inside)
    for name in ("gini", "theil_t"):
        np.testing.assert_allclose(unweighted[name], theirs[name], rtol=1e-6, atol=1e-9)


def peak_mb(counties: int) -> float:
    """Return the peak memory in MB of a process that makes the counties and judges them."""
    command = [sys.executable, "-m", "benchmarks.measures", "--counties", str(counties), "--peak"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _peak_of_this_process() -> float:
    """Return the peak memory in MB as Linux tells it; getrusage would count the parent's."""
    told = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counties", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--peak", action="store_true", help="only judge, and print the peak memory in MB")
    given = parser.parse_args()
    rules = load_standard("cn-quality-2017")
    schools = many_counties(given.counties * PER_COUNTY, per_county=PER_COUNTY)
    if given.peak:
        if given.counties:
            assess(schools, rules)
        print(_peak_of_this_process())
        return
    judged = assess(schools, rules)
    values = judged.values  # noqa: PD011 - a table of that name
    inside = values[values["in_scope"]]
    print(f"{given.counties} counties, {len(schools)} schools, {len(judged.units)} units, ", end="")
    print(f"{len(values)} values, {inside.groupby(BY).ngroups} groups, {given.repeats} repeats\n")
    agree(inside, values, rules)
    times = in_turns(
        {
            "assess(): values, gaps, verdicts, coefficients": lambda: assess(schools, rules),
            "dispersion(): coefficients and their verdicts": lambda: dispersion(values, rules),
            "loop, groupby.apply: coefficients alone": lambda: naive_cv(inside),
        },
        given.repeats,
    )
    print(table(times, "dispersion(): coefficients and their verdicts"), "\n")
    times = in_turns(
        {
            "gini(), theil(), unweighted": lambda: ours_unweighted(inside),
            "PySAL Gini, Theil, group by group, unweighted": lambda: pysal(inside),
            "inequality_by_area(): weighted, T and L, parts": lambda: inequality_by_area(values),
        },
        given.repeats,
    )
    print(table(times, "gini(), theil(), unweighted"), "\n")
    print(f"peak memory: {peak_mb(given.counties):.0f} MB; of an empty table: {peak_mb(0):.0f} MB")


if __name__ == "__main__":
    main()

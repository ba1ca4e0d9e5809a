"""
A nation's store and measures, beside csv, an unsorted Parquet file and a naive loop: python -m benchmarks.national

All in one run on the same invented schools: ten years of each, rewritten as they would be filed, so that figures meet
thresholds exactly, a share is missing, and some counties have one school.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import schema
from analysis.assessment import assess
from analysis.exact import Floats
from analysis.indicators import indicator_parts, placed_units
from analysis.links import no_links
from analysis.national import Measured, columns_needed, measure
from analysis.sources.dataset import Dataset
from analysis.sources.store import NAME, Store, write_store
from analysis.standards import RuleSet, load_standard
from tests.counties import many_counties

from .timing import Times, in_turns, table

RULES = "cn-quality-2017"
PER_COUNTY = 70
PROVINCES = 31
BY = ["county_code", "year", "stage"]


def nation(schools: int, years: int) -> pd.DataFrame:
    """Return invented schools of counties in all provinces; pupils in tens, every 50th county with one school."""
    frames = []
    for year in range(years):
        frame = many_counties(schools, per_county=PER_COUNTY, seed=year).assign(year=2016 + year)
        number = pd.to_numeric(frame["county_code"]) - 110000
        codes = (110000 + number % PROVINCES * 10000 + number // PROVINCES).astype("str")
        for name in (f"pupils_{stage}" for stage in schema.STAGES):
            frame[name] = (frame[name] / 10).round() * 10
        lone = (number % 50 == 0) & frame["county_code"].duplicated()
        frames.append(frame.assign(county_code=codes).loc[~lone])
    return pd.concat(frames, ignore_index=True)


def naive(units: pd.DataFrame, indicators: list[str]) -> pd.DataFrame:
    """Return CV, Gini and Theil T and L with their parts, group by group with groupby.apply."""
    found = units.groupby(BY, observed=True).apply(lambda group: pd.Series(_of_group(group, indicators)))
    return pd.DataFrame(found)


def _of_group(group: pd.DataFrame, indicators: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    area = group["area"].to_numpy(object)
    for name in indicators:
        known = group[f"{name}_held"].notna() & group[f"{name}_weight"].notna()
        held = group.loc[known, f"{name}_held"].to_numpy()
        weight = group.loc[known, f"{name}_weight"].to_numpy()
        measures = _measures(held, weight, area[known.to_numpy()])
        found |= {f"{name}_{measure}": value for measure, value in measures.items()}
    return found


def _measures(held: Floats, weight: Floats, area: np.ndarray) -> dict[str, float]:
    total, pupils = held.sum(), weight.sum()
    if not total > 0:
        return dict.fromkeys(("cv", "gini", "theil_t", "between_t", "theil_l", "between_l"), np.nan)
    mean, x = total / pupils, held / weight
    order = np.argsort(x)
    below = np.cumsum(held[order]) - held[order] / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(x > 0, np.log(x / mean), 0.0)
        between_t = between_l = 0.0
        for part in (area == "urban", area == "rural", (area != "urban") & (area != "rural")):
            if part.any():
                ratio = held[part].sum() / weight[part].sum() / mean
                between_t += held[part].sum() / total * (np.log(ratio) if ratio else 0.0)
                between_l -= weight[part].sum() / pupils * np.log(ratio) if ratio else np.nan
    return {
        "cv": np.sqrt((weight * (x - mean) ** 2).sum() / pupils) / mean,
        "gini": 1 - 2 * (weight[order] * below).sum() / pupils / total,
        "theil_t": (held * logs).sum() / total,
        "between_t": between_t,
        "theil_l": -(weight * logs).sum() / pupils if (x > 0).all() else np.nan,
        "between_l": between_l,
    }


def units_of(schools: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Return the units in scope with what each indicator divides by what: where the loop starts from."""
    rows, units = placed_units(schools, rules)
    frame = units.assign(
        county_code=schools["county_code"].to_numpy()[rows], year=schools["year"].to_numpy()[rows]
    )
    for indicator in rules.indicators:
        parts = indicator_parts(schools, rows, units, indicator)
        frame[f"{indicator.id}_held"], frame[f"{indicator.id}_weight"] = (
            parts["numerator"],
            parts["denominator"],
        )
    return frame[frame["in_scope"]]


def agree(found: Measured, loop: pd.DataFrame, schools: pd.DataFrame, rules: RuleSet) -> None:
    """Stop unless the measures are the loop's, and the verdicts of some counties those of `assess`."""
    for indicator in rules.indicators:
        own = found.spread[found.spread["indicator"] == indicator.id].set_index(BY).reindex(loop.index)
        for name in ("cv", "gini", "theil_t", "between_t", "theil_l", "between_l"):
            np.testing.assert_allclose(own[name], loop[f"{indicator.id}_{name}"], rtol=1e-9, atol=1e-12)
    some = schools["county_code"].drop_duplicates().iloc[::97]
    part = schools[schools["county_code"].isin(some)].astype({"county_code": "str"})
    alone = assess(part.assign(school_name="", township_code=""), rules)
    ours = found.county_verdicts[found.county_verdicts["county_code"].isin(some)].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours, alone.county_verdicts)
    print(f"same as the loop in every group of it, same verdicts as assess() in {len(ours)} county-years\n")


def make(folder: Path, schools: int, years: int) -> None:
    """Write the same schools as a store, as a Parquet file in no order, and as csv."""
    frame = nation(schools, years)
    filled = [name for name in frame if frame[name].notna().any()]
    shuffled = frame[filled].sample(frac=1, random_state=1)
    shuffled.to_parquet(folder / "unsorted.parquet", index=False)
    shuffled.to_csv(folder / "nation.csv", index=False)
    data = Dataset(schools=frame, births=pd.DataFrame())
    write_store(folder / "store", [data], [no_links()], source="cn-county-template")


def county_reads(folder: Path, repeats: int) -> dict[str, Times]:
    """Time the reading of one county, every year of it."""
    store = Store(folder / "store" / NAME)
    code = list(store.counties)[len(store.counties) // 2]
    unsorted = folder / "unsorted.parquet"

    def of_csv() -> pd.DataFrame:
        frame = pd.read_csv(folder / "nation.csv", dtype={"county_code": "str"}, low_memory=False)
        return frame[frame["county_code"] == code]

    filters = [("county_code", "=", code)]
    once = in_turns({"csv": of_csv}, 1)
    return once | in_turns(
        {
            "store, opened before": lambda: store.schools(code),
            "store, opened for it": lambda: Store(folder / "store" / NAME).schools(code),
            "Parquet in no order": lambda: pd.read_parquet(unsorted, filters=filters),
        },
        repeats,
    )


def of_another_process(*arguments: str) -> str:
    """Run this program again and return what it prints."""
    command = [sys.executable, "-m", "benchmarks.national", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def peak_mb(folder: Path, rules: RuleSet) -> float:
    """Return the peak memory in MB of this process, which reads the nation and measures it."""
    measure(Store(folder / "store" / NAME).all_schools(columns_needed(rules)), rules)
    told = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schools", type=int, default=200_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--loop", type=float, default=0.05, help="share of the counties that the loop measures; 0: no loop"
    )
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    rules = load_standard(RULES)
    if given.make:
        make(given.make, given.schools, given.years)
    elif given.peak:
        print(peak_mb(given.peak, rules))
    else:
        with tempfile.TemporaryDirectory() as name:
            compare(Path(name), rules, given)


def compare(folder: Path, rules: RuleSet, given: argparse.Namespace) -> None:
    """Make the schools, check that all agree, and print the times."""
    of_another_process("--make", str(folder), "--schools", str(given.schools), "--years", str(given.years))
    began = time.perf_counter()
    schools = Store(folder / "store" / NAME).all_schools(columns_needed(rules))
    reading = time.perf_counter() - began
    found = measure(schools, rules)
    groups = found.spread.groupby(BY).ngroups
    print(
        f"{len(schools)} rows, {groups} groups × {len(rules.indicators)} indicators, load {os.getloadavg()[0]:.1f}"
    )
    print(f"columns of all schools read in {reading:.1f} s\n")
    own = "measure(): everything, verdicts too"
    if not given.loop:
        print(table(in_turns({own: lambda: measure(schools, rules)}, given.repeats), own))
        return
    codes = schools["county_code"].cat.categories
    chosen = codes[:: max(1, round(1 / given.loop))]
    some = units_of(schools[schools["county_code"].isin(chosen)].reset_index(drop=True), rules)
    indicators = [indicator.id for indicator in rules.indicators]
    agree(found, naive(some, indicators), schools, rules)
    times = in_turns(
        {
            own: lambda: measure(schools, rules),
            f"groupby.apply, measures alone, {len(chosen)} of {len(codes)} counties": lambda: naive(
                some, indicators
            ),
        },
        given.repeats,
    )
    ours, loop = times
    print(table(times, ours))
    scale = len(codes) / len(chosen)
    cpu, wall = (
        scale * np.median(getattr(times[loop], clock)) / np.median(getattr(times[ours], clock))
        for clock in ("cpu", "wall")
    )
    print(f"\nfor all counties the loop takes {cpu:.0f} times the processor, {wall:.0f} times the clock\n")
    reads = county_reads(folder, 4 * given.repeats)
    print(table(reads, "store, opened before"))
    best = {name: f"{1000 * min(taken.wall):.1f}" for name, taken in reads.items()}
    print(f"\nfastest, ms by the clock: {best}")
    print(
        f"\npeak memory: {float(of_another_process('--peak', str(folder))):.0f} MB; load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()

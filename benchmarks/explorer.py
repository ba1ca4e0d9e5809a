"""
How long the explorer takes to show a change, by the browser's own clock: from the change of a control to the last view.

The sample county, its schools repeated with figures a little apart, is served by `junheng app` and opened in Chromium.
Beside the clock, which on a busy machine is mostly waiting, stand the processor's seconds that a change took on either
side: their sum is about what the clock would say on a machine that is free.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
from playwright.sync_api import Page

from analysis import shipped
from tests.browsing import answered, app, browser, opened

_COUNTY = shipped.root() / "data" / "sample" / "学校数据.xlsx"
_JITTERED = ["教学及辅助用房面积", "运动场地面积", "教学仪器设备值(万元)"]
_POSITION = ["经度", "纬度"]


def county(schools: int, years: int) -> pd.DataFrame:
    """Return the sample's rows, repeated until there are so many schools in the last so many years."""
    filed = pd.read_excel(_COUNTY, sheet_name="学校数据", header=None, dtype=object, engine="calamine")
    head = int(np.flatnonzero(filed[0] == "学校标识码")[0])
    rows = filed.iloc[head + 1 :].set_axis(filed.iloc[head], axis=1).dropna(subset=["学校标识码"])
    year = rows["年份"].astype(int)
    rows = rows[year > year.max() - years]
    lasting = rows.groupby("学校标识码")["年份"].transform("nunique") == years
    rows = rows[lasting]
    each = rows["学校标识码"].nunique()
    rng = np.random.default_rng(1)
    copies = []
    for copy in range(-(-schools // each)):
        ids = rows["学校标识码"].astype(str)
        one = rows.assign(学校标识码=ids.str[:2] + f"{copy:04d}" + ids.str[-4:])
        one["学校名称"] = one["学校名称"].astype(str) + f"{copy}"
        for column in _JITTERED:
            one[column] = (one[column].astype(float) * rng.uniform(0.95, 1.05, len(one))).round(2)
        for degrees, column in zip(rng.uniform(-0.05, 0.05, 2), _POSITION, strict=True):
            one[column] = one[column].astype(float) + degrees  # no two schools stand in one place
        copies.append(one)
    table = pd.concat(copies, ignore_index=True)
    kept = table["学校标识码"].drop_duplicates().head(schools)
    return table[table["学校标识码"].isin(kept)]


@dataclass(frozen=True)
class Taken:
    """Milliseconds of one change: by the browser's clock, of the processor for Python and for the browser."""

    wall: float
    python: float
    browser: float


def processor() -> tuple[float, float]:
    """Return the processor's milliseconds so far of what this program started: server and kernels; the browser."""
    used = {True: 0.0, False: 0.0}
    for process in psutil.Process().children(recursive=True):
        try:
            name, times = process.name(), process.cpu_times()
        except psutil.Error:
            continue
        if "node" not in name:  # Playwright's own
            used["chrom" in name] += 1000 * (times.user + times.system)
    return used[False], used[True]


def settled() -> None:
    """Wait until what was started is idle: the kernel that is kept warm is up."""
    quiet = 0
    while quiet < 3:
        before = sum(processor())
        time.sleep(1)
        quiet = quiet + 1 if sum(processor()) - before < 100 else 0


def changed(page: Page, change: str, value: str) -> Taken:
    """Change a control and return what it took until the last view was drawn."""
    python, browser_ = processor()
    if change == "threshold":
        page.fill("input[name=threshold]", value)
        page.keyboard.press("Tab")
    else:
        page.select_option(f"select[name={change}]", value)
    answered(page)
    after = processor()
    wall = float(page.get_attribute(".jh", "data-took") or "nan")
    return Taken(wall, after[0] - python, after[1] - browser_)


def first_view(chromium: Any, address: str, taken: list[Taken]) -> Page:
    """Open the page and add what it took from the address to the last view drawn."""
    before, begun = processor(), time.perf_counter()
    page = opened(chromium, address)
    wall, after = (time.perf_counter() - begun) * 1000, processor()
    taken.append(Taken(wall, after[0] - before[0], after[1] - before[1]))
    return page


def measured(schools: int, years: int, repeats: int) -> dict[str, list[Taken]]:
    """Return what the first view and each kind of change took."""
    taken: dict[str, list[Taken]] = {
        name: []
        for name in ("first view", "first view, kernel not up", "indicator", "stage", "threshold", "sides")
    }
    with tempfile.TemporaryDirectory() as name, browser() as chromium:
        folder = Path(name)
        county(schools, years).to_csv(folder / "county.csv", index=False, encoding="utf-8-sig")
        with app(folder, "--data", str(folder / "county.csv")) as address:
            settled()
            page = first_view(chromium, address, taken["first view"])
            first_view(chromium, address, taken["first view, kernel not up"]).close()
            settled()
            ids = page.eval_on_selector_all("select[name=indicator] option", "all => all.map((o) => o.value)")
            for turn in range(repeats):
                chosen = {
                    "indicator": ids[(turn + 1) % len(ids)],
                    "stage": ["junior", "primary"][turn % 2],
                    "threshold": str(3 + turn),
                    "sides": ["town", "rule"][turn % 2],
                }
                for change, value in chosen.items():
                    taken[change].append(changed(page, change, value))
    return taken


def main() -> None:
    """Print a Markdown table of medians and spans."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--schools", type=int, default=200)
    asked.add_argument("--years", type=int, default=5)
    asked.add_argument("--repeats", type=int, default=6)
    given = asked.parse_args()
    found = measured(given.schools, given.years, given.repeats)
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print("| change | wall ms, median (span) | CPU ms: Python | CPU ms: browser |\n|---|---|---|---|")
    for name, taken in found.items():
        wall = [one.wall for one in taken]
        sides = [
            f"{statistics.median(getattr(one, side) for one in taken):.0f}" for side in ("python", "browser")
        ]
        print(
            f"| {name} | {statistics.median(wall):.0f} ({min(wall):.0f}–{max(wall):.0f}) | {' | '.join(sides)} |"
        )


if __name__ == "__main__":
    main()

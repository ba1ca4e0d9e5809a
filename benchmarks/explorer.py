"""
How long the explorer takes to show a change, by the browser's own clock: from the change of a control to the last view.

The sample county, its schools repeated with figures a little apart, is served by `junheng app` and opened in Chromium.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import shipped
from tests.browsing import answered, app, browser, opened

_COUNTY = shipped.root() / "data" / "sample" / "学校数据.xlsx"
_JITTERED = ["教学及辅助用房面积", "运动场地面积", "教学仪器设备值(万元)"]
_POSITION = ["经度", "纬度"]


def county(schools: int, years: int) -> pd.DataFrame:
    """Return the sample's rows, repeated until there are so many schools in the last so many years."""
    filed = pd.read_excel(_COUNTY, sheet_name="学校数据", header=None, dtype=object)
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


def measured(schools: int, years: int, repeats: int) -> dict[str, list[float]]:
    """Return the milliseconds of the first view and of each kind of change."""
    taken: dict[str, list[float]] = {
        "first view": [],
        "indicator": [],
        "stage": [],
        "threshold": [],
        "sides": [],
    }
    with tempfile.TemporaryDirectory() as name, browser() as chromium:
        folder = Path(name)
        county(schools, years).to_csv(folder / "county.csv", index=False, encoding="utf-8-sig")
        with app(folder, "--data", str(folder / "county.csv")) as address:
            time.sleep(25)  # until the kernel that is kept warm is up
            begun = time.perf_counter()
            page = opened(chromium, address)
            taken["first view"].append((time.perf_counter() - begun) * 1000)
            ids = page.eval_on_selector_all("select[name=indicator] option", "all => all.map((o) => o.value)")
            for turn in range(repeats):
                chosen = {
                    "indicator": ids[(turn + 1) % len(ids)],
                    "stage": ["junior", "primary"][turn % 2],
                    "sides": ["town", "rule"][turn % 2],
                }
                for change in ("indicator", "stage", "threshold", "sides"):
                    if change == "threshold":
                        page.fill("input[name=threshold]", str(3 + turn))
                        page.keyboard.press("Tab")
                    else:
                        page.select_option(f"select[name={change}]", chosen[change])
                    answered(page)
                    taken[change].append(float(page.get_attribute(".jh", "data-took") or "nan"))
    return taken


def main() -> None:
    """Print a Markdown table of medians and spans."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--schools", type=int, default=200)
    asked.add_argument("--years", type=int, default=5)
    asked.add_argument("--repeats", type=int, default=6)
    given = asked.parse_args()
    print("| change | ms, median (span) |\n|---|---|")
    for name, ms in measured(given.schools, given.years, given.repeats).items():
        print(f"| {name} | {statistics.median(ms):.0f} ({min(ms):.0f}–{max(ms):.0f}) |", flush=True)


if __name__ == "__main__":
    main()

"""
Make the sample county: python data/sample/make.py [FOLDER]

Invented data, delivered as an office would send them: one filled template (Chinese headings, 万元, GCJ-02) and three
map layers (WGS84). The same county.yaml gives the same files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import enrolment
import numpy as np
import pandas as pd
import resources
import yaml
from landscape import Landscape

from analysis.checks.findings import as_in_the_form
from analysis.forms.template import Filling, write_template
from analysis.schema import Words, column
from analysis.sources.coordinates import from_wgs84
from analysis.standards import load_standard

HERE = Path(__file__).parent
BANNER = Words(zh="示例数据 · 非真实", en="invented data")


def main(folder: Path = HERE) -> None:
    """Write the four files into a folder."""
    county = yaml.safe_load((HERE / "county.yaml").read_text(encoding="utf-8"))
    land = Landscape(county)
    births = enrolment.township_births(county)
    schools = _schools(county, enrolment.enrol(county, births), land)
    corrections = _corrected(county, schools)
    write_template(
        folder / "学校数据.xlsx",
        rules=load_standard("cn-quality-2017"),
        county=(county["code"], county["name"]["zh"]),
        filling=Filling(
            schools=schools,
            births=_births(county, births),
            settings={"年份": str(county["years"][1]), "坐标系": "GCJ-02", **county["planning"]},
            answers=pd.DataFrame(county["answers"]),
            explanations=pd.DataFrame(county["explanations"]),
            corrections=corrections,
            published=pd.DataFrame(county["published"]),
            banner=BANNER,
        ),
    )
    for name, layer in land.layers().items():
        text = json.dumps(layer, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{name}.geojson").write_text(text + "\n", encoding="utf-8")


def _schools(county: dict[str, Any], pupils: enrolment.Pupils, land: Landscape) -> pd.DataFrame:
    first, last = county["years"]
    codes = {township["name"]: township["code"] for township in county["townships"]}
    points = {s["name"]: land.school(s, index) for index, s in enumerate(county["schools"])}
    rows: list[dict[str, Any]] = []
    for school in county["schools"]:
        site: resources.Site | None = None
        before: dict[str, Any] | None = None
        lon, lat = land.place(points[school.get("campus_of", school["name"])])
        filed_lon, filed_lat = (float(x) for x in np.round(from_wgs84(lon, lat, "GCJ-02"), 6))
        for year in range(max(first, school.get("since", first)), min(last, school.get("until", last)) + 1):
            row = _named(county, school, codes, year) | {"lon": filed_lon, "lat": filed_lat}
            row |= _in_school(county, school, pupils.get((school["name"], year), {}), year - first)
            if site is None:
                stages = {stage: row.get(f"pupils_{stage}", 0) for stage in ("primary", "junior", "senior")}
                site = resources.Site(county, school, resources.weighted(stages))
            before = row = row | _equipped(site, row, year - first, before)
            rows.append(row)
    _happen(county, rows)
    frame = pd.DataFrame(rows)
    order = {school["id"]: index for index, school in enumerate(county["schools"])}
    return frame.sort_values(
        ["year", "school_id"], key=lambda s: s.map(order) if s.name == "school_id" else s
    )


def _named(
    county: dict[str, Any], school: dict[str, Any], codes: dict[str, str], year: int
) -> dict[str, Any]:
    was = school.get("was", {})
    return {
        "school_id": school["id"],
        "school_name": was["name"] if year < was.get("before", 0) else school["name"],
        "year": year,
        "county_code": county["code"],
        "county_name": county["name"]["zh"],
        "township_code": codes[school["township"]],
        "township_name": school["township"],
        "urban_rural_code": school["area"],
        "school_type_code": school["type"],
        "ownership": school.get("ownership", "public"),
    }


def _in_school(
    county: dict[str, Any], school: dict[str, Any], grades: dict[int, int], elapsed: int
) -> dict[str, Any]:
    """Return pupils, classes and largest classes by stage."""
    if "special" in school:
        counts = dict(zip(resources.STAGES, school["special"], strict=True))
        return {f"pupils_{stage}": n + elapsed for stage, n in counts.items()} | {
            f"classes_{stage}": -(-(n + elapsed) // 10) for stage, n in counts.items()
        }
    row: dict[str, Any] = {}
    for stage, span in resources.STAGES.items():
        own = {grade: grades[grade] for grade in span if grade in grades}
        if own:
            size = 50 if stage == "primary" else 52
            size -= {"seat": 0, "town": 3, "private": 8, "rural": 8, "village": 10}[school["level"]]
            classes, largest = resources.in_classes(own, size, int(school["id"]) % 3)
            row |= {f"pupils_{stage}_g{grade}": n for grade, n in own.items()}
            row |= {
                f"pupils_{stage}": sum(own.values()),
                f"entrants_{stage}": own[span[0]],
                f"leavers_{stage}": own[span[-1]],
                f"classes_{stage}": classes,
                f"largest_class_{stage}": largest,
            }
            row |= {
                f"pupils_{group}_{stage}": int(share * sum(own.values()) + (int(school["id"]) % 7) / 7)
                for group, share in county["groups"][school["level"]].items()
            }
    if "senior" in school:
        row |= resources.senior(round(school["senior"] * (1 + 0.015 * elapsed)))
    return row


def _equipped(
    site: resources.Site, row: dict[str, Any], elapsed: int, before: dict[str, Any] | None
) -> dict[str, Any]:
    classes = sum(row.get(f"classes_{stage}", 0) for stage in ("primary", "junior", "senior"))
    found = site.shared(elapsed, classes)
    for stage in resources.STAGES:
        if f"pupils_{stage}" in row:
            found |= site.staffed(stage, row[f"pupils_{stage}"], row[f"classes_{stage}"], elapsed, before)
    return found


def _happen(county: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Apply what is told in county.yaml: buildings grow for good, cells are left blank, notes are written."""
    for event in county["events"]:
        ids = [school["id"] for school in county["schools"] if school["name"] == event["school"]]
        for row in (row for row in rows if row["school_id"] in ids):
            if row["year"] >= event["year"]:
                for name, times in event.get("grow", {}).items():
                    row[name] = round(row[name] * times)
            if row["year"] in event.get("years", [event["year"]]):
                row |= event.get("set", {})
                row["explanation"] = row.get("explanation", "") + event.get("note", "")


def _corrected(county: dict[str, Any], schools: pd.DataFrame) -> pd.DataFrame:
    """Put the wrong figures that were filed into the schools; return the sheet that corrects them."""
    ids = {school["name"]: school["id"] for school in county["schools"]}
    lines = []
    for told in county["corrections"]:
        row = schools["school_id"].eq(ids[told["school"]]) & schools["year"].eq(told["year"])
        name = told["column"]
        new = as_in_the_form(name, schools.loc[row, name].item(), "zh")
        schools.loc[row, name] = told["filed"]
        old = as_in_the_form(name, told["filed"], "zh")
        line = {"school_id": ids[told["school"]], "column": column(name).zh, "old": old, "new": new}
        lines.append({**told, **line})
    return pd.DataFrame(lines)


def _births(county: dict[str, Any], births: dict[tuple[str, int], int]) -> pd.DataFrame:
    codes = {township["name"]: township["code"] for township in county["townships"]}
    return pd.DataFrame(
        [
            {
                "county_code": county["code"],
                "township_code": codes[name],
                "township_name": name,
                "year": year,
                "births": number,
            }
            for (name, year), number in births.items()
            if county["births_published_from"] <= year <= county["years"][1]
        ]
    )


if __name__ == "__main__":
    main(*(Path(folder) for folder in sys.argv[1:]))

"""A township, a side or a type of one school is that school: what the public is told may not hold its figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.publish import publish
from analysis.publish.public import write_public
from analysis.suppression import Cell, few_sides, suppressing, withheld

from .county_files import COUNTY, rows, school, workbook
from .outputs import Outputs, proof
from .test_public import contents

LEAST = suppressing().least_schools
LONE_TOWNSHIP, LONE_SIDE = 1739, 613  # pupils of the one school of 丙乡, of the one rural junior school


# --- which cells ---


@given(
    st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=3), min_size=1, max_size=5).filter(
        lambda table: len({len(row) for row in table}) == 1
    )
)
def test_what_is_withheld_of_a_known_whole_is_of_enough_schools(table: list[list[int]]) -> None:
    lines = [[(str(r), str(c)) for c in range(len(table[0]))] for r in range(len(table))]
    lines += [[(str(r), str(c)) for r in range(len(table))] for c in range(len(table[0]))]
    schools: dict[Cell, int] = {cell: table[int(cell[0])][int(cell[1])] for line in lines for cell in line}
    out = withheld(schools, [(("whole",), line) for line in lines])
    assert all(cell in out for cell, n in schools.items() if 0 < n < LEAST)
    for line in lines:
        joined = sum(schools[cell] for cell in line if cell in out)
        assert joined == 0 or joined >= LEAST or joined == sum(schools[cell] for cell in line)


def test_nothing_is_withheld_of_groups_large_enough_and_no_more_than_is_needed() -> None:
    parts: list[Cell] = [("甲",), ("乙",), ("丙",), ("丁",)]
    told = [(("whole",), parts)]
    assert withheld(dict(zip(parts, (5, 3, 2, 0), strict=True)), told) == frozenset()
    assert withheld(dict(zip(parts, (5, 3, 2, 1), strict=True)), told) == {("丁",), ("丙",)}
    assert withheld(dict(zip(parts, (5, 3, 1, 1), strict=True)), told) == {("丁",), ("丙",)}


def test_a_whole_that_is_not_told_is_not_the_sum_of_parts_that_are() -> None:
    schools: dict[Cell, int] = {
        ("a", "all"): 1,
        ("b", "all"): 3,
        ("b", "town"): 1,
        ("b", "rural"): 2,
        ("a", "town"): 1,
    }
    sums = [((k, "all"), [(k, "town"), (k, "rural")]) for k in ("b",)]
    sums += [(("a", "all"), [("a", "town")]), (("all", "all"), [("a", "all"), ("b", "all")])]
    out = withheld(schools, sums)
    assert {("a", "all"), ("a", "town"), ("b", "town"), ("b", "rural"), ("b", "all")} == out


def test_a_side_is_counted_by_its_known_figures_in_every_year() -> None:
    frame = pd.DataFrame(
        [
            ("junior", 2025, "books", area, n, True, 1.0)
            for n, area in enumerate(("urban",) * 2 + ("rural",) * 2)
        ],
        columns=["stage", "year", "indicator", "area", "school_id", "in_scope", "value"],
    )
    assert few_sides(frame) == frozenset()
    assert few_sides(frame.assign(value=[1, 1, 1, float("nan")])) == {"junior"}
    assert few_sides(pd.concat([frame, frame[:3].assign(year=2024)])) == {"junior"}


# --- a county ---


def of_stage(stage: str, pupils: int) -> dict[str, Any]:
    """Return a school's figures, odd ones so that a search finds no others."""
    return {
        f"在校生数({stage})": pupils,
        f"班数({stage})": pupils // 40 + 1,
        f"专任教师数({stage})": pupils // 17 + 3,
        f"高于规定学历教师数({stage})": pupils // 23,
        f"县级以上骨干教师数({stage})": pupils // 97 + 1,
        f"体育艺术专任教师数({stage})": pupils // 110 + 1,
        "占地面积": pupils * 41 + 3,
        "教学及辅助用房面积": pupils * 6 + 17,
        "室内体育用房面积": 0,
        "运动场地面积": pupils * 9 + 31,
        "教学仪器设备值(万元)": round(pupils * 0.27, 2) + pupils % 7,
        "网络多媒体教室数": pupils // 40 + 2,
    }


def county() -> Iterator[dict[str, Any]]:
    towns = [
        ("甲镇", "镇中心区", (2210, 1985, 1430)),
        ("乙乡", "村庄", (420, 388)),
        ("丙乡", "村庄", (LONE_TOWNSHIP,)),
    ]
    towns.append(("丁乡", "村庄", (365, 341)))
    for k, (town, area, pupils) in enumerate((t, a, p) for t, a, ps in towns for p in ps):
        yield school(k + 1) | of_stage("小学", pupils) | {"城乡分类": area, "乡镇": town}
    for k, (town, area, pupils) in enumerate(
        [("甲镇", "镇中心区", 1450), ("甲镇", "镇中心区", 1207), ("乙乡", "村庄", LONE_SIDE)]
    ):
        junior = {
            "学校标识码": f"31510000{k:02d}",
            "学校名称": f"第{k + 1}中学",
            "办学类型": "初级中学",
            "乡镇": town,
        }
        bare = dict.fromkeys(("在校生数(小学)", "班数(小学)", "专任教师数(小学)"))
        yield school(40 + k) | bare | of_stage("初中", pupils) | junior | {"城乡分类": area}


@pytest.fixture(
    scope="module", params=[4, pytest.param(None, marks=pytest.mark.full)], ids=["begun", "whole"]
)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """The county's run: of notebooks 03 and 05 the first cells, or all of them."""
    folder = tmp_path_factory.mktemp("few")
    book = workbook(folder / "学校数据.xlsx", {"学校数据": rows(list(county()))})
    of = {"county": COUNTY, "year": "2025", "lang": "zh", "data": str(book), "standard": "cn-quality-2017"}
    told = proof(folder / "zh", ["01", "02", "04"], of | {"area": "area2"}, drawn=True)
    proof(folder / "zh", ["03", "05"], of | {"area": "area2"}, drawn=True, cells=request.param)
    for path in (folder / "zh" / "story").glob("*.json"):
        path.write_text(path.read_text("utf-8").replace('"finished": false', '"finished": true'), "utf-8")
    publish(told.folder)
    return told


@pytest.fixture(scope="module")
def public(run: Outputs) -> Outputs:
    return Outputs(write_public(run.folder, publish, map_number="测S〔2026〕1号"))


def secrets(run: Outputs) -> set[str]:
    """Return the numbers of the lone schools that internal tables hold; a percentile is a school's, nobody knows whose."""
    township = run.by("townships-primary", "乡镇")["丙乡",]
    sides = run.by("by-area-junior", "指标")
    numbers = [*township.values(), *(row["其中：乡村"] for row in sides.values()), str(LONE_SIDE)]
    ranked = set(run.frame("spread").to_numpy().ravel()) if "spread" in run.tables else set()
    return {text.removesuffix(".0") for text in {*numbers} - ranked if re.fullmatch(r"\d[\d.]{2,}", text)}


def printed(folder: Path) -> set[str]:
    """Return every number in the words and data of all outputs, as it stands and rounded to what is printed."""
    found: set[str] = set()
    for name, text in contents(folder):
        if not name.endswith((".png", ".svg", ".jpeg", "manifest.json")):
            text = re.sub(r"base64,[A-Za-z0-9+/=]+|\b[0-9a-f]{64}\b", "", text)
            text = re.sub(r't="s"><v>\d+<|<row r="\d+"', "", text)  # places of texts and rows of a sheet
            found |= set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])", text))
    return {number.removesuffix(".0") for number in found}


def test_no_public_output_holds_a_figure_of_a_group_of_one_school(run: Outputs, public: Outputs) -> None:
    hidden = secrets(run)
    assert {str(LONE_TOWNSHIP), str(LONE_SIDE)} <= hidden
    assert len(hidden) > 7
    assert hidden <= printed(run.folder)  # the search finds what is there
    assert hidden & printed(public.folder) == set()


def test_what_is_left_of_a_table_does_not_give_the_lone_school_away(public: Outputs) -> None:
    for table, keys in (("townships-primary", ("乡镇",)), ("pupils-by-township", ("乡镇", "学段"))):
        held = public.by(table, *keys)
        column = "学生数" if table == "townships-primary" else "2025"
        blank = {key[0] for key, row in held.items() if row[column] == "*" and key[-1] != "初中"}
        assert "丙乡" in blank, table
        assert len(blank) == 2, table
    assert all(row["学生数"] == "*" for row in public.by("townships-junior", "乡镇").values())


def test_the_rest_is_told_and_what_is_withheld_is_said(run: Outputs, public: Outputs) -> None:
    junior = [text for text in public.sentences("zh", "02") if text.startswith("初中")]
    assert junior
    assert not [text for text in junior if "乡村" in text or "城镇" in text]
    assert [text for text in run.sentences("zh", "02") if text.startswith("初中") and "乡村" in text]
    assert "urban-rural-primary" in public.tables
    assert "urban-rural-junior" not in public.tables
    said = " ".join(public.words("zh"))
    assert said.count("公开说明：") >= 4
    assert "Public edition:" in " ".join(public.words("en"))

"""Totals of areas, as a yearbook prints them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.errors import JunhengError
from analysis.research.aggregates import gaps_of_totals
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.sources.totals import read_totals

from .counties import BASIC, rules

AREAS = ["合计", "城区", "镇区", "乡村"]


def yearbook(folder: Path, **columns: list[Any]) -> Path:
    """Write a yearbook's table as offices print it: a title, a header, a row of totals first."""
    table = pd.DataFrame({"城镇乡": AREAS} | columns)
    path = folder / "年鉴.xlsx"
    table.to_excel(path, index=False, startrow=1)
    return path


def test_a_yearbook_gives_the_gap(tmp_path: Path) -> None:
    path = yearbook(
        tmp_path, **{"在校生数（小学）": [3000, 1000, 500, 1500], "图书册数": [30000, 5000, 7000, 18000]}
    )
    totals, remarks = read_totals(path, county="110001", year=2025)
    assert [fault.kind for fault in remarks] == ["totals-row"]
    assert list(totals["area3"]) == ["urban", "town", "rural"]
    books = gaps_of_totals(totals, rules(BASIC)).set_index("indicator").loc["books_per_pupil"]
    assert (books["urban"], books["rural"]) == (pytest.approx(12000 / 1500), pytest.approx(12))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = yearbook(tmp_path, **{"在校生数（小学）": [3000, "一千", 500, -1]})
    with pytest.raises(JunhengError) as caught:
        read_totals(path)
    faults = {(fault.kind, fault.place.row) for fault in caught.value.faults}
    assert {("not-a-number", 4), ("negative", 6), ("required", None)} <= faults
    assert {fault.columns for fault in caught.value.faults if fault.kind == "required"} == {
        ("county_code",),
        ("year",),
    }


def test_a_table_without_areas_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"地区": ["甲"], "在校生数（小学）": [1]}).to_excel(tmp_path / "表.xlsx", index=False)
    with pytest.raises(JunhengError) as caught:
        read_totals(tmp_path / "表.xlsx", county="110001", year=2025)
    assert [fault.kind for fault in caught.value.faults] == ["no-areas"]


def test_where_schools_are_needed_the_words_say_why_totals_do_not_do(tmp_path: Path) -> None:
    figures = [3000, 1000, 500, 1500]
    path = yearbook(
        tmp_path,
        **dict.fromkeys(("在校生数（小学）", "图书册数", "计算机台数", "班数（小学）", "年份"), figures),
    )
    with pytest.raises(JunhengError) as caught:
        read_dataset(path, load_source("cn-county-template"))
    told = [fault for fault in caught.value.faults if fault.kind == "not-schools"]
    assert len(told) == 1
    assert "合计数" in told[0].zh

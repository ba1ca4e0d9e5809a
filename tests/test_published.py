"""Figures printed before: read as an office copies them, and the cause of a difference found by computing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from analysis import reconciliation
from analysis.errors import JunhengError
from analysis.forms.layout import PUBLISHED_HEADERS
from analysis.reconciliation import CAUSES, Figures, reconcile, uncorrected
from analysis.rounding import shown
from analysis.sources.dataset import PUBLISHED
from analysis.study import Study, open_county
from analysis.tables.published import reconciled
from analysis.wording import published as words

from . import hand_county


@pytest.fixture(scope="module")
def sample() -> Study:
    return open_county(county="990101", year="2025")


@pytest.fixture(scope="module")
def found(sample: Study) -> pd.DataFrame:
    data = sample.data
    return reconcile(data.published, data.schools, sample.rules, data.corrections)


def entry(**facts: Any) -> pd.DataFrame:
    given = {
        "year": 2024,
        "stage": "primary",
        "item": "sports_area_per_pupil",
        "measure": "cv",
        "printed": "0",
    }
    return pd.DataFrame([dict.fromkeys(PUBLISHED, "") | given | facts])


def test_the_sample_holds_one_of_each_cause(found: pd.DataFrame) -> None:
    assert list(found["why"]) == [(cause,) for cause in CAUSES]
    assert list(found["ways"]) == [(), ("judged",), ("plain",), ("以万为单位",), ("filed",), ()]


def test_a_correction_taken_back_gives_the_figure_as_filed(sample: Study) -> None:
    data = sample.data
    (line,) = data.corrections.to_dict("records")
    changed = uncorrected(data.schools, data.corrections).compare(data.schools)
    assert changed.to_numpy().tolist() == [[float(line["old"]), float(line["new"])]]


def test_what_a_way_of_computing_gives_is_told_as_that_way_or_agrees(
    sample: Study, ways: dict[str, Figures]
) -> None:
    own = Figures(sample.data.schools, sample.rules)
    asked = [
        (way, entry(measure=measure).to_dict("records")[0], digits)
        for way in ("all", "small", "public", "urban", "rural", "whole", "unmoved", "plain", "sample")
        for measure in ("mean", "sd", "cv")
        for digits in (3, 6)
    ]
    for way, line, digits in asked:
        line["printed"] = shown(ways[way].of(line), digits)
    found = reconcile(
        pd.DataFrame([line for _, line, _ in asked]),
        sample.data.schools,
        sample.rules,
        sample.data.corrections,
    )
    for (way, line, digits), row in zip(asked, found.to_dict("records"), strict=True):
        agrees = shown(own.of(line), digits) == line["printed"]
        assert (row["why"] == ("same",)) == agrees
        assert agrees or way in row["ways"]


@pytest.fixture(scope="module")
def ways(sample: Study) -> dict[str, Figures]:
    return {
        w.name: w.figures
        for w in reconciliation._ways(sample.data.schools, sample.rules, sample.data.corrections)
    }


def test_a_number_of_one_digit_names_no_cause(sample: Study) -> None:
    data = sample.data
    own = Figures(data.schools, sample.rules).of(entry().to_dict("records")[0])
    near = str(round(own * 10) / 10 + 0.1)[:3]  # what several ways give at one decimal
    (row,) = reconcile(entry(printed=near), data.schools, sample.rules, data.corrections).to_dict("records")
    assert row["why"] == ("unexplained",)


def test_percentages_and_years_without_data(sample: Study) -> None:
    data = sample.data
    rows = pd.concat([entry(printed="50.2%"), entry(year=1999, printed="0.502")])
    assert list(reconcile(rows, data.schools, sample.rules, data.corrections)["why"]) == [
        ("same",),
        ("unexplained",),
    ]


def test_the_table_and_the_sentence_tell_every_entry_in_both_languages(
    sample: Study, found: pd.DataFrame
) -> None:
    for lang, cause in (("zh", "未能解释"), ("en", "not explained")):
        table = reconciled(found, sample.rules, lang)  # type: ignore[arg-type]
        assert len(table.frame) == len(found)
        assert table.frame["cause"].iloc[-1] == cause
        assert table.frame["ours"].iloc[3].startswith(("56003725元", "56,003,725 yuan"))
    said = words.reconciled(found)
    assert said.zh == (
        "与以前公布的6项数据核对,一致1项,不一致5项,其中范围不同1项、口径不同1项、单位不同1项、数据更正1项、未能解释1项。"
    )


def test_a_county_without_public_schools_on_file_is_held_against_what_it_has(sample: Study) -> None:
    schools = sample.data.schools.assign(ownership=None)
    (row,) = reconcile(entry(printed="0.777"), schools, sample.rules, sample.data.corrections).to_dict(
        "records"
    )
    assert row["why"] == ("unexplained",)


def filed(path: Path, *lines: tuple[Any, ...]) -> Path:
    """Write the hand county with a sheet of figures printed before."""
    hand_county.write(path)
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("已公布数据")
    sheet.append(PUBLISHED_HEADERS)
    for line in lines:
        sheet.append(line + ("",) * (len(PUBLISHED_HEADERS) - len(line)))
    book.save(path)
    return path


def test_entries_are_read_as_an_office_writes_them(tmp_path: Path) -> None:
    path = filed(
        tmp_path / "a.xlsx",
        ("2025年", "小学", "教学仪器设备值", "", "2,450.00", "元"),
        (2025, "", "教学仪器设备值", "合计", "378", "万元"),
        (2025, "初中", "生均教学仪器设备值", "变异系数", "０.123"),
        ("2025/2026学年初", "", "学校数", "", "5"),
    )
    read = open_county(
        county=hand_county.COUNTY, year=str(hand_county.YEAR), data=str(path), standard="cn-quality-2017"
    ).data.published
    assert read[["stage", "item", "measure", "printed"]].to_numpy().tolist() == [
        ["primary", "equipment_value_per_pupil", "mean", "2450.00"],
        ["", "equipment_value_yuan", "total", "378"],
        ["junior", "equipment_value_per_pupil", "cv", "0.123"],
        ["", "schools", "total", "5"],
    ]
    assert set(read["year"]) == {2025}


def test_every_fault_of_the_sheet_is_told_at_once(tmp_path: Path) -> None:
    path = filed(
        tmp_path / "a.xlsx",
        ("去年", "小学", "生均绿地", "", "3"),
        (2025, "", "生均教学仪器设备值", "平均值", "约2000"),
        (2025, "大学", "生均教学仪器设备值", "众数", "2000"),
        (2025, "小学", "综合", "平均值", "0.4"),
    )
    with pytest.raises(JunhengError) as raised:
        open_county(county=hand_county.COUNTY, year="2025", data=str(path), standard="cn-quality-2017")
    told = [(f.kind, f.place.row) for f in raised.value.faults if f.kind.startswith("published")]
    assert told == [
        ("published-year", 2), ("published-item", 2), ("published-stage", 3), ("published-printed", 3),
        ("published-measure", 4), ("published-stage", 4), ("published-measure", 5),
    ]  # fmt: skip

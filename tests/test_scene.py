"""What the page shows, without a browser: pictures where there is something to draw, words in place where not."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from analysis.errors import Lang
from analysis.explore import Explorer, View, WhatIf, view_file
from analysis.explore.scene import SIDES, as_csv, scene
from analysis.params import resolve
from analysis.standards import load_standard
from analysis.study import Study, open_county, open_request

from . import hand_county
from .outputs import junheng

CITY, NINE, HILL, _, JUNIOR = hand_county.CELLS["学校标识码"]
PICTURES = ("gap", "scatter", "map", "spread", "trend")
SPORTS = "sports_area_per_pupil"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    book = hand_county.write(tmp_path_factory.mktemp("county") / "手算县.xlsx")
    return open_county(county=hand_county.COUNTY, year=hand_county.YEAR, data=str(book))


@pytest.fixture(scope="module")
def sample() -> Study:
    return open_county(county="990101", year="2025")


def shown(
    study: Study, view: View | None = None, what_if: WhatIf | None = None, lang: Lang = "zh", **columns: Any
) -> dict[str, Any]:
    """Return the scene of a study whose schools have other contents in some columns."""
    data = replace(study.data, schools=study.data.schools.assign(**columns))
    changed = replace(study, data=data)
    explorer = Explorer(data.schools, study.rules)
    told = scene(changed, explorer, view or View(), what_if or WhatIf(), lang)
    json.dumps(told, allow_nan=False)  # what a browser cannot read must not be in it
    return told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_county_with_places_and_years_has_every_picture(sample: Study, lang: Lang) -> None:
    told = shown(sample, View(indicator=SPORTS), lang=lang)
    assert [name for name in PICTURES if "message" in told["figures"][name]] == []
    assert len(told["figures"]["trend"]["data"][0]["x"]) >= 5
    points = {id for trace in told["figures"]["map"]["data"] for id in trace.get("customdata", [])}
    assert points == set(told["table"]["ids"])


def test_without_coordinates_only_the_map_gives_way_to_words(study: Study) -> None:
    figures = shown(study)["figures"]
    assert [name for name in PICTURES if "message" in figures[name]] == ["map"]
    assert "经度" in figures["map"]["message"]


def test_where_all_schools_stand_on_one_side_no_gap_is_drawn(study: Study) -> None:
    figures = shown(study, area3="rural")["figures"]
    assert "乡村" in figures["gap"]["message"]
    assert "message" not in figures["spread"]


@pytest.mark.parametrize("name", PICTURES)
def test_an_indicator_that_nobody_filed_is_said_to_be_missing(study: Study, name: str) -> None:
    view = View(stage="junior", indicator="backbone_teachers_per_100")
    told = shown(study, view, teachers_backbone_junior=math.nan)
    assert name == "gap" or "message" in told["figures"][name]
    assert "待定" in told["lines"][1] or "—" in told["lines"][1]
    assert all(row[3][1] == "—" for row in told["table"]["rows"])


def test_a_rule_of_coefficients_alone_counts_coefficients(study: Study) -> None:
    basic = replace(study, rules=load_standard("cn-basic-2012"))
    assert re.search(r"\d+项差异系数中", shown(basic)["lines"][0])
    assert "所学校中" not in shown(basic)["lines"][0]


def test_schools_of_an_area_that_is_not_compared_are_not_called_unknown(study: Study) -> None:
    told = shown(study, View(sides=SIDES["apart"]), area3="town")
    assert {row[1] for row in told["table"]["rows"]} == {"不属两侧"}


def test_of_one_school_nothing_is_compared_between_schools(study: Study) -> None:
    told = shown(study, View(indicator=SPORTS, schools=(CITY,)))
    assert any("只有一所学校" in line for line in told["lines"])
    assert len(told["table"]["rows"]) == 1


def test_a_stage_that_no_school_has_is_said_in_every_view(study: Study) -> None:
    primary = study.data.schools["school_id"] == CITY
    alone = replace(study, data=replace(study.data, schools=study.data.schools[primary]))
    told = shown(alone, View(stage="junior"))
    assert all("没有纳入评估" in told["figures"][name]["message"] for name in PICTURES)
    assert told["table"]["rows"] == []


def test_what_is_supposed_stands_beside_what_was_filed(study: Study) -> None:
    cured = WhatIf.model_validate({"schools_out": [HILL]})
    told = shown(study, what_if=cured)
    assert told["supposed"]
    assert told["filed"] != []
    assert not set(told["filed"]) & set(told["lines"])
    assert not shown(study)["supposed"]


def test_the_marks_of_a_page_cannot_be_forged_by_a_name(study: Study) -> None:
    names = ["=1+1", "<img src=x onerror=alert(1)>", "@x", "丁", "戊"]
    told = shown(study, school_name=names)
    drawn = json.dumps(told["figures"])
    assert "<img" not in drawn
    cells = [line.split(",")[1] for line in as_csv(told["table"]).splitlines()[1:]]
    assert not any(cell.startswith(("=", "@")) for cell in cells)


def test_a_trend_is_broken_where_the_definition_changed(sample: Study) -> None:
    schools = sample.data.schools
    earlier = schools.assign(year=schools["year"] - 2)  # indoor sports rooms are defined anew in 2021
    old = replace(sample, data=replace(sample.data, schools=earlier))
    told = shown(old, View(indicator=SPORTS))
    line = told["figures"]["trend"]["data"][0]
    assert None in line["y"][1:-1]
    assert told["figures"]["trend"]["layout"]["annotations"]


def test_the_command_prints_again_what_a_views_file_holds(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "手算县.xlsx")
    request = resolve(data=str(book))
    view, what_if = View(indicator=SPORTS), WhatIf.model_validate({"thresholds": {SPORTS: {"primary": "7"}}})
    text = view_file(request, view, what_if)
    assert yaml.safe_load(text)["what_if"] == {"thresholds": {SPORTS: {"primary": "7"}}}
    (tmp_path / "view.yaml").write_text(text, encoding="utf-8")
    told = junheng("view", "view.yaml", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    expected = shown(open_request(request), view, what_if)["lines"]
    assert told.stdout.splitlines()[1:] == expected
    wrong = junheng("view", "手算县.xlsx", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def test_the_table_is_the_unit_verdicts_of_what_is_seen(sample: Study) -> None:
    told = shown(sample, View(indicator=SPORTS))
    judged = Explorer(sample.data.schools, sample.rules).look(View(indicator=SPORTS)).judged
    values = [row[3][0] for row in told["table"]["rows"]]
    pd.testing.assert_series_equal(
        pd.Series(values, dtype=float),
        judged.loc[judged["in_scope"], "value"].reset_index(drop=True),
        check_names=False,
    )


def test_what_is_exported_is_stamped_with_the_year_looked_at(sample: Study) -> None:
    assert "2023/2024" in shown(sample, View(year=2023))["stamp"]
    assert "2025/2026" in shown(sample, View(year=2025))["stamp"]


def test_the_numbers_of_some_schools_do_not_read_as_the_countys(study: Study) -> None:
    assert "所选学校差异系数" in shown(study, View(schools=(CITY, NINE)))["lines"][1]
    assert "所选" not in shown(study)["lines"][1]

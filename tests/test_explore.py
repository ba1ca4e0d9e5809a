"""The selection model: views and what-ifs give what the library's own functions give, also from their file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from analysis.assessment import assess
from analysis.errors import JunhengError
from analysis.explore import (
    Added,
    Explorer,
    Findings,
    Sides,
    View,
    WhatIf,
    changed_rules,
    read_view,
    with_added,
    write_view,
)
from analysis.params import resolve
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.standards import load_standard

from . import hand_county

CITY, NINE, HILL, DITCH, JUNIOR = hand_county.CELLS["学校标识码"]
RULES = load_standard("cn-quality-2017")
SPORTS = "sports_area_per_pupil"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hand_county.write(tmp_path_factory.mktemp("county") / "手算县.xlsx")


@pytest.fixture(scope="module")
def explorer(folder: Path) -> Explorer:
    return Explorer(read_dataset(folder, load_source("cn-county-template")).schools, RULES)


def what_if_of(**changes: object) -> WhatIf:
    """Return a what-if of changes as they are written in its file: decimals as text."""
    return WhatIf.model_validate(changes)


def status(found: Findings, school: str) -> str:
    rows = found.judged.set_index("school_id")["status"]
    return str(rows[school])


def test_an_open_view_shows_the_latest_year_the_first_stage_and_indicator(explorer: Explorer) -> None:
    found = explorer.look()
    assert found.view.year == hand_county.YEAR
    assert (found.view.stage, found.view.indicator) == ("primary", RULES.indicators[0].id)
    assert found.verdict == "fail"
    pd.testing.assert_frame_equal(found.whole.dispersion, assess(explorer.schools, RULES).dispersion)


def test_selected_schools_limit_every_number_but_the_countys_verdict(explorer: Explorer) -> None:
    found = explorer.look(View(indicator=SPORTS, schools=(CITY, NINE)))
    alone = assess(explorer.schools[explorer.schools["school_id"].isin([CITY, NINE])], RULES)
    pd.testing.assert_frame_equal(found.seen.dispersion, alone.dispersion)
    assert set(found.judged["school_id"]) == {CITY, NINE}
    assert int(found.trend["n_urban"].iloc[0] + found.trend["n_rural"].iloc[0]) == 2
    assert found.theil["n"].max() == 2
    assert found.verdict == "fail"
    assert len(found.whole.unit_verdicts) > len(found.seen.unit_verdicts)


def test_another_threshold_turns_what_stands_between_the_two(explorer: Explorer) -> None:
    # 城关小学: (6800 + 200) / 1000 = 7 m² of sports area per pupil, against 7.5.
    view = View(stage="primary", indicator=SPORTS)
    assert status(explorer.look(view), CITY) == "floor"
    lower = what_if_of(thresholds={SPORTS: {"primary": "7"}})
    assert status(explorer.look(view, lower), CITY) == "met"
    assert status(explorer.look(view), CITY) == "floor"  # what is remembered is not mixed up


def test_the_area_a_gap_asks_for_meets_the_threshold_exactly_and_no_less_does(explorer: Explorer) -> None:
    view = View(stage="primary", indicator=SPORTS)
    gap = explorer.look(view).judged.set_index("school_id")["gap_school"][CITY]
    assert gap == 500  # 7.5 × 1000 − 7000

    def with_area(amount: str) -> Findings:
        added = Added(
            school_id=CITY, year=hand_county.YEAR, column="sports_ground_area_m2", amount=Decimal(amount)
        )
        return explorer.look(view, WhatIf(added=(added,)))

    assert status(with_area("500"), CITY) == "met"
    assert status(with_area("499.9"), CITY) == "floor"
    assert (
        with_area("500").seen.dispersion["cv"].tolist() != explorer.look(view).seen.dispersion["cv"].tolist()
    )


def test_a_school_is_put_out_of_scope_by_name_and_its_reason_is_said(explorer: Explorer) -> None:
    found = explorer.look(what_if=what_if_of(schools_out=(HILL,)))
    units = found.whole.units.set_index("school_id")
    assert units.loc[HILL, "out_reason"] == "named"
    assert HILL not in set(found.whole.unit_verdicts["school_id"])


def test_a_small_teaching_point_is_judged_when_it_is_named(tmp_path: Path) -> None:
    point = {
        ("山前小学", "办学类型"): "小学教学点",
        ("山前小学", "在校生数(小学)"): 49,
        ("山前小学", "专任教师数(小学)"): 8,
    }
    book = hand_county.write(tmp_path / "教学点.xlsx", point)
    small = Explorer(read_dataset(book, load_source("cn-county-template")).schools, RULES)
    reasons = {
        named: small.look(what_if=what_if_of(schools_in=named)).whole.units.set_index("school_id")[
            "out_reason"
        ]
        for named in ((), (HILL,))
    }
    assert reasons[()][HILL] == "min_pupils"
    assert reasons[(HILL,)][HILL] == ""


def test_a_school_without_pupils_is_not_judged_even_when_it_is_named(explorer: Explorer) -> None:
    units = explorer.look(what_if=what_if_of(schools_in=(DITCH,))).whole.units.set_index("school_id")
    assert units.loc[DITCH, "out_reason"] == "no_pupils"


def test_the_sides_move_the_gap_and_no_verdict(explorer: Explorer) -> None:
    view = View(stage="primary", indicator=SPORTS)
    swapped = view.model_copy(update={"sides": Sides(urban=("rural",), rural=("town",))})
    as_ruled, other = explorer.look(view), explorer.look(swapped)
    assert other.trend["difference"].tolist() == pytest.approx(
        (-as_ruled.trend["difference"].to_numpy(float)).tolist()
    )
    pd.testing.assert_frame_equal(as_ruled.whole.county_verdicts, other.whole.county_verdicts)
    assert set(other.judged.set_index("school_id")["area"][[CITY]]) == {"rural"}
    assert other.rules.area.zh == {"urban": "乡村", "rural": "镇区"}


def test_a_limit_of_dispersion_turns_the_verdict_on_a_cv(explorer: Explorer) -> None:
    spread = explorer.look().whole.dispersion.set_index(["stage", "indicator"])
    cv = float(spread["cv"][("junior", SPORTS)])
    for limit, verdict in ((str(round(cv + 0.01, 3)), "pass"), ("0.001", "fail")):
        found = explorer.look(what_if=what_if_of(cv_at_most={"junior": limit})).whole.dispersion
        assert found.set_index(["stage", "indicator"]).loc[("junior", SPORTS), "verdict"] == verdict


def test_all_that_is_wrong_with_a_what_if_is_told_at_once() -> None:
    wrong = what_if_of(
        thresholds={"no_such": {"primary": "1"}, SPORTS: {"senior": "1"}},
        cv_at_most={"senior": "1"},
        min_pupils={"castle": 3},
        ownership=("royal",),
        schools_in=(CITY,),
        schools_out=(CITY,),
    )
    with pytest.raises(JunhengError) as caught:
        changed_rules(RULES, wrong, Sides(urban=("town",), rural=("town", "moon")))
    kinds = [fault.kind for fault in caught.value.faults]
    assert kinds.count("what-if-indicator") == 2
    assert {"what-if-limit", "what-if-code", "what-if-both", "what-if-area"} <= set(kinds)
    assert len(kinds) == 8


def test_a_resource_is_added_only_to_what_was_filed(explorer: Explorer) -> None:
    year = hand_county.YEAR
    asked = [
        ("books_of_gold", CITY, year, "1"),
        ("multimedia_rooms", "0000", year, "1"),
        ("multimedia_rooms", CITY, 1999, "1"),
        ("teachers_backbone_primary", HILL, year, "1"),  # not filed
        ("multimedia_rooms", CITY, year, "-1000"),
        ("multimedia_rooms", CITY, year, "0.5"),
    ]
    added = [
        Added(school_id=school, year=when, column=column, amount=Decimal(amount))
        for column, school, when, amount in asked
    ]
    with pytest.raises(JunhengError) as caught:
        with_added(explorer.schools, added)
    assert [fault.kind for fault in caught.value.faults] == [
        *("what-if-column", "what-if-school", "what-if-school"),
        *("what-if-missing", "what-if-negative", "what-if-whole"),
    ]


@pytest.mark.parametrize(
    "wrong", [{"year": 1999}, {"stage": "senior"}, {"indicator": "gold"}, {"schools": ("1",)}], ids=str
)
def test_a_view_of_what_is_not_there_is_refused(explorer: Explorer, wrong: dict[str, object]) -> None:
    with pytest.raises(JunhengError):
        explorer.look(View.model_validate(wrong))


def test_the_parameters_file_of_a_view_gives_the_same_numbers(folder: Path, tmp_path: Path) -> None:
    request = resolve(data=str(folder))
    view = View(
        stage="junior",
        indicator=SPORTS,
        schools=(NINE, JUNIOR),
        sides=Sides(urban=("town",), rural=("rural",)),
    )
    what_if = what_if_of(
        thresholds={SPORTS: {"junior": "9.5"}},
        cv_at_most={"primary": "0.30"},
        min_pupils={},
        split=False,
        schools_out=(HILL,),
        added=(Added(school_id=NINE, year=2025, column="sports_ground_area_m2", amount=Decimal("120.5")),),
    )
    write_view(tmp_path / "视图.yaml", request, view, what_if)
    again, same_view, same_what_if = read_view(tmp_path / "视图.yaml")
    assert (same_view.schools, same_view.indicator, same_what_if) == (view.schools, view.indicator, what_if)
    schools = read_dataset(again.paths, load_source(again.source), county=again.county_code).schools
    explored = Explorer(schools, load_standard(request.standard)).look(view, what_if)

    # Recomputed from the file alone, with the library and without the explorer.
    rules = changed_rules(load_standard(again.standard), same_what_if, same_view.sides)
    whole = assess(with_added(schools, same_what_if.added), rules)
    for name in ("county_verdicts", "dispersion", "unit_verdicts"):
        pd.testing.assert_frame_equal(getattr(explored.whole, name), getattr(whole, name))
    assert not whole.county_verdicts.equals(assess(schools, load_standard(again.standard)).county_verdicts)


def test_a_misspelt_key_of_a_views_file_is_refused_with_its_line(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "view.yaml"
    file.write_text(
        f'county_code: "{hand_county.COUNTY}"\ndata: "{folder}"\nwhat_if:\n  treshold: {{}}\n', "utf-8"
    )
    with pytest.raises(JunhengError) as caught:
        read_view(file)
    assert [fault.place.row for fault in caught.value.faults] == [4]

"""The county's own items: by school data where they follow from them, else as answered, and never guessed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.county_items import by_number, judge_items, self_assessment
from analysis.indicators import units_in_scope
from analysis.standards import RuleSet
from analysis.tables import items as tables
from analysis.wording.items import standing

from .counties import BASIC, county, rules, school

QUALITY = rules()
EQUIPPED: dict[str, Any] = {
    "music_rooms": 1,
    "art_rooms": 1,
    "classes_primary": 12,
    "largest_class_primary": 45,
}


def judged(
    *rows: dict[str, Any], by: RuleSet = QUALITY, answers: dict[str, str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    schools = county(*rows)
    told = pd.DataFrame(
        [
            {"item": item, "value": value, "evidence": "文件", "office": None}
            for item, value in (answers or {}).items()
        ],
        columns=["item", "value", "evidence", "office"],
        dtype="str",
    )
    items, checked = judge_items(schools, units_in_scope(schools, by), told, by)
    return items.set_index("item"), checked


def one(item: str, *rows: dict[str, Any], **answers: str) -> tuple[Any, ...]:
    row: Any = judged(*rows, answers=answers)[0].loc[item]
    value: float | None = None if pd.isna(row["value"]) else row["value"]
    return row["status"], row["basis"], value


@pytest.mark.parametrize(
    ("classes", "rooms", "status", "value"),
    [
        (12, 1, "met", 1),
        (6, 1, "met", 2),
        (13, 1, "not_met", 12 / 13),
        (24, 2, "met", 1),
        (5, 0, "not_met", 0),
    ],
)
def test_a_music_room_for_every_twelve_classes(classes: int, rooms: int, status: str, value: float) -> None:
    found = one("A3-1", school(classes_primary=classes, music_rooms=rooms))
    assert found == (status, "schools", pytest.approx(value))


def test_the_worst_school_decides_and_combined_schools_count_all_their_classes() -> None:
    both = {"primary": 300, "junior": 200}
    nine = school("nine_year", both, classes_primary=8, classes_junior=5, music_rooms=1)
    assert one("A3-1", school(**EQUIPPED), nine) == ("not_met", "schools", pytest.approx(12 / 13))
    assert (
        one("A3-1", school("nine_year", both, classes_primary=8, classes_junior=4, music_rooms=1))[0] == "met"
    )
    assert one("A3-1", school("nine_year", both, classes_primary=8, music_rooms=1))[0] == "open"


def test_sizes_of_schools_by_kind() -> None:
    assert one("A4-1", school(pupils=2000)) == ("met", "schools", 2000)
    assert one("A4-1", school(pupils=2001)) == ("not_met", "schools", 2001)
    nine = school("nine_year", {"primary": 1500, "junior": 1000})
    assert one("A4-1", nine) == ("met", "schools", None)  # concerns nobody
    assert one("A4-2", nine) == ("met", "schools", 2500)
    twelve = school("twelve_year", {"primary": 1500, "junior": 1000, "senior": 900})
    assert one("A4-2", twelve) == ("met", "schools", 2500)  # the compulsory part
    untyped = school(pupils=2400, school_type_code=None)
    assert [one(item, untyped)[0] for item in ("A4-1", "A4-2")] == ["open", "met"]


@pytest.mark.parametrize(
    ("largest", "pupils", "classes", "status"),
    [(45, 400, 10, "met"), (46, 400, 10, "not_met"), (None, 400, 10, "open"), (None, 451, 10, "not_met")],
)
def test_a_class_above_the_limit_is_known_from_the_mean_too(
    largest: int | None, pupils: int, classes: int, status: str
) -> None:
    """451 pupils in 10 classes: one class has 46, whatever the largest is."""
    assert (
        one("A5-1", school(pupils=pupils, classes_primary=classes, largest_class_primary=largest))[0]
        == status
    )


def test_small_schools_funded_as_a_hundred() -> None:
    assert one("A6", school(pupils=200)) == ("met", "schools", None)
    assert (
        one("A6", school("complete_secondary", {"junior": 150, "senior": 90}, pupils_senior=None))[0] == "met"
    )
    assert one("A6", school(pupils=60, funded_pupils=100))[0] == "met"
    assert (
        one("A6", school("teaching_point", 20, funded_pupils=20))[0] == "not_met"
    )  # small ones are the point of it
    assert one("A6", school(pupils=60)) == ("open", "", None)
    assert one("A6", school(pupils=60), A6="是") == ("met", "answer", None)


def test_the_answer_stands_where_school_data_do_not_decide() -> None:
    assert one("A5-1", school(), **{"A5-1": "44"}) == ("met", "answer", 44)
    assert one("A5-1", school(), **{"A5-1": "45.5"}) == ("not_met", "answer", 45.5)
    row = judged(school(**EQUIPPED | {"largest_class_primary": 60}), answers={"A5-1": "44"})[0].loc["A5-1"]
    assert (row["status"], row["basis"], row["value"], row["differs"]) == ("not_met", "schools", 60, True)


def test_answers_met_not_met_and_open_and_what_belongs_to_one_number() -> None:
    answers = {"A11-1": "10", "A11-2": "19.9", "A13-1": "100", "B1": "95", "B3": "否", "V1": "是"}
    items = judged(school(), answers=answers)[0]
    assert items.loc[["A11-1", "A11-2", "A13-1", "B1", "B3", "V1", "V2"], "status"].tolist() == [
        *("met", "not_met", "met", "met", "not_met", "met", "open")
    ]
    numbers = by_number(items.reset_index())
    assert numbers[["A11", "A13", "B1"]].tolist() == ["not_met", "open", "met"]
    assert len([n for n in numbers.index if n[0] == "A"]) == 15
    assert len([n for n in numbers.index if n[0] == "B"]) == 9


def test_the_self_assessment_counts_each_number_once_and_scores_only_with_points() -> None:
    items = judged(school(), answers={"B1": "98", "B2": "90"})[0].reset_index()
    table: Any = self_assessment(items, QUALITY).set_index("group")
    assert table.loc["教育质量", ["n", "n_met", "n_not_met", "n_open"]].tolist() == [9, 1, 1, 7]
    assert table["points_least"].isna().all()
    own = rules(BASIC)
    scored = own.model_copy(
        update={"county_items": tuple(i.model_copy(update={"points": 5}) for i in own.county_items[:17])}
    )
    items = judged(school(), by=scored, answers={"1": "是", "3": "79"})[0].reset_index()
    table = self_assessment(items, scored).set_index("group")
    assert table["n"].sum() == 17
    assert table.loc["入学机会", ["points_least", "points_most"]].tolist() == [5, 15]


def test_what_stands_against_applying_is_said() -> None:
    answers = {"V1": "否", "V2": "是", "P1": "是"}
    items, checked = judged(school(**EQUIPPED | {"largest_class_primary": 60}), answers=answers)
    items = items.reset_index()
    said = [words.zh for words in standing(items, self_assessment(items, QUALITY), QUALITY)]
    assert "一票否决事项中填报为“否”的有1项：V1 未以考试方式招生。" in said
    assert "一票否决事项中尚未填报的有1项：V3 未弄虚作假。" in said
    assert "申报条件均填报为“是”。" in said
    assert said[0].startswith("县级指标自评：政府保障程度15项，达到3项、未达到1项、未填11项；")
    table = tables.items(items, QUALITY, "zh")
    assert not table.frame["title"].str.contains("[,(]").any()  # punctuation as print has it
    found: Any = table.frame.set_index("item")["found"]
    assert found[["A5-1", "A4-1", "A4-2", "V1"]].tolist() == [
        "60人，1个办学单位未达到", "100人", "无此类学校", "否",
    ]  # fmt: skip
    in_the_way = tables.schools(checked, QUALITY, "zh").frame
    assert in_the_way[["item", "status"]].to_numpy().tolist() == [["A5-1", "not_met"]]
    assert "1 short" in str(tables.items(items, QUALITY, "en").frame.set_index("item").loc["A5-1", "found"])


def test_parts_of_one_item_are_called_parts_where_they_are_counted() -> None:
    for rooms, said in (
        ({"music_rooms": 0, "art_rooms": 0}, "(按分项计)有2项"),
        ({"music_rooms": 0}, "县级指标有1项"),
    ):
        items = judged(school(**EQUIPPED | rooms))[0].reset_index()
        told = [words.zh for words in standing(items, self_assessment(items, QUALITY), QUALITY)]
        assert any(said in words for words in told)


def test_without_any_school_nothing_follows_from_school_data() -> None:
    nobody = county(school()).iloc[:0]
    items, _ = judge_items(
        nobody, units_in_scope(nobody, QUALITY), pd.DataFrame(columns=["item", "value"]), QUALITY
    )
    assert set(items["status"]) == {"open"}


def test_a_rule_set_without_items_has_none() -> None:
    items, checked = judge_items(
        county(school()), units_in_scope(county(school()), QUALITY), pd.DataFrame(columns=["item", "value"]),
        QUALITY.model_copy(update={"county_items": ()}),
    )  # fmt: skip
    assert items.empty
    assert checked.empty

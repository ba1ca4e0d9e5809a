"""Rule sets as files: what one takes from another, what is left open, and what bad ones are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis import shipped
from analysis.assessment import assess
from analysis.errors import Fault, JunhengError
from analysis.rule_pages import page
from analysis.standards import available, load_standard
from analysis.wording.ledger import verdict

from .counties import county, school

OWN = """\
extends: cn-quality-2017
id: own
title: {zh: 本省, en: own}
source: 本省文件
"""
FAR: dict[str, Any] = {"teachers_backbone_primary": 0, "teachers_backbone_junior": 0}


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> list[Fault]:
    with pytest.raises(JunhengError) as error:
        load_standard(path)
    return error.value.faults


def test_a_set_says_only_what_differs_from_the_one_it_extends(tmp_path: Path) -> None:
    text = OWN + (
        'school_rule: {at_least_met: 5}\nindicators:\n  - {id: sports_area_per_pupil, at_least: {primary: "8"}}\n'
        "county_items:\n  - {id: B2, at_least: '97'}\n"
        "  - {id: X1, group: {zh: 本省, en: own}, title: {zh: 本省项, en: own item}, answer: yes_no}\n"
        "leave_out: [A1, multimedia_rooms_per_100]\n"
    )
    own, base = load_standard(written(tmp_path, text)), load_standard("cn-quality-2017")
    assert own.school_rule is not None
    assert base.school_rule is not None
    assert (own.school_rule.at_least_met, own.school_rule.floor) == (5, base.school_rule.floor)
    sports = own.indicator("sports_area_per_pupil")
    assert [str(sports.threshold(stage)) for stage in ("primary", "junior")] == ["8", "51/5"]
    assert [i.id for i in own.indicators] == [i.id for i in base.indicators[:-1]]
    ids = [item.id for item in own.county_items]
    assert ids == [*(item.id for item in base.county_items if item.id != "A1"), "X1"]
    assert next(str(item.at_least) for item in own.county_items if item.id == "B2") == "97"
    assert own.effective is None  # a set of its own date
    child = written(
        tmp_path, OWN.replace("cn-quality-2017", "own.yaml").replace("id: own", "id: child"), "c.yaml"
    )
    assert load_standard(child).indicators == own.indicators


@pytest.mark.parametrize(
    ("text", "line", "kind"),
    [
        ("extends: nowhere\n", 1, "wrong-extends"),
        ("extends: 3\n", 1, "wrong-extends"),
        ("extends: own.yaml\n", 1, "wrong-extends"),
        (OWN + "leave_out: [nothing]\n", 5, "wrong-extends"),
        ("id: own\nleave_out: [A1]\n", 2, "wrong-extends"),
        ("extends: cn-basic-2012\nid: own\nsource: x\n", 1, "yaml-missing"),  # no title of its own
        (OWN + "indicators:\n  - {id: sports_area_per_pupil, at_least: {primary: 8}}\n", 6, "yaml-value-error"),
        (OWN + "county_items:\n  - {id: B2, wrong: 1}\n  - {id: C1, at_least: 90}\n", 6, "yaml-extra-forbidden"),
        (OWN + "county_items:\n  - {id: N, group: {zh: a, en: a}}\n", 6, "yaml-missing"),
        (OWN + "milestones:\n  - {id: m, title: {zh: a, en: a}, of: item, name: Z9, at_least: {'2025': '1'}}\n", 1, "yaml-value-error"),
    ],
)  # fmt: skip
def test_faults_name_the_line_of_the_file_that_holds_them(
    text: str, line: int, kind: str, tmp_path: Path
) -> None:
    faults = refused(written(tmp_path, text))
    assert (faults[0].kind, faults[0].place.row, faults[0].place.file) == (kind, line, "own.yaml")
    assert all(fault.zh and fault.en for fault in faults)


def test_all_faults_come_at_once_and_those_of_the_set_extended_at_its_own_lines(tmp_path: Path) -> None:
    text = OWN + "county_items:\n  - {id: B2, wrong: 1}\n  - {id: C1, at_least: 90}\n"
    assert [fault.place.row for fault in refused(written(tmp_path, text))] == [6, 7]
    child = OWN.replace("cn-quality-2017", "own.yaml").replace("id: own", "id: child")
    assert {f.place.file for f in refused(written(tmp_path, child, "child.yaml"))} == {"own.yaml"}


def test_sets_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    written(tmp_path, OWN.replace("cn-quality-2017", "b.yaml"), "a.yaml")
    path = written(tmp_path, OWN.replace("cn-quality-2017", "a.yaml"), "b.yaml")
    assert refused(path)[0].zh == "标准互相引用。"


# --- what is not public ---

READY = {
    "br-basic-resources": True,
    "cn-anhui-wuhe": True,
    "cn-basic-2012": True,
    "cn-county-plan-2021": True,
    "cn-gansu-2012": True,
    "cn-guangxi-2012": True,
    "cn-guizhou-2013": False,
    "cn-henan-2012": False,
    "cn-quality-2017": True,
    "cn-sichuan-2012": False,
}


def test_the_sets_that_the_documents_name_are_there_and_say_whether_they_can_judge() -> None:
    assert {name: load_standard(name).ready for name in available()} == READY


@pytest.mark.parametrize("name", [name for name, ready in READY.items() if not ready])
def test_a_set_of_which_less_than_half_is_known_is_computed_and_gives_no_verdict(name: str) -> None:
    rules = load_standard(name)
    found = assess(county(school(), school(**FAR), school("nine_year", {"primary": 90, "junior": 60})), rules)
    tables = (found.unit_verdicts, found.school_verdicts, found.county_verdicts, found.dispersion)
    assert all(table["verdict"].isna().all() for table in tables)
    assert found.judged.loc[found.judged["indicator"] == "books_per_pupil", "value"].notna().all()
    said = verdict(found.county_verdicts, rules.title, 2025, rules)
    known, asked = rules.known_parts()
    assert f"{asked}项标准和限值中,已有{known}项" in said.zh
    assert "not ready" in said.en
    assert rules.note is not None


def test_filled_in_by_the_user_the_set_judges(tmp_path: Path) -> None:
    """Sichuan with its numbers: ten items a school, and the mean of the eight coefficients, not of all fourteen."""
    text = shipped.params("standards", "cn-sichuan-2012.yaml").read_text(encoding="utf-8")
    filled = yaml.safe_load(text.replace("null", '"1"').replace('county_items: "1"', "county_items: null"))
    for indicator in filled["indicators"]:
        indicator["at_most" if "at_most" in indicator else "at_least"] = (
            {"primary": "20", "junior": "20"}
            if ("at_most" in indicator)
            else {"primary": "0.1", "junior": "0.1"}
        )
        if indicator["id"] in ("posts", "degrees", "heads"):
            of_stage = indicator["id"] == "degrees"
            indicator["numerator"] = ["teachers_mid_title_{stage}" if of_stage else "arts_equipment_met"]
    path = written(tmp_path, yaml.safe_dump(filled, allow_unicode=True))
    rules = load_standard(path)
    assert rules.ready
    equipped: dict[str, Any] = {"lab_equipment_met": 1, "arts_equipment_met": 1}
    rows = [school(**equipped), school(**equipped), school(**equipped | {"lab_equipment_met": 0})]
    found = assess(county(*rows, school(**equipped | {"lab_equipment_met": None})), rules)
    assert found.unit_verdicts["verdict"].tolist() == ["pass", "pass", "fail", "undetermined"]
    combined = found.dispersion[found.dispersion["indicator"] == "combined"].iloc[0]
    assert (combined["cv"], combined["verdict"]) == (0, "pass")  # the equipment's CVs are not in the mean
    assert found.county_verdicts["verdict"].tolist() == ["fail"]


def test_an_indicator_may_be_held_against_its_threshold_without_a_say_in_the_verdict() -> None:
    rules = load_standard("cn-county-plan-2021")
    found = assess(county(school(bandwidth_mbps=100), school(bandwidth_mbps=None)), rules)
    speed = found.judged[found.judged["indicator"] == "bandwidth"]
    assert speed["status"].tolist() == ["below", "missing"]
    assert found.unit_verdicts["verdict"].tolist() == ["pass", "pass"]
    assert found.unit_verdicts["n_met"].tolist() == [7, 7]
    assert "bandwidth" not in set(found.dispersion.dropna(subset=["limit"])["indicator"])


def test_no_rule_set_of_a_province_is_known_to_the_code() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (shipped.root() / "src").rglob("*.py"))
    assert not [name for name in available() if name.startswith("cn-") and code.count(name) > 1]


@pytest.mark.parametrize("name", available())
def test_the_page_of_a_set_is_fresh(name: str) -> None:
    kept = shipped.root() / "docs" / "standards" / f"{name}.md"
    assert kept.read_text(encoding="utf-8") == page(load_standard(name)), (
        "run junheng standards --pages docs/standards"
    )


def test_no_page_is_left_of_a_set_that_is_gone() -> None:
    assert sorted(path.stem for path in (shipped.root() / "docs" / "standards").glob("*.md")) == available()

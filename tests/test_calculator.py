"""
The calculator, calculated by another program: every value, status, coefficient and verdict as the library has it.

LibreOffice computes all workbooks of this module in one run. What it shows is compared with the library's tables,
never with the results that the calculator stores.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis import shipped
from analysis.assessment import Assessment, assess
from analysis.calculator import write_calculator
from analysis.errors import JunhengError
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.standards import RuleSet, load_standard

from . import hand_county
from .counties import BASIC, QUALITY, county, indicator, rules, school
from .spreadsheets import recalculated, results
from .test_cli import Junheng, junheng

__all__ = ["junheng"]

FIRST = 5  # row, from 0, of the first school on every sheet of schools
VERDICTS = {"达标": "pass", "未达标": "fail", "待定": "undetermined"}
STATUSES = {"达标": "met", "未达标": "floor", "低于底线": "below", "缺数据": "missing", "不判定": "unjudged"}
TOLERANCE: Any = {"rel": 1e-9, "abs": 1e-9}
KINDS = {
    "primary": ("primary",), "teaching_point": ("primary",), "junior": ("junior",), "special": ("primary",),
    "nine_year": ("primary", "junior"), "complete_secondary": ("junior", "senior"),
    "twelve_year": ("primary", "junior", "senior"),
}  # fmt: skip
# A rule set of every shape: no floor, at most, a named denominator, a yes/no facility, public schools alone.
SHAPES = rules(
    QUALITY,
    school_rule={"at_least_met": 3},
    scope={"ownership": ["public"], "kinds_out": ["special"], "min_pupils": {"teaching_point": 50}},
    indicators=[
        indicator(id="books", numerator=["books"], split=True, at_least={"primary": "24", "junior": "30"}),
        indicator(
            id="size", numerator=["pupils_{stage}"], denominator=["teachers_{stage}"], better="lower",
            at_most={"primary": "10", "junior": "9.5"},
        ),
        indicator(id="music", numerator=["music_rooms"], per_school=True, at_least={"primary": "1"}),
        indicator(id="spare", numerator=["art_rooms"], per=100),
    ],
)  # fmt: skip


def by_chance(seed: int, schools: int = 14) -> pd.DataFrame:
    """Return a county with figures on, about and far from thresholds, and some that are missing."""
    chance = np.random.default_rng(seed)
    levels = [0.0, 0.3, 0.478125, 0.5, 0.5625, 0.6, 0.85, 1.0, 1.0, 1.0, 1.0, 1.3, 3.0]
    rows = []
    for _ in range(schools):
        kind = str(chance.choice(list(KINDS)))
        pupils = {stage: int(chance.choice([0, 1, 49, 50, 100, 160, 1000])) for stage in KINDS[kind]}
        row = school(kind, pupils, music_rooms=int(chance.integers(0, 3)), art_rooms=1)
        for name, figure in list(row.items()):
            if isinstance(figure, float):
                row[name] = round(figure * float(chance.choice(levels)), 2)
            if isinstance(figure, int | float) and chance.random() < 0.06:
                row[name] = None
        row["ownership"] = str(chance.choice(["public", "private"]))
        rows.append(row)
    rows.append(school("primary", 1000, teachers_pe_art_primary=9))  # exactly 0.9 per 100
    rows.append(school("primary", 1000, teachers_pe_art_primary=8.999))
    return county(*rows)


def hand_worked(folder: Path) -> pd.DataFrame:
    path = hand_county.write(folder / "hand.xlsx")
    return read_dataset([path], load_source("cn-county-template")).schools


def sample() -> pd.DataFrame:
    path = shipped.root() / "data" / "sample" / "学校数据.xlsx"
    table = read_dataset([path], load_source("cn-county-template")).schools
    latest: pd.DataFrame = table[table["year"] == table["year"].max()]
    return latest.reset_index(drop=True)


@dataclass(frozen=True)
class Calculated:
    """What a spreadsheet program made of a county, beside what the library makes of it."""

    sheets: Mapping[str, list[list[Any]]]
    schools: pd.DataFrame
    rules: RuleSet

    @cached_property
    def library(self) -> Assessment:
        return assess(self.schools, self.rules)

    def units(self, stage: str) -> pd.DataFrame:
        """Return the sheet of a stage as rows of unit × indicator: value (None: not in scope), status, verdict."""
        rows = self.sheets[f"{self.rules.stage_name(stage).zh}指标"]
        ids = [i.id for i in self.rules.indicators]
        judged = "结论" in rows[FIRST - 3]
        verdict = rows[FIRST - 3].index("结论") if judged else 0
        status = rows[FIRST - 3].index("判定") if judged else 0
        found = []
        for at, name in enumerate(self.schools["school_id"]):
            row = rows[FIRST + at]
            for n, each in enumerate(ids):
                said = (
                    (STATUSES[row[status + n]], VERDICTS[row[verdict]])
                    if judged and row[2] is not None
                    else ("", "")
                )
                found.append((name, each, row[1] == "是", row[3 + n], *said))
        return pd.DataFrame(
            found, columns=["school_id", "indicator", "in_scope", "value", "status", "verdict"]
        )

    def balance(self, stage: str) -> dict[str, list[Any]]:
        """Return the block of a stage on 差异系数, by its labels."""
        rows = self.sheets["差异系数"]
        top = next(at for at, row in enumerate(rows) if row[0] == self.rules.stage_name(stage).zh)
        return {str(row[0]): row[1:] for row in rows[top + 1 : top + 9]}

    @property
    def county(self) -> str | None:
        verdict: str | None = self.sheets["结论"][2][1]
        return verdict

    def counts(self) -> dict[str, list[Any]]:
        return {str(row[0]): row[1:5] for row in self.sheets["结论"][5:10] if row[0]}


def untyped() -> pd.DataFrame:
    """Return a county whose first failing school has no type."""
    schools = by_chance(0)
    verdicts = assess(schools, load_standard(QUALITY)).school_verdicts.set_index("school_id")["verdict"]
    failing = schools["school_id"].map(verdicts).eq("fail")
    return schools.assign(
        school_type_code=schools["school_type_code"].mask(failing & ~failing.cumsum().gt(1))
    )


def typed_as_unknown(book: openpyxl.Workbook) -> None:
    """Put 不详 where pupils are marked 缺, as a clerk would type it."""
    for row in book["学校数据"].iter_rows(min_row=FIRST + 1):
        for cell in row:
            if cell.value == "缺":
                cell.value = "不详"


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Calculated]:
    """All the counties of this module, each calculated by LibreOffice."""
    folder = tmp_path_factory.mktemp("calculator")
    asked: dict[str, tuple[pd.DataFrame, RuleSet]] = {
        "sample": (sample(), load_standard(QUALITY)),
        "sample-basic": (sample(), load_standard(BASIC)),
        "hand": (hand_worked(folder), load_standard(QUALITY)),
        "shapes": (by_chance(8), SHAPES),
        "chance-0": (by_chance(0), load_standard(QUALITY)),
        "chance-1": (by_chance(1), load_standard(QUALITY)),
        "untyped": (untyped(), load_standard(QUALITY)),
    }
    paths = [folder / f"{name}.xlsx" for name in asked]
    for path, (schools, rule) in zip(paths, asked.values(), strict=True):
        write_calculator(path, rules=rule, schools=schools, rows=len(schools) + 2)
    done = recalculated(paths, folder / "calculated", change=typed_as_unknown)
    return {name: Calculated(results(path), *asked[name]) for name, path in zip(asked, done, strict=True)}


NAMES = ("sample", "sample-basic", "hand", "shapes", "chance-0", "chance-1")


@pytest.mark.office
@pytest.mark.parametrize("name", NAMES)
def test_every_unit_is_measured_and_judged_as_the_library_does(
    counties: dict[str, Calculated], name: str
) -> None:
    found = counties[name]
    for stage in found.rules.judged_stages:
        judged = found.library.judged
        judged = judged[judged["in_scope"] & (judged["stage"] == stage)]
        verdicts = found.library.unit_verdicts[["school_id", "stage", "verdict"]]
        wanted = judged.merge(verdicts, on=["school_id", "stage"]).reset_index(drop=True)
        shown = found.units(stage)
        inside = shown[shown["in_scope"]].reset_index(drop=True)
        assert (shown.loc[~shown["in_scope"], "value"].isna()).all()
        assert inside[["school_id", "indicator"]].equals(wanted[["school_id", "indicator"]])
        for value, expected in zip(inside["value"], wanted["value"], strict=True):
            assert (value == "缺") if np.isnan(expected) else value == pytest.approx(expected, **TOLERANCE)
        if found.rules.school_rule is not None:
            assert inside["status"].tolist() == wanted["status"].tolist()
            assert inside["verdict"].tolist() == wanted["verdict"].tolist()


@pytest.mark.office
@pytest.mark.parametrize("name", NAMES)
def test_every_coefficient_of_variation_is_the_librarys(counties: dict[str, Calculated], name: str) -> None:
    found = counties[name]
    columns = {"全县平均值": "mean", "标准差": "sd", "差异系数": "cv", "最低可能值": "cv_low"}
    for stage in found.rules.judged_stages:
        table = found.library.dispersion
        wanted = table[table["stage"] == stage].to_dict("list")
        shown = found.balance(stage)
        assert wanted["n"], "a county of these tests has units of both stages"
        for label, column in columns.items():
            for cell, value in zip(shown[label], wanted[column], strict=False):
                assert (cell == "—") if np.isnan(value) else cell == pytest.approx(value, **TOLERANCE)
        for label, column in (("参与计算的单位数", "n"), ("缺数据的单位数", "n_missing")):
            assert shown[label][: len(wanted["n"])] == wanted[column]
        verdicts = [VERDICTS.get(text, np.nan) for text in shown["结论"][: len(wanted["n"])]]
        assert [v if isinstance(v, str) else "" for v in verdicts] == [
            v if isinstance(v, str) else "" for v in wanted["verdict"]
        ]


@pytest.mark.office
@pytest.mark.parametrize("name", NAMES)
def test_schools_and_county_get_the_librarys_verdict(counties: dict[str, Calculated], name: str) -> None:
    found = counties[name]
    row = found.library.county_verdicts.iloc[0]
    assert VERDICTS[str(found.county)] == row["verdict"]
    counts = found.counts()
    names = ("", "_pass", "_fail", "_undetermined")
    assert counts["差异系数（项）"] == [
        sum(row[f"n_cv_{v}"] for v in VERDICTS.values()),
        *(row[f"n_cv{n}"] for n in names[1:]),
    ]
    if found.rules.school_rule is None:
        assert "各校结论" not in found.sheets
        return
    assert counts["学校（所）"] == [row[f"n_schools{n}"] for n in names]
    wanted = found.library.school_verdicts.set_index("school_id")["verdict"]
    rows = found.sheets["各校结论"]
    for at, school_id in enumerate(found.schools["school_id"]):
        text = rows[FIRST + at][1]
        assert (VERDICTS[text] == wanted[school_id]) if school_id in wanted else text == "不纳入"
    assert rows[FIRST + len(found.schools)][:2] == [None, None]


@pytest.mark.office
def test_a_school_without_a_type_fails_nothing_and_leaves_the_coefficients_open(
    counties: dict[str, Calculated],
) -> None:
    found = counties["untyped"]
    (school_id,) = found.schools.loc[found.schools["school_type_code"].isna(), "school_id"]
    expected = found.library.unit_verdicts.set_index(["school_id", "stage"])["verdict"]
    for stage in found.rules.judged_stages:
        units = found.units(stage)
        inside = units[units["in_scope"]].drop_duplicates("school_id").set_index("school_id")["verdict"]
        assert inside.to_dict() == expected.xs(stage, level="stage").to_dict()
        assert inside.get(school_id, "undetermined") == "undetermined"
        assert set(found.balance(stage)["结论"][: len(found.rules.indicators)]) == {"待定"}


@pytest.mark.office
def test_the_hand_worked_county_has_the_figures_worked_out_by_hand(counties: dict[str, Calculated]) -> None:
    hand = counties["hand"]
    assert hand.balance("primary")["差异系数"][4] == pytest.approx(0.232067, abs=1e-6)
    assert hand.balance("junior")["差异系数"][4] == pytest.approx(0.496886, abs=1e-6)
    assert hand.county == "未达标"
    chengguan = hand.units("primary").set_index(["school_id", "indicator"]).loc["2165000001"]
    assert chengguan.loc["pe_art_teachers_per_100", "status"] == "met"  # 9 of 1000: exactly 0.9
    assert hand.counts()["学校（所）"] == [4, 2, 1, 1]
    rows = hand.sheets["各校结论"]
    assert rows[FIRST + 1][4:6] == ["体育运动场馆", "教学及辅助用房、体育运动场馆"]
    assert rows[FIRST + 2][6] == "县级以上骨干教师"


@pytest.mark.office
def test_a_figure_that_equals_the_standard_meets_it_and_one_just_below_does_not(
    counties: dict[str, Calculated],
) -> None:
    units = counties["chance-0"].units("primary")
    last = units[units["indicator"] == "pe_art_teachers_per_100"]["status"].tolist()[-2:]
    assert last == ["met", "floor"]


@pytest.mark.office
def test_what_is_stored_is_what_is_calculated(tmp_path: Path) -> None:
    schools, rule = by_chance(3), load_standard(QUALITY)
    for lang in ("zh", "en"):
        write_calculator(
            tmp_path / f"{lang}.xlsx",
            rules=rule,
            schools=schools,
            county="甲县",
            year=2025,
            lang=lang,
            rows=20,
        )
    done = recalculated([tmp_path / "zh.xlsx", tmp_path / "en.xlsx"], tmp_path / "calculated")
    for path in done:
        stored, calculated = results(tmp_path / path.name), results(path)
        for name, rows in stored.items():
            for row, (left, right) in enumerate(zip(rows, calculated[name], strict=False), 1):
                for a, b in zip(left, right, strict=False):
                    assert a == (pytest.approx(b, **TOLERANCE) if isinstance(b, int | float) else b), (
                        name,
                        row,
                    )


def test_formulas_are_those_of_2010_and_none_is_volatile(tmp_path: Path) -> None:
    write_calculator(tmp_path / "c.xlsx", rules=SHAPES, rows=3)
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    used: set[str] = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                text = getattr(cell.value, "text", cell.value)
                if isinstance(text, str) and text.startswith("="):
                    used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"', "", text)))
    assert used <= {
        "IF", "IFERROR", "AND", "OR", "INDEX", "MATCH", "COUNT", "COUNTA", "COUNTIF", "SUM", "AVERAGE", "MIN", "MAX",
        "ROUND", "SQRT", "ISNUMBER", "MID", "TRIM", "N", "CHAR",
    }  # fmt: skip


def test_only_what_is_filled_in_is_open_and_the_law_stands_in_cells(tmp_path: Path) -> None:
    rule = load_standard(QUALITY)
    write_calculator(tmp_path / "c.xlsx", rules=rule, rows=3)
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert book.sheetnames[:3] == ["填写说明", "学校数据", "结论"]
    assert book["下拉列表"].sheet_state == "hidden"
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        open_cells = [c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked]
        assert bool(open_cells) == (sheet.title == "学校数据")
    law = {
        row[1].value: [cell.value for cell in row] for row in book["标准"].iter_rows(min_row=6, max_row=12)
    }
    assert law["生均体育运动场馆面积"][4:6] == [7.5, 10.2]
    assert law["生均体育运动场馆面积"][8] == "第七条（五）"
    assert book["学校数据"].freeze_panes == "B6"
    assert book["学校数据"].print_title_rows == "$4:$5"


def test_a_rule_set_that_judges_nothing_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(JunhengError) as error:
        write_calculator(tmp_path / "c.xlsx", rules=load_standard("br-basic-resources"))
    assert [fault.kind for fault in error.value.faults] == ["no-verdict"]
    assert not list(tmp_path.iterdir())


def test_more_schools_than_there_is_room_for_make_room(tmp_path: Path) -> None:
    write_calculator(
        tmp_path / "c.xlsx", rules=load_standard(QUALITY), schools=by_chance(1, schools=5), rows=2
    )
    rows = results(tmp_path / "c.xlsx")["学校数据"]
    assert [row[0] for row in rows[FIRST : FIRST + 7]] == [f"第{n}学校" for n in range(1, 8)]


def test_the_command_writes_once_fills_in_what_it_is_given_and_refuses_in_words(
    junheng: Junheng, tmp_path: Path
) -> None:
    hand_county.write(tmp_path / "手算县.xlsx")
    assert junheng("calculator", "算.xls").code == 2
    assert junheng("calculator", "算.xlsx", "--data", "手算县.xlsx").code == 0
    sheets = results(tmp_path / "算.xlsx")
    assert sheets["结论"][0][0] == "手算县 2025 义务教育校际资源配置自查结论"
    assert sheets["结论"][2][1] == "未达标"
    assert "不会覆盖" in junheng("calculator", "算.xlsx")
    assert "没有这个标准" in junheng("calculator", "二.xlsx", "--standard", "none")
    assert "没有这个县的数据" in junheng("calculator", "二.xlsx", "--county", "110000")
    assert not (tmp_path / "二.xlsx").exists()

"""A year's collection: one workbook a school, what comes back, and the next year's beginning."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from analysis import collecting
from analysis.collecting import ROSTER
from analysis.errors import Fault, JunhengError, Level
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.standards import load_standard

from . import hand_county
from .outputs import junheng

SOURCE = load_source("cn-county-template")
CELLS_ONLY = SOURCE.model_copy(update={"checks": False})  # faster
RULES = load_standard("cn-quality-2017")
YEAR = hand_county.YEAR + 1
FIGURES = {
    name: dict(zip(hand_county.SCHOOLS, cells, strict=True))
    for name, cells in hand_county.CELLS.items()
    if name not in ("学校标识码", "学校名称", "年份", "县级代码", "县名", "城乡分类", "办学类型")
}
FIRST, SECOND, THIRD = hand_county.SCHOOLS[0], hand_county.SCHOOLS[2], hand_county.SCHOOLS[4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hand out a workbook to each school of the hand county."""
    data = read_dataset(hand_county.write(tmp_path / "手算县.xlsx"), SOURCE)
    collecting.hand_out(tmp_path / "交表", data, year=YEAR, rules=RULES)
    return tmp_path / "交表"


def file_of(folder: Path, school: str) -> Path:
    (path,) = folder.glob(f"* {school}.xlsx")
    return path


def answer(folder: Path, school: str, changes: Mapping[str, Any] | None = None) -> Path:
    """Fill in a school's workbook as the county's own table has it."""
    path = file_of(folder, school)
    book: Any = openpyxl.load_workbook(path)
    sheet = book["学校数据"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    for name, value in {**{n: cells[school] for n, cells in FIGURES.items()}, **(changes or {})}.items():
        sheet.cell(5, heads[name]).value = value
    book.save(path)
    return path


def told(folder: Path, **how: Any) -> list[Fault]:
    try:
        return collecting.collect(folder, CELLS_ONLY, **how).faults
    except JunhengError as error:
        return error.faults


def of_kind(faults: list[Fault], *kinds: str) -> list[tuple[str, str]]:
    return sorted((f.kind, f.place.file) for f in faults if f.kind in kinds)


def test_what_is_handed_out_knows_its_school_and_asks_the_rest(folder: Path) -> None:
    book: Any = openpyxl.load_workbook(file_of(folder, FIRST))
    assert "县级指标" not in book.sheetnames
    heads, line = ([cell.value for cell in book["学校数据"][row]] for row in (3, 5))
    known = {head: value for head, value in zip(heads, line, strict=True) if value is not None}
    assert known == {
        "学校标识码": "2165000001", "学校名称": FIRST, "年份": YEAR, "县级代码": hand_county.COUNTY, "县名": "手算县",
        "城乡分类": "121 镇中心区", "办学类型": "211 小学",
    }  # fmt: skip
    roster = pd.read_csv(folder / ROSTER, dtype="str", encoding="utf-8-sig")
    assert roster["文件"].map(lambda name: (folder / name).is_file()).all()
    with pytest.raises(JunhengError, match="不会覆盖"):
        collecting.hand_out(
            folder, read_dataset(folder.parent / "手算县.xlsx", SOURCE), year=YEAR, rules=RULES
        )


def test_what_comes_back_is_merged_and_who_is_missing_is_named(folder: Path) -> None:
    for school in hand_county.SCHOOLS[1:]:
        answer(folder, school)
    late = file_of(folder, FIRST)
    late.unlink()
    found = collecting.collect(folder, SOURCE)
    assert (found.handed_out, found.returned) == (5, 4)
    assert of_kind(found.faults, "not-returned") == [("not-returned", late.name)]
    out = folder.parent / "汇总.xlsx"
    collecting.write_collection(out, found, RULES)
    merged = read_dataset(out, SOURCE).schools.set_index("school_id")
    county = read_dataset(folder.parent / "手算县.xlsx", SOURCE).schools.set_index("school_id")
    same = [
        n
        for n in county.columns
        if n not in ("year", "source_file", "source_sheet", "source_row", "explanation")
    ]
    pd.testing.assert_frame_equal(merged[same].sort_index(), county.loc[merged.index, same].sort_index())


def test_files_of_another_year_or_school_and_changed_templates_are_refused_at_once(folder: Path) -> None:
    for school in hand_county.SCHOOLS:
        answer(folder, school)
    answer(folder, FIRST, {"年份": YEAR - 1})
    answer(folder, SECOND, {"学校标识码": "2165009999"})
    changed = file_of(folder, THIRD)
    book: Any = openpyxl.load_workbook(changed)
    sheet = book["学校数据"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(3, heads["教学仪器设备值(万元)"]).value = "设备"
    book.save(changed)
    answer(folder, hand_county.SCHOOLS[1], {"在校生数(小学)": "两百"})
    faults = told(folder)
    wrong = "another-year", "school-not-asked", "changed-template", "not-a-number"
    assert of_kind(faults, *wrong) == sorted(
        zip(
            wrong,
            (file_of(folder, s).name for s in (FIRST, SECOND, THIRD, hand_county.SCHOOLS[1])),
            strict=True,
        )
    )
    (lost,) = [f for f in faults if f.kind == "changed-template"]
    assert "「教学仪器设备值(万元)」" in lost.zh


def test_copies_count_once_and_two_answers_of_one_school_are_refused(folder: Path) -> None:
    for school in hand_county.SCHOOLS:
        answer(folder, school)
    first = file_of(folder, FIRST)
    copy = first.with_name(f"{first.stem}(1).xlsx")
    shutil.copy(first, copy)
    found = collecting.collect(folder, CELLS_ONLY)
    assert of_kind(found.faults, "returned-twice") == [("returned-twice", copy.name)]
    assert found.returned == 5
    book: Any = openpyxl.load_workbook(copy)
    book["学校数据"].cell(5, 14).value = 5
    book.save(copy)
    assert ("duplicate-school-year", copy.name) in of_kind(told(folder), "duplicate-school-year")


def test_late_files_and_what_is_no_workbook_are_named(folder: Path) -> None:
    import datetime

    for school in hand_county.SCHOOLS:
        answer(folder, school)
    day = datetime.datetime(2026, 10, 1, 12).timestamp()
    for path in folder.glob("*.xlsx"):
        os.utime(path, (day, day))
    os.utime(file_of(folder, FIRST), (day + 10 * 86400, day + 10 * 86400))
    (folder / "扫描件.pdf").write_bytes(b"%PDF-1.7")
    (folder / "~$锁.xlsx").write_bytes(b"x")
    faults = told(folder, due=datetime.date(2026, 10, 5))
    assert of_kind(faults, "late", "other-file") == [
        ("late", file_of(folder, FIRST).name),
        ("other-file", "扫描件.pdf"),
    ]


def test_without_a_list_nobody_knows_who_should_answer(folder: Path) -> None:
    (folder / ROSTER).write_text("学校,年\n甲,2026\n", encoding="utf-8")
    assert [f.kind for f in told(folder)] == ["wrong-roster"]
    (folder / ROSTER).unlink()
    assert [f.kind for f in told(folder)] == ["no-roster"]


def test_the_commands_go_round(tmp_path: Path) -> None:
    county = hand_county.write(tmp_path / "手算县.xlsx")
    done = junheng("template", "交表", "--per-school", "--data", county, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for school in hand_county.SCHOOLS[:4]:
        answer(tmp_path / "交表", school)
    file_of(tmp_path / "交表", THIRD).unlink()
    done = junheng("collect", "交表", "汇总.xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "发出5份，收回可用4份" in done.stdout
    again = junheng("collect", "交表", "汇总.xlsx", cwd=tmp_path)
    assert again.returncode == 2
    done = junheng("next-year", "手算县.xlsx", "新.xlsx", "--with", "汇总.xlsx", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "不再出现的学校1所" in done.stdout
    assert f"  3165000005 {THIRD}" in done.stdout


# --- the next year ---


def test_the_next_year_keeps_what_is_known_and_asks_the_rest_anew(tmp_path: Path) -> None:
    path = tmp_path / "学校数据.xlsx"
    from analysis import shipped

    shutil.copy(shipped.root() / "data" / "sample" / "学校数据.xlsx", path)
    before = read_dataset(path, SOURCE)
    collecting.begin_year(tmp_path / "新.xlsx", before, year=2026, rules=RULES)
    begun = read_dataset(tmp_path / "新.xlsx", SOURCE.model_copy(update={"checks": False}))
    old = begun.schools[begun.schools["year"] < 2026].reset_index(drop=True)
    same = [name for name in old.columns if not name.startswith("source_") and name not in ("lon", "lat")]
    pd.testing.assert_frame_equal(old[same], before.schools[same])
    assert (old[["lon", "lat"]] - before.schools[["lon", "lat"]]).abs().to_numpy().max() < 2e-6
    new = begun.schools[begun.schools["year"] == 2026]
    assert set(new["school_id"]) == set(before.schools.loc[before.schools["year"] == 2025, "school_id"])
    assert new["school_type_code"].notna().all()
    assert (
        new[[n for n in new.columns if n.startswith(("pupils", "teachers", "books"))]].isna().all(axis=None)
    )
    assert new["explanation"].isna().all()
    pd.testing.assert_frame_equal(begun.answers, before.answers)
    pd.testing.assert_frame_equal(begun.births, before.births)
    assert begun.settings == {**before.settings, "年份": "2026"}
    again = read_dataset(tmp_path / "新.xlsx", SOURCE, years=range(2021, 2026))

    def explained(data: Any) -> set[tuple[Any, ...]]:
        return {(f.school_id, f.year, f.kind, f.explanation) for f in data.faults if f.level is Level.EXPLAIN}

    assert explained(again) == explained(before)


def test_new_closed_and_renamed_schools_are_listed(tmp_path: Path) -> None:
    before = read_dataset(hand_county.write(tmp_path / "手算县.xlsx"), SOURCE)
    changes = {(FIRST, "学校名称"): "城关第一小学", (SECOND, "学校标识码"): "2165000099"}
    years = {(school, "年份"): YEAR for school in hand_county.SCHOOLS}
    kept = hand_county.SCHOOLS[:4]
    now = read_dataset(hand_county.write(tmp_path / "新.xlsx", changes | years, schools=kept), SOURCE)
    turnover = collecting.begin_year(tmp_path / "下年.xlsx", before, year=YEAR, rules=RULES, now=now)
    assert turnover.new["school_id"].tolist() == ["2165000099"]
    assert turnover.closed["school_id"].tolist() == ["2165000003", "3165000005"]
    assert turnover.renamed[["was", "school_name"]].to_numpy().tolist() == [[FIRST, "城关第一小学"]]
    with pytest.raises(JunhengError, match="已有2025年"):
        collecting.begin_year(tmp_path / "再.xlsx", before, year=2025, rules=RULES)

"""更正: applied on reading, told in the report and the manifest, refused where the data have moved on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import JunhengError
from analysis.sources.corrections import HEADERS
from analysis.sources.dataset import Dataset

from . import hand_county
from .county_files import TEMPLATE, faults_of, read, refused, rows, school, workbook
from .outputs import junheng, proof

LINE = {
    "学校标识码": "2151000001", "年份": 2025, "项目": "在校生数(小学)", "原值": 401, "新值": 410, "理由": "漏报转入生",
    "更正人": "李四", "日期": "2025年10月8日",
}  # fmt: skip


def filed(path: Path, *lines: dict[str, Any], schools: list[dict[str, Any]] | None = None) -> Path:
    """Write two schools and a sheet 更正."""
    listed = [[LINE | line] for line in lines]
    cells = [[one[heading] for heading in HEADERS.values()] for (one,) in listed]
    sheet: list[list[Any]] = [["数据更正记录"], list(HEADERS.values()), *cells]
    table: list[list[Any]] = rows(schools or [school(1), school(2)])
    return workbook(path, {"学校数据": table, "更正": sheet})


def pupils(data: Dataset) -> list[float]:
    return data.schools["pupils_primary"].tolist()


def test_a_figure_is_corrected_and_the_change_is_kept(tmp_path: Path) -> None:
    data = read(
        filed(tmp_path / "县.xlsx", {}, {"项目": "教学仪器设备值（万元）", "原值": "80.5", "新值": "85.25"})
    )
    assert pupils(data) == [410, 402]
    assert data.schools["equipment_value_yuan"].tolist() == [852500, 805000]
    assert data.corrections.to_dict("records")[0] == {
        "school_id": "2151000001", "school_name": "第1小学", "year": 2025, "column": "pupils_primary", "old": "401",
        "new": "410", "reason": "漏报转入生", "who": "李四", "date": "2025-10-08",
    }  # fmt: skip
    assert data.corrections["new"].tolist() == ["410", "85.25"]


def test_a_csv_beside_the_workbook_does_the_same(tmp_path: Path) -> None:
    path = workbook(tmp_path / "县.xlsx", {"学校数据": rows([school(1), school(2)])})
    lines = [",".join(HEADERS.values()), ",".join(str(LINE[heading]) for heading in HEADERS.values())]
    (tmp_path / "更正.csv").write_bytes("\n".join(lines).encode("gb18030"))
    data = read(path)
    assert pupils(data) == [410, 402]
    assert [Path(item.path).name for item in data.inputs] == ["县.xlsx", "更正.csv"]
    assert pupils(read(tmp_path)) == [410, 402]


def test_what_derives_from_a_figure_follows_its_correction(tmp_path: Path) -> None:
    area = {"项目": "城乡分类", "原值": "镇中心区", "新值": "220"}
    data = read(filed(tmp_path / "县.xlsx", area, {"项目": "图书册数", "原值": None, "新值": 5000}))
    assert data.schools["area3"].tolist() == ["rural", "town"]
    assert data.schools["books"].tolist()[0] == 5000
    assert data.corrections[["old", "new"]].to_numpy().tolist() == [
        ["121 镇中心区", "220 村庄"],
        ["", "5000"],
    ]


def test_a_cell_that_could_not_be_read_can_be_corrected(tmp_path: Path) -> None:
    schools = [school(1, **{"在校生数(小学)": "约四百"}), school(2)]
    assert pupils(read(filed(tmp_path / "县.xlsx", {"原值": "约四百"}, schools=schools))) == [410, 402]
    left = refused(filed(tmp_path / "乙.xlsx", {}, schools=schools))
    assert {f.kind for f in left} == {"not-a-number", "correction-old-value"}


def test_every_line_that_cannot_be_applied_is_told_at_once(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [
        {"原值": 400},
        {"学校标识码": "2151000099"},
        {"项目": "在校生总数"},
        {"项目": "学校标识码"},
        {"新值": "四百"},
        {"新值": 401},
        {"更正人": None, "理由": None},
        {"日期": "上周"},
        {"学校标识码": "2151000002", "原值": 402},
        {"学校标识码": "2151000002", "原值": 402, "新值": 403},
    ]
    faults = refused(filed(tmp_path / "县.xlsx", *lines))
    assert [(f.kind, f.place.row, f.place.column) for f in sorted(faults, key=lambda f: (f.place.row or 0, f.place.column))] == [
        ("correction-old-value", 3, "原值"),
        ("correction-no-school", 4, "学校标识码"),
        ("correction-column", 5, "项目"),
        ("correction-column", 6, "项目"),
        ("not-a-number", 7, "新值"),
        ("correction-nothing", 8, "新值"),
        ("correction-blank", 9, "更正人"),
        ("correction-blank", 9, "理由"),
        ("correction-date", 10, "日期"),
        ("correction-twice", 12, "项目"),
    ]  # fmt: skip
    assert any("现为「401」" in f.zh for f in faults)
    assert any("最接近的是" in f.zh for f in faults if f.kind == "correction-column")
    assert all(f.zh and f.en for f in faults)


def test_corrections_are_checked_like_filed_figures(tmp_path: Path) -> None:
    path = filed(tmp_path / "县.xlsx", {"项目": "班数(小学)", "原值": 10, "新值": 0})
    assert [f.kind for f in faults_of(path, TEMPLATE)] == ["pupils-without-classes-primary"]


def test_corrections_of_another_county_are_passed_over(tmp_path: Path) -> None:
    path = filed(tmp_path / "县.xlsx", {}, schools=[school(1, 县级代码="510998"), school(2)])
    assert read(path, county="510999").corrections.empty
    assert len(read(path).corrections) == 1


def test_the_report_lists_what_was_corrected(tmp_path: Path) -> None:
    path = hand_county.write(tmp_path / "手算县.xlsx")
    lines = [",".join(HEADERS.values()), "2165000001,2025,图书册数,,9000,补报,王五,2025-10-09"]
    (tmp_path / "更正.csv").write_text("\n".join(lines), encoding="utf-8")
    told = proof(tmp_path / "out", ["01"], {"county": hand_county.COUNTY, "year": "2025", "data": str(path)})
    assert told.rows("corrections") == [
        ["城关小学", 2025, "图书册数", None, 9000, "补报", "王五", "2025-10-09"]
    ]
    assert any("更正1个数，涉及1所学校" in text for text in told.sentences("zh", "01"))


@pytest.mark.full
def test_the_manifest_keeps_them(tmp_path: Path) -> None:
    path = hand_county.write(tmp_path / "手算县.xlsx")
    lines = [",".join(HEADERS.values()), "2165000001,2025,图书册数,,9000,补报,王五,2025-10-09"]
    (tmp_path / "更正.csv").write_text("\n".join(lines), encoding="utf-8")
    done = junheng("run", "--data", path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    manifest = json.loads(
        (tmp_path / "outputs" / hand_county.COUNTY / "2025/zh/manifest.json").read_text("utf-8")
    )
    (kept,) = manifest["run"]["corrections"]
    assert (kept["column"], kept["old"], kept["new"], kept["who"]) == ("books", "", "9000", "王五")


def test_nothing_is_read_where_a_correction_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JunhengError, match="现为"):
        read(filed(tmp_path / "县.xlsx", {"原值": 1}))

"""沿革: read, every fault at once in both languages, and schools followed over the years."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from analysis.checks.links import check_links
from analysis.errors import JunhengError, Level
from analysis.links import COLUMNS, current_codes, no_links, school_lines
from analysis.sources.links import read_links
from analysis.sources.reading import peek_counties

from .counties import county, school
from .county_files import COUNTY, TEMPLATE, read, workbook
from .county_files import rows as rows_of
from .county_files import school as school_row

HEAD = ["层级", "变动类型", "变动年份", "原代码", "原名称", "现代码", "现名称", "说明"]
A, B, C, D = (f"11000100{k:02d}" for k in (1, 2, 3, 4))
Row = tuple[str | None, ...]


def schools(**years: list[str]) -> pd.DataFrame:
    """Return a table in which each year (y2021=…) holds the schools of those codes."""
    tables = [
        county(*({**school(pupils=100), "school_id": code} for code in codes), year=int(year[1:]))
        for year, codes in years.items()
    ]
    return pd.concat(tables, ignore_index=True)


def links(*rows: Row) -> pd.DataFrame:
    full = [(*row[:4], None, row[4], None, None) for row in rows]
    table = pd.DataFrame(full, columns=list(COLUMNS), dtype="str")
    return table.assign(source_file="沿革.csv", source_sheet="", source_row=range(2, len(full) + 2))


def checked(data: pd.DataFrame, *rows: Row) -> pd.DataFrame:
    table, faults = check_links(links(*rows), data)
    assert [f for f in faults if f.level is Level.REFUSE] == []
    return table


DATA = schools(y2021=[A, B], y2022=[A, B], y2023=[B], y2024=[B])


def test_a_merged_school_is_one_line() -> None:
    found = school_lines(DATA, checked(DATA, ("学校", "合并", "2023", A, B))).set_index("school_id")
    assert found["line"].to_dict() == {A: B, B: B}
    assert found["linked"].all()
    assert not found["broken"].any()


def test_an_unresolved_merger_breaks_the_line() -> None:
    data = schools(y2021=[A, B], y2022=[B], y2023=[B])  # A is missing in the year before it was merged away
    found = school_lines(data, checked(data, ("学校", "合并", "2023", A, B)))
    assert found["broken"].all()
    assert set(found["broken_year"]) == {2023}
    gone, faults = check_links(links(("学校", "合并", "2023", B, C)), DATA)
    assert [f.kind for f in faults] == ["link-not-on-file", "link-goes-on"]
    assert all(f.level is Level.EXPLAIN for f in faults)
    assert school_lines(DATA, gone).set_index("school_id").loc[B, "broken"]


def test_chains_splits_and_campuses_join_up() -> None:
    data = schools(y2021=[A], y2022=[B], y2023=[C, D], y2024=[C])
    table = checked(
        data,
        ("school", "rename", "2022年", A, B),
        ("学校", "分立", "2023", B, C),
        ("学校", "析置", "2023", B, D),
        ("学校", "校区", "2024", D, C),
    )
    found = school_lines(data, table)
    assert set(found["line"]) == {C}
    assert not found["broken"].any()


def test_without_links_each_code_is_its_own_line() -> None:
    found = school_lines(DATA, no_links())
    assert (found["line"] == found["school_id"]).all()
    assert not (found["linked"] | found["broken"]).any()


def test_all_faults_come_at_once_in_both_languages() -> None:
    rows: list[Row] = [
        ("学校", "合并", None, A, B),
        ("班级", "合并", "2023", A, B),
        ("学校", "搬家", "2023", A, B),
        ("学校", "合并", "23", A, B),
        ("学校", "合并", "2023", "A1", B),
        ("学校", "合并", "2023", A, A),
        ("学校", "撤县设区", "2023", A, B),
        ("学校", "更名", "2022", A, B),
        ("学校", "更名", "2022", A, C),
        ("学校", "合并", "2024", A, B),
        ("学校", "合并", "2024", A, B),
    ]
    table, faults = check_links(links(*rows), DATA)
    refused = {(f.place.row, f.kind) for f in faults if f.level is Level.REFUSE}
    assert refused >= {
        (2, "link-blank"), (3, "link-unknown"), (4, "link-unknown"), (5, "link-year"), (6, "link-code"),
        (7, "link-itself"), (8, "link-level"), (10, "link-not-one-to-one"), (12, "link-twice"),
    }  # fmt: skip
    assert all(f.zh and f.en and f.place.column in HEAD for f in faults)
    assert set(table["source_row"]) <= {9, 11}


def test_a_circle_is_refused() -> None:
    _, faults = check_links(links(("学校", "更名", "2022", A, B), ("学校", "合并", "2023", B, A)), DATA)
    assert {f.kind for f in faults if f.level is Level.REFUSE} == {"link-circle"}
    _, faults = check_links(links(("学校", "更名", "2022", A, A)), DATA)
    assert not [f for f in faults if f.level is Level.REFUSE]  # a new name under the same code


def test_areas_get_the_codes_of_today() -> None:
    table, faults = check_links(
        links(
            ("县", "撤县设区", "2023", "110002", "110001"),
            ("乡镇", "合并", "2022", "110001101", "110001100"),
            ("乡镇", "分立", "2023", "110001100", "110001105"),
        ),
        DATA,
    )
    assert {f.kind for f in faults} == {"link-not-on-file"}
    data = pd.DataFrame(
        {
            "year": [2021, 2022, 2023],
            "county_code": ["110002", "110002", "110001"],
            "township_code": ["110001101"] * 3,
        }
    )
    found, open_ = current_codes(data, table)
    assert found["county_code"].tolist() == ["110001"] * 3
    assert found["township_code"].tolist() == ["110001100", "110001101", "110001101"]
    assert open_["kind"].tolist() == ["split"]


def _workbook(path: Path, *rows: Row, sheet: str = "沿革") -> Path:
    book = Workbook()
    book.active.title = "其他"  # type: ignore[union-attr]
    page = book.create_sheet(sheet)
    page.append(["学校与区划沿革"])
    page.append(HEAD)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_a_sheet_and_a_text_file_read_alike(tmp_path: Path) -> None:
    row = ("学校", "合并", "2023", A, "甲校", B, "乙校", "县教〔2023〕5号")
    from_sheet, faults = read_links(_workbook(tmp_path / "县.xlsx", row), DATA)
    assert faults == ()
    path = tmp_path / "links.csv"
    path.write_bytes("\n".join([",".join(HEAD), ",".join(row)]).encode("gb18030"))
    from_text, _ = read_links([path], DATA)
    for table in (from_sheet, from_text):
        assert table[["level", "kind", "year", "from_code", "to_code"]].iloc[0].tolist() == [
            "school",
            "merge",
            2023,
            A,
            B,
        ]
    assert from_sheet["source_row"].tolist() == [3]
    workbook = _workbook(tmp_path / "学校数据.xlsx", sheet="别的")
    assert len(read_links(workbook, DATA)[0]) == 1  # links.csv stands beside it
    path.unlink()
    assert read_links(_workbook(tmp_path / "空.xlsx", sheet="别的"), DATA)[0].empty


def test_a_faulty_sheet_is_refused_whole(tmp_path: Path) -> None:
    path = _workbook(
        tmp_path / "县.xlsx", ("学校", "搬家", "2023", A, "", B), ("班", "合并", "二〇", A, "", B)
    )
    with pytest.raises(JunhengError) as caught:
        read_links([path], DATA)
    assert {(f.place.sheet, f.place.row) for f in caught.value.faults} == {("沿革", 3), ("沿革", 4)}
    assert len(caught.value.faults) == 3


def test_a_county_made_a_district_keeps_its_earlier_years(tmp_path: Path) -> None:
    rows = [
        school_row(1, 县级代码="510998", 年份=2022),
        school_row(1, 年份=2023),
        school_row(2, 县级代码="510997"),
    ]
    change = ("县", "撤县设区", "2023", "510998", "甲县", COUNTY, "甲区", None)
    path = workbook(tmp_path / "县.xlsx", {"学校数据": rows_of(rows), "沿革": [HEAD, change]})
    schools = read(path, county=COUNTY).schools
    assert schools[["school_id", "year", "county_code"]].to_numpy().tolist() == [
        ["2151000001", 2022, COUNTY],
        ["2151000001", 2023, COUNTY],
    ]
    held = peek_counties(path, TEMPLATE).set_index("county_code")["years"]
    assert held[COUNTY] == (2022, 2023)
    assert "510998" not in held
    assert read_links(path, schools)[1] == ()

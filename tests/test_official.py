"""分析教基1002 and 1003: an invented county through official workbooks gives what its template gives, cell for cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml

from analysis import shipped
from analysis.assessment import assess
from analysis.errors import Level
from analysis.forms.annotate import annotated_copy
from analysis.joining import joining_effects
from analysis.pupil_groups import sensitive
from analysis.sources.dataset import Dataset
from analysis.sources.mapping import load_source
from analysis.sources.official import READINGS, forms
from analysis.sources.reading import peek_counties, read_dataset, survey
from analysis.standards import load_standard
from analysis.wording.data import joining as joining_words

from . import official_workbooks as official
from .county_files import faults_of, refused, rows, school, workbook
from .outputs import junheng

SOURCE = load_source("cn-county-template")
CELLS_ONLY = SOURCE.model_copy(update={"checks": False})
SAMPLE = shipped.root() / "data" / "sample" / "学校数据.xlsx"
YEAR = 2025
# What no official form of schools holds.
ELSEWHERE = [
    "最大班额(小学)",
    "最大班额(初中)",
    "音乐专用教室数",
    "美术专用教室数",
    "实验仪器是否达标",
    "说明",
]


@pytest.fixture(scope="module")
def county() -> list[dict[str, Any]]:
    return [row for row in official.template_rows(SAMPLE) if int(row["年份"]) == YEAR]


@pytest.fixture(scope="module")
def from_template() -> Dataset:
    return read_dataset(SAMPLE, SOURCE, years=[YEAR])


def few(county: Sequence[dict[str, Any]], *wanted: int, **changes: Any) -> list[dict[str, Any]]:
    """Return a few schools with stages of compulsory education; the first is changed as given."""
    schools = [school for school in county if official.has(school, "小学")]
    chosen = [dict(schools[number]) for number in wanted]
    chosen[0] |= changes
    return chosen


def supplement(path: Path, lines: Sequence[dict[str, Any]], *, sheet: str = "补充数据") -> Path:
    headings = list(dict.fromkeys(heading for line in lines for heading in line))
    rows = [[line.get(heading) for heading in headings] for line in lines]
    return workbook(path, {sheet: [headings, *rows]})


def whole_county(folder: Path, county: Sequence[dict[str, Any]], suffix: str, **how: Any) -> None:
    """Write official workbooks, a supplement for what they lack, and the template for schools of no stage."""
    for stage in official.STAGES:
        official.write(folder / f"{stage}{suffix}", stage, county, YEAR, **how)
    listed = [school for school in county if any(official.has(school, stage) for stage in official.STAGES)]
    supplement(
        folder / "补充.xlsx",
        [{"学校标识码": s["学校标识码"], **{name: s[name] for name in ELSEWHERE}} for s in listed],
    )
    rest = [school for school in county if school not in listed] or [dict.fromkeys(county[0])]
    workbook(
        folder / "其他学校.xlsx",
        {"学校数据": [list(rest[0]), *(list(s.values()) for s in rest)],
         "参数": [["项目", "内容", "说明"], ["坐标系", "GCJ-02", None]]},
    )  # fmt: skip


def figures(data: Dataset) -> pd.DataFrame:
    places = ["source_file", "source_sheet", "source_row"]
    groups = sensitive(data.schools.columns)  # migrant and left-behind pupils are told by the template alone
    return data.schools.drop(columns=[*places, *groups]).sort_values("school_id").reset_index(drop=True)


@pytest.mark.parametrize(
    ("suffix", "how"), [(".xlsx", {"most": 365}), (".xls", {"most": 250, "shuffled": True})]
)
def test_the_county_is_the_same_from_official_workbooks(
    tmp_path: Path, county: list[dict[str, Any]], from_template: Dataset, suffix: str, how: dict[str, Any]
) -> None:
    chosen = county if suffix == ".xlsx" else county[::4]
    whole_county(tmp_path, chosen, suffix, **how)
    data = figures(read_dataset(tmp_path, SOURCE, county="990101"))
    filed = figures(from_template)
    filed = filed[filed["school_id"].isin([s["学校标识码"] for s in chosen])].reset_index(drop=True)
    pd.testing.assert_frame_equal(data, filed, check_exact=True)
    rules = load_standard("cn-quality-2017")
    for name in ("judged", "unit_verdicts", "school_verdicts", "dispersion", "county_verdicts"):
        ours, theirs = (getattr(assess(schools, rules), name) for schools in (data, filed))
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    assert peek_counties(tmp_path, SOURCE)[["county_code", "years"]].to_numpy().tolist() == [
        ["990101", (YEAR,)]
    ]


def test_a_copy_without_merges_reads_the_same(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    schools = few(county, 0, 4, 20)
    tables = []
    for merged in (True, False):
        folder = tmp_path / str(merged)
        folder.mkdir()
        official.write(folder / "小学.xlsx", "小学", schools, YEAR, merged=merged)
        tables.append(figures(read_dataset(folder, CELLS_ONLY)))
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert tables[0]["teaching_area_m2"].tolist() == sorted_by_id(schools, "教学及辅助用房面积")


def sorted_by_id(schools: Sequence[dict[str, Any]], heading: str) -> list[float]:
    return [float(s[heading]) for s in sorted(schools, key=lambda s: str(s["学校标识码"]))]


def test_a_fault_is_told_where_its_figure_stands(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    nine_year = next(
        i for i, s in enumerate(s for s in county if official.has(s, "小学")) if official.has(s, "初中")
    )
    schools = few(county, nine_year, 0)
    schools[0] |= {"高于规定学历教师数(初中)": 900, "在校生数(小学)": "约三百"}
    for stage in ("小学", "初中"):
        official.write(tmp_path / f"{stage}.xlsx", stage, schools, YEAR)
    cell, between = sorted(refused(tmp_path, SOURCE), key=lambda f: f.kind, reverse=True)
    assert (cell.kind, cell.place.file, cell.place.row, cell.place.value) == (
        "not-a-number",
        "小学.xlsx",
        11,
        "约三百",
    )
    assert cell.place.column.startswith("在校生数 › 合计(")
    assert (between.kind, between.place.file, between.place.row) == (
        "above-degree-over-teachers-junior", "初中.xlsx", 11,
    )  # fmt: skip
    assert "博士研究生(" in between.place.column


def test_two_sheets_must_agree_about_one_school(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    nine_year = next(
        i for i, s in enumerate(s for s in county if official.has(s, "小学")) if official.has(s, "初中")
    )
    schools = few(county, nine_year)
    official.write(tmp_path / "小学.xlsx", "小学", schools, YEAR)
    official.write(
        tmp_path / "初中.xlsx", "初中", [schools[0] | {"图书册数": 7, "城乡分类": "220 村庄"}], YEAR
    )
    faults = refused(tmp_path, CELLS_ONLY)
    assert {(f.kind, f.columns, f.place.file, f.place.value) for f in faults} == {
        ("official-disagree", ("books",), "初中.xlsx", "7"),
        ("official-disagree", ("urban_rural_code",), "初中.xlsx", "220"),
    }
    assert all("小学.xlsx" in f.zh and "小学.xlsx" in f.en for f in faults)


def with_header(path: Path, change: Any) -> None:
    """Change the header of a written sheet: a function of the worksheet."""
    book = openpyxl.load_workbook(path)
    change(book.worksheets[0])
    book.save(path)


def test_what_two_columns_may_mean_is_asked_and_the_answer_taken(
    tmp_path: Path, county: list[dict[str, Any]]
) -> None:
    path = official.write(tmp_path / "小学.xlsx", "小学", few(county, 0, 1), YEAR)

    def rename(sheet: Any) -> None:
        for row in sheet.iter_rows(min_row=3, max_row=4):
            for cell in row:
                if cell.value in ("毕业生数", "招生数"):
                    cell.value = "招生情况"

    with_header(path, rename)
    (reading,) = [part.absent for part in survey(path, CELLS_ONLY).parts]
    assert "entrants_primary" in reading  # nothing is called 招生数 now; no other column is taken for it
    chosen = {"forms": {"cn-analysis-1002": {"columns": {"entrants_primary": "招生情况 › 合计"}}}}
    (tmp_path / READINGS).write_text(yaml.safe_dump(chosen, allow_unicode=True), encoding="utf-8")
    (asked,) = refused(path)
    assert asked.kind == "official-ambiguous"
    letters = asked.zh.split("entrants_primary: ")[1].removesuffix("列。")
    assert f"({letters}列)" in asked.zh
    chosen["forms"]["cn-analysis-1002"]["columns"]["entrants_primary"] = "X列"
    (tmp_path / READINGS).write_text(yaml.safe_dump(chosen, allow_unicode=True), encoding="utf-8")
    data = read_dataset(path, CELLS_ONLY)
    assert data.schools["entrants_primary"].tolist() == [float(s["招生数(小学)"]) for s in few(county, 0, 1)]
    assert [Path(item.path).name for item in data.inputs] == ["小学.xlsx", READINGS]


def test_a_readings_file_with_faults_is_refused(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    path = official.write(tmp_path / "小学.xlsx", "小学", few(county, 0), YEAR)
    chosen = {"forms": {"cn-analysis-1002": {"columns": {"books": "藏书 › 合计"}, "pages": 3}}}
    (tmp_path / READINGS).write_text(yaml.safe_dump(chosen, allow_unicode=True), encoding="utf-8")
    assert [(f.kind, f.place.file) for f in refused(path)] == [("yaml-extra-forbidden", READINGS)]
    del chosen["forms"]["cn-analysis-1002"]["pages"]
    (tmp_path / READINGS).write_text(yaml.safe_dump(chosen, allow_unicode=True), encoding="utf-8")
    assert [(f.kind, f.columns) for f in refused(path)] == [("official-not-there", ("books",))]


@pytest.mark.parametrize(("arts", "expected"), [((3, 2, 1), 7.0), ((3, 2, 2), 11.0)])
def test_arts_beside_music_and_fine_arts_count_once_where_they_are_their_sum(
    tmp_path: Path, county: list[dict[str, Any]], arts: tuple[int, int, int], expected: float
) -> None:
    path = official.write(tmp_path / "小学.xlsx", "小学", few(county, 0), YEAR)

    def flat(sheet: Any) -> None:
        """The three stand beside each other, none above the others."""
        music = next(cell.column for cell in sheet[6] if cell.value == "音乐")
        for merge in list(sheet.merged_cells.ranges):
            if sheet.cell(merge.min_row, merge.min_col).value == "艺术":
                sheet.unmerge_cells(str(merge))
        for column, title, number in zip(
            range(music - 1, music + 2), ("艺术", "音乐", "美术"), arts, strict=True
        ):
            sheet.cell(6, column).value = title
            sheet.cell(11, column).value = str(number)
        sheet.cell(5, music - 1).value = None
        sheet.cell(11, music - 2).value = "4"

    with_header(path, flat)
    assert read_dataset(path, CELLS_ONLY).schools["teachers_pe_art_primary"].tolist() == [expected]


def test_a_year_that_nothing_tells_is_asked_for(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    path = official.write(tmp_path / "小学.xlsx", "小学", few(county, 0), YEAR, dated=False)
    assert [f.kind for f in refused(path)] == ["official-no-year"]
    (tmp_path / READINGS).write_text("forms:\n  cn-analysis-1002: {year: 2024}\n", encoding="utf-8")
    assert read_dataset(path, CELLS_ONLY).schools["year"].tolist() == [2024]
    named = official.write(tmp_path / "2023年小学分校.xlsx", "小学", few(county, 0), YEAR, dated=False)
    (tmp_path / READINGS).unlink()
    assert read_dataset(named, CELLS_ONLY).schools["year"].tolist() == [2023]


def test_the_county_that_counts_a_school_may_be_another(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    path = official.write(tmp_path / "小学.xlsx", "小学", few(county, 0, 1, 统计三级="邻县"), YEAR)
    asked = [f for f in faults_of(path) if f.level is Level.EXPLAIN]
    assert [(f.kind, f.place.value or f.place.column[:6]) for f in asked] == [
        ("county-of-statistics", "所在地区划三")
    ]


def test_five_and_four_years(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    junior = next(s for s in county if official.has(s, "初中") and not official.has(s, "小学"))
    path = official.write(tmp_path / "初中.xlsx", "初中", [junior], YEAR)

    def fourth(sheet: Any) -> None:
        last = next(c for row in sheet.iter_rows(min_row=4, max_row=4) for c in row if c.value == "#少数民族")
        last.value = "四年级"
        sheet.cell(11, last.column).value = "30"

    with_header(path, fourth)
    schools = read_dataset(path, CELLS_ONLY).schools
    grades = [f"pupils_junior_g{grade}" for grade in (6, 7, 8, 9)]
    filed = [float(junior[f"在校生数({digit}年级)"]) for digit in "七八九"]
    assert schools[grades].iloc[0].tolist() == [*filed, 30.0]


def test_a_supplement_fills_gaps_and_changes_nothing(tmp_path: Path, county: list[dict[str, Any]]) -> None:
    schools = few(county, 0, 1)
    official.write(tmp_path / "小学.xlsx", "小学", schools, YEAR)
    ids = [s["学校标识码"] for s in schools]
    given = [
        {"学校标识码": ids[0], "图书册数": 1, "音乐专用教室数": 3},
        {"学校标识码": "2199999999", "音乐专用教室数": 1},
    ]
    supplement(tmp_path / "补充.xlsx", given)
    assert {(f.kind, f.place.file, f.place.row) for f in refused(tmp_path)} == {
        ("supplement-contradicts", "补充.xlsx", 2), ("supplement-no-school", "补充.xlsx", 3),
    }  # fmt: skip
    supplement(tmp_path / "补充.xlsx", [given[0] | {"图书册数": None}])
    assert read_dataset(tmp_path, CELLS_ONLY).schools.set_index("school_id").loc[ids[0], "music_rooms"] == 3
    (tmp_path / "小学.xlsx").unlink()
    assert "supplement-alone" in [f.kind for f in faults_of(tmp_path)]


def test_a_table_of_the_offices_own_is_no_official_sheet_whatever_it_is_called(tmp_path: Path) -> None:
    path = workbook(tmp_path / "小学分校一览表.xlsx", {"Sheet1": rows([school(1)])})
    assert read_dataset(path, CELLS_ONLY).schools["pupils_primary"].tolist() == [401]


def test_the_marked_copy_of_an_xls_is_not_read_beside_it(
    tmp_path: Path, county: list[dict[str, Any]]
) -> None:
    path = official.write(tmp_path / "小学分校一览表.xls", "小学", few(county, 0), YEAR)
    annotated_copy(path, [], tmp_path / "小学分校一览表-核查.xlsx")
    assert len(read_dataset(tmp_path, CELLS_ONLY).schools) == 1


def test_forms_are_distinct_and_name_only_their_own_stage() -> None:
    names = [name for form in forms() for name in form.known_by]
    assert len(names) == len(set(names))
    for form in forms():
        others = {"primary", "junior", "senior"} - {form.stage}
        if form.stage:
            assert not [name for name in form.columns if name.split("_")[-1] in others], form.id


# --- 是否计校数 = 0 ---


@pytest.fixture
def with_branches(tmp_path: Path, county: list[dict[str, Any]]) -> tuple[Path, list[dict[str, Any]]]:
    """A county of four schools, two of them not counted as such: a village point and a part of the nine-year school."""
    nine_year = next(s for s in county if official.has(s, "小学") and official.has(s, "初中"))
    town, other = few(county, 0, 1)
    points = [s for s in county if "教学点" in s["办学类型"]]
    point = min(points, key=lambda s: int(s["在校生数(小学)"]))  # below the 50 pupils of the scope
    schools = [
        dict(nine_year),
        town,
        dict(point) | {"是否计校数": 0},
        other | {"是否计校数": 0, "图书册数": None},
    ]
    for stage in ("小学", "初中"):
        official.write(tmp_path / f"{stage}.xlsx", stage, schools, YEAR)
    return tmp_path, schools


def test_rows_that_are_not_counted_are_asked_about_and_stand_alone(
    with_branches: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, schools = with_branches
    data = read_dataset(folder, CELLS_ONLY)
    asked = [f for f in data.faults if f.level is Level.EXPLAIN]
    assert [(f.kind, f.school_id) for f in asked] == [("not-counted", s["学校标识码"]) for s in schools[2:]]
    assert len(data.schools) == 4
    assert data.apart is None
    assert data.branches["parent_id"].isna().all()


def test_a_branch_is_joined_to_the_school_that_the_user_names(
    with_branches: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, (nine_year, town, point, other) = with_branches
    ids = "学校标识码", "并入学校标识码"
    named = [
        {ids[0]: point[ids[0]], ids[1]: town[ids[0]]},
        {ids[0]: other[ids[0]], ids[1]: nine_year[ids[0]]},
    ]
    supplement(folder / "补充.xlsx", named, sheet="不计校数")
    data = read_dataset(folder, CELLS_ONLY)
    schools = data.schools.set_index("school_id")
    assert set(schools.index) == {nine_year["学校标识码"], town["学校标识码"]}
    whole = schools.loc[town["学校标识码"]]
    for name, heading in (
        ("pupils_primary", "在校生数(小学)"),
        ("teachers_primary", "专任教师数(小学)"),
        ("books", "图书册数"),
    ):
        assert whole[name] == float(town[heading]) + float(point[heading])
    assert whole["area3"] == "town"  # the parent's, though the point stands in a village
    combined = schools.loc[nine_year["学校标识码"]]
    assert combined["pupils_junior"] == float(nine_year["在校生数(初中)"])
    assert combined["pupils_primary"] == float(nine_year["在校生数(小学)"]) + float(other["在校生数(小学)"])
    assert pd.isna(combined["books"])  # the branch's are not known, so the whole school's are not
    assert data.apart is not None
    assert len(data.apart) == 4
    assert data.branches.set_index("school_id")["parent_id"].to_dict() == {
        point["学校标识码"]: town["学校标识码"], other["学校标识码"]: nine_year["学校标识码"],
    }  # fmt: skip


def test_what_joining_changes_is_counted(with_branches: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, (_, town, point, _) = with_branches
    rules = load_standard("cn-quality-2017")
    supplement(
        folder / "补充.xlsx",
        [{"学校标识码": point["学校标识码"], "并入学校标识码": town["学校标识码"]}],
        sheet="不计校数",
    )
    data = read_dataset(folder, CELLS_ONLY)
    assert data.apart is not None
    effects = joining_effects(data.apart, assess(data.schools, rules), rules)
    counts: Any = effects[effects["measure"] != "cv"].set_index(["stage", "measure"])
    assert counts.loc[("primary", "units"), ["before", "after"]].tolist() == [3, 3]
    assert counts.loc[("primary", "small"), ["before", "after"]].tolist() == [1, 0]
    cvs = effects[(effects["measure"] == "cv") & (effects["stage"] == "primary")]
    assert (cvs["before"] != cvs["after"]).any()
    told = joining_words(effects, YEAR)
    assert (
        f"{int((effects['before'] != effects['after'])[effects['measure'] == 'cv'].sum())}项数值不同"
        in told.zh
    )


def test_figures_are_corrected_as_filed_before_they_are_joined(
    with_branches: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, (_, town, point, _) = with_branches
    supplement(
        folder / "补充.xlsx",
        [{"学校标识码": point["学校标识码"], "并入学校标识码": town["学校标识码"]}],
        sheet="不计校数",
    )
    lines = [
        f"{s['学校标识码']},{YEAR},图书册数,{s['图书册数']},{new},重新盘点,张三,2025-10-20"
        for s, new in ((town, 7), (point, 5))
    ]
    (folder / "更正.csv").write_text(
        "\n".join(["学校标识码,年份,项目,原值,新值,理由,更正人,日期", *lines]), encoding="utf-8"
    )
    data = read_dataset(folder, CELLS_ONLY)
    assert data.schools.set_index("school_id").loc[town["学校标识码"], "books"] == 12
    assert [title.zh[:8] for title in data.forms] == ["分析教基1002", "分析教基1003"]
    assert data.apart is not None
    assert data.apart.set_index("school_id").loc[town["学校标识码"], "books"] == 7
    assert len(data.corrections) == 2


def test_a_wrong_parent_is_refused(with_branches: tuple[Path, list[dict[str, Any]]]) -> None:
    folder, (nine_year, town, point, other) = with_branches
    pairs = [(town, nine_year), (point, other), (other, town), (other, nine_year)]
    lines = [{"学校标识码": a["学校标识码"], "并入学校标识码": b["学校标识码"]} for a, b in pairs]
    supplement(folder / "补充.xlsx", lines, sheet="不计校数")
    faults = refused(folder)
    assert [(f.kind, f.place.row, f.place.column) for f in faults] == [
        ("wrong-branch", 2, "学校标识码"), ("wrong-branch", 3, "并入学校标识码"), ("wrong-branch", 5, "并入学校标识码"),
    ]  # fmt: skip


# --- the command ---


def test_the_check_shows_where_figures_were_found_and_asks_for_the_rest(
    with_branches: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, (nine_year, town, point, _) = with_branches
    first = junheng("check", folder, cwd=folder.parent)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "在校生数(小学) ← 在校生数 › 合计(" in first.stdout
    assert f"{float(nine_year['教学仪器设备值(万元)']):g} 万元" in first.stdout  # as the form has it
    assert "音乐专用教室数：装备" in first.stdout
    assert (folder / READINGS).is_file()
    before = figures(read_dataset(folder, CELLS_ONLY))
    book: Any = openpyxl.load_workbook(folder / "补充数据.xlsx")
    listed = book["不计校数"]
    line = next(row for row in listed.iter_rows(min_row=4) if row[0].value == point["学校标识码"])
    line[4].value = town["学校标识码"]
    book.save(folder / "补充数据.xlsx")
    second = junheng("check", folder, cwd=folder.parent)
    assert second.returncode == 0, second.stdout + second.stderr
    after = figures(read_dataset(folder, CELLS_ONLY))
    assert (len(before), len(after)) == (4, 3)
    (folder / READINGS).unlink()
    pd.testing.assert_frame_equal(figures(read_dataset(folder, CELLS_ONLY)), after)  # written as it was read

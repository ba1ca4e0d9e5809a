"""What a run resolves to: precedence, where a county is found, what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import configuration, params, shipped
from analysis.configuration import CountyParams, load_options
from analysis.errors import JunhengError
from analysis.forms import layout
from analysis.locating import _SETTINGS, files_in
from analysis.params import resolve

COUNTY = "county_code: '{code}'\nname: {{zh: 示例县, en: Sample}}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A params/ of its own: the shipped sources and rules, and counties and regions that a test adds."""
    own = tmp_path / "params"
    for folder in ("counties", "regions"):
        (own / folder).mkdir(parents=True)
    there = shipped.params

    def here(*parts: str) -> Path:
        return own.joinpath(*parts) if parts[0] in ("counties", "regions") else there(*parts)

    monkeypatch.setattr(shipped, "params", here)
    monkeypatch.chdir(tmp_path)
    return own


def schools(path: Path, rows: list[tuple[str, int]], settings: dict[str, str] | None = None) -> Path:
    """Write a workbook of schools (county code, year), with the sheet 参数 when there are settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pd.DataFrame(
        [
            {
                "学校标识码": f"21{code}{n:02d}",
                "学校名称": f"第{n}小学",
                "年份": year,
                "县级代码": code,
                "县名": "甲县",
                "城乡分类": "121",
                "办学类型": "211",
                "在校生数(小学)": 100,
                "班数(小学)": 3,
            }
            for n, (code, year) in enumerate(rows)
        ]
    )
    with pd.ExcelWriter(path) as book:
        table.to_excel(book, sheet_name="学校数据", index=False)
        if settings is not None:
            pairs = pd.DataFrame({"项目": list(settings), "内容": list(settings.values()), "说明": ""})
            pairs.to_excel(book, sheet_name="参数", index=False)
    return path


def kinds(error: pytest.ExceptionInfo[JunhengError]) -> list[str]:
    return [fault.kind for fault in error.value.faults]


def test_a_workbook_alone_is_enough(home: Path) -> None:
    book = schools(home.parent / "我县.xlsx", [("110017", 2024), ("110017", 2025)])
    request = resolve(data=str(book))
    assert (request.county_code, request.county_name.zh, request.year) == ("110017", "甲县", 2025)
    assert request.out == home.parent / "outputs" / "110017" / "2025" / "zh"
    assert request.paths == (book,)
    assert request.origin["year"].en == "found in the data"
    assert not request.invented


def test_each_layer_gives_way_to_the_one_above(home: Path) -> None:
    book = schools(
        home.parent / "a.xlsx",
        [("110017", 2023), ("110017", 2024), ("110017", 2025)],
        {"县级代码": "110017", "县名": "示例县", "年份": "2024", "评估标准": "cn-basic-2012"},
    )
    (home / "counties" / "110017.yaml").write_text(
        COUNTY.format(code="110017") + "invented: true\nstandard: cn-quality-2017\narea: area3\n",
        encoding="utf-8",
    )
    only = resolve(data=str(book))
    assert (only.year, only.standard, only.area, only.county_name.en) == (
        2024,
        "cn-basic-2012",
        "area3",
        "Sample",
    )
    assert only.invented
    run_file = home.parent / "run.yaml"
    run_file.write_text("year: 2023\narea: area2\n", encoding="utf-8")
    with_file = resolve(data=str(book), params=str(run_file))
    assert (with_file.year, with_file.area) == (2023, "area2")
    told = resolve(data=str(book), params=str(run_file), year="2025", standard="cn-quality-2017")
    assert (told.year, told.standard, told.area) == (2025, "cn-quality-2017", "area2")
    assert {name: words.en for name, words in told.origin.items()} == {
        "year": "argument",
        "standard": "argument",
        "area": "params file",
        "county_code": "sheet 参数 of the workbook",
        "name": "sheet 参数 of the workbook",
        "invented": "configured in params/",
        "lang": "default",
        "source": "default",
    }


def test_what_a_notebook_is_told_resolves_to_the_same_request(home: Path) -> None:
    book = schools(home.parent / "a.xlsx", [("110017", 2025)], {"评估标准": "cn-basic-2012"})
    request = resolve(data=book.name, lang="en")
    told = request.as_parameters()
    assert told.keys() == set(params.PARAMETERS)
    again = resolve(**told)
    assert (again.paths, again.out, again.standard, again.lang) == (
        (book,),
        request.out,
        request.standard,
        request.lang,
    )


def test_a_county_is_found_in_the_region_whose_tables_hold_it(home: Path) -> None:
    for name in ("east", "west"):
        (home / "regions" / f"{name}.yaml").write_text(
            f"region: {name}\ntitle: {{zh: 区, en: {name}}}\nfiles: {{schools: '{name}*.xlsx'}}\n"
            f"standard: {'cn-basic-2012' if name == 'west' else 'cn-quality-2017'}\n",
            encoding="utf-8",
        )
    schools(home.parent / "d" / "east1.xlsx", [("110017", 2025)])
    west = schools(home.parent / "d" / "west1.xlsx", [("110018", 2025), ("110019", 2025)])
    request = resolve(county="110019", data=str(west.parent))
    assert request.paths == (west,)
    assert request.standard == "cn-basic-2012"
    with pytest.raises(JunhengError) as refused:
        resolve(county="110020", data=str(west.parent))
    assert kinds(refused) == ["county-not-in-data"]


def test_a_configured_county_reads_the_files_it_names(home: Path) -> None:
    book = schools(home.parent / "d" / "学校.xlsx", [("110017", 2025)])
    schools(home.parent / "d" / "other.xlsx", [("110018", 2025)])
    (home / "counties" / "110017.yaml").write_text(
        COUNTY.format(code="110017") + "data: ../../d\nfiles: {schools: 学校.xlsx, townships: t.geojson}\n",
        encoding="utf-8",
    )
    with pytest.raises(JunhengError, match=r"t\.geojson"):
        resolve(county="110017")
    (book.parent / "t.geojson").write_text("{}", encoding="utf-8")
    assert resolve(county="110017").paths == (
        home.parent / "d" / "学校.xlsx",
        home.parent / "d" / "t.geojson",
    )


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"county": 110017}, "wrong-county"),  # papermill -p county 110017
        ({"county": "../../etc"}, "wrong-county"),
        ({"county": "110017\n"}, "wrong-county"),
        ({"county": "11001七"}, "wrong-county"),
        ({"year": "25"}, "wrong-year"),
        ({"year": 2025.0}, "wrong-year"),
        ({"year": "1999"}, "year-not-in-data"),
        ({"lang": "fr"}, "wrong-lang"),
        ({"area": "area4"}, "wrong-area"),
        ({"county": "110018"}, "county-not-in-data"),
        ({"data": "nowhere"}, "no-such-file"),
        ({"params": "nowhere.yaml"}, "no-such-file"),
    ],
)
def test_what_cannot_be_meant_is_refused(home: Path, given: dict[str, str], kind: str) -> None:
    book = schools(home.parent / "a.xlsx", [("110017", 2025)])
    with pytest.raises(JunhengError) as refused:
        resolve(**{"data": str(book), **given})
    assert kinds(refused) == [kind]


def test_a_code_that_arrives_as_a_number_is_told_the_cure(home: Path) -> None:
    with pytest.raises(JunhengError) as refused:
        resolve(county=110017)  # type: ignore[arg-type]
    (fault,) = refused.value.faults
    assert "-r county 110017" in fault.zh
    assert '"110017"' in fault.en


def test_year_may_be_a_number_or_digits(home: Path) -> None:
    book = schools(home.parent / "a.xlsx", [("110017", 2025)])
    assert resolve(data=str(book), year=2025).year == resolve(data=str(book), year="2025").year == 2025


def test_several_counties_ask_which(home: Path) -> None:
    book = schools(home.parent / "a.xlsx", [("110017", 2025), ("110018", 2025)])
    with pytest.raises(JunhengError, match="110017、110018") as refused:
        resolve(data=str(book))
    assert kinds(refused) == ["which-county"]


def test_nothing_given_names_what_there_is(home: Path) -> None:
    (home / "counties" / "110017.yaml").write_text(COUNTY.format(code="110017"), encoding="utf-8")
    with pytest.raises(JunhengError, match="110017"):
        resolve(county="110018")
    with pytest.raises(JunhengError, match="110017") as refused:
        resolve()
    assert kinds(refused) == ["no-county-named"]


def test_faulty_data_give_all_their_faults_not_only_the_first_in_the_way(home: Path) -> None:
    book = schools(home.parent / "a.xlsx", [("110017", 2025), ("110018", 2025)])
    table = pd.read_excel(book, dtype=str, engine="calamine").assign(**{"在校生数(小学)": ["-3", "many"]})
    table.to_excel(book, sheet_name="学校数据", index=False)
    with pytest.raises(JunhengError) as refused:
        resolve(data=str(book))
    assert {fault.place.value for fault in refused.value.faults} >= {"-3", "many"}


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("county_code: '110017'\nname: {zh: 甲, en: A}\nstandart: x\n", 3, "standart"),
        ("county_code: 110017\nname: {zh: 甲, en: A}\n", 1, "county_code"),
        ("county_code: '11/17'\nname: {zh: 甲, en: A}\n", 1, "county_code"),
        ("county_code: '110017'\nname: {zh: 甲, en: A}\nfiles:\n  schools: ../x.xlsx\n", 4, "files.schools"),
    ],
)
def test_county_file_is_read_strictly_with_the_line(tmp_path: Path, text: str, line: int, key: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JunhengError) as refused:
        load_options(path, CountyParams)
    (fault,) = refused.value.faults
    assert (fault.place.row, fault.place.column) == (line, key)


def test_shipped_county_and_region_files_are_sound() -> None:
    for code in configuration.configured_counties():
        assert configuration.county_options(code)["county_code"] == code
    for name, region in configuration.region_options().items():
        assert region["region"] == name


def test_every_setting_of_the_template_is_known() -> None:
    items = {setting.item for setting in layout.layout().settings}
    assert items - {"坐标系"} == set(_SETTINGS)  # the coordinate system is read with the schools


def test_a_folder_gives_its_tables_but_not_what_excel_or_our_check_left(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.csv", "~$b.xlsx", ".c.xlsx", "b-核查.xlsx", "d-核查.xlsx", "t.geojson"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = files_in(tmp_path, "cn-county-template")
    assert [p.name for p in found["schools"]] == ["a.csv", "b.xlsx", "d-核查.xlsx"]
    assert [p.name for p in found["layers"]] == ["t.geojson"]


@given(st.text(max_size=12))
def test_a_county_code_never_leads_out_of_its_folder(code: str) -> None:
    try:
        configuration.county_code(code)
    except ValueError:
        return
    assert Path("outputs", code).parent == Path("outputs")
    assert code.isascii()
    assert code.isdigit()

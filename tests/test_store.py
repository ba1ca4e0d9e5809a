"""A store of many counties: each read back as from its own files; whole or not at all; every fault of every file told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from geopandas.testing import assert_geodataframe_equal

from analysis import shipped
from analysis.batch.unchanged import made_from
from analysis.cli.many import _of_store
from analysis.errors import JunhengError, Level
from analysis.params import resolve
from analysis.region import county_requests, resolve_region
from analysis.sources.dataset import Dataset
from analysis.sources.ingesting import ingest
from analysis.sources.links import read_links
from analysis.sources.mapping import load_source
from analysis.sources.reading import inputs_of, read_dataset, read_schools
from analysis.sources.store import NAME, Store, is_store, writing
from analysis.study import open_request

from .county_files import TEMPLATE, rows, school, workbook
from .shared import shared
from .test_cli import Junheng, junheng  # noqa: F401 - a fixture
from .test_links import HEAD

SOURCE = "cn-county-template"
CODES = ("510901", "510902", "520901")
FRAMES = ("births", "answers", "branches", "corrections", "published")
LAYERS = ("townships", "boundary", "settlements")
OTHERS = ("settings", "headers", "inputs", "systems", "forms")


def county_book(folder: Path, code: str, **changes: Any) -> Path:
    """Write the workbook of a county of two schools; `changes` are made in the first one's row."""
    number = CODES.index(code) * 10
    two = [school(number + i, **{"县级代码": code, "县名": f"县{code}"}) for i in (1, 2)]
    two[0] |= changes
    return workbook(
        folder / f"{code}.xlsx", {"学校数据": rows(two), "参数": [["项目", "内容"], ["县级代码", code]]}
    )


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Return a folder of workbooks, one a county."""
    folder = tmp_path / "各县"
    folder.mkdir()
    for code in CODES:
        county_book(folder, code)
    return folder


def take(sources: Sequence[Path] | Path, store: Path, **options: Any) -> Store:
    ingest([sources] if isinstance(sources, Path) else sources, store, SOURCE, **options)
    return Store(store / NAME)


def assert_same(stored: Dataset, read: Dataset) -> None:
    """Compare everything that a data set holds."""
    assert {field.name for field in fields(Dataset)} == {
        "schools",
        *FRAMES,
        *LAYERS,
        *OTHERS,
        "faults",
        "apart",
    }
    for name in ("schools", *FRAMES):
        pd.testing.assert_frame_equal(getattr(stored, name), getattr(read, name))
    for name in LAYERS:
        layer = getattr(read, name)
        assert (getattr(stored, name) is None) == (layer is None)
        if layer is not None:
            assert_geodataframe_equal(getattr(stored, name), layer)
    assert sorted(stored.faults, key=str) == sorted(read.faults, key=str)
    for name in OTHERS:
        assert getattr(stored, name) == getattr(read, name)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_sample_county_comes_back_as_it_was_read(tmp_path: Path) -> None:
    folder = shipped.root() / "data" / "sample"
    files = [path for path in sorted(folder.iterdir()) if path.suffix in (".xlsx", ".geojson")]
    kept = tmp_path / "county"
    kept.mkdir()
    for path in files:
        (kept / path.name).write_bytes(path.read_bytes())
    store = take(kept, tmp_path / "仓库", standard="cn-quality-2017")
    alone = read_dataset(kept, load_source(SOURCE), county="990101", standard="cn-quality-2017")
    assert_same(store.dataset("990101"), alone)
    assert_same(read_dataset(tmp_path / "仓库", TEMPLATE, county="990101"), alone)


def test_of_many_counties_each_comes_back_as_from_its_own_workbook(books: Path, tmp_path: Path) -> None:
    store = take(books, tmp_path / "store")
    assert [(code, county.name, county.years) for code, county in store.counties.items()] == [
        (code, f"县{code}", (2025,)) for code in CODES
    ]
    for code in CODES:
        assert_same(store.dataset(code), read_dataset(books / f"{code}.xlsx", TEMPLATE))
    assert list(store.dataset().schools["county_code"]) == [code for code in CODES for _ in range(2)]
    assert (
        inputs_of([tmp_path / "store"], TEMPLATE, CODES[0])
        == read_dataset(books / f"{CODES[0]}.xlsx", TEMPLATE).inputs
    )


def test_faults_of_every_file_are_told_at_once_and_nothing_is_written(books: Path, tmp_path: Path) -> None:
    county_book(books, CODES[0], **{"在校生数(小学)": "四百", "占地面积": -1})
    county_book(books, CODES[2], **{"办学类型": "夜校"})
    with pytest.raises(JunhengError) as caught:
        take(books, tmp_path / "store")
    refused = {(f.place.file, f.place.column) for f in caught.value.faults if f.level is Level.REFUSE}
    assert refused == {
        (f"{CODES[0]}.xlsx", "在校生数(小学)"),
        (f"{CODES[0]}.xlsx", "占地面积"),
        (f"{CODES[2]}.xlsx", "办学类型"),
    }
    assert not (tmp_path / "store").exists()


def test_faulty_files_may_be_left_out_by_name(books: Path, tmp_path: Path) -> None:
    county_book(books, CODES[0], **{"在校生数(小学)": "四百"})
    done = ingest([books], tmp_path / "store", SOURCE, skip_faulty=True)
    assert [path.name for path in done.left_out] == [f"{CODES[0]}.xlsx"]
    assert list(Store(tmp_path / "store" / NAME).counties) == list(CODES[1:])


def test_a_school_that_two_files_give_is_refused_with_both_places(books: Path, tmp_path: Path) -> None:
    (books / "又一份.xlsx").write_bytes((books / f"{CODES[1]}.xlsx").read_bytes())
    with pytest.raises(JunhengError) as caught:
        take(books, tmp_path / "store")
    (copy,) = [f for f in caught.value.faults if f.kind == "duplicate-sheet"]
    assert copy.place.file == "又一份.xlsx"
    assert f"{CODES[1]}.xlsx" in copy.zh
    one = rows([school(11, **{"县级代码": CODES[1]}), school(19, **{"县级代码": CODES[1]})])
    workbook(books / "又一份.xlsx", {"学校数据": one, "参数": [["项目", "内容"], ["县级代码", CODES[1]]]})
    with pytest.raises(JunhengError) as caught:
        take(books, tmp_path / "store")
    (twice,) = [f for f in caught.value.faults if f.kind == "duplicate-school-year"]
    assert (twice.place.file, f"{CODES[1]}.xlsx" in twice.zh) == ("又一份.xlsx", True)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("breaks", ["write_rows", "replaced_whole"])
def test_a_crash_in_mid_write_leaves_the_old_store_whole(
    books: Path, tmp_path: Path, breaks: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(books, tmp_path / "store")
    before = contents(tmp_path / "store")
    county_book(books, CODES[0], **{"占地面积": 9999})

    def broken(*arguments: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(writing, breaks, broken)
        with pytest.raises((JunhengError, KeyboardInterrupt)):
            take(books, tmp_path / "store")
    assert contents(tmp_path / "store") == before
    (tmp_path / "store" / "tables-killed").mkdir()  # what kill -9 would have left
    store = take(books, tmp_path / "store")
    assert 9999 in store.schools(CODES[0])["site_area_m2"].tolist()
    assert len([path for path in (tmp_path / "store").iterdir() if path.is_dir()]) == 1


def test_what_a_county_was_before_comes_back(tmp_path: Path) -> None:
    (tmp_path / "县").mkdir()
    change = ["县", "撤县设区", "2023", "510998", "甲县", CODES[0], "甲区", None]
    sheets: dict[str, Any] = {
        "学校数据": rows(
            [school(1, **{"县级代码": CODES[0]}), school(1, **{"县级代码": "510998", "年份": 2022})]
        ),
        "沿革": [HEAD, change],
    }
    path = workbook(tmp_path / "县" / "县.xlsx", sheets)
    store = take(tmp_path / "县", tmp_path / "store")
    schools = store.schools(CODES[0])
    assert sorted(schools["year"]) == [2022, 2025]
    links, told = read_links([tmp_path / "store" / NAME], schools)
    pd.testing.assert_frame_equal(links, read_links(path, schools)[0])
    assert told == ()


def test_a_folder_of_something_else_is_not_written_to(books: Path, tmp_path: Path) -> None:
    with pytest.raises(JunhengError) as caught:
        take(books, books)
    assert caught.value.faults[0].kind == "not-a-store"
    assert not is_store(books)


def test_a_county_is_found_without_reading_the_others(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_ROWS", 1)
    store = take(books, tmp_path / "store")
    read: list[int] = []
    real = pq.ParquetFile.read_row_groups

    def watched(self: Any, groups: Sequence[int], **options: Any) -> Any:
        read.append(len(groups))
        return real(self, groups, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", watched)
    assert store.schools(CODES[1])["county_code"].tolist() == [CODES[1]] * 2
    assert read == [1]  # of the two of its province


def test_columns_of_all_schools_are_those_of_the_files(books: Path, tmp_path: Path) -> None:
    take(books, tmp_path / "store")
    names = ["county_code", "year", "school_id", "site_area_m2", "area3"]
    found = read_schools(tmp_path / "store", TEMPLATE, names)
    texts = dict.fromkeys(found.select_dtypes("category"), "str")
    both = pd.concat(
        [read_dataset(books / f"{code}.xlsx", TEMPLATE).schools for code in CODES], ignore_index=True
    )
    pd.testing.assert_frame_equal(found.astype(texts), both[names])


def test_a_store_is_data_for_a_run(books: Path, tmp_path: Path) -> None:
    take(books, tmp_path / "store")
    given = {"data": str(tmp_path / "store")}
    assert _of_store(given) == list(CODES)
    assert _of_store({**given, "year": "2024"}) == []
    request = resolve(county=CODES[1], **given)
    assert (request.county_name.zh, request.year, request.source) == (f"县{CODES[1]}", 2025, SOURCE)
    study = open_request(request)
    alone = open_request(resolve(data=str(books / f"{CODES[1]}.xlsx")))
    pd.testing.assert_frame_equal(study.assessment.county_verdicts, alone.assessment.county_verdicts)
    noted = made_from(request, {}, study.data.inputs)["inputs"]
    assert [Path(item["path"]).name for item in noted] == [f"{CODES[1]}.xlsx"]
    with pytest.raises(JunhengError):
        resolve(county="510903", **given)


def test_a_region_reads_its_store(tmp_path: Path) -> None:
    folder = shared("data", "br-alagoas")
    small = tmp_path / "files"
    small.mkdir()
    census = folder / "microdados_ed_basica_2023_alagoas.csv"
    (small / census.name).write_bytes(census.read_bytes())
    (small / "municipalities.geojson").write_bytes((folder / "municipalities.geojson").read_bytes())
    ingest([small], tmp_path / "store", "br-school-census")
    request = resolve_region(region="br-alagoas", data=str(tmp_path / "store"), outputs=str(tmp_path))
    plain = resolve_region(region="br-alagoas", data=str(small), outputs=str(tmp_path))
    assert (request.year, request.names) == (plain.year, plain.names)
    codes = [one.county_code for one in county_requests(request)]
    assert codes == [one.county_code for one in county_requests(plain)]
    source = load_source("br-school-census")
    assert_same(
        read_dataset(request.paths, source, county=codes[5]), read_dataset(small, source, county=codes[5])
    )


def test_the_commands_take_in_measure_and_refuse(junheng: Junheng, books: Path, tmp_path: Path) -> None:  # noqa: F811
    told = junheng("ingest", books, "--store", tmp_path / "store")
    assert told.code == 0
    assert "3 counties, 6 rows" in told
    assert "junheng measure --data" in told
    assert junheng("measure", "--data", tmp_path / "store", "--out", tmp_path / "全省.xlsx").code == 0
    sheets = openpyxl.load_workbook(tmp_path / "全省.xlsx").worksheets
    assert [sheet.title for sheet in sheets] == ["各项指标", "县级判定", "数据字典"]
    assert [sheet.max_row for sheet in sheets[:2]] == [3 * 7 + 1, 3 + 1]
    assert sheets[1]["D2"].value in ("达标", "未达标", "待定")
    for suffix in ("csv", "parquet"):
        assert (
            junheng("measure", "--data", books / f"{CODES[0]}.xlsx", "--out", tmp_path / f"one.{suffix}").code
            == 0
        )
        assert {p.name for p in tmp_path.glob(f"one*.{suffix}")} == {
            f"one{name}.{suffix}" for name in ("", "-verdicts", "-dictionary")
        }
    spread = pd.read_csv(tmp_path / "one.csv", dtype={"county_code": "str"})
    pd.testing.assert_frame_equal(
        spread.dropna(axis=1, how="all"),
        pd.read_parquet(tmp_path / "one.parquet").dropna(axis=1, how="all"),
        check_dtype=False,
    )
    assert junheng("measure", "--data", tmp_path / "store", "--out", "tables.pdf").code == 2
    county_book(books, CODES[0], **{"在校生数(小学)": "四百"})
    told = junheng("ingest", books, "--store", tmp_path / "store")
    assert told.code == 2
    assert f"{CODES[0]}.xlsx" in told
    told = junheng("ingest", books, "--store", tmp_path / "store", "--skip-faulty")
    assert told.code == 2
    assert "2 counties" in told
    assert "left out" in told


def write_books(folder: Path, name: str, schools: Sequence[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    settings = [["项目", "内容"], ["县级代码", schools[0]["县级代码"]]]
    return workbook(folder / name, {"学校数据": rows(list(schools)), "参数": settings})


def of(code: str, *numbers: int, **changes: Any) -> list[dict[str, Any]]:
    return [school(n, **{"县级代码": code, "县名": f"县{code}", **changes}) for n in numbers]


def test_late_files_replace_their_county_years_and_nothing_else(books: Path, tmp_path: Path) -> None:
    store = take(books, tmp_path / "store")
    others = {code: store.dataset(code) for code in (CODES[1], CODES[2])}
    untouched = store.file("schools", "52").stat().st_ino
    late = write_books(
        tmp_path / "补交",
        "补.xlsx",
        [*of(CODES[0], 1, 2, **{"占地面积": 7777}), *of(CODES[0], 1, **{"年份": 2026})],
    )
    done = ingest([late], tmp_path / "store", "", late=True)
    assert [(c.county, c.year, c.before, c.now, c.gone) for c in done.changes] == [
        (CODES[0], 2025, 2, 2, ()),
        (CODES[0], 2026, 0, 1, ()),
    ]
    now = Store(tmp_path / "store" / NAME)
    assert now.counties[CODES[0]].years == (2025, 2026)
    assert_same(now.dataset(CODES[0]), read_dataset(late, TEMPLATE))
    for code, before in others.items():
        assert_same(now.dataset(code), before)
    assert now.file("schools", "52").stat().st_ino == untouched
    assert len([path for path in (tmp_path / "store").iterdir() if path.is_dir()]) == 1


def test_a_year_that_late_files_do_not_give_stays_with_its_file(books: Path, tmp_path: Path) -> None:
    take(books, tmp_path / "store")
    late = write_books(tmp_path / "补交", "补.xlsx", of(CODES[0], 1, **{"年份": 2026}))
    store = take(late, tmp_path / "store", late=True)
    schools = store.schools(CODES[0])
    assert sorted(zip(schools["year"], schools["source_file"], strict=True)) == [
        *[(2025, f"{CODES[0]}.xlsx")] * 2,
        (2026, "补.xlsx"),
    ]
    assert [Path(item.path).name for item in store.inputs(CODES[0])] == [f"{CODES[0]}.xlsx", "补.xlsx"]


def test_no_school_leaves_the_store_unsaid(books: Path, tmp_path: Path) -> None:
    store = take(books, tmp_path / "store")
    before = contents(tmp_path / "store")
    late = write_books(tmp_path / "补交", "补.xlsx", of(CODES[0], 1))
    with pytest.raises(JunhengError) as caught:
        take(late, tmp_path / "store", late=True)
    (gone,) = [fault for fault in caught.value.faults if fault.level is Level.REFUSE]
    second = store.schools(CODES[0]).iloc[1]
    assert (gone.kind, gone.place.column) == ("school-gone", f"{second.school_id} {second.school_name}")
    assert contents(tmp_path / "store") == before
    done = ingest([late], tmp_path / "store", SOURCE, late=True, drop_schools=True)
    assert done.changes[0].gone == (gone.place.column,)
    assert len(Store(tmp_path / "store" / NAME).schools(CODES[0])) == 1


def test_late_files_are_refused_as_ever_and_the_store_stays(books: Path, tmp_path: Path) -> None:
    late = write_books(tmp_path / "补交", "补.xlsx", of(CODES[0], 1, 2))
    with pytest.raises(JunhengError) as caught:
        take(late, tmp_path / "store", late=True)
    assert [fault.kind for fault in caught.value.faults] == ["no-store"]
    take(books, tmp_path / "store")
    before = contents(tmp_path / "store")
    elsewhere = write_books(tmp_path / "补交", "他县.xlsx", of("510907", 1))  # a school that 510901 has
    wrong = write_books(tmp_path / "补交", "错.xlsx", of(CODES[0], 1, 2, **{"占地面积": -1}))
    for file, kind in ((elsewhere, "duplicate-school-year"), (wrong, None)):
        with pytest.raises(JunhengError) as caught:
            take(file, tmp_path / "store", late=True)
        kinds = {fault.kind for fault in caught.value.faults if fault.level is Level.REFUSE}
        assert kinds == {kind} if kind else kinds
    with pytest.raises(JunhengError, match="同一读法"):
        ingest([late], tmp_path / "store", "br-school-census", late=True)
    assert contents(tmp_path / "store") == before


def test_what_late_files_do_not_give_of_a_county_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    folder.mkdir()
    for path in (shipped.root() / "data" / "sample").iterdir():
        if path.suffix in (".xlsx", ".geojson"):
            (folder / path.name).write_bytes(path.read_bytes())
    store = take(folder, tmp_path / "store", standard="cn-quality-2017")
    before = store.dataset("990101")
    ingest([folder], tmp_path / "store", "", late=True, standard="cn-quality-2017")
    assert_same(Store(store.path).dataset("990101"), before)  # the same files again change nothing
    last = before.schools[before.schools["year"] == before.schools["year"].max()]
    late = tmp_path / "late.parquet"
    last.assign(site_area_m2=last["site_area_m2"] + 1).drop(
        columns=["source_file", "source_sheet", "source_row"]
    ).to_parquet(late)
    told = Store(store.path).settings()
    store = take(late, tmp_path / "store", late=True)
    assert store.settings() == told
    now = store.dataset("990101")
    for name in ("births", "answers", "published"):
        pd.testing.assert_frame_equal(getattr(now, name), getattr(before, name))
    for name in LAYERS:
        assert_geodataframe_equal(getattr(now, name), getattr(before, name))
    assert now.settings == before.settings
    assert len(now.schools) == len(before.schools)
    changed = now.schools.merge(before.schools, on=["school_id", "year"], suffixes=("", "_before"))
    moved = changed["site_area_m2"] - changed["site_area_m2_before"]
    assert set(moved[changed["year"] == last["year"].iloc[0]].dropna()) == {1.0}
    assert set(moved[changed["year"] != last["year"].iloc[0]].dropna()) == {0.0}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_crash_while_late_files_are_taken_in_leaves_the_store(
    books: Path, tmp_path: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(books, tmp_path / "store")
    before = contents(tmp_path / "store")

    def broken(*arguments: object) -> None:
        raise error

    monkeypatch.setattr("analysis.sources.store.late.write_rows", broken)
    with pytest.raises((JunhengError, KeyboardInterrupt)):
        take(books / f"{CODES[0]}.xlsx", tmp_path / "store", late=True)
    assert contents(tmp_path / "store") == before


def test_of_two_that_take_in_late_files_at_once_the_second_is_told(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(books, tmp_path / "store")
    late = write_books(tmp_path / "补交", "补.xlsx", of(CODES[0], 1, **{"年份": 2026}))
    write = writing.write_rows

    def meanwhile(*arguments: Any) -> None:
        monkeypatch.setattr("analysis.sources.store.late.write_rows", write)
        take(books / f"{CODES[1]}.xlsx", tmp_path / "store", late=True)
        write(*arguments)

    monkeypatch.setattr("analysis.sources.store.late.write_rows", meanwhile)
    with pytest.raises(JunhengError) as caught:
        take(late, tmp_path / "store", late=True)
    assert [fault.kind for fault in caught.value.faults] == ["store-changed"]


def test_the_list_of_a_store_is_read_once_while_it_is_the_same(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([books], tmp_path / "store", SOURCE)
    read: list[str] = []
    real = Path.read_text

    def watched(self: Path, *arguments: Any, **options: Any) -> str:
        read.append(self.name)
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "read_text", watched)
    for code in CODES:
        open_request(resolve(county=code, data=str(tmp_path / "store")))
    assert read.count(NAME) == 1
    late = write_books(tmp_path / "补交", "补.xlsx", of(CODES[0], 1, **{"年份": 2026}))
    take(late, tmp_path / "store", late=True)
    assert resolve(county=CODES[0], data=str(tmp_path / "store")).year == 2026
    assert read.count(NAME) == 2

"""The worked-off ledger: what is met is closed, what is back is reopened, and no word that people typed is lost."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.assessment import assess
from analysis.cli import main
from analysis.county_items import judge_items
from analysis.errors import JunhengError
from analysis.ledger import Entry, Ledger, read_ledger, standings, work_off, write_ledger
from analysis.ledger.layout import COLUMNS, STATES
from analysis.ledger.reading import Row
from analysis.publish.record import Stamp
from analysis.schema import Words

from .counties import COUNTY, county, rules, school
from .hand_county import write as hand_county

QUALITY = rules()
POOR: dict[str, Any] = {"teachers_backbone_primary": 0}
BARE: dict[str, Any] = {"multimedia_rooms": 0}
KEY = f"{COUNTY}0001/primary/backbone_teachers_per_100"
NO_ANSWERS = pd.DataFrame(columns=["item", "value", "evidence", "office"])


def standing(*rows: dict[str, Any], lang: Any = "zh") -> pd.DataFrame:
    schools = county(*rows)
    found = assess(schools, QUALITY)
    _, checked = judge_items(schools, found.units, NO_ANSWERS, QUALITY)
    return standings(found.judged, checked, QUALITY, lang)


def stamp(year: int) -> Stamp:
    words = Words(zh="某县", en="county")
    return Stamp(words, COUNTY, year, words, words, QUALITY.id, "0", invented=False)


def saved(folder: Path, entries: list[Entry], year: int, name: str = "台账.xlsx", **more: Any) -> Path:
    path = folder / name
    options: dict[str, Any] = {"extra": (), "lang": "zh"} | more
    write_ledger(path, entries, options.pop("conflicts", []), stamp=stamp(year), **options)
    return path


def back(path: Path, year: int) -> Ledger:
    return read_ledger(path, county=COUNTY, year=year, standard=QUALITY.id)


def typed(path: Path, cells: Mapping[str, Any], *, row: int = 3) -> None:
    """Type into a row of the ledger, by header; an unknown header becomes a column of one's own."""
    book: Any = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[2]]
    for header, content in cells.items():
        if header not in headers:
            headers.append(header)
            sheet.cell(2, len(headers), header)
        sheet.cell(row, headers.index(header) + 1, content)
    book.save(path)


def states(entries: list[Entry]) -> dict[str, str]:
    return {entry.key.partition("/")[2]: entry.state for entry in entries}


# --- one item through the years ---


def one(*rows: dict[str, Any], last: list[Entry] | None, year: int) -> Entry:
    ledger = None if last is None else Ledger(COUNTY, year - 1, QUALITY.id, tuple(map(_row, last)), ())
    return next(e for e in work_off(standing(*rows), ledger, year)[0] if e.key == KEY)


def _row(entry: Entry) -> Row:
    years = {"opened": entry.opened, "closed": entry.closed, "was_closed": entry.was_closed}
    return Row(3, entry.key, entry.told, STATES[entry.state].zh, words=entry.words, **years)


def told(entry: Entry) -> tuple[Any, ...]:
    return entry.state, entry.opened, entry.closed, entry.was_closed


def test_an_item_is_listed_kept_closed_and_reopened() -> None:
    first = one(school(**POOR), last=None, year=2021)
    assert told(first) == ("new", 2021, None, None)
    kept = one(school(**POOR), last=[first], year=2022)
    assert told(kept) == ("open", 2021, None, None)
    closed = one(school(), last=[kept], year=2023)
    assert told(closed) == ("closed", 2021, 2023, None)
    assert told(one(school(), last=[closed], year=2024)) == ("closed", 2021, 2023, None)
    again = one(school(**POOR), last=[closed], year=2024)
    assert told(again) == ("reopened", 2024, None, 2023)
    assert told(one(school(**POOR), last=[again], year=2025)) == ("open", 2024, None, 2023)
    assert told(one(school(), last=[again], year=2025)) == ("closed", 2024, 2025, 2023)


def test_a_missing_figure_closes_nothing_and_is_listed() -> None:
    missing: dict[str, Any] = {"teachers_backbone_primary": None}
    first = one(school(**POOR), last=None, year=2021)
    assert told(one(school(**missing), last=[first], year=2022)) == ("open", 2021, None, None)
    assert told(one(school(**missing), last=None, year=2022)) == ("new", 2022, None, None)


def test_a_school_no_longer_judged_is_neither_open_nor_closed() -> None:
    first = one(school(**POOR), last=None, year=2021)
    gone = one(school(pupils=0), last=[first], year=2022)
    assert told(gone) == ("gone", 2021, None, None)
    assert told(one(school(**POOR), last=[gone], year=2023)) == ("open", 2021, None, None)


def test_run_again_in_the_same_year_nothing_changes() -> None:
    first = one(school(**POOR), last=None, year=2021)
    closed = one(school(), last=[first], year=2022)
    ledger = Ledger(COUNTY, 2022, QUALITY.id, (_row(closed),), ())
    same = [e for e in work_off(standing(school()), ledger, 2022)[0] if e.key == KEY]
    assert told(same[0]) == told(closed)
    corrected = [e for e in work_off(standing(school(**POOR)), ledger, 2022)[0] if e.key == KEY]
    assert told(corrected[0]) == ("open", 2021, None, None)  # the closing rested on figures corrected since


FRAMES = {True: standing(school(**POOR)), False: standing(school())}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.text(max_size=3)), min_size=1, max_size=6))
def test_words_survive_any_course_of_years(course: list[tuple[bool, str]]) -> None:
    last: Ledger | None = None
    expected: dict[str, str] = {}
    for year, (poor, word) in enumerate(course, start=2020):
        entries, conflicts = work_off(FRAMES[poor], last, year)
        assert not conflicts
        mine = [entry for entry in entries if entry.key == KEY]
        assert [entry.words.get("remark") for entry in mine] in ([], [expected.get("remark")])
        open_now = [entry for entry in mine if entry.state in ("new", "open", "reopened")]
        assert bool(open_now) == poor
        if mine and word:
            expected["remark"] = word
        kept = [_row(e) if e.key != KEY or not word else _row(e).with_word("remark", word) for e in entries]
        last = Ledger(COUNTY, year, QUALITY.id, tuple(kept), ())


# --- through the workbook ---

WORDS: dict[str, Any] = {
    "责任人": "张三",
    "整改措施": "=公开招聘2人",  # text, not a formula
    "整改期限": datetime.datetime(2026, 8, 31),
    "备注": 3.5,
    "分管领导": "李四",  # a column of their own
}


def _by_openpyxl(path: Path) -> None:
    openpyxl.load_workbook(path).save(path)


def _by_libreoffice(path: Path) -> None:
    target = path.parent / "again"
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", str(target), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.move(target / path.name, path)


@pytest.mark.parametrize(
    "resave",
    [_by_openpyxl, pytest.param(_by_libreoffice, marks=pytest.mark.office)],
    ids=["openpyxl", "libreoffice"],
)
def test_what_people_typed_comes_back_through_the_workbook(resave: Any, tmp_path: Path) -> None:
    entries, _ = work_off(standing(school(**POOR), school()), None, 2024)
    path = saved(tmp_path, entries, 2024)
    typed(path, WORDS)
    book: Any = openpyxl.load_workbook(path)
    for cell in book.worksheets[0][3]:
        if cell.value == WORDS["整改措施"]:
            cell.data_type = "s"
    book.save(path)
    resave(path)
    last = back(path, 2025)
    assert last.extra == ("分管领导",)
    after, conflicts = work_off(standing(school(), school()), last, 2025)
    assert not conflicts
    again = back(saved(tmp_path, after, 2025, "新台账.xlsx", extra=last.extra), 2025)
    row = next(row for row in again.rows if row.key == entries[0].key)
    assert (row.opened, row.closed, row.state) == (2024, 2025, "已销号")
    names = {column.title.zh: column.name for column in COLUMNS}
    assert {key: row.words[names.get(key, key)] for key in WORDS} == WORDS
    assert row.words["office"] == "县教育局、县委编办、县人社局"  # proposed once, theirs since


def test_rows_sorted_columns_moved_and_rows_of_their_own_are_understood(tmp_path: Path) -> None:
    entries, _ = work_off(standing(school(**POOR, **BARE)), None, 2024)
    path = saved(tmp_path, entries, 2024)
    book: Any = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.insert_rows(1)  # a title of their own
    sheet.insert_cols(3)
    n = len(entries)
    headers = [cell.value for cell in sheet[3]]
    sheet.cell(4 + n, headers.index("学校") + 1, "围墙小学")
    sheet.cell(4 + n, headers.index("整改措施") + 1, "重砌围墙")
    sheet.cell(4 + n, headers.index("销号状态") + 1, "正在办理")
    sheet.merge_cells(
        start_row=4,
        end_row=3 + n,
        start_column=headers.index("责任人") + 1,
        end_column=headers.index("责任人") + 1,
    )
    sheet.cell(4, headers.index("责任人") + 1, "王五")
    book.save(path)
    after, conflicts = work_off(standing(school(**POOR, **BARE)), back(path, 2025), 2025)
    assert not conflicts
    assert [e.words.get("person") for e in after if e.key] == [
        "王五"
    ] * n  # a merged cell speaks for all its rows
    own = after[-1]
    assert (own.state, own.told["school_name"]) == ("own", "围墙小学")
    again = back(saved(tmp_path, after, 2025, "b.xlsx"), 2025).rows[-1]
    assert (again.state, again.words["measures"]) == ("正在办理", "重砌围墙")


def test_a_key_that_was_deleted_is_found_again(tmp_path: Path) -> None:
    entries, _ = work_off(standing(school(**POOR)), None, 2021)
    path = saved(tmp_path, entries, 2021)
    typed(path, {"编号": "", "整改措施": "培训"}, row=3 + [e.key for e in entries].index(KEY))
    after, conflicts = work_off(standing(school(**POOR)), back(path, 2022), 2022)
    (mine,) = [e for e in after if e.told["title"] == next(e for e in entries if e.key == KEY).told["title"]]
    assert (mine.key, mine.state, mine.opened, mine.words["measures"]) == (KEY, "open", 2021, "培训")
    assert [(found.key, found.column.zh) for found in conflicts] == [(KEY, "编号")]


def test_conflicts_have_a_sheet_of_their_own(tmp_path: Path) -> None:
    entries, _ = work_off(standing(school(**POOR, **BARE)), None, 2024)
    assert states(entries) == {
        "primary/backbone_teachers_per_100": "new",
        "primary/multimedia_rooms_per_100": "new",
    }
    path = saved(tmp_path, entries, 2024)
    typed(path, {"责任人": "张三", "销号状态": "已销号"})
    typed(path, {"编号": KEY.replace("0001", "9999")}, row=4)
    book: Any = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.append([cell.value for cell in sheet[3]])
    book.save(path)
    typed(path, {"责任人": "李四", "备注": "另记"}, row=5)
    after, conflicts = work_off(standing(school(**POOR, **BARE)), back(path, 2025), 2025)
    assert [(c.row, c.column.zh, c.content) for c in conflicts] == [
        (3, "销号状态", "已销号"),
        (4, "编号", KEY.replace("0001", "9999")),
        (5, "责任人", "李四"),
    ]
    first = next(e for e in after if e.key == KEY)
    assert (first.state, first.words["person"], first.words["remark"]) == ("open", "张三", "另记")
    written: Any = openpyxl.load_workbook(saved(tmp_path, after, 2025, "b.xlsx", conflicts=conflicts))
    assert [row[4].value for row in written["冲突"].iter_rows(min_row=2)] == [c.content for c in conflicts]
    assert written.sheetnames == ["销号台账", "汇总", "冲突", "台账说明"]


def test_an_english_ledger_is_read_back_too(tmp_path: Path) -> None:
    entries, _ = work_off(standing(school(**POOR), lang="en"), None, 2024)
    path = saved(tmp_path, entries, 2024, lang="en")
    typed(path, {"Person": "Zhang"})
    assert [row.words["person"] for row in back(path, 2024).rows] == ["Zhang"]


# --- what is refused ---


def test_every_fault_of_a_ledger_is_told_at_once(tmp_path: Path) -> None:
    entries, _ = work_off(standing(school(**POOR, **BARE)), None, 2024)
    path = saved(tmp_path, entries, 2024)
    typed(path, {"列入年度": "去年"})
    typed(path, {"销号年度": 20256}, row=4)
    with pytest.raises(JunhengError) as error:
        read_ledger(path, county="110002", year=2023, standard="cn-basic-2012")
    assert {(f.kind, f.place.row, f.place.value) for f in error.value.faults} == {
        ("ledger-of-another-county", None, COUNTY),
        ("ledger-of-another-standard", None, QUALITY.id),
        ("later-ledger", None, "2024"),
        ("not-a-year", 3, "去年"),
        ("not-a-year", 4, "20256"),
    }
    assert all(fault.zh and fault.en for fault in error.value.faults)


@pytest.mark.parametrize("sheet", ["销号台账", "台账说明"])
def test_a_workbook_that_is_no_ledger_is_refused(sheet: str, tmp_path: Path) -> None:
    path = saved(tmp_path, [], 2024)
    book = openpyxl.load_workbook(path)
    del book[sheet]
    book.save(path)
    with pytest.raises(JunhengError, match=sheet):
        back(path, 2025)
    path.write_text("not a workbook", encoding="utf-8")
    with pytest.raises(JunhengError):
        back(path, 2025)


def test_headers_missing_or_given_twice_are_named(tmp_path: Path) -> None:
    path = saved(tmp_path, [], 2024)
    book: Any = openpyxl.load_workbook(path)
    headers = book.worksheets[0][2]
    headers[-1].value = "学校"
    book.save(path)
    with pytest.raises(JunhengError) as error:
        back(path, 2025)
    assert {(f.kind, f.place.column) for f in error.value.faults} == {
        ("missing-column", "编号"),
        ("column-twice", "学校"),
    }


def test_the_command_works_a_ledger_off_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    book = str(hand_county(tmp_path / "县.xlsx"))

    def run(*arguments: str) -> Any:
        with pytest.raises(SystemExit) as ended:
            main(["ledger", *arguments, "--data", book])
        return ended.value.code

    assert run("台账.xlsx") == 0
    typed(tmp_path / "台账.xlsx", {"责任人": "张三"})
    assert run("新台账.xlsx", "--last", "台账.xlsx") == 0
    assert "冲突0处" in capsys.readouterr().out
    rows = read_ledger(tmp_path / "新台账.xlsx", county="659901", year=2025, standard="cn-quality-2017").rows
    assert rows[0].words["person"] == "张三"
    before = (tmp_path / "新台账.xlsx").read_bytes()
    for arguments in (["新台账.xlsx"], ["c.xlsx", "--last", book], ["c.csv"]):
        assert run(*arguments) == 2
        assert "必须改正" in capsys.readouterr().err
    assert (tmp_path / "新台账.xlsx").read_bytes() == before
    assert not (tmp_path / "c.xlsx").exists()

"""The planner's desk: what is uploaded is checked before it is opened, kept apart, and gone when the desk is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from analysis.errors import JunhengError
from analysis.explore import desk as desks
from analysis.explore.desk import Desk

from . import hand_county
from .desks import bomb


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    wrong = {("城关小学", "体育艺术专任教师数(小学)"): 77}  # more than its 60 teachers
    return hand_county.write(tmp_path_factory.mktemp("book") / "x.xlsx", wrong).read_bytes()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return hand_county.write(tmp_path_factory.mktemp("book") / "x.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.exe", b"MZ", "unknown-file-type"),
        ("x", b"abc", "unknown-file-type"),
        ("x.xlsx", b"", "empty-file"),
        ("x.xlsx", b"%PDF-1.7 abc", "not-what-its-name-says"),
        ("x.csv", b"\x00\x01\x02", "not-what-its-name-says"),
        ("x.xlsx", b"PK\x03\x04 broken", "damaged-file"),
    ],
)
def test_what_is_no_workbook_gets_a_message_and_is_not_kept(
    desk: Desk, name: str, content: bytes, kind: str
) -> None:
    assert [fault.kind for fault in desk.receive(name, content)] == [kind]
    assert not desk.usable
    assert list(desk.folder.iterdir()) == []


def test_a_file_that_is_too_large_is_not_written(desk: Desk) -> None:
    assert [f.kind for f in desk.receive("x.xlsx", bytes(desks.MOST_BYTES + 1))] == ["too-large"]
    assert list(desk.folder.iterdir()) == []


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(desk: Desk) -> None:
    packed = bomb()
    assert len(packed) < desks.MOST_BYTES
    assert [fault.kind for fault in desk.receive("x.xlsx", packed)] == ["unpacks-too-large"]
    assert list(desk.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../../x.xlsx", "..\\x.xlsx", "/etc/x.xlsx", ".x.xlsx", "a\nb;$(c).xlsx"])
def test_no_name_leads_out_of_the_folder(desk: Desk, sound: bytes, name: str) -> None:
    desk.receive(name, sound)
    assert desk.table is not None
    assert desk.table.parent == desk.folder
    assert desk.table.suffix == ".xlsx"
    assert not desk.table.name.startswith((".", "-"))
    assert desk.table.is_file()


def test_a_faulty_workbook_comes_back_coloured_and_is_not_run(
    desk: Desk, faulty: bytes, tmp_path: Path
) -> None:
    faults = desk.receive("我县.xlsx", faulty)
    assert not desk.usable
    assert any("体育艺术" in fault.place.column for fault in faults)
    name, content = desk.marked_copy()
    assert name == "我县-核查.xlsx"
    (tmp_path / name).write_bytes(content)
    cells = [c for row in openpyxl.load_workbook(tmp_path / name).worksheets[0].iter_rows() for c in row]
    assert [cell.value for cell in cells if cell.comment is not None] == [77]
    with pytest.raises(JunhengError):
        desk.run(standard="cn-quality-2017", lang="zh", progress=lambda *_: None)


def test_a_mended_workbook_takes_the_place_of_the_faulty_one(desk: Desk, faulty: bytes, sound: bytes) -> None:
    desk.receive("我县.xlsx", faulty)
    before = desk.folder
    desk.receive("我县.xlsx", sound)
    assert desk.usable
    assert not before.exists()


def test_a_run_that_stops_says_why_without_paths_of_the_machine(desk: Desk, sound: bytes) -> None:
    desk.receive("我县.xlsx", sound)
    with pytest.raises(JunhengError) as caught:
        desk.run(standard="no-such", lang="zh", progress=lambda *_: None)
    (fault,) = caught.value.faults
    assert "cn-quality-2017" in fault.zh  # the rule sets there are
    assert str(desk.folder) not in fault.zh


def test_two_desks_share_nothing_and_each_leaves_nothing(sound: bytes, faulty: bytes) -> None:
    one, other = Desk(), Desk()
    one.receive("我县.xlsx", sound)
    other.receive("我县.xlsx", faulty)
    assert (one.usable, other.usable) == (True, False)
    folders = [one.folder, other.folder]
    one.close()
    assert folders[1].exists()
    other.close()
    assert not any(folder.exists() for folder in folders)


@pytest.mark.full
def test_a_run_gives_the_outputs_as_a_zip_and_tells_its_progress(desk: Desk, sound: bytes) -> None:
    desk.receive("我县.xlsx", sound)
    steps: list[tuple[int, int]] = []
    name, content = desk.run(
        standard="cn-quality-2017", lang="zh", progress=lambda done, of, _: steps.append((done, of))
    )
    assert name == "我县-均衡.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = {Path(member).name for member in archive.namelist()}
    assert {"report.docx", "ledger.xlsx", "index.html", "manifest.json"} <= inside
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    assert steps[-1][0] == steps[-1][1]

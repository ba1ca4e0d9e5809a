"""manifest.json, and publishing a folder as a whole."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis.errors import JunhengError
from analysis.publish import publish
from analysis.publish.folder import building
from analysis.publish.manifest import packages, read_manifest, verify, write_manifest
from analysis.publish.record import load

from .telling import open_story, tell_data, told

RUN = {"parameters": {"county": "990101"}, "inputs": [{"path": "县.xlsx", "sha256": "0" * 64, "size": 1}]}


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_it_names_every_file_with_its_checksum_and_size(tmp_path: Path) -> None:
    made = publish(told(tmp_path), RUN)
    assert [path.name for path in made] == [
        "report.docx",
        "ledger.xlsx",
        "charts.xlsx",
        "slides.pptx",
        "index.html",
        "manifest.json",
    ]
    manifest = read_manifest(tmp_path)
    assert set(manifest["outputs"]) == files(tmp_path) - {"manifest.json"}
    for name, facts in manifest["outputs"].items():
        content = (tmp_path / name).read_bytes()
        assert facts == {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    assert manifest["run"] == RUN


def test_it_names_files_and_no_place_on_the_machine(tmp_path: Path) -> None:
    given = {
        "parameters": {
            "county": "990101",
            "data": "/某处/甲县",
            "params": "C:\\甲\\p.yaml",
            "out": "/tmp/x",
        },
        "inputs": [{"path": "/某处/甲县/学校.xlsx", "sha256": "0" * 64, "size": 1}],
    }
    publish(told(tmp_path), given)
    found = read_manifest(tmp_path)["run"]
    assert found["parameters"] == {"county": "990101", "data": "甲县", "params": "p.yaml"}
    assert [item["path"] for item in found["inputs"]] == ["学校.xlsx"]
    manifest = read_manifest(tmp_path)
    assert (manifest["county_code"], manifest["year"], manifest["rule_id"]) == (
        "990101",
        2025,
        "cn-quality-2017",
    )
    assert manifest["invented"] is True


def test_the_packages_are_those_the_library_asks_for() -> None:
    found = packages()
    assert {"pandas", "python-docx", "xlsxwriter", "jinja2"} <= set(found)
    assert all(found.values())


def test_verify_finds_what_was_changed_lost_or_added(tmp_path: Path) -> None:
    publish(told(tmp_path))
    assert verify(tmp_path) == []
    (tmp_path / "tables/cv.csv").write_text("changed")
    (tmp_path / "figures/areas.svg").unlink()
    (tmp_path / "note.txt").write_text("mine")
    assert [words.en.split(":")[0] for words in verify(tmp_path)] == [
        "tables/cv.csv",
        "figures/areas.svg",
        "note.txt",
    ]


@pytest.mark.parametrize("content", [None, "", "[]", "{"])
def test_without_a_readable_manifest_nothing_is_verified(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(JunhengError, match=r"manifest\.json"):
        verify(tmp_path)


def test_publishing_again_keeps_what_the_run_said_of_itself(tmp_path: Path) -> None:
    publish(told(tmp_path), RUN)
    publish(tmp_path)
    assert read_manifest(tmp_path)["run"] == RUN
    assert verify(tmp_path) == []


def test_the_same_run_written_at_the_same_time_is_the_same_file(tmp_path: Path) -> None:
    made = datetime(2026, 3, 1, tzinfo=UTC)
    first = write_manifest(load(told(tmp_path)), RUN, made=made).read_bytes()
    assert write_manifest(load(tmp_path), RUN, made=made).read_bytes() == first


def test_a_built_folder_is_whole_in_its_place(tmp_path: Path) -> None:
    target = tmp_path / "990101/2025/zh"
    with building(target) as temporary:
        publish(told(temporary), RUN)
    assert verify(target) == []
    assert str(tmp_path) not in (target / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("make", ["nothing", "other"])
def test_a_folder_that_is_no_runs_is_refused_in_words(tmp_path: Path, make: str) -> None:
    folder = tmp_path / "somewhere"
    if make == "other":
        folder.mkdir()
        (folder / "letter.txt").write_text("dear")
    with pytest.raises(JunhengError, match="story"):
        publish(folder)
    assert not folder.exists() or files(folder) == {"letter.txt"}


def test_all_that_is_missing_or_damaged_is_told_at_once(tmp_path: Path) -> None:
    told(tmp_path)
    (tmp_path / "figures/areas.png").unlink()
    (tmp_path / "tables/cv.json").write_text("{")
    open_story(tmp_path, "01_data")  # begun again, not ended
    with pytest.raises(JunhengError) as caught:
        publish(tmp_path)
    assert {(f.kind, f.place.file) for f in caught.value.faults} == {
        ("run-damaged", "tables/cv.json"),
        ("notebook-unfinished", "01_data"),
    }
    assert not (tmp_path / "report.docx").exists()


def test_a_lost_picture_is_named(tmp_path: Path) -> None:
    told(tmp_path)
    (tmp_path / "figures/areas.png").unlink()
    with pytest.raises(JunhengError) as caught:
        publish(tmp_path)
    assert [(f.kind, f.place.file) for f in caught.value.faults] == [("run-incomplete", "figures/areas.png")]


def test_notebooks_of_two_languages_make_no_one_report(tmp_path: Path) -> None:
    told(tmp_path, "zh")
    tell_data(tmp_path, "en")
    with pytest.raises(JunhengError) as caught:
        publish(tmp_path)
    assert {f.kind for f in caught.value.faults} == {"run-mixed"}


def test_a_path_in_a_changed_story_leads_nowhere(tmp_path: Path) -> None:
    """An id with a path in it is damage, when reading and when the notebook clears up after itself."""
    outside = tmp_path / "outside.csv"
    outside.write_text("keep")
    folder = told(tmp_path / "run")
    story = json.loads((folder / "story/02_ledger.json").read_text(encoding="utf-8"))
    story["blocks"].append({"kind": "table", "text": None, "level": 1, "id": "../../outside"})
    (folder / "story/02_ledger.json").write_text(json.dumps(story), encoding="utf-8")
    with pytest.raises(JunhengError):
        publish(folder)
    open_story(folder, "02_ledger")
    assert outside.read_text() == "keep"

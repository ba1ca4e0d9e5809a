"""Outputs for the public: every file is searched, packages opened, for what names a school or says where it stands."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.errors import JunhengError
from analysis.publish import publish
from analysis.publish.manifest import verify
from analysis.publish.naming import naming
from analysis.publish.public import write_public
from analysis.publish.record import StoryRecord
from analysis.publish.story import Story, TableColumn
from analysis.study import open_county

from . import hand_county
from .outputs import junheng
from .telling import HOSTILE, drawing, stamp, words

NAMES = {*HOSTILE.values(), "松林乡中心小学", "松林乡中心小学分校", "3199010001"}
COLUMNS = {"who": TableColumn(words("谁", "Who")), "n": TableColumn(words("数", "n"), digits=0)}


def internal(folder: Path) -> Path:
    """Leave a run that names schools in every kind of place, and says some things that name none."""
    story = Story(folder, "02_ledger", title=words("台账", "Ledger"), lang="zh", stamp=stamp(), names=NAMES)
    story.heading(words("松林乡中心小学的情况", "松林乡中心小学"))
    story.say(words("全县8所达标。", "Eight meet it."), summary=True)
    story.say(words("最大的是松林乡中心小学。", "The largest is 松林乡中心小学."), summary=True)
    story.note(words("代码3199010001有误。", "Code 3199010001 is wrong."))
    for id, who, n in (("named", "松林乡中心小学", 3), ("coded", "3199010001", 4), ("plain", "小学", 5)):
        frame = pd.DataFrame({"who": [who], "n": [n]})
        story.table(
            frame, id, title=words(f"表{id}", id), columns=COLUMNS, sheet=words(f"单{id}", f"sheet {id}")
        )
    for k, name in enumerate(HOSTILE.values()):
        frame = pd.DataFrame({"who": [name], "n": [k]})
        story.table(frame, f"hostile-{k}", title=words("坏名", "hostile"), columns=COLUMNS)
    noted = pd.DataFrame({"who": ["小学"], "n": [1]})
    story.table(
        noted, "noted", title=words("注", "Noted"), columns=COLUMNS, note=words("见松林乡中心小学。", "x")
    )
    shown: dict[str, Any] = {"title": words("图", "Figure"), "alt": words("条形图", "bars")}
    story.figure(drawing("zh"), "fine", data=pd.DataFrame({"area": ["城"], "n": [1]}), **shown)
    story.figure(drawing("zh"), "schools", data=pd.DataFrame({"who": ["松林乡中心小学"]}), **shown)
    story.figure(drawing("zh"), "places", data=pd.DataFrame({"lon": [118.123456]}), **shown)
    story.figure(drawing("zh"), "towns", data=pd.DataFrame({"town": ["甲镇"]}), map=True, **shown)
    story.close()
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "02_ledger.ipynb").write_text("松林乡中心小学")
    publish(folder)
    return folder


def contents(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of every file, those within packages and packages within packages too."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield from _read(path.relative_to(folder).as_posix(), path.read_bytes())


def _read(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    yield name, name + content.decode("utf-8", errors="replace")
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for part in package.namelist():
                yield from _read(f"{name}!{part}", package.read(part))


def test_no_file_of_the_public_outputs_names_a_school(tmp_path: Path) -> None:
    public = write_public(internal(tmp_path / "zh"), publish)
    assert public == tmp_path / "zh-public"
    secrets = ("松林乡中心小学", "3199010001", "118.123456", "alert(1)", "表情😀小学", "𠮷田小学")
    found = [(name, secret) for name, text in contents(public) for secret in secrets if secret in text]
    assert found == []
    inside = "".join(text for _, text in contents(tmp_path / "zh"))
    assert all(secret in inside for secret in secrets)  # the search finds what is there
    assert verify(public) == []


def test_what_names_no_school_is_told_in_public(tmp_path: Path) -> None:
    public = write_public(internal(tmp_path / "zh"), publish)
    assert {path.stem for path in (public / "tables").glob("*.csv")} == {"plain", "figure-fine"}
    assert {path.stem for path in (public / "figures").glob("*.png")} == {"fine"}
    page = (public / "index.html").read_text(encoding="utf-8")
    assert "全县8所达标。" in page
    assert not (public / "notebooks").exists()
    assert {path.name for path in public.glob("*.*")} == {
        "report.docx", "ledger.xlsx", "charts.xlsx", "slides.pptx", "index.html", "manifest.json",
    }  # fmt: skip


def test_a_section_of_which_nothing_is_left_loses_its_heading(tmp_path: Path) -> None:
    story = Story(
        tmp_path / "zh", "02_ledger", title=words("台账", "L"), lang="zh", stamp=stamp(), names=NAMES
    )
    for section, level, said in (
        ("甲", 1, ""),
        ("乙", 2, "松林乡中心小学"),
        ("丙", 1, ""),
        ("丁", 2, "达标"),
        ("戊", 1, ""),
    ):
        story.heading(words(section, section), level)
        if said:
            story.say(words(said, said))
    story.close()
    public = write_public(tmp_path / "zh", lambda _: None)
    told = StoryRecord.model_validate_json((public / "story" / "02_ledger.json").read_bytes())
    assert [block.text.zh for block in told.blocks if block.text] == ["丙", "丁", "达标"]


def test_a_map_is_public_under_its_number_only(tmp_path: Path) -> None:
    public = write_public(internal(tmp_path / "zh"), publish, map_number="闽S〔2026〕1号")
    assert (public / "figures" / "towns.png").is_file()
    assert "审图号：闽S〔2026〕1号" in (public / "index.html").read_text(encoding="utf-8")
    assert not (public / "figures" / "places.png").exists()


def test_a_run_that_does_not_know_its_schools_is_not_made_public(tmp_path: Path) -> None:
    story = Story(tmp_path / "zh", "02_ledger", title=words("台账", "Ledger"), lang="zh", stamp=stamp())
    story.say(words("松林乡中心小学。", "x."))
    story.close()
    with pytest.raises(JunhengError) as refused:
        write_public(tmp_path / "zh", publish)
    assert [fault.kind for fault in refused.value.faults] == ["names-unknown"]
    assert not (tmp_path / "zh-public").exists()


def test_a_data_file_called_after_a_school_is_named_by_its_kind(tmp_path: Path) -> None:
    of: dict[str, Any] = {
        "county": hand_county.COUNTY,
        "year": hand_county.YEAR,
        "standard": "cn-quality-2017",
    }
    for name, known in ((f"{hand_county.SCHOOLS[0]}上报.xlsx", False), ("学校数据.xlsx", True)):
        path = hand_county.write(tmp_path / name)
        source = open_county(**of, data=str(path)).stamp().source
        assert (name in source.zh, name in source.en) == (known, known)


def test_a_run_whose_source_names_a_school_is_not_made_public(tmp_path: Path) -> None:
    named = stamp(source=words("松林乡中心小学.xlsx，2025/2026学年初", "松林乡中心小学.xlsx"))
    story = Story(
        tmp_path / "zh", "02_ledger", title=words("台账", "Ledger"), lang="zh", stamp=named, names=NAMES
    )
    story.close()
    with pytest.raises(JunhengError) as refused:
        write_public(tmp_path / "zh", publish)
    assert [fault.kind for fault in refused.value.faults] == ["source-names-school"]
    assert not (tmp_path / "zh-public").exists()


def test_a_code_is_not_found_within_a_longer_number() -> None:
    named = naming({"3199", "松林\n小学"})
    assert named("学校3199缺数据")
    assert named("在松林 小学")
    assert not named("在校生13199人")


def test_the_command_says_where_the_public_outputs_are(tmp_path: Path) -> None:
    internal(tmp_path / "zh")
    done = junheng("publish", "zh", "--audience", "public", cwd=tmp_path)
    assert (done.returncode, "zh-public" in done.stdout) == (0, True)

"""No silent change: what differs between two runs, folders that are final, and the check of a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import facts as figures
from analysis.errors import JunhengError
from analysis.publish import building, publish
from analysis.publish.changes import changes
from analysis.publish.manifest import freeze, verify
from analysis.publish.story import TableColumn

from .outputs import junheng
from .telling import open_story, told, words

RUN: dict[str, Any] = {
    "inputs": [{"path": "甲/学校数据.xlsx", "sha256": "a" * 64, "size": 1}],
    "rule": {"id": "cn-quality-2017", "sha256": "b" * 64},
    "parameters": {"standard": "cn-quality-2017", "data": "甲", "out": "x"},
}


def run(folder: Path, areas: Mapping[str, float], *, n: int = 2, **facts: Any) -> Path:
    """Leave a published run that tells one table and one sentence."""
    story = open_story(folder, "02_ledger")
    story.say(words(f"全县{n}所学校达标。", f"{n} schools meet it."))
    frame = pd.DataFrame({"school": list(areas), "area": list(areas.values())})
    columns = {
        "school": TableColumn(words("学校", "School")),
        "area": TableColumn(words("面积", "Area"), digits=2),
    }
    story.table(frame, "areas", title=words("生均面积", "Area per pupil"), columns=columns)
    story.close()
    publish(folder, RUN | facts)
    return folder


def test_every_number_that_changed_is_listed_with_its_place(tmp_path: Path) -> None:
    old = run(tmp_path / "old", {"一小": 4.5, "二小": 5.0, "三小": 6.0})
    new = run(tmp_path / "new", {"二小": 5.0, "一小": 4.4, "四小": 7.0}, n=3)
    found = changes(old, new)
    assert {(c.where.zh, c.old, c.new) for c in found.changes} == {
        ("生均面积 › 一小 › 面积", "4.50", "4.40"),
        ("生均面积 › 三小 › 面积", "6.00", ""),
        ("生均面积 › 四小 › 面积", "", "7.00"),
        ("达标台账", "全县2所学校达标。", "全县3所学校达标。"),
    }
    assert found.causes == ("unknown",)  # nothing in the manifests explains it


def test_a_change_below_the_printed_decimals_is_told_in_full(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old", {"一小": 4.5012}), run(tmp_path / "new", {"一小": 4.5013})
    (change,) = changes(old, new).changes
    assert (change.old, change.new) == ("4.5012", "4.5013")


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({"inputs": [{"path": "乙\\学校数据.xlsx", "sha256": "c" * 64, "size": 1}]}, "correction"),
        ({"inputs": [{"path": "甲/另一份.xlsx", "sha256": "a" * 64, "size": 1}]}, "data"),
        ({"rule": {"id": "cn-quality-2017", "sha256": "d" * 64}}, "rule"),
        ({"parameters": RUN["parameters"] | {"area": "area3"}}, "rule"),
        ({"params": "d" * 64}, "rule"),
        ({"code": "d" * 64}, "code"),
    ],
)
def test_the_cause_is_what_differs_between_the_runs(
    tmp_path: Path, facts: dict[str, Any], cause: str
) -> None:
    old, new = run(tmp_path / "old", {"一小": 4.5}), run(tmp_path / "new", {"一小": 4.6}, **facts)
    assert changes(old, new).causes == (cause,)


def test_a_run_elsewhere_on_the_machine_is_no_change(tmp_path: Path) -> None:
    moved = {"parameters": RUN["parameters"] | {"data": "/别处", "out": "y"}}
    found = changes(run(tmp_path / "old", {"一小": 4.5}), run(tmp_path / "new", {"一小": 4.5}, **moved))
    assert (found.changes, found.causes) == ((), ())


def test_another_programs_numbers_are_laid_to_the_program(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old", {"一小": 4.5}), run(tmp_path / "new", {"一小": 4.6})
    manifest = new / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"code_version": "10"}))
    assert changes(old, new).causes == ("code",)


SOURCES = ("id", "school", "stage", "indicator", "value", "numerator", "denominator")


def with_sources(folder: Path, figures: Mapping[str, float], **facts: Any) -> Path:
    """Leave a published run that also tells the numerators its areas were computed from, over 100 pupils."""
    story = open_story(folder, "01_data")
    rows = [("D0", "全县合计", "小学", "面积", sum(figures.values()), sum(figures.values()), 200.0)]
    rows += [
        (f"D{n}", name, "小学", "面积", f / 100, f, 100.0) for n, (name, f) in enumerate(figures.items(), 1)
    ]
    frame = pd.DataFrame(rows, columns=list(SOURCES))
    columns = {name: TableColumn(words(name, name)) for name in SOURCES}
    story.table(frame, "sources", title=words("来源", "Sources"), columns=columns)
    story.close()
    return run(folder, {name: f / 100 for name, f in figures.items()}, n=len(figures), **facts)


CORRECTION = {
    "school_name": "一小",
    "year": 2025,
    "column": "sports_ground_area_m2",
    "old": "45",
    "new": "450",
}
CODE = {"parameters": RUN["parameters"] | {"area": "area3"}}


@pytest.mark.parametrize(
    ("new", "facts", "causes"),
    [
        # the figure of one school was corrected, that of another filed otherwise
        ({"一小": 450.0, "二小": 600.0}, {"corrections": [CORRECTION], "inputs": "d"}, {"一小": ("correction",), "二小": ("data",)}),
        # the rule changed too: what no filed figure explains is laid to it
        ({"一小": 450.0, "二小": 500.0}, {"corrections": [CORRECTION], **CODE}, {"一小": ("correction", "rule")}),
        ({"一小": 450.0, "二小": 500.0}, {"inputs": "d"}, {"一小": ("data",)}),
    ],
)  # fmt: skip
def test_every_change_has_its_own_cause(
    tmp_path: Path, new: dict[str, float], facts: dict[str, Any], causes: dict[str, tuple[str, ...]]
) -> None:
    if "inputs" in facts:
        facts = facts | {"inputs": [RUN["inputs"][0] | {"sha256": facts["inputs"] * 64}]}
    before = with_sources(tmp_path / "old", {"一小": 45.0, "二小": 500.0}, corrections=[])
    after = with_sources(tmp_path / "new", new, **{"corrections": [], **facts})
    found = {
        c.where.zh: c.causes for c in changes(before, after).changes if c.where.zh.startswith("生均面积")
    }
    assert found == {f"生均面积 › {school} › 面积": cause for school, cause in causes.items()}


def test_what_no_filed_figure_moved_is_laid_to_rule_or_program(tmp_path: Path) -> None:
    before = with_sources(tmp_path / "old", {"一小": 45.0, "二小": 500.0}, corrections=[])
    after = with_sources(tmp_path / "new", {"一小": 46.0, "二小": 500.0}, corrections=[], **CODE)
    told_otherwise = run(after, {"一小": 0.46, "二小": 5.5}, corrections=[], inputs=[], **CODE)
    found = {c.where.zh: c.causes for c in changes(before, told_otherwise).changes}
    assert found["生均面积 › 一小 › 面积"] == ("data", "rule")
    assert found["生均面积 › 二小 › 面积"] == ("rule",)


def test_a_sentence_is_paired_by_the_figures_it_tells_and_names_those_that_moved(tmp_path: Path) -> None:
    folders = []
    for name, short, zh in (
        ("old", 3, "{n}个中{short}个未达标。"),
        ("new", 0, "{n}个均达标,未达标{short}个。"),
    ):
        story = open_story(tmp_path / name, "02_ledger")
        about = figures.About("primary", words("小学", "primary"))
        n, few = about(30, "n", "办学单位数", "units"), about(short, "short", "未达标数", "short")
        story.say(figures.told(zh=zh.format(n=n, short=few), en=f"{n:en}, {few:en}"))
        story.close()
        folders.append(tmp_path / name)
        publish(tmp_path / name, RUN)
    (change,) = changes(*folders).changes
    assert change.where.zh.endswith(" › 小学未达标数")
    assert change.where.en.endswith(" › primary, short")
    assert (change.old, change.new) == ("30个中3个未达标。", "30个均达标，未达标0个。")


def test_runs_of_different_counties_are_not_compared(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old", {"一小": 4.5}), told(tmp_path / "new", "en")
    publish(new)
    with pytest.raises(JunhengError) as refused:
        changes(old, new)
    assert [fault.kind for fault in refused.value.faults] == ["not-comparable"]


def test_a_final_folder_is_written_to_by_nobody(tmp_path: Path) -> None:
    folder = run(tmp_path / "zh", {"一小": 4.5})
    (folder / "report.docx").write_bytes(b"as the office edited it")
    freeze(folder)
    assert verify(folder) == []
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for write in (
        lambda: publish(folder),
        lambda: open_story(folder, "02_ledger"),
        lambda: freeze(folder),
        lambda: building(folder).__enter__(),
    ):
        with pytest.raises(JunhengError) as refused:
            write()
        assert [fault.kind for fault in refused.value.faults] == ["frozen"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    (folder / "tables" / "areas.csv").write_text("changed")
    assert [fault.zh for fault in verify(folder)] == ["tables/areas.csv：内容已改动"]


def test_the_commands_say_what_they_found(tmp_path: Path) -> None:
    run(tmp_path / "old", {"一小": 4.5}), run(tmp_path / "new", {"一小": 4.6})
    assert junheng("verify", "old", cwd=tmp_path).returncode == 0
    done = junheng("diff", "old", "new", cwd=tmp_path)
    assert (done.returncode, "4.50 → 4.60" in done.stdout) == (0, True)
    assert junheng("freeze", "old", cwd=tmp_path).returncode == 0
    (tmp_path / "old" / "index.html").unlink()
    done = junheng("verify", "old", cwd=tmp_path)
    assert (done.returncode, "index.html：缺失" in done.stdout) == (2, True)
    assert junheng("diff", "old", "none", cwd=tmp_path).returncode == 2

"""What a notebook writes: files, cells as printed, and its own page."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pydantic import ValidationError

from analysis import style
from analysis.errors import Lang
from analysis.publish import display
from analysis.publish.cells import TableColumn, header_rows, marked_cells, shown_cells
from analysis.publish.record import INVENTED, STAMP_VARIABLE, cleaned, load

from .telling import LANGS, OVERRIDE, drawing, open_story, schools, stamp, tell, tell_data, tell_ledger, words


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def record(folder: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return content


def cell(frame: pd.DataFrame, lang: Lang = "zh", **column: Any) -> list[str]:
    return [row[0] for row in shown_cells(frame, {"v": TableColumn(words("值", "v"), **column)}, lang)]


def told_figure(
    folder: Path, lang: Lang, monkeypatch: pytest.MonkeyPatch, *, invented: bool = True
) -> Figure:
    """Tell one figure and return it as it was drawn."""
    monkeypatch.setattr(plt, "close", lambda fig: None)  # a closed figure is not laid out again
    story = open_story(folder, "01_data", lang, invented=invented)
    ax = drawing(lang)
    story.figure(ax, "areas", title=words("图", "f"), alt=words("图", "f"), data=pd.DataFrame({"a": [1]}))
    fig = ax.get_figure()
    assert isinstance(fig, Figure)
    return fig


def test_a_figure_leaves_picture_words_and_numbers(tmp_path: Path) -> None:
    tell_data(tmp_path)
    told = record(tmp_path, "figures/areas.json")
    assert told["caption"] == {"zh": "生均面积（单位：平方米）", "en": "Area per pupil (m²)"}
    assert told["alt"]["en"] == "Bars: the first exceeds the second"
    assert all(
        part in told["source"]["zh"] for part in ("2025/2026学年初", "优质均衡评估办法", "9.9.9", INVENTED)
    )
    assert set(told["files"]) == {"figures/areas.png", "figures/areas.svg", "tables/figure-areas.csv"}
    for name, checksum in told["files"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == checksum
    assert told["data"] == "tables/figure-areas.csv"
    assert pd.read_csv(tmp_path / told["data"])["area"].tolist() == [2, 1 / 3]


@pytest.mark.parametrize("lang", LANGS)
def test_a_tables_csv_has_titles_and_every_digit(tmp_path: Path, lang: Lang) -> None:
    tell_ledger(tmp_path, lang)
    raw = (tmp_path / "tables/schools.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    frame, _, _ = schools()
    written = pd.read_csv(tmp_path / "tables/schools.csv", encoding="utf-8-sig")
    titles = {
        "zh": ["学校", "在校生", "用房 指标值", "用房 标准"],
        "en": ["School", "Pupils", "Rooms value", "Rooms standard"],
    }
    assert list(written.columns) == titles[lang]
    np.testing.assert_array_equal(written.iloc[:, 2].to_numpy(), frame["area"].to_numpy())
    assert written.iloc[:, 0].tolist() == [cleaned(name) for name in frame["name"]]


def test_rerunning_a_notebook_replaces_exactly_its_own_files(tmp_path: Path) -> None:
    tell(tmp_path)
    before = files(tmp_path)
    story = open_story(tmp_path, "02_ledger")
    story.table(
        pd.DataFrame({"a": [1]}),
        "new",
        title=words("新", "new"),
        columns={"a": TableColumn(words("甲", "a"))},
    )
    story.close()
    gone = {f"tables/{i}.{s}" for i in ("schools", "cv", "only-in-the-workbook") for s in ("csv", "json")}
    assert files(tmp_path) == before - gone | {"tables/new.csv", "tables/new.json"}
    assert set(load(tmp_path).tables) == {"new"}


def test_a_booklet_has_a_page_for_each_figure_and_goes_with_its_story(tmp_path: Path) -> None:
    for _ in range(2):
        story = open_story(tmp_path, "02_ledger")
        open_before = set(plt.get_fignums())
        story.booklet((drawing("zh") for _ in range(3)), "pages", title=words("分县概况", "Counties"))
        assert set(plt.get_fignums()) == open_before
        story.close()
    data = (tmp_path / "pages.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", data)) == 3
    assert b"595.27" in data  # A4 across, in points
    told = load(tmp_path)
    assert told.stories[-1].blocks[-1].where == "gallery"
    open_story(tmp_path, "02_ledger").close()
    assert not (tmp_path / "pages.pdf").exists()


def test_rerunning_leaves_the_same_bytes(tmp_path: Path) -> None:
    tell(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    tell(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


@pytest.mark.parametrize("id_", ["", "../x", "a/b", "A", "a b", "a_b", "甲", "-a", "a-", "a\n", "x" * 81])
def test_an_id_that_is_no_name_is_refused_and_writes_nothing(tmp_path: Path, id_: str) -> None:
    story = open_story(tmp_path, "01_data")
    before = files(tmp_path)
    with pytest.raises(ValidationError):
        story.table(pd.DataFrame({"a": [1]}), id_, title=words("表", "t"), columns={})
    with pytest.raises(ValidationError):
        story.figure(drawing("zh"), id_, title=words("图", "f"), alt=words("图", "f"), data=pd.DataFrame())
    assert files(tmp_path) == before


def test_the_name_of_another_notebooks_table_is_refused(tmp_path: Path) -> None:
    tell_ledger(tmp_path)
    story = open_story(tmp_path, "01_data")
    with pytest.raises(ValueError, match="02_ledger"):
        story.table(pd.DataFrame({"a": [1]}), "cv", title=words("表", "t"), columns={})


def test_told_twice_under_one_id_stands_once_where_it_stood_first(tmp_path: Path) -> None:
    story = open_story(tmp_path, "01_data")
    story.say(words("一", "one"), id="first")
    story.say(words("二", "two"))
    story.say(words("三", "three"), id="first")
    story.close()
    assert [b.text.zh for b in load(tmp_path).stories[0].blocks if b.text] == ["三", "二"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("invented", [True, False])
@pytest.mark.filterwarnings("error")
def test_the_label_stands_clear_of_all_else_on_a_figure_of_invented_data(
    tmp_path: Path, lang: Lang, invented: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fig = told_figure(tmp_path, lang, monkeypatch, invented=invented)
    assert (INVENTED in fig.get_supxlabel()) is invented
    assert style.overlapping_labels(fig) == []
    assert style.clipped_labels(fig) == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_stamped_figure_prints_its_source_clear_of_all_else(
    tmp_path: Path, lang: Lang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STAMP_VARIABLE, "1")
    fig = told_figure(tmp_path, lang, monkeypatch)
    flat = fig.get_supxlabel().replace("\n", "")
    assert stamp().line()[lang].replace(" ", "") in flat.replace(" ", "")
    assert flat.count(INVENTED) == 1
    assert style.overlapping_labels(fig) == []
    assert style.clipped_labels(fig) == []


def test_a_plain_figure_gets_room_for_the_label_and_keeps_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plt, "close", lambda fig: None)
    with style.use("zh"):
        fig, ax = plt.subplots()
        ax.set_xlabel("年份")
        fig.supxlabel("共同的轴")
    story = open_story(tmp_path, "01_data")
    story.figure(fig, "plain", title=words("图", "f"), alt=words("图", "f"), data=pd.DataFrame({"a": [1]}))
    assert "共同的轴" in fig.get_supxlabel()
    assert INVENTED in fig.get_supxlabel()
    assert style.overlapping_labels(fig) == []


def test_the_notebook_shows_the_bytes_of_the_file_and_escapes_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(display, "get_ipython", object)
    monkeypatch.setattr(display, "display", lambda data, **_: shown.append(data))
    open_figures = plt.get_fignums()
    tell(tmp_path)
    pictures = [data["image/png"] for data in shown if "image/png" in data]
    assert pictures == [(tmp_path / "figures/areas.png").read_bytes()]
    assert plt.get_fignums() == open_figures  # else the inline backend would draw it a second time
    html = "".join(data.get("text/html", "") for data in shown)
    assert "全县现有学校40所。" in html
    assert "▲4.496" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_nothing_is_printed_outside_a_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell(tmp_path)
    assert capsys.readouterr() == ("", "")


def test_characters_that_no_output_can_hold_are_gone_and_all_others_stay() -> None:
    assert cleaned("控\x07制\x00\ud800\ufffe") == "控制"
    assert cleaned("a\r\nb\rc") == "a\nb\nc"
    assert cleaned(OVERRIDE) == "反转"
    assert cleaned("𠮷😀\u200f=<{") == "𠮷😀\u200f=<{"


def test_a_sentence_is_one_line(tmp_path: Path) -> None:
    story = open_story(tmp_path, "01_data")
    story.say(words("第一\n小学", "a\nb"))
    story.close()
    assert load(tmp_path).stories[0].blocks[0].text == words("第一 小学", "a b")


def test_numbers_are_shown_on_their_side_of_the_limit() -> None:
    frame = pd.DataFrame({"v": [4.496, 4.5, np.nan], "at": [4.5, 4.5, 4.5]})
    assert cell(frame, digits=2, limit="at") == ["4.496", "4.50", "—"]
    assert cell(frame, digits=2) == ["4.50", "4.50", "—"]


def test_shares_codes_years_and_decimals_by_row() -> None:
    assert cell(pd.DataFrame({"v": [0.285, np.nan]}), digits=1, percent=True) == ["28.5%", "—"]
    assert cell(pd.DataFrame({"v": [2025]})) == ["2025"]
    assert cell(pd.DataFrame({"v": [12345.678]}), "en", digits=1) == ["12,345.7"]
    assert cell(pd.DataFrame({"v": [1.23456, 0.50449], "d": [2, 3]}), digits="d") == ["1.23", "0.504"]
    met = {"pass": words("达标", "met"), "fail": words("", "")}
    assert cell(pd.DataFrame({"v": ["pass", "fail", None]}), words=met) == ["达标", "", "—"]
    assert cell(pd.DataFrame({"v": [True, False]}), "en") == ["yes", "no"]


def test_an_infinite_number_is_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        cell(pd.DataFrame({"v": [np.inf]}), digits=1)


def test_marks_go_by_position_and_must_fit() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=[7, 7])
    marks = pd.DataFrame({"b": [False, True], "unshown": [True, True]})
    assert marked_cells(marks, frame, ["a", "b"]) == [(1, 1)]
    with pytest.raises(ValueError, match="rows"):
        marked_cells(marks.head(1), frame, ["a", "b"])


def test_a_header_covers_every_column_once_in_every_row(tmp_path: Path) -> None:
    tell_ledger(tmp_path)
    for table in load(tmp_path).tables.values():
        rows = header_rows(table.columns)
        covered = [
            (r + down, cell.column + along)
            for r, row in enumerate(rows)
            for cell in row
            for down in range(cell.rows)
            for along in range(cell.columns)
        ]
        assert sorted(covered) == [(r, c) for r in range(len(rows)) for c in range(len(table.columns))]


def test_both_languages_are_kept(tmp_path: Path) -> None:
    tell(tmp_path, "en")
    heading = record(tmp_path, "story/02_ledger.json")["blocks"][0]["text"]
    assert heading == {"zh": "哪些学校未达标？", "en": "Which schools do not meet it?"}


def test_no_sentence_around_the_words_mixes_punctuation(tmp_path: Path) -> None:
    tell_data(tmp_path, invented=False)
    source = record(tmp_path, "figures/areas.json")["source"]
    assert not re.search(r"[\u4e00-\u9fff][,;:(]", source["zh"])
    assert not re.search(r"[\u4e00-\u9fff，；：]", source["en"])

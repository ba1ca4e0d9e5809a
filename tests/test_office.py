"""The planner's page: what it says of a run's steps, and of data that cannot be used."""

from __future__ import annotations

from pathlib import Path

import ipywidgets
import pytest

from analysis.batch import suite
from analysis.explore import office
from analysis.explore.widget import Page
from analysis.wording.explore import step_line

from . import hand_county

WRONG = {("城关小学", "体育艺术专任教师数(小学)"): 77}  # more than its 60 teachers


def test_a_step_is_told_by_the_title_of_its_notebook() -> None:
    titles = [office.notebook_title(notebook.stem) for notebook in suite()]
    assert all(title.zh and not title.zh.isascii() and title.en for title in titles)
    assert step_line(2, 5, titles[1]).zh == "第 2 / 5 步已完成：达标台账"
    assert step_line(2, 5, titles[1]).en == "Step 2 of 5 done: Standards ledger"
    assert not any(character.isdigit() for title in titles for character in title.zh + title.en)


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "体育艺术教师是专任教师的一部分"), ("en", "PE and arts teachers")]
)
def test_data_that_must_be_corrected_are_told_in_the_page_beside_the_desk(
    tmp_path: Path, lang: str, said: str
) -> None:
    page = office.opened(data=str(hand_county.write(tmp_path / "我县.xlsx", WRONG)), lang=lang)
    assert isinstance(page, ipywidgets.HTML)
    assert said in page.value
    assert page.value.count("<li>") == 1  # remarks do not keep a page from opening
    tabs = office.both(page, lang)
    assert tabs.children[0] is page
    assert tabs.children[1].lang == lang


def test_sound_data_open_the_explorer(tmp_path: Path) -> None:
    assert isinstance(office.opened(data=str(hand_county.write(tmp_path / "乙县.xlsx"))), Page)

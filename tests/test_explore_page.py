"""The explorer in a browser, the other hosts out of reach."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from analysis.assessment import assess
from analysis.explore import changed_rules, read_view, with_added
from analysis.rounding import shown
from analysis.sources.mapping import load_source
from analysis.sources.reading import read_dataset
from analysis.standards import load_standard
from analysis.wording import explore as words

from . import hand_county
from .browsing import PATIENCE_MS, answered, app, browser, opened
from .desks import bomb

pytestmark = pytest.mark.browser
SPORTS = "sports_area_per_pupil"


CITY, NINE, HILL, *_ = hand_county.CELLS["学校标识码"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app leaves what it leaves while it runs."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with app(folder, "--data", str(hand_county.write(folder / "手算县.xlsx"))) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """What the page asked for, from wherever."""
    return []


@pytest.fixture(scope="module")
def one_page(chromium: Any, address: str, asked: list[str]) -> Iterator[Page]:
    page = opened(chromium, address, reached=asked)
    yield page
    page.close()


@pytest.fixture
def page(one_page: Page) -> Page:
    """The page with nothing supposed and the first stage chosen."""
    one_page.keyboard.press("Escape")
    one_page.select_option("select[name=stage]", "primary")
    answered(one_page)
    one_page.click("button[name=reset]")
    answered(one_page)
    return one_page


def test_the_page_fits_asks_no_other_host_and_says_what_it_cannot_draw(page: Page, asked: list[str]) -> None:
    assert [url for url in asked if not url.startswith(("http://127.0.0.1", "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollHeight") <= 800
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert "没有经纬度" in page.inner_text("section[data-view=map]")
    assert "未达标" in page.inner_text(".jh-lines")
    for view in ("gap", "scatter", "spread", "trend"):
        assert page.locator(f"section[data-view={view}] .point").count(), view
    assert page.locator("section[data-view=table] tbody tr").count() == 3


def test_without_the_token_nothing_is_shown(chromium: Any, address: str) -> None:
    page = chromium.new_page()
    page.goto(address.partition("?")[0])
    assert page.locator(".jh").count() == 0
    assert "login" in page.url
    page.close()


def test_what_draws_the_charts_may_be_missing_and_is_asked_for_again(chromium: Any, address: str) -> None:
    page: Page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE_MS)
    page.route("**/plotly.min.js", lambda route: route.abort())
    page.goto(address)
    page.wait_for_selector(f".jh-messages:has-text('{words.CONTROLS['not_drawn'].zh}')")
    assert "未达标" in page.inner_text(".jh-lines")
    page.unroute("**/plotly.min.js")
    page.select_option("select[name=stage]", "junior")
    answered(page)
    assert page.inner_text(".jh-messages") == ""
    assert page.locator("section[data-view=gap] .point").count()
    page.close()


def test_what_is_supposed_in_the_page_is_what_its_parameters_file_gives(page: Page, tmp_path: Path) -> None:
    page.select_option("select[name=indicator]", SPORTS)
    answered(page)
    page.fill("input[name=threshold]", "7")
    page.keyboard.press("Tab")
    answered(page)
    page.select_option("select[name=school]", hand_county.CELLS["学校标识码"][1])
    page.select_option("select[name=resource]", "sports_ground_area_m2")
    page.fill("input[name=amount]", "1500")
    page.click("button[name=add]")
    answered(page)
    assert page.is_visible(".jh-supposed")
    with page.expect_download() as download:
        page.click("button[name=params]")
    file = tmp_path / "view.yaml"
    download.value.save_as(file)

    request, view, what_if = read_view(file)
    assert what_if.thresholds[SPORTS].keys() == {"primary"}
    assert len(what_if.added) == 1
    rules = changed_rules(load_standard(request.standard), what_if, view.sides)
    schools = read_dataset(request.paths, load_source(request.source)).schools
    found = assess(with_added(schools, what_if.added), rules)
    spread = found.dispersion[found.dispersion["indicator"] == SPORTS].set_index("stage")["cv"]
    said = page.inner_text(".jh-lines")
    assert page.get_attribute(".jh", "data-verdict") == found.county_verdicts["verdict"].item()
    assert f"差异系数 {shown(float(spread['primary']), 3)}" in said
    assert f"达标{found.county_verdicts['n_schools_pass'].item()}所" in said


def test_what_cannot_be_shown_is_said_in_its_place(page: Page) -> None:
    page.select_option("select[name=indicator]", "backbone_teachers_per_100")
    answered(page)
    for school in (CITY, NINE):  # HILL filed no backbone teachers
        page.select_option("select[name=school]", school)
        page.click("button[name=put_out]")
        answered(page)
    for view in ("scatter", "spread"):
        assert "缺" in page.inner_text(f"section[data-view={view}] .jh-say")
    page.select_option("select[name=indicator]", SPORTS)
    answered(page)
    assert page.locator("section[data-view=scatter] .point").count() == 1
    assert page.locator("section[data-view=gap] .jh-say").count() == 1  # there is one side alone
    assert words.ONE_SCHOOL["zh"] in page.inner_text(".jh-lines")
    page.select_option("select[name=school]", HILL)
    page.click("button[name=put_out]")
    answered(page)
    for view in ("gap", "scatter", "map", "spread", "trend"):
        assert page.inner_text(f"section[data-view={view}] .jh-say") == words.NOTHING_JUDGED["zh"]
    assert page.inner_text("[role=alert]") == ""


def test_a_figure_that_is_none_is_refused_in_place_and_can_be_mended(page: Page) -> None:
    page.fill("input[name=threshold]", "七")
    page.keyboard.press("Tab")
    answered(page)
    assert "七" in page.inner_text("[role=alert]")
    page.fill("input[name=threshold]", "3")
    page.keyboard.press("Tab")
    answered(page)
    assert page.inner_text("[role=alert]") == ""
    assert "≥ 3 " in page.inner_text(".jh-head h2")


def test_a_school_shows_its_card_and_dragging_over_schools_limits_the_numbers(page: Page) -> None:
    plot = "section[data-view=scatter] .jh-plot"
    page.locator(f"{plot} .point").first.hover(force=True)
    page.wait_for_selector(".jh-card:not([hidden])")
    assert "小学" in page.inner_text(".jh-card")
    box = page.locator(f"{plot} .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 2, steps=4)
    page.mouse.up()
    page.wait_for_selector("button[name=all_schools]:visible")
    answered(page)
    assert "已选2所" in page.inner_text(".jh-lines")
    assert page.locator("section[data-view=table] tbody tr").count() == 2
    page.click("button[name=all_schools]")
    answered(page)
    assert page.locator("section[data-view=table] tbody tr").count() == 3


@pytest.mark.parametrize("kind", ["PNG", "SVG", "CSV"])
def test_the_view_is_taken_along(page: Page, tmp_path: Path, kind: str) -> None:
    with page.expect_download() as download:
        page.click(f"button[name={kind}]")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    content = file.read_bytes()
    if kind == "CSV":
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("学校标识码,学校,")
        assert len(lines) == 4
    else:
        assert content.startswith(b"\x89PNG" if kind == "PNG" else b"<svg")
    if kind == "SVG":
        assert "教督〔2017〕6号" in content.decode()  # the stamp


def test_the_code_of_a_view_computes_what_the_page_says(page: Page) -> None:
    page.select_option("select[name=stage]", "junior")
    answered(page)
    page.click("button[name=code]")
    names: dict[str, Any] = {}
    exec(page.input_value("dialog textarea"), names)
    page.click("button[name=close]")
    assert page.locator("dialog").count() == 0
    assert names["found"].verdict == page.get_attribute(".jh", "data-verdict")
    assert set(names["found"].judged["stage"]) == {"junior"}


# --- the planner's page ---


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with one figure that must be corrected: more PE and arts teachers than teachers."""
    return hand_county.write(
        tmp_path_factory.mktemp("upload") / "我县.xlsx", {("城关小学", "体育艺术专任教师数(小学)"): 77}
    )


def test_an_uploaded_workbook_shows_its_faults_in_its_own_window_alone(
    chromium: Any, address: str, folder: Path, one_page: Page, book: Path, tmp_path: Path
) -> None:
    one_page.get_by_role("tab", name="上传与报告").click()
    one_page.set_input_files("input[name=file]", book)
    one_page.wait_for_selector(".jo[data-stage=faulty]")
    assert "体育艺术" in one_page.inner_text(".jo-list")
    assert one_page.locator("button[name=run]:visible").count() == 0
    with one_page.expect_download() as download:
        one_page.click("button[name=copy]")
    assert download.value.suggested_filename == "我县-核查.xlsx"

    other = opened(chromium, address)
    other.get_by_role("tab", name="上传与报告").click()
    assert other.get_attribute(".jo", "data-stage") == "empty"
    sound = hand_county.write(tmp_path / "乙县.xlsx")
    other.set_input_files("input[name=file]", sound)
    other.wait_for_selector(".jo[data-stage=ready]")
    assert other.is_visible("button[name=run]")
    assert one_page.get_attribute(".jo", "data-stage") == "faulty"
    for name, content, said in (("x.exe", b"MZ", ".xlsx"), ("x.xlsx", bomb(), "解压")):
        other.set_input_files("input[name=file]", {"name": name, "mimeType": "", "buffer": content})
        other.wait_for_selector(f".jo[data-stage=faulty] td:has-text('{said}')")
        assert other.locator("button[name=copy]:visible").count() == 0
    other.set_input_files("input[name=file]", sound)
    other.wait_for_selector(".jo[data-stage=ready]")
    assert len(list(folder.rglob(sound.name))) == 1
    other.close(run_before_unload=True)
    gone = time.monotonic() + PATIENCE_MS / 1000
    while list(folder.rglob(sound.name)) and time.monotonic() < gone:
        time.sleep(0.2)
    assert not list(folder.rglob(sound.name))  # closing the page removes what was uploaded
    assert list(folder.rglob(book.name))
    one_page.get_by_role("tab", name="交互探索").click()

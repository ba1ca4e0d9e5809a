"""explore.ipynb in JupyterLab as a researcher opens it, the other hosts out of reach."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from jupyterlab.labapp import LabApp
from playwright.sync_api import Page, TimeoutError

from analysis import shipped
from analysis.explore import lab
from analysis.explore.app import NOTEBOOK

from .browsing import answered, app, browser

SPORTS = "sports_area_per_pupil"


def test_nobody_is_asked_for_news_versions_or_extensions(tmp_path: Path) -> None:
    told = lab.arguments(tmp_path, port=1, browser=False)
    server = LabApp()
    server.parse_command_line([option for option in told if option.startswith("--LabApp")])
    assert server.news_url is None
    assert server.check_for_updates_class.__name__ == "NeverCheckForUpdate"
    assert server.extension_manager == "readonly"


def test_root_is_let_in_and_warned_others_are_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr(LabApp, "launch_instance", told.append)
    for user in (0, 1000):
        monkeypatch.setattr("os.geteuid", lambda user=user: user, raising=False)
        lab.serve(tmp_path, browser=False)
    allowed = "--ServerApp.allow_root=True"
    assert [allowed in options for options in told] == [True, False]
    assert capsys.readouterr().err.count("root") == 2  # once in either language


def run_all(page: Page, address: str) -> None:
    """
    Open the notebook and choose Run All Cells, anew until a cell has begun.

    JupyterLab forgets it while its kernel is being connected, or shows a dialog over its menu.
    """
    for _ in range(6):
        page.goto(address)
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        with suppress(TimeoutError):
            for name in ("Run", "Run All Cells"):
                page.get_by_role("menuitem", name=name, exact=True).click(timeout=10_000)
            page.wait_for_selector(".jp-InputArea-prompt:text-matches('[*1-9]')", timeout=20_000)
            return
        print("not begun:", page.locator("dialog.jp-Dialog").all_inner_texts())


@pytest.mark.browser
def test_run_all_shows_the_views_and_a_control_changes_them(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copy(shipped.notebooks() / NOTEBOOK, tmp_path / "notebooks")
    with app(tmp_path, str(tmp_path), verb="lab") as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(120_000)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        run_all(page, address.replace("?", f"/{NOTEBOOK}?"))
        page.wait_for_selector(".jh[data-answered]")
        for view in ("gap", "scatter", "map", "spread", "trend"):
            assert page.locator(f"section[data-view={view}] .point").count(), view
        page.select_option("select[name=indicator]", SPORTS)
        answered(page)
        page.fill("input[name=threshold]", "3")
        page.keyboard.press("Tab")
        answered(page)
        assert "≥ 3 " in page.inner_text(".jh-head h2")
        assert page.is_visible(".jh-supposed")
        assert [url for url in asked if not url.startswith(("http://127.0.0.1", "data:", "blob:"))] == []
        page.screenshot(path=tmp_path / "lab.png")

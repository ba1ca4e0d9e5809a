"""index.html: read as a browser reads it, from disk and without a network."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analysis.errors import Lang
from analysis.publish import publish
from analysis.publish.gallery import write_gallery
from analysis.publish.record import INVENTED

from .telling import LANGS, told


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def targets(self) -> list[str]:
        names = ("src", "href", "action", "data", "srcset", "poster")
        return [value for _, a in self.tags for name, value in a.items() if name in names and value]


@pytest.mark.parametrize("lang", LANGS)
def test_every_link_leads_to_a_file_that_is_there(tmp_path: Path, lang: Lang) -> None:
    publish(told(tmp_path, lang))
    page = Page(tmp_path / "index.html")
    ids = {a["id"] for _, a in page.tags if a.get("id")}
    for target in page.targets():
        parts = urlsplit(target)
        assert not parts.scheme
        assert not parts.netloc
        assert (tmp_path / parts.path).is_file() if parts.path else parts.fragment in ids
    for name in (
        "report.docx",
        "ledger.xlsx",
        "figures/areas.png",
        "figures/areas.svg",
        "tables/schools.csv",
    ):
        assert name in page.targets()


def test_the_page_asks_for_nothing_beyond_its_folder(tmp_path: Path) -> None:
    page = Page(write_gallery(told(tmp_path), "zh"))
    assert not [a for tag in ("link", "iframe", "object", "embed") for a in page.all(tag)]
    assert [a for a in page.all("script") if a.get("src")] == []
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    style = re.search(
        r"<style>(.*?)</style>", (tmp_path / "index.html").read_text(encoding="utf-8"), re.DOTALL
    )
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_captions_alt_texts_and_sentences_are_there(tmp_path: Path, lang: Lang) -> None:
    page = Page(write_gallery(told(tmp_path, lang), lang))
    (image,) = page.all("img")
    assert image["alt"] == {"zh": "条形图：甲大于乙", "en": "Bars: the first exceeds the second"}[lang]
    expected = {
        "zh": (
            "图1　生均面积",
            "表1　分学校达标情况",
            "单位：平方米",
            "全县现有学校40所。",
            "▲ 未达标",
            "注：不含教学点。",
        ),
        "en": (
            "Figure 1. Area per pupil",
            "Table 1. Standards by school",
            "Unit: m²",
            "40 schools.",
            "▲ not met",
        ),
    }
    for text in expected[lang]:
        assert text in page.text
    assert "0.3333333333333333" in page.text  # the numbers behind the figure


def test_hostile_texts_are_text(tmp_path: Path) -> None:
    page = Page(write_gallery(told(tmp_path), "zh"))
    assert len(page.all("script")) == 1
    assert "<script>alert(1)</script>" in page.text
    assert "{x} {{ x }}" in page.text
    assert 'A & B "quoted" <b>' in page.text
    assert "𠮷田小学" in page.text


@pytest.mark.parametrize("invented", [True, False])
def test_the_label_stands_on_pages_of_invented_data_only(tmp_path: Path, invented: bool) -> None:
    page = Page(write_gallery(told(tmp_path, invented=invented), "zh"))
    assert (INVENTED in page.text) is invented


def test_the_other_language_is_linked_when_it_is_there(tmp_path: Path) -> None:
    zh, en = told(tmp_path / "zh", "zh"), told(tmp_path / "en", "en")
    assert "../en/index.html" not in Page(write_gallery(zh, "zh")).targets()
    assert "../zh/index.html" in Page(write_gallery(en, "en")).targets()
    assert "../en/index.html" in Page(write_gallery(zh, "zh")).targets()


def test_it_can_be_used_by_keyboard_and_heard(tmp_path: Path) -> None:
    page = Page(write_gallery(told(tmp_path), "zh"))
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert page.all("a")[0]["href"] == "#content"
    labelled = {a["for"] for a in page.all("label")}
    assert {a["id"] for a in page.all("input")} <= labelled
    scrolling = [a for a in page.all("div") if a.get("class") == "scroll"]
    assert scrolling
    assert all(a.get("tabindex") == "0" for a in scrolling)
    assert [tag for tag, a in page.tags if a.get("onclick")] == []


@pytest.mark.browser
def test_a_browser_shows_the_picture_and_finds_what_is_searched(tmp_path: Path) -> None:
    """The page is asked from within: a search is typed, and what it shows is read off the document."""
    index = write_gallery(told(tmp_path), "zh")
    probe = """<script>
    words.value = "差异系数"; words.dispatchEvent(new Event("input"));
    addEventListener("load", () => { document.title = JSON.stringify({
      wide: document.images[0].naturalWidth > 0,
      shown: [...document.querySelectorAll("[data-find]:not([hidden])")].map(part => part.id),
      said: found.textContent}); });
    </script></body>"""
    index.write_text(index.read_text(encoding="utf-8").replace("</body>", probe), encoding="utf-8")
    browser = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    command = [*browser, "--virtual-time-budget=3000", "--dump-dom", index.as_uri()]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert '<title>{"wide":true,"shown":["table-cv"],"said":"1 处"}</title>' in dom

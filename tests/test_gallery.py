"""index.html: read as a browser reads it, from disk and without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from analysis.errors import Lang
from analysis.publish import publish
from analysis.publish.gallery import write_gallery
from analysis.publish.record import INVENTED, load

from .chromium import Tab, browser
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
        if target.startswith("data:image/png;base64,"):
            continue
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
    page = Page(write_gallery(load(told(tmp_path)), "zh"))
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
    page = Page(write_gallery(load(told(tmp_path, lang)), lang))
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
    page = Page(write_gallery(load(told(tmp_path)), "zh"))
    assert len(page.all("script")) == 1
    assert "<script>alert(1)</script>" in page.text
    assert "{x} {{ x }}" in page.text
    assert 'A & B "quoted" <b>' in page.text
    assert "𠮷田小学" in page.text


@pytest.mark.parametrize("invented", [True, False])
def test_the_label_stands_on_pages_of_invented_data_only(tmp_path: Path, invented: bool) -> None:
    page = Page(write_gallery(load(told(tmp_path, invented=invented)), "zh"))
    assert (INVENTED in page.text) is invented


def test_it_can_be_used_by_keyboard_and_heard(tmp_path: Path) -> None:
    page = Page(write_gallery(load(told(tmp_path)), "zh"))
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert page.all("a")[0]["href"] == "#content"
    labelled = {a["for"] for a in page.all("label")}
    assert {a["id"] for a in page.all("input")} <= labelled
    scrolling = [a for a in page.all("div") if a.get("class") == "scroll"]
    assert scrolling
    assert all(a.get("tabindex") == "0" for a in scrolling)
    assert [tag for tag, a in page.tags if a.get("onclick")] == []


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


_READ = """navigator.clipboard.read().then(async items => {
  const got = {};
  for (const type of items[0].types) {
    const blob = await items[0].getType(type);
    got[type] = type.startsWith("text/") ? await blob.text()
      : await createImageBitmap(blob).then(image => [image.width, image.height]);
  }
  return got;
})"""


def press(tab: Tab, kind: str) -> str:
    """Press a copy button and return what is then said."""
    return str(
        tab.run(f"""new Promise(done => {{
      const button = document.querySelector('[data-copy={kind}]'), status = button.nextElementSibling;
      new MutationObserver(() => done(status.textContent)).observe(status, {{childList: true}});
      button.focus(); button.click();
    }})""")
    )


@pytest.mark.browser
def test_a_picture_is_copied_from_a_page_opened_from_disk(tmp_path: Path, chromium: Tab) -> None:
    chromium.open(write_gallery(load(told(tmp_path)), "zh"))
    assert press(chromium, "picture") == "已复制"
    size = chromium.run("[document.images[0].naturalWidth, document.images[0].naturalHeight]")
    assert size[0] > 1000  # at printed size
    assert chromium.run(_READ) == {"image/png": size}


@pytest.mark.browser
def test_a_table_is_copied_as_cells(tmp_path: Path, chromium: Tab) -> None:
    chromium.open(write_gallery(load(told(tmp_path)), "en"))
    assert press(chromium, "table") == "copied"
    got = chromium.run(_READ)
    lines = [line.split("\t") for line in got["text/plain"].splitlines()]
    assert ["=1+1", "1000", "▲4.496", "4.50"] in lines
    assert "<table" in got["text/html"]
    assert "alert(1)</script>" not in got["text/html"]


@pytest.mark.browser
def test_where_copying_is_refused_the_picture_is_selected(tmp_path: Path, chromium: Tab) -> None:
    chromium.open(write_gallery(load(told(tmp_path)), "zh"), clipboard=False)
    assert press(chromium, "picture").startswith("浏览器不允许直接复制")
    assert chromium.run("getSelection().getRangeAt(0).cloneContents().querySelectorAll('img').length") == 1


@pytest.mark.browser
def test_what_is_searched_is_found(tmp_path: Path, chromium: Tab) -> None:
    chromium.open(write_gallery(load(told(tmp_path)), "zh"))
    chromium.run("words.value = '差异系数'; words.dispatchEvent(new Event('input'))")
    shown = "[...document.querySelectorAll('[data-find]:not([hidden])')].map(part => part.id)"
    assert chromium.run(shown) == ["table-cv"]
    assert chromium.run("found.textContent") == "1 处"


@pytest.mark.browser
def test_the_keyboard_reaches_everything(tmp_path: Path, chromium: Tab) -> None:
    chromium.open(write_gallery(load(told(tmp_path)), "zh"))
    reached = []
    for _ in range(40):
        for kind in ("rawKeyDown", "keyUp"):
            chromium.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        reached.append(chromium.run("document.activeElement.dataset.copy || document.activeElement.id || ''"))
    assert {"picture", "table", "words"} <= set(reached)


@pytest.mark.browser
def test_the_other_language_is_linked_whichever_was_made_first(tmp_path: Path, chromium: Tab) -> None:
    zh = write_gallery(load(told(tmp_path / "zh", "zh")), "zh")
    wait = "new Promise(done => setTimeout(() => done([other.hidden, other.href]), 500))"
    chromium.open(zh)
    assert chromium.run(wait)[0] is True
    en = write_gallery(load(told(tmp_path / "en", "en")), "en")
    for here, there in ((zh, en), (en, zh)):
        chromium.open(here)
        assert chromium.run(wait) == [False, there.as_uri()]

"""The look of figures: letters that are there, outputs that repeat, settings that stay where they belong."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colors
from PIL import Image

from analysis import style
from analysis.charts.parts import spread
from analysis.errors import Lang
from analysis.lettering import drawable, fonts, width, wrapped

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("raw", "drawn"),
    [
        ("𠮷野小学", "〓野小学"),
        ("=1+1", "=1+1"),
        ("A$B$", "A$B$"),
        ("新\r\n街\t小学\u2028", "新 街 小学"),
        ("\u202e反\u200b向\ufeff\x00小学", "反向小学"),
        ("葛\U000e0100城", "葛城"),
        ("🏫阳光小学", "〓阳光小学"),
        ("  ", "—"),
        (None, "—"),
        (float("nan"), "—"),
    ],
)
def test_text_from_a_file_becomes_drawable(raw: object, drawn: str) -> None:
    assert drawable(raw) == drawn


@given(st.text(), st.integers(8, 80))
def test_drawable_text_fits_and_is_one_harmless_line(text: str, limit: int) -> None:
    drawn = drawable(text, limit=limit)
    assert width(drawn) <= limit
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in drawn)
    assert drawable(drawn, limit=limit) == drawn


def test_long_names_keep_both_ends() -> None:
    east, west = (f"示例县人民政府机关附属实验学校(九年一贯制){side}校区" for side in "东西")
    assert drawable(east, limit=28) != drawable(west, limit=28)
    assert "…" in drawable(east, limit=28)


@given(st.text(alphabet="教学用房 (),ab-c平方米", max_size=60), st.integers(2, 30))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    assert wrapped(text, columns).replace("\n", "").replace(" ", "") == text.replace(" ", "")


def test_wrapped_lines_are_even_and_begin_with_no_closing_mark() -> None:
    assert wrapped("体育运动场馆", 10) == "体育运\n动场馆"
    assert wrapped("生均图书(册)", 10) == "生均图\n书(册)"
    assert wrapped("above-degree teachers", 12) == "above-degree\nteachers"


@given(st.lists(st.floats(-100, 100), max_size=6), st.floats(0.1, 5))
def test_spread_labels_stand_apart_in_the_same_order(positions: list[float], apart: float) -> None:
    moved = spread(positions, apart)
    ranked = [moved[i] for i in sorted(range(len(positions)), key=lambda i: positions[i])]
    assert all(b - a >= apart - 1e-9 for a, b in pairwise(ranked))
    assert sum(moved) == pytest.approx(sum(positions), abs=1e-6)


def test_spread_leaves_alone_what_is_apart() -> None:
    assert spread([3.0, 1.0, 9.0], 1.5) == [3.0, 1.0, 9.0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_can_be_drawn_without_a_missing_glyph(lang: Lang) -> None:
    with style.use(lang):
        fig, ax = style.figure()
        ax.text(0, 0.5, drawable("𠮷野小学 ≥4.5 ㎡ − $x_1$ \\alpha <b> école 鄢陵龘"))
        fig.canvas.draw()
    assert ax.texts[0].get_text().endswith("鄢陵龘")
    plt.close(fig)


def test_fonts_of_the_two_languages_fill_in_for_each_other() -> None:
    assert fonts("en") == fonts("zh")[::-1]
    found = mpl.font_manager.findfont(fonts("zh")[0], fallback_to_default=False)
    assert Path(found).name == "NotoSansSC-Regular.ttf"


def test_settings_end_with_the_context() -> None:
    before = dict(mpl.rcParams)
    with style.use("zh"):
        assert mpl.rcParams["text.parse_math"] is False
    assert dict(mpl.rcParams) == before


def test_importing_the_charts_changes_no_setting() -> None:
    script = (
        "import sys, matplotlib as m; before = dict(m.rcParams); import analysis.charts;"
        "assert dict(m.rcParams) == before; assert 'zhplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_saved_figures_repeat_byte_for_byte(tmp_path: Path) -> None:
    saved = []
    for name in ("a", "b"):
        with style.use("zh"):
            fig, ax = style.figure()
            ax.bar([0], [1], hatch="//")
            ax.set_title("示例县 $5")
            style.note(fig, "示例数据 · 非真实", lang="zh")
        saved.append(style.save(fig, tmp_path / f"{name}.1", title="图1 <题>", source="学校数据.xlsx"))
        plt.close(fig)
    for first, second in zip(*saved, strict=True):
        assert first.read_bytes() == second.read_bytes()
    assert [path.name for path in saved[0]] == ["a.1.png", "a.1.svg"]


def test_saved_figures_carry_title_and_source_at_printed_size(tmp_path: Path) -> None:
    with style.use("zh"):
        fig, ax = style.figure(style.HALF_PAGE)
        ax.set_title("示例县")
    png, svg = style.save(fig, tmp_path / "f", title="图1 在校生", source="学校数据.xlsx")
    plt.close(fig)
    with Image.open(png) as image:
        assert image.info["Title"] == "图1 在校生"
        assert image.info["Source"] == "学校数据.xlsx"
        assert image.info["dpi"][0] >= 200
        assert image.width / image.info["dpi"][0] * 2.54 == pytest.approx(15.6, abs=0.02)
    text = svg.read_text(encoding="utf-8")
    assert "图1 在校生" in text
    assert "<text" not in text  # letters are outlines
    assert "<dc:date>" not in text


def test_the_helper_finds_labels_that_overlap_or_are_cut() -> None:
    with style.use("en"):
        fig, ax = plt.subplots()
    ax.text(0.5, 0.5, "one label")
    ax.text(0.52, 0.5, "another")
    ax.text(0.5, 0.8, "apart")
    ax.text(0.98, 0.1, "far over the edge of the page, and further")
    assert style.overlapping_labels(fig) == [("one label", "another")]
    assert style.clipped_labels(fig) == ["far over the edge of the page, and further"]
    plt.close(fig)


@pytest.mark.parametrize("family", [style.STATUS, style.AREA, style.PARTS])
def test_classes_stay_apart_in_grey(family: dict[str, style.Mark]) -> None:
    """Two classes differ by 15 % of grey, or one is hatched and the other not."""
    marks = [mark for name, mark in family.items() if name != "unjudged"]
    greys = [
        (sum(w * c for w, c in zip((0.299, 0.587, 0.114), colors.to_rgb(m.fill), strict=True)), m.hatch)
        for m in marks
    ]
    for i, (grey, hatch) in enumerate(greys):
        for other, other_hatch in greys[i + 1 :]:
            assert abs(grey - other) > 0.15 or hatch != other_hatch
    for mark in marks:
        assert abs(_grey(mark.fill) - _grey(mark.ink)) > 0.4  # text on its ground


def _grey(colour: str) -> float:
    return sum(w * c for w, c in zip((0.299, 0.587, 0.114), colors.to_rgb(colour), strict=True))

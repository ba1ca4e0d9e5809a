"""One drawing for both files: the PNG is what matplotlib alone would write, the SVG the same shapes in points."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from PIL import Image

from analysis.rendering import write_both

_DPI = 200
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def drawn() -> Figure:
    """Return a figure with every kind of thing that our charts and maps draw."""
    fig, ax = plt.subplots(figsize=(4, 3))
    ax.set(xlim=(0, 10), ylim=(0, 10))
    ax.plot([0, 5, 20], [1, 9, 30], "--", marker="D", lw=1.4)  # runs out of the Axes: clipped
    ax.scatter([1, 2, 3], [7, 8, 2], s=[20, 60, 90], c=["#1F4E79", "#E8A33D", "#6E2A2A"], edgecolor="k")
    ax.add_patch(Rectangle((6, 1), 3, 3, hatch="////", facecolor="#F2B134", edgecolor="k"))
    ax.imshow(np.arange(12.0).reshape(3, 4), extent=(6, 9, 6, 9), clip_path=None, zorder=3)
    ax.add_patch(around := Circle((3, 4), 1.5, facecolor="none", edgecolor="k"))
    ax.plot([0, 6], [4, 4], lw=3, clip_path=around)
    ax.text(4, 5, "a county", rotation=30)
    ax.set_aspect("auto")
    return fig


def test_the_png_is_the_one_that_matplotlib_writes(tmp_path: Path) -> None:
    fig = drawn()
    fig.savefig(tmp_path / "alone.png", dpi=_DPI)
    png, _ = write_both(fig, tmp_path / "both", dpi=_DPI, told={"Title": "题"})
    alone, both = (np.asarray(Image.open(path)) for path in (tmp_path / "alone.png", png))
    assert np.array_equal(alone, both)
    with Image.open(png) as picture:
        assert picture.info["Title"] == "题"
        assert round(picture.info["dpi"][0]) == _DPI
    plt.close(fig)


def test_the_svg_holds_the_shapes_of_the_one_that_matplotlib_writes(tmp_path: Path) -> None:
    fig = drawn()
    with mpl.rc_context({"svg.hashsalt": "s"}):
        fig.savefig(tmp_path / "alone.svg", metadata={"Date": None})
        _, svg = write_both(fig, tmp_path / "both", dpi=_DPI, told={})
    alone, both = (path.read_text(encoding="utf-8") for path in (tmp_path / "alone.svg", svg))
    for kind in (r'<path d="([^"]+)"', r'<use [^>]*x="([^"]+)" y="([^"]+)"', r'<rect x="([^"]+)"'):
        ours, theirs = (numbers(re.findall(kind, text)) for text in (both, alone))
        assert len(ours) == len(theirs) > 0, kind
        assert np.abs(ours - theirs).max() < 1, kind  # points; letters are set to the grid of the pixels
    for word in ("clip-path", "stroke-dasharray", "hatch", "<image"):
        assert both.count(word) == alone.count(word), word
    assert re.findall("viewBox.*", both) == re.findall("viewBox.*", alone)
    assert set(re.findall('stroke-width: [^;"]+', both)) == set(re.findall('stroke-width: [^;"]+', alone))
    plt.close(fig)


def numbers(found: list[str] | list[tuple[str, ...]]) -> np.ndarray:
    text = " ".join(part if isinstance(part, str) else " ".join(part) for part in found)
    return np.array([float(number) for number in _NUMBER.findall(text)])

"""How figures look: fonts with every Chinese character, colours that survive a grey print, sizes on A4."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from itertools import combinations
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from .errors import Lang
from .lettering import drawable as drawable
from .lettering import fonts, wrapped
from .rendering import write_both

TEXT_WIDTH_CM = 15.6  # A4 with margins of 2.8 and 2.6 cm
HALF_PAGE = (TEXT_WIDTH_CM, 9.0)
FULL_PAGE = (TEXT_WIDTH_CM, 21.0)  # leaves room for the caption
DPI = 220  # sharp in print; at 300 a picture takes nearly twice the time and room
_A4, _ABOVE = (21.0, 29.7), 2.0  # cm

BODY, SMALL, TINY = 8.5, 7.5, 6.5  # points at printed size; the Chinese font has no bold
INK, FAINT, GRID = "#222222", "#6B6B6B", "#D9D9D9"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Mark:
    """How one class is drawn: told apart by lightness first, then by hatch, marker and line."""

    fill: str
    ink: str
    hatch: str = ""
    marker: str = "o"
    line: str = "-"


# Lightness (CIE L*) falls from about 92 over 76 to 28, so that the classes stay apart in grey.
STATUS = {
    "met": Mark("#DCEAF4", INK, marker="o"),
    "floor": Mark("#F2B134", INK, hatch="////", marker="^"),
    "below": Mark("#6E2A2A", "#FFFFFF", marker="D"),
    "missing": Mark("#FFFFFF", INK, hatch="....", marker="s"),
    "unjudged": Mark("#EFEFEF", INK, marker="o"),
}
VERDICT = {"pass": STATUS["met"], "fail": STATUS["below"], "undetermined": STATUS["missing"]}
AREA = {
    "urban": Mark("#1F4E79", "#FFFFFF", marker="o", line="-"),
    "rural": Mark("#E8A33D", INK, marker="D", line="--"),
    "unknown": Mark("#FFFFFF", INK, hatch="....", marker="s", line=":"),
}
PARTS = {"within": Mark("#B9CFE0", INK), "between": Mark("#3A3A3A", "#FFFFFF", hatch="////")}


@contextmanager
def use(lang: Lang) -> Iterator[None]:
    """Draw in the house style within the context; outside it matplotlib's settings are untouched."""
    settings = {
        "font.family": fonts(lang),
        "font.size": BODY,
        "axes.titlesize": BODY + 1.5,
        "axes.labelsize": BODY,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "text.parse_math": False,  # a school may be called "A$B$"
        "text.color": INK,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.formatter.useoffset": False,
        "grid.color": GRID,
        "grid.linewidth": 0.5,
        "hatch.linewidth": 0.4,
        "lines.linewidth": 1.4,
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "figure.dpi": 150,
        "figure.max_open_warning": 0,
        "savefig.dpi": DPI,
        "svg.fonttype": "path",
        "svg.hashsalt": "junheng",
    }
    with mpl.rc_context(cast("dict[mpl.typing.RcKeyType, object]", settings)):
        yield


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Make a drawing function with a keyword `lang` draw in the house style."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with use(cast("Lang", kwargs["lang"])):
            return draw(*args, **kwargs)

    return drawn


def figure(size: tuple[float, float] = HALF_PAGE) -> tuple[Figure, Axes]:
    """Return an empty figure of a size in centimetres, and its Axes."""
    fig, ax = plt.subplots(figsize=_inches(size), layout="constrained")
    return fig, ax


def panels(n: int, *, columns: int = 2, row_cm: float = 4.0) -> list[Axes]:
    """Return `n` small Axes of one figure of the text's width, row by row; no empty ones are left."""
    rows = -(-n // columns)
    fig, grid = plt.subplots(
        rows, columns, figsize=_inches((TEXT_WIDTH_CM, rows * row_cm)), layout="constrained", squeeze=False
    )
    axes = list(grid.flat)
    for spare in axes[n:]:
        fig.delaxes(spare)
    return axes[:n]


def note(fig: Figure, text: str, *, lang: Lang) -> None:
    """Write one small line below everything else: source, date, or that the data are invented."""
    with use(lang):
        columns = int(fig.get_figwidth() * 72 / (SMALL / 2)) - 4
        fig.supxlabel(
            wrapped(drawable(text, limit=4 * columns), columns),
            x=0.99,
            ha="right",
            fontsize=SMALL,
            color=FAINT,
        )


def save(fig: Figure, stem: Path, *, title: str = "", source: str = "") -> tuple[Path, Path]:
    """
    Write a figure as STEM.png and STEM.svg, the same bytes for the same figure.

    Letters in the SVG are outlines, so that it looks the same where the fonts are not installed.

    Returns
    -------
    The paths of the PNG and of the SVG.
    """
    told = {"Title": drawable(title, limit=400), "Source": drawable(source, limit=400)}
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "junheng"}):
        return write_both(fig, stem, dpi=DPI, told=told)


def printed(pages: Iterable[Figure], *, title: str = "", source: str = "") -> bytes:
    """
    Return figures as a PDF of A4 pages, each at its own size with equal margins beside it; they are closed.

    The same figures give the same bytes. A figure that is taller than A4 gets a taller page.
    """
    told = {"Title": drawable(title, limit=400), "Subject": drawable(source, limit=400), "CreationDate": None}
    file = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(file, metadata={**told, "Creator": "Junheng"}) as pdf:
        for fig in pages:
            wide, tall = fig.get_size_inches()
            (across, down), above = _inches(_A4), _inches((0, _ABOVE))[1]
            down = max(down, tall + 2 * above)
            pdf.savefig(
                fig, bbox_inches=Bbox.from_bounds((wide - across) / 2, tall + above - down, across, down)
            )
            plt.close(fig)
    return file.getvalue()


def overlapping_labels(fig: Figure, *, slack: float = 1.0) -> list[tuple[str, str]]:
    """Return the pairs of texts of a figure whose boxes overlap by more than `slack` points."""
    boxes = _boxes(fig, slack)
    return [(a, b) for (a, first), (b, second) in combinations(boxes, 2) if first.overlaps(second)]


def clipped_labels(fig: Figure, *, slack: float = 1.0) -> list[str]:
    """Return the texts that reach over the edge of their figure by more than `slack` points."""
    page = fig.bbox
    return [
        text
        for text, box in _boxes(fig, slack)
        if box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1
    ]


def _inches(size: tuple[float, float]) -> tuple[float, float]:
    return size[0] / 2.54, size[1] / 2.54


def _boxes(fig: Figure, slack: float) -> list[tuple[str, Bbox]]:
    """Return every text that a figure shows with its box in pixels, drawn in by half the slack."""
    fig.canvas.draw()
    hidden = {id(label) for ax in fig.axes for label in _labels_out_of_view(ax)}
    texts = [t for t in fig.findobj(Text) if isinstance(t, Text) and t.get_visible() and id(t) not in hidden]
    inset = slack / 2 * fig.dpi / 72
    return [(t.get_text(), t.get_window_extent().padded(-inset)) for t in texts if t.get_text().strip()]


def _labels_out_of_view(ax: Axes) -> Iterator[Text]:
    """Yield the labels of ticks that matplotlib keeps but does not draw."""
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not (axis.get_visible() and low <= tick.get_loc() <= high):
                yield from (tick.label1, tick.label2)

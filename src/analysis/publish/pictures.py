"""What stands in a picture's margin: that its data are invented, its source where it is asked for."""

from __future__ import annotations

import os

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .. import style
from ..errors import Lang
from .record import INVENTED, STAMP_VARIABLE, Stamp


def stamped(ax_or_fig: Axes | Figure, stamp: Stamp, lang: Lang) -> Figure:
    """Return the figure, or that of its Axes, with its source line where pictures bear one; else whether data are invented."""
    fig = ax_or_fig.get_figure(root=True) if isinstance(ax_or_fig, Axes) else ax_or_fig
    if not isinstance(fig, Figure):
        raise TypeError("these Axes stand in no figure")
    if os.environ.get(STAMP_VARIABLE):
        _print_below(fig, stamp.line()[lang], lang)  # says that data are invented, too
    elif stamp.invented:
        _print_below(fig, INVENTED, lang)
    return fig


def page(ax: Axes, stamp: Stamp, lang: Lang) -> Figure:
    """Return the figure of a page with its source at the foot."""
    fig = ax.get_figure(root=True)
    if fig is None:
        raise TypeError("these Axes stand in no figure")
    style.note(fig, stamp.line()[lang], lang=lang)
    return fig


def _print_below(fig: Figure, text: str, lang: Lang) -> None:
    """Write a line into the margin below everything drawn, once; the layout makes room for it."""
    if fig.get_layout_engine() is None:
        fig.set_layout_engine("constrained")
    before = fig.get_supxlabel()
    if text not in before:
        style.note(fig, f"{before} · {text}" if before else text, lang=lang)

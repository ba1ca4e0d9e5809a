"""What every chart shares: one stage of one county at a time, units on the axis, labels that keep apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from .. import style
from ..errors import Lang
from ..lettering import drawable, fonts, width, wrapped
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese
from ..wording.labels import STATUSES
from ..wording.labels import rate as rate

NO_FIGURE = STATUSES["missing"]
_UNKNOWN_AREA = Words(zh="城乡未分", en="area unknown")
AREAS = ("urban", "rural", "unknown")


def of_stage(frame: pd.DataFrame, stage: str, *, years: bool = False) -> pd.DataFrame:
    """
    Return the rows of one stage.

    Raises
    ------
    ValueError
        The rows are of several counties, or of several years where the chart has no axis of years:
        they would be drawn over one another.
    """
    rows = frame[frame["stage"] == stage]
    for column in ["county_code"] if years else ["county_code", "year"]:
        if len(rows[column].unique()) > 1:
            raise ValueError(f"one {column} a chart, not {sorted(rows[column].unique())}: filter the frame")
    return rows


def known_indicators(rules: RuleSet, present: Iterable[str]) -> list[Indicator]:
    """Return the indicators that a frame holds, in the order of the rule."""
    held = set(present)
    return [indicator for indicator in rules.indicators if indicator.id in held]


def area_or_unknown(areas: pd.Series[str]) -> pd.Series[str]:
    """Return urban, rural, or unknown where the data do not say."""
    return areas.where(areas.isin(["urban", "rural"]), "unknown")


def area_name(area: str, rules: RuleSet, lang: Lang) -> str:
    """Return what the rule calls a side of the comparison."""
    names = rules.area.zh if lang == "zh" else rules.area.en
    return names.get(area, _UNKNOWN_AREA[lang])


def with_unit(name: str, unit: str, lang: Lang) -> str:
    """Return a name with its unit in brackets, once where the name ends with its unit."""
    if name.endswith(unit):
        return name
    return chinese(f"{name}({unit})") if lang == "zh" else f"{name} ({unit})"


def short_label(indicator: Indicator, lang: Lang, columns: int = 18) -> str:
    """Return the short name of an indicator with its unit, which gets a line of its own if need be."""
    line = with_unit(indicator.short[lang], rate(indicator, lang), lang)
    if width(line) <= columns or line == indicator.short[lang]:
        return wrapped(line, columns)
    unit = f"（{rate(indicator, lang)}）" if lang == "zh" else f"({rate(indicator, lang)})"
    return f"{wrapped(indicator.short[lang], columns)}\n{unit}"


def limit_sign(indicator: Indicator) -> str:
    """Return the sign that stands before the threshold of an indicator."""
    return "≤" if indicator.at_most is not None else "≥"


def missing_label(n: int, lang: Lang) -> str:
    """Return how many units lack the figure, '' for none."""
    if not n:
        return ""
    return f"缺{n}" if lang == "zh" else f"{n} missing"


def joined(parts: Iterable[str], lang: Lang) -> str:
    """Return the parts that are not empty as one enumeration."""
    return ("，" if lang == "zh" else ", ").join(part for part in parts if part)


def rows_of_text(axis: Axis, labels: Sequence[str]) -> None:
    """Write one label at each whole position of an axis, without tick marks."""
    axis.set_ticks(range(len(labels)), labels=list(labels))
    axis.set_tick_params(length=0)


def panel_cm(ax: Axes) -> float:
    """Return how wide the part of a figure is that Axes have with all that stands beside them."""
    place, fig = ax.get_subplotspec(), ax.get_figure(root=True)
    columns = 1 if place is None else place.get_gridspec().ncols
    return (float(fig.get_figwidth()) * 2.54 if fig else style.TEXT_WIDTH_CM) / columns


def letters_across(ax: Axes) -> int:
    """Return about how many Latin letters a line of text over or below Axes may have."""
    return round(5 * panel_cm(ax))


def plain_numbers(axis: Axis, lang: Lang, suffix: str = "") -> None:
    """Write tick labels without powers of ten, in the fonts of the language."""
    grouping = "," if lang == "en" else ""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:{grouping}.10g}{suffix}"))
    axis.set_tick_params(labelfontfamily=fonts(lang))


def beside(ax: Axes, x: float, y: float, text: str, *, dx: float = 5, dy: float = 0, **how: object) -> None:
    """Write a label `dx`, `dy` points beside a place in the data."""
    style_of: dict[str, object] = {
        "ha": "left" if dx > 0 else "right" if dx < 0 else "center",
        "va": "center",
    }
    style_of |= {"fontsize": style.SMALL, "annotation_clip": False, **how}
    ax.annotate(text, (x, y), xytext=(dx, dy), textcoords="offset points", **style_of)  # type: ignore[arg-type]


def cell(ax: Axes, x: float, y: float, wide: float, mark: style.Mark) -> None:
    """Draw one cell of a grid in the look of its class."""
    edge = style.FAINT if mark.hatch else "white"
    ax.add_patch(
        Rectangle((x, y - 0.5), wide, 1, facecolor=mark.fill, hatch=mark.hatch, edgecolor=edge, lw=0.4)
    )


def boxed(ax: Axes, x: float, y: float, text: str, mark: style.Mark) -> None:
    """Write into a cell; over a hatch the text gets a ground of its own."""
    ground = {"facecolor": mark.fill, "edgecolor": "none", "pad": 0.6} if mark.hatch else None
    ax.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        fontsize=style.TINY,
        color=mark.ink,
        bbox=ground,
        linespacing=1.05,
    )


def nothing_known(ax: Axes, lang: Lang) -> Axes:
    """Say on an empty Axes that there is no figure to draw."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, NO_FIGURE[lang], transform=ax.transAxes, ha="center", va="center", color=style.FAINT)
    return ax


def key_sides(ax: Axes, rules: RuleSet, lang: Lang, *, size: float, edge: float) -> None:
    """Put the marks of the two sides into the legend; `size` and the `edge` of a mark in points."""
    for side in ("urban", "rural"):
        mark = style.AREA[side]
        ax.plot(
            [],
            [],
            mark.marker,
            ms=size,
            mfc=mark.fill,
            mec=style.INK,
            mew=edge,
            label=area_name(side, rules, lang),
        )


def legend_above(ax: Axes) -> None:
    """Put the legend above the Axes, where it covers nothing: in one row if it has room, else in rows of four."""
    if labels := ax.get_legend_handles_labels()[1]:
        room = sum(width(str(label)) + 6 for label in labels) <= letters_across(ax)
        ax.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=len(labels) if room else 4,
            borderaxespad=0.3,
            borderpad=0.2,
            handlelength=1.8,
            columnspacing=1.4,
        )


def titled(ax: Axes, title: str | None, *, rows_above: int = 0) -> Axes:
    """Set the title above the `rows_above` rows of legend or notes that stand over the Axes."""
    if title:
        ax.set_title(drawable(title, limit=90), loc="left", pad=5 + 13 * rows_above)
    return ax


def spread(positions: Sequence[float], apart: float) -> list[float]:
    """Return the positions moved as little as their order allows until they stand `apart`."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups: list[tuple[float, list[int]]] = []  # centre and members, bottom to top
    for i in order:
        groups.append((positions[i], [i]))
        while len(groups) > 1 and _too_near(groups[-2], groups[-1], apart):
            (_, upper), (_, lower) = groups.pop(), groups.pop()
            members = lower + upper
            groups.append((sum(positions[m] for m in members) / len(members), members))
    moved = [0.0] * len(positions)
    for centre, members in groups:
        for rank, i in enumerate(members):
            moved[i] = centre + (rank - (len(members) - 1) / 2) * apart
    return moved


def _too_near(lower: tuple[float, list[int]], upper: tuple[float, list[int]], apart: float) -> bool:
    return upper[0] - lower[0] < apart * (len(lower[1]) + len(upper[1])) / 2 - 1e-12

"""A figure drawn once for two files: every shape goes to the pixels of a PNG and, to scale, to the outlines of an SVG."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, cast

from matplotlib import image
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedPath

_SVG_DPI = 72  # the SVG renderer's coordinates are points
# Pillow's own level takes longer and makes these pictures no smaller.
_COMPRESSION = 3


def write_both(
    fig: Figure, stem: FilePath, *, dpi: int, told: Mapping[str, str]
) -> tuple[FilePath, FilePath]:
    """
    Lay a figure out, once, and write it as STEM.png and STEM.svg.

    Parameters
    ----------
    dpi
        Resolution of the PNG, at which the figure is laid out.
    told
        What both files say of themselves.

    Returns
    -------
    The paths of the PNG and of the SVG.
    """
    png, svg = stem.with_name(stem.name + ".png"), stem.with_name(stem.name + ".svg")
    wide, tall = (float(inches) for inches in fig.get_size_inches())
    text = io.StringIO()
    metadata = {**told, "Date": None, "Creator": "Junheng"}
    outlines = RendererSVG(wide * _SVG_DPI, tall * _SVG_DPI, text, image_dpi=dpi, metadata=metadata)
    screen, canvas, fig.dpi = fig.dpi, fig.canvas, dpi
    try:
        pixels = RendererAgg(*canvas.get_width_height(physical=True), dpi)
        both = _Both(pixels, outlines, _SVG_DPI / dpi)
        _Canvas(fig, both)
        if (engine := fig.get_layout_engine()) is not None:
            engine.execute(fig)
            fig.set_layout_engine("none")
        fig.draw(both)
        outlines.finalize()
    finally:
        fig.set_canvas(canvas)
        fig.dpi = screen
    image.imsave(
        png,
        pixels.buffer_rgba(),
        dpi=dpi,
        metadata={**told, "Software": "Junheng"},
        pil_kwargs={"compress_level": _COMPRESSION},
    )
    svg.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    return png, svg


class _Canvas(FigureCanvasBase):
    """Has a figure laid out with the renderer that will draw it, which measures each text once."""

    def __init__(self, fig: Figure, renderer: RendererBase) -> None:
        super().__init__(fig)
        self._renderer = renderer

    def get_renderer(self) -> RendererBase:
        return self._renderer


class _Both(RendererBase):
    """
    Draws with two renderers; the first measures text, `scale` leads from its coordinates to those of the second.

    Widths of lines, dashes and sizes of text are points for both and need no scale.
    """

    def __init__(self, pixels: RendererAgg, outlines: RendererSVG, scale: float) -> None:
        super().__init__()
        self._pixels, self._outlines = pixels, outlines
        self._factor = scale
        self._scale = Affine2D().scale(scale).frozen()
        self.width, self.height = pixels.width, pixels.height

    def open_group(self, s: str, gid: str | None = None) -> None:
        self._outlines.open_group(s, gid)

    def close_group(self, s: str) -> None:
        self._outlines.close_group(s)

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803 - matplotlib's name
    ) -> None:
        self._pixels.draw_path(gc, path, transform, rgbFace)
        self._outlines.draw_path(self._scaled(gc), path, transform + self._scale, rgbFace)

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803 - matplotlib's name
    ) -> None:
        self._pixels.draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
        self._outlines.draw_markers(
            self._scaled(gc), marker_path, marker_trans + self._scale, path, trans + self._scale, rgbFace
        )

    def draw_path_collection(
        self,
        gc: GraphicsContextBase,
        master_transform: Transform,
        paths: Any,
        all_transforms: Any,
        offsets: Any,
        offset_trans: Transform,
        *looks: Any,
        **more: Any,
    ) -> None:
        drawn = (paths, all_transforms, offsets)
        self._pixels.draw_path_collection(gc, master_transform, *drawn, offset_trans, *looks, **more)
        self._outlines.draw_path_collection(
            self._scaled(gc),
            master_transform + self._scale,
            *drawn,
            offset_trans + self._scale,
            *looks,
            **more,
        )

    def draw_image(self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: Any = None) -> None:
        self._pixels.draw_image(gc, x, y, im)  # already at its size: neither scales pictures itself
        self._outlines.draw_image(self._scaled(gc), x * self._factor, y * self._factor, im)

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        self._pixels.draw_text(gc, x, y, s, prop, angle, ismath, mtext)
        place = (x * self._factor, y * self._factor)
        self._outlines.draw_text(self._scaled(gc), *place, s, prop, angle, ismath, mtext)

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        measured: tuple[float, float, float] = self._pixels.get_text_width_height_descent(s, prop, ismath)
        return measured

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width, self.height

    def points_to_pixels(self, points: Any) -> Any:
        return self._pixels.points_to_pixels(points)

    def flipy(self) -> bool:
        return True

    def option_image_nocomposite(self) -> bool:
        return True

    def _scaled(self, gc: GraphicsContextBase) -> GraphicsContextBase:
        """Return how the second renderer draws the same, clipped to scale."""
        theirs = self._outlines.new_gc()
        theirs.copy_properties(gc)
        rectangle, (path, moved) = gc.get_clip_rectangle(), cast("tuple[Any, Any]", gc.get_clip_path())
        if rectangle is not None:
            theirs.set_clip_rectangle(Bbox(rectangle.get_points() * self._factor))
        if path is not None:
            theirs.set_clip_path(TransformedPath(path, moved + self._scale))
        return theirs

"""Letters: the fonts that hold every Chinese character, and text from files made fit to be drawn."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from .errors import Lang
from .rounding import NOT_KNOWN

_LACKING = "〓"  # the printer's geta mark: "a character stands here that the fonts lack"
_FAMILY = "Junheng SC"  # a name of our own: a system's "Noto Sans SC" may be another cut
_LATIN = "DejaVu Sans"
# What may stand alone on a line: one Chinese sign with the marks that cling to it, or one Latin word.
_PIECE = re.compile(r"[(（「“]?[⺀-￯][,，。、;；:：)）」”]*|[^\s⺀-￯-]+-?|\s+|-")


def fonts(lang: Lang) -> list[str]:
    """Return the font families of a language, the second filling in what the first lacks."""
    _register()
    return [_FAMILY, _LATIN] if lang == "zh" else [_LATIN, _FAMILY]


def drawable(text: object, *, limit: int = 60) -> str:
    """
    Return text from a file fit to be drawn in one line.

    Line breaks and tabs become a space; control characters, direction marks and variation selectors go;
    a character that no font at hand has becomes 〓; text wider than `limit` Latin letters (a Chinese
    character is two) is shortened in the middle, since the names of schools differ at either end.
    """
    if text is None or text != text:  # NaN
        return NOT_KNOWN
    drawn = "".join(_drawable(character) for character in str(text))
    drawn = " ".join(drawn.split())
    if not drawn:
        return NOT_KNOWN
    if width(drawn) <= limit:
        return drawn
    head = _cut(drawn, limit - 1 - limit // 3)
    tail = _cut(drawn[::-1], limit - 1 - width(head))[::-1]
    return f"{head}…{tail}"


def width(text: str) -> int:
    """Return how wide a text is, in Latin letters; a Chinese character is two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, columns: int) -> str:
    """Return text in even lines at most `columns` Latin letters wide, where its words and signs allow it."""
    lines = _filled(text, columns)
    while columns > 1 and len(narrower := _filled(text, columns - 1)) == len(lines):
        lines, columns = narrower, columns - 1
    return "\n".join(line.rstrip() for line in lines)


def _filled(text: str, columns: int) -> list[str]:
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and width((lines[-1] + piece).rstrip()) > columns:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines


@cache
def _font_file() -> Path:
    """Find the font that zhplot brings; importing zhplot itself would change global settings."""
    spec = importlib.util.find_spec("zhplot")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("zhplot, which brings the Chinese font, is not installed")
    return Path(spec.submodule_search_locations[0]) / "fonts" / "NotoSansSC-Regular.ttf"


@cache
def _register() -> None:
    entry = font_manager.FontEntry(fname=str(_font_file()), name=_FAMILY, weight=400, size="scalable")
    font_manager.fontManager.ttflist.append(entry)


@cache
def _glyphs() -> frozenset[int]:
    """Return the code points that either font can draw."""
    latin = font_manager.findfont(_LATIN)
    return frozenset(FT2Font(str(_font_file())).get_charmap()) | frozenset(FT2Font(latin).get_charmap())


def _drawable(character: str) -> str:
    category = unicodedata.category(character)
    if character.isspace() or category in ("Zl", "Zp"):
        return " "
    if category in ("Cc", "Cf") or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return ""
    return character if ord(character) in _glyphs() else _LACKING


def _cut(text: str, columns: int) -> str:
    taken = 0
    for i, character in enumerate(text):
        taken += width(character)
        if taken > columns:
            return text[:i]
    return text

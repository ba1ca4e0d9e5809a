"""Whether a text names a school."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from .record import cleaned

_SHORTEST = 3  # a name of two characters is a word where it does not stand alone


def naming(names: Collection[str]) -> Callable[[str], bool]:
    """Return the test whether a text holds one of the names; codes count only where no digit stands beside them."""
    flat = {_flat(name) for name in names}
    words = sorted((n for n in flat if not n.isdigit() and len(n) >= _SHORTEST), key=len, reverse=True)
    codes = {n for n in flat if n.isdigit() and len(n) >= _SHORTEST}
    pattern = re.compile("|".join(map(re.escape, words))) if words else None

    def named(text: str) -> bool:
        text = _flat(text)
        return (
            text in flat
            or bool(pattern and pattern.search(text))
            or not codes.isdisjoint(re.findall(r"\d+", text))
        )

    return named


def _flat(text: str) -> str:
    """Return text as every output has it: one line, no control characters."""
    return " ".join(cleaned(text).split())

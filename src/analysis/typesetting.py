"""Chinese punctuation as print has it: full width beside Chinese, half width between figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol, Self, TypeVar

_HAN = "\u3001-\u301f\u3400-\u9fff\uff00-\uffef“”‘’·"
_WIDE = str.maketrans(",;:!?", "，；：！？")
_MARKS = re.compile(f"(?<=[{_HAN}])[,;:!?] ?|[,;:!?] ?(?=[{_HAN}])")
_BRACKETS = re.compile(r"\(([^()]*)\)")


class _Words(Protocol):
    """`schema.Words`, or what is like it: this stands below schema."""

    @property
    def zh(self) -> str: ...

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self: ...


Both = TypeVar("Both", bound=_Words)


def typeset(words: Both) -> Both:
    """Return words with the punctuation of their Chinese side in full width."""
    return words.model_copy(update={"zh": chinese(words.zh)})


def chinese(text: str) -> str:
    """
    Return a Chinese text with , ; : ! ? and brackets in full width where they stand beside Chinese.

    Brackets are widened in pairs: 面积(平方米) → 面积（平方米）, while (n=30) after a figure stays.
    """
    printed = _MARKS.sub(lambda mark: mark.group().strip().translate(_WIDE), _BRACKETS.sub(_widened, text))
    return printed if printed == text else chinese(printed)  # a widened mark may stand beside another


def _widened(pair: re.Match[str]) -> str:
    before = pair.string[pair.start() - 1 : pair.start()]
    if re.search(f"[{_HAN}]", before + pair.group(1)):
        return f"（{pair.group(1)}）"
    return pair.group()

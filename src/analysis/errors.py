"""What went wrong, told so that a clerk can mend it: one Fault a place, all faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from .typesetting import chinese

Lang = Literal["zh", "en"]


class Level(StrEnum):
    """How serious a fault is (the two kinds of check of the national statistics system, and a remark)."""

    REFUSE = "refuse"  # 逻辑校验: must be corrected; nothing runs
    EXPLAIN = "explain"  # 经验校验: must be corrected or explained
    NOTE = "note"  # the reader did something the user should know


# What each level is called: as the clerk reads it, and in English.
LEVELS = {
    Level.REFUSE: ("必须改正", "error"),
    Level.EXPLAIN: ("需说明", "to explain"),
    Level.NOTE: ("提示", "note"),
}


@dataclass(frozen=True, order=True)
class Place:
    """Where a fault stands, in the user's own file. `row` is the row number that Excel shows; prose has paragraphs."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    paragraph: int | None = None

    def text(self, lang: Lang, *, school: str = "") -> str:
        """Return the place in one line, with the name of the school whose row it is; unknown parts left out."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"表「{self.sheet}」" if lang == "zh" else f"sheet “{self.sheet}”")
        if self.row is not None:
            parts.append(f"第 {self.row} 行" if lang == "zh" else f"row {self.row}")
        if self.paragraph is not None:
            parts.append(f"正文第 {self.paragraph} 段" if lang == "zh" else f"paragraph {self.paragraph}")
        if school:
            parts.append(f"学校「{_shown(school)}」" if lang == "zh" else f"school “{_shown(school)}”")
        if self.column:
            column = f"「{self.column}」" if lang == "zh" else f"“{self.column}”"
            parts.append(f"{column} = {_shown(self.value)}" if self.value else column)
        return " › ".join(part for part in parts if part)


@dataclass(frozen=True)
class Fault:
    """
    One fault, in Chinese and English.

    `kind` is a short stable id (tests and the explanations sheet name it); `school_id`, `year` and
    `columns` (canonical names) let an explanation in the workbook be matched to it; `explanation`
    holds that explanation once found. `school_name` names the school in the report; `also` are the headers
    of further cells of the row that are marked with the first.
    """

    kind: str
    zh: str
    en: str
    place: Place = field(default_factory=Place)
    level: Level = Level.REFUSE
    school_id: str = ""
    year: int | None = None
    columns: tuple[str, ...] = ()
    explanation: str = ""
    school_name: str = ""
    also: tuple[str, ...] = ()

    def text(self, lang: Lang) -> str:
        """Return the sentence in the language asked for."""
        return self.zh if lang == "zh" else self.en

    def where(self, lang: Lang) -> str:
        """Return the place in one line, the school named."""
        return self.place.text(lang, school=self.school_name)


class JunhengError(Exception):
    """The input cannot be used as it is. Carries every fault found; the command exits with 2."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: list[Fault] = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__(report(self.faults))


class NoPupilsError(JunhengError):
    """A measure was asked to divide by the pupils of a unit that has none."""


def refuse(kind: str, zh: str, en: str, **place: str | int | None) -> JunhengError:
    """Return an error of one fault, for places that can find only one at a time."""
    return JunhengError(Fault(kind, zh, en, Place(**place)))  # type: ignore[arg-type]


def report(faults: Sequence[Fault]) -> str:
    """
    Return all faults as the text a clerk reads: level and place, Chinese sentence, English sentence; a count last.

    Faults that refuse come first, then those to explain, then remarks, each in file order.
    """
    order = list(Level)
    blocks: list[str] = []
    for fault in sorted(faults, key=lambda f: (order.index(f.level), _sort_key(f.place))):
        zh, en = LEVELS[fault.level]
        lines = [f"【{zh}】{fault.where('zh') or '—'}", f"  {chinese(fault.zh)}", f"  {en}: {fault.en}"]
        if fault.explanation:
            lines.append(f"  说明 / explanation: {_shown(fault.explanation)}")
        blocks.append("\n".join(lines))
    refused = sum(f.level is Level.REFUSE for f in faults)
    to_explain = sum(f.level is Level.EXPLAIN and not f.explanation for f in faults)
    blocks.append(
        f"共 {refused} 处错误、{to_explain} 处需说明。 / {refused} error(s), {to_explain} to be explained."
    )
    return "\n".join(blocks)


def _sort_key(place: Place) -> tuple[str, str, int, str]:
    at = place.row if place.row is not None else place.paragraph
    return place.file, place.sheet, -1 if at is None else at, place.column


def _shown(value: str, limit: int = 60) -> str:
    """Return text from a file fit for one line: breaks as spaces, other control characters visible, cut if long."""
    flat = "".join(" " if c in "\n\r\t" else c if c.isprintable() else "�" for c in value)
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"

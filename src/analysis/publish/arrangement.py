"""How a run's stories are arranged as a report: chapters, annexes, and the numbers of figures and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import Lang
from ..schema import Words
from .labels import LABELS
from .record import Block, StoryRecord, Told

Key = tuple[str, str]  # kind and id of a figure or table


@dataclass(frozen=True)
class Annex:
    """What one section sends behind the chapters, under its title; `alone` where all of the section goes there."""

    number: int
    title: Words
    blocks: tuple[Block, ...]
    alone: bool


Piece = Block | Annex  # in a chapter an annex stands for the reference to it


@dataclass(frozen=True)
class Chapter:
    """What a notebook tells in the report, in order."""

    story: StoryRecord
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Arrangement:
    """
    The report of a run. `numbers` holds the number of every figure and table that stands in it, in order of the
    report: figures and tables are counted apart, chapters before annexes.
    """

    chapters: tuple[Chapter, ...]
    annexes: tuple[Annex, ...]
    numbers: Mapping[Key, int]

    def label(self, kind: str, id: str, lang: Lang) -> str:
        """Return what a figure or table is called, 图3 or Table 2; '' where the report leaves it out."""
        number = self.numbers.get((kind, id))
        return "" if number is None else numbered(LABELS[kind][lang], number, lang)


def numbered(label: str, number: int, lang: Lang) -> str:
    """Return a label with its number: 图3, Figure 3."""
    return f"{label}{number}" if lang == "zh" else f"{label} {number}"


def arranged(told: Told) -> Arrangement:
    """Return how the report of a run's folder is arranged; a notebook with nothing for it has no chapter."""
    chapters: list[Chapter] = []
    annexes: list[Annex] = []
    for story in told.stories:
        pieces: list[Piece] = []
        for section in _sections(story.blocks):
            said = [block for block in section if block.kind != "heading"]
            behind = tuple(block for block in said if block.where == "annex")
            alone = all(block.where != "report" for block in said)
            annex = Annex(len(annexes) + 1, _title(section, story), behind, alone) if behind else None
            annexes += [annex] if annex else []
            pieces += _in_chapter(section, annex)
        if pieces:
            chapters.append(Chapter(story, tuple(pieces)))
    inside = [piece for chapter in chapters for piece in chapter.pieces if isinstance(piece, Block)]
    annexed = [block for annex in annexes for block in annex.blocks]
    return Arrangement(tuple(chapters), tuple(annexes), _numbers([*inside, *annexed]))


def _sections(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield the blocks section by section: each begins with a heading of the first level."""
    section: list[Block] = []
    for block in blocks:
        if block.kind == "heading" and block.level == 1 and section:
            yield section
            section = []
        section.append(block)
    if section:
        yield section


def _in_chapter(section: Sequence[Block], annex: Annex | None) -> list[Piece]:
    """Return what of a section stands in its chapter, the annex in the place of the first thing sent there."""
    pieces: list[Piece] = []
    for block in section:
        if block.where == "report":
            pieces.append(block)
        elif annex and block is annex.blocks[0]:
            pieces.append(annex)
    only_headings = all(isinstance(piece, Block) and piece.kind == "heading" for piece in pieces)
    return [] if only_headings else pieces


def _title(section: Sequence[Block], story: StoryRecord) -> Words:
    """Return the title of a section's annex: the section's heading, the chapter's title where it has none."""
    headings = [block.text for block in section if block.kind == "heading" and block.text]
    return headings[0] if headings else story.title


def _numbers(blocks: Sequence[Block]) -> dict[Key, int]:
    numbers: dict[Key, int] = {}
    for kind in ("figure", "table"):
        ids = [block.id for block in blocks if block.kind == kind and block.id]
        numbers |= {(kind, id): i for i, id in enumerate(ids, start=1)}
    return numbers

"""What a printed number is: figures that go into a sentence together with their meaning, and come out of it again."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from .errors import Lang
from .rounding import Limit, shown_against
from .schema import Words

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?: ?%)?")
COUNTED = Words(zh="计数", en="a count")
SUMMED = Words(zh="合计", en="a sum")
GIVEN = Words(zh="标准规定", en="set by the rule")
CHOSEN = Words(zh="参数设定", en="set as a parameter")
# A figure in a text that is being written: its fact as JSON, then what is printed, between characters of no script.
_OPEN, _BETWEEN, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKED = re.compile(f"{_OPEN}(\\{{[^{_OPEN}-{_CLOSE}]*\\}}){_BETWEEN}([^{_OPEN}-{_CLOSE}]*){_CLOSE}")


class Place(BaseModel):
    """Where a table of the run holds a figure: texts that its row prints, and its column by name; the table alone: in no cell of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: str
    row: tuple[Words | str, ...] = ()
    column: str = ""


class Fact(BaseModel):
    """
    A figure with its meaning, unrounded, and how it came about.

    `what` is its name; `numerator`, `denominator` are its parts where it is a ratio; `when`: the date of its run unless
    told otherwise; `places`: the cells that hold it, or the table that it is counted in; `public`: whether outputs for
    the public may hold it.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)  # runs of earlier versions told more
    key: str
    what: Words
    value: float
    formula: Words
    numerator: float | None = None
    denominator: float | None = None
    when: Words | None = None
    clause: str = ""
    places: tuple[Place, ...] = ()
    public: bool = True


@dataclass(frozen=True)
class Figure:
    """A fact and how it is printed: `f"{figure}"` in a Chinese sentence, `f"{figure:en}"` in an English one."""

    fact: Fact
    printed: Words

    def __format__(self, lang: str) -> str:
        text = self.printed["en" if lang == "en" else "zh"]
        return text if math.isnan(self.fact.value) else _marked(self.fact, text)


class Told(Words):
    """Words whose numbers are known: `facts` by key, `numbers` the key of each number of the text, "" where it is none."""

    facts: tuple[Fact, ...] = ()
    numbers: Mapping[Lang, tuple[str, ...]] = {}


def told(zh: str, en: str) -> Told:
    """Return a sentence with the facts of the figures written into it; its other numbers are names, years say."""
    texts: dict[Lang, str] = {"zh": zh, "en": en}
    found = {lang: list(_figures(text)) for lang, text in texts.items()}
    facts = {fact.key: fact for figures in found.values() for fact, _, _ in figures}
    plain = {lang: _MARKED.sub(r"\2", text) for lang, text in texts.items()}
    numbers: dict[Lang, tuple[str, ...]] = {lang: tuple(_keys(plain[lang], found[lang])) for lang in texts}
    return Told(zh=plain["zh"], en=plain["en"], facts=tuple(facts.values()), numbers=numbers)


def written(words: Words, lang: Lang) -> str:
    """Return a text to be written into a sentence, its figures with it."""
    if not isinstance(words, Told):
        return words[lang]
    facts, keys = {fact.key: fact for fact in words.facts}, iter(words.numbers[lang])

    def marked(number: re.Match[str]) -> str:
        fact = facts.get(next(keys))
        return number[0] if fact is None else _marked(fact, number[0])

    return NUMBER.sub(marked, words[lang])


def _marked(fact: Fact, text: str) -> str:
    # as JSON it is ASCII: none of the marks is in it
    known = json.dumps(fact.model_dump(mode="json", exclude_defaults=True))
    return f"{_OPEN}{known}{_BETWEEN}{text}{_CLOSE}"


def _figures(text: str) -> Iterator[tuple[Fact, int, int]]:
    """Yield each figure of a text that is being written, with where it begins and ends once its mark is gone."""
    hidden = 0
    for mark in _MARKED.finditer(text):
        start = mark.start() - hidden
        yield Fact.model_validate_json(mark[1]), start, start + len(mark[2])
        hidden += len(mark[0]) - len(mark[2])


def _keys(text: str, figures: Sequence[tuple[Fact, int, int]]) -> Iterator[str]:
    """Yield of each number of a text the fact that it stands for; of a figure the first is, 10⁴ may be its unit."""
    left = list(figures)
    for number in NUMBER.finditer(text):
        own = next((figure for figure in left if figure[1] <= number.start() < figure[2]), None)
        left = [figure for figure in left if figure is not own]
        yield own[0].key if own else ""


@dataclass(frozen=True)
class About:
    """
    What figures have in common: called with a figure and its name it returns the Figure to write.

    `key` begins their keys, `name` their names; `table` is where they are counted; `clause` and `when` are theirs unless
    told otherwise.
    """

    key: str
    name: Words
    table: str = ""
    clause: str = ""
    when: Words | None = None

    def __call__(
        self,
        value: float,
        key: str,
        zh: str,
        en: str,
        *,
        digits: int = 0,
        limit: Limit = None,
        percent: bool = False,
        printed: Words | None = None,
        formula: Words = COUNTED,
        parts: tuple[float | None, float | None] = (None, None),
        when: Words | None = None,
        row: tuple[Words | str, ...] = (),
        column: str = "",
        also: tuple[Place, ...] = (),
    ) -> Figure:
        """
        Return a figure under its own name.

        `percent`: a share that is printed times 100; `printed`: how it is printed where decimals do not say it all;
        `row`, `column`: where the table holds it; `also`: other places that do.
        """
        value = float(value)
        if printed is None:
            scale = 100 if percent else 1
            bound = None if limit is None else limit * scale
            printed = Words(
                zh=shown_against(scale * value, bound, digits, "zh"),
                en=shown_against(scale * value, bound, digits, "en"),
            )
        numerator, denominator = (None if part is None else float(part) for part in parts)
        fact = Fact(
            key=f"{self.key}/{key}",
            what=Words(zh=f"{self.name.zh}{zh}", en=", ".join(t for t in (self.name.en, en) if t)),
            value=value,
            formula=formula,
            numerator=numerator,
            denominator=denominator,
            when=when or self.when,
            clause=self.clause,
            places=((Place(table=self.table, row=row, column=column),) if self.table else ()) + also,
        )
        return Figure(fact, printed)

    def of(self, key: str, name: Words, *, table: str | None = None) -> About:
        """Return what figures of a part have in common."""
        en = ", ".join(t for t in (self.name.en, name.en) if t)
        return replace(
            self,
            key=f"{self.key}/{key}",
            name=Words(zh=f"{self.name.zh}{name.zh}", en=en),
            table=self.table if table is None else table,
        )

"""Ratios that a text states, held against the figures that it gives: 1288 pupils in 23 classes are not 50 a class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from .. import shipped
from ..errors import Fault, JunhengError, Level, Place, refuse
from ..rounding import shown
from ..schema import Words
from ..sources.headers import normalised
from ..sources.tabular import Sheet, read_sheets
from ..yamlfile import load_yaml

_ITEM, _VALUE = ("item", "项目", "指标"), ("value", "数值", "内容")
_ENCODINGS = ("utf-8", "gb18030")


class _Named(Words):
    names: tuple[str, ...] = ()


class _Ratio(_Named):
    of: tuple[str, str]
    instead: tuple[str, ...] = ()


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    figures: dict[str, _Named]
    ratios: dict[str, _Ratio]
    parts: tuple[tuple[str, str], ...]

    def names(self) -> dict[str, str]:
        """Return every spelling of a figure or ratio, normalised, with its id."""
        return {
            normalised(text): name
            for name, words in ({**self.figures, **self.ratios}).items()
            for text in (name, words.zh, words.en, *words.names)
        }

    def words(self, name: str) -> Words:
        """Return what a figure or ratio is called."""
        return ({**self.figures, **self.ratios})[name]


@dataclass(frozen=True)
class Figure:
    """A figure as stated, and where it stands."""

    value: Decimal
    place: Place


@cache
def _known() -> _Stated:
    return load_yaml(shipped.params("stated.yaml"), _Stated)


def read_stated(path: Path) -> dict[str, Figure]:
    """
    Read a table of stated figures: a column 项目 (item) and a column 数值 (value); unknown items are passed over.

    Raises
    ------
    JunhengError
        Not a table with these columns; values that are no numbers, items given twice: every fault at once.
    """
    names = {normalised(text): text for text in (*_ITEM, *_VALUE)}
    found: dict[str, Figure] = {}
    faults: list[Fault] = []
    for sheet in read_sheets(path, names=names, encodings=_ENCODINGS)[:1]:
        rows = _rows(path, sheet)
        for number, item, text in rows:
            name, value = _known().names().get(normalised(item)), _number(text)
            place = Place(path.name, sheet.name, number, item, text)
            if name is None:
                continue
            if value is None or name in found:
                zh, en = (
                    ("应为数字。", "must be a number.")
                    if value is None
                    else ("出现两次。", "is given twice.")
                )
                faults.append(Fault("wrong-stated", zh, en, place))
            else:
                found[name] = Figure(value, place)
    if faults:
        raise JunhengError(faults)
    return found


def check_stated(figures: Mapping[str, Figure]) -> list[Fault]:
    """
    Return the stated ratios that do not follow from the figures beside them, and parts larger than their whole.

    A ratio agrees when it is that of its parts rounded, or cut off, at the decimals it is stated with. Where the
    stated number follows from another figure instead, that is told: 7196 / 1288 = 5.6 is land, not buildings.
    """
    faults = []
    for name, ratio in _known().ratios.items():
        top, bottom = ratio.of
        if not {name, top, bottom} <= figures.keys() or figures[bottom].value == 0:
            continue
        stated = figures[name]
        if not _agrees(stated.value, figures[top].value, figures[bottom].value):
            faults.append(_wrong_ratio(name, ratio, figures))
    for part, whole in _known().parts:
        if {part, whole} <= figures.keys() and figures[part].value > figures[whole].value:
            faults.append(_too_large(part, whole, figures))
    return faults


def _agrees(stated: Decimal, top: Decimal, bottom: Decimal) -> bool:
    exact = Fraction(top) / Fraction(bottom)
    unit = Fraction(Decimal(1).scaleb(int(stated.as_tuple().exponent)))
    return Fraction(stated) - unit / 2 <= exact < Fraction(stated) + unit


def _wrong_ratio(name: str, ratio: _Ratio, figures: Mapping[str, Figure]) -> Fault:
    top, bottom = ratio.of
    words = {part: _known().words(part) for part in (top, bottom)}
    stated = figures[name]
    digits = max(1, -int(stated.value.as_tuple().exponent))
    right = shown(float(figures[top].value / figures[bottom].value), digits)
    sum_zh = f"{words[top].zh}{figures[top].value}÷{words[bottom].zh}{figures[bottom].value}={right}"
    sum_en = f"{words[top].en} {figures[top].value} / {words[bottom].en} {figures[bottom].value} = {right}"
    zh, en = (
        f"{ratio.zh}写为{stated.value}，而{sum_zh}",
        f"{ratio.en} is stated as {stated.value}, yet {sum_en}",
    )
    taken = [n for n in ratio.instead if n in figures and _follows(stated.value, n, ratio, figures)]
    for other in taken[:1]:
        zh += f"；所写的数与{_known().words(other).zh}{figures[other].value}相符，请核对名称"
        en += f"; the number is that of {_known().words(other).en} {figures[other].value}: check its name"
    return Fault("stated-ratio", f"{zh}。", f"{en}.", stated.place, Level.EXPLAIN)


def _follows(stated: Decimal, other: str, ratio: _Ratio, figures: Mapping[str, Figure]) -> bool:
    """Return whether a stated ratio is that of another figure put in the place of the one of its own kind."""
    top, bottom = ratio.of
    parts = (
        (figures[top].value, figures[other].value)
        if top == "pupils"
        else (figures[other].value, figures[bottom].value)
    )
    return parts[1] != 0 and _agrees(stated, *parts)


def _too_large(part: str, whole: str, figures: Mapping[str, Figure]) -> Fault:
    one, all_ = _known().words(part), _known().words(whole)
    zh = f"{one.zh}{figures[part].value}大于{all_.zh}{figures[whole].value}。"
    en = f"{one.en} {figures[part].value} exceeds {all_.en} {figures[whole].value}."
    return Fault("stated-part", zh, en, figures[part].place, Level.EXPLAIN)


def _rows(path: Path, sheet: Sheet) -> list[tuple[int, str, str]]:
    """Return row number, item and value of a sheet's rows."""
    for number, cells in enumerate(sheet.head, start=1):
        texts = [normalised(str(cell)) for cell in cells]
        places = [
            next((texts.index(n) for n in map(normalised, names) if n in texts), None)
            for names in (_ITEM, _VALUE)
        ]
        if places[0] is not None and places[1] is not None:
            frame = sheet.take(number, [places[0], places[1]]).dropna()
            return [(int(str(row)), str(a).strip(), str(b).strip()) for row, a, b in frame.itertuples()]
    raise refuse(
        "missing-column", "缺少表头「项目」「数值」。", "headers item and value are missing.", file=path.name
    )


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None

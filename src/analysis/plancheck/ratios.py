"""Stated ratios against their parts: a mean class of 50 where 1288 pupils sit in 23 classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from ..errors import Fault, Place
from .amounts import NUMBER, UNITS, Amount, decimal_of, printed
from .reading import Paragraph, Plan, Table
from .vocabulary import Ratio, plain, vocabulary

_OWN = re.compile("我校|本校")  # a text about one school: its figures may stand in several paragraphs
_TARGET = re.compile(r"[约近余多]|左右|以上|以下|以内|不超过|控制|目标|力争|降|提高|标准|规定")
_COMBINED = re.compile("一贯制|完全中学|九年|十二年")  # their shared facilities are split between the stages
_STAGES = ("小学", "初中", "高中")
Key = tuple[str, str]  # stage ("" for the whole), quantity


@dataclass(frozen=True)
class Stated:
    """A figure that is stated somewhere."""

    amount: Amount
    place: Place
    name: str


@dataclass(frozen=True)
class Figures:
    """What is stated of one subject: a school, or the county of the text. A figure stated twice differently is left out."""

    quantities: Mapping[Key, Stated]
    ratios: tuple[tuple[str, Ratio, Stated], ...]


def check_ratios(plan: Plan) -> Iterator[Fault]:
    """Give the ratios of tables and text that their parts, stated for the same subject, contradict."""
    for subject in _subjects(plan):
        for stage, ratio, stated in subject.ratios:
            what = subject.quantities.get((stage, ratio.what))
            of = subject.quantities.get((stage, ratio.of))
            if what is not None and of is not None and of.amount.value > 0:
                fault = _compared(subject, stage, ratio, stated, what, of)
                if fault is not None:
                    yield fault


def _compared(
    subject: Figures, stage: str, ratio: Ratio, stated: Stated, what: Stated, of: Stated
) -> Fault | None:
    found = ratio.per * _base(what.amount) / _base(of.amount)
    value, off = _base(stated.amount), Fraction(1, 10**stated.amount.decimals)
    scales = (1, 10**4) if not what.amount.unit else (1,)  # money without a unit may be in 万元
    if any(abs(found * scale - value) <= max(off, abs(value) / 10**9) for scale in scales):
        return None
    digits = max(2, stated.amount.decimals)
    sum_zh = f"{what.amount.shown()}÷{of.amount.shown()}" + (f"×{ratio.per}" if ratio.per > 1 else "")
    other = _meant(subject, stage, ratio, value, off, of)
    zh = f"{stated.amount.shown()}正好是{other}除以{vocabulary().quantities[ratio.of][0]}。" if other else ""
    en = f" {stated.amount.shown()} is {other} instead." if other else ""
    return Fault(
        "ratio",
        f"「{stated.name}」写为{stated.amount.shown()},按{what.name}÷{of.name}计算是{sum_zh} = {printed(found, digits)}。{zh}",
        f"stated {stated.amount.shown()}, but {sum_zh} = {printed(found, digits)}.{en}",
        stated.place,
    )


def _meant(subject: Figures, stage: str, ratio: Ratio, value: Fraction, off: Fraction, of: Stated) -> str:
    """Return what figure, divided the same way, gives the number that is stated; "" where none does."""
    unit = subject.quantities[stage, ratio.what].amount.unit
    for (where, name), figure in subject.quantities.items():
        if where != stage or name in (ratio.what, ratio.of) or figure.amount.unit != unit:
            continue
        if abs(ratio.per * _base(figure.amount) / _base(of.amount) - value) <= off:
            return f"{vocabulary().quantities[name][0]}({figure.amount.shown()})"
    return ""


def _base(amount: Amount) -> Fraction:
    """Return an amount with 万元 turned to 元."""
    return amount.exact * {"万元": 10**4, "亿元": 10**8}.get(amount.unit, 1)


def _subjects(plan: Plan) -> Iterator[Figures]:
    for table in plan.tables:
        named = {
            name: at
            for at, h in enumerate(table.headings)
            if (name := vocabulary().column(h.split(" › ")[-1]))
        }
        if "item" in named and "amount" in named and "school" not in named:
            yield _gathered(_listed(table, named))
        else:
            for row in range(len(table.body)):
                if not _COMBINED.search(" ".join(str(cell) for cell in table.body[row])):
                    yield _gathered(_across(table, row))
    text = "".join(paragraph.text for paragraph in plan.paragraphs)
    if _OWN.search(text):
        yield _gathered(item for paragraph in plan.paragraphs for item in _written(paragraph))
    else:
        for paragraph in plan.paragraphs:
            yield _gathered(_written(paragraph))


def _listed(table: Table, named: Mapping[str, int]) -> Iterator[tuple[str, Stated]]:
    """Give the figures of a table of items and values."""
    for row in range(len(table.body)):
        amount = table.amount(row, named["amount"])
        item = table.text(row, named["item"])
        if amount is not None:
            unit = table.text(row, named["unit"]) if "unit" in named else amount.unit
            stated = Amount(amount.value, vocabulary().unit(unit))
            place = table.place(row, named["amount"])
            yield item, Stated(stated, Place(place.file, place.sheet, place.row, item, place.value), item)


def _across(table: Table, row: int) -> Iterator[tuple[str, Stated]]:
    for column, heading in enumerate(table.headings):
        amount = table.amount(row, column)
        if amount is not None:
            name = heading.split(" › ")[-1]
            yield heading.replace(" › ", ""), Stated(amount, table.place(row, column), plain(name))


def _gathered(items: Iterator[tuple[str, Stated]]) -> Figures:
    quantities: dict[Key, Stated | None] = {}
    ratios: list[tuple[str, Ratio, Stated]] = []
    for name, stated in items:
        stage, rest = _stage_of(plain(name))
        ratio = next((r for r in vocabulary().ratios if rest in r.names), None)
        if ratio is not None:
            ratios.append((stage, ratio, stated))
            continue
        quantity = next((q for q, names in vocabulary().quantities.items() if rest in names), None)
        if quantity is not None:
            known = quantities.get((stage, quantity), stated)
            same = known is not None and known.amount == stated.amount
            quantities[stage, quantity] = known if same else None
    return Figures({key: s for key, s in quantities.items() if s is not None}, tuple(ratios))


def _stage_of(name: str) -> tuple[str, str]:
    for stage in _STAGES:
        for without in (name.removeprefix(stage), name.removesuffix(stage)):
            if without != name and without:
                return stage, without
    return "", name


def _written(paragraph: Paragraph) -> Iterator[tuple[str, Stated]]:
    """Give the figures of a paragraph: 在校生1288人, 23个教学班, 生均校舍5.6平方米."""
    for name, pattern in _patterns():
        for found in pattern.finditer(paragraph.text):
            before = re.split("[，,。；;]", paragraph.text[: found.start()])[-1]
            if _TARGET.search(before + found[0] + paragraph.text[found.end() : found.end() + 3]):
                continue
            amount = Amount(decimal_of(found["n"]), vocabulary().unit(found["u"]))
            place = replace(paragraph.place, column=name, value=amount.shown())
            yield (found["s"] or "") + name, Stated(amount, place, (found["s"] or "") + name)


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    names = {name for names in vocabulary().quantities.values() for name in names}
    names |= {name for ratio in vocabulary().ratios for name in ratio.names}
    found = []
    for name in sorted((n for n in names if not n.isascii()), key=len, reverse=True):
        # A noun is taken only where no other noun runs into it: 学生 in 全校学生, not in 寄宿学生.
        before = r"(?<![^\W\d_有校现共全])(?P<s>小学|初中|高中)?"
        between = r"(?:总数|数|共计|共有|现有|共|为|是|有|达到|达|[:：])*\s*"
        found.append((name, re.compile(rf"{before}{name}{between}(?P<n>{NUMBER})\s*(?P<u>{UNITS})")))
        if name in ("教学班", "学生", "在校学生", "专任教师", "教职工"):
            turned = rf"(?P<n>{NUMBER})\s*(?P<u>个|名|人|位)(?P<s>小学|初中|高中)?{name}(?!数)"
            found.append((name, re.compile(turned)))
    return found

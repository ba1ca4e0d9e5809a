"""Lists of measures: what each school gets in which year. Totals, a school in two years, schools left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..errors import Fault, Level, Place
from .amounts import Amount
from .reading import Plan, Table
from .sums import wrong_sum
from .vocabulary import Family, plain, vocabulary

_SCHOOL = re.compile(r"(小学|完小|中学|初中|学校|教学点|校区|分校|完全小学|幼儿园|一中|二中|三中|四中)$")
_PHASE = re.compile(r"[一二三四五1-5]期|分期|续建")


@dataclass(frozen=True)
class Measure:
    """One thing that schools get: `schools` is empty where it stands for all of them, `year` where none is named."""

    schools: tuple[str, ...]
    year: str
    item: str
    amount: Amount
    place: Place
    total: bool = False


def measures(table: Table) -> list[Measure]:
    """
    Return the measures of a table that lists them: one row a measure, with columns for school, item and amount.

    A row whose school or year is 全镇, 全部, 合计 … is a total.
    """
    columns = {
        name: at for at, h in enumerate(table.headings) if (name := vocabulary().column(h.split(" › ")[-1]))
    }
    if not {"school", "item"} <= columns.keys():
        return []
    at = columns["amount"] if "amount" in columns else _only_figures(table, set(columns.values()))
    if at is None:
        return []
    found = []
    for row in range(len(table.body)):
        amount = table.amount(row, at)
        if amount is None:
            continue
        unit = table.text(row, columns["unit"]) if "unit" in columns else amount.unit
        named, year = table.text(row, columns["school"]), _year(table, row, columns.get("year"))
        everywhere = (*vocabulary().everywhere, *vocabulary().totals)
        total = plain(named) in everywhere or year in everywhere
        schools = () if plain(named) in everywhere else split_schools(named)
        stated = Amount(amount.value, vocabulary().unit(unit))
        item = table.text(row, columns["item"])
        found.append(
            Measure(schools, "" if year in everywhere else year, item, stated, table.place(row, at), total)
        )
    return found


def _year(table: Table, row: int, column: int | None) -> str:
    return "" if column is None else table.text(row, column).removesuffix("年")


def _only_figures(table: Table, taken: set[int]) -> int | None:
    """Return the only column of figures beside those already understood."""
    free = [
        column
        for column in range(len(table.headings))
        if column not in taken
        and any(table.amount(row, column) is not None for row in range(len(table.body)))
    ]
    return free[0] if len(free) == 1 else None


def split_schools(text: str) -> tuple[str, ...]:
    """Return the schools that a cell names, joined by +, 、 or commas."""
    return tuple(part.strip() for part in re.split(r"[+＋、,，;；/]", text) if part.strip())


def check_measures(found: Sequence[Measure]) -> Iterator[Fault]:
    """Give totals that are not the sum of their measures, and schools that get one thing in two years."""
    yield from _totals(found)
    yield from _two_years(found)
    yield from _left_out(found)


def _totals(found: Sequence[Measure]) -> Iterator[Fault]:
    for total in (measure for measure in found if measure.total):
        parts = [
            m.amount
            for m in found
            if not m.total
            and plain(m.item) == plain(total.item)
            and m.amount.unit == total.amount.unit
            and (not total.year or m.year == total.year)
        ]
        if len(parts) > 1:
            fault = wrong_sum(total.place, total.amount, parts, what=f"「{plain(total.item)}」")
            if fault is not None:
                yield fault


def _two_years(found: Sequence[Measure]) -> Iterator[Fault]:
    """Ask about a school that gets one thing in two years, where most schools get it in one."""
    years: dict[str, dict[str, dict[str, Measure]]] = defaultdict(lambda: defaultdict(dict))
    for measure in found:
        if not measure.total and measure.year and not _PHASE.search(measure.item):
            for school in measure.schools:
                years[plain(measure.item)][school].setdefault(measure.year, measure)
    for item, by_school in years.items():
        twice = {school: held for school, held in by_school.items() if len(held) > 1}
        if 2 * len(twice) >= len(by_school):  # figures of every year, or phases: not a measure done once
            continue
        for school, held in twice.items():
            listed = "、".join(f"{year}年" for year in sorted(held))
            last = held[max(held)]
            yield Fault(
                "school-in-two-years",
                f"「{school}」的{item}列入了{len(held)}个年度:{listed}。一所学校同一项目只应列入一个年度,请核对。",
                f"“{school}” gets {item} in {len(held)} years: {', '.join(sorted(held))}.",
                last.place,
                Level.EXPLAIN,
                school_name=school,
            )


def _left_out(found: Sequence[Measure]) -> Iterator[Fault]:
    """Ask about schools that get one kind of measure and not another that is meant for nearly the same schools."""
    reached = {family: _reached(found, family) for family in vocabulary().families}
    common = vocabulary().families_common
    for one, other in combinations(reached, 2):
        both = reached[one].keys() & reached[other].keys()
        most = max(len(reached[one]), len(reached[other]))
        if len(both) < common.schools or len(both) < float(common.share) * most:
            continue
        for has, lacks in ((one, other), (other, one)):
            for school in sorted(reached[has].keys() - reached[lacks].keys()):
                yield Fault(
                    "left-out",
                    f"「{school}」有{has.zh},没有{lacks.zh};计划中{len(both)}所学校两项都有。请核对是否漏列。",
                    f"“{school}” gets {has.en} but no {lacks.en}; {len(both)} schools of the plan get both.",
                    reached[has][school].place,
                    Level.EXPLAIN,
                    school_name=school,
                )


def _reached(found: Sequence[Measure], family: Family) -> dict[str, Measure]:
    schools: dict[str, Measure] = {}
    for measure in found:
        if not measure.total and any(word in measure.item for word in family.words):
            for school in measure.schools:
                schools.setdefault(school, measure)
    return schools


_STATED = re.compile(
    r"(?:保留|项目学校|涉及|覆盖)[^，。；,;]{0,8}?([0-9]{1,3}|[一二三四五六七八九十]{1,3})所"
)


def check_number_of_schools(plan: Plan, found: Sequence[Measure]) -> Iterator[Fault]:
    """Ask about a number of schools in the text (保留9所, 项目学校8所) that the list of measures does not reach."""
    schools = {school for measure in found for school in measure.schools if _SCHOOL.search(school)}
    if len(schools) < 2:
        return
    for paragraph in plan.paragraphs:
        for stated in _STATED.finditer(paragraph.text):
            number = _number(stated[1])
            if number != len(schools) and abs(number - len(schools)) * 2 <= number:
                yield Fault(
                    "number-of-schools",
                    f"文中写“{stated[0]}”,计划表中列出{len(schools)}所:{'、'.join(sorted(schools))}。请核对是否漏列。",
                    f"the text says {number} schools, the lists name {len(schools)}.",
                    paragraph.place,
                    Level.EXPLAIN,
                )


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    digits = {char: n for n, char in enumerate("〇一二三四五六七八九")}
    tens, ten, ones = text.partition("十")
    if not ten:
        return digits.get(text, 0)
    return (digits[tens] if tens else 1) * 10 + (digits[ones] if ones else 0)

"""The sheet 已公布数据: what was printed before, as entries that a run can be held against."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd

from .. import schema
from ..errors import Fault, Place
from ..schema import Words
from ..standards import RuleSet
from .dataset import PUBLISHED
from .headers import normalised
from .values import as_school_year

# What stands in the sheet → what its heading is called in the faults.
HEADERS = {"year": "年份", "stage": "学段", "item": "项目", "measure": "统计量", "printed": "公布值"}
MEASURES = {
    "mean": ("全县平均值", "平均值", "均值", "mean"),
    "sd": ("标准差", "sd"),
    "cv": ("差异系数", "变异系数", "cv"),
    "total": ("合计", "总计", "总数", "total"),
}
SCHOOLS, COMBINED = "schools", "combined"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?%?")


def clean_published(filed: Sequence[pd.DataFrame], rules: RuleSet | None) -> tuple[pd.DataFrame, list[Fault]]:
    """
    Return the entries with canonical names, and what is wrong with them.

    Parameters
    ----------
    filed
        `PUBLISHED` as text, and `file`, `sheet`, `row`.
    rules
        The rule set whose indicators they name; without one nothing is held against anything.

    Returns
    -------
    `PUBLISHED`, one row an entry; '' where an optional cell is blank. Refused, all at once: a blank where one must not be, a
    year, stage, figure or measure that is none, a value that is no number.
    """
    rows = pd.concat(filed, ignore_index=True) if filed else pd.DataFrame()
    if rules is None or rows.empty:
        return pd.DataFrame(columns=list(PUBLISHED)), []
    entries, faults = [], []
    for line in rows.fillna("").to_dict("records"):
        text = {str(name): str(value).strip() for name, value in line.items()}
        entry, wrong = _entry(text, rules)
        entries.append(entry)
        place = Place(text["file"], text["sheet"], int(line["row"]))
        faults += [_fault(place, name, text[name], words) for name, words in wrong.items()]
    return pd.DataFrame(entries, columns=list(PUBLISHED)).astype({"year": "int64"}), faults


def _entry(text: Mapping[str, str], rules: RuleSet) -> tuple[dict[str, object], dict[str, Words]]:
    """Return an entry with canonical names, and by its cell what is wrong with it."""
    wrong: dict[str, Words] = {}
    year, stages = as_school_year(text["year"]), schema.codes("stages")
    if not re.fullmatch(r"\d{4}", year):
        wrong["year"] = Words(zh="应为四位年份,如2024", en="must be a year of four digits, such as 2024")
    measure = _named(text["measure"], MEASURES)
    if text["measure"] and measure is None:
        names = "、".join(spelled[0] for spelled in MEASURES.values())
        wrong["measure"] = Words(zh=f"应为:{names}", en=f"must be one of {', '.join(MEASURES)}")
    item, is_indicator = _item(text["item"], measure, rules)
    if item == COMBINED and measure not in (None, "cv"):
        wrong["measure"] = Words(
            zh="综合只有差异系数", en="of the combined coefficient there is the cv alone"
        )
    if not item:
        wrong["item"] = _not_an_item(rules, total=measure == "total")
    stage = _named(text["stage"], {code: (code, entry.zh, entry.en) for code, entry in stages.items()})
    if text["stage"] and stage is None:
        names = "、".join(entry.zh for entry in stages.values())
        wrong["stage"] = Words(zh=f"应为:{names},或空着", en=f"one of {', '.join(stages)}, or blank")
    if is_indicator and rules.stages and not text["stage"]:
        wrong["stage"] = Words(zh="指标须写明学段", en="an indicator needs its stage")
    printed = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text["printed"]))
    if not _NUMBER.fullmatch(printed):
        wrong["printed"] = Words(zh="应为公布的数字,小数位照原样", en="must be the number as printed")
    default = "cv" if item == COMBINED else "mean" if is_indicator else "total"
    known = {"stage": stage or "", "item": item, "measure": measure or default, "printed": printed}
    return {**text, **known, "year": 0 if "year" in wrong else int(year)}, wrong


def _item(text: str, measure: str | None, rules: RuleSet) -> tuple[str, bool]:
    """Return the figure named and whether it is an indicator: totals are of columns, all other measures of indicators."""
    indicators = {i.id: (i.id, i.title.zh, i.title.en, i.short.zh, i.short.en) for i in rules.indicators}
    if measure != "total" and (
        found := _named(text, indicators | {COMBINED: ("综合差异系数", "综合", COMBINED)})
    ):
        return found, True
    return (_named(text, _totals()) or "" if measure in (None, "total") else ""), False


@cache
def _totals() -> Mapping[str, tuple[str, ...]]:
    """Return the figures that have totals: schools, and the numeric columns, {stage} unfilled, with what they are called."""
    found: dict[str, tuple[str, ...]] = {SCHOOLS: ("学校数", SCHOOLS)}
    for name, column in schema.columns().items():
        if column.type in ("count", "number") and name != "year" and not column.sensitive:
            of_stage = column.stage is not None and name.endswith(f"_{column.stage}")
            base = name.removesuffix(f"_{column.stage}") + "_{stage}" if of_stage else name
            titles = (
                [column.zh.partition("(")[0], column.en.partition(" (")[0]]
                if of_stage
                else [column.zh, column.en]
            )
            found[base] = (base, *titles)
    return found


def _named(text: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """Return the first that is called so."""
    wanted = normalised(text)
    return next((code for code, spelled in names.items() if wanted in map(normalised, spelled)), None)


def _not_an_item(rules: RuleSet, *, total: bool) -> Words:
    if total:
        return Words(
            zh="没有这个项目。合计可填学校数,或学校数据表中的数字列,如在校生数",
            en="no such figure; totals are of schools or of a numeric column, such as pupils",
        )
    return Words(
        zh=f"没有这个项目。可填:{'、'.join(i.short.zh for i in rules.indicators)}",
        en=f"no such figure; one of {', '.join(i.id for i in rules.indicators)}",
    )


def _fault(place: Place, name: str, value: str, words: Words) -> Fault:
    at = Place(place.file, place.sheet, place.row, HEADERS[name], value)
    return Fault(f"published-{name}", f"{words.zh}。", f"{words.en}.", at)

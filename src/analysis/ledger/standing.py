"""How every school stands to every item now: what a ledger is matched with."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from .. import shipped
from ..errors import Lang
from ..rounding import NOT_KNOWN, shown_against
from ..schema import Words
from ..standards import CountyItem, RuleSet
from ..tables.common import STAGES
from ..wording.items import required
from ..wording.labels import plain
from ..yamlfile import load_yaml

COLUMNS = (
    "key",
    "school_name",
    "stage",
    "title",
    "status",
    "value",
    "digits",
    "standard",
    "gap",
    "unit",
    "office",
)
_STATUS = {
    "met": "met",
    "floor": "short",
    "below": "short",
    "missing": "missing",
    "not_met": "short",
    "open": "unknown",
}


class _Office(Words):
    columns: tuple[str, ...]


class _Offices(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    offices: tuple[_Office, ...]


@cache
def _offices() -> tuple[_Office, ...]:
    return load_yaml(shipped.params("ledger.yaml"), _Offices).offices


def standings(judged: pd.DataFrame, checked: pd.DataFrame, rules: RuleSet, lang: Lang) -> pd.DataFrame:
    """
    Return how each unit in scope stands to each item that is judged: indicators, and county items by school.

    Parameters
    ----------
    judged, checked
        Tables of one county and year (`assessment.judge_values`, `county_items.judge_items`).

    Returns
    -------
    One row per school, stage and item, schools in the order of `judged`: `key` (学校标识码/学段/指标编号: what a row of a
    ledger is known by), `school_name`, `stage` and `title` (in words), `status` (`met`, `short`, `missing`, or
    `unknown`: a county item that the county may answer instead), `value`
    with `digits`, `standard` (text), `gap` (in things, NaN where none is told) with `unit`, `office` (who it goes to
    at first).
    """
    rows = [_of_indicator(row, rules, lang) for row in _judged_rows(judged)]
    known = {item.id: item for item in rules.county_items}
    rows += [_of_item(row, known[row["item"]], rules, lang) for row in checked.to_dict("records")]
    table = pd.DataFrame(rows, columns=["school_id", *COLUMNS])
    order = {school: place for place, school in enumerate(dict.fromkeys(judged["school_id"]))}
    table = table.sort_values("school_id", key=lambda ids: ids.map(order), kind="stable")
    return table[list(COLUMNS)].reset_index(drop=True)


def _judged_rows(judged: pd.DataFrame) -> list[dict[Any, Any]]:
    return judged[judged["in_scope"] & (judged["status"] != "unjudged")].to_dict("records")


def _of_indicator(row: dict[Any, Any], rules: RuleSet, lang: Lang) -> dict[str, Any]:
    indicator, stage = rules.indicator(row["indicator"]), row["stage"]
    threshold = indicator.threshold(stage)
    thing = indicator.thing
    sign = "≤" if indicator.at_most is not None else "≥"
    short = _STATUS[row["status"]] == "short" and thing is not None
    return {
        "school_id": row["school_id"],
        "key": f"{row['school_id']}/{stage}/{indicator.id}",
        "school_name": row["school_name"],
        "stage": rules.stage_name(stage)[lang],
        "title": indicator.title[lang],
        "status": _STATUS[row["status"]],
        "value": row["value"],
        "digits": _digits(row["value"], (row["threshold"], row["floor"]), indicator.digits),
        "standard": "" if threshold is None else f"{sign} {plain(threshold)} {indicator.unit[lang]}",
        "gap": row["gap"] / thing.factor if thing and short else float("nan"),
        "unit": thing[lang] if thing and short else "",
        "office": _office(indicator.numerator, lang),
    }


def _of_item(row: dict[Any, Any], item: CountyItem, rules: RuleSet, lang: Lang) -> dict[str, Any]:
    stage = row["stage"] or "school"
    limit = item.at_least if item.at_least is not None else item.at_most
    test = item.schools
    return {
        "school_id": row["school_id"],
        "key": f"{row['school_id']}/{stage}/{item.id}",
        "school_name": row["school_name"],
        "stage": STAGES[stage][lang] if stage == "school" else rules.stage_name(stage)[lang],
        "title": f"{item.id} {item.title[lang]}",
        "status": _STATUS[row["status"]],
        "value": row["value"],
        "digits": _digits(row["value"], (None if limit is None else float(limit),), 2),
        "standard": required(item, lang),
        "gap": float("nan"),
        "unit": "",
        "office": _office(test.numerator if test else (), lang),
    }


def _digits(value: float, limits: tuple[float | None, ...], digits: int) -> int:
    """Return the decimals at which a value does not contradict its verdict."""
    text = shown_against(value, limits, digits)
    return 0 if text == NOT_KNOWN else len(text.partition(".")[2])


def _office(columns: tuple[str, ...], lang: Lang) -> str:
    for office in _offices():
        if any(fnmatchcase(name, pattern) for pattern in office.columns for name in columns or ("",)):
            return office[lang]
    return ""

"""The county's own items (县级指标): met, not met or open, from school data where they follow from them, else as answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pandas as pd

from .exact import exact_sum, filed
from .standards import CountyItem, RuleSet, SchoolTest

STATUSES = ("met", "not_met", "open")
YES = "是"
_CHECKED = ("item", "school_id", "school_name", "stage", "kind", "value", "status")


def judge_items(
    schools: pd.DataFrame, units: pd.DataFrame, answers: pd.DataFrame, rules: RuleSet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Judge every item of a rule set for one county and year.

    An item that follows from school data is not met when one school surely misses it, met when every school
    concerned surely meets it; where figures are missing the county's answer stands, and without one it is open.
    Decided on exact fractions. Nobody concerned (no school under 100 pupils) is met.

    Parameters
    ----------
    schools, units
        The county's canonical rows of one year, and its units.
    answers
        `item`, `value` (是, 否 or a number as text), `evidence`, `office`, as `sources` cleans them.

    Returns
    -------
    items
        One row per item in the rule's order: `item`, `number` (A3 of A3-1), `basis` (`schools`, `answer`, ""), `value` (the
        worst school's, or the number answered), `answer`, `status`, `differs` (the answer says otherwise than the
        schools), `n` (concerned), `n_short`, `n_missing` (NaN without school data), `evidence`, `office`.
    checked
        One row per item that follows from school data and school (or unit): `item`, `school_id`, `school_name`, `stage`
        ("" for the whole school), `kind`, `value`, `status` (`met`, `not_met`, `open`).
    """
    rows = [row for item in rules.county_items for row in _checked(item, schools, units, rules)]
    checked = pd.DataFrame(rows, columns=list(_CHECKED)).astype({"value": "float64"})
    given = answers.drop_duplicates("item", keep="last").set_index("item")
    found = [_judged(item, checked, given, none=units.empty) for item in rules.county_items]
    columns = [
        *("item", "number", "basis", "value", "answer", "status", "differs"),
        *_COUNTS,
        "evidence",
        "office",
    ]
    items = pd.DataFrame(found, columns=columns)
    return items.astype({"value": "float64", **dict.fromkeys(_COUNTS, "float64")}), checked


_COUNTS = ("n", "n_short", "n_missing")


def by_number(items: pd.DataFrame) -> pd.Series[str]:
    """Return the status of each numbered item: not met with one of its figures, met with all, else open."""
    return items.groupby("number", sort=False)["status"].agg(_worst)


def self_assessment(items: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Return the scored self-assessment: one row per group of items, in the rule's order; vetoes and conditions apart.

    Returns
    -------
    `group` (zh), `group_en`, `n` (numbered items), `n_met`, `n_not_met`, `n_open`, `points_least`, `points_most`: the sum of
    the points of the items met, and with the open ones; NaN where the rule gives no points.
    """
    status = by_number(items)
    of_number: dict[str, list[CountyItem]] = {}
    for item in rules.county_items:
        if item.veto or item.precondition:
            continue
        of_number.setdefault(item.number, []).append(item)
    rows = []
    for number, parts in of_number.items():
        points = [float(part.points) for part in parts if part.points is not None]
        whole = sum(points) if points else np.nan
        counts = {f"n_{name}": int(status[number] == name) for name in STATUSES}
        scored = {"points_least": whole * counts["n_met"], "points_most": whole * (1 - counts["n_not_met"])}
        rows.append({"group": parts[0].group.zh, "group_en": parts[0].group.en, "n": 1} | counts | scored)
    table = pd.DataFrame(rows, columns=["group", "group_en", "n", *(f"n_{s}" for s in STATUSES), *_POINTS])
    grouped = table.groupby(["group", "group_en"], sort=False)
    sums = grouped[["n", *(f"n_{s}" for s in STATUSES)]].sum()
    return sums.join(grouped[list(_POINTS)].sum(min_count=1)).reset_index()


_POINTS = ("points_least", "points_most")


def _worst(statuses: pd.Series[str]) -> str:
    held = set(statuses)
    return "not_met" if "not_met" in held else "open" if "open" in held else "met"


def _judged(item: CountyItem, checked: pd.DataFrame, given: pd.DataFrame, *, none: bool) -> dict[str, Any]:
    """Return the row of one item: by its schools where they decide, else (or with `none` on file) by the answer."""
    own = checked[checked["item"] == item.id]
    told = given.loc[item.id] if item.id in given.index else None
    answer = "" if told is None or pd.isna(told["value"]) else str(told["value"])
    answered = _status_of_answer(item, answer)
    by_schools = "open" if item.schools is None or none else _worst(own["status"])
    decided = by_schools != "open"
    status = by_schools if decided else answered
    worst = own["value"].max() if _limits(item)[1] is not None else own["value"].min()
    number = item.answer == "number"
    return {
        "item": item.id,
        "number": item.number,
        "basis": "schools" if decided else "answer" if answer else "",
        "value": (worst if decided else float(answer) if number and answer else np.nan) if number else np.nan,
        "answer": answer,
        "status": status,
        "differs": decided and answered not in ("open", by_schools),
        "n": len(own) if item.schools is not None else np.nan,
        "n_short": (own["status"] == "not_met").sum() if item.schools is not None else np.nan,
        "n_missing": (own["status"] == "open").sum() if item.schools is not None else np.nan,
        "evidence": None if told is None else told["evidence"],
        "office": None if told is None else told["office"],
    }


def _status_of_answer(item: CountyItem, answer: str) -> str:
    if not answer:
        return "open"
    if item.answer == "yes_no":
        return "met" if answer == YES else "not_met"
    if item.at_least is None and item.at_most is None:
        return "open"
    value = Decimal(answer)
    met = value >= item.at_least if item.at_least is not None else value <= cast(Decimal, item.at_most)
    return "met" if met else "not_met"


def _limits(item: CountyItem) -> tuple[Decimal | None, Decimal | None]:
    """Return what each school is held against: at_least, at_most."""
    test = item.schools
    if test is not None and (test.at_least is not None or test.at_most is not None):
        return test.at_least, test.at_most
    return item.limits()


def _checked(
    item: CountyItem, schools: pd.DataFrame, units: pd.DataFrame, rules: RuleSet
) -> Iterator[dict[str, Any]]:
    """Yield how each school or unit that an item concerns stands to it."""
    test = item.schools
    if test is None:
        return
    inside = units["in_scope"] | (test.small_too & (units["out_reason"] == "min_pupils"))
    figures: dict[Any, dict[Any, Any]] = schools.set_index("school_id").to_dict("index")
    for _, group in units[inside].groupby(
        ["school_id"] if test.each == "school" else ["school_id", "stage"], sort=False
    ):
        row = group.iloc[0]
        concerned = _concerned(test, group)
        if concerned is False:
            continue
        value, least = _values(test, figures[row["school_id"]], group["stage"].tolist())
        status = _status(item, value, least)
        yield {
            "item": item.id,
            "school_id": row["school_id"],
            "school_name": row["school_name"],
            "stage": "" if test.each == "school" else row["stage"],
            "kind": row["kind"],
            "value": np.nan if value is None else float(value),
            "status": "open" if status == "not_met" and concerned is None else status,
        }


def _concerned(test: SchoolTest, units: pd.DataFrame) -> bool | None:
    """Return whether a test concerns a school, None where something missing decides that."""
    row = units.iloc[0]
    if test.stages and not units["stage"].isin(test.stages).any():
        return False
    parts: list[bool | None] = [True if units["scope_known"].all() else None]
    if test.kinds:
        parts.append(None if pd.isna(row["kind"]) else row["kind"] in test.kinds)
    if test.pupils_below is not None:
        least, pupils = units["pupils"].sum(), row["school_pupils"]  # what is missing can only add
        parts.append(False if least >= test.pupils_below else None if pd.isna(pupils) else True)
    return False if False in parts else None if None in parts else True


def _values(
    test: SchoolTest, figures: dict[Any, Any], stages: Sequence[str]
) -> tuple[Fraction | None, Fraction | None]:
    """Return the value of a school or unit and a number it cannot be below; None where figures are missing."""
    value = _ratio(figures, test.numerator, test.denominator, stages)
    known = test.at_least_known
    least = None if known is None else _ratio(figures, known[:1], known[1:], stages)
    return None if value is None else test.per * value, least


def _ratio(
    figures: dict[Any, Any], top: Sequence[str], bottom: Sequence[str], stages: Sequence[str]
) -> Fraction | None:
    sums = [_sum(figures, names, stages) for names in (top, bottom) if names]
    if any(part is None for part in sums) or (bottom and not sums[1]):
        return None
    known = cast("list[Fraction]", sums)
    return known[0] / known[1] if bottom else known[0]


def _sum(figures: dict[Any, Any], names: Sequence[str], stages: Sequence[str]) -> Fraction | None:
    columns = list(dict.fromkeys(name.format(stage=stage) for name in names for stage in stages))
    amounts = [float(figures[column]) for column in columns]
    return None if any(np.isnan(amounts)) else exact_sum(map(filed, amounts))


def _status(item: CountyItem, value: Fraction | None, least: Fraction | None) -> str:
    at_least, at_most = _limits(item)
    if value is None:
        surely = at_most is not None and least is not None and least > at_most
        return "not_met" if surely else "open"
    met = value >= Fraction(at_least) if at_least is not None else value <= Fraction(cast(Decimal, at_most))
    return "met" if met else "not_met"

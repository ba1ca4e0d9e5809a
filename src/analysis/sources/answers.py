"""The sheet 县级指标: what the county answers for itself, as clean values."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

import pandas as pd

from ..errors import Fault, Level, Place
from ..schema import Words
from ..standards import CountyItem, RuleSet
from .dataset import ANSWERS
from .values import CROSSES, TICKS

_YES_NO = {"是": "是", "yes": "是", "y": "是", "否": "否", "no": "否", "n": "否"}
_YES_NO |= dict.fromkeys(TICKS, "是") | dict.fromkeys(CROSSES, "否")
_VALUE = "填报内容"
_YES_OR_NO = Words(zh="应填“是”或“否”,不清楚的留空", en="write 是 (yes) or 否 (no), or leave it blank")
_NUMBER = Words(zh="应填不小于0的数字,不清楚的留空", en="write a number ≥ 0, or leave it blank")
_PERCENT = Words(zh="应为不超过100的百分数,如98或98%", en="write a percentage up to 100, such as 98 or 98%")
_FRACTION = Words(
    zh="像是写成了小数(或Excel百分比格式)。请按百分数填写,如98;确为1%以下的请写成“0.9%”",
    en="looks like a fraction (or a cell in Excel’s percent format); write 98 for 98%, “0.9%” if it is that little",
)


def clean_answers(filed: pd.DataFrame, rules: RuleSet | None) -> tuple[pd.DataFrame, list[Fault]]:
    """
    Return the county's answers with clean values, and what is wrong with them.

    Parameters
    ----------
    filed
        `item`, `value`, `evidence`, `office` as text, and `file`, `sheet`, `row`.
    rules
        The rule set whose county items they answer; None leaves values as they are written.

    Returns
    -------
    `item`, `value` ("是", "否", or a number such as "98": percentages in per cent), `evidence`, `office`;
    answers that cannot be used are missing. Faults: refused values; remarks on items the rule set does not
    have, which are left out.
    """
    if rules is None or filed.empty:
        return filed[list(ANSWERS)], []
    items = {item.id: item for item in rules.county_items}
    known = filed["item"].isin(items)
    faults = [_not_an_item(row, rules) for row in filed[~known].itertuples()]
    answers = filed[known].reset_index(drop=True)
    read = [
        _read(items[item], "" if pd.isna(value) else str(value))
        for item, value in zip(answers["item"].astype(str), answers["value"], strict=True)
    ]
    for row, (_, wrong) in zip(answers.itertuples(), read, strict=True):
        if wrong is not None:
            title = items[str(row.item)].title
            zh, en = f"{row.item}「{title.zh}」:{wrong.zh}。", f"{row.item} “{title.en}”: {wrong.en}."
            faults.append(Fault("wrong-answer", zh, en, _place(row, str(row.value))))
    answers["value"] = pd.Series([value for value, _ in read], dtype="str")
    return answers[list(ANSWERS)], faults


def _read(item: CountyItem, written: str) -> tuple[str | None, Words | None]:
    """Return the clean value of an answer, and what is wrong with it."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", written))
    if not text:
        return None, None
    if item.answer == "yes_no":
        value = _YES_NO.get(text.lower())
        return value, None if value else _YES_OR_NO
    share = item.unit is not None and item.unit.zh == "%"
    number = _number(text.removesuffix("%") if share else text)
    if number is None or number < 0:
        return None, _PERCENT if share else _NUMBER
    if share and number > 100:
        return None, _PERCENT
    if share and 0 < number <= 1 and not text.endswith("%"):
        return None, _FRACTION
    return format(number.normalize(), "f"), None


def _number(text: str) -> Decimal | None:
    grouped = re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", text)
    try:
        number = Decimal(text.replace(",", "") if grouped else text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _not_an_item(row: object, rules: RuleSet) -> Fault:
    return Fault(
        "unknown-item",
        f"「{rules.title.zh}」没有这个编号的指标,没有采用。",
        f"the rule set {rules.id} has no item of this number; it is not used.",
        _place(row, str(getattr(row, "item", "")), "编号"),
        Level.NOTE,
    )


def _place(row: object, value: str, column: str = _VALUE) -> Place:
    file, sheet, number = (getattr(row, name) for name in ("file", "sheet", "row"))
    return Place(str(file), str(sheet), int(number), column, value)

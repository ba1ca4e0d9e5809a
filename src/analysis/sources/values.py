"""Turn the cells of one column into typed values, and say which cells cannot be turned."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from .. import schema
from ..schema import Words
from .headers import normalised
from .mapping import SourceField

_PLAIN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)(?:\.\d*)?", re.ASCII)
_NOT_DIGITS = ("<super>", "<sub>", "<circle>", "<fraction>")  # 12³ and 12① are not 123 and 121
_SCHOOL_YEAR = re.compile(r"(\d{4})(?:[/—~至-]+(\d{4}|\d{2}))?(?:学年初?|学年度|年度?)?")
_CODED = re.compile(r"(\w+?)[\s:.、-]+(.+)", re.DOTALL)
_EXCEL_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)", re.IGNORECASE)
TICKS, CROSSES = "√✓✔☑", "×✗✘☒"
_FLAGS = {"是": 1.0, "有": 1.0, "达标": 1.0, "yes": 1.0, "y": 1.0, "true": 1.0, "1": 1.0} | {
    "否": 0.0, "无": 0.0, "未达标": 0.0, "不达标": 0.0, "no": 0.0, "n": 0.0, "false": 0.0, "0": 0.0,
} | dict.fromkeys(TICKS, 1.0) | dict.fromkeys(CROSSES, 0.0)  # fmt: skip

WRONG = {
    "formula-error": Words(zh="公式出错,没有结果", en="a formula that ends in an error"),
    "formula-without-value": Words(
        zh="公式没有保存结果(请用Excel打开、重算并保存)",
        en="a formula whose result is not stored (open the file in Excel, recalculate and save)",
    ),
    "merged-cells": Words(
        zh="合并单元格,不知道这个数属于哪一行(请取消合并、逐行填写)",
        en="a merged cell, so the figure’s row is not known (unmerge it and fill in each row)",
    ),
    "not-a-number": Words(
        zh="不是数字(只写数字,不带单位和文字)", en="not a number (write the figure only, no unit or words)"
    ),
    "a-date": Words(zh="被Excel变成了日期", en="turned into a date by Excel"),
    "not-whole": Words(zh="不是整数", en="not a whole number"),
    "negative": Words(zh="是负数", en="negative"),
    "out-of-range": Words(zh="超出范围", en="out of range"),
    "bad-form": Words(zh="写法不对", en="not of the right form"),
    "unknown-code": Words(zh="不是可选的内容", en="not one of the choices"),
    "not-yes-or-no": Words(zh="不是“是”或“否”", en="neither yes nor no"),
    "required": Words(zh="不能为空", en="must not be blank"),
}


@dataclass(frozen=True)
class WrongCell:
    """A cell that cannot be used: its row in Excel, the kind of fault (a key of WRONG), what stands there."""

    row: int
    kind: str
    value: str


@dataclass
class Parsed:
    """The typed values of a column, missing where blank or wrong, and the cells that are wrong."""

    typed: pd.Series
    wrong: list[WrongCell]


def as_texts(cells: pd.Series) -> pd.Series:
    """Return cells as text (dtype str): what the user sees, spaces trimmed; NaN where blank."""
    if isinstance(cells.dtype, pd.StringDtype):
        texts = cells.str.strip()
    elif pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        written = {number: _cell_text(number) for number in cells.dropna().unique().tolist()}
        texts = cells.map(written).astype("str")
    else:
        texts = pd.Series([_cell_text(cell) for cell in cells], index=cells.index, dtype="str")
    return texts.mask(texts == "")


def parse(cells: pd.Series, field: SourceField, *, unit: str = "") -> Parsed:
    """
    Return a column of the source as its canonical values.

    Parameters
    ----------
    cells
        Raw cells, indexed by Excel row; blank ones NaN.
    unit
        The unit that the heading names, if any: it decides whether a filed factor applies.

    Returns
    -------
    Numbers as float64 in the registry's unit, everything else as str.
    """
    texts = as_texts(cells)
    texts = texts.mask(texts.isin(field.sentinels) | texts.str.removesuffix(".0").isin(field.sentinels))
    if texts.isna().all():
        return Parsed(texts.astype("float64") if field.column.type in schema.NUMERIC else texts, [])
    broken = texts.str.fullmatch(_EXCEL_ERROR.pattern, case=False, na=False)
    parsed = _typed(texts.mask(broken), field, unit)
    parsed.wrong += [WrongCell(row, "formula-error", text) for row, text in _items(texts[broken])]
    return parsed


def allowed(column: schema.Column, choices: Mapping[str, str] | None = None) -> Words:
    """Return in words what may stand in a column."""
    if column.codes is not None:
        table = schema.codes(column.codes)
        written = set((choices or {}).values()) or set(table)
        pairs = [(code, entry) for code, entry in table.items() if code in written]
        return Words(
            zh="应为:" + "、".join(f"{code} {e.zh}" if code.isdigit() else e.zh for code, e in pairs),
            en="use one of: " + ", ".join(f"{code} {e.en}" if code.isdigit() else e.en for code, e in pairs),
        )
    if column.type == "code":
        note = column.note or Words(zh=f"形如 {column.pattern}", en=f"of the form {column.pattern}")
        return Words(zh=f"应为文本编码({note.zh})", en=f"must be a code as text ({note.en})")
    if column.type == "flag":
        return Words(zh="应填“是”或“否”", en="write 是 (yes) or 否 (no)")
    if column.type == "text":
        return Words(zh="应填文字", en="must be text")
    whole = (
        Words(zh="整数", en="a whole number") if column.type == "count" else Words(zh="数字", en="a number")
    )
    low, high = _bounds(column)
    if high is None:
        return Words(
            zh=f"应为不小于{low:g}的{whole.zh},不知道的留空",
            en=f"must be {whole.en} ≥ {low:g}; blank if unknown",
        )
    return Words(zh=f"应为{low:g}至{high:g}的{whole.zh}", en=f"must be {whole.en} from {low:g} to {high:g}")


def times_exactly(numbers: pd.Series, factor: Decimal) -> pd.Series:
    """
    Return numbers × factor, each rounded to 15 significant digits, which is what Excel keeps.

    12.3456 万元 × 10000 is 123456 元, not 123456.00000000001.
    """
    if factor == 1:
        return numbers
    return _as_excel_keeps(numbers * float(factor))


def _as_excel_keeps(numbers: pd.Series) -> pd.Series:
    """Return numbers rounded to 15 significant digits: 0.1 + 0.2 is 0.3, three thirds of a class are one."""
    kept = numbers.to_numpy(dtype="float64", copy=True)
    known = np.isfinite(kept)
    kept[known] = np.char.mod("%.15g", kept[known]).astype("float64")
    return pd.Series(kept, index=numbers.index, name=numbers.name)


def as_school_year(text: str) -> str:
    """Return 2025年 or 2025/2026学年初 as 2025; what is no school year stays as it is."""
    found = _SCHOOL_YEAR.fullmatch(re.sub(r"\s|\.0+$", "", unicodedata.normalize("NFKC", text)))
    if not found:
        return text
    first, last = found.groups()
    return first if not last or int(last) % 100 == (int(first) + 1) % 100 else text


def _typed(texts: pd.Series, field: SourceField, unit: str) -> Parsed:
    column = field.column
    if column.name == "year":
        texts = _years(texts)
    if column.codes is not None:
        return _mapped(texts, field.choices, "unknown-code")
    if column.type == "flag":
        flags = _mapped(texts, {key: str(value) for key, value in _FLAGS.items()}, "not-yes-or-no")
        return Parsed(flags.typed.astype("float64"), flags.wrong)
    if column.type == "code":
        return _codes(texts, column)
    if column.type == "text":
        return Parsed(texts, [])
    return _numbers(texts, field, unit)


def _numbers(texts: pd.Series, field: SourceField, unit: str) -> Parsed:
    column = field.column
    plain = texts.str.fullmatch(_PLAIN, na=True)
    written = texts.copy()
    written[~plain] = texts[~plain].map(_plain_number).astype("str")
    numbers = pd.to_numeric(written, errors="coerce").astype("float64")
    numbers = numbers.mask(~np.isfinite(numbers))
    wrong = [
        WrongCell(row, "a-date" if _is_date(text) else "not-a-number", text)
        for row, text in _items(texts[texts.notna() & numbers.isna()])
    ]
    if column.type == "count":
        computed = numbers.notna() & (numbers % 1 != 0)
        numbers = numbers.mask(computed, _as_excel_keeps(numbers.where(computed)))
    low, high = _bounds(column)
    negative = (numbers < 0) & (low == 0)
    outside = ((numbers < low) & ~negative) | (numbers > (np.inf if high is None else high))
    fraction = (numbers % 1 != 0) & numbers.notna() & (column.type == "count") & ~negative & ~outside
    for kind, where in (("negative", negative), ("out-of-range", outside), ("not-whole", fraction)):
        wrong += [WrongCell(row, kind, text) for row, text in _items(texts[where])]
    numbers = numbers.mask(negative | outside | fraction)
    return Parsed(times_exactly(numbers, _factor(field, unit)), wrong)


def unit_fits(column: schema.Column, unit: str) -> bool:
    """Return whether a heading's unit is one that the column may be filed in."""
    return unit in {"", *(words.zh for words in (column.unit, column.filed) if words is not None)}


def _factor(field: SourceField, unit: str) -> Decimal:
    """Return what one filed unit is in the registry's; a unit named in the heading wins over the custom."""
    filed = field.column.filed
    if filed is not None and unit:
        return Decimal(filed.factor) if unit == filed.zh else Decimal(1)
    return Decimal(filed.factor) if filed is not None and field.filed else field.factor


def _bounds(column: schema.Column) -> tuple[float, float | None]:
    return (column.min if column.min is not None else 0.0), column.max


def _mapped(texts: pd.Series, choices: Mapping[str, str], kind: str) -> Parsed:
    """Map each text by name, or by the name or the code of "121 镇中心区"; names come first."""
    meant = {text: _choice(text, choices) for text in texts.dropna().unique()}
    values = texts.map(meant).astype("str")
    return Parsed(
        values, [WrongCell(row, kind, text) for row, text in _items(texts[texts.notna() & values.isna()])]
    )


def _choice(text: str, choices: Mapping[str, str]) -> str | None:
    # A tick has no letters: normalised it is "", so signs are looked up as they stand.
    if (code := choices.get(normalised(text) or text)) is not None:
        return code
    coded = _CODED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    # Without a separator too: 小学211, 121镇中心区.
    parts = (
        (coded.group(2), coded.group(1)) if coded else re.split(r"(?<=\d)(?=\D)|(?<=\D)(?=\d)", text)[::-1]
    )
    return next((choices[normalised(part)] for part in parts if normalised(part) in choices), None)


def _codes(texts: pd.Series, column: schema.Column) -> Parsed:
    """Codes are text: full-width digits, and the ".0" of a code that passed through a number, are mended."""
    written = texts.map(
        lambda text: re.sub(r"\s|^'|\.0+$", "", unicodedata.normalize("NFKC", text)), "ignore"
    )
    written = written.astype("str")
    good = written.str.fullmatch(column.pattern or ".+", na=True)
    return Parsed(
        written.where(good), [WrongCell(row, "bad-form", text) for row, text in _items(texts[~good])]
    )


def _years(texts: pd.Series) -> pd.Series:
    """Return 2025/2026学年初 as 2025; what is not a school year stays as it is."""

    return texts.map(as_school_year, "ignore").astype("str")


def _plain_number(text: str) -> str:
    """Return 1,234 or １２３４ or 1 234 as 1234; what is no number stays as it is."""
    if any(unicodedata.decomposition(sign).startswith(_NOT_DIGITS) for sign in text):
        return "x"
    narrow = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    return re.sub("[, ]", "", narrow) if _GROUPED.fullmatch(narrow) else narrow if _is_plain(narrow) else "x"


def _is_plain(text: str) -> bool:
    return re.fullmatch(_PLAIN, text) is not None


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}(?: [\d:.]+)?|\d{2}:\d{2}:\d{2}", text) is not None


def _cell_text(cell: object) -> str | None:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return None
    if isinstance(cell, bool | np.bool_):
        return str(bool(cell)).upper()
    if isinstance(cell, float):
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(float(cell))
    if isinstance(cell, datetime.date | datetime.time):
        return str(cell)
    return str(cell).strip()


def _items(texts: pd.Series) -> list[tuple[int, str]]:
    return [(_row(row), str(text)) for row, text in texts.items()]


def _row(label: Hashable) -> int:
    return int(str(label))

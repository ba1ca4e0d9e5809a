"""What a county sends beside its schools: settings, answers, explanations, births, settlements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd

from .. import schema
from ..errors import Fault, Place
from .dataset import ANSWERS, BIRTHS
from .headers import find_header, header_names
from .mapping import SourceField
from .tabular import Sheet
from .values import as_texts

_TEXT_TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "settings": {"item": ("项目", "item"), "value": ("内容", "value")},
    "answers": {
        "item": ("编号", "item"),
        "value": ("填报内容", "value"),
        "evidence": ("佐证", "佐证材料", "evidence"),
        "office": ("责任单位", "office"),
    },
    "explanations": {
        "school_id": ("学校标识码", "school_id"),
        "year": ("年份", "year"),
        "kind": ("检查", "kind"),
        "explanation": ("说明", "explanation"),
    },
    "corrections": {
        "school_id": ("学校标识码", "school_id"),
        "year": ("年份", "year"),
        "column": ("项目", "列", "column"),
        "old": ("原值", "old"),
        "new": ("新值", "new"),
        "reason": ("理由", "原因", "reason"),
        "who": ("更正人", "经办人", "who"),
        "date": ("日期", "更正日期", "date"),
    },
    "published": {
        "year": ("年份", "year"),
        "stage": ("学段", "stage"),
        "item": ("项目", "指标", "item"),
        "measure": ("统计量", "measure"),
        "printed": ("公布值", "公布数", "printed"),
        "unit": ("单位", "unit"),
        "scope": ("范围", "scope"),
        "definition": ("口径", "定义", "definition"),
        "source": ("出处", "来源", "source"),
    },
    "branches": {
        "school_id": ("学校标识码", "school_id"),
        "parent_id": ("并入学校标识码", "parent_id"),
    },
}


def plain_fields(
    names: Sequence[str], *, required: Sequence[str], sentinels: frozenset[str] = frozenset()
) -> dict[str, SourceField]:
    """Return fields for a table beside the schools: columns of the registry, and births and population."""
    known = schema.columns() | _OWN
    return {
        name: SourceField(
            column=known[name],
            headers=(known[name].zh, known[name].en, name, *known[name].aliases),
            choices={},
            factor=Decimal(1),
            filed=False,
            sentinels=sentinels,
            first_year=None,
            last_year=None,
            required=name in required,
        )
        for name in names
    }


_OWN = {
    "births": schema.Column(
        name="births", type="count", zh="出生人口", en="Births", aliases=("出生人口数", "出生人数", "出生数")
    ),
    "population": schema.Column(
        name="population",
        type="count",
        zh="人口",
        en="Population",
        aliases=("人口数", "常住人口", "户籍人口"),
    ),
    "settlement_name": schema.Column(
        name="settlement_name",
        type="text",
        zh="居民点名称",
        en="Settlement",
        aliases=("居民点", "村名", "名称"),
    ),
}
BIRTH_FIELDS = plain_fields((*BIRTHS, "township_name", "county_name"), required=("year", "births"))
SETTLEMENT_FIELDS = plain_fields(
    ("settlement_name", "lon", "lat", "population", "township_code", "county_code"),
    required=("lon", "lat", "population"),
)


def text_table(sheet: Sheet, kind: str) -> tuple[pd.DataFrame, list[Fault]]:
    """
    Return a sheet of settings, answers or explanations as text, indexed by Excel row.

    A sheet without the headers it should have gives an empty table and a fault that names them.
    """
    headers = _TEXT_TABLES[kind]
    header = find_header(sheet.head, header_names(headers))
    missing = [names[0] for name, names in headers.items() if header is None or name not in header.found]
    if header is None or missing:
        if not any(as_texts(pd.Series(row, dtype=object)).notna().any() for row in sheet.head):
            return pd.DataFrame(columns=list(headers), dtype="str"), []
        listed = "、".join(f"「{name}」" for name in missing)
        fault = Fault(
            "missing-column",
            f"缺少表头{listed}。",
            f"headers are missing: {listed}.",
            Place(sheet.file, sheet.name),
        )
        return pd.DataFrame(columns=list(headers), dtype="str"), [fault]
    positions = {name: header.found[name].position for name in headers}
    raw = sheet.take(header.last_row, sorted(positions.values()))
    table = pd.DataFrame({name: as_texts(raw[position]) for name, position in positions.items()})
    return table[table.notna().any(axis=1)], _broken(sheet, table, positions)


def answers_of(sheet: Sheet, table: pd.DataFrame) -> pd.DataFrame:
    """
    Return what the county answered or whom it made answerable, as written: `item`, `value`, `evidence`,
    `office`, and where it stands: `file`, `sheet`, `row`.
    """
    given = table.dropna(subset=["item"])
    given = given[given[["value", "office"]].notna().any(axis=1)][list(ANSWERS)]
    return given.assign(file=sheet.file, sheet=sheet.name, row=given.index).reset_index(drop=True)


def explanations_of(table: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Return the sheet 数据说明 as (school ID, year, check) to the explanation given."""
    filled = table.dropna(subset=["kind", "explanation"]).fillna("")
    keys = zip(filled["school_id"], filled["year"], filled["kind"], strict=True)
    return dict(zip(keys, filled["explanation"], strict=True))


def _broken(sheet: Sheet, table: pd.DataFrame, positions: Mapping[str, int]) -> list[Fault]:
    names = {position: name for name, position in positions.items()}
    return [
        Fault(
            "formula-error" if error else "formula-without-value",
            "公式没有结果。",
            "a formula without a result.",
            Place(sheet.file, sheet.name, row, names[position], error),
        )
        for (row, position), error in sheet.broken.items()
        if position in names and row >= min(table.index, default=row)
    ]

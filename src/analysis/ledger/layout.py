"""What stands in a ledger workbook: its sheets, its columns in both languages, and whose each column is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ..schema import Words

LEDGER = Words(zh="销号台账", en="Ledger")
SUMMARY = Words(zh="汇总", en="Summary")
CONFLICTS = Words(zh="冲突", en="Conflicts")
ABOUT = Words(zh="台账说明", en="About")

State = Literal["new", "reopened", "open", "gone", "own", "closed"]
STATES: dict[State, Words] = {
    "new": Words(zh="新增", en="new"),
    "reopened": Words(zh="重新列入", en="reopened"),
    "open": Words(zh="未销号", en="open"),
    "gone": Words(zh="不再评估", en="no longer judged"),
    "own": Words(zh="自列", en="own item"),
    "closed": Words(zh="已销号", en="closed"),
}
FOUND = {
    "short": Words(zh="未达标", en="not met"),
    "missing": Words(zh="缺数据", en="no figure"),
    "unknown": Words(zh="缺数据", en="no figure"),
    "met": Words(zh="达标", en="met"),
}


@dataclass(frozen=True)
class Column:
    """One column: what it is headed, how wide it is, and whether people write in it."""

    name: str
    title: Words
    width: float
    typed: bool = False


COLUMNS = (
    Column("number", Words(zh="序号", en="No."), 6),
    Column("school_name", Words(zh="学校", en="School"), 24),
    Column("stage", Words(zh="学段", en="Stage"), 8),
    Column("title", Words(zh="指标", en="Item"), 34),
    Column("found", Words(zh="现状", en="Standing"), 9),
    Column("value", Words(zh="指标值", en="Value"), 10),
    Column("standard", Words(zh="标准", en="Standard"), 14),
    Column("gap", Words(zh="缺口", en="Gap"), 9),
    Column("unit", Words(zh="单位", en="Unit"), 8),
    Column("state", Words(zh="销号状态", en="State"), 10),
    Column("opened", Words(zh="列入年度", en="Listed in"), 9),
    Column("closed", Words(zh="销号年度", en="Closed in"), 9),
    Column("was_closed", Words(zh="曾销号年度", en="Closed before in"), 11),
    Column("office", Words(zh="责任单位", en="Office"), 24, typed=True),
    Column("person", Words(zh="责任人", en="Person"), 12, typed=True),
    Column("measures", Words(zh="整改措施", en="Measures"), 32, typed=True),
    Column("due", Words(zh="整改期限", en="Due"), 12, typed=True),
    Column("result", Words(zh="整改结果", en="Result"), 24, typed=True),
    Column("remark", Words(zh="备注", en="Remark"), 20, typed=True),
    Column("key", Words(zh="编号", en="Key"), 46),
)
TYPED = tuple(column.name for column in COLUMNS if column.typed)
ABOUT_ITEMS = {
    "county_code": Words(zh="县级代码", en="County code"),
    "year": Words(zh="年份", en="Year"),
    "standard": Words(zh="评估标准", en="Rule set"),
}

Cell = Any  # what a cell of a workbook holds: text, a number, a date

"""The data dictionary, written from the registry: python -m analysis.forms.dictionary renews data/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .. import schema, shipped
from ..checks.checkbook import RowCheck, checkbook
from ..errors import Level
from ..schema import Column
from . import layout

_INTRO = """# 数据字典 · Data dictionary

由 `python -m analysis.forms.dictionary` 从 `params/columns.yaml`、`params/codes.yaml`、`params/checks.yaml` 生成,请勿手改。
Generated from the registry; do not edit.

- 一行是一所学校的一年 / one row is one school in one year. 空白表示没有数据,不等于0 / blank means not known, never 0.
- 填报模板 / template: `junheng template 学校数据.xlsx`. 核查 / check: `junheng check 学校数据.xlsx`.
- `data/sample/` 是虚构的示例县,示例数据 · 非真实;由 `python data/sample/make.py` 生成 / an invented county, made by that command.
"""
_TYPES = {
    "text": "文字 text",
    "code": "代码(文字) code, as text",
    "choice": "选项 choice",
    "count": "整数 whole number ≥ 0",
    "number": "数 number ≥ 0",
    "coordinate": "度 degrees",
    "flag": "是/否 yes/no",
}
_LEVELS = {
    Level.REFUSE: "逻辑校验:必须改正 must be corrected",
    Level.EXPLAIN: "经验校验:改正或说明 correct or explain",
    Level.NOTE: "提示 remark",
}


def dictionary() -> str:
    """Return the data dictionary as Markdown."""
    columns = layout.template_columns()
    parts = [_INTRO, "## 学校数据 · Schools\n"]
    for theme, first, last in layout.themed(columns):
        parts.append(f"### {theme.zh} · {theme.en}\n\n{_columns(columns[first : last + 1])}")
    other = [column for column in schema.columns().values() if not column.template]
    parts.append(f"### 模板以外 · Not in the template\n\n{_columns(other)}")
    parts.append(f"## 代码 · Codes\n\n{_codes()}")
    parts.append(f"## 工作簿 · Workbook\n\n{_sheets()}")
    parts.append(f"## 表内核查 · Checks between cells\n\n{_checks()}")
    return "\n".join(parts)


def write(path: Path | None = None) -> Path:
    """Write the dictionary, by default to data/README.md; return where."""
    target = path or shipped.root() / "data" / "README.md"
    target.write_text(dictionary(), encoding="utf-8", newline="\n")
    return target


def _columns(columns: Iterable[Column]) -> str:
    rows = [
        [f"`{column.name}`" + (" *" if column.required else ""), column.zh, column.en, _TYPES[column.type],
         _unit(column), column.form, "、".join(column.aliases), _remarks(column)]
        for column in columns
    ]  # fmt: skip
    heads = ["列 column(* 必填 required)", "表头 heading", "English", "类型 type", "单位 unit", "统计表 form",
             "别名 also read as", "备注 remarks"]  # fmt: skip
    return _table(heads, rows)


def _unit(column: Column) -> str:
    if column.filed:
        filed = f"{column.filed.zh} → {column.unit.zh if column.unit else ''}"
        return f"{filed}(×{column.filed.factor})"
    return f"{column.unit.zh} {column.unit.en}" if column.unit else ""


def _remarks(column: Column) -> str:
    said = [f"{column.note.zh} / {column.note.en}"] if column.note else []
    if column.since:
        said.append(f"{column.since}年起 / since {column.since}")
    said += [f"{b.year}年口径变动 / definition changed in {b.year}: {b.zh} / {b.en}" for b in column.breaks]
    if column.codes:
        said.append(f"见代码 / see codes: {column.codes}")
    return "<br>".join(said)


def _codes() -> str:
    rows = [
        [table, code, entry.zh, entry.en, "、".join(entry.aliases)]
        for table in ("urban_rural", "school_type", "ownership", "area3")
        for code, entry in schema.codes(table).items()
    ]
    return _table(["代码表 table", "代码 code", "名称 name", "English", "别名 also read as"], rows)


def _sheets() -> str:
    headings = {
        layout.SCHOOLS: "见上 / as above",
        layout.BIRTHS: " · ".join(layout.BIRTH_HEADERS),
        layout.SETTINGS: " · ".join(layout.SETTING_HEADERS),
        layout.ANSWERS: " · ".join(layout.ANSWER_HEADERS),
        layout.EXPLANATIONS: " · ".join(layout.EXPLANATION_HEADERS),
    }
    return _table(["表 sheet", "表头 headings"], [[name, heads] for name, heads in headings.items()])


def _checks() -> str:
    book = checkbook()
    within = [
        [check.id, _LEVELS[check.level], schema.column(check.columns[0]).zh, _said(check)]
        for check in book.within_row
    ]
    explain = _LEVELS[Level.EXPLAIN]
    outliers = [
        [f"outlier-{figure.id}", explain, schema.column(figure.column).zh,
         f"{figure.zh}与全县同年中位数相差{book.outliers.times:g}倍以上 / {figure.en}: {book.outliers.times:g} times off the median"]
        for figure in book.outliers.figures
    ]  # fmt: skip
    jumps = [
        ["jump-" + name.replace("_", "-"), explain, schema.column(name).zh,
         f"比上一年变动超过{figure.times:g}倍 / {figure.times:g} times last year’s figure"]
        for figure in book.jumps.figures
        for name in figure.columns
    ]  # fmt: skip
    lon, name = schema.column("lon").zh, schema.column("school_name").zh
    others = [
        ["outside-county", _LEVELS[book.position.outside.level], lon, _both(book.position.outside)],
        ["coordinates-swapped", _LEVELS[book.position.swapped.level], lon, _both(book.position.swapped)],
        ["shared-position", _LEVELS[book.position.shared.level], lon, _both(book.position.shared)],
        ["renamed", _LEVELS[book.identity.renamed.level], name, _both(book.identity.renamed)],
        ["namesake", _LEVELS[book.identity.namesake.level], name, _both(book.identity.namesake)],
        [
            "entrants-over-leavers",
            _LEVELS[book.intake.level],
            schema.column("entrants_junior").zh,
            _both(book.intake),
        ],
    ]
    return _table(
        ["核查 check", "级别 level", "列 column", "内容 what it says"], within + others + jumps + outliers
    )


def _said(check: RowCheck) -> str:
    zh = [f"「{schema.column(name).zh}」" for name in check.columns]
    en = [f"“{schema.column(name).en}”" for name in check.columns]
    stage = schema.column(check.columns[0]).stage
    named = schema.codes("stages")[stage] if stage else None
    return " / ".join(
        [
            check.zh.format(*zh, shown="…", stage=named.zh if named else ""),
            check.en.format(*en, shown="…", stage=named.en if named else ""),
        ]
    )


def _both(words: schema.Words) -> str:
    parts = dict.fromkeys(("others", "last", "year", "entrants", "leavers"), "…")
    return f"{words.zh.format(**parts)} / {words.en.format(**parts)}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    print(write())

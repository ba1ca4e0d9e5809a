"""What was read from where: shown for confirmation, and written as a file that the user may edit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from ... import schema, shipped
from ...checks.findings import as_in_the_form
from ...errors import Lang
from ...pupil_groups import sensitive
from ...schema import Words
from ...typesetting import chinese
from ...yamlfile import load_yaml
from .form import form_column
from .official import Official
from .part import Part, Reading

_HEAD = """# 官方统计表读法 · how the official workbooks are read. 由 junheng check 写出,可以修改,改后再核查。
# 路径自上而下用“ › ”连接表头,几列相加用“ + ”连接;也可以直接写列号,如 AF列;不读的写 null。
# 表里没有学年、县级代码的,在表单编号下写 year: 2025、county_code: "510100"。
# Paths join headings from top to bottom; “ + ” adds columns; AF列 pins a column; null reads none. Edit and check again.
forms:
"""


def told(parts: Sequence[Part]) -> list[Words]:
    """Return the readings of every sheet, line by line: our column ← path (letters), unit, sample."""
    lines = []
    shown: set[str] = set()
    for part in parts:
        title, count = part.form.title, len(part.frame)
        if part.form.holds == "school" and part.form.id in shown:
            continue  # all workbooks of schools are read alike: the first stands for them
        shown.add(part.form.id)
        where = f"{part.sheet.file} › {part.sheet.name}" if part.sheet.name else part.sheet.file
        if part.form.holds == "school":
            where, count = part.sheet.file, sum(other.form.id == part.form.id for other in parts)
        lines.append(
            Words(
                zh=f"{where}：按「{title.zh}」读，共{count}所（{chinese(part.form.certainty.zh)}）。请核对每一项取自哪里：",
                en=f"{where}: read as {title.en}, {count} schools in all ({part.form.certainty.en}). Confirm each place:",
            )
        )
        lines += [_line(reading) for reading in part.readings]
    return lines


def lacking(official: Official) -> list[Words]:
    """Return the columns that no sheet gives, each with where offices usually keep it."""
    return [
        Words(
            zh=f"{column.zh}：{chinese(_where(column).zh)}",
            en=f"{column.en}: {_where(column).en}",
        )
        for column in absent(official)
    ]


def absent(official: Official) -> list[schema.Column]:
    """Return the columns of the template, of the stages at hand, that neither sheets nor supplements give."""
    given = {reading.name for part in official.parts for reading in part.readings} | {"year"}
    given |= {
        str(name) for table in official.supplements for name in table.frame.columns[table.frame.notna().any()]
    }
    stages = {part.form.stage for part in official.parts}
    return [
        column
        for column in schema.columns().values()
        if column.template
        and column.name not in given
        and column.name != "explanation"
        and (column.stage is None or column.stage in stages or "" in stages)
    ]


def write_readings(path: Path, parts: Sequence[Part]) -> None:
    """
    Write 报表读法.yaml: the reading of every column, whole paths.

    Sheets of one form that read a column differently (two years' layouts) leave it to the form.
    """
    lines = [_HEAD.rstrip("\n")]
    for form in dict.fromkeys(part.form.id for part in parts):
        own = [part for part in parts if part.form.id == form]
        files = "、".join(part.sheet.file for part in own)
        lines += [f"  {form}:  # {files}", "    columns:"]
        readings = {reading.name: reading for part in own for reading in part.readings}
        for name, reading in readings.items():
            several = {r.reading for part in own for r in part.readings if r.name == name}
            shown = f"{_title(name).zh} {_title(name).en}".strip()
            if len(several) > 1:
                lines.append(f"      # {name}: 各年表头不同,由程序识别 / differs between files  ({shown})")
            else:
                lines.append(f"      {name}: {json.dumps(reading.reading, ensure_ascii=False)}  # {shown}")
        lines += [
            f"      # {name}: 没有找到 / not found  ({_title(name).zh})"
            for name in own[0].absent
            if name not in readings
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _line(reading: Reading) -> Words:
    return Words(
        zh=f"  {_title(reading.name).zh} ← {reading.place}{_sample(reading, 'zh')}",
        en=f"  {_title(reading.name).en} ← {reading.place}{_sample(reading, 'en')}",
    )


def _sample(reading: Reading, lang: Lang) -> str:
    shown = reading.sample
    if shown is None:
        return "  （没有一格有数）" if lang == "zh" else "  (no cell filled)"
    if sensitive([reading.name]):
        return ""
    if reading.name in schema.columns():
        shown = as_in_the_form(reading.name, shown, lang)
    elif form_column(reading.name).type == "flag":
        shown = int(shown)
    unit = f" {reading.unit}" if reading.unit else ""
    return f"  例 {shown}{unit}" if lang == "zh" else f"  e.g. {shown}{unit}"


def _title(name: str) -> Words:
    column = form_column(name)
    return Words(zh=column.zh, en=column.en)


def _where(column: schema.Column) -> Words:
    kept = _kept().columns.get(column.name)
    if kept is not None:
        return kept
    if column.form:
        return Words(zh=f"通常在{column.form}", en=f"usually on form {column.form}")
    return Words(zh="向学校另行采集", en="to be asked of the schools")


class _Kept(BaseModel):
    """params/where.yaml: where offices keep what stands in no form."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: dict[str, Words]


@cache
def _kept() -> _Kept:
    return load_yaml(shipped.params("where.yaml"), _Kept)

"""The registry of columns and code tables: what every figure is called, measured in, and may be."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from . import shipped
from .errors import Lang

STAGES = ("primary", "junior", "senior")

ColumnType = Literal["text", "code", "choice", "count", "number", "coordinate", "flag"]
NUMERIC: tuple[ColumnType, ...] = ("count", "number", "coordinate", "flag")


class Words(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    zh: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Filed(Words):
    """The unit in which offices file a figure; `factor` turns it into the unit of the column."""

    factor: int


class Break(Words):
    """From `year` on the figure is defined differently, as the words say."""

    year: int


class Column(BaseModel):
    """
    One column of the canonical tables.

    `sensitive`: it counts pupils of a group whose small counts are not printed; `part_of` names the group it is part of.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    name: str
    type: ColumnType
    zh: str
    en: str
    required: bool = False
    template: bool = True
    unit: Words | None = None
    filed: Filed | None = None
    codes: str | None = None
    pattern: str | None = None
    min: float | None = None
    max: float | None = None
    aliases: tuple[str, ...] = ()
    form: str = ""
    since: int | None = None
    breaks: tuple[Break, ...] = ()
    note: Words | None = None
    stage: str | None = None
    sensitive: bool = False
    part_of: str | None = None

    def title(self, lang: Lang) -> str:
        """Return the header of the column."""
        return self.zh if lang == "zh" else self.en


class Code(BaseModel):
    """One entry of a code table."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    zh: str
    en: str
    area3: str | None = None
    kind: str | None = None
    stages: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


@cache
def columns() -> dict[str, Column]:
    """Return the registry, in order, keyed by canonical name; {stage} and {grade} entries unfolded."""
    registry: dict[str, Column] = {}
    for entry in _load(shipped.params("columns.yaml"))["columns"]:
        raw = {key: value for key, value in entry.items() if key not in ("stages", "grades")}
        grades = entry.get("grades")
        for stage in entry.get("stages", [None]):
            for grade in range(grades[0], grades[1] + 1) if grades else [None]:
                unfolded = _column(raw, stage, grade)
                registry[unfolded.name] = unfolded
    return registry


def column(name: str) -> Column:
    """Return the registry's entry of a canonical column."""
    return columns()[name]


@cache
def codes(table: str) -> dict[str, Code]:
    """Return a code table of params/codes.yaml, keyed by code."""
    tables = _load(shipped.params("codes.yaml"))
    return {code: Code.model_validate_json(json.dumps(entry)) for code, entry in tables[table].items()}


def _column(raw: dict[str, Any], stage: str | None, grade: int | None) -> Column:
    names = _load(shipped.params("codes.yaml"))["stages"]
    digits = "〇一二三四五六七八九"

    def fill(text: str, lang: Lang | None) -> str:
        if stage is not None:
            text = text.replace("{stage}", stage if lang is None else str(names[stage][lang]))
        if grade is not None:
            text = text.replace("{grade}", digits[grade] if lang == "zh" else str(grade))
        return text

    found = dict(raw)
    found["name"] = fill(str(raw["name"]), None)
    found["zh"], found["en"] = fill(str(raw["zh"]), "zh"), fill(str(raw["en"]), "en")
    if "part_of" in raw:
        found["part_of"] = fill(str(raw["part_of"]), None)
    found["aliases"] = tuple(fill(alias, "zh") for alias in raw.get("aliases", []))
    if stage is None and grade is not None:
        stage = str(raw["name"]).split("_")[1]
    found["stage"] = stage
    return Column.model_validate_json(json.dumps(found))


@cache
def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded

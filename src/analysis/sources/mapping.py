"""How to read someone's files: a source mapping (params/sources/*.yaml), loaded strictly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from .. import schema, shipped
from ..errors import refuse
from ..schema import Words
from ..yamlfile import load_yaml
from .coordinates import System
from .headers import normalised

Encoding = Literal["utf-8", "gb18030", "latin-1"]


def _factor(value: object) -> Decimal:
    """Factors are quoted decimals, so that 12.3456 × "10000" is exactly 123456."""
    try:
        factor = Decimal(value) if isinstance(value, str) else None
    except ArithmeticError:
        factor = None
    if factor is None or not (factor.is_finite() and factor > 0):
        raise ValueError('应为带引号的正数,如 "10000" / must be a quoted positive number, such as "10000"')
    return factor


Factor = Annotated[Decimal, BeforeValidator(_factor)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceColumn(_Strict):
    """
    How one canonical column is found in the source.

    `headers` and the column's own name may hold {stage} (see `SourceMapping.stages`) and {grade} (see
    `grades`). Outside `first_year` … `last_year` the source did not collect the figure: it is missing.
    `usual` is the pattern of codes in this source; others are asked about.
    """

    headers: tuple[str, ...] = ()
    codes: dict[str, str] = Field(default_factory=dict)
    factor: Factor = Decimal(1)
    sentinels: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    grades: tuple[int, int] | None = None
    usual: str | None = None


class Sheets(_Strict):
    """Names of the sheets of a workbook that hold something other than schools."""

    births: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    explanations: tuple[str, ...] = ()
    supplement: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def kind(self, sheet: str) -> str | None:
        """Return what a sheet of this name holds, None when the name says nothing."""
        return next((kind for kind in type(self).model_fields if sheet.strip() in getattr(self, kind)), None)


class Files(_Strict):
    """Which files of a folder are read: globs. Empty: every file of a known kind."""

    schools: tuple[str, ...] = ()


@dataclass(frozen=True)
class SourceField:
    """A canonical column as this source gives it: everything that reading one column needs."""

    column: schema.Column
    headers: tuple[str, ...]
    choices: dict[str, str]
    factor: Decimal
    filed: bool
    sentinels: frozenset[str]
    first_year: int | None
    last_year: int | None
    required: bool
    usual: str | None = None


class SourceMapping(_Strict):
    """
    How one kind of file becomes the canonical tables.

    Attributes
    ----------
    registry_headers
        Whether headers are also recognised by the registry's Chinese names and aliases.
    filed_units
        Whether figures stand in the unit in which offices file them (教学仪器设备值 in 万元) unless the
        header itself names the unit.
    required
        Columns that must be there and filled; by default those that the registry requires.
    stages
        What the source calls each stage inside its headers, put in place of {stage}.
    keep
        Row filter: header to the values that are kept.
    sentinels
        Values that mean "missing" in every column; a column may name more of its own.
    correctable
        False for published data that the user cannot mend: what would be refused becomes missing, with a
        remark.
    checks, without_checks
        Whether the checks between cells run, and which of them (by kind) do not fit this source.
    coordinates, layer_coordinates
        The coordinate system of tables (the sheet 参数 of a workbook overrides it) and of map layers.
    official
        Whether workbooks of the education statistics system are known among the files (sources.official).
    layer_columns
        Canonical column to the attribute names of map layers, beside the usual ones.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: Words
    note: Words | None = None
    published: str = ""
    registry_headers: bool = True
    filed_units: bool = False
    required: tuple[str, ...] | None = None
    stages: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, SourceColumn] = Field(default_factory=dict)
    keep: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    sentinels: tuple[str, ...] = ()
    encodings: tuple[Encoding, ...] = ("utf-8", "gb18030")
    coordinates: System = "WGS84"
    layer_coordinates: System = "WGS84"
    correctable: bool = True
    checks: bool = True
    without_checks: tuple[str, ...] = ()
    example_id: str = ""
    official: bool = False
    files: Files = Files()
    sheets: Sheets = Sheets()
    layer_columns: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        known = schema.columns()
        unfolded = dict(self._unfolded())
        wrong = [
            f"列不在登记表 / column not in params/columns.yaml: {name}"
            for name in sorted({*unfolded, *(self.required or ())} - known.keys())
        ]
        for name, entry in unfolded.items():
            table = known[name].codes if name in known else None
            allowed = schema.codes(table).keys() if table else set()
            wrong += [
                f"{name}: 无此代码 / no such code: {c}" for c in entry.codes.values() if c not in allowed
            ]
            if entry.first_year and entry.last_year and entry.first_year > entry.last_year:
                wrong.append(f"{name}: first_year > last_year")
            if not entry.headers and not self.registry_headers:
                wrong.append(f"{name}: 没有表头 / no headers")
        if wrong:
            raise ValueError("; ".join(f.replace(" / ", " ") for f in wrong))
        return self

    def fields(self) -> dict[str, SourceField]:
        """Return every column that this source can give, keyed by canonical name, in registry order."""
        given = dict(self._unfolded())
        required = set(
            self.required
            if self.required is not None
            else (name for name, column in schema.columns().items() if column.required)
        )
        return {
            name: self._field(column, given.get(name, SourceColumn()), name in required)
            for name, column in schema.columns().items()
            if self.registry_headers or name in given
        }

    def _field(self, column: schema.Column, entry: SourceColumn, required: bool) -> SourceField:
        headers = list(entry.headers)
        if self.registry_headers:
            headers += [column.zh, column.en, column.name, *column.aliases]
        return SourceField(
            column=column,
            headers=tuple(headers),
            choices=_choices(column, entry.codes),
            factor=entry.factor,
            filed=self.filed_units and column.filed is not None and entry.factor == 1,
            sentinels=frozenset({*self.sentinels, *entry.sentinels}),
            first_year=entry.first_year,
            last_year=entry.last_year,
            required=required,
            usual=entry.usual,
        )

    def _unfolded(self) -> Iterator[tuple[str, SourceColumn]]:
        """Write out the entries that stand for one column per stage or grade."""
        for name, entry in self.columns.items():
            grades = range(entry.grades[0], entry.grades[1] + 1) if entry.grades else [""]
            for stage, called in self.stages.items() if "{stage}" in name else [("", "")]:
                for grade in grades:
                    headers = [
                        h.replace("{stage}", called).replace("{grade}", str(grade)) for h in entry.headers
                    ]
                    unfolded = name.replace("{stage}", stage).replace("{grade}", str(grade))
                    yield unfolded, entry.model_copy(update={"headers": tuple(headers)})


def _choices(column: schema.Column, given: dict[str, str]) -> dict[str, str]:
    """Return what may be written in a column of choices, normalised, to the code it means; names win."""
    if column.codes is None:
        return {}
    table = schema.codes(column.codes)
    choices = {normalised(code): code for code in table}
    for code, entry in table.items():
        choices |= {normalised(text): code for text in (entry.zh, entry.en, *entry.aliases)}
    return choices | {normalised(text): code for text, code in given.items()}


def available() -> list[str]:
    """Return the ids of the source mappings that come with the library."""
    return sorted(path.stem for path in shipped.params("sources").glob("*.yaml"))


def load_source(name: str | Path) -> SourceMapping:
    """
    Load a source mapping by id, or from a YAML file of the user's.

    Raises
    ------
    JunhengError
        All faults of the file at once, each with its line: unknown keys, columns that are not registered,
        codes that no table has.
    """
    path = Path(name) if str(name).endswith((".yaml", ".yml")) else shipped.params("sources", f"{name}.yaml")
    if not path.is_file():
        known = "、".join(available())
        raise refuse(
            "unknown-source",
            f"没有这个数据来源。可用:{known}",
            f"no such source mapping; known: {known}",
            file=str(name),
        )
    return load_yaml(path, SourceMapping)

"""What a plan is reckoned with: horizon, money, norms, unit costs, measures (params/planning.yaml, sheet 规划参数)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from . import schema, shipped
from .schema import Words
from .standards import Certainty, Threshold
from .yamlfile import load_yaml

YES, NO = "是", "否"
_PARTED = re.compile(r"[、;\s]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameter(Words, _Part):
    """
    One number of a plan, what it may be, where it comes from and how sure that is.

    `zh` is also the item of the sheet 规划参数 that sets it. `kind`: a number; `years`, one number for every year or
    one a year; `schools`, IDs; or a flag. An empty value means not given: no limit, or what the note says.
    """

    id: str
    kind: Literal["number", "years", "schools", "flag"]
    value: str = ""
    at_least: str = ""
    at_most: str = ""
    whole: bool = False
    unit: Words | None = None
    note: Words | None = None
    source: Words | None = None
    year: int | None = None
    certainty: Certainty
    invented: bool = False

    @model_validator(mode="after")
    def _own_value_allowed(self) -> Self:
        if self.value and self.read(self.value) is None:
            raise ValueError(f"{self.id}: {self.value} 不在允许范围 / is not allowed")
        return self

    def read(self, text: str) -> str | None:
        """Return what a person wrote as the program writes it (parts by 、), None where it is not allowed."""
        plain = unicodedata.normalize("NFKC", text).strip()
        if self.kind == "flag":
            return {"是": YES, "yes": YES, "true": YES, "否": NO, "no": NO, "false": NO}.get(plain.lower())
        parts = [part for part in _PARTED.split(_THOUSANDS.sub("", plain)) if part]
        if self.kind == "number" and len(parts) != 1:
            return None
        pattern = schema.column("school_id").pattern or ".+"
        if self.kind == "schools":
            return "、".join(parts) if all(re.fullmatch(pattern, part) for part in parts) else None
        numbers = [self._number(part) for part in parts]
        return None if None in numbers else "、".join(map(str, numbers))

    def _number(self, text: str) -> Decimal | None:
        try:
            number = Decimal(text.rstrip("%"))
        except InvalidOperation:
            return None
        low, high = Decimal(self.at_least or "-Infinity"), Decimal(self.at_most or "Infinity")
        fits = number.is_finite() and low <= number <= high and not (self.whole and number % 1)
        return number.normalize() + 0 if fits else None

    def allowed(self) -> Words:
        """Return in words what may be written."""
        if self.kind == "flag":
            return Words(zh="应为“是”或“否”。", en="must be 是 (yes) or 否 (no).")
        if self.kind == "schools":
            return Words(zh="应为学校标识码,以顿号分开。", en="must be school IDs, parted by 、.")
        kind = Words(zh="整数", en="a whole number") if self.whole else Words(zh="数", en="a number")
        bounds = [
            (self.at_least, "不小于", "at least"),
            (self.at_most, "不大于", "at most"),
        ]
        zh = "、".join(f"{word}{bound}" for bound, word, _ in bounds if bound)
        en = " and ".join(f"{word} {bound}" for bound, _, word in bounds if bound)
        years = self.kind == "years"
        return Words(
            zh=f"应为{zh}的{kind.zh}{',可逐年填写,以顿号分开' if years else ''}。",
            en=f"must be {kind.en}, {en}{'; one a year, parted by 、, or one for all' if years else ''}.",
        )


class Entry(_Part):
    """Births of `age` years before enter grade 1, in `parts` of the intake."""

    age: int = Field(ge=3, le=10)
    parts: int = Field(ge=1)


class Varied(_Part):
    """Parameters moved up by `by` per cent, one at a time."""

    by: float = Field(gt=0)
    parameters: tuple[str, ...]


class Measure(Words, _Part):
    """
    One thing that can be done, and what one unit of it adds to the columns of a school.

    `once`, `yearly` and `lead` name parameters. `moves`: people leave another school of the county for this one.
    `step`: how finely it is had, in its unit.
    `refill`: within the posts that retirements free at the school. `post`: takes a new post. `whole`: people, rooms.
    """

    id: str
    unit: Words
    adds: dict[str, int] = Field(min_length=1)
    once: str = ""
    yearly: str = ""
    lead: str
    fund: Literal["buildings", "equipment", "staff"]
    whole: bool = False
    step: int = Field(default=1, ge=1)
    moves: bool = False
    refill: bool = False
    post: bool = False

    @property
    def staged(self) -> bool:
        """Whether it is done at one stage of a school, not for the school as a whole."""
        return any("{stage}" in column for column in self.adds)


class Programme(_Part):
    """
    params/planning.yaml, with what a county set instead.

    `money_classes`, `budgets` and `varied` say what is drawn and tried. `settings` holds the county's own values by parameter id; `number`, `years`, `flag` and `schools` read either.
    """

    parameters: tuple[Parameter, ...]
    horizon_years: int = Field(ge=1, le=30)
    entry: tuple[Entry, ...] = Field(min_length=1)
    progression: dict[int, Threshold] = Field(default_factory=dict)
    money_classes: tuple[float, ...]
    budgets: tuple[float, ...]
    varied: Varied
    measures: tuple[Measure, ...] = Field(min_length=1)
    settings: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        known = {parameter.id for parameter in self.parameters}
        named = {n for m in self.measures for n in (m.once, m.yearly, m.lead) if n} | set(self.settings)
        named |= set(self.varied.parameters)
        columns = {c.format(stage="primary") for m in self.measures for c in m.adds} - schema.columns().keys()
        wrong = [f"没有这个参数 / no such parameter: {name}" for name in sorted(named - known)]
        wrong += [f"列不在登记表 / column not in params/columns.yaml: {name}" for name in sorted(columns)]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by id; KeyError where there is none."""
        for parameter in self.parameters:
            if parameter.id == name:
                return parameter
        raise KeyError(name)

    def text(self, name: str) -> str:
        """Return what holds for a parameter as written: the county's own, else the default; '' where not given."""
        return self.settings.get(name, self.parameter(name).value)

    def number(self, name: str) -> float | None:
        """Return a number, None where it is not given."""
        text = self.text(name)
        return float(text) if text else None

    def given(self, name: str) -> float:
        """Return a number that always has a value."""
        return float(self.text(name))

    def share(self, name: str) -> float:
        """Return a percentage as a share of one."""
        return self.given(name) / 100

    def years(self, name: str, n: int) -> list[float] | None:
        """Return one number for each of `n` years, the last standing for those not written; None where not given."""
        parts = [float(part) for part in self.text(name).split("、") if part]
        return [parts[min(i, len(parts) - 1)] for i in range(n)] if parts else None

    def flag(self, name: str) -> bool:
        """Return whether a flag is set."""
        return self.text(name) == YES

    def schools(self, name: str) -> tuple[str, ...]:
        """Return school IDs."""
        return tuple(part for part in self.text(name).split("、") if part)

    def setting(self, **values: str | float) -> Programme:
        """Return the programme with other values of some parameters, given by id."""
        told = {name: str(value) for name, value in values.items()}
        return self.model_validate(self.model_dump() | {"settings": {**self.settings, **told}})


def load_programme(path: Path) -> Programme:
    """
    Load the numbers and measures of planning from a YAML file.

    Raises
    ------
    JunhengError
        All faults of the file at once, each with its line.
    """
    return load_yaml(path, Programme)


@cache
def programme() -> Programme:
    """Return what params/planning.yaml says."""
    return load_programme(shipped.params("planning.yaml"))


@cache
def parameters_by_item() -> Mapping[str, Parameter]:
    """Return the parameters by their item on the sheet 规划参数."""
    return {parameter.zh: parameter for parameter in programme().parameters}


def told(settings: Mapping[str, str]) -> Programme:
    """Return the programme as the sheet of a county sets it (`Dataset.settings`, item to content)."""
    items = parameters_by_item()
    return programme().setting(**{items[item].id: text for item, text in settings.items() if item in items})

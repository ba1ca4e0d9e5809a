"""The rules as data: what is judged, against which thresholds, by which clause (params/standards/*.yaml)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from . import schema, shipped
from .errors import refuse
from .schema import Words
from .yamlfile import load_yaml


def _decimal_of_the_law(value: object) -> Decimal:
    """Thresholds are written as strings: "0.9" is nine tenths, the float 0.9 is not."""
    if not isinstance(value, str):
        raise ValueError('写成带引号的小数,如 "0.9" / write it as a quoted decimal, such as "0.9"')
    try:
        return Decimal(value)
    except ArithmeticError as error:
        raise ValueError("不是小数 / not a decimal") from error


def _positive(value: Decimal) -> Decimal:
    if not (value.is_finite() and value > 0):
        raise ValueError("应为正数 / must be positive")
    return value


def _share(value: Decimal) -> Decimal:
    if not Decimal(0) < value <= Decimal(1):
        raise ValueError("应大于0且不超过1 / must be above 0 and at most 1")
    return value


Threshold = Annotated[Decimal, BeforeValidator(_decimal_of_the_law), AfterValidator(_positive)]
Share = Annotated[Decimal, BeforeValidator(_decimal_of_the_law), AfterValidator(_share)]
Certainty = Literal["seen in print", "seen in two systems", "from memory", "a setting", "the user's"]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(Words, _Rule):
    """A stage, its grades (first, last), and the weight of its pupils when shared facilities are split."""

    grades: tuple[int, int]
    pupil_weight: Threshold = Decimal(1)
    judged: bool = True


class AreaRule(_Rule):
    """Which of urban / town / rural make the two sides of the comparison, and what the sides are called."""

    urban: tuple[str, ...]
    rural: tuple[str, ...]
    zh: dict[str, str]
    en: dict[str, str]
    clause: str = ""

    def side(self, area3: str) -> str | None:
        """Return 'urban' or 'rural' for a value of area3, None when it is on neither side."""
        return "urban" if area3 in self.urban else "rural" if area3 in self.rural else None


class Scope(_Rule):
    """Which schools are judged: kinds left out, least pupils by kind, and ownership kept (empty: all)."""

    kinds_out: tuple[str, ...] = ()
    min_pupils: dict[str, int] = Field(default_factory=dict)
    ownership: tuple[str, ...] = ()
    clause: str = ""
    certainty: Certainty = "a setting"


class Split(_Rule):
    """Whether shared facilities of combined schools are split by weighted pupils."""

    apply: bool = True
    clause: str = ""
    certainty: Certainty = "a setting"


class SchoolRule(_Rule):
    """At least `at_least_met` met, each other not below `floor` of its threshold (None: no floor)."""

    at_least_met: int = Field(ge=1)
    floor: Share | None = None
    clause: str = ""


class Dispersion(_Rule):
    """Limits of the coefficients of variation: of each indicator, or of their plain mean, by stage."""

    measure: Literal["cv"] = "cv"
    each_at_most: dict[str, Threshold] | None = None
    mean_at_most: dict[str, Threshold] | None = None
    clause: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.each_at_most is None) == (self.mean_at_most is None):
            raise ValueError(
                "each_at_most 与 mean_at_most 须且只须一个 / give one of each_at_most, mean_at_most"
            )
        return self

    def limits(self) -> dict[str, Decimal]:
        """Return the limit of each stage, whichever kind it is."""
        return self.each_at_most or self.mean_at_most or {}


class Thing(Words, _Rule):
    """
    What a gap is told in: 人, m², 万元. `factor` units of the figure make one thing.

    Gaps are rounded up to `digits` decimals of the thing, unit by unit, so that printed parts add up to the
    printed whole; `whole` things (people, rooms) come in whole numbers only.
    """

    whole: bool = False
    factor: int = 1
    digits: int = Field(default=0, ge=0)


class Indicator(_Rule):
    """
    One indicator: per · (Σ numerator − Σ minus) / denominator.

    Column names may hold {stage}. The denominator is the unit's pupils unless columns are named;
    `per_school: true` divides by one, for yes/no facilities.
    """

    id: str
    title: Words
    short: Words
    numerator: tuple[str, ...] = Field(min_length=1)
    minus: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    per_school: bool = False
    per: int = Field(default=1, ge=1)
    unit: Words
    thing: Thing | None = None
    split: bool = False
    better: Literal["higher", "lower"] = "higher"
    at_least: dict[str, Threshold] | None = None
    at_most: dict[str, Threshold] | None = None
    digits: int = 2
    clause: str = ""
    certainty: Certainty = "a setting"
    note: Words | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.at_least is not None and self.at_most is not None:
            raise ValueError("at_least 与 at_most 只能有一个 / give at_least or at_most, not both")
        if (self.at_most is not None) != (self.better == "lower") and (self.at_most or self.at_least):
            raise ValueError("at_most 用 better: lower,at_least 用 higher / at_most goes with better: lower")
        if self.denominator and self.per_school:
            raise ValueError(
                "denominator 与 per_school 只能有一个 / give denominator or per_school, not both"
            )
        return self

    def columns(self, stage: str) -> tuple[str, ...]:
        """Return every canonical column the indicator needs for a stage."""
        return tuple(name.format(stage=stage) for name in (*self.numerator, *self.minus, *self.denominator))

    def threshold(self, stage: str) -> Fraction | None:
        """Return the threshold of a stage exactly, None where the rule has none."""
        limits = self.at_least if self.at_least is not None else self.at_most
        return Fraction(limits[stage]) if limits and stage in limits else None


class CountyItem(_Rule):
    """
    One item that is judged for the county as a whole.

    `answer` says what is filled in: a number to hold against at_least or at_most, or yes/no. Items with
    `computed: true` follow from school data.
    """

    id: str
    group: Words
    title: Words
    answer: Literal["number", "yes_no"]
    unit: Words | None = None
    at_least: Threshold | None = None
    at_most: Threshold | None = None
    computed: bool = False
    veto: bool = False
    clause: str = ""
    certainty: Certainty = "a setting"


class RuleSet(_Rule):
    """A rule set. `unit: stage` judges each school's stages apart; `unit: school` takes the school whole."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: Words
    source: str
    effective: datetime.date | None = None
    unit: Literal["stage", "school"]
    stages: dict[str, Stage] = Field(default_factory=dict)
    pupils: str = ""
    area: AreaRule
    scope: Scope = Scope()
    split: Split = Split()
    school_rule: SchoolRule | None = None
    dispersion: Dispersion | None = None
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    county_items: tuple[CountyItem, ...] = ()
    note: Words | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        wrong = [*self._wrong_stages(), *self._wrong_scope(), *self._wrong_columns()]
        ids = [indicator.id for indicator in self.indicators]
        wrong += [f"{i}: 重复 / given twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
        if self.school_rule and self.school_rule.at_least_met > len(ids):
            wrong.append(f"at_least_met {self.school_rule.at_least_met} > {len(ids)}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _wrong_stages(self) -> list[str]:
        wrong = []
        if self.unit == "school" and not self.pupils:
            wrong.append("unit: school 需要 pupils / unit: school needs pupils")
        if self.unit == "stage" and not self.stages:
            wrong.append("unit: stage 需要 stages / unit: stage needs stages")
        limits = [(i.id, i.at_least or i.at_most or {}) for i in self.indicators]
        if self.dispersion:
            limits.append(("dispersion", self.dispersion.limits()))
        for name, by_stage in limits:
            wrong += [
                f"{name}: 无此学段 / no such stage: {s}" for s in by_stage if s not in self.judged_stages
            ]
        if self.dispersion and not self.dispersion.limits():
            wrong.append("dispersion: 没有限值 / no limit is given")
        return wrong

    def _wrong_scope(self) -> list[str]:
        kinds = {code.kind for code in schema.codes("school_type").values()}
        named = {
            "kinds_out": set(self.scope.kinds_out) - kinds,
            "min_pupils": set(self.scope.min_pupils) - kinds,
            "ownership": set(self.scope.ownership) - set(schema.codes("ownership")),
        }
        return [
            f"scope.{key}: 没有这个代码 / no such code: {', '.join(sorted(bad))}"
            for key, bad in named.items()
            if bad
        ]

    def _wrong_columns(self) -> list[str]:
        known = schema.columns()
        wanted = {name for i in self.indicators for stage in self.judged_stages for name in i.columns(stage)}
        wanted |= {self.pupils} if self.pupils else set()
        return [
            f"列不在登记表 / column not in params/columns.yaml: {name}"
            for name in sorted(wanted - known.keys())
        ]

    @property
    def judged_stages(self) -> tuple[str, ...]:
        """The stages that make units; ('school',) when the school is judged whole."""
        if self.unit == "school":
            return ("school",)
        return tuple(name for name, stage in self.stages.items() if stage.judged)

    @property
    def has_thresholds(self) -> bool:
        """Whether any indicator has a threshold, without which there is no ledger."""
        return any(i.threshold(stage) is not None for i in self.indicators for stage in self.judged_stages)

    @property
    def gives_verdict(self) -> bool:
        """Whether the set can judge at all."""
        return self.school_rule is not None or self.dispersion is not None

    def indicator(self, indicator_id: str) -> Indicator:
        """Return an indicator by id; KeyError where there is none."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise KeyError(indicator_id)

    def stage_name(self, stage: str) -> Words:
        """Return the name of a stage; 全校 for the whole school."""
        return self.stages.get(stage, Words(zh="全校", en="whole school"))

    def stage_title(self, stage: str, lang: Literal["zh", "en"]) -> str:
        """Return the name of a stage, '' for the whole school."""
        return self.stages[stage][lang] if stage in self.stages else ""


def available() -> list[str]:
    """Return the ids of the rule sets that come with the library."""
    return sorted(path.stem for path in shipped.params("standards").glob("*.yaml"))


def standard_path(name: str | Path) -> Path:
    """
    Return the file of a rule set, named by id or by the path of a YAML file of the user's.

    Raises
    ------
    JunhengError
        There is no such file.
    """
    path = (
        Path(name) if str(name).endswith((".yaml", ".yml")) else shipped.params("standards", f"{name}.yaml")
    )
    if not path.is_file():
        known = "、".join(available())
        raise refuse(
            "unknown-standard",
            f"没有这个标准。可用:{known}",
            f"no such rule set; known: {known}",
            file=str(name),
        )
    return path


def load_standard(name: str | Path) -> RuleSet:
    """
    Load a rule set by id, or from a YAML file of the user's.

    Raises
    ------
    JunhengError
        All faults of the file at once, each with its line: unknown keys, impossible thresholds,
        columns that are not registered.
    """
    return load_yaml(standard_path(name), RuleSet)

"""The pieces a rule set is made of: stages, areas, scope, the rules for schools and for dispersion, indicators."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ..schema import Words


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


class Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(Words, Rule):
    """A stage, its grades (first, last), and the weight of its pupils when shared facilities are split."""

    grades: tuple[int, int]
    pupil_weight: Threshold = Decimal(1)
    judged: bool = True


class AreaRule(Rule):
    """Which of urban / town / rural make the two sides of the comparison, and what the sides are called."""

    urban: tuple[str, ...]
    rural: tuple[str, ...]
    zh: dict[str, str]
    en: dict[str, str]
    clause: str = ""

    def side(self, area3: str) -> str | None:
        """Return 'urban' or 'rural' for a value of area3, None when it is on neither side."""
        return "urban" if area3 in self.urban else "rural" if area3 in self.rural else None


class Scope(Rule):
    """
    Which schools are judged: kinds left out, least pupils by kind, and ownership kept (empty: all).

    Single schools may be named, by ID, that are in or out whatever the rest says.
    """

    kinds_out: tuple[str, ...] = ()
    min_pupils: dict[str, int] = Field(default_factory=dict)
    ownership: tuple[str, ...] = ()
    schools_in: tuple[str, ...] = ()
    schools_out: tuple[str, ...] = ()
    clause: str = ""
    certainty: Certainty = "a setting"


class Split(Rule):
    """Whether shared facilities of combined schools are split by weighted pupils."""

    apply: bool = True
    clause: str = ""
    certainty: Certainty = "a setting"


class SchoolRule(Rule):
    """At least `at_least_met` met, each other not below `floor` of its threshold (None: no floor)."""

    at_least_met: int = Field(ge=1)
    floor: Share | None = None
    clause: str = ""


class Dispersion(Rule):
    """Limits of the coefficients of variation: of each indicator, or of their plain mean, by stage (null: not known)."""

    measure: Literal["cv"] = "cv"
    each_at_most: dict[str, Threshold | None] | None = None
    mean_at_most: dict[str, Threshold | None] | None = None
    clause: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.each_at_most is None) == (self.mean_at_most is None):
            raise ValueError(
                "each_at_most 与 mean_at_most 须且只须一个 / give one of each_at_most, mean_at_most"
            )
        return self

    def limits(self) -> dict[str, Decimal]:
        """Return the limit of each stage that has one, whichever kind it is."""
        told = self.each_at_most or self.mean_at_most or {}
        return {stage: limit for stage, limit in told.items() if limit is not None}


class Thing(Words, Rule):
    """
    What a gap is told in: 人, m², 万元. `factor` units of the figure make one thing.

    Gaps are rounded up to `digits` decimals of the thing, unit by unit, so that printed parts add up to the
    printed whole; `whole` things (people, rooms) come in whole numbers only.
    """

    whole: bool = False
    factor: int = 1
    digits: int = Field(default=0, ge=0)


class Indicator(Rule):
    """
    One indicator: per · (Σ numerator − Σ minus) / denominator.

    Column names may hold {stage}. The denominator is the unit's pupils unless columns are named;
    `per_school: true` divides by one, for yes/no facilities. What a rule names and is not public stays open:
    no numerator (the figure is missing for every unit), a threshold of null. `counts_for`: the rule for schools,
    that of dispersion, or neither (listed and held against its threshold, without a say in any verdict).
    """

    id: str
    title: Words
    short: Words
    numerator: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    per_school: bool = False
    per: int = Field(default=1, ge=1)
    unit: Words
    thing: Thing | None = None
    split: bool = False
    better: Literal["higher", "lower"] = "higher"
    at_least: dict[str, Threshold | None] | None = None
    at_most: dict[str, Threshold | None] | None = None
    counts_for: tuple[Literal["schools", "dispersion"], ...] = ("schools", "dispersion")
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
        """Return the threshold of a stage exactly, None where the rule has none or it is not known."""
        limits = self.at_least if self.at_least is not None else self.at_most
        limit = (limits or {}).get(stage)
        return None if limit is None else Fraction(limit)

    def can_be_judged(self, stage: str) -> bool:
        """Return whether both the figure and the threshold are known to the rule set."""
        return bool(self.numerator) and self.threshold(stage) is not None

"""What is judged for the county as a whole: its items, how some follow from school data, and yearly targets."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..schema import Words
from .parts import Certainty, Rule, Threshold

Year = Annotated[str, Field(pattern=r"^\d{4}$")]


class SchoolTest(Rule):
    """
    How a county item follows from school data: the worst value of its schools, held against the limit.

    value = per · Σ numerator / Σ denominator (1 where none is named), of each school (columns with {stage} summed
    over its judged stages) or of each `stage`. `kinds`, `stages` and `pupils_below` (of the school) say whom it
    concerns; with `small_too` also schools below the scope's least number of pupils. `at_least_known` is a ratio that
    the value cannot be below: the largest class is not below the mean class. `at_least`, `at_most` stand in for
    those of an item answered by yes or no.
    """

    each: Literal["school", "stage"] = "school"
    numerator: tuple[str, ...] = Field(min_length=1)
    denominator: tuple[str, ...] = ()
    per: int = Field(default=1, ge=1)
    kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    pupils_below: int | None = None
    small_too: bool = False
    at_least_known: tuple[str, str] | None = None
    at_least: Threshold | None = None
    at_most: Threshold | None = None


class CountyItem(Rule):
    """
    One item that is judged for the county as a whole.

    `answer` says what is filled in: a number to hold against at_least or at_most, or yes/no. Items with `schools`
    follow from school data. A `veto` that is not met, or a `precondition`, stands against applying at all. `points`
    are the item's in a scored self-assessment.
    """

    id: str
    group: Words
    title: Words
    answer: Literal["number", "yes_no"]
    unit: Words | None = None
    at_least: Threshold | None = None
    at_most: Threshold | None = None
    schools: SchoolTest | None = None
    veto: bool = False
    precondition: bool = False
    points: Threshold | None = None
    clause: str = ""
    certainty: Certainty = "a setting"
    note: Words | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.at_least is not None and self.at_most is not None:
            raise ValueError("at_least 与 at_most 只能有一个 / give at_least or at_most, not both")
        if self.schools and not any((*self.limits(), self.schools.at_least, self.schools.at_most)):
            raise ValueError("schools 需要限值 / schools needs a limit")
        return self

    def limits(self) -> tuple[Threshold | None, Threshold | None]:
        """Return at_least and at_most."""
        return self.at_least, self.at_most

    @property
    def number(self) -> str:
        """The number of the item that this is (a figure of): A3 of A3-1."""
        return self.id.split("-")[0]


class Milestone(Rule):
    """
    A yearly target: the share of schools that meet the rule, or of units that meet an `indicator`, or a county `item`.

    `at_least` by year, null where the plan's figure is not known.
    """

    id: str
    title: Words
    of: Literal["schools", "indicator", "item"]
    name: str = ""
    unit: Words = Words(zh="%", en="%")
    at_least: dict[Year, Threshold | None] = Field(min_length=1)
    clause: str = ""
    certainty: Certainty = "a setting"

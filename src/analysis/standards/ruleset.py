"""A rule set: what is judged, against which thresholds, by which clause (params/standards/*.yaml)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, model_validator

from .. import schema
from ..schema import Words
from .items import CountyItem, Milestone
from .parts import AreaRule, Dispersion, Indicator, Rule, SchoolRule, Scope, Split, Stage


class RuleSet(Rule):
    """
    A rule set. `unit: stage` judges each school's stages apart; `unit: school` takes the school whole.

    A set of which less than half is known (`ready` false) is listed and computed but gives no verdict.
    """

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
    milestones: tuple[Milestone, ...] = ()
    note: Words | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        wrong = [*self._wrong_stages(), *self._wrong_scope(), *self._wrong_columns()]
        wrong += [*self._wrong_items(), *self._wrong_milestones()]
        for parts in (self.indicators, self.county_items, self.milestones):
            wrong += [f"{name}: 重复 / given twice" for name in _twice(part.id for part in parts)]
        asked = len(self.school_indicators)
        if self.school_rule and self.school_rule.at_least_met > asked:
            wrong.append(f"at_least_met {self.school_rule.at_least_met} > {asked}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _wrong_stages(self) -> list[str]:
        wrong = []
        if self.unit == "school" and not self.pupils:
            wrong.append("unit: school 需要 pupils / unit: school needs pupils")
        if self.unit == "stage" and not self.stages:
            wrong.append("unit: stage 需要 stages / unit: stage needs stages")
        named = [(i.id, stage) for i in self.indicators for stage in i.at_least or i.at_most or {}]
        if self.dispersion:
            told = self.dispersion.each_at_most or self.dispersion.mean_at_most or {}
            named += [("dispersion", stage) for stage in told]
            wrong += [] if told else ["dispersion: 没有限值 / no limit is given"]
        return wrong + [
            f"{name}: 无此学段 / no such stage: {stage}"
            for name, stage in named
            if stage not in self.judged_stages
        ]

    def _wrong_items(self) -> list[str]:
        kinds = {code.kind for code in schema.codes("school_type").values()}
        wrong = []
        for item in self.county_items:
            test = item.schools
            if test is None:
                continue
            wrong += [f"{item.id}: 没有这个代码 / no such code: {k}" for k in test.kinds if k not in kinds]
            wrong += [
                f"{item.id}: 无此学段 / no such stage: {s}"
                for s in test.stages
                if s not in self.judged_stages
            ]
            names = {
                name
                for names in (test.numerator, test.denominator, test.at_least_known or ())
                for name in names
            }
            wrong += self._unregistered(names)
        return wrong

    def _wrong_milestones(self) -> list[str]:
        known = {
            "schools": {""},
            "indicator": {indicator.id for indicator in self.indicators},
            "item": {item.id for item in self.county_items},
        }
        return [
            f"{target.id}: 没有这一项 / no such {target.of}: {target.name}"
            for target in self.milestones
            if target.name not in known[target.of]
        ]

    def _wrong_scope(self) -> list[str]:
        kinds = {code.kind for code in schema.codes("school_type").values()}
        named = {
            "kinds_out": set(self.scope.kinds_out) - kinds,
            "min_pupils": set(self.scope.min_pupils) - kinds,
            "ownership": set(self.scope.ownership) - set(schema.codes("ownership")),
        }
        wrong = [
            f"scope.{key}: 没有这个代码 / no such code: {', '.join(sorted(bad))}"
            for key, bad in named.items()
            if bad
        ]
        both = sorted(set(self.scope.schools_in) & set(self.scope.schools_out))
        if both:
            wrong.append(f"scope: 同一学校既纳入又移出 / a school is both in and out: {', '.join(both)}")
        return wrong

    def _wrong_columns(self) -> list[str]:
        wanted = {name for i in self.indicators for name in (*i.numerator, *i.minus, *i.denominator)}
        return self._unregistered(wanted | ({self.pupils} if self.pupils else set()))

    def _unregistered(self, names: Iterable[str]) -> list[str]:
        filled = {name.format(stage=stage) for name in names for stage in self.judged_stages}
        known = schema.columns()
        unknown = [
            f"列不在登记表 / column not in params/columns.yaml: {name}"
            for name in sorted(filled - known.keys())
        ]
        return unknown + [
            f"敏感学生群体的数不作学校指标 / counts of a sensitive group are told of no single school: {name}"
            for name in sorted(filled & known.keys())
            if known[name].sensitive
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
    def school_indicators(self) -> tuple[Indicator, ...]:
        """The indicators of which the rule for schools asks some to be met."""
        return tuple(i for i in self.indicators if "schools" in i.counts_for)

    @property
    def dispersion_indicators(self) -> tuple[Indicator, ...]:
        """The indicators whose coefficients of variation count."""
        return tuple(i for i in self.indicators if "dispersion" in i.counts_for)

    def known_parts(self) -> tuple[int, int]:
        """
        Return how many of the thresholds and limits that the set's rules ask for are known, and how many those are.

        Each indicator of the school rule counts once a stage, and each limit of dispersion once a stage; a limit
        counts only where the figures of its indicators are known.
        """
        parts = []
        for stage in self.judged_stages:
            if self.school_rule is not None:
                parts += [i.can_be_judged(stage) for i in self.school_indicators]
            if self.dispersion is not None:
                figures = all(i.numerator for i in self.dispersion_indicators)
                parts.append(figures and stage in self.dispersion.limits())
        return sum(parts), len(parts)

    @property
    def ready(self) -> bool:
        """Whether at least half of what the rules ask for is known."""
        known, asked = self.known_parts()
        return 2 * known >= asked

    @property
    def gives_verdict(self) -> bool:
        """Whether the set can judge at all."""
        return self.ready and (self.school_rule is not None or self.dispersion is not None)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return an indicator by id; KeyError where there is none."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise KeyError(indicator_id)

    def stage_name(self, stage: str) -> Words:
        """Return the name of a stage; 各学段 where the rules judge whole schools."""
        return self.stages.get(stage, Words(zh="各学段", en="all stages"))

    def stage_title(self, stage: str, lang: Literal["zh", "en"]) -> str:
        """Return the name of a stage, '' for the whole school."""
        return self.stages[stage][lang] if stage in self.stages else ""


def _twice(ids: Iterable[str]) -> list[str]:
    seen = list(ids)
    return sorted({name for name in seen if seen.count(name) > 1})

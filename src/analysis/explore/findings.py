"""What a view finds: verdicts, coefficients of variation, Theil and gaps, all by the library's own functions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import pandas as pd

from ..assessment import Assessment, judge
from ..balance import dispersion
from ..errors import JunhengError, refuse
from ..gaps import inequality_by_area, urban_rural
from ..indicators import indicator_values, units_in_scope
from ..standards import Indicator, RuleSet
from .view import View
from .what_if import WhatIf, changed_rules, with_added

_KEPT = 80  # tables remembered: going back and forth between a few views is common


@dataclass(frozen=True)
class Findings:
    """
    What there is to see of a view.

    Attributes
    ----------
    view, what_if, rules, indicator
        The view with nothing left open, the what-if, the rules with it in them, and the indicator looked at.
    whole, seen
        The assessment of the view's year: of all schools, and of those the view is limited to (the same object where
        it is limited to none).
    theil, gaps
        As in `gaps.inequality_by_area` and `gaps.urban_rural` (ratio of totals), of what is seen.
    trend
        As `gaps`, of the indicator and stage alone, over the view's years.
    """

    view: View
    what_if: WhatIf
    rules: RuleSet
    indicator: Indicator
    whole: Assessment
    seen: Assessment
    theil: pd.DataFrame
    gaps: pd.DataFrame
    trend: pd.DataFrame

    @property
    def verdict(self) -> str:
        """The county's verdict, of all its schools, as `judge_counties` has it; "" where the rules give none."""
        verdicts = self.whole.county_verdicts["verdict"].dropna()
        return str(verdicts.iloc[0]) if len(verdicts) else ""

    @cached_property
    def judged(self) -> pd.DataFrame:
        """The judged values of the indicator and stage, of the schools seen."""
        return self.of_indicator(self.seen.judged)

    def of_indicator(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the view's stage and indicator."""
        here = (frame["stage"] == self.view.stage) & (frame["indicator"] == self.view.indicator)
        return frame[here].reset_index(drop=True)

    def of_stage(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the view's stage."""
        return frame[frame["stage"] == self.view.stage].reset_index(drop=True)


@dataclass
class Explorer:
    """
    One county's schools under a rule set, looked at through views; remembers the last few assessments.

    `schools` is the canonical table of one county, all its years.
    """

    schools: pd.DataFrame
    rules: RuleSet
    _kept: OrderedDict[Any, Any] = field(default_factory=OrderedDict, repr=False)

    def completed(self, view: View, rules: RuleSet) -> View:
        """
        Return a view with nothing left open.

        Raises
        ------
        JunhengError
            A year, stage, indicator or school that is not there.
        """
        held = sorted(int(year) for year in self.schools["year"].unique())
        ids = [indicator.id for indicator in rules.indicators]
        known: dict[str, Sequence[object]] = {
            "year": held,
            "stage": rules.judged_stages,
            "indicator": ids,
        }
        chosen: dict[str, int | str] = {
            "year": view.year or held[-1],
            "stage": view.stage or self._first_stage(rules),
            "indicator": view.indicator or ids[0],
        }
        wrong = [(name, str(value)) for name, value in chosen.items() if value not in known[name]]
        there = set(self.schools["school_id"]) if view.schools else ()
        wrong += [("schools", school) for school in view.schools if school not in there]
        if wrong:
            raise JunhengError([f for name, value in wrong for f in _not_there(name, value).faults])
        years = view.years or (held[0], held[-1])
        return view.model_copy(update={**chosen, "years": (min(years), max(years))})

    def look(self, view: View | None = None, what_if: WhatIf | None = None) -> Findings:
        """
        Return what a view finds under a what-if.

        Raises
        ------
        JunhengError
            The view or the what-if cannot be used (see `completed`, `changed_rules`, `with_added`): nothing is shown
            half changed.
        """
        view, what_if = view or View(), what_if or WhatIf()
        rules = changed_rules(self.rules, what_if, view.sides)
        view = self.completed(view, rules)
        schools = with_added(self.schools, what_if.added)
        # No threshold and no limit moves a value: what follows from the values alone is kept when one is changed.
        unlimited = what_if.model_copy(update={"thresholds": {}, "cv_at_most": {}}).model_dump_json()
        whole, seen = (
            self._assessed(schools, rules, what_if, (view.year, chosen, view.sides, unlimited))
            for chosen in ((), view.schools)
        )
        values = (view.schools, view.sides, unlimited)
        rows, units = self._once(("years", view.years, *values), lambda: _years(schools, view, rules))
        return Findings(
            view=view,
            what_if=what_if,
            rules=rules,
            indicator=rules.indicator(view.indicator),
            whole=whole,
            seen=seen,
            theil=self._once(("theil", view.year, *values), lambda: inequality_by_area(seen.values)),
            gaps=self._once(("gaps", view.year, *values), lambda: urban_rural(seen.values, ["totals"])),
            trend=self._once(
                ("trend", view.years, view.stage, view.indicator, *values),
                lambda: _trend(rows, units, view, rules),
            ),
        )

    def _assessed(
        self, schools: pd.DataFrame, rules: RuleSet, what_if: WhatIf, of: tuple[Any, ...]
    ) -> Assessment:
        """Return what `assess` gives; only what the what-if's thresholds and limits change is computed again."""
        year, chosen, *_ = of
        limits = str(what_if.cv_at_most)
        units, values = self._once(("measured", *of), lambda: _measured(schools, year, chosen, rules))
        spread = self._once(("spread", *of, limits), lambda: dispersion(values, rules))
        asked = ("judged", *of, limits, str(what_if.thresholds))
        return cast(Assessment, self._once(asked, lambda: judge(units, values, spread, rules)))

    def _first_stage(self, rules: RuleSet) -> str:
        stages = rules.judged_stages
        pupils = (f"pupils_{stage}" for stage in stages)
        here = [s for s, column in zip(stages, pupils, strict=True) if _any(self.schools, column)]
        return (here or list(stages))[0]

    def _once(self, key: Any, make: Any) -> Any:
        if key not in self._kept:
            self._kept[key] = make()
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _measured(
    schools: pd.DataFrame, year: int | None, chosen: tuple[str, ...], rules: RuleSet
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return units and values of a year, of all schools or of some."""
    rows = schools[schools["year"] == year]
    rows = (rows[rows["school_id"].isin(chosen)] if chosen else rows).reset_index(drop=True)
    units = units_in_scope(rows, rules)
    return units, indicator_values(rows, units, rules)


def _years(schools: pd.DataFrame, view: View, rules: RuleSet) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the schools seen in the view's years, and their units: the same for every indicator."""
    first, last = view.years or (0, 0)
    rows = schools[schools["year"].between(first, last)]
    rows = (rows[rows["school_id"].isin(view.schools)] if view.schools else rows).reset_index(drop=True)
    return rows, units_in_scope(rows, rules)


def _trend(rows: pd.DataFrame, units: pd.DataFrame, view: View, rules: RuleSet) -> pd.DataFrame:
    """Return both sides of the indicator and stage in each year; nothing else is measured."""
    one = rules.model_copy(update={"indicators": (rules.indicator(view.indicator),)})
    of_stage = units[units["stage"] == view.stage]
    return urban_rural(indicator_values(rows, of_stage, one), ["totals"])


def _any(schools: pd.DataFrame, column: str) -> bool:
    return column in schools.columns and bool((schools[column] > 0).any())


def _not_there(name: str, value: str) -> JunhengError:
    return refuse(
        f"view-{name}",
        "数据或标准中没有。",
        "the data or the rule set do not hold it.",
        column=name,
        value=value,
    )

"""The rule laid beside a table of values: threshold and floor of every row, and what a row is short of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .exact import NEAR, Floats, Rows, filed, quotient_signs, whole_up
from .indicators import VALUE_PARTS
from .standards import Indicator, RuleSet

Ints = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Clause:
    """What a rule set says of one indicator in one stage; `floor` is the least (at_most: the most) of a pass."""

    indicator: Indicator
    threshold: Fraction | None
    floor: Fraction | None

    @classmethod
    def of(cls, indicator: Indicator, stage: str, rules: RuleSet) -> Clause:
        """Read the clause off the rule set."""
        threshold = indicator.threshold(stage)
        if threshold is None or rules.school_rule is None or rules.school_rule.floor is None:
            return cls(indicator, threshold, None)
        share = Fraction(rules.school_rule.floor)
        return cls(indicator, threshold, threshold / share if indicator.at_most else threshold * share)

    @property
    def mended_by_denominator(self) -> bool:
        """Whether more of the denominator (teachers, classes) is what a value above `at_most` calls for."""
        return bool(self.indicator.at_most and self.indicator.denominator)

    @property
    def step(self) -> float:
        """What gaps are rounded up to a multiple of: the last digit that is printed; 0: they are not rounded."""
        thing = self.indicator.thing
        return thing.factor / 10**thing.digits if thing is not None else 0


class Clauses:
    """
    The clause of every row of values, as floats for whole columns and as fractions for single rows.

    `parts`: columns of `VALUE_PARTS`; `indicator`, `stage`: the place of each row's in the rule set (one for all: 0-d).

    A row's exact value is per · resource · multiplier / divisor of the decimals filed.
    """

    def __init__(self, parts: Mapping[str, Floats], indicator: Ints, stage: Ints, rules: RuleSet) -> None:
        stages = rules.judged_stages
        self._clauses = [Clause.of(i, stage, rules) for i in rules.indicators for stage in stages]
        self._codes = indicator.astype(np.intp) * len(stages) + stage
        self._of = parts

    @classmethod
    def beside(cls, values: pd.DataFrame, rules: RuleSet) -> Clauses:
        """Return the clauses of a table of values."""
        ids = [i.id for i in rules.indicators]
        indicator = pd.Categorical(values["indicator"], categories=ids).codes
        stage = pd.Categorical(values["stage"], categories=list(rules.judged_stages)).codes
        if len(values) and min(indicator.min(), stage.min()) < 0:
            raise ValueError("values of an indicator or stage that the rule set does not have")
        return cls({n: values[n].to_numpy(np.float64) for n in VALUE_PARTS}, indicator, stage, rules)

    @cached_property
    def thresholds(self) -> Floats:
        """Threshold of each row, NaN where there is none."""
        return self._by_row([_float(clause.threshold) for clause in self._clauses])

    @cached_property
    def floors(self) -> Floats:
        """Floor of each row, NaN where there is none."""
        return self._by_row([_float(clause.floor) for clause in self._clauses])

    @cached_property
    def boundless(self) -> npt.NDArray[np.bool_]:
        """Where something is divided by a named denominator of 0 that `at_most` limits: no limit allows it."""
        if not any(clause.mended_by_denominator for clause in self._clauses):
            return np.zeros(len(self._codes), dtype=bool)
        mended = self._by_row([clause.mended_by_denominator for clause in self._clauses]) == 1
        boundless: npt.NDArray[np.bool_] = mended & (self._of["divisor"] == 0) & (self._of["resource"] > 0)
        return boundless

    @cached_property
    def better(self) -> Floats:
        """1 where the threshold is the least allowed, −1 where it is the most."""
        return self._by_row([-1 if clause.indicator.at_most else 1 for clause in self._clauses])

    def values_against_thresholds(self, rows: Rows) -> Floats:
        """Return the signs of value − threshold of some rows that have both, exactly."""
        return self._against(rows, lambda clause: clause.threshold)

    def values_against_floors(self, rows: Rows) -> Floats:
        """Return the signs of value − floor of some rows that have both, exactly."""
        return self._against(rows, lambda clause: clause.floor)

    def short(self, rows: npt.NDArray[np.integer[Any]], *, school: bool) -> Floats:
        """
        Return what rows that miss their threshold are short of, above 0 (see `verdicts.judge_values`).

        `school` asks what the whole school must add, else what the unit's own share lacks.
        """
        need, have = self._need_and_have(rows, school=school)
        amount, terms = np.abs(need - have), need + have
        step = self._by_row([clause.step for clause in self._clauses])[rows]

        def exactly(at: int) -> Fraction:
            return self._short(int(rows[at]), school=school)

        for at in np.flatnonzero(amount <= NEAR * terms):
            amount[at] = float(exactly(int(at)))
        whole = np.flatnonzero(step > 0)
        steps = step[whole]
        amount[whole] = steps * whole_up(
            amount[whole] / steps,
            terms[whole] / steps,
            lambda at: exactly(int(whole[at])) / filed(steps[at]),
        )
        return amount

    def _against(self, rows: Rows, limit_of: Callable[[Clause], Fraction | None]) -> Floats:
        signs: Floats = np.full(len(rows), np.nan)
        codes = self._codes[rows]
        for code in np.unique(codes):
            clause, of_clause = self._clauses[code], codes == code
            limit = limit_of(clause)
            assert limit is not None  # asked only where there is one
            parts = (self._of[name][rows[of_clause]] for name in _VALUE)
            signs[of_clause] = quotient_signs(*parts, per=clause.indicator.per, limit=limit)
        return signs

    def _need_and_have(self, rows: npt.NDArray[np.integer[Any]], *, school: bool) -> tuple[Floats, Floats]:
        mended = self._by_row([clause.mended_by_denominator for clause in self._clauses])[rows] == 1
        whole = mended | school  # a named denominator is never split
        size, held = (
            np.where(whole, self._of[of_school][rows], self._of[own][rows])
            for own, of_school in (("denominator", "served"), ("numerator", "resource"))
        )
        per = self._by_row([clause.indicator.per for clause in self._clauses])[rows]
        threshold = self.thresholds[rows]
        need = np.where(mended, per * held / threshold, threshold * size / per)
        return need, np.where(mended, size, held)

    def _short(self, row: int, *, school: bool) -> Fraction:
        clause = self._clause(row)
        assert clause.threshold is not None  # only rows with a threshold can miss it
        if clause.mended_by_denominator:  # the divisor may be 0
            asked = clause.indicator.per * filed(self._of["resource"][row]) / clause.threshold
            return asked - filed(self._of["divisor"][row])
        value, size = self._value(row), filed(self._of["denominator"][row])
        if school:
            size = filed(self._of["divisor"][row]) / filed(self._of["multiplier"][row])
        return abs(clause.threshold - value) * size / Fraction(clause.indicator.per)

    def _value(self, row: int) -> Fraction:
        resource, multiplier, divisor = (filed(self._of[name][row]) for name in _VALUE)
        per = Fraction(self._clause(row).indicator.per)
        return per * resource * multiplier / divisor

    def _clause(self, row: int) -> Clause:
        return self._clauses[int(self._codes[row])]

    def _by_row(self, numbers: Sequence[float]) -> Floats:
        found: Floats = np.array(numbers, dtype=np.float64)[self._codes]
        return found


_VALUE = ("resource", "multiplier", "divisor")


def _float(number: Fraction | None) -> float:
    return float("nan") if number is None else float(number)

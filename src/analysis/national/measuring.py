"""One call from the schools of a nation to the measures and verdicts of every county and year."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .. import schema
from ..balance import COLUMNS, dispersion, judge_spread, lowest_cv, lowest_square, with_combined
from ..categories import meant, of_codes, spelt
from ..clauses import Clauses
from ..exact import Rows
from ..indicators import indicator_parts, indicator_values, placed_units, units_in_scope
from ..standards import Indicator, RuleSet
from ..verdicts import (
    STATUSES,
    VERDICTS,
    counted,
    county_verdicts,
    failed_and_passed,
    judges_units,
    standings,
)
from .blocks import Groups, Ints
from .spread import AREAS, PARTS, Bools, Figures, spreads

Statuses = npt.NDArray[np.int8]

_KEYS = ["county_code", "year", "stage"]
_ABOUT = ("school_id", "school_name", "county_code", "township_code", "year")
_SCOPE = ("school_type_code", "ownership", "area3")
_COUNTS = ("met", "floor", "below")
_ROWS = 250_000  # of a piece: what is made of them stays near the processor
SPREAD = (
    *COLUMNS,
    *("n_met", "n_floor", "n_below", "gini", "n_zero", "theil_t", "between_t", "within_t"),
    *("theil_l", "between_l", "within_l", "urban", "rural", "n_urban", "n_rural"),
)


@dataclass(frozen=True)
class Measured:
    """
    Every county and year of a table of schools.

    Attributes
    ----------
    spread
        `assessment.dispersion`, `gaps.inequality_by_area` and the means of `gaps.urban_rural` (`totals`) as one table, with
        `n_met`, `n_floor`, `n_below`: units in scope whose figure is known, by status.
    county_verdicts
        As of `assessment.judge_counties`.
    """

    spread: pd.DataFrame
    county_verdicts: pd.DataFrame


def columns_needed(rules: RuleSet) -> tuple[str, ...]:
    """Return the columns of the canonical table that `measure` uses, in the registry's order."""
    stages = rules.stages if rules.unit == "stage" else ()
    needed = {*_ABOUT, *_SCOPE, rules.pupils}
    needed |= {name for i in rules.indicators for stage in rules.judged_stages for name in i.columns(stage)}
    needed |= {name for name, column in schema.columns().items() if column.stage in stages}
    return tuple(name for name in schema.columns() if name in needed)


def measure(schools: pd.DataFrame, rules: RuleSet, *, threads: int | None = None) -> Measured:
    """
    Measure and judge every county and year at once; the figures and verdicts are those of `assess`.

    Floats decide where they are safely apart from a limit (`exact.compare`), the exact numbers elsewhere; a verdict
    that may turn on which units are in scope is taken from `dispersion` itself.

    Parameters
    ----------
    schools
        The canonical table, one row per school and year, any number of counties and years; only `columns_needed`
        are used, and text may be categorical.
    rules
        The rule set.
    threads
        How many to use, by default as many as there are cores.
    """
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        parts = list(pool.map(lambda some: _of_some(some, rules), _by_county(schools)))
    return Measured(
        spelt(pd.concat([part.spread for part in parts], ignore_index=True)),
        spelt(pd.concat([part.county_verdicts for part in parts], ignore_index=True)),
    )


def _by_county(schools: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the table in pieces of some hundred thousand rows, no county in two of them, in order of county code, which is categorical."""
    county: Any = pd.Categorical(schools["county_code"])
    if not county.categories.is_monotonic_increasing:
        county = county.reorder_categories(sorted(county.categories))
    schools, place = schools.assign(county_code=county), county.codes
    if schools.empty:
        return [schools]
    if (np.diff(place) < 0).any():
        order = np.argsort(place, kind="stable")
        schools, place = schools.iloc[order], place[order]
    begins = np.append(0, np.flatnonzero(place[1:] != place[:-1]) + 1)
    cuts = np.unique(begins[np.searchsorted(begins, np.arange(0, len(schools), _ROWS), side="right") - 1])
    ends = [*cuts[1:], len(schools)]
    return [schools.iloc[a:b].reset_index(drop=True) for a, b in zip(cuts, ends, strict=True)]


def _of_some(schools: pd.DataFrame, rules: RuleSet) -> Measured:
    rows, units = placed_units(schools, rules)
    at = _CountyYears.of(schools)
    with_units = np.bincount(at.ids[rows], minlength=len(at.keys)) > 0
    judged = _Units.of(schools, rules, rows, units, at)
    figures, status = judged.figures()
    table = judged.judged(judged.measured(figures, status))
    return Measured(table[list(SPREAD)], judged.counties(status, table)[with_units].reset_index(drop=True))


@dataclass(frozen=True)
class _CountyYears:
    """The counties and years of a table of schools, in order, and the one that each row belongs to."""

    keys: pd.DataFrame
    ids: Ints

    @classmethod
    def of(cls, schools: pd.DataFrame) -> _CountyYears:
        county: Any = schools["county_code"].array
        of_year, years = pd.factorize(schools["year"].to_numpy(), sort=True)
        ids, held = pd.factorize(county.codes.astype(np.int64) * len(years) + of_year, sort=True)
        place, year = np.divmod(held, max(len(years), 1))
        codes: Any = pd.Categorical.from_codes(place, dtype=county.dtype)
        return cls(pd.DataFrame({"county_code": codes, "year": years[year]}), ids)


@dataclass(frozen=True)
class _Units:
    """
    The units in scope of a nation: the position of each one's school in `schools`, and what is said of it.

    They stand by county, year and stage, of which `ids` are one number, with gaps.
    """

    schools: pd.DataFrame
    rules: RuleSet
    rows: Rows
    about: pd.DataFrame
    at: _CountyYears
    ids: Ints

    @classmethod
    def of(
        cls, schools: pd.DataFrame, rules: RuleSet, rows: Rows, units: pd.DataFrame, at: _CountyYears
    ) -> _Units:
        """Take the units in scope of those that `placed_units` returns."""
        inside = np.flatnonzero(units["in_scope"].to_numpy(bool))
        stage = units["stage"].cat.codes.to_numpy()[inside]
        ids = at.ids[rows[inside]] * len(rules.judged_stages) + stage
        order = np.argsort(ids, kind="stable")
        inside = inside[order]
        return cls(schools, rules, rows[inside], units.iloc[inside].reset_index(drop=True), at, ids[order])

    @cached_property
    def _stages(self) -> int:
        return len(self.rules.judged_stages)

    @cached_property
    def _present(self) -> Ints:
        """Those of `ids` that there are: the groups, in order."""
        return np.flatnonzero(np.bincount(self.ids, minlength=len(self.at.keys) * self._stages))

    @cached_property
    def _group(self) -> Ints:
        """The group of each unit."""
        places = np.zeros(len(self.at.keys) * self._stages, dtype=np.int64)
        places[self._present] = np.arange(len(self._present))
        return places[self.ids]

    @cached_property
    def _groups(self) -> Groups:
        return Groups(np.bincount(self._group))

    def figures(self) -> tuple[Figures, Statuses]:
        """Return what is measured, and the status of every figure: its place in `STATUSES`, indicators × units."""
        shape = (len(self.rules.indicators), len(self.rows))
        held, weight = (np.empty((shape[0], shape[1] + 1)) for _ in range(2))
        held[:, -1] = weight[:, -1] = np.nan
        status = np.empty(shape, dtype=np.int8)
        stage = self.about["stage"].cat.codes.to_numpy()
        for i, indicator in enumerate(self.rules.indicators):
            parts = indicator_parts(self.schools, self.rows, self.about, indicator)
            held[i, :-1], weight[i, :-1] = parts["numerator"], parts["denominator"]
            law = Clauses(parts, np.array(i), stage, self.rules)
            status[i] = standings(law, parts["value"], np.ones(shape[1], dtype=bool))
        pupils = np.append(np.nan_to_num(self.about["pupils"].to_numpy(float)), 0.0)
        area = meant(self.about["area"].array, {name: i for i, name in enumerate(AREAS)}, default=len(AREAS))
        part = np.stack([np.append(area == i, False) for i in range(len(PARTS))]).astype(np.float64)
        return Figures(held, weight, pupils, part), status

    def measured(self, figures: Figures, status: Statuses) -> pd.DataFrame:
        """Return the measures of every county, year, stage and indicator, in that order."""
        found = spreads(figures, self._groups)
        n = len(self._present)
        shape = (n, len(STATUSES))
        cell = self._group * shape[1]
        of_status: npt.NDArray[Any] = np.stack(
            [np.bincount(cell + of, minlength=n * shape[1]).reshape(shape) for of in status]
        )
        found |= {f"n_{name}": of_status[..., STATUSES.index(name)] for name in _COUNTS}
        for name in ("mean", "sd", *AREAS):
            found[name] *= np.array([float(i.per) for i in self.rules.indicators])[:, None]
        found["cv_low"] = lowest_cv(found["cv"], found["lacking"], found["weight"])
        of_county, stage = np.divmod(np.repeat(self._present, len(status)), self._stages)
        keys = self.at.keys.take(of_county).reset_index(drop=True)
        named = {
            "stage": of_codes(stage, self.rules.judged_stages),
            "indicator": of_codes(np.tile(np.arange(len(status)), n), [i.id for i in self.rules.indicators]),
        }
        columns = {name: numbers.T.ravel() for name, numbers in found.items()}
        counts = {
            name: columns[name].astype(np.int64) for name in columns if name == "n" or name.startswith("n_")
        }
        return pd.DataFrame({**keys, **named, **columns, **counts}, copy=False)

    def judged(self, measured: pd.DataFrame) -> pd.DataFrame:
        """Attach limits and verdicts, and the rows of the combined CV, each behind the others of its group."""
        n = len(self.rules.indicators)

        def square(row: int) -> Fraction:
            return lowest_square(self._exact_parts(self._groups[row // n], self.rules.indicators[row % n]))

        table = judge_spread(with_combined(measured, self.rules, _KEYS), self.rules, _KEYS, square)
        group = np.arange(len(self._present))
        of_row = np.concatenate([np.repeat(group, n), group])[: len(table)]
        unsure = self._group[~self.about["scope_known"].to_numpy(bool)]
        table = table.assign(n_unsure=np.bincount(unsure, minlength=len(group))[of_row])
        if len(table) > len(measured):
            table = table.iloc[np.argsort(of_row, kind="stable")].reset_index(drop=True)
        return table.assign(verdict=self._surely(table))

    def _exact_parts(self, members: Rows, indicator: Indicator) -> pd.DataFrame:
        units = self.about.iloc[members]
        return pd.DataFrame(indicator_parts(self.schools, self.rows[members], units, indicator))

    def _surely(self, table: pd.DataFrame) -> pd.Series[str]:
        """Return the verdicts that stand whichever units are in scope: where that is in doubt, `dispersion` decides."""
        verdict: pd.Series[str] = table["verdict"]
        doubtful = (table["n_unsure"] > 0) & verdict.isin(["pass", "fail"])
        if not doubtful.any():
            return verdict
        for (county, year), rows in table[doubtful].groupby(["county_code", "year"]):
            schools = self._county(str(county), year)
            units = units_in_scope(schools, self.rules)
            spread = dispersion(indicator_values(schools, units, self.rules), self.rules)
            exact = spread.set_index(["stage", "indicator"])["verdict"]
            verdict.loc[rows.index] = exact.loc[
                list(zip(rows["stage"], rows["indicator"], strict=True))
            ].to_numpy()
        return verdict

    def _county(self, county: str, year: Any) -> pd.DataFrame:
        """Return the schools of one county and year, text as text, every column there."""
        here = (self.schools["county_code"] == county) & (self.schools["year"] == year)
        schools: pd.DataFrame = self.schools[here.to_numpy(bool)].reset_index(drop=True)
        absent = {name: pd.Series(np.nan, index=schools.index) for name in _ABOUT if name not in schools}
        return spelt(schools).assign(**absent)

    def counties(self, status: Statuses, table: pd.DataFrame) -> pd.DataFrame:
        """Return the verdicts on every county and year."""
        n, of_unit = len(self.at.keys), self.at.ids[self.rows]
        units, sure = self._unit_verdicts(status)
        per_school = [np.bincount(self.rows[rows], minlength=len(self.schools)) for rows in units]
        n_units = np.bincount(self.rows, minlength=len(self.schools))
        judged = sum(per_school, start=np.zeros(len(self.schools))) > 0
        failed, passed = per_school[1] > 0, judged & (per_school[0] == n_units)
        schools = [passed & ~failed, failed, judged & ~failed & ~passed]
        inside = np.flatnonzero(n_units)
        limited = np.flatnonzero(table["verdict"].notna().to_numpy(bool))
        of_row = np.repeat(self._present // self._stages, len(table) // max(len(self._present), 1))
        of_cv = table["verdict"].take(limited)
        counts = (
            counted(of_unit, units, n, "units")
            | counted(self.at.ids[inside], [rows[inside] for rows in schools], n, "schools")
            | counted(of_row[limited], [(of_cv == name).to_numpy(bool) for name in VERDICTS], n, "cv")
        )
        n_sure = np.bincount(of_unit[units[0] & sure], minlength=n)
        verdict = county_verdicts(counts, n_sure, self.rules)
        return pd.DataFrame({**self.at.keys, "verdict": verdict, **counts}, copy=False)

    def _unit_verdicts(self, status: Statuses) -> tuple[list[Bools], Bools]:
        """Return which units have which of `VERDICTS`, none where the rule set gives none, and which are surely in scope."""
        sure = self.about["scope_known"].to_numpy(bool)
        if not judges_units(self.rules):
            return [np.zeros(len(self.rows), dtype=bool)] * len(VERDICTS), sure
        asked = [i for i, indicator in enumerate(self.rules.indicators) if "schools" in indicator.counts_for]
        of_asked = status[asked]
        counts = {name: np.count_nonzero(of_asked == STATUSES.index(name), axis=0) for name in _COUNTS}
        failed, passed = failed_and_passed(counts, sure, self.rules)
        return [passed, failed, ~(passed | failed)], sure

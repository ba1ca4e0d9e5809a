"""What was printed before, held against this run: the ways of computing that give the printed number name the cause."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from . import schema, shipped
from .assessment import moved_columns, variant
from .balance import COMBINED, dispersion
from .checks.findings import from_the_form
from .indicators import indicator_values, units_in_scope
from .rounding import as_filed, shown
from .schema import Words
from .standards import RuleSet, Scope, Threshold
from .yamlfile import load_yaml

CAUSES = ("same", "scope", "definition", "unit", "correction", "unexplained")


class _Setting(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PrintedUnit(Words, _Setting):
    """A unit that a figure may have been printed in: `factor` of its own unit make one."""

    factor: Threshold


class Reconciling(_Setting):
    """params/published.yaml: the units tried, and how many significant digits a printed number must have to name a cause."""

    units: tuple[PrintedUnit, ...]
    least_digits: int = Field(ge=1)


@cache
def reconciling() -> Reconciling:
    """Return params/published.yaml."""
    return load_yaml(shipped.params("published.yaml"), Reconciling)


@dataclass(frozen=True)
class Way:
    """A way of computing: the cause it stands for, its name, and the figures it gives."""

    cause: str
    name: str
    figures: Figures
    per: Decimal = Decimal(1)

    def gives(self, entry: Mapping[Any, Any]) -> bool:
        """Return whether it gives the number printed, at its printed decimals."""
        value = self.figures.of(entry)
        if np.isnan(value):
            return False
        text = str(entry["printed"])
        number = text.removesuffix("%")
        per = self.per * Decimal("0.01") if text.endswith("%") else self.per
        digits = len(number.partition(".")[2])
        return shown(float(as_filed(value) / per), digits) == shown(float(number), digits)


class Figures:
    """The figures of a county under one rule set: of indicators by stage, and totals of columns and schools."""

    def __init__(
        self, schools: pd.DataFrame, rules: RuleSet, *, side: str = "", plain: int | None = None
    ) -> None:
        """`side`: units of this area alone; `plain`: units weigh alike, the variance divided by n − plain."""
        self.schools, self.rules, self.side, self.plain = schools, rules, side, plain

    def of(self, entry: Mapping[Any, Any]) -> float:
        """Return the figure that an entry names; NaN where it cannot be computed."""
        year, stage, item, measure = (entry[name] for name in ("year", "stage", "item", "measure"))
        if measure == "total":
            return self._total(int(year), str(stage), str(item))
        found = self._spread.get((int(year), str(stage) or "school", str(item)))
        return float("nan") if found is None else float(found[str(measure)])

    @cached_property
    def _values(self) -> pd.DataFrame:
        values = indicator_values(self.schools, units_in_scope(self.schools, self.rules), self.rules)
        return values[values["in_scope"] & (not self.side or values["area"].eq(self.side))]

    @cached_property
    def _spread(self) -> dict[Any, dict[Hashable, Any]]:
        if self.schools.empty or self._values.empty:  # of no public school nothing is computed
            return {}
        spread = dispersion(self._values, self.rules) if self.plain is None else self._unweighted(self.plain)
        keys = spread[["year", "stage", "indicator"]].itertuples(index=False, name=None)
        return dict(zip(keys, spread[["mean", "sd", "cv"]].to_dict("records"), strict=True))

    def _unweighted(self, less: int) -> pd.DataFrame:
        by = self._values.groupby(["year", "stage", "indicator"])["value"]
        frame = pd.DataFrame({"mean": by.mean(), "sd": by.std(ddof=less)}).reset_index()
        frame["cv"] = frame["sd"] / frame["mean"].where(frame["mean"] > 0)
        counted = frame[frame["indicator"].isin([i.id for i in self.rules.dispersion_indicators])]
        whole = counted.groupby(["year", "stage"])["cv"].agg(lambda cvs: cvs.mean(skipna=False)).reset_index()
        return pd.concat([frame, whole.assign(indicator=COMBINED)], ignore_index=True)

    def _total(self, year: int, stage: str, item: str) -> float:
        rows = self.schools[self.schools["year"] == year]
        if self.side:
            rows = rows[rows["area3"].map(self.rules.area.side).eq(self.side)]
        stages = [stage] if stage else list(schema.STAGES)
        if item == "schools":
            with_pupils = rows[[f"pupils_{s}" for s in stages]].gt(0).any(axis=1)
            return float(with_pupils.sum() if stage else len(rows))
        names = sorted({item.format(stage=s) for s in stages} & set(rows.columns))
        known = [rows[name].dropna().to_numpy(float) for name in names]
        if not any(len(part) for part in known):
            return float("nan")
        return float(sum(part.sum() for part in known))


def reconcile(
    entries: pd.DataFrame, schools: pd.DataFrame, rules: RuleSet, corrections: pd.DataFrame
) -> pd.DataFrame:
    """
    Hold what was printed against this run's figures.

    Parameters
    ----------
    entries
        `Dataset.published`.
    schools
        The canonical schools of every year, of one county.
    corrections
        `Dataset.corrections`: taken back, they give the figures as first filed.

    Returns
    -------
    The entries with `ours` (this run's figure, in its own unit; NaN where there is none), `why` (of CAUSES: `same`, or
    every cause of which some way of computing gives the printed number, else `unexplained`) and `ways` (their names). Only
    one thing is changed at a time. A number printed with too few digits is `same` or `unexplained`.
    """
    schools = schools[schools["year"].isin(entries["year"])]
    own = Way("same", "own", Figures(schools, rules))
    others = list(_ways(schools, rules, corrections))
    rows = []
    for entry in entries.to_dict("records"):
        found = [own] if own.gives(entry) else []
        digits = len(str(entry["printed"]).strip("-%").replace(".", "").lstrip("0"))
        if not found and digits >= reconciling().least_digits:
            found = [way for way in others if way.gives(entry)]
        causes = tuple(dict.fromkeys(way.cause for way in found)) or ("unexplained",)
        ways = tuple(way.name for way in found if way.cause != "same")
        rows.append({**entry, "ours": own.figures.of(entry), "why": causes, "ways": ways})
    return pd.DataFrame(rows, columns=[*entries.columns, "ours", "why", "ways"])


def _ways(schools: pd.DataFrame, rules: RuleSet, corrections: pd.DataFrame) -> Iterator[Way]:
    """Yield every way of computing that differs from the run's own in one thing."""
    yield from _scopes(schools, rules)
    yield from _definitions(schools, rules)
    own = Figures(schools, rules)
    for unit in reconciling().units:
        yield Way("unit", unit.zh, own, unit.factor)
    if not corrections.empty:
        yield Way("correction", "filed", Figures(uncorrected(schools, corrections), rules))


def _scopes(schools: pd.DataFrame, rules: RuleSet) -> Iterator[Way]:
    scopes = {
        "all": Scope(),
        "small": rules.scope.model_copy(update={"min_pupils": {}}),
        "public": rules.scope.model_copy(update={"ownership": ("public",)}),
    }
    for name, scope in scopes.items():
        if scope != rules.scope:
            other = variant(rules, scope, split=rules.split.apply, keep=True)
            rows = schools[schools["ownership"] == "public"] if name == "public" else schools
            yield Way("scope", name, Figures(rows, other))
    judged = units_in_scope(schools, rules).query("in_scope")[["school_id", "year"]].drop_duplicates()
    yield Way("scope", "judged", Figures(schools.merge(judged, on=["school_id", "year"]), rules))
    for side in ("urban", "rural"):
        yield Way("scope", side, Figures(schools, rules, side=side))


def _definitions(schools: pd.DataFrame, rules: RuleSet) -> Iterator[Way]:
    split = variant(rules, rules.scope, split=not rules.split.apply, keep=True)
    if rules.unit == "stage" and any(indicator.split for indicator in rules.indicators):
        yield Way("definition", "whole" if rules.split.apply else "split", Figures(schools, split))
    if moved_columns(rules):
        unmoved = variant(rules, rules.scope, split=rules.split.apply, keep=False)
        yield Way("definition", "unmoved", Figures(schools, unmoved))
    yield Way("definition", "plain", Figures(schools, rules, plain=0))
    yield Way("definition", "sample", Figures(schools, rules, plain=1))


def uncorrected(schools: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return the schools with the figures as they were filed before corrections; what was no figure is missing."""
    filed = schools.copy()
    for line in corrections.to_dict("records"):
        column = schema.column(str(line["column"]))
        if column.type in schema.NUMERIC:
            row = filed["school_id"].eq(line["school_id"]) & filed["year"].eq(line["year"])
            filed.loc[row, column.name] = from_the_form(column.name, str(line["old"]))
    return filed

"""Judge a county: one call from schools to verdicts, and how the verdict turns on the choices the rule leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pandas as pd

from .balance import dispersion, judge_dispersion
from .indicators import indicator_values, units_in_scope
from .margins import near_misses, school_table
from .standards import Indicator, RuleSet, Scope
from .verdicts import judge_counties, judge_schools, judge_units, judge_values

__all__ = [
    "Assessment",
    "alternatives",
    "assess",
    "dispersion",
    "judge_counties",
    "judge_dispersion",
    "judge_schools",
    "judge_units",
    "judge_values",
    "moved_columns",
    "near_misses",
    "school_table",
    "variant",
]


@dataclass(frozen=True)
class Assessment:
    """All that follows from a table of schools and a rule set; the tables are described in docs/architecture.md."""

    units: pd.DataFrame
    values: pd.DataFrame
    judged: pd.DataFrame
    unit_verdicts: pd.DataFrame
    school_verdicts: pd.DataFrame
    dispersion: pd.DataFrame
    county_verdicts: pd.DataFrame


def assess(schools: pd.DataFrame, rules: RuleSet) -> Assessment:
    """
    Judge every county and year of a table of schools.

    Parameters
    ----------
    schools
        The canonical table, any number of counties and years.
    rules
        The rule set; without thresholds or limits the verdicts are NaN and the values stand alone.
    """
    units = units_in_scope(schools, rules)
    values = indicator_values(schools, units, rules)
    return judge(units, values, dispersion(values, rules), rules)


def judge(units: pd.DataFrame, values: pd.DataFrame, spread: pd.DataFrame, rules: RuleSet) -> Assessment:
    """
    Judge what is measured already: `units`, `values` and `spread` (the table `dispersion`) are taken as they are.

    For rules that differ in their thresholds alone, which move none of the three.
    """
    judged = judge_values(values, rules)
    unit_verdicts = judge_units(judged, rules)
    school_verdicts = judge_schools(unit_verdicts)
    counties = judge_counties(units, unit_verdicts, school_verdicts, spread, rules)
    return Assessment(units, values, judged, unit_verdicts, school_verdicts, spread, counties)


def alternatives(schools: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Judge under every combination of the choices that rules leave open and that can turn a verdict.

    - `scope`: `rule` as the rule set has it; `small` without its least numbers of pupils (small teaching points come
      in); `public` with public schools alone. Kinds that are never judged stay out.
    - `split`: whether shared facilities of combined schools are split by weighted pupils.
    - `moved`: whether what the rule set takes off one indicator (室内体育用房 off the teaching rooms) is moved to the
      other (the sports area), or left in the first: both sides or neither.

    Returns
    -------
    The columns of the county verdicts, one row per county, year and choice, with `scope`, `split`, `moved` and `own`
    (the rule's own choice, which comes first). Choices that make no difference to a rule set are left out, and
    `public` where no school's owner is on file.
    """
    found = []
    for choice, variant in _variants(rules, owners_known=bool(schools["ownership"].notna().any())):
        found.append(assess(schools, variant).county_verdicts.assign(**choice))
    table = pd.concat(found, ignore_index=True)
    return table.sort_values(
        ["county_code", "year", "own"], ascending=[True, True, False], kind="stable"
    ).reset_index(drop=True)


def _variants(rules: RuleSet, *, owners_known: bool) -> Iterator[tuple[dict[str, str | bool], RuleSet]]:
    scopes = {
        "rule": rules.scope,
        "small": rules.scope.model_copy(update={"min_pupils": {}}),
        "public": rules.scope.model_copy(update={"ownership": ("public",)}),
    }
    arises = {"rule": True, "small": True, "public": owners_known}
    scopes = {n: scope for n, scope in scopes.items() if n == "rule" or (arises[n] and scope != rules.scope)}
    splits = [rules.split.apply]
    if rules.unit == "stage" and any(indicator.split for indicator in rules.indicators):
        splits.append(not rules.split.apply)
    moves = [True, False] if moved_columns(rules) else [False]
    for scope, split, moved in product(scopes, splits, moves):
        keep = moved == moves[0]
        own = scope == "rule" and split == rules.split.apply and keep
        choice: dict[str, str | bool] = {"scope": scope, "split": split, "moved": moved, "own": own}
        yield choice, variant(rules, scopes[scope], split=split, keep=keep)


def variant(rules: RuleSet, scope: Scope, *, split: bool, keep: bool) -> RuleSet:
    """Return a rule set under another scope and split; without `keep` what is moved between indicators stays where it was."""
    moved = frozenset() if keep else moved_columns(rules)
    return rules.model_copy(
        update={
            "scope": scope,
            "split": rules.split.model_copy(update={"apply": split}),
            "indicators": tuple(_unmoved(indicator, moved) for indicator in rules.indicators),
        }
    )


def moved_columns(rules: RuleSet) -> frozenset[str]:
    """Return the columns that one indicator takes off and another adds."""
    taken = {name for indicator in rules.indicators for name in indicator.minus}
    return frozenset(taken & {name for indicator in rules.indicators for name in indicator.numerator})


def _unmoved(indicator: Indicator, moved: frozenset[str]) -> Indicator:
    numerator = tuple(name for name in indicator.numerator if name not in moved)
    minus = tuple(name for name in indicator.minus if name not in moved)
    return indicator.model_copy(update={"numerator": numerator or indicator.numerator, "minus": minus})

"""Which units a rule set judges, why others are left out, and of which that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .categories import among, meant
from .exact import Floats
from .standards import RuleSet

REASONS = ("", "named", "kind", "ownership", "no_pupils", "min_pupils")

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Named:
    """Which units' schools the rule names, to be in or out whatever the rest of it says."""

    within: Bools
    out: Bools

    @classmethod
    def of(cls, schools: pd.DataFrame, rows: Rows, rules: RuleSet) -> Named:
        def of_these(ids: Sequence[str]) -> Bools:
            if not ids:
                return np.zeros(len(rows), dtype=bool)
            return schools["school_id"].isin(ids).to_numpy(bool)[rows]

        return cls(of_these(rules.scope.schools_in), of_these(rules.scope.schools_out))


def out_reason(units: pd.DataFrame, named: Named, rules: RuleSet) -> npt.NDArray[np.integer[Any]]:
    """Return the place among `REASONS` of why each unit is out of scope, 0 for one that is in."""
    scope = rules.scope
    kind, ownership = (pd.Categorical(units[name]) for name in ("kind", "ownership"))
    kept = among(ownership, scope.ownership) | (ownership.codes < 0) | (not scope.ownership)
    least = meant(kind, scope.min_pupils, default=np.nan)
    reasons = {
        "named": named.out,
        "kind": among(kind, scope.kinds_out) & ~named.within,
        "ownership": ~kept & ~named.within,
        "no_pupils": units["pupils"] == 0,
        "min_pupils": (units["school_pupils"] < least) & ~named.within,
    }
    places = [REASONS.index(reason) for reason in reasons]
    return np.select([np.asarray(where, dtype=bool) for where in reasons.values()], places, 0)


def surely_in(units: pd.DataFrame, named: Named, at_least: Floats, rules: RuleSet) -> Bools:
    """Return whether nothing that is missing could put a unit out of scope; `at_least`: its school's known pupils."""
    scope = rules.scope
    least = meant(units["kind"].array, scope.min_pupils, default=np.nan)
    if scope.min_pupils:  # a school of unknown type may be of the one that needs most
        least = np.where(units["kind"].isna(), max(scope.min_pupils.values()), least)
    known = units["pupils"].notna().to_numpy(bool)
    sure = known & ~(least > at_least)
    if scope.kinds_out:
        sure &= units["kind"].notna().to_numpy(bool)
    if scope.ownership:
        sure &= units["ownership"].notna().to_numpy(bool)
    return np.asarray(sure | (named.within & known), dtype=bool)

"""Every verdict of the rule of 2017 against a second statement of it that shares no code with the library."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import schema
from analysis.assessment import assess

from .counties import FIGURES, hide, many_counties, rules, some_counties
from .plain_rule import judge

RULES = rules()


def records(schools: pd.DataFrame) -> list[dict[str, Any]]:
    kinds = {code: entry.kind for code, entry in schema.codes("school_type").items()}
    return [
        {str(k): v for k, v in row.items()} | {"kind": kinds[row["school_type_code"]]}
        for row in schools.to_dict("records")
    ]


def same(schools: pd.DataFrame) -> Counter[str]:
    """Hold all verdicts on one county against the plain rule; return how often each was given."""
    found, plain = assess(schools, RULES), judge(records(schools))
    units = found.unit_verdicts.set_index(["school_id", "stage"])["verdict"].to_dict()
    by_school = found.school_verdicts.set_index("school_id")["verdict"].to_dict()
    cvs = found.dispersion.set_index(["stage", "indicator"])["verdict"].to_dict()
    assert (units, by_school, cvs) == plain[:3]
    if units:
        assert found.county_verdicts["verdict"].tolist() == [plain[3]]
    return Counter([*units.values(), *(f"cv {verdict}" for verdict in cvs.values())])


@settings(max_examples=20, deadline=None)
@given(some_counties(most=7), st.data())
def test_all_verdicts_are_those_of_the_plain_rule(schools: pd.DataFrame, data: st.DataObject) -> None:
    same(schools)
    cells = [
        (row, name)
        for row in range(len(schools))
        for name in sorted(FIGURES)
        if pd.notna(schools[name].iloc[row])
    ]
    for row, name in data.draw(st.lists(st.sampled_from(cells), max_size=4, unique=True)):
        schools = hide(schools, row, name)
        same(schools)


@pytest.mark.parametrize("seed", range(3))
def test_counties_of_every_size_by_chance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given_verdicts: Counter[str] = Counter()
    for size in (1, 3, 12, 40):
        table = many_counties(size, per_county=size, missing=0.02 * seed, seed=int(rng.integers(10**6)))
        given_verdicts += same(table.assign(county_code="110000"))
    assert given_verdicts["fail"]
    assert given_verdicts["cv fail"] + given_verdicts["cv pass"]

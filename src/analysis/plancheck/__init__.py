"""
Check a plan that people typed or wrote: does it add up, and does it say what its own figures say.

`reading` makes tables and paragraphs of a file; each check looks at them alone and gives faults with their place.
What contradicts itself must be corrected; what is only unusual is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..errors import Fault
from ..standards import RuleSet
from ..typesetting import chinese
from .against_data import check_against_data
from .claims import check_claims
from .measures import Measure, check_measures, check_number_of_schools, measures
from .ratios import check_ratios
from .reading import Plan, read_plan
from .sentences import check_sentences
from .sums import check_sums

__all__ = ["check_plan"]


def check_plan(path: Path, rules: RuleSet, schools: pd.DataFrame | None = None) -> list[Fault]:
    """
    Return what is wrong in a plan, in the order of the checks; an empty list for one that adds up.

    Parameters
    ----------
    path
        The plan: xlsx, xls, csv or docx.
    rules
        The rule set whose limits “均达标” is held against.
    schools
        The canonical table of the county in one year: with it the plan's measures are added to what the schools
        have, and the schools that still fail the rule are given.

    Raises
    ------
    JunhengError
        The file cannot be read.
    """
    return list(dict.fromkeys(_printed(fault) for fault in _found(read_plan(path), rules, schools)))


def _found(plan: Plan, rules: RuleSet, schools: pd.DataFrame | None) -> Iterator[Fault]:
    listed: list[Measure] = []
    for table in plan.tables:
        found = measures(table)
        listed += found
        if not found:
            yield from check_sums(table)
    yield from check_measures(listed)
    yield from check_number_of_schools(plan, listed)
    yield from check_ratios(plan)
    yield from check_claims(plan, rules)
    yield from check_sentences(plan)
    if schools is not None:
        yield from check_against_data(listed, schools, rules, plan.file)


def _printed(fault: Fault) -> Fault:
    return replace(fault, zh=chinese(fault.zh))

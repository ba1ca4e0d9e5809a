"""Pupils of the years to come: births enter school, cohorts age through the grades, each school apart."""

from __future__ import annotations

from .backtest import backtest, past_error, with_interval
from .cohorts import Cohorts, cohorts, stage_of_grade
from .projection import VARIANTS, Projection, project
from .schools import projected_schools, stage_totals

__all__ = [
    "VARIANTS",
    "Cohorts",
    "Projection",
    "backtest",
    "cohorts",
    "past_error",
    "project",
    "projected_schools",
    "stage_of_grade",
    "stage_totals",
    "with_interval",
]

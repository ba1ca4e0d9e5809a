"""The rules as data: what is judged, against which thresholds, by which clause (params/standards/*.yaml)."""

from .items import CountyItem, Milestone, SchoolTest
from .loading import available, load_standard, standard_path
from .parts import (
    AreaRule,
    Certainty,
    Dispersion,
    Indicator,
    SchoolRule,
    Scope,
    Share,
    Split,
    Stage,
    Thing,
    Threshold,
)
from .ruleset import RuleSet

__all__ = [
    "AreaRule",
    "Certainty",
    "CountyItem",
    "Dispersion",
    "Indicator",
    "Milestone",
    "RuleSet",
    "SchoolRule",
    "SchoolTest",
    "Scope",
    "Share",
    "Split",
    "Stage",
    "Thing",
    "Threshold",
    "available",
    "load_standard",
    "standard_path",
]

"""One invented county, measured in every way of notebook 03 once, for the tests of its figures and sentences."""

from __future__ import annotations

import pandas as pd

from analysis.gaps import inequality_by_area
from analysis.indicators import indicator_values, units_in_scope
from analysis.research.change import area_lines, effects
from analysis.research.decomposition import DIVISIONS, divided, theil_change
from analysis.research.distribution import BY, lorenz, measures
from analysis.research.robustness import holding, specifications
from analysis.research.settings import load_research
from analysis.research.similar import against_similar, similar_schools
from analysis.research.uncertainty import gap_intervals

from .counties import QUALITY, many_counties, rules

RULES, CHOICES = rules(QUALITY), load_research()
STAGE, AREA = "primary", "teaching_area_per_pupil"
SCHOOLS = pd.concat(
    [many_counties(60, seed=1).assign(year=2023), many_counties(60, seed=5)], ignore_index=True
)
VALUES = indicator_values(SCHOOLS, units_in_scope(SCHOOLS, RULES), RULES)
NOW = VALUES[VALUES["year"] == 2025]

INTERVALS = gap_intervals(NOW, CHOICES.bootstrap)
CURVES = lorenz(NOW[NOW["in_scope"]], value="numerator", pupils="denominator", by=list(BY), keep=["area"])
SPREAD = measures(NOW, RULES, aversion=0.5)
DIVIDED = pd.concat([divided(NOW, division, CHOICES) for division in DIVISIONS], ignore_index=True)
MOVED, EFFECTS, LINES = theil_change(inequality_by_area(VALUES)), effects(VALUES, RULES), area_lines(VALUES)
SPECS = specifications(SCHOOLS, RULES, CHOICES, year=2025)
HOLDS = holding(SPECS)
PAIRS = similar_schools(NOW, count=5)
BESIDE = against_similar(NOW, PAIRS)

"""
Every chart of the notebooks: frames in, Axes out.

A chart takes one stage of one county or region, never computes a verdict, shows what is missing as missing, and draws
on the Axes it is given or on a new figure at the size it is printed.
"""

from __future__ import annotations

from .change import effect_bars, panel_lines
from .data import coverage, enrolment
from .gaps import urban_rural_dots
from .heatmap import heatmap_pages, heatmap_schools, status_heatmap
from .ledger import dispersion_limits, shortfall_bars, shortfall_panels
from .lorenz import division_shares, lorenz_panels, theil_change
from .plan import cost_changes, coverage_frontier, money_by_year, pupils_ahead, schools_by_year
from .profile import county_profile
from .region import county_cvs, gap_ends
from .region_panels import gap_changes, gap_levels, gap_years
from .robust import gap_intervals, similar_strips
from .specs import specification_curve, specification_strips
from .spread import distribution_by_area, theil_parts
from .trend import trend

__all__ = [
    "cost_changes",
    "county_cvs",
    "county_profile",
    "coverage",
    "coverage_frontier",
    "dispersion_limits",
    "distribution_by_area",
    "division_shares",
    "effect_bars",
    "enrolment",
    "gap_changes",
    "gap_ends",
    "gap_intervals",
    "gap_levels",
    "gap_years",
    "heatmap_pages",
    "heatmap_schools",
    "lorenz_panels",
    "money_by_year",
    "panel_lines",
    "pupils_ahead",
    "schools_by_year",
    "shortfall_bars",
    "shortfall_panels",
    "similar_strips",
    "specification_curve",
    "specification_strips",
    "status_heatmap",
    "theil_change",
    "theil_parts",
    "trend",
    "urban_rural_dots",
]

"""
Every chart of the notebooks: frames in, Axes out.

A chart takes one stage of one county, never computes a verdict, shows what is missing as missing, and draws
on the Axes it is given or on a new figure at the size it is printed.
"""

from __future__ import annotations

from .charts_change import effect_bars, panel_lines
from .charts_data import coverage, enrolment
from .charts_gaps import urban_rural_dots
from .charts_heatmap import heatmap_pages, status_heatmap
from .charts_ledger import dispersion_limits, shortfall_bars, shortfall_panels
from .charts_lorenz import division_shares, lorenz_panels, theil_change
from .charts_robust import gap_intervals, similar_strips
from .charts_specs import specification_curve, specification_strips
from .charts_spread import distribution_by_area, theil_parts
from .charts_trend import trend

__all__ = [
    "coverage",
    "dispersion_limits",
    "distribution_by_area",
    "division_shares",
    "effect_bars",
    "enrolment",
    "gap_intervals",
    "heatmap_pages",
    "lorenz_panels",
    "panel_lines",
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

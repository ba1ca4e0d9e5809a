"""
Every chart of the notebooks: frames in, Axes out.

A chart takes one stage of one county, never computes a verdict, shows what is missing as missing, and draws
on the Axes it is given or on a new figure at the size it is printed.
"""

from __future__ import annotations

from .charts_data import coverage, enrolment
from .charts_gaps import urban_rural_dots
from .charts_heatmap import heatmap_pages, status_heatmap
from .charts_ledger import dispersion_limits, shortfall_bars, shortfall_panels
from .charts_spread import distribution_by_area, theil_parts
from .charts_trend import trend

__all__ = [
    "coverage",
    "dispersion_limits",
    "distribution_by_area",
    "enrolment",
    "heatmap_pages",
    "shortfall_bars",
    "shortfall_panels",
    "status_heatmap",
    "theil_parts",
    "trend",
    "urban_rural_dots",
]

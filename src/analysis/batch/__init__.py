"""Run notebooks: those of one county or region, or of every county, side by side."""

from .notebooks import region_suite, suite
from .run import NotebookError, Progress, Run, Step, run_county, run_region

__all__ = ["NotebookError", "Progress", "Run", "Step", "region_suite", "run_county", "run_region", "suite"]

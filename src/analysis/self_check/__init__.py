"""A school's self-check: a page of its figures, and whether the ratios it states follow from their parts."""

from .pages import SchoolPage, school_pages
from .stated import check_stated, read_stated

__all__ = ["SchoolPage", "check_stated", "read_stated", "school_pages"]

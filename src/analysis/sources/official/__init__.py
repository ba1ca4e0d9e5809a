"""Workbooks of the education statistics system: known by their titles, read by the paths of their headings."""

from .form import READINGS, Choices, Form, forms, load_choices
from .official import Official
from .part import Part, Reading
from .schoolbook import is_schoolbook
from .sheets import form_of
from .telling import absent, lacking, told, write_readings

__all__ = [
    "READINGS",
    "Choices",
    "Form",
    "Official",
    "Part",
    "Reading",
    "absent",
    "form_of",
    "forms",
    "is_schoolbook",
    "lacking",
    "load_choices",
    "told",
    "write_readings",
]  # fmt: skip

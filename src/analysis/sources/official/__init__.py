"""Workbooks of the education statistics system: known by their titles, read by the paths of their headings."""

from .form import READINGS, Choices, Form, forms, load_choices
from .official import Official
from .part import Part, Reading
from .sheets import form_of

__all__ = ["READINGS", "Choices", "Form", "Official", "Part", "Reading", "form_of", "forms", "load_choices"]

"""The explorer: one selection model (plain Python), and the views of it that a browser shows."""

from __future__ import annotations

from .findings import Explorer, Findings
from .view import View, ViewParams, read_view, view_file, write_view
from .what_if import Added, Sides, WhatIf, changed_rules, with_added

__all__ = [
    "Added",
    "Explorer",
    "Findings",
    "Sides",
    "View",
    "ViewParams",
    "WhatIf",
    "changed_rules",
    "read_view",
    "view_file",
    "with_added",
    "write_view",
]

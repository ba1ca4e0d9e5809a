"""The material beside the project: published cases and real data, which tests read there and never copy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(os.environ.get("JUNHENG_SHARED", Path(__file__).parents[2] / "shared"))


def shared(*parts: str) -> Path:
    """Return a path beside the project, or skip the test with the reason where it is absent."""
    path = BESIDE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{Path(*parts)} is not beside the project (JUNHENG_SHARED names another folder)")
    return path

"""What a run has opened once, handed to its notebooks by a file that a variable names; nothing else reads it."""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VARIABLE = "JUNHENG_HANDED"


def hand_over(opened: object, asked: Mapping[str, str], path: Path) -> dict[str, str]:
    """Write what was opened for these parameters, and return the variable that tells a kernel where."""
    path.write_bytes(pickle.dumps((_told(asked), opened), pickle.HIGHEST_PROTOCOL))
    return {VARIABLE: str(path)}


def handed(asked: Mapping[str, Any]) -> Any:
    """Return what was opened for just these parameters; None where nothing was handed, or something else."""
    path = os.environ.get(VARIABLE)
    if not path or not Path(path).is_file():
        return None
    parameters, opened = pickle.loads(Path(path).read_bytes())
    return opened if parameters == _told(asked) else None


def _told(asked: Mapping[str, Any]) -> dict[str, str]:
    """Leave out what is empty: it was not asked for."""
    return {name: str(value) for name, value in asked.items() if value != ""}

"""What papermill finds under the name `junheng`: the engine, which is loaded when it is first used."""

from __future__ import annotations

from typing import Any


class _Engine:
    """Stands in for `engine.WarmEngine`, which needs papermill: papermill looks its engines up while it is loaded."""

    def __getattr__(self, name: str) -> Any:
        from .engine import WarmEngine

        return getattr(WarmEngine, name)


ENGINE = _Engine()

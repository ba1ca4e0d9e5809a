"""Where the files that come with the library stand: rules, columns, notebooks, the sample county."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def root() -> Path:
    """Return the folder that holds params/, notebooks/ and data/: packed in a wheel, else the checkout."""
    packed = _PACKAGE / "_shipped"
    return packed if packed.is_dir() else _PACKAGE.parent.parent


def params(*parts: str) -> Path:
    """Return a path below params/."""
    return root().joinpath("params", *parts)


def notebooks() -> Path:
    """Return the folder of the notebooks."""
    return root() / "notebooks"

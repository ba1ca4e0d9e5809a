"""Columns of text held as codes: what is said of a code is looked up once, not once a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def meant(codes: pd.Categorical[Any], meaning: Mapping[str, Any], *, default: Any) -> npt.NDArray[Any]:
    """Return what the code of each row means; `default` for one that is missing or has no meaning."""
    table = np.array([*(meaning.get(code, default) for code in codes.categories), default])
    found: npt.NDArray[Any] = table[codes.codes]
    return found


def renamed(codes: pd.Categorical[Any], names: Mapping[str, str | None]) -> pd.Categorical[Any]:
    """Return the name of each code; missing where it has none."""
    known = list(dict.fromkeys(name for name in names.values() if name is not None))
    places = {code: known.index(name) for code, name in names.items() if name is not None}
    return of_codes(meant(codes, places, default=-1), known)


def among(codes: pd.Categorical[Any], names: Iterable[str]) -> npt.NDArray[np.bool_]:
    """Return which rows have one of these codes."""
    return meant(codes, dict.fromkeys(names, True), default=False)


def texts(places: npt.NDArray[np.integer[Any]], names: Sequence[str]) -> pd.Series[str]:
    """Return the names at these places as text, missing at -1."""
    return pd.Series(_text(of_codes(places, names)))


def spelt(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns of codes are text."""
    return frame.assign(**{str(name): _text(frame[name].array) for name in frame.select_dtypes("category")})


def _text(codes: Any) -> Any:
    return codes.categories.array.take(codes.codes, allow_fill=True)


def of_codes(places: npt.NDArray[np.integer[Any]], names: Sequence[str]) -> pd.Categorical[Any]:
    """Return the names at these places, -1 for none, as categories."""
    found: pd.Categorical[Any] = pd.Categorical.from_codes(places, dtype=_dtype(tuple(names)))
    return found


@cache
def _dtype(names: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(names, dtype="str"))

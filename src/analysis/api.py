"""
The researcher's door: open and judge a county, measure any DataFrame, take labelled files in and out.

Everything here is the library's own; the measures take any DataFrame with named columns.

>>> import pandas as pd
>>> from analysis import api
>>> schools = pd.DataFrame({"books": [300, 500, 100], "pupils": [10, 10, 10], "area": ["urban", "urban", "rural"]})
>>> api.cv(schools, value="books", pupils="pupils")["cv"].round(4).item()
0.5443
>>> api.urban_rural_gap(schools, value="books", pupils="pupils", area="area")[["urban", "rural", "ratio"]].values.tolist()
[[40.0, 10.0, 4.0]]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from .assessment import Assessment, assess
from .errors import Fault, JunhengError, Place
from .explore import Explorer, View, WhatIf, read_view
from .gaps import urban_rural
from .inequality import atkinson as _atkinson
from .inequality import coefficient_of_variation
from .inequality import gini as _gini
from .inequality import theil as _theil
from .publish.labelled import write_labelled
from .publish.replication import replication_bundle
from .sources.labelled import Labelled, read_labelled
from .standards import RuleSet, load_standard
from .study import Study
from .study import open_county as load_county

__all__ = [
    "Assessment",
    "Explorer",
    "Labelled",
    "RuleSet",
    "Study",
    "View",
    "WhatIf",
    "assess",
    "atkinson",
    "cv",
    "gini",
    "load_county",
    "load_standard",
    "read_labelled",
    "read_view",
    "replication_bundle",
    "theil",
    "urban_rural_gap",
    "write_labelled",
]

By = str | Sequence[str]


def cv(frame: pd.DataFrame, *, value: str, pupils: str, by: By = ()) -> pd.DataFrame:
    """
    Return the pupil-weighted coefficient of variation (差异系数); see `inequality.coefficient_of_variation`.

    Parameters
    ----------
    value, pupils
        Columns of the resource total (not per pupil) and of the pupils of each row.
    by
        Column or columns that make groups; without it the whole frame is one group.

    Raises
    ------
    JunhengError
        A column is not there, or a figure is no number or below 0; so with all measures here.

    Returns
    -------
    One row per group: `by`, `n`, `n_missing`, `pupils`, `mean`, `sd`, `cv`.

    >>> frame = pd.DataFrame({"rooms": [4, 6, None], "pupils": [100, 100, 50]})
    >>> cv(frame, value="rooms", pupils="pupils")[["n", "n_missing", "cv"]].round(6).values.tolist()
    [[2.0, 1.0, 0.2]]
    """
    return _measured(coefficient_of_variation, frame, by, value=value, pupils=pupils)


def gini(frame: pd.DataFrame, *, value: str, pupils: str, by: By = ()) -> pd.DataFrame:
    """
    Return the pupil-weighted Gini coefficient; see `inequality.gini`. Parameters as in `cv`.

    >>> frame = pd.DataFrame({"rooms": [0, 5], "pupils": [1, 1]})
    >>> gini(frame, value="rooms", pupils="pupils")["gini"].item()
    0.5
    """
    return _measured(_gini, frame, by, value=value, pupils=pupils)


def theil(
    frame: pd.DataFrame, *, value: str, pupils: str, by: By = (), part: str | None = None
) -> pd.DataFrame:
    """
    Return Theil T and L, with `part` also what lies between and within its groups; see `inequality.theil`.

    >>> frame = pd.DataFrame({"rooms": [1, 3], "pupils": [1, 1], "area": ["rural", "urban"]})
    >>> found = theil(frame, value="rooms", pupils="pupils", part="area")
    >>> found[["theil_t", "between_t", "within_t"]].round(4).values.tolist()
    [[0.1308, 0.1308, 0.0]]
    """
    return _measured(_theil, frame, by, value=value, pupils=pupils, part=part)


def atkinson(frame: pd.DataFrame, *, value: str, pupils: str, aversion: float, by: By = ()) -> pd.DataFrame:
    """
    Return the Atkinson index; see `inequality.atkinson`. Parameters as in `cv`.

    >>> frame = pd.DataFrame({"rooms": [1, 1], "pupils": [10, 20]})
    >>> atkinson(frame, value="rooms", pupils="pupils", aversion=0.5)["atkinson"].round(4).item()
    0.0286
    """
    return _measured(_atkinson, frame, by, value=value, pupils=pupils, aversion=aversion)


def urban_rural_gap(
    frame: pd.DataFrame,
    *,
    value: str,
    pupils: str,
    area: str,
    by: By = (),
    urban: str = "urban",
    rural: str = "rural",
    lower_is_better: bool = False,
) -> pd.DataFrame:
    """
    Compare two areas by what their pupils have: Σ resource / Σ pupils on either side; see `gaps.urban_rural`.

    Parameters
    ----------
    value, pupils, by
        As in `cv`.
    area
        Column that says on which side a row stands; `urban` and `rural` are its two values, others are counted as
        unknown. Neither is taken to be the worse one.

    Returns
    -------
    One row per group: `by`, `urban`, `rural`, `difference`, `ratio`, `n_urban`, `n_rural`, `n_missing_urban`,
    `n_missing_rural`, `n_unknown`, `favours`.

    >>> frame = pd.DataFrame({"m2": [90, 80], "pupils": [10, 20], "where": ["village", "city"]})
    >>> found = urban_rural_gap(frame, value="m2", pupils="pupils", area="where", urban="city", rural="village")
    >>> found[["urban", "rural", "favours"]].values.tolist()
    [[4.0, 9.0, 'rural']]
    """
    keys = [by] if isinstance(by, str) else list(by)
    _check(frame, [value, pupils], [area, *keys])
    if not frame[area].isin([urban, rural]).any():
        _refuse_sides(frame[area], urban, rural)
    group = frame.groupby(keys, dropna=False, sort=True).ngroup() if keys else 0
    held, weight = frame[value].astype(float), frame[pupils].astype(float)
    values = pd.DataFrame(
        {
            "group": group,
            "area": frame[area].map({urban: "urban", rural: "rural"}),
            "value": held / weight.where(weight > 0),
            "denominator": weight,
            "pupils": weight,
        },
        index=frame.index,
    ).assign(in_scope=True, year=0, stage="", indicator="", better="lower" if lower_is_better else "higher")
    gaps = urban_rural(values.rename(columns={"group": "county_code"}))
    gaps = gaps[gaps["mean"] == "totals"].drop(columns=["year", "stage", "indicator", "mean"])
    named = frame[keys].assign(county_code=group).drop_duplicates("county_code")
    return (
        named.merge(gaps, on="county_code").drop(columns="county_code").sort_values(keys, ignore_index=True)
        if keys
        else gaps.drop(columns="county_code").reset_index(drop=True)
    )


def _measured(
    measure: Callable[..., pd.DataFrame], frame: pd.DataFrame, by: By, **options: Any
) -> pd.DataFrame:
    keys = [by] if isinstance(by, str) else list(by)
    part = options.get("part")
    _check(frame, [options["value"], options["pupils"]], [*keys, *([part] if part else [])])
    if keys:
        return measure(frame, by=keys, **options)
    return measure(frame.assign(_all=0), by=["_all"], **options).drop(columns="_all")


def _check(frame: pd.DataFrame, numbers: Sequence[str], others: Sequence[str]) -> None:
    """Refuse columns that are not there, and figures that are no numbers or below 0, all at once."""
    known = ", ".join(map(str, frame.columns))
    faults = [
        Fault(
            "no-such-column",
            f"没有这一列。现有：{known}。",
            f"no such column; there are: {known}.",
            Place(column=name),
        )
        for name in dict.fromkeys([*numbers, *others])
        if name not in frame
    ]
    for name in dict.fromkeys(name for name in numbers if name in frame):
        figures = pd.to_numeric(frame[name], errors="coerce")
        for wrong, kind, zh, en in (
            (figures.isna() & frame[name].notna(), "not-a-number", "不是数字", "is not a number"),
            (figures < 0, "negative", "小于0", "is below 0"),
        ):
            if wrong.any():
                first, n = frame.index[wrong][0], int(wrong.sum())
                faults.append(
                    Fault(
                        kind,
                        f"有{n}行{zh}，首行的行标为{first}。",
                        f"{n} row(s) where it {en}; the first is labelled {first}.",
                        Place(column=name, value=str(frame[name][wrong].iloc[0])),
                    )
                )
    if faults:
        raise JunhengError(faults)


def _refuse_sides(area: pd.Series[Any], urban: str, rural: str) -> None:
    held = "、".join(map(str, area.dropna().unique()[:10])) or "—"
    raise JunhengError(
        Fault(
            "no-such-side",
            f"没有一行是“{urban}”或“{rural}”。现有：{held}。用urban=、rural=指明。",
            f"no row is “{urban}” or “{rural}”; there are: {held}. Name them with urban= and rural=.",
            Place(column=str(area.name)),
        )
    )

"""Similar schools: those of the same stage and side whose size is nearest, and what they have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .aggregates import require_schools

_GROUP = ["county_code", "year", "stage", "area"]
_UNIT = [*_GROUP, "school_id"]


def similar_schools(values: pd.DataFrame, *, count: int) -> pd.DataFrame:
    """
    Return the schools most like each school: same county, year, stage and side, nearest in pupils.

    Nearness is the ratio of pupils (of the stage), so that 40 and 80 are as far apart as 400 and 800. Of equals the
    first by code is taken.

    Parameters
    ----------
    values
        Table of that name (or `units`); units in scope with pupils and side on file.
    count
        How many schools each is held against; a side of fewer gives all there are.

    Returns
    -------
    One row per unit and similar school: `county_code, year, stage, area, school_id, school_name, pupils`, `rank` (from
    1), `similar_id`, `similar_name`, `similar_pupils`, `times` = similar_pupils / pupils.

    Raises
    ------
    JunhengError
        The rows are totals of areas, not schools.
    """
    require_schools(values)
    units = values[values["in_scope"] & (values["pupils"] > 0) & values["area"].notna()]
    units = units.drop_duplicates(_UNIT)[[*_UNIT, "school_name", "pupils"]]
    units = units.sort_values([*_GROUP, "pupils", "school_id"], ignore_index=True)
    group = units.groupby(_GROUP, sort=True).ngroup().to_numpy()
    # Sorted by size, the nearest stand within `count` places on either side.
    steps = np.array([step for step in range(-count, count + 1) if step])
    place = np.arange(len(units))[:, None] + steps
    inside = (place >= 0) & (place < len(units))
    place = np.where(inside, place, 0)
    inside &= group[place] == group[:, None]
    size = np.log(units["pupils"].to_numpy())
    apart = np.where(inside, np.abs(size[place] - size[:, None]), np.inf)
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :count]
    unit, rank = np.nonzero(np.isfinite(np.take_along_axis(apart, nearest, axis=1)))
    other = units.iloc[place[unit, nearest[unit, rank]]].reset_index(drop=True)
    found = units.iloc[unit].reset_index(drop=True)
    return found.assign(
        rank=rank + 1,
        similar_id=other["school_id"],
        similar_name=other["school_name"],
        similar_pupils=other["pupils"],
        times=other["pupils"] / found["pupils"],
    )


def against_similar(values: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """
    Hold each unit's figure against the median of its similar schools.

    Parameters
    ----------
    pairs
        What `similar_schools` returns of the same values.

    Returns
    -------
    One row per unit with similar schools and indicator: the unit's columns, `indicator`, `better`, `value`, `median` (of
    the similar schools whose figure is known), `n_similar` (of those), `percent` = 100 · value / median (NaN where the
    median is 0 or a figure is missing).
    """
    wanted = values[values["in_scope"]][[*_UNIT, "indicator", "better", "value"]]
    theirs = wanted.rename(columns={"school_id": "similar_id", "value": "theirs"}).drop(columns="better")
    held = pairs[[*_UNIT, "similar_id"]].merge(theirs, on=[*_GROUP, "similar_id"])
    median = held.groupby([*_UNIT, "indicator"])["theirs"].agg(median="median", n_similar="count")
    units = pairs.drop_duplicates(_UNIT)[[*_UNIT, "school_name", "pupils"]]
    table = units.merge(wanted, on=_UNIT).merge(median.reset_index(), on=[*_UNIT, "indicator"])
    return table.assign(percent=100 * table["value"] / table["median"].where(table["median"] > 0))

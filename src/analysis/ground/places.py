"""Measures of places: where schools stand, what each township has, how far people live from a school, large classes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from ..exact import NEAR
from ..standards import Indicator, RuleSet
from .norms import Norms

TOWNSHIP_DIGITS = 9  # a township's code; the twelve digits of a village begin with it


def placed_schools(schools: pd.DataFrame, townships: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """
    Return the schools of one year with their township and point.

    Parameters
    ----------
    schools
        Rows of one county and year of the table `schools`.
    townships
        Polygons; a school that names no township belongs to the one it stands in.

    Returns
    -------
    `school_id`, `school_name`, `township` (nine-digit code, else the name, else None), `township_name`, geometry
    (EPSG:4326, None where a coordinate is missing).
    """
    known = schools[["lon", "lat"]].notna().all(axis=1)
    points = gpd.GeoSeries(gpd.points_from_xy(schools["lon"], schools["lat"]), crs=4326, index=schools.index)
    township, name = schools["township_code"].str[:TOWNSHIP_DIGITS], schools["township_name"]
    if townships is not None and known.any():
        within = gpd.sjoin(
            gpd.GeoDataFrame(geometry=points[known]), township_keys(townships), predicate="within"
        )
        within = within[~within.index.duplicated()]
        township = township.fillna(within["township"].where(name.reindex(within.index).isna()))
    if townships is not None:
        by_name = township_keys(townships).dropna(subset=["township_name"])
        by_name = by_name.drop_duplicates("township_name").set_index("township_name")["township"]
        township = township.fillna(name.map(by_name))
        names = township_keys(townships).drop_duplicates("township").set_index("township")["township_name"]
        name = name.fillna(township.map(names))
    frame = pd.DataFrame(
        {
            "school_id": schools["school_id"],
            "school_name": schools["school_name"],
            "township": township.fillna(name),
            "township_name": name.fillna(township),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=points.where(known, None), crs=4326).reset_index(drop=True)


def township_keys(townships: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return township polygons with `township` (nine-digit code, else the name), `township_name`, geometry."""
    code, name = townships["township_code"].str[:TOWNSHIP_DIGITS], townships["township_name"]
    frame = {"township": code.fillna(name), "township_name": name.fillna(code)}
    return gpd.GeoDataFrame(frame, geometry=townships.geometry, crs=townships.crs)


def unit_places(units: pd.DataFrame, verdicts: pd.DataFrame, placed: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Return each unit that has pupils or whose pupils are missing, with its place and verdict.

    Parameters
    ----------
    units, verdicts
        Tables `units` and `unit_verdicts` of one county and year.
    placed
        Its schools, in any projection.

    Returns
    -------
    `placed`'s columns and `stage, kind, pupils, area3`, `verdict`: pass, fail, undetermined, `unjudged` where the rule
    judges no units, `out` where the unit is out of scope.
    """
    rows = units.loc[
        units["out_reason"] != "no_pupils", ["school_id", "stage", "kind", "pupils", "area3", "in_scope"]
    ]
    rows = rows.merge(verdicts[["school_id", "stage", "verdict"]], on=["school_id", "stage"], how="left")
    rows["verdict"] = rows["verdict"].fillna("unjudged").where(rows["in_scope"].astype(bool), "out")
    return placed.merge(rows.drop(columns="in_scope"), on="school_id", how="inner")


def township_values(judged: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """
    Return each indicator for each township as ratio of totals, over the units in scope.

    value = per · Σ numerator / Σ denominator over the units whose figure is known. `status` tells the class of that
    ratio (met, floor, below, missing, unjudged): how the township's schools stand together, not a verdict, which the
    rule gives on each school. A ratio within 1e-9 of a line counts as on it.

    Parameters
    ----------
    judged
        Table of that name, of one county and year.
    placed
        Its schools (`placed_schools`); units whose township is unknown are left out.

    Returns
    -------
    One row per township × stage × indicator: `township, township_name, stage, indicator, n, n_missing, pupils, value,
    threshold, floor, better, status`.
    """
    where = placed[["school_id", "township", "township_name"]].drop_duplicates("school_id")
    rows = judged[judged["in_scope"].astype(bool)].merge(where, on="school_id").dropna(subset=["township"])
    known = rows["value"].notna()
    rows = rows.assign(
        n=1,
        n_missing=(~known).astype(int),
        scaled=(rows["value"] * rows["denominator"]).where(known),
        base=rows["denominator"].where(known),
    )
    grouped = rows.groupby(["township", "stage", "indicator"], sort=False)
    sums = grouped[["n", "n_missing", "pupils", "scaled", "base"]].sum(min_count=1)
    first = grouped[["township_name", "threshold", "floor", "better"]].first()
    frame = pd.concat([sums, first], axis=1).reset_index()
    frame["value"] = frame["scaled"] / frame["base"].where(frame["base"] > 0)
    return frame.assign(status=_status(frame)).drop(columns=["scaled", "base"])


def _status(frame: pd.DataFrame) -> pd.Series[str]:
    """Return the class of each value against its threshold and floor."""
    better, value = np.where(frame["better"] == "lower", -1, 1), frame["value"]

    def reaches(limit: pd.Series[float]) -> pd.Series[bool]:
        return (value - limit) * better >= -NEAR * limit.abs()

    status = np.select(
        [
            value.isna(),
            frame["threshold"].isna(),
            reaches(frame["threshold"]),
            frame["floor"].isna() | reaches(frame["floor"]),
        ],
        ["missing", "unjudged", "met", "floor"],
        "below",
    )
    return pd.Series(status, index=frame.index, dtype="str")


def most_uneven(values: pd.DataFrame, stage: str, rules: RuleSet) -> Indicator | None:
    """
    Return the indicator that differs most between the townships of a stage: the largest ratio of the standard deviation
    to the mean, every township alike; None where no indicator has two townships with figures.
    """
    rows = values[(values["stage"] == stage)].dropna(subset=["value"])
    known = rows.groupby("indicator")["value"].agg(["count", "mean", "std"])
    known = known[(known["count"] > 1) & (known["mean"] > 0)]
    if known.empty:
        return None
    return rules.indicator(str((known["std"] / known["mean"]).idxmax()))


def class_sizes(
    schools: pd.DataFrame, places: gpd.GeoDataFrame, rules: RuleSet, norms: Norms
) -> gpd.GeoDataFrame:
    """
    Return the largest class of each unit and the kind of class it is.

    Parameters
    ----------
    schools
        Rows of one county and year of the table `schools`.
    places
        `unit_places`; every unit with pupils counts, in scope or not, but for kinds of school that the rule never judges.

    Returns
    -------
    `places` of the stages that the norms know, plus `largest` (pupils, NaN where missing) and `size`: the id of the
    highest kind reached (params/norms.yaml), `usual` below all of them, `missing`.
    """
    found = []
    for stage in rules.judged_stages:
        kinds, column = norms.class_kinds(stage), f"largest_class_{stage}"
        if not kinds or column not in schools:
            continue
        largest = schools.drop_duplicates("school_id").set_index("school_id")[column]
        rows = places[(places["stage"] == stage) & ~places["kind"].isin(rules.scope.kinds_out)]
        values = rows["school_id"].map(largest).astype("float64")
        reached = np.searchsorted([kind.at_least[stage] for kind in kinds], values, side="right")
        names = np.array(["usual", *(kind.id for kind in kinds)])
        found.append(
            rows.assign(
                largest=values,
                size=np.where(values.isna(), "missing", names[np.minimum(reached, len(kinds))]),
            )
        )
    if not found:
        return places.iloc[:0].assign(largest=np.nan, size="")
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=places.crs)

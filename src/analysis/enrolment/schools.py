"""Projected pupils as tables: school tables that can be judged, and totals by stage, area or township."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .projection import Projection, Variant


def projected_schools(
    schools: pd.DataFrame, projection: Projection, variant: Variant = "middle"
) -> pd.DataFrame:
    """
    Return the schools of the base year in each projected year: pupils as projected, all else as it stands.

    Stages that are not projected (senior) keep the pupils of the base year; a stage whose pupils are missing in the
    base year stays missing. The table can be judged like one on file (`assessment.assess`).
    """
    base = schools[schools["year"] == projection.base_year].reset_index(drop=True)
    rows = projection.of(variant)
    rows = rows.assign(
        column=np.where(
            rows["grade"] == 0,
            "pupils_" + rows["stage"],
            "pupils_" + rows["stage"] + "_g" + rows["grade"].astype(str),
        )
    )
    wide = rows.pivot_table(index=["year", "school_id"], columns="column", values="pupils")
    frames = []
    for year in range(projection.base_year + 1, projection.last_year + 1):
        now = wide.xs(year).reindex(index=base["school_id"])
        frame = base.assign(year=year)
        for column, pupils in now.items():
            frame[str(column)] = pupils.to_numpy(float)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def stage_totals(
    projection: Projection, schools: pd.DataFrame, by: Sequence[str] = ("variant", "year", "stage")
) -> pd.DataFrame:
    """
    Return the projected pupils of each stage, added up by `variant`, `year`, `stage`, `township_code`, `area3`, `grade` …

    `assumed` says whether any of them rests on assumed births. Stage totals are taken unless `grade` is asked for.
    """
    rows = projection.pupils
    rows = rows[rows["grade"] > 0] if "grade" in by else rows[rows["grade"] == 0]
    about = schools[schools["year"] == projection.base_year]
    rows = rows.merge(about[["school_id", "township_code", "township_name", "area3"]], on="school_id")
    rows = rows.assign(assumed=rows["basis"] == "assumed")
    found = rows.groupby(list(by), dropna=False, sort=False)
    return found.agg(pupils=("pupils", "sum"), assumed=("assumed", "any")).reset_index()

"""The checks a county office expects of its school table: what must be corrected, what must be explained."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from .. import schema
from ..errors import Fault
from . import plausibility, positions
from .checkbook import RowCheck, checkbook, grades
from .findings import Findings, evaluated


def check_schools(
    schools: pd.DataFrame, headers: Mapping[str, str], *, boundary: gpd.GeoDataFrame | None = None
) -> list[Fault]:
    """
    Return every fault between the figures of a school table that each look right alone.

    Types, ranges, unknown codes and a school filed twice in a year are the reader's to find; this is
    the second pass (params/checks.yaml): 逻辑校验 refuse, 经验校验 ask for an explanation. A check says
    nothing where a figure it needs is missing: missing is neither wrong nor right.

    Parameters
    ----------
    schools
        The canonical table: one row per school and year, every column of params/columns.yaml, and
        `source_file`, `source_sheet`, `source_row` for the place of each fault.
    headers
        The user's header of each canonical column; a column that is absent is called as in the registry.
    boundary
        The county or counties (EPSG:4326). Without it no position can lie outside.

    Returns
    -------
    The faults, check by check, in the order of the table. Those of level `explain` carry the text of
    the row's 说明 column, '' where nothing is explained yet.
    """
    if schools.empty:
        return []
    book = checkbook()
    table = schools.reset_index(drop=True)
    findings = Findings(table, headers)
    figures = with_helpers(table)
    for check in book.within_row:
        _check_rows(findings, figures, check)
    positions.check_positions(findings, book.position, boundary)
    plausibility.check_identity(findings, book.identity)
    plausibility.check_jumps(findings, figures, book.jumps)
    plausibility.check_outliers(findings, figures, book.outliers)
    plausibility.check_intake(findings, figures, book.intake)
    return findings.faults


def with_helpers(schools: pd.DataFrame) -> pd.DataFrame:
    """
    Return the table with the columns that conditions in params/checks.yaml may use besides the registry's.

    `has_<stage>`, `type_known` (bool); `pupils` (persons; missing when a stage of the school's type is);
    `grades_<stage>` (persons, the grades given added up), `all_grades_<stage>` (bool);
    `earlier_<stage>` (bool; the stage begins a grade earlier than usual, as 五四制 does).
    """
    types = schema.codes("school_type")
    helpers: dict[str, pd.Series] = {}
    lacking = pd.Series(False, index=schools.index)
    for stage in schema.STAGES:
        with_stage = [code for code, entry in types.items() if stage in entry.stages]
        helpers[f"has_{stage}"] = schools["school_type_code"].isin(with_stage)
        lacking |= helpers[f"has_{stage}"] & schools[f"pupils_{stage}"].isna()
        by_grade = grades(stage)
        if by_grade:
            every = grades(stage, every=True)
            helpers[f"grades_{stage}"] = schools[every].sum(axis=1, min_count=1)
            helpers[f"all_grades_{stage}"] = schools[by_grade].notna().all(axis=1)
            helpers[f"earlier_{stage}"] = (schools[[g for g in every if g < by_grade[0]]] > 0).any(axis=1)
    with_stages = [code for code, entry in types.items() if entry.stages]
    helpers["type_known"] = schools["school_type_code"].isin(with_stages)
    of_all_stages = schools[[f"pupils_{stage}" for stage in schema.STAGES]]
    helpers["pupils"] = of_all_stages.sum(axis=1, min_count=1).mask(lacking)
    return pd.concat([schools, pd.DataFrame(helpers)], axis=1)


def _check_rows(findings: Findings, figures: pd.DataFrame, check: RowCheck) -> None:
    known = figures[list(check.needed)].notna().all(axis=1)
    wrong = known & evaluated(figures, check.wrong_when)
    if wrong.any():
        shown = evaluated(figures, check.shows) if check.shows else ""
        findings.add_each(check.id, check.level, check, wrong, columns=check.columns, shown=shown)

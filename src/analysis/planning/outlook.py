"""If nothing is done: the rule under projected pupils, and what is short or to spare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..assessment import Assessment, assess
from ..enrolment import Projection, projected_schools, stage_of_grade
from ..enrolment.projection import Variant
from ..programme import Programme
from ..standards import RuleSet


@dataclass(frozen=True)
class Outlook:
    """
    The county from the base year on, with its means as they stand and its pupils as projected.

    Attributes
    ----------
    schools
        The base year as filed, then one copy a year with projected pupils.
    assessment
        Judged by the same rule and code as the years on file.
    """

    schools: pd.DataFrame
    assessment: Assessment

    @property
    def base_year(self) -> int:
        """The year on file."""
        return int(self.schools["year"].min())

    @property
    def last_year(self) -> int:
        """The last year projected."""
        return int(self.schools["year"].max())


def do_nothing(
    schools: pd.DataFrame, projection: Projection, rules: RuleSet, variant: Variant = "middle"
) -> Outlook:
    """Judge the base year and every projected year, nothing built and nobody hired."""
    base = schools[schools["year"] == projection.base_year]
    table = pd.concat([base, projected_schools(schools, projection, variant)], ignore_index=True)
    return Outlook(table, assess(table, rules))


def places(schools: pd.DataFrame, programme: Programme, rules: RuleSet) -> pd.DataFrame:
    """
    Return supply of and demand for school places by year, stage and area (学位供需).

    Places are the classes of the base year times the class size of the norm; a school that filed no classes leaves
    its places unknown and is counted.

    Parameters
    ----------
    schools
        An outlook's schools: the classes on file stand in every year.

    Returns
    -------
    One row per year, stage and `area3` (and `all`): `grade` the stage begins with, `entrants` in it, `pupils`, `classes`,
    `places`, `balance` = places − pupils (below 0: short), `n_missing`.
    """
    frames, begins = [], _first_grades(schools, rules)
    for stage, grade in begins.items():
        first = f"pupils_{stage}_g{grade}"
        rows = schools[schools[f"pupils_{stage}"].fillna(0) > 0]
        entrants = rows[first] if first in rows else pd.Series(np.nan, rows.index)
        parts = pd.DataFrame(
            {
                "year": rows["year"],
                "area3": rows["area3"],
                "entrants": entrants,
                "pupils": rows[f"pupils_{stage}"],
                "classes": rows[f"classes_{stage}"],
                "n_missing": rows[f"classes_{stage}"].isna().astype(int),
            }
        )
        whole = pd.concat([parts, parts.assign(area3="all")])
        grouped = whole.groupby(["year", "area3"], sort=True, dropna=False)
        found = grouped[["entrants", "pupils", "classes", "n_missing"]].sum(min_count=1).reset_index()
        size = programme.given(f"class_size_{stage}")
        frames.append(found.assign(stage=stage, grade=grade, places=found["classes"] * size))
    table = pd.concat(frames, ignore_index=True)
    return table.assign(balance=table["places"] - table["pupils"])


def _first_grades(schools: pd.DataFrame, rules: RuleSet) -> dict[str, int]:
    """Return the grade that each judged stage begins with in these schools."""
    found: dict[str, int] = {}
    for grade, stage in stage_of_grade(schools, rules).items():
        found.setdefault(stage, grade)
    return found


def staffing(schools: pd.DataFrame, programme: Programme, rules: RuleSet) -> pd.DataFrame:
    """
    Return teachers needed and on hand by year and stage (教师供需), the teachers of the base year standing.

    needed = ⌈pupils / pupils per teacher⌉ of the stage as a whole; retired = teachers of the base year × retirement
    rate, each year.

    Returns
    -------
    One row per year and stage: `pupils`, `norm` (pupils per teacher), `needed`, `teachers`, `balance` = teachers −
    needed (above 0: more than the norm), `retired`, `to_hire` = what keeps the norm after retirement (0 where the
    balance covers it), `n_missing` (schools without the figure).
    """
    frames = []
    for stage, about in rules.stages.items():
        if not about.judged:
            continue
        rows = schools[schools[f"pupils_{stage}"].fillna(0) > 0]
        grouped = rows.groupby("year")
        found = pd.DataFrame(
            {
                "pupils": grouped[f"pupils_{stage}"].sum(),
                "teachers": grouped[f"teachers_{stage}"].sum(min_count=1),
                "n_missing": grouped[f"teachers_{stage}"].apply(lambda column: int(column.isna().sum())),
            }
        ).reset_index()
        norm = programme.given(f"pupils_per_teacher_{stage}")
        frames.append(found.assign(stage=stage, norm=norm, needed=np.ceil(found["pupils"] / norm)))
    table = pd.concat(frames, ignore_index=True)
    ahead = table["year"] - table["year"].min()
    gone = np.rint(table["teachers"] * programme.share("retirement_rate") * ahead)
    balance = table["teachers"] - table["needed"]
    yearly = gone.groupby(table["stage"]).diff().fillna(0)
    return table.assign(balance=balance, retired=yearly, to_hire=(gone - balance).clip(lower=0))


def small_schools(outlook: Outlook, programme: Programme) -> pd.DataFrame:
    """
    Return the schools that have or will have few pupils: a question for people, answered by no program.

    Kinds that the rule never judges, such as special schools, are small by their nature and are not listed.

    Returns
    -------
    One row per school that is below `small_school` in the base or the last year: `school_id`, `school_name`,
    `township_name`, `area3`, `pupils` (all stages, base year), `pupils_last`, `below` (the line the last year is
    below: `tiny`, `small`, or `none`).
    """
    columns = [c for c in map(str, outlook.schools) if c.startswith("pupils_") and c.count("_") == 1]
    columns = [c for c in columns if c != "pupils_compulsory"]
    size = outlook.schools[columns].sum(axis=1, min_count=1)
    sized = outlook.schools.assign(pupils=size)
    now = sized[sized["year"] == outlook.base_year].reset_index(drop=True)
    later = sized[sized["year"] == outlook.last_year].set_index("school_id")["pupils"]
    found = now.assign(pupils_last=now["school_id"].map(later))
    small, tiny = programme.given("small_school"), programme.given("tiny_school")
    found["below"] = np.select(
        [found["pupils_last"] < tiny, found["pupils_last"] < small], ["tiny", "small"], "none"
    )
    units = outlook.assessment.units
    never_judged = found["school_id"].isin(units.loc[units["out_reason"] == "kind", "school_id"])
    listed = found[((found["pupils"] < small) | (found["pupils_last"] < small)) & ~never_judged]
    keep = ["school_id", "school_name", "township_name", "area3", "pupils", "pupils_last", "below"]
    return listed[keep].sort_values(["pupils_last", "school_id"], ignore_index=True)

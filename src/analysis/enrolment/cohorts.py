"""The pupils on file as cohorts: schools × grades × years, and the births behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..exact import Floats
from ..programme import Programme
from ..standards import RuleSet


@dataclass(frozen=True)
class Cohorts:
    """
    The pupils of one county by school, grade and year.

    Attributes
    ----------
    schools
        One row per school open in the last year: `school_id`, `school_name`, `township_code`, `area`.
    years
        The years on file without a break, first to last; one not on file is all NaN.
    grades
        Stage of each grade, in order: {1: "primary", …, 9: "junior"}.
    pupils
        Persons, schools × grades × years; NaN where not filed, and before a school opened.
    totals
        Persons by stage: schools × years each; what is on file where grades are not.
    """

    schools: pd.DataFrame
    years: tuple[int, ...]
    grades: dict[int, str]
    pupils: Floats
    totals: dict[str, Floats]

    def of_stage(self, stage: str) -> list[int]:
        """Return the positions of a stage's grades."""
        return [at for at, grade in enumerate(self.grades) if self.grades[grade] == stage]

    def entries(self) -> dict[int, str]:
        """Return position and stage of the first grade of each stage."""
        return {self.of_stage(stage)[0]: stage for stage in dict.fromkeys(self.grades.values())}

    @property
    def graded(self) -> np.ndarray:
        """Which schools have pupils by grade in the last year."""
        return np.asarray(np.nansum(self.pupils[:, :, -1], axis=1) > 0)


def cohorts(schools: pd.DataFrame, rules: RuleSet, last_year: int) -> Cohorts:
    """
    Return the cohorts of one county up to a year.

    Parameters
    ----------
    schools
        The canonical table of one county. Schools that are closed in `last_year` are left out.
    rules
        Whose stages and grades count; stages that are not judged are not projected.
    """
    stages = [name for name, stage in rules.stages.items() if stage.judged]
    rows = schools[schools["year"] <= last_year]
    years = tuple(range(int(rows["year"].min()), last_year + 1))
    now = rows[rows["year"] == last_year].reset_index(drop=True)
    sides = now["area3"].map(rules.area.side).astype("str")
    about = now[["school_id", "school_name", "township_code"]].assign(area=sides)
    grades = stage_of_grade(now, rules)
    cube = np.stack([_of_grade(rows, grade, about["school_id"], years, stages) for grade in grades], axis=1)
    totals = {stage: _wide(rows, f"pupils_{stage}", about["school_id"], years) for stage in stages}
    return Cohorts(about, years, grades, cube, totals)


def stage_of_grade(schools: pd.DataFrame, rules: RuleSet) -> dict[int, str]:
    """
    Return the judged stage of each grade, in order.

    The grades of the rule; where more pupils of the grade before a stage are filed in that stage than in the one before
    (五四制: grade 6 in junior schools), the stage begins there.
    """
    stages = {name: stage.grades for name, stage in rules.stages.items() if stage.judged}
    found = {grade: stage for stage, (first, last) in stages.items() for grade in range(first, last + 1)}
    for stage, (first, _) in stages.items():
        before = found.get(first - 1)
        if before and _filed(schools, stage, first - 1) > _filed(schools, before, first - 1):
            found[first - 1] = stage
    return found


def _filed(schools: pd.DataFrame, stage: str, grade: int) -> float:
    column = f"pupils_{stage}_g{grade}"
    return float(schools[column].sum()) if column in schools else 0.0


def _of_grade(
    rows: pd.DataFrame, grade: int, ids: pd.Series[str], years: tuple[int, ...], stages: list[str]
) -> Floats:
    """Return the pupils of a grade, whichever stage files them; NaN where none does."""
    parts = np.stack([_wide(rows, f"pupils_{stage}_g{grade}", ids, years) for stage in stages])
    return np.where(np.isnan(parts).all(axis=0), np.nan, np.nansum(parts, axis=0))


def _wide(rows: pd.DataFrame, column: str, ids: pd.Series[str], years: tuple[int, ...]) -> Floats:
    if column not in rows:
        return np.full((len(ids), len(years)), np.nan)
    table = rows.pivot_table(index="school_id", columns="year", values=column)
    found: Floats = table.reindex(index=ids, columns=list(years)).to_numpy(float)
    return found


def entering_births(births: pd.DataFrame, programme: Programme, change: float, until: int) -> pd.DataFrame:
    """
    Return the births behind the entrants of each school year, by township.

    C(y) = Σ parts · births(y − age) / Σ parts over the programme's entry ages. After the last year on file births
    change by `change` a year (a share): they are assumed.

    Returns
    -------
    `township_code` (NaN: the county as a whole), `year` (the school year entered), `births`, `assumed` (the share of
    them that rests on assumed births). Years with a birth year before the first on file are left out.
    """
    last = int(births["year"].max())
    wide = births.pivot_table(index="year", columns=births["township_code"].fillna(""), values="births")
    later = range(last + 1, until + 1)
    for year in later:
        wide.loc[year] = wide.loc[year - 1] * (1 + change)
    parts = sum(entry.parts for entry in programme.entry)
    found = []
    for year in range(int(wide.index.min()) + max(e.age for e in programme.entry), until + 1):
        behind = [(wide.reindex([year - e.age]).iloc[0], e) for e in programme.entry]
        size = sum(e.parts * cohort for cohort, e in behind) / parts
        assumed = sum(e.parts for _, e in behind if year - e.age > last) / parts
        found.append(pd.DataFrame({"year": year, "births": size, "assumed": assumed}))
    table = pd.concat(found).rename_axis("township_code").reset_index()
    return table.assign(township_code=table["township_code"].replace("", np.nan).astype("str"))

"""The next year's workbook: what is known carried over, and which schools are new, closed or renamed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import refuse
from ..forms.template import Filling, write_template
from ..sources.dataset import Dataset
from ..standards import RuleSet
from .filing import as_filed, latest, system_of


@dataclass(frozen=True)
class Turnover:
    """Schools by what became of them: `school_id, school_name` each, `renamed` with `was` too."""

    new: pd.DataFrame
    closed: pd.DataFrame
    renamed: pd.DataFrame


def begin_year(
    path: Path, data: Dataset, *, year: int, rules: RuleSet, now: Dataset | None = None
) -> Turnover:
    """
    Write the workbook of the next year.

    Earlier years' rows, births, answers and explanations stay as they are; each school gets a row of the new year with
    its ID, name, type, area and place, every figure blank. Explanations answer for their own year alone.

    Parameters
    ----------
    data
        The last workbook.
    now
        What is known of the new year (an export of the statistics, say): its schools get the rows instead, and
        are compared with the last year's.

    Returns
    -------
    New, closed and renamed schools; none without `now`.

    Raises
    ------
    JunhengError
        The data hold the year already, or the file cannot be written.
    """
    if (data.schools["year"] >= year).any():
        raise refuse(
            "year-is-there",
            f"数据中已有{year}年(或更晚的年份)。",
            f"the data hold {year} or a later year already.",
            column="year",
            value=str(year),
        )
    system = system_of(data)
    last = latest(data.schools)
    schools = last if now is None else latest(now.schools)
    rows = pd.concat([data.schools, schools.assign(year=year)], ignore_index=True)
    names = rows.dropna(subset=["township_code"]).drop_duplicates("township_code", keep="last")
    births = data.births.assign(
        township_name=data.births["township_code"].map(names.set_index("township_code")["township_name"])
    )
    settings = {**data.settings, "年份": str(year), "坐标系": system, "评估标准": rules.id}
    write_template(
        path,
        rules=rules,
        filling=Filling(
            schools=as_filed(rows, system),
            births=births,
            settings=settings,
            answers=data.answers.fillna(""),
            explanations=_explanations(data),
        ),
    )
    return _turnover(last, schools)


def _turnover(last: pd.DataFrame, now: pd.DataFrame) -> Turnover:
    names = ["school_id", "school_name"]
    both = now[names].merge(last[names].rename(columns={"school_name": "was"}), on="school_id")
    return Turnover(
        new=now.loc[~now["school_id"].isin(last["school_id"]), names].reset_index(drop=True),
        closed=last.loc[~last["school_id"].isin(now["school_id"]), names].reset_index(drop=True),
        renamed=both[both["school_name"] != both["was"]].reset_index(drop=True),
    )


def _explanations(data: Dataset) -> pd.DataFrame:
    """Return what was explained on the sheet 数据说明, for the years it is of."""
    own = dict(
        zip(
            zip(data.schools["school_id"], data.schools["year"], strict=True),
            data.schools["explanation"],
            strict=True,
        )
    )
    rows = [
        {
            "school_id": fault.school_id,
            "year": fault.year,
            "check": fault.kind,
            "question": fault.zh,
            "explanation": fault.explanation,
        }
        for fault in data.faults
        if fault.explanation and own.get((fault.school_id, fault.year)) != fault.explanation
    ]
    return pd.DataFrame(rows)

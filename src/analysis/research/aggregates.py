"""Tables of totals (the 城区, 镇区, 乡村 rows of a yearbook): enough for a gap, not for a spread between schools."""

from __future__ import annotations

import pandas as pd

from .. import schema
from ..errors import refuse
from ..gaps import urban_rural
from ..indicators import indicator_values
from ..standards import RuleSet


def require_schools(table: pd.DataFrame) -> None:
    """
    Refuse a table whose rows are areas where schools are needed.

    Raises
    ------
    JunhengError
        `school_id` is absent, or missing in some row: a total over schools says nothing of how they differ.
    """
    if "school_id" in table and table["school_id"].notna().all():
        return
    raise refuse(
        "not-schools",
        "表中是分城乡的合计数,不是逐校数据。合计数可以算城乡差距,不能算校际差异(差异系数、基尼系数、泰尔指数、"
        "洛伦兹曲线、置信区间)。请提供每所学校一行的数据。",
        "these rows are totals of areas, not schools. Totals give the gap between areas; they cannot give inequality "
        "between schools (CV, Gini, Theil, Lorenz curves, intervals). Give a table with one row per school.",
        column="school_id",
    )


def gaps_of_totals(totals: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Compare the two sides of each county from totals of areas, by the one mean that totals allow.

    Shared facilities are taken as given: a yearbook files them by kind of school, and totals cannot be split.

    Parameters
    ----------
    totals
        One row per county, year and `area3`, with the columns of the registry that the indicators need; `county_code`
        and `year` are required, other columns may be absent.
    rules
        The rule set; its scope cannot be applied and its split is not.

    Returns
    -------
    As `gaps.urban_rural`, the rows of the mean `totals` alone; `n_urban`, `n_rural` count rows of the table.

    Raises
    ------
    JunhengError
        An `area3` is missing or unknown, or stands twice in a county and year.
    """
    _check(totals)
    wanted = totals.reindex(columns=list(dict.fromkeys([*schema.columns(), *totals.columns])))
    keyed = wanted.assign(school_id=wanted["county_code"] + wanted["area3"])
    whole = rules.model_copy(update={"split": rules.split.model_copy(update={"apply": False})})
    units = pd.concat([_units(keyed, stage, whole) for stage in whole.judged_stages], ignore_index=True)
    gaps = urban_rural(indicator_values(keyed, units, whole))
    return gaps[gaps["mean"] == "totals"].reset_index(drop=True)


def _units(totals: pd.DataFrame, stage: str, rules: RuleSet) -> pd.DataFrame:
    """Return each row's stage as if it were one unit."""
    pupils = totals[rules.pupils if rules.unit == "school" else f"pupils_{stage}"].astype(float)
    sides = {area3: rules.area.side(area3) for area3 in schema.codes("area3")}
    units = totals[["county_code", "year", "school_id", "area3"]].assign(
        stage=stage,
        area=totals["area3"].map(sides).astype("str"),
        pupils=pupils,
        weighted_pupils=pupils,
        pupil_weight=1.0,
        in_scope=True,
    )
    return units[units["pupils"] > 0]


def _check(totals: pd.DataFrame) -> None:
    areas, known = totals["area3"], list(schema.codes("area3"))
    wrong = areas[~areas.isin(known)]
    if len(wrong):
        raise refuse(
            "unknown-area",
            "应为城区、镇区、乡村之一(合计行请删去)。",
            "must be urban, town or rural (leave out rows of grand totals).",
            column="area3",
            value=str(wrong.iloc[0]),
        )
    twice = totals[totals.duplicated(["county_code", "year", "area3"])]
    if len(twice):
        raise refuse(
            "area-twice",
            "同一县、同一年的这个区域出现了两次。",
            "this area stands twice in a county and year.",
            column="area3",
            value=str(twice["area3"].iloc[0]),
        )

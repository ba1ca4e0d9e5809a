"""
Change over time, told honestly: what pupils did and what resources did, with area codes that move or stand still.

A per-pupil figure rises when pupils leave. Every change is therefore split, exactly, into the effect of pupils and
the effect of resources, and only a better figure with more resources behind it is called an improvement.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..gaps import comparable, urban_rural
from ..rounding import shown
from ..standards import RuleSet

_SCHOOL = ["county_code", "stage", "school_id"]
_GROUP = ["county_code", "stage", "indicator", "first", "last", "area"]


def comparable_since(values: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Return the rows of years that the last year may be compared with: after each indicator's last break."""
    years = pd.Series(0.0, index=np.sort(values["year"].unique()))
    pairs = values[["stage", "indicator"]].drop_duplicates()
    first = [
        int(comparable(years, rules.indicator(indicator), stage).index.min())
        for stage, indicator in pairs.itertuples(index=False)
    ]
    since = values[["stage", "indicator"]].merge(pairs.assign(_s=first), how="left")["_s"].to_numpy()
    return values[values["year"].to_numpy() >= since]


def effects(values: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """
    Split the change of each per-pupil indicator of each side into a pupil effect and a resource effect, exactly.

    With F_i the figure of unit i, s_i the share of it that the unit's stage has (1 unless shared facilities are split)
    and P its pupils, a side has v(F, π) = per · Σ s_i F_i / ΣP_i, with π = (s, P). Between years 0 and 1:

    pupil effect    = ½ [v(F⁰, π¹) − v(F⁰, π⁰)] + ½ [v(F¹, π¹) − v(F¹, π⁰)]
    resource effect = ½ [v(F¹, π⁰) − v(F⁰, π⁰)] + ½ [v(F¹, π¹) − v(F⁰, π¹)]

    (Shapley values of two players: neither is said to move first.) They add up to v(F¹, π¹) − v(F⁰, π⁰). A unit of one
    year only keeps its s in the other, where its F is 0.

    Parameters
    ----------
    values
        Table of that name, several years; units in scope, sides by the column `area` (see `fixed_area`).
    rules
        Indicators divided by something other than pupils are left out. Years before a break of definition too.

    Returns
    -------
    One row per county, stage, indicator and `area` ("all", "urban", "rural") with two comparable years: `first`,
    `last` (years), `value_first`, `value_last`, `change`, `pupil_effect`, `resource_effect` (the indicator's unit),
    `resource_first`, `resource_last` (Σ s F), `pupils_first`, `pupils_last`, `n_first`, `n_last`, `n_left_out` (units
    without the figure in a year in which they exist; left out of both), `kind`:
    `improved` better, with more resources · `fewer_pupils` better, without · `worse_more_pupils` worse, without fewer
    resources · `worse` worse, with fewer · `flat`. Better is by the indicator's direction; all of it as printed, to the indicator's digits.
    """
    per_pupil = [i.id for i in rules.indicators if not i.denominator and not i.per_school]
    rows = values[values["in_scope"] & values["indicator"].isin(per_pupil)]
    rows = comparable_since(rows, rules)
    units = _two_years(rows)
    sided = units[units["area"].isin(["urban", "rural"])]
    table = _effects(pd.concat([units.assign(area="all"), sided], ignore_index=True))
    per = table["indicator"].map({i.id: float(i.per) for i in rules.indicators}).astype(float)
    scaled = ["value_first", "value_last", "change", "pupil_effect", "resource_effect"]
    table[scaled] = table[scaled].mul(per, axis=0)
    return table.assign(kind=_kinds(table, rules))


def fixed_area(values: pd.DataFrame, base: int) -> pd.DataFrame:
    """
    Return the rows with `area` as the unit's code put it in the base year, whatever later codes say.

    A unit that the base year lacks keeps the area of the nearest year that has it, the earlier of two.
    """
    known = values[[*_SCHOOL, "year", "area"]].drop_duplicates([*_SCHOOL, "year"])
    known = known.assign(_d=(known["year"] - base).abs()).sort_values(["_d", "year"], kind="stable")
    fixed = known.drop_duplicates(_SCHOOL)[[*_SCHOOL, "area"]]
    return values.drop(columns="area").merge(fixed, on=_SCHOOL, how="left")


def balanced_panel(values: pd.DataFrame, lines: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Return the rows of the units that are in scope in every year of the table.

    Parameters
    ----------
    lines
        What `links.school_lines` returns: schools that merged, split or changed their code are followed as one
        line; a line with an unresolved link stays out. Without it each code is its own line.
    """
    rows = values[values["in_scope"]]
    line = rows["school_id"]
    if lines is not None:
        of = lines.set_index("school_id")
        line = line.map(of["line"]).fillna(line)
        rows = rows[~rows["school_id"].isin(of.index[of["broken"]])]
        line = line[rows.index]
    years = values["year"].nunique()
    keys = [rows["county_code"], rows["stage"], line]
    return rows[rows.groupby(keys)["year"].transform("nunique") == years]


def switched(values: pd.DataFrame) -> pd.DataFrame:
    """
    Return the schools whose side of the comparison changed from one year on file to the next.

    Returns
    -------
    One row per school and change: `county_code`, `school_id`, `school_name`, `year_before`, `year`, `area_before`,
    `area`, `pupils` (of all its stages, in `year`).
    """
    rows = values[["county_code", "school_id", "school_name", "year", "area", "school_pupils"]]
    rows = rows.drop_duplicates(["county_code", "school_id", "year"]).dropna(subset=["area"])
    rows = rows.sort_values(["county_code", "school_id", "year"])
    before = rows.groupby(["county_code", "school_id"])[["year", "area"]].shift()
    moved = before["area"].notna() & (before["area"] != rows["area"])
    found = rows.assign(year_before=before["year"], area_before=before["area"])[moved]
    found = found.astype({"year_before": "int64"}).rename(columns={"school_pupils": "pupils"})
    order = [
        "county_code",
        "school_id",
        "school_name",
        "year_before",
        "year",
        "area_before",
        "area",
        "pupils",
    ]
    return found[order].reset_index(drop=True)


def area_lines(values: pd.DataFrame, lines: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Return the two sides over the years by three ways of following them.

    Returns
    -------
    As `gaps.urban_rural` with `line`: `current` every school by its code of the year; `fixed` by its code of the first
    year; `panel` by that code, schools of every year only (see `balanced_panel`).
    """
    fixed = fixed_area(values, int(values["year"].min()))
    ways = {"current": values, "fixed": fixed, "panel": balanced_panel(fixed, lines)}
    tables = [urban_rural(rows).assign(line=name) for name, rows in ways.items() if len(rows)]
    return pd.concat(tables, ignore_index=True)


def _two_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each unit's figure, share and pupils in the first and the last year; a unit of both stands twice."""
    ends = rows.groupby(["county_code", "stage", "indicator"])["year"].agg(first="min", last="max")
    rows = rows.merge(ends.reset_index(), on=["county_code", "stage", "indicator"])
    rows = rows[rows["first"] < rows["last"]]
    rows = rows[(rows["year"] == rows["first"]) | (rows["year"] == rows["last"])]
    wanted = ["county_code", "stage", "indicator", "first", "last", "school_id", "year", "area"]
    found = rows[wanted].assign(
        held=rows["resource"], share=rows["denominator"] / rows["served"], pupils=rows["denominator"]
    )
    unknown = found[["held", "share", "pupils"]].isna().any(axis=1)
    unit = ["county_code", "stage", "indicator", "school_id"]
    out = unknown.groupby([found[name] for name in unit]).transform("any")
    return found.assign(out=out)


def _effects(units: pd.DataFrame) -> pd.DataFrame:
    """Return both effects of each group of `_GROUP`, per 1."""
    unit = ["county_code", "stage", "indicator", "school_id", "area"]
    kept = units[~units["out"]]
    other = kept.groupby([*unit, "year"])["share"].sum().rename("other")
    twin = kept.assign(year=kept["first"] + kept["last"] - kept["year"])[[*unit, "year"]]
    carried = twin.merge(other.reset_index(), on=[*unit, "year"], how="left")["other"].to_numpy()
    early = (kept["year"] == kept["first"]).to_numpy()
    own = (kept["share"] * kept["held"]).to_numpy()
    crossed = np.where(np.isnan(carried), kept["share"], carried) * kept["held"].to_numpy()
    sums = (
        kept[_GROUP]
        .assign(
            f0=np.where(early, own, 0.0), f1=np.where(early, 0.0, own),
            f0_on_1=np.where(early, crossed, 0.0), f1_on_0=np.where(early, 0.0, crossed),
            p0=np.where(early, kept["pupils"], 0.0), p1=np.where(early, 0.0, kept["pupils"]),
            n0=early.astype(int), n1=(~early).astype(int),
        )
        .groupby(_GROUP).sum().reset_index()
    )  # fmt: skip
    left = units[units["out"]].drop_duplicates([*_GROUP, "school_id"])
    n_left_out = left.groupby(_GROUP).size().rename("n_left_out").reset_index()
    sums = sums.merge(n_left_out, on=_GROUP, how="left")
    sums = sums[(sums["p0"] > 0) & (sums["p1"] > 0)].reset_index(drop=True)
    v00, v11 = sums["f0"] / sums["p0"], sums["f1"] / sums["p1"]
    v01, v10 = sums["f0_on_1"] / sums["p1"], sums["f1_on_0"] / sums["p0"]
    return sums[_GROUP].assign(
        value_first=v00, value_last=v11, change=v11 - v00,
        pupil_effect=((v01 - v00) + (v11 - v10)) / 2, resource_effect=((v10 - v00) + (v11 - v01)) / 2,
        resource_first=sums["f0"], resource_last=sums["f1"], pupils_first=sums["p0"], pupils_last=sums["p1"],
        n_first=sums["n0"], n_last=sums["n1"], n_left_out=sums["n_left_out"].fillna(0).astype(int),
    )  # fmt: skip


def _kinds(table: pd.DataFrame, rules: RuleSet) -> pd.Series[str]:
    """Return what may be said of each change as it is printed: a resource effect of 0.00 improves nothing."""
    digits = table["indicator"].map({i.id: i.digits for i in rules.indicators}).astype(int)
    higher = {i.id: 1 if i.better == "higher" else -1 for i in rules.indicators}
    direction = table["indicator"].map(higher).astype(int)
    better, more = (
        np.sign([float(shown(of, n)) for of, n in zip(table[name], digits, strict=True)]) * direction
        for name in ("change", "resource_effect")
    )
    kinds = np.select(
        [(better > 0) & (more > 0), better > 0, (better < 0) & (more < 0), better < 0],
        ["improved", "fewer_pupils", "worse", "worse_more_pupils"],
        "flat",
    )
    return pd.Series(kinds, index=table.index, dtype="str")

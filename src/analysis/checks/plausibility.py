"""经验校验: figures that may be right but need a word, found beside other rows: other schools, last year."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from .. import schema
from ..errors import Fault, Level, Place
from ..rounding import shown
from ..schema import Words
from .checkbook import Asked, Identity, JumpFigure, Jumps, Outliers, grades
from .findings import Findings, as_in_the_form, evaluated

_COUNTY_YEAR = ["county_code", "year"]
# The median absolute deviation of a normal law, times this, is its standard deviation.
_MAD_TO_SD = 1.4826


def check_outliers(findings: Findings, figures: pd.DataFrame, rule: Outliers) -> None:
    """
    Ask about figures far from those of the county's other schools of the year.

    With y = log figure, m its median and s = 1.4826 · median |y − m|, both over the county and year: far
    is |y − m| > deviations · s and ≥ log(times). Zero has no logarithm and is other checks' business; schools
    of a type without stages (special, vocational) are neither compared nor asked about.
    """
    groups = [figures[name] for name in _COUNTY_YEAR]
    for figure in rule.figures:
        value = evaluated(figures, figure.figure)
        log = value.where(figures["type_known"] & (value > 0) & (value < math.inf)).map(np.log)
        middle = log.groupby(groups).transform("median")
        off = (log - middle).abs()
        spread = _MAD_TO_SD * off.groupby(groups).transform("median")
        enough = log.groupby(groups).transform("count") >= rule.at_least_schools
        wrong = enough & (off > rule.deviations * spread) & (off >= math.log(rule.times))
        findings.add_each(
            f"outlier-{figure.id}",
            Level.EXPLAIN,
            rule,
            wrong,
            columns=[figure.column],
            once=True,
            figure=Words(zh=figure.zh, en=figure.en),
            shown=value,
            median=middle.map(np.exp),
            times=off.map(np.exp),
        )


def check_jumps(findings: Findings, figures: pd.DataFrame, rule: Jumps) -> None:
    """
    Ask about figures far from the same school's figure of the year before, where that one is not at fault;
    about the earlier one where it is itself the odd one of the two.
    """
    names = [column for figure in rule.figures for column in figure.columns]
    last = year_before(findings.schools, names)
    for figure in rule.figures:
        for column in figure.columns:
            at_fault = [row for row, name in findings.cells if name == column]
            now, then = findings.schools[column], last[column].mask(last["row"].isin(at_fault))
            wrong = _apart(now, then, figure)
            if not wrong.any():
                continue
            earlier = wrong & _earlier_is_odd(figures, last, column, figure, rule)
            kind = "jump-" + column.replace("_", "-")
            for row in np.flatnonzero(earlier).tolist():
                before = int(last["row"].iloc[row])
                findings.add(
                    kind,
                    Level.EXPLAIN,
                    rule.earlier,
                    row=before,
                    columns=[column],
                    later=row,
                    next=_filed(column, now.iloc[row]),
                )
            findings.add_each(
                kind,
                Level.EXPLAIN,
                rule,
                wrong & ~earlier,
                columns=[column],
                once=True,
                last=then.where(wrong).map(lambda value, name=column: _filed(name, value)),
            )


def _apart(one: pd.Series, other: pd.Series, figure: JumpFigure) -> pd.Series:
    return ((one - other).abs() > figure.change) & (
        (one > figure.times * other) | (other > figure.times * one)
    )


def _earlier_is_odd(
    figures: pd.DataFrame, last: pd.DataFrame, column: str, figure: JumpFigure, rule: Jumps
) -> pd.Series:
    """
    Tell, per row, whether the figure of the year before is odd and that of the row is not.

    Where the school has a still earlier year, that one and the row's own speak for each other. Else the figure
    is related to the school's size and to the median of the county's schools of its year, on the log scale.
    """
    before = last["row"]
    now, then = figures[column], last[column]
    still_earlier = _at_row(year_before(figures, [column])[column], before)
    spike = ~_apart(now, still_earlier, figure) & _apart(then, still_earlier, figure)
    size = figures[figure.size(column)]
    log = (now / size).where((now > 0) & (size > 0)).map(np.log)
    off = (log - log.groupby([figures[name] for name in _COUNTY_YEAR]).transform("median")).abs()
    odd = off >= math.log(rule.odd_times)
    alone = _at_row(odd, before).eq(True) & off.notna() & ~odd
    return spike.where(still_earlier.notna(), alone)


def _at_row(values: pd.Series, rows: pd.Series) -> pd.Series:
    """Return the values at the rows that a column names, aligned with it; missing where it names none."""
    return rows.map(values)


def check_identity(findings: Findings, rule: Identity) -> None:
    """Ask about IDs whose school is called otherwise than last year, and names that two IDs share."""
    schools = findings.schools
    last = year_before(schools, ["school_name"])["school_name"]
    renamed = last.notna() & schools["school_name"].notna() & (last != schools["school_name"])
    findings.add_each(
        "renamed", rule.renamed.level, rule.renamed, renamed, columns=["school_name"], last=last
    )
    others = others_alike(schools, [*_COUNTY_YEAR, "school_name"], tell="school_id")
    findings.add_each(
        "namesake", rule.namesake.level, rule.namesake, others != "", columns=["school_name"], others=others
    )


def check_intake(findings: Findings, figures: pd.DataFrame, rule: Asked) -> None:
    """Ask where a county's junior entrants outnumber its primary leavers of the year before."""
    entrants = _county_total(figures, "junior", "entrants_junior", grades("junior")[0])
    leavers = _county_total(figures, "primary", "leavers_primary", grades("primary")[-1])
    both = (
        entrants.rename("entrants")
        .reset_index()
        .merge(
            leavers.rename("leavers").reset_index().assign(year=lambda frame: frame["year"] + 1),
            on=_COUNTY_YEAR,
        )
    )
    first = findings.schools.drop_duplicates(_COUNTY_YEAR)
    over = both[both["entrants"] > both["leavers"]].merge(first, on=_COUNTY_YEAR)
    for county in over.to_dict("records"):
        told = {
            "year": county["year"],
            "entrants": shown(county["entrants"], 0),
            "leavers": shown(county["leavers"], 0),
        }
        findings.faults.append(
            Fault(
                "entrants-over-leavers",
                rule.zh.format(**told),
                rule.en.format(**told),
                Place(
                    county["source_file"], county["source_sheet"], column=findings.header("entrants_junior")
                ),
                rule.level,
                year=int(county["year"]),
                columns=("entrants_junior", "leavers_primary"),
            )
        )


def others_alike(schools: pd.DataFrame, keys: list[str], *, tell: str) -> pd.Series:
    """
    Return, per row, the `tell` of the rows of other schools that are alike in `keys`, joined by 、; '' if none.

    Rows that lack a key are like no other.
    """
    complete = schools[schools[keys].notna().all(axis=1)]
    alike = complete[complete.duplicated(keys, keep=False)]
    told: dict[object, str] = {}
    for _, group in alike.groupby(keys):
        for row, school in group["school_id"].items():
            told[row] = "、".join(group.loc[group["school_id"] != school, tell].astype(str))
    return pd.Series(told, dtype="str").reindex(schools.index, fill_value="")


def _filed(column: str, value: float) -> Words:
    unit = schema.column(column).filed
    return Words(
        zh=as_in_the_form(column, value, "zh") + (unit.zh if unit else ""),
        en=as_in_the_form(column, value, "en") + (f" {unit.en}" if unit else ""),
    )


def year_before(schools: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """
    Return the same schools' figures of the year before, aligned with the table; missing where there is none.

    `row` is where they stand in the table.
    """
    keys = ["county_code", "school_id", "year"]
    before = schools[[*keys, *names]].assign(row=schools.index).drop_duplicates(keys)
    before["year"] += 1
    return schools[keys].merge(before, on=keys, how="left")[["row", *names]]


def _county_total(figures: pd.DataFrame, stage: str, column: str, grade: str) -> pd.Series:
    """Return the total of a column (the grade's pupils where it is blank) by county and year, if complete."""
    value = figures[column].fillna(figures[grade].mask(figures[f"earlier_{stage}"]))
    concerned = figures[f"has_{stage}"] | (figures[f"pupils_{stage}"] > 0)
    groups = [figures[name] for name in _COUNTY_YEAR]
    unknown = (concerned & value.isna()).groupby(groups).sum()
    total: pd.Series = value.groupby(groups).sum(min_count=1)
    return total.where(unknown == 0)

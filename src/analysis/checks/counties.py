"""Checks of county codes over every row that was filed, before the rows of other counties are left out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..errors import Fault, Place
from .checkbook import Counties, checkbook
from .findings import Findings

# What these checks need of every row, besides where it stood.
COLUMNS = ("school_id", "school_name", "year", "county_code", "county_name", "explanation")
_CODE = ["county_code"]


def check_counties(
    rows: pd.DataFrame, headers: Mapping[str, str], *, stated: Mapping[str, str], county: str | None = None
) -> list[Fault]:
    """
    Return the faults of county codes: a wrong one would drop a school from its county without a word.

    Parameters
    ----------
    rows
        Every row of the school tables: COLUMNS (missing where a file has none) and `source_file`,
        `source_sheet`, `source_row`.
    headers
        The user's header of each canonical column.
    stated
        File name to the county code that its sheet 参数 states. A code that no row of the file has is the
        sheet's own fault, not the rows'.
    county
        The county whose rows are kept; None keeps all.

    Returns
    -------
    Rows against the sheet 参数 (refused); without one, schools under two codes and names with two codes
    (asked; refused where one row stands against all others of its school, and against its year); and a remark
    on the rows that are left out.
    """
    keyed = rows.dropna(subset=["school_id", "year", "county_code"]).reset_index(drop=True)
    if keyed.empty:
        return []
    findings, rule = Findings(keyed, headers), checkbook().counties
    own = keyed["source_file"].map(stated)
    in_file = own.eq(keyed["county_code"]).groupby(keyed["source_file"]).transform("any")
    findings.add_each(
        "not-the-county",
        rule.not_the_county.level,
        rule.not_the_county,
        in_file & own.ne(keyed["county_code"]),
        columns=_CODE,
        county=own,
    )
    told = _check_schools(findings, rule, ~in_file) | in_file
    _check_names(findings, rule, told)
    return findings.faults + _left_out(keyed[~in_file], rule, county)


def _check_schools(findings: Findings, rule: Counties, free: pd.Series) -> pd.Series:
    """Check the rows that no sheet 参数 speaks for; return those at fault."""
    rows = findings.schools
    by_school = rows.groupby("school_id")["county_code"]
    alike = rows.groupby(["school_id", "county_code"])["year"].transform("size")
    usual = rows["school_id"].map(_usual(rows, "school_id"))
    odd = free & (rows["county_code"] != usual)
    of_year = rows["year"].map(_usual(rows, "year"))
    alone = (alike == 1) & (by_school.transform("size") > 2) & (by_school.transform("nunique") == 2)
    alone &= rows["county_code"] != of_year  # where most schools change code at once, boundaries changed
    for kind, words, where in (
        ("another-county", rule.another_county, odd & alone),
        ("one-school-two-counties", rule.one_school_two_counties, odd & ~alone),
    ):
        findings.add_each(kind, words.level, words, where, columns=_CODE, county=usual)
    return odd


def _usual(rows: pd.DataFrame, key: str) -> pd.Series:
    """Return the code that most rows of each key have; of equals the one more frequent in the whole table."""
    counts = rows.groupby([key, "county_code"]).size().rename("rows").reset_index()
    counts["overall"] = counts["county_code"].map(rows["county_code"].value_counts())
    usual: pd.Series = counts.sort_values(["rows", "overall"]).groupby(key)["county_code"].last()
    return usual


def _check_names(findings: Findings, rule: Counties, told: pd.Series) -> None:
    """Ask once about each further code of a county name, at its first row that is not told already."""
    rows = findings.schools
    named = rows[rows["county_name"].notna()]
    counts = named.groupby(["county_name", "county_code"]).size().rename("rows").reset_index()
    counts = counts[counts.duplicated("county_name", keep=False)].sort_values("rows", kind="stable")
    for name, codes in counts.groupby("county_name"):
        *others, (most, of_most) = zip(
            codes["county_code"].astype(str), codes["rows"].astype(int), strict=True
        )
        for code, of_code in others:
            mine = (rows["county_name"] == name) & (rows["county_code"] == code) & ~told
            if mine.any():
                findings.add(
                    "one-name-two-codes",
                    rule.one_name_two_codes.level,
                    rule.one_name_two_codes,
                    row=int(mine.to_numpy().argmax()),
                    columns=_CODE,
                    name=str(name),
                    codes=len(codes),
                    rows=of_code,
                    county=most,
                    most=of_most,
                )


def _left_out(rows: pd.DataFrame, rule: Counties, county: str | None) -> list[Fault]:
    others = rows[rows["county_code"] != county]
    if county is None or others.empty or len(others) == len(rows):
        return []
    codes = list(dict.fromkeys(others["county_code"]))
    words = rule.others_left_out
    told = {
        "rows": len(others),
        "county": county,
        "counties": "、".join(codes[:10]) + ("…" if len(codes) > 10 else ""),
    }
    files = "、".join(dict.fromkeys(others["source_file"]))
    return [
        Fault("others-left-out", words.zh.format(**told), words.en.format(**told), Place(files), words.level)
    ]

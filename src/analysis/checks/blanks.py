"""Blank figures that the rule set needs: remarked on early, so that they can still be filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from .. import schema
from ..errors import Fault, Place
from ..schema import Words
from ..standards import RuleSet, Scope
from .checkbook import checkbook
from .findings import Findings
from .schools import with_helpers

_PLACE = ("source_file", "source_sheet", "source_row")


def blank_figures(
    schools: pd.DataFrame,
    headers: Mapping[str, str],
    rules: RuleSet,
    *,
    unusable: Collection[tuple[str, str, int, str]] = (),
) -> list[Fault]:
    """
    Return a remark for each row of the school table that lacks figures which the rule set needs of it.

    What a row needs: the columns of every indicator, for each judged stage that it has pupils in (or may have,
    where they are blank); rows out of the rule's scope need nothing. Columns without any figure in the
    whole table are told once, not row by row. `unusable` lists the cells, as (file, sheet, row, column), that are
    missing because what stands in them cannot be used: they are not blank, and that is told already.
    """
    if schools.empty:
        return []
    table = with_helpers(schools.reset_index(drop=True))
    lacking = _lacking(table, rules)
    at = {place: row for row, place in enumerate(zip(*(table[key] for key in _PLACE), strict=True))}
    for *place, name in unusable:
        if name in lacking and tuple(place) in at:
            lacking.loc[at[tuple(place)], name] = False
    unfilled = [str(name) for name in lacking if lacking[name].any() and table[str(name)].isna().all()]
    words = checkbook().blanks
    findings = Findings(table, headers)
    if unfilled:
        named = {"columns": _listed(findings, unfilled, "zh")}, {"columns": _listed(findings, unfilled, "en")}
        findings.faults.append(
            Fault(
                "blank-columns",
                words.columns.zh.format(**named[0]),
                words.columns.en.format(**named[1]),
                Place("、".join(table["source_file"].unique())),
                words.columns.level,
                columns=tuple(unfilled),
            )
        )
    cells = lacking.drop(columns=unfilled)
    for row in cells.index[cells.any(axis=1)]:
        names = [str(name) for name in cells.columns[cells.loc[row]]]
        told = Words(zh=_listed(findings, names, "zh"), en=_listed(findings, names, "en"))
        also = names[1:]
        findings.add(
            "blank-figures", words.cells.level, words.cells, row=row, columns=names, also=also, told=told
        )
    return findings.faults


def _lacking(table: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Tell, per row and needed column, whether the row needs the figure and lacks it."""
    inside = _inside(table, rules.scope)
    lacking: dict[str, pd.Series] = {}
    for stage in rules.judged_stages:
        pupils = table[rules.pupils if stage == "school" else f"pupils_{stage}"]
        has = pupils > 0 if stage == "school" else (pupils > 0) | (table[f"has_{stage}"] & pupils.isna())
        for indicator in rules.indicators:
            for name in indicator.columns(stage):
                blank = inside & has & table[name].isna()
                lacking[name] = lacking[name] | blank if name in lacking else blank
    return pd.DataFrame(lacking, index=table.index)


def _inside(table: pd.DataFrame, scope: Scope) -> pd.Series:
    """Tell which rows the rule's scope keeps; what is unknown stays in."""
    kind = table["school_type_code"].map({c: e.kind for c, e in schema.codes("school_type").items()})
    inside = ~kind.isin(scope.kinds_out)
    if scope.ownership:
        inside &= table["ownership"].isin(scope.ownership) | table["ownership"].isna()
    return inside & ~(table["pupils"] < kind.map(scope.min_pupils).astype("float64"))


def _listed(findings: Findings, names: list[str], lang: str) -> str:
    if lang == "zh":
        return "、".join(f"「{findings.header(name)}」" for name in names)
    return ", ".join(schema.column(name).en for name in names)

"""Lists of notebook 06 for the workbook: every county, every indicator."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..publish.cells import TableColumn
from ..research.comparison import Comparison, few_on_a_side
from ..research.spatial import Clustering
from ..schema import Words
from ..standards import RuleSet
from ..suppression import lone_sides
from ..wording import region as said
from ..wording import region_moves as moves
from ..wording.labels import VERDICTS
from ..wording.region_spatial import KINDS
from .common import Table
from .region_parts import (
    CODE,
    COUNTY,
    INDICATOR,
    UNITS,
    basis_of,
    cells_of,
    minus,
    names_of,
    ordered,
    ranks_note,
    sides_of,
    stage_column,
)


def every_county(gaps: pd.DataFrame, rules: RuleSet, names: Mapping[str, str], choices: Comparison) -> Table:
    """Return the gap and the rank of every county in every indicator, for the workbook. `gaps`: one year."""
    few = few_on_a_side(gaps, choices.few_units)
    rows = gaps.assign(few=few, name=gaps["county_code"].map(names), lone=lone_sides(gaps))
    frame = ordered(rows, rules, ["rank", "county_code"])
    sides = sides_of(rules)
    columns = {
        **stage_column(rules),
        "indicator": TableColumn(INDICATOR, words=names_of(rules)),
        "name": TableColumn(COUNTY),
        "county_code": TableColumn(CODE),
        "level": TableColumn(Words(zh="全县", en="whole county"), digits="digits"),
        **{side: TableColumn(words, digits="digits") for side, words in sides.items()},
        "difference": TableColumn(minus(rules), digits="digits"),
        "higher": TableColumn(
            Words(zh="较高的一侧", en="Higher side"), words=sides | {"equal": Words(zh="持平", en="alike")}
        ),
        "rank": TableColumn(Words(zh="差距名次", en="Rank by width"), digits=0),
        "n": TableColumn(Words(zh="排名县数", en="of"), digits=0),
        **{f"n_{side}": TableColumn(words, digits=0, group=UNITS) for side, words in sides.items()},
        **{
            f"n_missing_{side}": TableColumn(words, digits=0, group=Words(zh="缺数据单位", en="no figure"))
            for side, words in sides.items()
        },
        "few": TableColumn(
            Words(zh=f"有一侧不足{choices.few_units}所", en=f"a side below {choices.few_units} units")
        ),
    }
    return Table(
        frame,
        columns,
        basis=basis_of(rules),
        note=ranks_note(),
        sheet=Words(zh="分县城乡差距", en="Gaps by county"),
        in_report=False,
        withheld=cells_of(frame["lone"], "level", "urban", "rural", "difference"),
    )


def profiles(gaps: pd.DataFrame, rules: RuleSet, names: Mapping[str, str], counties: pd.DataFrame) -> Table:
    """
    Return one line and one sentence per county, for the workbook.

    `gaps`, `counties` (`assessment.county_verdicts`): one year.
    """
    verdict = dict(zip(counties["county_code"], counties["verdict"], strict=True))
    groups = {str(code): rows for code, rows in gaps.groupby("county_code")}
    sentences = {
        code: said.profile(rows, rules, verdict.get(code) if rules.gives_verdict else None)
        for code, rows in groups.items()
    }
    units = gaps.groupby("county_code")[["n_urban", "n_rural"]].max()
    counts = pd.crosstab(gaps["county_code"], gaps["higher"]).reindex(
        index=units.index, columns=["urban", "rural", "equal"], fill_value=0
    )
    frame = units.join(counts.add_prefix("in_")).reset_index()
    frame = frame.assign(name=frame["county_code"].map(names), sentence=frame["county_code"])
    lone = frame["county_code"].isin(gaps.loc[lone_sides(gaps), "county_code"])
    sides = sides_of(rules)
    higher = Words(zh="较高的一侧(指标数)", en="higher side (indicators)")
    columns = {
        "name": TableColumn(COUNTY),
        "county_code": TableColumn(CODE),
        **{f"n_{side}": TableColumn(words, digits=0, group=UNITS) for side, words in sides.items()},
        **{f"in_{side}": TableColumn(words, digits=0, group=higher) for side, words in sides.items()},
        "in_equal": TableColumn(Words(zh="持平", en="alike"), digits=0, group=higher),
        "sentence": TableColumn(Words(zh="概况", en="In a sentence"), words=sentences),
    }
    return Table(
        frame,
        columns,
        basis=basis_of(rules),
        note=ranks_note(),
        sheet=Words(zh="分县概况", en="County profiles"),
        in_report=False,
        withheld=cells_of(lone, "sentence"),
    )


def changes(rows: pd.DataFrame, gaps: pd.DataFrame, rules: RuleSet, names: Mapping[str, str]) -> Table:
    """
    Return how the gap of every county moved, for the workbook.

    `rows`: `comparison.gap_changes`; `gaps`: what they were made of.
    """
    key = ["county_code", "stage", "indicator"]
    lone = pd.MultiIndex.from_frame(gaps.loc[lone_sides(gaps), key])
    frame = rows.assign(
        name=rows["county_code"].map(names), lone=pd.MultiIndex.from_frame(rows[key]).isin(lone)
    )
    frame = ordered(frame, rules, ["county_code"])
    columns = {
        **stage_column(rules),
        "indicator": TableColumn(INDICATOR, words=names_of(rules)),
        "name": TableColumn(COUNTY),
        "county_code": TableColumn(CODE),
        "first": TableColumn(Words(zh="首年", en="From"), digits=None),
        "last": TableColumn(Words(zh="末年", en="to"), digits=None),
        "gap_first": TableColumn(Words(zh="首年", en="first"), digits="digits", group=minus(rules)),
        "gap_last": TableColumn(Words(zh="末年", en="last"), digits="digits", group=minus(rules)),
        "change": TableColumn(Words(zh="变化", en="change"), digits="digits", group=minus(rules)),
        "kind": TableColumn(Words(zh="差距大小", en="Width"), words=dict(moves.MOVES)),
        "switched": TableColumn(Words(zh="换侧", en="Sides switched")),
    }
    return Table(
        frame,
        columns,
        basis=basis_of(rules),
        note=moves.regression_to_the_mean(),
        sheet=Words(zh="分县差距变化", en="Change by county"),
        in_report=False,
        withheld=cells_of(frame["lone"], "gap_first", "gap_last", "change"),
    )


def clusters(found: Mapping[str, Clustering], rules: RuleSet, names: Mapping[str, str]) -> Table:
    """Return the local result of every county, for the workbook. `found`: by indicator, one stage."""
    rows = pd.concat(
        [result.local.assign(indicator=indicator) for indicator, result in found.items()], ignore_index=True
    )
    frame = rows.assign(name=rows["county_code"].map(names))
    columns = {
        "indicator": TableColumn(INDICATOR, words=names_of(rules)),
        "name": TableColumn(COUNTY),
        "county_code": TableColumn(CODE),
        "kind": TableColumn(Words(zh="局部结果", en="Local result"), words=dict(KINDS)),
        "p": TableColumn(Words(zh="双侧置换p(未经控制)", en="two-sided p, before control"), digits=4),
    }
    return Table(
        ordered(frame, rules, ["county_code"]),
        columns,
        basis=basis_of(rules),
        sheet=Words(zh="空间集聚", en="Clusters"),
        in_report=False,
    )


def dispersion(spread: pd.DataFrame, rules: RuleSet, names: Mapping[str, str]) -> Table:
    """Return the CV of every county, stage and indicator beside its limit. `spread`: one year."""
    rows = spread.assign(name=spread["county_code"].map(names))
    words = {**names_of(rules, unit=False), "combined": Words(zh="综合差异系数", en="mean CV")}
    columns = {
        **stage_column(rules),
        "indicator": TableColumn(INDICATOR, words=words),
        "name": TableColumn(COUNTY),
        "cv": TableColumn(Words(zh="差异系数", en="CV"), digits=3, limit="limit"),
        "limit": TableColumn(Words(zh="要求不高于", en="limit"), digits=2),
        "verdict": TableColumn(Words(zh="判定", en="Verdict"), words=dict(VERDICTS)),
        "n": TableColumn(UNITS, digits=0),
        "n_missing": TableColumn(Words(zh="缺数据", en="no figure"), digits=0),
    }
    frame = ordered(rows, rules, ["county_code"])
    return Table(
        frame,
        columns,
        basis=basis_of(rules, means=False),
        marks=pd.DataFrame({"cv": frame["verdict"] == "fail"}),
        sheet=Words(zh="分县差异系数", en="CVs by county"),
        in_report=False,
    )

"""Tables of notebook 06: all counties in a line per indicator."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..publish.cells import TableColumn
from ..research.comparison import Comparison
from ..research.spatial import Clustering
from ..schema import Words
from ..standards import RuleSet
from ..suppression import lone_sides
from ..wording.labels import VERDICTS
from ..wording.region_spatial import KINDS, REASONS
from .common import Table
from .region_parts import COUNTIES, COUNTY, INDICATOR, basis_of, cells_of, names_of, ordered, sides_of


def overview(rows: pd.DataFrame, gaps: pd.DataFrame, stage: str, rules: RuleSet) -> Table:
    """
    Return how the gaps of all counties lie, a line per indicator.

    `rows`: `comparison.overview` of one year; `gaps`: what it was made of. The ends, each a county's own gap, are not
    told the public where a side of some county is of too few units.
    """
    lone = set(gaps.loc[lone_sides(gaps) & (gaps["stage"] == stage), "indicator"])
    frame = ordered(rows[rows["stage"] == stage], rules)
    higher = Words(zh="较高的一侧(县数)", en="higher side (counties)")
    gap = Words(zh="城乡差", en="gap")
    columns = {
        "indicator": TableColumn(INDICATOR, words=names_of(rules)),
        "n": TableColumn(Words(zh="可比县数", en="Counties compared"), digits=0),
        **{
            f"n_{side}": TableColumn(words, digits=0, group=higher) for side, words in sides_of(rules).items()
        },
        "n_equal": TableColumn(Words(zh="持平", en="alike"), digits=0, group=higher),
        "least": TableColumn(Words(zh="最小", en="least"), digits="digits", group=gap),
        "q1": TableColumn(Words(zh="下四分位", en="quartile 1"), digits="digits", group=gap),
        "median": TableColumn(Words(zh="中位数", en="median"), digits="digits", group=gap),
        "q3": TableColumn(Words(zh="上四分位", en="quartile 3"), digits="digits", group=gap),
        "most": TableColumn(Words(zh="最大", en="greatest"), digits="digits", group=gap),
        "n_out": TableColumn(Words(zh="缺一侧的县", en="without a side"), digits=0),
    }
    withheld = cells_of(frame["indicator"].isin(lone), "least", "most")
    return Table(frame, columns, basis=basis_of(rules), withheld=withheld)


def moved(together: pd.DataFrame, stage: str, rules: RuleSet, choices: Comparison) -> Table:
    """Return how the gaps moved, a line per indicator. `together`: `comparison.moved_together`."""
    rows = together[together["stage"] == stage]
    width = Words(zh="差距变化(县数)", en="gap (counties)")
    spread = Words(zh="各县差距的标准差", en="standard deviation")
    r = Words(zh="差距变化的相关系数", en="correlation of change with")
    columns = {
        "indicator": TableColumn(INDICATOR, words=names_of(rules)),
        "first": TableColumn(Words(zh="首年", en="From"), digits=None),
        "last": TableColumn(Words(zh="末年", en="to"), digits=None),
        "n": TableColumn(COUNTIES, digits=0),
        "n_narrower": TableColumn(Words(zh="变窄", en="narrower"), digits=0, group=width),
        "n_wider": TableColumn(Words(zh="变宽", en="wider"), digits=0, group=width),
        "n_same": TableColumn(Words(zh="未变", en="same"), digits=0, group=width),
        "n_switched": TableColumn(Words(zh="换侧", en="sides switched"), digits=0, group=width),
        "sd_first": TableColumn(Words(zh="首年", en="first"), digits="digits", group=spread),
        "sd_last": TableColumn(Words(zh="末年", en="last"), digits="digits", group=spread),
        "r_first_change": TableColumn(Words(zh="与首年差距", en="first gap"), digits=2, group=r),
        "r_mean_change": TableColumn(Words(zh="与两年平均", en="mean of both"), digits=2, group=r),
    }
    return Table(
        ordered(rows, rules),
        columns,
        basis=basis_of(rules),
        note=Words(
            zh=f"变窄、变宽按差距的大小,不分哪一侧高;换侧指较高的一侧换了。不足{choices.least_for_correlation}个县时不计算相关系数。",
            en="Narrower and wider by width, whichever side is higher. No correlations below "
            f"{choices.least_for_correlation} counties.",
        ),
    )


def spatial(found: Mapping[str, Clustering], rules: RuleSet) -> Table:
    """Return Moran's I of each indicator and how many counties stand out. `found`: by indicator, one stage."""
    frame = pd.DataFrame(
        [
            {
                "indicator": indicator,
                "n": result.n,
                "islands": len(result.islands),
                "value": result.value,
                "expected": result.expected,
                "p": result.p,
                "reason": result.reason,
                **result.local["kind"].value_counts().to_dict(),
            }
            for indicator, result in found.items()
        ]
    ).reindex(columns=["indicator", "n", "islands", "value", "expected", "p", "reason", *_FOUND])
    tested = frame["reason"] == ""
    frame[list(_FOUND)] = frame[list(_FOUND)].fillna(0).where(tested, other=float("nan"))
    group = Words(zh="局部检出(县数)", en="local finds (counties)")
    columns = {
        "indicator": TableColumn(INDICATOR, words=names_of(rules)),
        "n": TableColumn(COUNTIES, digits=0),
        "islands": TableColumn(Words(zh="无可比邻县", en="no neighbour"), digits=0),
        "value": TableColumn(Words(zh="莫兰指数", en="Moran's I"), digits=3),
        "expected": TableColumn(Words(zh="期望", en="expected"), digits=3),
        "p": TableColumn(Words(zh="双侧置换p", en="two-sided p"), digits=4),
        **{kind: TableColumn(KINDS[kind], digits=0, group=group) for kind in _FOUND},
    }
    if not tested.all():
        columns["reason"] = TableColumn(
            Words(zh="说明", en="Remark"), words=REASONS | {"": Words(zh="", en="")}
        )
    return Table(ordered(frame, rules), columns, basis=basis_of(rules))


_FOUND = ("high_high", "low_low", "high_low", "low_high")


def verdicts(counties: pd.DataFrame, names: Mapping[str, str]) -> Table:
    """Return what each county's verdict is made of. `counties`: `assessment.county_verdicts` of one year."""
    frame = counties.assign(name=counties["county_code"].map(names)).sort_values(
        "county_code", ignore_index=True
    )
    groups = {"schools": Words(zh="学校", en="schools"), "cv": Words(zh="差异系数", en="CVs")}
    columns = {
        "name": TableColumn(COUNTY),
        "verdict": TableColumn(Words(zh="判定", en="Verdict"), words=dict(VERDICTS)),
    }
    for part, group in groups.items():
        columns[f"n_{part}"] = TableColumn(Words(zh="合计", en="all"), digits=0, group=group)
        for verdict, words in VERDICTS.items():
            columns[f"n_{part}_{verdict}"] = TableColumn(words, digits=0, group=group)
    return Table(
        frame,
        columns,
        basis=Words(
            zh="口径:各县评估范围内的学校,时点为所报学年初,按同一标准判定。",
            en="Basis: schools in scope of each county, as filed at the start of the year, judged by one rule.",
        ),
        sheet=Words(zh="分县判定", en="Verdicts by county"),
        note=Words(
            zh="只含由学校数据判定的部分;县级材料另行认定。学校:评估范围内的学校;差异系数:有要求的各学段各指标。",
            en="Only what school data decide. Schools: those in scope; CVs: those with a limit, by stage and indicator.",
        ),
    )

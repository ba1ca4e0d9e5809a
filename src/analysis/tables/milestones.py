"""The table of yearly targets against what there is."""

from __future__ import annotations

import pandas as pd

from ..publish.cells import TableColumn
from ..schema import Words
from ..standards import RuleSet
from .common import Table

STATUSES = {
    "met": Words(zh="达到", en="reached"),
    "not_met": Words(zh="未达到", en="not reached"),
    "open": Words(zh="待定", en="undetermined"),
    "no_target": Words(zh="未填目标", en="no target"),
    "ahead": Words(zh="未到年限", en="still ahead"),
}


def milestones(frame: pd.DataFrame, rules: RuleSet) -> Table:
    """Return the yearly targets with what there is (`milestones.milestones`)."""
    known = {target.id: target for target in rules.milestones}
    words = {
        name: Words(zh=f"{target.title.zh}({target.unit.zh})", en=f"{target.title.en} ({target.unit.en})")
        for name, target in known.items()
    }
    return Table(
        frame,
        {
            "milestone": TableColumn(Words(zh="年度目标", en="Target"), words=words),
            "year": TableColumn(Words(zh="年份", en="Year")),
            "target": TableColumn(Words(zh="目标(不低于)", en="Target (at least)")),
            "least": TableColumn(Words(zh="实际(已确定)", en="Actual (sure)"), digits=1, limit="target"),
            "most": TableColumn(Words(zh="实际(含待定)", en="Actual (at most)"), digits=1, limit="target"),
            "status": TableColumn(Words(zh="判定", en="Standing"), words=STATUSES),
        },
        basis=Words(
            zh=f"口径:学校比例按学校计,指标比例按办学单位计;待定或缺数据的计入“含待定”;依据:{rules.source}。",
            en=f"Basis: shares of schools, or of units for an indicator; the undetermined are in “at most”; rule: {rules.source}.",
        ),
        note=Words(
            zh="“—”为规划未列或尚无数据;县级填报只有本年的。",
            en="—: not in the plan, or no figures yet; answers are on file for this year only.",
        ),
        marks=pd.DataFrame({"status": (frame["status"] == "not_met").to_numpy()}),
        mark_means=STATUSES["not_met"],
        sheet=Words(zh="年度目标", en="Milestones"),
    )

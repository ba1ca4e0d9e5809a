"""Tables of notebook 01: what was read, who is judged, what is missing, what the checks say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from .. import schema
from ..errors import Fault, Lang, Level
from ..publish.cells import TableColumn
from ..pupil_groups import sensitive, told
from ..schema import Words
from ..sources.dataset import Input
from ..standards import RuleSet
from ..suppression import Cell, withheld
from ..wording.data import JOINING
from ..wording.labels import OUT_REASONS, VERDICTS
from .common import AREA, AREA3, KINDS, SCHOOL, STAGE, Table

_NOT_TOLD = Words(
    zh="涉及敏感学生群体的数，见核查副本。", en="A count of a sensitive group: see the checked copy."
)
_LEVELS = {
    Level.EXPLAIN.value: Words(zh="需说明", en="to explain"),
    Level.NOTE.value: Words(zh="提示", en="remark"),
}


def inputs(files: Sequence[Input]) -> Table:
    """Return the files that were read, with size and the first digits of their SHA-256."""
    frame = pd.DataFrame(
        {
            "file": [Path(item.path).name for item in files],
            "size": [item.size / 1024 for item in files],
            "sha256": [item.sha256[:12] for item in files],
        }
    )
    return Table(
        frame,
        {
            "file": TableColumn(Words(zh="文件", en="File")),
            "size": TableColumn(Words(zh="大小(KB)", en="Size (KB)"), digits=1),
            "sha256": TableColumn(Words(zh="SHA-256(前12位)", en="SHA-256 (first 12)")),
        },
        basis=Words(zh="口径:本次运行实际读取的文件。", en="Basis: the files that this run read."),
    )


def schools_by_area(schools: pd.DataFrame) -> Table:
    """Return schools and pupils of one year by type and area; 合计 is the sum of its parts."""
    known = schools.assign(
        school_type_code=schools["school_type_code"].fillna(""), area3=schools["area3"].fillna("unknown")
    )
    pupil_columns = [f"pupils_{stage}" for stage in schema.STAGES]
    if not known[pupil_columns].notna().any().any():
        pupil_columns = ["pupils_compulsory"]
    known["pupils"] = known[pupil_columns].sum(axis=1, min_count=1)
    counts = known.pivot_table(
        index="school_type_code", columns="area3", values="school_id", aggfunc="count", fill_value=0
    )
    pupils = known.pivot_table(index="school_type_code", columns="area3", values="pupils", aggfunc="sum")
    areas = [a for a in (*schema.codes("area3"), "unknown") if a in counts.columns]
    frame = pd.DataFrame({"kind": counts.index})
    for name, wide in (("n", counts), ("pupils", pupils)):
        frame[f"{name}_all"] = wide.sum(axis=1).reindex(counts.index).to_numpy()
        for area in areas:
            frame[f"{name}_{area}"] = wide.reindex(index=counts.index, columns=areas)[area].to_numpy()
    total = frame.drop(columns="kind").sum().to_frame().T.assign(kind="all")
    frame = pd.concat([total, frame], ignore_index=True)[frame.columns]
    columns = {"kind": TableColumn(Words(zh="办学类型", en="School type"), words=KINDS)}
    for name, title in (("n", Words(zh="学校", en="schools")), ("pupils", Words(zh="在校生", en="pupils"))):
        columns[f"{name}_all"] = TableColumn(Words(zh="合计", en="All"), digits=0, group=title)
        for area in areas:
            of = AREA3[area]
            columns[f"{name}_{area}"] = TableColumn(of, digits=0, group=title)
    return Table(
        frame,
        columns,
        unit=Words(zh="所、人", en="schools, pupils"),
        basis=_ALL_SCHOOLS,
        withheld=_of_few(frame, ["all", *areas]),
    )


def _of_few(frame: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    """Return which pupils of `schools_by_area` are of too few schools, or would give those away."""
    schools: dict[Cell, int] = {
        (k, a): int(n) for a in areas for k, n in zip(frame["kind"], frame[f"n_{a}"], strict=True)
    }
    kinds, parts = list(frame["kind"]), areas[1:]
    sums = [((kind, "all"), [(kind, area) for area in parts]) for kind in kinds]
    sums += [(("all", area), [(kind, area) for kind in kinds[1:]]) for area in areas]
    out = withheld(schools, sums)
    return pd.DataFrame({f"pupils_{a}": [(k, a) in out for k in kinds] for a in areas})


def left_out(units: pd.DataFrame, rules: RuleSet) -> Table:
    """Return the units that the rule's scope leaves out, each with its reason."""
    frame = units.loc[~units["in_scope"], ["school_name", "stage", "pupils", "school_pupils", "out_reason"]]
    return Table(
        frame.sort_values(["out_reason", "school_name", "stage"]).reset_index(drop=True),
        {
            "school_name": SCHOOL,
            "stage": STAGE,
            "pupils": TableColumn(Words(zh="该学段学生数", en="Pupils in the stage"), digits=0),
            "school_pupils": TableColumn(Words(zh="全校学生数", en="Pupils in the school"), digits=0),
            "out_reason": TableColumn(Words(zh="未纳入原因", en="Why left out"), words=OUT_REASONS),
        },
        unit=Words(zh="人", en="pupils"),
        basis=Words(
            zh=f"口径:{rules.scope.clause or rules.source}。",
            en=f"Basis: {rules.scope.clause or rules.source}.",
        ),
        sheet=Words(zh="未纳入评估", en="Left out"),
        in_report=len(frame) <= _FEW_ROWS,
    )


def missing_figures(judged: pd.DataFrame, rules: RuleSet) -> Table:
    """Return every figure that a unit in scope lacks: nothing is filled in for it."""
    lacking = judged[judged["in_scope"] & judged["value"].isna()]
    frame = lacking[["school_name", "stage", "area3", "indicator"]].sort_values(["school_name", "stage"])
    names = {indicator.id: indicator.title for indicator in rules.indicators}
    return Table(
        frame.reset_index(drop=True),
        {
            "school_name": SCHOOL,
            "stage": STAGE,
            "area3": AREA,
            "indicator": TableColumn(Words(zh="缺数据的指标", en="Indicator without a figure"), words=names),
        },
        basis=Words(
            zh="口径:纳入评估的办学单位;缺数据不按零计,也不视为达标。",
            en="Basis: units in scope; a missing figure is neither zero nor a pass.",
        ),
        sheet=Words(zh="缺数据清单", en="Missing figures"),
        in_report=len(frame) <= _FEW_ROWS,
    )


def faults(found: Sequence[Fault], lang: Lang, *, level: Level = Level.EXPLAIN) -> Table:
    """
    Return what the checks asked about, with the explanation given or the words that there is none; or, for
    `level` NOTE, what the reader remarked, which stands in the workbook alone.
    """
    none = Words(zh="未说明", en="not explained")
    rows = [
        {
            "level": fault.level.value,
            "place": (replace(fault.place, value="") if sensitive(fault.columns) else fault.place).text(lang),
            "problem": _NOT_TOLD[lang] if sensitive(fault.columns) else fault.text(lang),
            "explanation": fault.explanation or (none[lang] if fault.level is Level.EXPLAIN else ""),
        }
        for fault in sorted(
            (fault for fault in found if fault.level is level),
            key=lambda fault: (bool(fault.explanation), fault.place.text("zh")),
        )
    ]
    frame = pd.DataFrame(rows, columns=["level", "place", "problem", "explanation"])
    return Table(
        frame,
        {
            "level": TableColumn(Words(zh="类别", en="Kind"), words=_LEVELS),
            "place": TableColumn(Words(zh="位置", en="Place")),
            "problem": TableColumn(Words(zh="问题", en="Question")),
            "explanation": TableColumn(Words(zh="说明", en="Explanation")),
        },
        marks=pd.DataFrame({"explanation": frame["explanation"] == none[lang]}),
        mark_means=none,
        basis=Words(
            zh="口径:经验校验须更正或说明,说明留存并印出。",
            en="Basis: empirical checks ask for a correction or an explanation, which is kept and printed.",
        ),
        sheet=Words(zh="核查情况", en="Checks")
        if level is Level.EXPLAIN
        else Words(zh="读取提示", en="Remarks"),
        in_report=level is Level.EXPLAIN,
    )


def branches(listed: pd.DataFrame) -> Table:
    """Return the rows that the statistics do not count as schools, and the schools to which they were joined."""
    frame = listed.sort_values(["year", "school_name"]).reset_index(drop=True)
    return Table(
        frame[["school_name", "year", "pupils", "area3", "parent_name", "parent_area3"]],
        {
            "school_name": TableColumn(Words(zh="不计校数的教学点、校区", en="Branch")),
            "year": TableColumn(Words(zh="年份", en="Year")),
            "pupils": TableColumn(Words(zh="在校生", en="Pupils"), digits=0),
            "area3": AREA,
            "parent_name": TableColumn(Words(zh="并入学校", en="Joined to")),
            "parent_area3": TableColumn(Words(zh="并入学校城乡", en="Area of that school"), words=AREA3),
        },
        unit=Words(zh="人", en="pupils"),
        basis=Words(
            zh="口径:是否计校数为0的行;并入学校由用户指定,未指定的单独列为一行。",
            en="Basis: rows with 是否计校数 = 0; the user names the school, those without one stand alone.",
        ),
        sheet=Words(zh="不计校数", en="Branches"),
        in_report=len(frame) <= _FEW_ROWS,
    )


def joining(effects: pd.DataFrame, rules: RuleSet) -> Table:
    """Return what joining branches to their schools changes."""
    titles = {indicator.id: indicator.short for indicator in rules.indicators}
    what = effects["indicator"].where(effects["measure"] == "cv", effects["measure"])
    frame = effects.assign(what=what, digits=(effects["measure"] == "cv").map({True: 3, False: 0}))
    verdicts = {f"verdict_{when}": TableColumn(name, words=VERDICTS) for when, name in _WHEN.items()}
    return Table(
        frame[["year", "stage", "what", "before", "after", "limit", *verdicts, "digits"]],
        {
            "year": TableColumn(Words(zh="年份", en="Year")),
            "stage": STAGE,
            "what": TableColumn(Words(zh="项目", en="Measure"), words=titles | JOINING),
            "before": TableColumn(Words(zh="并入前", en="Apart"), digits="digits", limit="limit"),
            "after": TableColumn(Words(zh="并入后", en="Joined"), digits="digits", limit="limit"),
            "limit": TableColumn(Words(zh="限值", en="Limit"), digits=2),
            **verdicts,
        },
        basis=Words(
            zh="口径:指标行为差异系数(按学生数加权);前几行为办学单位数和在校生数。",
            en="Basis: rows of indicators are coefficients of variation weighted by pupils; the others are counts.",
        ),
        sheet=Words(zh="并入的影响", en="Effect of joining"),
    )


_WHEN = {
    "before": Words(zh="并入前判定", en="Verdict apart"),
    "after": Words(zh="并入后判定", en="Verdict joined"),
}


def corrections(applied: pd.DataFrame) -> Table:
    """Return the corrections that were applied on reading, with old and new value, reason, who and when."""
    titles = {name: Words(zh=column.zh, en=column.en) for name, column in schema.columns().items()}
    return Table(
        told(applied)[["school_name", "year", "column", "old", "new", "reason", "who", "date"]],
        {
            "school_name": SCHOOL,
            "year": TableColumn(Words(zh="年份", en="Year")),
            "column": TableColumn(Words(zh="项目", en="Figure"), words=titles),
            "old": TableColumn(Words(zh="原值", en="Filed"), align="right"),
            "new": TableColumn(Words(zh="新值", en="Corrected"), align="right"),
            "reason": TableColumn(Words(zh="理由", en="Reason")),
            "who": TableColumn(Words(zh="更正人", en="By")),
            "date": TableColumn(Words(zh="日期", en="Date")),
        },
        basis=Words(
            zh="口径:读取时按更正表更正,原文件未改;数值单位同统计表。",
            en="Basis: corrected on reading, the files are unchanged; units are those of the forms.",
        ),
        sheet=Words(zh="更正", en="Corrections"),
        in_report=len(applied) <= _FEW_ROWS,
    )


_FEW_ROWS = 20  # a longer list stands in the workbook alone
_ALL_SCHOOLS = Words(
    zh="口径:数据所列全部学校,含未纳入评估的学校;分母不涉及。",
    en="Basis: every school in the data, those out of scope included.",
)

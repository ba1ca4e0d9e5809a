"""Tables of notebook 02: the published table of coefficients, the official school table, the ledgers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd

from ..errors import Lang
from ..indicators import UNIT_KEY
from ..publish.cells import TableColumn
from ..rounding import decimals
from ..schema import Words
from ..standards import RuleSet
from ..wording.labels import STATUSES, VERDICTS, gap_in_things, plain, several
from .common import AREA, PUPILS, SCHOOL, STAGE, Table

_ROWS = {
    "mean": Words(zh="全县平均值", en="County mean"),
    "sd": Words(zh="标准差", en="Standard deviation"),
    "cv": Words(zh="差异系数", en="Coefficient of variation"),
    "limit": Words(zh="差异系数要求(不高于)", en="Limit (at most)"),
    "n": Words(zh="办学单位数", en="Units"),
    "n_missing": Words(zh="其中:缺数据", en="of which without a figure"),
}
_ROW_DIGITS = {"mean": 3, "sd": 3, "cv": 3, "limit": 2, "n": 0, "n_missing": 0}
_TEACHERS_NOT_ADDED = Words(
    zh="同一名教师可计入多项指标,各项所缺人数不可相加。",
    en="One teacher may count in several indicators: gaps in teachers must not be added up.",
)
_COMBINED = Words(zh="综合", en="Combined")
_VALUE = Words(zh="指标值", en="value")
_STANDARD = Words(zh="评估标准", en="standard")
_GAP_COLUMNS = {
    "gap_things": TableColumn(Words(zh="该学段缺口", en="Gap of the unit"), digits="thing_digits"),
    "gap_school_things": TableColumn(
        Words(zh="学校需补足", en="To be added by the school"), digits="thing_digits"
    ),
}
_PASSES: dict[str, Words] = {
    "pass": Words(zh="1", en="1"),
    "fail": Words(zh="0", en="0"),
    "undetermined": VERDICTS["undetermined"],
}
_SCOPES: dict[str, Words] = {
    "rule": Words(zh="本规则范围", en="as the rule has it"),
    "small": Words(zh="纳入小规模教学点", en="small teaching points too"),
    "public": Words(zh="仅公办学校", en="public schools only"),
}


def dispersion(spread: pd.DataFrame, rules: RuleSet) -> Table:
    """
    Return the table that counties publish: 全县平均值, 标准差, 差异系数 by indicator, codes L1 … under the heads.

    `spread`: the dispersion rows of one county, year and stage. Coefficients above their limit are marked.
    """
    by_id = spread.set_index("indicator")
    ids = [i.id for i in rules.indicators if i.id in by_id.index]
    ids += ["combined"] if "combined" in by_id.index else []
    frame = by_id.loc[ids, list(_ROWS)].astype("float64").T.rename_axis("row").reset_index()
    frame["digits"] = frame["row"].map(_ROW_DIGITS)
    frame.loc[frame["row"] == "limit", "digits"] = max(2, decimals(spread["limit"].max()))
    frame["bound"] = spread["limit"].max()
    frame.loc[frame["row"] != "cv", "bound"] = float("nan")
    columns: dict[str, TableColumn] = {"row": TableColumn(Words(zh="项目", en="Item"), words=_ROWS)}
    for number, name in enumerate(ids, start=1):
        indicator = None if name == "combined" else rules.indicator(name)
        title = _COMBINED if indicator is None else _with_unit(indicator.short, indicator.unit)
        columns[name] = TableColumn(title, digits="digits", limit="bound", code=f"L{number}")
    above = set(spread.loc[spread["verdict"] == "fail", "indicator"])
    marks = pd.DataFrame({i: (frame["row"] == "cv") & (i in above) for i in ids})
    return Table(
        frame,
        columns,
        basis=_basis(rules, Words(zh="按学生数加权", en="weighted by pupils")),
        marks=marks,
    )


def coefficients(spread: pd.DataFrame, rules: RuleSet) -> Table:
    """Return the coefficients of all stages, one a row, for the workbook."""
    frame = spread[["stage", "indicator", "n", "n_missing", "mean", "sd", "cv", "limit", "verdict"]]
    return Table(
        frame.reset_index(drop=True),
        {
            "stage": STAGE,
            "indicator": TableColumn(Words(zh="指标", en="Indicator"), words=_titles(rules)),
            "n": TableColumn(_ROWS["n"], digits=0),
            "n_missing": TableColumn(_ROWS["n_missing"], digits=0),
            "mean": TableColumn(_ROWS["mean"], digits=4),
            "sd": TableColumn(_ROWS["sd"], digits=4),
            "cv": TableColumn(_ROWS["cv"], digits=4, limit="limit"),
            "limit": TableColumn(_ROWS["limit"]),
            "verdict": TableColumn(Words(zh="判定", en="Verdict"), words=VERDICTS),
        },
        basis=_basis(rules, Words(zh="按学生数加权", en="weighted by pupils")),
        marks=pd.DataFrame({"verdict": (frame["verdict"] == "fail").to_numpy()}),
        sheet=Words(zh="差异系数", en="Coefficients"),
        in_report=False,
    )


def schools(table: pd.DataFrame, stage: str, rules: RuleSet) -> Table:
    """
    Return the official school table of a stage: each indicator as 指标值 | 评估标准, failing cells marked,
    the last column 1 when the unit passes and blank when it does not or is undetermined.

    `table`: assessment.school_table of one county and year.
    """
    frame = table[table["stage"] == stage].sort_values(["area3", "school_name"], ignore_index=True)
    columns = {"school_name": SCHOOL, "area3": AREA, "pupils": PUPILS}
    marks = pd.DataFrame(index=frame.index)
    for indicator in rules.indicators:
        value, limit = f"{indicator.id}_value", f"{indicator.id}_threshold"
        head = _with_unit(indicator.short, indicator.unit)
        floor = f"{indicator.id}_floor"
        columns[value] = TableColumn(_VALUE, digits=indicator.digits, limit=(limit, floor), group=head)
        columns[limit] = TableColumn(_STANDARD, group=head)
        marks[value] = frame[f"{indicator.id}_status"].isin(["floor", "below"])
    columns["verdict"] = TableColumn(Words(zh="达标", en="passes"), words=_PASSES, align="center")
    name = rules.stages[stage] if stage in rules.stages else Words(zh="全校", en="whole school")
    return Table(
        frame,
        columns,
        basis=_basis(
            rules,
            Words(zh="一贯制学校的共用设施按加权学生数拆分", en="shared facilities split by weighted pupils"),
        ),
        note=Words(
            zh="末列“1”为达标,“0”为未达标;指标值“—”为缺数据。",
            en="The last column: 1 the unit passes, 0 it does not; a value of — is a missing figure.",
        ),
        marks=marks,
        sheet=Words(zh=f"{name.zh}分学校达标情况", en=f"Schools, {name.en}"),
        landscape=True,
    )


def problems(judged: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet, lang: Lang) -> Table:
    """Return 问题清单: every unit that does not meet all indicators, what it lacks told in things, in one line."""
    rows = judged[judged["in_scope"] & judged["status"].isin(["floor", "below", "missing"])]
    order = {indicator.id: n for n, indicator in enumerate(rules.indicators)}
    rows = rows.assign(
        lacks=[_lacking(row, rules, lang) for _, row in rows.iterrows()], _order=rows["indicator"].map(order)
    ).sort_values("_order")
    lacks = rows.groupby(list(UNIT_KEY))["lacks"].agg(lambda parts: several(parts, lang)).reset_index()
    frame = unit_verdicts.merge(lacks, on=list(UNIT_KEY))
    frame = frame.assign(n_short=frame["n_floor"] + frame["n_below"])
    frame = frame.sort_values(
        ["stage", "area3", "school_name"], ascending=[False, True, True], ignore_index=True
    )
    frame.insert(0, "number", range(1, len(frame) + 1))
    return Table(
        frame,
        {
            "number": TableColumn(Words(zh="序号", en="No."), digits=0),
            "school_name": SCHOOL,
            "stage": STAGE,
            "area3": AREA,
            "pupils": PUPILS,
            "n_short": TableColumn(Words(zh="未达标项", en="Not met"), digits=0),
            "lacks": TableColumn(Words(zh="存在问题", en="What is lacking")),
            "verdict": TableColumn(Words(zh="判定", en="Verdict"), words=VERDICTS),
        },
        basis=_basis(rules),
        note=_TEACHERS_NOT_ADDED,
        sheet=Words(zh="问题清单", en="Problems"),
        landscape=True,
    )


def unmet(judged: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet) -> Table:
    """Return 未达标台账: every indicator that a unit in scope does not meet or has no figure for, with the gap."""
    rows = _with_verdict(judged, unit_verdicts)
    frame = rows[rows["status"].isin(["floor", "below", "missing"])].copy()
    return _ledger(frame, rules, Words(zh="未达标及缺数据台账", en="Not met or missing"), short=True)


def met(judged: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet) -> Table:
    """Return 已达标台账: every indicator that a unit in scope meets."""
    rows = _with_verdict(judged, unit_verdicts)
    return _ledger(
        rows[rows["status"] == "met"].copy(), rules, Words(zh="已达标指标台账", en="Met"), short=False
    )


def near_misses(frame: pd.DataFrame, verdict: str, rules: RuleSet, *, most: int = 8) -> Table:
    """
    Return the units nearest to the other verdict: of those that fail, what must move; of those that pass, what decides.

    `frame`: assessment.near_misses of one county and year; `verdict`: fail or pass.
    """
    rows = frame[(frame["verdict"] == verdict) & (frame["rank"] <= most)].reset_index(drop=True)
    rows = _in_things(rows, rules)
    columns = {
        "rank": TableColumn(Words(zh="序号", en="No."), digits=0),
        "school_name": SCHOOL,
        "stage": STAGE,
        "area3": AREA,
        "pupils": PUPILS,
        "indicator": TableColumn(Words(zh="指标", en="Indicator"), words=_shorts(rules)),
        "value": TableColumn(_VALUE, digits="digits", limit=("threshold", "floor")),
        "threshold": TableColumn(_STANDARD),
    }
    if verdict == "fail":
        columns |= _GAP_COLUMNS | {"thing": TableColumn(Words(zh="单位", en="Unit"), words=_things(rules))}
    else:
        columns["slack"] = TableColumn(Words(zh="余量", en="Slack"), digits=1, percent=True)
    return Table(
        rows, columns, basis=_basis(rules), note=_to_the_standard(rules) if verdict == "fail" else None
    )


def _to_the_standard(rules: RuleSet) -> Words | None:
    """Return that gaps are counted to the standard, though less may be enough where a floor is allowed."""
    rule = rules.school_rule
    if rule is None or rule.floor is None:
        return None
    k, share = rule.at_least_met, plain(Fraction(100 * rule.floor))
    return Words(
        zh=f"缺口按达到标准计;已有{k}项达标的,其余各项不低于标准的{share}%即可。",
        en=f"Gaps are counted to the standard; where {k} indicators meet it, {share}% of it is enough for the others.",
    )


def alternatives(frame: pd.DataFrame) -> Table:
    """Return how the verdict reads under the choices that rules leave open, the rule's own first."""
    number = {
        f"n_{kind}_{verdict}": TableColumn(word, digits=0, group=head)
        for kind, head, verdict, word in (
            ("schools", Words(zh="学校", en="schools"), "pass", VERDICTS["pass"]),
            ("schools", Words(zh="学校", en="schools"), "fail", VERDICTS["fail"]),
            ("schools", Words(zh="学校", en="schools"), "undetermined", VERDICTS["undetermined"]),
            ("cv", Words(zh="差异系数", en="coefficients"), "fail", VERDICTS["fail"]),
            ("cv", Words(zh="差异系数", en="coefficients"), "undetermined", VERDICTS["undetermined"]),
        )
    }
    columns = {
        "own": TableColumn(Words(zh="本规则", en="The rule's own"), align="center"),
        "scope": TableColumn(Words(zh="范围", en="Scope"), words=_SCOPES),
        "split": TableColumn(Words(zh="拆分共用设施", en="Facilities split"), align="center"),
        "moved": TableColumn(
            Words(zh="室内体育用房计入场馆", en="Indoor sports rooms moved"), align="center"
        ),
        "verdict": TableColumn(Words(zh="县判定", en="County"), words=VERDICTS),
    } | number
    return Table(
        frame.reset_index(drop=True),
        columns,
        unit=Words(zh="所、项", en="schools, coefficients"),
        basis=Words(
            zh="口径:其他条件不变,仅改变所列取舍后重新判定;“本规则”一行为正式口径。",
            en="Basis: judged again with only the listed choice changed; the rule's own row is the official one.",
        ),
    )


def _ledger(frame: pd.DataFrame, rules: RuleSet, sheet: Words, *, short: bool) -> Table:
    order = {indicator.id: n for n, indicator in enumerate(rules.indicators)}
    stages = {stage: n for n, stage in enumerate(rules.judged_stages)}
    frame = frame.assign(_order=frame["indicator"].map(order), _stage=frame["stage"].map(stages))
    frame = frame.sort_values(["school_name", "school_id", "_stage", "_order"], ignore_index=True)
    frame = _in_things(frame.assign(number=range(1, len(frame) + 1)), rules)
    columns = {
        "number": TableColumn(Words(zh="序号", en="No."), digits=0),
        "school_name": SCHOOL,
        "stage": STAGE,
        "area3": AREA,
        "pupils": PUPILS,
        "indicator": TableColumn(Words(zh="指标", en="Indicator"), words=_titles(rules)),
        "value": TableColumn(_VALUE, digits="digits", limit=("threshold", "floor")),
        "threshold": TableColumn(_STANDARD),
    }
    if short:
        columns |= _GAP_COLUMNS | {
            "thing": TableColumn(Words(zh="单位", en="Unit"), words=_things(rules)),
            "status": TableColumn(Words(zh="状态", en="State"), words=STATUSES),
        }
    columns["verdict"] = TableColumn(Words(zh="该学段判定", en="Verdict on the unit"), words=VERDICTS)
    note = Words(
        zh=f"{_TEACHERS_NOT_ADDED.zh}一贯制学校补足的设施由各学段共用:“学校需补足”为使该学段达标、全校须增加的量。",
        en=f"{_TEACHERS_NOT_ADDED.en} What a combined school "
        "adds is shared by its stages: the last gap is what the whole school must add for this stage to meet it.",
    )
    return Table(
        frame,
        columns,
        basis=_basis(rules),
        note=note if short else None,
        sheet=sheet,
        in_report=False,
    )


def _in_things(frame: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Return the rows with gaps counted in the things they are told in (人, 平方米, 万元) and decimals by row."""
    factor = {i.id: i.thing.factor if i.thing else 1 for i in rules.indicators}
    factors = frame["indicator"].map(factor).astype("float64")  # of no rows the type would be that of the ids
    return frame.assign(
        digits=frame["indicator"].map({i.id: i.digits for i in rules.indicators}),
        gap_things=frame["gap"] / factors,
        gap_school_things=frame["gap_school"] / factors,
        thing_digits=frame["indicator"].map(
            {i.id: i.thing.digits if i.thing else 0 for i in rules.indicators}
        ),
        thing=frame["indicator"],
    )


def _with_verdict(judged: pd.DataFrame, unit_verdicts: pd.DataFrame) -> pd.DataFrame:
    keys = list(UNIT_KEY)
    return judged[judged["in_scope"]].merge(unit_verdicts[[*keys, "verdict"]], on=keys, how="left")


def _things(rules: RuleSet) -> dict[str, Words]:
    return {i.id: Words(zh=(i.thing or i.unit).zh, en=(i.thing or i.unit).en) for i in rules.indicators}


def _lacking(row: pd.Series[Any], rules: RuleSet, lang: Lang) -> str:
    indicator = rules.indicator(str(row["indicator"]))
    if row["status"] == "missing":
        return f"{indicator.short.zh}缺数据" if lang == "zh" else f"{indicator.short.en}: no figure"
    gap = gap_in_things(indicator, row["gap"], lang)
    return f"{indicator.short.zh}缺{gap}" if lang == "zh" else f"{indicator.short.en}: {gap}"


def _titles(rules: RuleSet) -> dict[str, Words]:
    return {i.id: i.title for i in rules.indicators} | {"combined": Words(zh="综合差异系数", en="Combined")}


def _shorts(rules: RuleSet) -> dict[str, Words]:
    return {i.id: _with_unit(i.short, i.unit) for i in rules.indicators}


def _with_unit(title: Words, unit: Words) -> Words:
    return Words(zh=f"{title.zh}({unit.zh})", en=f"{title.en} ({unit.en})")


def _basis(rules: RuleSet, more: Words | None = None) -> Words:
    zh, en = (f";{more.zh}", f"; {more.en}") if more else ("", "")
    return Words(
        zh=f"口径:纳入评估的办学单位{zh};分母:该学段在校生数;依据:{rules.source}。",
        en=f"Basis: units in scope{en}; denominator: pupils of the stage; rule: {rules.source}.",
    )

"""Tables of notebook 03 for researchers: sheets of the workbook, not pages of the report."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..publish.cells import TableColumn
from ..research.settings import Research
from ..schema import Words
from ..standards import RuleSet
from ..wording import robust as words
from ..wording.labels import MEANS
from ..wording.robust_labels import CHOICES, DIVISIONS, KINDS, LINES, choice_words
from .common import PUPILS, SCHOOL, STAGE, Table

_YEAR = TableColumn(Words(zh="年份", en="Year"))
_LOW, _HIGH = Words(zh="区间下限", en="low"), Words(zh="区间上限", en="high")
_N = Words(zh="办学单位数", en="units")


def intervals(gaps: pd.DataFrame, rules: RuleSet, settings: Research) -> Table:
    """
    Return the differences with their intervals.

    Raises
    ------
    ValueError
        The frame holds a coefficient of variation: an official rule is never printed beside an interval.
    """
    if any("cv" in str(name).split("_") for name in gaps.columns):
        raise ValueError("an interval is not printed beside a coefficient of variation")
    columns = _indicator(rules) | {
        "mean": TableColumn(Words(zh="平均方式", en="Mean"), words=dict(MEANS)),
        **{side: TableColumn(_side(side, rules), digits="digits") for side in ("urban", "rural")},
        "difference": TableColumn(_difference(rules), digits="digits"),
        "low": TableColumn(_LOW, digits="digits", limit="zero"),
        "high": TableColumn(_HIGH, digits="digits", limit="zero"),
        **{f"n_{side}": TableColumn(_side(side, rules), digits=0, group=_N) for side in ("urban", "rural")},
    }
    frame = _ordered(gaps, rules, ["mean"]).assign(zero=0.0)
    return _sheet(
        frame, columns, Words(zh="城乡差区间", en="Gap intervals"), note=words.population(settings.bootstrap)
    )


def spread(measures: pd.DataFrame, rules: RuleSet, settings: Research) -> Table:
    """Return every measure of the spread of each indicator."""
    epsilon = format(settings.aversion, "f")
    titles = {
        "gini": Words(zh="基尼系数", en="Gini"),
        "theil_t": Words(zh="泰尔指数T", en="Theil T"),
        "theil_l": Words(zh="泰尔指数L", en="Theil L"),
        "atkinson": Words(zh=f"阿特金森指数(ε={epsilon})", en=f"Atkinson (ε = {epsilon})"),
        "p90_p10": Words(zh="P90/P10", en="P90/P10"),
        "mcloone": Words(zh="麦克卢恩指数", en="McLoone"),
        "concentration": Words(zh="集中指数(按学校规模)", en="concentration by school size"),
    }
    percentiles = {
        name: TableColumn(Words(zh=name.upper(), en=name.upper()), digits="digits")
        for name in ("p10", "p50", "p90")
    }
    columns = _indicator(rules) | {"n": TableColumn(_N, digits=0)} | percentiles
    columns |= {
        name: TableColumn(title, digits=4 if "theil" in name else 3) for name, title in titles.items()
    }
    note = Words(
        zh="均按学生数加权。P10、P50、P90为学生分布的分位数;麦克卢恩指数为中位数以下部分的实有量与按中位数应有量之比;集中指数大于零表示规模大的学校生均较多。",
        en="Weighted by pupils. P10, P50, P90: percentiles over pupils; McLoone: what units up to the median have, over what they "
        "would have at the median; concentration above zero: larger schools have more per pupil.",
    )
    return _sheet(_ordered(measures, rules), columns, Words(zh="校际分布", en="Spread"), note=note)


def divisions(parts: pd.DataFrame, shares: pd.DataFrame, rules: RuleSet, settings: Research) -> Table:
    """Return Theil T between and within the groups of each division; the share of area with its interval."""
    by = ["county_code", "year", "stage", "indicator"]
    held = parts.assign(share=parts["between_t"] / parts["theil_t"].where(parts["theil_t"] > 0))
    ends = shares[[*by, "low", "high"]].assign(division="area")
    frame = held.merge(ends, on=[*by, "division"], how="left")
    columns = _indicator(rules) | {
        "division": TableColumn(Words(zh="分法", en="Division"), words=DIVISIONS),
        "n_groups": TableColumn(Words(zh="组数", en="groups"), digits=0),
        "theil_t": TableColumn(Words(zh="泰尔指数T", en="Theil T"), digits=4),
        "between_t": TableColumn(Words(zh="组间", en="between"), digits=4),
        "within_t": TableColumn(Words(zh="组内", en="within"), digits=4),
        "share": TableColumn(Words(zh="组间份额", en="share between"), digits=1, percent=True),
        "low": TableColumn(_LOW, digits=1, percent=True),
        "high": TableColumn(_HIGH, digits=1, percent=True),
    }
    return _sheet(_ordered(frame, rules, ["division"]), columns, Words(zh="差异分解", en="Decomposition"),
                  note=words.population(settings.bootstrap))  # fmt: skip


def theil_change(table: pd.DataFrame, rules: RuleSet) -> Table:
    """Return Theil T of the first and the last year and how its parts moved."""
    columns = _indicator(rules) | _years()
    for name, title in (("theil_t", Words(zh="泰尔指数T", en="Theil T")), ("between_t", Words(zh="城乡之间", en="between")),
                        ("within_t", Words(zh="城乡内部", en="within"))):  # fmt: skip
        for end, word in (("first", Words(zh="首年", en="first")), ("last", Words(zh="末年", en="last"))):
            columns[f"{name}_{end}"] = TableColumn(word, digits=4, group=title)
    group = Words(zh="变动", en="change")
    columns["change"] = TableColumn(Words(zh="合计", en="all"), digits=4, group=group)
    columns["change_between"] = TableColumn(Words(zh="城乡之间", en="between"), digits=4, group=group)
    columns["change_within"] = TableColumn(Words(zh="城乡内部", en="within"), digits=4, group=group)
    return _sheet(_ordered(table, rules), columns, Words(zh="差异变动", en="Change of Theil"))


def effects(table: pd.DataFrame, rules: RuleSet) -> Table:
    """Return the change of each side in its pupil and its resource effect."""
    sides = {side: _side(side, rules) for side in ("urban", "rural")} | {"all": Words(zh="全县", en="county")}
    numbers = {
        "value_first": Words(zh="首年值", en="first figure"),
        "value_last": Words(zh="末年值", en="last figure"),
        "change": Words(zh="变化", en="change"),
        "pupil_effect": Words(zh="学生数效应", en="pupil effect"),
        "resource_effect": Words(zh="资源效应", en="resource effect"),
    }
    columns = _indicator(rules) | {"area": TableColumn(Words(zh="城乡", en="Area"), words=sides)} | _years()
    columns |= {name: TableColumn(title, digits="digits") for name, title in numbers.items()}
    columns |= {
        "pupils_first": TableColumn(Words(zh="首年学生", en="pupils, first"), digits=0),
        "pupils_last": TableColumn(Words(zh="末年学生", en="pupils, last"), digits=0),
        "n_left_out": TableColumn(Words(zh="缺数据未计入", en="left out, no figure"), digits=0),
        "kind": TableColumn(Words(zh="说明", en="Reading"), words=KINDS),
    }
    note = Words(
        zh="两种效应之和等于变化(沙普利分解,不分先后);任一年缺数据的办学单位两年都不计入。人均变好而资源没有增加的,不作为工作成效。",
        en="The effects add up to the change (Shapley values, neither moves first); units without the figure in either year are left "
        "out of both. A better figure without more resources is not counted as an achievement.",
    )
    return _sheet(_ordered(table, rules, ["area"]), columns, Words(zh="变化分解", en="Effects"), note=note)


def area_lines(lines: pd.DataFrame, rules: RuleSet) -> Table:
    """Return both sides by year, as ratios of totals, by three ways of following schools."""
    frame = _ordered(lines[lines["mean"] == "totals"], rules, ["line", "year"])
    columns = _indicator(rules) | {
        "line": TableColumn(Words(zh="口径", en="Schools"), words=LINES),
        "year": _YEAR,
    }
    columns |= {side: TableColumn(_side(side, rules), digits="digits") for side in ("urban", "rural")}
    columns["difference"] = TableColumn(_difference(rules), digits="digits")
    columns |= {
        f"n_{side}": TableColumn(_side(side, rules), digits=0, group=_N) for side in ("urban", "rural")
    }
    return _sheet(frame, columns, Words(zh="三种口径", en="Three ways"))


def switched(table: pd.DataFrame, rules: RuleSet) -> Table:
    """Return the schools whose side changed."""
    sides = {side: _side(side, rules) for side in ("urban", "rural")}
    columns = {
        "school_name": SCHOOL,
        "year_before": TableColumn(Words(zh="变动前年份", en="Year before")),
        "year": _YEAR,
        "area_before": TableColumn(Words(zh="变动前", en="before"), words=sides),
        "area": TableColumn(Words(zh="变动后", en="after"), words=sides),
        "pupils": PUPILS,
    }
    return _sheet(table, columns, Words(zh="城乡变动学校", en="Switched schools"))


def similar(pairs: pd.DataFrame, rules: RuleSet) -> Table:
    """Return the schools that each school was held against."""
    columns = {
        "stage": STAGE,
        "area": TableColumn(
            Words(zh="城乡", en="Area"), words={s: _side(s, rules) for s in ("urban", "rural")}
        ),
        "school_name": SCHOOL,
        "pupils": PUPILS,
        "rank": TableColumn(Words(zh="次序", en="Rank"), digits=0),
        "similar_name": TableColumn(Words(zh="相近学校", en="Similar school")),
        "similar_pupils": TableColumn(Words(zh="相近学校学生数", en="its pupils"), digits=0),
    }
    return _sheet(pairs, columns, Words(zh="相近学校", en="Similar schools"))


def against_similar(table: pd.DataFrame, rules: RuleSet) -> Table:
    """Return each figure beside the median of the similar schools."""
    columns = {"stage": STAGE, "school_name": SCHOOL, "pupils": PUPILS} | {
        "indicator": _indicator(rules)["indicator"]
    }
    columns |= {
        "value": TableColumn(Words(zh="本校", en="this school"), digits="digits"),
        "median": TableColumn(Words(zh="相近学校中位数", en="median of similar schools"), digits="digits"),
        "n_similar": TableColumn(Words(zh="相近学校数", en="similar schools"), digits=0),
        "percent": TableColumn(Words(zh="占中位数的百分比", en="per cent of the median"), digits=0),
    }
    frame = table.assign(digits=table["indicator"].map({i.id: i.digits for i in rules.indicators}))
    return _sheet(frame, columns, Words(zh="与相近学校比", en="Against similar"))


def specifications(specs: pd.DataFrame, rules: RuleSet, settings: Research) -> Table:
    """Return every specification with its choices and its gap."""
    named = choice_words(settings)
    columns = _indicator(rules) | {"year": _YEAR}
    columns |= {c: TableColumn(CHOICES[c], words=dict(named[c])) for c in ("mean", "scope", "split", "areas")}
    columns |= {side: TableColumn(_side(side, rules), digits="digits") for side in ("urban", "rural")}
    columns["relative"] = TableColumn(Words(zh="差占中间值%", en="difference, % of middle"), digits=1)
    columns["own"] = TableColumn(
        Words(zh="本报告口径", en="own"),
        words={"True": Words(zh="是", en="yes"), "False": Words(zh="", en="")},
    )
    frame = _ordered(specs, rules).assign(
        split=lambda f: f["split"].astype(str), own=lambda f: f["own"].astype(str)
    )
    return _sheet(frame, columns, Words(zh="全部口径", en="Specifications"))


def holding(table: pd.DataFrame, by: Iterable[pd.DataFrame], rules: RuleSet, settings: Research) -> Table:
    """Return in what share of the specifications each finding holds: of all, and of each choice (`by_choice` frames)."""
    frame = pd.concat([table.assign(choice="all", value=""), *by], ignore_index=True).astype({"value": "str"})
    values = {value: said for named in choice_words(settings).values() for value, said in named.items()}
    values |= {value: Words(zh=value, en=value) for value in frame["value"].unique() if value not in values}
    columns = _indicator(rules) | {
        "choice": TableColumn(
            Words(zh="选择", en="Choice"), words=CHOICES | {"all": Words(zh="全部", en="all")}
        ),
        "value": TableColumn(Words(zh="取值", en="Value"), words=values),
        "n": TableColumn(Words(zh="口径数", en="specifications"), digits=0),
        "n_same": TableColumn(Words(zh="方向相同", en="same side ahead"), digits=0),
        "share": TableColumn(Words(zh="成立份额", en="share that holds"), digits=0, percent=True),
    }
    return _sheet(_ordered(frame, rules), columns, Words(zh="稳健性", en="Robustness"))


def _indicator(rules: RuleSet) -> dict[str, TableColumn]:
    names = {
        i.id: Words(zh=f"{i.short.zh}({i.unit.zh})", en=f"{i.short.en} ({i.unit.en})")
        for i in rules.indicators
    }
    return {"stage": STAGE, "indicator": TableColumn(Words(zh="指标", en="Indicator"), words=names)}


def _years() -> dict[str, TableColumn]:
    return {
        "first": TableColumn(Words(zh="首年", en="First year")),
        "last": TableColumn(Words(zh="末年", en="Last year")),
    }


def _side(side: str, rules: RuleSet) -> Words:
    return Words(zh=rules.area.zh[side], en=rules.area.en[side])


def _difference(rules: RuleSet) -> Words:
    urban, rural = _side("urban", rules), _side("rural", rules)
    return Words(zh=f"{urban.zh}减{rural.zh}", en=f"{urban.en} − {rural.en}")


def _ordered(frame: pd.DataFrame, rules: RuleSet, then: Iterable[str] = ()) -> pd.DataFrame:
    """Return rows by stage and indicator in the order of the rule, with the decimals of each."""
    stages = {stage: n for n, stage in enumerate(rules.judged_stages)}
    order = {i.id: n for n, i in enumerate(rules.indicators)}
    placed = frame.assign(
        _stage=frame["stage"].map(stages),
        _order=frame["indicator"].map(order),
        digits=frame["indicator"].map({i.id: i.digits for i in rules.indicators}),
    )
    return placed.sort_values(["_stage", "_order", *then], kind="stable", ignore_index=True)


def _sheet(
    frame: pd.DataFrame, columns: dict[str, TableColumn], sheet: Words, *, note: Words | None = None
) -> Table:
    basis = Words(zh="口径:纳入评估的办学单位。", en="Basis: units in scope.")
    return Table(frame.reset_index(drop=True), columns, basis=basis, note=note, sheet=sheet, in_report=False)

"""Tables of notebook 03: 合计、城区、镇区、乡村, the two sides by three means, shortfalls, Theil parts."""

from __future__ import annotations

import pandas as pd

from ..publish.cells import TableColumn
from ..schema import Words
from ..standards import RuleSet
from ..wording.labels import MEANS
from .common import AREA3, Table, few_schools

_INDICATOR = Words(zh="指标", en="Indicator")
_N = Words(zh="办学单位数", en="units")


def by_area(values: pd.DataFrame, rules: RuleSet) -> Table:
    """
    Return each indicator for the county and for 城区, 镇区, 乡村 apart, as ratios of totals.

    `values`: one county, year and stage. Units without the figure are left out of both sums and counted.
    """
    inside = values[values["in_scope"]].assign(area3=lambda f: f["area3"].fillna("unknown"))
    areas = [area for area in AREA3 if (inside["area3"] == area).any()]
    whole = _ratio_of_totals(inside, ["indicator"], rules)
    parts = _ratio_of_totals(inside, ["indicator", "area3"], rules)
    rows = whole.rename(columns={"value": "all"}).set_index("indicator")
    columns = {
        "indicator": TableColumn(_INDICATOR, words=_names(rules)),
        "all": TableColumn(Words(zh="合计", en="All"), digits="digits"),
    }
    for area in areas:
        rows[area] = parts[parts["area3"] == area].set_index("indicator")["value"]
        title = AREA3[area]
        columns[area] = TableColumn(Words(zh=f"其中:{title.zh}", en=title.en), digits="digits")
    columns["n"] = TableColumn(_N, digits=0)
    columns["n_missing"] = TableColumn(Words(zh="其中:缺数据", en="without a figure"), digits=0)
    order = [i.id for i in rules.indicators if i.id in rows.index]
    frame = rows.loc[order].reset_index()
    figures = inside[inside["value"].notna()].pivot_table(
        index="area3", columns="indicator", values="school_id", aggfunc="nunique", fill_value=0
    )
    few = few_schools(figures.reindex(index=areas, columns=order, fill_value=0)).to_numpy().T
    return Table(
        frame,
        columns,
        basis=_basis(rules, MEANS["totals"]),
        withheld=pd.DataFrame(few, columns=areas),
    )


def urban_rural(gaps: pd.DataFrame, rules: RuleSet) -> Table:
    """Return the two sides of each indicator by all three means, each named. `gaps`: one county, year and stage."""
    frame = gaps.assign(digits=gaps["indicator"].map({i.id: i.digits for i in rules.indicators}))
    sides = _sides(rules)
    columns = {
        "indicator": TableColumn(_INDICATOR, words=_names(rules)),
        "mean": TableColumn(Words(zh="平均方式", en="Mean"), words=dict(MEANS)),
        "urban": TableColumn(sides["urban"], digits="digits"),
        "rural": TableColumn(sides["rural"], digits="digits"),
        "difference": TableColumn(
            Words(
                zh=f"{sides['urban'].zh}减{sides['rural'].zh}",
                en=f"{sides['urban'].en} − {sides['rural'].en}",
            ),
            digits="digits",
        ),
        "ratio": TableColumn(
            Words(
                zh=f"{sides['urban'].zh}比{sides['rural'].zh}",
                en=f"{sides['urban'].en} / {sides['rural'].en}",
            ),
            digits=3,
        ),
    }
    for side, title in sides.items():
        columns[f"n_{side}"] = TableColumn(title, digits=0, group=_N)
    return Table(
        frame.reset_index(drop=True),
        columns,
        basis=_basis(rules),
        note=Words(
            zh="总量之比=资源总量÷学生总数;学校平均=各办学单位指标值的算术平均;学生平均=按学生数加权的平均。"
            "分母为学生数时,总量之比与学生平均相同。",
            en="Ratio of totals: all resources over all pupils; mean over schools: each unit counts once; mean over pupils: "
            "each pupil counts once. Where the denominator is pupils the first and the last are the same.",
        ),
    )


def shortfalls(short: pd.DataFrame, rules: RuleSet) -> Table:
    """Return how many units fall short and what they lack, by side. `short`: one county, year and stage."""
    factor = {i.id: i.thing.factor if i.thing else 1 for i in rules.indicators}
    frame = short.assign(
        area=short["area"].fillna("unknown"),
        things=short["gap"] / short["indicator"].map(factor),
        digits=short["indicator"].map({i.id: i.thing.digits if i.thing else 0 for i in rules.indicators}),
        thing=short["indicator"],
    )
    words = _sides(rules)
    order = {i.id: n for n, i in enumerate(rules.indicators)}
    frame = frame.assign(
        _order=frame["indicator"].map(order), _side=frame["area"].map({"urban": 0, "rural": 1, "unknown": 2})
    )
    frame = frame.sort_values(["_order", "_side"], ignore_index=True)
    return Table(
        frame,
        {
            "indicator": TableColumn(_INDICATOR, words={i.id: i.short for i in rules.indicators}),
            "area": TableColumn(Words(zh="城乡", en="Area"), words=words | {"unknown": AREA3["unknown"]}),
            "n_units": TableColumn(_N, digits=0),
            "n_short": TableColumn(Words(zh="未达标", en="short"), digits=0),
            "n_missing": TableColumn(Words(zh="缺数据", en="no figure"), digits=0),
            "things": TableColumn(Words(zh="缺口", en="Gap"), digits="digits"),
            "thing": TableColumn(
                Words(zh="单位", en="Unit"),
                words={
                    i.id: Words(zh=(i.thing or i.unit).zh, en=(i.thing or i.unit).en)
                    for i in rules.indicators
                },
            ),
        },
        basis=_basis(rules),
        note=Words(
            zh="同一名教师可计入多项指标,各项所缺人数不可相加。",
            en="One teacher may count in several indicators: gaps in teachers must not be added up.",
        ),
    )


def theil(parts: pd.DataFrame, rules: RuleSet) -> Table:
    """Return Theil T and L with their between and within parts. `parts`: one county, year and stage."""
    order = {i.id: n for n, i in enumerate(rules.indicators)}
    frame = parts.assign(_order=parts["indicator"].map(order)).sort_values("_order", ignore_index=True)
    columns = {
        "indicator": TableColumn(_INDICATOR, words={i.id: i.short for i in rules.indicators}),
        "n": TableColumn(_N, digits=0),
        "gini": TableColumn(Words(zh="基尼系数", en="Gini"), digits=3),
    }
    for letter, name in (("t", "T"), ("l", "L")):
        head = Words(zh=f"泰尔指数{name}", en=f"Theil {name}")
        columns |= {
            f"theil_{letter}": TableColumn(Words(zh="合计", en="all"), digits=4, group=head),
            f"between_{letter}": TableColumn(Words(zh="城乡之间", en="between"), digits=4, group=head),
            f"within_{letter}": TableColumn(Words(zh="城乡内部", en="within"), digits=4, group=head),
        }
    return Table(
        frame,
        columns,
        basis=_basis(rules, Words(zh="按学生数加权", en="weighted by pupils")),
        note=Words(
            zh="某校指标值为零时,泰尔指数L无定义,以“—”表示;缺数据的办学单位不计入。",
            en="Theil L is undefined where a unit has zero, shown as —; units without the figure are left out.",
        ),
    )


def over_years(gaps: pd.DataFrame, rules: RuleSet) -> Table:
    """Return each indicator of both sides by year, as ratios of totals. `gaps`: one county and stage, several years."""
    long = gaps.melt(id_vars=["indicator", "year"], value_vars=["urban", "rural"], var_name="area")
    wide = long.pivot_table(index=["indicator", "area"], columns="year", values="value", dropna=False)
    years = [int(year) for year in wide.columns]
    frame = wide.set_axis([str(year) for year in years], axis=1).reset_index()
    order = {i.id: n for n, i in enumerate(rules.indicators)}
    frame = frame.assign(
        _order=frame["indicator"].map(order),
        _side=frame["area"].map({"urban": 0, "rural": 1}),
        digits=frame["indicator"].map({i.id: i.digits for i in rules.indicators}),
    ).sort_values(["_order", "_side"], ignore_index=True)
    columns = {
        "indicator": TableColumn(_INDICATOR, words=_names(rules)),
        "area": TableColumn(Words(zh="城乡", en="Area"), words=_sides(rules)),
    } | {str(year): TableColumn(Words(zh=f"{year}年", en=str(year)), digits="digits") for year in years}
    return Table(frame, columns, basis=_basis(rules, MEANS["totals"]))


def _names(rules: RuleSet) -> dict[str, Words]:
    return {i.id: _with_unit(i.short, i.unit) for i in rules.indicators}


def _sides(rules: RuleSet) -> dict[str, Words]:
    return {side: Words(zh=rules.area.zh[side], en=rules.area.en[side]) for side in ("urban", "rural")}


def _ratio_of_totals(values: pd.DataFrame, by: list[str], rules: RuleSet) -> pd.DataFrame:
    known = values["value"].notna()
    sums = (
        values.assign(
            numerator=values["numerator"].where(known),
            denominator=values["denominator"].where(known),
            n=known.astype(int),
            n_missing=(~known).astype(int),
        )
        .groupby(by)[["numerator", "denominator", "n", "n_missing"]]
        .sum()
        .reset_index()
    )
    per = sums["indicator"].map({i.id: i.per for i in rules.indicators})
    total = sums["denominator"].where(sums["denominator"] > 0)
    digits = sums["indicator"].map({i.id: i.digits for i in rules.indicators})
    return sums.assign(value=per * sums["numerator"] / total, digits=digits)


def _with_unit(title: Words, unit: Words) -> Words:
    return Words(zh=f"{title.zh}({unit.zh})", en=f"{title.en} ({unit.en})")


def _basis(rules: RuleSet, more: Words | None = None) -> Words:
    zh, en = (f";{more.zh}", f"; {more.en}") if more else ("", "")
    return Words(
        zh=f"口径:纳入评估的办学单位{zh};城乡划分:{rules.area.clause or rules.source}。",
        en=f"Basis: units in scope{en}; areas: {rules.area.clause or rules.source}.",
    )

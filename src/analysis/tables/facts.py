"""The figures that sentences print, each with its formula, numerator, denominator, date and clause."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ..balance import COMBINED
from ..publish.facts import Fact
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese, typeset
from ..wording.labels import VERDICTS, school_year
from ..wording.methods import formula

_COUNTED = Words(zh="计数", en="a count")
_SUM = Words(zh="各办学单位缺口之和", en="sum of the gaps of the units")
_MEAN = Words(zh="纳入评估的办学单位之和相除：", en="ratio of the sums over units in scope: ")
_SD = Words(zh="√(Σ(学生数÷总学生数)×(指标值－平均值)²)", en="√(Σ (pupils ÷ all pupils) × (value − mean)²)")
_CV = Words(zh="标准差÷全县平均值（按学生数加权）", en="standard deviation ÷ county mean, weighted by pupils")
_LIMIT = Words(zh="标准规定", en="set by the rule")
_CVS = ("差异系数", "oefficient")
_LIMITED = ("要求", "规定", "不高于", "limit")


def coefficients(spread: pd.DataFrame, judged: pd.DataFrame, rules: RuleSet) -> list[Fact]:
    """Return mean, deviation, coefficient, limit and standard of each stage and indicator of one county and year."""
    known = judged[judged["in_scope"] & judged["value"].notna()]
    added = known.groupby(["stage", "indicator"])[["numerator", "denominator"]].sum()
    sums = dict(zip(added.index, added.itertuples(index=False, name=None), strict=True))
    found: list[Fact] = []
    for row in spread.to_dict("records"):
        stage, name = str(row["stage"]), str(row["indicator"])
        about = _About(stage, None if name == COMBINED else rules.indicator(name), int(row["year"]), rules)
        found += _coefficient(about, row)
        if about.indicator is not None and pd.notna(row["mean"]):
            found += _mean(about, about.indicator, row, sums[stage, name])
    return found


def _coefficient(about: _About, row: Mapping[Hashable, Any]) -> Iterator[Fact]:
    parts = (None, None) if about.indicator is None else (row["sd"], row["mean"])
    if pd.notna(row["cv"]):
        what = Words(zh="差异系数", en="coefficient of variation")
        yield about.fact("cv", what, row["cv"], _CV, *parts, said=_CVS, digits=3)
    if pd.notna(row["limit"]):
        what = Words(zh="差异系数限值", en="limit of the coefficient")
        yield about.fact("limit", what, row["limit"], _LIMIT, said=_CVS, near=_LIMITED, digits=2)


def _mean(
    about: _About, indicator: Indicator, row: Mapping[Hashable, Any], parts: Sequence[float]
) -> Iterator[Fact]:
    own = typeset(formula(indicator, about.rules))
    how = Words(zh=_MEAN.zh + own.zh, en=_MEAN.en + own.en)
    what = Words(zh="全县平均值", en="county mean")
    yield about.fact("mean", what, row["mean"], how, *parts, digits=indicator.digits)
    what = Words(zh="标准差", en="standard deviation")
    yield about.fact("sd", what, row["sd"], _SD, said=("标准差", "deviation"), digits=2)
    threshold = indicator.threshold(about.stage)
    if threshold is not None:
        what = Words(zh="标准", en="standard")
        yield about.fact("standard", what, float(threshold), _LIMIT, near=("标准", "standard"))


def shortages(short: pd.DataFrame, rules: RuleSet) -> list[Fact]:
    """Return units, units short and gaps, in things, of each stage and indicator, and the gaps by area."""
    found: list[Fact] = []
    for (stage, name), rows in short.groupby(["stage", "indicator"], sort=False):
        about = _About(str(stage), rules.indicator(str(name)), int(rows["year"].iloc[0]), rules)
        thing = about.indicator.thing if about.indicator else None
        counts = rows[["n_units", "n_short", "n_missing"]].sum()
        missing = ("缺", "without the figure", "have no figure")
        known = counts["n_units"] - counts["n_missing"]
        found += [
            about.fact(
                "n_short",
                Words(zh="未达标办学单位数", en="units short"),
                counts["n_short"],
                _COUNTED,
                near=("未达标", "fall"),
            ),
            about.fact(
                "n_known",
                Words(zh="有数据的办学单位数", en="units with the figure"),
                known,
                _COUNTED,
                near=("办学单位", "units"),
            ),
            about.fact(
                "n_missing",
                Words(zh="缺数据的办学单位数", en="units without the figure"),
                counts["n_missing"],
                _COUNTED,
                near=missing,
            ),
        ]
        if thing is None or rows["gap"].isna().all():
            continue
        unit = Words(zh=f"缺口（{thing.zh}）", en=f"gap ({thing.en})")
        found.append(about.fact("gap", unit, rows["gap"].sum() / thing.factor, _SUM, near=("共缺", "in all")))
        for row in rows.dropna(subset=["area", "gap"]).to_dict("records"):
            side = str(row["area"])
            sides = (rules.area.zh.get(side, side), rules.area.en.get(side, side))
            what = Words(zh=f"{sides[0]}{unit.zh}", en=f"{sides[1]} {unit.en}")
            found.append(
                about.fact(
                    f"gap-{side}", what, row["gap"] / thing.factor, _SUM, said=("共缺", "in all"), near=sides
                )
            )
    return found


def gaps(totals: pd.DataFrame, rules: RuleSet) -> list[Fact]:
    """Return the figures of both sides, their difference and ratio. `totals`: rows of gaps.urban_rural of one year and mean."""
    found: list[Fact] = []
    for row in totals.to_dict("records"):
        about = _About(str(row["stage"]), rules.indicator(str(row["indicator"])), int(row["year"]), rules)
        if about.indicator is None:
            continue
        own = typeset(formula(about.indicator, rules))
        higher = ("高", "higher", "above", "less", "低")
        for side in ("urban", "rural"):
            if pd.notna(row[side]):
                names = (rules.area.zh[side], rules.area.en[side])
                how = Words(
                    zh=f"该侧办学单位之和相除：{own.zh}", en=f"ratio of the sums over its units: {own.en}"
                )
                found.append(about.fact(side, Words(zh=names[0], en=names[1]), row[side], how, near=names))
        if pd.notna(row["difference"]):
            how = Words(zh="两侧之差", en="difference of the sides")
            found.append(about.fact("difference", how, abs(row["difference"]), how, near=higher))
        if pd.notna(row["ratio"]) and row["urban"] and row["rural"]:
            least, most = sorted((row["urban"], row["rural"]))
            how = Words(zh="（高－低）÷低", en="(higher − lower) ÷ lower")
            found.append(
                about.fact(
                    "percent",
                    Words(zh="两侧相差的百分比", en="difference in per cent"),
                    (most - least) / least,
                    how,
                    most - least,
                    least,
                    near=higher,
                )
            )
    return found


def tallies(county_verdicts: pd.DataFrame, unit_verdicts: pd.DataFrame, rules: RuleSet) -> list[Fact]:
    """Return the counts of the verdict: schools, coefficients and units, in all and by verdict."""
    found: list[Fact] = []
    kinds = {
        "schools": (Words(zh="学校数", en="schools"), ("所学校", "schools")),
        "cv": (Words(zh="差异系数项数", en="coefficients"), ("项差异系数", "coefficients of variation:")),
    }
    for row in county_verdicts.to_dict("records"):
        for kind, (what, said) in kinds.items():
            for end in ("", *(f"_{verdict}" for verdict in VERDICTS)):
                verdict = VERDICTS.get(end[1:], Words(zh="", en=""))
                name = Words(zh=what.zh + verdict.zh, en=f"{what.en} {verdict.en}".strip())
                about = _About("", None, int(row["year"]), rules)
                found.append(about.fact(f"n_{kind}{end}", name, row[f"n_{kind}{end}"], _COUNTED, said=said))
    for stage, rows in unit_verdicts.groupby("stage", sort=False):
        about = _About(str(stage), None, int(rows["year"].iloc[0]), rules)
        counts = {"": len(rows)} | {f"_{v}": int((rows["verdict"] == v).sum()) for v in VERDICTS}
        for end, n in counts.items():
            verdict = VERDICTS.get(end[1:], Words(zh="", en=""))
            what = Words(zh=f"办学单位数{verdict.zh}", en=f"units {verdict.en}".strip())
            found.append(
                about.fact(f"n_units{end}", what, n, _COUNTED, said=("个办学单位中，达标", "meet the rule, "))
            )
    return found


class _About:
    """What facts of one stage and indicator share; without an indicator of the stage, without a stage of the county."""

    def __init__(self, stage: str, indicator: Indicator | None, year: int, rules: RuleSet) -> None:
        self.stage, self.indicator, self.year, self.rules = stage, indicator, year, rules

    def fact(
        self, key: str, what: Words, value: Any, formula: Words, numerator: Any = None, denominator: Any = None,
        *, said: tuple[str, ...] = (), near: tuple[str, ...] = (), digits: int = 0,
    ) -> Fact:  # fmt: skip
        """Return a fact of this stage and indicator."""
        own = self.indicator
        name = self.rules.stage_name(self.stage) if self.stage in self.rules.stages else Words(zh="", en="")
        groups = [(name.zh, name.en)] * bool(name.zh) + [said] * bool(said)
        if own is not None:
            names = (chinese(own.title.zh), chinese(own.short.zh), own.title.en, own.short.en)
            groups.append(tuple(dict.fromkeys(names)))  # in this order: two runs leave the same files
        title = own.title if own is not None else Words(zh="", en="")
        parts_en = [part for part in (title.en, name.en, what.en) if part]
        return Fact(
            key="/".join(part for part in (str(self.year), self.stage, own.id if own else "", key) if part),
            what=typeset(Words(zh=f"{name.zh}{title.zh}{what.zh}", en=", ".join(parts_en))),
            value=float(value),
            digits=digits,
            formula=formula,
            numerator=None if numerator is None else float(numerator),
            denominator=None if denominator is None else float(denominator),
            when=school_year(self.year),
            clause=chinese(own.clause) if own else chinese(self.rules.source),
            said=tuple(groups),
            near=near,
        )

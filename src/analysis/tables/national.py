"""What `junheng measure` writes: every county and year, its verdict, and each indicator's means and inequality."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .. import schema
from ..national import Measured
from ..publish.flat import FlatColumn, FlatTable
from ..schema import Words
from ..standards import RuleSet
from ..wording.labels import VERDICTS

_MEASURE = 4  # decimals of a coefficient of variation, Gini, Theil
_COMBINED = Words(zh="各项差异系数的平均", en="mean of the CVs")


def national_tables(measured: Measured, rules: RuleSet, names: Mapping[str, str]) -> list[FlatTable]:
    """
    Return the two tables of `measured`, counties and indicators named, every column described.

    Parameters
    ----------
    names
        County code to name.
    """
    counties = _named(measured.county_verdicts, names)
    spread = _named(measured.spread, names)
    indicators = {i.id: i for i in rules.indicators}
    for lang in ("zh", "en"):
        titles = {"combined": _COMBINED[lang]} | {name: i.title[lang] for name, i in indicators.items()}
        units = {name: i.unit[lang] for name, i in indicators.items()}
        spread[f"indicator_{lang}"] = spread["indicator"].map(titles)
        spread[f"unit_{lang}"] = spread["indicator"].map(units).astype("str")
    return [
        FlatTable("indicators", Words(zh="各项指标", en="Indicators"), spread, _spread_columns(rules)),
        FlatTable("verdicts", Words(zh="县级判定", en="Verdicts"), counties, _county_columns()),
    ]


def _named(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    named = frame.copy()
    named.insert(1, "county_name", frame["county_code"].map(names).astype("str"))
    return named


def _plain(
    zh: str, en: str, zh_meaning: str = "", en_meaning: str = "", digits: int | None = None
) -> FlatColumn:
    return FlatColumn(Words(zh=zh, en=en), Words(zh=zh_meaning or zh, en=en_meaning or en), digits)


def _keys() -> dict[str, FlatColumn]:
    code, name, year = (schema.column(c) for c in ("county_code", "county_name", "year"))
    return {
        "county_code": _plain(code.zh, code.en),
        "county_name": _plain(name.zh, name.en, "最近一年的名称", "the latest name"),
        "year": _plain(
            year.zh, year.en, "学年初所在年份", "the calendar year in which the school year begins"
        ),
    }


def _verdict(zh: str, en: str) -> FlatColumn:
    meaning = Words(
        zh="缺数据可能改变结论的为待定；没有限值的为空",
        en="undetermined where what is missing could turn it; blank where the rule has no limit",
    )
    return FlatColumn(Words(zh=zh, en=en), meaning, words=VERDICTS)


def _spread_columns(rules: RuleSet) -> dict[str, FlatColumn]:
    stages = {stage: rules.stage_name(stage) for stage in rules.judged_stages}
    return {
        **_keys(),
        "stage": FlatColumn(Words(zh="学段", en="Stage"), Words(zh="学段", en="Stage"), words=stages),
        "indicator": _plain("指标编号", "Indicator ID", f"标准 {rules.id} 中的编号", f"its ID in the rule set {rules.id}"),
        "indicator_zh": _plain("指标", "Indicator (Chinese)"),
        "indicator_en": _plain("指标（英文）", "Indicator"),
        "unit_zh": _plain("计量单位", "Unit (Chinese)", "均值与标准差的单位", "of means and standard deviation"),
        "unit_en": _plain("计量单位（英文）", "Unit", "均值与标准差的单位", "of means and standard deviation"),
        "n": _plain("校数", "Units", "评估范围内有该项数据的办学单位", "units in scope that have the figure"),
        "n_missing": _plain("缺数据", "Missing", "评估范围内缺该项数据的办学单位", "units in scope without the figure"),
        "n_unsure": _plain(
            "范围未定", "Scope not known", "是否在评估范围内不能确定的办学单位，已计入前两列",
            "units of which it is not known whether they are in scope; counted in the two columns before",
        ),
        "n_met": _plain("达标校数", "Met", "达到校级标准的办学单位", "units that meet the standard for schools"),
        "n_floor": _plain(
            "未达标校数", "Not met", "未达标、不低于最低比例的办学单位", "units below the standard, not below the floor"
        ),
        "n_below": _plain("低于最低比例校数", "Below the floor", "低于最低比例的办学单位", "units below the floor"),
        "pupils": _plain("学生数", "Pupils", "有该项数据的办学单位的在校生", "pupils of the units that have the figure"),
        "mean": _plain("均值", "Mean", "总量之比 ΣF / ΣP", "ratio of totals ΣF / ΣP", 3),
        "urban": _plain("城镇均值", "Urban mean", "城镇一侧的总量之比", "ratio of totals on the urban side", 3),
        "rural": _plain("乡村均值", "Rural mean", "乡村一侧的总量之比", "ratio of totals on the rural side", 3),
        "n_urban": _plain("城镇校数", "Urban units", "城镇一侧有数据的办学单位", "urban units that have the figure"),
        "n_rural": _plain("乡村校数", "Rural units", "乡村一侧有数据的办学单位", "rural units that have the figure"),
        "sd": _plain("标准差", "Standard deviation", "按学生数加权", "weighted by pupils", 3),
        "cv": _plain("差异系数", "CV", "标准差 / 均值，按学生数加权", "sd / mean, weighted by pupils", _MEASURE),
        "cv_low": _plain(
            "差异系数下限", "Lowest CV", "无论缺的数据是多少，差异系数都不低于此", "whatever is missing, the CV is not below it",
            _MEASURE,
        ),
        "limit": _plain("限值", "Limit", "差异系数的限值", "limit of the CV", 2),
        "verdict": _verdict("差异系数判定", "Verdict on the CV"),
        **_inequality(),
    }  # fmt: skip


def _inequality() -> dict[str, FlatColumn]:
    zero = ("有 0 值时无定义", "undefined where a value is 0")
    found = {
        "gini": _plain(
            "基尼系数", "Gini", "按学生数加权，总体形式", "weighted by pupils, population form", _MEASURE
        ),
        "n_zero": _plain("0值校数", "Zeros", "数值为0的办学单位", "units whose value is 0"),
    }
    for index, note in (("t", ("", "")), ("l", zero)):
        name = index.upper()
        found |= {
            f"theil_{index}": _plain(f"泰尔指数{name}", f"Theil {name}", note[0], note[1], _MEASURE),
            f"between_{index}": _plain(
                f"泰尔指数{name}：城乡之间", f"Theil {name}, between", "城镇、乡村（及城乡不明）各部分之间",
                "between urban, rural and, where the side is not known, the rest", _MEASURE,
            ),
            f"within_{index}": _plain(
                f"泰尔指数{name}：城乡内部", f"Theil {name}, within", "各部分内部，两项之和为总指数",
                "within these parts; the two add up to the index", _MEASURE,
            ),
        }  # fmt: skip
    return found


def _county_columns() -> dict[str, FlatColumn]:
    things = {
        "units": Words(zh="办学单位", en="units"),
        "schools": Words(zh="学校", en="schools"),
        "cv": Words(zh="差异系数", en="CVs"),
    }
    counts = {"": Words(zh="数", en=""), **{f"_{code}": words for code, words in VERDICTS.items()}}
    return {
        **_keys(),
        "verdict": _verdict("县级判定", "Verdict"),
        **{
            f"n_{thing}{code}": _plain(
                f"{words.zh}{'：' if code else ''}{said.zh}",
                f"{words.en}{': ' if code else ''}{said.en}".capitalize(),
            )
            for thing, words in things.items()
            for code, said in counts.items()
        },
    }

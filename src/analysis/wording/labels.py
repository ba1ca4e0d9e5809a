"""What codes are called, and how figures are told: the words that every sentence shares."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pandas as pd

from ..errors import Lang
from ..facts import About, Figure
from ..rounding import as_filed, shown
from ..schema import Words, codes
from ..standards import Indicator, RuleSet
from ..typesetting import chinese, typeset

_MOST_NAMED = 3
VERDICTS = {
    "pass": Words(zh="达标", en="met"),
    "fail": Words(zh="未达标", en="not met"),
    "undetermined": Words(zh="待定", en="undetermined"),
}
STATUSES = {
    "met": Words(zh="达标", en="met"),
    "floor": Words(zh="未达标（不低于最低比例）", en="below the standard, not below the floor"),
    "below": Words(zh="未达标（低于最低比例）", en="below the floor"),
    "missing": Words(zh="缺数据", en="no figure"),
    "unjudged": Words(zh="不判定", en="not judged"),
}
OUT_REASONS = {
    "named": Words(zh="按学校逐一移出评估范围", en="taken out of scope by name"),
    "kind": Words(zh="学校类型不在评估范围", en="school type not in scope"),
    "min_pupils": Words(zh="学生数低于纳入下限", en="fewer pupils than the scope asks"),
    "ownership": Words(zh="举办者性质不在评估范围", en="ownership not in scope"),
    "no_pupils": Words(zh="该学段无在校生", en="no pupils in this stage"),
}
MEANS = {
    "totals": Words(zh="总量之比", en="ratio of totals"),
    "schools": Words(zh="学校平均", en="mean over schools"),
    "pupils": Words(zh="学生平均", en="mean over pupils"),
}


def school_year(year: int) -> Words:
    """Return the point in time that school-year figures speak of: 2025/2026学年初."""
    return Words(zh=f"{year}/{year + 1}学年初", en=f"start of the {year}/{year + 1} school year")


def span(years: pd.Series) -> Words:
    """Return the years from the first to the last; a single year is not told as a span."""
    first, last = years.min(), years.max()
    if first == last:
        return Words(zh=f"{first}年", en=str(first))
    return Words(zh=f"{first}—{last}年", en=f"{first}–{last}")


def stage_words(stage: str, rules: RuleSet) -> Words:
    """Return the stage as it stands before a Chinese name or title and behind an English one."""
    if stage not in rules.stages:
        return Words(zh="", en="")
    return Words(zh=rules.stages[stage].zh, en=f" ({rules.stages[stage].en})")


def data_at(data: Words, year: int) -> Words:
    """Return the data with the point in time they speak of, as a source line has them."""
    when = school_year(year)
    return typeset(Words(zh=f"{data.zh}，{when.zh}", en=f"{data.en}, {when.en}"))


def rule_with_source(rules: RuleSet) -> Words:
    """Return the rule set's title with the document it is taken from."""
    return typeset(Words(zh=f"{rules.title.zh}（{rules.source}）", en=f"{rules.title.en} ({rules.source})"))


def gap_in_things(indicator: Indicator, gap: float, lang: Lang) -> str:
    """Return a shortage in things: 3人, 412平方米, 8.6万元. Gaps come rounded up to what is printed (judge_values)."""
    thing = indicator.thing
    if thing is None or pd.isna(gap):
        return shown(None, 0)
    text = shown(gap / thing.factor, thing.digits, lang)
    if lang == "zh":
        return f"{text}{thing.zh}"
    return f"{text} {thing.en.removesuffix('s') if text == '1' else thing.en}"


def rate(indicator: Indicator, lang: Lang) -> str:
    """Return the unit of an indicator's value with its denominator: 人/百生, m² per pupil."""
    unit = indicator.unit[lang]
    if indicator.denominator or indicator.per_school:
        return unit
    if lang == "zh":
        return unit + {1: "/生", 100: "/百生"}.get(indicator.per, f"/{indicator.per}生")
    pupils = "per pupil" if indicator.per == 1 else f"per {indicator.per} pupils"
    return pupils if indicator.short.en.endswith(unit) else f"{unit} {pupils}"


def with_rate(indicator: Indicator) -> Words:
    """Return the short name of an indicator with unit and denominator."""
    return Words(
        zh=f"{indicator.short.zh}({rate(indicator, 'zh')})",
        en=f"{indicator.short.en} ({rate(indicator, 'en')})",
    )


def listed(names: Iterable[object], lang: Lang, about: About, counter: str = "所") -> str:
    """Return up to three names, and how many there are where there are more, as figures `about` them."""
    every = [str(name) for name in names]
    text = ("、" if lang == "zh" else ", ").join(every[:_MOST_NAMED])
    if len(every) <= _MOST_NAMED:
        return text
    if lang == "zh":
        return f"{text}等{about(len(every), 'listed', '：所列个数', 'listed')}{counter}"
    return f"{text} and {about(len(every) - _MOST_NAMED, 'more', '：未列名的个数', 'not named'):en} more"


def stage_cell(stage: str) -> Words:
    """Return a stage as the cells of tables have it."""
    entry = codes("stages").get(stage)
    return Words(zh="全校", en="whole school") if entry is None else Words(zh=entry.zh, en=entry.en)


def unit_counts(stage: str, verdicts: pd.Series, rules: RuleSet) -> tuple[Figure, dict[str, Figure]]:
    """Return how many units of a stage there are, and how many of each verdict, as figures of the table of schools."""
    name = rules.stage_name(stage)
    about = About(
        f"units/{stage}",
        Words(zh=f"{name.zh}办学单位", en=f"units, {name.en}"),
        f"schools-{stage}",
        chinese(rules.source),
    )
    counts = {
        verdict: about((verdicts == verdict).sum(), verdict, f"{words.zh}数", words.en)
        for verdict, words in VERDICTS.items()
    }
    return about(len(verdicts), "n", "数", "all"), counts


def several(parts: Iterable[str], lang: Lang) -> str:
    """Return parts as one enumeration, an em dash for none."""
    return ("、" if lang == "zh" else "; ").join(parts) or shown(None, 0)


def row_of(frame: pd.DataFrame, indicator: str) -> pd.Series[Any]:
    """Return the one row of an indicator."""
    return frame[frame["indicator"] == indicator].iloc[0]


def side(value: float, limit: float) -> str:
    """Return on which side of a limit a value stands: above, below or equal."""
    value = float(as_filed(value))
    return "equal" if value == limit else "above" if value > limit else "below"


def sign(value: float) -> int:
    """Return 1, 0 or -1."""
    return (value > 0) - (value < 0)


def rounded(value: float, digits: int) -> float:
    """Return the number that a sentence prints, so that differences between printed numbers add up."""
    return float(shown(float(value), digits))


def plain(threshold: Fraction) -> str:
    """Return a threshold as the law writes it, without trailing zeros."""
    return format(as_filed(float(threshold)).normalize(), "f")

"""A plan against the county's data: what the schools have, with what the plan adds, held against the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from ..assessment import assess
from ..errors import Fault, Level, Place
from ..schema import Words
from ..standards import RuleSet
from ..wording.labels import gap_in_things
from .measures import Measure
from .vocabulary import Addition, vocabulary

_LISTED = 10  # names of schools outside the plan that are listed
_SCALE = {"万元": ("元", 10_000), "亿元": ("元", 100_000_000)}


def check_against_data(
    found: Sequence[Measure], schools: pd.DataFrame, rules: RuleSet, file: str
) -> Iterator[Fault]:
    """
    Give the schools of the plan that the data do not have, and those that fail the rule with all that it adds.

    Parameters
    ----------
    found
        The plan's measures.
    schools
        The canonical table of one county in one year: what the schools have without the plan.
    rules
        The rule set; one without a rule for schools says nothing of them.
    file
        The plan's file, for what the plan leaves out.
    """
    known = {str(name): row for row, name in enumerate(schools["school_name"])}
    places = {school: measure.place for measure in reversed(found) for school in measure.schools}
    matched = {school: _row(school, known) for school in places}
    for school, row in matched.items():
        if row is None:
            yield Fault(
                "unknown-school",
                f"数据中没有「{school}」。请核对校名。",
                f"the data have no school “{school}”.",
                places[school],
                Level.EXPLAIN,
                school_name=school,
            )
    after = schools.reset_index(drop=True).copy()
    shared: set[str] = set()
    for measure in found:
        rows = [row for school in measure.schools if (row := matched[school]) is not None]
        addition = _addition(measure)
        if addition is None or not rows:
            continue
        if len(measure.schools) > 1:
            shared.update(measure.schools)
            continue
        column = _column(addition, measure, after, rows[0])
        if column in after:
            amount = float(measure.amount.exact * _SCALE.get(measure.amount.unit, ("", 1))[1])
            after.loc[after.index == rows[0], column] += amount
    if shared:
        yield _shared(sorted(shared), found)
    yield from _still_short(
        after, rules, {row: s for s, row in matched.items() if row is not None}, places, file
    )


def _row(school: str, known: dict[str, int]) -> int | None:
    """Return the row of a school by its name, or by the only name that ends with it: 县实验小学 for 实验小学."""
    if school in known:
        return known[school]
    ending = [row for name, row in known.items() if name.endswith(school)]
    return ending[0] if len(ending) == 1 else None


def _addition(measure: Measure) -> Addition | None:
    unit = _SCALE.get(measure.amount.unit, (measure.amount.unit, 1))[0]
    for addition in vocabulary().adds:
        if (
            addition.unit == unit
            and any(word in measure.item for word in addition.words)
            and not measure.total
        ):
            return addition
    return None


def _column(addition: Addition, measure: Measure, schools: pd.DataFrame, row: int) -> str:
    """Return the column that a measure adds to; the stage is the one it names, or the only one with pupils."""
    stages = {"小学": "primary", "初中": "junior"}
    named = [stage for word, stage in stages.items() if word in measure.item]
    held = [stage for stage in stages.values() if float(schools[f"pupils_{stage}"].iloc[row]) > 0]
    stage = (named or held)[0] if len(named or held) == 1 else ""
    return addition.column.format(stage=stage)


def _shared(schools: Sequence[str], found: Sequence[Measure]) -> Fault:
    place = next(m.place for m in found if set(m.schools) & set(schools) and len(m.schools) > 1)
    return Fault(
        "shared-amount",
        f"{'、'.join(schools)}合写一个数,分不到各校,核对达标时没有计入。请分校填写。",
        f"one amount stands for several schools ({', '.join(schools)}); it was not counted towards any of them.",
        place,
        Level.NOTE,
    )


def _still_short(
    after: pd.DataFrame, rules: RuleSet, named: dict[int, str], places: dict[str, Place], file: str
) -> Iterator[Fault]:
    """Give each unit of the plan that fails with it, with what it is short of; the others that fail together."""
    judged = assess(after, rules)
    if rules.school_rule is None:
        return
    failing = judged.unit_verdicts[judged.unit_verdicts["verdict"] == "fail"]
    rows = {str(school): row for row, school in enumerate(after["school_id"])}
    others: list[str] = []
    for unit in failing.to_dict("records"):
        name, stage = str(unit["school_name"]), rules.stage_name(str(unit["stage"]))
        planned = named.get(rows[str(unit["school_id"])])
        if planned is None:
            others.append(f"{name}({stage.zh})")
            continue
        values = judged.judged
        here = (values["school_id"] == unit["school_id"]) & (values["stage"] == unit["stage"])
        short = _short(values[here & values["status"].isin(["floor", "below"])], rules)
        yield Fault(
            "still-short",
            f"按计划实施后,「{name}」{stage.zh}仍不达标:{short.zh}。",
            f"with the plan “{name}” ({stage.en}) still fails: {short.en}.",
            places[planned],
            Level.EXPLAIN,
            school_name=planned,
        )
    if others:
        listed = "、".join(others[:_LISTED]) + ("等" if len(others) > _LISTED else "")
        yield Fault(
            "not-in-plan",
            f"计划没有涉及的学校中,有{len(others)}个办学单位不达标:{listed}。",
            f"{len(others)} unit(s) of schools that the plan does not name fail: {listed}.",
            Place(file),
            Level.EXPLAIN,
        )


def _short(values: pd.DataFrame, rules: RuleSet) -> Words:
    """Return what a unit is short of, in things."""
    told = [
        (rules.indicator(str(indicator)), float(gap))
        for indicator, gap in zip(values["indicator"], values["gap_school"], strict=True)
    ]
    return Words(
        zh="、".join(f"{each.short.zh}缺{gap_in_things(each, gap, 'zh')}" for each, gap in told),
        en="; ".join(f"{each.short.en}: {gap_in_things(each, gap, 'en')}" for each, gap in told),
    )

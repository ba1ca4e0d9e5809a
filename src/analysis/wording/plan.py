"""Sentences of notebook 05 on the plan: what it costs, its proof, what gives way, what it turns on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import Fault, Lang
from ..planning import Plan, Relaxation, Solution, spending
from ..programme import Programme
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from .labels import VERDICTS, rounded
from .outlook import VARIANTS

_WAN = 1e4
_MOST_NAMED = 3
FUNDS = {
    "buildings": Words(zh="校舍场地", en="buildings and grounds"),
    "equipment": Words(zh="设备", en="equipment"),
    "staff": Words(zh="教师", en="teachers"),
}
DIRECTIONS = {"in": Words(zh="调入", en="in"), "out": Words(zh="调出", en="out")}


def money(yuan: float, lang: Lang) -> str:
    """Return money in 万元 with one decimal."""
    return (
        f"{shown(yuan / _WAN, 1, lang)}万元" if lang == "zh" else f"{shown(yuan / 1e6, 2, lang)} million yuan"
    )


def plan(plan: Plan, rules: RuleSet) -> list[Words]:
    """Return what the plan costs and reaches, and how far from the least cost it can be; or what stands in its way."""
    if plan.solution is None or plan.verification is None:
        return [_no_plan(plan), *(way_out(way, rules) for way in plan.ways_out)]
    solution, task = plan.solution, plan.task
    last = plan.verification.assessment.county_verdicts.sort_values("year").iloc[-1]
    total, open_ = float(plan_cost(solution)), int(last["n_schools_undetermined"])
    parts = "、".join(f"{FUNDS[f].zh}{money(n, 'zh')}" for f, n in _by_fund(solution).items())
    parts_en = ", ".join(f"{FUNDS[f].en} {money(n, 'en')}" for f, n in _by_fund(solution).items())
    return [
        Words(
            zh=f"到{task.years[-1]}年{'数据齐全的学校' if open_ else ''}全部达标,{task.years[0]}—{task.years[-1]}年共需{money(total, 'zh')}"
            + (f",其中:{parts}" if parts else "") + f";折为{task.outlook.base_year}年价值{money(solution.cost, 'zh')}。",
            en=f"{'With the schools whose figures are known, meeting' if open_ else 'Meeting'} the rule by {task.years[-1]} takes {money(total, 'en')} in {task.years[0]}–{task.years[-1]}"
            + (f" ({parts_en})" if parts_en else "") + f"; {money(solution.cost, 'en')} at the value of {task.outlook.base_year}.",
        ),
        Words(
            zh=f"复核:按同一评估程序对规划后的数据重新判定,{task.years[-1]}年{last['n_schools']}所学校中达标{last['n_schools_pass']}所、"
            f"未达标{last['n_schools_fail']}所、待定{last['n_schools_undetermined']}所,差异系数超过限值的{last['n_cv_fail']}项,"
            f"全县判定为{VERDICTS[str(last['verdict'])].zh}。",
            en=f"Judged anew by the same rule with the plan's figures: in {task.years[-1]} {last['n_schools_pass']} of "
            f"{last['n_schools']} schools meet it, {last['n_schools_fail']} do not, {last['n_schools_undetermined']} are "
            f"undetermined, {last['n_cv_fail']} coefficients are above their limit; the county's verdict: "
            f"{VERDICTS[str(last['verdict'])].en}.",
        ),
        Words(
            zh=f"最优性:已证明任何方案的折现费用都不低于{money(solution.bound, 'zh')},本方案至多高出{shown(100 * solution.gap, 2)}%。",
            en=f"Proof: no plan can cost less than {money(solution.bound, 'en')} (discounted); this one is at most "
            f"{shown(100 * solution.gap, 2)}% above it.",
        ),
    ]  # fmt: skip


def plan_cost(solution: Solution) -> float:
    """Return what a plan costs in all its years, 元, not discounted."""
    return sum(_by_fund(solution).values())


def still_open(plan: Plan) -> Words | None:
    """Return that missing figures leave the verdict open whatever is built; None where nothing is missing."""
    if plan.verification is None:
        return None
    found = plan.verification.assessment.unit_verdicts
    rows = found[(found["year"] == plan.task.years[-1]) & (found["verdict"] == "undetermined")]
    if rows.empty:
        return None
    names = rows["school_name"].drop_duplicates()
    return Words(
        zh=f"{_listed(names, 'zh')}缺数据,投入不能代替补报:缺的指标没有安排投入,补齐后请重新测算。",
        en=f"Figures are missing at {_listed(names, 'en')}: nothing is planned for them; fill them in and reckon again.",
    )


def barred(faults: Sequence[Fault]) -> Words:
    """Return why a rule set cannot be planned for, so that this chapter has no plan."""
    first, more = faults[0], len(faults) - 1
    return Words(
        zh=f"按所用标准不作规划测算：{first.zh}" + (f"另有{more}项指标同此。" if more else ""),
        en=f"No plan is reckoned under this rule set: {first.en}"
        + (f" So with {more} more." if more else ""),
    )


def _no_plan(plan: Plan) -> Words:
    year = plan.task.years[-1]
    zh, en = (
        ("以下每一项单独放宽即可行。", "Each of the following alone would do.")
        if plan.ways_out
        else ("单独放宽资金、编制、差异系数或学校范围中的一项,未找到可行方案。", "Easing money, posts, coefficients or scope alone, no plan was found.")
    )  # fmt: skip
    return Words(
        zh=f"在现有条件下,{year}年不能全部达标:已证明没有可行方案。{zh}",
        en=f"As asked, not all can meet the rule by {year}: proven. {en}",
    )


def way_out(way: Relaxation, rules: RuleSet) -> Words:
    """Return one way out in words."""
    if way.kind == "money":
        zh = "、".join(f"{year}年还需{money(n, 'zh')}" for year, n in way.money.items())
        en = ", ".join(f"{money(n, 'en')} more in {year}" for year, n in way.money.items())
        return Words(zh=f"资金:{zh}。", en=f"Money: {en}.")
    if way.kind == "posts":
        return Words(zh=f"编制:还需{way.posts}个。", en=f"Posts: {way.posts} more.")
    if way.kind == "schools":
        n = len(way.schools)
        return Words(
            zh=f"范围:{n}所学校({_listed(way.schools, 'zh')})不在{'本期内' if n else ''}达标,其余可以全部达标。",
            en=f"Scope: all but {n} school{'s' if n != 1 else ''} ({_listed(way.schools, 'en')}) can meet the rule.",
        )
    zh = "、".join(
        f"{rules.stage_name(s).zh}{rules.indicator(i).short.zh}差异系数放宽到{shown(cv, 3)}"
        for (s, i), cv in way.spread.items()
    )
    en = ", ".join(
        f"{rules.indicator(i).short.en} ({rules.stage_name(s).en}) to {shown(cv, 3)}"
        for (s, i), cv in way.spread.items()
    )
    return Words(zh=f"差异系数:{zh}。", en=f"Coefficients of variation: {en}.")


def waived(left: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return who stays below a threshold though the rule is met, by area. `left`: `planning.left_behind`."""
    found = []
    for stage in rules.judged_stages:
        rows = left[left["stage"] == stage]
        if rows.empty:
            continue
        by_area = rows.groupby("area")[["n_floor", "pupils_floor"]].sum()
        names = {"urban": (rules.area.zh["urban"], rules.area.en["urban"])}
        names["rural"] = (rules.area.zh["rural"], rules.area.en["rural"])
        zh = "、".join(f"{names[str(a)][0]}{int(n)}项次" for a, n in by_area["n_floor"].items())
        en = ", ".join(f"{names[str(a)][1]} {int(n)}" for a, n in by_area["n_floor"].items())
        name = rules.stage_name(stage)
        found.append(
            Words(
                zh=f"{name.zh}规划后仍有{int(rows['n_floor'].sum())}项次未达到标准、但不低于最低比例(规则允许每个办学单位有一项),其中:{zh}。",
                en=f"After the plan {int(rows['n_floor'].sum())} figures ({name.en}) stay below the standard but not below the "
                f"floor, one a unit as the rule allows: {en}.",
            )
        )
    return found


def built_where_few(rows: pd.DataFrame, programme: Programme) -> Words | None:
    """Return that the plan builds at schools that will be very small; None where it does not."""
    if rows.empty:
        return None
    names = rows["school_name"].drop_duplicates()
    line = shown(programme.given("tiny_school"), 0)
    return Words(
        zh=f"请留意:方案在预计不足{line}人的学校({_listed(names, 'zh')})安排了校舍或场地建设,立项前先定去留。",
        en=f"Mind: the plan builds at schools projected below {line} pupils ({_listed(names, 'en')}); settle their future first.",
    )


def money_classes(programme: Programme) -> dict[str, Words]:
    """Return what the classes of `planning.school_money` are called."""
    limits = [shown(limit, 0) for limit in programme.money_classes]
    classes = {
        "0": Words(zh="无投入", en="none"),
        "1": Words(zh=f"{limits[0]}万元以下", en=f"below {limits[0]} ×10⁴ yuan"),
    }
    for at, low in enumerate(limits):
        high = limits[at + 1] if at + 1 < len(limits) else ""
        zh = f"{low}—{high}万元" if high else f"{low}万元及以上"
        en = f"{low}–{high} ×10⁴ yuan" if high else f"{low} ×10⁴ yuan and more"
        classes[str(at + 2)] = Words(zh=zh, en=en)
    return classes


def case_names(programme: Programme) -> dict[str, Words]:
    """Return what the cases of the sensitivity table are called."""
    by = shown(programme.varied.by, 0)
    names = {}
    for name in programme.varied.parameters:
        own = programme.parameter(name)
        names[name] = Words(zh=f"{own.zh}提高{by}%", en=f"{own.en}: {by}% dearer")
    return names | {v: Words(zh=f"学生数{w.zh}", en=f"pupils, {w.en} variant") for v, w in VARIANTS.items()}


def money_stretch(front: pd.DataFrame) -> Words | None:
    """Return what little money does first. `front`: `planning.frontier`."""
    if len(front) < 2:
        return None
    none, some = front.iloc[0], front.iloc[1]
    return Words(
        zh=f"每年{money(some['budget'], 'zh')}时,达标学校{int(some['n_pass'])}所(不新增投入时{int(none['n_pass'])}所),"
        f"就读于达标学校的学生占{shown(100 * some['pupils_pass'] / some['pupils'], 1)}%。",
        en=f"With {money(some['budget'], 'en')} a year, {int(some['n_pass'])} schools meet the rule instead of {int(none['n_pass'])}; "
        f"{shown(100 * some['pupils_pass'] / some['pupils'], 1)}% of the pupils are in schools that do.",
    )


def swings(cases: pd.DataFrame, names: dict[str, Words], base: float) -> Words | None:
    """Return which number the cost turns on most. `cases`: `planning.sensitivity`."""
    known = cases.dropna(subset=["cost"])
    if known.empty or not base:
        return None
    change = (known["cost"] - base) / base
    row = known.iloc[int(change.abs().argmax())]
    by = rounded(100 * (float(row["cost"]) / base - 1), 1)
    name = names[str(row["case"])]
    zh = f"{'增加' if by >= 0 else '减少'}{shown(abs(by), 1)}%"
    return Words(
        zh=f"所列变动中,对费用影响最大的是“{name.zh}”:费用{zh}。",
        en=f"Of the changes listed, “{name.en}” moves the cost most: by {shown(by, 1)}%.",
    )


def _by_fund(solution: Solution) -> dict[str, float]:
    funds = {m.id: m.fund for m in solution.task.measures}
    table = spending(solution.actions, solution.task.years)
    sums: Any = table["cost"].groupby(table["measure"].map(funds)).sum()
    return {fund: float(sums[fund]) for fund in FUNDS if fund in sums.index and sums[fund] > 0}


def _listed(names: Sequence[str] | pd.Series[str], lang: Lang) -> str:
    listed = [str(name) for name in names]
    text = ("、" if lang == "zh" else ", ").join(listed[:_MOST_NAMED])
    if len(listed) <= _MOST_NAMED:
        return text
    return f"{text}等{len(listed)}所" if lang == "zh" else f"{text} and {len(listed) - _MOST_NAMED} more"


def method(rules: RuleSet) -> Words:
    """Return what the plan takes for granted."""
    mean = rules.dispersion is not None and rules.dispersion.mean_at_most is not None
    zh = "本标准限制的是差异系数的平均数,方案让每一项都不超过该限值,比标准更严。" if mean else ""
    en = (
        " The rule limits the mean of the coefficients; the plan holds each of them to it, which is stricter."
        if mean
        else ""
    )
    return Words(
        zh="方法:以人、间为整数,按目标年的学生数满足全部规则,求折现费用最低的混合整数规划;退休按原岗位补充,"
        f"交流教师视为高于规定学历;不含征地、维修和日常经费。{zh}",
        en="Method: a mixed-integer program of least discounted cost, people and rooms whole, the rule met for the pupils of "
        "the target year; retired teachers are replaced, rotated ones count as above the required degree; land, repairs and "
        f"running costs are left out.{en}",
    )

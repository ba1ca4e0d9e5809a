"""Sentences of notebook 05 on the plan: what it costs, its proof, what gives way, what it turns on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import Fault
from ..facts import CHOSEN, About, told, written
from ..planning import Plan, Solution, spending
from ..programme import Programme
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from .labels import VERDICTS, listed, rounded
from .outlook import VARIANTS
from .plan_figures import TOTAL, WAN, amount, milestone
from .ways_out import no_plan, way_out

FUNDS = {
    "buildings": Words(zh="校舍场地", en="buildings and grounds"),
    "equipment": Words(zh="设备", en="equipment"),
    "staff": Words(zh="教师", en="teachers"),
}
DIRECTIONS = {"in": Words(zh="调入", en="in"), "out": Words(zh="调出", en="out")}


def plan(plan: Plan, rules: RuleSet) -> list[Words]:
    """Return what the plan costs and reaches, and how far from the least cost it can be; or what stands in its way."""
    if plan.solution is None or plan.verification is None:
        return [no_plan(plan), *(way_out(way, rules) for way in plan.ways_out)]
    solution, years = plan.solution, plan.task.years
    last = plan.verification.assessment.county_verdicts.sort_values("year").iloc[-1]
    return [_cost(solution, bool(last["n_schools_undetermined"])), _proof(last, years[-1]), _bound(solution)]


def _cost(solution: Solution, some_open: bool) -> Words:
    """Return what a plan costs, in all and by fund, and at the value of the base year."""
    task = solution.task
    first, last, base = task.years[0], task.years[-1], task.outlook.base_year
    about = About("plan", Words(zh="规划", en="plan"), "investment", when=_from_to(first, last))
    whole = amount(about, plan_cost(solution), "cost", "总投资", "cost", row=(TOTAL,), column="cost")
    parts = {
        fund: amount(about, n, f"cost/{fund}", f"{FUNDS[fund].zh}投资", f"cost, {FUNDS[fund].en}")
        for fund, n in _by_fund(solution).items()
    }
    now = about.of("discounted", Words(zh="", en=""), table="frontier")
    worth = amount(
        now,
        solution.cost,
        "cost",
        f"折为{base}年价值的费用",
        f"cost at the value of {base}",
        formula=_DISCOUNTED,
    )
    parts_zh = "、".join(f"{FUNDS[f].zh}{n}" for f, n in parts.items())
    parts_en = ", ".join(f"{FUNDS[f].en} {n:en}" for f, n in parts.items())
    return told(
        zh=f"到{last}年{'数据齐全的学校' if some_open else ''}全部达标,{first}—{last}年共需{whole}"
        + (f",其中:{parts_zh}" if parts else "") + f";折为{base}年价值{worth}。",
        en=f"{'With the schools whose figures are known, meeting' if some_open else 'Meeting'} the rule by {last} takes {whole:en} in {first}–{last}"
        + (f" ({parts_en})" if parts else "") + f"; {worth:en} at the value of {base}.",
    )  # fmt: skip


def _proof(verdicts: pd.Series[Any], year: int) -> Words:
    """Return what the same rule finds with the plan's figures. `verdicts`: the county's, of the target year."""
    row = pd.Series({
        "year": year, "n_schools": verdicts["n_schools"], "plan_pass": verdicts["n_schools_pass"],
        "plan_fail": verdicts["n_schools_fail"], "plan_undetermined": verdicts["n_schools_undetermined"],
        "plan_cv_fail": verdicts["n_cv_fail"],
    })  # fmt: skip
    n, met, fail, open_, cv = (milestone(row, str(name)) for name in row.index[1:])
    word = VERDICTS[str(verdicts["verdict"])]
    return told(
        zh=f"复核:按同一评估程序对规划后的数据重新判定,{year}年{n}所学校中达标{met}所、"
        f"未达标{fail}所、待定{open_}所,差异系数超过限值的{cv}项,全县判定为{word.zh}。",
        en=f"Judged anew by the same rule with the plan's figures: in {year} {met:en} of "
        f"{n:en} schools meet it, {fail:en} do not, {open_:en} are "
        f"undetermined, {cv:en} coefficients are above their limit; the county's verdict: {word.en}.",
    )


def _bound(solution: Solution) -> Words:
    """Return how far from the least cost a plan can be at most."""
    about = About("plan/bound", Words(zh="规划", en="plan"))
    least = amount(
        about,
        solution.bound,
        "least",
        "费用下界（折现）",
        "lower bound of the cost, discounted",
        formula=_BOUND,
    )
    parts = (solution.cost - solution.bound, solution.bound)
    above = parts[0] / parts[1] if solution.bound > 0 else solution.gap
    gap = about(max(0.0, above), "gap", "至多高出最低费用的比例", "above the least cost at most", digits=2, percent=True,
                formula=_GAP, parts=parts)  # fmt: skip
    return told(
        zh=f"最优性:已证明任何方案的折现费用都不低于{least},本方案至多高出{gap}%。",
        en=f"Proof: no plan can cost less than {least:en} (discounted); this one is at most {gap:en}% above it.",
    )


_DISCOUNTED = Words(zh="各年支出折现之和", en="discounted sum of the years’ spending")
_BOUND = Words(zh="混合整数规划的下界", en="lower bound of the mixed-integer program")
_GAP = Words(zh="（费用－下界）÷下界", en="(cost − bound) ÷ bound")


def _from_to(first: int, last: int) -> Words:
    return Words(zh=f"{first}—{last}年", en=f"{first}–{last}")


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
    about = About("still-open", Words(zh="缺数据的学校", en="schools without figures"), "missing-figures")
    return told(
        zh=f"{listed(names, 'zh', about)}缺数据,投入不能代替补报:缺的指标没有安排投入,补齐后请重新测算。",
        en=f"Figures are missing at {listed(names, 'en', about)}: nothing is planned for them; fill them in and reckon again.",
    )


def barred(faults: Sequence[Fault]) -> Words:
    """Return why a rule set cannot be planned for, so that this chapter has no plan."""
    first, more = faults[0], len(faults) - 1
    return Words(
        zh=f"按所用标准不作规划测算：{first.zh}" + (f"另有{more}项指标同此。" if more else ""),
        en=f"No plan is reckoned under this rule set: {first.en}"
        + (f" So with {more} more." if more else ""),
    )


def waived(left: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return who stays below a threshold though the rule is met, by area. `left`: `planning.left_behind`."""
    found: list[Words] = []
    for stage in rules.judged_stages:
        rows = left[left["stage"] == stage]
        if rows.empty:
            continue
        by_area = rows.groupby("area")[["n_floor", "pupils_floor"]].sum()
        names = {"urban": (rules.area.zh["urban"], rules.area.en["urban"])}
        names["rural"] = (rules.area.zh["rural"], rules.area.en["rural"])
        name = rules.stage_name(stage)
        about = About(
            f"left-behind/{stage}",
            Words(zh=f"{name.zh}规划后", en=f"{name.en}, after the plan"),
            "school-plans",
        )
        parts = {
            str(a): about(
                n, str(a), f"{names[str(a)][0]}低于标准的项次", f"below the standard, {names[str(a)][1]}"
            )
            for a, n in by_area["n_floor"].items()
        }
        whole = about(rows["n_floor"].sum(), "n", "低于标准的项次", "below the standard")
        zh = "、".join(f"{names[a][0]}{n}项次" for a, n in parts.items())
        en = ", ".join(f"{names[a][1]} {n:en}" for a, n in parts.items())
        found.append(
            told(
                zh=f"{name.zh}规划后仍有{whole}项次未达到标准、但不低于最低比例(规则允许每个办学单位有一项),其中:{zh}。",
                en=f"After the plan {whole:en} figures ({name.en}) stay below the standard but not below the "
                f"floor, one a unit as the rule allows: {en}.",
            )
        )
    return found


def built_where_few(rows: pd.DataFrame, programme: Programme) -> Words | None:
    """Return that the plan builds at schools that will be very small; None where it does not."""
    if rows.empty:
        return None
    names = rows["school_name"].drop_duplicates()
    line = About("small-schools/line", programme.parameter("tiny_school"), "planning-parameters")(
        programme.given("tiny_school"), "tiny_school", "", "", formula=CHOSEN
    )
    about = About(
        "built-where-few",
        Words(zh="规模很小而有建设的学校", en="very small schools built at"),
        "school-plans",
    )
    return told(
        zh=f"请留意:方案在预计不足{line}人的学校({listed(names, 'zh', about)})安排了校舍或场地建设,立项前先定去留。",
        en=f"Mind: the plan builds at schools projected below {line:en} pupils ({listed(names, 'en', about)}); settle their future first.",
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
    by = About("sensitivity", Words(zh="", en=""), "sensitivity")(
        programme.varied.by / 100,
        "varied",
        "单价变动幅度",
        "unit costs varied by",
        percent=True,
        formula=CHOSEN,
    )
    names: dict[str, Words] = {}
    for name in programme.varied.parameters:
        own = programme.parameter(name)
        names[name] = told(zh=f"{own.zh}提高{by}%", en=f"{own.en}: {by:en}% dearer")
    return names | {v: Words(zh=f"学生数{w.zh}", en=f"pupils, {w.en} variant") for v, w in VARIANTS.items()}


def money_stretch(front: pd.DataFrame) -> Words | None:
    """Return what little money does first. `front`: `planning.frontier`."""
    if len(front) < 2:
        return None
    none, some = front.iloc[0], front.iloc[1]
    about = About("frontier", Words(zh="资金有限时：", en="with little money"), "frontier")
    row = (shown(some["cost"] / WAN, 1),)
    a_year = amount(
        about, some["budget"], "budget", "每年资金", "money a year", formula=_CHOSEN, row=row, column="budget"
    )
    n = about(some["n_pass"], "pass", "达标学校数", "schools that meet the rule", row=row, column="n_pass")
    before = about(
        none["n_pass"], "nothing", "不新增投入时的达标学校数", "schools that meet the rule with nothing done"
    )
    parts = (some["pupils_pass"], some["pupils"])
    share = about(
        parts[0] / parts[1], "share", "就读于达标学校的学生占比", "share of pupils in schools that meet it", digits=1,
        percent=True, formula=_SHARE, parts=parts, row=row, column="share",
    )  # fmt: skip
    return told(
        zh=f"每年{a_year}时,达标学校{n}所(不新增投入时{before}所),就读于达标学校的学生占{share}%。",
        en=f"With {a_year:en} a year, {n:en} schools meet the rule instead of {before:en}; "
        f"{share:en}% of the pupils are in schools that do.",
    )


_CHOSEN = Words(zh="方案费用的一档", en="a step of the plan’s cost")
_SHARE = Words(zh="达标学校的学生数÷学生总数", en="pupils of schools that meet the rule ÷ all pupils")


def swings(cases: pd.DataFrame, names: dict[str, Words], base: float) -> Words | None:
    """Return which number the cost turns on most. `cases`: `planning.sensitivity`."""
    known = cases.dropna(subset=["cost"])
    if known.empty or not base:
        return None
    change = (known["cost"] - base) / base
    row = known.iloc[int(change.abs().argmax())]
    by = rounded(100 * (float(row["cost"]) / base - 1), 1)
    name = names[str(row["case"])]
    figure = About("sensitivity", name, "sensitivity")(
        float(row["cost"]) / base - 1, "most", "：费用变动", "change of the cost", percent=True, formula=_CHANGE,
        parts=(float(row["cost"]) - base, base),
        printed=Words(zh=shown(abs(by), 1), en=shown(by, 1, "en")),
    )  # fmt: skip
    zh = f"{'增加' if by >= 0 else '减少'}{figure}%"
    return told(
        zh=f"所列变动中,对费用影响最大的是“{written(name, 'zh')}”:费用{zh}。",
        en=f"Of the changes listed, “{written(name, 'en')}” moves the cost most: by {figure:en}%.",
    )


_CHANGE = Words(
    zh="（变动后费用－本方案费用）÷本方案费用", en="(cost then − cost of the plan) ÷ cost of the plan"
)


def _by_fund(solution: Solution) -> dict[str, float]:
    funds = {m.id: m.fund for m in solution.task.measures}
    table = spending(solution.actions, solution.task.years)
    sums: Any = table["cost"].groupby(table["measure"].map(funds)).sum()
    return {fund: float(sums[fund]) for fund in FUNDS if fund in sums.index and sums[fund] > 0}


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

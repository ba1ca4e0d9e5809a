"""Tables of notebook 05, in the shapes of a plan's annexes: what a plan does, reaches and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..planning import Plan, Solution, by_school, investment, tasks
from ..programme import Measure
from ..publish.cells import TableColumn
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from ..wording.labels import VERDICTS, several
from ..wording.plan import DIRECTIONS, FUNDS
from .common import AREA, BLANK, SCHOOL, STAGE, Table

_WAN = 1e4
_YEAR = TableColumn(Words(zh="年份", en="Year"))
_ALL = "\0"  # stands for all schools together: no school is named so
_PEOPLE = Words(zh="人", en="persons")
_MONEY = Words(zh="万元", en="×10⁴ yuan")


def milestones(found: pd.DataFrame) -> Table:
    """Return what is reached each year with nothing done and with the plan. `found`: `planning.milestones`."""
    columns = {"year": _YEAR, "n_schools": TableColumn(Words(zh="学校数", en="Schools"), digits=0)}
    groups = {
        "nothing": Words(zh="不新增投入", en="Nothing done"),
        "plan": Words(zh="实施规划", en="With the plan"),
    }
    heads = {
        "pass": Words(zh="达标", en="met"),
        "fail": Words(zh="未达标", en="not met"),
        "undetermined": Words(zh="待定", en="undetermined"),
        "cv_fail": Words(zh="超限差异系数(项)", en="coefficients above limit"),
    }
    for case, group in groups.items():
        if f"{case}_pass" not in found:
            continue
        columns |= {f"{case}_{k}": TableColumn(w, digits=0, group=group) for k, w in heads.items()}
        columns[f"{case}_verdict"] = TableColumn(Words(zh="全县", en="county"), words=VERDICTS, group=group)
    return Table(
        found,
        columns,
        unit=Words(zh="所", en="schools"),
        basis=Words(
            zh="口径:纳入评估的学校,各年学年初在校生(中方案)和规划后的条件,按同一标准判定。",
            en="Basis: schools in scope, judged by the same rule on projected pupils and what the plan has added by each year.",
        ),
        sheet=Words(zh="年度进展", en="By year"),
        landscape=True,
    )


def funding(solution: Solution) -> Table:
    """Return 投资估算表, a total below."""
    found, measures = investment(solution), _measures(solution)
    years = list(solution.task.years)
    frame = found.rename(columns=str)
    for name in ["cost", *map(str, years)]:
        frame[name] = frame[name] / _WAN
    frame = _with_total(frame, ["cost", "share", *map(str, years)])
    frame["unit"] = [_unit(measures.get(m)) for m in frame["measure"]]
    columns = {
        "no": TableColumn(Words(zh="序号", en="No.")),
        "measure": TableColumn(Words(zh="建设内容", en="Measure"), words=_named(measures)),
        "fund": TableColumn(Words(zh="类别", en="Kind"), words={**FUNDS, "all": Words(zh="—", en="—")}),
        "n_schools": TableColumn(Words(zh="学校数", en="Schools"), digits=0),
        "amount": TableColumn(Words(zh="规模", en="Amount"), digits=0),
        "unit": TableColumn(Words(zh="单位", en="Unit"), words=_units(measures)),
        "unit_cost": TableColumn(Words(zh="单价(元)", en="Unit cost, yuan"), digits=0),
        "cost": TableColumn(Words(zh="总投资", en="Total"), digits=1, formula=_added_up(years)),
        "share": TableColumn(
            Words(zh="占比(%)", en="Share, %"), digits=1, percent=True, formula="[cost]/SUM([cost:])"
        ),
    }
    columns |= {str(y): TableColumn(Words(zh=str(y), en=str(y)), digits=1) for y in years}
    return Table(
        frame, columns, unit=_MONEY,
        basis=Words(zh="口径:各年支出之和,不折现;新聘教师和交流教师按到岗起逐年计。", en="Basis: spending of each year, not discounted; hired and rotated teachers every year from their start."),
        note=Words(zh="资金来源(中央、省、市、县)由县里填写。", en="Sources of the money (centre, province, city, county) are for the county to fill in."),
        sheet=Words(zh="投资估算表", en="Investment"), landscape=True, total=True,
    )  # fmt: skip


def yearly_tasks(solution: Solution) -> Table:
    """Return 年度任务分解表: what is begun each year."""
    measures, years = _measures(solution), [str(y) for y in solution.task.years]
    frame = tasks(solution).rename(columns=str)
    frame["no"] = [str(n) for n in range(1, len(frame) + 1)]
    frame["unit"] = [_unit(measures.get(m)) for m in frame["measure"]]
    frame = frame.assign(lead="", partner="")
    columns = {
        "no": TableColumn(Words(zh="序号", en="No.")),
        "measure": TableColumn(Words(zh="任务", en="Task"), words=_named(measures)),
        "unit": TableColumn(Words(zh="单位", en="Unit"), words=_units(measures)),
        **{y: TableColumn(Words(zh=y, en=y), digits=0) for y in years},
        "amount": TableColumn(Words(zh="合计", en="Total"), digits=0, formula=_added_up(years)),
        "lead": TableColumn(Words(zh="牵头单位", en="Lead office"), words=BLANK),
        "partner": TableColumn(Words(zh="配合单位", en="With"), words=BLANK),
    }
    return Table(
        frame,
        columns,
        basis=Words(
            zh="口径:各年开始建设、购置或到岗的数量;金额为当年支出,不折现。",
            en="Basis: what is begun, bought or starts in each year; money as spent that year, not discounted.",
        ),
        sheet=Words(zh="年度任务分解表", en="Tasks by year"),
        landscape=True,
    )


def school_plans(plan: Plan) -> Table:
    """Return 一校一策: each unit at which something is done, or that lacks something in the base year."""
    assert plan.solution is not None
    assert plan.verification is not None
    measures = _measures(plan.solution)
    rows = by_school(plan.solution, plan.verification)
    rows = rows[(rows["n_unmet"] > 0) | (rows["done"].map(bool))].reset_index(drop=True)
    told = {lang: [_done(done, measures, lang) for done in rows["done"]] for lang in ("zh", "en")}
    words = {zh: Words(zh=zh, en=en) for zh, en in zip(told["zh"], told["en"], strict=True)}
    when = [_span(a, b) for a, b in zip(rows["first_year"], rows["last_year"], strict=True)]
    frame = rows.assign(
        measures=told["zh"],
        cost=rows["cost"] / _WAN,
        when=pd.Series(when, dtype=object),
        office="",
        person="",
    )
    added = ["pupils", "pupils_last", "n_unmet", "n_unmet_last", "cost"]
    total = {name: frame[name].sum() for name in added} | {"school_name": _ALL, "office": "", "person": ""}
    frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
    columns = {
        "school_name": TableColumn(SCHOOL.title, words={_ALL: Words(zh="合计", en="Total")}),
        "stage": STAGE,
        "area3": AREA,
        "pupils": TableColumn(Words(zh="基年学生数", en="Pupils, base year"), digits=0),
        "pupils_last": TableColumn(Words(zh="目标年学生数", en="Pupils, target year"), digits=0),
        "n_unmet": TableColumn(Words(zh="基年未达标项", en="Not met, base year"), digits=0),
        "n_unmet_last": TableColumn(Words(zh="目标年未达标项", en="Not met, target year"), digits=0),
        "measures": TableColumn(Words(zh="措施", en="Measures"), words=words),
        "cost": TableColumn(Words(zh="投资(万元)", en="Cost, ×10⁴ yuan"), digits=1),
        "when": TableColumn(Words(zh="实施年度", en="Years")),
        "office": TableColumn(Words(zh="责任单位", en="responsible office"), words=BLANK),
        "person": TableColumn(Words(zh="责任人", en="person"), words=BLANK),
    }
    return Table(
        frame, columns,
        basis=Words(
            zh="口径:基年为所报学年初数,目标年为中方案预测;缺口按目标年学生数。",
            en="Basis: base year as filed, target year projected (middle variant); gaps for the pupils of the target year.",
        ),
        note=Words(zh="一所学校的投资只列在它的第一个学段,各行可以相加。", en="A school's cost stands with its first stage alone: the column adds up."),
        sheet=Words(zh="一校一策", en="School by school"), landscape=True, total=True,
    )  # fmt: skip


def targets(found: pd.DataFrame, plan: Plan, rules: RuleSet) -> Table:
    """Return 主要指标表. `found`: `planning.reached`."""
    base, last = plan.task.outlook.base_year, plan.task.years[-1]
    kinds = {"bound": Words(zh="约束性", en="binding"), "expected": Words(zh="预期性", en="expected")}
    rows = []
    for row in found.to_dict("records"):
        if row["indicator"] == "combined":
            continue
        indicator = rules.indicator(str(row["indicator"]))
        for what, digits, kind in (("mean", indicator.digits, "expected"), ("cv", 3, "bound")):
            title = (
                indicator.title
                if what == "mean"
                else Words(
                    zh=f"{indicator.short.zh}差异系数", en=f"{indicator.short.en}: coefficient of variation"
                )
            )
            rows.append({
                "stage": row["stage"], "item": f"{row['indicator']} {what}", "zh": title.zh, "en": title.en,
                "unit": indicator.unit.zh if what == "mean" else "—", "unit_en": indicator.unit.en if what == "mean" else "—",
                "base": row[what], "nothing": row[f"{what}_nothing"], "plan": row[f"{what}_plan"], "digits": digits, "kind": kind,
                "limit": row["limit"] if what == "cv" else float("nan"),
            })  # fmt: skip
    frame = pd.DataFrame(rows)
    columns = {
        "stage": STAGE,
        "item": TableColumn(
            Words(zh="指标", en="Indicator"),
            words={r["item"]: Words(zh=r["zh"], en=r["en"]) for r in rows},
        ),
        "unit": TableColumn(
            Words(zh="单位", en="Unit"), words={r["unit"]: Words(zh=r["unit"], en=r["unit_en"]) for r in rows}
        ),
        "base": TableColumn(Words(zh=f"{base}年", en=str(base)), digits="digits", limit="limit"),
        "nothing": TableColumn(
            Words(zh=f"{last}年(不新增投入)", en=f"{last}, nothing done"), digits="digits", limit="limit"
        ),
        "plan": TableColumn(
            Words(zh=f"{last}年(目标)", en=f"{last}, target"), digits="digits", limit="limit"
        ),
        "kind": TableColumn(Words(zh="属性", en="Kind"), words=kinds),
    }
    return Table(
        frame, columns,
        basis=Words(
            zh="口径:纳入评估的学校;基年为所报学年初数,目标年按规划后的条件和预测学生数重算。",
            en="Basis: schools in scope; base year as filed, target year recomputed with the plan and projected pupils.",
        ),
        note=Words(zh="均值为全县总量之比;属性为建议,由县里确定。", en="Means are ratios of the county's totals; kinds are proposals."),
        sheet=Words(zh="主要指标表", en="Targets"),
    )  # fmt: skip


def rotation(solution: Solution) -> Table:
    """Return who hands on and who takes in teachers, by year."""
    measures = _measures(solution)
    rows = solution.actions[solution.actions["measure"].map(lambda m: measures[m].moves)]
    names = solution.task.schools.set_index("school_id")["school_name"]
    frame = rows.assign(school_name=rows["school_id"].map(names)).sort_values(
        ["year", "measure", "direction"]
    )
    columns = {
        "year": _YEAR,
        "measure": TableColumn(Words(zh="措施", en="Measure"), words=_named(measures)),
        "stage": STAGE,
        "school_name": SCHOOL,
        "direction": TableColumn(Words(zh="方向", en="Direction"), words=DIRECTIONS),
        "amount": TableColumn(Words(zh="人数", en="Teachers"), digits=0),
    }
    return Table(
        frame.reset_index(drop=True),
        columns,
        unit=_PEOPLE,
        basis=Words(
            zh="口径:规划期内由一校到另一校任教的教师,按到岗年份。",
            en="Basis: teachers who move from one school to another in the plan, by the year they start.",
        ),
        sheet=Words(zh="教师交流", en="Rotation"),
    )


def _measures(solution: Solution) -> dict[str, Measure]:
    return {m.id: m for m in solution.task.measures}


def _named(measures: Mapping[str, Measure]) -> dict[str, Words]:
    return {m.id: Words(zh=m.zh, en=m.en) for m in measures.values()} | {
        "total": Words(zh="合计", en="Total")
    }


def _unit(measure: Measure | None) -> str | None:
    return measure.unit.zh if measure else None


def _units(measures: Mapping[str, Measure]) -> dict[str, Words]:
    return {m.unit.zh: m.unit for m in measures.values()}


def _with_total(frame: pd.DataFrame, added: list[str]) -> pd.DataFrame:
    """Return the rows numbered, with their total below."""
    numbered = frame.assign(no=[str(n) for n in range(1, len(frame) + 1)])
    total = {name: frame[name].sum() for name in added} | {"measure": "total", "no": "", "fund": "all"}
    return pd.concat([numbered, pd.DataFrame([total])], ignore_index=True)


def _added_up(years: Sequence[int | str]) -> str:
    """Return the sum of the columns of years, as `TableColumn.formula` has it."""
    return "+".join(f"[{year}]" for year in years)


def _done(done: Mapping[str, float], measures: Mapping[str, Measure], lang: str) -> str:
    if lang == "zh":
        return several((f"{measures[m].zh}{shown(n, 0)}{measures[m].unit.zh}" for m, n in done.items()), "zh")
    counted = {
        m: "" if measures[m].whole else f" {measures[m].unit.en}" for m in done
    }  # “rooms: 2”, “rooms: 90 m²”
    return several((f"{measures[m].en}: {shown(n, 0, 'en')}{counted[m]}" for m, n in done.items()), "en")


def _span(first: float, last: float) -> str | None:
    if pd.isna(first):
        return None
    return f"{int(first)}" if first == last else f"{int(first)}–{int(last)}"

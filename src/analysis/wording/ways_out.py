"""Sentences on what stands in the way of a plan, and what each way out would take."""

from __future__ import annotations

from ..facts import About, told
from ..planning import Plan, Relaxation
from ..schema import Words
from ..standards import RuleSet
from .labels import listed
from .plan_figures import amount


def no_plan(plan: Plan) -> Words:
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
    about = About(f"way-out/{way.kind}", Words(zh="放宽：", en="easing"))
    if way.kind == "money":
        more = {
            y: amount(about, n, str(y), f"{y}年还需资金", f"more money in {y}", formula=_LEAST)
            for y, n in way.money.items()
        }
        zh = "、".join(f"{year}年还需{n}" for year, n in more.items())
        en = ", ".join(f"{n:en} more in {year}" for year, n in more.items())
        return told(zh=f"资金:{zh}。", en=f"Money: {en}.")
    if way.kind == "posts":
        posts = about(way.posts, "n", "还需编制数", "more posts", formula=_LEAST)
        return told(zh=f"编制:还需{posts}个。", en=f"Posts: {posts:en} more.")
    if way.kind == "schools":
        n = len(way.schools)
        schools = about(n, "n", "不在本期内达标的学校数", "schools that do not meet it", formula=_LEAST)
        return told(
            zh=f"范围:{schools}所学校({listed(way.schools, 'zh', about)})不在{'本期内' if n else ''}达标,其余可以全部达标。",
            en=f"Scope: all but {schools:en} school{'s' if n != 1 else ''} ({listed(way.schools, 'en', about)}) can meet the rule.",
        )
    limits = {
        (rules.stage_name(s), rules.indicator(i).short): about(
            cv, f"{s}/{i}", f"{rules.stage_name(s).zh}{rules.indicator(i).short.zh}差异系数",
            f"coefficient of {rules.indicator(i).short.en}, {rules.stage_name(s).en}", digits=3, formula=_LEAST,
        )
        for (s, i), cv in way.spread.items()
    }  # fmt: skip
    zh = "、".join(f"{stage.zh}{short.zh}差异系数放宽到{cv}" for (stage, short), cv in limits.items())
    en = ", ".join(f"{short.en} ({stage.en}) to {cv:en}" for (stage, short), cv in limits.items())
    return told(zh=f"差异系数:{zh}。", en=f"Coefficients of variation: {en}.")


_LEAST = Words(zh="单独放宽此项的最小幅度", en="the least that easing this alone takes")

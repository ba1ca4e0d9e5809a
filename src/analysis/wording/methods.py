"""How figures are worked out, in words: formulas, and the choices of scope and split, each with its clause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..errors import Lang
from ..schema import Words, column
from ..standards import Certainty, Indicator, RuleSet

_LANGS: tuple[Lang, Lang] = ("zh", "en")

CERTAINTY: dict[Certainty, Words] = {
    "seen in print": Words(zh="见于公开文本", en="seen in print"),
    "seen in two systems": Words(zh="见于两个系统", en="seen in two systems"),
    "from memory": Words(zh="凭记忆,待核", en="from memory, to be verified"),
    "a setting": Words(zh="设置项", en="a setting"),
    "the user's": Words(zh="用户自定", en="the user's"),
}
_KINDS_OUT = {
    "special": Words(zh="特殊教育学校", en="special schools"),
    "vocational": Words(zh="职业学校", en="vocational schools"),
    "teaching_point": Words(zh="教学点", en="teaching points"),
}


@dataclass(frozen=True)
class Choice:
    """One thing that had to be decided: what it is, how it is done here, and on what authority."""

    item: Words
    text: Words
    clause: str
    certainty: Certainty | None = None


def formula(indicator: Indicator, rules: RuleSet) -> Words:
    """Return an indicator's formula in the names of the template's columns: 100×(A＋B－C)÷在校生数."""
    return Words(zh=_formula(indicator, rules, "zh"), en=_formula(indicator, rules, "en"))


def choices(rules: RuleSet) -> list[Choice]:
    """Return every choice that the figures rest on: scope, split, areas, coefficient, verdicts, missing, rounding."""
    return [*_units(rules), *_judging(rules), *_SAME_FOR_ALL]


def school_rule(rules: RuleSet) -> Words:
    """Return in words when a school meets the rule set; '' where it has no rule for schools."""
    rule = rules.school_rule
    if rule is None:
        return Words(zh="", en="")
    count = len(rules.school_indicators)
    zh, en = f"{count}项中至少{rule.at_least_met}项达标", f"at least {rule.at_least_met} of {count} met"
    if rule.floor is not None:
        share = f"{(rule.floor * Decimal(100)).normalize():f}%"
        zh, en = f"{zh},其余不低于标准的{share}", f"{en}, the others not below {share} of the standard"
    return Words(zh=zh, en=en)


def dispersion_rule(rules: RuleSet) -> Words:
    """Return the limits of the coefficients of variation in words; '' where the rule set has none."""
    if rules.dispersion is None:
        return Words(zh="", en="")
    each = rules.dispersion.each_at_most is not None
    name = Words(zh="差异系数", en="each CV") if each else Words(zh="综合差异系数", en="mean CV")
    limits = rules.dispersion.limits().items()
    zh, en = (
        " · ".join(f"{rules.stage_title(stage, lang)} {name[lang]} ≤ {limit}" for stage, limit in limits)
        for lang in _LANGS
    )
    return Words(zh=zh, en=en)


def _formula(indicator: Indicator, rules: RuleSet, lang: Lang) -> str:
    plus = ("＋" if lang == "zh" else " + ").join(_names(indicator.numerator, rules, lang))
    minus = "".join(("－" if lang == "zh" else " − ") + name for name in _names(indicator.minus, rules, lang))
    above = f"({plus}{minus})" if len(indicator.numerator) + len(indicator.minus) > 1 else plus
    below = ("＋" if lang == "zh" else " + ").join(_names(indicator.denominator, rules, lang))
    if not below:
        per_school = Words(zh="学校数", en="schools")
        below = (per_school if indicator.per_school else Words(zh="在校生数", en="pupils"))[lang]
    times = f"{indicator.per}×" if indicator.per != 1 else ""
    return f"{times}{above}{'÷' if lang == 'zh' else ' ÷ '}{below}"


def _names(columns: Iterable[str], rules: RuleSet, lang: Lang) -> list[str]:
    """Return the titles of columns, without the stage where they stand for each of them."""
    stage = rules.judged_stages[0]
    named = []
    for name in columns:
        entry = column(name.format(stage=stage))
        own = f"({rules.stage_name(stage)[lang]})"
        named.append(entry.title(lang).replace(own, "").strip() if "{stage}" in name else entry.title(lang))
    return named


def _units(rules: RuleSet) -> list[Choice]:
    """Return who is judged, how what several stages share is divided, and which areas are compared."""
    found = []
    out = [_KINDS_OUT[kind] for kind in rules.scope.kinds_out if kind in _KINDS_OUT]
    small = [(_KINDS_OUT[k], n) for k, n in rules.scope.min_pupils.items() if k in _KINDS_OUT]
    if out or small:
        zh = [words.zh for words in out] + [f"学生数不足{n}人的{words.zh}" for words, n in small]
        en = [words.en for words in out] + [f"{words.en} with fewer than {n} pupils" for words, n in small]
        text = Words(zh=f"不纳入:{'、'.join(zh)}", en=f"left out: {', '.join(en)}")
        found.append(
            Choice(Words(zh="评估范围", en="Scope"), text, rules.scope.clause, rules.scope.certainty)
        )
    if rules.unit == "stage" and rules.split.apply:
        weights = " : ".join(str(stage.pupil_weight) for stage in rules.stages.values())
        named = Words(
            zh=" : ".join(stage.zh for stage in rules.stages.values()),
            en=" : ".join(stage.en for stage in rules.stages.values()),
        )
        text = Words(
            zh=f"一贯制学校和完全中学共用的校舍、设备按加权学生数拆分到各学段,{named.zh} = {weights};教师按学段填报,不拆分",
            en=f"what the stages of a school share is split by weighted pupils, {named.en} = {weights}; "
            "teachers are filed by stage and not split",
        )
        found.append(
            Choice(
                Words(zh="共用资源拆分", en="Split of shared facilities"),
                text,
                rules.split.clause,
                rules.split.certainty,
            )
        )
    sides = [Words(zh=rules.area.zh[side], en=rules.area.en[side]) for side in ("urban", "rural")]
    text = Words(
        zh=f"按城乡分类代码分为{sides[0].zh}与{sides[1].zh}",
        en=f"{sides[0].en} and {sides[1].en}, by the urban–rural code of each school",
    )
    return [*found, Choice(Words(zh="城乡划分", en="Areas"), text, rules.area.clause)]


def _judging(rules: RuleSet) -> list[Choice]:
    """Return the coefficient of variation, and when a school and a county meet the rule."""
    found = []
    if rules.dispersion is not None:
        found.append(
            Choice(Words(zh="差异系数", en="Coefficient of variation"), _COEFFICIENT, rules.dispersion.clause)
        )
    if rules.school_rule is not None:
        told = school_rule(rules)
        found.append(Choice(Words(zh="学校达标", en="A school meets it"), told, rules.school_rule.clause))
    if rules.dispersion is not None:
        limits = rules.dispersion.limits().items()
        zh = "、".join(f"{rules.stage_name(stage).zh}≤{limit}" for stage, limit in limits)
        en = ", ".join(f"{rules.stage_name(stage).en} ≤ {limit}" for stage, limit in limits)
        mean = rules.dispersion.mean_at_most is not None
        what = Words(
            zh="各项差异系数的平均值" if mean else "各项差异系数",
            en="their mean" if mean else "each coefficient",
        )
        schools = Words(zh="", en="")
        if rules.school_rule is not None:
            schools = Words(zh="所有学校达标,且", en="every school meets it, and ")
        told = Words(zh=f"{schools.zh}{what.zh}:{zh}", en=f"{schools.en}{what.en}: {en}")
        found.append(Choice(Words(zh="全县达标", en="The county meets it"), told, rules.dispersion.clause))
    return found


_COEFFICIENT = Words(
    zh="CV = S÷X̄;X̄ = ΣFᵢ÷P;S = √Σ(Pᵢ÷P)(xᵢ－X̄)²;xᵢ = Fᵢ÷Pᵢ,Fᵢ、Pᵢ为第i个办学单位的资源数和学生数,P = ΣPᵢ",
    en="CV = S ÷ X̄; X̄ = ΣFᵢ ÷ P; S = √Σ(Pᵢ ÷ P)(xᵢ − X̄)²; xᵢ = Fᵢ ÷ Pᵢ, where Fᵢ and Pᵢ are the resource and the pupils "
    "of unit i and P = ΣPᵢ",
)
_SAME_FOR_ALL = (
    Choice(
        Words(zh="缺数据", en="Missing figures"),
        Words(
            zh="不按零计,也不视为达标;缺的数可能改变判定时,判为待定",
            en="neither zero nor a pass; undetermined where the missing figure could change the verdict",
        ),
        "",
    ),
    Choice(
        Words(zh="判定与舍入", en="Verdicts and rounding"),
        Words(
            zh="按未舍入的数判定,“不低于”含本数;印出的数四舍五入,舍入后与判定不一致时多印小数位;缺口逐单位进位取整",
            en="decided on unrounded figures, “at least” includes the number itself; printed figures are rounded half up, "
            "with more decimals where rounding would contradict the verdict; gaps are rounded up unit by unit",
        ),
        "",
    ),
)

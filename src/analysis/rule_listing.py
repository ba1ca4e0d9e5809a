"""A rule set as lines of text: what is judged, against what, by which clause, and how sure we are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .errors import Lang
from .schema import Words
from .standards import Certainty, CountyItem, Indicator, RuleSet
from .wording.ledger import not_ready

CERTAINTY: dict[Certainty, Words] = {
    "seen in print": Words(zh="见于公开文本", en="seen in print"),
    "seen in two systems": Words(zh="见于两个系统", en="seen in two systems"),
    "from memory": Words(zh="凭记忆,待核", en="from memory, to be verified"),
    "a setting": Words(zh="设置项", en="a setting"),
    "the user's": Words(zh="用户自定", en="the user's"),
}
LANGS: tuple[Lang, Lang] = ("zh", "en")
_ANSWER = Words(zh="应为“是”", en="must be yes")
_VETO = Words(zh="一票否决", en="a veto")
_OPEN = Words(zh="(待填)", en="(to be filled in)")


def listing(rules: RuleSet, lang: Lang) -> list[str]:
    """Return the lines of a rule set: indicators, the school's rule, the county's, and its items."""
    lines = [f"{rules.id}  {rules.title[lang]}  {rules.source}", ""]
    if not rules.ready:
        lines += [*_detail([not_ready(rules)[lang]]), ""]
    if rules.note is not None:
        lines += [*_detail([rules.note[lang]]), ""]
    for indicator in rules.indicators:
        told = [*_limits(rules, indicator, lang), indicator.clause, CERTAINTY[indicator.certainty][lang]]
        lines += [f"{indicator.id}  {indicator.title[lang]} [{indicator.unit[lang]}]", *_detail(told)]
    if rules.school_rule is not None:
        lines += ["", {"zh": "学校", "en": "School"}[lang]]
        lines += _detail([school_rule(rules)[lang], rules.school_rule.clause])
    if rules.dispersion is not None:
        told = [dispersion_rule(rules)[lang], rules.dispersion.clause]
        lines += ["", {"zh": "全县", "en": "County"}[lang], *_detail(told)]
    for item in rules.county_items:
        told = [required(item, lang), item.clause, CERTAINTY[item.certainty][lang]]
        lines += [f"{item.id}  {item.group[lang]} · {item.title[lang]}", *_detail(told)]
    for target in rules.milestones:
        told = [
            f"{year} ≥ {_OPEN[lang] if v is None else v}{target.unit[lang]}"
            for year, v in target.at_least.items()
        ]
        lines += [f"{target.id}  {target.title[lang]}", *_detail([*told, CERTAINTY[target.certainty][lang]])]
    return lines


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
        for lang in LANGS
    )
    return Words(zh=zh, en=en)


def _limits(rules: RuleSet, indicator: Indicator, lang: Lang) -> list[str]:
    sign, limits = ("≥", indicator.at_least) if indicator.at_least is not None else ("≤", indicator.at_most)
    return [
        f"{rules.stage_title(stage, lang)} {sign} {_OPEN[lang] if limit is None else limit}"
        for stage, limit in (limits or {}).items()
    ]


def required(item: CountyItem, lang: Lang) -> str:
    """Return what the county must answer to an item: ≥ 95%, or yes."""
    if item.answer == "yes_no":
        return _ANSWER[lang] + (f" · {_VETO[lang]}" if item.veto else "")
    sign, limit = ("≥", item.at_least) if item.at_least is not None else ("≤", item.at_most)
    unit = item.unit[lang] if item.unit is not None else ""
    gap = " " if lang == "en" and unit not in ("", "%") else ""
    return f"{sign} {limit}{gap}{unit}" if limit is not None else unit


def _detail(parts: Sequence[str]) -> list[str]:
    told = " · ".join(text for text in parts if text)
    return [f"    {told}"] if told else []

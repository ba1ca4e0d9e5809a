"""A rule set as lines of text: what is judged, against what, by which clause, and how sure we are."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import Lang
from .schema import Words
from .standards import Indicator, RuleSet
from .wording.items import required
from .wording.ledger import not_ready
from .wording.methods import CERTAINTY, dispersion_rule, school_rule

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


def _limits(rules: RuleSet, indicator: Indicator, lang: Lang) -> list[str]:
    sign, limits = ("≥", indicator.at_least) if indicator.at_least is not None else ("≤", indicator.at_most)
    return [
        f"{rules.stage_title(stage, lang)} {sign} {_OPEN[lang] if limit is None else limit}"
        for stage, limit in (limits or {}).items()
    ]


def _detail(parts: Sequence[str]) -> list[str]:
    told = " · ".join(text for text in parts if text)
    return [f"    {told}"] if told else []

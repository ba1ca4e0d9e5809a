"""Words like 达标 against the cells they speak of: in a table's own column, and in sentences that say 均达标."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..errors import Fault
from ..standards import RuleSet
from .amounts import Amount, amount_of
from .reading import Paragraph, Plan, Table
from .vocabulary import plain, vocabulary

_YES = ("达标", "是", "达到", "合格", "√", "met", "yes")
_NO = ("未达标", "不达标", "否", "未达到", "不合格", "×", "not met", "no")
_LIMIT = re.compile(r"(?P<sign>≥|≤|>=|<=|不低于|不高于|不少于|不超过)?\s*(?P<rest>.*)")
_ALL = re.compile(r"(?:均|全部|都|各项)[^，。；]{0,12}(?:达到|达标|符合|低于)")
_FUTURE = re.compile("到20|力争|将|目标|确保|实现|预计|要求各")
_BALANCE = "差异系数"


def check_claims(plan: Plan, rules: RuleSet) -> Iterator[Fault]:
    """Give the words that the figures beside them, or the tables they speak of, contradict."""
    for table in plan.tables:
        yield from _cells(table)
    over = [found for table in plan.tables for found in _over_limit(table, rules)]
    for paragraph in plan.paragraphs:
        yield from _sentences(paragraph, over)


def _cells(table: Table) -> Iterator[Fault]:
    """达标 or 未达标 in a row against the value and the standard of the same row."""
    named: dict[str, list[int]] = {}
    for column, heading in enumerate(table.headings):
        meaning = vocabulary().column(heading.split(" › ")[-1])
        named.setdefault(meaning or "", []).append(column)
    columns = [named.get(name, []) for name in ("status", "standard")]
    values = named.get("measured") or named.get("amount", [])
    if not (len(columns[0]) == len(columns[1]) == len(values) == 1):
        return
    for row in range(len(table.body)):
        met = _met(table, row, values[0], columns[1][0])
        said = plain(table.text(row, columns[0][0]))
        if met is None or said not in (*_YES, *_NO) or (said in _YES) == met:
            continue
        value, limit = table.text(row, values[0]), table.text(row, columns[1][0])
        yield Fault(
            "claim-against-cell",
            f"写为“{said}”,而指标值{value}、标准{limit},应为“{'达标' if met else '未达标'}”。",
            f"stated as “{said}”, but the value is {value} against {limit}: {'met' if met else 'not met'}.",
            table.place(row, columns[0][0]),
        )


def _met(table: Table, row: int, value_at: int, standard_at: int) -> bool | None:
    """Return whether the value of a row meets its standard; None where either is no number."""
    value = table.amount(row, value_at)
    found = _LIMIT.fullmatch(table.text(row, standard_at))
    limit = amount_of(found["rest"]) if found else None
    if value is None or limit is None or found is None:
        return None
    name = " ".join(table.text(row, column) for column in range(len(table.headings)))
    at_most = found["sign"] in ("≤", "<=", "不高于", "不超过")
    if not found["sign"]:
        at_most = any(word in name for word in vocabulary().lower_is_better)
    return value.exact <= limit.exact if at_most else value.exact >= limit.exact


_Over = tuple[str, str, Amount, Fraction, str]  # stage's name, indicator, CV, limit, place


def _over_limit(table: Table, rules: RuleSet) -> Iterator[_Over]:
    """Give the cells of rows called 差异系数 that are above the rule's limit of each CV, by stage."""
    if rules.dispersion is None or rules.dispersion.each_at_most is None:
        return
    for row in range(len(table.body)):
        texts = [table.text(row, column) for column in range(len(table.headings))]
        if not any(plain(text).endswith(_BALANCE) for text in texts):
            continue
        named = [" ".join(texts), " ".join([table.title, table.sheet, *table.headings])]
        judged = {stage: rules.stage_name(stage).zh for stage in rules.dispersion.each_at_most}
        stages = next((found for n in named if (found := [s for s, zh in judged.items() if zh in n])), [])
        known = rules.dispersion.each_at_most[stages[0]] if len(stages) == 1 else None
        if known is None:
            continue
        limit = Fraction(known)
        for column, heading in enumerate(table.headings):
            amount = table.amount(row, column)
            if amount is not None and amount.exact > limit and "综合" not in heading:
                where = table.place(row, column).text("zh").removeprefix(f"{table.file} › ")
                yield rules.stage_name(stages[0]).zh, heading.split(" › ")[-1], amount, limit, where


def _sentences(paragraph: Paragraph, over: list[_Over]) -> Iterator[Fault]:
    """“差异系数均达到要求” where a cell of the tables is above the limit."""
    for sentence in re.split(r"[。；;!！]", paragraph.text):
        claimed = _BALANCE in sentence and _ALL.search(sentence)
        if not claimed or "未" in sentence or "除" in sentence or _FUTURE.search(sentence):
            continue
        stages = [stage for stage in ("小学", "初中") if stage in sentence]
        wrong = [found for found in over if not stages or found[0] in stages]
        if re.search(r"[≤<]|不高于|不超过", sentence):  # a plan under another rule states that rule's limits
            limits = {Fraction(text) for text in re.findall(r"0\.\d+", sentence)}
            wrong = [found for found in wrong if found[3] in limits]
        if wrong:
            listed = "、".join(
                f"{stage}{name}{cv.value:f}(限值{float(limit):.2f},{place})"
                for stage, name, cv, limit, place in wrong
            )
            above = ", ".join(f"{cv.value:f} > {float(limit):.2f}" for _, _, cv, limit, _ in wrong)
            yield Fault(
                "claim-against-table",
                f"文中说差异系数均达到要求,而表中{listed}高于限值。",
                f"the text says that all coefficients of variation are within the limit; the tables have {above}.",
                replace(paragraph.place, value=sentence.strip()[:40]),
            )

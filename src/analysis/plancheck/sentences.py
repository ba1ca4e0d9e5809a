"""What sentences say against themselves and against the tables: 其中, 共计, 占, 低于, rates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..errors import Fault, Lang, Level, Place
from .amounts import NUMBER, UNITS, Amount, decimal_of, printed, slack, total_of
from .reading import Paragraph, Plan, Table
from .vocabulary import plain, vocabulary

_AMOUNT = re.compile(rf"(?P<n>{NUMBER})\s*(?P<u>{UNITS})(?!次)")
_WHOLE = re.compile(
    rf"(?P<lead>[^，,。；;、]{{0,12}}?)(?P<n>{NUMBER})\s*(?P<u>{UNITS})[，,。；;:：（(]?\s*其中[:：，,]?(?P<parts>[^。；;）)]*)"
)
_PART = re.compile(rf"(?P<name>[^\d，,、；;。:：]{{1,16}}?)(?P<n>{NUMBER})\s*(?P<u>{UNITS})(?!次)")
_TOTAL = re.compile(rf"(?:共计|合计|总计)[^\d，,。；;]{{0,8}}(?P<n>{NUMBER})\s*(?P<u>{UNITS})")
_BY_YEAR = re.compile(rf"(?:20\d\d)年[^\d，,。；;]{{0,14}}(?P<n>{NUMBER})\s*(?P<u>{UNITS})")
_NEED = re.compile(
    rf"(?:共需|需资金|总投资|投资总额|共投入|总需|共安排)[^\d，,。；;]{{0,8}}(?P<n>{NUMBER})\s*(?P<u>万元|亿元|元)"
)
_ABOUT = re.compile(r"约|左右|余|多[人所个万]|近")
_ENDINGS = re.compile(r"(?:现有|共有|共计|安排|投入|资金|有|为|共|配套)+$")


def check_sentences(plan: Plan) -> Iterator[Fault]:
    """Give the sentences that contradict themselves, and the rates that the tables state otherwise."""
    for paragraph in plan.paragraphs:
        for sentence in re.split(r"[。!！\n]", paragraph.text):
            if _ABOUT.search(sentence) is None:
                yield from _of_which(sentence, paragraph)
                yield from _totals(sentence, paragraph)
                yield from _by_year(sentence, paragraph)
                yield from _shares(sentence, paragraph)
                yield from _changes(sentence, paragraph)
            if "分别" not in sentence:
                yield from _comparisons(sentence, paragraph)
            yield from _rates(sentence, paragraph, plan)


def _place(paragraph: Paragraph, value: str) -> Place:
    return replace(paragraph.place, value=value)


def _amount(found: re.Match[str]) -> Amount:
    return Amount(decimal_of(found["n"]), vocabulary().unit(found["u"]))


def _of_which(sentence: str, paragraph: Paragraph) -> Iterator[Fault]:
    """其中: parts of one whole must add up to it (超配 and 少配 with their signs); any part is at most the whole."""
    for found in _WHOLE.finditer(sentence):
        whole, parts = _amount(found), list(_PART.finditer(found["parts"]))
        parts = [part for part in parts if vocabulary().unit(part["u"]) == whole.unit]
        if not parts:
            continue
        words = _base_name(parts[0]["name"])
        among = vocabulary().whole_of(words)
        named = [part for part in parts if among and _base_name(part["name"]) in among]
        if len(named) > 1:
            sign = _sign(found["lead"]) or 1
            signed = [
                replace(_amount(p), value=_amount(p).value * (_sign(p["name"]) or sign) * sign) for p in named
            ]
            before = [_amount(f) for f in _AMOUNT.finditer(sentence[: found.start("n")])]
            if any(amount.unit == whole.unit and amount.exact == total_of(signed) for amount in before):
                continue  # 教师1070人,比上年增加30人,其中…: the parts are of the number before
            if not _may_fall_short(whole, signed, {_base_name(part["name"]) for part in named}):
                yield from _unequal(whole, signed, paragraph)
        elif among is None:
            for part in parts[:1]:
                amount = _amount(part)
                if abs(amount.value) > abs(whole.value):
                    yield Fault(
                        "part-exceeds-whole",
                        f"其中{part['name']}{amount.shown()},大于总数{whole.shown()}。",
                        f"a part of {amount.shown()} exceeds the whole {whole.shown()}.",
                        _place(paragraph, found[0][:40]),
                    )


def _may_fall_short(whole: Amount, parts: list[Amount], names: set[str]) -> bool:
    """Whether kinds of school may have been left unnamed: primary and junior are not all schools there are."""
    kinds = whole.unit == "所" and "小学" in names and not names & set(vocabulary().parts_optional)
    return kinds and total_of(parts) < whole.exact


def _base_name(name: str) -> str:
    name = plain(name)
    for word in (*vocabulary().plus, *vocabulary().minus):
        name = name.replace(word, "")
    return _ENDINGS.sub("", name)


def _sign(text: str) -> int:
    if any(word in text for word in vocabulary().minus):
        return -1
    return 1 if any(word in text for word in vocabulary().plus) else 0


def _unequal(whole: Amount, parts: list[Amount], paragraph: Paragraph) -> Iterator[Fault]:
    total = total_of(parts)
    if abs(total - whole.exact) <= slack([*parts, whole]):
        return
    digits = max(part.decimals for part in [*parts, whole])
    shown = " + ".join(f"{part.value.normalize():f}" for part in parts).replace("+ -", "− ")
    yield Fault(
        "sentence-sum",
        f"文中总数为{whole.shown()},各部分{shown} = {printed(total, digits)}{whole.unit},对不上。",
        f"the text says {whole.shown()}, but {shown} = {printed(total, digits)}{whole.unit}.",
        _place(paragraph, whole.shown()),
        Level.REFUSE if total > whole.exact else Level.EXPLAIN,
    )


def _totals(sentence: str, paragraph: Paragraph) -> Iterator[Fault]:
    """共计: the amounts named before it, or the last of them, must add up to it."""
    for found in _TOTAL.finditer(sentence):
        total = _amount(found)
        before = [_amount(f) for f in _AMOUNT.finditer(sentence[: found.start()])]
        parts = [amount for amount in before if amount.unit == total.unit]
        if len(parts) < 2:
            continue
        runs = [parts[start:] for start in range(len(parts) - 1)]
        if not any(abs(total_of(run) - total.exact) <= slack([*run, total]) for run in runs):
            yield from _unequal(total, parts, paragraph)


def _by_year(sentence: str, paragraph: Paragraph) -> Iterator[Fault]:
    """共需资金108万元,2014年46万元,2015年40万元: the years must add up to the whole."""
    need = _NEED.search(sentence)
    if need is None or re.search(r"(?<![—~至到-])20\d\d年[^，,；;]*$", sentence[: need.start()]):
        return  # what one year needs is not what the others add up to
    whole = _amount(need)
    years = [_amount(f) for f in _BY_YEAR.finditer(sentence[need.end() :])]
    years = [amount for amount in years if amount.unit == whole.unit]
    if len(years) > 1:
        yield from _unequal(whole, years, paragraph)


_SHARE = re.compile(r"(?:占比?|达标率|合格率|比例)(?:为|达到|达|是)?\s*(?P<p>\d+(?:\.\d+)?)\s*[%％]")
_OF = re.compile(rf"\d\s*(?:{UNITS})[^\d]*(?<![初高])中[^\d]*\d")  # 33所学校中28所 · 1288人,其中185人
_PEAK = re.compile(r"为(?:高峰|峰值)[^\d，,。]{0,4}(?P<p>\d+(?:\.\d+)?)\s*[%％]")


def _shares(sentence: str, paragraph: Paragraph) -> Iterator[Fault]:
    """A share stated after two counts of the same unit must be the second of the first."""
    for pattern in (_SHARE, _PEAK):
        for found in pattern.finditer(sentence):
            before = [_amount(f) for f in _AMOUNT.finditer(sentence[: found.start()])]
            counts = [a for a in before if a.unit in ("人", "所", "个", "间")]
            if pattern is _SHARE and not _OF.search(sentence[: found.start()]):
                continue
            if len(counts) != 2 or counts[0].unit != counts[1].unit or counts[0].value <= 0:
                continue
            if pattern is _SHARE and counts[1].value > counts[0].value:
                continue
            stated = Amount(decimal_of(found["p"]), "%")
            share = 100 * counts[1].exact / counts[0].exact
            if abs(share - stated.exact) > Fraction(1, 10**stated.decimals):
                yield Fault(
                    "share",
                    f"文中写{stated.shown()},按{counts[1].shown()}÷{counts[0].shown()}计算是{printed(share)}%。",
                    f"stated {stated.shown()}, but {counts[1].shown()} of {counts[0].shown()} is {printed(share)}%.",
                    _place(paragraph, found[0]),
                )


_CHANGE = re.compile(
    rf"[由从][^\d，,。；;]{{0,10}}(?P<n>{NUMBER})\s*(?P<u>{UNITS})[^\d，,。；;]{{0,6}}(?:到|至|为)\s*(?P<m>{NUMBER})\s*(?P<v>{UNITS})"
    r"[，,]?\s*(?:增长|增加|提高|上升|减少|下降|降低)了?\s*(?P<p>\d+(?:\.\d+)?)\s*[%％]"
)


def _changes(sentence: str, paragraph: Paragraph) -> Iterator[Fault]:
    """由7所增加到11所,增长57.1%: the change must be that of the two numbers; points of a rate are not looked at."""
    for found in _CHANGE.finditer(sentence):
        before, after = _amount(found), Amount(decimal_of(found["m"]), vocabulary().unit(found["v"]))
        if before.unit != after.unit or before.unit == "%" or before.value <= 0:
            continue
        stated = Amount(decimal_of(found["p"]), "%")
        change = 100 * abs(after.exact - before.exact) / before.exact
        if abs(change - stated.exact) > Fraction(1, 10**stated.decimals):
            yield Fault(
                "change",
                f"文中写变动{stated.shown()},由{before.shown()}到{after.shown()}计算是{printed(change)}%。",
                f"a change of {stated.shown()} is stated, but {before.shown()} to {after.shown()} is {printed(change)}%.",
                _place(paragraph, found[0]),
            )


_AGAINST = re.compile(
    rf"(?P<n>{NUMBER})(?P<u>{UNITS})?(?:/生|/百生)?[，,]?\s*(?P<word>不低于|不高于|不超过|低于|未达到|达到|高于|超过)"
    rf"[^\d，,。；;]{{0,14}}(?P<m>{NUMBER})(?P<v>{UNITS})?(?P<rule>[^\d，,。；;]{{0,4}}(?:标准|要求|规定))?(?!年|\d)"
)


def _comparisons(sentence: str, paragraph: Paragraph) -> Iterator[Fault]:
    """6.84平方米,低于标准7.5平方米: the word must fit the two numbers."""
    for found in _AGAINST.finditer(sentence):
        unit, other = (vocabulary().unit(found[name] or "") for name in ("u", "v"))
        if unit != other and unit and other:
            continue
        if found["word"] == "达到" and (not found["rule"] or _lower_is_better(sentence)):
            continue  # 由42所达到45所 is no claim; a coefficient of 0.38 does reach 0.50
        a, b = Fraction(decimal_of(found["n"])), Fraction(decimal_of(found["m"]))
        fits = {
            "不低于": a >= b, "达到": a >= b, "不高于": a <= b, "不超过": a <= b, "高于": a > b, "超过": a > b,
            "低于": a < b or 2 * b < a, "未达到": a < b or 2 * b < a,  # 42人,低于标准3人: by how much
        }[found["word"]]  # fmt: skip
        if not fits:
            yield Fault(
                "comparison",
                f"文中说{found['n']}{found['word']}{found['m']},与数字不符。",
                f"the text says that {found['n']} is {_ENGLISH[found['word']]} {found['m']}, which it is not.",
                _place(paragraph, found[0]),
            )


def _lower_is_better(sentence: str) -> bool:
    return any(word in sentence for word in vocabulary().lower_is_better)


_ENGLISH = {
    "不低于": "not below", "达到": "up to", "不高于": "not above", "不超过": "not above", "低于": "below", "未达到": "below", "高于": "above",
    "超过": "above",
}  # fmt: skip
_RATE = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,16}?(?:率|比例|覆盖面|认可度|满意度))(?:均)?(?:达到|提高到|提升到|为|达|是|保持在)?\s*(?P<p>\d+(?:\.\d+)?)\s*[%％](?!以上|以内|左右)"
)


def _rates(sentence: str, paragraph: Paragraph, plan: Plan) -> Iterator[Fault]:
    """A rate in the text must stand in the table's row of its name: in the year's column where a year is named."""
    for found in _RATE.finditer(sentence):
        stated = Amount(decimal_of(found["p"]), "%")
        off = Fraction(1, 2 * 10**stated.decimals)
        years = re.findall(r"(20\d\d)年", sentence[: found.end("name")])[-1:]
        for table in plan.tables:
            for row in range(len(table.body)):
                rates = _rates_of(table, row, found["name"], years)
                if rates and not any(abs(rate - stated.exact) <= off for rate in rates):
                    told = f"{printed(rates[0])}%"
                    yield Fault(
                        "rate-against-table",
                        f"文中「{found['name'].lstrip('年')}」为{stated.shown()},{_row(table, row, 'zh')}为{told}。",
                        f"the text gives {stated.shown()}, but {_row(table, row, 'en')} gives {told}.",
                        _place(paragraph, found[0]),
                    )


def _rates_of(table: Table, row: int, name: str, years: list[str]) -> list[Fraction]:
    """Return the rates of a row that a name means: of the year named, else of any; none where the table lacks the year."""
    columns = list(range(len(table.headings)))
    if not any(_same_rate(name, plain(table.text(row, column))) for column in columns):
        return []
    by_year = any(re.search(r"20\d\d", heading) for heading in table.headings)
    if years and by_year:
        columns = [column for column in columns if years[0] in table.headings[column]]
    amounts = [amount for column in columns if (amount := table.amount(row, column)) is not None]
    return [rate for amount in amounts if (rate := _as_percent(amount)) is not None]


def _same_rate(text: str, name: str) -> bool:
    """Whether a rate of the text is that of a row: 全县巩固率 is 巩固率, 小学入学率 is not 入学率."""
    if len(name) < 3 or name[-1] not in "率例面度" or not text.endswith(name):
        return False
    return not any(
        word in text.removesuffix(name) for word in ("小学", "初中", "高中", "学前", "幼儿", "城", "乡", "农")
    )


def _row(table: Table, row: int, lang: Lang) -> str:
    return Place("", table.sheet, table.rows[row]).text(lang)


def _as_percent(amount: Amount) -> Fraction | None:
    """Return a cell as a percentage: 98%, 98 and 0.98 (as a spreadsheet keeps it) are one; None for no rate."""
    if amount.unit not in ("", "%") or amount.value < 0 or amount.value > 1000:
        return None
    return amount.exact * 100 if amount.unit == "" and amount.value <= 1 else amount.exact

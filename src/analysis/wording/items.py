"""Sentences on the county's own items: how many are met, what stands against applying."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import Lang
from ..facts import SUMMED, About, told
from ..schema import Words
from ..standards import CountyItem, RuleSet

STATUSES = {
    "met": Words(zh="达到", en="met"),
    "not_met": Words(zh="未达到", en="not met"),
    "open": Words(zh="未填", en="no answer"),
}
_ANSWER = Words(zh="应为“是”", en="must be yes")
_VETO = Words(zh="一票否决", en="a veto")


def required(item: CountyItem, lang: Lang) -> str:
    """Return what the county must answer to an item: ≥ 95%, or yes."""
    if item.answer == "yes_no":
        return _ANSWER[lang] + (f" · {_VETO[lang]}" if item.veto else "")
    sign, limit = ("≥", item.at_least) if item.at_least is not None else ("≤", item.at_most)
    unit = item.unit[lang] if item.unit is not None else ""
    gap = " " if lang == "en" and unit not in ("", "%") else ""
    return f"{sign} {limit}{gap}{unit}" if limit is not None else unit


def standing(items: pd.DataFrame, assessed: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return where the county stands: how many items of each group are met, then what is not, vetoes, conditions."""
    listed = [_not_met(items, rules), _differing(items, rules)]
    return [_counts(assessed), *(words for words in listed if words is not None), *_applying(items, rules)]


def _counts(assessed: pd.DataFrame) -> Words:
    """Return how many items of each group are met, not met and open (`county_items.self_assessment`)."""
    zh, en = [], []
    for row in assessed.to_dict("records"):
        group = Words(zh=str(row["group"]), en=str(row["group_en"]))
        about = About(f"items/{group.en}", group, "county-items")
        whole = about(row["n"], "n", "项数", "items")
        counts = [
            (words, about(row[f"n_{name}"], name, f"{words.zh}项数", words.en))
            for name, words in STATUSES.items()
            if row[f"n_{name}"]
        ]
        points = _points(row, about)
        zh.append(f"{group.zh}{whole}项，" + "、".join(f"{w.zh}{n}项" for w, n in counts) + points[0])
        en.append(f"{group.en} ({whole:en}): " + ", ".join(f"{n:en} {w.en}" for w, n in counts) + points[1])
    return told(zh=f"县级指标自评：{'；'.join(zh)}。", en=f"County items: {'; '.join(en)}.")


def _points(row: dict[Any, Any], about: About) -> tuple[str, str]:
    least, most = row["points_least"], row["points_most"]
    if pd.isna(least):
        return "", ""
    low = about(least, "least", "得分", "points", digits=1, formula=SUMMED)
    high = about(
        most, "most", "未填项均达到时的得分", "points if all open items are met", digits=1, formula=SUMMED
    )
    if low.printed == high.printed:
        return f"，得{low}分", f", {low:en} points"
    return (
        f"，得{low}分（未填项均达到时{high}分）",
        f", {low:en} points ({high:en} if all open items are met)",
    )


def _not_met(items: pd.DataFrame, rules: RuleSet) -> Words | None:
    """Return which items are not met, None where there is none."""
    missed = items[items["status"] == "not_met"]
    parts = missed["number"].nunique() < len(missed)  # A3-1 and A3-2 are one of the items counted above
    title = Words(
        zh="未达到的县级指标" + ("(按分项计)" if parts else ""),
        en="County items not met" + (", part by part" if parts else ""),
    )
    return _listed(items, rules, "not_met", title)


def _applying(items: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return what the vetoes and the conditions for applying say, first what stands against it."""
    found = []
    for title, chosen in (
        (Words(zh="一票否决事项", en="vetoes"), [i for i in rules.county_items if i.veto]),
        (
            Words(zh="申报条件", en="conditions for applying"),
            [i for i in rules.county_items if i.precondition],
        ),
    ):
        own = items[items["item"].isin([i.id for i in chosen])]
        for status in ("not_met", "open"):
            head = Words(zh=f"{title.zh}中{_SAYS[status].zh}的", en=f"Of the {title.en}, {_SAYS[status].en}")
            listed = _listed(own, rules, status, head)
            found += [] if listed is None else [listed]
        if chosen and (own["status"] == "met").all():
            found.append(Words(zh=f"{title.zh}均填报为“是”。", en=f"All {title.en} are answered yes."))
    return found


_SAYS = {"not_met": Words(zh="填报为“否”", en="answered no"), "open": Words(zh="尚未填报", en="not answered")}


def _differing(items: pd.DataFrame, rules: RuleSet) -> Words | None:
    """Return which answers say otherwise than the school data, None where there is none."""
    title = Words(
        zh="填报内容与学校数据不一致、按学校数据判定的",
        en="Answered otherwise than the school data, which decide",
    )
    return _listed(items[items["differs"].astype(bool)], rules, None, title)


def _listed(items: pd.DataFrame, rules: RuleSet, status: str | None, title: Words) -> Words | None:
    chosen = items if status is None else items[items["status"] == status]
    if chosen.empty:
        return None
    known = {item.id: item for item in rules.county_items}
    listed: Sequence[CountyItem] = [known[name] for name in chosen["item"]]
    n = About(f"items/{title.en}", title, "county-items")(len(listed), "n", "项数", "items")
    return told(
        zh=f"{title.zh}有{n}项：{'；'.join(f'{i.id} {i.title.zh}' for i in listed)}。",
        en=f"{title.en} ({n:en}): {'; '.join(f'{i.id} {i.title.en}' for i in listed)}.",
    )

"""A rule set as a page of Markdown (docs/standards/), in both languages: thresholds, clauses, how sure each is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .replacing import write_whole
from .schema import Words
from .standards import Indicator, RuleSet, available, load_standard
from .typesetting import typeset
from .wording.items import required
from .wording.ledger import not_ready
from .wording.methods import CERTAINTY, dispersion_rule, school_rule

_HEADS = {
    "indicator": Words(zh="指标", en="Indicator"),
    "unit": Words(zh="单位", en="Unit"),
    "clause": Words(zh="条款", en="Clause"),
    "certainty": Words(zh="确定程度", en="How sure"),
    "number": Words(zh="编号", en="No."),
    "item": Words(zh="县级指标", en="County item"),
    "asked": Words(zh="要求", en="Asked for"),
    "computed": Words(zh="由学校数据得出", en="From school data"),
    "target": Words(zh="年度目标", en="Yearly target"),
    "split": Words(zh="一贯制学校拆分", en="Split"),
    "counts": Words(zh="计入", en="Counts for"),
}
_COUNTS = {"schools": Words(zh="学校", en="schools"), "dispersion": Words(zh="差异系数", en="CV")}
_YES = Words(zh="是", en="yes")
_OPEN = Words(zh="待填", en="to be filled in")
_FRESH = "<!-- junheng standards --pages docs/standards; 由 params/standards 生成, 请勿手改 / generated, do not edit -->"


def page(rules: RuleSet) -> str:
    """Return the page of a rule set."""
    lines = [f"# {rules.title.zh}", f"*{rules.title.en}*", f"`{rules.id}` · {rules.source}"]
    lines += [_both(not_ready(rules))] if not rules.ready else []
    lines += [_both(rules.note)] if rules.note else []
    for words, clause in (
        (school_rule(rules), _clause(rules)),
        (dispersion_rule(rules), _limit_clause(rules)),
    ):
        if words.zh:
            lines.append(f"- {_both(words)}" + (f" ({clause})" if clause else ""))
    lines.append(_indicators(rules))
    if rules.county_items:
        lines.append(_items(rules))
    if rules.milestones:
        lines.append(_milestones(rules))
    return "\n\n".join([_FRESH, *lines]) + "\n"


def write_pages(folder: Path) -> list[Path]:
    """Write the page of every rule set that comes with the library, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {folder / f"{name}.md": page(load_standard(name)) for name in available()}
    for path, text in pages.items():
        write_whole(path, text.encode())
    return list(pages)


def _indicators(rules: RuleSet) -> str:
    stages = rules.judged_stages
    heads = [_HEADS["indicator"], _HEADS["unit"], *(rules.stage_name(s) for s in stages)]
    heads += [_HEADS[name] for name in ("split", "counts", "clause", "certainty")]
    rows = [
        [
            _both(i.title),
            _both(i.unit),
            *(_threshold(i, stage) for stage in stages),
            _both(_YES) if i.split and rules.split.apply else "",
            "; ".join(_both(_COUNTS[name]) for name in i.counts_for),
            i.clause,
            _both(CERTAINTY[i.certainty]),
        ]
        for i in rules.indicators
    ]
    return _table(heads, rows)


def _items(rules: RuleSet) -> str:
    heads = [_HEADS[name] for name in ("number", "item", "asked", "computed", "clause", "certainty")]
    rows = [
        [
            item.id,
            "<br>".join((typeset(item.title).zh, item.title.en)),
            f"{required(item, 'zh')} / {required(item, 'en')}",
            _both(_YES) if item.schools else "",
            item.clause,
            _both(CERTAINTY[item.certainty]),
        ]
        for item in rules.county_items
    ]
    return _table(heads, rows)


def _milestones(rules: RuleSet) -> str:
    years = sorted({year for target in rules.milestones for year in target.at_least})
    heads = [_HEADS["target"], *(Words(zh=year, en=year) for year in years), _HEADS["certainty"]]
    rows = []
    for target in rules.milestones:
        told = {
            year: _both(_OPEN) if limit is None else f"≥ {limit}{target.unit.zh}"
            for year, limit in target.at_least.items()
        }
        asked = [told.get(year, "") for year in years]
        rows.append([_both(target.title), *asked, _both(CERTAINTY[target.certainty])])
    return _table(heads, rows)


def _threshold(indicator: Indicator, stage: str) -> str:
    sign, limits = ("≤", indicator.at_most) if indicator.at_most is not None else ("≥", indicator.at_least)
    if limits is None or stage not in limits:
        return ""
    return _both(_OPEN) if limits[stage] is None else f"{sign} {limits[stage]}"


def _clause(rules: RuleSet) -> str:
    return rules.school_rule.clause if rules.school_rule else ""


def _limit_clause(rules: RuleSet) -> str:
    return rules.dispersion.clause if rules.dispersion else ""


def _table(heads: Sequence[Words], rows: Iterable[Sequence[str]]) -> str:
    lines = [[_both(head) for head in heads], ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _both(words: Words) -> str:
    told = typeset(words)
    return told.zh if told.zh == told.en else f"{told.zh} / {told.en}"

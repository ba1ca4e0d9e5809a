"""A county in a few lines of HTML: what a study shows of itself in a notebook."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from ..balance import COMBINED
from ..errors import Lang
from ..rounding import shown, shown_against
from ..schema import Words
from ..standards import RuleSet
from ..wording.explore import county_line
from ..wording.labels import VERDICTS

_HEADS = {
    "stage": Words(zh="学段", en="Stage"),
    "indicator": Words(zh="指标", en="Indicator"),
    "mean": Words(zh="平均", en="Mean"),
    "cv": Words(zh="差异系数", en="CV"),
    "verdict": Words(zh="结论", en="Verdict"),
    "n": Words(zh="n（缺）", en="n (missing)"),
}
_COMBINED = Words(zh="综合", en="mean of all")


def summary_html(
    title: str, county_verdicts: pd.DataFrame, dispersion: pd.DataFrame, rules: RuleSet, lang: Lang
) -> str:
    """
    Return verdict and coefficients of variation of one county and year as HTML, every text escaped.

    Parameters
    ----------
    county_verdicts, dispersion
        The tables of those names, of one county and year.
    """
    lines = []
    for _, counts in county_verdicts.iterrows():
        verdict = "" if pd.isna(counts["verdict"]) else str(counts["verdict"])
        lines.append(f"<p><b>{escape(county_line(verdict, counts, rules)[lang])}</b></p>")
    head = "".join(f"<th>{escape(word[lang])}</th>" for word in _HEADS.values())
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(row, rules, lang))}</tr>"
        for row in dispersion.to_dict("records")
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<h4>{escape(title)}</h4>{''.join(lines)}{table}"


def _cells(row: Mapping[Hashable, Any], rules: RuleSet, lang: Lang) -> list[str]:
    name, stage = str(row["indicator"]), str(row["stage"])
    combined = name == COMBINED
    return [
        rules.stage_name(stage)[lang],
        _COMBINED[lang] if combined else rules.indicator(name).short[lang],
        shown(row["mean"], 2 if combined else rules.indicator(name).digits, lang),
        shown_against(row["cv"], row["limit"], 3, lang),
        "" if pd.isna(row["verdict"]) else VERDICTS[str(row["verdict"])][lang],
        f"{row['n']} ({row['n_missing']})" if lang == "en" else f"{row['n']}（{row['n_missing']}）",
    ]

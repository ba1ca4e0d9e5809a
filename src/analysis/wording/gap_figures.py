"""Figures that sentences on the two sides print, each with what it is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..facts import About, Figure
from ..schema import Words
from ..standards import Indicator, RuleSet
from ..typesetting import chinese, typeset
from .labels import MEANS, rounded
from .methods import formula


def side_figures(indicator: Indicator, stage: str, row: pd.Series[Any], rules: RuleSet) -> dict[str, Figure]:
    """Return the figures of both sides, their difference as printed and how far the higher is above the lower."""
    head = Words(
        zh=f"{rules.stage_title(stage, 'zh')}{indicator.title.zh}",
        en=f"{indicator.title.en}, {rules.stage_title(stage, 'en')}".removesuffix(", "),
    )
    about = About(
        f"urban-rural/{stage}/{indicator.id}",
        typeset(head),
        f"urban-rural-{stage}",
        chinese(indicator.clause),
    )
    at = (
        Words(
            zh=f"{indicator.short.zh}({indicator.unit.zh})", en=f"{indicator.short.en} ({indicator.unit.en})"
        ),
        MEANS["totals"],
    )
    own = formula(indicator, rules)
    how = typeset(
        Words(zh=f"该侧办学单位之和相除:{own.zh}", en=f"ratio of the sums over its units: {own.en}")
    )
    found = {
        side: about(row[side], side, f"（{rules.area.zh[side]}）", rules.area.en[side], digits=indicator.digits,
                    formula=how, row=at, column=side)
        for side in ("urban", "rural")
    }  # fmt: skip
    least, most = sorted((float(row["urban"]), float(row["rural"])))
    printed = abs(rounded(most, indicator.digits) - rounded(least, indicator.digits))
    found["difference"] = about(
        printed,
        "difference",
        "两侧之差",
        "difference of the sides",
        digits=indicator.digits,
        formula=_DIFFERENCE,
    )
    if least > 0:
        found["percent"] = about(
            most / least - 1, "percent", "高的一侧高出", "the higher side above the lower", percent=True,
            formula=_HIGHER, parts=(most - least, least),
        )  # fmt: skip
    return found


_DIFFERENCE = Words(zh="印出的两侧之差", en="difference of the sides as printed")
_HIGHER = Words(zh="（高－低）÷低", en="(higher − lower) ÷ lower")

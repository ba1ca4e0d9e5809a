"""A view told whole: controls, lines above the views, the views and the table, as JSON for the page."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pandas as pd

from .. import schema
from ..balance import COMBINED
from ..errors import Fault, Lang
from ..indicators import UNIT_KEY
from ..rounding import NOT_KNOWN, shown, shown_against
from ..schema import Words
from ..standards import RuleSet
from ..study import Study
from ..typesetting import chinese, typeset
from ..wording import explore as words
from ..wording.labels import STATUSES, VERDICTS, gap_in_things, plain, rate
from .figures import figures
from .findings import Explorer, Findings
from .view import View
from .what_if import Sides, WhatIf

SIDES: dict[str, Sides | None] = {
    "rule": None,
    "city": Sides(urban=("urban",), rural=("town", "rural")),
    "apart": Sides(urban=("urban",), rural=("rural",)),
    "town": Sides(urban=("town",), rural=("rural",)),
}


def scene(study: Study, explorer: Explorer, view: View, what_if: WhatIf, lang: Lang) -> dict[str, Any]:
    """
    Return what the page shows of a view.

    Raises
    ------
    JunhengError
        The view or the what-if cannot be used; see `findings.Explorer.look`.
    """
    found = explorer.look(view, what_if)
    said = _printed(found, lang)
    filed = [] if what_if.is_empty else _printed(explorer.look(view), lang)
    table = table_of(found, lang)
    return {
        "view": found.view.model_dump(mode="json"),
        "what_if": what_if.model_dump(mode="json"),
        "choices": choices(study, explorer, found, lang),
        "lines": said,
        "supposed": not what_if.is_empty,
        "filed": [line for line in filed if line not in said],
        "verdict": found.verdict,
        "figures": figures(found, study.data, lang),
        "table": table,
        "titles": {name: title[lang] for name, title in words.VIEWS.items()},
        "heading": heading(found, lang),
        "stamp": stamp(study, found, lang),
    }


def _printed(found: Findings, lang: Lang) -> list[str]:
    return [chinese(line) if lang == "zh" else line for line in lines(found, lang)]


def heading(found: Findings, lang: Lang) -> str:
    """Return what is looked at in one line."""
    stage = found.rules.stage_name(found.view.stage)[lang]
    threshold = found.indicator.threshold(found.view.stage)
    unit = rate(found.indicator, lang)
    limit = (
        "" if threshold is None else f" {'≤' if found.indicator.at_most else '≥'} {plain(threshold)} {unit}"
    )
    return f"{found.view.year} · {stage} · {found.indicator.title[lang]}{limit}"


def stamp(study: Study, found: Findings, lang: Lang) -> str:
    """Return source, year, rule and code version in one line, for what is exported."""
    request = replace(study.request, year=found.view.year or study.request.year)
    told = replace(study, request=request).stamp()
    invented = words.INVENTED[lang] + " · " if told.invented else ""
    return f"{invented}{told.county[lang]} · {told.source[lang]} · {told.rule[lang]} · Junheng {told.code_version}"


def lines(found: Findings, lang: Lang) -> list[str]:
    """Return what stands above the views: verdict, coefficient of variation, Theil, both sides."""
    own = _only(found.of_indicator(found.seen.dispersion))
    spread = found.of_stage(found.seen.dispersion)
    mean = _only(spread[spread["indicator"] == COMBINED])
    theil = _only(found.of_indicator(found.theil))
    both = _only(found.of_indicator(found.gaps))
    said = [
        words.county_line(found.verdict, found.whole.county_verdicts.iloc[0], found.rules)
        if len(found.whole.county_verdicts)
        else words.NOTHING_JUDGED,
        words.cv_line(own, mean, selected=bool(found.view.schools)),
        words.theil_line(theil),
        words.gap_line(both, found.indicator, found.rules),
    ]
    if found.view.schools:
        said.append(words.seen_line(len(found.view.schools), found.whole.units["school_id"].nunique()))
    if own is not None and own["n"] == 1:
        said.append(words.ONE_SCHOOL)
    return [line[lang] for line in said]


def table_of(found: Findings, lang: Lang) -> dict[str, Any]:
    """
    Return the units shown as a table: titles, IDs of the schools and rows.

    A cell is text, or [number to sort by or None, text]. Its rows are also the cards of the schools.
    """
    rows = found.judged.merge(
        found.seen.unit_verdicts[[*UNIT_KEY, "n_met", "verdict"]], on=list(UNIT_KEY), how="left"
    )
    rows = rows[rows["in_scope"]]
    limits = rows[["threshold", "floor"]].to_numpy(float)
    digits, n_of = found.indicator.digits, len(found.rules.indicators)
    side = found.rules.area.zh if lang == "zh" else found.rules.area.en
    apart = found.view.apart[lang]
    verdicts = {name: word[lang] for name, word in VERDICTS.items()}
    cells = {
        "school_name": rows["school_name"].fillna(NOT_KNOWN).tolist(),
        "area": [side.get(area, apart) for area in rows["area"]],
        "pupils": [_number(p, shown(p, 0, lang)) for p in rows["pupils"]],
        "value": [
            _number(v, shown_against(v, list(limit), digits, lang))
            for v, limit in zip(rows["value"], limits, strict=True)
        ],
        "status": [STATUSES[status][lang] for status in rows["status"]],
        "gap": [_number(g, gap_in_things(found.indicator, g, lang)) for g in rows["gap"]],
        "n_met": [_number(n, f"{n:.0f}/{n_of}") for n in rows["n_met"]],
        "verdict": [verdicts.get(v, NOT_KNOWN) for v in rows["verdict"]],
    }
    judged = ["status", "gap", "n_met", "verdict"] if found.rules.has_thresholds else []
    names = ["school_name", "area", "pupils", "value", *judged]
    return {
        "titles": [words.COLUMNS[name][lang] for name in names],
        "ids": rows["school_id"].tolist(),
        "rows": [list(row) for row in zip(*(cells[name] for name in names), strict=True)],
    }


def as_csv(table: dict[str, Any]) -> str:
    """Return the table as CSV, with a mark by which Excel knows that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([schema.column("school_id").zh, *table["titles"]])
    for school, row in zip(table["ids"], table["rows"], strict=True):
        writer.writerow([school, *(_harmless(cell if isinstance(cell, str) else cell[1]) for cell in row)])
    return "\ufeff" + text.getvalue()


def choices(study: Study, explorer: Explorer, found: Findings, lang: Lang) -> dict[str, Any]:
    """Return what every control offers, as [value, text] pairs, and what it stands at."""
    rules, stage = found.rules, found.view.stage
    years = sorted(int(year) for year in explorer.schools["year"].unique())
    threshold = found.indicator.threshold(stage)
    limits = rules.dispersion.limits() if rules.dispersion else {}
    columns = [schema.column(name) for name in found.indicator.columns(stage)]
    public = explorer.schools["ownership"].notna().any()
    return {
        "years": [[year, str(year)] for year in years],
        "stages": [[name, rules.stage_name(name)[lang]] for name in rules.judged_stages],
        "indicators": [[i.id, typeset(i.short)[lang]] for i in rules.indicators],
        "sides": [[name, side_names(study.rules, sides, lang)] for name, sides in SIDES.items()],
        "side": next((name for name, sides in SIDES.items() if sides == found.view.sides), "rule"),
        "scopes": [
            [name, word[lang]]
            for name, word in words.SCOPES.items()
            if name == "rule"
            or (name == "small" and study.rules.scope.min_pupils)
            or (name == "public" and public)
        ],
        "split": rules.split.apply if any(i.split for i in rules.indicators) else None,
        "threshold": None if threshold is None else plain(threshold),
        "limit": str(limits[stage]) if stage in limits else None,
        "resources": [
            [c.name, chinese(f"{c.title(lang)}（{c.unit.zh}）") if lang == "zh" and c.unit else c.title(lang)]
            for c in columns
            if c.type in ("count", "number")
        ],
    }


def schools_of(schools: pd.DataFrame) -> list[list[str]]:
    """Return ID and name, the latest, of every school."""
    latest = schools.drop_duplicates("school_id", keep="last")
    return [
        [school, str(name)] for school, name in zip(latest["school_id"], latest["school_name"], strict=True)
    ]


def side_names(rules: RuleSet, sides: Sides | None, lang: Lang) -> str:
    """Return the two sides as they are called: 城镇 | 乡村."""
    if sides is None:
        names = rules.area.zh if lang == "zh" else rules.area.en
        by_rule = "" if lang == "zh" else " (by the rule)"  # urban means 城镇 here, 城区 among the others
        return f"{names['urban']} | {names['rural']}{by_rule}"
    areas = schema.codes("area3")
    join = "、" if lang == "zh" else " and "
    return " | ".join(join.join(areas[a][lang] for a in side) for side in (sides.urban, sides.rural))


def messages(faults: list[Fault], lang: Lang) -> list[str]:
    """Return faults as lines for the page."""
    colon = "：" if lang == "zh" else ": "
    return [f"{f.where(lang)}{colon}{typeset(Words(zh=f.zh, en=f.en))[lang]}" for f in faults]


def _only(rows: pd.DataFrame) -> pd.Series[Any] | None:
    return rows.iloc[0] if len(rows) else None


def _number(value: float, text: str) -> list[Any]:
    return [None, NOT_KNOWN] if value != value else [float(value), text]


def _harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "@", "\t", "\r")) else text

"""Why a number differs between two runs: what differs between them, held against the figures it was computed from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..schema import Words
from .manifest import read_manifest
from .record import Told

CAUSES = {
    "data": Words(zh="数据", en="data"),
    "correction": Words(zh="更正", en="correction"),
    "rule": Words(zh="标准或参数", en="rule or parameters"),
    "code": Words(zh="程序", en="code"),
    "unknown": Words(zh="未能解释", en="not explained"),
}
_FILED = ("data", "correction")
_SOURCES = "sources"  # the table of every figure with its numerator and denominator (tables.sources)
_PLACES = ("data", "params", "year")
_RULES, _CODE = ("rule", "params"), ("code_version", "packages")  # parts of a manifest that differ with them


@dataclass(frozen=True)
class Evidence:
    """
    What is known of two runs: the causes that may have moved anything, by CAUSES, and whose figures were filed otherwise.

    `moved`: the schools whose numerators or denominators differ, None where the runs do not tell them; `corrected`: those
    for which other corrections were applied; `schools`: all.
    """

    possible: tuple[str, ...]
    schools: frozenset[str] = frozenset()
    moved: frozenset[str] | None = None
    corrected: frozenset[str] = frozenset()

    def of(self, texts: Collection[str]) -> tuple[str, ...]:
        """
        Return what may have moved a number in a row of these texts: of the schools it names, of the county where it names none.

        Where none of their figures was filed otherwise it was neither data nor correction; where only corrected ones
        were, it was no other data. What cannot be told apart is named together.
        """
        if not self.possible:
            return ("unknown",)
        if self.moved is None:
            return self.possible
        named = self.schools.intersection(texts)
        touched = self.moved & named if named else self.moved
        if not touched:
            left = {cause for cause in self.possible if cause not in _FILED}
        elif touched <= self.corrected:
            left = set(self.possible) - {"data"}
        elif touched & self.corrected:
            left = set(self.possible)
        else:
            left = set(self.possible) - {"correction"}
        return tuple(cause for cause in self.possible if cause in left) or self.possible


def evidence(before: Told, after: Told) -> Evidence:
    """
    Return what is known of two published runs.

    `data` where files of other names or content were read or the year differs, `correction` where other corrections were applied (or
    files of the same name have other content and the runs do not list their corrections), `rule` where the rule or
    a parameter differs, `code` where the program does.

    Raises
    ------
    JunhengError
        A run has no readable manifest.
    """
    possible, corrected = _compared(read_manifest(before.folder), read_manifest(after.folder))
    figures = [_figures(told) for told in (before, after)]
    if not all(figures):
        return Evidence(possible, corrected=corrected)
    was, now = figures
    moved = {name for name, _ in {*was.items()} ^ {*now.items()}}
    return Evidence(possible, frozenset({*was, *now}), frozenset(moved), corrected)


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the causes that two manifests leave possible, and the schools with other corrections."""
    runs = [manifest.get("run", {}) for manifest in (old, new)]
    was, now = ({str(f["path"]): str(f["sha256"]) for f in run.get("inputs", [])} for run in runs)
    asked = [{k: v for k, v in run.get("parameters", {}).items() if k not in _PLACES} for run in runs]
    refiled = any(was[name] != now[name] for name in was.keys() & now.keys())
    listed = all("corrections" in run for run in runs)
    applied = [{(str(c["school_name"]), str(c)) for c in run.get("corrections", ())} for run in runs]
    corrected = frozenset(name for name, _ in applied[0] ^ applied[1])
    differs = {
        "data": was.keys() != now.keys() or old.get("year") != new.get("year") or (refiled and listed),
        "correction": bool(corrected) or (refiled and not listed),
        "rule": asked[0] != asked[1] or any(runs[0].get(part) != runs[1].get(part) for part in _RULES),
        "code": runs[0].get("code") != runs[1].get("code")
        or any(old.get(part) != new.get(part) for part in _CODE),
    }
    return tuple(cause for cause, found in differs.items() if found), corrected


def _figures(told: Told) -> dict[str, tuple[str, ...]]:
    """Return what each school's figures were computed from, as text; nothing where the run does not tell it."""
    if _SOURCES not in told.tables:
        return {}
    rows = told.data(told.tables[_SOURCES])
    # its first columns (tables.sources), whatever language they are headed in
    _, school, stage, indicator, _, numerator, denominator = list(rows.columns)[:7]
    texts = rows[[stage, indicator, numerator, denominator]].agg("|".join, axis=1)
    found: dict[str, list[str]] = {}
    county = rows[school].iloc[0]  # its sums come first
    for name, text in zip(rows[school], texts, strict=True):
        if name != county:
            found.setdefault(str(name), []).append(str(text))
    return {name: tuple(texts) for name, texts in found.items()}

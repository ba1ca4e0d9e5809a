"""Check a table of links: its cells, its rows against one another, and both against the data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .. import schema
from ..errors import Fault, Level, Place
from ..links import LinkKind, LinkLevel, link_rules
from ..schema import Words

Where = pd.Series | npt.NDArray[np.bool_]


def check_links(
    raw: pd.DataFrame, schools: pd.DataFrame, headers: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame, list[Fault]]:
    """
    Return a links table with canonical codes, and everything that is wrong with it.

    Parameters
    ----------
    raw
        The columns of `COLUMNS` as text, and `source_file`, `source_sheet`, `source_row`.
    schools
        The canonical table that the links speak of.
    headers
        Canonical name to the header in the user's file.

    Returns
    -------
    The rows without a refusing fault (`level`, `kind` as ids, `year` int64), and the faults. Refused: a blank or
    unknown level or kind, a year or a code that is none, a code that becomes itself, a row given twice, a renaming that
    is not one to one, a chain that runs in a circle. To be explained: a code that the data do not hold; a school that
    goes on after it was merged away.
    """
    told = {**{name: column.zh for name, column in link_rules().columns.items()}, **(headers or {})}
    table = raw.assign(
        level=raw["level"].map(_ids(link_rules().levels)),
        kind=raw["kind"].map(_ids(link_rules().kinds)),
        year=pd.to_numeric(raw["year"].str.removesuffix("年").str.strip(), errors="coerce"),
    )
    faults = [*_cells(raw, table, told), *_rows(table, told)]
    refused = {fault.place.row for fault in faults}
    sound = table[~table["source_row"].isin(list(refused))].astype({"year": "int64"})
    faults += [*_circles(sound, told), *_against(sound, schools, told)]
    return sound.reset_index(drop=True), faults


def _ids(parts: Mapping[str, LinkLevel | LinkKind]) -> dict[str, str]:
    """Return every name of a level or kind with its id."""
    return {name: id_ for id_, part in parts.items() for name in (id_, part.zh, part.en, *part.aliases)}


def _cells(raw: pd.DataFrame, table: pd.DataFrame, told: Mapping[str, str]) -> list[Fault]:
    """Return the cells that are blank, unknown or of the wrong form."""
    rules = link_rules()
    faults = []
    for name, column in rules.columns.items():
        blank = raw[name].isna() if column.required else raw[name].isna() & False
        faults += [
            _fault(row, told, name, "link-blank", "不能为空。", "must not be blank.")
            for row in _of(raw, blank)
        ]
    for name, parts in (("level", rules.levels), ("kind", rules.kinds)):
        listed = Words(
            zh="、".join(part.zh for part in parts.values()), en=", ".join(part.en for part in parts.values())
        )
        unknown = raw[name].notna() & table[name].isna()
        faults += [
            _fault(
                row,
                told,
                name,
                "link-unknown",
                f"应为其中之一:{listed.zh}。",
                f"must be one of: {listed.en}.",
            )
            for row in _of(raw, unknown)
        ]
    low, high = rules.years
    wrong = raw["year"].notna() & ~(table["year"].between(low, high) & (table["year"] % 1 == 0))
    faults += [
        _fault(
            row,
            told,
            "year",
            "link-year",
            f"年份应为{low}—{high}的四位数字。",
            f"must be a year from {low} to {high}.",
        )
        for row in _of(raw, wrong)
    ]
    forms = table["level"].map(
        {id_: schema.column(level.column).pattern for id_, level in rules.levels.items()}
    )
    for name in ("from_code", "to_code"):
        bad = pd.Series(
            [_off(code, form) for code, form in zip(raw[name], forms, strict=True)],
            index=raw.index,
            dtype=bool,
        )
        faults += [
            _fault(row, told, name, "link-code", "不像这个层级的代码。", "is not a code of this level.")
            for row in _of(raw, bad)
        ]
    return faults


def _rows(table: pd.DataFrame, told: Mapping[str, str]) -> list[Fault]:
    """Return the rows that contradict themselves or one another."""
    rules = link_rules()
    kinds = table["kind"].map(rules.kinds.get)
    keeps = np.array([kind is not None and kind.keeps_code for kind in kinds], dtype=bool)
    single = np.array([kind is not None and kind.one_to_one for kind in kinds], dtype=bool)
    fits = [
        kind is None or pd.isna(level) or level in kind.levels
        for kind, level in zip(kinds, table["level"], strict=True)
    ]
    same = table["from_code"].notna() & (table["from_code"] == table["to_code"]) & ~keeps
    keys = ["level", "kind", "year", "from_code", "to_code"]
    twice = table.duplicated(keys) & table[keys].notna().all(axis=1)
    many = single & ~twice & table["from_code"].notna() & (
        table[single].duplicated(["level", "year", "from_code"]).reindex(table.index, fill_value=False)
        | table[single].duplicated(["level", "year", "to_code"]).reindex(table.index, fill_value=False)
    )  # fmt: skip
    return [
        *(_fault(r, told, "kind", "link-level", "这个层级没有这种变动。", "is not a change of this level.")
          for r in _of(table, ~np.array(fits, dtype=bool))),
        *(_fault(r, told, "to_code", "link-itself", "原代码与现代码相同。", "is the old code itself.") for r in _of(table, same)),
        *(_fault(r, told, "from_code", "link-twice", "这一行填了两次。", "is given twice.") for r in _of(table, twice)),
        *(_fault(r, told, "from_code", "link-not-one-to-one", "更名、撤县设区应一对一;多对一请填“合并”,一对多请填“分立”。",
                 "a renaming is one to one: many to one is a merge, one to many a split.") for r in _of(table, many)),
    ]  # fmt: skip


def _circles(table: pd.DataFrame, told: Mapping[str, str]) -> list[Fault]:
    """Return a fault for each link that lies on a circle: a code that in the end becomes itself again."""
    moved = table[table["from_code"] != table["to_code"]]
    ends = moved["level"] + ":" + moved["from_code"], moved["level"] + ":" + moved["to_code"]
    codes, places = np.unique(np.concatenate(ends).astype(str), return_inverse=True)
    old, new = places[: len(moved)], places[len(moved) :]
    graph = coo_array((np.ones(len(moved)), (old, new)), shape=(len(codes), len(codes)))
    _, strong = connected_components(graph, directed=True, connection="strong")
    circle = pd.Series(strong[old] == strong[new], index=moved.index, dtype=bool).reindex(
        table.index, fill_value=False
    )
    return [
        _fault(
            row,
            told,
            "to_code",
            "link-circle",
            "沿革成了环:现代码又变回原代码。",
            "runs in a circle back to the old code.",
        )
        for row in _of(table, circle)
    ]


def _against(table: pd.DataFrame, schools: pd.DataFrame, told: Mapping[str, str]) -> list[Fault]:
    """Return what of the links does not agree with the data; the county may have its reasons."""
    rules, faults = link_rules(), []
    for level, of_level in table.groupby("level"):
        years = schools.groupby(rules.levels[str(level)].column)["year"].agg(["min", "max"])
        for name in ("from_code", "to_code"):
            # The rows of a county that became another are read under the code of today.
            absent = ~of_level[name].isin(years.index) & ((level, name) != ("county", "from_code"))
            faults += [
                _fault(row, told, name, "link-not-on-file", "数据中没有这个代码,该线在这一年断开。",
                       "is not in the data; the line breaks in this year.", Level.EXPLAIN)
                for row in _of(of_level, absent)
            ]  # fmt: skip
        ended = of_level["kind"].map(lambda kind: not rules.kinds[kind].continues)
        going_on = of_level["from_code"].map(years["max"]) >= of_level["year"]
        going_on &= ended & (of_level["from_code"] != of_level["to_code"])
        faults += [
            _fault(row, told, "from_code", "link-goes-on", "变动之后数据中仍有这个代码。",
                   "is still in the data after the change.", Level.EXPLAIN)
            for row in _of(of_level, going_on)
        ]  # fmt: skip
    return faults


def _off(code: object, form: object) -> bool:
    return isinstance(code, str) and isinstance(form, str) and re.fullmatch(form, code, re.ASCII) is None


def _of(table: pd.DataFrame, where: Where) -> list[dict[Any, Any]]:
    return table[where].to_dict("records")


def _fault(
    row: Mapping[Any, Any],
    told: Mapping[str, str],
    name: str,
    kind: str,
    zh: str,
    en: str,
    level: Level = Level.REFUSE,
) -> Fault:
    value = row[name]
    shown = "" if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
    place = Place(row["source_file"], row["source_sheet"], int(row["source_row"]), told[name], shown)
    return Fault(kind, zh, en, place, level)

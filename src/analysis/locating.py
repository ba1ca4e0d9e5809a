"""Which files a run reads, and which counties and years those hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import JunhengError, Level, refuse
from .sources.filekind import TABLES
from .sources.inputs import list_files
from .sources.mapping import SourceMapping, load_source
from .sources.reading import peek_counties, read_dataset
from .sources.settings import Settings
from .sources.store import Store, store_among
from .sources.supplements import text_table
from .sources.tabular import read_sheets

_COPY = re.compile(r"-核查(\d*)$")

# 项目 of the sheet 参数 → our name
_SETTINGS = {
    "县级代码": "county_code",
    "县名": "name",
    "年份": "year",
    "评估标准": "standard",
    "语言": "lang",
}

Files = dict[str, tuple[Path, ...]]


@dataclass(frozen=True)
class Held:
    """What a run's files hold: years and name of each county, what the sheet 参数 sets, how a store was read."""

    years: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    def only_county(self) -> str:
        """
        Return the county that the sheet 参数 names, else the only one there is.

        Raises
        ------
        JunhengError
            There are none, or several and none is named.
        """
        if "county_code" in self.settings:
            return str(self.settings["county_code"])
        if len(self.years) == 1:
            return next(iter(self.years))
        known = "、".join(sorted(self.years)[:20]) or "—"
        raise refuse(
            "which-county",
            f"请用 --county 指明县级代码。数据中有：{known}。",
            f"name the county with --county; the data hold: {known}.",
            column="county",
        )

    def of(self, code: str) -> Mapping[str, Any]:
        """Return what the sheet 参数 sets for a county: nothing when it is about another one."""
        return self.settings if self.settings.get("county_code", code) == code else {}

    def describe(self, code: str) -> dict[str, Any]:
        """Return what the data say of a county: its code, its name, its latest year."""
        years = self.years.get(code, ())
        latest = {"year": max(years)} if years else {}
        source = {"source": self.source} if self.source else {}
        return {"county_code": code, "name": self.names.get(code) or code, **latest, **source}


def files_in(
    data: Path, source: str, wanted: Mapping[str, str] | None = None, *, configured: bool = False
) -> Files:
    """
    Return the files of a data folder (or the one file that `data` is) by part.

    `wanted` maps a part (schools, townships …) to a file name or pattern in the folder. Where no school
    table has that name, every file that the source can read is taken instead; a folder that is `configured`
    must hold each file that is named.

    Raises
    ------
    JunhengError
        There is no such folder, it holds no table, or it lacks a file that is configured.
    """
    if (store := store_among(data)) is not None:
        return {"schools": (store,)}
    if data.is_file():
        return {"schools": (data,)}
    if not data.is_dir():
        raise refuse(
            "no-such-file",
            "没有这个文件或文件夹。",
            "no such file or folder.",
            column="data",
            value=str(data),
        )
    found = {part: _matching(data, pattern) for part, pattern in (wanted or {}).items()}
    lacking = [pattern for part, pattern in (wanted or {}).items() if not found[part]]
    if configured and lacking:
        names = "、".join(lacking)
        raise refuse("no-such-file", f"缺少文件：{names}。", f"missing: {names}.", file=str(data))
    if found.get("schools"):
        return {part: paths for part, paths in found.items() if paths}
    listed = list_files([data], load_source(source))
    if listed.faults:
        raise JunhengError(listed.faults)
    return {"schools": tuple(p for p in listed.tables if not _passing(p)), "layers": tuple(listed.layers)}


def absolute(files: Files) -> Files:
    """Return the same files by absolute paths: a notebook works in a folder of its own."""
    return {part: tuple(path.absolute() for path in paths) for part, paths in files.items()}


def region_files(data: Path, wanted: Mapping[str, str]) -> Files:
    """Return the files of a region in a folder, the store or the one table that `data` is; {} where none is named so."""
    if (store := store_among(data)) is not None:
        return {"schools": (store,)}
    if data.is_file():
        return {"schools": (data,)} if data.match(wanted["schools"]) else {}
    found = {part: _matching(data, pattern) for part, pattern in wanted.items()}
    return {part: paths for part, paths in found.items() if paths} if found["schools"] else {}


def _matching(folder: Path, pattern: str) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob(pattern) if path.is_file() and not _passing(path)))


def _passing(path: Path) -> bool:
    """Whether a file is not data: what an open Excel leaves (~$…), hidden files, the marked copy beside its original."""
    original = _COPY.sub("", path.stem)
    marked_copy = original != path.stem and any(path.with_name(original + s).exists() for s in TABLES)
    return marked_copy or path.name.startswith(("~$", "."))


def copy_name(table: Path) -> str:
    """Return what the marked copy of a table is called: 甲.xlsx → 甲-核查.xlsx → 甲-核查2.xlsx …"""
    earlier = _COPY.search(table.stem)
    number = "" if earlier is None else str(int(earlier[1] or 1) + 1)
    return f"{_COPY.sub('', table.stem)}-核查{number}.xlsx"


def look_into(paths: Sequence[Path], source: str) -> Held:
    """
    Return which counties and years the school tables hold, and what the sheet 参数 sets; no more is read.

    Raises
    ------
    JunhengError
        The files cannot be read: every fault that reading them whole finds.
    """
    mapping = load_source(source)
    store = store_among(paths)
    try:
        found = peek_counties(paths, mapping)
        return Held(
            years=dict(zip(found["county_code"], found["years"], strict=True)),
            names=dict(found.dropna(subset=["county_name"]).set_index("county_code")["county_name"]),
            settings=_settings(paths, mapping) if store is None else _named(Store(store).settings()),
            source="" if store is None else Store(store).source,
        )
    except JunhengError as error:
        raise all_faults(error, paths, source) from error


def all_faults(error: JunhengError, paths: Sequence[Path], source: str) -> JunhengError:
    """Return the faults of files that could not be used, found by reading them whole; the error if there are none."""
    try:
        read_dataset(paths, load_source(source))
    except JunhengError as faulty:
        return faulty
    return error


def _settings(paths: Sequence[Path], source: SourceMapping) -> dict[str, Any]:
    """Return what the sheets 参数 say, in our names; raise what is wrong with them."""
    settings = Settings()
    for path in paths:
        if path.suffix.lower() not in (".xlsx", ".xlsm", ".xls"):
            continue
        for sheet in read_sheets(path, names={}, encodings=()):
            if source.sheets.kind(sheet.name) == "settings":
                settings.read(sheet, text_table(sheet, "settings")[0])
    wrong = [fault for fault in settings.faults if fault.level is Level.REFUSE]
    if wrong:
        raise JunhengError(wrong)
    return _named(settings.mapping())


def _named(said: Mapping[str, str]) -> dict[str, Any]:
    return {name: said[item] for item, name in _SETTINGS.items() if item in said}

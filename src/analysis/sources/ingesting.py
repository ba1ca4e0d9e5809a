"""Many counties' files into one store: what belongs together is read together, and every fault of every file is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..errors import Fault, JunhengError, Level, Place, refuse
from ..links import no_links
from .dataset import Dataset
from .filekind import LAYERS
from .gathering import Reader
from .inputs import list_files
from .links import read_links
from .mapping import SourceMapping, load_source
from .reading import read_dataset, read_layers
from .schooltable import duplicates
from .store import (
    NAME,
    Change,
    Store,
    changes,
    is_store,
    other_schools,
    refuse_other,
    take_in,
    write_store,
)

_PLACES = (
    *("school_id", "school_name", "school_type_code", "year"),
    *("source_file", "source_sheet", "source_row"),
)
_BOOKS = (".xlsx", ".xlsm", ".xls")
Progress = Callable[[int, int, Sequence[Path]], None]


@dataclass(frozen=True)
class Ingested:
    """
    What went into a store: counties, rows, every fault of all files, and the files left out for theirs.

    `changes`: what late files have replaced and added.
    """

    counties: int
    rows: int
    faults: tuple[Fault, ...]
    left_out: tuple[Path, ...]
    changes: tuple[Change, ...] = ()


def ingest(
    sources: Sequence[Path],
    store: Path,
    source: str,
    *,
    standard: str = "",
    skip_faulty: bool = False,
    late: bool = False,
    drop_schools: bool = False,
    progress: Progress = lambda number, of, paths: None,
) -> Ingested:
    """
    Read files and folders and write them as a store, whole or not at all.

    A folder's files are read together, as `read_dataset` reads them; of a folder of workbooks that each hold a county,
    every workbook is read alone; folders within it are read each by itself.

    Parameters
    ----------
    sources
        Files and folders.
    store
        See `store.write_store`.
    source
        The id or YAML file of the source mapping; with `late` the store's own unless given.
    standard
        The rule set that answers belong to, see `read_dataset`.
    skip_faulty
        Leave out the files that must be corrected first; else none is taken while one is faulty.
    late
        The county-years that the files give take the place of the store's, or are added; all else stays
        (`store.take_in`).
    drop_schools
        With `late`: take schools out of the store that a county's year no longer has; else they are refused by name.
    progress
        Told of each group of files before it is read: its number, of how many, and the files.

    Raises
    ------
    JunhengError
        Files must be corrected first, every fault of every file at once; or none is left; or the store cannot be
        written. The store is as it was.
    """
    if not late:
        refuse_other(store)
    held = _held(store) if late else None
    source = _source(source, held)
    taken, faults = _read(sources, load_source(source), standard, skip_faulty, progress)
    changed = () if held is None else tuple(changes(held, taken.parts))
    against = [] if held is None else _elsewhere(held, taken.parts)
    against += [] if drop_schools else _gone(changed)
    refused = any(fault.level is Level.REFUSE for fault in faults) and not skip_faulty
    told = [fault for part in taken.parts for fault in part.faults]
    if refused or against or not any(len(part.schools) for part in taken.parts):
        raise JunhengError([*faults, *against, *told])
    if held is None:
        write_store(store, taken.parts, taken.links, source=source)
    else:
        take_in(held, taken.parts, taken.links)
    counties = {code for part in taken.parts for code in part.schools["county_code"].unique()}
    rows = sum(len(part.schools) for part in taken.parts)
    left_out = tuple(dict.fromkeys(taken.left_out))
    return Ingested(len(counties), rows, (*faults, *told), left_out, changed)


def _read(
    sources: Sequence[Path], mapping: SourceMapping, standard: str, skip_faulty: bool, progress: Progress
) -> tuple[_Taken, list[Fault]]:
    """Read files group by group; return what could be read, and what is wrong with the rest."""
    groups, faults = _groups([path.absolute() for path in sources], mapping)
    taken = _Taken()
    for number, paths in enumerate(groups, start=1):
        progress(number, len(groups), paths)
        while paths:
            try:
                taken.add(paths, mapping, standard)
                break
            except JunhengError as error:
                faults += error.faults
                wrong = _faulty(paths, error)
                taken.left_out += wrong
                paths = [path for path in paths if path not in wrong] if skip_faulty else []
                if not any(path.suffix.lower() not in LAYERS for path in paths):
                    break
    return taken, faults


def _source(source: str, held: Store | None) -> str:
    """Return how files are read: late ones as those before."""
    if source.endswith((".yaml", ".yml")):
        source = str(Path(source).absolute())
    if held is None or source in ("", held.source):
        return source if held is None else held.source
    raise refuse(
        "other-source",
        f"数据仓库是按 {held.source} 读入的，补入的文件须用同一读法。",
        f"the store was read by {held.source}; late files must be read the same way.",
        column="--source",
        value=source,
    )


def _held(store: Path) -> Store:
    if not is_store(store):
        raise refuse(
            "no-store",
            "这里还没有数据仓库，请先不加 --replace 入库一次。",
            "there is no store here yet; ingest once without --replace.",
            file=str(store),
        )
    return Store(store if store.name == NAME else store / NAME)


def _elsewhere(held: Store, parts: Sequence[Dataset]) -> list[Fault]:
    """Refuse a school's year that the store has of another county."""
    if not parts:
        return []
    both = pd.concat(
        [other_schools(held, parts, _PLACES), *(part.schools[[*_PLACES]] for part in parts)],
        ignore_index=True,
    )
    twice = both.duplicated(["school_id", "year"])
    return duplicates(both, twice, dict(parts[-1].headers), Level.REFUSE) if twice.any() else []


def _gone(changed: Sequence[Change]) -> list[Fault]:
    """Refuse to take schools out of the store that nobody has spoken of."""
    return [
        Fault(
            "school-gone",
            f"库中{change.year}年有这所学校，新文件里没有；确认不再计入的，请加 --drop-schools。",
            f"the store has this school in {change.year}, the new files have not; "
            "add --drop-schools if it is no longer to count.",
            Place(f"{change.county} {change.name}".strip(), column=school),
            year=change.year,
        )
        for change in changed
        for school in change.gone
    ]


class _Taken:
    """What has been read so far, and the files left out; a school's year that is there already is refused."""

    def __init__(self) -> None:
        self.parts: list[Dataset] = []
        self.links: list[pd.DataFrame] = []
        self.left_out: list[Path] = []
        self._known = pd.DataFrame(columns=["school_id", "year"])

    def add(self, paths: Sequence[Path], source: SourceMapping, standard: str) -> None:
        if all(path.suffix.lower() in LAYERS for path in paths):
            self.parts.append(read_layers(paths, source))
            self.links.append(no_links())
            return
        data = read_dataset(paths, source, standard=standard)
        links, told = read_links([p for p in paths if p.suffix.lower() not in LAYERS], data.schools)
        self._refuse_known(data)
        self.parts.append(replace(data, faults=(*data.faults, *told)))
        self.links.append(links)

    def _refuse_known(self, data: Dataset) -> None:
        both = pd.concat([self._known, data.schools[[*_PLACES]]], ignore_index=True)
        twice = both.duplicated(["school_id", "year"])
        if twice.any():
            raise JunhengError(duplicates(both, twice, dict(data.headers), Level.REFUSE))
        self._known = both


def _groups(sources: Sequence[Path], source: SourceMapping) -> tuple[list[list[Path]], list[Fault]]:
    """Return the files that are read together, and what is wrong with the list itself."""
    groups: list[list[Path]] = []
    faults: list[Fault] = []
    for path in sources:
        if not path.is_dir():
            groups.append([path])
            continue
        within = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
        listed = list_files([path], source)
        own = [*listed.tables, *listed.layers]
        groups += _of_folder(own, source) if own else []
        found, wrong = _groups(within, source)
        groups += found
        faults += wrong if own or found or wrong else listed.faults
    return groups, faults


def _of_folder(files: Sequence[Path], source: SourceMapping) -> list[list[Path]]:
    """Return the files of one folder by group: workbooks apart unless official ones are among them."""
    books = [path for path in files if path.suffix.lower() in _BOOKS]
    if len(books) < 2 or any(_is_official(path, source) for path in books):
        return [list(files)]
    others = [path for path in files if path not in books]
    return [*([others] if others else []), *([book] for book in books)]


def _is_official(path: Path, source: SourceMapping) -> bool:
    reader = Reader.of(source)
    try:
        sheets = reader.sheets(path)
    except JunhengError:
        return False  # told when it is read
    return reader.book(sheets) is not None or any(reader.form(sheet) is not None for sheet in sheets)


def _faulty(paths: Sequence[Path], error: JunhengError) -> list[Path]:
    """Return the files that faults which refuse stand in; all of them where that cannot be told."""
    named = {Path(fault.place.file).name for fault in error.faults if fault.level is Level.REFUSE}
    found = [path for path in paths if path.name in named]
    return found or list(paths)

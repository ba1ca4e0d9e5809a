"""Which files are read: those named, or those of a folder that this source's files are made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import Fault, Place
from .dataset import Input, as_input
from .filekind import LAYERS, TABLES
from .mapping import SourceMapping
from .official.form import READINGS

_IN_FOLDERS = tuple(suffix for suffix in TABLES if suffix != ".txt")  # a .txt there is most often a read-me

_COPY = re.compile(r"-核查[0-9]*$")  # a marked copy that a check leaves beside the workbook


@dataclass
class Files:
    """
    Table files and map layers to read, in order of name, what the user says of official workbooks
    (报表读法.yaml beside them), and what is wrong with the list itself.
    """

    tables: list[Path] = field(default_factory=list)
    layers: list[Path] = field(default_factory=list)
    readings: Path | None = None
    faults: list[Fault] = field(default_factory=list)

    def inputs(self) -> tuple[Input, ...]:
        """Return path, SHA-256 and size of each file, a shapefile's companions included."""
        parts = [
            part for path in (*self.tables, *self.layers, self.readings) if path for part in _parts(path)
        ]
        return tuple(as_input(path) for path in dict.fromkeys(parts) if path.is_file())


def list_files(paths: Sequence[Path] | Path, source: SourceMapping) -> Files:
    """
    Return the files to read, 更正.csv beside one of them included; in a folder, temporary and hidden files, and
    marked copies of files beside them, are passed over.
    """
    files = Files()
    for path in [paths] if isinstance(paths, Path) else paths:
        if path.is_dir():
            _look_into(path, source, files)
        else:
            (files.layers if path.suffix.lower() in LAYERS else files.tables).append(path)
    files.tables += [
        csv
        for path in files.tables
        for name in source.sheets.corrections
        if (csv := path.parent / f"{name}.csv").is_file()
    ]
    files.tables = list(dict.fromkeys(files.tables))
    files.layers = list(dict.fromkeys(files.layers))
    beside = [path.parent / READINGS for path in files.tables] if source.official else []
    files.readings = next((path for path in beside if path.is_file()), None)
    return files


def _look_into(folder: Path, source: SourceMapping, files: Files) -> None:
    found = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(("~$", ".")))
    found = [p for p in found if not (_COPY.search(p.stem) and _originals(p) & set(found))]
    globs = source.files.schools
    tables = [
        p for p in found if p.suffix.lower() in _IN_FOLDERS and (not globs or any(p.match(g) for g in globs))
    ]
    files.layers += [p for p in found if p.suffix.lower() in LAYERS]
    files.tables += tables
    if not tables:
        known = " ".join(globs or _IN_FOLDERS)
        files.faults.append(
            Fault(
                "no-files",
                f"文件夹里没有可读的数据文件({known})。",
                f"the folder holds no data file that can be read ({known}).",
                Place(str(folder)),
            )
        )


def _originals(copy: Path) -> set[Path]:
    """Return what the table may be called of which a file is the marked copy: that of a csv or xls is an xlsx."""
    return {copy.with_name(_COPY.sub("", copy.stem) + suffix) for suffix in TABLES}


def _parts(path: Path) -> list[Path]:
    if path.suffix.lower() != ".shp":
        return [path]
    return [p for s in (".shp", ".shx", ".dbf", ".prj", ".cpg") if (p := path.with_suffix(s)).is_file()]

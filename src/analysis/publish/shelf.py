"""Where a notebook's figures, tables and story come to stand as files, each notebook's its own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pydantic import BaseModel, TypeAdapter, ValidationError

from ..replacing import write_whole
from .manifest import refuse_frozen
from .record import Id, NotebookName, StoryRecord, sha256

_WITH_FILES = ("figure", "table", "booklet")
_ID: TypeAdapter[str] = TypeAdapter(Id)
_NOTEBOOK: TypeAdapter[str] = TypeAdapter(NotebookName)


class Shelf:
    """
    The part of a run's folder that one notebook writes to. Opening it removes what the same notebook left there.

    Raises
    ------
    JunhengError
        The folder is 定稿.
    """

    def __init__(self, folder: Path, notebook: str) -> None:
        self.folder = folder
        refuse_frozen(folder)
        self.notebook = _NOTEBOOK.validate_python(notebook)
        for part in ("story", "figures", "tables"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        for kind, id in _told(folder / "story" / f"{self.notebook}.json"):
            for name in _files_of(kind, id):
                (folder / name).unlink(missing_ok=True)

    def claim(self, kind: str, id: str) -> None:
        """Refuse a name that is not one, or under which another notebook has written."""
        valid(id)
        for path in (self.folder / "story").glob("*.json"):
            if path.stem != self.notebook and (kind, id) in _told(path):
                raise ValueError(f"{kind} {id} is told by notebook {path.stem} already")

    def json(self, record: BaseModel, name: str) -> None:
        """Write a record."""
        write_whole(self.folder / name, record.model_dump_json(indent=1).encode())

    def csv(self, frame: pd.DataFrame, name: str) -> None:
        """Write a table as Excel opens it: UTF-8 with its mark, lines ended by CR LF."""
        text = frame.to_csv(index=False, lineterminator="\r\n")
        write_whole(self.folder / name, text.encode("utf-8-sig"))

    def sums(self, *names: str) -> dict[str, str]:
        """Return the checksum of each file."""
        return {name: sha256(self.folder / name) for name in names}


def valid(id: str) -> str:
    """Return an id that may be a file's name; ValueError for any other."""
    return _ID.validate_python(id)


def _told(path: Path) -> list[tuple[str, str]]:
    """Return kind and id of what a story wrote to files; nothing where it is absent or damaged."""
    try:
        blocks = StoryRecord.model_validate_json(path.read_bytes()).blocks
    except (FileNotFoundError, ValidationError):
        return []
    return [(b.kind, b.id) for b in blocks if b.kind in _WITH_FILES and b.id]


def _files_of(kind: str, id: str) -> list[str]:
    if kind == "figure":
        return [f"figures/{id}.{suffix}" for suffix in ("png", "svg", "json")] + [f"tables/figure-{id}.csv"]
    return [f"{id}.pdf"] if kind == "booklet" else [f"tables/{id}.csv", f"tables/{id}.json"]

"""What stands in a store: counties and years, the files they came from, which tables hold what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import refuse
from ...schema import Words
from ..dataset import Dataset, Input

NAME = "store.json"
FORMAT = 1
NOWHERE = "none"  # where rows of no one county stand
PARTITIONED = (
    "schools", "apart", "births", "branches", "corrections", "answers", "published", "links", "faults",
)  # fmt: skip
LAYERS = ("townships", "boundary", "settlements")


@dataclass(frozen=True)
class Part:
    """What was read together: headers, settings and forms as in `Dataset`, and the files."""

    settings: dict[str, str]
    headers: dict[str, str]
    systems: tuple[str, ...]
    forms: tuple[dict[str, str], ...]
    inputs: tuple[dict[str, Any], ...]

    @classmethod
    def of(cls, data: Dataset) -> Part:
        """Return what is to be kept of a data set beside its tables."""
        return cls(
            dict(data.settings),
            dict(data.headers),
            tuple(sorted(data.systems)),
            tuple(form.model_dump() for form in data.forms),
            tuple(asdict(item) for item in data.inputs),
        )

    def read_from(self) -> tuple[Input, ...]:
        """Return the files."""
        return tuple(Input(**item) for item in self.inputs)

    def form_titles(self) -> tuple[Words, ...]:
        """Return the titles of the official forms among them."""
        return tuple(Words(**form) for form in self.forms)


@dataclass(frozen=True)
class County:
    """A county of a store: its name in the latest year, its years, and the parts that it is in."""

    name: str
    years: tuple[int, ...]
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Manifest:
    """
    The whole of `store.json`.

    `folder`: where the tables stand; `source`: how they were read (`mapping.load_source`); `tables`: the provinces, or
    `NOWHERE`, of which each table has rows.
    """

    folder: str
    source: str
    counties: dict[str, County]
    parts: tuple[Part, ...]
    tables: dict[str, tuple[str, ...]]
    format: int = FORMAT
    version: str = ""

    def text(self) -> str:
        """Return the file; headers that parts share are written once."""
        told = asdict(self)
        headers: list[dict[str, str]] = []
        for part in told["parts"]:
            if part["headers"] not in headers:
                headers.append(part["headers"])
            part["headers"] = headers.index(part["headers"])
        return json.dumps({**told, "headers": headers}, ensure_ascii=False)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """
        Read `store.json`; once while it is the same file, since a run of many counties asks for it county by county.

        Raises
        ------
        JunhengError
            It is not a store's, or of a format that this version does not know.
        """
        try:
            known = path.stat()
            return _read(path, known.st_ino, known.st_mtime_ns, known.st_size)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise refuse(
                "damaged-store",
                "数据仓库的目录文件读不出来，请用 junheng ingest 重新生成。",
                "the store's list cannot be read; make the store again with junheng ingest.",
                file=str(path),
            ) from error


@lru_cache(maxsize=4)
def _read(path: Path, *_: int) -> Manifest:
    told = json.loads(path.read_text(encoding="utf-8"))
    if told["format"] != FORMAT:
        raise ValueError(told["format"])
    headers = told.pop("headers")
    parts = tuple(Part(**{**part, "headers": headers[part["headers"]]}) for part in told.pop("parts"))
    counties = {
        code: County(c["name"], tuple(c["years"]), tuple(c["parts"]))
        for code, c in told.pop("counties").items()
    }
    return Manifest(**told, parts=parts, counties=counties)


def is_store(path: Path) -> bool:
    """Return whether a folder, or the list in it, is a store."""
    return (path.name == NAME and path.is_file()) or (path / NAME).is_file()


def store_among(paths: Sequence[Path] | Path) -> Path | None:
    """Return the list of the store that paths name; None where they name files."""
    listed = [paths] if isinstance(paths, Path) else list(paths)
    found = next((path for path in listed if is_store(path)), None)
    return None if found is None else found if found.name == NAME else found / NAME

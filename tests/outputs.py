"""A run's folder as tests read it, and two ways to fill one: the command, and proofs that draw small pictures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from docx import Document
from docx.oxml.ns import qn
from matplotlib.figure import Figure

from analysis import batch, style
from analysis.errors import Lang

Cell = str | float | None


def junheng(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own."""
    command = [sys.executable, "-m", "analysis.cli", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )


def proof(
    folder: Path,
    notebooks: Sequence[str],
    parameters: Mapping[str, str],
    *,
    cells: int | None = None,
    drawn: bool = False,
) -> Outputs:
    """
    Run notebooks in this process without pictures, or with small ones: what they say and count is the same.

    `notebooks`: the numbers their names begin with; `cells`: run the first code cells alone, the story stays open.
    Stock papermill and the command run notebooks in tests of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(style, "save", _small if drawn else _empty)
        for notebook in (*batch.suite(), *batch.region_suite()):
            if notebook.name[:2] in notebooks:
                _told(notebook, {**parameters, "out": str(folder)}, cells)
    return Outputs(folder)


def _small(fig: Figure, stem: Path, **_: str) -> tuple[Path, Path]:
    png, svg = _empty(fig, stem)
    fig.savefig(png, dpi=30)
    return png, svg


def _empty(fig: Figure, stem: Path, **_: str) -> tuple[Path, Path]:
    png, svg = stem.with_name(f"{stem.name}.png"), stem.with_name(f"{stem.name}.svg")
    png.touch()
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    return png, svg


def _told(notebook: Path, parameters: Mapping[str, str], cells: int | None = None) -> None:
    names: dict[str, Any] = {}
    for cell in code_cells(notebook)[:cells]:
        exec(compile("".join(cell["source"]), notebook.name, "exec"), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names |= dict(parameters)


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    """Return the code cells of a stored or executed notebook."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def complaints(notebook: Path) -> list[str]:
    """Return what an executed notebook printed to stderr: warnings, missing glyphs, errors."""
    outputs = [output for cell in code_cells(notebook) for output in cell["outputs"]]
    errors = [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]
    return errors + ["".join(o["text"]) for o in outputs if o.get("name") == "stderr"]


@dataclass(frozen=True)
class Outputs:
    """A run's folder."""

    folder: Path

    def rows(self, table: str) -> list[list[Cell]]:
        """Return the rows of a table below its header: numbers as numbers, None where missing."""
        frame = self.frame(table)
        return [[_cell(text) for text in row] for row in frame.itertuples(index=False)]

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table as text."""
        path = self.folder / "tables" / f"{table}.csv"
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")

    def by(self, table: str, *keys: str) -> dict[tuple[str, ...], dict[str, str]]:
        """Return the rows of a table as text, by the columns that tell them apart."""
        rows = self.frame(table).to_dict("records")
        found = {tuple(row[key] for key in keys): {str(k): row[k] for k in row} for row in rows}
        assert len(found) == len(rows)
        return found

    @cached_property
    def tables(self) -> set[str]:
        """The names of all tables, those behind figures too."""
        return {path.stem for path in (self.folder / "tables").glob("*.csv")}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest."""
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return found

    def sentences(self, lang: Lang, notebook: str = "") -> list[str]:
        """Return the sentences of a notebook (the number its name begins with), or of all."""
        blocks = [b for story in self._stories(notebook) for b in story["blocks"]]
        return [block["text"][lang] for block in blocks if block["kind"] == "sentence"]

    def figure(self, name: str) -> dict[str, Any]:
        """Return what stands with a figure."""
        path = self.folder / "figures" / f"{name}.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def words(self, lang: Lang) -> Iterator[str]:
        """Return every text of the run in a language: story, captions, alternative texts, titles, notes."""
        paths = [*self.folder.glob("story/*.json"), *self.folder.glob("figures/*.json")]
        for path in [*paths, *self.folder.glob("tables/*.json")]:
            yield from _in_language(json.loads(path.read_text(encoding="utf-8")), lang)

    def docx_tables(self) -> dict[str, list[list[str]]]:
        """Return the cells of the tables of report.docx by title, header rows included."""
        found = {}
        for table in Document(str(self.folder / "report.docx")).tables:
            title = table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
            found[title] = [[cell.text for cell in row.cells] for row in table.rows]
        return found

    def docx_paragraphs(self) -> list[str]:
        """Return the paragraphs of report.docx outside its tables."""
        return [p.text for p in Document(str(self.folder / "report.docx")).paragraphs]

    def _stories(self, notebook: str) -> list[dict[str, Any]]:
        paths = sorted((self.folder / "story").glob(f"{notebook}*.json"))
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def assert_rows(found: Sequence[Sequence[Cell]], expected: Sequence[Sequence[Cell]]) -> None:
    """Compare tables cell by cell; expected numbers are given to six decimals."""
    assert len(found) == len(expected), found
    for row, wanted in zip(found, expected, strict=True):
        close = [pytest.approx(w, abs=6e-7) if isinstance(w, float) else w for w in wanted]
        assert list(row) == close, f"{row} is not {wanted}"


def _cell(text: str) -> Cell:
    if text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _in_language(found: Any, lang: Lang) -> Iterator[str]:
    if isinstance(found, dict):
        if found.keys() == {"zh", "en"} and isinstance(found[lang], str):
            yield found[lang]
        else:
            for part in found.values():
                yield from _in_language(part, lang)
    elif isinstance(found, list):
        for part in found:
            yield from _in_language(part, lang)

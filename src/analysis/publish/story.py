"""What a notebook writes with: headings, sentences, figures and tables, to its folder and to its own page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import overload

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .. import style
from ..errors import Lang
from ..facts import NUMBER, Fact, Told
from ..pupil_groups import sensitive
from ..replacing import write_whole
from ..schema import Words
from ..typesetting import typeset
from . import display
from .cells import TableColumn, column_records, marked_cells, shown_cells, worded
from .chart_record import ChartRecord
from .pictures import page, stamped
from .record import (
    Block,
    FigureRecord,
    Stamp,
    StoryRecord,
    TableRecord,
    Where,
    cleaned,
)
from .shelf import Shelf, valid

__all__ = ["Stamp", "Story", "TableColumn"]

_CM_PER_INCH = 2.54
_NOT_MET = Words(zh="未达标", en="not met")


class Story:
    """
    The story of one notebook, written block by block into a run's folder and shown in the notebook.

    Opening it removes what the same notebook left in the folder before, so that a rerun replaces exactly
    its own files. A figure, table or sentence told again under the same id takes the place of the first:
    a cell may be run twice. `close()` ends the story; publishing refuses one that was not ended.

    Parameters
    ----------
    folder
        The run's folder, outputs/<county_code>/<year>/<lang>.
    notebook
        Its file name without suffix, e.g. 02_ledger; chapters of the report follow the order of these.
    title
        Title of the chapter.
    lang
        The language of what is printed; both are kept.
    stamp
        County, year, source and rule, told with every figure and table.
    names
        Names and codes of the schools spoken of, which outputs for the public leave out.
    when
        The date of the figures told, unless a figure has its own.

    Attributes
    ----------
    public
        Whether the public may be told what is told next: False where it is of so few schools that it is known by them
        (`suppression.few_sides`). A heading sets it to True.
    """

    def __init__(
        self,
        folder: Path | str,
        notebook: str,
        *,
        title: Words,
        lang: Lang,
        stamp: Stamp,
        names: Collection[str] = (),
        when: Words | None = None,
    ) -> None:
        self._shelf = Shelf(Path(folder), notebook)
        self.folder = self._shelf.folder
        self.lang: Lang = lang
        self.stamp = stamp
        self._names = tuple(sorted(names))
        self._when = when
        self._title = _fit(title)
        self._blocks: list[Block] = []
        self._facts: dict[str, Fact] = {}
        self._where: Where = "report"
        self.public = True
        self._write(finished=False)
        display.heading(self._title[lang], 1)

    def heading(self, words: Words, level: int = 1, *, where: Where | None = None) -> None:
        """
        Write a heading below the chapter's title: level 1 or 2.

        `where` says how far the section goes: into the report's chapters ("report", what a section of level 1 does
        unless told otherwise), to its annexes ("annex"), or no further than gallery and workbooks ("gallery").
        """
        if level not in (1, 2):
            raise ValueError("a heading is of level 1 or 2")
        if where or level == 1:
            self._where = where or "report"
        self.public = True
        self._add(Block(kind="heading", text=_fit(words), level=level, where=self._where))
        display.heading(_fit(words)[self.lang], level + 1)

    def say(
        self,
        words: Words,
        *,
        id: str | None = None,
        summary: bool = False,
        where: Where | None = None,
        instead: Words | None = None,
    ) -> None:
        """
        Write a computed sentence; one of the summary stands in front of the report too.

        `instead` is what the public is told where `public` is False: the same without what is not told.
        """
        block = Block(
            kind="sentence",
            text=_fit(words),
            id=None if id is None else valid(id),
            summary=summary,
            where=where or self._where,
            told=self._told(words),
        )
        if instead is not None and not self.public:
            theirs = {"text": _fit(instead), "told": self._told(instead, public=True)}
            block = block.model_copy(update={"instead": block.model_copy(update=theirs)})
        self._add(block)
        display.paragraph(_fit(words)[self.lang])

    def account(self, facts: Iterable[Fact], *, public: bool | None = None) -> None:
        """
        Tell figures that this story prints, so that each number can be defended; those of its sentences come with them.

        What has been told the public once stays public.
        """
        for fact in facts:
            before = self._facts.get(fact.key)
            told = (self.public if public is None else public) or (before is not None and before.public)
            self._facts[fact.key] = fact.model_copy(update={"when": fact.when or self._when, "public": told})

    def note(self, words: Words) -> None:
        """Write a caveat: what the figures cannot say."""
        self._add(Block(kind="note", text=_fit(words), where=self._where, told=self._told(words)))
        display.caveat(_fit(words)[self.lang])

    def figure(
        self,
        ax_or_fig: Axes | Figure,
        id: str,
        *,
        title: Words,
        alt: Words,
        note: Words | None = None,
        data: pd.DataFrame,
        columns: Mapping[str, TableColumn] | None = None,
        where: Where | None = None,
        charts: Sequence[ChartRecord] = (),
        map: bool = False,
    ) -> None:
        """
        Write a figure as PNG and SVG with its caption, alt text, source and data, and show that PNG.

        Parameters
        ----------
        ax_or_fig
            The figure, or any of its Axes. It is closed: the picture shown is the file's.
        id
            Name of the files: lower-case letters, digits and hyphens, given by the code.
        title, alt, note
            Caption; what one sees, for those who do not; remark below the caption.
        data
            The numbers drawn; written to tables/figure-ID.csv.
        columns
            Their headers, as for `table`; without it all columns under their own names.
        where
            How far it goes, as for `heading`; as far as its section unless told otherwise.
        charts
            The same numbers for programs that draw charts themselves, one for each panel.
        map
            Whether it is a map, which the public sees under a 审图号 only.
        """
        _refuse_sensitive(data)
        self._shelf.claim("figure", id)
        source = self.stamp.line()
        fig = stamped(ax_or_fig, self.stamp, self.lang)
        stem = self.folder / "figures" / id
        style.save(fig, stem, title=_fit(title)[self.lang], source=source[self.lang])
        width, height = fig.get_size_inches() * _CM_PER_INCH
        plt.close(fig)
        columns = columns or {str(c): TableColumn(Words(zh=str(c), en=str(c))) for c in data.columns}
        path = f"tables/figure-{id}.csv"
        self._shelf.csv(worded(data.rename(columns=str), columns, self.lang), path)
        record = FigureRecord(
            id=id,
            notebook=self._shelf.notebook,
            caption=_fit(title),
            alt=_fit(alt),
            source=source,
            note=_fit(note),
            width_cm=round(float(width), 2),
            height_cm=round(float(height), 2),
            data=path,
            files=self._shelf.sums(f"figures/{id}.png", f"figures/{id}.svg", path),
            charts=tuple(charts),
            map=map,
            told=self._told(title),
        )
        self._shelf.json(record, f"figures/{id}.json")
        self._add(Block(kind="figure", id=id, where=where or self._where))
        display.figure(self.folder, record, self.lang)

    def booklet(self, pages: Iterable[Axes], id: str, *, title: Words) -> None:
        """
        Write pages to print, one after the other, as ID.pdf beside the report; the gallery leads to it.

        Parameters
        ----------
        pages
            An Axes of each page. They are taken one at a time and closed.
        id
            Name of the file, as for `figure`.
        """
        self._shelf.claim("booklet", id)
        source = self.stamp.line()[self.lang]
        data = style.printed(
            (page(ax, self.stamp, self.lang) for ax in pages), title=_fit(title)[self.lang], source=source
        )
        write_whole(self.folder / f"{id}.pdf", data)
        self._add(Block(kind="booklet", id=id, text=_fit(title), where="gallery"))
        display.paragraph(f"{_fit(title)[self.lang]}: {id}.pdf")

    def table(
        self,
        df: pd.DataFrame,
        id: str,
        *,
        title: Words,
        columns: Mapping[str, TableColumn],
        unit: Words | None = None,
        basis: Words | None = None,
        note: Words | None = None,
        marks: pd.DataFrame | None = None,
        mark_means: Words = _NOT_MET,
        sheet: Words | None = None,
        in_report: bool = True,
        landscape: bool = False,
        total: bool = False,
        withheld: pd.DataFrame | None = None,
        where: Where | None = None,
    ) -> None:
        """
        Write a table: its numbers unrounded as csv, and how they are shown.

        Parameters
        ----------
        df
            Rows as they are to be shown. Columns not in `columns` (limits, decimals by row) are not shown.
        id
            Name of the files: lower-case letters, digits and hyphens; not beginning with "figure-".
        title, unit, basis, note
            Title above; unit at the upper right; 口径, 时点 and 分母 below; remark below.
        columns
            The columns to show, in order.
        marks
            Booleans, rows as in `df`, columns by its names: cells to shade and to sign, for `mark_means`.
        sheet
            With it the table also becomes this sheet of ledger.xlsx.
        in_report, landscape
            Whether report.docx shows it, and on pages laid across.
        total
            Whether the last row adds up those above: numbers in it are sums in the workbook.
        withheld
            Booleans as in `marks`: cells that the public is not told (`suppression.withheld`).
        where
            How far it goes, as for `heading`; as far as its section unless told otherwise.
        """
        _refuse_sensitive(df)
        if id.startswith("figure-"):
            raise ValueError(f"{id}: names beginning with figure- are kept for the data of figures")
        self._shelf.claim("table", id)
        path = f"tables/{id}.csv"
        self._shelf.csv(worded(df, columns, self.lang), path)
        record = TableRecord(
            id=id,
            notebook=self._shelf.notebook,
            title=_fit(title),
            unit=_fit(unit),
            basis=_fit(basis),
            note=_fit(note),
            source=self.stamp.line(),
            sheet=_fit(sheet),
            landscape=landscape,
            mark_means=_fit(mark_means),
            columns=tuple(column_records(df, columns, self.lang)),
            shown=shown_cells(df, columns, self.lang),
            marked=tuple(marked_cells(marks, df, list(columns))),
            data=path,
            files=self._shelf.sums(path),
            total=total,
            withheld=tuple(marked_cells(withheld, df, list(columns))),
        )
        self._shelf.json(record, f"tables/{id}.json")
        self._add(Block(kind="table", id=id, where=(where or self._where) if in_report else "gallery"))
        display.table(record, self.lang)

    def close(self) -> None:
        """End the story: from now on it may be published."""
        self._write(finished=True)

    def _told(self, words: Words, *, public: bool | None = None) -> Mapping[Lang, tuple[str, ...]]:
        """Return the keys of the facts that the numbers of a text stand for, the facts themselves told."""
        if not isinstance(words, Told):
            return {}
        fit = _fit(words)
        if any(len(keys) != len(NUMBER.findall(fit[lang])) for lang, keys in words.numbers.items()):
            return {}  # a name lost marks between its digits: which number is which is no longer known
        self.account(words.facts, public=public)
        return words.numbers

    def _add(self, block: Block) -> None:
        block = block if self.public else block.model_copy(update={"public": False})
        places = [
            i for i, b in enumerate(self._blocks) if block.id and (b.kind, b.id) == (block.kind, block.id)
        ]
        if places:
            self._blocks[places[0]] = block
        else:
            self._blocks.append(block)
        self._write(finished=False)

    def _write(self, *, finished: bool) -> None:
        record = StoryRecord(
            notebook=self._shelf.notebook,
            title=self._title,
            lang=self.lang,
            stamp=self.stamp,
            finished=finished,
            names=self._names,
            blocks=tuple(self._blocks),
            facts=tuple(self._facts.values()),
        )
        self._shelf.json(record, f"story/{self._shelf.notebook}.json")


@overload
def _fit(words: Words) -> Words: ...


@overload
def _fit(words: None) -> None: ...


def _fit(words: Words | None) -> Words | None:
    """Return words as one typeset line that every output can hold."""
    if words is None:
        return None
    zh, en = (" ".join(cleaned(text).split("\n")) for text in (words.zh, words.en))
    return typeset(Words(zh=zh, en=en))


def _refuse_sensitive(frame: pd.DataFrame) -> None:
    """Refuse counts of sensitive groups as they were filed: what leaves is what `pupil_groups` lets out."""
    if found := sensitive(frame.columns):
        raise ValueError(f"counts of sensitive groups: {', '.join(found)}")

"""Tables of many rows for programs and spreadsheets alike: one workbook, or a file a table, with their dictionary."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import xlsxwriter

from ..errors import Lang, refuse
from ..replacing import replaced_whole, write_whole
from ..rounding import NOT_KNOWN
from ..schema import Words
from ..sources.labelled import LABELLED
from ..typesetting import typeset
from .labelled import write_labelled
from .looks import Looks, number_format, plain_text

_MOST_ROWS = 1_048_575  # of a sheet, below its header
_WIDTH = 14
_SUFFIXES = (".xlsx", ".csv", *LABELLED)
DICTIONARY = "dictionary"


@dataclass(frozen=True)
class FlatColumn:
    """A column: its header, what it means, and in a workbook its decimals and the words of its codes."""

    title: Words
    meaning: Words
    digits: int | None = None
    words: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class FlatTable:
    """A table: its name in file names, its title, rows, and columns in order."""

    name: str
    title: Words
    frame: pd.DataFrame
    columns: Mapping[str, FlatColumn]


def check_name(path: Path) -> None:
    """
    Refuse a file name of another kind than those that `write_flat` writes.

    Raises
    ------
    JunhengError
        With those there are.
    """
    if path.suffix.lower() not in _SUFFIXES:
        known = " ".join(_SUFFIXES)
        raise refuse(
            "unknown-file-type",
            f"扩展名应为其中之一：{known}。",
            f"the extension must be one of: {known}.",
            file=str(path),
        )


def write_flat(tables: Sequence[FlatTable], path: Path, lang: Lang) -> list[Path]:
    """
    Write tables and their dictionary: sheets of one .xlsx, or files NAME.csv, NAME-table.csv … (.parquet, .dta, .sav).

    Workbooks have headers in words and '—' for what is not known; the others have canonical names, codes as codes and
    blanks. Each file is written whole or not at all.

    Returns
    -------
    The files.

    Raises
    ------
    JunhengError
        The kind of file is not known, a table has more rows than a sheet, or a file cannot be written.
    """
    check_name(path)
    whole = [*tables, _dictionary(tables)]
    if path.suffix.lower() == ".xlsx":
        _write_book(whole, path, lang)
        return [path]
    targets = [path, *(path.with_stem(f"{path.stem}-{table.name}") for table in whole[1:])]
    for table, target in zip(whole, targets, strict=True):
        frame = table.frame[list(table.columns)]
        if path.suffix.lower() == ".csv":
            with replaced_whole(target) as temporary:
                frame.to_csv(temporary, index=False, encoding="utf-8-sig", lineterminator="\n")
        else:
            write_labelled(
                frame, target, labels={n: c.title[lang] for n, c in table.columns.items()}, lang=lang
            )
    return targets


def _dictionary(tables: Sequence[FlatTable]) -> FlatTable:
    rows = [
        {
            "table": table.name,
            "column": name,
            "title_zh": column.title.zh,
            "title_en": column.title.en,
            "meaning_zh": column.meaning.zh,
            "meaning_en": column.meaning.en,
            "codes": "; ".join(f"{code} = {words.zh} / {words.en}" for code, words in column.words.items()),
        }
        for table in tables
        for name, column in table.columns.items()
    ]
    heads = {
        "table": Words(zh="表", en="Table"),
        "column": Words(zh="列名", en="Column"),
        "title_zh": Words(zh="中文表头", en="Header in Chinese"),
        "title_en": Words(zh="英文表头", en="Header in English"),
        "meaning_zh": Words(zh="含义", en="Meaning in Chinese"),
        "meaning_en": Words(zh="英文含义", en="Meaning in English"),
        "codes": Words(zh="代码", en="Codes"),
    }
    columns = {name: FlatColumn(words, words) for name, words in heads.items()}
    return FlatTable(DICTIONARY, Words(zh="数据字典", en="Dictionary"), pd.DataFrame(rows), columns)


def _write_book(tables: Sequence[FlatTable], path: Path, lang: Lang) -> None:
    for table in tables:
        if len(table.frame) > _MOST_ROWS:
            raise refuse(
                "too-many-rows",
                f"{len(table.frame)} 行，超过 Excel 一张表的行数；请改用 .csv 或 .parquet。",
                f"{len(table.frame)} rows are more than an Excel sheet holds; use .csv or .parquet.",
                file=str(path),
            )
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **plain_text()}) as book:
        looks = Looks(book, lang)
        for table in tables:
            _write_sheet(book.add_worksheet(table.title[lang]), table, looks, lang)
    write_whole(path, content.getvalue())


def _write_sheet(sheet: xlsxwriter.worksheet.Worksheet, table: FlatTable, looks: Looks, lang: Lang) -> None:
    sheet.freeze_panes(1, 0)
    for place, (name, column) in enumerate(table.columns.items()):
        sheet.write_string(0, place, typeset(column.title)[lang], looks.head)
        values = table.frame[name]
        number = pd.api.types.is_numeric_dtype(values)
        sheet.set_column(place, place, _WIDTH if number else _width(values, column, lang))
        numbers = looks.get(num_format="0" if column.digits is None else number_format(column.digits, lang))
        text = looks.get(align="right" if number else "left")
        told = {code: words[lang] for code, words in column.words.items()}
        for row, value in enumerate(values.tolist(), start=1):
            if pd.isna(value):
                sheet.write_string(row, place, NOT_KNOWN, text)
            elif number:
                sheet.write_number(row, place, value, numbers)
            else:
                sheet.write_string(row, place, told.get(value, value), text)
    sheet.autofilter(0, 0, len(table.frame), len(table.columns) - 1)


def _width(values: pd.Series, column: FlatColumn, lang: Lang) -> float:
    """Return the width of a column of text; Chinese letters are two wide."""
    texts = [column.words[v][lang] if v in column.words else str(v) for v in values.dropna().unique()[:2000]]
    longest = max((sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts), default=0)
    return min(max(longest, _WIDTH) + 2, 60)

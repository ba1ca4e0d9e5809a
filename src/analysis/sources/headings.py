"""What is wrong with a header: columns missing, given twice, or not known."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import Fault, Level, Place
from .headers import Header, nearest
from .mapping import SourceField
from .tabular import Sheet
from .values import unit_fits


def header_faults(
    sheet: Sheet, header: Header, fields: Mapping[str, SourceField], *, tell_unknown: bool, ask: bool
) -> list[Fault]:
    """
    Return the faults of a header: required columns that are absent, with the nearest header that stands
    there; columns that two headers mean; units in which the column is not filed; and, with `tell_unknown`, remarks on headers that mean none.
    With `ask`, one spelled like a column that is absent is a question: its figures would be lost.
    """
    absent = {name: field for name, field in fields.items() if name not in header.found}
    faults = [_missing(sheet, header, name, field) for name, field in absent.items() if field.required]
    for name, heading in header.twice:
        first = header.found[name].text
        faults.append(
            Fault(
                "column-twice",
                f"与「{first}」是同一项,不知道该用哪一列。请删去一列。",
                f"means the same as “{first}”; delete one of the two columns.",
                Place(sheet.file, sheet.name, header.last_row, heading.text),
                columns=(name,),
            )
        )
    faults += [
        _other_unit(sheet, header, name, fields[name])
        for name, heading in header.found.items()
        if name in fields and not unit_fits(fields[name].column, heading.unit)
    ]
    return faults + (_unknown(sheet, header, absent, ask=ask) if tell_unknown else [])


def _other_unit(sheet: Sheet, header: Header, name: str, field: SourceField) -> Fault:
    heading, column = header.found[name], field.column
    may = [words for words in (column.filed, column.unit) if words is not None]
    zh, en = (
        "或".join(words.zh for words in may) or "无单位",
        " or ".join(words.en for words in may) or "no unit",
    )
    return Fault(
        "wrong-unit",
        f"表头的单位是「{heading.unit}」,这一项的单位应为{zh}。请换算后改表头。",
        f"the header names the unit {heading.unit}; it must be {en}: convert the figures and mend the header.",
        Place(sheet.file, sheet.name, header.last_row, heading.text),
        columns=(name,),
    )


def title(name: str, field: SourceField) -> str:
    """Return what the source calls a column: its own header, or the registry's."""
    return field.headers[0] if field.headers else name


def _missing(sheet: Sheet, header: Header, name: str, field: SourceField) -> Fault:
    near = nearest([title(name, field), *field.headers], [heading.text for heading in header.unknown])
    if name == "school_id" and "area3" in header.found and "school_name" not in header.found:
        return Fault(
            "not-schools",
            "表中没有学校,像是分城乡的合计数。合计数只能算城乡差距,不能判定达标,也不能算校际差异。请提供每校每年一行的数据。",
            "no schools in this table; its rows look like totals of areas. Totals give the gap between areas alone: no "
            "verdict and no inequality between schools. Give one row per school and year.",
            Place(sheet.file, sheet.name, header.last_row, title(name, field)),
            columns=(name,),
        )
    return Fault(
        "missing-column",
        "缺少这一列。" + (f"最接近的表头是「{near}」。" if near else ""),
        "this column is missing" + (f"; the nearest header is “{near}”." if near else "."),
        Place(sheet.file, sheet.name, header.last_row, title(name, field)),
        columns=(name,),
    )


def _unknown(sheet: Sheet, header: Header, absent: Mapping[str, SourceField], *, ask: bool) -> list[Fault]:
    """Remark on, or ask about, each unknown heading that is spelled like an absent column, and on the rest together."""
    spelled = {text: name for name, field in absent.items() for text in field.headers}
    faults: list[Fault] = []
    rest: list[str] = []
    for heading in header.unknown:
        near = nearest([heading.text], spelled, least=0.65)
        if near is None:
            rest.append(heading.text)
            continue
        meant = spelled[near]
        faults.append(
            Fault(
                "misspelled-column-" + meant.replace("_", "-"),
                f"不认识这个表头,这一列没有读入。是不是「{title(meant, absent[meant])}」?是的请改用这个表头。",
                f"this header is not known and its column was not read; is it “{title(meant, absent[meant])}”?",
                Place(sheet.file, sheet.name, header.last_row, heading.text),
                # What is required and absent is refused already.
                Level.EXPLAIN if ask and not absent[meant].required else Level.NOTE,
                columns=(meant,),
            )
        )
    if rest:
        listed = "、".join(f"「{text}」" for text in rest[:20]) + ("…" if len(rest) > 20 else "")
        faults.append(
            Fault(
                "unknown-column",
                f"有{len(rest)}个表头不认识,没有读入:{listed}。",
                f"{len(rest)} header(s) are not known and were not read: {listed}.",
                Place(sheet.file, sheet.name, header.last_row),
                Level.NOTE,
            )
        )
    return faults

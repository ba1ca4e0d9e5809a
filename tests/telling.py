"""A small run's folder for the tests of publishing: two notebooks, and texts that mean harm."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from analysis import style
from analysis.errors import Lang
from analysis.publish.story import Stamp, Story, TableColumn
from analysis.schema import Words

LANGS: tuple[Lang, ...] = ("zh", "en")
HOSTILE = {
    "formula": "=1+1",
    "sum": "@SUM(A1)",
    "plus": "+86",
    "minus": "-5",
    "script": "<script>alert(1)</script>",
    "braces": "{x} {{ x }}",
    "newline": "第一\n小学",
    "emoji": "表情😀小学",
    "rtl": "右\u200f左",
    "rare": "𠮷田小学",
    "link": "http://example.org/a",
    "markup": 'A & B "quoted" <b>',
    "control": "控\x07制\x00",
}
OVERRIDE = "反\u202e转"  # would reverse the rest of its line


def words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


def stamp(*, invented: bool = True, **others: object) -> Stamp:
    facts = {
        "county": words("云溪县", "Yunxi County"),
        "county_code": "990101",
        "year": 2025,
        "source": words("2025/2026学年初", "start of school year 2025/2026"),
        "rule": words("优质均衡评估办法", "Quality balance"),
        "rule_id": "cn-quality-2017",
        "code_version": "9.9.9",
    }
    return Stamp(**(facts | others), invented=invented)  # type: ignore[arg-type]


def drawing(lang: Lang) -> Axes:
    with style.use(lang):
        _, ax = style.figure((15.6, 7))
        ax.barh(["甲", "乙"], [2, 1])
        ax.set_xlabel("生均面积" if lang == "zh" else "Area per pupil")
    return ax


def open_story(folder: Path, notebook: str, lang: Lang = "zh", *, invented: bool = True) -> Story:
    title = {"01_data": words("数据核查", "Data check"), "02_ledger": words("达标台账", "Ledger")}
    return Story(folder, notebook, title=title[notebook], lang=lang, stamp=stamp(invented=invented))


def schools() -> tuple[pd.DataFrame, dict[str, TableColumn], pd.DataFrame]:
    """Return a table with hostile names, a value just below its limit, a missing one, and its marks."""
    n = len(HOSTILE)
    area = np.linspace(4.0, 6.0, n)
    area[0], area[1] = 4.496, np.nan
    frame = pd.DataFrame(
        {"name": list(HOSTILE.values()), "pupils": np.arange(n) + 1000, "area": area, "limit": 4.5}
    )
    columns = {
        "name": TableColumn(words("学校", "School")),
        "pupils": TableColumn(words("在校生", "Pupils"), digits=0),
        "area": TableColumn(words("指标值", "value"), digits=2, limit="limit", group=words("用房", "Rooms")),
        "limit": TableColumn(words("标准", "standard"), digits=2, group=words("用房", "Rooms")),
    }
    return frame, columns, pd.DataFrame({"area": area < 4.5})


def tell_data(folder: Path, lang: Lang = "zh", *, invented: bool = True) -> None:
    story = open_story(folder, "01_data", lang, invented=invented)
    story.heading(words("有多少学校？", "How many schools?"))
    story.say(words("全县现有学校40所。", "The county has 40 schools."), id="schools")
    story.figure(
        drawing(lang),
        "areas",
        title=words("生均面积（单位：平方米）", "Area per pupil (m²)"),
        alt=words("条形图：甲大于乙", "Bars: the first exceeds the second"),
        note=words("不含教学点。", "Without teaching points."),
        data=pd.DataFrame({"kind": ["甲", "乙"], "area": [2, 1 / 3]}),
    )
    story.note(words("各学段相加多于学校数。", "Stages add up to more than schools."))
    story.close()


def tell_ledger(folder: Path, lang: Lang = "zh", *, invented: bool = True) -> None:
    story = open_story(folder, "02_ledger", lang, invented=invented)
    story.heading(words("哪些学校未达标？", "Which schools do not meet it?"))
    story.heading(words("小学", "Primary"), 2)
    story.say(Words(zh=" ".join(HOSTILE.values()) + OVERRIDE, en=" ".join(HOSTILE.values()) + OVERRIDE))
    frame, columns, marks = schools()
    story.table(
        frame,
        "schools",
        title=words("分学校达标情况", "Standards by school"),
        unit=words("平方米", "m²"),
        basis=words("口径：学籍；时点：学年初。", "Pupils enrolled at the start of the year."),
        note=words("缺数据记为“—”。", "— where missing."),
        columns=columns,
        marks=marks,
        sheet=words("达标: [表]/*?", "Met: [sheet]/*?"),
        landscape=True,
    )
    cv = pd.DataFrame(
        {"item": ["mean", "cv"], "digits": [2, 3], "a": [1.23456, 0.50449], "share": [0.285, None]}
    )
    story.table(
        cv,
        "cv",
        title=words("差异系数", "Coefficients of variation"),
        columns={
            "item": TableColumn(
                words("项目", "Item"), words={"mean": words("平均值", "Mean"), "cv": words("差异系数", "CV")}
            ),
            "a": TableColumn(words("面积", "Area"), digits="digits", code="L1"),
            "share": TableColumn(words("占比", "Share"), digits=1, percent=True, code="L2"),
        },
        sheet=words("达标: [表]/*?", "Met: [sheet]/*?"),
    )
    story.table(
        cv,
        "only-in-the-workbook",
        title=words("仅在台账", "Workbook only"),
        columns={"a": TableColumn(words("值", "Value"), digits=2)},
        sheet=words("附表", "Annex"),
        in_report=False,
    )
    story.close()


def tell(folder: Path, lang: Lang = "zh", *, invented: bool = True) -> Path:
    """Leave what both notebooks leave."""
    tell_data(folder, lang, invented=invented)
    tell_ledger(folder, lang, invented=invented)
    return folder


def told(folder: Path, lang: Lang = "zh", *, invented: bool = True) -> Path:
    """Leave the same files, told once per session."""
    for name, content in _told(lang, invented).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@cache
def _told(lang: Lang, invented: bool) -> dict[str, bytes]:
    with TemporaryDirectory() as place:
        folder = tell(Path(place), lang, invented=invented)
        paths = [path for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

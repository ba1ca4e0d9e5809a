"""What stands on a school's page: its figures beside the standard, the county, similar schools and the year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .. import schema
from ..errors import Fault, JunhengError, Lang, Place
from ..publish.cells import TableColumn
from ..research.settings import load_research
from ..research.similar import against_similar, similar_schools
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from ..study import Study
from ..tables.common import AREA3, KINDS, STAGES
from ..wording.items import required
from ..wording.labels import STATUSES, VERDICTS, gap_in_things, several

COLUMNS = {
    "stage": TableColumn(Words(zh="学段", en="Stage"), words=STAGES),
    "title": TableColumn(Words(zh="指标", en="Indicator")),
    "value": TableColumn(Words(zh="本校", en="School"), digits="digits", limit=("threshold", "floor")),
    "threshold": TableColumn(Words(zh="标准", en="Standard")),
    "standing": TableColumn(Words(zh="判定", en="Standing")),
    "lacks": TableColumn(Words(zh="缺口", en="Gap"), align="right"),
    "mean": TableColumn(Words(zh="全县平均", en="County mean"), digits="digits"),
    "median": TableColumn(Words(zh="同类学校", en="Similar schools"), digits="digits"),
    "before": TableColumn(Words(zh="上年", en="Year before"), digits="digits"),
}


@dataclass(frozen=True)
class SchoolPage:
    """One school's page: its name, what it is in a few sentences, the table, and what the table rests on."""

    school_id: str
    name: str
    sentences: tuple[Words, ...]
    table: pd.DataFrame
    marks: pd.DataFrame
    note: Words


def school_pages(study: Study, checked: pd.DataFrame) -> list[SchoolPage]:
    """
    Return the page of every school that has units in the year of a study, in the order of the data.

    Parameters
    ----------
    checked
        How each school stands to the county items (`county_items.judge_items`).
    """
    found = study.assessment
    units = study.of_year(found.units)
    units = units[units["out_reason"] != "no_pupils"]
    table = _figures(study)
    verdicts = study.of_year(found.unit_verdicts).set_index(["school_id", "stage"])["verdict"].to_dict()
    schools = study.data.schools.set_index(["school_id", "year"])
    pages = []
    for school_id, rows in units.groupby("school_id", sort=False):
        own = table[table["school_id"] == school_id].reset_index(drop=True)
        sentences = [
            _about(schools, rows, study),
            *_verdicts(rows, verdicts, study.rules),
            _missing(own, study.rules),
        ]
        sentences += _items(checked[checked["school_id"] == school_id], study.rules)
        sentences.append(_through_the_years(study, str(school_id)))
        marks = pd.DataFrame({"value": own["status"].isin(["floor", "below"])})
        name = str(rows["school_name"].iloc[0])
        pages.append(SchoolPage(str(school_id), name, tuple(sentences), own, marks, _note(study)))
    return pages


def chosen(pages: Sequence[SchoolPage], names: Sequence[str]) -> list[SchoolPage]:
    """
    Return the pages of the schools named by ID or name, all where none is named.

    Raises
    ------
    JunhengError
        Names of no school, all at once.
    """
    known = {name for page in pages for name in (page.school_id, page.name)}
    faults = [
        Fault(
            "no-such-school",
            "没有这所学校。",
            "there is no such school.",
            Place(column="--school", value=name),
        )
        for name in names
        if name not in known
    ]
    if faults:
        raise JunhengError(faults)
    return [page for page in pages if not names or {page.school_id, page.name} & set(names)]


def _figures(study: Study) -> pd.DataFrame:
    """Return every unit's figures with the county's mean, the similar schools' median and the year before."""
    found, rules, lang = study.assessment, study.rules, study.request.lang
    judged = study.of_year(found.judged)
    means = study.of_year(found.dispersion)[["stage", "indicator", "mean"]]
    similar = against_similar(judged, similar_schools(judged, count=load_research().similar))
    before = found.judged[found.judged["year"] == study.request.year - 1]
    keys = ["school_id", "stage", "indicator"]
    table = judged.merge(means, on=["stage", "indicator"], how="left")
    table = table.merge(similar[[*keys, "median"]], on=keys, how="left")
    table = table.merge(before[[*keys, "value"]].rename(columns={"value": "before"}), on=keys, how="left")
    known = {indicator.id: indicator for indicator in rules.indicators}
    rows = [(known[str(r["indicator"])], r) for r in table.to_dict("records")]
    return table.assign(
        title=[
            f"{i.short[lang]}（{i.unit[lang]}）" if lang == "zh" else f"{i.short.en} ({i.unit.en})"
            for i, _ in rows
        ],
        digits=[i.digits for i, _ in rows],
        standing=[_standing(str(r["status"]), lang) for _, r in rows],
        lacks=[gap_in_things(i, r["gap"], lang) if r["gap"] > 0 else "" for i, r in rows],
    )


def _standing(status: str, lang: Lang) -> str:
    words = {"met": VERDICTS["pass"], "floor": VERDICTS["fail"], "below": _BELOW}
    return words.get(status, STATUSES[status])[lang]


_BELOW = Words(zh="低于最低比例", en="below the floor")


def _about(schools: pd.DataFrame, rows: pd.DataFrame, study: Study) -> Words:
    """Return what the school is: kind, area, pupils, classes, teachers."""
    first = rows.iloc[0]
    row: Any = schools.loc[(first["school_id"], study.request.year)]
    kind = KINDS.get(str(row["school_type_code"]), KINDS[""])
    area = AREA3.get(str(first["area3"]), AREA3["unknown"])
    zh, en = [f"{kind.zh},{area.zh}"], [f"{kind.en}, {area.en}"]
    for stage in dict.fromkeys(rows["stage"]):
        name = STAGES[stage]
        counts = {
            "pupils": ("在校生{}人", "{} pupils"), "classes": ("{}个班", "{} classes"),
            "largest_class": ("最大班额{}人", "largest class {}"), "teachers": ("专任教师{}人", "{} full-time teachers"),
        }  # fmt: skip
        told = [(words, row.get(f"{figure}_{stage}")) for figure, words in counts.items()]
        zh.append(f"{name.zh}" + "、".join(w[0].format(shown(_number(n), 0)) for w, n in told))
        en.append(f"{name.en}: " + ", ".join(w[1].format(shown(_number(n), 0, "en")) for w, n in told))
    return Words(zh=";".join(zh) + "。", en="; ".join(en) + ".")


def _number(figure: Any) -> float | None:
    return None if figure is None or pd.isna(figure) else float(figure)


def _verdicts(rows: pd.DataFrame, verdicts: dict[Any, Any], rules: RuleSet) -> list[Words]:
    """Return the verdict on each stage, or that it is not judged."""
    zh, en = [], []
    for row in rows.to_dict("records"):
        verdict = verdicts.get((row["school_id"], row["stage"]))
        words = VERDICTS.get(str(verdict), _UNJUDGED)
        name = rules.stage_name(row["stage"])
        zh.append(f"{name.zh}{words.zh}")
        en.append(f"{name.en}: {words.en}")
    return [
        Words(zh=f"按{rules.source}学校指标:{'、'.join(zh)}。", en=f"Under {rules.source}: {', '.join(en)}.")
    ]


_UNJUDGED = Words(zh="不作判定", en="not judged")


def _missing(own: pd.DataFrame, rules: RuleSet) -> Words:
    """Return which figures are missing."""
    rows = own[own["value"].isna() & own["in_scope"] & ~own["status"].isin(["floor", "below"])]
    if rows.empty:
        return Words(zh="各项指标数据齐全。", en="No figure is missing.")
    zh, en = (
        several((f"{rules.stage_name(r['stage'])[lang]} {r['title']}" for r in rows.to_dict("records")), lang)
        for lang in _LANGS
    )
    return Words(zh=f"缺数据:{zh}。缺数据不算达标。", en=f"Missing: {en}. A missing figure is not met.")


_LANGS: tuple[Lang, Lang] = ("zh", "en")


def _items(checked: pd.DataFrame, rules: RuleSet) -> list[Words]:
    """Return which county items the school stands in the way of."""
    known = {item.id: item for item in rules.county_items}
    rows = checked[checked["status"] == "not_met"].to_dict("records")
    if not rows:
        return []
    told = [(known[row["item"]].title, known[row["item"]]) for row in rows]
    zh = several((f"{title.zh}({required(item, 'zh')})" for title, item in told), "zh")
    en = several((f"{title.en} ({required(item, 'en')})" for title, item in told), "en")
    return [Words(zh=f"县级指标中本校未达到:{zh}。", en=f"County items that the school misses: {en}.")]


def _through_the_years(study: Study, school_id: str) -> Words:
    """Return the pupils of all years on file."""
    rows = study.data.schools[study.data.schools["school_id"] == school_id].sort_values("year")
    stages = [f"pupils_{stage}" for stage in schema.STAGES]
    sums = rows[stages].sum(axis=1, min_count=1)
    zh = "、".join(f"{y}年{shown(n, 0)}人" for y, n in zip(rows["year"], sums, strict=True))
    en = ", ".join(f"{y}: {shown(n, 0, 'en')}" for y, n in zip(rows["year"], sums, strict=True))
    return Words(zh=f"历年在校生:{zh}。", en=f"Pupils by year: {en}.")


def _note(study: Study) -> Words:
    n = load_research().similar
    return Words(
        zh=f"全县平均为按学生数加权的平均;同类学校为同学段、同属城镇或乡村、学生数最接近的{n}所学校的中位数;"
        "一贯制学校的共用设施按加权学生数拆分;“—”为没有数据。",
        en=f"County mean weighted by pupils; similar schools: median of the {n} of the same stage and side nearest in "
        "pupils; shared facilities split by weighted pupils; —: no figure.",
    )

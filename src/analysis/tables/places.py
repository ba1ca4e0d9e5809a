"""Tables of notebook 04: what each township has, who lives beyond the radii, the furthest places, large classes."""

from __future__ import annotations

import pandas as pd

from ..ground.distances import Origins
from ..ground.norms import Norms
from ..publish.cells import TableColumn
from ..schema import Words
from ..standards import RuleSet
from ..wording.map_words import size_classes
from .common import AREA, PUPILS, SCHOOL, STAGE, Table, few_schools

_TOWNSHIP = TableColumn(Words(zh="乡镇", en="Township"))
_N = Words(zh="办学单位数", en="units")
_KM = Words(zh="直线距离(千米)", en="Straight line, km")
_MOST_FAR = 10  # places a stage


def townships(values: pd.DataFrame, stage: str, rules: RuleSet) -> Table:
    """
    Return each indicator of a stage by township, as ratio of totals; what is short of the standard is marked.

    `values`: `places.township_values`.
    """
    rows = values[values["stage"] == stage]
    present = [i for i in rules.indicators if (rows["indicator"] == i.id).any()]
    wide = _wide(rows, "value")
    short = _wide(rows.assign(short=rows["status"].isin(["floor", "below"])), "short")
    heads = rows.groupby("township").agg(
        township_name=("township_name", "first"),
        n=("n", "max"),
        pupils=("pupils", "max"),
        n_missing=("n_missing", "sum"),
    )
    frame = heads.join(wide).reset_index()
    columns = {
        "township_name": _TOWNSHIP,
        "n": TableColumn(_N, digits=0),
        "pupils": PUPILS,
    }
    for indicator in present:
        limit = indicator.threshold(stage)
        frame[f"limit {indicator.id}"] = float("nan") if limit is None else float(limit)
        title = Words(
            zh=f"{indicator.short.zh}({indicator.unit.zh})", en=f"{indicator.short.en} ({indicator.unit.en})"
        )
        columns[indicator.id] = TableColumn(title, digits=indicator.digits, limit=f"limit {indicator.id}")
    columns["n_missing"] = TableColumn(Words(zh="缺数据项次", en="figures missing"), digits=0)
    marks = short.loc[frame["township"], [i.id for i in present]].fillna(False).astype(bool)
    figures = _wide(rows.assign(known=rows["n"] - rows["n_missing"]), "known")
    figures = figures.assign(pupils=heads["n"]).loc[frame["township"]]
    return Table(
        frame,
        columns,
        basis=Words(
            zh=f"口径:乡镇内纳入评估的办学单位,总量之比;{rules.title.zh}。",
            en=f"Basis: units in scope of the township, ratio of totals; {rules.title.en}.",
        ),
        note=Words(
            zh="标记的汇总值未达到标准。汇总值达到标准不等于乡镇内每所学校达标;缺数据的办学单位不计入该项。",
            en="Marked: the township as a whole is short of the standard. Reaching it as a whole does not mean that each "
            "school does. Units without a figure are left out of it.",
        ),
        marks=marks.reset_index(drop=True),
        sheet=Words(
            zh=f"分乡镇{rules.stage_title(stage, 'zh')}",
            en=f"Townships {rules.stage_title(stage, 'en')}".strip(),
        ),
        landscape=True,
        withheld=few_schools(figures),
    )


def beyond(far: pd.DataFrame, norms: Norms, where_from: Origins) -> Table:
    """Return how many places and people are further than each radius. `far`: `places.beyond`."""
    names = {radius.id: Words(zh=radius.zh, en=radius.en) for radius in norms.service_radius}
    sources = {radius.id: radius.cited() for radius in norms.service_radius}
    places = _places(where_from)
    columns = {
        "stage": STAGE,
        "km": TableColumn(Words(zh="超过(千米)", en="beyond, km"), digits=1),
        "radius": TableColumn(Words(zh="依据", en="which is"), words=names),
        "source": TableColumn(Words(zh="来源", en="from"), words=sources),
        "n_places": TableColumn(places, digits=0),
        "n_beyond": TableColumn(Words(zh="其中:超过", en="beyond"), digits=0),
    }
    if where_from.weighted:
        columns |= {
            "people": TableColumn(Words(zh="人口", en="People"), digits=0),
            "people_beyond": TableColumn(Words(zh="其中:超过", en="of them beyond"), digits=0),
            "share": TableColumn(Words(zh="占比(%)", en="share, %"), digits=1, percent=True),
        }
    return Table(far.assign(source=far["radius"]), columns, basis=_distance_basis(where_from))


def furthest(nearest: pd.DataFrame, where_from: Origins) -> Table:
    """Return the places furthest from a school of each stage. `nearest`: `places.nearest_schools`."""
    rows = pd.DataFrame(nearest.drop(columns="geometry")).sort_values(
        ["stage", "km"], ascending=[False, False]
    )
    frame = rows.groupby("stage", sort=False).head(_MOST_FAR).reset_index(drop=True)
    columns = {"stage": STAGE, "name": TableColumn(_places(where_from, plural=False))}
    if where_from.weighted:
        columns["population"] = TableColumn(Words(zh="人口", en="People"), digits=0)
    columns |= {
        "school_name": TableColumn(Words(zh="最近的学校", en="Nearest school")),
        "km": TableColumn(_KM, digits=1),
    }
    return Table(frame, columns, basis=_distance_basis(where_from))


def classes(sizes: pd.DataFrame, norms: Norms) -> Table:
    """Return the units whose largest class is above the usual, the largest first. `sizes`: `places.class_sizes`."""
    rows = pd.DataFrame(sizes.drop(columns="geometry"))
    rows = rows[~rows["size"].isin(["usual", "missing"])].copy()
    words: dict[str, Words] = {}
    for stage in rows["stage"].unique():
        words |= {f"{stage} {size}": text for size, text in size_classes(norms, str(stage)).items()}
    rows["kind_of_class"] = rows["stage"] + " " + rows["size"]
    frame = rows.sort_values(["largest", "school_id"], ascending=[False, True], ignore_index=True)
    sources = [kind.cited() for kind in norms.class_size]
    return Table(
        frame,
        {
            "stage": STAGE,
            "school_name": SCHOOL,
            "township_name": _TOWNSHIP,
            "area3": AREA,
            "pupils": PUPILS,
            "largest": TableColumn(Words(zh="最大班额(人)", en="Largest class"), digits=0),
            "kind_of_class": TableColumn(Words(zh="类别", en="Kind"), words=words),
        },
        basis=Words(
            zh="口径:有在校生的办学单位(含未纳入评估的);班额划分:"
            + "、".join(dict.fromkeys(source.zh for source in sources)) + "。",
            en="Basis: units with pupils, also those out of scope; kinds of class: "
            + "; ".join(dict.fromkeys(source.en for source in sources)) + ".",
        ),
    )  # fmt: skip


def _wide(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return one column of the long table as townships × indicators."""
    return rows.pivot_table(
        index="township", columns="indicator", values=column, aggfunc="first", dropna=False
    )


def _places(where_from: Origins, *, plural: bool = True) -> Words:
    if where_from.stand_in:
        return Words(zh="乡镇代表点", en="Township points" if plural else "Township point")
    return Words(zh="居民点", en="Settlements" if plural else "Settlement")


def _distance_basis(where_from: Origins) -> Words:
    whose = (
        Words(zh="以乡镇代表点代替居民点", en="township points stand in for settlements")
        if where_from.stand_in
        else Words(zh="人口为居民点全部人口,不是学生数", en="people are all inhabitants, not pupils")
    )
    return Words(
        zh=f"口径:到县内有该学段、有坐标的最近学校的直线距离;{whose.zh}。",
        en=f"Basis: straight line to the nearest school of the stage in the county that has coordinates; {whose.en}.",
    )

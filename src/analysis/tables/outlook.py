"""Tables of notebook 05 on what is to come: pupils projected, places and teachers short or to spare, small schools."""

from __future__ import annotations

import pandas as pd

from ..enrolment import VARIANTS, Projection, stage_totals, with_interval
from ..programme import Programme
from ..publish.cells import TableColumn
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from ..wording.outlook import VARIANTS as VARIANT_WORDS
from .common import AREA, BLANK, SCHOOL, STAGE, Table, few_schools

_YEAR = TableColumn(Words(zh="年份", en="Year"))
_GRADES = "一二三四五六七八九"
_SHORT = Words(zh="短缺", en="short")
_ASSUMED = Words(zh="含假定的出生或招生人数", en="rests on assumed births or entrants")
_ENDS = {
    "least": Words(zh="误差下限", en="past errors, low"),
    "most": Words(zh="误差上限", en="past errors, high"),
}
_PEOPLE = Words(zh="人", en="persons")


def projected(projection: Projection, schools: pd.DataFrame, rules: RuleSet, tested: pd.DataFrame) -> Table:
    """
    Return the projected pupils by year: each stage in three variants, and the interval that past errors suggest.

    Years that rest on assumed births are marked. `tested`: `enrolment.backtest`.
    """
    totals = with_interval(stage_totals(projection, schools), tested, projection.base_year)
    totals["cell"] = totals["stage"] + " " + totals["variant"]
    wide = totals.pivot_table(index="year", columns="cell", values="pupils").reset_index()
    marks = totals.pivot_table(index="year", columns="cell", values="assumed", aggfunc="any").reset_index()
    middle = totals[totals["variant"] == "middle"].set_index("year")
    columns = {"year": _YEAR}
    for stage in rules.judged_stages:
        group = Words(**rules.stage_name(stage).model_dump(include={"zh", "en"}))
        for variant in VARIANTS:
            columns[f"{stage} {variant}"] = TableColumn(VARIANT_WORDS[variant], digits=0, group=group)
        own = middle[middle["stage"] == stage]
        for end, words in _ENDS.items():
            if own[end].notna().any():
                wide[f"{stage} {end}"] = wide["year"].map(own[end]).astype("float64")
                columns[f"{stage} {end}"] = TableColumn(words, digits=0, group=group)
    return Table(
        wide,
        columns,
        unit=_PEOPLE,
        basis=Words(
            zh="口径:县内全部学校的在校生,按学年初;基年为填报数,以后为预测数。",
            en="Basis: pupils of all schools of the county at the start of the school year; filed in the base year, then projected.",
        ),
        marks=marks.drop(columns="year").astype(bool),
        mark_means=_ASSUMED,
        sheet=Words(zh="在校生预测", en="Pupils projected"),
    )


def by_township(projection: Projection, schools: pd.DataFrame) -> Table:
    """Return the middle variant by township and stage, the base year and every projected one."""
    by = ["variant", "township_name", "stage", "year"]
    totals = stage_totals(projection, schools, by)
    rows = totals[(totals["variant"] == "middle") & (totals["pupils"] > 0)]
    wide = rows.pivot_table(
        index=["township_name", "stage"], columns="year", values="pupils", sort=False
    ).reset_index()
    wide = wide.rename(columns=str)
    teaching = stage_totals(projection, schools, [*by, "school_id"])
    teaching = teaching[(teaching["variant"] == "middle") & (teaching["pupils"] > 0)]
    n = teaching.pivot_table(
        index=["township_name", "stage"], columns="year", values="school_id", aggfunc="nunique"
    )
    years = [str(y) for y in range(projection.base_year, projection.last_year + 1)]
    n = n.rename(columns=str).reindex(index=wide.set_index(["township_name", "stage"]).index, columns=years)
    columns = {"township_name": TableColumn(Words(zh="乡镇", en="Township")), "stage": STAGE}
    columns |= {y: TableColumn(Words(zh=y, en=y), digits=0) for y in years}
    return Table(
        wide,
        columns,
        unit=_PEOPLE,
        basis=Words(
            zh="口径:中方案,学校所在乡镇;各年学年初在校生。",
            en="Basis: middle variant, by the school’s township; pupils at the start of each school year.",
        ),
        sheet=Words(zh="分乡镇预测", en="By township"),
        in_report=False,
        withheld=few_schools(n, wide["stage"]),
    )


def tested(errors: pd.DataFrame) -> Table:
    """Return the back-test. `errors`: `enrolment.backtest`."""
    columns = {
        "year": _YEAR,
        "stage": STAGE,
        "ahead": TableColumn(Words(zh="提前年数", en="Years ahead"), digits=0),
        "filed": TableColumn(Words(zh="实际在校生", en="Pupils filed"), digits=0),
        "predicted": TableColumn(Words(zh="预测在校生", en="Pupils predicted"), digits=0),
        "error": TableColumn(Words(zh="总数误差", en="Total off"), digits=1, percent=True),
        "school_error": TableColumn(Words(zh="学校平均误差", en="Schools off"), digits=1, percent=True),
        "same_error": TableColumn(Words(zh="总数误差(按不变推算)", en="Total off, “as before”"), digits=1, percent=True),
        "same_school_error": TableColumn(Words(zh="学校平均误差(按不变推算)", en="Schools off, “as before”"), digits=1, percent=True),
    }  # fmt: skip
    return Table(
        errors,
        columns,
        unit=_PEOPLE,
        basis=Words(
            zh="口径:以当时已有的数据预测以后各年,与其后所报学年初在校生相比。",
            en="Basis: projected from what was on file then, against the pupils filed later at the start of the year.",
        ),
        note=Words(
            zh="学校平均误差为各校误差绝对值之和占实际在校生的比例;“按不变推算”即与最后一个拟合年相同。",
            en="Schools off: absolute errors added up, as a share of pupils; “as before”: the same as the last fitted year.",
        ),
    )


def places(found: pd.DataFrame, programme: Programme, rules: RuleSet) -> Table:
    """Return 学位供需预测表. `found`: `planning.places`."""
    rows = found[found["area3"] == "all"].reset_index(drop=True)
    frame = pd.DataFrame({"year": sorted(rows["year"].unique())})
    columns, marks = {"year": _YEAR}, {}
    for stage in rules.judged_stages:
        own = rows[rows["stage"] == stage].set_index("year").reindex(frame["year"])
        name, size = rules.stage_name(stage), shown(programme.given(f"class_size_{stage}"), 0)
        first = int(own["grade"].fillna(rules.stages[stage].grades[0]).iloc[0])
        heads = {
            "entrants": Words(zh=f"{_GRADES[first - 1]}年级入学需求", en=f"entering grade {first}"),
            "pupils": Words(zh="在校生", en="pupils"),
            "places": Words(zh=f"学位(班数×{size})", en=f"places (classes × {size})"),
            "balance": Words(zh="余缺", en="balance"),
        }
        for column, words in heads.items():
            frame[f"{stage} {column}"] = own[column].to_numpy(float)
            columns[f"{stage} {column}"] = TableColumn(
                words,
                digits=0,
                group=Words(zh=name.zh, en=name.en),
                formula=f"[{stage} places]-[{stage} pupils]" if column == "balance" else "",
            )
        marks[f"{stage} balance"] = own["balance"].to_numpy(float) < 0
    return Table(
        frame, columns, unit=Words(zh="人、个", en="pupils, places"), marks=pd.DataFrame(marks), mark_means=_SHORT,
        basis=Words(zh="口径:县内全部学校,中方案;班数为基年填报数。", en="Basis: all schools of the county, middle variant; classes as filed in the base year."),
        sheet=Words(zh="学位供需预测表", en="Places"), landscape=True,
    )  # fmt: skip


def staffing(found: pd.DataFrame) -> Table:
    """Return 教师补充计划表. `found`: `planning.staffing`."""
    columns = {
        "year": _YEAR,
        "stage": STAGE,
        "pupils": TableColumn(Words(zh="在校生", en="Pupils"), digits=0),
        "norm": TableColumn(Words(zh="生师比(生/师)", en="Pupils per teacher"), digits=1),
        "needed": TableColumn(Words(zh="应配", en="Needed"), digits=0, formula="ROUNDUP([pupils]/[norm],0)"),
        "teachers": TableColumn(Words(zh="现有", en="On hand"), digits=0),
        "balance": TableColumn(
            Words(zh="超(+)缺(−)", en="Above (+), below (−)"), digits=0, formula="[teachers]-[needed]"
        ),
        "retired": TableColumn(Words(zh="当年退休减员", en="Retiring in the year"), digits=0),
        "to_hire": TableColumn(
            Words(zh="累计需补充", en="To hire, added up"),
            digits=0,
            formula='MAX(0,SUMIFS([retired:],[stage:],[stage],[year:],"<="&[year])-[balance])',
        ),
    }
    return Table(
        found,
        columns,
        unit=Words(zh="人", en="persons"),
        basis=Words(
            zh="口径:专任教师;现有为基年人数,退休减员按参数中的年减员率;定向生等入职由县里另填。",
            en="Basis: full-time teachers; on hand as in the base year; retirement at the rate of the parameters.",
        ),
        marks=pd.DataFrame({"balance": found["balance"] < 0}),
        mark_means=_SHORT,
        sheet=Words(zh="教师补充计划表", en="Teachers"),
    )


def small(found: pd.DataFrame, base: int, last: int, programme: Programme) -> Table:
    """Return the schools that are or will be small. `found`: `planning.small_schools`."""
    tiny, few = (shown(programme.given(name), 0) for name in ("tiny_school", "small_school"))
    below = {
        "tiny": Words(zh=f"不足{tiny}人", en=f"below {tiny}"),
        "small": Words(zh=f"不足{few}人", en=f"below {few}"),
        "none": Words(zh=f"{few}人及以上", en=f"{few} and more"),
    }
    columns = {
        "school_name": SCHOOL,
        "township_name": TableColumn(Words(zh="乡镇", en="Township")),
        "area3": AREA,
        "pupils": TableColumn(Words(zh=f"{base}年学生数", en=f"Pupils {base}"), digits=0),
        "pupils_last": TableColumn(Words(zh=f"{last}年预计学生数", en=f"Pupils {last}, projected"), digits=0),
        "below": TableColumn(Words(zh="预计规模", en="Projected size"), words=below),
        "decision": TableColumn(Words(zh="处理意见(县里填写)", en="Decision (to be filled in)"), words=BLANK),
    }
    return Table(
        found.assign(decision=""),
        columns,
        unit=_PEOPLE,
        basis=Words(
            zh="口径:中方案,学年初在校生;仅供研究,不作撤并依据。",
            en="Basis: middle variant, pupils at the start of the year; for research, no ground for closing a school.",
        ),
        sheet=Words(zh="小规模学校", en="Small schools"),
    )

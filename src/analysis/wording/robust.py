"""Sentences of notebook 03 for researchers: intervals, distributions, effects, robustness. They describe, no more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..facts import SUMMED, About, told
from ..research.settings import Bootstrap, Research
from ..rounding import shown
from ..schema import Words
from ..standards import RuleSet
from .labels import school_year, several, sign
from .robust_labels import DIVISIONS, EFFECTS, KINDS


def population(settings: Bootstrap) -> Words:
    """Return which population the intervals speak of, and how they were made."""
    level = shown(100 * float(settings.level), 0)
    return Words(
        zh=f"本县数据是全部学校的数据,本身没有抽样误差。区间把现有学校看作同等条件下可能出现的学校的一次抽取,在两侧内部各自有放回"
        f"重抽{settings.draws}次(种子{settings.seed}),取{level}%百分位区间;某侧有数据的办学单位少于{settings.least_units}个时不给区间。"
        "仅供研究,不用于判定。",
        en=f"The county's figures are a full count, free of sampling error. The intervals take its schools for one draw of the schools "
        f"that could stand under the same conditions: {settings.draws} resamples with replacement within each side (seed "
        f"{settings.seed}), {level}% percentile intervals, none where a side has fewer than {settings.least_units} units with a "
        "figure. For research, not for any verdict.",
    )


def intervals(table: pd.DataFrame, stage: str, rules: RuleSet, settings: Bootstrap) -> Words:
    """Return for which indicators the interval of the difference of totals leaves out zero."""
    rows, name = _of(table, stage), _stage(stage, rules)
    rows = rows[rows["mean"] == "totals"]
    known = rows[~rows["suppressed"]]
    if known.empty:
        least = int(rows[["n_urban", "n_rural"]].min().min()) if len(rows) else 0
        return Words(
            zh=f"{name.zh}一侧有数据的办学单位最少只有{least}个,少于{settings.least_units}个,不给区间。",
            en=f"No intervals{name.en}: a side has as few as {least} units with a figure, fewer than {settings.least_units}.",
        )
    clear = known[(known["low"] > 0) | (known["high"] < 0)]
    sides = {
        side: [rules.indicator(i).short for i in clear.loc[np.sign(clear["difference"]) == way, "indicator"]]
        for side, way in (("urban", 1), ("rural", -1))
    }
    level = shown(100 * float(settings.level), 0)
    zh = ";".join(
        f"{rules.area.zh[s]}较高的{len(i)}项({several((w.zh for w in i), 'zh')})"
        for s, i in sides.items()
        if i
    )
    en = "; ".join(
        f"{rules.area.en[s]} higher in {len(i)} ({', '.join(w.en for w in i)})" for s, i in sides.items() if i
    )
    return Words(
        zh=f"{name.zh}{len(known)}项有区间的指标中,{len(clear)}项城乡差的{level}%区间不含零"
        + (f":{zh}。" if zh else "。"),
        en=f"In {len(clear)} of {len(known)} indicators with an interval{name.en} the {level}% interval of the difference leaves out "
        "zero" + (f": {en}." if en else "."),
    )


def lorenz(measures: pd.DataFrame, points: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return where the spread is widest and narrowest, and what the half of the pupils with least hold."""
    rows, name = (
        _of(measures, stage).dropna(subset=["gini"]).sort_values("gini", ascending=False),
        _stage(stage, rules),
    )
    if rows.empty:
        return Words(
            zh=f"{name.zh}缺少数据,无法描述分布。", en=f"No figures to describe a distribution{name.en}."
        )
    (_, top), (_, low) = next(iter(rows.iterrows())), list(rows.iterrows())[-1]
    curve = _of(points, stage)
    curve = curve[curve["indicator"] == top["indicator"]]
    half = shown(100 * float(np.interp(0.5, curve["pupil_share"], curve["resource_share"])), 1)
    wide, narrow = rules.indicator(top["indicator"]).short, rules.indicator(low["indicator"]).short
    return Words(
        zh=f"{name.zh}各校之间,{wide.zh}的分布最不均(基尼系数{shown(top['gini'], 3)}):所在学校生均最少的一半学生占有总量的{half}%;"
        f"{narrow.zh}最均(基尼系数{shown(low['gini'], 3)})。",
        en=f"The spread between schools{name.en} is widest for {wide.en} (Gini {shown(top['gini'], 3)}): the half of the pupils whose "
        f"schools have least hold {half}% of it; it is narrowest for {narrow.en} (Gini {shown(low['gini'], 3)}).",
    )


def theil_change(table: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return in how many indicators inequality grew or shrank, and what lay between the areas where it moved most."""
    rows, name = _of(table, stage), _stage(stage, rules)
    if rows.empty:
        return Words(
            zh=f"{name.zh}可比年份不足两年,不比较泰尔指数。", en=f"Fewer than two comparable years{name.en}."
        )
    ways = [sign(round(change, 4)) for change in rows["change"]]
    most = rows.iloc[int(rows["change"].abs().to_numpy().argmax())]
    told = rules.indicator(most["indicator"]).short
    figures = [
        shown(most[key], 4) for key in ("theil_t_first", "theil_t_last", "change_between", "change_within")
    ]
    years = f"{most['first']}", f"{most['last']}"
    return Words(
        zh=f"{name.zh}{len(rows)}项指标的校际差异(泰尔指数)中,{ways.count(1)}项扩大、{ways.count(-1)}项缩小、{ways.count(0)}项持平;变动最大的是"
        f"{told.zh},{years[0]}年{figures[0]},{years[1]}年{figures[1]},其中城乡之间变动{figures[2]},城乡内部变动{figures[3]}。",
        en=f"Inequality between schools (Theil T){name.en} grew in {ways.count(1)} of {len(rows)} indicators, shrank in {ways.count(-1)} and "
        f"kept in {ways.count(0)}; it moved most for {told.en}: {figures[0]} in {years[0]}, {figures[1]} in {years[1]}, of the change "
        f"{figures[2]} between the areas and {figures[3]} within them.",
    )


def divisions(table: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return by which division most of the inequality lies between groups, counted over indicators."""
    rows, name = _of(table, stage), _stage(stage, rules)
    rows = rows[(rows["theil_t"] > 0) & (rows["n_groups"] > 1)]
    if rows.empty:
        return Words(zh=f"{name.zh}没有可分解的差异。", en=f"Nothing to decompose{name.en}.")
    shares = rows.assign(share=100 * rows["between_t"] / rows["theil_t"])
    shares = shares.pivot_table(index="indicator", columns="division", values="share")
    first = shares.idxmax(axis=1).value_counts()
    zh = "、".join(f"{DIVISIONS[str(d)].zh}{n}项" for d, n in first.items())
    en = ", ".join(f"{DIVISIONS[str(d)].en} in {n}" for d, n in first.items())
    middle = {str(d): shown(float(of), 1) for d, of in shares.median().items()}
    mid = Words(
        zh="、".join(f"{DIVISIONS[d].zh}{of}%" for d, of in middle.items()),
        en=", ".join(f"{DIVISIONS[d].en} {of}%" for d, of in middle.items()),
    )
    return Words(
        zh=f"{name.zh}{len(shares)}项指标中,组间份额最大的分法:{zh};组间份额的中位数:{mid.zh}。组数越多,组间份额越容易偏大。",
        en=f"Of {len(shares)} indicators{name.en} the division with the largest share between its groups is {en}; median shares: {mid.en}. "
        "More groups make for larger shares.",
    )


def effects(table: pd.DataFrame, side: str, stage: str, rules: RuleSet) -> Words:
    """Return how many figures of a side rose with more resources, how many with fewer pupils alone, and so on."""
    rows, name = _of(table, stage), _stage(stage, rules)
    rows = rows[rows["area"] == side]
    where = Words(zh=f"{name.zh}{rules.area.zh[side]}", en=f"{rules.area.en[side]}{name.en}")
    if rows.empty:
        return Words(zh=f"{where.zh}:可比年份不足两年。", en=f"Fewer than two comparable years, {where.en}.")
    found = {
        str(kind): [rules.indicator(i).short for i in part["indicator"]]
        for kind, part in rows.groupby("kind")
    }
    known = {kind: found[kind] for kind in KINDS if kind in found}
    about = About(f"effects/{stage}/{side}", where, "effects")
    counts = {k: about(len(i), k, f"{EFFECTS[k].zh}项数", EFFECTS[k].en) for k, i in known.items()}
    zh = ";".join(
        f"{EFFECTS[k].zh}{counts[k]}项({several((w.zh for w in i), 'zh')})" for k, i in known.items()
    )
    en = "; ".join(f"{counts[k]:en} {EFFECTS[k].en} ({', '.join(w.en for w in i)})" for k, i in known.items())
    first, last = int(rows["first"].min()), int(rows["last"].max())
    pupils = rows.iloc[int(rows["n_left_out"].to_numpy().argmin())]
    then, now = (
        about(pupils[f"pupils_{end}"], f"pupils/{end}", f"{year}年学生数", f"pupils {year}", formula=SUMMED,
              when=school_year(year))
        for end, year in (("first", first), ("last", last))
    )  # fmt: skip
    return told(
        zh=f"{where.zh}{first}—{last}年(学生{then}人→{now}人):{zh}。",
        en=f"{where.en[0].upper()}{where.en[1:]}, {first}–{last} ({then:en} → {now:en} pupils): {en}.",
    )


def switched(table: pd.DataFrame, rules: RuleSet) -> Words:
    """Return how many schools changed sides, each way."""
    if table.empty:
        return Words(
            zh="各年之间没有学校的城乡归属发生变化。", en="No school changed sides from one year to the next."
        )
    ways = table.groupby(["area_before", "area"])["school_id"].nunique()
    zh = "、".join(f"由{rules.area.zh[a]}改为{rules.area.zh[b]}{n}所" for (a, b), n in _pairs(ways))
    en = ", ".join(f"{n} from {rules.area.en[a]} to {rules.area.en[b]}" for (a, b), n in _pairs(ways))
    return Words(
        zh=f"城乡代码变化使{table['school_id'].nunique()}所学校换了一侧:{zh}。下图同时给出首年代码不变的差距。",
        en=f"Codes moved {table['school_id'].nunique()} schools to the other side: {en}. The figure also keeps the first year's codes.",
    )


def panel(lines: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return whether the three ways of following schools agree on who is ahead in the last year."""
    rows, name = _of(lines, stage), _stage(stage, rules)
    rows = rows[rows["mean"] == "totals"]
    last = rows[rows["year"] == rows["year"].max()].dropna(subset=["difference"])
    if last.empty:
        return Words(
            zh=f"{name.zh}城乡两侧缺少可比数据。", en=f"No comparable figures on both sides{name.en}."
        )
    ahead = last.groupby("indicator")["favours"].nunique()
    apart = [rules.indicator(str(i)).short for i in ahead.index[ahead > 1]]
    counts = last[last["line"] == "panel"][["n_urban", "n_rural"]].max()
    zh, en = several((w.zh for w in apart), "zh"), ", ".join(w.en for w in apart)
    return Words(
        zh=f"{name.zh}{len(ahead)}项指标中,{len(ahead) - len(apart)}项的城乡差距方向在三种口径下一致" + (f",不一致的是{zh}" if apart else "")
        + f"(各年都有的办学单位:{rules.area.zh['urban']}{counts.iloc[0]:.0f}个,{rules.area.zh['rural']}{counts.iloc[1]:.0f}个)。",
        en=f"In {len(ahead) - len(apart)} of {len(ahead)} indicators{name.en} the three ways agree on the side that is ahead"
        + (f", they differ for {en}" if apart else "")
        + f" (units of every year: {counts.iloc[0]:.0f} {rules.area.en['urban']}, {counts.iloc[1]:.0f} {rules.area.en['rural']}).",
    )  # fmt: skip


def similar(table: pd.DataFrame, stage: str, rules: RuleSet, settings: Research) -> Words:
    """Return which school stands furthest from its similar schools, above and below."""
    rows, name = _of(table, stage).dropna(subset=["percent"]), _stage(stage, rules)
    if rows.empty:
        return Words(zh=f"{name.zh}没有可比的相近学校。", en=f"No similar schools to compare{name.en}.")
    percents = rows["percent"].to_numpy()
    ends = [rows.iloc[int(percents.argmax())], rows.iloc[int(percents.argmin())]]
    (high, low), told = ends, [rules.indicator(row["indicator"]).short for row in ends]
    percent = [shown(row["percent"], 0) for row in ends]
    return Words(
        zh=f"{name.zh}每校与同学段、同城乡、规模最近的至多{settings.similar}所学校的中位数相比:最高的是{high['school_name']}的{told[0].zh}"
        f"({percent[0]}%),最低的是{low['school_name']}的{told[1].zh}({percent[1]}%)。",
        en=f"Each school against the median of up to {settings.similar} of the same stage, side and nearest size{name.en}: highest "
        f"{told[0].en} of {high['school_name']} ({percent[0]}%), lowest {told[1].en} of {low['school_name']} ({percent[1]}%).",
    )


def holding(table: pd.DataFrame, stage: str, rules: RuleSet) -> Words:
    """Return in how many specifications the findings of a stage hold."""
    rows, name = _of(table, stage), _stage(stage, rules)
    rows = rows[rows["favours"] != "equal"]
    if rows.empty:
        return Words(zh=f"{name.zh}没有可检验的差距。", en=f"No gap to test{name.en}.")
    always = int((rows["n_same"] == rows["n"]).sum())
    low = rows.sort_values("share").iloc[0]
    told, share = rules.indicator(low["indicator"]).short, shown(100 * low["share"], 0)
    rest = Words(
        zh=f";最低的是{told.zh},{low['n']}种口径中{low['n_same']}种成立({share}%)",
        en=f"; least for {told.en}, in {low['n_same']} of {low['n']} ({share}%)",
    )
    none = always == len(rows)
    return Words(
        zh=f"{name.zh}{len(rows)}项城乡差距中,{always}项的方向在全部口径下成立{'' if none else rest.zh}。",
        en=f"Of {len(rows)} gaps{name.en} {always} keep their direction in every specification{'' if none else rest.en}.",
    )


def links_note(lines: pd.DataFrame) -> Words:
    """Return how many schools the links join, and how many lines break."""
    joined, broken = int(lines["linked"].sum()), lines.loc[lines["broken"], "line"].nunique()
    if not joined and not broken:
        return Words(
            zh="没有提供学校沿革,每个标识码各自成线。",
            en="No links of schools were given: each code is its own line.",
        )
    return Words(
        zh=f"按沿革表,{joined}个标识码并入{lines.loc[lines['linked'], 'line'].nunique()}条线;{broken}条线有未能衔接的变动,在该年断开,不进入各年都有的学校。",
        en=f"By the links, {joined} codes make {lines.loc[lines['linked'], 'line'].nunique()} lines; {broken} lines break at an unresolved change "
        "and stay out of the schools of every year.",
    )


def _pairs(ways: pd.Series[int]) -> list[tuple[Any, int]]:
    return list(ways.items())


def _of(table: pd.DataFrame, stage: str) -> pd.DataFrame:
    return table[table["stage"] == stage]


def _stage(stage: str, rules: RuleSet) -> Words:
    """Return the stage as it stands before a Chinese sentence and within an English one."""
    en = rules.stage_title(stage, "en")
    return Words(zh=rules.stage_title(stage, "zh"), en=f" ({en})" if en else "")

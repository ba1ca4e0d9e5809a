"""Words of the explorer: labels of its controls, what its views say in place of a picture, and what stands above them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import Lang
from ..rounding import NOT_KNOWN, decimals, shown, shown_against
from ..schema import Words
from ..standards import Indicator, RuleSet
from .labels import VERDICTS, rounded

CONTROLS = {
    "title": Words(zh="均衡 · 交互探索", en="Junheng · explore"),
    "county": Words(zh="县", en="County"),
    "standard": Words(zh="标准", en="Rule set"),
    "year": Words(zh="年份", en="Year"),
    "from": Words(zh="趋势起于", en="Trend from"),
    "to": Words(zh="止于", en="to"),
    "stage": Words(zh="学段", en="Stage"),
    "indicator": Words(zh="指标", en="Indicator"),
    "sides": Words(zh="城乡划分", en="Two sides"),
    "scope": Words(zh="评估范围", en="Scope"),
    "split": Words(zh="共用设施按加权学生数拆分", en="Split shared facilities by weighted pupils"),
    "what_if": Words(zh="假设情形", en="What if"),
    "supposed": Words(zh="假设情形，不是填报数据的结论", en="What if: not the verdict on the data filed"),
    "filed": Words(zh="按填报数据：", en="As filed:"),
    "threshold": Words(zh="标准值", en="Threshold"),
    "limit": Words(zh="差异系数上限", en="Limit of the CV"),
    "school": Words(zh="学校", en="School"),
    "put_out": Words(zh="移出", en="Leave out"),
    "put_in": Words(zh="纳入", en="Put in"),
    "resource": Words(zh="资源", en="Resource"),
    "amount": Words(zh="增减数量", en="Amount (±)"),
    "add": Words(zh="增减", en="Add"),
    "reset": Words(zh="撤销全部假设", en="Undo all"),
    "all_schools": Words(zh="取消选择", en="Clear selection"),
    "export": Words(zh="导出", en="Export"),
    "params": Words(zh="参数文件", en="Parameters"),
    "code": Words(zh="代码", en="Code"),
    "close": Words(zh="关闭", en="Close"),
    "search": Words(zh="查找", en="Search"),
    "remove": Words(zh="撤销", en="Undo"),
    "not_drawn": Words(
        zh="图表没有画出：绘图程序没有载入，或浏览器过旧。请刷新本页；仍不行请换新版浏览器。",
        en="The charts were not drawn: what draws them did not load, or the browser is too old. Reload the page, or use a newer browser.",
    ),
}
TABS = {
    "explore": Words(zh="交互探索", en="Explore"),
    "office": Words(zh="上传与报告", en="Upload and report"),
}
OFFICE = {
    "title": Words(zh="上传数据，生成报告", en="Upload data, get the report"),
    "promise": Words(
        zh="文件只留在运行本页的机器上，与他人的分开存放，关闭页面后删除。",
        en="Files stay on the machine that runs this page, apart from those of others, and go when the page is closed.",
    ),
    "first": Words(zh="一、选择填好的工作簿", en="1. Choose the workbook"),
    "choose": Words(zh="选择文件", en="Choose a file"),
    "second": Words(zh="二、核查结果", en="2. What the check found"),
    "third": Words(zh="三、选择标准并运行", en="3. Choose the rule set and run"),
    "too_large": Words(
        zh="文件太大，没有上传。请只留学校数据所在的表。",
        en="The file is too large and was not sent. Keep only the sheets with the data.",
    ),
    "checking": Words(zh="正在核查…", en="Checking…"),
    "clean": Words(zh="核查通过，没有发现问题。", en="Nothing was found."),
    "faulty": Words(
        zh="有必须改正的错误。请下载标注副本，改正后重新上传。",
        en="Some figures must be corrected. Download the marked copy, mend it and upload it again.",
    ),
    "refused": Words(zh="这个文件不能使用，请另选。", en="This file cannot be used; choose another."),
    "remarks": Words(
        zh="没有必须改正的错误；以下各处请核对或说明。",
        en="Nothing must be corrected; please look at these or explain them.",
    ),
    "copy": Words(zh="下载标注副本", en="Download the marked copy"),
    "run": Words(zh="运行", en="Run"),
    "stop": Words(zh="停止", en="Stop"),
    "running": Words(zh="正在运行，约需几分钟…", en="Running; this takes a few minutes…"),
    "writing": Words(zh="正在汇编报告…", en="Writing the report…"),
    "done": Words(zh="已完成，成果已下载。", en="Done; the outputs were downloaded."),
}
SCOPES = {
    "rule": Words(zh="按标准", en="as the rule set has it"),
    "small": Words(zh="含小教学点", en="small teaching points too"),
    "public": Words(zh="仅公办", en="public schools only"),
}
VIEWS = {
    "gap": Words(zh="城乡差距", en="Gap between the two sides"),
    "scatter": Words(zh="规模与数值", en="Size and value"),
    "map": Words(zh="地图", en="Map"),
    "spread": Words(zh="分布", en="Distribution"),
    "trend": Words(zh="变化", en="Trend"),
    "table": Words(zh="学校表", en="Table of schools"),
}
COLUMNS = {
    "school_name": Words(zh="学校", en="School"),
    "area": Words(zh="城乡", en="Side"),
    "pupils": Words(zh="学生", en="Pupils"),
    "value": Words(zh="数值", en="Value"),
    "status": Words(zh="该项", en="This indicator"),
    "gap": Words(zh="尚缺", en="Short of"),
    "n_met": Words(zh="达标项", en="Items met"),
    "verdict": Words(zh="学段结论", en="Verdict"),
}
INVENTED = Words(zh="虚构数据", en="invented data")
WENT_WRONG = Words(
    zh="程序出错，本次改动没有显示；运行本页的窗口里有记录。",
    en="Something went wrong and this change is not shown; the window that runs this page holds the record.",
)
REFUSED = Words(
    zh="数据或参数不能使用，交互探索没有打开。请改正下列各处，再重新打开本页。",
    en="The data or parameters cannot be used, so there is nothing to explore. Mend these, then open the page again.",
)
AS_ROOT = Words(
    zh="注意：正以 root 身份运行 JupyterLab，笔记本里的程序可以改动本机任何文件。容器以外请换普通用户运行。",
    en="Mind: JupyterLab runs as root, so what a notebook does may change any file of this machine. Outside a container, "
    "run it as an ordinary user.",
)
UNKNOWN_AREA = Words(zh="城乡不明", en="side unknown")
NEITHER_SIDE = Words(zh="不属两侧", en="on neither side")
NO_COORDINATES = Words(
    zh="这些学校没有经纬度，不画地图。在学校表中填写“经度”“纬度”后再看。",
    en="No map: these schools have no coordinates. Fill in longitude and latitude in the school table.",
)
NOTHING_JUDGED = Words(
    zh="本年、本学段没有纳入评估的办学单位。", en="No unit of this stage is in scope in this year."
)
ONE_SCHOOL = Words(
    zh="只有一所学校，不比较校际差异。", en="One school only: nothing to compare between schools."
)
NOT_UNDERSTOOD = Words(zh="填写的内容不是有效的数：", en="not a valid figure:")


def all_missing(indicator: Indicator) -> Words:
    """Return that no school shown has a figure of the indicator."""
    return Words(
        zh=f"所示学校均缺“{indicator.short.zh}”的数据。",
        en=f"None of the schools shown has a figure for {indicator.short.en}.",
    )


def one_side(rules: RuleSet, side: str) -> Words:
    """Return that only one side has figures, so that no gap is drawn: the other has no school here, or none that filed."""
    return Words(
        zh=f"所示学校中只有{rules.area.zh[side]}一侧有数据，没有可比的另一侧。",
        en=f"Only the side “{rules.area.en[side]}” has figures among the schools shown: there is no other to compare.",
    )


_PARTS = ("_pass", "_fail", "_undetermined")


def county_line(verdict: str, counts: pd.Series[Any], rules: RuleSet) -> Words:
    """Return the county's verdict and how many of its schools met the standard."""
    if not verdict:
        return Words(zh=f"{rules.title.zh}：本标准不作判定", en=f"{rules.title.en}: gives no verdict")
    word = VERDICTS[verdict]
    if rules.school_rule is None:
        n, met, failed, open_ = (int(counts[f"n_cv{part}"]) for part in ("", *_PARTS))
        return Words(
            zh=f"全县{word.zh}：{n}项差异系数中达标{met}项、未达标{failed}项、待定{open_}项",
            en=f"County {word.en}: of {n} CVs {met} met, {failed} not met, {open_} undetermined",
        )
    n, met, failed, open_ = (int(counts[f"n_schools{part}"]) for part in ("", *_PARTS))
    return Words(
        zh=f"全县{word.zh}：{n}所学校中达标{met}所、未达标{failed}所、待定{open_}所",
        en=f"County {word.en}: of {n} schools {met} met, {failed} not met, {open_} undetermined",
    )


def cv_line(row: pd.Series[Any] | None, mean: pd.Series[Any] | None, *, selected: bool = False) -> Words:
    """
    Return the coefficient of variation with its limit and verdict.

    Parameters
    ----------
    row, mean
        Rows of `dispersion`: of the indicator, and of the mean of all where the rule set limits that.
    selected
        Whether it is about some schools alone, so that no verdict on the county is read into it.
    """
    head = (
        Words(zh="所选学校差异系数", en="CV of the selected") if selected else Words(zh="差异系数", en="CV")
    )
    if row is None:
        return Words(zh=f"{head.zh} {NOT_KNOWN}", en=f"{head.en} {NOT_KNOWN}")
    zh, en = _cv(row, "zh"), _cv(row, "en")
    if mean is not None:
        zh, en = f"{zh}；综合 {_cv(mean, 'zh')}", f"{en}; mean of all {_cv(mean, 'en')}"
    n, missing = int(row["n"]), int(row["n_missing"])
    return Words(
        zh=f"{head.zh} {zh}（n={n}，缺{missing}）",
        en=f"{head.en} {en} (n={n}, {missing} missing)",
    )


def _cv(row: pd.Series[Any], lang: Lang) -> str:
    text = shown_against(row["cv"], row["limit"], 3, lang)
    if pd.isna(row["verdict"]):
        return text
    limit = shown(row["limit"], max(2, decimals(row["limit"])), lang)
    return f"{text} / ≤{limit} {VERDICTS[row['verdict']][lang]}"


def theil_line(row: pd.Series[Any] | None) -> Words:
    """Return Theil T and how much of it lies between the two sides."""
    if row is None or pd.isna(row["theil_t"]):
        return Words(zh=f"泰尔指数 {NOT_KNOWN}", en=f"Theil T {NOT_KNOWN}")
    t, between = shown(row["theil_t"], 4), shown(row["between_t"], 4)
    return Words(zh=f"泰尔指数T {t}，其中城乡之间 {between}", en=f"Theil T {t}, between the sides {between}")


def gap_line(row: pd.Series[Any] | None, indicator: Indicator, rules: RuleSet) -> Words:
    """Return what either side has of the indicator."""
    if row is None or pd.isna(row["difference"]):
        return Words(zh="没有可比的两侧", en="no two sides to compare")
    parts = {
        "zh": [f"{rules.area.zh[s]} {shown(row[s], indicator.digits)}" for s in ("urban", "rural")],
        "en": [f"{rules.area.en[s]} {shown(row[s], indicator.digits, 'en')}" for s in ("urban", "rural")],
    }
    apart = rounded(row["urban"], indicator.digits) - rounded(row["rural"], indicator.digits)
    difference = Words(
        zh=f"差 {shown(apart, indicator.digits)}",
        en=f"difference {shown(apart, indicator.digits, 'en')}",
    )
    return Words(
        zh=f"{'、'.join(parts['zh'])}，{difference.zh}",
        en=f"{', '.join(parts['en'])}, {difference.en}",
    )


def seen_line(n: int, of: int) -> Words:
    """Return how many schools the numbers are limited to."""
    return Words(zh=f"已选{n}所（共{of}所）", en=f"{n} of {of} schools selected")


def step_line(done: int, of: int, title: Words) -> Words:
    """Return how far a run is, by the title of the notebook that has ended."""
    return Words(
        zh=f"第 {done} / {of} 步已完成：{title.zh}",
        en=f"Step {done} of {of} done: {title.en}",
    )

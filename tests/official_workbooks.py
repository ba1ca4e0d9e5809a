"""
Invented official workbooks, made from what is known of their layout and from nothing that the reader is told.

A county as the template has it (plain headings, one row a school) becomes 分析教基1002, 1003 and the senior sheet:
headings six rows deep and merged, far more columns than are needed, the same labels under several parents,
figures as text, rows of totals. Every figure that is not the county's is a decoy that would be noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlwt
from openpyxl.utils import get_column_letter

School = Mapping[str, Any]  # the template's heading → cell
Leaf = tuple[tuple[str, ...], Callable[[School], Any]]

DEPTH = 6
STAGES = {"小学": "一二三四五六", "初中": "一二三", "高中": "一二三"}
NAMES = {
    "小学": "分析教基1002 小学分校一览表",
    "初中": "分析教基1003 初中分校一览表",
    "高中": "分析教基 高中分校一览表",
}
GRADES = {"小学": "一二三四五六", "初中": "七八九", "高中": ""}
_DECOY = 9999


def template_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a filled template by heading, the example left out."""
    book: Any = openpyxl.load_workbook(path, data_only=True)
    sheet = book["学校数据"]
    lines = list(sheet.iter_rows(min_row=3, values_only=True))
    heads = [str(head) for head in lines[0]]
    return [dict(zip(heads, line, strict=True)) for line in lines[1:] if line[0] not in (None, "0000000000")]


def has(school: School, stage: str) -> bool:
    """Tell whether a school has a stage, by its type."""
    kind = str(school["办学类型"])
    with_stage = {
        "小学": ("小学", "九年一贯制", "十二年一贯制"),
        "初中": ("初级中学", "九年一贯制", "十二年一贯制", "完全中学"),
        "高中": ("高级中学", "完全中学", "十二年一贯制"),
    }
    return any(word in kind for word in with_stage[stage])


def leaves(stage: str, *, shuffled: bool = False) -> list[Leaf]:
    """Return the columns of a sheet: the path of headings, and what a school has there."""

    def of(heading: str) -> Callable[[School], Any]:
        return lambda school: school.get(heading.replace("?", stage))

    def decoy(school: School) -> int:
        return _DECOY

    groups = [_attributes(), _pupils(stage, of, decoy), _teachers(stage, of, decoy), _buildings(of, decoy)]
    bands: list[Leaf] = [(("班额情况", f"{low}-{low + 4}人"), decoy) for low in range(26, 66, 5)]
    ages: list[Leaf] = [
        (("专任教师", "#按年龄分", f"{age}-{age + 4}岁", who), decoy)
        for age in range(25, 60, 5)
        for who in ("合计", "#女")
    ]
    by_age: list[Leaf] = [
        (("学生分年龄情况", "在校生数", f"{age}岁", who), decoy)
        for age in range(5, 20)
        for who in ("计", "女")
    ]
    moves: list[Leaf] = [(("学生变动情况", way, why, who), decoy) for way in ("增加", "减少") for why in
             ("复学", "转入", "退学", "转出", "其他") for who in ("计", "#女")]  # fmt: skip
    courses: list[Leaf] = [(("专任教师", "#按授课课程分", course, who), decoy) for course in
               ("语文", "数学", "外语", "科学", "信息科技", "劳动", "综合实践活动", "其他") for who in ("合计", "女")]  # fmt: skip
    if shuffled:
        groups.reverse()
    return [leaf for group in (*groups, bands, ages, by_age, moves, courses, _more(decoy)) for leaf in group]


def _attributes() -> list[Leaf]:
    def area(school: School) -> Any:
        return school["城乡分类"].split()[0]

    return [
        (("学校名称",), lambda s: s["学校名称"]),
        (("机构编码",), lambda s: s["学校标识码"]),
        (("办学类型",), lambda s: s["办学类型"].split()[-1]),
        (("举办者性质",), lambda s: s["举办者性质"]),
        (("城乡分组",), lambda s: "decoy"),
        (("城乡类型编码",), area),
        (("是否计校数",), lambda s: s.get("是否计校数", 1)),
        (("是否上年撤销",), lambda s: 0),
        (("所在地编码",), lambda s: f"{s['乡镇代码']}001"),
        (("所在地区划三级",), lambda s: s["县名"]),
        (("所在地区划四级",), lambda s: s["乡镇"]),
        (("统计机构编码",), lambda s: "999999999999"),
        (("统计三级",), lambda s: s.get("统计三级", s["县名"])),
        (("经度",), lambda s: s["经度"]),
        (("纬度",), lambda s: s["纬度"]),
    ]


def _pupils(stage: str, of: Any, decoy: Any) -> list[Leaf]:
    digits = STAGES[stage]
    grades = [
        (("在校生数", f"{digit}年级"), of(f"在校生数({grade}年级)"))
        for digit, grade in zip(digits, GRADES[stage] or digits, strict=True)
    ]
    if stage == "高中":
        grades = [(path, decoy) for path, _ in grades]
    return [
        (("班数", "合计"), of("班数(?)")),
        *((("班数", f"{digit}年级"), decoy) for digit in digits),
        (("毕业生数", "合计"), decoy),
        (("招生数", "合计"), of("招生数(?)")),
        (("招生数", "#女"), decoy),
        (("预计毕业生数", "合计"), of("预计毕业生数(?)")),
        (("在校生数", "合计"), of("在校生数(?)")),
        (("在校生数", "#女"), decoy),
        (("在校生数", "#少数民族"), decoy),
        *grades,
        (("#寄宿生", "在校生数", "合计"), decoy),
        (("随迁子女", "在校生数", "合计"), decoy),
        (("随迁子女", "招生数", "合计"), decoy),
        (("随迁子女", "外省迁入"), decoy),
        (("进城务工人员随迁子女", "在校生数", "合计"), decoy),
        (("进城务工人员随迁子女", "外省迁入"), decoy),
        (("农村留守儿童", "在校生数", "合计"), decoy),
    ]


def _teachers(stage: str, of: Any, decoy: Any) -> list[Leaf]:
    """Split the groups that the template knows as sums into the parts that the form has."""

    def part(heading: str, number: int, parts: int) -> Callable[[School], Any]:
        def share(school: School) -> Any:
            whole = of(heading)(school)
            return whole if whole in (None, "") else (int(whole) + parts - 1 - number) // parts

        return share

    by_degree = (
        ("博士研究生", "硕士研究生", "本科", "专科")
        if stage == "小学"
        else ("博士研究生", "硕士研究生", "本科")
    )
    degrees = [
        (("专任教师", "#按学历分", name), part("高于规定学历教师数(?)", at, len(by_degree)))
        for at, name in enumerate(by_degree)
    ]
    titles = [
        (("专任教师", "#按专业技术职务分", name), part("中级及以上职务教师数(?)", at, 3))
        for at, name in enumerate(("正高级", "副高级", "中级"))
    ]
    subject = ("专任教师", "#按授课课程分")
    return [
        (("教职工数", "合计"), decoy),
        (("教职工数", "#专任教师"), decoy),
        (("专任教师", "合计"), of("专任教师数(?)")),
        (("专任教师", "#女"), decoy),
        *degrees,
        *([(("专任教师", "#按学历分", "专科"), decoy)] if stage != "小学" else []),
        (("专任教师", "#按学历分", "高中阶段"), decoy),
        *titles,
        (("专任教师", "#按专业技术职务分", "助理级"), decoy),
        ((*subject, "体育与健康"), part("体育艺术专任教师数(?)", 0, 2)),
        ((*subject, "艺术", "计"), part("体育艺术专任教师数(?)", 1, 2)),
        ((*subject, "艺术", "音乐"), decoy),
        ((*subject, "艺术", "美术"), decoy),
        (("教基1102", "县级以上骨干教师(小学)"), of("县级以上骨干教师数(小学)")),
        (("教基1102", "县级及以上骨干教师（初中）"), of("县级以上骨干教师数(初中)")),
        (("教基1102", "县级以上骨干教师(高中)"), decoy),
    ]


def _buildings(of: Any, decoy: Any) -> list[Leaf]:
    rooms = ("教学及辅助用房", "行政办公用房", "生活用房")
    now, site = "本学年校舍建筑面积", "占地面积及其他办学条件"
    return [
        *((("上学年校舍建筑面积", name, "计"), decoy) for name in rooms),
        ((now, "一、教学及辅助用房", "计"), of("教学及辅助用房面积")),
        ((now, "一、教学及辅助用房", "其中", "教室"), decoy),
        ((now, "一、教学及辅助用房", "其中", "公共教学用房", "其中", "图书阅览室"), decoy),
        ((now, "一、教学及辅助用房", "其中", "公共教学用房", "其中", "室内体育用房"), of("室内体育用房面积")),
        ((now, "一、教学及辅助用房", "其中", "公共教学用房", "其他"), decoy),
        ((now, "二、行政办公用房", "计"), decoy),
        ((now, "二、行政办公用房", "其他"), decoy),
        *((("非学校产权校舍建筑面积", name, "计"), decoy) for name in rooms),
        ((site, "占地面积（平方米）", "计"), of("占地面积")),
        ((site, "占地面积（平方米）", "其中", "绿化用地面积"), decoy),
        ((site, "占地面积（平方米）", "其中", "运动场地_x000D_\n面积"), of("运动场地面积")),
        ((site, "图书（册）"), of("图书册数")),
        ((site, "数字终端数(台)", "计"), of("计算机台数")),
        ((site, "数字终端数(台)", "其中：教师终端数"), decoy),
        ((site, "教室（间）", "计"), decoy),
        ((site, "教室（间）", "其中", "网络多媒体教室"), of("网络多媒体教室数")),
        ((site, "固定资产总值（万元）", "计"), decoy),
        ((site, "固定资产总值（万元）", "其中", "教学仪器设备资产值(万元)"), of("教学仪器设备值(万元)")),
    ]


def _more(decoy: Any) -> list[Leaf]:
    return [
        (("附表", f"第{page}页", f"项目{item}", f"子项{sub}"), decoy)
        for page in range(4)
        for item in range(6)
        for sub in range(8)
    ]


def grid(
    stage: str,
    schools: Sequence[School],
    year: int,
    *,
    most: int = 100,
    dated: bool = True,
    shuffled: bool = False,
) -> tuple[list[list[Any]], list[tuple[int, int, int, int]]]:
    """Return the cells of a sheet and its merges (first row, first column, last row, last column; from 1)."""
    columns = leaves(stage, shuffled=shuffled)[:most]
    width = len(columns)
    head = [[path[row] if row < len(path) else None for path, _ in columns] for row in range(DEPTH)]
    merges = [(1, 1, 1, width)]
    offset = 3
    for row in range(DEPTH):
        start = 0
        for at in range(1, width + 1):
            same = (
                at < width
                and columns[at][0][: row + 1] == columns[start][0][: row + 1]
                and row + 1 < len(columns[at][0])
            )
            if not same:
                if at - start > 1 and row + 1 < len(columns[start][0]):
                    merges.append((offset + row, start + 1, offset + row, at))
                start = at
    for at, (path, _) in enumerate(columns, start=1):
        if len(path) < DEPTH:
            merges.append((offset + len(path) - 1, at, offset + DEPTH - 1, at))
    numbers = ["甲", "乙", *range(1, width - 1)]
    lines = [[_text(value(school)) for _, value in columns] for school in schools]
    total = ["合计", None, *("—" if at % 2 else _DECOY for at in range(width - 2))]
    title = f"{NAMES[stage]}" + (f"（{year}/{year + 1}学年初）" if dated else "")
    about = ["表号：教基", *([None] * (width - 2)), "单位:人"]
    note = ["备注：不计校数的教学点另列", *([None] * (width - 1))]
    return [[title, *([None] * (width - 1))], about, *head, numbers, total, *lines, note], merges


def _text(value: Any) -> Any:
    """Figures are stored as text, as the system exports them; * is what does not apply."""
    return "" if value is None else str(value)


def write(
    path: Path, stage: str, schools: Sequence[School], year: int, *, merged: bool = True, **how: Any
) -> Path:
    """Write a sheet as .xlsx or .xls by the path's ending; without merges as a copy of values."""
    cells, merges = grid(stage, [school for school in schools if has(school, stage)], year, **how)
    if not merged:
        for top, left, bottom, right in merges:
            for row in range(top - 1, bottom):
                for column in range(left - 1, right):
                    if (row, column) != (top - 1, left - 1):
                        cells[row][column] = None
        merges = []
    (_as_xls if path.suffix == ".xls" else _as_xlsx)(path, cells, merges)
    return path


def _as_xlsx(path: Path, cells: list[list[Any]], merges: Sequence[tuple[int, int, int, int]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    for row in cells:
        sheet.append(row)
    for top, left, bottom, right in merges:
        sheet.merge_cells(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")
    book.save(path)


def _as_xls(path: Path, cells: list[list[Any]], merges: Sequence[tuple[int, int, int, int]]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    covered = {
        (row, column)
        for top, left, bottom, right in merges
        for row in range(top - 1, bottom)
        for column in range(left - 1, right)
    }
    for top, left, bottom, right in merges:
        sheet.write_merge(top - 1, bottom - 1, left - 1, right - 1, cells[top - 1][left - 1])
    for row, line in enumerate(cells):
        for column, value in enumerate(line):
            if (row, column) not in covered and value not in (None, ""):
                sheet.write(row, column, value)
    book.save(str(path))


# --- one workbook a school ---


def write_school(path: Path, school: School, *, old_names: bool = False) -> Path:
    """
    Write the workbook of one school, 教基NNNN: labels in A, codes in B, rows of stages that it lacks left out.

    `old_names`: sheets are called 教基1001_小学 and the like, as in October 2021.
    """
    kind = str(school["办学类型"]).split()[-1]
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in _school_sheets(school, kind).items():
        sheet = book.create_sheet(f"{name}_{kind}" if old_names else name)
        for row in rows:
            sheet.append(row)
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=4)
    book.save(path)
    return path


def _school_sheets(school: School, kind: str) -> dict[str, list[list[Any]]]:
    stages = [stage for stage in ("小学", "初中") if has(school, stage)]
    sheets = {"教基1001": _about(school, kind), "教基1102续": _further(school, stages)}
    for stage in stages:
        number = {"小学": ("3112", "2106"), "初中": ("3115", "2107")}[stage]
        sheets[f"教基{number[0]}"] = _pupil_form(school, stage)
        sheets[f"教基{number[1]}"] = [
            ["教学班额情况", None, None, None], ["表号：教基", None, "计量单位：个"], [None],
            ["项目", "编号", "合计", *(f"{d}年级" for d in STAGES[stage])],
            ["总计", "01", _text(school[f"班数({stage})"]), "1"], ["25人及以下", "02", str(_DECOY), "2"],
        ]  # fmt: skip
    return sheets | {
        "教基4149": [["中小学教职工"], [None], ["项目", "编号", "教职工数", "专任教师"], ["总计", "01", "9999", "9999"]],
        "教基4153": _staff(school, stages), "教基4155": _courses(school, stages),
        "教基5170": _rooms(school), "教基5176": _site(school),
    }  # fmt: skip


def _about(school: School, kind: str) -> list[list[Any]]:
    items = {
        "学校（机构）标识码": school["学校标识码"], "学校（机构）名称（章）": school["学校名称"], "英文名称": None,
        "地址_省": "某省", "地址_县": school["县名"], "驻地城乡类型": school["城乡分类"].split()[-1],
        "经度": school["经度"], "纬度": school["纬度"], "填表人_联系电话": "13800000000", "办学类型": kind,
        "性质类别": "1", "举办者": "县级教育部门" if school["举办者性质"] == "公办" else "民办", "供水": "自来水",
    }  # fmt: skip
    head: list[list[Any]] = [["学校（机构）基本情况", None, None], ["项目", "编号", "内容"]]
    return head + [[item, f"{at:02d}", value] for at, (item, value) in enumerate(items.items(), start=1)]


def _further(school: School, stages: Sequence[str]) -> list[list[Any]]:
    head: list[list[Any]] = [["基本情况续表"], [None], ["项目", "计量单位", "编号", "数量"]]
    teachers = [
        [f"县级以上骨干教师({s})", "人", "12", _text(school[f"县级以上骨干教师数({s})"])] for s in stages
    ]
    return [*head, ["专职校医", "人", "04", str(_DECOY)], *teachers, ["安全保卫人员", "人", "15", "3"]]


def _pupil_form(school: School, stage: str) -> list[list[Any]]:
    digits, grades = STAGES[stage], GRADES[stage]
    counted = [school[f"招生数({stage})"], school[f"在校生数({stage})"], _DECOY]
    by_grade = [school[f"在校生数({grade}年级)"] for grade in grades]
    four = [("四年级", "0")] if stage == "初中" else []
    line = [str(_DECOY), *map(_text, counted), *map(_text, by_grade), *(n for _, n in four)]
    titles = [
        "毕业生数",
        "招生数",
        "在校生数",
        "#女",
        *(f"{d}年级" for d in digits),
        *(n for n, _ in four),
        "预计毕业生数",
    ]
    groups = {
        "#随迁子女": f"随迁子女数({stage})",
        "#进城务工人员随迁子女": "",
        "#农村留守儿童": f"农村留守儿童数({stage})",
    }
    moved = ["外省迁入", "本省外县迁入"]
    below = [
        "#女",
        "#少数民族",
        "#复式班",
        "#寄宿生",
        "#随迁子女",
        *moved,
        "#进城务工人员随迁子女",
        *moved,
        "#农村留守儿童",
    ]
    decoys = [[name, f"{at:02d}", *(str(_DECOY) for _ in titles)] for at, name in enumerate(below, start=2)]
    for row in decoys:
        if header := groups.get(row[0]):
            row[2 + titles.index("在校生数")] = _text(school[header])
        elif row[0] in groups:
            row[2 + titles.index("在校生数")] = ""
    return [
        [f"{stage}分类型学生数", None, None, None], ["表号", None, None, "计量单位：人"], ["项目", "编号", *titles],
        ["甲", "乙", *range(1, len(titles) + 1)], ["总计", "01", *line, _text(school[f"预计毕业生数({stage})"])], *decoys,
    ]  # fmt: skip


def _parts(whole: Any, parts: int) -> list[str]:
    return ["" if whole is None else str((int(whole) + parts - 1 - at) // parts) for at in range(parts)]


def _staff(school: School, stages: Sequence[str]) -> list[list[Any]]:
    rows: list[list[Any]] = [
        ["专任教师分年龄情况"],
        ["表号", None, "单位：人"],
        ["项目", "编号", "合计", "#女", "24岁及以下"],
    ]
    for stage in stages:
        senior = _parts(school[f"中级及以上职务教师数({stage})"], 3)
        rows.append([stage, "10", _text(school[f"专任教师数({stage})"]), "9999", "1"])
        rows += [["#女", "11", "9999", "1", "1"], ["#少数民族", "12", "9999", "1", "1"]]
        rows += [
            [title, "13", n, "9999", "1"]
            for title, n in zip(("正高级", "副高级", "中级"), senior, strict=True)
        ]
        rows += [["助理级", "16", "9999", "1", "1"], ["员级", "17", "9999", "1", "1"]]
    return rows


def _courses(school: School, stages: Sequence[str]) -> list[list[Any]]:
    titles = ["合计", "#女", "语文", "体育与健康", "艺术", "音乐", "美术", "其他"]
    rows: list[list[Any]] = [
        ["专任教师分课程、分学历情况"],
        ["表号", None, "单位：人"],
        ["项目", "编号", *titles],
    ]
    rows.append(["总计", "01", *(str(_DECOY) for _ in titles)])
    for stage in stages:
        sports, arts = _parts(school[f"体育艺术专任教师数({stage})"], 2)
        halves = _parts(arts or None, 2)
        rows.append(
            [
                stage,
                "02",
                _text(school[f"专任教师数({stage})"]),
                "9999",
                "9999",
                sports,
                arts,
                *halves,
                "9999",
            ]
        )
        degrees = (
            ("博士研究生", "硕士研究生", "本科", "专科")
            if stage == "小学"
            else ("博士研究生", "硕士研究生", "本科")
        )
        above = _parts(school[f"高于规定学历教师数({stage})"], len(degrees))
        rows += [[name, "05", n, "9999"] for name, n in zip(degrees, above, strict=True)]
        rows += (
            [["高中阶段", "09", "9999", "9999"]]
            if stage == "小学"
            else [["专科", "08", "9999"], ["高中阶段", "09", "9999"]]
        )
    return rows


def _rooms(school: School) -> list[list[Any]]:
    def line(name: str, value: Any) -> list[Any]:
        return [name, "01", "9999", "0", "0", _text(value), "0"]

    return [
        ["中小学校舍情况"], ["表号", None, None, "单位：平方米"],
        ["项目", "编号", "上学年校舍建筑面积", "增加面积", "减少面积", "本学年校舍建筑面积", "正在施工校舍建筑面积"],
        line("总计", _DECOY), line("一、教学及辅助用房", school["教学及辅助用房面积"]), line("教室", _DECOY),
        line("其他", _DECOY), line("(其中) 室内体育用房", school["室内体育用房面积"]), line("其他", _DECOY),
        line("二、行政办公用房", _DECOY), line("其他", _DECOY),
    ]  # fmt: skip


def _site(school: School) -> list[list[Any]]:
    items = {
        ("占地面积", "平方米"): school["占地面积"], ("其中：绿化用地面积", "平方米"): _DECOY,
        ("其中：运动场地面积", "平方米"): school["运动场地面积"], ("11人制足球场", "个"): 0, ("图书", "册"): school["图书册数"],
        ("数字终端数", "台"): school["计算机台数"], ("其中：教师终端数", "台"): _DECOY, ("教室", "间"): _DECOY,
        ("其中：网络多媒体教室", "间"): school["网络多媒体教室数"], ("固定资产总值", "万元"): _DECOY,
        ("其中：教学仪器设备资产值", "万元"): school["教学仪器设备值(万元)"],
    }  # fmt: skip
    head: list[list[Any]] = [["占地面积及其他办学条件"], [None], ["项目", "计量单位", "编号", "数量"]]
    return head + [
        [name, unit, f"{at:02d}", _text(n)] for at, ((name, unit), n) in enumerate(items.items(), start=1)
    ]

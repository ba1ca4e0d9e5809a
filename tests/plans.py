"""Invented plans as counties, townships and schools write them, each sound in itself; tests then spoil a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl

Rows = Sequence[Sequence[Any]]
Block = str | Rows

TARGETS: Rows = [
    ["指标", "2025年", "2026年", "2027年", "2030年", "属性"],
    ["一、学位供给", "", "", "", "", ""],
    ["义务教育在校生数(人)", 18200, 17600, 16900, 14800, "预期性"],
    ["其中:小学", 12100, 11500, 10800, 8900, "预期性"],
    ["初中", 6100, 6100, 6100, 5900, "预期性"],
    ["二、质量", "", "", "", "", ""],
    ["九年义务教育巩固率(%)", "95.6", "96.0", "96.5", "97.5", "约束性"],
    ["小学校际差异系数", "0.48", "0.46", "0.44", "0.40", "约束性"],
]
MONEY: Rows = [
    ["序号", "项目名称", "建设性质", "建设内容及规模(㎡)", "总投资(万元)", "资金来源", "资金来源", "资金来源", "资金来源", "建设年限"],
    ["序号", "项目名称", "建设性质", "建设内容及规模(㎡)", "总投资(万元)", "中央", "省级", "市级", "县级", "建设年限"],
    [1, "城关小学综合楼", "新建", 3600, 1080, 500, 300, 80, 200, "2026-2027"],
    [2, "河口学校运动场", "改建", 8000, 160, 60, 40, 20, 40, "2026"],
    [3, "山前小学教学楼", "扩建", 1200, 336.5, 150, 100, 36.5, 50, "2027"],
    ["合计", "", "", 12800, 1576.5, 710, 440, 136.5, 290, ""],
]  # fmt: skip
PLACES: Rows = [
    ["年份", "一年级入学需求", "小学在校生", "小学学位", "余缺"],
    ["2026年", 1850, 11500, 12600, 1100],
    ["2027年", 1700, 10800, 12600, 1800],
    ["2028年", 1600, 10100, 12600, 2500],
]
TEACHERS: Rows = [
    ["学段", "在校生(人)", "师生比", "应配(人)", "现有(人)", "净缺(+)/超(-)(人)"],
    ["小学", 11500, "1:19", 605, 640, -35],
    ["初中", 6100, "1:13.5", 452, 430, 22],
    ["合计", 17600, "", 1057, 1070, -13],
]
BALANCE: Rows = [
    ["小学", "高于规定学历教师(人)", "骨干教师(人)", "体育场馆(平方米)", "综合差异系数"],
    ["全县平均值", 5.515273, 0.887611, 7.925946, ""],
    ["标准差", 1.643162, 0.345392, 2.975795, ""],
    ["差异系数", 0.297929, 0.389125, 0.375450, 0.354168],
]
TASKS: Rows = [
    ["序号", "任务", "指标", "基期", "2026年", "2027年", "2028年", "牵头单位"],
    [1, "消除大班额", "56人以上班级(个)", 12, 6, 2, 0, "县教育局"],
    [2, "补充教师", "招聘人数(人)", "—", 30, 25, 20, "县人社局"],
]
COUNTY_PLAN: list[Block] = [
    "示例县“十五五”义务教育优质均衡发展规划(2026-2030年)",
    "全县现有义务教育学校33所,其中小学20所、初中10所、九年一贯制学校3所;在校生18200人,其中小学12100人、初中6100人;专任教师1070人。",
    "2025年小学校际差异系数0.48,初中0.42,均达到国家规定要求(小学≤0.50,初中≤0.45),较上年呈下降趋势。",
    "小学生均体育运动场馆面积6.84平方米,低于标准7.5平方米;3所学校未达标,共缺8430平方米。",
    "按师生比要求需配备教师1057人,实际超配13人,其中小学教师超配35人,初中教师少配22人。",
    "在校生数在2024年达到高峰,为20000人,此后逐年降低,至2030年为14800人,为高峰时的74%。",
    "项目学校3所,需资金1576.5万元,其中:中央710万元、省级440万元、市级136.5万元、县级290万元。",
    "2030年九年义务教育巩固率达到97.5%,残疾儿童少年入学率达到97%以上。33所学校中28所达标,占84.8%。",
    "2026年、2027年分别投入1240万元和336.5万元,两年共计1576.5万元。",
    "附件1 主要指标表", TARGETS, "附件2 投资估算表", MONEY, "附件3 学位供需预测表(单位:人)", PLACES,
    "附件4 教师补充计划表", TEACHERS, "附件5 差异系数监测结果(小学)", BALANCE, "附件6 年度任务分解表", TASKS,
]  # fmt: skip
SCHOOL_CHECK: list[Block] = [
    "东岭完小义务教育均衡发展自查报告",
    "我校现有学生1288人,其中男生680人、女生608人,留守儿童185人;23个教学班,平均班额56人,最大班额58人。",
    "学校占地面积7196平方米,生均占地面积5.6平方米;校舍建筑面积4214平方米,生均校舍建筑面积3.27平方米。",
    "学校现有教职工64人,其中专任教师62人。图书26000册,生均图书20.2册。",
]
TOWNSHIP: list[Block] = [
    "甲镇2026-2028年学校建设规划",
    "规划保留学校5所。三年共需资金112万元,其中2026年46万元,2027年40万元,2028年26万元。",
    [
        ["年份", "学校", "项目", "数量", "单位"],
        ["2026", "天桥小学", "教学及辅助用房", 695, "m2"],
        ["2026", "天桥小学", "学生食堂", 158, "m2"],
        ["2026", "阳光小学", "教学及辅助用房", 655, "m2"],
        ["2027", "坪阳完小", "教学及辅助用房", 634, "m2"],
        ["2027", "永和小学", "教学及辅助用房", 1057, "m2"],
        ["2028", "小岗小学", "教学及辅助用房", 1441, "m2"],
        ["2026", "天桥小学+阳光小学", "教育技术装备", 46, "万元"],
        ["2027", "永和小学+坪阳完小", "教育技术装备", 40, "万元"],
        ["2028", "小岗小学", "教育技术装备", 26, "万元"],
        ["合计", "全镇", "教育技术装备", 112, "万元"],
    ],
]
PUPILS_BY_YEAR: Rows = [
    ["学校", "年份", "项目", "数量", "单位"],
    *([name, year, "在校生数", n, "人"] for name, n in (("甲小学", 300), ("乙小学", 210), ("丙小学", 95)) for year in (2026, 2027, 2028)),
    ["甲小学", 2026, "新建教学楼一期", 1200, "平方米"],
    ["甲小学", 2027, "新建教学楼二期", 900, "平方米"],
    ["乙小学", 2026, "仪器设备", 20, "万元"],
]  # fmt: skip
SCHOOLS: Rows = [
    ["一校一策(小学)", "", "", "", "", "", "", ""],
    ["学校", "城乡", "学生数(人)", "班数(个)", "平均班额", "生均运动场地面积", "标准", "是否达标"],
    ["城关小学", "镇区", 1000, 24, 41.67, "", "", ""],
    ["河口小学", "乡村", 200, 6, 33.3, "", "", ""],
    ["山前小学", "乡村", 96, 6, 16, "", "", ""],
    ["合计", "", 1296, 36, 36, "", "", ""],
    [""] * 8,
    ["各校生均体育运动场馆面积", "", "", "", "", "", "", ""],
    ["学校", "指标值(平方米)", "评估标准", "是否达标", "", "", "", ""],
    ["城关小学", 7.5, "≥7.5", "达标", "", "", "", ""],
    ["河口小学", 3.1, "≥7.5", "未达标", "", "", "", ""],
    ["山前小学", 9.0, 7.5, "达标", "", "", "", ""],
    [""] * 8,
    ["整改台账", "", "", "", "", "", "", ""],
    ["序号", "存在问题", "责任单位", "责任人", "整改措施", "整改期限", "整改结果", ""],
    [1, "河口小学运动场地面积不足", "河口镇政府", "", "征地扩建运动场880平方米", "2027年8月", "", ""],
]


def write_docx(path: Path, blocks: Sequence[Block], changes: Mapping[str, str] | None = None) -> Path:
    """Write paragraphs and tables; `changes` replaces texts, wherever they stand."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(_changed(block, changes))
            continue
        table = document.add_table(rows=len(block), cols=len(block[0]))
        for row, cells in zip(table.rows, block, strict=True):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = _changed(str(value), changes)
    document.save(str(path))
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Rows], changes: Mapping[str, Any] | None = None) -> Path:
    """Write sheets; `changes` gives cells of the first another content."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                sheet.cell(at, column, None if value == "" else value)
    for place, value in (changes or {}).items():
        book.worksheets[0][place] = value
    book.save(path)
    return path


def blocks_as_rows(blocks: Sequence[Block]) -> list[list[Any]]:
    """Return a document as it would stand on one sheet: texts in the first column, blank rows about tables."""
    rows: list[list[Any]] = []
    for block in blocks:
        rows += [[block]] if isinstance(block, str) else [[""], *[list(row) for row in block], [""]]
    return rows


def _changed(text: str, changes: Mapping[str, str] | None) -> str:
    for old, new in (changes or {}).items():
        text = text.replace(old, new)
    return text

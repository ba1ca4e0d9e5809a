"""
Five schools worked out by hand, followed from the office's workbook to every page that a planner reads.

The schools (tests/hand_county.py) make these units. 河口九年制学校 has 200 primary and 100 junior pupils: its shared
facilities serve 200 + 1.1 · 100 = 310 weighted pupils, so that what it has per primary pupil is F / 310 and per junior
pupil 1.1 · F / 310. Below, F of 河口: rooms 1612 − 62 = 1550 m², sports 868 + 62 = 930 m², equipment 930 000 元,
9 multimedia rooms. 沟口小学 has no pupils: listed, judged nowhere.

    unit                pupils  side   degree      backbone   PE, arts   rooms        sports       equipment     multimedia
    城关小学 primary      1000  urban  50 → 5.0    12 → 1.2    9 → 0.9   5000 → 5.0   7000 → 7.0   210万 → 2100  24 → 2.4
    河口 primary           200  rural  10 → 5.0     2 → 1.0    2 → 1.0   1550 → 5.0    930 → 3.0    93万 → 3000   9 → 900/310
    山前小学 primary       100  rural   5 → 5.0     not filed  1 → 1.0    600 → 6.0    800 → 8.0    22万 → 2200   2 → 2.0
    河口 junior            100  rural   6 → 6.0     1 → 1.0    1 → 1.0   1550 → 5.5    930 → 3.3    93万 → 3300   9 → 990/310
    第一初级中学 junior    200  urban  12 → 6.0     2 → 1.0    2 → 1.0   1200 → 6.0   3000 → 15.0   52万 → 2600   5 → 2.5
    threshold primary                  4.2         1          0.9        4.5          7.5          2000          2.3
    threshold junior                   5.3         1          0.9        5.8          10.2         2500          2.4

城关: six met, sports 7.0 ≥ 0.85 · 7.5 = 6.375: passes; its 0.9 is met exactly. 河口 primary: sports 3.0 < 6.375: fails.
山前: five met, multimedia 2.0 ≥ 1.955, one missing: undetermined. 河口 junior: rooms 5.5 ≥ 4.93 but sports 3.3 < 8.67:
fails. 第一初级中学: all met. Schools: 河口 fails, 山前 is undetermined, 城关 and 第一初级中学 pass, 沟口 is out of scope.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from analysis.study import open_county
from analysis.wording import ledger as wording

from . import hand_county
from .outputs import Cell, Outputs, assert_rows, complaints, junheng, proof

INDICATORS = (
    *("teachers_above_degree_per_100", "backbone_teachers_per_100", "pe_art_teachers_per_100"),
    *("teaching_area_per_pupil", "sports_area_per_pupil"),
    *("equipment_value_per_pupil", "multimedia_rooms_per_100"),
)
SHORT = (
    *("高于规定学历教师（人）", "县级以上骨干教师（人）", "体育艺术教师（人）", "教学及辅助用房（平方米）"),
    *("体育运动场馆（平方米）", "教学仪器设备值（元）", "网络多媒体教室（间）"),
)
NAMES = tuple(name.split("（")[0] for name in SHORT if not name.startswith("体育运动场馆"))
# School, area, pupils, values in the order of the indicators, statuses, the last column.
# 900 / 310 = 2.903226, 990 / 310 = 3.193548.
Unit = tuple[str, str, float, tuple[float | None, ...], str, Cell]
MET, FLOOR, BELOW, MISSING = "met", "floor", "below", "missing"
UNITS: dict[str, list[Unit]] = {
    "primary": [
        ("山前小学", "乡村", 100, (5.0, None, 1.0, 6.0, 8.0, 2200.0, 2.0), "m-mmmmf", "待定"),
        ("河口九年制学校", "乡村", 200, (5.0, 1.0, 1.0, 5.0, 3.0, 3000.0, 2.903226), "mmmmbmm", 0),
        ("城关小学", "镇区", 1000, (5.0, 1.2, 0.9, 5.0, 7.0, 2100.0, 2.4), "mmmmfmm", 1),
    ],
    "junior": [
        ("河口九年制学校", "乡村", 100, (6.0, 1.0, 1.0, 5.5, 3.3, 3300.0, 3.193548), "mmmfbmm", 0),
        ("第一初级中学", "镇区", 200, (6.0, 1.0, 1.0, 6.0, 15.0, 2600.0, 2.5), "mmmmmmm", 1),
    ],
}
STATUSES = {"m": MET, "f": FLOOR, "b": BELOW, "-": MISSING}
THRESHOLDS = {
    "primary": (4.2, 1.0, 0.9, 4.5, 7.5, 2000.0, 2.3),
    "junior": (5.3, 1.0, 0.9, 5.8, 10.2, 2500.0, 2.4),
}

# mean = ΣF / P, sd = √(ΣP(x − mean)² / P), CV = sd / mean; primary P = 1300 in thirteenths, junior P = 300 in thirds.
COEFFICIENTS: dict[str, dict[str, tuple[float, ...]]] = {
    "primary": {
        "mean": (
            5.0,
            1.166667,  # 14 of 1200: 山前 leaves both sums
            0.923077,  # 12 / 13
            5.076923,  # 66 / 13
            6.461538,  # (600 + 7000 + 800) / 1300 = 84 / 13
            2246.153846,  # (600 000 + 2 100 000 + 220 000) / 1300 = 29 200 / 13
            2.446650,  # 100 (24 + 180/31 + 2) / 1300 = 986 / 403
        ),
        "sd": (
            0.0,
            0.074536,  # x − mean = −1/6, 1/30: √((1/6)/36 + (5/6)/900) = √(1/180)
            0.042133,  # 1/13, −0.3/13, 1/13: √((3 + 0.9) / 13) / 13 = √0.3 / 13
            0.266469,  # −1/13, −1/13, 12/13: √((12 + 144) / 13) / 13 = √12 / 13
            1.499507,  # −45/13, 7/13, 20/13: √((4050 + 490 + 400) / 13) / 13 = √380 / 13
            322.527005,  # 9800/13, −1900/13, −600/13: 100 √((19 208 + 3610 + 36) / 13) / 13 = 100 √1758 / 13
            0.221565,  # 184/403, −18.8/403, −180/403: √((67 712 + 3534.4 + 32 400) / 13) / 403 = √7972.8 / 403
        ),
        "cv": (0.0, 0.063888, 0.045644, 0.052486, 0.232067, 0.143591, 0.090558),
        "limit": (0.5,) * 7,
        "n": (3, 2, 3, 3, 3, 3, 3),
        "n_missing": (0, 1, 0, 0, 0, 0, 0),
    },
    "junior": {
        "mean": (
            6.0,
            1.0,
            1.0,
            5.833333,  # 17.5 / 3
            11.1,  # (3.3 + 30) / 3
            2833.333333,  # (3300 + 5200) / 3
            2.731183,  # (99/31 + 5) / 3 = 254 / 93
        ),
        # Of two units of 100 and 200 pupils d apart the standard deviation is √2 d / 3.
        "sd": (
            *(0.0, 0.0, 0.0),
            0.235702,  # d = 0.5
            5.515433,  # d = 11.7
            329.983165,  # d = 700
            0.326942,  # d = 99/31 − 2.5 = 21.5/31
        ),
        "cv": (0.0, 0.0, 0.0, 0.040406, 0.496886, 0.116465, 0.119707),  # 0.496886 > 0.45
        "limit": (0.45,) * 7,
        "n": (2,) * 7,
        "n_missing": (0,) * 7,
    },
}

# The one cell that is changed later: 河口's sports ground 868 → 2838 m², so that F = 2900 m².
CHANGED_CELL = ("河口九年制学校", "运动场地面积")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hand_county.write(tmp_path_factory.mktemp("county") / "手算县.xlsx")


@pytest.fixture(scope="module")
def command(book: Path) -> subprocess.CompletedProcess[str]:
    arguments = ["--county", hand_county.COUNTY, "--year", str(hand_county.YEAR), "--data", book.name]
    return junheng("run", *arguments, cwd=book.parent)


@pytest.fixture(scope="module")
def run(book: Path, command: subprocess.CompletedProcess[str]) -> Outputs:
    assert command.returncode == 0, command.stdout + command.stderr
    return Outputs(book.parent / "outputs" / hand_county.COUNTY / str(hand_county.YEAR) / "zh")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    folder = tmp_path_factory.mktemp("changed")
    book = hand_county.write(folder / "手算县.xlsx", {CHANGED_CELL: 2838})
    given = {"county": hand_county.COUNTY, "data": str(book)}
    proof(folder / "zh", ("02",), given)
    return proof(folder / "zh", ("03",), given, cells=6)  # as far as the parts of inequality


# --- what was filed, and the command ---


def test_the_file_passes_its_check_and_the_totals_are_not_a_school(book: Path) -> None:
    told = junheng("check", book.name, cwd=book.parent)
    assert told.returncode == 0
    assert "0 error(s), 0 to be explained" in told.stdout
    assert "第 9 行" in told.stdout
    assert "合计行" in told.stdout


def test_the_command_says_where_the_report_is(
    command: subprocess.CompletedProcess[str], run: Outputs
) -> None:
    assert str(run.folder / "report.docx") in command.stdout
    assert "Traceback" not in command.stdout + command.stderr
    assert [c for path in run.folder.glob("notebooks/*.ipynb") for c in complaints(path)] == []


def test_what_was_read_is_told(run: Outputs) -> None:
    told = run.sentences("zh", "01")
    # 60 + 14 + 8 + 0 primary and 9 + 15 junior teachers
    assert told[0] == (
        "手算县现有学校5所，其中小学3所、初级中学1所、九年一贯制学校1所；在校生1600人，其中小学1300人、初中300人；"
        "专任教师106人，其中小学82人、初中24人。"
    )
    assert told[1].startswith("纳入评估的学校4所，共5个办学单位。未纳入：该学段无在校生1所")
    # 3 primary and 2 junior units · 7
    assert told[2] == (
        "纳入评估的办学单位应有指标数据35个，缺1个，涉及1个办学单位；缺数据不按零计，也不视为达标。"
    )
    assert run.rows("left-out") == [["沟口小学", "小学", 0, 0, "该学段无在校生"]]
    assert run.rows("missing-figures") == [["山前小学", "小学", "乡村", "每百名学生拥有县级以上骨干教师数"]]


# --- every value, and the official school table ---


def _school_table(stage: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for name, area, pupils, values, _, passes in UNITS[stage]:
        held = [part for pair in zip(values, THRESHOLDS[stage], strict=True) for part in pair]
        rows.append([name, area, pupils, *held, passes])
    return rows


@pytest.mark.parametrize("stage", UNITS)
def test_the_official_school_table(run: Outputs, stage: str) -> None:
    assert_rows(run.rows(f"schools-{stage}"), _school_table(stage))


PRINTED_SCHOOLS = {
    "小学": [
        "山前小学 乡村 100 5.00 4.2 — 1 1.00 0.9 6.00 4.5 8.00 7.5 2200.00 2000 ▲2.00 2.3 待定",
        "河口九年制学校 乡村 200 5.00 4.2 1.00 1 1.00 0.9 5.00 4.5 ▲3.00 7.5 3000.00 2000 2.90 2.3 0",
        "城关小学 镇区 1000 5.00 4.2 1.20 1 0.90 0.9 5.00 4.5 ▲7.00 7.5 2100.00 2000 2.40 2.3 1",
    ],
    "初中": [
        "河口九年制学校 乡村 100 6.00 5.3 1.00 1 1.00 0.9 ▲5.50 5.8 ▲3.30 10.2 3300.00 2500 3.19 2.4 0",
        "第一初级中学 镇区 200 6.00 5.3 1.00 1 1.00 0.9 6.00 5.8 15.00 10.2 2600.00 2500 2.50 2.4 1",
    ],
}


@pytest.mark.parametrize("stage", PRINTED_SCHOOLS)
def test_the_official_school_table_in_the_report(run: Outputs, stage: str) -> None:
    cells = run.docx_tables()[f"办学基本标准达标情况（分学校，{stage}）"]
    assert cells[0] == ["学校", "城乡", "学生数", *(name for name in SHORT for _ in range(2)), "达标"]
    assert cells[1] == ["学校", "城乡", "学生数", *["指标值", "评估标准"] * 7, "达标"]
    assert [" ".join(row) for row in cells[2:]] == PRINTED_SCHOOLS[stage]


@pytest.mark.parametrize(
    ("stage", "sheet"), [("primary", "小学分学校达标情况"), ("junior", "初中分学校达标情况")]
)
def test_the_official_school_table_in_the_workbook(run: Outputs, stage: str, sheet: str) -> None:
    rows = _sheet(run, sheet)[4 : 4 + len(UNITS[stage])]  # below title, unit and two rows of header
    wanted = [["—" if cell is None else cell for cell in row] for row in _school_table(stage)]
    assert_rows(rows, [[*row[:-1], str(row[-1])] for row in wanted])


@pytest.mark.parametrize("stage", UNITS)
def test_the_heat_map_shows_every_unit_and_indicator(run: Outputs, stage: str) -> None:
    rows = run.by(f"figure-heatmap-{stage}-1", "school_name", "indicator")
    assert len(rows) == 7 * len(UNITS[stage])
    for name, _, _, values, statuses, _ in UNITS[stage]:
        for indicator, value, status, threshold in zip(
            INDICATORS, values, statuses, THRESHOLDS[stage], strict=True
        ):
            cell = rows[name, indicator]
            assert (cell["status"], float(cell["threshold"])) == (STATUSES[status], threshold)
            assert (float(cell["value"]) if cell["value"] else None) == (
                None if value is None else pytest.approx(value, abs=6e-7)
            )


def test_the_captions_of_the_heat_maps_count_the_verdicts(run: Outputs) -> None:
    assert run.figure("heatmap-primary-1")["caption"] == {
        "zh": "小学3个办学单位中达标1个、未达标1个、待定1个",
        "en": "3 units (primary): 1 met, 1 not met, 1 undetermined",
    }
    assert run.figure("heatmap-junior-1")["caption"]["zh"] == "初中2个办学单位中达标1个、未达标1个、待定0个"
    captions = [text for text in run.docx_paragraphs() if text.startswith("图")]
    assert any(text.endswith("小学3个办学单位中达标1个、未达标1个、待定1个") for text in captions)


# --- coefficients of variation ---

ROWS = {
    "mean": "全县平均值",
    "sd": "标准差",
    "cv": "差异系数",
    "limit": "差异系数要求（不高于）",
    "n": "办学单位数",
    "n_missing": "其中：缺数据",
}


@pytest.mark.parametrize("stage", COEFFICIENTS)
def test_the_table_of_coefficients_that_counties_publish(run: Outputs, stage: str) -> None:
    wanted: list[list[Cell]] = [[ROWS[name], *cells] for name, cells in COEFFICIENTS[stage].items()]
    assert_rows(run.rows(f"dispersion-{stage}"), wanted)


PRINTED_COEFFICIENTS = {
    "小学": [
        "全县平均值 5.000 1.167 0.923 5.077 6.462 2246.154 2.447",
        "标准差 0.000 0.075 0.042 0.266 1.500 322.527 0.222",
        "差异系数 0.000 0.064 0.046 0.052 0.232 0.144 0.091",
        "差异系数要求（不高于） 0.50 0.50 0.50 0.50 0.50 0.50 0.50",
        "办学单位数 3 2 3 3 3 3 3",
        "其中：缺数据 0 1 0 0 0 0 0",
    ],
    "初中": [
        "全县平均值 6.000 1.000 1.000 5.833 11.100 2833.333 2.731",
        "标准差 0.000 0.000 0.000 0.236 5.515 329.983 0.327",
        "差异系数 0.000 0.000 0.000 0.040 ▲0.497 0.116 0.120",
        "差异系数要求（不高于） 0.45 0.45 0.45 0.45 0.45 0.45 0.45",
        "办学单位数 2 2 2 2 2 2 2",
        "其中：缺数据 0 0 0 0 0 0 0",
    ],
}


@pytest.mark.parametrize("stage", PRINTED_COEFFICIENTS)
def test_the_table_of_coefficients_in_the_report(run: Outputs, stage: str) -> None:
    cells = run.docx_tables()[f"手算县2025年{stage}校际差异系数监测结果"]
    assert cells[0] == ["项目", *SHORT]
    assert cells[1] == ["", *(f"L{number}" for number in range(1, 8))]
    assert [" ".join(row) for row in cells[2:]] == PRINTED_COEFFICIENTS[stage]


def test_the_coefficients_in_the_workbook_and_behind_the_figure(run: Outputs) -> None:
    verdicts = {"primary": "puppppp", "junior": "ppppfpp"}
    words = {"p": "达标", "f": "▲未达标", "u": "待定"}
    sheet = _sheet(run, "差异系数")[3:17]
    wanted: list[list[Cell]] = []
    for stage, name in (("primary", "小学"), ("junior", "初中")):
        table = COEFFICIENTS[stage]
        figure = run.by(f"figure-dispersion-{stage}", "indicator")
        for at, (indicator, letter) in enumerate(zip(INDICATORS, verdicts[stage], strict=True)):
            cells = [table[row][at] for row in ("n", "n_missing", "mean", "sd", "cv", "limit")]
            wanted.append([name, *cells, words[letter]])
            assert float(figure[indicator,]["cv"]) == pytest.approx(table["cv"][at], abs=6e-7)
            assert figure[indicator,]["verdict"][0] == letter
    assert_rows([[row[0], *row[2:]] for row in sheet], wanted)


# --- the verdict, told ---


def test_the_verdict_and_what_stands_in_its_way(run: Outputs) -> None:
    told = run.sentences("zh", "02")
    assert told[:4] == [
        "按教督〔2017〕6号校际资源配置要求，手算县2025年判定为未达标：4所学校中，达标2所、未达标1所、待定1所；"
        "14项差异系数中，符合规定12项、不符合规定1项、待定1项。",
        "小学3个办学单位中，达标1个，未达标1个，待定1个。",
        "初中差异系数高于规定的有1项：体育运动场馆（0.497）。",
        "初中2个办学单位中，达标1个，未达标1个，待定0个。",
    ]
    assert run.sentences("en", "02")[0] == (
        "Under 教督〔2017〕6号 (resources), 手算县 in 2025: not met. 4 schools: 2 met, 1 not met, 1 undetermined. "
        "14 coefficients of variation: 12 within the limit, 1 above it, 1 undetermined."
    )
    paragraphs = {re.sub("（见[^（）]*）", "", text) for text in run.docx_paragraphs()}
    assert set(told) <= paragraphs


# Gaps: 500 = 7.5 · 1000 − 7000 and 900 = 7.5 · 200 − 600 m²; 1 room = 2.3 − 2 rounded up; 30 = 5.8 · 100 − 550 and
# 690 = 10.2 · 100 − 330 m².
STATES = [
    "小学每百名学生拥有高于规定学历教师数5.00人，高于标准4.2人；差异系数0.000，符合不高于0.50的要求；3个办学单位均达标。",
    "小学每百名学生拥有县级以上骨干教师数1.17人，高于标准1人；差异系数0.064（要求不高于0.50；"
    "缺1个办学单位的数据，待定）；有数据的2个办学单位均达标。",
    "小学每百名学生拥有体育、艺术（美术、音乐）专任教师数0.92人，高于标准0.9人；差异系数0.046，符合不高于0.50的要求；"
    "3个办学单位均达标。",
    "小学生均教学及辅助用房面积5.08平方米，高于标准4.5平方米；差异系数0.052，符合不高于0.50的要求；3个办学单位均达标。",
    "小学生均体育运动场馆面积6.46平方米，低于标准7.5平方米；差异系数0.232，符合不高于0.50的要求；"
    "3个办学单位中2个未达标，共缺1400平方米，其中城镇500平方米、乡村900平方米。",
    "小学生均教学仪器设备值2246.15元，高于标准2000元；差异系数0.144，符合不高于0.50的要求；3个办学单位均达标。",
    "小学每百名学生拥有网络多媒体教室数2.45间，高于标准2.3间；差异系数0.091，符合不高于0.50的要求；"
    "3个办学单位中1个未达标，共缺1间，均在乡村。",
    "初中每百名学生拥有高于规定学历教师数6.00人，高于标准5.3人；差异系数0.000，符合不高于0.45的要求；2个办学单位均达标。",
    "初中每百名学生拥有县级以上骨干教师数1.00人，等于标准1人；差异系数0.000，符合不高于0.45的要求；2个办学单位均达标。",
    "初中每百名学生拥有体育、艺术（美术、音乐）专任教师数1.00人，高于标准0.9人；差异系数0.000，符合不高于0.45的要求；"
    "2个办学单位均达标。",
    "初中生均教学及辅助用房面积5.83平方米，高于标准5.8平方米；差异系数0.040，符合不高于0.45的要求；"
    "2个办学单位中1个未达标，共缺30平方米，均在乡村。",
    "初中生均体育运动场馆面积11.10平方米，高于标准10.2平方米；差异系数0.497，高于0.45的要求；"
    "2个办学单位中1个未达标，共缺690平方米，均在乡村。",
    "初中生均教学仪器设备值2833.33元，高于标准2500元；差异系数0.116，符合不高于0.45的要求；2个办学单位均达标。",
    "初中每百名学生拥有网络多媒体教室数2.73间，高于标准2.4间；差异系数0.120，符合不高于0.45的要求；2个办学单位均达标。",
]


def test_the_state_of_every_indicator(run: Outputs) -> None:
    assert run.sentences("zh", "02")[4:18] == STATES
    assert run.sentences("en", "02")[8] == (
        "Sports grounds and halls per pupil (primary): 6.46 m², below the standard of 7.5; coefficient of variation 0.232, "
        "within the limit of 0.50; 2 of 3 units fall short, 1,400 m² in all (urban 500 m², rural 900 m²)."
    )


def test_the_ledgers_name_the_gap_of_the_unit_and_of_the_school(run: Outputs) -> None:
    not_below, below = "未达标（不低于最低比例）", "未达标（低于最低比例）"
    sports, rooms = "生均体育运动场馆面积", "生均教学及辅助用房面积"
    # What 河口 must add as a whole, up to whole m²: 7.5 · 310 − 930 = 1395 for its primary unit, for the junior one
    # 10.2 · 310 / 1.1 − 930 = 1944.55 of sports area and 5.8 · 310 / 1.1 − 1550 = 84.55 of rooms.
    wanted: list[list[Cell]] = [
        [1, "城关小学", "小学", "镇区", 1000, sports, 7.0, 7.5, 500, 500, "平方米", not_below, "达标"],
        [
            2,
            "山前小学",
            "小学",
            "乡村",
            100,
            "每百名学生拥有县级以上骨干教师数",
            None,
            1.0,
            None,
            None,
            "人",
            "缺数据",
            "待定",
        ],
        [
            3,
            "山前小学",
            "小学",
            "乡村",
            100,
            "每百名学生拥有网络多媒体教室数",
            2.0,
            2.3,
            1,
            1,
            "间",
            not_below,
            "待定",
        ],
        [4, "河口九年制学校", "小学", "乡村", 200, sports, 3.0, 7.5, 900, 1395, "平方米", below, "未达标"],
        [5, "河口九年制学校", "初中", "乡村", 100, rooms, 5.5, 5.8, 30, 85, "平方米", not_below, "未达标"],
        [6, "河口九年制学校", "初中", "乡村", 100, sports, 3.3, 10.2, 690, 1945, "平方米", below, "未达标"],
    ]
    assert_rows(run.rows("unmet"), wanted)
    assert_rows(
        _sheet(run, "未达标及缺数据台账")[3:9], [["—" if c is None else c for c in row] for row in wanted]
    )
    assert len(run.rows("met")) == 35 - 6
    assert run.rows("problems") == [
        [1, "山前小学", "小学", "乡村", 100, 1, "县级以上骨干教师缺数据、网络多媒体教室缺1间", "待定"],
        [2, "河口九年制学校", "小学", "乡村", 200, 1, "体育运动场馆缺900平方米", "未达标"],
        [3, "城关小学", "小学", "镇区", 1000, 1, "体育运动场馆缺500平方米", "达标"],
        [4, "河口九年制学校", "初中", "乡村", 100, 2, "教学及辅助用房缺30平方米、体育运动场馆缺690平方米", "未达标"],
    ]  # fmt: skip


def test_the_nearest_misses_and_the_least_slack(run: Outputs) -> None:
    # One indicator must move in both units of 河口; what it lacks of its threshold, 0.6 against 0.676, decides the order.
    assert_rows(
        run.rows("near-misses"),
        [
            [1, "河口九年制学校", "小学", "乡村", 200, SHORT[4], 3.0, 7.5, 900, 1395, "平方米"],
            [2, "河口九年制学校", "初中", "乡村", 100, SHORT[4], 3.3, 10.2, 690, 1945, "平方米"],
        ],
    )
    # 城关 has six met, the sixth at its threshold. 第一初级中学 may lose one of seven: the sixth of its ratios
    # 1.132, 1, 1.111, 1.034, 1.471, 1.04, 1.042 is 6.0 / 5.8, and its least, 1.0, stands further above 0.85.
    assert_rows(
        run.rows("least-slack"),
        [
            [1, "城关小学", "小学", "镇区", 1000, SHORT[2], 0.9, 0.9, 0.0],
            [2, "第一初级中学", "初中", "镇区", 200, SHORT[3], 6.0, 5.8, 0.034483],
        ],
    )


def test_how_the_verdict_turns_on_the_choices(run: Outputs) -> None:
    # Unsplit, 河口 has 930 / 200 = 4.65 < 6.375 m² in primary (fails still) and in junior 15.5 m² of rooms, 9300 元 and
    # 9 multimedia rooms: with √2 d / 3 of means 9.167, 4833 and 4.667 the CVs 0.489, 0.653 and 0.657 are above 0.45, that
    # of sports (9.3 to 15) is 0.205. With indoor rooms left in, junior sports are 3.08 to 15, above 0.45 still.
    rows = run.rows("alternatives")
    assert rows[0] == ["是", "本规则范围", "是", "是", "未达标", 2, 1, 1, 1, 1]
    assert {tuple(row[4:]) for row in rows if row[2] == "是"} == {("未达标", 2, 1, 1, 1, 1)}
    assert {tuple(row[4:]) for row in rows if row[2] == "否"} == {("未达标", 2, 1, 1, 3, 1)}
    assert "在所列7种其他取舍下，县的判定均为未达标，结论不变。" in run.sentences("zh", "02")


# --- urban and rural ---

# Rural primary are 河口 (200) and 山前 (100). By totals: rooms (1000 + 600) / 300, sports (600 + 800) / 300, equipment
# 820 000 / 300, multimedia 100 (180/31 + 2) / 300. By schools: the mean of the two values.
MEANS = ("总量之比", "学校平均", "学生平均")
RURAL_PRIMARY = {
    "总量之比": (5.0, 1.0, 1.0, 5.333333, 4.666667, 2733.333333, 2.602151),
    "学校平均": (5.0, 1.0, 1.0, 5.5, 5.5, 2600.0, 2.451613),
}
URBAN_PRIMARY = (5.0, 1.2, 0.9, 5.0, 7.0, 2100.0, 2.4)
RATIO_PRIMARY = {
    "总量之比": (1.0, 1.2, 0.9, 0.9375, 1.5, 0.768293, 0.922314),
    "学校平均": (1.0, 1.2, 0.9, 0.909091, 1.272727, 0.807692, 0.978947),
}


def test_the_two_sides_by_three_means(run: Outputs) -> None:
    wanted: list[list[Cell]] = []
    for at, name in enumerate(SHORT):
        for mean in MEANS:
            same = "总量之比" if mean == "学生平均" else mean  # the denominators are pupils
            urban, rural = URBAN_PRIMARY[at], RURAL_PRIMARY[same][at]
            n_rural = 1 if at == 1 else 2  # 山前 has no backbone figure
            wanted.append([name, mean, urban, rural, urban - rural, RATIO_PRIMARY[same][at], 1, n_rural])
    found = run.rows("urban-rural-primary")
    assert_rows(found, wanted)
    assert [row[2:4] for row in run.rows("urban-rural-junior")[12:15]] == [
        [pytest.approx(15.0), pytest.approx(3.3)]
    ] * 3
    figure = run.frame("figure-urban-rural-primary")
    totals = figure[figure["mean"] == "totals"].set_index("indicator").loc[list(INDICATORS)]
    assert totals["urban"].astype(float).to_list() == pytest.approx(URBAN_PRIMARY, abs=6e-7)
    assert totals["rural"].astype(float).to_list() == pytest.approx(RURAL_PRIMARY["总量之比"], abs=6e-7)
    assert totals["favours"].to_list() == ["equal", "urban", "rural", "rural", "urban", "rural", "rural"]


def test_the_two_sides_told(run: Outputs) -> None:
    told = run.sentences("zh", "03")
    # 7 / 4.6667 = 1.5, 2733.33 / 2100 = 1.302, 1.2 / 1.0
    assert told[:8] == [
        "小学城乡差距较大的指标：体育运动场馆城镇比乡村高50%；教学仪器设备值乡村比城镇高30%；县级以上骨干教师城镇比乡村高20%。",
        "小学每百名学生拥有高于规定学历教师数：城镇、乡村均为5.00人，持平。",
        "小学每百名学生拥有县级以上骨干教师数：城镇1.20人，乡村1.00人，城镇比乡村高0.20人。",
        "小学每百名学生拥有体育、艺术（美术、音乐）专任教师数：城镇0.90人，乡村1.00人，乡村比城镇高0.10人。",
        "小学生均教学及辅助用房面积：城镇5.00平方米，乡村5.33平方米，乡村比城镇高0.33平方米。",
        "小学生均体育运动场馆面积：城镇7.00平方米，乡村4.67平方米，城镇比乡村高2.33平方米。",
        "小学生均教学仪器设备值：城镇2100.00元，乡村2733.33元，乡村比城镇高633.33元。",
        "小学每百名学生拥有网络多媒体教室数：城镇2.40间，乡村2.60间，乡村比城镇高0.20间。",
    ]
    assert run.sentences("en", "03")[5] == (
        "Sports grounds and halls per pupil (primary): urban 7.00 m², rural 4.67 m²; urban higher than rural by 2.33 m²."
    )
    assert run.figure("urban-rural-primary")["caption"]["en"] == (
        "Widest gaps (primary): sports area: urban 50% above rural"
    )
    assert "数据只有2025年一年，不作变化比较。" in told


def test_by_area_and_shortfalls(run: Outputs) -> None:
    means = COEFFICIENTS["primary"]["mean"]
    rural = RURAL_PRIMARY["总量之比"]
    assert_rows(
        run.rows("by-area-primary"),
        [
            [name, means[at], URBAN_PRIMARY[at], rural[at], *((2, 1) if at == 1 else (3, 0))]
            for at, name in enumerate(SHORT)
        ],
    )
    short = [row for row in run.rows("shortfalls-primary") if row[3] or row[4]]
    assert short == [
        ["县级以上骨干教师", "乡村", 2, 0, 1, 0, "人"],
        ["体育运动场馆", "城镇", 1, 1, 0, 500, "平方米"],
        ["体育运动场馆", "乡村", 2, 1, 0, 900, "平方米"],
        ["网络多媒体教室", "乡村", 2, 1, 0, 1, "间"],
    ]


def test_the_theil_index_and_its_parts(run: Outputs) -> None:
    # Sports, primary: F = 600, 7000, 800 of 8400, mean 84/13; x / mean = 39/84, 91/84, 104/84.
    # T = (600 ln 39/84 + 7000 ln 91/84 + 800 ln 104/84) / 8400 = (−460.353 + 560.299 + 170.859) / 8400 = 0.032239
    # between: urban 7000 ln 91/84, rural 1400 of mean 14/3, 1400 ln 182/252: (560.299 − 455.591) / 8400 = 0.012465
    # L = −(200 ln 39/84 + 1000 ln 91/84 + 100 ln 104/84) / 1300 = (153.451 − 80.043 − 21.357) / 1300 = 0.040039
    # between: −(1000 ln 91/84 + 300 ln 182/252) / 1300 = (−80.043 + 97.627) / 1300 = 0.013526
    # Gini: Lorenz from the lowest: ΣP_iP_j|x_i − x_j| = 200·1000·4 + 200·100·5 + 1000·100·1 = 1 000 000;
    # G = 2 · 1 000 000 / (2 · 1300² · 84/13) = 0.091575
    row = run.rows("theil-primary")[4]
    assert_rows(
        [row],
        [["体育运动场馆", 3, 0.091575, 0.032239, 0.012465, 0.019774, 0.040039, 0.013526, 0.026513]],
    )


# --- what surrounds it ---


def test_the_manifest_holds_every_file_and_the_input(book: Path, run: Outputs) -> None:
    manifest = run.manifest
    assert (manifest["county_code"], manifest["year"], manifest["rule_id"]) == (
        hand_county.COUNTY,
        hand_county.YEAR,
        "cn-quality-2017",
    )
    assert not manifest["invented"]
    (read,) = manifest["run"]["inputs"]
    assert read["sha256"] == hashlib.sha256(book.read_bytes()).hexdigest()
    files = {p.relative_to(run.folder).as_posix(): p for p in run.folder.rglob("*") if p.is_file()}
    assert files.keys() - {"manifest.json"} == manifest["outputs"].keys()
    for name, told in manifest["outputs"].items():
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == told["sha256"], name


def test_the_gallery_tells_the_verdict_offline(run: Outputs) -> None:
    page = (run.folder / "index.html").read_text(encoding="utf-8")
    assert "手算县" in page
    assert "小学3个办学单位中达标1个、未达标1个、待定1个" in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page


# --- one cell is changed ---

# F = 2838 + 62 = 2900: 河口 has 2900 / 310 = 9.354839 m² in primary (met) and 3190 / 310 = 10.290323 in junior (met: six
# of seven, rooms not below their floor). Both units pass, and the school. Primary, in 31sts of a thirteenth:
# mean (580 + 2170 + 248) / 403 = 2998 / 403 = 7.439206, sd √((2 · 772² + 10 · 177² + 226²) / 13) / 403 =
# √119 718 / 403 = 0.858568, CV 0.115411. Junior: mean (319/31 + 30) / 3 = 1249 / 93 = 13.430108,
# sd √2 (15 − 319/31) / 3 = 2.220163, CV 0.165312: within 0.45. Nothing fails, 山前 and one CV are undetermined.
CHANGED = {"primary": (7.439206, 0.858568, 0.115411), "junior": (13.430108, 2.220163, 0.165312)}
VERDICT = (
    "按教督〔2017〕6号校际资源配置要求，手算县2025年判定为待定：4所学校中，达标3所、未达标0所、待定1所；"
    "14项差异系数中，符合规定13项、不符合规定0项、待定1项。"
)


def test_one_cell_changes_the_verdict_of_unit_school_coefficient_and_county(changed: Outputs) -> None:
    assert changed.sentences("zh", "02")[:2] == [
        VERDICT,
        "小学3个办学单位中，达标2个，未达标0个，待定1个。",
    ]
    assert (
        changed.figure("heatmap-junior-1")["caption"]["zh"] == "初中2个办学单位中达标2个、未达标0个、待定0个"
    )
    assert not any("差异系数高于规定的" in text for text in changed.sentences("zh", "02"))
    for stage, wanted in CHANGED.items():
        row = changed.by(f"figure-dispersion-{stage}", "indicator")["sports_area_per_pupil",]
        assert [float(row[name]) for name in ("mean", "sd", "cv")] == pytest.approx(wanted, abs=6e-7)
        assert row["verdict"] == "pass"
    assert not {"near-misses"} & changed.tables  # no unit fails any more


def test_one_cell_changes_the_right_sentences_and_no_other(run: Outputs, changed: Outputs) -> None:
    before, after = _told(run), _told(changed)
    new = [text for text in after if text not in before]
    # rural 2670.967742 / 300 = 8.90 m²: ahead of urban now; junior 15 / 10.290323 = 1.458
    for text in (
        "小学生均体育运动场馆面积：城镇7.00平方米，乡村8.90平方米，乡村比城镇高1.90平方米。",
        "初中生均体育运动场馆面积：城镇15.00平方米，乡村10.29平方米，城镇比乡村高4.71平方米。",
        "小学城乡差距较大的指标：教学仪器设备值乡村比城镇高30%；体育运动场馆乡村比城镇高27%；县级以上骨干教师城镇比乡村高20%。",
        "小学生均体育运动场馆面积7.44平方米，低于标准7.5平方米；差异系数0.115，符合不高于0.50的要求；"
        "3个办学单位中1个未达标，共缺500平方米，均在城镇。",
        "初中生均体育运动场馆面积13.43平方米，高于标准10.2平方米；差异系数0.165，符合不高于0.45的要求；2个办学单位均达标。",
        VERDICT,
    ):
        assert text in new
    # Each sentence on one other indicator is what it was; sentences that weigh all of them may be others.
    others = [text for text in before if "体育运动场馆" not in text and "项" not in text]
    single = [text for text in others if sum(name in text for name in NAMES) == 1]
    assert len(single) >= 20  # the state and the two sides of five indicators in two stages, and more
    assert [text for text in single if text not in after] == []
    states = [text for text in STATES if "体育运动场馆" not in text]
    assert len(states) == 12
    assert set(states) <= set(after)


def test_one_cell_changes_the_data_of_the_figures_and_nothing_beside(run: Outputs, changed: Outputs) -> None:
    kinds = (
        "heatmap-{}-1",
        "dispersion-{}",
        "urban-rural-{}",
        "shortfalls-{}",
        "distribution-{}",
        "theil-{}",
    )
    for name in (f"figure-{kind.format(stage)}" for kind in kinds for stage in UNITS):
        before, after = run.frame(name), changed.frame(name)
        other = before[before["indicator"] != "sports_area_per_pupil"].reset_index(drop=True)
        assert other.equals(after[after["indicator"] != "sports_area_per_pupil"].reset_index(drop=True)), name
        assert not before.equals(after), name
    heat = changed.frame("figure-heatmap-primary-1")
    cell = heat[(heat["school_name"] == "河口九年制学校") & (heat["indicator"] == "sports_area_per_pupil")]
    assert cell["value"].astype(float).to_list() == [pytest.approx(9.354839, abs=6e-7)]
    assert cell["status"].to_list() == ["met"]
    for stage in UNITS:
        rows, wanted = changed.rows(f"schools-{stage}"), _school_table(stage)
        assert_rows(
            [row for row in rows if row[0] != "河口九年制学校"],
            [r for r in wanted if r[0] != "河口九年制学校"],
        )


@pytest.mark.parametrize(
    ("filled", "word"), [(None, "待定"), (1, "达标"), (0, "未达标")], ids=["blank", "one", "none"]
)
def test_only_the_missing_figure_decides_then(tmp_path: Path, filled: int | None, word: str) -> None:
    # One backbone teacher of 100 pupils meets 1.0; none at all is below the floor of 0.85.
    changes = {CHANGED_CELL: 2838, ("山前小学", "县级以上骨干教师数(小学)"): filled}
    book = hand_county.write(tmp_path / "手算县.xlsx", changes)
    study = open_county(county=hand_county.COUNTY, year=hand_county.YEAR, data=str(book), out=str(tmp_path))
    verdict = wording.verdict(study.assessment.county_verdicts, study.county, hand_county.YEAR, study.rules)
    assert f"2025年判定为{word}:" in verdict.zh


def _told(outputs: Outputs) -> list[str]:
    return outputs.sentences("zh", "02") + outputs.sentences("zh", "03")


def _sheet(outputs: Outputs, name: str) -> list[list[Cell]]:
    sheet = openpyxl.load_workbook(outputs.folder / "ledger.xlsx")[name]
    return [list(_values(row)) for row in sheet.iter_rows(values_only=True)]


def _values(row: tuple[object, ...]) -> Iterator[Cell]:
    for cell in row:
        assert cell is None or isinstance(cell, str | float | int)
        yield cell

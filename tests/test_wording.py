"""Sentences: the same numbers in both languages, reversed when the sides are swapped, never a cause."""

from __future__ import annotations

import ast
import inspect
import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import standards, wording
from analysis.schema import Words
from analysis.wording import captions, data, gaps, labels, ledger

RULES = standards.load_standard("cn-quality-2017")
SPORTS = RULES.indicator("sports_area_per_pupil")
CAUSES = re.compile(
    r"导致|促进|得益于|由于|因为|造成|归因|使得|"
    r"\b(because|caus\w+|due to|thanks to|leads? to|results? in|resulted in|owing)\b",
    re.I,
)


def _compared(urban: float, rural: float, indicator: str = "sports_area_per_pupil") -> pd.DataFrame:
    return pd.DataFrame({"indicator": [indicator], "stage": ["primary"], "urban": [urban], "rural": [rural]})


def _swapped(words: Words) -> Words:
    """Exchange the names of the two sides in a sentence."""

    def swap(text: str, a: str, b: str) -> str:
        return text.replace(a, "\0").replace(b, a).replace("\0", b)

    return Words(zh=swap(words.zh, "城镇", "乡村"), en=swap(words.en, "urban", "rural"))


@given(st.floats(0.01, 500), st.floats(0.01, 500))
def test_swapping_the_sides_reverses_the_sentence(urban: float, rural: float) -> None:
    one = gaps.urban_rural(SPORTS, "primary", _compared(urban, rural).iloc[0], RULES)
    other = gaps.urban_rural(SPORTS, "primary", _compared(rural, urban).iloc[0], RULES)
    if f"{urban:.4f}" == f"{rural:.4f}":
        return
    higher = re.search(r"(城镇|乡村)比(城镇|乡村)高", one.zh)
    if higher is None:  # alike as printed
        assert "持平" in one.zh
        assert "持平" in other.zh
        return
    assert higher.group(0) == ("城镇比乡村高" if urban > rural else "乡村比城镇高")
    assert re.search(r"(\w+) higher than (\w+)", _swapped(other).en).groups() == (  # type: ignore[union-attr]
        re.search(r"(\w+) higher than (\w+)", one.en).groups()  # type: ignore[union-attr]
    )
    assert sorted(re.findall(r"[\d.]+", one.zh)) == sorted(re.findall(r"[\d.]+", other.zh))


@given(st.floats(0.01, 500), st.floats(0.01, 500))
def test_the_printed_difference_is_that_of_the_printed_figures(urban: float, rural: float) -> None:
    text = gaps.urban_rural(SPORTS, "primary", _compared(urban, rural).iloc[0], RULES).zh
    numbers = [round(100 * float(n)) for n in re.findall(r"\d+\.\d+", text)]
    if "持平" not in text:
        assert abs(numbers[0] - numbers[1]) == numbers[2]


def test_swapping_the_sides_reverses_the_headline() -> None:
    one = captions.urban_rural("primary", _compared(3.0, 6.0).assign(mean="totals"), RULES).title
    other = captions.urban_rural("primary", _compared(6.0, 3.0).assign(mean="totals"), RULES).title
    assert one.zh == _swapped(other).zh
    assert one.en == _swapped(other).en
    assert "乡村比城镇高100%" in one.zh


def test_a_side_without_figures_is_said_and_not_compared() -> None:
    words = gaps.urban_rural(SPORTS, "primary", _compared(float("nan"), 6.0).iloc[0], RULES)
    assert words.zh == "小学生均体育运动场馆面积:城镇没有可比的数据。"
    assert "urban" in words.en


def test_the_example_of_the_design_reads_as_written() -> None:
    spread = pd.Series({"mean": 6.84, "cv": 0.612, "limit": 0.5, "verdict": "fail", "n_missing": 0})
    short = pd.DataFrame(
        {
            "area": ["urban", "rural"],
            "n_units": [12, 29],
            "n_short": [5, 12],
            "n_missing": 0,
            "gap": [2315.0, 6115.0],
        }
    )
    words = ledger.indicator_state(SPORTS, "primary", spread, short, RULES)
    assert words.zh == (
        "小学生均体育运动场馆面积6.84平方米,低于标准7.5平方米;差异系数0.612,高于0.50的要求;"
        "41个办学单位中17个未达标,共缺8430平方米,其中城镇2315平方米、乡村6115平方米。"
    )
    assert "8,430 m²" in words.en
    assert "above the limit of 0.50" in words.en


def test_rounding_never_contradicts_the_verdict() -> None:
    spread = pd.Series({"mean": 7.4996, "cv": 0.50004, "limit": 0.5, "verdict": "fail", "n_missing": 0})
    words = ledger.indicator_state(SPORTS, "primary", spread, pd.DataFrame(), RULES)
    assert "7.4996平方米,低于标准7.5" in words.zh
    assert "0.50004,高于0.50" in words.zh


NAME = Words(zh="城镇", en="urban")


@pytest.mark.parametrize(
    ("figures", "zh", "en"),
    [
        ({2024: 6.0, 2025: 6.5}, "较上年上升", "up on the year before"),
        ({2024: 6.5, 2025: 6.0}, "较上年下降", "down on the year before"),
        ({2024: 6.001, 2025: 6.002}, "较上年持平", "unchanged on the year before"),
        ({2023: 6.0, 2025: 6.5}, "较2023年上升", "up on 2023"),
        ({2023: 6.0, 2024: 6.2, 2025: 6.5}, "呈上升趋势", "rising"),
        ({2023: 6.5, 2024: 6.2, 2025: 6.2}, "呈下降趋势", "falling"),
        ({2023: 6.0, 2024: 6.9, 2025: 6.5}, "期间有升有降,期末较期初上升", "up and down, up over the span"),
        ({2023: 6.0, 2024: 6.001, 2025: 6.0}, "各年持平", "unchanged throughout"),
        ({2025: 6.0}, "可比年份不足两年", "fewer than two comparable years"),
    ],
)
def test_a_change_is_named_as_offices_name_it(figures: dict[int, float], zh: str, en: str) -> None:
    words = gaps.change(NAME, pd.Series(figures, dtype=float), unit=SPORTS.unit, digits=2)
    assert zh in words.zh
    assert en in words.en


@given(st.lists(st.floats(0.1, 1e4), min_size=3, max_size=6))
def test_a_trend_is_said_only_where_every_step_goes_that_way(figures: list[float]) -> None:
    series = pd.Series(figures, index=range(2020, 2020 + len(figures)))
    words = gaps.change(NAME, series, unit=SPORTS.unit, digits=2)
    steps = [labels.rounded(b, 2) - labels.rounded(a, 2) for a, b in pairwise(figures)]
    assert ("呈上升趋势" in words.zh) == (all(s >= 0 for s in steps) and any(steps))
    assert ("呈下降趋势" in words.zh) == (all(s <= 0 for s in steps) and any(steps))


def test_the_peak_and_what_is_left_of_it() -> None:
    words = data.peak(pd.Series({2021: 900.0, 2022: 1000.0, 2025: 594.0}), Words(zh="小学", en="primary"))
    assert words.zh == "小学在校生在2022年最多,为1000人,2025年为594人,为最多时的59.4%。"
    assert "1,000" in words.en


def test_a_single_year_is_no_span() -> None:
    one, two = (pd.DataFrame({"stage": "primary", "year": years}) for years in ([2025], [2021, 2025]))
    assert captions.enrolment("primary", one, RULES).title.zh == "小学在校生数(2025年,分城乡)"
    assert "2021—2025年" in captions.enrolment("primary", two, RULES).title.zh


def test_one_year_alone_is_not_the_highest_of_anything() -> None:
    words = data.peak(pd.Series({2025: 300.0}), Words(zh="初中", en="junior secondary"))
    assert words.zh == "初中在校生2025年为300人。"
    assert words.en == "300 pupils (junior secondary) in 2025."


def test_a_unit_without_the_figure_is_not_among_those_that_do_not_fall_short() -> None:
    spread = pd.Series(
        {"mean": 9.0, "cv": 0.1, "limit": 0.5, "verdict": "undetermined", "n_missing": 1, "n_unsure": 0}
    )
    short = pd.DataFrame(
        {"area": ["urban", "rural"], "n_units": [1, 2], "n_short": 0, "n_missing": [0, 1], "gap": 0.0}
    )
    words = ledger.indicator_state(SPORTS, "primary", spread, short, RULES)
    assert "有数据的2个办学单位均达标" in words.zh
    assert "none of 2 units with a figure falls short" in words.en


@pytest.mark.parametrize(
    ("between", "zh", "en"),
    [
        ([0.8, 0.1], "2项指标中有1项城乡之间的份额超过一半,其余以", "in 1 of 2 indicators"),
        ([0.9, 0.6], "2项指标城乡之间的份额均超过一半。", "in all 2 indicators more than half lies between"),
        (
            [0.4, 0.1],
            "2项指标均以城镇、乡村内部的差异为主。",
            "in all 2 indicators at least half lies within",
        ),
        ([1.0, 1.0], "各项指标均为100.0%。", "100.0% for every indicator."),
    ],
)
def test_shares_of_inequality_leave_no_empty_rest(between: list[float], zh: str, en: str) -> None:
    ids = ["sports_area_per_pupil", "teaching_area_per_pupil"]
    words = gaps.theil_summary(
        pd.DataFrame({"indicator": ids, "theil_t": 1.0, "between_t": between}), "primary", RULES
    )
    assert zh in words.zh
    assert en in words.en


DOCUMENTED = (ast.Module, ast.FunctionDef, ast.ClassDef)
MODULES = sorted(Path(inspect.getfile(wording)).parent.glob("[a-z]*.py"))


@pytest.mark.parametrize("path", MODULES, ids=[path.stem for path in MODULES])
def test_no_sentence_suggests_a_cause(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [text for text in texts - docs if CAUSES.search(text)] == []

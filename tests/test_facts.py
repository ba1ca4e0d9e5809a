"""Numbers of sentences: each stands for the figure that the sentence speaks of, not for one that looks alike."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from analysis.errors import Lang
from analysis.publish import publish
from analysis.publish.arrangement import arranged
from analysis.publish.facts import NUMBER, Fact, Reader
from analysis.publish.numbers import Number, numbers
from analysis.publish.record import load
from analysis.schema import Words
from analysis.study import Study, open_county
from analysis.tables.facts import _About

from . import outputs
from .counties import rules

RULES = rules()


def fact(key: str, value: float, *said: tuple[str, ...], near: tuple[str, ...] = (), digits: int = 0) -> Fact:
    words = Words(zh=key, en=key)
    return Fact(
        key=key, what=words, value=value, formula=words, when=words, said=said, near=near, digits=digits
    )


FACTS = [
    fact("primary mean", 4.496, ("小学",), ("用房",), digits=2),
    fact("junior mean", 4.496, ("初中",), ("用房",), digits=2),
    fact("cv", 0.4996, ("小学",), ("用房",), ("差异系数",), digits=3),
    fact("limit", 0.5, ("小学",), ("差异系数",), near=("要求",), digits=2),
    fact("urban", 12.0, near=("城镇",)),
    fact("rural", 12.0, near=("乡村",)),
    fact("share", 0.594, ("占",)),
]


def meant(text: str, lang: Lang = "zh") -> list[str | None]:
    reader = Reader(FACTS, lang)
    found = [reader.meant(text, *place.span()) for place in NUMBER.finditer(text)]
    return [one.key if one else None for one in found]


def test_two_runs_tell_a_fact_in_the_same_words_and_order() -> None:
    about = _About("primary", RULES.indicators[0], 2025, RULES)
    said = about.fact("mean", Words(zh="均值", en="mean"), 1.0, Words(zh="", en="")).said
    own = RULES.indicators[0]
    assert said[-1] == (own.title.zh, own.short.zh, own.title.en, own.short.en)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("小学生均用房4.496平方米；差异系数0.500，符合不高于0.50的要求。", ["primary mean", "cv", "limit"]),
        ("初中生均用房4.50平方米。", ["junior mean"]),
        ("小学生均图书4.50册，另有4所。", [None, None]),  # another figure that prints alike
        ("共24人，其中城镇12人、乡村12人。", [None, "urban", "rural"]),
        ("2025年占59.4%。", [None, "share"]),
        ("小学用房5平方米。", [None]),  # fewer decimals than it is ever printed with
    ],
)
def test_a_number_is_read_by_what_its_sentence_says(text: str, keys: list[str | None]) -> None:
    assert meant(text) == keys


@pytest.fixture(scope="module", params=["zh", "en"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("facts") / str(request.param)
    return outputs.proof(
        folder, ["02"], {"county": "990101", "year": "2025", "lang": request.param}, drawn=True
    ).folder


@pytest.fixture(scope="module")
def study() -> Study:
    return open_county(county="990101", year="2025")


def by_key(found: list[Number], part: str) -> dict[str, Number]:
    return {n.fact.key: n for n in found if n.fact and n.id.startswith("S-") and n.fact.key.endswith(part)}


def test_every_coefficient_and_mean_told_is_traced_to_its_own_figure(run: Path, study: Study) -> None:
    told = load(run)
    found = numbers(told, arranged(told), told.lang)
    spread = study.of_year(study.assessment.dispersion).set_index(["stage", "indicator"])
    for part in ("cv", "mean"):
        traced = by_key(found, f"/{part}")
        assert len(traced) == len(spread)
        for key, number in traced.items():
            _, stage, indicator, _ = key.split("/")
            assert float(number.value) == spread.loc[(stage, indicator), part]
            assert number.fact is not None
            parts = number.fact.numerator, number.fact.denominator
            assert parts[0] is not None
            assert parts[1] is not None
            per = 1 if part == "cv" else study.rules.indicator(indicator).per
            assert per * parts[0] / parts[1] == pytest.approx(float(number.value))
            assert number.same  # the tables hold it too


def test_the_workbook_tells_formula_parts_date_and_clause_and_leads_to_the_cell(run: Path) -> None:
    lang = load(run).lang
    publish(run)
    book = openpyxl.load_workbook(run / "ledger.xlsx")
    sheet = book["数字索引" if lang == "zh" else "Numbers"]
    heads = [cell.value for cell in sheet[3]]
    rows = [row for row in sheet.iter_rows(min_row=4) if str(row[0].value).startswith("S-") and row[5].value]
    assert len(rows) > 100
    assert heads[5:11] == (
        ["指标与含义", "计算公式", "分子", "分母", "时点", "条款"]
        if lang == "zh"
        else ["What it is", "Formula", "Numerator", "Denominator", "Date", "Clause"]
    )
    linked = [row for row in rows if row[11].hyperlink]
    assert len(linked) > 14
    for row in linked:
        assert row[11].hyperlink is not None
        name, place = str(row[11].hyperlink.location).rsplit("!", 1)
        cell = book[name.strip("'").replace("''", "'")][place]
        assert cell.value == pytest.approx(float(str(row[3].value)))

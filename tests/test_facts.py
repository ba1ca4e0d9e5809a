"""Numbers of sentences and captions: each is written together with what it is, and leads to where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from analysis.errors import Lang
from analysis.facts import NUMBER, About, Fact, Place, Told, told, written
from analysis.publish.arrangement import arranged
from analysis.publish.numbers import Number, numbers
from analysis.publish.record import Told as Run
from analysis.publish.record import load
from analysis.publish.workbook import write_workbook
from analysis.schema import Words
from analysis.study import Study, open_county
from analysis.typesetting import typeset

from . import outputs

PRIMARY = About("primary", Words(zh="小学", en="primary"), "schools", clause="第七条")


def sentence() -> Told:
    known, short = (
        PRIMARY(n, key, zh, en) for n, key, zh, en in ((30, "n", "数", "all"), (3, "short", "缺", "short"))
    )
    cost = PRIMARY(1234.56, "cost", "费用", "cost", printed=Words(zh="1234.6万元", en="1,234.6 (10⁴ yuan)"))
    missing = PRIMARY(float("nan"), "cv", "差异系数", "coefficient")
    return told(
        zh=f"2025年小学{known}个单位,{short}个未达标,需{cost},差异系数{missing}。",
        en=f"Of {known:en} units in 2025 {short:en} fall short, at {cost:en}; coefficient {missing:en}.",
    )


def test_a_sentence_reads_as_without_its_facts() -> None:
    assert sentence().zh == "2025年小学30个单位,3个未达标,需1234.6万元,差异系数—。"
    assert sentence().en == "Of 30 units in 2025 3 fall short, at 1,234.6 (10⁴ yuan); coefficient —."


def test_each_number_knows_its_fact_and_a_year_is_none() -> None:
    assert sentence().numbers["zh"] == ("", "primary/n", "primary/short", "primary/cost")
    assert sentence().numbers["en"] == ("primary/n", "", "primary/short", "primary/cost", "")
    cost = next(fact for fact in sentence().facts if fact.key == "primary/cost")
    assert cost == Fact(
        key="primary/cost", what=Words(zh="小学费用", en="primary, cost"), value=1234.56,
        formula=Words(zh="计数", en="a count"), clause="第七条", places=(Place(table="schools"),),
    )  # fmt: skip


def test_facts_outlive_typesetting_and_being_written_into_another_sentence() -> None:
    assert typeset(sentence()).numbers == sentence().numbers
    assert typeset(sentence()).zh == "2025年小学30个单位，3个未达标，需1234.6万元，差异系数—。"
    again = told(*(f"“{written(sentence(), lang)}”" for lang in ("zh", "en")))
    assert again.numbers == sentence().numbers
    assert again.zh == f"“{sentence().zh}”"
    assert written(Words(zh="3所", en="3"), "zh") == "3所"


def test_a_name_with_characters_of_no_script_stays_text() -> None:
    odd = "\ue000镇\ue002"
    figure = PRIMARY(2, "n", "数", "all", row=(odd, "\ue001"), column="n")
    said = told(zh=f"{odd}{figure}所", en=f"{figure:en}")
    assert said.zh == f"{odd}2所"
    assert said.facts == (figure.fact,)


# --- the sample's story ---

# Numbers of the report's words that are no figures: years, what a clause, an item or an indicator is called.
YEAR = r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]*\d)"
NAMES = re.compile(rf"{YEAR}|〔{YEAR}〕\d+|A\d+(?:-\d+)? [^；;。]*|per 100 pupils|×10(?=⁴)")
SCALES = (1, 100, 1e-2)  # shares as percentages; millions of yuan beside 万元
NOTEBOOKS = {"zh": ["01", "02", "03", "04", "05"], "en": ["02"]}


@pytest.fixture(scope="module", params=["zh", "en"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("facts") / str(request.param)
    parameters = {"county": "990101", "year": "2025", "lang": request.param}
    return outputs.proof(folder, NOTEBOOKS[request.param], parameters).folder


def texts(run: Run) -> Iterator[tuple[str, dict[Lang, tuple[str, ...]], Words, dict[str, Fact]]]:
    """Yield each sentence, note and caption of a run, gallery included where it has facts: id, keys, text, facts."""
    for story in run.stories:
        facts = {fact.key: fact for fact in story.facts}
        for block in story.blocks:
            if block.kind in ("sentence", "note") and block.text and (block.where != "gallery" or block.told):
                yield f"{story.notebook} {block.text.zh}", dict(block.told), block.text, facts
            elif block.kind == "figure" and (block.where != "gallery" or run.figures[block.id or ""].told):
                figure = run.figures[block.id or ""]
                yield figure.id, dict(figure.told), figure.caption, facts


def told_by_meaning(run: Run, lang: Lang, names: re.Pattern[str] = NAMES) -> int:
    """Assert that each number told is a fact and prints its value, or stands in a name; return how many are facts."""
    counted = 0
    for id, keys, text, facts in texts(run):
        named = [range(*found.span()) for found in names.finditer(text[lang])]
        for n, number in enumerate(NUMBER.finditer(text[lang])):
            key = keys[lang][n] if keys else ""
            if not key:
                assert any(number.start() in name for name in named), (id, lang, number[0])
                continue
            counted += 1
            assert prints(facts[key], number[0]), (id, number[0], facts[key])
    return counted


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_told_is_a_fact_by_meaning_and_prints_its_value(run: Path, lang: Lang) -> None:
    assert told_by_meaning(load(run), lang) > 150


def prints(fact: Fact, number: str) -> bool:
    """Return whether a number of a text is a fact's value, rounded; a shortage is told rounded up."""
    text = number.rstrip("% ,").replace(",", "")
    unit = 10.0 ** -len(text.partition(".")[2])
    return any(abs(float(text) - abs(fact.value) * scale) < unit / 2 * 1.000001 for scale in SCALES)


def test_a_fact_that_names_a_cell_has_that_very_value_there(run: Path) -> None:
    read = load(run)
    found = {number.id: number for number in numbers(read, arranged(read), read.lang)}
    told_of = [n for n in found.values() if n.id[0] in "SC"]
    assert all(n.fact is not None for n in told_of)
    named = [n for n in told_of if n.fact and any(p.column and p.table in read.tables for p in n.fact.places)]
    assert len(named) > 50
    for number in named:
        cell = re.fullmatch(r"T-(.+)-(\d+)-(\d+)", number.same)
        assert cell, number
        value = read.data(read.tables[cell[1]]).iat[int(cell[2]) - 1, int(cell[3]) - 1]
        assert float(str(value)) == pytest.approx(float(number.value), rel=1e-9), number


def test_a_cell_that_changes_is_noticed(run: Path) -> None:
    read = load(run)
    path = run / "tables" / "coefficients.csv"
    kept = path.read_text(encoding="utf-8-sig")
    number = next(
        n
        for n in numbers(read, arranged(read), read.lang)
        if n.id[0] == "S" and n.same.startswith("T-coefficients-")
    )
    try:
        path.write_text(kept.replace(number.value, "9.87654321"), encoding="utf-8-sig")
        with pytest.raises(AssertionError):
            test_a_fact_that_names_a_cell_has_that_very_value_there(run)
    finally:
        path.write_text(kept, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def study() -> Study:
    return open_county(county="990101", year="2025")


def by_key(found: list[Number], part: str) -> dict[str, Number]:
    """Return the numbers of sentences whose fact is one of the table of coefficients, by key."""
    facts = [(n, n.fact) for n in found if n.fact and n.id.startswith("S-")]
    own = [(n, fact) for n, fact in facts if Place(table="coefficients") in _tables(fact)]
    return {fact.key: n for n, fact in own if fact.key.endswith(part)}


def _tables(fact: Fact) -> list[Place]:
    return [Place(table=place.table) for place in fact.places]


def test_every_coefficient_and_mean_told_is_traced_to_its_own_figure(run: Path, study: Study) -> None:
    told = load(run)
    found = numbers(told, arranged(told), told.lang)
    spread = study.of_year(study.assessment.dispersion).set_index(["stage", "indicator"])
    for part in ("cv", "mean"):
        traced = by_key(found, f"/{part}")
        assert len(traced) == len(spread)
        for key, number in traced.items():
            stage, indicator, _ = key.split("/")
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
    write_workbook(load(run), lang)
    book = openpyxl.load_workbook(run / "ledger.xlsx", data_only=True)
    sheet = book["数字索引" if lang == "zh" else "Numbers"]
    heads = [cell.value for cell in sheet[3]]
    rows = [row for row in sheet.iter_rows(min_row=4) if str(row[0].value).startswith("S-") and row[5].value]
    assert len(rows) > 100
    assert heads[5:11] == (
        ["指标与含义", "计算公式", "分子", "分母", "时点", "条款"]
        if lang == "zh"
        else ["What it is", "Formula", "Numerator", "Denominator", "Date", "Clause"]
    )
    linked = [row for row in rows if row[11].value]
    assert len(linked) > 100
    cells = 0
    for row in linked:
        assert row[11].hyperlink is not None, row[
            11
        ].value  # the workbook holds every table that a fact names
        name, place = str(row[11].hyperlink.location).rsplit("!", 1)
        cell = book[name.strip("'").replace("''", "'")][place]
        if place != "A1":
            cells += 1
            assert cell.value == pytest.approx(float(str(row[3].value)))
    assert cells > 50

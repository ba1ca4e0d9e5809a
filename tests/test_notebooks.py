"""The notebooks: thin, told alike by papermill and by the command, and never lost for words."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml

from analysis import batch, shipped
from analysis.errors import Lang
from analysis.params import PARAMETERS
from analysis.publish import publish

from . import hand_county
from .outputs import Outputs, code_cells, complaints, junheng, proof
from .test_wording import CAUSES

NOTEBOOKS = batch.suite()
IDS = [path.stem for path in NOTEBOOKS]
STORED = sorted(shipped.notebooks().glob("*.ipynb"))
OF_REGION = ("region", "year", "lang", "data", "out", "standard")
SAMPLE = "990101"


# --- as they are stored ---


@pytest.mark.parametrize("notebook", STORED, ids=lambda path: path.stem)
def test_a_stored_notebook_begins_with_plain_parameters_of_the_same_names(notebook: Path) -> None:
    tagged = [c for c in code_cells(notebook) if "parameters" in c["metadata"].get("tags", [])]
    assert tagged == code_cells(notebook)[:1]
    given: dict[str, Any] = {}
    for statement in _code(tagged[0]).body:
        assert isinstance(statement, ast.Assign)
        assert isinstance(statement.targets[0], ast.Name)
        assert isinstance(statement.value, ast.Constant)
        given[statement.targets[0].id] = statement.value.value
    expected = OF_REGION if notebook in batch.region_suite() else PARAMETERS
    assert tuple(given)[: len(expected)] == expected
    assert all(isinstance(given[name], str) for name in expected)
    assert all(isinstance(value, str | int | float | bool) for value in given.values())


@pytest.mark.parametrize("notebook", STORED, ids=lambda path: path.stem)
def test_a_stored_notebook_has_no_outputs_and_runs_on_any_python_kernel(notebook: Path) -> None:
    stored = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in code_cells(notebook):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    assert stored["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in stored["metadata"].get("language_info", {})


# What a file or folder is called; ids of figures and tables are not.
PATH = re.compile(r"[\w.-]+[/\\][\w.-]+|\.(csv|xlsx?|json|ya?ml|png|svg|geojson|docx|ipynb|parquet)$")


@pytest.mark.parametrize("notebook", STORED, ids=lambda path: path.stem)
def test_a_stored_notebook_defines_nothing_and_knows_no_path_and_no_threshold(notebook: Path) -> None:
    for cell in code_cells(notebook)[1:]:
        code = _code(cell)
        kept = {id(part) for node in ast.walk(code) for part in _words_and_sizes(node)}
        for node in ast.walk(code):
            assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda), (
                ast.unparse(node)
            )
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in ("analysis", "pandas", "numpy"), ast.unparse(node)
            if isinstance(node, ast.Constant) and id(node) not in kept:
                if isinstance(node.value, str):
                    assert not PATH.search(node.value), node.value
                elif isinstance(node.value, int | float):
                    assert node.value in (0, 1, 2, 100), node.value  # 100: shares as percentages


def _words_and_sizes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands inside Words(…), and sizes on paper."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Words":
        yield from ast.walk(node)
    if isinstance(node, ast.keyword) and (node.arg or "").endswith("_cm"):
        yield node.value


def _code(cell: dict[str, Any]) -> ast.Module:
    return ast.parse("".join(cell["source"]))


@pytest.mark.parametrize("notebook", STORED, ids=lambda path: path.stem)
def test_a_stored_notebook_suggests_no_cause(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        assert not CAUSES.search("".join(cell["source"]).replace("no cause", "")), cell["source"]


# --- under stock papermill ---


def papermill(notebook: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a notebook with the program papermill as it is published."""
    command = [sys.executable, "-m", "papermill", str(notebook), str(folder / notebook.name), *arguments]
    options = ["--kernel", "python3", "--no-progress-bar"]
    return subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


SLOW_BUT_THE_FIRST = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.full] if at else [])
    for at, path in enumerate(NOTEBOOKS)
]


@pytest.mark.parametrize("notebook", SLOW_BUT_THE_FIRST)
def test_a_notebook_runs_under_stock_papermill(notebook: Path, tmp_path: Path) -> None:
    told = papermill(
        notebook, tmp_path, "-r", "county", SAMPLE, "-r", "year", "2025", "-r", "out", str(tmp_path / "out")
    )
    assert told.returncode == 0, told.stderr
    assert complaints(tmp_path / notebook.name) == []
    outputs = Outputs(tmp_path / "out")
    story = json.loads((outputs.folder / "story" / f"{notebook.stem}.json").read_text(encoding="utf-8"))
    assert story["finished"]
    assert outputs.sentences("zh")
    assert list(outputs.folder.glob("figures/*.png"))
    _assert_no_cause(outputs)


def test_a_county_that_arrives_as_a_number_is_refused_with_the_cure(tmp_path: Path) -> None:
    told = papermill(NOTEBOOKS[0], tmp_path, "-p", "county", SAMPLE, "-p", "out", str(tmp_path / "out"))
    assert told.returncode != 0
    assert f"-r county {SAMPLE}" in told.stderr
    assert "must be text, a number arrived" in told.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.full
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_suite_runs_under_the_command(lang: Lang, tmp_path: Path) -> None:
    told = junheng("run", "--county", SAMPLE, "--lang", lang, "--out", "out", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    outputs = Outputs(next(tmp_path.glob(f"out/{SAMPLE}/*/{lang}")))
    executed = sorted(outputs.folder.glob("notebooks/*.ipynb"))
    assert [path.stem for path in executed] == IDS
    assert [line for path in executed for line in complaints(path)] == []
    _assert_no_cause(outputs)


# --- the sides are swapped ---

COMPARED = 3  # code cells of notebook 03 until the two sides are compared


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    folder = tmp_path_factory.mktemp("hand")
    return proof(folder / "out", ("03",), _of(hand_county.write(folder / "手算县.xlsx")), cells=COMPARED)


@pytest.fixture(scope="module")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    folder = tmp_path_factory.mktemp("swapped")
    codes = dict(zip(hand_county.SCHOOLS, hand_county.CELLS["城乡分类"], strict=True))
    changes = {(name, "城乡分类"): OTHER_SIDE[code] for name, code in codes.items()}
    return proof(
        folder / "out", ("03",), _of(hand_county.write(folder / "手算县.xlsx", changes)), cells=COMPARED
    )


OTHER_SIDE = {"镇中心区": "村庄", "乡中心区": "镇乡结合区", "村庄": "镇中心区"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_swapping_the_sides_reverses_every_sentence_and_title(
    lang: Lang, hand: Outputs, swapped: Outputs
) -> None:
    before, after = list(_sides_told(hand, lang)), list(_sides_told(swapped, lang))
    assert len(before) >= 15
    assert [mirrored(text, lang) for text in before] == after
    changed = [text for text, other in zip(before, after, strict=True) if text != other]
    assert len(changed) >= 12  # all but those in which the two sides are alike


def test_swapping_the_sides_swaps_the_data_of_the_figure(hand: Outputs, swapped: Outputs) -> None:
    before, after = (o.frame("figure-urban-rural-primary") for o in (hand, swapped))
    for side, other in (("urban", "rural"), ("rural", "urban")):
        assert before[side].astype(float).to_list() == pytest.approx(after[other].astype(float).to_list())
    against = {"urban": "rural", "rural": "urban", "equal": "equal"}
    assert before["favours"].map(against).to_list() == after["favours"].to_list()
    assert before["difference"].astype(float).to_list() == pytest.approx(
        (-after["difference"].astype(float)).to_list()
    )


def _sides_told(outputs: Outputs, lang: Lang) -> Iterator[str]:
    """Yield the sentences that compare the two sides, and the titles and alternative texts of their figures."""
    yield from outputs.sentences(lang, "03")[
        : 2 * (1 + 7)
    ]  # of each stage: the widest gaps, then each indicator
    for stage in ("primary", "junior"):
        figure = outputs.figure(f"urban-rural-{stage}")
        yield from (figure["caption"][lang], figure["alt"][lang])


def mirrored(text: str, lang: Lang) -> str:
    """Return a text with the names of the sides exchanged, urban still told first."""
    if lang == "zh":
        text = re.sub("城镇|乡村", lambda side: {"城镇": "乡村", "乡村": "城镇"}[side.group()], text)
        text = re.sub(r"乡村([\d.]+[^，]*)，城镇([\d.]+[^，]*)，", r"城镇\2，乡村\1，", text)
        return text.replace("乡村、城镇", "城镇、乡村").replace("乡村与城镇", "城镇与乡村")
    text = re.sub("urban|rural", lambda side: {"urban": "rural", "rural": "urban"}[side.group()], text)
    text = re.sub(r"rural ([\d,.]+[^;,]*), urban ([\d,.]+[^;]*);", r"urban \2, rural \1;", text)
    return text.replace("rural and urban", "urban and rural")


# What names both sides in their order, whichever is higher; and the choices of sides, of which a town is on one only.
BOTH_SIDES = re.compile(
    "城镇、乡村|城镇与乡村|城镇和乡村|城区、镇区、乡村|[Uu]rban[–-]rural|[Uu]rban and rural|urban, town and rural"
)
CHOICES_OF_SIDES = re.compile("口径|specification|Specification")
PARTS = re.compile(r"[，、；：（）。;:,()]|其中|of which|\.(?: |$)| and |与")


@pytest.mark.parametrize(
    "notebooks", [("01", "02", "04"), pytest.param(("03", "05"), marks=pytest.mark.full)], ids=" ".join
)
def test_with_the_sides_swapped_every_word_of_the_story_turns(
    notebooks: tuple[str, ...], tmp_path: Path
) -> None:
    codes = dict(zip(hand_county.SCHOOLS, hand_county.CELLS["城乡分类"], strict=True))
    turned = {(name, "城乡分类"): OTHER_SIDE[code] for name, code in codes.items()}
    told = []
    for name, changes in (("filed", {}), ("turned", turned)):
        (tmp_path / name).mkdir()
        book = hand_county.write(tmp_path / name / "手算县.xlsx", changes)
        told.append(proof(tmp_path / name / "zh", notebooks, _of(book)))
    langs: tuple[Lang, ...] = ("zh", "en")
    for lang in langs:
        before, after = (Counter(_told_in_parts(outputs, lang)) for outputs in told)
        turned_back = Counter(_told_in_parts(told[1], lang, swap=True))
        assert (before - turned_back, turned_back - before) == (Counter(), Counter())
        assert before != after


def _told_in_parts(outputs: Outputs, lang: Lang, *, swap: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield each text as its parts in order of their words: lists tell urban first, whatever it is."""
    other = {"城镇": "乡村", "乡村": "城镇", "urban": "rural", "rural": "urban"}
    for text in outputs.words(lang):
        if not CHOICES_OF_SIDES.search(text):
            apart = BOTH_SIDES.sub("…", text)
            turned = re.sub("|".join(other), lambda side: other[side[0]], apart) if swap else apart
            yield tuple(sorted(part.strip() for part in PARTS.split(turned) if part.strip()))


@pytest.mark.full
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_swapping_the_sides_of_the_sample_county_reverses_the_report(lang: Lang, tmp_path: Path) -> None:
    told = {}
    for name in ("as filed", "swapped"):
        book = tmp_path / name / "学校数据.xlsx"
        book.parent.mkdir()
        workbook = openpyxl.load_workbook(shipped.root() / "data" / "sample" / "学校数据.xlsx")
        if name == "swapped":
            _swap_codes(workbook["学校数据"])
        workbook.save(book)
        done = junheng(
            "run", "--county", SAMPLE, "--data", book, "--lang", lang, "--out", "out", cwd=book.parent
        )
        assert done.returncode == 0, done.stderr
        told[name] = Outputs(next(book.parent.glob(f"out/{SAMPLE}/*/{lang}")))
    before, after = (list(_sides_told(told[name], lang)) for name in ("as filed", "swapped"))
    assert [mirrored(text, lang) for text in before] == after
    assert before != after


def _swap_codes(sheet: Any) -> None:
    rows = list(sheet.iter_rows())
    head = next(row for row in rows if "城乡分类" in [cell.value for cell in row])
    column = [cell.value for cell in head].index("城乡分类")
    for row in rows[head[0].row :]:
        if row[column].value:
            rural = str(row[column].value).startswith("2")
            row[column].value = "镇中心区" if rural else "村庄"


# --- counties of few schools, few figures, few rules ---


def _of(book: Path) -> dict[str, str]:
    return {"county": hand_county.COUNTY, "year": str(hand_county.YEAR), "data": str(book)}


def _published(folder: Path, book: Path, notebooks: tuple[str, ...], **parameters: str) -> Outputs:
    outputs = proof(folder / "out", notebooks, _of(book) | parameters, drawn=True)
    publish(outputs.folder)
    assert len(outputs.docx_paragraphs()) > 10
    _assert_no_cause(outputs)
    return outputs


def _assert_no_cause(outputs: Outputs) -> None:
    for lang in ("zh", "en"):
        assert [text for text in outputs.words(lang) if CAUSES.search(text)] == []


def test_a_county_without_an_urban_side_says_so(tmp_path: Path) -> None:
    primary = ("城关小学", "山前小学")
    changes = {(name, "城乡分类"): "村庄" for name in primary}
    book = hand_county.write(tmp_path / "手算县.xlsx", changes, schools=primary)
    told = _published(tmp_path, book, ("03",))
    assert told.sentences("zh", "03")[0] == "小学办学单位均在乡村，不作城乡比较。"
    assert told.sentences("en", "03")[0] == "All units are rural (primary): nothing is compared."
    assert not list(told.folder.glob("figures/urban-rural-*"))


def test_a_county_of_one_school_is_judged(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "手算县.xlsx", schools=("城关小学",))
    told = _published(tmp_path, book, ("01", "02", "03"))
    verdict = told.sentences("zh", "02")[0]
    assert "2025年判定为达标：1所学校中，达标1所、未达标0所、待定0所" in verdict
    assert {row[6] for row in told.rows("coefficients")} == {0}


def test_a_county_with_nobody_in_scope_has_no_verdict(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "手算县.xlsx", schools=("沟口小学",))
    told = _published(tmp_path, book, ("01", "02", "03"))
    assert told.sentences("zh", "02")[0] == "手算县2025年没有纳入评估的办学单位，无法判定。"


def test_the_rule_of_2012_runs_with_most_of_its_figures_missing(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "手算县.xlsx")
    told = _published(tmp_path, book, ("02",), standard="cn-basic-2012")
    # Computers, books and intermediate ranks were not filed: the mean of the eight coefficients is not known.
    assert "判定为待定" in told.sentences("zh", "02")[0]
    assert "小学综合差异系数无法计算" in "".join(told.sentences("zh", "02"))
    assert {row[1] for row in told.rows("coefficients")} >= {"综合差异系数", "每百名学生拥有计算机台数"}


def test_a_rule_that_cannot_be_planned_for_is_told_so_and_stops_nothing(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "手算县.xlsx")
    told = _published(tmp_path, book, ("05",), standard="cn-henan-2012")
    assert "按所用标准不作规划测算：" in "".join(told.sentences("zh", "05"))
    assert "places" in told.tables  # what is to come is told all the same
    assert not {"tasks", "investment", "frontier"} & told.tables


def test_a_rule_without_stages_projects_nothing(tmp_path: Path) -> None:
    book = hand_county.write(tmp_path / "手算县.xlsx")
    told = _published(tmp_path, book, ("01", "05"), standard="br-basic-resources")
    sentences = told.sentences("zh", "05")
    assert "以学校为单位、不分学段，不作分学段的在校生预测" in sentences[0]
    assert "这个标准不分学段，不能测算规划" in sentences[1]


def test_a_rule_set_without_thresholds_leaves_no_ledger(tmp_path: Path) -> None:
    rules = yaml.safe_load(shipped.params("standards", "cn-quality-2017.yaml").read_text(encoding="utf-8"))
    for part in ("school_rule", "dispersion", "county_items"):
        rules.pop(part, None)
    for indicator in rules["indicators"]:
        indicator.pop("at_least")
    own = tmp_path / "own.yaml"
    own.write_text(yaml.safe_dump(rules | {"id": "own"}, allow_unicode=True), encoding="utf-8")
    book = hand_county.write(tmp_path / "手算县.xlsx")
    told = _published(tmp_path, book, ("02",), standard=str(own))
    assert told.sentences("zh", "02")[0].endswith("不设评估标准，不作达标判定，也不列台账。")
    # No ledger, no list of schools, no coefficients held against a limit.
    assert told.tables == {"indicators", "settings", "sources"}
    assert not list(told.folder.glob("figures/heatmap-*"))
    sheets = openpyxl.load_workbook(told.folder / "ledger.xlsx").sheetnames
    assert not [name for name in sheets if "台账" in name or "达标" in name]

"""The county's answers: clean values, and every answer that cannot be used refused at its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.errors import JunhengError
from analysis.sources.dataset import Dataset
from analysis.sources.reading import read_dataset

from .county_files import TEMPLATE, rows, school, workbook


def answered(path: Path, *answers: tuple[str, object]) -> Dataset:
    sheet: list[list[Any]] = [
        ["编号", "指标", "填报内容", "佐证", "责任单位"],
        *([i, "", v, "", "教育局"] for i, v in answers),
    ]
    settings: list[list[Any]] = [["项目", "内容", "说明"], ["评估标准", "cn-quality-2017", ""]]
    sheets: dict[str, list[list[Any]]] = {"学校数据": rows([school(1)]), "县级指标": sheet, "参数": settings}
    return read_dataset(workbook(path, sheets), TEMPLATE)


def test_answers_are_clean(tmp_path: Path) -> None:
    data = answered(
        tmp_path / "a.xlsx",
        ("A1", "是"), ("A2", None), ("A6", "否"), ("A8", "√"), ("A10", "×"), ("A7", "7,000"), ("A9", 100), ("B1", "98%"), ("B2", "９６.５"),
        ("B4", "0.9%"), ("附注", "x"),
    )  # fmt: skip
    values = dict(zip(data.answers["item"], data.answers["value"].fillna(""), strict=True))
    assert values == {
        "A1": "是", "A2": "", "A6": "否", "A8": "是", "A10": "否", "A7": "7000", "A9": "100", "B1": "98", "B2": "96.5", "B4": "0.9",
    }  # fmt: skip
    assert [f.place.row for f in data.faults if f.kind == "unknown-item"] == [12]


def test_what_is_no_answer_is_refused_at_its_row(tmp_path: Path) -> None:
    wrong = [("A1", "基本是"), ("A7", "约七千"), ("B1", 0.98), ("B2", "102%"), ("A9", -1), ("B3", 1)]
    with pytest.raises(JunhengError) as error:
        answered(tmp_path / "a.xlsx", *wrong)
    faults = [f for f in error.value.faults if f.kind == "wrong-answer"]
    assert [f.place.row for f in faults] == [2, 3, 4, 5, 6, 7]
    assert "如98" in faults[2].zh
    assert all(f.place.column == "填报内容" for f in faults)

"""Sentences and sheets for researchers: reversed when the sides are swapped, no cause, no verdict, both languages."""

from __future__ import annotations

import re

import pytest

from analysis.links import no_links, school_lines
from analysis.research.change import switched
from analysis.research.robustness import CHOICES as EVERY_CHOICE
from analysis.research.robustness import by_choice
from analysis.research.uncertainty import theil_intervals
from analysis.schema import Words
from analysis.tables import robust as sheets
from analysis.tables.common import Table
from analysis.wording import robust as said

from .research_frames import (
    BESIDE,
    CHOICES,
    CURVES,
    DIVIDED,
    EFFECTS,
    HOLDS,
    INTERVALS,
    LINES,
    MOVED,
    NOW,
    PAIRS,
    RULES,
    SCHOOLS,
    SPECS,
    SPREAD,
    STAGE,
    VALUES,
)
from .test_wording import CAUSES

FOLLOW = school_lines(SCHOOLS, no_links())


def sentences(stage: str = STAGE) -> list[Words]:
    return [
        said.intervals(INTERVALS, stage, RULES, CHOICES.bootstrap),
        said.population(CHOICES.bootstrap),
        said.lorenz(SPREAD, CURVES, stage, RULES),
        said.theil_change(MOVED, stage, RULES),
        said.divisions(DIVIDED, stage, RULES),
        said.effects(EFFECTS, "urban", stage, RULES),
        said.effects(EFFECTS, "rural", stage, RULES),
        said.switched(switched(VALUES), RULES),
        said.panel(LINES, stage, RULES),
        said.similar(BESIDE, stage, RULES, CHOICES),
        said.holding(HOLDS, stage, RULES),
        said.links_note(FOLLOW),
    ]


@pytest.mark.parametrize("stage", [STAGE, "senior"])
def test_sentences_are_whole_and_name_no_cause(stage: str) -> None:
    for words in sentences(stage):
        assert words.zh.endswith("。")
        assert words.en.endswith(".")
        for text in (words.zh, words.en):
            assert not CAUSES.search(text)
            assert "nan" not in text
        if stage == STAGE:  # the same figures in both languages
            english = re.sub(r"(?<=\d),(?=\d{3})", "", words.en)
            figures = [sorted(re.findall(r"\d+(?:\.\d+)?", text)) for text in (words.zh, english)]
            assert set(figures[0]) == set(figures[1])


def test_swapping_the_sides_reverses_the_sentence() -> None:
    swapped = INTERVALS.assign(
        difference=-INTERVALS["difference"], low=-INTERVALS["high"], high=-INTERVALS["low"]
    )
    one, other = (said.intervals(t, STAGE, RULES, CHOICES.bootstrap).zh for t in (INTERVALS, swapped))
    named = re.compile(r"(城镇|乡村)较高的\d+项\(([^)]*)\)")
    sides = [dict(named.findall(text)) for text in (one, other)]
    assert sides[0]
    assert sides[1] == {{"城镇": "乡村", "乡村": "城镇"}[side]: names for side, names in sides[0].items()}


def test_few_schools_are_said_to_be_few() -> None:
    few = INTERVALS.assign(suppressed=True, n_rural=3)
    words = said.intervals(few, STAGE, RULES, CHOICES.bootstrap)
    assert "3个" in words.zh
    assert "as few as 3" in words.en


def test_every_sheet_holds_its_columns_and_stays_out_of_the_report() -> None:
    tables: list[Table] = [
        sheets.intervals(INTERVALS, RULES, CHOICES),
        sheets.spread(SPREAD, RULES, CHOICES),
        sheets.divisions(DIVIDED, theil_intervals(NOW, CHOICES.bootstrap), RULES, CHOICES),
        sheets.theil_change(MOVED, RULES),
        sheets.effects(EFFECTS, RULES),
        sheets.area_lines(LINES, RULES),
        sheets.switched(
            switched(
                VALUES.assign(area=["urban", "rural"] * (len(VALUES) // 2) + ["urban"] * (len(VALUES) % 2))
            ),
            RULES,
        ),
        sheets.similar(PAIRS, RULES),
        sheets.against_similar(BESIDE, RULES),
        sheets.specifications(SPECS, RULES, CHOICES),
        sheets.holding(HOLDS, [by_choice(SPECS, choice) for choice in EVERY_CHOICE], RULES, CHOICES),
    ]
    for table in tables:
        assert len(table.frame)
        assert set(table.columns) <= set(table.frame.columns)
        assert not table.in_report
        for name, column in table.columns.items():
            if column.words is not None:
                assert set(table.frame[name].dropna().astype(str)) <= set(column.words)
    names = [table.sheet for table in tables]
    assert all(names)
    assert len({words.zh for words in names if words}) == len(tables)

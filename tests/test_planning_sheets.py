"""The sheets of a plan: what is reckoned live in them is what the library reckoned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from analysis.planning import Plan, places, solve, staffing, verify
from analysis.publish.record import load
from analysis.publish.workbook import write_workbook
from analysis.tables import outlook as outlook_tables
from analysis.tables import plan as tables

from .spreadsheets import recalculated, results
from .telling import open_story, words
from .test_planning import BOTH_SHORT, RULES, numbers, task_of


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    base = BOTH_SHORT.assign(classes_primary=[25.0, 3.0, 10.0])
    task = task_of(base, numbers(budget=60), years=3)
    solution = solve(task)
    assert solution is not None
    plan, schools = Plan(task, solution, verify(solution)), task.outlook.schools
    seats, staff = places(schools, task.programme, RULES), staffing(schools, task.programme, RULES)
    story = open_story(folder, "01_data")
    made = {
        "places": outlook_tables.places(seats, task.programme, RULES),
        "staffing": outlook_tables.staffing(staff[staff["stage"] == "primary"]),
        "investment": tables.funding(solution),
        "tasks": tables.yearly_tasks(solution),
        "schools": tables.school_plans(plan),
    }
    for name, table in made.items():
        replace(table, sheet=words(name, name)).tell(story, name, words(name, name))
    story.close()
    return write_workbook(load(folder), "zh")


@pytest.mark.parametrize(
    ("sheet", "least"), [("places", 4), ("staffing", 12), ("investment", 9), ("tasks", 2), ("schools", 5)]
)
def test_a_plans_sheets_hold_formulas_and_their_values(book: Path, sheet: str, least: int) -> None:
    formulas, stored = (
        openpyxl.load_workbook(book)[sheet],
        openpyxl.load_workbook(book, data_only=True)[sheet],
    )
    live = [cell.coordinate for row in formulas.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(live) >= least
    assert all(isinstance(stored[place].value, int | float) for place in live)


@pytest.mark.office
def test_libreoffice_reckons_what_is_stored(book: Path, tmp_path: Path) -> None:
    again = recalculated([book], tmp_path / "calculated")[0]
    stored, reckoned = results(book), results(again)
    for name, rows in stored.items():
        for here, there in zip(rows, reckoned[name], strict=True):
            numbers_here = [v for v in here if isinstance(v, int | float)]
            assert numbers_here == pytest.approx([v for v in there if isinstance(v, int | float)], rel=1e-9)

"""Small counts of sensitive groups: none is printed, none can be worked out from what is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis import schema
from analysis.errors import Fault, JunhengError, Level, Place
from analysis.publish.story import TableColumn
from analysis.pupil_groups import HIDDEN, groups, pupils_of_groups, sensitive, told
from analysis.rounding import NOT_KNOWN
from analysis.standards import load_standard
from analysis.suppression import Cell, Printed, hidden, suppressing
from analysis.tables import data as tables
from analysis.tables.pupil_groups import pupils

from . import outputs
from .telling import open_story, words

LEAST = suppressing().least_open
AREAS = ("urban", "town", "rural")


def table(counts: list[list[int]]) -> Printed:
    """Return a table of rows and columns with all its sums."""
    cells: dict[Cell, float] = {}
    for r, row in enumerate(counts):
        for c, n in enumerate(row):
            for cell in ((f"r{r}", f"c{c}"), (f"r{r}", "all"), ("all", f"c{c}"), ("all", "all")):
                cells[cell] = cells.get(cell, 0.0) + n
    rows, columns = [f"r{r}" for r in range(len(counts))], [f"c{c}" for c in range(len(counts[0]))]
    sums = [((r, "all"), [(r, c) for c in columns]) for r in [*rows, "all"]]
    sums += [(("all", c), [(r, c) for r in rows]) for c in [*columns, "all"]]
    return Printed(cells, sums)


def ends(printed: Printed, cell: Cell, out: frozenset[Cell]) -> tuple[float, float]:
    """Work out, as a reader would, between what a cell must lie (two-way sums: fractions reach no further)."""
    names = list(printed.counts)
    known = np.zeros((len(printed.sums), len(names)))
    for n, (total, parts) in enumerate(printed.sums):
        known[n, names.index(total)] = 1
        known[n, [names.index(part) for part in parts]] = -1
    bounds = [(0, None) if name in out else (printed.counts[name],) * 2 for name in names]
    goal = np.eye(len(names))[names.index(cell)]
    least = linprog(goal, A_eq=known, b_eq=np.zeros(len(known)), bounds=bounds)
    most = linprog(-goal, A_eq=known, b_eq=np.zeros(len(known)), bounds=bounds)
    return float(least.fun), float(-most.fun) if most.status == 0 else np.inf


counts = st.tuples(st.integers(2, 3), st.integers(2, 3)).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 40), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(counts)
def test_no_small_count_is_printed_or_can_be_worked_out(rows: list[list[int]]) -> None:
    printed = table(rows)
    out = hidden(printed)
    small = {cell for cell, n in printed.counts.items() if n <= suppressing().threshold}
    assert small <= out
    for cell in small:
        least, most = ends(printed, cell, out)
        assert most - least + 1 >= LEAST - 1e-6


def test_nothing_is_hidden_where_nothing_is_small_and_no_more_than_is_needed() -> None:
    assert hidden(table([[20, 30], [40, 50]])) == frozenset()
    assert hidden(table([[3, 30], [40, 50]])) == {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")}


def test_cells_printed_elsewhere_stay_open() -> None:
    printed = Printed({("part",): 3.0, ("whole",): 500.0}, within=[(("part",), ("whole",))])
    assert hidden(printed, open_cells=[("whole",)]) == {("part",)}


def schools(**cells: list[float]) -> pd.DataFrame:
    n = len(next(iter(cells.values())))
    frame = pd.DataFrame(float("nan"), index=range(n), columns=list(schema.columns()))
    return frame.assign(area3=[AREAS[i % 3] for i in range(n)], **cells)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=9))
def test_no_table_of_groups_prints_a_small_count(filed: list[tuple[int, int]]) -> None:
    primary, junior = ([float(pair[i]) for pair in filed] for i in (0, 1))
    frame = schools(
        pupils_primary=[500.0] * len(filed), pupils_junior=[500.0] * len(filed),
        pupils_migrant_primary=primary, pupils_migrant_junior=junior,
        pupils_migrant_workers_primary=[n // 2 for n in primary],
    )  # fmt: skip
    printed = pupils_of_groups(frame)
    of_groups = printed[printed["group"] != "pupils_{stage}"]
    assert not (of_groups["pupils"] <= suppressing().threshold).any()
    for cell in (
        pupils(frame, "zh").frame.drop(columns=["stage", "area3", "pupils_{stage}"]).to_numpy().ravel()
    ):
        assert cell in (HIDDEN, NOT_KNOWN) or int(cell) > suppressing().threshold


def test_a_school_without_a_figure_is_in_no_sum() -> None:
    frame = schools(
        pupils_primary=[100.0, 100.0, 100.0], pupils_left_behind_primary=[50.0, float("nan"), 30.0]
    )
    found = pupils_of_groups(frame).set_index(["group", "stage", "area3"])["pupils"]
    assert found["pupils_left_behind_{stage}", "primary", "all"] == 80
    assert ("pupils_left_behind_{stage}", "primary", "town") not in found.index


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> outputs.Outputs:
    folder = tmp_path_factory.mktemp("sample") / "zh"
    return outputs.proof(folder, ["01"], {"county": "990101", "year": "2025", "lang": "zh"})


def test_the_sample_prints_its_groups_and_hides_the_small_counts(sample: outputs.Outputs) -> None:
    rows = {(row[0], row[1]): row[2:] for row in sample.rows("pupil-groups")}
    assert rows["合计", "合计"] == [22548, 1104, 1720, 68]
    assert rows["小学", "乡村"] == [3005, HIDDEN, 732, HIDDEN]
    record = json.loads((sample.folder / "tables" / "pupil-groups.json").read_text(encoding="utf-8"))
    assert "不超过7人" in record["note"]["zh"]


def test_no_file_of_a_run_holds_a_groups_figure_of_one_school(sample: outputs.Outputs) -> None:
    headings = {column.zh for column in groups().values()} | {
        name for name in schema.columns() if sensitive([name])
    }
    for path in sample.folder.rglob("*.csv"):
        assert not headings & set(pd.read_csv(path, dtype=str, encoding="utf-8-sig", nrows=0).columns), (
            path.name
        )


def test_a_story_takes_no_counts_as_they_were_filed(tmp_path: Path) -> None:
    story = open_story(tmp_path / "zh", "01_data")
    frame = pd.DataFrame({"school": ["甲"], "pupils_integrated_primary": [2.0]})
    with pytest.raises(ValueError, match="pupils_integrated_primary"):
        story.table(frame, "a", title=words("表", "Table"), columns={"school": TableColumn(words("校", "S"))})


def test_no_rule_measures_a_sensitive_group_school_by_school(tmp_path: Path) -> None:
    text = Path("params/standards/cn-quality-2017.yaml").read_text(encoding="utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(text.replace("teachers_backbone_{stage}", "pupils_left_behind_{stage}"), encoding="utf-8")
    assert "left_behind" in path.read_text(encoding="utf-8")
    with pytest.raises(JunhengError, match="敏感学生群体"):
        load_standard(str(path))


def test_corrections_and_faults_of_a_sensitive_group_tell_no_value() -> None:
    line = {"school_name": "甲", "year": 2025, "column": "pupils_integrated_primary", "old": "2", "new": "3"}
    told_of = told(pd.DataFrame([line, line | {"column": "books", "old": "20", "new": "30"}]))
    assert told_of[["old", "new"]].to_numpy().tolist() == [[HIDDEN, HIDDEN], ["20", "30"]]
    place = Place("a.xlsx", "学校数据", 4, "随班就读学生数(小学)", "2")
    fault = Fault(
        "x", "比上年的9人少。", "fewer than 9.", place, Level.EXPLAIN, columns=("pupils_integrated_primary",)
    )
    row = tables.faults([fault], "zh").frame.iloc[0]
    assert "9" not in row["problem"]
    assert "= 2" not in row["place"]

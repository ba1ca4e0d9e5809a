"""What a run hands to its notebooks is taken for the same parameters only, and is what they would open themselves."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.params import resolve
from analysis.sources.handing import VARIABLE, hand_over, handed
from analysis.study import open_county, open_request

ASKED = {"county": "990101", "year": "2025", "lang": "zh", "data": "", "out": "o", "params": ""}


def test_nothing_is_taken_without_the_variable_or_for_other_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert handed(ASKED) is None
    variables = hand_over(["opened"], ASKED, tmp_path / "opened")
    monkeypatch.setenv(VARIABLE, variables[VARIABLE])
    assert handed(ASKED) == ["opened"]
    assert handed({**ASKED, "standard": ""}) == ["opened"]  # what is empty was not asked for
    for other in ({"year": "2024"}, {"out": "p"}, {"standard": "cn-basic-2012"}):
        assert handed({**ASKED, **other}) is None
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone"))
    assert handed(ASKED) is None


def test_the_county_handed_is_the_county_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = resolve(county="990101", year="2025", out=str(tmp_path / "out"))
    given: dict[str, Any] = request.as_parameters()
    alone = open_county(**given)
    monkeypatch.setenv(VARIABLE, hand_over(open_request(request), given, tmp_path / "opened")[VARIABLE])
    taken = open_county(**given)
    assert taken.request == request
    assert replace(taken.request, origin={}) == replace(alone.request, origin={})
    assert taken.rules == alone.rules
    pd.testing.assert_frame_equal(taken.data.schools, alone.data.schools)
    assert taken.data.faults == alone.data.faults
    for table in fields(alone.assessment):
        pd.testing.assert_frame_equal(*(getattr(s.assessment, table.name) for s in (taken, alone)))

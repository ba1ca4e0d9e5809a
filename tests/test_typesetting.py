"""Chinese punctuation in full width, figures left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.schema import Words
from analysis.typesetting import chinese, typeset


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("39所学校中,达标8所;14项差异系数中,符合9项。", "39所学校中，达标8所；14项差异系数中，符合9项。"),
        ("教学仪器设备值(元)", "教学仪器设备值（元）"),
        ("差异系数0.371(要求不高于0.50,待定)", "差异系数0.371（要求不高于0.50，待定）"),
        ("内部占39.0%(n=30)。", "内部占39.0%(n=30)。"),
        ("12:30, 1,234.5", "12:30, 1,234.5"),
        ("小学: 30所", "小学：30所"),
    ],
)
def test_marks_beside_chinese_are_wide(typed: str, printed: str) -> None:
    assert chinese(typed) == printed
    assert typeset(Words(zh=typed, en=typed)) == Words(zh=printed, en=typed)


@given(st.text("小学,;:()0123 n。", max_size=30))
def test_typesetting_twice_is_typesetting_once_and_keeps_every_figure(text: str) -> None:
    once = chinese(text)
    assert chinese(once) == once
    assert [c for c in once if c.isalnum()] == [c for c in text if c.isalnum()]

"""The data dictionary is what the registry says today."""

from __future__ import annotations

from pathlib import Path

from analysis import schema, shipped
from analysis.forms import dictionary


def test_data_readme_is_fresh() -> None:
    kept = (shipped.root() / "data" / "README.md").read_text(encoding="utf-8")
    assert kept == dictionary.dictionary(), "run python -m analysis.forms.dictionary"


def test_every_column_and_code_is_in_it() -> None:
    text = dictionary.dictionary()
    for name, column in schema.columns().items():
        assert f"| `{name}`" in text
        assert column.zh in text
    for table in ("urban_rural", "school_type"):
        assert all(f"| {code} |" in text for code in schema.codes(table))


def test_no_placeholder_is_left(tmp_path: Path) -> None:
    written = dictionary.write(tmp_path / "d.md").read_text(encoding="utf-8")
    assert "{" not in written
    assert "<stage>" not in written

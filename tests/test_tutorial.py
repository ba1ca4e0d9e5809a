"""The tutorial runs from top to bottom, on the sample and on the school census of Alagoas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import shipped

from .outputs import code_cells
from .shared import shared


def told(**parameters: str) -> dict[str, Any]:
    """Run the tutorial's cells with these parameters and return what it leaves."""
    names: dict[str, Any] = {}
    for cell in code_cells(shipped.notebooks() / "tutorial.ipynb"):
        exec("".join(cell["source"]), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names |= parameters
    return names


def test_on_the_sample(tmp_path: Path) -> None:
    names = told(out=str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"schools.dta", "what-if.zip"}
    assert names["filed_as_is"].verdict == "fail"
    both = [names[name].whole.dispersion["cv"] for name in ("filed_as_is", "supposed")]
    assert not both[0].equals(both[1])  # leaving a school out is seen in the coefficients


@pytest.mark.parametrize("county", ["2704302"])
def test_on_a_municipality_of_alagoas(county: str) -> None:
    names = told(county=county, year="2023", data=str(shared("data", "br-alagoas")))
    gap: pd.DataFrame = names["api"].urban_rural_gap(
        names["one"], value="numerator", pupils="denominator", area="area"
    )
    assert gap[["urban", "rural"]].notna().all(axis=None)

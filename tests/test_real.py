"""Municipalities of Alagoas: what a run prints, against the census file counted again without the library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from .outputs import Outputs, complaints, junheng, proof
from .shared import shared

YEARS = (2014, 2019, 2022, 2023)
COMPUTERS = ["QT_DESKTOP_ALUNO", "QT_COMP_PORTATIL_ALUNO", "QT_TABLET_ALUNO"]
COUNTED = ["QT_MAT_FUND", "QT_DOC_FUND", "QT_TUR_FUND", "IN_QUADRA_ESPORTES", *COMPUTERS]
KEYS = ["CO_MUNICIPIO", "TP_SITUACAO_FUNCIONAMENTO", "TP_DEPENDENCIA", "TP_LOCALIZACAO"]
SIDES = {1: "urban", 2: "rural"}
ARAPIRACA = "2700300"
OTHERS = ("2706307", "2705002", "2702900")


@pytest.fixture(scope="module")
def census() -> pd.DataFrame:
    """Active public schools with pupils in grades 1-9, as published; 88888 is not a count."""
    years = []
    for year in YEARS:
        path = shared("data", "br-alagoas", f"microdados_ed_basica_{year}_alagoas.csv")
        own = pd.read_csv(path, sep=";", encoding="latin-1", usecols=[*KEYS, *COUNTED], low_memory=False)
        years.append(own.assign(year=year))
    table = pd.concat(years, ignore_index=True)
    table[COUNTED] = table[COUNTED].replace(88888, np.nan)
    active = (table["TP_SITUACAO_FUNCIONAMENTO"] == 1) & (table["TP_DEPENDENCIA"] < 4)
    return table[active & (table["QT_MAT_FUND"] > 0)].assign(side=lambda f: f["TP_LOCALIZACAO"].map(SIDES))


def _ratio(rows: pd.DataFrame, above: pd.Series, below: pd.Series, times: float = 1) -> float:
    """Return the ratio of totals over the schools that have both figures, missing where none has."""
    known = above.notna() & below.notna() & (below > 0)
    return float(times * above[known].sum() / below[known].sum()) if known.any() else np.nan


def counted(rows: pd.DataFrame) -> dict[str, float]:
    """Return what the schools of one side have, counted straight from the census."""
    pupils = rows["QT_MAT_FUND"]
    # By kind only from 2019 on: the zeros of 2014 mean that nobody asked.
    computers = rows[COMPUTERS].sum(axis=1, min_count=3).where(rows["year"] >= 2019)
    return {
        "pupils_per_teacher": _ratio(rows, pupils, rows["QT_DOC_FUND"]),
        "pupils_per_class": _ratio(rows, pupils, rows["QT_TUR_FUND"]),
        "computers_per_100": _ratio(rows, computers, pupils, 100),
        "court": 100 * rows["IN_QUADRA_ESPORTES"].mean(),
    }


def _told(outputs: Outputs) -> Iterator[tuple[int, str, str, float]]:
    """Yield year, side, indicator and figure of the data behind the figure of all years."""
    trend = outputs.frame("figure-trend-school")
    for row in trend.to_dict("records"):
        for side in SIDES.values():
            if row["mean"] == "totals":
                value = float(row[side]) if row[side] else np.nan
                yield int(row["year"]), side, str(row["indicator"]), value


def agrees(outputs: Outputs, census: pd.DataFrame, code: str) -> None:
    """Hold what a run says of a municipality against the census."""
    own = census[census["CO_MUNICIPIO"] == int(code)]
    told = {(year, side, indicator): value for year, side, indicator, value in _told(outputs)}
    compared = outputs.by("figure-urban-rural-school", "indicator", "mean")
    for side in SIDES.values():
        for year in YEARS:
            rows = own[(own["year"] == year) & (own["side"] == side)]
            for indicator, value in counted(rows).items():
                found = told[year, side, indicator]
                assert found == pytest.approx(value, nan_ok=True), (year, side, indicator)
        rows = own[(own["year"] == 2023) & (own["side"] == side)]
        court = compared["court", "schools"]
        assert int(court[f"n_{side}"]) == len(rows)
        assert float(court[side]) == pytest.approx(counted(rows)["court"])
    ratio = compared["pupils_per_teacher", "totals"]
    sides = {side: told[2023, side, "pupils_per_teacher"] for side in SIDES.values()}
    assert float(ratio["ratio"]) == pytest.approx(sides["urban"] / sides["rural"])
    # Fewer pupils to a teacher count as better: the rural side is not taken to be behind.
    assert ratio["favours"] == ("urban" if sides["urban"] < sides["rural"] else "rural")
    _what_was_not_collected_is_missing(told)
    _nothing_is_judged(outputs)


def _what_was_not_collected_is_missing(told: dict[tuple[int, str, str], float]) -> None:
    for side in SIDES.values():
        assert np.isnan(told[(2014, side, "computers_per_100")])
        assert all(told[(year, side, "computers_per_100")] > 0 for year in YEARS[1:])


def _nothing_is_judged(outputs: Outputs) -> None:
    ledgers = ("met", "unmet", "problems", "near-misses", "least-slack", "coefficients", "alternatives")
    assert not {*ledgers, "schools-school", "dispersion-school", "shortfalls-school"} & outputs.tables
    assert "has no thresholds: no verdict and no ledger." in outputs.sentences("en", "02")[0]


def test_arapiraca_agrees_with_the_census(census: pd.DataFrame, tmp_path: Path) -> None:
    data = str(shared("data", "br-alagoas"))
    given = {"county": ARAPIRACA, "year": "2023", "data": data, "lang": "en"}
    proof(tmp_path, ("02",), given)
    outputs = proof(tmp_path, ("03",), given, cells=7)  # as far as the change over the years
    agrees(outputs, census, ARAPIRACA)
    own = census[(census["CO_MUNICIPIO"] == int(ARAPIRACA)) & (census["year"] == 2023)]
    sides = own["side"].value_counts()
    assert (sides["urban"], sides["rural"]) == (44, 27)


@pytest.mark.full
@pytest.mark.parametrize("code", [ARAPIRACA, *OTHERS])
def test_a_municipality_runs_under_the_command(code: str, census: pd.DataFrame, tmp_path: Path) -> None:
    data = shared("data", "br-alagoas")
    arguments = ("--county", code, "--year", "2023", "--data", data, "--lang", "en", "--out", "out")
    done = junheng("run", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    outputs = Outputs(tmp_path / "out" / code / "2023" / "en")
    assert [line for path in outputs.folder.glob("notebooks/*.ipynb") for line in complaints(path)] == []
    agrees(outputs, census, code)

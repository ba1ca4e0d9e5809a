"""How far the method would have been off: fitted on the first years, held against the last."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..programme import Programme
from ..standards import RuleSet
from .projection import project

_KEYS = ["year", "school_id", "stage"]


def backtest(
    schools: pd.DataFrame,
    births: pd.DataFrame,
    rules: RuleSet,
    programme: Programme,
    *,
    base_year: int,
    held_back: int = 2,
) -> pd.DataFrame:
    """
    Fit on all years but the last ones, predict those, and compare with what was filed.

    Parameters
    ----------
    base_year
        The last year that counts as known.
    held_back
        How many years are predicted; fewer where there are not enough on file: two must be left to fit on.

    Returns
    -------
    One row per year predicted and stage: `ahead` (years), `n` (schools on file at both ends), `filed`, `predicted`,
    `error` = predicted / filed − 1 of the total, `school_error` = Σ|predicted − filed| / Σ filed over schools, and
    `same_error`, `same_school_error` likewise of "same as the last fitted year". Empty with fewer than three years.
    """
    columns = ["year", "stage", "ahead", "n", "filed", "predicted", "error", "school_error", "same_error"]
    on_file = sorted(schools.loc[schools["year"] <= base_year, "year"].unique())
    ahead = min(held_back, len(on_file) - 2)
    if ahead < 1:
        return pd.DataFrame(columns=[*columns, "same_school_error"])
    fitted = int(on_file[-1 - ahead])
    found = project(
        schools, births, rules, programme, base_year=fitted, last_year=base_year, variants=("middle",)
    ).pupils
    predicted = found[found["grade"] == 0].set_index(_KEYS)["pupils"].rename("predicted")
    frames = []
    for year in on_file[-ahead:]:
        for stage in found["stage"].unique():
            frames.append(_held(schools, predicted, int(year), str(stage), fitted))
    return pd.DataFrame(frames)[[*columns, "same_school_error"]]


def _held(
    schools: pd.DataFrame, predicted: pd.Series[float], year: int, stage: str, fitted: int
) -> dict[str, object]:
    """Return one stage of one year: predicted, and the last fitted year, against what was filed."""
    column = f"pupils_{stage}"
    filed = schools[schools["year"] == year].set_index("school_id")[column].rename("filed")
    before = schools[schools["year"] == fitted].set_index("school_id")[column].rename("before")
    guess = predicted.xs((year, stage), level=("year", "stage")) if len(predicted) else predicted
    table = pd.concat([filed, before, guess], axis=1, join="inner").dropna()
    total = float(table["filed"].sum())
    off = {
        name: (table[name].sum() / total - 1, np.abs(table[name] - table["filed"]).sum() / total)
        if total
        else (np.nan, np.nan)
        for name in ("predicted", "before")
    }
    return {
        "year": year,
        "stage": stage,
        "ahead": year - fitted,
        "n": len(table),
        "filed": total,
        "predicted": float(table["predicted"].sum()),
        "error": off["predicted"][0],
        "school_error": off["predicted"][1],
        "same_error": off["before"][0],
        "same_school_error": off["before"][1],
    }


def past_error(tested: pd.DataFrame) -> dict[str, float]:
    """
    Return by stage the error of a total one year ahead that past predictions suggest (a share of the total).

    e = √(mean of error² / years ahead); a total h years ahead is then taken to be within ± e · √h. Empty without a
    back-test.
    """
    if tested.empty:
        return {}
    squares = (tested["error"] ** 2 / tested["ahead"]).groupby(tested["stage"]).mean()
    return {str(stage): float(np.sqrt(square)) for stage, square in squares.items()}


def with_interval(totals: pd.DataFrame, tested: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """
    Return the totals of stages (`stage_totals`) with the interval about the middle variant that past errors suggest.

    Adds `least` and `most`, persons: pupils · (1 ∓ e · √h), h years after `base_year` and e of `past_error`; NaN for the
    other variants and for stages that were not tested.
    """
    error = totals["stage"].map(past_error(tested)).astype("float64")
    ahead = np.sqrt((totals["year"] - base_year).clip(lower=0))
    off = (totals["pupils"] * error * ahead).where(totals["variant"] == "middle")
    return totals.assign(least=totals["pupils"] - off, most=totals["pupils"] + off)

"""Whether a finding holds: the urban–rural gap under every defensible combination of choices."""

from __future__ import annotations

from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from ..gaps import urban_rural
from ..indicators import indicator_values, units_in_scope
from ..standards import RuleSet, Scope
from .aggregates import require_schools
from .settings import Research

Choice = Literal["year", "mean", "scope", "split", "areas"]
CHOICES: tuple[Choice, ...] = ("year", "mean", "scope", "split", "areas")
_FINDING = ["county_code", "stage", "indicator"]


def specifications(schools: pd.DataFrame, rules: RuleSet, settings: Research, *, year: int) -> pd.DataFrame:
    """
    Return the gap of each indicator under every combination of mean, scope, split, area definition and year.

    `scope`: `rule` as the rule set has it, `small` without its least numbers of pupils, `public` public schools alone.
    `split`: whether shared facilities of combined schools are split. `areas`: `own`, the rule's, or one of
    params/research.yaml. Combinations that come to the same figures from the same number of units (a split where no
    facility is shared, a definition that sorts this county's schools alike) are one specification and stand once;
    those in which a side has no figure are none.

    Parameters
    ----------
    schools
        The canonical table, any number of counties and years.
    rules, settings
        The rule set; the other area definitions.
    year
        The year of the finding: with the rule's own choices and the ratio of totals it is `own`.

    Returns
    -------
    One row per specification: `county_code`, `stage`, `indicator`, `year`, `mean`, `scope`, `split`, `areas`, `urban`,
    `rural`, `difference`, `relative` = 200 · difference / (urban + rural) (per cent of the middle of the two sides),
    `n_urban`, `n_rural`, `favours`, `own`.

    Raises
    ------
    JunhengError
        The rows are totals of areas, not schools.
    """
    require_schools(schools)
    found = []
    for (scope, split), variant in _variants(rules).items():
        units = units_in_scope(schools, variant)
        values = indicator_values(schools, units, variant)
        for name, redrawn in _redrawn(values, schools, settings).items():
            found.append(urban_rural(redrawn).assign(scope=scope, split=split, areas=name))
    table = pd.concat(found, ignore_index=True)
    table = table.dropna(subset=["difference"])
    own = (table["scope"] == "rule") & (table["split"] == rules.split.apply) & (table["areas"] == "own")
    own &= (table["mean"] == "totals") & (table["year"] == year)
    middle = (table["urban"] + table["rural"]).where(lambda m: m > 0)
    table = table.assign(own=own, relative=200 * table["difference"] / middle)
    table = _each_once(table.sort_values("own", ascending=False, kind="stable"))
    return table.drop(columns=["ratio", "n_missing_urban", "n_missing_rural", "n_unknown"])


def holding(specs: pd.DataFrame) -> pd.DataFrame:
    """
    Return in what share of the specifications each county's own finding holds: the same side is ahead.

    Returns
    -------
    One row per county, stage and indicator whose own specification has a figure: `favours`, `difference`, `relative`
    (of the own one), `n`, `n_same`, `n_opposite`, `n_equal`, `share` (0 to 1), `lowest`, `highest` (of `relative`).
    """
    own = specs[specs["own"]][[*_FINDING, "favours", "difference", "relative"]]
    rows = specs.merge(own[[*_FINDING, "favours"]], on=_FINDING, suffixes=("", "_own"))
    same, equal = rows["favours"] == rows["favours_own"], rows["favours"] == "equal"
    counted = rows[_FINDING].assign(
        n=1,
        n_same=same.astype(int),
        n_equal=(equal & ~same).astype(int),
        n_opposite=(~same & ~equal).astype(int),
    )
    table = counted.groupby(_FINDING, sort=False).sum().reset_index()
    spread = rows.groupby(_FINDING, sort=False)["relative"].agg(lowest="min", highest="max").reset_index()
    table = own.merge(table, on=_FINDING).merge(spread, on=_FINDING)
    return table.assign(share=table["n_same"] / table["n"])


def by_choice(specs: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """Return `holding` apart for each value of one choice: `n`, `n_same`, `share` by county, stage, indicator, `choice`, `value`."""
    own = specs[specs["own"]][[*_FINDING, "favours"]]
    rows = specs.merge(own, on=_FINDING, suffixes=("", "_own"))
    rows = rows.assign(n_same=(rows["favours"] == rows["favours_own"]).astype(int), n=1)
    table = rows.groupby([*_FINDING, choice], sort=True)[["n", "n_same"]].sum().reset_index()
    table["choice"] = choice
    return table.assign(share=table["n_same"] / table["n"]).rename(columns={choice: "value"})


def _variants(rules: RuleSet) -> dict[tuple[str, bool], RuleSet]:
    scopes: dict[str, Scope] = {
        "rule": rules.scope,
        "small": rules.scope.model_copy(update={"min_pupils": {}}),
        "public": rules.scope.model_copy(update={"ownership": ("public",)}),
    }
    scopes = {name: scope for name, scope in scopes.items() if name == "rule" or scope != rules.scope}
    splits = [rules.split.apply]
    if rules.unit == "stage" and any(indicator.split for indicator in rules.indicators):
        splits.append(not rules.split.apply)
    return {
        (name, split): rules.model_copy(
            update={"scope": scopes[name], "split": rules.split.model_copy(update={"apply": split})}
        )
        for name, split in product(scopes, splits)
    }


def _redrawn(values: pd.DataFrame, schools: pd.DataFrame, settings: Research) -> dict[str, pd.DataFrame]:
    """Return the values with the sides of each definition; those that sort the schools as an earlier one are left out."""
    places = pd.MultiIndex.from_frame(values[["school_id", "year"]])
    of_schools = schools.set_index(["school_id", "year"])
    found = {"own": values}
    for name, definition in settings.areas.items():
        sides = of_schools[definition.by].map(definition.sides).astype("str").reindex(places).to_numpy()
        redrawn = values.assign(area=pd.Series(sides, index=values.index, dtype="str"))
        if not any(redrawn["area"].equals(earlier["area"]) for earlier in found.values()):
            found[name] = redrawn
    return found


def _each_once(table: pd.DataFrame) -> pd.DataFrame:
    """Drop specifications that come to the figures of an earlier one; sums differ in their last bits."""
    rounded = {
        side: table[side].map(lambda v: float(np.format_float_scientific(v, precision=9)))
        for side in ("urban", "rural")
    }
    keys = table.assign(**rounded)
    # Means are choices of weights: the mean over pupils of a per-pupil figure is the ratio of totals.
    twice = keys.duplicated([*_FINDING, "year", "urban", "rural", "n_urban", "n_rural"])
    return table[~twice].reset_index(drop=True)

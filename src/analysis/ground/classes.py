"""Large classes (大班额): how many units have one, by area and year; the norms say from how many pupils on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .norms import Norms

_KEYS = ["county_code", "year", "stage"]


def unit_classes(schools: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """
    Return the classes of every unit that has or may have pupils, in scope or not; kinds never judged are left out.

    Parameters
    ----------
    schools, units
        The canonical table and the units made from it; any number of counties and years.

    Returns
    -------
    `county_code, year, school_id, school_name, stage, area3, pupils`, `classes`, `mean` = pupils / classes (NaN where 0),
    `largest` (pupils of the largest class as filed) and `at_least`: a number of pupils that the largest class has for
    sure: as filed, else the mean rounded up, else 0.
    """
    held = units[~units["out_reason"].isin(["no_pupils", "kind"])]
    figures = schools.set_index(["county_code", "year", "school_id"])
    parts = []
    for stage, rows in held.groupby("stage", sort=False):
        place = pd.MultiIndex.from_frame(rows[["county_code", "year", "school_id"]])
        names = {"classes": f"classes_{stage}", "largest": f"largest_class_{stage}"}
        found = {
            key: figures[name].reindex(place).to_numpy(float) if name in figures else np.nan
            for key, name in names.items()
        }
        parts.append(rows[[*_KEYS, "school_id", "school_name", "area3", "pupils"]].assign(**found))
    if not parts:
        return held[[*_KEYS, "school_id", "school_name", "area3", "pupils"]].assign(
            classes=np.nan, mean=np.nan, largest=np.nan, at_least=0.0
        )
    table = pd.concat(parts).sort_index()
    mean = table["pupils"] / table["classes"].where(table["classes"] > 0)
    whole = mean.map(np.ceil)
    return table.assign(mean=mean, at_least=table["largest"].fillna(whole).fillna(0.0))


def large_classes(classes: pd.DataFrame, norms: Norms, *, by: tuple[str, ...] = ()) -> pd.DataFrame:
    """
    Return how many units have a class of each kind of the norms or above, one row per county, year, stage and `by`.

    A unit without its largest class counts where its mean class already reaches the kind; else it is unknown.

    Parameters
    ----------
    classes
        What `unit_classes` returns.
    by
        Further columns to count by, such as area3.

    Returns
    -------
    `n_units`, `n_missing` (largest class not filed), `largest` (pupils; NaN where none is filed), and for each kind
    `n_<kind>` (units that surely have such a class or a larger one) and `n_<kind>_unknown`.
    """
    rows = classes[[*_KEYS, *by, "largest"]].assign(
        n_units=1, n_missing=classes["largest"].isna().astype(int)
    )
    kinds = list(dict.fromkeys(kind.id for kind in norms.class_size))
    for name in kinds:
        limits = {s: n for kind in norms.class_size if kind.id == name for s, n in kind.at_least.items()}
        reached = classes["at_least"] >= classes["stage"].map(limits).astype(float)
        rows[f"n_{name}"] = reached.astype(int)
        rows[f"n_{name}_unknown"] = (classes["largest"].isna() & ~reached).astype(int)
    grouped = rows.groupby([*_KEYS, *by], dropna=False, sort=True)
    counts = [name for name in rows if str(name).startswith("n_")]
    return grouped[counts].sum().assign(largest=grouped["largest"].max()).reset_index()

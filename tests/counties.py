"""Tiny counties made by hand, by chance, and by the thousand: canonical tables of schools for the tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from analysis import schema
from analysis.standards import RuleSet, load_standard

COUNTY, YEAR = "110001", 2025
QUALITY, BASIC = "cn-quality-2017", "cn-basic-2012"

# What a comfortable school has, per pupil: every indicator of the shipped rules is met, and all schools are alike.
_PER_PUPIL = {
    "teaching_area_m2": 8.0,
    "indoor_sports_area_m2": 0.5,
    "sports_ground_area_m2": 12.0,
    "equipment_value_yuan": 4000.0,
    "multimedia_rooms": 0.04,
    "computers": 0.2,
    "books": 30.0,
}
_PER_PUPIL_OF_STAGE = {
    "teachers_{stage}": 0.1,
    "teachers_above_degree_{stage}": 0.08,
    "teachers_backbone_{stage}": 0.02,
    "teachers_pe_art_{stage}": 0.02,
    "teachers_mid_title_{stage}": 0.05,
}
_STAGE_OF_KIND = {"primary": "primary", "teaching_point": "primary", "junior": "junior", "senior": "senior"}

# Shortfalls of a school of 100 primary pupils under the rule of 2017.
ONE_SHORT: dict[str, Any] = {"teachers_backbone_primary": 0.9}  # of 1, and not below 0.85
TWO_SHORT: dict[str, Any] = ONE_SHORT | {"teachers_pe_art_primary": 0.8}  # of 0.9, and not below 0.765
BELOW_FLOOR: dict[str, Any] = {"teachers_backbone_primary": 0.84}


def school(
    kind: str = "primary", pupils: float | Mapping[str, float] = 100, **figures: Any
) -> dict[str, Any]:
    """
    Return one school: comfortable unless `figures` (canonical names) say otherwise; None is missing.

    `pupils`: of the only stage, or by stage.
    """
    by_stage = pupils if isinstance(pupils, Mapping) else {_STAGE_OF_KIND[kind]: pupils}
    codes = {entry.kind: code for code, entry in schema.codes("school_type").items()}
    row: dict[str, Any] = {"school_type_code": codes[kind], "urban_rural_code": "121", "ownership": "public"}
    row |= {f"pupils_{stage}": n for stage, n in by_stage.items()}
    for stage, n in by_stage.items():
        of_stage = {name.format(stage=stage): share * n for name, share in _PER_PUPIL_OF_STAGE.items()}
        row |= {name: n for name, n in of_stage.items() if name in schema.columns()}
    whole = sum(by_stage.values())
    row |= {name: share * whole for name, share in _PER_PUPIL.items()}
    return row | figures


def county(*rows: Mapping[str, Any], county_code: str = COUNTY, year: int = YEAR) -> pd.DataFrame:
    """Return the canonical table of the schools given: every registered column, its type, its derived area."""
    named = [
        {
            "county_code": county_code,
            "year": year,
            "school_id": f"{county_code}{number:04d}",
            "school_name": f"第{number}学校",
            "township_code": f"{county_code}100",
            **row,
        }
        for number, row in enumerate(rows, start=1)
    ]
    return canonical(pd.DataFrame(named))


def canonical(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with every column of the registry, in the types that reading gives."""
    areas = {code: entry.area3 for code, entry in schema.codes("urban_rural").items()}
    if "area3" not in table:
        table = table.assign(area3=table["urban_rural_code"].map(areas))
    kinds = {
        name: "float64" if column.type in schema.NUMERIC else "str"
        for name, column in schema.columns().items()
    }
    typed = table.reindex(columns=list(kinds)).astype(kinds | {"year": "int64"})
    return typed.assign(
        source_file="county.xlsx", source_sheet="学校数据", source_row=np.arange(2, len(table) + 2)
    )


def rules(standard: str = QUALITY, **changes: Any) -> RuleSet:
    """Return a shipped rule set, parts of it replaced; the result is validated again."""
    own = _shipped(standard)
    changed = {key: value for key, value in (own | changes).items() if value is not None}
    return RuleSet.model_validate_json(json.dumps(changed))


@cache
def _shipped(standard: str) -> dict[str, Any]:
    return load_standard(standard).model_dump(mode="json", exclude_none=True)


def indicator(**changes: Any) -> dict[str, Any]:
    """Return an indicator for a rule set of the test's own."""
    words = {"zh": "指标", "en": "indicator"}
    return {"id": "it", "title": words, "short": words, "unit": words, "numerator": ["books"]} | changes


def whole_school_rules(*indicators: Mapping[str, Any], **more: Any) -> RuleSet:
    """Return a rule set that takes each school whole."""
    area = {"urban": ["urban", "town"], "rural": ["rural"], "zh": {}, "en": {}}
    own: dict[str, Any] = {
        "id": "own",
        "title": {"zh": "自定", "en": "own"},
        "source": "own",
        "unit": "school",
        "area": area,
    }
    own |= {"pupils": "pupils_compulsory", "indicators": [dict(i) for i in indicators]}
    return RuleSet.model_validate_json(json.dumps(own | more))


def hide(schools: pd.DataFrame, row: int, column: str) -> pd.DataFrame:
    """Return the table with one figure missing."""
    hidden = schools.copy()
    hidden.loc[hidden.index[row], column] = np.nan
    return hidden


# Multiples of a comfortable figure that put values on, about and far from thresholds and floors.
_LEVELS = st.sampled_from([0.0, 0.2, 0.3, 0.478125, 0.5, 0.5625, 0.6, 0.7, 0.85, 1.0, 1.0, 1.0, 1.3, 3.0])
_PUPILS = st.sampled_from([0, 1, 30, 49, 50, 100, 160, 250, 1000])
_STAGES_OF_KIND = {
    "primary": ("primary",),
    "teaching_point": ("primary",),
    "junior": ("junior",),
    "nine_year": ("primary", "junior"),
    "complete_secondary": ("junior", "senior"),
    "special": ("primary",),
}


@st.composite
def some_schools(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a school of any kind with figures about the thresholds."""
    kind = draw(st.sampled_from(sorted(_STAGES_OF_KIND)))
    row = school(kind, {stage: draw(_PUPILS) for stage in _STAGES_OF_KIND[kind]})
    for name in sorted(FIGURES & row.keys()):
        if not name.startswith("pupils"):
            row[name] = round(row[name] * draw(_LEVELS), 2)
    row["indoor_sports_area_m2"] = min(row["indoor_sports_area_m2"], row["teaching_area_m2"])
    row["urban_rural_code"] = draw(st.sampled_from(["111", "121", "210", "220"]))
    return row


@st.composite
def some_counties(draw: st.DrawFn, most: int = 5) -> pd.DataFrame:
    """Draw the schools of one county and year."""
    return county(*draw(st.lists(some_schools(), min_size=1, max_size=most)))


FIGURES = {
    *(f"pupils_{stage}" for stage in schema.STAGES),
    *(name.format(stage=stage) for name in _PER_PUPIL_OF_STAGE for stage in ("primary", "junior")),
    *_PER_PUPIL,
}


def many_counties(
    n_schools: int, *, per_county: int = 70, missing: float = 0.01, seed: int = 1
) -> pd.DataFrame:
    """Return a table of many counties for benchmarks: every kind of school, a share of the figures missing."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(_STAGES_OF_KIND), n_schools, p=[0.45, 0.2, 0.15, 0.12, 0.06, 0.02])
    codes = {entry.kind: code for code, entry in schema.codes("school_type").items()}
    number = np.arange(n_schools)
    table = pd.DataFrame(
        {
            "county_code": pd.Series(110000 + number // per_county).astype("str"),
            "year": YEAR,
            "school_id": pd.Series(2_100_000_000 + number).astype("str"),
            "school_name": pd.Series(number).astype("str") + "学校",
            "school_type_code": pd.Series(kinds).map(codes),
            "urban_rural_code": rng.choice(["111", "121", "122", "210", "220"], n_schools),
            "ownership": rng.choice(["public", "private"], n_schools, p=[0.93, 0.07]),
        }
    )
    whole = np.zeros(n_schools)
    for stage in schema.STAGES:
        has = np.array([stage in _STAGES_OF_KIND[kind] for kind in kinds])
        small = np.where(kinds == "teaching_point", 0.12, 1.0)
        pupils = np.where(has, np.ceil(small * rng.lognormal(5.8, 0.8, n_schools)), np.nan)
        table[f"pupils_{stage}"] = pupils
        whole += np.nan_to_num(pupils)
        for name, share in _PER_PUPIL_OF_STAGE.items():
            if (column := name.format(stage=stage)) in schema.columns():
                table[column] = np.round(pupils * share * rng.lognormal(-0.1, 0.4, n_schools))
    for name, share in _PER_PUPIL.items():
        digits = 0 if schema.column(name).type == "count" else 2
        table[name] = np.round(whole * share * rng.lognormal(-0.2, 0.5, n_schools), digits)
    for name in sorted(FIGURES & set(table.columns)):
        table.loc[rng.random(n_schools) < missing, name] = np.nan
    return canonical(table)

"""An invented county for the tests of the charts: frames of the shapes that docs/architecture.md fixes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.standards import RuleSet, load_standard

QUALITY = load_standard("cn-quality-2017")
BASIC = load_standard("cn-basic-2012")

_PLACES = (
    "青石,柳河,白马,双桥,大坪,龙泉,石门,桃源,东山,清溪,官渡,马鞍,凤凰,太平,永兴,新店,花园,三合,高坪,红旗"
)
NAMES = [
    "示例县第一小学",
    "示例县第二实验小学",
    "示例县城关镇中心小学",
    "示例县人民政府机关附属实验学校(九年一贯制)北校区",
    *(f"示例县{place}乡中心小学" for place in _PLACES.split(",")),
    *(f"{place}村小学" for place in _PLACES.split(",")[:10]),
    "示例县白马彝族土家族苗族自治乡中心完全小学",
    "示例县民族寄宿制小学",
    "青石县外国语学校小学部",
    "示例县特困移民安置区希望小学",
]
HOSTILE = [
    "=1+1",
    "<script>alert(1)</script>",
    "A$B$",
    "𠮷野小学",
    "新\n街小学",
    "🏫阳光小学",
    "\u202eabc小学",
]

LEVELS = {
    "teachers_above_degree_per_100": 4.9,
    "backbone_teachers_per_100": 1.1,
    "pe_art_teachers_per_100": 0.95,
    "teaching_area_per_pupil": 5.4,
    "sports_area_per_pupil": 8.3,
    "equipment_value_per_pupil": 2290.0,
    "multimedia_rooms_per_100": 2.6,
}


def units(
    names: list[str] = NAMES, *, years: range = range(2025, 2026), stage: str = "primary"
) -> pd.DataFrame:
    """Return the table `units`: one row per name and year; the last third of the names is rural."""
    rng = np.random.default_rng(7)
    frames = []
    for year in years:
        n = len(names)
        frame = pd.DataFrame(
            {
                "county_code": "990101",
                "year": year,
                "school_id": [f"2199{i:06d}" for i in range(n)],
                "school_name": names,
                "area": ["urban" if i < 0.4 * n else "rural" for i in range(n)],
                "stage": stage,
                "pupils": np.round(rng.lognormal(5.6, 0.8, n)),
                "in_scope": True,
                "scope_known": True,
                "out_reason": "",
            }
        )
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def values(units: pd.DataFrame, rules: RuleSet = QUALITY) -> pd.DataFrame:
    """Return the table `values`: levels about the national ones, one figure in fifty missing."""
    rng = np.random.default_rng(11)
    frames = []
    for indicator in rules.indicators:
        level = LEVELS.get(indicator.id, 3.0)
        figures = level * rng.lognormal(0, 0.4, len(units)) * np.where(units["area"] == "rural", 1.1, 1.0)
        figures[rng.random(len(units)) < 0.02] = np.nan
        frames.append(units.assign(indicator=indicator.id, value=figures))
    return pd.concat(frames, ignore_index=True)


def judged(values: pd.DataFrame, rules: RuleSet = QUALITY) -> pd.DataFrame:
    """Return the table `judged`, by the plain comparison that these frames need."""
    thresholds = values["indicator"].map({i.id: _threshold(i.id, values, rules) for i in rules.indicators})
    status = np.select(
        [values["value"].isna(), values["value"] >= thresholds, values["value"] >= 0.85 * thresholds],
        ["missing", "met", "floor"],
        "below",
    )
    return values.assign(threshold=thresholds, floor=0.85 * thresholds, status=status)


def unit_verdicts(judged: pd.DataFrame) -> pd.DataFrame:
    """Return the table `unit_verdicts`."""
    keys = ["county_code", "year", "school_id", "school_name", "area", "stage"]
    counts = pd.crosstab([judged[key] for key in keys], judged["status"]).reset_index()
    for status in ("met", "floor", "below", "missing"):
        counts["n_" + status] = counts.get(status, 0)
    verdict = np.select(
        [(counts["n_below"] > 0) | (counts["n_floor"] > 1), counts["n_missing"] > 0],
        ["fail", "undetermined"],
        "pass",
    )
    return counts.assign(verdict=verdict)


def dispersion(rules: RuleSet = QUALITY, stage: str = "primary") -> pd.DataFrame:
    """Return the table `dispersion`: one above, one a hair below its limit, one with a figure missing, one unknown."""
    cvs = [0.298, 0.5018, 0.402, 0.28842, 0.49997, 0.3128, 0.394, 0.41][: len(rules.indicators)]
    assert rules.dispersion is not None
    each = rules.dispersion.each_at_most is not None
    limit = float(rules.dispersion.limits()[stage])
    frame = pd.DataFrame(
        {"indicator": [i.id for i in rules.indicators], "cv": cvs, "n": 38, "n_missing": 0, "n_unsure": 0}
    )
    frame["limit"] = limit if each else np.nan
    frame["verdict"] = np.where(frame["cv"] <= limit, "pass", "fail") if each else None
    frame.loc[2, ["n", "n_missing"]] = [36, 2]
    frame.loc[6, ["cv", "n", "n_missing"]] = [np.nan, 0, 38]
    if each:
        frame.loc[[2, 6], "verdict"] = "undetermined"
    else:
        mean = {
            "indicator": "combined",
            "cv": 0.386,
            "n": 36,
            "n_missing": 2,
            "n_unsure": 0,
            "limit": limit,
            "verdict": "undetermined",
        }
        frame = pd.concat([frame, pd.DataFrame([mean])], ignore_index=True)
    return frame.assign(county_code="990101", year=2025, stage=stage)


def urban_rural(
    rules: RuleSet = QUALITY, *, years: range = range(2025, 2026), stage: str = "primary"
) -> pd.DataFrame:
    """Return what gaps.urban_rural returns, in its three means."""
    rng = np.random.default_rng(3)
    rows = []
    for indicator in rules.indicators:
        urban, rural = LEVELS.get(indicator.id, 3.0) * rng.uniform(0.8, 1.3, 2)
        for year in years:
            urban, rural = urban * rng.uniform(0.97, 1.06), rural * rng.uniform(0.99, 1.08)
            for i, mean in enumerate(("totals", "schools", "pupils")):
                rows.append((indicator.id, year, mean, urban * (1 + i / 50), rural * (1 + i / 40)))
    frame = pd.DataFrame(rows, columns=["indicator", "year", "mean", "urban", "rural"])
    return frame.assign(county_code="990101", stage=stage, n_missing_urban=0, n_missing_rural=0)


def swapped(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its urban and rural columns exchanged."""
    return frame.rename(columns={"urban": "rural", "rural": "urban"})


def theil(rules: RuleSet = QUALITY, stage: str = "primary") -> pd.DataFrame:
    """Return what inequality.theil returns by area; the last indicator is not known."""
    rng = np.random.default_rng(5)
    n = len(rules.indicators)
    between, within = rng.uniform(0.0005, 0.03, n), rng.uniform(0.02, 0.11, n)
    between[-1] = within[-1] = np.nan
    return pd.DataFrame(
        {
            "county_code": "990101",
            "year": 2025,
            "stage": stage,
            "indicator": [i.id for i in rules.indicators],
            "n": 38,
            "n_missing": [0, 2, *[0] * (n - 3), 38],
            "n_zero": 0,
            "theil_t": between + within,
            "between_t": between,
            "within_t": within,
            "theil_l": 1.1 * (between + within),
            "between_l": between,
            "within_l": 1.1 * within + 0.1 * between,
        }
    )


def shortfalls(rules: RuleSet = QUALITY, stage: str = "primary") -> pd.DataFrame:
    """Return what gaps.shortfalls returns."""
    gaps = [18, 7, 9, 1204.3, 3411.06, 861_250.0, 12]
    rows = []
    for indicator, gap in zip(rules.indicators, gaps, strict=False):
        rows.append((indicator.id, "urban", 15, 5, 0, gap))
        rows.append((indicator.id, "rural", 23, 9, 2, 2.4 * gap))
    rows[2] = (rows[2][0], "urban", 15, 0, 15, np.nan)
    rows[5] = (rows[5][0], "rural", 23, 0, 0, 0.0)
    frame = pd.DataFrame(rows, columns=["indicator", "area", "n_units", "n_short", "n_missing", "gap"])
    return frame.assign(county_code="990101", year=2025, stage=stage)


def _threshold(indicator: str, values: pd.DataFrame, rules: RuleSet) -> float:
    found = rules.indicator(indicator).threshold(values["stage"].iloc[0])
    return float(found) if found is not None else np.nan

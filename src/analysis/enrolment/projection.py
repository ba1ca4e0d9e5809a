"""Carry the cohorts of a county forward, in a low, a middle and a high variant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..exact import Floats
from ..facts import About, told
from ..programme import Programme
from ..schema import Words
from ..standards import RuleSet
from .cohorts import Cohorts, cohorts, entering_births
from .ratios import COUNTY, Ratios, estimate

Variant = Literal["low", "middle", "high"]
VARIANTS: tuple[Variant, ...] = ("low", "middle", "high")
_COLUMNS = ["variant", "school_id", "stage", "grade", "year", "pupils", "basis"]


@dataclass(frozen=True)
class Projection:
    """
    Pupils by school and year, projected.

    Attributes
    ----------
    pupils
        One row per variant, school, stage, grade (0: the stage as a whole) and year, base year included: `pupils` (whole
        people) and `basis`: `filed` in the base year, `births` where the cohort was born and counted, `assumed` where it
        rests on assumed births (or on assumed entrants, without births), `totals` where stage totals were carried on
        because grades were not filed.
    ratios
        What carried them; None where there were no grades.
    base_year, last_year
        The year on file they start from, and the last one projected.
    births_until
        The last year of births on file; None without births.
    caveats
        What the method could not use, in words.
    """

    pupils: pd.DataFrame
    ratios: Ratios | None
    base_year: int
    last_year: int
    births_until: int | None
    caveats: tuple[Words, ...]

    def of(self, variant: Variant) -> pd.DataFrame:
        """Return the rows of one variant."""
        return self.pupils[self.pupils["variant"] == variant]


def project(
    schools: pd.DataFrame,
    births: pd.DataFrame,
    rules: RuleSet,
    programme: Programme,
    *,
    base_year: int,
    last_year: int,
    variants: Sequence[Variant] = VARIANTS,
) -> Projection:
    """
    Project the pupils of one county by school and grade.

    Births → entrants by the county's own ratio in each township; entrants → schools by their recent parts; grades by
    progression ratios of the school, drawn toward those of its area; junior entrants from all primary leavers of the
    county. The low and high variants take the lowest and highest yearly entry ratio on file and the programme's low
    and high change of births that are not yet known. Schools without grades keep the trend of their stage's total.

    Parameters
    ----------
    schools, births
        The canonical tables of one county, any number of years.
    base_year, last_year
        The year on file to start from; the last one wanted.

    Raises
    ------
    ValueError
        `last_year` is not after `base_year`.
    """
    if last_year <= base_year:
        raise ValueError("the last year must be after the base year")
    held = cohorts(schools, rules, base_year)
    known = births[births["year"] <= base_year] if not births.empty else births
    until = int(known["year"].max()) if not known.empty else None
    parts = [_filed(held, variant) for variant in variants]
    ratios: Ratios | None = None
    for variant in variants:
        entering = None
        if until is not None:
            entering = entering_births(known, programme, programme.share(f"births_{variant}"), last_year)
        if held.graded.any():
            ratios = estimate(held, entering, programme)
            parts.append(_carried(held, ratios, entering, variant, last_year))
        parts.append(_trended(held, variant, last_year, programme.given("recency")))
    pupils = pd.concat([part for part in parts if not part.empty], ignore_index=True)[_COLUMNS]
    return Projection(pupils, ratios, base_year, last_year, until, _caveats(held, until))


def _filed(held: Cohorts, variant: Variant) -> pd.DataFrame:
    """Return the base year as on file."""
    stages = [(stage, 0) for stage in held.totals]
    grades = [(stage, grade) for grade, stage in held.grades.items()]
    sizes = np.column_stack([held.pupils[:, :, -1], *(totals[:, -1] for totals in held.totals.values())])
    basis = np.full((len(grades) + len(stages), 1), "filed")
    years = range(held.years[-1], held.years[-1] + 1)
    return _long(held.schools["school_id"], variant, [*grades, *stages], years, sizes[:, :, None], basis)


def _long(
    ids: pd.Series[str],
    variant: str,
    columns: Sequence[tuple[str, int]],
    years: range,
    pupils: Floats,
    basis: npt.NDArray[np.str_],
) -> pd.DataFrame:
    """Return schools × (stage, grade) × years as rows; `basis` by column and year."""
    shape = pupils.shape
    frame = pd.DataFrame(
        {
            "variant": variant,
            "school_id": np.repeat(ids.to_numpy(object), shape[1] * shape[2]),
            "stage": np.tile(np.repeat([stage for stage, _ in columns], shape[2]), shape[0]),
            "grade": np.tile(np.repeat([grade for _, grade in columns], shape[2]), shape[0]),
            "year": np.tile(list(years), shape[0] * shape[1]),
            "pupils": pupils.ravel(),
            "basis": np.tile(basis.ravel(), shape[0]),
        }
    )
    return frame.dropna(subset=["pupils"])


def _carried(
    held: Cohorts, ratios: Ratios, entering: pd.DataFrame | None, variant: Variant, last_year: int
) -> pd.DataFrame:
    """Return the grades and stage totals of the schools that file grades, year by year."""
    years = range(held.years[-1] + 1, last_year + 1)
    now = np.nan_to_num(held.pupils[:, :, -1])
    carried, assumed = [], [np.zeros(len(held.grades))]  # how much of each cohort rests on assumed births
    for year in years:
        after = np.zeros_like(now)
        after[:, 1:] = now[:, :-1] * np.nan_to_num(ratios.progression[:, 1:])
        for at, stage in held.entries().items():
            after[:, at] = _entrants(held, ratios, now, entering, at, stage, variant, year)
        now = np.where(held.graded[:, None], after, 0.0)
        carried.append(np.rint(now))
        assumed.append(np.concatenate([[_assumed(entering, year)], assumed[-1][:-1]]))
    grades, rests = np.stack(carried, axis=2)[held.graded], np.stack(assumed[1:], axis=1) > 0
    places = [held.of_stage(stage) for stage in held.totals]
    totals = np.stack([grades[:, place].sum(axis=1) for place in places], axis=1)
    rests = np.concatenate([rests, np.stack([rests[place].any(axis=0) for place in places])])
    return _long(
        held.schools["school_id"][held.graded],
        variant,
        [*((stage, grade) for grade, stage in held.grades.items()), *((stage, 0) for stage in held.totals)],
        years,
        np.concatenate([grades, totals], axis=1),
        np.where(rests, "assumed", "births"),
    )


def _entrants(
    held: Cohorts, ratios: Ratios, now: Floats, entering: pd.DataFrame | None,
    at: int, stage: str, variant: Variant, year: int,
) -> Floats:  # fmt: skip
    """Return each school's entrants to a stage: ratio of its group × what stands behind it × the school's part."""
    groups = ratios.group[stage]
    low, high = ratios.swing[stage]
    swung = {"low": low, "middle": 1.0, "high": high}[variant]
    if at > 0:
        behind = dict.fromkeys(set(groups), float(now[:, at - 1].sum()))
    elif entering is None:
        behind = dict.fromkeys(set(groups), 1.0)
    else:
        rows = entering[entering["year"] == year]
        codes = rows["township_code"] if COUNTY not in groups else pd.Series(COUNTY, rows.index)
        behind = {str(name): float(n) for name, n in rows["births"].groupby(codes).sum().items()}
    size = np.array([ratios.entry[stage][g] * behind.get(g, 0.0) for g in groups])
    return np.asarray(size * swung * ratios.share[stage])


def _assumed(entering: pd.DataFrame | None, year: int) -> float:
    """Return how much of a year's entrants rests on assumed births; all of it without births."""
    if entering is None:
        return 1.0
    return float(entering.loc[entering["year"] == year, "assumed"].max())


def _trended(held: Cohorts, variant: Variant, last_year: int, recency: float) -> pd.DataFrame:
    """
    Return stage totals of the schools without grades: the stage's total goes on as it has gone.

    The growth of the county's stage total is the slope of ln P over the years on file; low and high take the
    lowest and highest yearly growth between two years on file. The schools share it alike.
    """
    years = range(held.years[-1] + 1, last_year + 1)
    frames = []
    for stage, totals in held.totals.items():
        here = ~held.graded & ~np.isnan(totals[:, -1])
        growth = dict(zip(VARIANTS, _growth(held, totals), strict=True))[variant]
        if held.graded.any():
            growth = 1.0  # a special school among schools with grades: kept as it is
        ahead = np.arange(1, len(years) + 1)
        sizes = np.rint(totals[here, -1][:, None] * growth**ahead)[:, None, :]
        ids, basis = held.schools["school_id"][here], np.full((1, len(years)), "totals")
        frames.append(_long(ids, variant, [(stage, 0)], years, sizes, basis))
    return pd.concat(frames)


def _growth(held: Cohorts, totals: Floats) -> tuple[float, float, float]:
    """Return the lowest yearly growth of a stage's total, that of its trend, and the highest."""
    size = np.nansum(totals, axis=0)
    years = np.array(held.years, dtype=float)[size > 0]
    logs = np.log(size[size > 0])
    if len(years) < 2:
        return 1.0, 1.0, 1.0
    steps = np.diff(logs) / np.diff(years)
    slope = float(np.polyfit(years, logs, 1)[0])
    return (
        float(np.exp(min(steps.min(), slope))),
        float(np.exp(slope)),
        float(np.exp(max(steps.max(), slope))),
    )


def _caveats(held: Cohorts, births_until: int | None) -> tuple[Words, ...]:
    """Return what the method had to do without."""
    said: list[Words] = []
    some = sum((~np.isnan(t[:, -1])).astype(int) for t in held.totals.values()) > 0
    without = int((some & ~held.graded).sum())
    if not held.graded.any():
        said.append(
            Words(
                zh="学校数据没有分年级在校生数:按各学段在校生总数的变化趋势推算,不能反映出生人口的变化。",
                en="Pupils by grade are not on file: stage totals are carried on along their trend, births unseen.",
            )
        )
    elif without:
        n = About("projection", Words(zh="预测：", en="projection"))(
            without, "ungraded", "没有分年级在校生数的学校数", "schools without pupils by grade"
        )
        said.append(
            told(
                zh=f"{n}所学校没有分年级在校生数,按基年在校生数不变处理。",
                en=f"Schools without pupils by grade are kept as in the base year: {n:en}.",
            )
        )
    if held.graded.any() and births_until is None:
        said.append(
            Words(
                zh="没有出生人口数据:小学招生数按近年平均数假定。",
                en="There are no births on file: entrants to primary school are assumed at the mean of recent years.",
            )
        )
    return tuple(said)

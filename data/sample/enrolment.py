"""Pupils of the invented county: births age into grades, leave, and move towards the seat."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

Pupils = dict[tuple[str, int], dict[int, int]]  # (school, year) → grade → pupils

PRIMARY, JUNIOR = range(1, 7), range(7, 10)
_WARM_UP = 6  # years run before the first one published, so that every junior pupil was once a primary one
_LEAVE_COUNTY = 0.03
_FIRST_BIRTHS = 2003


def township_births(county: dict[str, Any]) -> dict[tuple[str, int], int]:
    """Return births by township and year."""
    rng = np.random.default_rng([county["seed"], 1])
    births = {}
    for township in county["townships"]:
        drift = county["kinds"][township["kind"]]["drift"]
        for year, index in county["births_index"].items():
            expected = township["births"] * index * (1 + drift) ** (year - 2014)
            births[township["name"], year] = int(rng.normal(expected, np.sqrt(expected)))
    return births


def enrol(county: dict[str, Any], births: dict[tuple[str, int], int]) -> Pupils:
    """Return the pupils of every school, year and grade; each cohort is the one below it a year before."""
    first, last = county["years"]
    start = first - _WARM_UP
    rng = np.random.default_rng([county["seed"], 2])
    pupils: Pupils = {}
    for year in range(start, last + 1):
        entrants = _entrants(county, births, year)
        arriving = _moving_up(county, pupils, year, rng) if year > start else {}
        for school in county["schools"]:
            if _open(school, year):
                before = pupils.get((school["name"], year - 1))
                grades = _grades(county, school, before, births, year, rng)
                if "share" in school:
                    grades[1] = entrants[school["name"]]
                if "draws" in school and year > start:
                    grades[7] = arriving[school["name"]]
                pupils[school["name"], year] = grades
        _merge_closed(county, pupils, year)
    return pupils


def _open(school: dict[str, Any], year: int) -> bool:
    return bool(school.get("since", 0) <= year <= school.get("until", 9999))


def _cohort(
    county: dict[str, Any], births: dict[tuple[str, int], int], township: dict[str, Any], year: int
) -> float:
    """Return a township's six-year-olds who are there to enter: a third of them were born the year before."""
    kind = county["kinds"][township["kind"]]
    name = township["name"]
    early, late = (births[name, max(year - age, _FIRST_BIRTHS)] for age in (7, 6))
    present = kind["present"] * (1 + kind["present_drift"]) ** (year - 2021)
    return float((early / 3 + late * 2 / 3) * present)


def _entrants(county: dict[str, Any], births: dict[tuple[str, int], int], year: int) -> dict[str, int]:
    entrants: dict[str, int] = {}
    for township in county["townships"]:
        schools = [
            school
            for school in county["schools"]
            if school["township"] == township["name"] and "share" in school and _open(school, year)
        ]
        shares = np.array([school["share"] for school in schools])
        expected = _cohort(county, births, township, year) * shares / shares.sum()
        entrants |= {school["name"]: round(n) for school, n in zip(schools, expected, strict=True)}
    return entrants


def _grades(
    county: dict[str, Any], school: dict[str, Any], before: dict[int, int] | None,
    births: dict[tuple[str, int], int], year: int, rng: np.random.Generator,
) -> dict[int, int]:  # fmt: skip
    """Return last year's grades moved up by one; a school's first grades come from the births behind them."""
    township = next(t for t in county["townships"] if t["name"] == school["township"])
    stay = county["kinds"][township["kind"]]["stay"]
    top = school.get("grades", 6)
    grades: dict[int, int] = {}
    for grade in [*(PRIMARY if "share" in school else []), *(JUNIOR if "draws" in school else [])]:
        if before is not None and grade not in (1, 7):
            grades[grade] = max(0, round(before.get(grade - 1, 0) * stay + rng.normal(0, 0.6)))
        elif grade <= 6:
            grades[grade] = round(_cohort(county, births, township, year - grade + 1) * school["share"])
        else:
            grades[grade] = round(
                sum(school["draws"].values()) * _cohort(county, births, township, year - 6) * 0.7
            )
        if top < grade <= 6:
            grades[grade] = 0
    return grades


def _moving_up(county: dict[str, Any], pupils: Pupils, year: int, rng: np.random.Generator) -> dict[str, int]:
    """Return the junior entrants: last year's primary leavers of each township, shared among those who draw on it."""
    leavers: dict[str, int] = defaultdict(int)
    for school in county["schools"]:
        leavers[school["township"]] += pupils.get((school["name"], year - 1), {}).get(6, 0)
    arriving: dict[str, int] = defaultdict(int)
    for township in county["townships"]:
        drawing = [s for s in county["schools"] if township["name"] in s.get("draws", {}) and _open(s, year)]
        weights = np.array([school["draws"][township["name"]] for school in drawing])
        staying = round(leavers[township["name"]] * (1 - _LEAVE_COUNTY))
        for school, number in zip(drawing, rng.multinomial(staying, weights / weights.sum()), strict=True):
            arriving[school["name"]] += int(number)
    return arriving


def _merge_closed(county: dict[str, Any], pupils: Pupils, year: int) -> None:
    """Move the older pupils of a school that has just closed, or that ends early, to the school they go on to."""
    for school in county["schools"]:
        if school.get("until") == year - 1:
            for grade in range(2, 7):
                moved = pupils[school["name"], year - 1][grade - 1]
                pupils[school["merged_into"], year][grade] += moved
        top = school.get("grades")
        if top and (school["name"], year - 1) in pupils and _open(school, year):
            centre = next(
                s for s in county["schools"] if s["township"] == school["township"] and "share" in s
            )
            pupils[centre["name"], year][top + 1] += pupils[school["name"], year - 1][top]

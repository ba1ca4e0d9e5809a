"""Teachers, rooms, grounds and equipment of the invented schools, from what kind of school each is."""

from __future__ import annotations

from typing import Any

import numpy as np

STAGES = {"primary": range(1, 7), "junior": range(7, 10)}
_WEIGHT = {"primary": 1.0, "junior": 1.1, "senior": 1.32}
_SENIOR_CLASS, _SENIOR_PER_TEACHER = 50, 12.5

Row = dict[str, Any]


class Site:
    """What a school was built and staffed like, drawn once; the years change it little."""

    def __init__(self, county: dict[str, Any], school: dict[str, Any], first_pupils: float) -> None:
        self.rng = np.random.default_rng([county["seed"], int(school["id"])])
        self.level = county["levels"][school["level"]]
        built_for = first_pupils * self.level["built_for"]
        fixed = county["fixed"]
        self.teaching = fixed["teaching"] + self.level["teaching"] * built_for * self._varied(0.15)
        self.ground = fixed["ground"] + self.level["ground"] * built_for * self._varied(0.36)
        self.indoor = self.teaching * self.level["indoor"] * self._varied(0.4) if built_for > 250 else 0.0
        self.equipment = self.level["equipment"] * built_for * self._varied(0.20)
        self.computers = self.level["computers"] / 100 * built_for * self._varied(0.18)
        self.books = self.level["books"] * built_for * self._varied(0.15)
        self.spare_rooms = self.rng.uniform(0.78, 1.08)
        self.laboratory = self.rng.random() < (0.92 if school["level"] != "village" else 0.7)
        names = ("staff", "above_degree", "backbone", "pe_art", "mid_title")
        spread = {"staff": 0.10, "above_degree": 0.05, "backbone": 0.35, "pe_art": 0.25, "mid_title": 0.15}
        self.leaning = {name: self._varied(spread[name]) for name in names}
        # A person is whole: a school of eight with a share of 0.05 has one backbone teacher, or none.
        self.fraction = {name: self.rng.random() for name in names}

    def _varied(self, spread: float) -> float:
        return float(np.exp(self.rng.normal(0, spread)))

    def shared(self, elapsed: int, classes: int) -> Row:
        """Return the facilities of a year, `elapsed` years after the first; whole m² and things."""
        teaching, indoor, ground = round(self.teaching), round(self.indoor), round(self.ground, -1)
        return {
            "site_area_m2": round(ground * 1.25 + max(teaching * 0.9, 900), -1),
            "teaching_area_m2": teaching,
            "indoor_sports_area_m2": indoor,
            "sports_ground_area_m2": ground,
            "equipment_value_yuan": round(self.equipment * 1.055**elapsed, -2),
            "multimedia_rooms": max(1, round(classes * self.spare_rooms * (1 + 0.03 * elapsed))),
            "computers": round(self.computers * 1.03**elapsed),
            "books": round(self.books * 1.02**elapsed, -1),
            "music_rooms": max(1 if classes >= 6 else 0, round(classes / 15)),
            "art_rooms": max(1 if classes >= 6 else 0, round(classes / 16)),
            "lab_equipment_met": float(self.laboratory),
        }

    def staffed(self, stage: str, pupils: int, classes: int, elapsed: int, before: Row | None) -> Row:
        """Return the teachers of a stage; posts follow pupils slowly, two a year at most one way or the other."""
        which = list(STAGES).index(stage)
        wanted = max(pupils / self.level["per_teacher"][which] * self.leaning["staff"], classes * 1.25, 1)
        if before is not None:
            last = before[f"teachers_{stage}"]
            slack = max(2, round(last * 0.04))
            wanted = min(max(wanted, last - slack), last + slack)
        teachers = round(wanted)
        row: Row = {f"teachers_{stage}": teachers}
        for group, growth in {
            "above_degree": 0.006,
            "backbone": 0.004,
            "pe_art": 0.003,
            "mid_title": 0.004,
        }.items():
            share = self.level[group][which] * self.leaning[group] + growth * elapsed
            row[f"teachers_{group}_{stage}"] = min(teachers, int(teachers * share + self.fraction[group]))
        return row


def in_classes(grades: dict[int, int], size: int, extra: int) -> tuple[int, int]:
    """Return the number of classes and the largest of them; very small grades sit together."""
    pupils = sum(grades.values())
    if pupils == 0:
        return 0, 0
    taught = [n for n in grades.values() if n]
    if pupils < 15 * len(taught):
        classes = max(1, round(pupils / 18))
        return classes, min(pupils, -(-pupils // classes) + (extra if classes > 1 else 0))
    counts = [-(-n // size) for n in taught]
    largest = max(-(-n // k) + (extra if k > 1 else 0) for n, k in zip(taught, counts, strict=True))
    return sum(counts), largest


def weighted(pupils: dict[str, float]) -> float:
    """Return pupils weighted by stage, as shared facilities serve them."""
    return sum(_WEIGHT[stage] * number for stage, number in pupils.items())


def senior(pupils: int) -> Row:
    """Return the senior stage of a school."""
    return {
        "pupils_senior": pupils,
        "classes_senior": round(pupils / _SENIOR_CLASS),
        "teachers_senior": round(pupils / _SENIOR_PER_TEACHER),
    }

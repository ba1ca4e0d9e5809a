"""
教督〔2017〕6号, resources, said once more in plain fractions and loops: a second opinion on every verdict.

Nothing here comes from the library or from params: the numbers are the document's, and each step is the sentence of the
rule it carries out. One county, one year, types and owners known; any figure may be missing (None).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

F = Fraction
PASS, FAIL, OPEN = "pass", "fail", "undetermined"
STAGES_OF = {
    "primary": ("primary",),
    "teaching_point": ("primary",),
    "junior": ("junior",),
    "nine_year": ("primary", "junior"),
    "complete_secondary": ("junior", "senior"),
}
WEIGHT = {"primary": F(1), "junior": F("1.1"), "senior": F("1.32")}
# indicator: per how many pupils, primary threshold, junior threshold
LAW = {
    "teachers_above_degree_per_100": (100, F("4.2"), F("5.3")),
    "backbone_teachers_per_100": (100, F(1), F(1)),
    "pe_art_teachers_per_100": (100, F("0.9"), F("0.9")),
    "teaching_area_per_pupil": (1, F("4.5"), F("5.8")),
    "sports_area_per_pupil": (1, F("7.5"), F("10.2")),
    "equipment_value_per_pupil": (1, F(2000), F(2500)),
    "multimedia_rooms_per_100": (100, F("2.3"), F("2.4")),
}
FLOOR = F("0.85")
LIMIT = {"primary": F("0.50"), "junior": F("0.45")}
SMALLEST_POINT = 50

Figures = Mapping[str, Any]
Known = Fraction | None


@dataclass(frozen=True)
class Unit:
    """A school's part in one stage: its pupils and what it has of each indicator's resource, None where not known."""

    school: str
    stage: str
    pupils: Known
    held: Mapping[str, Known]

    def verdict(self) -> str:
        """Six of seven met, the other not below 85 %; open while a missing figure could decide."""
        short = below = missing = 0
        for name, (per, *thresholds) in LAW.items():
            held, asked = self.held[name], thresholds[self.stage == "junior"]
            if held is None or self.pupils is None:
                missing += 1
            elif held * per < asked * self.pupils:
                short += 1
                below += held * per < FLOOR * asked * self.pupils
        if below or short > 1:
            return FAIL
        return OPEN if missing else PASS


def judge(schools: Iterable[Figures]) -> tuple[dict[Any, str], dict[str, str], dict[Any, str], str]:
    """Return the verdicts on units by (school, stage), on schools, on CVs by (stage, indicator), and on the county."""
    units = [unit for school in schools for unit in _units(school)]
    of_units = {(unit.school, unit.stage): unit.verdict() for unit in units}
    of_schools = {
        name: _all(verdict for (school, _), verdict in of_units.items() if school == name)
        for name in {unit.school for unit in units}
    }
    of_cvs = {
        (stage, name): _spread([unit for unit in units if unit.stage == stage], name, LIMIT[stage])
        for stage in LIMIT
        for name in LAW
        if any(unit.stage == stage for unit in units)
    }
    return of_units, of_schools, of_cvs, _all([*of_units.values(), *of_cvs.values()])


def _all(verdicts: Iterable[str]) -> str:
    found = set(verdicts)
    return FAIL if FAIL in found else OPEN if OPEN in found else PASS


def _spread(units: list[Unit], name: str, limit: Fraction) -> str:
    """The weighted CV against its limit; with figures missing only what holds whatever they are."""
    if any(unit.pupils is None for unit in units):
        return OPEN  # so many pupils at the mean that nothing else counts
    known = [(unit.pupils or F(0), unit.held[name]) for unit in units]
    weight = sum((p for p, held in known if held is not None), F(0))
    lacking = sum((p for p, held in known if held is None), F(0))
    total = sum((held for _, held in known if held is not None), F(0))
    squares = sum((held**2 / p for p, held in known if held is not None), F(0))
    if total == 0:
        return OPEN  # no mean, no CV
    # Σ p x² is smallest against (Σ p x)² when what is missing stands at squares / total; CV² = N Σ p x² / (Σ p x)² − 1.
    level = squares / total
    lowest = (weight + lacking) * (squares + lacking * level**2) / (total + lacking * level) ** 2 - 1
    if lowest > limit**2:
        return FAIL
    return OPEN if lacking else PASS


def _units(school: Figures) -> list[Unit]:
    kind = str(school["kind"])
    if kind not in STAGES_OF:
        return []
    pupils = {stage: _exact(school[f"pupils_{stage}"]) for stage in STAGES_OF[kind]}
    known = [n for n in pupils.values() if n is not None]
    if kind == "teaching_point" and len(known) == len(pupils) and sum(known) < SMALLEST_POINT:
        return []
    present = {stage: n for stage, n in pupils.items() if n != 0}
    units = []
    for stage, n in present.items():
        if stage == "senior":
            continue
        part: Known = F(1)
        if len(present) > 1:
            part = None
            if None not in present.values():
                part = (n or F(0)) * WEIGHT[stage] / sum((m or F(0)) * WEIGHT[s] for s, m in present.items())
        units.append(Unit(str(school["school_id"]), stage, n, _held(school, stage, part)))
    return units


def _held(school: Figures, stage: str, part: Known) -> dict[str, Known]:
    rooms, indoor, ground = (
        _exact(school[name])
        for name in ("teaching_area_m2", "indoor_sports_area_m2", "sports_ground_area_m2")
    )
    shared = {
        "teaching_area_per_pupil": None if rooms is None or indoor is None else rooms - indoor,
        "sports_area_per_pupil": None if ground is None or indoor is None else ground + indoor,
        "equipment_value_per_pupil": _exact(school["equipment_value_yuan"]),
        "multimedia_rooms_per_100": _exact(school["multimedia_rooms"]),
    }
    return {
        "teachers_above_degree_per_100": _exact(school[f"teachers_above_degree_{stage}"]),
        "backbone_teachers_per_100": _exact(school[f"teachers_backbone_{stage}"]),
        "pe_art_teachers_per_100": _exact(school[f"teachers_pe_art_{stage}"]),
        **{name: None if whole is None or part is None else whole * part for name, whole in shared.items()},
    }


def _exact(value: Any) -> Known:
    """Return a figure as it was filed; None where it is missing."""
    return None if value is None or value != value else F(Decimal(repr(float(value))))

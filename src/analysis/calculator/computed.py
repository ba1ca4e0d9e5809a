"""What each formula gives for the schools that are filled in: computed by the library, stored beside the formula."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .. import schema
from ..assessment import Assessment, assess
from ..indicators import stages_of_schools
from ..standards import Indicator
from ..wording.labels import OUT_REASONS, VERDICTS
from . import words as w
from .book import Value
from .layout import Layout

Row = dict[str, Any]
STATUS_WORDS = {
    "met": w.MET,
    "floor": w.FLOOR,
    "below": w.BELOW,
    "missing": w.NO_FIGURE,
    "unjudged": w.NOT_JUDGED,
}


class Computed:
    """
    The results of a table of schools, one year of one county, by position of the school.

    Schools beyond the table are rows still empty: everything is "" there.
    """

    def __init__(self, schools: pd.DataFrame, layout: Layout) -> None:
        self._layout = layout
        self.schools = schools.reset_index(drop=True)

    @cached_property
    def assessment(self) -> Assessment:
        """The library's judgement of the schools."""
        return assess(self.schools, self._layout.rules)

    @cached_property
    def pupils(self) -> pd.DataFrame:
        """Pupils by school and stage: 0 where the school does not have the stage, NaN where missing."""
        layout = self._layout
        filed = self.schools[[layout.pupils_name(stage) for stage in layout.stages]].to_numpy(float)
        if layout.rules.unit == "stage":
            filed = np.where(stages_of_schools(self.schools, layout.stages), filed, 0.0)
        return pd.DataFrame(filed, columns=list(layout.stages))

    @cached_property
    def _rows(self) -> list[Row]:
        return [{str(k): v for k, v in row.items()} for row in self.schools.to_dict("records")]

    def filled(self, school: int) -> bool:
        """Whether the row has a school."""
        return school < len(self.schools)

    def filed(self, school: int, column: str) -> Any:
        """Return what a school filed, in the canonical units."""
        return self._rows[school][column]

    def number(self, value: float) -> Value:
        """Return a number, the word for missing where it is NaN."""
        return self._layout.say(w.MISSING) if pd.isna(value) else float(value)

    def basis(self, school: int) -> dict[str, Value]:
        """Return the row of the sheet 学段核算."""
        layout, about = self._layout, self._rows[school]
        pupils = self.pupils.to_numpy()[school]
        kind = schema.codes("school_type").get(str(about["school_type_code"]))
        total = float(sum(pupils))
        weights = [float(stage.pupil_weight) for stage in layout.rules.stages.values()] or [1.0]
        least = layout.rules.scope.min_pupils.get(kind.kind or "", 0) if kind else 0
        return {
            "name": str(about["school_name"]),
            "type": kind[layout.lang] if kind else layout.say(w.UNKNOWN),
            **{stage: self.number(each) for stage, each in zip(layout.stages, pupils, strict=True)},
            "total": self.number(total),
            "weighted": self.number(round(float(pupils @ np.array(weights)), 6)),
            "kind_out": self._out(kind, about),
            "size_out": layout.say(OUT_REASONS["min_pupils"]) if total < least else "",
        }

    def _out(self, kind: schema.Code | None, about: Row) -> str:
        scope, say = self._layout.rules.scope, self._layout.say
        if kind is not None and kind.kind in scope.kinds_out:
            return say(OUT_REASONS["kind"])
        owned = scope.ownership and not pd.isna(about["ownership"])
        return (
            say(OUT_REASONS["ownership"]) if owned and str(about["ownership"]) not in scope.ownership else ""
        )

    def in_scope(self, school: int, stage: str) -> str:
        """Return 是, or why the unit is not judged."""
        basis = self.basis(school)
        none = self._layout.say(OUT_REASONS["no_pupils"]) if basis[stage] == 0 else ""
        reasons = [str(basis["kind_out"]), none, str(basis["size_out"])]
        return next((reason for reason in reasons if reason), self._layout.say(w.YES))

    def verdict(self, code: object) -> str:
        """Return a verdict in words, an em dash where there is none."""
        return self._layout.say(VERDICTS[str(code)]) if isinstance(code, str) else "—"

    @cached_property
    def _units(self) -> dict[tuple[str, str], Row]:
        rows = self.assessment.unit_verdicts.to_dict("records")
        return {(row["school_id"], row["stage"]): {str(k): v for k, v in row.items()} for row in rows}

    @cached_property
    def _judged(self) -> dict[tuple[str, str, str], Row]:
        judged = self.assessment.judged
        rows = judged[judged["in_scope"]].to_dict("records")
        return {
            (row["school_id"], row["stage"], row["indicator"]): {str(k): v for k, v in row.items()}
            for row in rows
        }

    def unit(self, school: int, stage: str) -> Row | None:
        """Return counts and verdict of a unit in scope, None for any other."""
        if not self.filled(school):
            return None
        return self._units.get((self._rows[school]["school_id"], stage))

    def judged(self, school: int, stage: str, indicator: Indicator) -> Row | None:
        """Return the judged value of a unit in scope, None for any other."""
        if not self.filled(school):
            return None
        return self._judged.get((self._rows[school]["school_id"], stage, indicator.id))

    def dispersion(self, stage: str, indicator: str) -> Row | None:
        """Return the row of a stage and indicator of the table of dispersion; None without units."""
        if self.schools.empty:
            return None
        table = self.assessment.dispersion
        found = table[(table["stage"] == stage) & (table["indicator"] == indicator)].to_dict("records")
        return {str(k): v for k, v in found[0].items()} if found else None

    def school_verdict(self, school: int) -> str:
        """Return a school's verdict; 不纳入 where none of its stages is judged."""
        table = self.assessment.school_verdicts
        found = table.loc[table["school_id"] == self._rows[school]["school_id"], "verdict"]
        return self.verdict(found.item()) if len(found) else self._layout.say(w.OUT)

    def county(self) -> Row:
        """Return the county's verdict and counts."""
        if self.schools.empty:
            return {}
        rows = self.assessment.county_verdicts.to_dict("records")
        return {str(k): v for k, v in rows[0].items()} if rows else {}

    def short_names(self, school: int, stage: str, statuses: tuple[str, ...]) -> str:
        """Return the short names of a unit's indicators of some statuses, as one list."""
        layout = self._layout
        found = [self.judged(school, stage, indicator) for indicator in layout.rules.indicators]
        names = [
            indicator.short[layout.lang]
            for indicator, row in zip(layout.rules.indicators, found, strict=True)
            if row is not None and row["status"] in statuses
        ]
        return layout.say(w.COMMA).join(names)

    def hints(self, school: int) -> str:
        """Return what the last column of 学校数据 says of a school."""
        layout, about = self._layout, self._rows[school]
        twice = (self.schools["school_name"] == about["school_name"]).sum() > 1
        unknown = str(about["school_type_code"]) not in schema.codes("school_type")
        more = [
            layout.say(w.HINT_MORE, part=part.title(layout.lang), whole=whole.title(layout.lang))
            for part, whole in parts(layout)
            if about[part.name] > about[whole.name]
        ]
        lacking = np.isnan(self.pupils.to_numpy()[school])
        unknown_pupils = lacking.any() and layout.rules.unit == "stage"
        told = [
            layout.say(w.HINT_TWICE) if twice else "",
            layout.say(w.HINT_TYPE) if unknown else "",
            layout.say(w.HINT_PUPILS) if unknown_pupils or lacking.all() else "",
            *more,
        ]
        return layout.say(w.COMMA).join(hint for hint in told if hint)


def parts(layout: Layout) -> list[tuple[schema.Column, schema.Column]]:
    """Return the columns of which one is part of the other: 室内体育用房 of 教学及辅助用房."""
    found = {
        (indicator.minus[0].format(stage=stage), indicator.numerator[0].format(stage=stage))
        for indicator in layout.rules.indicators
        for stage in layout.rules.judged_stages
        if len(indicator.minus) == len(indicator.numerator) == 1
    }
    return [(schema.column(part), schema.column(whole)) for part, whole in sorted(found)]

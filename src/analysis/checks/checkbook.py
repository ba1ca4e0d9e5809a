"""The checks as data: params/checks.yaml, read strictly, entries with stages unfolded."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict

from .. import schema, shipped
from ..errors import Level
from ..schema import Words
from ..yamlfile import load_yaml


class RowCheck(Words):
    """A condition between the figures of one row; the words may hold {0} … for its columns and {shown}."""

    id: str
    level: Level
    columns: tuple[str, ...]
    wrong_when: str
    needs: tuple[str, ...] | None = None
    shows: str | None = None
    stages: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which the check says nothing."""
        return self.columns if self.needs is None else self.needs


class OutlierFigure(Words):
    """A figure that is compared between the schools of a county and year."""

    id: str
    column: str
    figure: str
    stages: tuple[str, ...] = ()


class Outliers(Words):
    """How far from the other schools is far: robust deviations on the log scale, and times the median."""

    deviations: float
    times: float
    at_least_schools: int
    figures: tuple[OutlierFigure, ...]


class JumpFigure(BaseModel):
    """How much a figure may change from one year to the next."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    columns: tuple[str, ...]
    times: float
    change: float
    per: str

    def size(self, column: str) -> str:
        """Return the figure that tells how much of a column is usual for the school."""
        return self.per.replace("<stage>", schema.column(column).stage or "")


class Jumps(Words):
    """
    Figures compared with the same school's of the year before.

    `earlier`: what is said where the earlier figure is the odd one; `odd_times`: how many times off the median
    of the county's schools, each related to its size, makes a figure odd.
    """

    figures: tuple[JumpFigure, ...]
    odd_times: float
    earlier: Words


class Asked(Words):
    """The words and level of a check that has no other setting."""

    level: Level


class Outside(Asked):
    """A school further beyond the county's boundary than the tolerance."""

    tolerance_m: float


class Swapped(Asked):
    """Longitude and latitude exchanged."""

    near_degrees: float


class Moved(Asked):
    """A school further than this from where it stood the year before."""

    distance_km: float


class Far(Moved):
    """A school further than this from the middle of the county's schools, where no boundary is given."""

    at_least_schools: int


class Shared(Asked):
    """Two schools at one point, once coordinates are rounded."""

    decimals: int


class Position(BaseModel):
    """The checks of coordinates."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    outside: Outside
    swapped: Swapped
    far: Far
    moved: Moved
    shared: Shared


class Identity(BaseModel):
    """The checks of names and IDs."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    renamed: Asked
    namesake: Asked
    unusual_id: Asked


class Counties(BaseModel):
    """The checks of county codes: the sheet 参数, the school's other rows, the county's name."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    not_the_county: Asked
    another_county: Asked
    one_school_two_counties: Asked
    one_name_two_codes: Asked
    others_left_out: Asked


class Blanks(BaseModel):
    """Figures that the rule set needs and that are blank."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    cells: Asked
    columns: Asked


class Checkbook(BaseModel):
    """Every check between cells of the school table."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    within_row: tuple[RowCheck, ...]
    outliers: Outliers
    jumps: Jumps
    position: Position
    identity: Identity
    counties: Counties
    blanks: Blanks
    intake: Asked


@cache
def checkbook() -> Checkbook:
    """Return the checks of params/checks.yaml, one entry a stage."""
    book = load_yaml(shipped.params("checks.yaml"), Checkbook)
    rows = [unfolded for check in book.within_row for unfolded in _row_checks(check)]
    figures = [unfolded for figure in book.outliers.figures for unfolded in _figures(figure)]
    return book.model_copy(
        update={
            "within_row": tuple(rows),
            "outliers": book.outliers.model_copy(update={"figures": tuple(figures)}),
        }
    )


def grades(stage: str, *, every: bool = False) -> list[str]:
    """
    Return the columns of a stage's pupils by grade, lowest first; none where forms give no grades.

    `every`: with those that only another school system has (grade 6 of the junior stage in 五四制).
    """
    found = [name for name in schema.columns() if name.startswith(f"pupils_{stage}_g")]
    return sorted(found) if every else [name for name in found if schema.column(name).template]


def _row_checks(check: RowCheck) -> list[RowCheck]:
    if not check.stages:
        return [check]
    return [
        check.model_copy(
            update={
                "id": f"{check.id}-{stage}",
                "stages": (stage,),
                "columns": tuple(_filled(name, stage) for name in check.columns),
                "needs": tuple(_filled(name, stage) for name in check.needed),
                "wrong_when": _filled(check.wrong_when, stage),
                "shows": _filled(check.shows, stage) if check.shows else None,
            }
        )
        for stage in check.stages
    ]


def _figures(figure: OutlierFigure) -> list[OutlierFigure]:
    if not figure.stages:
        return [figure]
    return [
        figure.model_copy(
            update={
                "stages": (stage,),
                **{part: _filled(getattr(figure, part), stage) for part in ("id", "column", "figure")},
                "zh": f"{figure.zh}({schema.codes('stages')[stage].zh})",
                "en": f"{figure.en} ({schema.codes('stages')[stage].en})",
            }
        )
        for stage in figure.stages
    ]


def _filled(text: str, stage: str) -> str:
    by_grade = grades(stage)
    if by_grade:
        first, last = by_grade[0], by_grade[-1]
        prefix = f"pupils_{stage}_"
        text = text.replace("<first>", first.removeprefix(prefix)).replace(
            "<last>", last.removeprefix(prefix)
        )
    return text.replace("<stage>", stage)

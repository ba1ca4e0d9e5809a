"""Where everything stands in the calculator: sheets, columns, and the addresses that formulas point at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from .. import schema
from ..errors import Lang
from ..schema import Code, Column, Words
from ..standards import Indicator, RuleSet
from . import words as w

FIRST = 5  # row (from 0) of the first school, the same on every sheet that has a row a school
ROWS = 300  # schools that an empty calculator has room for
NAME, KIND = 0, 1  # columns of 学校数据
_INDICATORS = 5  # row of the first indicator on 标准
_VALUES = 4  # column of the first figure on 标准


def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas write it."""
    return f"'{sheet}'!"


def cell(row: int, column: int, *, fixed: str = "") -> str:
    """Return a cell; `fixed` holds "row", "column", both or neither."""
    return str(xl_rowcol_to_cell(row, column, row_abs="row" in fixed, col_abs="column" in fixed))


@dataclass(frozen=True)
class Layout:
    """
    A rule set laid out for `rows` schools in one language.

    `printed`: how many of the rows are printed; `county` and `year`: what the sheets are titled with at first.
    """

    rules: RuleSet
    lang: Lang
    rows: int
    printed: int
    county: str = ""
    year: int | None = None

    def say(self, words: Words, **fills: object) -> str:
        """Return words in the workbook's language, {…} filled in."""
        return words[self.lang].format(**fills) if fills else words[self.lang]

    def text(self, words: Words | Code) -> str:
        """Return words as a text inside a formula."""
        return '"' + words[self.lang].replace('"', '""') + '"'

    # Sheets
    def sheet(self, words: Words) -> str:
        """Return the reference to a sheet, ready for a cell: '学校数据'!"""
        return quoted(self.say(words))

    def stage(self, stage: str) -> str:
        """Return the name of a stage."""
        return self.rules.stage_name(stage)[self.lang]

    def units_sheet(self, stage: str) -> str:
        """Return the name of the sheet of a stage."""
        title = self.stage(stage)
        return self.say(w.UNITS, stage=title[:1].upper() + title[1:])

    @property
    def last(self) -> int:
        """Row of the last school."""
        return FIRST + self.rows - 1

    @property
    def last_printed(self) -> int:
        """Row of the last school that is printed."""
        return FIRST + self.printed - 1

    # Sheet 学校数据
    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages whose pupils are asked for; ('school',) when the school is judged whole."""
        return tuple(self.rules.stages) if self.rules.unit == "stage" else self.rules.judged_stages

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """The columns to fill in: name, type, ownership where the scope asks for it, then the figures."""
        figures = [self.pupils_name(stage) for stage in self.stages]
        wanted = {
            name
            for indicator in self.rules.indicators
            for stage in self.rules.judged_stages
            for name in indicator.columns(stage)
        }
        figures += [name for name in schema.columns() if name in wanted and name not in figures]
        about = ["school_name", "school_type_code", *(["ownership"] if self.rules.scope.ownership else [])]
        return tuple(schema.column(name) for name in (*about, *figures))

    def pupils_name(self, stage: str) -> str:
        """Return the canonical column of a stage's pupils."""
        return f"pupils_{stage}" if self.rules.unit == "stage" else self.rules.pupils

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {column.name: position for position, column in enumerate(self.inputs)}

    @property
    def first_figure(self) -> int:
        """Column of the first figure."""
        return self._positions[self.pupils_name(self.stages[0])]

    def input(self, name: str, row: int) -> str:
        """Return the cell of a canonical column in a school's row, as other sheets see it."""
        return self.sheet(w.SCHOOLS) + cell(row, self._positions[name], fixed="column")

    def input_row(self, row: int, *, first: int = 0) -> str:
        """Return all cells that are filled in for a school, from column `first` on."""
        return self.sheet(w.SCHOOLS) + f"{cell(row, first)}:{cell(row, len(self.inputs) - 1)}"

    # Sheet 标准
    def code(self, indicator: Indicator) -> str:
        """Return L1, L2 … of an indicator."""
        return f"L{self.rules.indicators.index(indicator) + 1}"

    def indicator_row(self, indicator: Indicator) -> int:
        """Row of an indicator on 标准."""
        return _INDICATORS + self.rules.indicators.index(indicator)

    def rule_cell(self, row: int, column: int) -> str:
        """Return a cell of 标准."""
        return self.sheet(w.RULES) + cell(row, column, fixed="row column")

    def threshold(self, indicator: Indicator, stage: str) -> str:
        """Return the cell of a threshold."""
        at = _VALUES + self.rules.judged_stages.index(stage)
        return self.rule_cell(self.indicator_row(indicator), at)

    @property
    def per_column(self) -> int:
        """Column of 标准 that says per how many pupils."""
        return _VALUES + len(self.rules.judged_stages)

    def per(self, indicator: Indicator) -> str:
        """Return the cell that says per how many pupils an indicator counts."""
        return self.rule_cell(self.indicator_row(indicator), self.per_column)

    @property
    def school_rule_row(self) -> int:
        """Row of 标准 with the number of indicators to meet; the floor stands below it."""
        return _INDICATORS + len(self.rules.indicators) + 2

    @property
    def at_least_met(self) -> str:
        """Cell of the number of indicators that must be met."""
        return self.rule_cell(self.school_rule_row, _VALUES)

    @property
    def floor(self) -> str:
        """Cell of the floor's share."""
        return self.rule_cell(self.school_rule_row + 1, _VALUES)

    @property
    def stages_row(self) -> int:
        """Row of 标准 with the first stage's weight and limit."""
        return self.school_rule_row + 4

    def weight(self, stage: str) -> str:
        """Return the cell of a stage's pupil weight."""
        return self.rule_cell(self.stages_row + self.stages.index(stage), _VALUES)

    def limit(self, stage: str) -> str:
        """Return the cell of a stage's limit of dispersion."""
        return self.rule_cell(self.stages_row + self.stages.index(stage), _VALUES + 1)

    @property
    def types_row(self) -> int:
        """Row of 标准 with the first school type."""
        return self.stages_row + len(self.stages) + 2

    def types(self, column: int) -> str:
        """Return a column of the table of school types."""
        last = self.types_row + len(schema.codes("school_type")) - 1
        return f"{self.sheet(w.RULES)}{xl_range_abs(self.types_row, column, last, column)}"

    @property
    def type_names(self) -> str:
        """The names of the school types."""
        return self.types(1)

    def type_has(self, stage: str) -> str:
        """Return the column of 标准 that says which types have a stage."""
        return self.types(_VALUES + self.stages.index(stage))

    @property
    def type_judged(self) -> str:
        """The column of 标准 that says which types are judged."""
        return self.types(_VALUES + len(self.stages))

    @property
    def type_least(self) -> str:
        """The column of 标准 with the least pupils of a type."""
        return self.types(_VALUES + len(self.stages) + 1)

    # Sheet 学段核算: school, type, pupils by stage, all pupils, weighted pupils, two reasons
    def basis(self, what: str, row: int) -> str:
        """Return a cell of 学段核算: `name`, `type`, a stage, `total`, `weighted`, `kind_out` or `size_out`."""
        return self.sheet(w.BASIS) + cell(row, self.basis_column(what), fixed="column")

    def basis_column(self, what: str) -> int:
        """Return the column of 学段核算."""
        return ("name", "type", *self.stages, "total", "weighted", "kind_out", "size_out").index(what)

    @property
    def scope_by_type(self) -> bool:
        """Whether a school whose type is not known may be out of scope."""
        return bool(self.rules.scope.kinds_out or self.rules.scope.min_pupils)

    @property
    def school_types(self) -> str:
        """The types of all schools in 学段核算, first to last."""
        column = self.basis_column("type")
        return f"{self.sheet(w.BASIS)}{xl_range_abs(FIRST, column, self.last, column)}"

    # Sheets of the stages
    @cached_property
    def columns(self) -> UnitColumns:
        """The columns of the sheet of a stage."""
        return UnitColumns(len(self.rules.indicators), self.judges_units, self.has_status, self.named)

    @property
    def judges_units(self) -> bool:
        """Whether the rule set has a rule for schools."""
        return self.rules.school_rule is not None

    @property
    def has_status(self) -> bool:
        """Whether values are held against thresholds."""
        return self.judges_units or self.rules.has_thresholds

    @cached_property
    def named(self) -> tuple[int, ...]:
        """Positions of the indicators that are divided by something other than pupils."""
        return tuple(i for i, indicator in enumerate(self.rules.indicators) if indicator.denominator)

    def unit(self, stage: str, reference: str) -> str:
        """Return a cell of the sheet of a stage, as other sheets see it."""
        return quoted(self.units_sheet(stage)) + reference

    def unit_range(self, stage: str, column: int) -> str:
        """Return a column of the sheet of a stage, first school to last."""
        return f"{quoted(self.units_sheet(stage))}{xl_range_abs(FIRST, column, self.last, column)}"


@dataclass(frozen=True)
class UnitColumns:
    """The columns of the sheet of a stage: what is printed first, how it was reached to the right of it."""

    indicators: int
    judges: bool
    has_status: bool
    named: tuple[int, ...]

    school, in_scope, pupils, values = 0, 1, 2, 3

    @property
    def counts(self) -> int:
        """First of the four counts (met, short, below, no figure)."""
        return self.values + self.indicators

    @property
    def verdict(self) -> int:
        """The unit's verdict."""
        return self.counts + 4

    @property
    def last_printed(self) -> int:
        """The last column that is printed."""
        return self.verdict if self.judges else self.counts - 1

    @property
    def resources(self) -> int:
        """First of the resources, one an indicator."""
        return self.last_printed + 2

    @property
    def divisors(self) -> int:
        """First of the named denominators."""
        return self.resources + self.indicators

    @property
    def statuses(self) -> int:
        """First of the statuses, one an indicator."""
        return self.divisors + len(self.named)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self.statuses + (self.indicators if self.has_status else 0)

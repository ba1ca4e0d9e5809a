"""One county opened and judged: what every notebook starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from . import __version__
from .assessment import Assessment, assess
from .params import Request, resolve
from .publish.naming import naming
from .publish.story import Stamp, Story
from .schema import Words
from .sources.dataset import Dataset
from .sources.handing import handed
from .sources.mapping import SourceMapping, load_source
from .sources.reading import read_dataset
from .sources.store import is_store
from .standards import RuleSet, load_standard
from .tables.summary import summary_html
from .wording.labels import data_at, rule_with_source, school_year


@dataclass(frozen=True)
class Study:
    """A request, the source mapping and rules it names, the county's data of all years, and the assessment."""

    request: Request
    source: SourceMapping
    rules: RuleSet
    data: Dataset
    assessment: Assessment

    @property
    def county(self) -> Words:
        """The county's name."""
        return self.request.county_name

    def of_year(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the year that the request asks for."""
        return frame[frame["year"] == self.request.year]

    def story(self, notebook: str, title: Words) -> Story:
        """Open the story that a notebook writes; with no `out` given it goes to outputs/ as a run would."""
        return Story(
            self.request.out,
            notebook,
            title=title,
            lang=self.request.lang,
            stamp=self.stamp(),
            names=self._names(),
            when=school_year(self.request.year),
        )

    def _names(self) -> set[str]:
        """Return the names and codes of all schools."""
        schools = self.data.schools
        return {str(name) for column in ("school_id", "school_name") for name in schools[column].dropna()}

    def _repr_html_(self) -> str:
        """Show the county's verdict and its coefficients of variation, in a notebook."""
        return summary_html(
            f"{self.county[self.request.lang]} {self.request.year}",
            self.of_year(self.assessment.county_verdicts),
            self.of_year(self.assessment.dispersion),
            self.rules,
            self.request.lang,
        )

    def _data_named(self) -> Words:
        """
        Return the name of the one school table; of several the official forms they are, else of the source.

        A file that is called after a school goes by the source: what every figure is stamped with may become public.
        """
        files = self.request.files.get("schools", ())
        if len(files) == 1 and not is_store(files[0]) and not naming(self._names())(files[0].name):
            return Words(zh=files[0].name, en=files[0].name)
        if self.data.forms:
            titles = self.data.forms
            return Words(
                zh="、".join(title.zh for title in titles), en=", ".join(title.en for title in titles)
            )
        return self.source.title

    def stamp(self) -> Stamp:
        """Return what every figure and table is stamped with."""
        return Stamp(
            county=self.county,
            county_code=self.request.county_code,
            year=self.request.year,
            source=data_at(self._data_named(), self.request.year),
            rule=rule_with_source(self.rules),
            rule_id=self.rules.id,
            code_version=__version__,
            invented=self.request.invented,
        )


def open_county(
    *,
    county: str = "",
    year: str | int = "",
    lang: str = "zh",
    data: str = "",
    out: str = "",
    params: str = "",
    standard: str = "",
    area: str = "",
) -> Study:
    """
    Read, check and judge one county; within a run, take what the run has opened.

    Parameters are those of the notebooks' parameter cell (see params.resolve); empty ones take their default: the
    county that `data` hold, their latest year.

    Raises
    ------
    JunhengError
        What is asked for, the rules or the data cannot be used: every fault at once.
    """
    asked: dict[str, Any] = {"county": county, "year": year, "lang": lang, "data": data}
    asked |= {"out": out, "params": params, "standard": standard, "area": area}
    opened: Study | None = handed(asked)
    return open_request(resolve(**asked)) if opened is None else opened


def open_request(request: Request) -> Study:
    """Read, check and judge what a resolved request asks for."""
    rules = load_standard(request.standard)
    source = load_source(request.source)
    dataset = read_dataset(request.paths, source, county=request.county_code, standard=request.standard)
    return Study(request, source, rules, dataset, assess(dataset.schools, rules))

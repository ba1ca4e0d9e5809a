"""A region opened and judged: all counties of its tables at once, what notebook 06 starts from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from . import __version__
from .assessment import Assessment, assess
from .configuration import Area, RegionParams, load_options, region_options
from .errors import Fault, JunhengError, Lang, Place, refuse
from .locating import Files, Held, absolute, look_into, region_files
from .params import DEFAULTS, Request, checked, outputs_folder
from .publish.story import Stamp, Story
from .schema import Words
from .sources.dataset import Dataset
from .sources.handing import handed
from .sources.mapping import SourceMapping, load_source
from .sources.reading import read_dataset
from .standards import RuleSet, load_standard
from .wording.labels import data_at, rule_with_source, school_year

REPORT_TITLE = Words(zh="县域间城乡学校差距比较报告", en="Urban and rural schools: counties compared")


@dataclass(frozen=True)
class RegionRequest:
    """
    What one run over a region is asked to do, nothing left open.

    `region`: its name in lower-case letters. `names`: the name of each county in the tables. `files`, `out` and
    `given` as in `params.Request`.
    """

    region: str
    title: Words
    year: int
    lang: Lang
    source: str
    standard: str
    files: Files
    out: Path
    invented: bool
    names: Mapping[str, str]
    note: Words | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def county_code(self) -> None:
        """No one county: every county of the tables is read."""
        return None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file to read, the school tables first."""
        return tuple(path for paths in self.files.values() for path in paths)

    def as_parameters(self) -> dict[str, str]:
        """Return the notebook's parameters, as text, that resolve to this request."""
        named = {"region": self.region, "year": str(self.year), "out": str(self.out)}
        return {**named, "lang": self.lang, "standard": self.standard, **self.given}


def resolve_region(
    *,
    region: str,
    year: str | int = "",
    lang: str = "",
    data: str = "",
    out: str = "",
    standard: str = "",
    outputs: str = "",
) -> RegionRequest:
    """
    Return what is asked for, resolved: arguments > params/regions/NAME.yaml > defaults.

    Parameters
    ----------
    region
        A name in params/regions/, or the path of a YAML file like those.
    year, lang, data, out, standard, outputs
        As in `params.resolve`; without `out` the folder is `outputs`/region-NAME/<year>/<lang>.

    Raises
    ------
    JunhengError
        There is no such region, year or file; a value of the wrong kind; data that cannot be used.
    """
    asked = checked(year=year, lang=lang, standard=standard)
    told = {**DEFAULTS, **_described(region), **asked}
    where = Path(data) if data else told.get("data")
    files = region_files(where, told["files"]) if where is not None and where.exists() else {}
    if where is None or not files:
        raise _no_tables(where, told["files"]["schools"])
    held = look_into(files["schools"], told["source"])
    told["year"] = _held_year(asked.get("year"), held)
    own = (f"region-{told['region']}", str(told["year"]), told["lang"])
    home = Path(out) if out else outputs_folder(outputs).joinpath(*own)
    return RegionRequest(
        **{name: told[name] for name in ("region", "year", "lang", "source", "standard", "invented")},
        title=Words(**told["title"]),
        note=Words(**told["note"]) if "note" in told else None,
        files=absolute(files),
        out=home.absolute(),
        names=held.names,
        given={
            **({"region": str(Path(region).absolute())} if _is_file(region) else {}),
            **({"data": str(Path(data).absolute())} if data else {}),
        },
    )


def county_requests(request: RegionRequest, *, area: Area | None = None) -> list[Request]:
    """
    Return what to ask for to run each county of a region's tables that has the year asked for.

    Parameters
    ----------
    request
        The region's; the counties' folders stand beside its own.
    area
        Two areas or three, as in `params.resolve`.
    """
    described = {**DEFAULTS, **_described(request.given.get("region", request.region))}
    held = look_into(request.files["schools"], request.source)
    outputs = request.out.parents[2]
    shared = {
        name: getattr(request, name) for name in ("year", "lang", "source", "standard", "files", "invented")
    }
    return [
        Request(
            **shared,
            county_code=code,
            county_name=Words(zh=held.names.get(code) or code, en=held.names.get(code) or code),
            area=area or described["area"],
            out=outputs / code / str(request.year) / request.lang,
            given={"data": request.given.get("data", ""), "params": ""},
        )
        for code in sorted(held.years)
        if request.year in held.years[code]
    ]


def _is_file(region: str) -> bool:
    return region.endswith((".yaml", ".yml"))


def _described(region: str) -> dict[str, Any]:
    """Return what the region's file sets."""
    if _is_file(region):
        if Path(region).is_file():
            return load_options(Path(region), RegionParams)
    elif region in (known := region_options()):
        return known[region]
    names = "、".join(region_options()) or "—"
    raise refuse(
        "no-such-region",
        f"没有这个区域。params/regions 中有:{names}。",
        f"no such region. In params/regions: {names.replace('、', ', ')}.",
        column="region",
        value=region,
    )


def _no_tables(where: Path | None, pattern: str) -> JunhengError:
    if where is None:
        zh, en = "请用 --data 给出数据所在的文件夹。", "name the folder of the data with --data."
    elif not where.exists():
        zh, en = "没有这个文件或文件夹。", "no such file or folder."
    else:
        zh, en = f"其中没有名为 {pattern} 的学校表。", f"no school table here is called {pattern}."
    return refuse("no-such-file", zh, en, column="data", value=str(where or ""))


def _held_year(year: int | None, held: Held) -> int:
    """Return the year asked for, the latest where none is; refuse one that no county has."""
    years = sorted({year for some in held.years.values() for year in some})
    if year is None and years:
        return years[-1]
    if year not in years:
        known = "、".join(map(str, years)) or "—"
        zh, en = (
            f"数据中没有这一年。数据中有:{known}。",
            f"the data do not hold this year, but: {known.replace('、', ', ')}.",
        )
        raise refuse("year-not-in-data", zh, en, column="year", value=str(year or ""))
    return year


@dataclass(frozen=True)
class Region:
    """A region's request, source mapping, rules, data of the years up to the one asked for, and assessment."""

    request: RegionRequest
    source: SourceMapping
    rules: RuleSet
    data: Dataset
    assessment: Assessment

    @property
    def names(self) -> dict[str, str]:
        """The name of each county of the tables; its code where they have none."""
        codes = self.data.schools["county_code"].unique()
        return {code: self.request.names.get(code) or code for code in sorted(codes)}

    @property
    def boundary(self) -> gpd.GeoDataFrame | None:
        """The polygons of the counties in the tables, EPSG:4326, or None."""
        layer = self.data.boundary
        if layer is None:
            return None
        mine = layer[layer["county_code"].isin(self.names)].reset_index(drop=True)
        return None if mine.empty else mine

    def of_year(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the year that the request asks for."""
        return frame[frame["year"] == self.request.year]

    def chosen(self, counties: str) -> list[str]:
        """
        Return the codes that a list names: `all`, `none`, or codes with commas between them.

        Raises
        ------
        JunhengError
            A code is not one of the tables'; every such code at once.
        """
        if counties in ("all", "none"):
            return list(self.names) if counties == "all" else []
        codes = [code for code in re.split(r"[,，、\s]+", counties) if code]
        unknown = [code for code in codes if code not in self.names]
        if unknown:
            raise JunhengError([_no_such_county(code) for code in unknown])
        return codes

    def story(self, notebook: str, title: Words) -> Story:
        """Open the story that the notebook writes."""
        return Story(
            self.request.out,
            notebook,
            title=title,
            lang=self.request.lang,
            stamp=self.stamp(),
            when=school_year(self.request.year),
        )

    def stamp(self) -> Stamp:
        """Return what every figure and table is stamped with; the region stands where a county would."""
        return Stamp(
            county=self.request.title,
            county_code=self.request.region,
            year=self.request.year,
            source=data_at(self.source.title, self.request.year),
            rule=rule_with_source(self.rules),
            rule_id=self.rules.id,
            code_version=__version__,
            invented=self.request.invented,
            report_title=REPORT_TITLE,
            kind="region",
        )


def _no_such_county(code: str) -> Fault:
    return Fault(
        "no-such-county",
        "数据中没有这个县级代码。可写 all（全部）、none（不画）或逗号分隔的代码。",
        "the data hold no such county; write all, none, or codes with commas between them.",
        Place(column="profiles", value=code),
    )


def open_region(
    *,
    region: str,
    year: str | int = "",
    lang: str = "zh",
    data: str = "",
    out: str = "",
    standard: str = "",
) -> Region:
    """
    Read and judge every county of a region at once.

    Parameters are those of the notebook's parameter cell (see `resolve_region`).

    Raises
    ------
    JunhengError
        What is asked for, the rules or the data cannot be used: every fault at once.
    """
    asked: dict[str, Any] = {"region": region, "year": year, "lang": lang, "data": data}
    asked |= {"out": out, "standard": standard}
    opened: Region | None = handed(asked)
    return open_region_request(resolve_region(**asked)) if opened is None else opened


def open_region_request(request: RegionRequest) -> Region:
    """Read and judge what a resolved request asks for; years after the one asked for are left out."""
    rules = load_standard(request.standard)
    source = load_source(request.source)
    data = read_dataset(request.paths, source, standard=request.standard)
    schools = data.schools[data.schools["year"] <= request.year].reset_index(drop=True)
    return Region(request, source, rules, replace(data, schools=schools), assess(schools, rules))

"""沿革: which school or area became which, used to follow it over the years."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, model_validator
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from . import shipped
from .schema import Words
from .yamlfile import load_yaml

COLUMNS = ("level", "kind", "year", "from_code", "from_name", "to_code", "to_name", "note")
PLACES = ("source_file", "source_sheet", "source_row")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LinkColumn(Words, _Part):
    """A column of the links table and what its header may be."""

    required: bool = False
    aliases: tuple[str, ...] = ()


class LinkLevel(Words, _Part):
    """What changes: a school, a township, a county; `column` holds its code in the tables."""

    column: str
    aliases: tuple[str, ...] = ()


class LinkKind(Words, _Part):
    """A kind of change and what is allowed of it (see params/links.yaml)."""

    levels: tuple[str, ...]
    keeps_code: bool = False
    one_to_one: bool = False
    continues: bool = False
    aliases: tuple[str, ...] = ()


class LinkRules(_Part):
    """params/links.yaml: the form of a links table."""

    sheets: tuple[str, ...]
    columns: dict[str, LinkColumn]
    years: tuple[int, int]
    levels: dict[str, LinkLevel]
    kinds: dict[str, LinkKind]

    @model_validator(mode="after")
    def _whole(self) -> LinkRules:
        wrong = sorted(set(COLUMNS) ^ set(self.columns))
        wrong += [name for kind in self.kinds.values() for name in kind.levels if name not in self.levels]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: 列或层级不对 / wrong columns or levels")
        return self


@cache
def link_rules() -> LinkRules:
    """Return the form of a links table."""
    return load_yaml(shipped.params("links.yaml"), LinkRules)


def no_links() -> pd.DataFrame:
    """Return a links table without rows."""
    kinds = dict.fromkeys((*COLUMNS, *PLACES), "str") | {"year": "int64", "source_row": "int64"}
    return pd.DataFrame(columns=list(kinds)).astype(kinds)


def school_lines(schools: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """
    Return which codes are one school over the years, and which of these lines break.

    Schools joined by links (merge, split, rename, campus) make one line, whose figures are added up in each year.
    A link is unresolved when, of the schools on it, an old one is not on file in the last year before the change or a
    new one in the first year from it on: the two ends would not count the same schools.

    Returns
    -------
    One row per `school_id` of the data: `line` (the latest code of the line, the first of several), `linked` (more than
    one code), `broken` (the line has an unresolved link), `broken_year` (its year, the first; NaN without one).
    """
    known = np.sort(schools["school_id"].unique())
    of_schools = links[(links["level"] == "school") & (links["from_code"] != links["to_code"])]
    codes = np.unique(np.concatenate([known, of_schools["from_code"], of_schools["to_code"]]).astype(str))
    place = pd.Series(np.arange(len(codes)), index=codes)
    ends = place[of_schools["from_code"]].to_numpy(), place[of_schools["to_code"]].to_numpy()
    graph = coo_array((np.ones(len(of_schools)), ends), shape=(len(codes), len(codes)))
    _, component = connected_components(graph, directed=False)
    unresolved = of_schools[~_resolved(of_schools, schools)]
    broken = unresolved.groupby(component[place[unresolved["from_code"]].to_numpy()])["year"].min()
    table = pd.DataFrame({"school_id": known, "_c": component[place[known].to_numpy()]})
    last = schools.groupby("school_id")["year"].max()
    latest = table.assign(_y=table["school_id"].map(last)).sort_values(
        ["_y", "school_id"], ascending=[False, True]
    )
    table["line"] = table["_c"].map(latest.drop_duplicates("_c").set_index("_c")["school_id"])
    table["linked"] = table.groupby("_c")["school_id"].transform("size") > 1
    table["broken_year"] = table["_c"].map(broken).astype(float)
    return table.assign(broken=table["broken_year"].notna()).drop(columns="_c")


def current_codes(table: pd.DataFrame, links: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return a table with the codes of townships and counties that it would have today.

    A code is followed through renamings, mergers and counties made districts, each from its year on: rows of earlier
    years get the later code. A split cannot be undone from codes alone and is left as it is.

    Parameters
    ----------
    table
        Any table with `year` and `county_code` or `township_code`.

    Returns
    -------
    The table, and the links that could not be followed (splits): a line of these areas breaks in their year.
    """
    areas = links[links["level"] != "school"]
    found = table.copy()
    for level, of_level in areas[areas["kind"] != "split"].groupby("level"):
        column = link_rules().levels[str(level)].column
        if column not in found:
            continue
        for year, of_year in of_level.sort_values("year").groupby("year"):
            becomes = of_year.set_index("from_code")["to_code"].to_dict()
            before = found["year"] < year
            found[column] = found[column].mask(before, found[column].replace(becomes))
    return found, areas[areas["kind"] == "split"].reset_index(drop=True)


def _resolved(links: pd.DataFrame, schools: pd.DataFrame) -> pd.Series[bool]:
    """Return which links have both ends on file where the change is: old codes just before it, new ones just after."""
    years = np.sort(schools["year"].unique())
    held = pd.MultiIndex.from_frame(schools[["school_id", "year"]])
    at = np.searchsorted(years, links["year"].to_numpy())
    outside = (at == 0) | (at == len(years))  # before or after all data: nothing to compare across it
    before, after = years[np.maximum(at - 1, 0)], years[np.minimum(at, len(years) - 1)]
    both = pd.MultiIndex.from_arrays([links["from_code"], before]).isin(held)
    both &= pd.MultiIndex.from_arrays([links["to_code"], after]).isin(held)
    return pd.Series(both | outside, index=links.index, dtype=bool)

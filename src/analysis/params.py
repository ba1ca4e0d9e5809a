"""What a run is asked to do: from arguments, files and the workbook itself to one resolved request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import shipped
from .configuration import (
    Area,
    RunParams,
    configured_counties,
    county_code,
    county_options,
    load_options,
    region_options,
)
from .errors import JunhengError, Lang, refuse
from .locating import Files, Held, absolute, all_faults, files_in, look_into, region_files
from .schema import Words

# What every notebook is told, all of it text.
PARAMETERS = ("county", "year", "lang", "data", "out", "params", "standard", "area")
DEFAULTS: dict[str, Any] = {
    "lang": "zh",
    "source": "cn-county-template",
    "standard": "cn-quality-2017",
    "area": "area2",
    "invented": False,
}
_CHOICES = {"lang": ("zh", "en"), "area": ("area2", "area3")}
_ORIGINS = {
    "argument": Words(zh="命令参数", en="argument"),
    "params": Words(zh="参数文件", en="params file"),
    "settings": Words(zh="工作簿的「参数」表", en="sheet 参数 of the workbook"),
    "configured": Words(zh="params/ 中的配置", en="configured in params/"),
    "data": Words(zh="由数据得出", en="found in the data"),
    "default": Words(zh="默认值", en="default"),
}


@dataclass(frozen=True)
class Request:
    """
    What one run is asked to do, nothing left open.

    `files`: paths by part (schools, townships, boundary, settlements, layers). `out`: the run's own folder.
    `origin`: where each value came from. `given`: the paths `data` and `params` as they were given, absolute,
    so that a notebook resolves to the same request.
    """

    county_code: str
    county_name: Words
    year: int
    lang: Lang
    source: str
    standard: str
    area: Area
    files: Files
    out: Path
    invented: bool
    origin: Mapping[str, Words] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file to read, the school tables first."""
        return tuple(path for paths in self.files.values() for path in paths)

    def as_parameters(self) -> dict[str, str]:
        """Return the notebooks' parameters, as text, that resolve to this request."""
        named = {"county": self.county_code, "year": str(self.year), "out": str(self.out)}
        same = {name: str(getattr(self, name)) for name in ("lang", "standard", "area")}
        return {**named, **same, **self.given}


def resolve(
    *,
    county: str = "",
    year: str | int = "",
    lang: str = "",
    data: str = "",
    out: str = "",
    params: str = "",
    standard: str = "",
    area: str = "",
    outputs: str = "",
) -> Request:
    """
    Return what is asked for, resolved: arguments > params file > sheet 参数 > county or region YAML > defaults.

    An empty argument is one that was not given. `out` is the run's own folder; without it the folder is
    `outputs`/<county>/<year>/<lang>. A county is described by params/counties/CODE.yaml, else by the region
    whose tables hold its code, else by the data alone.

    Raises
    ------
    JunhengError
        A code that arrived as a number, an unknown key or value, a county or a year that the data do not
        hold, a file that is not there. Data that cannot be used give all their faults.
    """
    asked = checked(county_code=county, year=year, lang=lang, standard=standard, area=area)
    file = load_options(_existing("params", params), RunParams) if params else {}
    return _resolved(asked, file, data=data, out=out, params=params, outputs=outputs)


def resolve_file(path: Path, kind: type[RunParams] = RunParams) -> Request:
    """Return what a parameters file alone asks for; `kind` is what it may say. Refuses as `resolve` does."""
    return _resolved({}, load_options(_existing("params", str(path)), kind), params=str(path))


def _resolved(
    asked: Mapping[str, Any],
    file: Mapping[str, Any],
    *,
    data: str = "",
    out: str = "",
    params: str = "",
    outputs: str = "",
) -> Request:
    found = _find({**file, **asked}, _existing("data", data) if data else file.get("data"))
    layers = {
        "argument": asked,
        "params": file,
        "settings": checked("参数", **found.held.of(found.code)),
        "configured": found.described,
        "data": found.held.describe(found.code),
        "default": DEFAULTS,
    }
    values, origin = _merge(layers)
    wrong = _not_held(values, found.held)
    if wrong:
        raise all_faults(wrong, found.files["schools"], values["source"])
    own = (values["county_code"], str(values["year"]), values["lang"])
    home = Path(out) if out else outputs_folder(outputs).joinpath(*own)
    names = ("county_code", "year", "lang", "source", "standard", "area", "invented")
    return Request(
        **{name: values[name] for name in names},
        county_name=_words(values["name"], found.described.get("name")),
        files=absolute(found.files),
        out=home.absolute(),
        origin=origin,
        given={"data": _absolute(data), "params": _absolute(params)},
    )


def checked(sheet: str = "", /, **given: Any) -> dict[str, Any]:
    """
    Return the values that arguments or a sheet give, checked; those that are "" were not given.

    Numbers where text is due are what papermill's -p makes of codes.

    Raises
    ------
    JunhengError
        A value of the wrong kind.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        if value == "":
            continue
        zh_en = _wrong(name, value)
        if zh_en:
            place = {"sheet": sheet, "column": name.removesuffix("_code"), "value": str(value)}
            raise refuse(f"wrong-{name.removesuffix('_code')}", *zh_en, **place)
        values[name] = int(value) if name == "year" else value
        if name == "standard" and value.endswith((".yaml", ".yml")):
            values[name] = _absolute(value)
    return values


def _wrong(name: str, value: Any) -> tuple[str, str] | None:
    """Return what is wrong with a value that was given, in both languages."""
    if name == "year":
        fits = not isinstance(value, bool | float) and re.fullmatch(r"\d{4}", str(value))
        return (
            None if fits else ("年份应为四位数字，如 2025。", "the year must be four digits, such as 2025.")
        )
    if not isinstance(value, str):
        parameter = name.removesuffix("_code")
        return (
            f'应为文字，收到的是数字。papermill 请用 -r {parameter} {value}（不用 -p）；YAML 中请加引号："{value}"。',
            f"must be text, a number arrived: with papermill use -r {parameter} {value} (not -p); "
            f'in YAML quote it: "{value}".',
        )
    if name in _CHOICES and value not in _CHOICES[name]:
        known = ", ".join(_CHOICES[name])
        return f"应为其中之一：{known}。", f"must be one of: {known}."
    if name == "county_code":
        try:
            county_code(value)
        except ValueError as error:
            zh, en = str(error).split(" / ")
            return f"{zh}。", f"{en}."
    return None


def _existing(name: str, path: str) -> Path:
    found = Path(path)
    if not (found.is_file() or (name == "data" and found.is_dir())):
        raise refuse(
            "no-such-file", "没有这个文件或文件夹。", "no such file or folder.", column=name, value=str(path)
        )
    return found


@dataclass(frozen=True)
class _Found:
    """The county that was found: what params/ says of it, its files, and what those hold."""

    code: str
    described: dict[str, Any]
    files: Files
    held: Held


def _find(told: Mapping[str, Any], where: Path | None) -> _Found:
    code = str(told.get("county_code", ""))
    if code in configured_counties():
        return _in_county(code, told, where)
    regions = region_options() if code else {}
    matching = [found for region in regions.values() if (found := _in_region(code, region, told, where))]
    holding = [found for found in matching if code in found.held.years]
    if matching:  # without the county, the first of them says what there is
        return (holding or matching)[0]
    if where is None:
        raise _no_county(code, list(regions))
    source = told.get("source", DEFAULTS["source"])
    files = files_in(where, source, told.get("files"))
    held = look_into(files["schools"], source)
    try:
        code = code or held.only_county()
    except JunhengError as error:
        raise all_faults(error, files["schools"], source) from error
    return _in_county(code, told, where) if code in configured_counties() else _Found(code, {}, files, held)


def _in_county(code: str, told: Mapping[str, Any], where: Path | None) -> _Found:
    described = county_options(code)
    folder = where or described.get("data")
    if folder is None:
        raise _no_county(code, [])
    source = told.get("source") or described.get("source", DEFAULTS["source"])
    wanted = told.get("files") or described.get("files")
    files = files_in(folder, source, wanted, configured=where is None)
    return _Found(code, described, files, look_into(files["schools"], source))


def _in_region(
    code: str, region: dict[str, Any], told: Mapping[str, Any], where: Path | None
) -> _Found | None:
    """Return a region whose tables are among the data, None for another one."""
    folder = where or region.get("data")
    files = region_files(folder, region["files"]) if folder else {}
    if not files:
        return None
    source = told.get("source") or region.get("source", DEFAULTS["source"])
    held = look_into(files["schools"], source)
    if held.source and held.source != source:  # a store of something else
        return None
    return _Found(code, region, files, held)


def _english(listed: str) -> str:
    return listed.replace("、", ", ")


def _no_county(code: str, regions: list[str]) -> JunhengError:
    known, tried = "、".join(configured_counties()) or "—", "、".join(regions) or "—"
    if not code:
        return refuse(
            "no-county-named",
            f"没有说明是哪个县。请用 --data 给出数据，或用 --county 给出县级代码（params/counties 中有：{known}）。",
            f"no county is named: give its data with --data, or its code with --county (in params/counties: {_english(known)}).",
            column="county",
        )
    return refuse(
        "no-such-county",
        f"没有这个县的数据。请用 --data 给出数据；params/counties 中有：{known}；试过的区域：{tried}。",
        f"no data of this county: give them with --data. In params/counties: {_english(known)}; "
        f"regions tried: {_english(tried)}.",
        column="county",
        value=code,
    )


def _merge(layers: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Words]]:
    """Take each value from the first layer that has it, and say which."""
    values: dict[str, Any] = {}
    origin: dict[str, Words] = {}
    for layer, told in layers.items():
        for name in told.keys() - values.keys():
            values[name], origin[name] = told[name], _ORIGINS[layer]
    return values, origin


def _not_held(values: Mapping[str, Any], held: Held) -> JunhengError | None:
    code, year = values["county_code"], values.get("year")
    if code not in held.years:
        known = "、".join(sorted(held.years)[:20]) or "—"
        zh, en = (
            f"数据中没有这个县。数据中有：{known}。",
            f"the data do not hold this county, but: {_english(known)}.",
        )
        return refuse("county-not-in-data", zh, en, column="county", value=code)
    if year not in held.years[code]:
        known = "、".join(map(str, held.years[code]))
        zh, en = (
            f"数据中没有这一年。数据中有：{known}。",
            f"the data do not hold this year, but: {_english(known)}.",
        )
        return refuse("year-not-in-data", zh, en, column="year", value=str(year))
    return None


def outputs_folder(outputs: str = "") -> Path:
    """Return the folder of all outputs; a notebook opened where it is stored writes beside that folder, not into it."""
    here = Path.cwd()
    return Path(outputs) if outputs else (here.parent if here == shipped.notebooks() else here) / "outputs"


def _absolute(path: str) -> str:
    return str(Path(path).absolute()) if path else ""


def _words(name: str | Mapping[str, str], configured: Mapping[str, str] | None) -> Words:
    """Return a name in both languages; one that a sheet gives in Chinese alone gets the configured English."""
    if isinstance(name, str):
        name = configured if configured and configured["zh"] == name else {"zh": name, "en": name}
    return Words(**name)

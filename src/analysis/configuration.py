"""What the parameter files may say: one county, a region of many, or one run (params/, --params FILE)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

from . import schema, shipped
from .errors import Lang
from .schema import Words
from .yamlfile import load_yaml

Area = Literal["area2", "area3"]


def county_code(code: str) -> str:
    """
    Return a county code that is one.

    Codes become names of folders, so that nothing but what the registry allows may pass.

    Raises
    ------
    ValueError
        It is not of the registry's form; the message is in both languages.
    """
    if not re.fullmatch(schema.column("county_code").pattern or "", code, re.ASCII):
        raise ValueError("县级代码应为六位或七位数字 / a county code has six or seven digits")
    return code


def _file_name(name: str) -> str:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError("应为 data 文件夹内的文件名 / must be a name inside the data folder")
    return name


def _region_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):  # it becomes the name of a folder
        raise ValueError("应为小写字母、数字和连字符 / must be lower-case letters, digits and hyphens")
    return name


CountyCode = Annotated[str, AfterValidator(county_code)]
FileName = Annotated[str, AfterValidator(_file_name)]
RegionName = Annotated[str, AfterValidator(_region_name)]


class Files(BaseModel):
    """File names inside the data folder; each may be a pattern, such as census_*.csv."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schools: FileName
    townships: FileName | None = None
    boundary: FileName | None = None
    settlements: FileName | None = None


class _Options(BaseModel):
    """What every parameter file may set. Paths are relative to the file that names them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: str | None = None
    standard: str | None = None
    area: Area | None = None
    lang: Lang | None = None
    data: str | None = None
    files: Files | None = None
    invented: bool | None = None


class CountyParams(_Options):
    """params/counties/CODE.yaml: one county."""

    county_code: CountyCode
    name: Words


class RegionParams(_Options):
    """params/regions/NAME.yaml: tables that hold many counties."""

    region: RegionName
    title: Words
    files: Files
    note: Words | None = None


class RunParams(_Options):
    """--params FILE: whatever a run can be told, all of it optional."""

    county_code: CountyCode | None = None
    name: Words | None = None
    year: int | None = None


Options = TypeVar("Options", bound=_Options)


def load_options(path: Path, model: type[Options]) -> dict[str, Any]:
    """
    Load a parameter file as what it sets, paths made absolute.

    Raises
    ------
    JunhengError
        Unknown keys, values of the wrong kind: all faults, each with its line.
    """
    options = load_yaml(path, model).model_dump(exclude_none=True)
    folder = path.parent.absolute()
    for name in ("source", "standard"):
        if str(options.get(name, "")).endswith((".yaml", ".yml")):
            options[name] = str(folder / options[name])
    if "data" in options:
        options["data"] = (folder / options["data"]).resolve()
    return options


def configured_counties() -> list[str]:
    """Return the codes that have a file in params/counties/."""
    return sorted(path.stem for path in shipped.params("counties").glob("*.yaml"))


def county_options(code: str) -> dict[str, Any]:
    """Return what params/counties/CODE.yaml sets; see load_options for what is refused."""
    return load_options(shipped.params("counties", f"{code}.yaml"), CountyParams)


def region_options() -> dict[str, dict[str, Any]]:
    """Return what each file of params/regions/ sets, by its name."""
    paths = sorted(shipped.params("regions").glob("*.yaml"))
    return {path.stem: load_options(path, RegionParams) for path in paths}

"""The sheets 参数 and 规划参数: what they may say, how offices write it, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from .. import schema
from ..errors import Fault, Level, Place
from ..programme import parameters_by_item
from ..schema import Words
from ..standards import available, load_standard
from .coordinates import system_named
from .headers import normalised
from .tabular import Sheet
from .values import as_school_year

COUNTY, YEAR, STANDARD, SYSTEM = "县级代码", "年份", "评估标准", "坐标系"
_ITEMS = {COUNTY, "县名", YEAR, STANDARD, SYSTEM, "语言"}
_ALSO = {"坐标系统": SYSTEM, "coordinatesystem": SYSTEM, "coordinates": SYSTEM}
_CONTENT = "内容"
_LANGUAGES = {"zh": "zh", "中文": "zh", "汉语": "zh", "chinese": "zh"} | {
    "en": "en", "英文": "en", "英语": "en", "english": "en",
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One item of the sheet 参数, its content as the program writes it, and where it stands."""

    item: str
    value: str
    place: Place


@dataclass
class Settings:
    """What the sheets 参数 of all files say, and their faults; an item that is wrong is left out."""

    told: list[Setting] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def read(self, sheet: Sheet, table: pd.DataFrame) -> None:
        """Take in a sheet: `item` and `value` by Excel row (supplements.text_table)."""
        for row, item, value in table[["item", "value"]].dropna().itertuples():
            known = _ALSO.get(normalised(item), re.sub(r"\s|[::]$", "", item))
            place = Place(sheet.file, sheet.name, int(row), known, value)
            if known not in _ITEMS and known not in parameters_by_item():
                self.faults.append(_not_known(place))
            elif (meant := _meant(known, value)) is None:
                self.faults.append(_wrong(known, place))
            else:
                self.told.append(Setting(known, meant, place))

    def mapping(self) -> dict[str, str]:
        """Return item to content; of several files the last one's."""
        return {setting.item: setting.value for setting in self.told}

    def by_file(self, item: str) -> dict[str, str]:
        """Return file name to the content of an item."""
        return {setting.place.file: setting.value for setting in self.told if setting.item == item}


def not_held(told: Sequence[Setting], rows: pd.DataFrame) -> list[Fault]:
    """Return a fault for each county and year of the sheets 参数 that no row (`county_code`, `year`) has."""
    codes, years = set(rows["county_code"].dropna()), set(rows["year"].dropna())
    faults: list[Fault] = []
    for setting in told if codes else ():
        if setting.item == COUNTY and setting.value not in codes:
            listed = "、".join(sorted(codes)[:10])
            zh, en = (
                f"学校数据中没有这个县级代码。数据中有:{listed}。",
                f"no row has it; there are: {listed.replace('、', ', ')}.",
            )
            faults.append(_fault("county-not-in-data", zh, en, setting.place))
        elif setting.item == YEAR and years and float(setting.value) not in years:
            listed = "、".join(f"{year:.0f}" for year in sorted(years))
            zh, en = (
                f"学校数据中没有这一年。数据中有:{listed}。",
                f"no row has it; there are: {listed.replace('、', ', ')}.",
            )
            faults.append(_fault("year-not-in-data", zh, en, setting.place))
    return faults


def _meant(item: str, value: str) -> str | None:
    """Return the content of an item as the program writes it, None where it is not to be understood."""
    if item in parameters_by_item():
        return parameters_by_item()[item].read(value)
    plain = re.sub(r"\s|\.0+$", "", unicodedata.normalize("NFKC", value))
    if item == YEAR:
        year = as_school_year(plain)
        return year if re.fullmatch(r"\d{4}", year) else None
    if item == COUNTY:
        return plain if re.fullmatch(schema.column("county_code").pattern or ".+", plain) else None
    if item == STANDARD:
        return _standard(value)
    if item == SYSTEM:
        return system_named(value)
    return _LANGUAGES.get(plain.lower()) if item == "语言" else value


def _standard(value: str) -> str | None:
    """Return the id of a rule set given by id, title or document number; a YAML file of the user's as it is."""
    if value in available() or value.endswith((".yaml", ".yml")):
        return value
    for name in available():
        rules = load_standard(name)
        spelled = {normalised(text) for text in (name, rules.title.zh, rules.title.en, rules.source)}
        if normalised(value) in spelled - {""}:
            return name
    return None


def _wrong(item: str, place: Place) -> Fault:
    if item in parameters_by_item():
        said = parameters_by_item()[item].allowed()
        return _fault("wrong-parameter", said.zh, said.en, place)
    if item == YEAR:
        said = Words(zh="应为四位年份,如2025。", en="must be a year of four digits, such as 2025.")
    elif item == COUNTY:
        said = Words(zh="应为六位行政区划代码,如350981。", en="must be a county code of six digits.")
    elif item == STANDARD:
        sets = [load_standard(name) for name in available()]
        zh = ";".join(f"{rules.id}({rules.title.zh},{rules.source})" for rules in sets)
        said = Words(
            zh=f"没有这个标准。可填编号、名称或文号:{zh}。",
            en=f"no such rule set; use one of: {', '.join(rules.id for rules in sets)}.",
        )
    elif item == SYSTEM:
        said = Words(
            zh="不认识这个坐标系,应为:WGS84、CGCS2000、GCJ-02(高德、腾讯地图)、BD-09(百度地图)。",
            en="unknown coordinate system; use one of: WGS84, CGCS2000, GCJ-02 (Amap), BD-09 (Baidu).",
        )
    else:
        said = Words(zh="应为zh(中文)或en(英文)。", en="must be zh (Chinese) or en (English).")
    kinds = {YEAR: "wrong-year", COUNTY: "wrong-county", STANDARD: "unknown-standard", "语言": "wrong-lang"}
    return _fault(kinds.get(item, "unknown-coordinate-system"), said.zh, said.en, place)


def _not_known(place: Place) -> Fault:
    zh = f"不认识这个项目,没有采用。可用:{'、'.join(sorted(_ITEMS))}。"
    return Fault("unknown-setting", zh, "this item is not known and not used.", place, Level.NOTE)


def _fault(kind: str, zh: str, en: str, place: Place) -> Fault:
    return Fault(kind, zh, en, place, also=(_CONTENT,))

"""Find and read rule sets: the files that come with the library, the user's own, and what one takes from another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import shipped
from ..errors import Fault, JunhengError, Place, refuse
from ..yamlfile import Location, YamlFile, open_yaml
from .ruleset import RuleSet

_OWN = ("id", "title", "source", "effective", "note")  # what no set takes from another
_BY_ID = ("indicators", "county_items", "milestones")


def available() -> list[str]:
    """Return the ids of the rule sets that come with the library."""
    return sorted(path.stem for path in shipped.params("standards").glob("*.yaml"))


def standard_path(name: str | Path) -> Path:
    """
    Return the file of a rule set, named by id or by the path of a YAML file of the user's.

    Raises
    ------
    JunhengError
        There is no such file.
    """
    path = (
        Path(name) if str(name).endswith((".yaml", ".yml")) else shipped.params("standards", f"{name}.yaml")
    )
    if not path.is_file():
        known = available()
        raise refuse(
            "unknown-standard",
            f"没有这个标准。可用:{'、'.join(known)}",
            f"no such rule set; known: {', '.join(known)}",
            file=str(name),
        )
    return path


def load_standard(name: str | Path) -> RuleSet:
    """
    Load a rule set by id, or from a YAML file of the user's.

    A file may begin with `extends: ID` (or the path of another file beside it): it then says only what differs.
    Mappings are merged; indicators, county items and milestones are taken by their id, new ones come after those
    of the set extended, and `leave_out: [ID, …]` drops some. null takes a part away, or says that a threshold is not
    known.

    Raises
    ------
    JunhengError
        All faults of the file at once, each with its line: unknown keys, impossible thresholds,
        columns that are not registered, a set that extends itself or one that is not there.
    """
    file = open_yaml(standard_path(name))
    return _checked(file, _extended(file, ()))


def _checked(file: YamlFile, content: Mapping[str, Any]) -> RuleSet:
    return file.as_model(RuleSet, content, place=lambda location: _place(location, content, file.content))


def _extended(file: YamlFile, chain: tuple[Path, ...]) -> dict[str, Any]:
    """Return what a file says on top of what it extends."""
    own = {key: value for key, value in file.content.items() if key not in ("extends", "leave_out")}
    named = file.content.get("extends")
    left_out = file.content.get("leave_out") or []
    if named is None:
        if "leave_out" in file.content:
            raise _fault(file, "leave_out", "没有 extends,不能用 leave_out", "leave_out goes with extends")
        return own
    path = _parent(file, named)
    if path.resolve() in (*chain, file.path.resolve()):
        raise _fault(file, "extends", "标准互相引用", "rule sets extend each other in a circle")
    below = open_yaml(path)
    base = _extended(below, (*chain, file.path.resolve()))
    _checked(below, base)  # its faults are told at its own lines
    ids = {part["id"] for key in _BY_ID for part in base.get(key) or []}
    if not isinstance(left_out, list) or not set(map(str, left_out)) <= ids:
        raise _fault(
            file,
            "leave_out",
            "leave_out 应列出所引标准中的编号",
            "leave_out must list ids of the set extended",
        )
    kept = {key: value for key, value in base.items() if key not in _OWN}
    for key in _BY_ID:
        kept[key] = [part for part in kept.get(key) or [] if part["id"] not in left_out]
    return _merged(kept, own)


def _parent(file: YamlFile, named: object) -> Path:
    if not isinstance(named, str):
        raise _fault(file, "extends", "应为标准编号或文件名", "must be the id of a rule set or a file")
    try:
        is_file = named.endswith((".yaml", ".yml"))
        return standard_path(file.path.parent / named if is_file else named)
    except JunhengError as error:
        first = error.faults[0]
        raise _fault(file, "extends", first.zh.rstrip("。"), first.en) from error


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        if key in _BY_ID:
            merged[key] = _by_id(merged.get(key) or [], value)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged


def _by_id(base: list[Any], own: object) -> Any:
    """Return the base's parts with what is said of the same ids merged in, and new ones after them."""
    if own is None:
        return []
    if not isinstance(own, list) or not all(isinstance(part, dict) and "id" in part for part in own):
        return own  # the model tells what is wrong
    said = {part["id"]: part for part in own}
    known = {part["id"] for part in base}
    return [
        *(_merged(part, said.get(part["id"], {})) for part in base),
        *(part for part in own if part["id"] not in known),
    ]


def _place(location: Location, content: Mapping[str, Any], own: Mapping[str, Any]) -> Location:
    """Return where in its own file a place of the merged rule set stands: parts are found by id."""
    if len(location) < 2 or location[0] not in _BY_ID or not isinstance(location[1], int):
        return location
    name = content[location[0]][location[1]].get("id")
    ids = [part.get("id") for part in own.get(location[0]) or []]
    return (location[0], ids.index(name), *location[2:]) if name in ids else location[:1]


def _fault(file: YamlFile, key: str, zh: str, en: str) -> JunhengError:
    place = Place(file.path.name, row=file.line((key,)), column=key, value=str(file.content.get(key, "")))
    return JunhengError(Fault("wrong-extends", f"{zh}。", f"{en}.", place))

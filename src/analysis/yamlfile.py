"""Read a YAML file into a strict model; every fault comes back with its line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from .errors import Fault, JunhengError, Place

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]

_WORDS = {
    "extra_forbidden": ("不认识的键", "unknown key"),
    "missing": ("缺少这个键", "this key is missing"),
    "string_type": ('应为文字,请加引号,如 "0012"', 'must be text: quote it, as in "0012"'),
}


@dataclass(frozen=True)
class YamlFile:
    """A YAML file of “key: value”: its content, and where each part of it stands."""

    path: Path
    content: dict[str, Any]
    node: yaml.Node | None

    def line(self, location: Location) -> int:
        """Return the line of the deepest part that a location names."""
        return _line(self.node, location)

    def as_model(
        self,
        model: type[Model],
        content: Mapping[str, Any] | None = None,
        *,
        place: Callable[[Location], Location] = tuple,
    ) -> Model:
        """
        Return the content (or `content`, made from it) as a model; `place` tells where in the file a part of it stands.

        Raises
        ------
        JunhengError
            It does not fit the model: all faults, with lines.
        """
        told = self.content if content is None else content
        try:
            # The JSON reading is strict about types yet takes a list for a tuple and text for a date.
            return model.model_validate_json(json.dumps(told, default=str), strict=True)
        except ValidationError as error:
            faults = [_fault(self, e, place(e["loc"])) for e in error.errors(include_url=False)]
            raise JunhengError(faults) from error


def load_yaml(path: Path, model: type[Model]) -> Model:
    """
    Load a YAML file as a model.

    Raises
    ------
    JunhengError
        The file is not UTF-8, not YAML, names a key twice, or does not fit the model: all faults, with lines.
    """
    return open_yaml(path).as_model(model)


def open_yaml(path: Path) -> YamlFile:
    """
    Read a YAML file of “key: value”.

    Raises
    ------
    JunhengError
        The file is not UTF-8, not YAML, or names a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        node, twice, content = _parsed(text)
    except UnicodeDecodeError as error:
        raise JunhengError(
            Fault("not-utf8", "文件不是UTF-8编码。", "the file is not UTF-8.", Place(path.name))
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = str(getattr(error, "problem", "") or "not YAML")
        raise JunhengError(
            Fault(
                "not-yaml",
                f"YAML写法有误:{problem}",
                f"not valid YAML: {problem}",
                Place(path.name, row=line),
            )
        ) from error
    faults = [_twice(path, key) for key in twice]
    if not isinstance(content, dict):
        faults.append(
            Fault(
                "not-yaml",
                "文件应由“键: 值”组成。",
                "the file must be made of “key: value”.",
                Place(path.name),
            )
        )
    if faults:
        raise JunhengError(faults)
    return YamlFile(path, content, node)


def _parsed(text: str) -> tuple[yaml.Node | None, list[yaml.ScalarNode], Any]:
    """Return the node of a text, its keys that are given twice, and its content; parsed once, in C where that is there."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        twice = _repeated(node)  # before merge keys ("<<") are resolved into the node
        return node, twice, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _repeated(node: yaml.Node | None) -> list[yaml.ScalarNode]:
    if isinstance(node, yaml.SequenceNode):
        return [key for child in node.value for key in _repeated(child)]
    if not isinstance(node, yaml.MappingNode):
        return []
    seen: set[str] = set()
    twice: list[yaml.ScalarNode] = []
    for key, value in node.value:
        if key.value in seen:
            twice.append(key)
        seen.add(key.value)
        twice += _repeated(value)
    return twice


def _twice(path: Path, key: yaml.ScalarNode) -> Fault:
    place = Place(path.name, row=key.start_mark.line + 1, column=key.value)
    return Fault("yaml-key-twice", "同一个键写了两次。", "the key is given twice.", place)


def _fault(file: YamlFile, error: Any, location: Location) -> Fault:
    """Turn one pydantic error into a fault at the line of the deepest node that a location names."""
    zh, en = _WORDS.get(error["type"], (error["msg"], error["msg"]))
    if error["type"] == "value_error":
        both = str(error["ctx"]["error"])
        zh, en = both.split(" / ", 1) if both.count(" / ") == 1 else (both, both)
    value = error["input"]
    shown = "" if isinstance(value, dict | list) else str(value)
    place = Place(
        file.path.name, row=file.line(location), column=".".join(map(str, error["loc"])), value=shown
    )
    return Fault("yaml-" + error["type"].replace("_", "-"), zh, en, place)


def _line(node: yaml.Node | None, location: Location) -> int:
    line = node.start_mark.line if node else 0
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = {key.value: (key, value) for key, value in node.value}.get(str(part))
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
    return line + 1

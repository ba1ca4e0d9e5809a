"""Norms of planning (params/norms.yaml): how far a school reaches, and when a class is large."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .. import shipped
from ..schema import Words
from ..standards import Certainty, Threshold
from ..yamlfile import load_yaml


class _Norm(Words):
    """A number of planning, where it comes from, and how sure that is."""

    id: str
    source: str
    year: int
    certainty: Certainty

    def cited(self) -> Words:
        """Return the source (both languages stand in the file, parted by a slash) with its year."""
        parts = self.source.split(" / ")
        return Words(zh=f"{parts[0]}({self.year}年)", en=f"{parts[-1]} ({self.year})")


class ServiceRadius(_Norm):
    """How far, in km, a school of a stage is meant to reach."""

    stages: tuple[str, ...] = Field(min_length=1)
    km: Threshold


class ClassSize(_Norm):
    """From how many pupils in its largest class on a school has a class of this kind, by stage."""

    at_least: dict[str, int]


class Norms(BaseModel):
    """
    The norms, service radii and kinds of class, each kind above the one before.

    They are conventions of planning and judge nothing: no verdict uses them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    service_radius: tuple[ServiceRadius, ...]
    class_size: tuple[ClassSize, ...]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        for stage in {stage for kind in self.class_size for stage in kind.at_least}:
            sizes = [kind.at_least[stage] for kind in self.class_size if stage in kind.at_least]
            if sizes != sorted(set(sizes)) or sizes[0] < 1:
                raise ValueError(
                    f"class_size {stage}: 应由小到大且大于0 / must rise from above 0, each above the last"
                )
        return self

    def radii(self, stage: str) -> list[ServiceRadius]:
        """Return the radii of a stage, the shortest first; none where the norms do not know the stage."""
        return sorted((r for r in self.service_radius if stage in r.stages), key=lambda r: r.km)

    def class_kinds(self, stage: str) -> list[ClassSize]:
        """Return the kinds of class of a stage, the smallest first."""
        return [kind for kind in self.class_size if stage in kind.at_least]


def load_norms(path: Path) -> Norms:
    """
    Load norms from a YAML file.

    Raises
    ------
    JunhengError
        All faults of the file at once, each with its line.
    """
    return load_yaml(path, Norms)


@cache
def norms() -> Norms:
    """Return the norms of params/norms.yaml."""
    return load_norms(shipped.params("norms.yaml"))

"""The choices of a research finding as data: resampling, bands of size, other meanings of the two sides."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .. import shipped
from ..schema import Words
from ..standards import Share, Threshold
from ..yamlfile import load_yaml


class _Setting(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bootstrap(_Setting):
    """
    How schools are resampled.

    `draws` resamples from `seed`; intervals cover `level` of them; a side of fewer than `least_units` known
    schools gets none.
    """

    draws: int = Field(ge=100)
    seed: int = Field(ge=0)
    level: Share = Decimal("0.95")
    least_units: int = Field(ge=2)

    @model_validator(mode="after")
    def _two_tails(self) -> Self:
        if self.level >= 1:
            raise ValueError("level 应小于1 / level must be below 1")
        return self

    @property
    def tails(self) -> tuple[float, float]:
        """The shares of draws below the lower and below the upper end."""
        tail = (1 - self.level) / 2
        return float(tail), float(1 - tail)


class AreaDefinition(Words, _Setting):
    """Which codes of a column of the schools make the two sides."""

    by: Literal["area3", "urban_rural_code"]
    urban: tuple[str, ...] = Field(min_length=1)
    rural: tuple[str, ...] = Field(min_length=1)

    @property
    def sides(self) -> dict[str, str]:
        """Code to side."""
        return dict.fromkeys(self.urban, "urban") | dict.fromkeys(self.rural, "rural")


class Research(_Setting):
    """params/research.yaml."""

    bootstrap: Bootstrap
    aversion: Threshold
    size_bands: tuple[int, ...] = Field(min_length=2)
    similar: int = Field(ge=1)
    areas: dict[str, AreaDefinition]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.size_bands[0] != 0 or list(self.size_bands) != sorted(set(self.size_bands)):
            raise ValueError("size_bands 应从0开始递增 / size_bands must rise from 0")
        return self

    def band(self, number: int) -> Words:
        """Return the name of a band of size by its number."""
        low = self.size_bands[number]
        if number + 1 == len(self.size_bands):
            return Words(zh=f"{low}人及以上", en=f"{low} pupils and more")
        high = self.size_bands[number + 1]
        if number == 0:
            return Words(zh=f"不足{high}人", en=f"below {high} pupils")
        return Words(zh=f"{low}—{high - 1}人", en=f"{low}–{high - 1} pupils")


@cache
def load_research(path: Path | None = None) -> Research:
    """
    Load the choices that come with the library, or a file of the user's.

    Raises
    ------
    JunhengError
        All faults of the file at once, each with its line.
    """
    return load_yaml(path or shipped.params("research.yaml"), Research)

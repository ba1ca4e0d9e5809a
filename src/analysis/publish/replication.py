"""A bundle by which someone else gets the same numbers: what was asked, of which data, under which rules and versions."""

from __future__ import annotations

import json
import platform
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import distributions
from pathlib import Path
from typing import Protocol

import pandas as pd
from pydantic import BaseModel

from .. import __version__
from ..params import Request
from ..replacing import replaced_whole
from ..sources.dataset import Dataset
from ..standards import standard_path

_README = """\
Replication bundle / 复算包

1. Install junheng {version} (requirements.txt holds every version; python {python}).
2. Put the data beside this file; their SHA-256 stand in bundle.json.
3. python replicate.py DATA

It computes the tables in tables/ again and says whether they are the same.
按 requirements.txt 安装后运行 replicate.py，重算 tables/ 中的表并比对。
"""
_SCRIPT = """\
import json
import sys
from pathlib import Path

import pandas as pd

from analysis.explore import Explorer, View, WhatIf
from analysis.study import open_county

here = Path(__file__).parent
about = json.loads((here / "bundle.json").read_text(encoding="utf-8"))
standard = str(here / "standard.yaml")
study = open_county(**{**about["asked"], "standard": standard}, data=sys.argv[1] if len(sys.argv) > 1 else "")
assessment = study.assessment
if "what_if" in about:
    view, what_if = View.model_validate(about["view"]), WhatIf.model_validate(about["what_if"])
    assessment = Explorer(study.data.schools, study.rules).look(view, what_if).whole
wrong = 0
for path in sorted((here / "tables").glob("*.parquet")):
    same = pd.read_parquet(path).equals(getattr(assessment, path.stem))
    wrong += not same
    print(path.stem, "same" if same else "DIFFERENT")
sys.exit(wrong > 0)
"""
TABLES = ("county_verdicts", "dispersion", "unit_verdicts", "school_verdicts")


class Opened(Protocol):
    """A county that was opened and judged (`study.Study`)."""

    @property
    def request(self) -> Request: ...
    @property
    def data(self) -> Dataset: ...
    @property
    def assessment(self) -> object: ...


class Supposed(Protocol):
    """What a view found under a what-if (`explore.Findings`)."""

    @property
    def view(self) -> BaseModel: ...
    @property
    def what_if(self) -> BaseModel: ...
    @property
    def whole(self) -> object: ...


def replication_bundle(
    study: Opened, path: str | Path, *, supposed: Supposed | None = None, tables: Sequence[str] = TABLES
) -> None:
    """
    Write a zip that lets someone else compute a study's tables again and compare.

    It holds the request, the SHA-256 of every file read, the rule set itself, the versions of all packages, a script
    and the tables of the assessment; the data stay where they are.

    Parameters
    ----------
    study
        A county that was opened.
    path
        The zip.
    supposed
        Findings under a what-if: the tables are then those of `supposed.whole`, the view's year under that what-if.
    tables
        Names of tables of the assessment.

    Raises
    ------
    JunhengError
        The file cannot be written.
    """
    request = study.request
    about: dict[str, object] = {
        "asked": {
            "county": request.county_code,
            "year": str(request.year),
            "lang": request.lang,
            "area": request.area,
        },
        "code": {"junheng": __version__, "python": platform.python_version()},
        "inputs": [{**asdict(item), "path": Path(item.path).name} for item in study.data.inputs],
    }
    if supposed is not None:
        about |= {name: getattr(supposed, name).model_dump(mode="json") for name in ("view", "what_if")}
    assessment = study.assessment if supposed is None else supposed.whole
    installed = sorted({f"{d.metadata['Name']}=={d.version}" for d in distributions()})
    with replaced_whole(Path(path)) as temporary, zipfile.ZipFile(temporary, "w") as bundle:
        readme = _README.format(version=__version__, python=platform.python_version())
        bundle.writestr("README.txt", readme)
        bundle.writestr("bundle.json", json.dumps(about, ensure_ascii=False, indent=1))
        bundle.writestr("requirements.txt", "\n".join(installed) + "\n")
        bundle.writestr("standard.yaml", standard_path(request.standard).read_text(encoding="utf-8"))
        bundle.writestr("replicate.py", _SCRIPT)
        for name in tables:
            frame: pd.DataFrame = getattr(assessment, name)
            bundle.writestr(f"tables/{name}.parquet", frame.to_parquet())

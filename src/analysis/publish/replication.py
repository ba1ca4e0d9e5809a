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

from analysis.study import open_county

here = Path(__file__).parent
asked = json.loads((here / "bundle.json").read_text(encoding="utf-8"))["asked"]
standard = str(here / "standard.yaml")
study = open_county(**{**asked, "standard": standard}, data=sys.argv[1] if len(sys.argv) > 1 else "")
wrong = 0
for path in sorted((here / "tables").glob("*.parquet")):
    same = pd.read_parquet(path).equals(getattr(study.assessment, path.stem))
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


def replication_bundle(study: Opened, path: str | Path, *, tables: Sequence[str] = TABLES) -> None:
    """
    Write a zip that lets someone else compute a study's tables again and compare.

    It holds the request, the SHA-256 of every file read, the rule set itself, the versions of all packages, a script
    and the tables of the assessment; the data stay where they are.

    Raises
    ------
    JunhengError
        The file cannot be written.
    """
    request = study.request
    about = {
        "asked": {
            "county": request.county_code,
            "year": str(request.year),
            "lang": request.lang,
            "area": request.area,
        },
        "code": {"junheng": __version__, "python": platform.python_version()},
        "inputs": [{**asdict(item), "path": Path(item.path).name} for item in study.data.inputs],
    }
    installed = sorted({f"{d.metadata['Name']}=={d.version}" for d in distributions()})
    with replaced_whole(Path(path)) as temporary, zipfile.ZipFile(temporary, "w") as bundle:
        readme = _README.format(version=__version__, python=platform.python_version())
        bundle.writestr("README.txt", readme)
        bundle.writestr("bundle.json", json.dumps(about, ensure_ascii=False, indent=1))
        bundle.writestr("requirements.txt", "\n".join(installed) + "\n")
        bundle.writestr("standard.yaml", standard_path(request.standard).read_text(encoding="utf-8"))
        bundle.writestr("replicate.py", _SCRIPT)
        for name in tables:
            frame: pd.DataFrame = getattr(study.assessment, name)
            bundle.writestr(f"tables/{name}.parquet", frame.to_parquet())

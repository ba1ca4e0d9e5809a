"""What became of a county, and the table of all of them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import jinja2

from ..errors import Lang, refuse
from ..replacing import write_whole
from ..schema import Words

STATES = {
    "done": Words(zh="完成", en="done"),
    "unchanged": Words(zh="未变，不必重做", en="unchanged, kept"),
    "refused": Words(zh="数据须改正", en="data refused"),
    "failed": Words(zh="失败", en="failed"),
    "died": Words(zh="意外终止", en="died"),
}
FAILED = ("refused", "failed", "died")
_TITLE = Words(zh="批量运行汇总", en="Summary of the run")


@dataclass(frozen=True)
class Outcome:
    """
    What became of one county.

    `state`: one of STATES. `peak_mb`: the most memory that its processes took, in MiB, what they share counted in
    each; NaN where it is not known. `notebook`, `cell`: where it stopped. `folder`: the outputs, or what is kept
    of a failed run; "" where nothing is.
    """

    county: str
    zh: str
    en: str
    year: int
    state: str
    seconds: float = 0.0
    peak_mb: float = float("nan")
    reason_zh: str = ""
    reason_en: str = ""
    notebook: str = ""
    cell: int | None = None
    folder: str = ""

    @property
    def failed(self) -> bool:
        """Whether the county has no new outputs."""
        return self.state in FAILED


def write_summary(outcomes: Iterable[Outcome], stem: Path, lang: Lang) -> list[Path]:
    """Write STEM.csv and STEM.html: one row per county, those that failed first on the page."""
    told = sorted(outcomes, key=lambda outcome: outcome.county)
    stem.parent.mkdir(parents=True, exist_ok=True)
    table, page = stem.with_name(f"{stem.name}.csv"), stem.with_name(f"{stem.name}.html")
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Outcome)], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(asdict(outcome) for outcome in told)
    write_whole(table, text.getvalue().encode("utf-8-sig"))
    write_whole(page, _page(told, stem.parent, lang).encode())
    return [table, page]


def told_before(stem: Path) -> list[Outcome]:
    """
    Return what became of each county in the run that a summary tells of.

    Raises
    ------
    JunhengError
        There is no summary, or it was changed so that it cannot be read.
    """
    table = stem.with_name(f"{stem.name}.csv")
    try:
        with table.open(encoding="utf-8-sig", newline="") as rows:
            return [_outcome(row) for row in csv.DictReader(rows)]
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise refuse(
            "no-summary",
            "没有可读的上次运行汇总表，请先不加 --failed-only 运行一次。",
            "there is no summary of an earlier run that can be read; run once without --failed-only.",
            file=str(table),
        ) from error


def _outcome(row: Mapping[str, str]) -> Outcome:
    numbers = {
        "year": int(float(row["year"])),
        "seconds": float(row["seconds"]),
        "peak_mb": float(row["peak_mb"]),
    }
    cell = int(float(row["cell"])) if row["cell"] else None
    texts = {name: row[name] for name in row.keys() - numbers.keys() - {"cell"}}
    return Outcome(**texts, **numbers, cell=cell)  # type: ignore[arg-type]


def _page(told: Sequence[Outcome], beside: Path, lang: Lang) -> str:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis.batch", "."), autoescape=True, undefined=jinja2.StrictUndefined
    )
    counts = {STATES[state][lang]: sum(one.state == state for one in told) for state in STATES}
    return environment.get_template("summary.html.j2").render(
        lang=lang,
        title=_TITLE[lang],
        states=STATES,
        counts={name: n for name, n in counts.items() if n},
        rows=sorted(told, key=lambda one: not one.failed),
        links={one.county: _link(one, beside) for one in told},
    )


def _link(outcome: Outcome, beside: Path) -> str:
    """Return the address of a county's page, or of what is kept of it, from where the summary stands."""
    if not outcome.folder:
        return ""
    page = "" if outcome.failed else "/index.html"
    return Path(os.path.relpath(outcome.folder, beside)).as_posix() + page

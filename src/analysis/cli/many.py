"""Run the notebooks for every county of a list."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from ..errors import refuse
from .words import FAILED, say

if TYPE_CHECKING:
    from ..batch.outcome import Outcome
    from ..configuration import Area
    from ..params import Request


@dataclass(frozen=True)
class Many:
    """What `junheng run --all` is told beside what a run of one county is."""

    region: str
    jobs: int
    resume: bool
    failed_only: bool
    timeout: float | None
    dry_run: bool
    scheduler: str

    @property
    def name(self) -> str:
        """What the summary is called after; a region that is given as a file by that file's name."""
        return Path(self.region).stem or "counties"

    def ask_for(self, out: str, given: Mapping[str, str]) -> list[Request]:
        """Return a request for each county: of the region, else of the store that is the data, else of params/counties/."""
        from ..configuration import configured_counties
        from ..params import resolve
        from ..region import county_requests, resolve_region

        if not self.region:
            codes = _of_store(given) or list(configured_counties())
            return [resolve(county=code, outputs=out, **given) for code in codes]
        area = cast("Area | None", given.get("area"))
        of_region = {name: value for name, value in given.items() if name != "area"}
        return county_requests(resolve_region(region=self.region, outputs=out, **of_region), area=area)


def _of_store(given: Mapping[str, str]) -> list[str]:
    """Return the counties that the store named as data holds of the year asked for; none where it is no store."""
    from ..sources.store import Store, store_among

    data, year = given.get("data"), given.get("year")
    store = store_among(Path(data)) if data else None
    held = Store(store).counties if store is not None else {}
    return sorted(code for code, county in held.items() if not year or int(year) in county.years)


def run_all(many: Many, out: str, given: Mapping[str, str], extra: Mapping[str, str]) -> None:
    """Run them; exit 1 if any failed."""
    from ..batch.many import plan, run_many
    from ..batch.outcome import told_before
    from ..batch.worker import Task
    from .progress import watcher

    requests = many.ask_for(out, given)
    if not requests:
        raise refuse("no-counties", "没有可运行的县。", "there are no counties to run.", column="--all")
    summary = requests[0].out.parents[2] / f"summary-{many.name}-{requests[0].lang}"
    earlier = told_before(summary) if many.failed_only else []
    if many.failed_only:
        failed = {outcome.county for outcome in earlier if outcome.failed}
        requests = [request for request in requests if request.county_code in failed]
    todo, kept = plan(requests, extra, again=not many.resume)
    say(
        f"共 {len(requests)} 个县：运行 {len(todo)} 个，{len(kept)} 个未变、不必重做。",
        f"{len(requests)} counties: {len(todo)} to run, {len(kept)} unchanged.",
    )
    if many.dry_run:
        for request in todo:
            click.echo(
                f"{request.county_code} {request.county_name[request.lang]} {request.year} → {request.out}"
            )
        return
    outcomes = run_many(
        [Task(request, extra, many.timeout) for request in todo],
        [Task(request, extra) for request in kept],
        jobs=many.jobs,
        summary=summary,
        lang=requests[0].lang,
        watcher=watcher(len(todo)),
        scheduler=many.scheduler,
        earlier=[outcome for outcome in earlier if not outcome.failed],
    )
    _say_ended(outcomes, summary)


def _say_ended(outcomes: list[Outcome], summary: Path) -> None:
    failed = sum(outcome.failed for outcome in outcomes)
    say(
        f"完成 {len(outcomes) - failed} 个，失败 {failed} 个。汇总：{summary}.html、{summary}.csv",
        f"{len(outcomes) - failed} done, {failed} failed; summary: {summary}.html, {summary}.csv",
    )
    if failed:
        sys.exit(FAILED)

"""Print what a delta of 1 % costs beside the full load: `python -m tests.bench.delta`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from extract.demo_process import Clinic, demo_clinic
from loaders.demo import approve, prepare
from loaders.demo_road import Org, Road, environment, serving
from loaders.rehearsal_hooks import change_clinic

# Charts that are new, with all that hangs on them: the dearest way to change so much.
SHARE = 0.01
# What has to hold: of the rows, and of the time of the push.
MOST_ROWS, MOST_TIME = 0.011, 0.10
# As many rows as people really send go by Bulk API 2.0, the few by requests.
_BULK_FROM = 2_000
# An org for so many patients has people, room and requests for them.
_ROOMY = {
    "user_licences": 10_000,
    "data_storage_mb": 1_000_000,
    "file_storage_mb": 1_000_000,
    "daily_api_requests": 10_000_000,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a load took: the seconds of each step, and the rows that the org was asked to write."""

    seconds: dict[str, float]
    sent: int
    planned: int


def measure(folder: Path, *, patients: int) -> tuple[Taken, Taken]:
    """Load a clinic, let it change, and load the change; time every step of both."""
    with (
        demo_clinic(patients=patients, seed=None) as clinic,
        serving(folder / "org", alias="bench") as org,
    ):
        _ask(org, "POST", "settings", json=_ROOMY)
        known = environment(folder, org, bulk_from=_BULK_FROM)
        known["SOURCES__FHIR__TOKEN"] = str(clinic.token)
        road = Road(folder, known, org, count(1))
        full = _load(road, clinic, before_plan=lambda: _open_up(road))
        change_clinic(clinic, add=round(SHARE * patients))
        return full, _load(road, clinic, "--delta")


def _open_up(road: Road) -> None:
    """Approve the map and bring the schema into the org; that is no part of a load."""
    with redirect_stdout(sys.stderr):
        approve(road)
        prepare(road)


def _load(
    road: Road, clinic: Clinic, *options: str, before_plan: Callable[[], None] | None = None
) -> Taken:
    seconds: dict[str, float] = {}

    def timed(step: str, *command: str) -> None:
        sys.stderr.write(f"{step} ...\n")
        began = time.monotonic()
        road.run(*command)
        seconds[step] = time.monotonic() - began

    source = ("clinic-extract", "run", "fhir", "--system", "demo", "--url", clinic.url)
    timed("extract", *source)
    timed("build", "dbt", "build", "--quiet")
    if before_plan:
        before_plan()
    timed("plan", "clinic-load", "plan", *road.org, "--default-owner", road.owner, *options)
    before = rows_asked(road.at)
    unrehearsed = ("--no-rehearsal", "a measurement on a stand-in")
    timed("push", "clinic-load", "push", "latest", *road.org, *road.production, *unrehearsed)
    state = road.ask("clinic-load", "status", "latest")
    planned = sum(each["rows"] for each in state["objects"])
    return Taken(seconds, rows_asked(road.at) - before, planned)


def rows_asked(org: Org) -> int:
    """Ask the org how many rows it was asked to write since it began: not our own word."""
    counted: int = _ask(org, "GET", "requests")["rows"]
    return counted


def _ask(org: Org, verb: str, what: str, **sent: Any) -> Any:
    """Ask, or set, what only a stand-in has."""
    allowed = {"Authorization": f"Bearer {org.token}"}
    answer = httpx.request(verb, f"{org.http}/_stand_in/{what}", headers=allowed, **sent)
    return answer.raise_for_status().json()


def table(full: Taken, delta: Taken) -> Iterable[str]:
    """Set both beside each other, with the ratios that are promised."""
    yield f"{'':<12}{'full':>12}{'delta':>12}{'ratio':>9}"
    for step in full.seconds:
        one, other = full.seconds[step], delta.seconds[step]
        yield f"{step + ', s':<12}{one:>12,.1f}{other:>12,.1f}{other / one:>9.1%}"
    yield f"{'rows sent':<12}{full.sent:>12,}{delta.sent:>12,}{delta.sent / full.planned:>9.2%}"
    yield f"{'of rows':<12}{full.planned:>12,}{delta.planned:>12,}"


def keeps_the_promise(full: Taken, delta: Taken) -> bool:
    """Tell whether a delta sends, and takes, in proportion to the change."""
    in_time = delta.seconds["push"] < MOST_TIME * full.seconds["push"]
    return delta.sent <= MOST_ROWS * full.planned and in_time


def main() -> int:
    """Measure in a folder that is thrown away; fail where the promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.delta", description=__doc__)
    parser.add_argument("--patients", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as scratch:
        full, delta = measure(Path(scratch), patients=given.patients)
    for line in (f"a delta of {SHARE:.0%} of {given.patients:,} charts", *table(full, delta)):
        sys.stdout.write(f"{line}\n")
    return 0 if keeps_the_promise(full, delta) else 1


if __name__ == "__main__":
    sys.exit(main())

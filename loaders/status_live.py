"""A run that is not over yet: how far each object is, how fast it goes, what the org works on."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from loaders.estimate_rates import timed_jobs
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.status import ObjectStatus
from loaders.tables import clock, new_table

WAITING, RUNNING, SETTLED = "waiting", "running", "settled"


@dataclass(frozen=True, slots=True)
class LiveObject:
    """How far one object is; `rate` is in rows a second, None until a job has been settled."""

    sobject: str
    state: str
    done: int
    rows: int
    failed: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job of which the end is not known yet."""

    job: int
    sobject: str
    operation: str
    channel: str
    # The org's id; None before it gave one, and for requests that are no jobs to it.
    org_job: str | None
    # `waiting`: the org has it whole, and nobody is at work here to ask what became of it.
    state: str
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Live:
    """A run under way; `is_at_work` is false where the command that ran it is gone."""

    is_at_work: bool
    elapsed: float
    # Of the rows that wait, at the pace of the rows so far; None as long as there is no pace.
    remaining: float | None
    objects: tuple[LiveObject, ...]
    jobs: tuple[OpenJob, ...]


@dataclass(frozen=True, slots=True)
class _Pace:
    """Rows that were sent and settled, and the seconds it took: what jobs share counts once."""

    rows: int
    seconds: float

    @property
    def rate(self) -> float | None:
        return self.rows / self.seconds if self.rows and self.seconds else None


def live_status(
    ledger: Ledger, run: Run, objects: Iterable[ObjectStatus], *, now: datetime
) -> Live | None:
    """Tell how far a run is from the ledger alone; None for a run that is over."""
    if run.state != RUNNING:
        return None
    is_at_work = _is_at_work(ledger.folder)
    jobs, paces = _open_jobs(ledger, run, now=now, is_at_work=is_at_work), _paces(ledger, run)
    begun = {job.sobject for job in jobs if is_at_work}
    states = tuple(_object(each, begun, paces) for each in objects)
    waiting = sum(each.rows - each.done for each in states)
    pace = _Pace(
        sum(each.rows for each in paces.values()), sum(each.seconds for each in paces.values())
    )
    return Live(
        is_at_work=is_at_work,
        elapsed=_seconds(run.started_at, now),
        remaining=waiting / pace.rate if pace.rate else None,
        objects=states,
        jobs=jobs,
    )


def _object(each: ObjectStatus, begun: set[str], paces: dict[str, _Pace]) -> LiveObject:
    pace = paces.get(each.sobject)
    if each.sobject in begun or (each.waiting and pace):
        state = RUNNING
    else:
        state = WAITING if each.waiting else SETTLED
    return LiveObject(
        sobject=each.sobject,
        state=state,
        done=each.rows - each.waiting,
        rows=each.rows,
        failed=each.failed,
        rate=pace.rate if pace else None,
    )


def _open_jobs(ledger: Ledger, run: Run, *, now: datetime, is_at_work: bool) -> tuple[OpenJob, ...]:
    found = ledger.chain.db.execute(
        "select job, sobject, operation, channel, org_job, "
        "case when state = 'closed' and not ? then ? else state end, part_rows, opened_at "
        "from jobs where run = ? and state not in ('settled', 'abandoned') order by job",
        (is_at_work, WAITING, run.run),
    )
    return tuple(OpenJob(*(*row[:7], _seconds(row[7], now))) for row in found)


def _paces(ledger: Ledger, run: Run) -> dict[str, _Pace]:
    paces: dict[str, _Pace] = {}
    for job in timed_jobs(ledger, run):
        before = paces.get(job.sobject, _Pace(0, 0.0))
        paces[job.sobject] = _Pace(before.rows + job.rows, before.seconds + job.seconds)
    return paces


def _seconds(since: str, now: datetime) -> float:
    began = datetime.fromisoformat(since)
    return max(0.0, (now - began.replace(tzinfo=began.tzinfo or UTC)).total_seconds())


def _is_at_work(folder: Path) -> bool:
    """Tell whether somebody writes this ledger; looking keeps a writer out for no more than it."""
    path = folder / "writer.lock"
    if not path.is_file():
        return False
    with path.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def live_json(live: Live | None) -> dict[str, Any] | None:
    """Give what `status --json` says of a run under way; null for one that is over."""
    return None if live is None else asdict(live)


def live_tables(live: Live) -> list[Table]:
    """Draw how far the objects are, and the jobs that the org has."""
    left = "not known yet" if live.remaining is None else f"about {clock(live.remaining)}"
    title = f"{clock(live.elapsed)} since it began, {left} to go"
    objects = new_table(
        title if live.is_at_work else _left_alone(live),
        names=("object", "state"),
        numbers=("done", "rows", "failed", "rows/s"),
    )
    for each in live.objects:
        rate = "" if each.rate is None else f"{each.rate:,.0f}"
        counts = (f"{each.done:,}", f"{each.rows:,}", f"{each.failed:,}", rate)
        objects.add_row(each.sobject, each.state, *counts)
    if not live.jobs:
        return [objects]
    jobs = new_table(
        "open jobs",
        names=("job in the org", "object", "operation", "state"),
        numbers=("rows", "since"),
    )
    for job in live.jobs:
        numbers = (f"{job.rows:,}", clock(job.seconds))
        jobs.add_row(job.org_job or job.channel, job.sobject, job.operation, job.state, *numbers)
    return [objects, jobs]


def _left_alone(live: Live) -> str:
    waiting = sum(job.state == WAITING for job in live.jobs)
    if waiting:
        return f"waiting: the org has jobs of this run ({waiting}); resume asks what became of them"
    return "cut off: nobody is at work on this run; it can be resumed"

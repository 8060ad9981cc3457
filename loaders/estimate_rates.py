"""How fast this clinic's earlier pushes were, object by object, as the ledger has timed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise

from loaders.ledger import Ledger
from loaders.ledger_acts import Run

MEDIAN, SLOW = 0.5, 0.9
# Changed nothing in the org, so that its time is ours alone.
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Rate:
    """Seconds for one row of an object: what half of the rows kept below, and nine in ten."""

    rows: int
    median: float
    slow: float
    failed_share: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, and in which runs; without runs nothing was."""

    runs: tuple[str, ...] = ()
    rates: dict[str, Rate] | None = None
    # Seconds for one row between the jobs: reading keys, cutting parts, reading back.
    between: float = 0.0
    slow_job: float | None = None

    def rate(self, sobject: str) -> Rate | None:
        """Give the rate of an object, if it was measured."""
        return (self.rates or {}).get(sobject)


@dataclass(frozen=True, slots=True)
class TimedJob:
    """A settled job and its time, which it shares evenly with the jobs that ran beside it."""

    sobject: str
    channel: str
    rows: int
    failed: int
    seconds: float


def timed_jobs(ledger: Ledger, run: Run) -> list[TimedJob]:
    """List the jobs of a run that the org took part in, with their times."""
    found = ledger.chain.db.execute(
        "select sobject, channel, part_rows, failed, opened_at, settled_at from jobs "
        "where run = ? and settled_at is not null and channel != ? order by job",
        (run.run, _LOCAL),
    ).fetchall()
    spans = [(_moment(row["opened_at"]), _moment(row["settled_at"])) for row in found]
    return [
        TimedJob(
            sobject=row["sobject"],
            channel=row["channel"],
            rows=row["part_rows"],
            failed=row["failed"],
            seconds=seconds,
        )
        for row, seconds in zip(found, shared_seconds(spans), strict=True)
    ]


def shared_seconds(spans: Sequence[tuple[datetime, datetime]]) -> list[float]:
    """Give each span its share of the time, so that all together have what passed on the clock."""
    shares = [0.0] * len(spans)
    turns = sorted(
        (moment, begins, number)
        for number, (start, end) in enumerate(spans)
        for moment, begins in ((start, True), (end, False))
        if start < end
    )
    under_way: set[int] = set()
    for (moment, begins, number), (until, _, _) in pairwise(turns):
        under_way = under_way | {number} if begins else under_way - {number}
        for each in under_way:
            shares[each] += (until - moment).total_seconds() / len(under_way)
    return shares


def run_seconds(run: Run) -> float | None:
    """Tell how long a run took from its beginning to its end, interruptions included."""
    if run.finished_at is None:
        return None
    return (_moment(run.finished_at) - _moment(run.started_at)).total_seconds()


def measured(ledger: Ledger, *, org_id: str | None) -> Measured:
    """
    Read the rates of the finished pushes: of this org where there are any, else of sandboxes.

    An org is as fast as its own triggers let it be: production stands for nothing but itself.
    """
    done = [run for run in ledger.runs(kind="push") if run.finished_at]
    runs = [run for run in done if run.org_id == org_id] or [run for run in done if run.is_sandbox]
    jobs = [job for run in runs for job in timed_jobs(ledger, run)]
    sent = [job for job in jobs if job.rows]
    if not sent:
        return Measured()
    names = sorted({job.sobject for job in sent})
    within = sum(job.seconds for job in sent)
    around = max(0.0, sum(run_seconds(run) or 0.0 for run in runs) - within)
    return Measured(
        runs=tuple(run.run for run in runs),
        rates={name: _rate([job for job in sent if job.sobject == name]) for name in names},
        between=around / sum(job.rows for job in sent),
        slow_job=quantile([job.seconds for job in sent], SLOW),
    )


def _rate(jobs: Sequence[TimedJob]) -> Rate:
    rows = sum(job.rows for job in jobs)
    return Rate(
        rows=rows,
        median=_seconds_a_row(jobs, MEDIAN),
        slow=_seconds_a_row(jobs, SLOW),
        failed_share=sum(job.failed for job in jobs) / rows,
    )


def _seconds_a_row(jobs: Sequence[TimedJob], share: float) -> float:
    """
    Give the seconds that this share of the rows took at most.

    Rows are counted and not jobs: a canary is a job of one row and says little about many.
    """
    ordered = sorted(jobs, key=lambda job: job.seconds / job.rows)
    rows_so_far = list(accumulate(job.rows for job in ordered))
    return next(
        job.seconds / job.rows
        for job, rows in zip(ordered, rows_so_far, strict=True)
        if rows >= share * rows_so_far[-1]
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Give the value below which this share of the values lies, straight between neighbours."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

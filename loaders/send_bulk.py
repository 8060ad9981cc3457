"""Send a shipment as Bulk API 2.0 jobs, each step on the ledger before it is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from loaders.bulk import (
    JobInfo,
    abort_job,
    close_job,
    create_job,
    fetch_results,
    find_job,
    upload,
    wait_for_job,
)
from loaders.csv_parts import Cut, Part, cut_parts, stem_of
from loaders.job_outcomes import Question, settle_bulk_job
from loaders.ledger_acts import Job, NewJob
from loaders.session import Session
from loaders.shipment import LOCK, Shipment


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A part that the org is working on."""

    shipment: Shipment
    part: Part
    job: int
    org_job: str


def send_in_bulk(session: Session, shipments: Sequence[Shipment]) -> list[list[int]]:
    """
    Send all rows, a job per part; give the ledger's job numbers, shipment by shipment.

    Several jobs are under way at a time, never two that may lock the same parent. They are opened
    and settled in the order of the rows, so that the ledger tells the same however quick the org
    is. What is under way when trouble comes is left to `resume`.
    """
    side_by_side = all(shipment.side_by_side for shipment in shipments)
    lanes = session.sending.jobs if side_by_side else 1
    under_way: deque[_UnderWay] = deque()
    sent: list[list[int]] = []
    for shipment in shipments:
        sent.append([])
        # Closed here and now, also when the org goes away: it holds a file of the bench.
        with closing(_parts(session, shipment)) as parts:
            for part in parts:
                while len(under_way) == lanes or any(part.may_meet(it.part) for it in under_way):
                    _settle_oldest(session, under_way)
                under_way.append(_open(session, shipment, part))
                sent[-1].append(under_way[-1].job)
    while under_way:
        _settle_oldest(session, under_way)
    return sent


def _parts(session: Session, shipment: Shipment) -> Generator[Part, None, None]:
    cut = Cut(shipment.table, shipment.headers, shipment.join, LOCK)
    stem = stem_of([shipment.sobject, shipment.operation, shipment.table])
    part_bytes = session.sending.part_bytes
    folder = session.run_outbox()
    return cut_parts(session.bench.db, cut, folder=folder, stem=stem, part_bytes=part_bytes)


def _open(session: Session, shipment: Shipment, part: Part) -> _UnderWay:
    """Hand a part over to the org, up to where it begins to work on it."""
    ledger, line = session.ledger, session.line
    job = ledger.plan_job(
        NewJob(
            run=session.run.run,
            sobject=shipment.sobject,
            operation=shipment.operation,
            pass_number=shipment.pass_number,
            channel="bulk",
            rows=part.rows,
            sha256=part.sha256,
            part=str(part.csv.relative_to(session.outbox)),
        )
    )
    org_job = create_job(
        line,
        sobject=shipment.sobject,
        operation=shipment.operation,
        external_id=shipment.external_id if shipment.operation == "upsert" else None,
    )
    ledger.open_job(job, org_job=org_job)
    upload(line, org_job, part=part.csv)
    ledger.advance_job(job, state="uploaded")
    close_job(line, org_job)
    ledger.advance_job(job, state="closed")
    return _UnderWay(shipment, part, job, org_job)


def _settle_oldest(session: Session, under_way: deque[_UnderWay]) -> None:
    oldest = under_way.popleft()
    info = wait_for_job(session.line, oldest.org_job)
    job, shipment = session.ledger.job(oldest.job), oldest.shipment
    _settle(session, job, info, allow_duplicates=shipment.allow_duplicates)
    session.progress.advance(oldest.part.rows, of=shipment.stretch)


def _settle(session: Session, job: Job, info: JobInfo, *, allow_duplicates: bool) -> None:
    """Read an ended job's results onto the ledger, then clear its files away."""
    csv = session.outbox / job.part
    results = fetch_results(session.line, info.job_id, folder=session.bench.folder)
    question = Question(
        operation=job.operation,
        keys=keys_file(csv),
        fields=frozenset(session.describe(job.sobject).fields),
        allow_duplicates=allow_duplicates,
    )
    settled = settle_bulk_job(session.bench, info, results, question=question)
    session.ledger.settle_job(job.job, settled.outcomes, unprocessed=settled.unprocessed)
    if settled.unaccounted:
        session.progress.note(
            f"job {info.job_id}: no account of {settled.unaccounted} of {job.rows} rows; "
            "they are looked up by key"
        )
    results.remove()
    csv.unlink(missing_ok=True)
    keys_file(csv).unlink(missing_ok=True)


def keys_file(csv: Path) -> Path:
    """Name the file that says which key each row of a part has."""
    return csv.with_suffix(".keys.parquet")


def finish_open_job(session: Session, job: Job, *, allow_duplicates: bool) -> None:
    """
    Find out what became of a job that an earlier command left open, and settle or abandon it.

    What was not closed did nothing: it is aborted. What was closed is waited for. What nobody
    knows any more is abandoned, and its rows are looked up by key.
    """
    info = find_job(session.line, job.org_job) if job.org_job else None
    if info is None or not keys_file(session.outbox / job.part).is_file():
        session.ledger.advance_job(job.job, state="abandoned")
        return
    if info.state == "Open":
        abort_job(session.line, info.job_id)
        session.ledger.advance_job(job.job, state="abandoned")
        return
    ended = wait_for_job(session.line, info.job_id)
    _settle(session, job, ended, allow_duplicates=allow_duplicates)

"""Run an ingest job: chunk by chunk, each chunk and its outcomes in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org import outcomes
from loaders.stand_in_org.acts_later import act_with_job
from loaders.stand_in_org.bulk_csv import CsvProblem, Upload, read_upload
from loaders.stand_in_org.bulk_jobs import Job
from loaders.stand_in_org.bulk_results import Settled, write_results, write_unread
from loaders.stand_in_org.faults import DropResults, FailJob
from loaders.stand_in_org.model import Field, HeaderError, PermissionDenied
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.usage import DAILY_BATCHES

BATCH_ROWS = 10_000
_DELETES = ("delete", "hardDelete")


class _Stopped(Exception):
    """The job ends here; the text is its errorMessage, or nothing when it was aborted."""


class _Interrupted(Exception):
    """The server stops: the job stays InProgress, and the next start goes on with it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A job being worked off."""

    site: Site
    job: Job
    upload: Upload
    rows: pa.Table
    started: float

    def milliseconds(self) -> int:
        return max(1, int((time.monotonic() - self.started) * 1000))


def run_ingest(site: Site, job_id: str) -> None:
    """
    Work off a job from where it stands: a restarted org goes on after the last whole chunk.

    What was written stays written, whatever becomes of the job (contract 2.3).
    """
    job = site.jobs.get(job_id)
    if job is None or job.state not in ("UploadComplete", "InProgress"):
        return
    job = _put(site, job_id, lambda held: replace(held, state="InProgress"))
    site.faults.running.wait()
    path = site.jobs.folder(job_id) / "upload.csv"
    try:
        upload = read_upload(path, line_ending=job.line_ending, delimiter=job.delimiter)
    except CsvProblem as problem:
        write_unread(site.jobs.folder(job_id), job, path.read_bytes())
        _end(site, job_id, state="Failed", error=str(problem), milliseconds=1)
        return
    run = _Run(site, job, upload, _rows(job, upload), time.monotonic())
    error: str | None = None
    state = "JobComplete"
    try:
        _check_header(run)
        _work_off(run, site.faults.take(FailJob))
    except _Interrupted:
        return
    except _Stopped as stop:
        state, error = "Failed", str(stop)
    _settle(run, state=state, error=error)


def mark_broken(site: Site, job_id: str) -> None:
    """End a job that the stand-in itself could not carry through."""
    job = site.jobs.get(job_id)
    if job is None or job.is_terminal:
        return
    folder = site.jobs.folder(job_id)
    write_unread(folder, job, (folder / "upload.csv").read_bytes())
    _end(site, job_id, state="Failed", error="InternalServerError : unexpected", milliseconds=1)


def _put(site: Site, job_id: str, change: Callable[[Job], Job]) -> Job:
    return site.jobs.change(job_id, lambda held: replace(change(held), modified=site.clock()))


def _rows(job: Job, upload: Upload) -> pa.Table:
    """Give the rows without the empty Id column that one client always sends (contract 2.8)."""
    rows = upload.rows_to_write()
    keyed_by_id = (job.external_id or "id").lower() == "id"
    for name in upload.header:
        if name.lower() != "id" or job.operation not in ("insert", "upsert") or keyed_by_id:
            continue
        column = rows.column(upload.header.index(name))
        if column.null_count == len(column):
            rows = rows.drop_columns([name])
    return rows


def _check_header(run: _Run) -> None:
    job = run.job
    if job.operation in _DELETES and [name.lower() for name in run.upload.header] != ["id"]:
        raise _Stopped(f"InvalidBatch : The '{job.operation}' batch must contain only ids")
    _write_chunk(run, run.rows.slice(0, 0), first_row=0)


def _work_off(run: _Run, failure: FailJob | None) -> None:
    total = run.rows.num_rows
    stop_at = total
    if failure is not None:
        stop_at = total // 2 if failure.after_rows is None else min(failure.after_rows, total)
    done = outcomes.count(run.site.org, run.job.id).processed
    while done < stop_at:
        run.site.faults.running.wait()
        if run.site.worker.stopping.is_set():
            raise _Interrupted
        held = run.site.jobs.get(run.job.id)
        if held is None or held.state == "Aborted":
            return
        size = min(BATCH_ROWS, stop_at - done)
        _write_chunk(run, run.rows.slice(done, size), first_row=done)
        run.site.usage.count(DAILY_BATCHES)
        done += size
        counts = outcomes.count(run.site.org, run.job.id)
        _progress(run, counts)
        act_with_job(run.site, run.job, "during")
    if failure is not None:
        raise _Stopped(failure.message)


def _progress(run: _Run, counts: outcomes.Counts) -> None:
    milliseconds = run.milliseconds()
    _put(
        run.site,
        run.job.id,
        lambda held: replace(
            held, processed=counts.processed, failed=counts.failed, milliseconds=milliseconds
        ),
    )


def _write_chunk(run: _Run, rows: pa.Table, *, first_row: int) -> None:
    job, org = run.job, run.site.org
    try:
        with outcomes.transaction(org) as connection:
            result = org.dml(
                job.object,
                job.operation,
                rows,
                user_id=job.user_id,
                external_id=job.external_id,
                connection=connection,
            )
            outcomes.record(connection, job.id, result, first_row=first_row)
    except HeaderError as problem:
        raise _Stopped(f"{problem.code} : {problem.message}") from problem
    except PermissionDenied as problem:
        raise _Stopped(f"{problem.code} : {problem.message}") from problem


def _settle(run: _Run, *, state: str, error: str | None) -> None:
    site, job = run.site, run.job
    sobject = site.org.sobject(job.object)
    fields: dict[str, Field] = {}
    if sobject is not None:
        fields = site.org.visible_fields(sobject, job.user_id)
    settled = _with_sent_ids(run, outcomes.read(site.org, job.id))
    dropped = site.faults.take(DropResults)
    write_results(
        site.jobs.folder(job.id),
        Settled(job, run.upload, settled, fields),
        drop=0 if dropped is None else dropped.rows,
    )
    _end(site, job.id, state=state, error=error, milliseconds=run.milliseconds())
    outcomes.forget(site.org, job.id)
    act_with_job(site, job, "after")


def _with_sent_ids(run: _Run, settled: pa.Table) -> pa.Table:
    """Fill the id of a refused update or delete from the row itself (contract 2.9)."""
    at = next((n for n, name in enumerate(run.upload.header) if name.lower() == "id"), None)
    if at is None:
        return settled
    sent = run.upload.cells.column(at).take(settled["row_number"])
    ids = pc.coalesce(settled["id"], sent)
    return settled.set_column(settled.schema.get_field_index("id"), "id", ids)


def _end(site: Site, job_id: str, *, state: str, error: str | None, milliseconds: int) -> None:
    counts = outcomes.count(site.org, job_id)

    def ended(held: Job) -> Job:
        aborted = held.state == "Aborted"
        return replace(
            held,
            state="Aborted" if aborted else state,
            error=None if aborted else error,
            processed=counts.processed,
            failed=counts.failed,
            milliseconds=milliseconds,
            settled=True,
        )

    _put(site, job_id, ended)

"""Run an ingest job: chunk by chunk, each chunk and its outcomes in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from loaders.stand_in_org import outcomes
from loaders.stand_in_org.acts_later import act_with_job
from loaders.stand_in_org.bulk_csv import CsvProblem, Upload, read_upload, with_nulls
from loaders.stand_in_org.bulk_jobs import Job, begun
from loaders.stand_in_org.bulk_lost import lose_rows
from loaders.stand_in_org.bulk_results import Settled, Spoilt, write_results, write_unread
from loaders.stand_in_org.bulk_rows import (
    readable,
    rows_to_write,
    shown_columns,
    with_sent_ids,
    with_unreadable,
    wrong_column,
)
from loaders.stand_in_org.change import UnderWay
from loaders.stand_in_org.faults import DropResults, FailJob, RepeatResults, SlowBatches
from loaders.stand_in_org.model import Field, HeaderError, PermissionDenied
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.usage import DAILY_BATCHES, DAILY_BULK_ROWS

BATCH_ROWS = 10_000
# So many rows are written at once when nothing forbids it: counters still move every few seconds.
_MOST_AT_ONCE = 200_000


class _Stopped(Exception):
    """The job ends here; the text is its errorMessage, or nothing when it was aborted."""


class _Exhausted(_Stopped):
    """The day's allowance is used up: what is left of the file is in no result set."""


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
    # The jobs that were under way when this one was handed in.
    beside: tuple[str, ...]

    def milliseconds(self) -> int:
        return max(1, int((time.monotonic() - self.started) * 1000))


def run_ingest(site: Site, job_id: str) -> None:
    """
    Work off a job from where it stands: a restarted org goes on after the last whole chunk.

    What was written stays written, whatever becomes of the job (contract 2.3).
    """
    job = site.jobs.get(job_id)
    if job is None or not job.is_under_way:
        return
    # Jobs run one after another here; in an org those that ended since then ran beside it.
    beside = tuple(other.id for other in site.jobs.all() if other.modified > job.modified)
    job = _put(site, job_id, begun)
    site.faults.running.wait()
    if site.jobs.get(job_id) is None:
        return
    path = site.jobs.folder(job_id) / "upload.csv"
    try:
        upload = read_upload(path, line_ending=job.line_ending, delimiter=job.delimiter)
    except CsvProblem as problem:
        write_unread(site.jobs.folder(job_id), job, path.read_bytes())
        _end(site, job_id, state="Failed", error=str(problem), milliseconds=1)
        return
    rows = rows_to_write(job, upload, site.org.settings)
    run = _Run(site, job, upload, rows, time.monotonic(), beside)
    try:
        _check_header(run)
        _work_off(run, site.faults.take(FailJob))
    except _Interrupted:
        return
    except _Stopped as stop:
        _settle(run, state="Failed", error=str(stop), rest_is_lost=isinstance(stop, _Exhausted))
    else:
        _settle(run, state="JobComplete", error=None, rest_is_lost=False)


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


def _check_header(run: _Run) -> None:
    wrong = wrong_column(run.site.org, run.job, run.upload)
    if wrong is not None:
        raise _Stopped(f"InvalidBatch : {wrong}")
    _write_chunk(run, run.rows.slice(0, 0), first_row=0)


def _work_off(run: _Run, failure: FailJob | None) -> None:
    total = run.rows.num_rows
    stop_at = total
    if failure is not None:
        stop_at = total // 2 if failure.after_rows is None else min(failure.after_rows, total)
    done = outcomes.count(run.site.org, run.job.id).processed
    while done < stop_at:
        size = min(_at_once(run, done=done), stop_at - done, run.site.pace.piece(total))
        _keep_pace(run, share=(done + size) / total)
        run.site.faults.running.wait()
        if run.site.worker.stopping.is_set():
            raise _Interrupted
        held = run.site.jobs.get(run.job.id)
        if held is None or held.state == "Aborted":
            return
        _spend(run, rows=size)
        written = _write_chunk(run, run.rows.slice(done, size), first_row=done)
        done += size
        counts = outcomes.count(run.site.org, run.job.id)
        # A batch with rows that met a lock was tried again before they were given up.
        met_lock = pc.any(pc.equal(written["status_code"], "UNABLE_TO_LOCK_ROW")).as_py()
        _progress(run, counts, retries=1 if met_lock else 0)
        act_with_job(run.site, run.job, "during")
    _keep_pace(run, share=1.0)
    if failure is not None and failure.kill and run.site.faults.kill is not None:
        run.site.faults.kill()
    if failure is not None:
        raise _Stopped(failure.message)


def _at_once(run: _Run, *, done: int) -> int:
    """
    Say how many of a job's batches are written together: more of them the further it has come.

    A short job shows its progress batch by batch, and so does one that may run out of allowance.
    """
    rows = min(_MOST_AT_ONCE, max(1, done // BATCH_ROWS) * BATCH_ROWS)
    return rows if _has_room(run, rows=rows) else BATCH_ROWS


def _has_room(run: _Run, *, rows: int) -> bool:
    usage, batches = run.site.usage, -(-rows // BATCH_ROWS)
    return usage.has_room(DAILY_BATCHES, by=batches) and usage.has_room(DAILY_BULK_ROWS, by=rows)


def _keep_pace(run: _Run, *, share: float) -> None:
    """Wait until so much of the job may be done, unless it is aborted or the server stops."""

    def stop() -> bool:
        held = run.site.jobs.get(run.job.id)
        aborted = held is None or held.state == "Aborted"
        return aborted or run.site.worker.stopping.is_set()

    run.site.pace.wait(run.job.id, share=share, stop=stop)


def _spend(run: _Run, *, rows: int) -> None:
    """
    Take a batch out of the day's allowance, once it has not timed out too often.

    Raises:
        _Stopped: it did, or there is no allowance left.

    """
    most = run.site.org.settings.batch_retries
    slow = run.site.faults.take(SlowBatches)
    for tries in range(0 if slow is None else slow.times):
        if tries >= most:
            raise _Stopped(f"InternalServerError : Tried more than {most} times")
        _put(run.site, run.job.id, lambda held: replace(held, retries=held.retries + 1))
    if not _has_room(run, rows=rows):
        raise _Exhausted("ExceededQuota : ApiBatchItems Limit exceeded.")
    run.site.usage.count(DAILY_BATCHES, by=-(-rows // BATCH_ROWS))
    run.site.usage.count(DAILY_BULK_ROWS, by=rows)


def _progress(run: _Run, counts: outcomes.Counts, *, retries: int) -> None:
    milliseconds = run.milliseconds()
    _put(
        run.site,
        run.job.id,
        lambda held: replace(
            held,
            processed=counts.processed,
            failed=counts.failed,
            retries=held.retries + retries,
            milliseconds=milliseconds,
        ),
    )


def _write_chunk(run: _Run, rows: pa.Table, *, first_row: int) -> pa.Table:
    job, org = run.job, run.site.org
    upload, count = run.upload, rows.num_rows
    rows = with_nulls(rows)
    if upload.spaced:
        rows = readable(rows, upload, first_row=first_row)
    try:
        with outcomes.transaction(org) as connection:
            result = org.dml(
                job.object,
                job.operation,
                rows,
                user_id=job.user_id,
                external_id=job.external_id,
                connection=connection,
                under_way=UnderWay(job.id, run.beside),
            )
            if upload.spaced:
                result = with_unreadable(result, upload, first_row=first_row, count=count)
            outcomes.record(connection, job.id, result, first_row=first_row)
            return result
    except (HeaderError, PermissionDenied) as problem:
        raise _Stopped(f"{problem.code} : {problem.message}") from problem


def _settle(run: _Run, *, state: str, error: str | None, rest_is_lost: bool) -> None:
    site, job = run.site, run.job
    sobject = site.org.sobject(job.object)
    fields: dict[str, Field] = {}
    if sobject is not None:
        fields = site.org.visible_fields(sobject, job.user_id)
    count = outcomes.count(site.org, job.id).processed
    seed = f"{job.object} {job.operation} {count} {site.org.settings.result_seed}"
    settled = with_sent_ids(job, run.upload, outcomes.read(site.org, job.id, seed=seed))
    write_results(
        site.org.cursor(),
        site.jobs.folder(job.id),
        Settled(
            job=job,
            upload=run.upload,
            outcomes=settled,
            fields=fields,
            shown=shown_columns(site.org, job, run.upload.header, fields),
            settings=site.org.settings,
            rest_is_lost=rest_is_lost,
        ),
        spoilt=_spoilt(site),
    )
    lose_rows(site, job, settled)
    _end(site, job.id, state=state, error=error, milliseconds=run.milliseconds())
    outcomes.forget(site.org, job.id)
    act_with_job(site, job, "after")


def _spoilt(site: Site) -> Spoilt:
    """Take what goes wrong with the result sets written now."""
    dropped, repeated = site.faults.take(DropResults), site.faults.take(RepeatResults)
    return Spoilt(
        drop=0 if dropped is None else dropped.rows,
        repeat=0 if repeated is None else repeated.rows,
    )


def _end(site: Site, job_id: str, *, state: str, error: str | None, milliseconds: int) -> None:
    counts = outcomes.count(site.org, job_id)

    def ended(held: Job) -> Job:
        aborted = held.state == "Aborted"
        return replace(
            held,
            state="Aborted" if aborted else state,
            error=None if aborted or error is None else _worded(site, error),
            processed=counts.processed,
            failed=counts.failed,
            milliseconds=milliseconds,
            settled=True,
        )

    _put(site, job_id, ended)


def _worded(site: Site, error: str) -> str:
    """Wrap the error as older orgs did, where the org is set to (contract 2.11)."""
    if site.org.settings.wrapped_job_errors and error.startswith("InvalidBatch"):
        return f"null:InvalidBatch : {error}. Batch will not be retried."
    return error

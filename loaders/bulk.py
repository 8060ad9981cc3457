"""Bulk API 2.0 ingest: create a job, upload, close, wait, and fetch all three result sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loaders.errors import OrgRefused
from loaders.job_wait import wait_until
from loaders.org_line import OrgLine, Request, ask, download

COMPLETE = "JobComplete"
ENDED = frozenset({COMPLETE, "Failed", "Aborted"})
_CSV = {"Content-Type": "text/csv; charset=UTF-8"}
_ACCEPT_CSV = {"Accept": "text/csv"}
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class JobInfo:
    """What the org says about a job."""

    job_id: str
    state: str
    processed: int
    failed: int
    # May quote a record: it is looked at, and not told.
    error_message: str = field(repr=False)
    created_by: str


@dataclass(frozen=True, slots=True)
class ResultFiles:
    """The three result sets of a job, as files."""

    successful: Path
    failed: Path
    unprocessed: Path

    def remove(self) -> None:
        """Delete the files; what they said is on the ledger."""
        for path in (self.successful, self.failed, self.unprocessed):
            path.unlink(missing_ok=True)


def create_job(
    line: OrgLine, *, sobject: str, operation: str, external_id: str | None = None
) -> str:
    """
    Create an ingest job and give its id; it does nothing before data is uploaded.

    Raises:
        OrgRefused: the object or the operation is not allowed.

    """
    body: dict[str, Any] = {
        "object": sobject,
        "operation": operation,
        "contentType": "CSV",
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    }
    if external_id is not None:
        body["externalIdFieldName"] = external_id
    # Safe: a job that was created and then not heard of stays open and empty.
    answer = ask(line, Request("POST", "jobs/ingest", safe=True, json=body))
    return str(answer.json()["id"])


def upload(line: OrgLine, job_id: str, *, part: Path) -> None:
    """Upload a CSV part, streamed from disk; a job takes exactly one."""
    ask(line, Request("PUT", f"jobs/ingest/{job_id}/batches", safe=False, headers=_CSV, file=part))


def close_job(line: OrgLine, job_id: str) -> None:
    """
    Tell the org that the upload is complete; safe to repeat after a broken connection.

    Raises:
        OrgRefused: the job is in a state that cannot be closed.

    """
    request = Request("PATCH", f"jobs/ingest/{job_id}", safe=True, json={"state": "UploadComplete"})
    try:
        ask(line, request)
    except OrgRefused:
        # The first of two tries may have closed it without our hearing of it.
        if job_info(line, job_id).state == "Open":
            raise


def abort_job(line: OrgLine, job_id: str) -> None:
    """Abort a job that has not ended."""
    ask(line, Request("PATCH", f"jobs/ingest/{job_id}", safe=True, json={"state": "Aborted"}))


def find_job(line: OrgLine, job_id: str) -> JobInfo | None:
    """Ask after a job that the org may have forgotten (results are kept for seven days)."""
    try:
        return job_info(line, job_id)
    except OrgRefused as refusal:
        if refusal.status == _NOT_FOUND:
            return None
        raise


def job_info(line: OrgLine, job_id: str) -> JobInfo:
    """Ask after a job."""
    body = ask(line, Request("GET", f"jobs/ingest/{job_id}", safe=True)).json()
    return JobInfo(
        job_id=str(body["id"]),
        state=str(body["state"]),
        processed=int(body.get("numberRecordsProcessed", 0)),
        failed=int(body.get("numberRecordsFailed", 0)),
        error_message=str(body.get("errorMessage") or ""),
        created_by=str(body.get("createdById") or ""),
    )


def wait_for_job(line: OrgLine, job_id: str) -> JobInfo:
    """
    Poll a job until it has ended, ever more slowly.

    Raises:
        JobStillRunning: it did not end in the time that `line.patience` gives it.

    """
    return wait_until(
        line,
        job_id,
        lambda: job_info(line, job_id),
        ended=lambda info: info.state in ENDED,
        state=lambda info: info.state,
    )


def fetch_results(line: OrgLine, job_id: str, *, folder: Path) -> ResultFiles:
    """Download all three result sets of an ended job."""
    files = ResultFiles(
        successful=folder / f"{job_id}.successful.csv",
        failed=folder / f"{job_id}.failed.csv",
        unprocessed=folder / f"{job_id}.unprocessed.csv",
    )
    for resource, path in (
        ("successfulResults", files.successful),
        ("failedResults", files.failed),
        ("unprocessedrecords", files.unprocessed),
    ):
        request = Request("GET", f"jobs/ingest/{job_id}/{resource}", safe=True, headers=_ACCEPT_CSV)
        download(line, request, to=path)
    return files

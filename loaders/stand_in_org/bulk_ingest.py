"""Bulk API 2.0 ingest over HTTP: upload, close, abort, ask, read results, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from loaders.stand_in_org.bulk_ends import abort, aged
from loaders.stand_in_org.bulk_jobs import TERMINAL, Job
from loaders.stand_in_org.bulk_results import FAILED, SUCCESSFUL, UNPROCESSED
from loaders.stand_in_org.bulk_run import mark_broken, run_ingest
from loaders.stand_in_org.call import Call, answer, csv_answer, csv_file, no_content
from loaders.stand_in_org.errors import ApiError, not_found
from loaders.stand_in_org.job_json import full_info, short_info
from loaders.stand_in_org.site import Site

_MANAGES_JOBS = "ManageDataIntegrations"
# Clients poll at once and then every five seconds: a short job is done by the first answer.
_PATIENCE_SECONDS = 2.0
_RESULTS = {
    "successfulresults": SUCCESSFUL,
    "failedresults": FAILED,
    "unprocessedrecords": UNPROCESSED,
}


def start(site: Site, job_id: str) -> None:
    """Queue a job for the worker."""
    site.pace.begin(job_id)
    site.worker.submit(partial(run_ingest, site, job_id), broken=partial(mark_broken, site, job_id))


def find(call: Call, *, kind: str) -> Job:
    """
    Find the job that the path names, as its age left it.

    Raises:
        ApiError: 404.

    """
    found = call.site.jobs.get(call.params["job"])
    job = None if found is None else aged(call.site, found)
    if job is None or job.kind != kind:
        raise not_found()
    return job


def upload(call: Call) -> Response:
    """Take the job's CSV; nothing in it is looked at yet (contract 2.1, row 3)."""
    job = find(call, kind="ingest")
    if call.upload is None:
        raise ApiError(400, "INVALIDJOB", "InvalidJob : no content")
    if job.state != "Open" or job.uploaded:
        raise ApiError(400, "INVALIDJOBSTATE", "Found multiple contents for job: " + job.id)
    if not call.request.headers.get("content-type", "").lower().startswith("text/csv"):
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type must be text/csv")
    most = call.site.org.settings.bulk_upload_mb
    if call.upload.stat().st_size > most * 1024 * 1024:
        raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", f"The upload exceeds {most} MB")
    call.upload.replace(call.site.jobs.folder(job.id) / "upload.csv")
    _change(call, job, lambda held: replace(held, uploaded=True))
    return Response(status_code=201)


def patch(call: Call) -> Response:
    """Close a job for processing, or abort it."""
    job = find(call, kind="ingest")
    state = call.json_object().get("state")
    if state == "UploadComplete":
        return _close(call, job)
    if state == "Aborted":
        return _abort(call, job)
    raise ApiError(400, "INVALIDJOBSTATE", "The state must be UploadComplete or Aborted")


def _change(call: Call, job: Job, change: Callable[[Job], Job]) -> Job:
    now = call.site.clock()
    return call.site.jobs.change(job.id, lambda held: replace(change(held), modified=now))


def _close(call: Call, job: Job) -> Response:
    if job.state != "Open":
        raise ApiError(400, "INVALIDJOBSTATE", f"Job is already in state {job.state}")
    if not job.uploaded:
        raise ApiError(400, "INVALIDJOBSTATE", "InvalidJobState : no data was uploaded")
    closed = _change(call, job, lambda held: replace(held, state="UploadComplete"))
    start(call.site, job.id)
    return answer(short_info(closed))


def _abort(call: Call, job: Job) -> Response:
    check_abortable(call, job, states=("Open", "UploadComplete", "InProgress"))
    return answer(short_info(abort(call.site, job)))


def check_abortable(call: Call, job: Job, *, states: tuple[str, ...]) -> None:
    """
    Let only the owner, or who manages data integrations, abort a job that is not at its end.

    Raises:
        ApiError: 400 for the state, 403 for the person.

    """
    settings = call.site.org.settings
    if job.state not in states:
        raise ApiError(
            400,
            "INVALIDJOBSTATE",
            settings.worded(
                "Aborting already Completed Job not allowed", f"Cannot abort a job in {job.state}"
            ),
        )
    if call.user_id in (job.user_id, call.site.org.admin_user_id):
        return
    if _MANAGES_JOBS not in call.site.org.system_permissions(call.user_id):
        raise ApiError(403, "INSUFFICIENT_ACCESS", "insufficient access rights on the job")


def get(call: Call) -> Response:
    """Answer a job's state, giving a short job the moment that it needs to finish."""
    return answer(full_info(patiently(call, find(call, kind="ingest"))))


def patiently(call: Call, job: Job) -> Job:
    """Give a job that was handed in a moment to end, and look again."""
    if job.is_terminal or job.state == "Open" or not call.site.faults.running.is_set():
        return job
    if call.site.pace.asked(job.id):
        return job
    call.site.jobs.wait(job.id, seconds=_PATIENCE_SECONDS)
    return find(call, kind=job.kind)


def results(call: Call) -> Response:
    """Answer one of the three result sets; its path may come in any letter case."""
    job = find(call, kind="ingest")
    name = _RESULTS.get(call.params["results"].lower())
    if name is None:
        raise not_found()
    if not patiently(call, job).is_terminal:
        return _early(call)
    return csv_file(call.site.jobs.folder(job.id) / name)


def _early(call: Call) -> Response:
    """Answer results that are not there yet, in the way that the org is set to."""
    match call.site.org.settings.early_results:
        case "no_content":
            return no_content()
        case "empty":
            return csv_answer(b"")
    raise ApiError(400, "INVALIDJOBSTATE", "The job has not finished yet")


def delete(call: Call) -> Response:
    """Delete a job that is at its end, or has not begun."""
    job = find(call, kind="ingest")
    check_deletable(job, states=("UploadComplete", *TERMINAL))
    if job.state == "Aborted":
        # Its last batch may still be under way.
        patiently(call, job)
    call.site.jobs.remove(job.id)
    return no_content()


def check_deletable(job: Job, *, states: tuple[str, ...]) -> None:
    """
    Refuse to delete a job that is under way.

    Raises:
        ApiError: 400.

    """
    if job.state not in states:
        raise ApiError(
            400,
            "API_ERROR",
            "Error encountered when deleting the job because the job is not terminated",
        )

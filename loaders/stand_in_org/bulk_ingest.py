"""Bulk API 2.0 ingest over HTTP: create, upload, close, abort, ask, read results, delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from loaders.stand_in_org.bulk_csv import DELIMITERS, LINE_ENDINGS
from loaders.stand_in_org.bulk_jobs import Job, new_job_id
from loaders.stand_in_org.bulk_results import FAILED, SUCCESSFUL, UNPROCESSED, write_unread
from loaders.stand_in_org.bulk_run import mark_broken, run_ingest
from loaders.stand_in_org.call import Call, answer, no_content, read_json
from loaders.stand_in_org.errors import ApiError, broken_json, not_found
from loaders.stand_in_org.job_json import created_info, full_info, short_info
from loaders.stand_in_org.model import SObject
from loaders.stand_in_org.site import Site

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_KNOWN = {
    "object",
    "operation",
    "externalIdFieldName",
    "contentType",
    "lineEnding",
    "columnDelimiter",
    "assignmentRuleId",
    "concurrencyMode",
}
MAX_UPLOAD = 100 * 1024 * 1024
MAX_MULTIPART = 100_000
# Clients poll at once and then every five seconds: a short job is done by the first answer.
_PATIENCE_SECONDS = 2.0
_RESULTS = {
    "successfulresults": SUCCESSFUL,
    "failedresults": FAILED,
    "unprocessedrecords": UNPROCESSED,
}


def create(call: Call) -> Response:
    """Create a job; a multipart request brings its CSV along and starts at once."""
    wanted, content = _job_and_content(call)
    job = _new_job(call, wanted)
    if content is not None:
        call.site.jobs.add(replace(job, state="UploadComplete", uploaded=True))
        (call.site.jobs.folder(job.id) / "upload.csv").write_bytes(content)
        start(call.site, job.id)
    else:
        call.site.jobs.add(job)
    held = call.site.jobs.get(job.id)
    return answer(created_info(job if held is None else replace(job, state=_created_state(held))))


def _created_state(held: Job) -> str:
    return "UploadComplete" if held.uploaded else "Open"


def _job_and_content(call: Call) -> tuple[Mapping[str, object], bytes | None]:
    if not call.parts:
        return call.json_object(), None
    described = next((p for p in call.parts if p.name == "job"), None)
    content = next((p for p in call.parts if p.name == "content"), None)
    if described is None or content is None:
        raise ApiError(400, "INVALIDJOB", "InvalidJob : the parts job and content are needed")
    wanted = read_json(described.read())
    if not isinstance(wanted, dict):
        raise broken_json("Expected a JSON object")
    data = content.read()
    if len(data) > MAX_MULTIPART:
        raise ApiError(400, "INVALIDJOB", "InvalidJob : more than 100,000 characters of content")
    return wanted, data


def _new_job(call: Call, wanted: Mapping[str, object]) -> Job:
    unknown = sorted(set(wanted) - _KNOWN)
    if unknown:
        raise broken_json(f'Unrecognized field "{unknown[0]}"')
    operation = _one_of(wanted, "operation", OPERATIONS, default=None)
    sobject = _bulk_object(call, str(wanted.get("object", "")))
    _one_of(wanted, "contentType", ("CSV",), default="CSV")
    if operation == "hardDelete":
        _check_hard_delete(call)
    now = call.site.clock()
    rule = wanted.get("assignmentRuleId")
    return Job(
        id=new_job_id(),
        kind="ingest",
        operation=operation,
        object=sobject.name,
        user_id=call.user_id,
        api_version=call.version,
        created=now,
        modified=now,
        external_id=_external_id(call, sobject, wanted, operation=operation),
        line_ending=_one_of(wanted, "lineEnding", tuple(LINE_ENDINGS), default="LF"),
        delimiter=_one_of(wanted, "columnDelimiter", tuple(DELIMITERS), default="COMMA"),
        assignment_rule=None if rule is None else str(rule),
    )


def _one_of(
    wanted: Mapping[str, object], key: str, allowed: tuple[str, ...], *, default: str | None
) -> str:
    value = wanted.get(key, default)
    if value not in allowed:
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : {key} must be one of {', '.join(allowed)}")
    return str(value)


def _bulk_object(call: Call, name: str) -> SObject:
    sobject = call.site.org.sobject(name)
    readable = sobject is not None and call.site.org.object_permissions(sobject, call.user_id)
    if sobject is None or not readable or not sobject.bulk_supported:
        raise ApiError(400, "INVALIDENTITY", f"Entity '{name}' is not supported by the Bulk API.")
    return sobject


def _check_hard_delete(call: Call) -> None:
    if "BulkApiHardDelete" not in call.site.org.system_permissions(call.user_id):
        raise ApiError(
            400, "FEATURENOTENABLED", "FeatureNotEnabled : hardDelete is not enabled for this user"
        )


def _external_id(
    call: Call, sobject: SObject, wanted: Mapping[str, object], *, operation: str
) -> str | None:
    given = wanted.get("externalIdFieldName")
    if operation != "upsert":
        return None
    if not given:
        raise ApiError(
            400,
            "INVALIDJOB",
            f"InvalidJob : External ID was blank for {sobject.name}. "
            "An External ID must be specified for upsert.",
        )
    field = call.site.org.visible_fields(sobject, call.user_id).get(str(given).lower())
    if field is None or not (field.external_id or field.id_lookup):
        raise ApiError(
            400,
            "INVALIDJOB",
            f"InvalidJob : Field name provided, {given} does not match an External ID, "
            f"Salesforce Id, or indexed field for {sobject.name}",
        )
    return field.name


def start(site: Site, job_id: str) -> None:
    """Queue a job for the worker."""
    site.worker.submit(partial(run_ingest, site, job_id), broken=partial(mark_broken, site, job_id))


def find(call: Call, *, kind: str) -> Job:
    """
    Find the job that the path names.

    Raises:
        ApiError: 404.

    """
    job = call.site.jobs.get(call.params["job"])
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
    if call.upload.stat().st_size > MAX_UPLOAD:
        raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", "The upload exceeds 100 MB")
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
    if job.state in ("JobComplete", "Failed", "Aborted"):
        raise ApiError(400, "INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    running = job.state == "InProgress"
    if not running:
        path = call.site.jobs.folder(job.id) / "upload.csv"
        write_unread(path.parent, job, path.read_bytes() if job.uploaded else b"")
    aborted = _change(call, job, lambda held: replace(held, state="Aborted", settled=not running))
    return answer(short_info(aborted))


def get(call: Call) -> Response:
    """Answer a job's state, giving a short job the moment that it needs to finish."""
    return answer(full_info(patiently(call, find(call, kind="ingest"))))


def patiently(call: Call, job: Job) -> Job:
    """Give a job that was handed in a moment to end, and look again."""
    if job.is_terminal or job.state == "Open" or not call.site.faults.running.is_set():
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
        raise ApiError(400, "INVALIDJOBSTATE", "The job has not finished yet")
    content = (call.site.jobs.folder(job.id) / name).read_bytes()
    return Response(content, media_type="text/csv")


def delete(call: Call) -> Response:
    """Delete a job that is at its end, or has not begun."""
    job = find(call, kind="ingest")
    if job.state in ("Open", "InProgress"):
        raise ApiError(
            400,
            "API_ERROR",
            "Error encountered when deleting the job because the job is not terminated",
        )
    call.site.jobs.remove(job.id)
    return no_content()


def list_jobs(call: Call) -> Response:
    """List all jobs, query jobs too unless a type is given."""
    wanted = call.argument("jobType")
    kind = {"V2Ingest": "ingest", "V2Query": "query"}.get(wanted or "", wanted)
    found = [job for job in call.site.jobs.all() if kind is None or job.kind == kind]
    records = [full_info(job) for job in found]
    return answer({"done": True, "records": records, "nextRecordsUrl": None})

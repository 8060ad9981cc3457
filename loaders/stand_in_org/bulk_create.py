"""Create an ingest job: who may have which kind of job, and with what options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from loaders.stand_in_org.bulk_csv import DELIMITERS, LINE_ENDINGS
from loaders.stand_in_org.bulk_ingest import start
from loaders.stand_in_org.bulk_jobs import Job, new_job_id
from loaders.stand_in_org.call import Call, answer, read_json
from loaders.stand_in_org.errors import ApiError, broken_json
from loaders.stand_in_org.job_json import created_info
from loaders.stand_in_org.model import SObject

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
MAX_MULTIPART = 100_000
_RULED, _RULES_SINCE = ("Case", "Lead"), 49


def create(call: Call) -> Response:
    """Create a job; a multipart request brings its CSV along and starts at once."""
    wanted, content = _job_and_content(call)
    job = _new_job(call, wanted)
    call.site.jobs.add(job)
    if content is None:
        return answer(created_info(job))
    # The file is there before the state says so: a killed org never takes up a job without one.
    (call.site.jobs.folder(job.id) / "upload.csv").write_bytes(content)
    closed = call.site.jobs.change(
        job.id, lambda held: replace(held, state="UploadComplete", uploaded=True)
    )
    start(call.site, job.id)
    return answer(created_info(closed))


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
    if len(data.decode("utf-8", errors="replace")) > MAX_MULTIPART:
        raise ApiError(400, "INVALIDJOB", "InvalidJob : more than 100,000 characters of content")
    return wanted, data


def _new_job(call: Call, wanted: Mapping[str, object]) -> Job:
    unknown = sorted(set(wanted) - _KNOWN)
    if unknown:
        raise broken_json(f'Unrecognized field "{unknown[0]}"')
    operation = _one_of(wanted, "operation", OPERATIONS, default=None)
    sobject = _bulk_object(call, str(wanted.get("object", "")))
    _one_of(wanted, "contentType", ("CSV",), default="CSV")
    _one_of(wanted, "concurrencyMode", ("Parallel",), default="Parallel")
    if operation == "hardDelete":
        _check_hard_delete(call)
    _check_open_jobs(call)
    ending = call.request.headers.get("sforce-line-ending", "LF")
    now = call.site.clock()
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
        line_ending=_one_of(wanted, "lineEnding", tuple(LINE_ENDINGS), default=ending),
        delimiter=_one_of(wanted, "columnDelimiter", tuple(DELIMITERS), default="COMMA"),
        assignment_rule=_assignment_rule(call, sobject, wanted),
    )


def _check_open_jobs(call: Call) -> None:
    most = call.site.org.settings.open_jobs
    if most and sum(job.state == "Open" for job in call.site.jobs.all()) >= most:
        raise ApiError(400, "EXCEEDEDQUOTA", f"ExceededQuota : more than {most} open jobs")


def _assignment_rule(call: Call, sobject: SObject, wanted: Mapping[str, object]) -> str | None:
    """
    Give the rule that is to decide the owners.

    Raises:
        ApiError: the object has no such rules, or the org none of this id.

    """
    rule = wanted.get("assignmentRuleId")
    if rule is None:
        return None
    if float(call.version) < _RULES_SINCE:
        raise broken_json('Unrecognized field "assignmentRuleId"')
    if sobject.name not in _RULED or str(rule) not in call.site.org.settings.assignment_rules:
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : no assignment rule of {sobject.name}")
    return str(rule)


def _one_of(
    wanted: Mapping[str, object], key: str, allowed: tuple[str, ...], *, default: str | None
) -> str:
    value = wanted.get(key, default)
    if value not in allowed:
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : {key} must be one of {', '.join(allowed)}")
    return str(value)


def _bulk_object(call: Call, name: str) -> SObject:
    org = call.site.org
    sobject = org.sobject(name)
    readable = sobject is not None and org.object_permissions(sobject, call.user_id)
    if sobject is None or not readable or not _is_supported(call, sobject):
        code = org.settings.worded("INVALIDENTITY", "INVALIDJOB")
        raise ApiError(400, code, f"Entity '{name}' is not supported by the Bulk API.")
    return sobject


def _is_supported(call: Call, sobject: SObject) -> bool:
    if sobject.name == "ContentVersion" and not call.site.org.settings.bulk_content_versions:
        return False
    return sobject.bulk_supported


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

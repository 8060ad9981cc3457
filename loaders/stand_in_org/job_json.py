"""Show a job as JSON: exactly the keys that each moment has (contract 2.3 and 3)."""

from __future__ import annotations

from datetime import datetime

from loaders.stand_in_org.bulk_jobs import Job


def api_moment(moment: datetime) -> str:
    """Print a moment as REST does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


def short_info(job: Job) -> dict[str, object]:
    """Show what a state change answers."""
    info: dict[str, object] = {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.user_id,
        "createdDate": api_moment(job.created),
        "systemModstamp": api_moment(job.modified),
        "state": job.state,
    }
    if job.external_id is not None:
        info["externalIdFieldName"] = job.external_id
    info["concurrencyMode"] = "Parallel"
    info["contentType"] = "CSV"
    info["apiVersion"] = float(job.api_version)
    return info


def created_info(job: Job) -> dict[str, object]:
    """Show what creating a job answers: no type, no counters yet."""
    info = short_info(job)
    if job.kind == "ingest":
        # Without a leading slash, as the original has it.
        info["contentUrl"] = f"services/data/v{job.api_version}/jobs/ingest/{job.id}/batches"
    info["lineEnding"] = job.line_ending
    info["columnDelimiter"] = job.delimiter
    if job.assignment_rule is not None:
        info["assignmentRuleId"] = job.assignment_rule
    return info


def full_info(job: Job) -> dict[str, object]:
    """Show what asking for a job answers; counters appear with the upload."""
    info = short_info(job)
    info["jobType"] = "V2Ingest" if job.kind == "ingest" else "V2Query"
    if job.kind == "ingest" and job.state == "Open":
        info["contentUrl"] = created_info(job)["contentUrl"]
    info["lineEnding"] = job.line_ending
    info["columnDelimiter"] = job.delimiter
    if job.assignment_rule is not None:
        info["assignmentRuleId"] = job.assignment_rule
    if job.kind == "query" or job.uploaded:
        info["numberRecordsProcessed"] = job.processed
    if job.kind == "ingest" and job.uploaded:
        info["numberRecordsFailed"] = job.failed
    info["retries"] = job.retries
    info["totalProcessingTime"] = job.milliseconds
    if job.kind == "query":
        info["isPkChunkingSupported"] = job.pk_chunking
        return info
    info["apiActiveProcessingTime"] = job.milliseconds
    info["apexProcessingTime"] = 0
    if job.error is not None:
        info["errorMessage"] = job.error
    return info

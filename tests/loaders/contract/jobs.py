"""What the suite's tests do with jobs, and how they read what comes back."""

from __future__ import annotations

import csv
import io
import time

import httpx

from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import JobResult, OrgClient

SHORT = [
    "id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state",
    "concurrencyMode", "contentType", "apiVersion",
]  # fmt: skip
TIMES = ["retries", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"]
COUNTS = ["numberRecordsProcessed", "numberRecordsFailed"]


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Give status, code and message of a refused request: always an array of one."""
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


def close(org: OrgClient, job: str, state: str = "UploadComplete") -> httpx.Response:
    """Hand a job in, or abort it."""
    return org.data("PATCH", f"jobs/ingest/{job}", json={"state": state})


def sent(org: OrgClient, sobject: str, operation: str, content: bytes, **more: str) -> str:
    """Create, fill and hand in a job."""
    job = org.open_job(sobject, operation, **more)
    assert org.upload(job, content).status_code == 201
    assert close(org, job).status_code == 200
    return job


def reaches(org: OrgClient, path: str, state: str) -> dict[str, object]:
    """Wait until a job is in this state."""
    for _ in range(1_000):
        info = dict(org.data("GET", path).json())
        if info["state"] == state:
            return info
        time.sleep(org.pause)
    raise AssertionError(f"{path} is {info['state']}, not {state}")


def ended(org: OrgClient, job: str) -> dict[str, object]:
    """Wait for a job's end."""
    return org.finished(job).info


def broken(org: OrgClient, content: bytes, *, operation: str = "insert", **more: str) -> object:
    """Run a job that has to fail before it writes a row; give its errorMessage."""
    sobject = more.pop("sobject", THING)
    info = ended(org, sent(org, sobject, operation, content, **more))
    assert info["state"] == "Failed", info
    assert (info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (0, 0)
    return info["errorMessage"]


def insert(org: OrgClient, header: str, *rows: str, sobject: str = THING) -> JobResult:
    """Insert rows."""
    return org.job(sobject, "insert", "\n".join([header, *rows, ""]))


def upsert(
    org: OrgClient, header: str, *rows: str, by: str = "Key__c", sobject: str = THING
) -> JobResult:
    """Upsert rows."""
    content = "\n".join([header, *rows, ""])
    return org.job(sobject, "upsert", content, externalIdFieldName=by)


def made(done: JobResult) -> str:
    """Give the id of the one record that a job has made."""
    assert (len(done.successful), len(done.failed)) == (1, 0), done
    return done.successful[0]["sf__Id"]


def errors(done: JobResult) -> list[str]:
    """Give what a job said about its failed rows."""
    return [row["sf__Error"] for row in done.failed]


def raw(org: OrgClient, job: object, results: str) -> str:
    """Read a result set as it stands."""
    answer = org.data("GET", f"jobs/ingest/{job}/{results}")
    assert answer.status_code == 200, answer.text
    return answer.text


def parsed(text: str, *, delimiter: str = ",") -> list[dict[str, str]]:
    """Read CSV."""
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))

"""Large jobs sent to an org, each timed from its upload to its results."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.schema import SOBJECT, bench_package, parents_csv, write_csv
from tests.bench.served import Served

# A job takes 100 MB (contract 2.5); this many rows are some 85 MB.
PART_ROWS = 500_000
_MOST_BYTES = 100 * 1024 * 1024
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Measured:
    """What one kind of job took; `working` is the time from UploadComplete to JobComplete."""

    kind: str
    rows: int
    working: float
    whole: float
    cpu: float
    peak_megabytes: int

    @property
    def rows_per_second(self) -> float:
        """Give the speed of the work itself."""
        return self.rows / self.working


@dataclass(slots=True)
class _Watch:
    working: float = 0.0
    whole: float = 0.0


def prepare(org: Served) -> None:
    """Deploy the object, open it to the administrator and load the parents."""
    options = {"deployOptions": {"singlePackage": True, "rollbackOnError": True}}
    files = {
        "json": (None, json.dumps(options), "application/json"),
        "file": ("deploy.zip", bench_package(), "application/zip"),
    }
    deploy = org.call("POST", "metadata/deployRequest", files=files).json()["id"]
    path = f"metadata/deployRequest/{deploy}?includeDetails=true"
    while not (result := org.call("GET", path).json()["deployResult"])["done"]:
        time.sleep(_POLL_SECONDS)
    assert result["success"], result["details"]["componentFailures"]
    soql = "SELECT Id FROM PermissionSet WHERE Name = 'Load'"
    (found,) = org.call("GET", "query", params={"q": soql}).json()["records"]
    user = org.http.get("/services/oauth2/userinfo").json()["user_id"]
    body = {"AssigneeId": user, "PermissionSetId": found["Id"]}
    org.call("POST", "sobjects/PermissionSetAssignment", json=body)
    job = open_job(org, "Account", "insert")
    org.call("PUT", f"jobs/ingest/{job}/batches", content=parents_csv(), headers=_CSV)
    close_job(org, job)
    assert finished(org, f"jobs/ingest/{job}")["numberRecordsFailed"] == 0


_CSV = {"Content-Type": "text/csv"}


def open_job(org: Served, sobject: str, operation: str) -> str:
    """Create an ingest job; an upsert goes by the clinic's key."""
    body = {"object": sobject, "operation": operation}
    if operation == "upsert":
        body["externalIdFieldName"] = "Clinic_Id__c"
    return str(org.call("POST", "jobs/ingest", json=body).json()["id"])


def upload(org: Served, job: str, path: Path) -> None:
    """Upload a file as it lies on disk."""
    assert path.stat().st_size <= _MOST_BYTES
    with path.open("rb") as content:
        org.call("PUT", f"jobs/ingest/{job}/batches", content=content, headers=_CSV)


def close_job(org: Served, job: str) -> None:
    """Say that the upload is complete."""
    org.call("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})


def finished(org: Served, path: str) -> dict[str, object]:
    """Poll until a job is complete."""
    while (info := org.call("GET", path).json())["state"] in ("UploadComplete", "InProgress"):
        time.sleep(_POLL_SECONDS)
    assert info["state"] == "JobComplete", info
    return dict(info)


@contextmanager
def measuring(org: Served, into: list[Measured], kind: str, rows: int) -> Iterator[_Watch]:
    """Add what the block took to the measured kinds."""
    watch, cpu = _Watch(), org.cpu_seconds()
    yield watch
    cpu = org.cpu_seconds() - cpu
    into.append(Measured(kind, rows, watch.working, watch.whole, cpu, org.peak_megabytes()))


def _ingest(org: Served, watch: _Watch, operation: str, path: Path, folder: Path) -> Path:
    """Run one job to its end; give the file of its successful rows."""
    began = time.monotonic()
    job = open_job(org, SOBJECT, operation)
    upload(org, job, path)
    started = time.monotonic()
    close_job(org, job)
    info = finished(org, f"jobs/ingest/{job}")
    watch.working += time.monotonic() - started
    assert info["numberRecordsFailed"] == 0, info
    good = folder / f"{job}.csv"
    for name in ("successfulResults", "failedResults", "unprocessedrecords"):
        _fetch(org, f"jobs/ingest/{job}/{name}", good if name == "successfulResults" else None)
    watch.whole += time.monotonic() - began
    return good


def _fetch(org: Served, path: str, to: Path | None) -> str:
    """Read a result as it comes; give the locator of what follows it."""
    with org.http.stream("GET", f"/services/data/v67.0/{path}") as answer:
        assert answer.is_success
        if to is None:
            for _ in answer.iter_raw():
                pass
        else:
            with to.open("wb") as sink:
                for chunk in answer.iter_raw():
                    sink.write(chunk)
        return str(answer.headers.get("sforce-locator", "null"))


def _ids(results: Sequence[Path], path: Path) -> None:
    """Write the ids of results as the one column of a delete."""
    with path.open("w", encoding="utf-8") as sink:
        sink.write("Id\n")
        for result in results:
            with result.open(encoding="utf-8", newline="") as source:
                rows = csv.reader(source)
                next(rows)
                sink.writelines(f"{row[0]}\n" for row in rows)


def _update_csv(results: Path, path: Path) -> None:
    """Write an update by id of two columns of a result's rows."""
    with path.open("w", encoding="utf-8") as sink:
        sink.write("Id,Charge__c,Note__c\n")
        with results.open(encoding="utf-8", newline="") as source:
            rows = csv.reader(source)
            next(rows)
            sink.writelines(f"{row[0]},12.5,Changed by id\n" for row in rows)


def run(org: Served, *, rows: int, folder: Path) -> Iterator[Measured]:
    """Insert, upsert, upsert again, update, query and delete; measure each kind of job."""
    parts = [(n, min(n + PART_ROWS, rows)) for n in range(0, rows, PART_ROWS)]
    found: list[Measured] = []
    content = folder / "part.csv"
    good: list[Path] = []
    for turn, kind in enumerate(("upsert, all new", "upsert, all there")):
        good.clear()
        with measuring(org, found, kind, rows) as watch:
            for first, after in parts:
                write_csv(content, first, after, turn=turn)
                good.append(_ingest(org, watch, "upsert", content, folder))
        yield found[-1]
    with measuring(org, found, "update by id", rows) as watch:
        for result in good:
            _update_csv(result, content)
            _ingest(org, watch, "update", content, folder)
    yield found[-1]
    with measuring(org, found, "query", rows) as watch:
        _query(org, watch)
    yield found[-1]
    with measuring(org, found, "delete", rows) as watch:
        for result in good:
            _ids([result], content)
            _ingest(org, watch, "delete", content, folder)
    yield found[-1]
    with measuring(org, found, "insert", rows) as watch:
        for first, after in parts:
            write_csv(content, rows + first, rows + after, turn=2)
            _ingest(org, watch, "insert", content, folder)
    yield found[-1]


def _query(org: Served, watch: _Watch) -> None:
    columns = "Id, Clinic_Id__c, Title__c, Charge__c, Duration__c, Day__c, Started_At__c"
    soql = f"SELECT {columns}, Active__c, Kind__c, Mail__c, Note__c, Patient__c FROM {SOBJECT}"
    started = time.monotonic()
    asked = org.call("POST", "jobs/query", json={"operation": "query", "query": soql}).json()
    finished(org, f"jobs/query/{asked['id']}")
    watch.working += time.monotonic() - started
    path = f"jobs/query/{asked['id']}/results"
    locator = _fetch(org, path, None)
    while locator != "null":
        locator = _fetch(org, f"{path}?locator={locator}", None)
    watch.whole += time.monotonic() - started

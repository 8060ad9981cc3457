"""A stand-in org under test, talked to over real HTTP on loopback."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from loaders.stand_in_org.server import Running, serve
from loaders.stand_in_org.settings import Settings

VERSION = "67.0"
# A field may be as long as the org allows, which is more than the csv module does by itself.
csv.field_size_limit(1_000_000)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'


@dataclass(frozen=True, slots=True)
class JobResult:
    """A job at its end with its three result sets as rows."""

    info: dict[str, object]
    successful: list[dict[str, str]]
    failed: list[dict[str, str]]
    unprocessed: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class OrgClient:
    """An HTTP client of one org, logged in as its administrator."""

    http: httpx.Client
    # None: an org that runs elsewhere.
    running: Running | None
    # How long to wait between two looks at what is under way; a stand-in holds each of them.
    pause: float = 0.0

    def data(self, method: str, path: str, **arguments: object) -> httpx.Response:
        """Send one request below the version's root."""
        return self.http.request(method, f"/services/data/v{VERSION}/{path}", **arguments)  # type: ignore[arg-type]

    def query(self, soql: str, *, path: str = "query") -> httpx.Response:
        """Ask one SOQL question."""
        return self.data("GET", path, params={"q": soql})

    def records(self, soql: str, *, path: str = "query") -> list[dict[str, object]]:
        """Give the records of a question that must succeed."""
        answer = self.query(soql, path=path)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["records"])

    def open_job(self, sobject: str, operation: str, **more: str) -> str:
        """Create a job and give its id."""
        body = {"object": sobject, "operation": operation, **more}
        answer = self.data("POST", "jobs/ingest", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def upload(self, job: str, content: bytes) -> httpx.Response:
        """Upload a job's CSV."""
        headers = {"Content-Type": "text/csv; charset=UTF-8"}
        return self.data("PUT", f"jobs/ingest/{job}/batches", content=content, headers=headers)

    def job(self, sobject: str, operation: str, content: str, **more: str) -> JobResult:
        """Run a job to its end."""
        job = self.open_job(sobject, operation, **more)
        assert self.upload(job, content.encode()).status_code == 201
        self.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
        return self.finished(job)

    def finished(self, job: str) -> JobResult:
        """Wait for a job's end (the org holds each poll for a moment) and read its results."""
        for _ in range(60):
            info = self.data("GET", f"jobs/ingest/{job}").json()
            if info["state"] in ("JobComplete", "Failed", "Aborted"):
                return JobResult(
                    info,
                    self.rows(job, "successfulResults"),
                    self.rows(job, "failedResults"),
                    self.rows(job, "unprocessedrecords"),
                )
            time.sleep(self.pause)
        raise AssertionError(f"job {job} did not end")

    def rows(self, job: str, results: str) -> list[dict[str, str]]:
        """Read one result set."""
        answer = self.data("GET", f"jobs/ingest/{job}/{results}")
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.text, newline="")))

    def deploy(self, files: Mapping[str, str], **options: object) -> dict[str, object]:
        """Deploy metadata files over REST and give the finished result."""
        chosen = {"singlePackage": True, "rollbackOnError": True, **options}
        answer = self.data(
            "POST",
            "metadata/deployRequest",
            files={
                "json": (None, json.dumps({"deployOptions": chosen}), "application/json"),
                "file": ("deploy.zip", zipped(files), "application/zip"),
            },
        )
        assert answer.status_code == 201, answer.text
        path = f"metadata/deployRequest/{answer.json()['id']}?includeDetails=true"
        for _ in range(30):
            result = dict(self.data("GET", path).json()["deployResult"])
            if result["done"]:
                return result
            time.sleep(self.pause)
        raise AssertionError("the deploy did not end")

    def fault(self, **switched: object) -> None:
        """Switch trouble on or off."""
        answer = self.http.post("/_stand_in/fault", json=switched)
        assert answer.status_code == 200, answer.text

    def settings(self, **changed: object) -> None:
        """Change settings; None takes a change back."""
        answer = self.http.post("/_stand_in/settings", json=changed)
        assert answer.status_code == 200, answer.text


def zipped(files: Mapping[str, str]) -> bytes:
    """Pack metadata files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def metadata(root: str, body: str) -> str:
    """Write one metadata file."""
    return f"{_HEAD}<{root} {_SPACE}>{body}</{root}>\n"


def key_field() -> str:
    """Write the external-id field that every loaded object gets."""
    return (
        "<fields><fullName>Clinic_Id__c</fullName><label>Clinic Id</label><type>Text</type>"
        "<length>255</length><externalId>true</externalId><unique>true</unique>"
        "<caseSensitive>true</caseSensitive></fields>"
    )


def keyed_objects(*names: str) -> dict[str, str]:
    """Write a package that gives standard objects their external id, with a permission set."""
    fields = "".join(f"<members>{name}.Clinic_Id__c</members>" for name in names)
    grants = "".join(
        f"<fieldPermissions><editable>true</editable><field>{name}.Clinic_Id__c</field>"
        "<readable>true</readable></fieldPermissions>"
        for name in names
    )
    package = metadata(
        "Package",
        f"<types>{fields}<name>CustomField</name></types>"
        "<types><members>Clinic_Loader</members><name>PermissionSet</name></types>"
        f"<version>{VERSION}</version>",
    )
    files = {f"objects/{name}.object": metadata("CustomObject", key_field()) for name in names}
    return {
        "package.xml": package,
        **files,
        "permissionsets/Clinic_Loader.permissionset": metadata(
            "PermissionSet", f"{grants}<label>Clinic Loader</label>"
        ),
    }


def give_keys(org: OrgClient, *names: str) -> None:
    """Deploy external ids on standard objects and grant them to the administrator."""
    result = org.deploy(keyed_objects(*names))
    assert result["status"] == "Succeeded", json.dumps(result["details"])
    assign(org, "Clinic_Loader")


def assign(org: OrgClient, permission_set: str) -> None:
    """Assign a permission set to the administrator."""
    (found,) = org.records(f"SELECT Id FROM PermissionSet WHERE Name = '{permission_set}'")
    granted = org.data(
        "POST",
        "sobjects/PermissionSetAssignment",
        json={"AssigneeId": org.running.site.org.admin_user_id, "PermissionSetId": found["Id"]},
    )
    assert granted.status_code == 201, granted.text


@contextmanager
def serving(
    data: Path, *, settings: Settings | None = None, clock: Callable[[], datetime] | None = None
) -> Iterator[OrgClient]:
    """Serve an org from a folder, in this process but over real sockets."""
    ticking = clock or (lambda: datetime.now(UTC))
    running = serve(data, port=0, settings=settings or Settings(), clock=ticking)
    headers = {"Authorization": f"Bearer {running.token}"}
    with httpx.Client(base_url=running.http, headers=headers, timeout=60) as client:
        try:
            yield OrgClient(client, running)
        finally:
            running.stop()

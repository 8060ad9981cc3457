"""Jobs that are stopped, spoiled, killed with their server, deleted; and query jobs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

NOT_TERMINATED = "Error encountered when deleting the job because the job is not terminated"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def started(org: OrgClient, content: bytes) -> str:
    job = org.open_job("Account", "insert")
    org.upload(job, content)
    closed = org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    assert closed.status_code == 200
    return job


def state(org: OrgClient, job: str) -> str:
    return str(org.data("GET", f"jobs/ingest/{job}").json()["state"])


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()[0]["errorCode"]


def test_an_open_job_is_aborted_before_it_is_deleted(org: OrgClient) -> None:
    job = org.open_job("Account", "insert")
    refused = org.data("DELETE", f"jobs/ingest/{job}")
    assert (refused.status_code, refused.json()[0]["message"]) == (400, NOT_TERMINATED)
    aborted = org.data("PATCH", f"jobs/ingest/{job}", json={"state": "Aborted"})
    assert aborted.json()["state"] == "Aborted"
    again = org.data("PATCH", f"jobs/ingest/{job}", json={"state": "Aborted"})
    assert error(again) == (400, "INVALIDJOBSTATE")
    assert org.data("DELETE", f"jobs/ingest/{job}").status_code == 204
    assert error(org.data("GET", f"jobs/ingest/{job}")) == (404, "NOT_FOUND")


def test_a_job_takes_one_upload_and_is_closed_once(org: OrgClient) -> None:
    job = org.open_job("Account", "insert")
    early = org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    assert error(early) == (400, "INVALIDJOBSTATE")
    assert org.upload(job, b"Name\nOnce\n").status_code == 201
    assert error(org.upload(job, b"Name\nTwice\n")) == (400, "INVALIDJOBSTATE")
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    again = org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    assert error(again) == (400, "INVALIDJOBSTATE")
    assert len(org.finished(job).successful) == 1


def test_a_held_job_is_in_progress_and_can_be_aborted(org: OrgClient) -> None:
    org.fault(hold_jobs=True)
    job = started(org, b"Name\nNever written\n")
    assert state(org, job) == "InProgress"
    assert "contentUrl" not in org.data("GET", f"jobs/ingest/{job}").json()
    assert error(org.data("GET", f"jobs/ingest/{job}/successfulResults"))[0] == 400
    assert org.data("PATCH", f"jobs/ingest/{job}", json={"state": "Aborted"}).status_code == 200
    org.fault(hold_jobs=False)
    done = org.finished(job)
    assert done.info["state"] == "Aborted"
    assert [row["Name"] for row in done.unprocessed] == ["Never written"]
    assert org.records("SELECT Id FROM Account WHERE Name = 'Never written'") == []


def test_a_job_that_fails_half_way_keeps_what_it_wrote(org: OrgClient) -> None:
    org.fault(fail_job={"after_rows": 3, "message": "InternalServerError : stopped"})
    done = org.finished(started(org, b"Name\nH1\nH2\nH3\nH4\nH5\n"))
    assert (done.info["state"], done.info["errorMessage"]) == (
        "Failed",
        "InternalServerError : stopped",
    )
    assert (done.info["numberRecordsProcessed"], done.info["numberRecordsFailed"]) == (3, 0)
    assert len(done.successful) == 3
    assert [row["Name"] for row in done.unprocessed] == ["H4", "H5"]
    kept = org.records("SELECT Id FROM Account WHERE Name LIKE 'H_'")
    assert {record["Id"] for record in kept} == {row["sf__Id"] for row in done.successful}


def test_dropped_results_break_the_sum_that_loaders_check(org: OrgClient) -> None:
    org.fault(drop_results={"rows": 1})
    done = org.finished(started(org, b"Name\nD1\nD2\n"))
    found = len(done.successful) + len(done.failed) + len(done.unprocessed)
    assert (done.info["numberRecordsProcessed"], found) == (2, 1)
    assert len(org.records("SELECT Id FROM Account WHERE Name LIKE 'D_'")) == 2


def test_a_busy_server_answers_503_as_often_as_told(org: OrgClient) -> None:
    org.fault(unavailable={"times": 2, "path": "/limits"})
    codes = [org.data("GET", "limits").status_code for _ in range(3)]
    assert codes == [503, 503, 200]
    unknown = org.http.post("/_stand_in/fault", json={"no_such_fault": True})
    assert error(unknown) == (400, "INVALID_FAULT")


def test_jobs_are_listed_with_query_jobs_unless_a_type_is_given(org: OrgClient) -> None:
    ingest = org.open_job("Account", "insert")
    asked = org.data(
        "POST", "jobs/query", json={"operation": "query", "query": "SELECT Id FROM Account"}
    ).json()["id"]
    everything = org.data("GET", "jobs/ingest").json()
    listed = {record["id"] for record in everything["records"]}
    assert {ingest, asked} <= listed
    assert (everything["done"], everything["nextRecordsUrl"]) == (True, None)
    only = org.data("GET", "jobs/ingest?jobType=V2Ingest").json()["records"]
    assert {record["jobType"] for record in only} == {"V2Ingest"}


@contextmanager
def served_apart(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    command = [sys.executable, "-m", "loaders.stand_in_org", "serve", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        yield served, json.loads(served.stdout.readline())


def test_a_killed_org_resumes_its_job_without_writing_a_row_twice(tmp_path: Path) -> None:
    jobs, rows = "/services/data/v67.0/jobs/ingest", 45_000
    counting = "/services/data/v67.0/query?q=SELECT COUNT() FROM Account"
    content = "Name\n" + "".join(f"Killed {n}\n" for n in range(rows))
    with served_apart(tmp_path) as (served, ready):
        headers = {"Authorization": f"Bearer {ready['token']}"}
        with httpx.Client(base_url=ready["http"], headers=headers, timeout=60) as client:
            job = client.post(jobs, json={"object": "Account", "operation": "insert"}).json()["id"]
            kind = {"Content-Type": "text/csv"}
            client.put(f"{jobs}/{job}/batches", content=content, headers=kind)
            client.patch(f"{jobs}/{job}", json={"state": "UploadComplete"})
            written = 0
            while written == 0:
                written = client.get(counting).json()["totalSize"]
        os.kill(served.pid, signal.SIGKILL)
    # Killed between two chunks: some rows are in, not all of them.
    assert 0 < written < rows
    with serving(tmp_path) as org:
        done = org.finished(job)
        assert (done.info["state"], done.info["numberRecordsProcessed"]) == ("JobComplete", rows)
        assert len({row["Name"] for row in done.successful}) == rows
        assert org.query("SELECT COUNT() FROM Account").json()["totalSize"] == rows
        # The token of before the kill is still good.
        assert org.running.token == ready["token"]


def query_job(org: OrgClient, soql: str, operation: str = "query") -> dict[str, object]:
    answer = org.data("POST", "jobs/query", json={"operation": operation, "query": soql})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_query_job_answers_pages_until_the_locator_says_null(org: OrgClient) -> None:
    assert not org.job("Product2", "insert", "Name,ProductCode\nOne,\nTwo,x\nThree,y\n").failed
    created = query_job(org, "SELECT Id, Name, ProductCode, IsActive FROM Product2 ORDER BY Name")
    assert created["state"] == "UploadComplete"
    assert "jobType" not in created
    path = f"jobs/query/{created['id']}"
    info = org.data("GET", path).json()
    assert (info["state"], info["jobType"], info["numberRecordsProcessed"]) == (
        "JobComplete", "V2Query", 3,
    )  # fmt: skip
    first = org.data("GET", f"{path}/results?maxRecords=2")
    assert first.headers["sforce-numberofrecords"] == "2"
    assert first.text.startswith('"Id","Name","ProductCode","IsActive"\n')
    assert first.text.count("\n") == 3
    second = org.data("GET", f"{path}/results?locator={first.headers['sforce-locator']}")
    assert second.headers["sforce-locator"] == "null"
    assert second.text.startswith('"Id","Name","ProductCode","IsActive"\n')
    assert '"Two","x","false"' in second.text
    pages = org.data("GET", f"{path}/resultPages").json()
    assert (pages["done"], len(pages["resultPages"])) == (True, 1)
    other = org.http.get(f"/services/data/v60.0/{path}/results")
    assert other.status_code == 409
    assert org.data("DELETE", path).status_code == 204


def test_an_empty_query_job_answers_its_header(org: OrgClient) -> None:
    created = query_job(org, "SELECT Id FROM Product2 WHERE Name = 'nobody'")
    answer = org.data("GET", f"jobs/query/{created['id']}/results")
    assert answer.text == '"Id"\n'
    assert answer.headers["sforce-locator"] == "null"


def test_query_all_jobs_show_deleted_rows(org: OrgClient) -> None:
    made = org.data("POST", "sobjects/Account", json={"Name": "Deleted Soon"}).json()["id"]
    org.data("DELETE", f"sobjects/Account/{made}")
    soql = "SELECT Id, IsDeleted FROM Account WHERE Name = 'Deleted Soon'"
    created = query_job(org, soql, "queryAll")
    answer = org.data("GET", f"jobs/query/{created['id']}/results")
    assert answer.text == f'"Id","IsDeleted"\n"{made}","true"\n'


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT COUNT() FROM Account",
        "SELECT Type, COUNT(Id) FROM Account GROUP BY Type",
        "SELECT Id FROM Account OFFSET 3",
        "SELECT BillingAddress FROM Account",
        "SELECT VersionData FROM ContentVersion",
        "SELECT Wrong FROM Account",
        "SELECT Id FROM ContentDocumentLink",
    ],
)
def test_what_bulk_queries_cannot_do_is_refused_at_creation(org: OrgClient, soql: str) -> None:
    answer = org.data("POST", "jobs/query", json={"operation": "query", "query": soql})
    assert answer.status_code == 400

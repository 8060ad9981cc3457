"""What the stand-in adds to Bulk jobs: quick answers, trouble on demand, life after a kill."""

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


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def test_a_short_job_is_done_by_the_first_poll(org: OrgClient) -> None:
    job = org.open_job("Account", "insert")
    org.upload(job, b"Name\nQuick\n")
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    assert org.data("GET", f"jobs/ingest/{job}").json()["state"] == "JobComplete"


def test_a_busy_server_answers_503_as_often_as_told(org: OrgClient) -> None:
    org.fault(unavailable={"times": 2, "path": "/limits"})
    codes = [org.data("GET", "limits").status_code for _ in range(3)]
    assert codes == [503, 503, 200]
    unknown = org.http.post("/_stand_in/fault", json={"no_such_fault": True})
    assert unknown.status_code == 400
    assert unknown.json()[0]["errorCode"] == "INVALID_FAULT"


@contextmanager
def served_apart(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    command = [sys.executable, "-m", "loaders.stand_in_org", "serve", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        try:
            yield served, json.loads(served.stdout.readline())
        finally:
            served.kill()


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


@pytest.mark.parametrize(
    "soql", ["SELECT Wrong FROM Account", "SELECT Id FROM ContentDocumentLink"]
)
def test_a_query_that_rest_refuses_makes_no_job(org: OrgClient, soql: str) -> None:
    answer = org.data("POST", "jobs/query", json={"operation": "query", "query": soql})
    assert answer.status_code == 400

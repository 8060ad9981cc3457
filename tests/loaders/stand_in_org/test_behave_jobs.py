"""Jobs and deploys that are slow, fail, die half-way, or whose results are not what they were."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.front_org import (
    OrgClient,
    keyed_objects,
    serving,
    zipped,
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        client.settings(duplicate_rules=False)
        yield client


@pytest.fixture
def org(served: OrgClient) -> Iterator[OrgClient]:
    yield served
    served.settings(job_polls=None, job_seconds=None, result_seed=None)
    served.fault(drop_results=None, repeat_results=None, fail_deploy=None, fail_job=None)


def begun(org: OrgClient, count: int, *, name: str) -> str:
    job = org.open_job("Account", "insert")
    rows = "".join(f"{name} {n}\n" for n in range(count))
    org.upload(job, f"Name\n{rows}".encode())
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "UploadComplete"})
    return job


def info(org: OrgClient, job: str, kind: str = "ingest") -> dict[str, object]:
    return dict(org.data("GET", f"jobs/{kind}/{job}").json())


def written(org: OrgClient, name: str) -> int:
    soql = f"SELECT COUNT() FROM Account WHERE Name LIKE '{name} %'"
    return int(org.query(soql).json()["totalSize"])


def test_a_job_takes_as_many_polls_as_told_and_its_counters_move(org: OrgClient) -> None:
    org.settings(job_polls=3)
    job = begun(org, 30, name="Polled")
    for polls in range(1, 4):
        found = info(org, job)
        assert found["state"] in ("UploadComplete", "InProgress"), polls
        assert found.get("numberRecordsProcessed", 0) == (polls - 1) * 10
        until = time.monotonic() + 10
        while written(org, "Polled") < polls * 10:
            assert time.monotonic() < until
        # Long enough for a job that is not held back to write another third.
        time.sleep(0.3)
        assert written(org, "Polled") == polls * 10
    found = info(org, job)
    assert (found["state"], found["numberRecordsProcessed"]) == ("JobComplete", 30)


def test_a_job_takes_a_time(org: OrgClient) -> None:
    org.settings(job_seconds=1)
    job, started = begun(org, 8, name="Timed"), time.monotonic()
    seen = set()
    while (found := info(org, job))["state"] != "JobComplete":
        seen.add(found.get("numberRecordsProcessed", 0))
        assert time.monotonic() - started < 20
    assert time.monotonic() - started >= 0.9
    assert seen & {2, 4, 6}


def test_a_slow_job_can_be_aborted_and_keeps_what_it_wrote(org: OrgClient) -> None:
    org.settings(job_polls=2)
    job = begun(org, 10, name="Aborted")
    info(org, job)
    until = time.monotonic() + 10
    while written(org, "Aborted") != 5:
        assert time.monotonic() < until
    org.data("PATCH", f"jobs/ingest/{job}", json={"state": "Aborted"})
    org.settings(job_polls=0)
    done = org.finished(job)
    assert (done.info["state"], len(done.successful), len(done.unprocessed)) == ("Aborted", 5, 5)


def test_a_query_job_is_slow_as_well(org: OrgClient) -> None:
    org.settings(job_polls=1)
    body = {"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}
    job = org.data("POST", "jobs/query", json=body).json()["id"]
    assert info(org, job, "query")["state"] != "JobComplete"
    assert info(org, job, "query")["state"] == "JobComplete"


def test_results_come_in_another_order_with_another_seed(org: OrgClient) -> None:
    orders = []
    for seed in (1, 2, 1):
        org.settings(result_seed=seed)
        job = begun(org, 50, name="Shuffled")
        orders.append([row["Name"] for row in org.finished(job).successful])
    assert orders[0] == orders[2] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != sorted(orders[0], key=lambda name: int(name.split()[1]))


def test_a_row_can_come_twice_in_the_results(org: OrgClient) -> None:
    org.fault(repeat_results={"rows": 1})
    names = [row["Name"] for row in org.finished(begun(org, 3, name="Twice")).successful]
    assert (len(names), len(set(names))) == (4, 3)
    again = org.finished(begun(org, 3, name="Once")).successful
    assert len(again) == 3


def test_records_that_a_job_made_can_be_lost_though_its_results_name_them(org: OrgClient) -> None:
    org.fault(lose_rows={"share": 0.03, "object": "Account"})
    done = org.finished(begun(org, 40, name="Lost"))
    assert (len(done.successful), len(done.failed), written(org, "Lost")) == (40, 0, 38)
    changed = org.open_job("Account", "update")
    ids = "".join(f"{row['sf__Id']},kept\n" for row in done.successful)
    org.fault(lose_rows={"share": 0.5})
    org.upload(changed, f"Id,Site\n{ids}".encode())
    org.data("PATCH", f"jobs/ingest/{changed}", json={"state": "UploadComplete"})
    # What a job only changes is not its to lose; and each fault happens once.
    assert len(org.finished(changed).successful) == 38
    org.finished(begun(org, 40, name="Kept"))
    assert (written(org, "Lost"), written(org, "Kept")) == (38, 40)


def deploy_id(org: OrgClient) -> str:
    files = {
        "json": (
            None,
            json.dumps({"deployOptions": {"rollbackOnError": True}}),
            "application/json",
        ),
        "file": ("deploy.zip", zipped(keyed_objects("Account")), "application/zip"),
    }
    return str(org.data("POST", "metadata/deployRequest", files=files).json()["id"])


def deployed(org: OrgClient, deploy: str) -> dict[str, object]:
    path = f"metadata/deployRequest/{deploy}?includeDetails=true"
    return dict(org.data("GET", path).json()["deployResult"])


def test_a_deploy_fails_as_a_whole_or_takes_its_time(org: OrgClient) -> None:
    def fields() -> set[str]:
        described = org.data("GET", "sobjects/Account/describe").json()["fields"]
        return {one["name"] for one in described}

    org.fault(fail_deploy={"message": "UNKNOWN_EXCEPTION: try later"})
    failed = deployed(org, deploy_id(org))
    assert (failed["status"], failed["success"]) == ("Failed", False)
    assert failed["errorMessage"] == "UNKNOWN_EXCEPTION: try later"
    assert "Clinic_Id__c" not in fields()
    org.settings(job_polls=1)
    slow = deploy_id(org)
    assert deployed(org, slow)["done"] is False
    assert deployed(org, slow)["status"] == "Succeeded"


def test_a_server_that_dies_in_a_job_finishes_it_after_its_restart(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "loaders.stand_in_org", "serve", "--data", str(tmp_path)]
    jobs, rows = "/services/data/v67.0/jobs/ingest", 6
    with subprocess.Popen(command, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        ready = json.loads(served.stdout.readline())
        headers = {"Authorization": f"Bearer {ready['token']}"}
        with httpx.Client(base_url=ready["http"], headers=headers, timeout=60) as client:
            fault = {"fail_job": {"after_rows": 4, "kill": True}}
            assert client.post("/_stand_in/fault", json=fault).status_code == 200
            job = client.post(jobs, json={"object": "Account", "operation": "insert"}).json()["id"]
            content = "Name\n" + "".join(f"Dies {n}\n" for n in range(rows))
            kind = {"Content-Type": "text/csv"}
            client.put(f"{jobs}/{job}/batches", content=content, headers=kind)
            hold = {"request": {"do": "wait", "seconds": 30, "when": "after", "method": "PATCH"}}
            client.post("/_stand_in/fault", json=hold)
            with pytest.raises(httpx.TransportError):
                client.patch(f"{jobs}/{job}", json={"state": "UploadComplete"})
        assert served.wait(timeout=10) == -9
    with serving(tmp_path) as org:
        done = org.finished(job)
        assert (done.info["state"], len(done.successful)) == ("JobComplete", rows)
        assert org.query("SELECT COUNT() FROM Account").json()["totalSize"] == rows


@pytest.mark.parametrize(("sandbox", "on"), [(True, True), (True, False), (False, True)])
def test_the_users_a_sandbox_was_copied_with_cannot_be_written_to(
    tmp_path: Path, *, sandbox: bool, on: bool
) -> None:
    settings = Settings(sandbox=sandbox, sandbox_emails=on, admin_username="admin@clinic.example")
    with serving(tmp_path, settings=settings) as org:
        # Whoever is added later keeps the address that was given.
        org.http.post("/_stand_in/act", json={"do": "empty_bin", "as": "new@clinic.example"})
        emails = {str(user["Email"]) for user in org.records("SELECT Email FROM User")}
        (kind,) = org.records("SELECT IsSandbox FROM Organization")
    tail = ".invalid" if sandbox and on else ""
    assert emails == {f"admin@clinic.example{tail}", "new@clinic.example"}
    assert kind["IsSandbox"] is sandbox

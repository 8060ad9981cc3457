"""An org whose process is killed, as by a power cut, is whole when it is started again."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.bench.served import VERSION, Served, served
from tests.loaders.stand_in_org.front_org import keyed_objects, zipped

ROWS = 60_000
# Every hundredth name is longer than the field takes.
CONTENT = "Name\n" + "".join(
    f"Killed {n} {'x' * (300 if n % 100 == 0 else 0)}\n" for n in range(ROWS)
)
REFUSED = ROWS // 100
JOBS = "jobs/ingest"
CSV = {"Content-Type": "text/csv"}


def opened(org: Served) -> str:
    body = {"object": "Account", "operation": "insert"}
    return str(org.call("POST", JOBS, json=body).json()["id"])


def started(org: Served) -> str:
    job = opened(org)
    org.call("PUT", f"{JOBS}/{job}/batches", content=CONTENT, headers=CSV)
    org.call("PATCH", f"{JOBS}/{job}", json={"state": "UploadComplete"})
    return job


def info(org: Served, job: str) -> dict[str, object]:
    return dict(org.call("GET", f"{JOBS}/{job}").json())


def processed(org: Served, job: str) -> int:
    return int(str(info(org, job)["numberRecordsProcessed"]))


def ended(org: Served, job: str) -> dict[str, object]:
    while (found := info(org, job))["state"] in ("UploadComplete", "InProgress"):
        time.sleep(0.05)
    return found


def result(org: Served, job: str, name: str) -> list[dict[str, str]]:
    text = org.call("GET", f"{JOBS}/{job}/{name}").text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ids_in_org(org: Served) -> list[str]:
    body = {"operation": "queryAll", "query": "SELECT Id, Name FROM Account"}
    job = org.call("POST", "jobs/query", json=body).json()["id"]
    while org.call("GET", f"jobs/query/{job}").json()["state"] != "JobComplete":
        time.sleep(0.05)
    text = org.call("GET", f"jobs/query/{job}/results").text
    return [row["Id"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def check_whole(org: Served, job: str) -> None:
    """Compare rows, outcomes, counters and results of a job that was worked off to its end."""
    done = ended(org, job)
    good, bad = result(org, job, "successfulResults"), result(org, job, "failedResults")
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (
        "JobComplete", ROWS, REFUSED,
    )  # fmt: skip
    assert result(org, job, "unprocessedrecords") == []
    assert len({row["Name"] for row in good}) == len(good) == ROWS - REFUSED
    assert len({row["Name"] for row in bad}) == len(bad) == REFUSED
    assert sorted(row["sf__Id"] for row in good) == sorted(ids_in_org(org))


@pytest.mark.soak
def test_an_org_killed_twice_while_it_writes_ends_its_job_with_every_row_once(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as org:
        # The job moves on with each poll, however fast the machine is; the setting outlives a kill.
        org.http.post("/_stand_in/settings", json={"job_polls": 60})
        job = started(org)
        while (first := processed(org, job)) == 0:
            time.sleep(0.05)
        org.kill()
    assert 0 < first < ROWS
    with served(tmp_path) as org:
        while (second := processed(org, job)) <= first:
            time.sleep(0.05)
        org.kill()
    with served(tmp_path) as org:
        assert processed(org, job) >= second
        check_whole(org, job)


@pytest.mark.soak
def test_an_org_killed_before_it_begins_or_while_it_writes_results_has_them_whole(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as org:
        org.http.post("/_stand_in/fault", json={"hold_jobs": True})
        job = started(org)
        assert (info(org, job)["state"], processed(org, job)) == ("InProgress", 0)
        org.kill()
    with served(tmp_path) as org:
        while processed(org, job) < ROWS:
            pass
        org.kill()
    with served(tmp_path) as org:
        check_whole(org, job)


def test_a_job_aborted_just_before_the_kill_gives_back_its_rows_as_unprocessed(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as org:
        org.http.post("/_stand_in/fault", json={"hold_jobs": True})
        job = started(org)
        org.call("PATCH", f"{JOBS}/{job}", json={"state": "Aborted"})
        org.kill()
    with served(tmp_path) as org:
        assert ended(org, job)["state"] == "Aborted"
        assert len(result(org, job, "unprocessedrecords")) == ROWS
        assert result(org, job, "successfulResults") == []
        assert ids_in_org(org) == []


def test_an_upload_that_the_kill_cut_off_is_as_if_it_had_never_begun(tmp_path: Path) -> None:
    with served(tmp_path) as org:
        job = opened(org)

        def half() -> Iterator[bytes]:
            yield CONTENT[: len(CONTENT) // 2].encode()
            while not any((tmp_path / "uploads").glob("*")):
                time.sleep(0.01)
            org.kill()

        with pytest.raises(httpx.TransportError):
            org.call("PUT", f"{JOBS}/{job}/batches", content=half(), headers=CSV)
    with served(tmp_path) as org:
        assert list((tmp_path / "uploads").iterdir()) == []
        assert info(org, job)["state"] == "Open"
        assert "numberRecordsProcessed" not in info(org, job)
        org.call("PUT", f"{JOBS}/{job}/batches", content=CONTENT, headers=CSV)
        org.call("PATCH", f"{JOBS}/{job}", json={"state": "UploadComplete"})
        check_whole(org, job)


def test_results_of_jobs_that_were_complete_survive_the_kill(tmp_path: Path) -> None:
    with served(tmp_path) as org:
        job = started(org)
        check_whole(org, job)
        body = {"operation": "query", "query": "SELECT Name FROM Account ORDER BY Name LIMIT 5"}
        asked = org.call("POST", "jobs/query", json=body).json()["id"]
        while org.call("GET", f"jobs/query/{asked}").json()["state"] != "JobComplete":
            time.sleep(0.05)
        said = org.call("GET", f"jobs/query/{asked}/results").content
        made = org.call("POST", "sobjects/Account", json={"Name": "Before"}).json()["id"]
        org.kill()
    with served(tmp_path) as org:
        assert org.call("GET", f"jobs/query/{asked}/results").content == said
        assert len(result(org, job, "successfulResults")) == ROWS - REFUSED
        # Ids go on where they were: none is given out twice.
        again = org.call("POST", "sobjects/Account", json={"Name": "After"}).json()["id"]
        assert len({*ids_in_org(org)}) == ROWS - REFUSED + 2
        assert again > made


@pytest.mark.soak
def test_a_deploy_is_there_whole_or_not_at_all_after_the_kill(tmp_path: Path) -> None:
    objects = ("Account", "Contact", "Lead", "Opportunity", "Product2")
    options = {"deployOptions": {"singlePackage": True, "rollbackOnError": True}}
    files = {
        "json": (None, json.dumps(options), "application/json"),
        "file": ("deploy.zip", zipped(keyed_objects(*objects)), "application/zip"),
    }
    with served(tmp_path) as org:
        deploy = org.call("POST", "metadata/deployRequest", files=files).json()["id"]
        org.kill()
    path = f"/services/data/v{VERSION}/metadata/deployRequest/{deploy}"
    with served(tmp_path) as org:
        while (asked := org.http.get(path)).is_success and not asked.json()["deployResult"]["done"]:
            time.sleep(0.05)
        sets = counted(org, "PermissionSet WHERE Name = 'Clinic_Loader'")
        fields = counted(org, "FieldPermissions WHERE Field LIKE '%Clinic_Id__c'")
        assert (sets, fields) in ((0, 0), (1, len(objects)))


def counted(org: Served, what: str) -> int:
    answer = org.call("GET", "query", params={"q": f"SELECT COUNT() FROM {what}"})
    return int(answer.json()["totalSize"])

"""Contract 2.3: what a job shows at which moment, and how it moves from state to state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.loaders.contract.jobs import (
    COUNTS,
    SHORT,
    TIMES,
    close,
    ended,
    errors,
    insert,
    reaches,
    refusal,
    sent,
)
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

AROUND = ["jobType", "contentUrl", "lineEnding", "columnDelimiter"]
KEYED = [*SHORT[:7], "externalIdFieldName", *SHORT[7:]]
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")


def keys(org: OrgClient, job: str) -> list[str]:
    return list(org.data("GET", f"jobs/ingest/{job}").json())


@pytest.mark.contract("2.3-1", "2.3-2", "2.3-3", "2.3-4", "2.3-5", "2.3-6", "2.3-7", "2.3-8")
def test_each_moment_of_a_job_shows_its_own_keys_in_their_order(org: OrgClient) -> None:
    body = {"object": THING, "operation": "upsert", "externalIdFieldName": "key__c"}
    created = org.data("POST", "jobs/ingest", json=body).json()
    assert list(created) == [*KEYED, "contentUrl", "lineEnding", "columnDelimiter"]
    job = created["id"]
    assert re.fullmatch(r"750\w{15}", job)
    assert created["contentUrl"] == f"services/data/v67.0/jobs/ingest/{job}/batches"
    assert (created["apiVersion"], created["externalIdFieldName"]) == (67.0, "Key__c")
    assert isinstance(created["apiVersion"], float)
    assert DATE.fullmatch(created["createdDate"])
    assert DATE.fullmatch(created["systemModstamp"])
    assert keys(org, job) == [*KEYED, *AROUND, *TIMES]
    org.upload(job, b"Key__c\n")
    assert keys(org, job) == [*KEYED, *AROUND, *COUNTS, *TIMES]
    closed = close(org, job).json()
    assert list(closed) == KEYED
    assert closed["state"] == "UploadComplete"
    done = ended(org, job)
    assert list(done) == [*KEYED, "jobType", "lineEnding", "columnDelimiter", *COUNTS, *TIMES]
    assert (done["jobType"], done["concurrencyMode"]) == ("V2Ingest", "Parallel")


@pytest.mark.contract("2.3-4", "2.3-5")
def test_aborted_and_failed_jobs_show_theirs(org: OrgClient) -> None:
    job = org.open_job(THING, "insert")
    assert list(close(org, job, "Aborted").json()) == SHORT
    failed = ended(org, sent(org, THING, "insert", b"Nothing__c\nx\n"))
    assert list(failed)[-1] == "errorMessage"
    assert "contentUrl" not in failed


@pytest.mark.contract("2.3-8")
def test_x_prettyprint_indents_and_changes_nothing_else(org: OrgClient) -> None:
    job = org.open_job(THING, "insert")
    plain = org.data("GET", f"jobs/ingest/{job}")
    pretty = org.data("GET", f"jobs/ingest/{job}", headers={"X-PrettyPrint": "1"})
    assert "\n" not in plain.text
    assert '\n  "id"' in pretty.text
    assert list(json.loads(pretty.text).items()) == list(plain.json().items())


@pytest.mark.contract("2.3-9", "2.11-7")
def test_what_is_processed_counts_the_failures_too(org: OrgClient) -> None:
    done = insert(org, "Title__c,Kind__c", "Good,One", "Bad,Three")
    assert done.info["state"] == "JobComplete"
    assert [done.info[name] for name in COUNTS] == [2, 1]
    assert (len(done.successful), len(done.failed), len(done.unprocessed)) == (1, 1, 0)


@pytest.mark.contract("2.3-10", "2.12-2")
def test_a_file_without_rows_completes_with_nothing_processed(org: OrgClient) -> None:
    done = insert(org, "Title__c")
    assert (done.info["state"], done.info["numberRecordsProcessed"]) == ("JobComplete", 0)


@pytest.mark.contract("2.3-11")
def test_system_modstamp_moves_with_every_change(org: OrgClient) -> None:
    job = org.open_job(THING, "insert")

    def stamp() -> str:
        return str(org.data("GET", f"jobs/ingest/{job}").json()["systemModstamp"])

    stamps = [stamp()]
    org.upload(job, b"Title__c\nMoved\n")
    stamps.append(stamp())
    close(org, job)
    stamps.append(str(ended(org, job)["systemModstamp"]))
    assert stamps == sorted(stamps)
    assert stamps[0] < stamps[-1]


@pytest.mark.contract("2.3-12")
def test_what_is_not_there_is_said_in_an_array(org: OrgClient) -> None:
    unknown = "750000000000001AAA"
    job = org.open_job(THING, "insert")
    for method, path in (
        ("GET", f"jobs/ingest/{unknown}"),
        ("DELETE", f"jobs/ingest/{unknown}"),
        ("GET", f"jobs/ingest/{unknown}/successfulResults"),
        ("GET", f"jobs/query/{job}"),
    ):
        answer = org.data(method, path)
        assert answer.status_code == 404, path
        assert answer.json() == [
            {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
        ]


@pytest.mark.contract("2.3-13")
@pytest.mark.both_ways("likely_texts", True, False)
def test_a_job_at_its_end_cannot_be_aborted(org: OrgClient, way: bool) -> None:
    done = insert(org, "Title__c", "Done")
    status, code, message = refusal(close(org, str(done.info["id"]), "Aborted"))
    assert (status, code) == (400, "INVALIDJOBSTATE")
    assert (message == "Aborting already Completed Job not allowed") is way
    assert org.data("DELETE", f"jobs/ingest/{done.info['id']}").status_code == 204


@pytest.mark.contract("2.3-14")
@pytest.mark.stand_in_only
def test_a_job_under_way_can_be_aborted_and_writes_nothing_more(
    org: OrgClient, held_jobs: Callable[[], None]
) -> None:
    job = sent(org, THING, "insert", b"Title__c\nNever written\n")
    reaches(org, f"jobs/ingest/{job}", "InProgress")
    assert "contentUrl" not in org.data("GET", f"jobs/ingest/{job}").json()
    assert close(org, job, "Aborted").status_code == 200
    held_jobs()
    done = org.finished(job)
    assert done.info["state"] == "Aborted"
    assert [row["Title__c"] for row in done.unprocessed] == ["Never written"]


@pytest.mark.contract("2.3-14")
@pytest.mark.stand_in_only
def test_a_job_that_fails_half_way_keeps_what_it_wrote(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    mine = [key(f"half{n}") for n in range(5)]
    org.fault(fail_job={"after_rows": 3, "message": "InternalServerError : stopped"})
    done = insert(org, "Key__c", *mine)
    assert (done.info["state"], done.info["errorMessage"]) == (
        "Failed",
        "InternalServerError : stopped",
    )
    assert [done.info[name] for name in COUNTS] == [3, 0]
    assert [row["Key__c"] for row in done.unprocessed] == mine[3:]
    quoted = ", ".join(f"'{one}'" for one in mine)
    kept = org.records(f"SELECT Id FROM {THING} WHERE Key__c IN ({quoted})")
    assert {record["Id"] for record in kept} == {row["sf__Id"] for row in done.successful}


@pytest.mark.contract("2.3-14")
@pytest.mark.stand_in_only
def test_only_the_owner_or_who_manages_data_integrations_aborts(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    site = org.running.site
    (profile,) = org.records("SELECT Id FROM Profile WHERE Name = 'Standard User'")
    other = org.data(
        "POST",
        "sobjects/User",
        json={
            "Username": f"{key('other')}@contract.invalid",
            "LastName": "Other", "Alias": "other",
            "Email": "other@contract.invalid", "ProfileId": profile["Id"],
            "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US",
            "EmailEncodingKey": "UTF-8",
            "LanguageLocaleKey": "en_US",
        },
    ).json()["id"]  # fmt: skip
    theirs = {"Authorization": f"Bearer {site.sessions.issue(other)}"}
    mine = org.open_job("Product2", "insert")
    path, aborted = f"jobs/ingest/{mine}", {"state": "Aborted"}
    refused = org.data("PATCH", path, json=aborted, headers=theirs)
    assert refusal(refused)[:2] == (403, "INSUFFICIENT_ACCESS")
    body = {"object": "Product2", "operation": "insert"}
    own = org.data("POST", "jobs/ingest", json=body, headers=theirs).json()["id"]
    assert org.data("PATCH", f"jobs/ingest/{own}", json=aborted).status_code == 200
    assert org.data("PATCH", path, json=aborted).status_code == 200
    assert errors(insert(org, "Title__c", "Still")) == []

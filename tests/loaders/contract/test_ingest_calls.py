"""Contract 2.1: the calls of an ingest job, what each takes and answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from loaders.stand_in_org.settings import Settings
from tests.loaders.contract.jobs import close, ended, insert, parsed, raw, reaches, refusal, sent
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient

JOB = {"object": THING, "operation": "insert"}


@pytest.mark.contract("2.1-1", "2.1-12")
@pytest.mark.stand_in_only
def test_every_request_counts_and_needs_its_token(org: OrgClient) -> None:
    def used() -> int:
        header = org.data("GET", "jobs/ingest?jobType=Classic").headers["sforce-limit-info"]
        return int(header.removeprefix("api-usage=").split("/")[0])

    before = used()
    org.data("POST", "jobs/ingest", json=JOB)
    assert used() == before + 2
    nobody = org.data("GET", "jobs/ingest", headers={"Authorization": "Bearer 00Dnobody!x"})
    assert refusal(nobody)[:2] == (401, "INVALID_SESSION_ID")


@pytest.mark.contract("2.1-2", "2.1-12", "2.1-7", "2.1-8", "2.1-9")
def test_calls_tolerate_slashes_chunks_and_other_letter_case(org: OrgClient) -> None:
    created = org.data("POST", "jobs/ingest//", json=JOB)
    assert (created.status_code, created.json()["state"]) == (200, "Open")
    job = created.json()["id"]
    uploaded = org.data(
        "PUT",
        f"jobs/ingest/{job}/batches/",
        content=iter([b"Title__c\n", b"Chun", b"ked\n"]),
        headers={"content-type": "text/csv"},
    )
    assert uploaded.request.headers["transfer-encoding"] == "chunked"
    assert uploaded.status_code == 201
    org.data("PATCH", f"jobs/ingest/{job}/", json={"state": "UploadComplete"})
    assert ended(org, job)["numberRecordsProcessed"] == 1
    assert org.data("GET", f"jobs/ingest/{job}/").status_code == 200
    for results in ("successfulResults", "failedResults", "unprocessedrecords"):
        for spelling in (results, results.lower() + "/", results.upper()):
            answer = org.data(
                "GET", f"jobs/ingest/{job}/{spelling}", headers={"Accept": "text/csv"}
            )
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/csv")
    # As simple-salesforce spells it.
    assert org.data("GET", f"jobs/ingest/{job}/unprocessedRecords").status_code == 200


@pytest.mark.contract("2.1-3", "2.5-11")
def test_a_multipart_job_starts_at_once_with_at_most_100_000_characters(
    org: OrgClient, key: Callable[[str], str]
) -> None:
    def create(content: str, job: str = f'{{"object":"{THING}","operation":"insert"}}') -> object:
        return org.data(
            "POST",
            "jobs/ingest",
            files={
                "job": (None, job, "application/json"),
                "content": ("content", content.encode(), "text/csv"),
            },
        )

    # Characters, not bytes: two bytes each, and one row over 131,072 bytes would be too long.
    line = "é" * 999 + "\n"
    whole = "Long__c\n" + line * 99
    whole += "é" * (100_000 - len(whole) - 1) + "\n"
    answer = create(whole)
    assert (answer.status_code, answer.json()["state"]) == (200, "UploadComplete")
    assert ended(org, answer.json()["id"])["numberRecordsProcessed"] == 100
    over = create(whole + "\n")
    assert refusal(over)[:2] == (400, "INVALIDJOB")


@pytest.mark.contract("2.1-4", "2.2-1")
def test_an_upload_is_taken_unread_and_once(org: OrgClient) -> None:
    job = org.open_job(THING, "insert")
    answer = org.upload(job, b"garbage,not a header\n")
    assert (answer.status_code, answer.content) == (201, b"")
    assert refusal(org.upload(job, b"Title__c\nTwice\n"))[:2] == (400, "INVALIDJOBSTATE")
    other = org.data("PUT", f"jobs/ingest/{org.open_job(THING, 'insert')}/batches", content=b"x",
                     headers={"Content-Type": "application/json"})  # fmt: skip
    assert other.status_code in (400, 415)


@pytest.mark.contract("2.1-5", "2.3-14")
def test_a_job_is_handed_in_once_and_only_with_data(org: OrgClient) -> None:
    job = org.open_job(THING, "insert")
    assert refusal(close(org, job))[:2] == (400, "INVALIDJOBSTATE")
    org.upload(job, b"Title__c\nOnce\n")
    assert close(org, job).status_code == 200
    assert refusal(close(org, job))[:2] == (400, "INVALIDJOBSTATE")
    odd = org.data("PATCH", f"jobs/ingest/{job}", json={"state": "InProgress"})
    assert odd.status_code == 400
    assert len(org.finished(job).successful) == 1


@pytest.mark.contract("2.1-6", "2.1-7")
def test_a_job_is_asked_for_until_its_results_are_there(org: OrgClient) -> None:
    done = insert(org, "Title__c", "Asked")
    assert done.info["state"] == "JobComplete"
    found = parsed(raw(org, done.info["id"], "successfulResults"))
    assert [row["Title__c"] for row in found] == ["Asked"]


@pytest.mark.contract("2.1-10", "2.3-13", "2.3-14")
def test_an_open_job_is_aborted_before_it_is_deleted(org: OrgClient) -> None:
    job = org.open_job(THING, "insert")
    assert refusal(org.data("DELETE", f"jobs/ingest/{job}")) == (
        400,
        "API_ERROR",
        "Error encountered when deleting the job because the job is not terminated",
    )
    assert close(org, job, "Aborted").json()["state"] == "Aborted"
    assert refusal(close(org, job, "Aborted"))[:2] == (400, "INVALIDJOBSTATE")
    assert org.data("DELETE", f"jobs/ingest/{job}").status_code == 204
    assert refusal(org.data("GET", f"jobs/ingest/{job}"))[:2] == (404, "NOT_FOUND")


@pytest.mark.contract("2.1-10", "2.4-1")
@pytest.mark.stand_in_only
def test_a_job_that_waits_its_turn_can_be_deleted(
    org: OrgClient, held_jobs: Callable[[], None]
) -> None:
    first = sent(org, THING, "insert", b"Title__c\nFirst\n")
    second = sent(org, THING, "insert", b"Title__c\nNever\n")
    reaches(org, f"jobs/ingest/{first}", "InProgress")
    assert refusal(org.data("DELETE", f"jobs/ingest/{first}"))[:2] == (400, "API_ERROR")
    assert org.data("DELETE", f"jobs/ingest/{second}").status_code == 204
    held_jobs()
    assert ended(org, first)["state"] == "JobComplete"
    assert org.records(f"SELECT Id FROM {THING} WHERE Title__c = 'Never'") == []


@pytest.mark.contract("2.1-11")
@pytest.mark.stand_in_only
def test_jobs_are_listed_page_by_page(org: OrgClient, settings: Callable[..., None]) -> None:
    assert Settings().job_list_rows == 1_000
    settings(job_list_rows=2)
    mine = [org.open_job(THING, "insert") for _ in range(3)]
    asked = org.data(
        "POST", "jobs/query", json={"operation": "query", "query": "SELECT Id FROM Account"}
    )
    listed: list[str] = []
    path = "/services/data/v67.0/jobs/ingest?jobType=V2Ingest"
    while path:
        page = org.http.get(path).json()
        assert len(page["records"]) <= 2
        assert {one["jobType"] for one in page["records"]} <= {"V2Ingest"}
        listed += [one["id"] for one in page["records"]]
        assert page["done"] is (page["nextRecordsUrl"] is None)
        path = page["nextRecordsUrl"]
    assert set(mine) <= set(listed)
    assert len(set(listed)) == len(listed)
    assert asked.json()["id"] not in listed


@pytest.mark.contract("2.1-11", "3-7")
def test_jobs_are_listed_with_query_jobs_unless_a_type_is_given(org: OrgClient) -> None:
    ingest = org.open_job(THING, "insert")
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    asked = org.data("POST", "jobs/query", json=body).json()["id"]
    for filters, wanted in (
        ("", {ingest, asked}),
        ("jobType=V2Ingest", {ingest}),
        ("jobType=V2Query", {asked}),
        ("jobType=Classic", set()),
        ("jobType=BigObjectIngest", set()),
        ("concurrencyMode=parallel", {ingest, asked}),
        ("isPkChunkingEnabled=false&jobType=V2Ingest", {ingest}),
    ):
        page = org.data("GET", f"jobs/ingest?{filters}").json()
        assert list(page) == ["done", "records", "nextRecordsUrl"]
        assert {one["id"] for one in page["records"]} & {ingest, asked} == wanted, filters

"""Contract 3: query jobs."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.loaders.contract.jobs import SHORT, insert, made, parsed, reaches, refusal
from tests.loaders.contract.schema import THING
from tests.loaders.stand_in_org.front_org import OrgClient


def create(org: OrgClient, soql: str, operation: str = "query", **more: str) -> dict[str, object]:
    body = {"operation": operation, "query": soql, **more}
    answer = org.data("POST", "jobs/query", json=body, headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def finished(org: OrgClient, soql: str, operation: str = "query", **more: str) -> str:
    path = f"jobs/query/{create(org, soql, operation, **more)['id']}"
    reaches(org, path, "JobComplete")
    return path


def page(org: OrgClient, path: str, **arguments: object) -> httpx.Response:
    answer = org.data("GET", f"{path}/results", params=arguments)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.fixture(scope="module")
def things(org: OrgClient) -> str:
    """A title that five records have."""
    rows = (f"Paged,{n}" for n in range(5))
    assert not insert(org, "Title__c,Amount__c", *rows).failed
    return "Title__c = 'Paged'"


@pytest.mark.contract("3-1", "3-2")
def test_a_query_job_starts_at_once_and_shows_its_keys(org: OrgClient, things: str) -> None:
    created = create(org, f"SELECT Id FROM {THING} WHERE {things}", contentType="CSV")
    assert list(created) == [*SHORT, "lineEnding", "columnDelimiter"]
    assert created["state"] == "UploadComplete"
    path = f"jobs/query/{created['id']}"
    info = reaches(org, path, "JobComplete")
    assert list(info) == [
        *SHORT, "jobType", "lineEnding", "columnDelimiter", "numberRecordsProcessed", "retries",
        "totalProcessingTime", "isPkChunkingSupported",
    ]  # fmt: skip
    assert (info["jobType"], info["numberRecordsProcessed"]) == ("V2Query", 5)
    assert info["isPkChunkingSupported"] is True


@pytest.mark.contract("3-3", "3-9", "3-8")
def test_pages_repeat_the_header_until_the_locator_says_null(org: OrgClient, things: str) -> None:
    path = finished(org, f"SELECT Amount__c, Id FROM {THING} WHERE {things} ORDER BY Amount__c")
    amounts: list[str] = []
    locator: str | None = None
    while locator != "null":
        more = {} if locator is None else {"locator": locator}
        answer = page(org, path, maxRecords=2, **more)
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.text.startswith('"Amount__c","Id"\n')
        rows = parsed(answer.text)
        assert answer.headers["Sforce-NumberOfRecords"] == str(len(rows))
        amounts += [row["Amount__c"] for row in rows]
        locator = answer.headers["Sforce-Locator"]
    assert [float(one) for one in amounts] == [0, 1, 2, 3, 4]
    whole = page(org, path)
    assert (whole.headers["Sforce-Locator"], len(parsed(whole.text))) == ("null", 5)
    other = org.http.get(f"/services/data/v60.0/{path}/results")
    assert other.status_code == 409


@pytest.mark.contract("3-4", "3-9")
@pytest.mark.stand_in_only
def test_result_pages_are_listed_five_at_a_time(
    org: OrgClient, things: str, settings: Callable[..., None]
) -> None:
    path = finished(org, f"SELECT Amount__c FROM {THING} WHERE {things} ORDER BY Amount__c")
    # By default one page: a client breaks on a second one.
    assert org.data("GET", f"{path}/resultPages").json()["done"] is True
    settings(query_page_rows=1)
    insert(org, "Title__c,Amount__c", "Paged,5", "Paged,6")
    path = finished(org, f"SELECT Amount__c FROM {THING} WHERE {things} ORDER BY Amount__c")
    listed = org.data("GET", f"{path}/resultPages").json()
    assert (len(listed["resultPages"]), listed["done"]) == (5, False)
    rest = org.http.get(listed["nextRecordsUrl"]).json()
    assert (len(rest["resultPages"]), rest["done"], rest["nextRecordsUrl"]) == (2, True, None)
    urls = [one["resultUrl"] for one in listed["resultPages"] + rest["resultPages"]]
    found = [parsed(org.http.get(url).text)[0]["Amount__c"] for url in urls]
    assert [float(one) for one in found] == [0, 1, 2, 3, 4, 5, 6]
    assert org.http.get(f"/services/data/v57.0/{path}/resultPages").status_code == 404


@pytest.mark.contract("3-5", "3-6")
def test_a_query_job_at_its_end_is_deleted_and_not_aborted(org: OrgClient, things: str) -> None:
    path = finished(org, f"SELECT Id FROM {THING} WHERE {things}")
    aborted = org.data("PATCH", path, json={"state": "Aborted"})
    assert refusal(aborted)[:2] == (400, "INVALIDJOBSTATE")
    assert org.data("DELETE", path).status_code == 204
    assert org.data("GET", path).status_code == 404


@pytest.mark.contract("3-5", "3-6")
@pytest.mark.stand_in_only
def test_a_query_job_under_way_is_aborted_and_not_deleted(
    org: OrgClient, held_jobs: Callable[[], None]
) -> None:
    path = f"jobs/query/{create(org, 'SELECT Id FROM Account')['id']}"
    assert refusal(org.data("DELETE", path)) == (
        400,
        "API_ERROR",
        "Error encountered when deleting the job because the job is not terminated",
    )
    reaches(org, path, "InProgress")
    aborted = org.data("PATCH", path, json={"state": "Aborted"})
    assert (aborted.status_code, list(aborted.json())) == (200, SHORT)
    held_jobs()
    assert org.data("GET", path).json()["state"] == "Aborted"
    assert refusal(org.data("GET", f"{path}/results"))[:2] == (400, "INVALIDJOBSTATE")
    assert org.data("DELETE", path).status_code == 204


@pytest.mark.contract("3-7")
@pytest.mark.stand_in_only
def test_more_query_jobs_are_asked_of_ingest(org: OrgClient, settings: Callable[..., None]) -> None:
    mine = {create(org, "SELECT Id FROM Account")["id"] for _ in range(2)}
    settings(job_list_rows=1)
    first = org.data("GET", "jobs/query?jobType=V2Query&concurrencyMode=parallel").json()
    assert first["done"] is False
    assert first["nextRecordsUrl"].startswith("/services/data/v67.0/jobs/ingest?queryLocator=")
    settings(job_list_rows=1000)
    listed = org.data("GET", "jobs/query?jobType=V2Query").json()["records"]
    assert mine <= {one["id"] for one in listed}
    assert {one["jobType"] for one in listed} == {"V2Query"}


@pytest.mark.contract("3-8")
def test_values_are_quoted_and_null_is_an_empty_one(org: OrgClient) -> None:
    one = made(insert(org, "Title__c,Kind__c", '"Q ""x""",'))
    path = finished(org, f"SELECT Kind__c, Title__c, Flag__c FROM {THING} WHERE Id = '{one}'")
    assert page(org, path).text == '"Kind__c","Title__c","Flag__c"\n"","Q ""x""","false"\n'
    path = finished(org, f"SELECT Kind__c, Title__c FROM {THING} WHERE Id = '{one}'",
                    columnDelimiter="PIPE", lineEnding="CRLF")  # fmt: skip
    assert page(org, path).text == '"Kind__c"|"Title__c"\r\n""|"Q ""x"""\r\n'


@pytest.mark.contract("3-8", "3-9")
def test_no_rows_are_a_header_line(org: OrgClient) -> None:
    answer = page(org, finished(org, f"SELECT Id FROM {THING} WHERE Title__c = 'nobody'"))
    assert answer.text == '"Id"\n'
    assert (answer.headers["Sforce-Locator"], answer.headers["Sforce-NumberOfRecords"]) == (
        "null",
        "0",
    )


@pytest.mark.contract("3-1")
def test_query_all_shows_deleted_rows(org: OrgClient) -> None:
    one = made(insert(org, "Title__c", "Deleted"))
    org.job(THING, "delete", f"Id\n{one}\n")
    soql = f"SELECT Id, IsDeleted FROM {THING} WHERE Id = '{one}'"
    assert page(org, finished(org, soql)).text == '"Id","IsDeleted"\n'
    shown = page(org, finished(org, soql, "queryAll")).text
    assert shown == f'"Id","IsDeleted"\n"{one}","true"\n'
    odd = org.data("POST", "jobs/query", json={"operation": "explain", "query": soql})
    assert odd.status_code == 400


@pytest.mark.contract("3-8", "2.12-2")
@pytest.mark.parametrize(
    ("soql", "words"),
    [
        ("SELECT COUNT() FROM Account", ""),
        ("SELECT COUNT(Id) FROM Account", ""),
        ("SELECT Type FROM Account GROUP BY Type", ""),
        ("SELECT MAX(AnnualRevenue) FROM Account", ""),
        ("SELECT Id FROM Account LIMIT 5 OFFSET 3", "OFFSET"),
        ("SELECT TYPEOF Owner WHEN User THEN Email END FROM Event", "TYPEOF"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", ""),
        ("SELECT BillingAddress FROM Account", "Selecting compound data not supported"),
        ("SELECT VersionData FROM ContentVersion", "Binary"),
    ],
)  # fmt: skip
def test_what_bulk_queries_cannot_do_is_refused(org: OrgClient, soql: str, words: str) -> None:
    answer = org.data("POST", "jobs/query", json={"operation": "query", "query": soql})
    status, code, message = refusal(answer)
    assert (status, code) == (400, "API_ERROR")
    assert words in message


@pytest.mark.contract("3-8")
def test_an_order_or_a_limit_leaves_no_chunks(org: OrgClient, things: str) -> None:
    for tail in ("ORDER BY Amount__c", "LIMIT 3"):
        path = finished(org, f"SELECT Id FROM {THING} WHERE {things} {tail}")
        assert org.data("GET", path).json()["isPkChunkingSupported"] is False

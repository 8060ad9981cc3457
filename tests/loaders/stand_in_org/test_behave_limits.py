"""Limits that are reached: requests, batches, storage, long requests (contract 1.4, 2.5, 6)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

SPENT = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        client.settings(duplicate_rules=False)
        yield client


@pytest.fixture
def org(served: OrgClient) -> Iterator[OrgClient]:
    yield served
    shown = served.http.get("/_stand_in/settings").json()
    served.settings(**{n: None for n in shown if not shown[n]["only_at_start"]})
    served.settings(duplicate_rules=False)


def limit(org: OrgClient, name: str) -> dict[str, int]:
    return dict(org.data("GET", "limits").json()[name])


def test_requests_count_down_to_nothing_and_then_every_one_is_refused(org: OrgClient) -> None:
    used = limit(org, "DailyApiRequests")
    spent = used["Max"] - used["Remaining"]
    org.settings(daily_api_requests=spent + 3)
    answers = [org.data("GET", "limits") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 403]
    left = [answer.json()["DailyApiRequests"]["Remaining"] for answer in answers[:3]]
    assert left == [2, 1, 0]
    assert answers[2].headers["sforce-limit-info"] == f"api-usage={spent + 3}/{spent + 3}"
    assert answers[3].json() == SPENT
    soap = httpx.post(
        f"{org.running.http}/services/Soap/m/67.0",
        content='<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns="http://soap.sforce.com/2006/04/metadata"><e:Header><SessionHeader><sessionId>'
        f"{org.running.token}</sessionId></SessionHeader></e:Header><e:Body><describeMetadata>"
        "<asOfVersion>67.0</asOfVersion></describeMetadata></e:Body></e:Envelope>",
        headers={"Content-Type": "text/xml", "SOAPAction": '""'},
    )
    assert (soap.status_code, "sf:REQUEST_LIMIT_EXCEEDED" in soap.text) == (500, True)
    org.settings(daily_api_requests=None)
    assert org.data("GET", "limits").status_code == 200


def test_rows_of_a_batch_over_the_allowance_are_in_no_result_set(org: OrgClient) -> None:
    used = limit(org, "DailyBulkApiBatches")
    org.settings(daily_bulk_batches=used["Max"] - used["Remaining"] + 1)
    assert len(org.job("Account", "insert", "Name\nB1\n").successful) == 1
    assert limit(org, "DailyBulkApiBatches")["Remaining"] == 0
    done = org.job("Account", "insert", "Name\nB2\nB3\n")
    assert (done.successful, done.failed, done.unprocessed) == ([], [], [])
    assert org.records("SELECT Id FROM Account WHERE Name = 'B2'") == []
    org.settings(daily_bulk_batches=None)
    assert len(org.job("Account", "insert", "Name\nB2\n").successful) == 1


def test_rows_over_the_daily_rows_are_not_written_either(org: OrgClient) -> None:
    org.settings(daily_bulk_rows=0)
    assert org.job("Account", "insert", "Name\nR1\n").successful == []


def test_query_jobs_and_their_results_are_rationed(org: OrgClient) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    for name in ("daily_query_jobs", "daily_query_mb"):
        org.settings(**{name: 0})
        assert org.data("POST", "jobs/query", json=body).status_code >= 400, name
        org.settings(**{name: None})
        assert org.data("POST", "jobs/query", json=body).status_code == 200, name


def test_storage_may_be_overdrawn_by_so_much(org: OrgClient) -> None:
    def insert(count: int) -> int:
        content = "Name\n" + "".join(f"Stored {n}\n" for n in range(count))
        done = org.job("Account", "insert", content)
        assert {row["sf__Error"] for row in done.failed} <= {
            "STORAGE_LIMIT_EXCEEDED:storage limit exceeded:--"
        }
        return len(done.successful)

    before = int(org.query("SELECT COUNT() FROM Account").json()["totalSize"])
    org.settings(data_storage_mb=1)
    assert insert(600) == 512 - before
    org.settings(storage_overdraft_percent=10)
    assert insert(100) == 512 * 110 // 100 - 512


def test_files_have_a_storage_of_their_own(org: OrgClient) -> None:
    def upload() -> httpx.Response:
        file = {"PathOnClient": "f.txt", "VersionData": "YWJj"}
        return org.data("POST", "sobjects/ContentVersion", json=file)

    org.settings(file_storage_mb=0)
    refused = upload()
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "STORAGE_LIMIT_EXCEEDED")
    org.settings(file_storage_mb=None)
    assert upload().status_code == 201


def test_storage_figures_lag_behind(org: OrgClient) -> None:
    org.settings(data_storage_mb=1000, storage_lag_seconds=3600)
    before = limit(org, "DataStorageMB")["Remaining"]
    names = "".join(f"Lag {n}\n" for n in range(600))
    assert len(org.job("Account", "insert", f"Name\n{names}").successful) == 600
    assert limit(org, "DataStorageMB")["Remaining"] == before
    org.settings(storage_lag_seconds=0)
    assert limit(org, "DataStorageMB")["Remaining"] < before


def test_too_many_long_requests_at_once_are_refused(org: OrgClient) -> None:
    org.settings(long_requests=1, long_request_seconds=0)
    org.fault(request={"do": "wait", "seconds": 1.5, "path": "/recordCount$"})
    slow = threading.Thread(target=org.data, args=("GET", "limits/recordCount?sObjects=Account"))
    slow.start()
    until = time.monotonic() + 10
    while org.http.get("/_stand_in/faults").json() != {}:
        assert time.monotonic() < until
    refused = org.data("GET", "limits")
    slow.join()
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert "ConcurrentRequests" in refused.json()[0]["message"]
    assert org.data("GET", "limits").status_code == 200


def test_users_end_with_the_licences(org: OrgClient) -> None:
    org.settings(user_licences=1)
    refused = org.http.post("/_stand_in/act", json={"do": "empty_bin", "as": "n@clinic.invalid"})
    assert refused.json()[0]["errorCode"] == "LICENSE_LIMIT_EXCEEDED"
    org.settings(user_licences=2)
    made = org.http.post("/_stand_in/act", json={"do": "empty_bin", "as": "n@clinic.invalid"})
    assert made.status_code == 200

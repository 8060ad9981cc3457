"""Faults that hit requests: cut off, refused, slowed, answered by a process that dies."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

CREATE = {"method": "POST", "path": "/sobjects/Account$"}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


@pytest.fixture(autouse=True)
def _calm(org: OrgClient) -> Iterator[None]:
    yield
    org.fault(request=None, unavailable=None)


def create(org: OrgClient, name: str) -> httpx.Response:
    return org.data("POST", "sobjects/Account", json={"Name": name})


def count(org: OrgClient, name: str) -> int:
    soql = f"SELECT COUNT() FROM Account WHERE Name = '{name}'"
    return int(org.query(soql).json()["totalSize"])


@pytest.mark.parametrize(("when", "written"), [("before", 0), ("after", 1), ("middle", 1)])
def test_a_connection_is_cut_before_or_after_the_request_is_handled(
    org: OrgClient, when: str, written: int
) -> None:
    org.fault(request={"do": "cut", "when": when, **CREATE})
    with pytest.raises(httpx.TransportError):
        create(org, f"Cut {when}")
    assert count(org, f"Cut {when}") == written
    assert create(org, f"Cut {when}").status_code == 201


def test_an_answer_that_is_cut_in_the_middle_arrives_in_part(org: OrgClient) -> None:
    org.fault(request={"do": "cut", "when": "middle", "path": "/describe$"})
    received = bytearray()

    def receive(answer: httpx.Response) -> None:
        for piece in answer.iter_raw():
            received.extend(piece)

    path = "/services/data/v67.0/sobjects/Account/describe"
    with org.http.stream("GET", path) as answer:
        with pytest.raises(httpx.RemoteProtocolError):
            receive(answer)
        assert answer.status_code == 200
        assert 0 < len(received) < int(answer.headers["content-length"])


def test_the_nth_request_that_fits_is_hit_as_often_as_told(org: OrgClient) -> None:
    org.fault(request={"do": "refuse", "status": 502, "nth": 2, "times": 2, **CREATE})
    org.data("GET", "limits")
    codes = [create(org, "Nth").status_code for _ in range(4)]
    assert codes == [201, 502, 502, 201]
    assert count(org, "Nth") == 2


def test_a_request_can_be_refused_although_it_was_carried_out(org: OrgClient) -> None:
    refusal = {"status": 500, "code": "UNKNOWN_EXCEPTION", "message": "try later"}
    org.fault(request={"do": "refuse", "when": "after", **refusal, **CREATE})
    answer = create(org, "Refused late")
    assert (answer.status_code, answer.json()) == (
        500, [{"message": "try later", "errorCode": "UNKNOWN_EXCEPTION"}],
    )  # fmt: skip
    assert count(org, "Refused late") == 1


def test_a_long_upload_is_read_before_it_is_refused(org: OrgClient) -> None:
    job = org.open_job("Account", "insert")
    org.fault(unavailable={"path": "/batches$"})
    content = b"Name\n" + b"x\n" * 2_000_000
    assert [org.upload(job, content).status_code for _ in range(2)] == [503, 201]


def test_https_is_cut_as_http_is(org: OrgClient) -> None:
    trusted = ssl.create_default_context(cafile=str(org.running.authority))
    headers = {"Authorization": f"Bearer {org.running.token}"}
    address = f"{org.running.https}/services/data/v67.0/limits"
    with httpx.Client(verify=trusted, headers=headers) as client:
        for when in ("before", "after", "middle"):
            org.fault(request={"do": "cut", "when": when, "path": "/limits$"})
            with pytest.raises(httpx.TransportError):
                client.get(address)
        assert client.get(address).status_code == 200


def test_several_faults_wait_side_by_side_and_are_listed(org: OrgClient) -> None:
    org.fault(
        request=[{"do": "wait", "seconds": 0.2, **CREATE}, {"do": "refuse", **CREATE, "nth": 2}],
        unavailable={"path": "/limits"},
    )
    pending = org.http.get("/_stand_in/faults").json()
    assert [one["do"] for one in pending["request"]] == ["wait", "refuse"]
    assert pending["unavailable"] == [{"times": 1, "path": "/limits"}]
    started = time.monotonic()
    assert create(org, "Slow").status_code == 201
    assert time.monotonic() - started >= 0.2
    assert create(org, "Slow").status_code == 500
    assert org.data("GET", "limits").status_code == 503
    assert org.http.get("/_stand_in/faults").json() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"request": {"do": "explode"}},
        {"request": {"do": "cut", "path": "("}},
        {"request": {"do": "cut", "nth": 0}},
        {"request": {"do": "cut", "colour": "red"}},
        {"request": {"do": "kill"}},
        {"request": {"do": "refuse", "when": "middle"}},
        {"fail_job": {"kill": True}},
        {"drop_results": 3},
        {"drop_results": {"rows": "all"}},
    ],
)
def test_a_fault_that_cannot_be_is_refused(org: OrgClient, wrong: dict[str, object]) -> None:
    refused = org.http.post("/_stand_in/fault", json=wrong)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_FAULT")
    assert org.http.get("/_stand_in/faults").json() == {}


def test_requests_are_counted_and_named_without_what_they_carry(org: OrgClient) -> None:
    was = org.http.get("/_stand_in/requests").json()
    before = was["count"]
    create(org, "Counted")
    org.query("SELECT Id FROM Account LIMIT 1")
    org.fault(request={"do": "cut", "path": "/limits"})
    with pytest.raises(httpx.TransportError):
        org.data("GET", "limits")
    shown = org.http.get("/_stand_in/requests", params={"since": before}).json()
    assert (shown["count"], shown["rows"]) == (before + 3, was["rows"] + 1)
    assert [(one["method"], one["path"], one["status"]) for one in shown["log"]] == [
        ("POST", "/services/data/v67.0/sobjects/Account", 201),
        ("GET", "/services/data/v67.0/query", 200),
        ("GET", "/services/data/v67.0/limits", None),
    ]


def test_steering_the_org_costs_no_api_request(org: OrgClient) -> None:
    def used() -> str:
        return org.data("GET", "limits").headers["sforce-limit-info"].split("=")[1].split("/")[0]

    before = int(used())
    org.http.get("/_stand_in/settings")
    assert int(used()) == before + 1


@pytest.mark.parametrize(("when", "written"), [("before", 0), ("after", 1)])
def test_a_server_kills_itself_before_or_after_a_request(
    tmp_path: Path, when: str, written: int
) -> None:
    command = [sys.executable, "-m", "loaders.stand_in_org", "serve", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        ready = json.loads(served.stdout.readline())
        headers = {"Authorization": f"Bearer {ready['token']}"}
        with httpx.Client(base_url=ready["http"], headers=headers, timeout=60) as client:
            fault = {"request": {"do": "kill", "when": when, **CREATE}}
            assert client.post("/_stand_in/fault", json=fault).status_code == 200
            with pytest.raises(httpx.TransportError):
                client.post("/services/data/v67.0/sobjects/Account", json={"Name": "Last"})
        assert served.wait(timeout=10) == -9
    with serving(tmp_path) as org:
        assert count(org, "Last") == written

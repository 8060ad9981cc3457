"""The checklist of clients.md over http and over https, point by point, and the contract's."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import httpx
import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving

Scheme = Literal["http", "https"]
DATA = "/services/data/v67.0"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        give_keys(client, "Account", "Contact")
        yield client


@contextmanager
def client_of(
    org: OrgClient, scheme: Scheme, *, token: str | None = None
) -> Iterator[httpx.Client]:
    running = org.running
    with httpx.Client(
        base_url=running.https if scheme == "https" else running.http,
        headers={} if token is None else {"Authorization": f"Bearer {token}"},
        verify=ssl.create_default_context(cafile=str(running.authority)),
        trust_env=False,
        timeout=60,
    ) as client:
        yield client


@pytest.fixture(params=["http", "https"])
def line(org: OrgClient, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A logged-in client over one of the schemes."""
    with client_of(org, request.param, token=org.running.token) as client:
        yield client


@pytest.fixture(params=["http", "https"])
def stranger(org: OrgClient, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client without a token."""
    with client_of(org, request.param) as client:
        yield client


def address(line: httpx.Client) -> str:
    return str(line.base_url).rstrip("/")


def test_clients_md_2_versions_ascend_to_v67_and_all_of_them_answer(line: httpx.Client) -> None:
    listed = [one["version"] for one in line.get("/services/data").json()]
    assert listed == [f"{number}.0" for number in range(50, 68)]
    for version in listed:
        answer = line.get(f"/services/data/v{version}/limits")
        assert (answer.status_code, "warning" in answer.headers) == (200, False)


@pytest.mark.parametrize(
    ("version", "status"), [("v20.0", 410), ("v21.0", 410), ("v30.0", 410), ("v31.0", 200)]
)
def test_contract_1_3_retired_versions_are_gone(
    line: httpx.Client, version: str, status: int
) -> None:
    answer = line.get(f"/services/data/{version}/limits")
    assert answer.status_code == status
    if status == 410:
        assert set(answer.json()[0]) == {"message", "errorCode"}


def test_contract_1_3_a_version_that_will_go_says_so(org: OrgClient, line: httpx.Client) -> None:
    assert line.get("/services/data/v40.0/limits").headers["warning"].startswith("299 - ")
    assert "warning" not in line.get("/services/data/v41.0/limits").headers
    org.http.post("/_stand_in/settings", json={"deprecated_before": 60})
    assert "warning" in line.get("/services/data/v59.0/limits").headers
    org.http.post("/_stand_in/settings", json={"deprecated_before": None})


def test_clients_md_3_4_the_resources_lead_to_who_one_is(
    org: OrgClient, line: httpx.Client
) -> None:
    site = org.running.site
    shown = line.get(DATA).json()
    assert shown["identity"] == f"{address(line)}/id/{site.org.org_id}/{site.org.admin_user_id}"
    identity = line.get(shown["identity"], params={"format": "json"}).json()
    info = line.get("/services/oauth2/userinfo").json()
    assert identity["user_id"] == info["user_id"] == site.org.admin_user_id
    assert identity["organization_id"] == info["organization_id"] == site.org.org_id
    assert info["sub"] == shown["identity"]
    assert info["urls"]["rest"] == f"{address(line)}/services/data/v{{version}}/"
    assert line.get(shown["query"], params={"q": "SELECT Id FROM User"}).status_code == 200


def test_clients_md_4_an_identity_also_takes_its_token_from_the_address(
    org: OrgClient, stranger: httpx.Client
) -> None:
    site = org.running.site
    path = f"/id/{site.org.org_id}/{site.org.admin_user_id}"
    asked = {"format": "json", "oauth_token": org.running.token}
    assert stranger.get(path, params=asked).json()["username"] == site.sessions.app.username
    assert stranger.get(path, params={**asked, "oauth_token": "no"}).status_code == 401


def test_clients_md_4_a_token_is_given_and_taken_back(
    org: OrgClient, stranger: httpx.Client
) -> None:
    app = org.running.site.sessions.app
    form = {"grant_type": "client_credentials"}
    given = stranger.post(
        "/services/oauth2/token", data=form, auth=(app.client_id, app.client_secret)
    ).json()
    assert given["instance_url"] == address(stranger)
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert stranger.get(f"{DATA}/limits", headers=headers).status_code == 200
    revoked = stranger.post("/services/oauth2/revoke", data={"token": given["access_token"]})
    assert (revoked.status_code, revoked.content) == (200, b"")
    after = stranger.get(f"{DATA}/limits", headers=headers)
    assert (after.status_code, after.json()) == (
        401,
        [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}],
    )


def test_contract_1_4_a_malformed_header_is_not_an_expired_session(
    stranger: httpx.Client,
) -> None:
    answer = stranger.get(f"{DATA}/limits", headers={"Authorization": "nonsense"})
    assert (answer.status_code, answer.json()) == (
        401,
        [{"message": "INVALID_HEADER_TYPE", "errorCode": "INVALID_AUTH_HEADER"}],
    )


def chunks(content: bytes) -> Iterator[bytes]:
    """Without a length httpx sends a body in chunks."""
    for start in range(0, len(content), 7):
        yield content[start : start + 7]


def test_clients_md_5_chunked_bodies_missing_content_types_and_double_slashes(
    line: httpx.Client,
) -> None:
    body = b'{"object": "Account", "operation": "insert"}'
    made = line.post(f"{DATA}/jobs/ingest//", content=chunks(body))
    assert made.request.headers["transfer-encoding"] == "chunked"
    assert "content-type" not in made.request.headers
    job = f"{DATA}/jobs/ingest/{made.json()['id']}"
    # Headers come back as they were written, values always quoted (contract 2.9).
    rows = '"Name"\n"Chunked; ""row"" é"\n'.encode()
    csv = {"Content-Type": "text/csv"}
    assert line.put(f"{job}/batches/", content=chunks(rows), headers=csv).status_code == 201
    closed = line.patch(f"{job}/", content=chunks(b'{"state": "UploadComplete"}'))
    assert closed.status_code == 200
    # Small jobs finish before the first poll (checklist 10).
    info = line.get(job).json()
    assert (info["state"], info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (
        "JobComplete",
        1,
        0,
    )
    good = line.get(f"{job}//SUCCESSFULresults/").text
    assert good.splitlines()[0] == '"sf__Id","sf__Created","Name"'
    assert good.splitlines()[1].endswith(',"true","Chunked; ""row"" é"')
    for spelled in ("unprocessedrecords", "unprocessedRecords"):
        assert line.get(f"{job}/{spelled}").text == '"Name"\n'


def test_clients_md_7_a_query_answers_with_and_without_a_slash(line: httpx.Client) -> None:
    soql = {"q": "SELECT Id, Name FROM Profile ORDER BY Name"}
    shown = line.get(f"{DATA}/query/", params=soql).json()
    assert shown == line.get(f"{DATA}/query", params=soql).json()
    assert (shown["totalSize"], shown["done"], len(shown["records"])) == (4, True, 4)
    columns = line.get(f"{DATA}/query", params={**soql, "columns": "true"}).json()
    described = columns["columnMetadata"]
    assert [(one["columnName"], one["displayName"]) for one in described] == [
        ("Id", "Id"),
        ("Name", "Name"),
    ]
    assert all(one["aggregate"] is False and one["joinColumns"] == [] for one in described)


def test_clients_md_7_query_all_shows_deleted_rows(line: httpx.Client) -> None:
    made = line.post(f"{DATA}/sobjects/Account", json={"Name": "Deleted"}).json()["id"]
    line.delete(f"{DATA}/sobjects/Account/{made}")
    soql = {"q": f"SELECT Id, IsDeleted FROM Account WHERE Id = '{made}'"}
    assert line.get(f"{DATA}/query", params=soql).json()["totalSize"] == 0
    (found,) = line.get(f"{DATA}/queryAll", params=soql).json()["records"]
    assert found["IsDeleted"] is True


def test_clients_md_8_composite_resources_and_limits_answer(line: httpx.Client) -> None:
    step = {"method": "GET", "url": f"{DATA}/sobjects/Account", "referenceId": "a"}
    assert line.post(f"{DATA}/composite", json={"compositeRequest": [step]}).status_code == 200
    record = {"attributes": {"type": "Account"}, "Name": "x", "Clinic_Id__c": "check:1"}
    many = line.post(f"{DATA}/composite/sobjects", json={"records": [{**record}]})
    assert many.json()[0]["success"] is True
    path = f"{DATA}/composite/sobjects/Account/Clinic_Id__c"
    assert line.patch(path, json={"records": [record]}).json()[0]["created"] is False
    counts = line.get(f"{DATA}/limits/recordCount", params={"sObjects": "Profile"}).json()
    assert counts["sObjects"] == [{"count": 4, "name": "Profile"}]
    line.delete(f"{DATA}/sobjects/Account/Clinic_Id__c/check%3A1")


def test_clients_md_11_small_answers_do_not_wait_for_acknowledgements(
    line: httpx.Client,
) -> None:
    took = []
    for _ in range(15):
        started = time.perf_counter()
        line.get(f"{DATA}/sobjects/Profile?fields=Id")
        took.append(time.perf_counter() - started)
    # Nagle's algorithm would hold each back for the 40 ms of a delayed acknowledgement; a busy
    # machine delays some of them, too, but not all.
    assert min(took) < 0.04


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{DATA}/limits", 200),
        ("GET", f"{DATA}/nowhere", 404),
        ("PUT", f"{DATA}/limits", 405),
        ("GET", f"{DATA}/query?q=nonsense", 400),
        ("GET", "/services/data", 200),
        ("GET", "/services/data/v30.0/limits", 410),
    ],
)
def test_clients_md_12_every_answer_says_how_much_of_the_limit_is_used(
    line: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = line.request(method, path)
    assert answer.status_code == status
    used, most = answer.headers["sforce-limit-info"].removeprefix("api-usage=").split("/")
    assert 0 < int(used) < int(most)


def test_clients_md_13_there_are_no_person_accounts(line: httpx.Client) -> None:
    asked = {"q": "SELECT Id, IsPersonAccount FROM Account"}
    answer = line.get(f"{DATA}/query", params=asked)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert "IsPersonAccount" in answer.json()[0]["message"]


@pytest.mark.parametrize(
    ("length", "header", "status"),
    [(15_000, 0, 200), (17_500, 0, 414), (60_000, 0, 414), (15_000, 3_000, 431), (0, 17_000, 431)],
)
def test_contract_4_1_an_address_and_its_headers_have_a_length(
    line: httpx.Client, length: int, header: int, status: int
) -> None:
    name = "x" * 1_000
    names = ",".join([f"'{name}'"] * max(1, length // 1_010))
    answer = line.get(
        f"{DATA}/query?q=SELECT+Id+FROM+Profile+WHERE+Name+IN+({names})",
        headers={"X-Filler": "x" * header} if header else {},
    )
    assert answer.status_code == status, answer.text
    if status != 200:
        assert set(answer.json()[0]) == {"message", "errorCode"}


def test_contract_2_9_answers_are_compressed_for_those_who_accept_it(
    org: OrgClient, line: httpx.Client
) -> None:
    path = f"{DATA}/sobjects/Account/describe"
    plain = line.get(path, headers={"Accept-Encoding": "identity"})
    packed = line.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.json() == plain.json()
    org.http.post("/_stand_in/settings", json={"compress": False})
    unpacked = line.get(path, headers={"Accept-Encoding": "gzip"})
    org.http.post("/_stand_in/settings", json={"compress": None})
    assert "content-encoding" not in unpacked.headers

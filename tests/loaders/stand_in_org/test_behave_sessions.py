"""Sessions that end: at once, after so many requests or seconds, for REST and for SOAP."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.loaders.stand_in_org.front_org import OrgClient, serving

GONE = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


@pytest.fixture
def org(served: OrgClient) -> Iterator[OrgClient]:
    yield served
    served.settings(session_seconds=None, session_requests=None)


def fresh_token(org: OrgClient) -> str:
    """Log in again by the refresh token."""
    app = org.running.site.sessions.app
    answer = httpx.post(
        f"{org.running.http}/services/oauth2/token",
        data={
            "grant_type": "refresh_token",
            "client_id": app.client_id,
            "refresh_token": app.refresh_token,
        },
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def ask(org: OrgClient, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{org.running.http}/services/data/v67.0/limits", headers=headers)


def ask_soap(org: OrgClient, token: str) -> httpx.Response:
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns="http://soap.sforce.com/2006/04/metadata"><e:Header><SessionHeader><sessionId>'
        f"{token}</sessionId></SessionHeader></e:Header><e:Body><checkDeployStatus>"
        "<asyncProcessId>0Af000000000001AAA</asyncProcessId></checkDeployStatus></e:Body>"
        "</e:Envelope>"
    )
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    return httpx.post(f"{org.running.http}/services/Soap/m/67.0", content=envelope, headers=headers)


def test_a_session_ends_after_so_many_requests_and_a_refresh_goes_on(org: OrgClient) -> None:
    org.settings(session_requests=2)
    token = fresh_token(org)
    answers = [ask(org, token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 401]
    assert answers[2].json() == GONE
    assert ask(org, fresh_token(org)).status_code == 200


def test_a_session_ends_after_a_time(org: OrgClient) -> None:
    token = fresh_token(org)
    assert ask(org, token).status_code == 200
    org.settings(session_seconds=1)
    until = time.monotonic() + 10
    while ask(org, token).status_code == 200:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert ask(org, token).json() == GONE


def test_every_session_ends_before_the_request_it_is_aimed_at(org: OrgClient) -> None:
    token = fresh_token(org)
    org.fault(request={"do": "expire", "path": "/limits$", "nth": 2})
    assert ask(org, token).status_code == 200
    assert ask(org, token).json() == GONE
    soap = ask_soap(org, token)
    assert soap.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in soap.text
    # The token of the ready line is at its end as well, but still steers the org.
    assert ask(org, org.running.token).status_code == 401
    assert org.http.get("/_stand_in/faults").status_code == 200
    found = ask_soap(org, fresh_token(org))
    assert "INVALID_SESSION_ID" not in found.text

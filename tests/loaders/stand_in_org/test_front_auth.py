"""Logging in: tokens, grants, TLS, versions, and who one is then."""

from __future__ import annotations

import base64
import json
import re
import ssl
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from loaders.stand_in_org.sessions import ConnectedApp
from loaders.stand_in_org.settings import Settings
from tests.loaders.stand_in_org.front_org import OrgClient, serving

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN = "https://login.salesforce.com"


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrgClient]:
    with serving(tmp_path_factory.mktemp("org")) as client:
        yield client


def app(org: OrgClient) -> ConnectedApp:
    described = org.running.site.org.data / "connected_app.json"
    return ConnectedApp(**json.loads(described.read_text()))


def encoded(part: object) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def assertion(org: OrgClient, *, key: bytes | None = None, **claims: object) -> str:
    registered = app(org)
    pem = key or (org.running.site.org.data / registered.private_key_file).read_bytes()
    private = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(private, rsa.RSAPrivateKey)
    said = {
        "iss": registered.client_id,
        "sub": registered.username,
        "aud": LOGIN,
        "exp": int(time.time()) + 180,
        **claims,
    }
    signed = f"{encoded({'alg': 'RS256'})}.{encoded(said)}"
    signature = private.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{encoded(signature)}"


def token(org: OrgClient, **form: str) -> httpx.Response:
    return httpx.post(f"{org.running.http}/services/oauth2/token", data=form)


def works(org: OrgClient, given: str) -> bool:
    headers = {"Authorization": f"Bearer {given}"}
    return (
        httpx.get(f"{org.running.http}/services/data/v67.0/limits", headers=headers).status_code
        == 200
    )


def test_a_token_has_the_shape_that_clients_check(org: OrgClient) -> None:
    assert re.fullmatch(r"00D\w{12,15}![.\w]*", org.running.token)


@pytest.mark.parametrize(
    "expiry",
    [
        # Worked out when the test runs, which may be long after it was collected.
        lambda: str(int(time.time()) + 180),
        lambda: int(time.time() * 1000) + 300,
        lambda: int(time.time()) - 5,
    ],
    ids=["seconds as text", "milliseconds", "just now"],
)
def test_a_signed_assertion_gives_a_token(org: OrgClient, expiry: Callable[[], object]) -> None:
    answer = token(org, grant_type=JWT, assertion=assertion(org, exp=expiry()))
    assert answer.status_code == 200, answer.text
    given = answer.json()
    assert given["instance_url"] == org.running.http
    assert given["token_type"] == "Bearer"  # noqa: S105 a word of the protocol
    assert given["issued_at"].isdigit()
    assert "refresh_token" not in given
    assert works(org, given["access_token"])
    identity = org.http.get(given["id"]).json()
    assert identity["username"] == app(org).username
    assert identity["organization_id"] == org.running.site.org.org_id


def test_other_grants_give_tokens_too(org: OrgClient) -> None:
    known = app(org)
    forms = [
        {
            "grant_type": "client_credentials",
            "client_id": known.client_id,
            "client_secret": known.client_secret,
        },
        {
            "grant_type": "refresh_token",
            "client_id": known.client_id,
            "refresh_token": known.refresh_token,
        },
        {
            "grant_type": "password",
            "client_id": known.client_id,
            "client_secret": known.client_secret,
            "username": known.username,
            "password": known.password + "securitytoken",
        },
    ]
    for form in forms:
        answer = token(org, **form)
        assert answer.status_code == 200, answer.text
        assert works(org, answer.json()["access_token"])
    basic = httpx.post(
        f"{org.running.http}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(known.client_id, known.client_secret),
    )
    assert works(org, basic.json()["access_token"])


def test_wrong_credentials_are_refused_in_the_words_clients_match(org: OrgClient) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    cases = [
        (assertion(org, aud="https://test.salesforce.com"), "audience is invalid"),
        (assertion(org, iss="nobody"), "client identifier invalid"),
        (assertion(org, sub="nobody@example.invalid"), "authentication failure"),
        (assertion(org, exp=int(time.time()) - 3600), "expired authorization code"),
        (assertion(org, key=stranger), "invalid assertion"),
        ("nonsense", "invalid assertion"),
    ]
    for sent, description in cases:
        answer = token(org, grant_type=JWT, assertion=sent)
        assert (answer.status_code, answer.json()["error_description"]) == (400, description)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "magic"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "client_id": "nobody"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", "client_id": "nobody"}, "invalid_client_id"),
        ({"grant_type": "password", "username": "x", "password": "y"}, "invalid_client_id"),
    ],
)
def test_contract_1_1_a_refused_grant_says_why_in_two_words(
    org: OrgClient, form: dict[str, str], error: str
) -> None:
    answer = token(org, **form)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.json()["error"] == error


def test_contract_1_1_known_clients_with_wrong_secrets_are_refused(
    org: OrgClient,
) -> None:
    registered = app(org)
    known = {"client_id": registered.client_id, "client_secret": registered.client_secret}
    cases = [
        ({**known, "grant_type": "client_credentials", "client_secret": "no"}, "invalid_client"),
        ({**known, "grant_type": "refresh_token", "refresh_token": "no"}, "invalid_grant"),
        (
            {**known, "grant_type": "password", "username": registered.username, "password": "no"},
            "invalid_grant",
        ),
    ]
    for form, error in cases:
        answer = token(org, **form)
        assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_sandbox_wants_the_sandbox_audience(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("box"), settings=Settings(sandbox=True)) as box:
        assert token(box, grant_type=JWT, assertion=assertion(box)).status_code == 400
        good = assertion(box, aud="https://test.salesforce.com")
        assert token(box, grant_type=JWT, assertion=good).status_code == 200
        assert box.records("SELECT IsSandbox FROM Organization")[0]["IsSandbox"] is True


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "INVALID_SESSION_ID"),
        ("Bearer 00D000000000001!wrong", "INVALID_SESSION_ID"),
        ("nonsense", "INVALID_AUTH_HEADER"),
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/services/data/v67.0/limits", "/services/oauth2/userinfo", "/_stand_in/dump", "/nowhere"],
)
def test_nothing_is_shown_without_a_good_token(
    org: OrgClient, path: str, header: str | None, code: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = httpx.get(f"{org.running.http}{path}", headers=headers)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, code)


def test_a_revoked_token_is_dead(org: OrgClient) -> None:
    given = token(org, grant_type=JWT, assertion=assertion(org)).json()["access_token"]
    assert works(org, given)
    revoked = httpx.post(f"{org.running.http}/services/oauth2/revoke", data={"token": given})
    assert revoked.status_code == 200
    assert not works(org, given)


def test_https_answers_with_a_certificate_of_the_named_authority(org: OrgClient) -> None:
    trusting = ssl.create_default_context(cafile=str(org.running.authority))
    answer = httpx.get(f"{org.running.https}/services/data", verify=trusting)
    assert answer.status_code == 200
    distrusting = ssl.create_default_context()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{org.running.https}/services/data", verify=distrusting)


def test_versions_are_listed_without_a_token_oldest_first(org: OrgClient) -> None:
    listed = httpx.get(f"{org.running.http}/services/data/").json()
    assert listed[0]["version"] == "50.0"
    assert listed[-1] == {
        "label": "Summer '26",
        "url": "/services/data/v67.0",
        "version": "67.0",
    }
    assert [one["label"] for one in listed[-4:-1]] == ["Summer '25", "Winter '26", "Spring '26"]


def test_old_versions_answer_retired_ones_are_gone(org: OrgClient) -> None:
    user = org.running.site.org.admin_user_id
    shown = org.http.get(f"/services/data/v51.0/sobjects/User/{user}").json()
    assert shown["Username"] == app(org).username
    assert org.http.get("/services/data/v30.0/limits").status_code == 410
    assert org.http.get("/services/data/v99.0/limits").status_code == 404


def test_userinfo_and_resources_say_who_and_where(org: OrgClient) -> None:
    info = org.http.get("/services/oauth2/userinfo").json()
    assert info["user_id"] == org.running.site.org.admin_user_id
    assert info["organization_id"] == org.running.site.org.org_id
    assert info["preferred_username"] == app(org).username
    resources = org.data("GET", "").json()
    assert resources["identity"].endswith(f"/{info['user_id']}")
    assert org.http.get(resources["sobjects"]).status_code == 200


def test_every_answer_says_how_much_of_the_limit_is_used(org: OrgClient) -> None:
    first = org.data("GET", "limits")
    used = re.fullmatch(r"api-usage=(\d+)/(\d+)", first.headers["sforce-limit-info"])
    assert used is not None
    limits = first.json()["DailyApiRequests"]
    assert limits["Max"] == int(used[2])
    assert limits["Remaining"] == limits["Max"] - int(used[1])
    second = org.data("GET", "nowhere").headers["sforce-limit-info"]
    assert second == f"api-usage={int(used[1]) + 1}/{used[2]}"
    counts = org.data("GET", "limits/recordCount?sObjects=Profile,Account").json()
    assert counts["sObjects"][0] == {"count": 4, "name": "Profile"}

"""The demo clinic lends a token to nobody who does not prove it as the standard asks."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx
import jwt
import pytest

from tests.extract.demo_clinic.running import Running
from tests.extract.demo_clinic.signing import CLIENT_ID, KEY_ID, Signing

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def registered(clinic: Running, signer: Signing) -> Signing:
    said = {"client_id": CLIENT_ID, "jwks": signer.jwks, "expires_in": 240}
    clinic.client.post("/_demo/clients", json=said).raise_for_status()
    return signer


def ask(clinic: Running, signer: Signing, **different: Any) -> httpx.Response:
    """Ask for a token as one should, except for what is given; None leaves a claim out."""
    claims: dict[str, Any] = {
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "aud": f"{clinic.url}/auth/token",
        "exp": time.time() + 200,
        "jti": str(uuid.uuid4()),
    }
    head = {"kid": KEY_ID, "alg": signer.algorithm}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "scope": "system/*.read",
    }
    for said in (claims, head, form):
        said.update({name: value for name, value in different.items() if name in said})
    claims = {name: value for name, value in claims.items() if value is not None}
    signed = jwt.encode(claims, signer.private, algorithm=head["alg"], headers=head)
    form["client_assertion"] = different.get("client_assertion", signed)
    return httpx.post(f"{clinic.url}/auth/token", data=form)


def test_who_proves_it_gets_a_token_that_opens_the_door(
    clinic: Running, registered: Signing
) -> None:
    lent = ask(clinic, registered).raise_for_status().json()
    assert (lent["token_type"], lent["expires_in"]) == ("bearer", 240)
    headers = {"Authorization": f"Bearer {lent['access_token']}"}
    assert httpx.get(f"{clinic.url}/Patient?_count=1", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("different", "why"),
    [
        ({"iss": "somebody-else"}, "invalid_client"),
        ({"sub": "somebody-else"}, "invalid_client"),
        ({"aud": "https://elsewhere.example/token"}, "invalid_client"),
        ({"aud": ["https://elsewhere.example/token"]}, "invalid_client"),
        ({"exp": 1_000_000_000}, "invalid_client"),
        ({"exp": 10_000_000_000}, "invalid_client"),
        ({"exp": None}, "invalid_client"),
        ({"jti": None}, "invalid_client"),
        ({"kid": "another-key"}, "invalid_client"),
        ({"client_assertion": "a.b.c"}, "invalid_client"),
        ({"scope": "user/*.*"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "other"}, "invalid_request"),
    ],
)
def test_who_does_not_gets_none(
    clinic: Running, registered: Signing, different: dict[str, Any], why: str
) -> None:
    answer = ask(clinic, registered, **different)
    assert (answer.status_code, answer.json()) == (400, {"error": why})


def test_a_signature_by_another_key_gets_none(clinic: Running, registered: Signing) -> None:
    parts = [
        jwt.encode(
            {"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": f"{clinic.url}/auth/token"}
            | {"exp": time.time() + 200, "jti": str(uuid.uuid4())},
            registered.private,
            algorithm=registered.algorithm,
            headers={"kid": KEY_ID},
        ).rsplit(".", 1)
        for _ in range(2)
    ]
    crossed = f"{parts[0][0]}.{parts[1][1]}"
    assert ask(clinic, registered, client_assertion=crossed).status_code == 400


def test_an_assertion_opens_the_door_once(clinic: Running, registered: Signing) -> None:
    jti = str(uuid.uuid4())
    assert [ask(clinic, registered, jti=jti).status_code for _ in range(2)] == [200, 400]

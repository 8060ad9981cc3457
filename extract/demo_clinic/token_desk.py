"""SMART Backend Services, strictly: who signs in time, for us, and not twice, is lent a token."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import jwt
import msgspec

ALGORITHMS = ("RS384", "ES384")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION_SECONDS = 300
SCOPES = ("system/*.read", "system/*.rs")


class NotLent(ValueError):
    """No token is lent; the text is OAuth's word for why."""


class Registration(msgspec.Struct, forbid_unknown_fields=True):
    """A client, its public keys, and how long its tokens live."""

    client_id: str
    jwks: dict[str, list[dict[str, Any]]]
    expires_in: Annotated[int, msgspec.Meta(ge=1, le=300)] = 300


@dataclass(slots=True)
class TokenDesk:
    """Who is registered, what was lent, and which assertions are used up."""

    clients: dict[str, Registration] = field(default_factory=dict)
    lent: dict[str, float] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def register(self, client: Registration) -> None:
        """Take a client on, with the keys that it has now."""
        self.clients[client.client_id] = client

    def knows(self, token: str) -> bool:
        """Tell whether a token was lent and is alive."""
        return self.lent.get(token, 0.0) > time.time()

    def revoke(self) -> None:
        """Let every lent token die."""
        self.lent.clear()

    def lend(self, form: Mapping[str, str], *, audience: str) -> dict[str, object]:
        """
        Lend a token to a client that proves who it is.

        Raises:
            NotLent: it does not.

        """
        if form.get("grant_type") != "client_credentials":
            raise NotLent("unsupported_grant_type")
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise NotLent("invalid_request")
        if form.get("scope") not in SCOPES:
            raise NotLent("invalid_scope")
        client = self.client_of(form.get("client_assertion", ""), audience=audience)
        token = secrets.token_urlsafe(24)
        self.lent[token] = time.time() + client.expires_in
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": client.expires_in,
            "scope": form["scope"],
        }

    def client_of(self, assertion: str, *, audience: str) -> Registration:
        """
        Tell whose assertion it is.

        Raises:
            NotLent: nobody's, or not a good one.

        """
        try:
            head = jwt.get_unverified_header(assertion)
            said = jwt.decode(assertion, options={"verify_signature": False})
            client = self.clients[said["iss"]]
            key = next(one for one in client.jwks["keys"] if one["kid"] == head["kid"])
            if head["alg"] not in ALGORITHMS or head["alg"] != key["alg"]:
                raise NotLent("invalid_client")
            claims = jwt.decode(
                assertion,
                jwt.PyJWK(key),
                algorithms=[head["alg"]],
                audience=audience,
                issuer=client.client_id,
                subject=client.client_id,
                options={"require": ["iss", "sub", "aud", "exp", "jti"], "strict_aud": True},
            )
        except (jwt.PyJWTError, KeyError, StopIteration) as problem:
            raise NotLent("invalid_client") from problem
        is_too_long = claims["exp"] > time.time() + LONGEST_ASSERTION_SECONDS
        if is_too_long or claims["jti"] in self.used:
            raise NotLent("invalid_client")
        self.used.add(claims["jti"])
        return client

"""The OAuth token endpoint: JWT bearer, client credentials, refresh token and password."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request
from starlette.responses import Response

from loaders.stand_in_org.call import answer, base_url
from loaders.stand_in_org.errors import OAuthError
from loaders.stand_in_org.identity import identity_url
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.store import quoted

_SKEW_SECONDS = 180
# Seconds since 1970 stay below this for the next few thousand years: above it they are ms.
_MILLISECONDS_FROM = 10**11
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class _Asked:
    site: Site
    request: Request
    form: Mapping[str, str]


def token(site: Site, request: Request, body: bytes) -> Response:
    """
    Give an access token for a grant.

    Raises:
        OAuthError: with the descriptions that clients look for (contract 1.1).

    """
    asked = _Asked(site, request, _form(body))
    grants = {
        _JWT: _by_assertion,
        "client_credentials": _by_client,
        "refresh_token": _by_refresh_token,
        "password": _by_password,
    }
    grant = grants.get(asked.form.get("grant_type", ""))
    if grant is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return answer(_issued(asked, grant(asked)))


def revoke(site: Site, request: Request, body: bytes) -> Response:
    """
    End the session of a token, sent in the body or in the address.

    Raises:
        OAuthError: 400 for a token that is none.

    """
    wanted = _form(body).get("token") or request.query_params.get("token", "")
    if not site.sessions.revoke(wanted):
        raise OAuthError("unsupported_token_type", "this token type is not supported")
    return Response(status_code=200)


def _form(body: bytes) -> dict[str, str]:
    fields = parse_qs(body.decode("utf-8", errors="replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def _issued(asked: _Asked, user_id: str) -> dict[str, str]:
    base = base_url(asked.request)
    identity = identity_url(base, site=asked.site, user_id=user_id)
    issued_at = str(int(asked.site.clock().timestamp() * 1000))
    secret = asked.site.sessions.app.client_secret.encode("utf-8")
    signature = hmac.new(secret, (identity + issued_at).encode("utf-8"), hashlib.sha256).digest()
    answered = {
        "access_token": asked.site.sessions.issue(user_id),
        "instance_url": base,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
        "signature": base64.b64encode(signature).decode("ascii"),
    }
    if asked.form["grant_type"] != "password":
        answered["scope"] = "api refresh_token"
    return answered


def _check_client(asked: _Asked) -> None:
    app = asked.site.sessions.app
    client_id, secret = _client(asked)
    if client_id != app.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(secret, app.client_secret):
        raise OAuthError("invalid_client", "invalid client credentials")


def _client(asked: _Asked) -> tuple[str, str]:
    header = asked.request.headers.get("authorization", "")
    if not header.lower().startswith("basic "):
        return asked.form.get("client_id", ""), asked.form.get("client_secret", "")
    try:
        pair = base64.b64decode(header[6:], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise OAuthError("invalid_client", "invalid client credentials") from problem
    client_id, _, secret = pair.partition(":")
    return client_id, secret


def _by_client(asked: _Asked) -> str:
    _check_client(asked)
    return asked.site.org.admin_user_id


def _by_refresh_token(asked: _Asked) -> str:
    app = asked.site.sessions.app
    if asked.form.get("client_id") != app.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not hmac.compare_digest(asked.form.get("refresh_token", ""), app.refresh_token):
        raise OAuthError("invalid_grant", "expired access/refresh token")
    return asked.site.org.admin_user_id


def _by_password(asked: _Asked) -> str:
    _check_client(asked)
    app = asked.site.sessions.app
    # The security token of the original is appended to the password; any is taken here.
    if not asked.form.get("password", "").startswith(app.password):
        raise OAuthError("invalid_grant", "authentication failure")
    return _user(asked, asked.form.get("username", ""))


def _user(asked: _Asked, username: str) -> str:
    users = asked.site.org.sobject("User")
    found = None
    if users is not None:
        found = (
            asked.site.org.cursor()
            .execute(
                f'select "Id", "IsActive" from {quoted(users.table)} '  # noqa: S608 catalogue name
                'where lower("Username") = lower(?)',
                [username],
            )
            .fetchone()
        )
    if found is None:
        raise OAuthError("invalid_grant", "authentication failure")
    if not found[1]:
        raise OAuthError("invalid_grant", "inactive user")
    return str(found[0])


def _by_assertion(asked: _Asked) -> str:
    claims = _verified(asked, asked.form.get("assertion", ""))
    if claims.get("iss") != asked.site.sessions.app.client_id:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if str(claims.get("aud", "")).rstrip("/") not in _audiences(asked):
        raise OAuthError("invalid_grant", "audience is invalid")
    if _expiry(claims.get("exp")) < asked.site.clock().timestamp() - _SKEW_SECONDS:
        raise OAuthError("invalid_grant", "expired authorization code")
    return _user(asked, str(claims.get("sub", "")))


def _audiences(asked: _Asked) -> set[str]:
    """Give the audiences that fit: the login host of this kind of org, or its own address."""
    sandbox = asked.site.org.settings.sandbox
    login = "https://test.salesforce.com" if sandbox else "https://login.salesforce.com"
    return {login, base_url(asked.request)}


def _expiry(value: object) -> float:
    """Read `exp` as clients really send it: number or text, seconds or milliseconds."""
    try:
        moment = float(str(value))
    except ValueError as problem:
        raise OAuthError("invalid_grant", "invalid assertion") from problem
    return moment / 1000 if moment > _MILLISECONDS_FROM else moment


def _verified(asked: _Asked, assertion: str) -> dict[str, object]:
    parts = assertion.split(".")
    try:
        header, claims, signature = (
            base64.urlsafe_b64decode(p + "=" * (-len(p) % 4)) for p in parts
        )
        algorithm = json.loads(header).get("alg")
        found: dict[str, object] = json.loads(claims)
    except (ValueError, AttributeError) as problem:
        raise OAuthError("invalid_grant", "invalid assertion") from problem
    if algorithm != "RS256" or not isinstance(found, dict):
        raise OAuthError("invalid_grant", "invalid assertion")
    try:
        _public_key(asked.site).verify(
            signature, ".".join(parts[:2]).encode("ascii"), padding.PKCS1v15(), hashes.SHA256()
        )
    except InvalidSignature as problem:
        raise OAuthError("invalid_grant", "invalid assertion") from problem
    return found


def _public_key(site: Site) -> rsa.RSAPublicKey:
    pem = (site.org.data / site.sessions.app.private_key_file).read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise OAuthError("invalid_grant", "invalid assertion")
    return key.public_key()

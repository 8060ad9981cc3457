"""SMART Backend Services: we sign who we are, and the server lends us tokens for minutes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from extract.errors import ClinicTooBusy, ClinicUnreachable, WrongCredentials, WrongUsage
from extract.sources.fhir_login import Credentials
from extract.sources.fhir_server import FhirServer, Refusal
from extract.sources.patience import TRANSIENT, Trouble, patiently, retry_after

CONFIGURATION = ".well-known/smart-configuration"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EVERYTHING = "system/*.read"
# The standard allows five minutes; clocks differ.
ASSERTION_LIFE = timedelta(minutes=4)
# A token is replaced before it ends, so that no request sets out with a dying one.
MARGIN = timedelta(seconds=30)
UNSTATED_LIFE_SECONDS = 300
# What RFC 6749 calls the reasons; a server's other words are not repeated.
KNOWN_REASONS = (
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
)


class Configuration(msgspec.Struct):
    """Where tokens come from, and which signatures are understood there."""

    token_endpoint: str = ""
    token_endpoint_auth_signing_alg_values_supported: list[str] = msgspec.field(
        default_factory=list
    )


class Granted(msgspec.Struct):
    """A token, and how long it lives."""

    access_token: str
    expires_in: int = UNSTATED_LIFE_SECONDS


class Refused(msgspec.Struct):
    """Why there is no token."""

    error: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """Our private key, and the algorithm that goes with it."""

    id: str
    algorithm: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and when to ask for the next."""

    text: str = field(repr=False)
    renew_at: datetime


@dataclass(slots=True)
class SmartLogin:
    """Asks for a token when there is none that lives long enough."""

    endpoint: httpx.URL
    client_id: str
    key: Key
    scope: str
    server: FhirServer
    token: Token | None = None

    def header(self) -> str:
        """
        Return the header with a token that is still good for a while.

        Raises:
            SourceUnavailable: there is none to be had.

        """
        if self.token is None or self.server.clock.now() >= self.token.renew_at:
            self.token = self.ask()
        return f"Bearer {self.token.text}"

    def renew(self) -> bool:
        """
        Ask for another token, whatever the old one promised.

        Raises:
            SourceUnavailable: there is none to be had.

        """
        self.token = self.ask()
        return True

    def ask(self) -> Token:
        """Ask the server for a token, with patience."""
        return patiently(self.attempt, clock=self.server.clock, narrator=self.server.narrator)

    def attempt(self) -> Token | Trouble:
        """
        Ask once, with a new assertion: one that arrived and whose answer was lost is used up.

        Raises:
            WrongCredentials: the server knows us not, or not like this.

        """
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(),
            "scope": self.scope,
        }
        now = self.server.clock.now()
        try:
            answer = self.server.client.post(
                self.endpoint, data=form, headers={"Accept": "application/json"}
            )
        except httpx.RequestError as problem:
            return Trouble(
                ClinicUnreachable(
                    f"cannot reach {self.endpoint.host} for a token ({type(problem).__name__})",
                    hint="check token_endpoint in the server's .well-known/smart-configuration",
                )
            )
        if answer.status_code in TRANSIENT:
            status = answer.status_code
            return Trouble(
                ClinicTooBusy(
                    f"the clinic's server is too busy to lend a token (HTTP {status})",
                    hint="run the same command again later; it goes on where it was landed last",
                    status=status,
                ),
                retry_after(answer.headers.get("Retry-After"), now=now),
            )
        return token_of(answer, now=now)

    def assertion(self) -> str:
        """Sign who we are."""
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": str(self.endpoint),
            "exp": self.server.clock.now() + ASSERTION_LIFE,
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(
            claims,
            self.key.private,
            algorithm=self.key.algorithm,
            headers={"kid": self.key.id},
        )


def token_of(answer: httpx.Response, *, now: datetime) -> Token:
    """
    Read the token out of an answer.

    Raises:
        WrongCredentials: there is none in it.

    """
    try:
        if answer.status_code == httpx.codes.OK:
            granted = msgspec.json.decode(answer.content, type=Granted)
            life = timedelta(seconds=granted.expires_in)
            return Token(granted.access_token, now + max(life - MARGIN, life / 2))
        said = msgspec.json.decode(answer.content, type=Refused).error
    except msgspec.DecodeError:
        said = ""
    why = f", {said}" if said in KNOWN_REASONS else ""
    raise WrongCredentials(
        f"the clinic's server lends no token (HTTP {answer.status_code}{why})",
        hint="check SOURCES__FHIR__CLIENT_ID, KEY_ID and SCOPE, and that the server has the public"
        " half of PRIVATE_KEY_FILE",
    )


def smart_login(server: FhirServer, credentials: Credentials) -> SmartLogin:
    """
    Ask the server where it lends tokens, and prepare to ask there.

    Raises:
        SourceUnavailable: it does not say, or would not understand our signature.
        WrongUsage: the key cannot be used.

    """
    key = key_of(credentials)
    body = server.get(server.address(CONFIGURATION))
    if isinstance(body, Refusal):
        raise server.answers_badly(f"has no {CONFIGURATION} (HTTP {body.status})")
    try:
        said = msgspec.json.decode(body, type=Configuration)
        endpoint = server.base.join(said.token_endpoint)
    except (msgspec.DecodeError, httpx.InvalidURL):
        raise server.answers_badly(f"has a {CONFIGURATION} that cannot be read") from None
    if not said.token_endpoint or endpoint.scheme not in {"https", server.base.scheme}:
        raise server.answers_badly(f"names no safe token_endpoint in {CONFIGURATION}")
    known = said.token_endpoint_auth_signing_alg_values_supported
    if known and key.algorithm not in known:
        raise WrongUsage(
            f"the clinic's server does not understand {key.algorithm}, only {', '.join(known)}",
            hint="register a key of another kind: RSA for RS384, EC P-384 for ES384",
        )
    return SmartLogin(
        endpoint, credentials.client_id or "", key, credentials.scope or EVERYTHING, server
    )


def key_of(credentials: Credentials) -> Key:
    """
    Read our private key; its kind says how it signs.

    Raises:
        WrongUsage: it is no key that the standard allows.

    """
    try:
        pem = Path(credentials.private_key_file or "").read_bytes()
        private = load_pem_private_key(pem, None)
    except (OSError, ValueError, TypeError):
        raise WrongUsage(
            "SOURCES__FHIR__PRIVATE_KEY_FILE is not a readable PEM key without a passphrase",
            hint="export SOURCES__FHIR__PRIVATE_KEY_FILE=/path/to/smart.key",
        ) from None
    key_id = credentials.key_id or ""
    if isinstance(private, rsa.RSAPrivateKey):
        return Key(key_id, "RS384", private)
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp384r1":
        return Key(key_id, "ES384", private)
    raise WrongUsage(
        "SOURCES__FHIR__PRIVATE_KEY_FILE is neither an RSA key nor an EC key of curve P-384",
        hint="openssl ecparam -name secp384r1 -genkey -noout -out smart.key",
    )

"""Where an org's address and token come from: environment, signed assertion, or sf CLI."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from loaders.errors import OrgUnavailable, OrgUnknown, WrongCredentials

ASSERTION_SECONDS = 180
SF_SECONDS = 120
_JWT_NAMES = ("LOGIN_URL", "CLIENT_ID", "USERNAME", "PRIVATE_KEY_FILE")


@dataclass(frozen=True, slots=True)
class Login:
    """An address, a token that is good there, and the authorities that vouch for the address."""

    instance_url: str
    access_token: str = field(repr=False)
    ca_bundle: Path | None


def log_in(alias: str, *, environ: Mapping[str, str]) -> Login:
    """
    Find or get a token for the org of this alias.

    The environment decides (`SF_<ALIAS>_...`); without it the Salesforce CLI is asked.

    Raises:
        OrgUnknown: nothing is known under this alias.
        OrgUnavailable: the login address does not answer.
        WrongCredentials: the login is refused.

    """
    prefix = f"SF_{alias.upper().replace('-', '_')}_"
    said = {name.removeprefix(prefix): v for name, v in environ.items() if name.startswith(prefix)}
    bundle = Path(said["CA_BUNDLE"]) if said.get("CA_BUNDLE") else None
    if bundle and not bundle.is_file():
        raise OrgUnknown(f"{prefix}CA_BUNDLE names no file", hint=f"unset {prefix}CA_BUNDLE")
    if said.get("INSTANCE_URL") and said.get("ACCESS_TOKEN"):
        return Login(_checked(said["INSTANCE_URL"], prefix), said["ACCESS_TOKEN"], bundle)
    if all(said.get(name) for name in _JWT_NAMES):
        return _by_assertion(said, prefix=prefix, bundle=bundle)
    missing = _missing(said, prefix)
    if missing:
        raise OrgUnknown(f"org {alias}: {missing} is not set", hint=f"export {missing}=...")
    return _by_sf(alias, prefix=prefix, environ=environ, bundle=bundle)


def _missing(said: Mapping[str, str], prefix: str) -> str | None:
    """Name what is missing where a login was begun in the environment but not finished."""
    for names in (("INSTANCE_URL", "ACCESS_TOKEN"), _JWT_NAMES):
        if any(said.get(name) for name in names):
            return next(prefix + name for name in names if not said.get(name))
    return None


def _checked(url: str, prefix: str) -> str:
    """Refuse an address over which a token would travel in the clear."""
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise OrgUnknown(
            f"{prefix}INSTANCE_URL is not an https address",
            hint=f"export {prefix}INSTANCE_URL=https://...",
        )
    return url.rstrip("/")


def _by_assertion(said: Mapping[str, str], *, prefix: str, bundle: Path | None) -> Login:
    url = said["LOGIN_URL"].rstrip("/")
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": _assertion(said, audience=url, prefix=prefix),
    }
    try:
        answer = httpx.post(
            f"{url}/services/oauth2/token", data=form, verify=tls_context(bundle), timeout=60
        )
        document = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise OrgUnavailable(
            f"the login address {url} does not answer as Salesforce does ({type(error).__name__})",
            hint=f"export {prefix}LOGIN_URL=https://login.salesforce.com",
        ) from error
    if answer.status_code != httpx.codes.OK:
        said_why = document.get("error_description") or document.get("error")
        raise WrongCredentials(
            f"{url} refuses the login: {said_why}",
            hint=f"check {prefix}CLIENT_ID, {prefix}USERNAME and the certificate of the app",
        )
    return Login(_checked(document["instance_url"], prefix), document["access_token"], bundle)


def _assertion(said: Mapping[str, str], *, audience: str, prefix: str) -> str:
    claims = {
        "iss": said["CLIENT_ID"],
        "sub": said["USERNAME"],
        "aud": audience,
        "exp": int(time.time()) + ASSERTION_SECONDS,
    }
    signed = b".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "RS256"}, claims))
    try:
        key = serialization.load_pem_private_key(Path(said["PRIVATE_KEY_FILE"]).read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise OrgUnknown(
            f"{prefix}PRIVATE_KEY_FILE is not a readable PEM key without a passphrase",
            hint=f"export {prefix}PRIVATE_KEY_FILE=/path/to/server.key",
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise OrgUnknown(
            f"{prefix}PRIVATE_KEY_FILE is not an RSA key",
            hint="openssl genrsa -out server.key 2048",
        )
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return (signed + b"." + _base64(signature)).decode("ascii")


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _by_sf(alias: str, *, prefix: str, environ: Mapping[str, str], bundle: Path | None) -> Login:
    program = shutil.which("sf", path=environ.get("PATH", ""))
    if program is None:
        raise OrgUnknown(
            f"no org {alias}: {prefix}INSTANCE_URL is not set, and there is no sf CLI",
            hint=f"export {prefix}INSTANCE_URL=https://... {prefix}ACCESS_TOKEN=...",
        )
    # The alias is one argument of a program without a shell: nothing in it can be run.
    command = [program, "org", "display", "--target-org", alias, "--json"]
    try:
        done = subprocess.run(  # noqa: S603 - see above
            command, env=dict(environ), capture_output=True, timeout=SF_SECONDS, check=False
        )
        result: dict[str, Any] = json.loads(done.stdout).get("result") or {}
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise OrgUnavailable(
            f"sf org display gives no answer ({type(error).__name__})",
            hint=f"sf org display --target-org {alias} --json",
        ) from error
    if done.returncode != 0 or not result.get("accessToken") or not result.get("instanceUrl"):
        raise OrgUnknown(
            f"the Salesforce CLI is not logged in to an org {alias}, or does not show its token",
            hint=f"sf org login web --alias {alias}",
        )
    return Login(_checked(result["instanceUrl"], prefix), result["accessToken"], bundle)


def tls_context(bundle: Path | None) -> ssl.SSLContext:
    """Trust the given authorities, or else those of the system."""
    return ssl.create_default_context(cafile=str(bundle) if bundle else None)

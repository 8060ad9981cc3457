"""An open connection to one org, which names it and turns every failure of the wire into ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceRefusedRequest,
)
from urllib3.util.retry import Retry

from loaders.errors import LimitReached, OrgUnavailable, ProductionNotNamed, WrongCredentials
from loaders.org_login import Login, log_in, tls_context

# Written against this version; an org that is not there yet is asked in its own newest.
API_VERSION = "67.0"
CONNECT_SECONDS = 10.0
READ_SECONDS = 120.0
_LIMITS_REACHED = ("REQUEST_LIMIT_EXCEEDED", "STORAGE_LIMIT_EXCEEDED", "LIMIT_EXCEEDED")


@dataclass(frozen=True, slots=True)
class Org:
    """Which org this is, who we are in it, and two open clients: REST calls, and bulk work."""

    alias: str
    org_id: str
    name: str
    edition: str
    instance_name: str
    is_sandbox: bool
    user_id: str
    username: str
    instance_url: str
    api_version: str
    ca_bundle: Path | None
    rest: Salesforce = field(repr=False)
    http: httpx.Client = field(repr=False)
    # How many requests each of the two clients has sent.
    sent: Counter[str] = field(repr=False)

    @property
    def data_path(self) -> str:
        """Name the root of the versioned REST resources."""
        return f"/services/data/v{self.api_version}"

    @property
    def session_id(self) -> str:
        """Give the token that is good now: `renew` puts another one in its place."""
        return str(self.rest.session_id)

    def renew(self, *, environ: Mapping[str, str]) -> bool:
        """
        Log in again after the session has ended, and tell whether that gave another one.

        A token that was handed to us cannot be renewed: whoever gave it has to give a new one.
        """
        token = f"Bearer {log_in(self.alias, environ=environ).access_token}"
        if token == self.http.headers["Authorization"]:
            return False
        self.http.headers["Authorization"] = token
        self.rest.session_id = token.removeprefix("Bearer ")
        self.rest.headers["Authorization"] = token
        return True

    def close(self) -> None:
        """Close both clients."""
        self.http.close()
        self.rest.session.close()


class _PatientAdapter(HTTPAdapter):
    """Give each request of simple-salesforce a time limit, our authorities, and a second chance."""

    def __init__(self, bundle: Path | None) -> None:
        self._verify: str | bool = str(bundle) if bundle else True
        # A POST may have done its work although the answer was lost: never repeated here.
        super().__init__(
            max_retries=Retry(
                total=3,
                backoff_factor=0.3,
                status_forcelist=(429, 502, 503),
                allowed_methods=("GET",),
                raise_on_status=False,
            )
        )

    # The signature is that of requests.
    def send(  # noqa: PLR0913, PLR0917
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        """Send the request with the two settings that a session cannot keep."""
        del timeout, verify
        limits = (CONNECT_SECONDS, READ_SECONDS)
        return super().send(request, stream, limits, self._verify, cert, proxies)


def connect(alias: str, *, environ: Mapping[str, str]) -> Org:
    """
    Log in to the org of this alias and find out which one it is.

    Raises:
        OrgUnknown: nothing is known under this alias.
        OrgUnavailable: the org does not answer, or is not Salesforce.
        WrongCredentials: the org does not accept the token.

    """
    login = log_in(alias, environ=environ)
    sent: Counter[str] = Counter()
    http = httpx.Client(
        base_url=login.instance_url,
        headers={"Authorization": f"Bearer {login.access_token}"},
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        verify=tls_context(login.ca_bundle),
        event_hooks={"request": [lambda _: sent.update(["http"])]},
    )
    try:
        return _identified(alias, login, http, sent)
    except BaseException:
        http.close()
        raise


def _identified(alias: str, login: Login, http: httpx.Client, sent: Counter[str]) -> Org:
    with org_calls(alias):
        version = _version(alias, http.get("/services/data").raise_for_status().json())
        rest = _rest(login, version, sent)
        found = rest.query(
            "SELECT Id, Name, IsSandbox, OrganizationType, InstanceName FROM Organization"
        )["records"][0]
        user = http.get("/services/oauth2/userinfo").raise_for_status().json()
    return Org(
        alias=alias,
        org_id=found["Id"],
        name=found["Name"],
        edition=found["OrganizationType"],
        instance_name=found["InstanceName"],
        is_sandbox=bool(found["IsSandbox"]),
        user_id=user["user_id"],
        username=user["preferred_username"],
        instance_url=login.instance_url,
        api_version=version,
        ca_bundle=login.ca_bundle,
        rest=rest,
        http=http,
        sent=sent,
    )


def _rest(login: Login, version: str, sent: Counter[str]) -> Salesforce:
    session = requests.Session()
    session.mount("https://", _PatientAdapter(login.ca_bundle))
    session.hooks["response"].append(lambda *_, **__: sent.update(["rest"]))
    return Salesforce(
        session_id=login.access_token,
        instance_url=login.instance_url,
        version=version,
        session=session,
    )


def _version(alias: str, offered: list[dict[str, str]]) -> str:
    versions = [each["version"] for each in offered if float(each["version"]) <= float(API_VERSION)]
    if not versions:
        raise OrgUnavailable(
            f"org {alias} offers no API version up to {API_VERSION}",
            hint="update clinic-to-salesforce",
        )
    return max(versions, key=float)


@contextmanager
def org_calls(alias: str) -> Iterator[None]:
    """
    Turn what can go wrong on the way to an org into the loader's own errors.

    Raises:
        OrgUnavailable: no answer, or one that is not Salesforce's.
        WrongCredentials: the token is not, or no longer, accepted.
        LimitReached: the org's own limits are used up.

    """
    try:
        yield
    except (SalesforceExpiredSession, SalesforceAuthenticationFailed) as error:
        raise _refused_token(alias) from error
    except SalesforceRefusedRequest as error:
        raise _refused_call(alias, str(error.content)) from error
    except httpx.HTTPStatusError as error:
        if error.response.status_code == httpx.codes.UNAUTHORIZED:
            raise _refused_token(alias) from error
        raise _refused_call(alias, error.response.text) from error
    except SalesforceError as error:
        raise _refused_call(alias, str(error.content)) from error
    except (httpx.HTTPError, requests.RequestException, OSError) as error:
        raise OrgUnavailable(
            f"org {alias} cannot be reached ({type(error).__name__})",
            hint=f"clinic-load orgs --org {alias}",
        ) from error
    except (KeyError, IndexError, ValueError) as error:
        raise OrgUnavailable(
            f"org {alias} does not answer as Salesforce does ({type(error).__name__})",
            hint="check that the instance URL is that of your org",
        ) from error


def _refused_token(alias: str) -> WrongCredentials:
    return WrongCredentials(
        f"org {alias} does not accept the access token",
        hint=f"log in again, then clinic-load orgs --org {alias}",
    )


def _refused_call(alias: str, body: str) -> OrgUnavailable | LimitReached:
    """Sort a refusal by its code alone: the text beside it may quote a record."""
    for code in _LIMITS_REACHED:
        if code in body:
            return LimitReached(f"org {alias} says {code}", hint=f"clinic-load orgs --org {alias}")
    codes = re.findall(r"""["']errorCode["']: ?["']([A-Z_]+)["']""", body)
    return OrgUnavailable(
        f"org {alias} refuses a call ({codes[0] if codes else 'no code given'})",
        hint=f"clinic-load orgs --org {alias}",
    )


def require_named(org: Org, *, production: str | None) -> None:
    """
    Let a write through to a sandbox, or to a production org that was named by its id.

    Raises:
        ProductionNotNamed: the org is production and was not, or wrongly, named.

    """
    if org.is_sandbox or (production and production[:15] == org.org_id[:15]):
        return
    given = f"--production {production} is not its id" if production else "--production is missing"
    raise ProductionNotNamed(
        f"org {org.alias} is the production org {org.name}, and {given}",
        hint=f"clinic-load orgs --org {org.alias}, then add --production with the id it shows",
    )

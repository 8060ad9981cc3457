"""Sends dlt's requests with patience, and never shows the key to another host."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urlsplit

import requests

from extract.errors import (
    ClinicAnswersBadly,
    ClinicTooBusy,
    ClinicUnreachable,
    SourceUnavailable,
    WrongCredentials,
)
from extract.narration import Narrator
from extract.sources.patience import TRANSIENT, Clock, Trouble, patiently, retry_after

# To connect, and to hear nothing.
TIMEOUT = (10, 120)
# The key must not follow a redirect.
ALWAYS = {"timeout": TIMEOUT, "allow_redirects": False}


class ListRefused(Exception):
    """The server knows us, and does not show this: no right to it, or no such list."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Vendor:
    """What is said of a vendor's server when it does not do as it should."""

    name: str
    base: str
    # How the key is set, and how the address is given.
    key_hint: str
    address_hint: str
    # The header in which it says when a limit ends, in seconds since 1970.
    reset_header: str | None = None


class PatientSession(requests.Session):
    """A session for dlt's `rest_api`: it waits as long as the vendor asks for, and no longer."""

    def __init__(self, vendor: Vendor, *, clock: Clock, narrator: Narrator) -> None:
        super().__init__()
        self.vendor = vendor
        self.clock = clock
        self.narrator = narrator
        self.sent = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Stay the same: dlt copies a configuration to look at it."""
        return self

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """
        Send a request until it is answered; a redirect is returned and not followed.

        Raises:
            SourceUnavailable: there is no answer, or one that no server of this kind gives.
            ListRefused: the server does not show it.

        """
        self.check_host(request.url or "")
        return patiently(
            lambda: self.attempt(request, kwargs),
            clock=self.clock,
            narrator=self.narrator,
        )

    def attempt(
        self, request: requests.PreparedRequest, options: dict[str, Any]
    ) -> requests.Response | Trouble:
        """Send once."""
        self.sent += 1
        try:
            response = super().send(request, **options | ALWAYS)
        except requests.RequestException as problem:
            # A hook of dlt's raises for answers that are told apart here.
            if problem.response is None:
                return Trouble(self.unreachable(type(problem).__name__))
            response = problem.response
        return self.trouble_of(response) or response

    def trouble_of(self, response: requests.Response) -> Trouble | None:
        """
        Tell whether an answer is to be asked for again.

        Raises:
            WrongCredentials: we are not let in.
            ListRefused: the server does not show it.

        """
        status = response.status_code
        if status in TRANSIENT:
            return Trouble(self.busy(status), self.wait_of(response))
        if status == HTTPStatus.UNAUTHORIZED:
            raise self.wrong_key(status)
        if status >= HTTPStatus.BAD_REQUEST:
            raise ListRefused(status)
        return None

    def wait_of(self, response: requests.Response) -> float | None:
        """Return how long the server wants to be left alone, where it says so."""
        now = self.clock.now()
        reset = response.headers.get(self.vendor.reset_header or "", "")
        if reset.isdigit():
            return max(0.0, float(reset) - now.timestamp())
        return retry_after(response.headers.get("Retry-After"), now=now)

    def check_host(self, url: str) -> None:
        """
        Refuse to send the key to another host than the vendor's.

        Raises:
            ClinicAnswersBadly: a link leads there.

        """
        asked, base = urlsplit(url), urlsplit(self.vendor.base)
        if (asked.scheme, asked.netloc) != (base.scheme, base.netloc):
            raise self.answers_badly(f"links to another address, {asked.scheme}://{asked.netloc}")

    def unreachable(self, why: str) -> ClinicUnreachable:
        """Return the error for a connection that fails."""
        return ClinicUnreachable(
            f"cannot reach {self.vendor.name} at {self.vendor.base} ({why})",
            hint=f"check the network, then run the same command again; {self.vendor.address_hint}",
        )

    def busy(self, status: int) -> ClinicTooBusy:
        """Return the error for a server that asks for patience."""
        return ClinicTooBusy(
            f"{self.vendor.name} is busy (HTTP {status})",
            hint="run the same command again later; it goes on where it was landed last",
            status=status,
        )

    def wrong_key(self, status: int) -> SourceUnavailable:
        """Return the error for a server that does not let us in."""
        return WrongCredentials(
            f"{self.vendor.name} does not let us in (HTTP {status})", hint=self.vendor.key_hint
        )

    def answers_badly(self, how: str) -> ClinicAnswersBadly:
        """Return the error for answers that no server of this kind gives."""
        return ClinicAnswersBadly(
            f"{self.vendor.name} at {self.vendor.base} {how}", hint=self.vendor.address_hint
        )

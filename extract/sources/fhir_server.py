"""Speaks to a FHIR server over HTTP, with patience, and never shows the token to another host."""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from extract.errors import (
    ClinicAnswersBadly,
    ClinicTooBusy,
    ClinicUnreachable,
    SourceUnavailable,
    WrongCredentials,
    WrongUsage,
)
from extract.narration import Narrator

FHIR_JSON = "application/fhir+json"
TIMEOUT = httpx.Timeout(120, connect=10)
TRANSIENT = frozenset({429, 500, 502, 503, 504})
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.25
# A server may ask for an hour; a run that sleeps for days helps nobody.
LONGEST_WAIT_SECONDS = 3600.0
HTTP_ERRORS = 400


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, and how to let it pass."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server answers, and its answer is no."""

    status: int


@dataclass(frozen=True, slots=True)
class FhirServer:
    """A FHIR server's base address, and the way to ask it."""

    base: httpx.URL
    client: httpx.Client
    clock: Clock
    narrator: Narrator
    token: str | None = field(repr=False)

    def address(self, path: str, **parameters: str) -> httpx.URL:
        """Return the address of a path below the base."""
        url = self.base.copy_with(path=self.base.path.rstrip("/") + "/" + path)
        return url.copy_merge_params(parameters) if parameters else url

    def get(self, url: httpx.URL, *, attempts: int = ATTEMPTS) -> bytes | Refusal:
        """
        Ask for one address, again and again while the trouble may pass.

        Raises:
            ClinicUnreachable: no connection, or it keeps breaking.
            ClinicTooBusy: it is still busy after the last attempt.
            WrongCredentials: the token is not accepted.
            ClinicAnswersBadly: the address is another host's, or a redirect.

        """
        self.check_host(url)
        trouble: SourceUnavailable = self.unreachable("no attempt was made")
        for attempt in range(attempts):
            answer = self.attempt(url)
            if isinstance(answer, bytes | Refusal):
                return answer
            trouble = answer.error
            if attempt + 1 < attempts:
                pause = FIRST_PAUSE_SECONDS * 2**attempt if answer.wait is None else answer.wait
                self.pause(pause, trouble)
        raise trouble

    def attempt(self, url: httpx.URL) -> bytes | Refusal | Trouble:
        """Ask once."""
        try:
            response = self.client.get(url)
        except httpx.RequestError as problem:
            return Trouble(self.unreachable(type(problem).__name__), None)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise self.wrong_token(response.status_code)
        if response.status_code in TRANSIENT:
            wait = retry_after(response.headers.get("Retry-After"), now=self.clock.now())
            return Trouble(self.busy(response.status_code), wait)
        if response.is_redirect:
            raise self.answers_badly("redirects, and the token must not follow")
        if response.status_code >= HTTP_ERRORS:
            return Refusal(response.status_code)
        return response.content

    def pause(self, seconds: float, trouble: SourceUnavailable) -> None:
        """Wait, and say so when it takes long."""
        if seconds > LONGEST_WAIT_SECONDS:
            raise trouble
        if seconds >= 1:
            self.narrator.say(f"{trouble}; trying again in {seconds:.0f} s")
        self.clock.sleep(seconds)

    def check_host(self, url: httpx.URL) -> None:
        """Refuse to send the token to another host than the one it was given for."""
        if (url.scheme, url.host, url.port) != (self.base.scheme, self.base.host, self.base.port):
            raise ClinicAnswersBadly(
                f"{self.base.host} links to another address, {url.scheme}://{url.netloc.decode()}",
                hint="give --url as the server calls itself (implementation.url in its /metadata)",
            )

    def unreachable(self, why: str) -> ClinicUnreachable:
        """Return the error for a connection that fails."""
        return ClinicUnreachable(
            f"cannot reach the clinic at {self.base} ({why})",
            hint="check --url or SOURCES__FHIR__URL, and that the server is running",
        )

    def busy(self, status: int) -> ClinicTooBusy:
        """Return the error for a server that asks for patience."""
        return ClinicTooBusy(
            f"the clinic's server is busy (HTTP {status})",
            hint="run the same command again later; it goes on where it was landed last",
        )

    def wrong_token(self, status: int) -> WrongCredentials:
        """Return the error for a token that is not accepted."""
        return WrongCredentials(
            f"the clinic's server does not accept the token (HTTP {status})",
            hint="set SOURCES__FHIR__TOKEN, or token under [sources.fhir] in .dlt/secrets.toml",
        )

    def answers_badly(self, how: str) -> ClinicAnswersBadly:
        """Return the error for answers that no FHIR R4 server gives."""
        return ClinicAnswersBadly(
            f"the server at {self.base} {how}",
            hint="check that --url is the base address of a FHIR R4 server",
        )


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an attempt failed, and how long the server wants to be left alone."""

    error: SourceUnavailable
    wait: float | None


def retry_after(header: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header: seconds, or a date; None when it says neither."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        until = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (until.astimezone(UTC) - now).total_seconds())


def connect(
    url: str, *, token: str | None, client: httpx.Client, clock: Clock, narrator: Narrator
) -> FhirServer:
    """
    Prepare to speak to the server at an address.

    Raises:
        WrongUsage: the address is none.

    """
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL("")
    if base.scheme not in {"http", "https"} or not base.host:
        raise WrongUsage(
            "the clinic's address must begin with https:// or http://",
            hint="clinic-extract run fhir --url https://ehr.example/fhir",
        )
    client.headers["Accept"] = FHIR_JSON
    client.headers["Prefer"] = "handling=lenient"
    client.timeout = TIMEOUT
    if token:
        client.headers["Authorization"] = f"Bearer {token}"
    return FhirServer(base, client, clock, narrator, token)

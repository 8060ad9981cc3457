"""Speaks to a FHIR server over HTTP, with patience, and never shows the token to another host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx

from extract.errors import (
    ClinicAnswersBadly,
    ClinicTooBusy,
    ClinicUnreachable,
    WrongCredentials,
    WrongUsage,
)
from extract.narration import Narrator
from extract.sources.fhir_login import HOW_TO_SET, FixedLogin, Login
from extract.sources.patience import (
    ATTEMPTS,
    TRANSIENT,
    Clock,
    Trouble,
    patiently,
    retry_after,
)

FHIR_JSON = "application/fhir+json"
NDJSON = "application/fhir+ndjson"
TIMEOUT = httpx.Timeout(120, connect=10)
HTTP_ERRORS = 400

Taken = TypeVar("Taken")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server answers, and its answer is no."""

    status: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says: yes, no, or wait."""

    status: int
    headers: httpx.Headers
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FhirServer:
    """A FHIR server's base address, and the way to ask it."""

    base: httpx.URL
    client: httpx.Client
    clock: Clock
    narrator: Narrator
    login: Login = field(default_factory=FixedLogin)

    def address(self, path: str, **parameters: str) -> httpx.URL:
        """Return the address of a path below the base."""
        url = self.base.copy_with(path=self.base.path.rstrip("/") + "/" + path)
        return url.copy_merge_params(parameters) if parameters else url

    def follow(self, link: str, *, at: httpx.URL) -> httpx.URL:
        """
        Return the address that a link of the server means where it stands.

        Raises:
            ClinicAnswersBadly: it is none.

        """
        try:
            return at.join(link)
        except httpx.InvalidURL:
            raise self.answers_badly("gives a link that is no address") from None

    def get(self, url: httpx.URL, *, attempts: int = ATTEMPTS) -> bytes | Refusal:
        """
        Ask for one address, again and again while the trouble may pass.

        Raises:
            ClinicUnreachable: no connection, or it keeps breaking.
            ClinicTooBusy: it is still busy after the last attempt.
            WrongCredentials: we are not let in.
            ClinicAnswersBadly: the address is another host's, or a redirect.

        """
        answer = self.ask(url, attempts=attempts)
        return Refusal(answer.status) if answer.status >= HTTP_ERRORS else answer.content

    def ask(
        self,
        url: httpx.URL,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        attempts: int = ATTEMPTS,
    ) -> Answer:
        """
        Ask like `get`, and return all of the answer, whatever it says.

        Raises:
            SourceUnavailable: there is none.

        """
        self.check_host(url)
        return patiently(
            lambda: self.attempt(url, method=method, headers=headers, take=whole_answer),
            clock=self.clock,
            narrator=self.narrator,
            attempts=attempts,
        )

    def save(self, url: httpx.URL, file: Path, *, is_signed: bool) -> int:
        """
        Save what an address gives, however large, and return the status of the answer.

        An address that is signed opens without our login, which is not shown to it. A connection
        that breaks leaves half a file, which is written anew.

        Raises:
            SourceUnavailable: it cannot be had.

        """
        if not is_signed:
            self.check_host(url)
        elif url.scheme not in {"https", self.base.scheme}:
            raise self.answers_badly("links to files over http, which anybody may read on the way")

        def take(response: httpx.Response) -> int:
            if response.status_code < HTTP_ERRORS:
                with file.open("wb") as stream:
                    for block in response.iter_bytes():
                        stream.write(block)
            return response.status_code

        login = FixedLogin() if is_signed else None
        headers = {"Accept": NDJSON}
        return patiently(
            lambda: self.attempt(url, take=take, headers=headers, login=login),
            clock=self.clock,
            narrator=self.narrator,
        )

    def attempt(
        self,
        url: httpx.URL,
        *,
        take: Callable[[httpx.Response], Taken],
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        login: Login | None = None,
    ) -> Taken | Trouble:
        """Ask once, or twice where the login has another token; hand on what is no trouble."""
        opener = login or self.login
        is_renewed = False
        while True:
            said = dict(headers or {})
            if value := opener.header():
                said["Authorization"] = value
            try:
                with self.client.stream(method, url, headers=said) as response:
                    if response.status_code != httpx.codes.UNAUTHORIZED:
                        return self.trouble_of(response) or take(response)
            except httpx.RequestError as problem:
                return Trouble(self.unreachable(type(problem).__name__))
            # A token may die early. One that is refused when it is new will not get better.
            if is_renewed or not opener.renew():
                raise self.wrong_token(httpx.codes.UNAUTHORIZED)
            is_renewed = True

    def trouble_of(self, response: httpx.Response) -> Trouble | None:
        """Tell whether an answer is to be asked for again."""
        if response.status_code in TRANSIENT:
            wait = retry_after(response.headers.get("Retry-After"), now=self.clock.now())
            return Trouble(self.busy(response.status_code), wait)
        if response.is_redirect:
            raise self.answers_badly("redirects, and the token must not follow")
        return None

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
            status=status,
        )

    def wrong_token(self, status: int) -> WrongCredentials:
        """Return the error for a server that does not let us in."""
        return WrongCredentials(
            f"the clinic's server does not let us in (HTTP {status})", hint=HOW_TO_SET
        )

    def exports_nothing(self, status: int) -> ClinicAnswersBadly:
        """Return the error for a server that makes no export, or loses it."""
        return ClinicAnswersBadly(
            f"the server at {self.base} gives no Bulk Data export (HTTP {status})",
            hint="leave --bulk out, or give another level: system, Patient, or Group/ID",
        )

    def answers_badly(self, how: str) -> ClinicAnswersBadly:
        """Return the error for answers that no FHIR R4 server gives."""
        return ClinicAnswersBadly(
            f"the server at {self.base} {how}",
            hint="check that --url is the base address of a FHIR R4 server",
        )


def whole_answer(response: httpx.Response) -> Answer:
    """Take all of an answer."""
    return Answer(response.status_code, response.headers, response.read())


def connect(url: str, *, client: httpx.Client, clock: Clock, narrator: Narrator) -> FhirServer:
    """
    Prepare to speak to the server at an address, for now without a login.

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
    return FhirServer(base, client, clock, narrator)

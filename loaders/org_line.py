"""The border to the org: every request passes here, and every httpx exception ends here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from loaders.errors import LimitReached, OrgRefused, OrgUnavailable, WrongCredentials
from loaders.multipart import Multipart
from loaders.paths import open_private
from loaders.soap_fault import soap_fault

# What httpx can raise: its HTTPError tree, and four that stand beside it.
HTTPX_EXCEPTIONS = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    httpx.StreamError,
)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
_UPLOAD_CHUNK = 1 << 20
_BUSY = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
)
# How long we wait at most because an answer tells us to.
_LONGEST_WISH = 120.0
_SERVER_ERROR = 500
_BAD = 400


@dataclass(frozen=True, slots=True)
class OrgLine:
    """An open line to one org, with the clock that waiting goes by."""

    client: httpx.Client
    api_version: str
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    attempts: int = 5
    first_pause: float = FIRST_PAUSE
    longest_pause: float = LONGEST_PAUSE
    # How long one job may take before we leave it to `resume`.
    patience: float = 2 * 60 * 60.0
    # Logs in anew and tells whether that gave another session.
    renew: Callable[[], bool] = lambda: False

    def path(self, resource: str) -> str:
        """Give the full path of a resource below `/services/data/vXX.X/`."""
        if resource.startswith("/"):
            return resource
        return f"/services/data/v{self.api_version}/{resource}"

    def pauses(self) -> Iterator[float]:
        """Give the pauses between two tries, each longer than the last."""
        return growing_pauses(self.first_pause, longest=self.longest_pause)


def growing_pauses(first: float, *, longest: float) -> Iterator[float]:
    """Give pauses without end, each longer than the last, up to the longest."""
    pause = first
    while True:
        yield pause
        pause = min(pause * 1.6, longest)


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `safe` means that sending it twice does no harm."""

    method: str
    resource: str
    safe: bool
    json: Any = field(default=None, repr=False)
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    file: Path | None = None
    content: bytes | None = field(default=None, repr=False)
    multipart: Multipart | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Name the request without anything that came from a record."""
        return f"{self.method} {self.resource.split('?')[0]}"


def ask(line: OrgLine, request: Request) -> httpx.Response:
    """
    Send a request and give the answer.

    A busy answer (429, 502, 503) is asked again, since nothing was done, after as long as it says;
    a broken connection only where the request is safe.

    Raises:
        OrgUnavailable: no answer.
        WrongCredentials: the session is not valid.
        LimitReached: the org's request limit is used up.
        OrgRefused: any other error of the org.

    """
    tries = enumerate(line.pauses(), start=1)
    while True:
        attempt, pause = next(tries)
        last = attempt == line.attempts
        wish = 0.0
        try:
            response = _send(line, request)
            if _may_renew(line, response):
                response = _send(line, request)
        except HTTPX_EXCEPTIONS as problem:
            if last or not request.safe:
                raise _unavailable(request, problem) from problem
        else:
            again = _may_repeat(response.status_code, request) and not soap_fault(response.content)
            if last or not again:
                check(response, request)
                return response
            wish = _wished(response)
        line.sleep(max(pause, wish))


def _may_renew(line: OrgLine, response: httpx.Response) -> bool:
    """Log in once more where the session has ended: nothing was done then, whatever was asked."""
    return response.status_code == HTTPStatus.UNAUTHORIZED and line.renew()


def _wished(response: httpx.Response) -> float:
    """Read how many seconds a busy org asks us to wait."""
    stated = response.headers.get("Retry-After", "")
    return min(float(stated), _LONGEST_WISH) if stated.isdecimal() else 0.0


def _may_repeat(status: int, request: Request) -> bool:
    return status in _BUSY or (request.safe and status >= _SERVER_ERROR)


def _send(line: OrgLine, request: Request) -> httpx.Response:
    headers = dict(request.headers or {})
    if request.file is None:
        return line.client.request(
            request.method,
            line.path(request.resource),
            json=request.json,
            content=request.content,
            files=request.multipart.fields() if request.multipart else None,
            params=request.params,
            headers=headers,
        )
    headers["Content-Length"] = str(request.file.stat().st_size)
    return line.client.request(
        request.method,
        line.path(request.resource),
        content=_chunks(request.file),
        headers=headers,
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_UPLOAD_CHUNK):
            yield chunk


def check(response: httpx.Response, request: Request) -> None:
    """
    Turn an answer that is an error into ours.

    Raises:
        WrongCredentials: the session is not valid.
        LimitReached: the org's request limit is used up.
        OrgUnavailable: the server fails.
        OrgRefused: any other error of the org.

    """
    status = response.status_code
    if status < _BAD:
        return
    code = error_code(response)
    if status == HTTPStatus.UNAUTHORIZED or code == "INVALID_SESSION_ID":
        raise WrongCredentials(
            f"the org does not accept the session any more ({code})",
            hint="log in again, then clinic-load resume latest --org ALIAS",
        )
    if code == "REQUEST_LIMIT_EXCEEDED":
        raise LimitReached(
            "the org's request limit is used up",
            hint="wait for it to renew, then clinic-load resume latest --org ALIAS",
        )
    if status >= _SERVER_ERROR and not soap_fault(response.content):
        raise OrgUnavailable(
            f"the org answered {status} to {request.name}",
            hint="clinic-load resume latest --org ALIAS",
        )
    raise OrgRefused(request.name, status=status, code=code)


def error_code(response: httpx.Response) -> str:
    """Read the code of an error answer: a SOAP fault's, or `errorCode` in a JSON array."""
    try:
        body = response.json()
    except ValueError:
        return soap_fault(response.content) or "NOT_JSON"
    first = body[0] if isinstance(body, list) and body else body
    return str(first.get("errorCode", "NO_CODE")) if isinstance(first, dict) else "NO_CODE"


def _unavailable(request: Request, problem: Exception) -> OrgUnavailable:
    # The text of an httpx exception can hold an address with a query in it: only its kind is told.
    return OrgUnavailable(
        f"the org did not answer {request.name} ({type(problem).__name__})",
        hint="clinic-load resume latest --org ALIAS",
    )


def download(line: OrgLine, request: Request, *, to: Path) -> Mapping[str, str]:
    """
    Stream an answer's body into a private file and give the answer's headers.

    A stream that breaks off is begun anew, so that the file is whole or the call fails.

    Raises:
        OrgUnavailable: no whole answer.
        OrgRefused: the org answered with an error.

    """
    tries = enumerate(line.pauses(), start=1)
    while True:
        attempt, pause = next(tries)
        last = attempt == line.attempts
        wish = 0.0
        try:
            with _stream(line, request) as response:
                if last or not _may_repeat(response.status_code, request):
                    return _save(response, request, to)
                wish = _wished(response)
        except HTTPX_EXCEPTIONS as problem:
            if last:
                raise _unavailable(request, problem) from problem
        line.sleep(max(pause, wish))


@contextmanager
def _stream(line: OrgLine, request: Request) -> Iterator[httpx.Response]:
    stream = partial(
        line.client.stream,
        request.method,
        line.path(request.resource),
        params=request.params,
        headers=dict(request.headers or {}),
    )
    with ExitStack() as opened:
        response = opened.enter_context(stream())
        if _may_renew(line, response):
            response = opened.enter_context(stream())
        yield response


def _save(response: httpx.Response, request: Request, to: Path) -> Mapping[str, str]:
    if response.status_code >= _BAD:
        response.read()
        check(response, request)
    with open_private(to) as file:
        for chunk in response.iter_bytes():
            file.write(chunk)
    return response.headers
